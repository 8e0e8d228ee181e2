//! The user's own repository: no command of the ledger changes anything in it, whatever its state and whatever the
//! environment says of git.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::support::Team;
use crate::support::team::provider;

/// Every file below a folder with its content's hash, its times and its mode, except for the program's own.
fn listing(root: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            // The user's own state holds the key that signs the cache.
            if path.file_name().is_some_and(|name| name == ".upheld" || name == ".local") {
                continue;
            }
            let meta = std::fs::symlink_metadata(&path).unwrap();
            if meta.is_dir() {
                found.insert(path.clone(), String::from("a folder"));
                open.push(path);
                continue;
            }
            let hash = Sha256::digest(std::fs::read(&path).unwrap());
            found.insert(path, format!("{hash:x?} {:?} {:?}", meta.modified().unwrap(), meta.permissions()));
        }
    }
    found
}

/// Makes the world a repository with hooks that would leave a trace, a branch under way, and an index with changes.
fn make_repository(team: &Team) {
    let git = |line: &str| team.git_here(&line.split(' ').collect::<Vec<_>>());
    git("init --quiet --initial-branch=main");
    team.world.write("code.rs", "one");
    git("add .");
    git("commit --quiet -m one");
    for hook in ["pre-commit", "post-commit", "pre-push", "post-checkout", "reference-transaction", "post-index-change"]
    {
        let path = format!(".git/hooks/{hook}");
        team.world.write(&path, "#!/bin/sh\ntouch \"$HOME/hook-ran\"\n");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(team.world.path(&path), std::fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
    let fsmonitor = team.world.path("monitor");
    team.world.write("monitor", "#!/bin/sh\ntouch \"$HOME/monitor-ran\"\n");
    git("add monitor");
    git(&format!("config core.fsmonitor {}", fsmonitor.display()));
    team.world.write(".git/upheld-test-index", std::fs::read(team.world.path(".git/index")).unwrap());
    team.world.write("staged.rs", "staged");
    git("add staged.rs");
    team.world.write("code.rs", "changed");
    team.world.write("untracked.rs", "nobody knows");
}

#[test]
fn no_command_changes_anything_in_the_repository_that_it_is_run_in() {
    for team in Team::both("storefront orders") {
        team.write_contracts("storefront", &[("orders", "list")]);
        make_repository(&team);
        let before = listing(team.world.root());
        assert!(before.keys().any(|path| path.ends_with("hooks/pre-push")), "{before:?}");
        let orders = provider("list");
        let verify = format!("verify orders --url {} --publish --version 1 --branch main", orders.url());
        let environments: [&[(&str, &str)]; 2] = [
            &[],
            &[
                ("GIT_DIR", ".git"),
                ("GIT_WORK_TREE", "."),
                ("GIT_INDEX_FILE", ".git/upheld-test-index"),
                ("GIT_OBJECT_DIRECTORY", ".git/objects"),
            ],
        ];
        for (round, variables) in environments.into_iter().enumerate() {
            for (line, code) in [
                ("store init --service payments --environment staging", 0),
                ("publish storefront@1 --branch main", 0),
                ("publish storefront --branch main", 2),
                ("publish orders@1 --no-contracts --branch main", 0),
                (verify.as_str(), 0),
                ("deployed orders@1 --to production", 0),
                ("gate storefront@1 --to production --reserve", 0),
                ("deployed storefront@1 --to production", 0),
                ("released storefront@1 --to staging", 0),
                ("gate orders@1 storefront@1 --to production", 0),
                ("gate orders --to production", 2),
                ("status", 0),
                ("explain G101", 0),
                ("store lint", 0),
                ("undeployed storefront@1 --to production", 0),
                ("released storefront@1 --to staging --support-ended", 0),
            ] {
                let mut command = team.world.command(line.split(' '));
                command.envs(variables.iter().copied());
                let output = team.world.run(command);
                assert_eq!(output.code, Some(code), "round {round}: {line}\n{output}");
                let now = listing(team.world.root());
                assert!(now == before, "{line} has changed: {:?}", difference(&before, &now));
            }
        }
    }
}

fn difference(before: &BTreeMap<PathBuf, String>, now: &BTreeMap<PathBuf, String>) -> Vec<PathBuf> {
    let changed = now.iter().filter(|(path, what)| before.get(*path) != Some(*what)).map(|(path, _)| path.clone());
    changed.chain(before.keys().filter(|path| !now.contains_key(*path)).cloned()).collect()
}
