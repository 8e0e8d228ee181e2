//! The house keeps its order: modules have ranks and use only lower ones, no files use each other in a circle, every
//! module says what it is for, and only the edges touch the outside. The ranks are those of the map in `src/lib.rs`.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::support::imports::{Import, imports, sources};

/// Every top-level module with its rank. A module may use those of lower ranks, and itself.
const RANKS: &[(&str, u8)] = &[
    ("source", 0),
    ("trouble", 0),
    ("words", 0),
    ("interaction", 1),
    ("contract", 2),
    ("matching", 3),
    ("pact", 4),
    ("conversion", 5),
    ("formats", 5),
    ("ledger", 6),
    ("mocking", 6),
    ("recording", 6),
    ("verification", 6),
    ("gate", 7),
    ("clock", 8),
    ("files", 8),
    ("git", 8),
    ("http", 8),
    ("process", 8),
    ("registry", 8),
    ("report", 8),
    ("store", 8),
    ("cli", 9),
];

/// Uses within one rank that are meant, each with its reason.
const SAME_RANK: &[(&str, &str)] = &[
    // Findings and help lines are sentences: `source` speaks in `words`, which know nothing of it.
    ("source", "words"),
    // A mock fills the time into its responses.
    ("http", "clock"),
    // A store is kept by git, or in files.
    ("store", "files"),
    ("store", "git"),
];

/// The highest of the pure ranks.
const PURE: u8 = 7;

/// Paths that the pure ranks may not name: files, sockets, processes, the environment, the clock.
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

/// Files that may use each other: a part of a multipart body is a body.
const MEANT_CIRCLES: &[(&str, &str)] = &[("src/pact/comparison/body.rs", "src/pact/comparison/multipart.rs")];

/// The top-level module that a file belongs to; nothing for `main.rs` and `lib.rs`.
fn module_of(file: &str) -> Option<&str> {
    let first = file.strip_prefix("src/").unwrap().split('/').next().unwrap();
    let name = first.strip_suffix(".rs").unwrap_or(first);
    (name != "main" && name != "lib").then_some(name)
}

/// The shortest circle through each file that is in one, each circle once, as the imports that close it.
fn circles(imports: &BTreeSet<Import>) -> Vec<Vec<&Import>> {
    let mut used: BTreeMap<&str, BTreeMap<&str, &Import>> = BTreeMap::new();
    for import in imports {
        used.entry(&import.from).or_default().entry(&import.to).or_insert(import);
    }
    let mut found: BTreeMap<BTreeSet<&str>, Vec<&Import>> = BTreeMap::new();
    for start in used.keys().copied() {
        // The import by which each file was first reached from `start`, breadth first.
        let mut reached: BTreeMap<&str, &Import> = BTreeMap::new();
        let mut open = VecDeque::from([start]);
        while let Some(file) = open.pop_front() {
            for (next, import) in used.get(file).into_iter().flatten() {
                if !reached.contains_key(next) {
                    reached.insert(next, import);
                    open.push_back(next);
                }
            }
        }
        let mut circle = Vec::new();
        let mut at = start;
        while let Some(import) = reached.get(at) {
            circle.insert(0, *import);
            at = &import.from;
            if at == start {
                found.entry(circle.iter().map(|import| import.from.as_str()).collect()).or_insert(circle);
                break;
            }
        }
    }
    found.into_values().collect()
}

