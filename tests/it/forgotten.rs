//! No test file is forgotten: each one is a module of this program. Cargo compiles only files that a `mod` line names,
//! so the tests of any other file would silently never run.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The names in `mod NAME;` and `pub mod NAME;` lines.
fn declared(text: &str) -> BTreeSet<String> {
    let module = |line: &str| {
        let line = line.trim_start();
        let line = line.strip_prefix("pub ").unwrap_or(line);
        line.strip_prefix("mod ")?.strip_suffix(';').map(str::to_owned)
    };
    text.lines().filter_map(module).collect()
}

/// The names of the Rust files in a folder, and of the folders in it with a `mod.rs`, without the `root` itself.
fn present(folder: &Path, root: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_module = path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with(root);
        if is_module || path.join("mod.rs").is_file() {
            names.insert(path.file_stem().unwrap().to_string_lossy().into_owned());
        }
    }
    names
}

#[test]
fn every_test_file_is_a_module() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    for (folder, root) in [(tests.clone(), "main.rs"), (tests.join("support"), "mod.rs")] {
        let file: PathBuf = folder.join(root);
        let declared = declared(&fs::read_to_string(&file).unwrap());
        let forgotten: Vec<String> = present(&folder, root).difference(&declared).cloned().collect();
        assert!(
            forgotten.is_empty(),
            "{}: add `mod {};`, or the tests in it never run",
            file.display(),
            forgotten.join(";`, `mod ")
        );
    }
}

#[test]
fn a_mod_line_is_recognized_whatever_its_visibility() {
    let text = "//! mod one;\nmod two;\n#[cfg(unix)]\npub mod three;\nmod inline {\n    mod four;\n}\n// mod five;\n";
    assert_eq!(declared(text).into_iter().collect::<Vec<_>>(), ["four", "three", "two"]);
}
