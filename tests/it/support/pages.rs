//! The pages of this repository, and their console blocks: each is run in a shell, and its output is compared with the
//! page.
//!
//! - The blocks of a page run in their order in one folder, which has the repository's contracts and the examples'
//!   files. Each has a shell of its own, so `cd` and `export` last until its end.
//! - A line that begins with `$ ` is a command; after a `\` at its end, the next line belongs to it. All other lines
//!   are its output on both streams, as on a terminal.
//! - A line `…` in the output matches any number of lines. Durations, ports, random ids and the like may differ. If a
//!   command runs another one behind `--`, both print at the same time, and the lines may be in another order.
//! - A command with `&` at its end runs until the end of its block, and the next one starts once it has printed a line.
//! - `cargo run --quiet --example NAME` runs the example that `cargo test` has built. Instead of port 8080, it listens on a
//!   free one.
//! - A block of YAML whose first line is `# contracts/….yaml` is written to that file.

use std::fmt::Write as _;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

use super::{World, example};

/// Matches any number of lines.
const ANY: &str = "…";

/// The port that pages use. A command in the background takes any free one, and the commands after it use that.
const PORT: &str = "8080";

/// The files that pages use, beside the contracts.
const FILES: [&str; 3] =
    ["examples/orders/openapi.yaml", "examples/pacts/storefront-orders.json", "examples/session.har"];

/// A block between two fences.
#[derive(Debug)]
pub struct Block<'p> {
    /// The word behind the opening fence.
    pub language: &'p str,
    pub text: &'p str,
    /// The offset of the text in the page, in bytes.
    start: usize,
}

/// A command of a console block.
#[derive(Debug)]
struct Step {
    command: String,
    /// The place of its output in the page.
    output: Range<usize>,
}

/// A step that printed something else than its page shows.
#[derive(Debug)]
struct Difference {
    command: String,
    shown: Range<usize>,
    printed: String,
}

/// A Markdown file.
pub struct Page {
    /// Its path in the repository.
    pub name: String,
    pub text: String,
}

fn has_extension(path: &str, extension: &str) -> bool {
    Path::new(path).extension().is_some_and(|found| found == extension)
}

/// The folder of the repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

impl Page {
    /// Reads a page of the repository.
    pub fn read(name: &str) -> Self {
        let text = fs::read_to_string(repository().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        Self { name: name.to_owned(), text: text.replace("\r\n", "\n") }
    }

    /// The README, and every page beside the examples.
    pub fn all() -> Vec<Self> {
        let files = fs::read_dir(repository().join("examples")).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> =
            names.filter(|name| has_extension(name, "md")).map(|name| format!("examples/{name}")).collect();
        names.sort();
        names.insert(0, String::from("README.md"));
        names.iter().map(|name| Self::read(name)).collect()
    }

    /// Its blocks, in their order.
    pub fn blocks(&self) -> Vec<Block<'_>> {
        let mut blocks = Vec::new();
        let mut open: Option<(&str, usize)> = None;
        let mut at = 0;
        for line in self.text.split_inclusive('\n') {
            let next = at + line.len();
            match (open, line.trim_end().strip_prefix("```")) {
                (None, Some(language)) => open = Some((language, next)),
                (Some((language, start)), Some("")) => {
                    blocks.push(Block { language, text: &self.text[start..at], start });
                    open = None;
                }
                _ => {}
            }
            at = next;
        }
        assert!(open.is_none(), "{}: a block without an end", self.name);
        blocks
    }

    /// Runs the console blocks. Returns the faults of the page; empty if there are none.
    pub fn check(&self) -> String {
        let mut wrong = String::new();
        for Difference { command, shown, printed } in self.differences() {
            let shown = &self.text[shown];
            write!(wrong, "{}: `{command}`\n--- the page shows\n{shown}--- it prints\n{printed}\n", self.name).unwrap();
        }
        wrong
    }

