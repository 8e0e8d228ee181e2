//! Malicious repositories: nothing in them is run, and nothing is written outside the cache.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use upheld::ledger::{EntryKind, Landing, NewFile, Store};

use crate::support::Remote;

/// All files below a folder except those below some others: their contents and times.
fn contents(folder: &Path, but: &[&str]) -> BTreeMap<PathBuf, (Vec<u8>, std::time::SystemTime)> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if but.iter().any(|but| path.ends_with(but)) {
                continue;
            }
            let meta = fs::symlink_metadata(&path).unwrap();
            if meta.is_dir() {
                open.push(path);
            } else {
                files.insert(path.clone(), (fs::read(&path).unwrap_or_default(), meta.modified().unwrap()));
            }
        }
    }
    files
}

/// The raw bytes of a tree in the remote repository, whatever git thinks of its names.
fn tree(remote: &Remote, entries: &[(&str, &[u8], &str)]) -> String {
    let mut bytes = Vec::new();
    for (mode, name, id) in entries {
        bytes.extend_from_slice(mode.as_bytes());
        bytes.push(b' ');
        bytes.extend_from_slice(name);
        bytes.push(0);
        let id: Vec<u8> = (0..id.len()).step_by(2).map(|at| u8::from_str_radix(&id[at..at + 2], 16).unwrap()).collect();
        bytes.extend_from_slice(&id);
    }
    remote.write("object", bytes);
    remote.git(&["hash-object", "--literally", "-t", "tree", "-w", remote.path("object").to_str().unwrap()])
}

fn blob(remote: &Remote, text: &str) -> String {
    remote.write("object", text);
    remote.git(&["hash-object", "-w", remote.path("object").to_str().unwrap()])
}

/// Makes `main` point at a tree.
fn publish(remote: &Remote, tree: &str) {
    let commit = remote.git(&["commit-tree", tree, "-m", "hostile"]);
    remote.git(&["update-ref", "refs/heads/main", &commit]);
}

#[test]
fn names_that_lead_elsewhere_are_escaped_and_nothing_is_written() {
    let remote = Remote::new();
    let evil = blob(&remote, "evil");
    let inner = tree(&remote, &[("100644", b"config", &evil), ("100644", b"post-checkout", &evil)]);
    let long = [b'x'; 5000];
    let entries: [(&str, &[u8], &str); 11] = [
        ("40000", b"..", &inner),
        ("40000", b".git", &inner),
        ("100644", b"../../escaped", &evil),
        ("120000", b"link", &evil),
        ("160000", b"module", "1111111111111111111111111111111111111111"),
        ("100644", b"a\\b", &evil),
        ("100644", b"line\nbreak", &evil),
        ("100644", b"\x1b[31mred", &evil),
        ("100644", b"\xff\xfe", &evil),
        ("100644", &long, &evil),
        ("100644", b"store.yaml", &evil),
    ];
    publish(&remote, &tree(&remote, &entries));
    let before = contents(remote.root(), &["cache"]);
    let store = remote.store("cache");
    let snapshot = store.snapshot().unwrap();
    let listed = snapshot.list("").unwrap();
    assert_eq!(listed.len(), entries.len());
    let files: Vec<_> = listed.iter().filter(|entry| entry.kind == EntryKind::File).map(|entry| &entry.name).collect();
    assert_eq!(files, ["store.yaml"]);
    assert!(listed.iter().all(|entry| entry.name == "store.yaml" || entry.kind == EntryKind::Other));
    assert!(listed.iter().all(|entry| !entry.name.chars().any(char::is_control)));
    for path in
        ["../config", ".git/config", "../../escaped", "link", "link/x", "module", "a\\b", "line\nbreak", "../.."]
    {
        assert_eq!(snapshot.read(&[path.to_owned()]).unwrap(), [None], "{path:?}");
        assert_eq!(snapshot.list(path).unwrap(), [], "{path:?}");
    }
    // Adding files next to them works as usual.
    let landed = store.add(&[NewFile::new("services/orders.yaml", "{}")], snapshot.id(), "m");
    assert_eq!(landed.unwrap(), Landing::Landed);
    assert_eq!(remote.git(&["cat-file", "-p", "main:services/orders.yaml"]), "{}");
    let after = contents(remote.root(), &["cache", "remote.git"]);
    let before = before.into_iter().filter(|(path, _)| !path.starts_with(remote.path("remote.git"))).collect();
    assert_eq!(after, before);
}

#[test]
fn a_link_in_the_way_of_a_file_is_not_followed() {
    let remote = Remote::new();
    let outside = remote.path("outside").display().to_string();
    let link = blob(&remote, &outside);
    publish(&remote, &tree(&remote, &[("120000", b"publications", &link), ("120000", b"store.yaml", &link)]));
    let store = remote.store("cache");
    let snapshot = store.snapshot().unwrap();
    assert_eq!(snapshot.read(&[String::from("store.yaml")]).unwrap(), [None]);
    for path in ["publications/orders/1.json", "store.yaml"] {
        let error = store.add(&[NewFile::new(path, "{}")], snapshot.id(), "m").unwrap_err();
        assert!(error.message.contains("is already in the store "), "{error}");
    }
    assert!(!remote.path("outside").exists());
}