/// A circle as `from -> to: the names used`, a line each.
fn shown(circle: &[&Import], all: &BTreeSet<Import>) -> String {
    let line = |step: &&Import| {
        let same = all.iter().filter(|other| other.from == step.from && other.to == step.to && !other.in_test);
        let names: Vec<&str> = same.map(|other| other.name.as_str()).collect();
        format!("  {} -> {}: {}", step.from, step.to, names.join(", "))
    };
    circle.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn files_do_not_use_each_other_in_a_circle() {
    let is_meant = |a: &str, b: &str| MEANT_CIRCLES.contains(&(a, b)) || MEANT_CIRCLES.contains(&(b, a));
    let imports: BTreeSet<Import> = imports(&sources())
        .into_iter()
        .filter(|import| !import.in_test && !is_meant(&import.from, &import.to))
        .collect();
    let faults: Vec<String> = circles(&imports).iter().map(|circle| shown(circle, &imports)).collect();
    assert!(faults.is_empty(), "{} circles between files:\n{}", faults.len(), faults.join("\n\n"));
}

#[test]
fn a_circle_is_found_and_shown() {
    let text = |file: &str, text: &str| (file.to_owned(), text.to_owned());
    let house = [
        text("src/lib.rs", "mod a; mod b; mod c;"),
        text("src/a/mod.rs", "mod x; pub use x::One; use crate::c::Three;"),
        text("src/a/x.rs", "use crate::b::{Two, Too}; mod tests { use crate::c::Three; }"),
        text("src/b.rs", "use crate::c::Three;"),
        text("src/c.rs", "use crate::a::One; use crate::a::not_a_circle;"),
    ];
    let imports: BTreeSet<Import> = imports(&house).into_iter().filter(|import| !import.in_test).collect();
    let found: Vec<String> = circles(&imports).iter().map(|circle| shown(circle, &imports)).collect();
    assert_eq!(
        found,
        [
            "  src/a/mod.rs -> src/c.rs: Three\n  src/c.rs -> src/a/mod.rs: not_a_circle",
            "  src/a/x.rs -> src/b.rs: Too, Two\n  src/b.rs -> src/c.rs: Three\n  src/c.rs -> src/a/x.rs: One",
        ]
    );
}

#[test]
fn modules_use_lower_ranks_only() {
    let ranks: BTreeMap<&str, u8> = RANKS.iter().copied().collect();
    let mut faults = Vec::new();
    for import in imports(&sources()) {
        let (Some(module), Some(other)) = (module_of(&import.from), module_of(&import.to)) else { continue };
        let (Some(rank), Some(other_rank)) = (ranks.get(module), ranks.get(other)) else { continue };
        if module != other && other_rank >= rank && !SAME_RANK.contains(&(module, other)) {
            let Import { from, to, name, .. } = &import;
            faults.push(format!("{from} (rank {rank}) uses `{name}` of {to} (rank {other_rank})"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_module_has_a_rank_and_every_rank_a_module() {
    let sources = sources();
    let found: BTreeSet<&str> = sources.iter().filter_map(|(file, _)| module_of(file)).collect();
    let ranked: BTreeSet<&str> = RANKS.iter().map(|(name, _)| *name).collect();
    assert_eq!(found, ranked);
}

#[test]
fn every_module_opens_with_what_it_is_for() {
    for (file, text) in sources() {
        let first = text.lines().next().unwrap_or_default();
        assert!(first.starts_with("//! ") && first.len() > 10, "{file} opens with `{first}`");
    }
}

#[test]
fn the_pure_ranks_touch_nothing_outside() {
    let pure: Vec<&str> = RANKS.iter().filter(|(_, rank)| *rank <= PURE).map(|(name, _)| *name).collect();
    let mut faults = Vec::new();
    for (file, text) in sources() {
        if !module_of(&file).is_some_and(|module| pure.contains(&module)) {
            continue;
        }
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            if let Some(name) = OUTSIDE.iter().find(|name| line.contains(**name)) {
                faults.push(format!("{file}:{}: {name}", number + 1));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_file_is_longer_than_500_lines() {
    let long: Vec<String> = sources()
        .iter()
        .map(|(file, text)| (file, text.lines().count()))
        .filter(|(_, lines)| *lines > 500)
        .map(|(file, lines)| format!("{file}: {lines} lines"))
        .collect();
    assert!(long.is_empty(), "split by subject:\n{}", long.join("\n"));
}