    /// The page with what its commands print now. Output that differs in nothing that matters stays as it is, and so
    /// does the number of lines before and behind a `…`.
    pub fn blessed(&self) -> String {
        let mut text = self.text.clone();
        for Difference { shown, printed, .. } in self.differences().into_iter().rev() {
            let new = abridged(&self.text[shown.clone()], &printed);
            text.replace_range(shown, &new);
        }
        text
    }

    fn differences(&self) -> Vec<Difference> {
        let world = fixture();
        let mut found = Vec::new();
        for block in self.blocks() {
            if let Some(path) = block.contract() {
                world.write(path, block.text);
            }
            if block.language != "console" {
                continue;
            }
            let steps = block.steps();
            for (step, printed) in steps.iter().zip(run(&world, &steps)) {
                let shown = &self.text[step.output.clone()];
                let [shown, now] = [shown, &printed].map(|text| without_chance(text, &world));
                let is_wrapper = with_examples(&step.command).contains(" -- ");
                if !(agrees(&shown, &now) || (is_wrapper && agree_in_any_order(&shown, &now))) {
                    found.push(Difference { command: step.command.clone(), shown: step.output.clone(), printed });
                }
            }
        }
        found
    }
}

impl Block<'_> {
    /// The contract that this block is the text of.
    pub fn contract(&self) -> Option<&str> {
        let path = self.text.lines().next()?.strip_prefix("# ")?;
        (self.language == "yaml" && path.starts_with("contracts/") && has_extension(path, "yaml")).then_some(path)
    }

    fn steps(&self) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        let mut at = self.start;
        let mut goes_on = false;
        for line in self.text.split_inclusive('\n') {
            let next = at + line.len();
            if let Some(command) = line.strip_prefix("$ ") {
                steps.push(Step { command: command.trim_end().to_owned(), output: next..next });
            } else {
                let step = steps.last_mut().expect("a block begins with a command");
                if goes_on {
                    step.command = format!("{}\n{}", step.command, line.trim_end());
                    step.output = next..next;
                } else {
                    step.output.end = next;
                }
            }
            goes_on = steps.last().is_some_and(|step| step.output.is_empty() && step.command.ends_with('\\'));
            at = next;
        }
        steps
    }
}

/// The folder that a page's blocks run in.
fn fixture() -> World {
    // On a machine that is busy, a response may take longer than a reader would wait.
    let world = World::new().variable("ORDERS_TIMEOUT", "60");
    let mut open = vec![PathBuf::from("contracts")];
    while let Some(folder) = open.pop() {
        for file in fs::read_dir(repository().join(&folder)).unwrap() {
            let path = folder.join(file.unwrap().file_name());
            if repository().join(&path).is_dir() {
                open.push(path);
            } else {
                let text = fs::read_to_string(repository().join(&path)).unwrap();
                world.write(path.to_str().unwrap(), with_examples(&text));
            }
        }
    }
    for file in FILES {
        world.write(file, fs::read(repository().join(file)).unwrap());
    }
    world
}

/// A text in which the examples are named as programs.
fn with_examples(text: &str) -> String {
    static RUN: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"cargo run --quiet --example ([a-z]+)( --)?").unwrap());
    RUN.replace_all(text, "$1").into_owned()
}