#[test]
fn a_huge_file_is_an_error_and_needs_no_memory() {
    let remote = Remote::new();
    fs::File::create(remote.path("object")).unwrap().set_len(65 * 1024 * 1024).unwrap();
    let huge = remote.git(&["hash-object", "-w", remote.path("object").to_str().unwrap()]);
    let small = blob(&remote, "small");
    publish(&remote, &tree(&remote, &[("100644", b"huge", &huge), ("100644", b"small", &small)]));
    let snapshot = remote.store("cache").snapshot().unwrap();
    assert_eq!(snapshot.list("").unwrap().len(), 2);
    let error = snapshot.read(&["small", "huge", "small"].map(str::to_owned)).unwrap_err();
    assert!(error.message.contains("huge in the store has more than 67108864 bytes"), "{error}");
    // And the next read works as usual.
    assert_eq!(snapshot.read(&[String::from("small")]).unwrap(), [Some(b"small".to_vec())]);
}

#[cfg(unix)]
#[test]
fn no_hook_runs_wherever_it_comes_from() {
    use std::os::unix::fs::PermissionsExt as _;
    let remote = Remote::new();
    let names =
        ["pre-push", "post-checkout", "post-merge", "reference-transaction", "pre-auto-gc", "fsmonitor-watchman"];
    let ran = remote.path("ran");
    for folder in ["hooks", "template/hooks"] {
        for name in names {
            let path = format!("{folder}/{name}");
            remote.write(&path, format!("#!/bin/sh\necho {name} >> {}\n", ran.display()));
            fs::set_permissions(remote.path(&path), fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
    // The user's configuration has hooks for all repositories, a template with hooks, and helpers.
    let config = format!(
        "[core]\n\thooksPath = {root}/hooks\n\tfsmonitor = {root}/hooks/fsmonitor-watchman\n[init]\n\ttemplateDir = {root}/template\n\
         [push]\n\tgpgSign = true\n\tfollowTags = true\n[alias]\n\tfetch = !touch {ran}\n\tpush = !touch {ran}\n\
         [url \"ext::sh -c 'touch {ran}' \"]\n\tinsteadOf = ssh://evil/\n[protocol \"ext\"]\n\tallow = always\n",
        root = remote.root().display(),
        ran = ran.display()
    );
    remote.write("home/.gitconfig", config);
    let store = remote.store("cache");
    let since = store.snapshot().unwrap();
    assert_eq!(store.add(&[NewFile::new("a", "")], since.id(), "m").unwrap(), Landing::Landed);
    assert_eq!(store.snapshot().unwrap().list("").unwrap().len(), 1);
    // The remote is on this machine, too, so the user's hooks for all repositories run there, as for every push. Ours
    // don't.
    let ran_ours = fs::read_to_string(&ran).unwrap_or_default();
    assert!(!ran_ours.contains("pre-push") && !ran_ours.contains("fsmonitor"), "{ran_ours}");
    assert!(!store.copy().join("hooks").exists());
    let error = remote.store_at("ssh://evil/x", "cache").snapshot().err().unwrap();
    assert!(error.detail.is_some_and(|detail| detail.contains("transport 'ext' not allowed")), "{}", error.message);
}

#[test]
fn the_user_s_own_repository_is_never_touched() {
    let remote = Remote::new();
    remote.git_at(".", &["init", "--quiet", "--initial-branch=main", "own"]);
    remote.write("own/a", "1");
    remote.git_at("own", &["add", "a"]);
    remote.git_at("own", &["commit", "--quiet", "-m", "first"]);
    remote.write("own/a", "2");
    remote.write("own/b", "untracked");
    let before = contents(&remote.path("own"), &[]);
    // As in a hook: all of git's variables name the user's repository.
    let own = remote.path("own");
    let environment = [
        ("GIT_DIR", ".git"),
        ("GIT_COMMON_DIR", ".git"),
        ("GIT_INDEX_FILE", ".git/index"),
        ("GIT_OBJECT_DIRECTORY", ".git/objects"),
        ("GIT_WORK_TREE", "."),
    ]
    .iter()
    .fold(remote.environment_of("cache"), |environment, (name, path)| environment.with(*name, own.join(path)))
    .with("GIT_NAMESPACE", "elsewhere")
    .with("GIT_CONFIG_PARAMETERS", "'user.name=Elsewhere'");
    let store = upheld::store::open(&remote.address(), &own, &environment).unwrap();
    let since = store.snapshot().unwrap();
    assert_eq!(store.add(&[NewFile::new("x/y", "1")], since.id(), "m").unwrap(), Landing::Landed);
    assert_eq!(store.snapshot().unwrap().list("x").unwrap().len(), 1);
    assert_eq!(contents(&own, &[]), before);
    assert_eq!(remote.git(&["log", "--format=%an", "main"]), "upheld");
    assert_eq!(remote.git(&["for-each-ref", "--format=%(refname)"]), "refs/heads/main");
}
