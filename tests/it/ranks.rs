//! The house keeps its order: modules have ranks and use only lower ones, every module says what it is for, and only
//! the edges touch the outside. The ranks are those of the map in `src/lib.rs`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Every top-level module with its rank. A module may use those of lower ranks, and itself.
const RANKS: &[(&str, u8)] = &[
    ("source", 0),
    ("words", 0),
    ("contract", 1),
    ("ledger", 2),
    ("matching", 2),
    ("gate", 3),
    ("mocking", 3),
    ("recording", 3),
    ("verification", 3),
    ("files", 4),
    ("git", 4),
    ("registry", 4),
    ("http", 4),
    ("process", 4),
    ("report", 4),
    ("store", 4),
    ("cli", 5),
];

/// Uses within one rank that are meant, each with its reason.
const SAME_RANK: &[(&str, &str)] = &[
    // Findings and help lines are sentences: `source` speaks in `words`, which know nothing of it.
    ("source", "words"),
    // A store is kept by git, or in files.
    ("store", "files"),
    ("store", "git"),
];

/// What the pure ranks, 0 to 3, may not name: files, sockets, processes, the environment, the clock.
const OUTSIDE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
    "tokio::",
    "hyper::",
    "Instant::now",
    "SystemTime::now",
    "Timestamp::now",
    "std::io::stdout",
    "std::io::stderr",
];

fn source_files() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut open = vec![root];
    let mut files = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                files.push((path, text));
            }
        }
    }
    files.sort();
    files
}

/// The top-level module that a file belongs to; nothing for `main.rs` and `lib.rs`.
fn module_of(path: &Path) -> Option<String> {
    let relative = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    let first = relative.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    let name = first.strip_suffix(".rs").unwrap_or(&first).to_owned();
    (name != "main" && name != "lib").then_some(name)
}

/// The top-level modules that a text names by `crate::`, tests left out.
fn used(text: &str) -> Vec<String> {
    let code: String =
        text.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect();
    let mut names = Vec::new();
    for part in code.split("crate::").skip(1) {
        let list = part.strip_prefix('{').and_then(|inside| inside.split_once('}')).map(|(inside, _)| inside);
        let paths: Vec<&str> = list.map_or_else(|| vec![part], |inside| inside.split(',').collect());
        for path in paths {
            let name: String = path.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            names.push(name);
        }
    }
    names
}

#[test]
fn modules_use_lower_ranks_only() {
    let ranks: BTreeMap<&str, u8> = RANKS.iter().copied().collect();
    let mut faults = Vec::new();
    for (path, text) in source_files() {
        let Some(module) = module_of(&path) else { continue };
        let Some(rank) = ranks.get(module.as_str()) else {
            faults.push(format!("{}: the module `{module}` has no rank; give it one", path.display()));
            continue;
        };
        for name in used(&text) {
            let Some(other) = ranks.get(name.as_str()) else { continue };
            let meant = SAME_RANK.contains(&(module.as_str(), name.as_str()));
            if name != module && other >= rank && !meant {
                faults.push(format!("{}: `{module}` (rank {rank}) uses `{name}` (rank {other})", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_module_has_a_rank_and_every_rank_a_module() {
    let found: std::collections::BTreeSet<String> =
        source_files().iter().filter_map(|(path, _)| module_of(path)).collect();
    let ranked: std::collections::BTreeSet<String> = RANKS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(found, ranked);
}

#[test]
fn every_module_opens_with_what_it_is_for() {
    for (path, text) in source_files() {
        let first = text.lines().next().unwrap_or_default();
        assert!(first.starts_with("//! ") && first.len() > 10, "{} opens with `{first}`", path.display());
    }
}

#[test]
fn the_pure_ranks_touch_nothing_outside() {
    let pure: Vec<&str> = RANKS.iter().filter(|(_, rank)| *rank <= 3).map(|(name, _)| *name).collect();
    let mut faults = Vec::new();
    for (path, text) in source_files() {
        if !module_of(&path).is_some_and(|module| pure.contains(&module.as_str())) {
            continue;
        }
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            if let Some(name) = OUTSIDE.iter().find(|name| line.contains(**name)) {
                faults.push(format!("{}:{}: {name}", path.display(), number + 1));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_rank_test_sees_what_it_is_to_see() {
    assert_eq!(used("use crate::source::Code;\nlet x = crate::words::count(1, \"a\");"), ["source", "words"]);
    assert_eq!(used("use crate::{report, cli::World};"), ["report", "cli"]);
    assert_eq!(used("// crate::cli is not meant here\n"), Vec::<String>::new());
}

#[test]
fn no_file_is_longer_than_500_lines() {
    let long: Vec<String> = source_files()
        .iter()
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > 500)
        .map(|(path, lines)| format!("{}: {lines} lines", path.display()))
        .collect();
    assert!(long.is_empty(), "split by subject:\n{}", long.join("\n"));
}
