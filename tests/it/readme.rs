//! The README and the pages beside the examples: each console block prints what its page shows, each example of a file is
//! valid, and each link leads somewhere. `support::pages` has the rules for console blocks.
//!
//! `UPHELD_BLESS=1 cargo test --test it readme` writes the current output of the commands into the pages. With
//! `--test`, cargo doesn't build the examples: run `cargo build --examples` before.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::support::World;
use crate::support::pages::{Page, repository};

/// The languages of blocks that nothing runs: `sh` needs a network, a terminal or the user's own programs.
const NOT_RUN: [&str; 4] = ["sh", "yaml", "json", ""];

#[test]
fn every_console_block_of_every_page_prints_what_it_shows() {
    let pages = Page::all();
    let bless = std::env::var_os("UPHELD_BLESS").is_some_and(|value| !value.is_empty() && value != "0");
    let check = |page: &Page| {
        if bless {
            fs::write(repository().join(&page.name), page.blessed()).unwrap();
            return String::new();
        }
        page.check()
    };
    // As many at once as there are processors: each page starts services of its own.
    let next = AtomicUsize::new(0);
    let work = || -> String {
        let pages = std::iter::from_fn(|| pages.get(next.fetch_add(1, Ordering::Relaxed)));
        pages.map(check).collect()
    };
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let wrong: String = thread::scope(|scope| {
        let all: Vec<_> = (0..processors).map(|_| scope.spawn(work)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{wrong}if that is right: UPHELD_BLESS=1 cargo test --test it readme");
}

#[test]
fn a_page_that_shows_something_else_is_found_and_blessed() {
    let page = |shown: &str| Page {
        name: String::from("a page"),
        text: format!(
            "Text.\n\n```console\n$ printf '%s\\n' one two \\\n  three 'in 3 ms'\n{shown}$ echo $?\n0\n```\n\nMore.\n"
        ),
    };
    for right in
        ["one\ntwo\nthree\nin 3 ms\n", "one\ntwo\nthree\nin 1.2 s\n", "one\n…\n", "…\nthree\n…\n", "…\nin 3 ms\n"]
    {
        assert_eq!(page(right).check(), "", "{right}");
        assert_eq!(page(right).blessed(), page(right).text, "{right}");
    }
    for (wrong, blessed) in [
        ("", "one\ntwo\nthree\nin 3 ms\n"),
        ("…\n", "one\ntwo\nthree\nin 3 ms\n"),
        ("one\ntwo\nin 3 ms\n", "one\ntwo\nthree\nin 3 ms\n"),
        ("two\n…\n", "one\n…\n"),
        ("…\nin 3 minutes\n", "…\nin 3 ms\n"),
        ("one\n…\nfour\n…\nin 3 ms\n", "one\n…\nin 3 ms\n"),
    ] {
        let found = page(wrong).check();
        assert!(found.starts_with("a page: `printf"), "{wrong}: {found}");
        assert_eq!(page(wrong).blessed(), page(blessed).text, "{wrong}");
    }
}

#[test]
fn every_block_is_run_or_of_a_language_that_is_not() {
    for page in Page::all() {
        for block in page.blocks() {
            let known = block.language == "console" || NOT_RUN.contains(&block.language);
            assert!(known, "{}: a block in `{}`", page.name, block.language);
        }
    }
}

#[test]
fn every_contract_and_registry_of_a_page_is_valid() {
    let mut linted = 0;
    for page in Page::all() {
        for block in page.blocks().iter().filter(|block| block.language == "yaml") {
            let world = World::new();
            let registered = |world: &World, services: &str| world.write("contracts/upheld.yaml", services);
            if block.text.starts_with("  - name: ") {
                world.contract("kiosk", "orders", block.text);
            } else if block.text.starts_with("upheld: 1\n") {
                registered(&world, block.text);
                world.contract("kiosk", "orders", "  - name: x\n    request: GET /\n    response: { status: 200 }\n");
            } else if let Some(path) = block.contract() {
                world.write(path, block.text);
            } else {
                continue;
            }
            let output = world.upheld(["lint", "--strict"]);
            assert_eq!(output.code, Some(0), "{}\n{}\n{output}", page.name, block.text);
            linted += 1;
        }
    }
    assert!(linted >= 6, "{linted}");
}

/// The anchors of a page on GitHub: its headings in small letters, with `-` for blanks.
fn places(page: &Page) -> BTreeSet<String> {
    let headlines = page.text.lines().filter(|line| line.starts_with('#'));
    let slug = |line: &str| {
        let text = line.trim_start_matches('#').trim().to_lowercase();
        let kept = text.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headlines.map(slug).collect()
}

#[test]
fn every_link_leads_somewhere_and_the_readme_links_every_page() {
    let link = regex::Regex::new(r"\]\(([^)\s]+)\)").unwrap();
    for page in Page::all().into_iter().chain([Page::read("CHANGELOG.md")]) {
        let folder = page.name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let targets: Vec<&str> = link.captures_iter(&page.text).map(|found| found.get(1).unwrap().as_str()).collect();
        for target in targets.iter().filter(|target| !target.starts_with("https://")) {
            let (file, place) = target.split_once('#').unwrap_or((target, ""));
            let file = if file.is_empty() { page.name.clone() } else { format!("{folder}/{file}") };
            let file = file.trim_start_matches('/');
            assert!(repository().join(file).exists(), "{}: {target}", page.name);
            let there = place.is_empty() || places(&Page::read(file)).contains(place);
            assert!(there, "{}: {target}", page.name);
        }
        if page.name == "README.md" {
            for other in Page::all().iter().filter(|other| other.name != page.name) {
                assert!(targets.contains(&other.name.as_str()), "the README has no link to {}", other.name);
            }
        }
    }
}

/// Takes the tour, and types this text meanwhile. Returns its output.
fn tour(arguments: &[&str], typed: &str) -> String {
    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "--quiet", "--example", "tour"]).args(arguments).current_dir(repository());
    // Cargo describes the tests' package to the tests. A build that sees these variables runs build scripts again, and
    // rebuilds everything that depends on them.
    for (name, _) in std::env::vars_os() {
        if ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    let mut tour = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    tour.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    let output = tour.wait_with_output().unwrap();
    let [shown, errors] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned());
    assert!(output.status.success() && errors.is_empty(), "{shown}\n{errors}");
    shown
}

#[test]
fn the_tour_shows_its_story_in_order_and_waits_for_nobody() {
    let shown = tour(&[], "");
    let mut rest = shown.as_str();
    for part in [
        "cargo builds upheld",
        "2. orders upholds the contract",
        "start: orders --port ${PORT}",
        "exit code 0",
        "3. orders changes",
        " -     start: orders --port ${PORT}\n +     start: orders --break qty-as-text --port ${PORT}\n",
        "exit code 1",
        "storefront place 'TEA-1=3'\n",
        "body  items[0].qty",
        "exit code 1",
        "Now it's your turn",
    ] {
        let at = rest.find(part).unwrap_or_else(|| panic!("`{part}` is missing, or in another place:\n{shown}"));
        rest = &rest[at + part.len()..];
    }
    assert!(!shown.contains("Press Enter"), "{shown}");
}

#[test]
fn the_tour_can_wait_for_enter_until_nobody_is_there() {
    let shown = tour(&["--", "--pause"], "\n");
    assert_eq!(shown.matches("Press Enter").count(), 2, "{shown}");
    assert!(shown.contains("Now it's your turn"), "{shown}");
}

#[test]
fn the_commands_to_try_are_the_tour_and_the_tests_that_ci_runs() {
    let readme = Page::read("README.md");
    let block = readme.blocks().into_iter().find(|block| block.language == "sh").unwrap();
    assert_eq!(block.text, "cargo run --example tour\ncargo test\n");
    let ci = fs::read_to_string(repository().join(".ci/run")).unwrap();
    assert!(ci.lines().any(|line| line.starts_with("cargo test")), "{ci}");
}