/// The output of each step, on both streams.
fn run(world: &World, steps: &[Step]) -> Vec<String> {
    const MARK: &str = "--8<-- step";
    let mut script = String::from("exec 2>&1\ncode=0\ntrap 'kill $running 2>/dev/null' EXIT\n");
    for (number, step) in steps.iter().enumerate() {
        let command = with_examples(&step.command);
        // `$?` is the exit code of the step before.
        writeln!(script, "echo '{MARK}'\n(exit $code)").unwrap();
        match command.strip_suffix(" &") {
            Some(command) => writeln!(
                script,
                ": >.output{number}\n{} >.output{number} 2>&1 &\nrunning=\"$running $!\"\n\
                 while ! grep -q . .output{number} && kill -0 $!; do sleep 0.02; done\n\
                 port=\"$(sed -n 's/.*:\\([0-9]*\\)$/\\1/p' .output{number})\"\necho \"$port\" >.port\ncat .output{number}",
                command.replace(PORT, "0")
            ),
            None => writeln!(script, "{}", command.replace(PORT, "${port:-8080}")),
        }
        .unwrap();
        script.push_str("code=$?\n");
    }
    let programs = Path::new(env!("CARGO_BIN_EXE_upheld")).parent().unwrap();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let examples = PathBuf::from(example("storefront")).parent().unwrap().to_path_buf();
    let ours = [programs.to_path_buf(), examples];
    let path = std::env::join_paths(ours.into_iter().chain(std::env::split_paths(&path))).unwrap();
    let output = world.program(Path::new("sh")).args(["-c", &script]).env("PATH", path).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let text = match fs::read_to_string(world.path(".port")) {
        Ok(port) if !port.trim().is_empty() => text.replace(port.trim(), PORT),
        _ => text,
    };
    let parts: Vec<String> = text.split(&format!("{MARK}\n")).skip(1).map(str::to_owned).collect();
    assert_eq!(parts.len(), steps.len(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    parts
}

/// Whether a page's output matches the actual one.
fn agrees(shown: &str, printed: &str) -> bool {
    let printed: Vec<&str> = printed.lines().collect();
    let shown: Vec<&str> = shown.lines().collect();
    let parts: Vec<&[&str]> = shown.split(|line| *line == ANY).collect();
    let ([first, .., last], [.., _]) = (parts.as_slice(), shown.as_slice()) else { return shown == printed };
    // A page that shows nothing but `…` shows nothing.
    if first.len() + last.len() > printed.len() || parts.iter().all(|part| part.is_empty()) {
        return false;
    }
    let (head, rest) = printed.split_at(first.len());
    let (mut rest, tail) = rest.split_at(rest.len() - last.len());
    let between = &parts[1..parts.len() - 1];
    let all_there = between.iter().all(|part| {
        let found = part.is_empty().then_some(0).or_else(|| rest.windows(part.len()).position(|lines| lines == *part));
        found.is_some_and(|at| {
            rest = &rest[at + part.len()..];
            true
        })
    });
    head == *first && tail == *last && all_there
}

/// Whether a page's output matches the actual one, in any order.
fn agree_in_any_order(shown: &str, printed: &str) -> bool {
    let mut left: Vec<&str> = printed.lines().collect();
    let mut shown: Vec<&str> = shown.lines().collect();
    let all = shown.len();
    shown.retain(|line| *line != ANY);
    let is_abridged = shown.len() < all && !shown.is_empty();
    for line in shown {
        let Some(at) = left.iter().position(|known| *known == line) else { return false };
        left.remove(at);
    }
    left.is_empty() || is_abridged
}

/// A text without what differs from run to run.
fn without_chance(text: &str, world: &World) -> String {
    static CHANCE: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
        [
            ("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<uuid>"),
            ("20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-9:.]+Z", "<moment>"),
            (r"(?m)[ \t]+$", ""),
        ]
        .map(|(pattern, mark)| (Regex::new(pattern).unwrap(), mark))
        .into()
    });
    let text = world.redaction().of_text(text);
    CHANCE.iter().fold(text, |text, (pattern, mark)| pattern.replace_all(&text, *mark).into_owned())
}

/// The actual output, with a `…` at the page's places.
fn abridged(shown: &str, printed: &str) -> String {
    let shown: Vec<&str> = shown.lines().collect();
    let printed: Vec<&str> = printed.lines().map(str::trim_end).collect();
    let parts: Vec<&[&str]> = shown.split(|line| *line == ANY).collect();
    let (head, tail) = match parts.as_slice() {
        [first, .., last] => (first.len(), last.len()),
        _ => (0, 0),
    };
    let lines: Vec<&str> = if head + tail == 0 || head + tail >= printed.len() {
        printed
    } else {
        [&printed[..head], &[ANY], &printed[printed.len() - tail..]].concat()
    };
    lines.iter().map(|line| format!("{line}\n")).collect()
}
