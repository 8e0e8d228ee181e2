//! A store in a git repository: views, additions, its history, and failures.

use std::time::Duration;

use upheld::git::{Environment, Patience};
use upheld::ledger::{EntryKind, FolderEntry, Landing, NewFile, Rewritten, Snapshot, Store, StoreError};
use upheld::store::{self, Plan};

use crate::support::Remote;

fn file(path: &str, text: &str) -> NewFile {
    NewFile::new(path, text)
}

fn error<T>(result: Result<T, StoreError>) -> String {
    let Err(error) = result else { panic!("there is no error") };
    [error.message].into_iter().chain(error.detail).chain(error.help).collect::<Vec<_>>().join("\n")
}

fn read(snapshot: &dyn Snapshot, path: &str) -> Option<String> {
    let bytes = snapshot.read(&[path.to_owned()]).unwrap().remove(0)?;
    Some(String::from_utf8(bytes).unwrap())
}

fn names(snapshot: &dyn Snapshot, folder: &str) -> Vec<String> {
    snapshot.list(folder).unwrap().into_iter().map(|entry| entry.name).collect()
}

/// Adds a file to the present view.
fn add(store: &dyn Store, path: &str, text: &str) -> String {
    let since = store.snapshot().unwrap();
    assert_eq!(store.add(&[file(path, text)], since.id(), &format!("add {path}")).unwrap(), Landing::Landed);
    store.snapshot().unwrap().id().to_owned()
}

#[test]
fn an_empty_repository_is_a_store_without_files_and_takes_a_first_commit() {
    let remote = Remote::new();
    let store = remote.store("cache");
    let nothing = store.snapshot().unwrap();
    assert_eq!(nothing.id(), "0".repeat(40));
    assert_eq!(nothing.list("").unwrap(), []);
    assert_eq!(read(nothing.as_ref(), "store.yaml"), None);
    let files = [file("store.yaml", "upheld-store: 1\n"), file("services/orders.yaml", "{}\n")];
    assert_eq!(store.add(&files, nothing.id(), "A store\n\nWith two files.").unwrap(), Landing::Landed);
    assert_eq!(remote.files(), ["services/orders.yaml", "store.yaml"]);
    insta::assert_snapshot!(
        remote.git(&["log", "--format=%an <%ae>|%cn <%ce>|%P|%B", "main"]),
        @r"
    upheld <upheld@localhost>|upheld <upheld@localhost>||A store

    With two files.
    "
    );
    let snapshot = remote.store("another").snapshot().unwrap();
    assert_eq!(snapshot.id(), remote.git(&["rev-parse", "main"]));
    assert_eq!(read(snapshot.as_ref(), "services/orders.yaml").as_deref(), Some("{}\n"));
    assert_eq!(snapshot.time().unwrap().as_second().to_string(), remote.git(&["log", "-1", "--format=%ct", "main"]));
    // The view of the empty store is outdated.
    assert!(matches!(store.add(&[file("a", "")], nothing.id(), "m").unwrap(), Landing::Moved(_)));
}

#[test]
fn a_tree_is_listed_by_name_with_ids_of_contents() {
    let remote = Remote::new();
    let store = remote.store("cache");
    add(&store, "a/x", "1");
    add(&store, "a.b", "2");
    add(&store, "a/y/z", "3");
    let snapshot = store.snapshot().unwrap();
    let id = |of: &str| Some(remote.git(&["rev-parse", of]));
    let entry = |name: &str, kind, of: &str| FolderEntry { name: name.to_owned(), kind, content: id(of) };
    let expected = [entry("a", EntryKind::Folder, "main:a"), entry("a.b", EntryKind::File, "main:a.b")];
    assert_eq!(snapshot.list("").unwrap(), expected);
    assert_eq!(names(snapshot.as_ref(), "a"), ["x", "y"]);
    assert_eq!(names(snapshot.as_ref(), "a/x"), Vec::<String>::new());
    let paths = ["a/y/z", "nothing", "a", "a.b", "a.b/c", "a/x", "a/x"].map(str::to_owned);
    let contents = snapshot.read(&paths).unwrap();
    let texts: Vec<_> =
        contents.iter().map(|bytes| bytes.as_ref().map(|bytes| str::from_utf8(bytes).unwrap())).collect();
    assert_eq!(texts, [Some("3"), None, None, Some("2"), None, Some("1"), Some("1")]);
    assert_eq!(snapshot.read(&[]).unwrap(), Vec::<Option<Vec<u8>>>::new());
}

#[test]
fn a_view_does_not_change_when_the_store_does() {
    let remote = Remote::new();
    let store = remote.store("cache");
    let first = add(&store, "a", "1");
    let before = store.snapshot().unwrap();
    let second = add(&remote.store("another"), "b", "2");
    assert_eq!(names(before.as_ref(), ""), ["a"]);
    assert!(matches!(store.add(&[file("c", "3")], before.id(), "m").unwrap(), Landing::Moved(_)));
    assert_eq!(remote.files(), ["a", "b"]);
    let after = store.snapshot().unwrap();
    assert_eq!(after.id(), second);
    assert_eq!(after.grew_from(&first), Ok(true));
    assert_eq!(before.grew_from(&second), Ok(false));
    assert_eq!(after.grew_from(&"0".repeat(40)), Ok(true));
    for unknown in ["1".repeat(40).as_str(), "HEAD", "--all", "", &first[..10]] {
        assert_eq!(after.grew_from(unknown), Ok(false), "{unknown}");
    }
    assert_eq!(store.add(&[file("c", "3")], &second, "m").unwrap(), Landing::Landed);
}

#[test]
fn an_old_view_that_was_seen_once_is_read_without_the_network() {
    let remote = Remote::new();
    let store = remote.store("cache");
    let first = add(&store, "a", "1");
    let second = add(&store, "b", "2");
    let other = remote.store("another");
    for id in [first.as_str(), &first[..12]] {
        let old = other.snapshot_at(id).unwrap();
        assert_eq!((old.id(), names(old.as_ref(), "")), (first.as_str(), vec![String::from("a")]));
    }
    // A commit that was never on the branch isn't part of the store.
    let private = store.add(&[file("lost", "")], &first, "m").unwrap();
    assert!(matches!(private, Landing::Moved(_)));
    for id in ["1".repeat(40).as_str(), &"f".repeat(7)] {
        let message = error(store.snapshot_at(id));
        assert!(
            message.contains("has no commit ") && message.contains(&format!("it is at {} now", &second[..12])),
            "{message}"
        );
    }
    for id in ["main", "HEAD", "--all", "", "abc", &format!("{first}~1")] {
        assert!(error(store.snapshot_at(id)).contains("isn't the id of a commit"), "{id}");
    }
    std::fs::rename(remote.path("remote.git"), remote.path("gone.git")).unwrap();
    assert_eq!(other.snapshot_at(&first).unwrap().id(), first);
}

#[test]
fn the_copy_is_not_used_when_the_repository_is_gone() {
    let remote = Remote::new();
    let store = remote.store("cache");
    let id = add(&store, "a", "1");
    std::fs::rename(remote.path("remote.git"), remote.path("gone.git")).unwrap();
    let message = error(store.snapshot());
    assert!(message.contains("can't be read: the repository doesn't exist"), "{message}");
    let message = error(store.add(&[file("b", "1")], &id, "m"));
    assert!(message.contains("the repository doesn't exist"), "{message}");
    std::fs::rename(remote.path("gone.git"), remote.path("remote.git")).unwrap();
    assert_eq!(store.snapshot().unwrap().id(), id);
}

#[test]
fn a_file_is_never_overwritten() {
    let remote = Remote::new();
    let store = remote.store("cache");
    let id = add(&store, "a/b", "1");
    for (path, expected) in [
        ("a/b", "a/b is already in the store "),
        ("a/b/c", "a/b is already in the store "),
        ("a", "a is already in the store "),
        ("../a", "can't be a file in a store"),
        (".git/config", "can't be a file in a store"),
    ] {
        let message = error(store.add(&[file("new", ""), file(path, "2")], &id, "m"));
        assert!(message.contains(expected), "{path}: {message}");
    }
    assert_eq!(remote.files(), ["a/b"]);
    // Existing files are fine, with or without new ones.
    assert_eq!(store.add(&[file("a/b", "1")], &id, "m").unwrap(), Landing::Landed);
    assert_eq!(remote.git(&["rev-parse", "main"]), id);
    assert_eq!(store.add(&[file("a/b", "1"), file("c", "")], &id, "m").unwrap(), Landing::Landed);
    assert!(matches!(store.add(&[file("a/b", "1")], &id, "m").unwrap(), Landing::Moved(_)));
    assert_eq!(remote.files(), ["a/b", "c"]);
}

#[test]
fn a_branch_after_the_address_is_only_created_on_request() {
    let remote = Remote::new();
    add(&remote.store("cache"), "a", "1");
    let address = format!("{}#ledger", remote.address());
    let message = error(remote.store_at(&address, "cache").snapshot());
    assert!(message.contains("has no branch `ledger`"), "{message}");
    assert!(message.contains("create it with `upheld store init`"), "{message}");
    let environment = remote.environment_of("cache");
    let made = store::create(&address, remote.root(), &environment).unwrap();
    let nothing = made.snapshot().unwrap();
    assert_eq!(made.add(&[file("store.yaml", "")], nothing.id(), "m").unwrap(), Landing::Landed);
    assert_eq!(remote.git(&["ls-tree", "--name-only", "ledger"]), "store.yaml");
    assert_eq!(names(remote.store_at(&address, "cache").snapshot().unwrap().as_ref(), ""), ["store.yaml"]);
    assert_eq!(names(remote.store("cache").snapshot().unwrap().as_ref(), ""), ["a"]);
    let message = error(remote.store_at(&format!("{}#ledgre", remote.address()), "cache").snapshot());
    assert!(message.contains("did you mean `ledger`?"), "{message}");
}

#[test]
fn the_branch_is_the_one_that_the_repository_names() {
    let remote = Remote::new();
    remote.git(&["symbolic-ref", "HEAD", "refs/heads/trunk"]);
    remote.import("commit refs/heads/trunk\ncommitter A <a> 1 +0000\ndata 0\nM 644 inline t\ndata 0\n\ncommit refs/heads/main\ncommitter A <a> 1 +0000\ndata 0\nM 644 inline m\ndata 0\n\n");
    let store = remote.store("cache");
    add(&store, "u", "");
    assert_eq!(remote.git(&["ls-tree", "--name-only", "trunk"]), "t\nu");
    // A HEAD that names a missing branch.
    remote.git(&["symbolic-ref", "HEAD", "refs/heads/none"]);
    assert_eq!(names(remote.store("another").snapshot().unwrap().as_ref(), ""), ["m"]);
    remote.git(&["branch", "-D", "main"]);
    let message = error(remote.store("third").snapshot());
    assert!(message.contains("it is unknown which branch of ") && message.contains("`trunk`"), "{message}");
}

#[test]
fn a_repository_with_sha256_ids_is_a_store_too() {
    let remote = Remote::new();
    std::fs::remove_dir_all(remote.path("remote.git")).unwrap();
    remote.git_at(".", &["init", "--quiet", "--bare", "--initial-branch=main", "--object-format=sha256", "remote.git"]);
    let store = remote.store("cache");
    let plan = |_: &dyn Snapshot| Ok::<_, StoreError>(Plan { files: vec![file("a/b", "1")], value: () });
    store::append(&store, Duration::from_secs(20), "m", plan).unwrap();
    let snapshot = remote.store("cache").snapshot().unwrap();
    assert_eq!(read(snapshot.as_ref(), "a/b").as_deref(), Some("1"));
    assert_eq!(add(&remote.store("another"), "c", "1").len(), 64);
}

#[test]
fn a_rewritten_history_is_reported_until_it_is_trusted() {
    let remote = Remote::new();
    let store = remote.store("cache");
    let first = add(&store, "a", "1");
    let second = add(&store, "b", "2");
    assert_eq!(store.snapshot().unwrap().rewritten(), None);
    // Someone deletes a record by force.
    remote.git(&["update-ref", "refs/heads/main", &first]);
    for _ in 0..2 {
        let lost = Rewritten::CommitLost { store: store.name().to_owned(), commit: second.clone() };
        assert_eq!(remote.store("cache").snapshot().unwrap().rewritten(), Some(lost));
    }
    // A copy that has never seen it can't know.
    assert_eq!(remote.store("another").snapshot().unwrap().rewritten(), None);
    // More commits don't repair it.
    add(&remote.store("another"), "c", "3");
    assert!(store.snapshot().unwrap().rewritten().is_some());
    store.trust().unwrap();
    assert_eq!(store.snapshot().unwrap().rewritten(), None);
    remote.git(&["update-ref", "-d", "refs/heads/main"]);
    assert!(matches!(store.snapshot().unwrap().rewritten(), Some(Rewritten::BranchDeleted { .. })));
}

#[test]
fn a_cached_value_is_found_by_every_later_view() {
    let remote = Remote::new();
    let store = remote.store("cache");
    add(&store, "a", "1");
    store.snapshot().unwrap().remember("../../etc/x", b"bytes");
    assert_eq!(remote.store("cache").snapshot().unwrap().recall("../../etc/x").as_deref(), Some(&b"bytes"[..]));
    assert_eq!(remote.store("cache").snapshot().unwrap().recall("x"), None);
    assert_eq!(remote.store("another").snapshot().unwrap().recall("../../etc/x"), None);
}

#[test]
fn the_committer_is_the_one_that_git_names() {
    let remote = Remote::new();
    remote.write("home/.gitconfig", "[user]\n\tname = Zoë <x>\n\temail = zoe@shop.example\n");
    add(&remote.store("cache"), "a", "1");
    assert_eq!(remote.git(&["log", "--format=%an|%ae", "main"]), "Zoë x|zoe@shop.example");
}

#[cfg(unix)]
#[test]
fn a_push_that_is_falsely_reported_as_done_is_detected() {
    let remote = Remote::new();
    let store = remote.store("cache");
    let id = add(&store, "a", "1");
    remote.hook("post-receive", "while read old new name; do git update-ref \"$name\" \"$old\"; done");
    let landing = store.add(&[file("b", "2")], &id, "m").unwrap();
    assert_eq!(landing, Landing::Moved(String::from("the push was reported as done, but the branch didn't change")));
    assert_eq!(remote.files(), ["a"]);
    // Others' commits on top of ours aren't a failure.
    remote.hook(
        "post-receive",
        "while read old new name; do tree=$(git rev-parse \"$new^{tree}\"); \
         export GIT_AUTHOR_NAME=o GIT_AUTHOR_EMAIL=o GIT_COMMITTER_NAME=o GIT_COMMITTER_EMAIL=o; \
         git update-ref \"$name\" $(git commit-tree -p \"$new\" -m more \"$tree\"); done",
    );
    assert_eq!(store.add(&[file("b", "2")], &id, "m").unwrap(), Landing::Landed);
}

#[cfg(unix)]
#[test]
fn a_push_that_is_refused_for_good_is_an_error_and_a_late_one_is_not() {
    let remote = Remote::new();
    let store = remote.store("cache");
    let id = add(&store, "a", "1");
    remote.hook("pre-receive", "echo 'only the bot may push' >&2; exit 1");
    let message = error(store.add(&[file("b", "2")], &id, "m"));
    assert!(message.contains("refused the push: pre-receive hook declined"), "{message}");
    assert!(message.contains("only the bot may push"), "{message}");
    // Another commit arrives between reading the branch and writing to it.
    remote.hook(
        "pre-receive",
        "unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES; \
         while read old new name; do tree=$(git rev-parse \"$old^{tree}\"); \
         export GIT_AUTHOR_NAME=o GIT_AUTHOR_EMAIL=o GIT_COMMITTER_NAME=o GIT_COMMITTER_EMAIL=o; \
         git update-ref \"$name\" $(git commit-tree -p \"$old\" -m other \"$tree\"); done",
    );
    let landing = store.add(&[file("b", "2")], &id, "m").unwrap();
    assert!(matches!(landing, Landing::Moved(_)), "{landing:?}");
    assert_eq!(remote.files(), ["a"]);
}

#[cfg(unix)]
#[test]
fn a_push_whose_result_is_lost_has_landed_if_its_commit_is_there() {
    let remote = Remote::new();
    let store = remote.store("cache");
    let id = add(&store, "a", "1");
    // The server dies before it can report the result.
    remote.hook("post-receive", "kill -9 $PPID");
    assert_eq!(store.add(&[file("b", "2")], &id, "m").unwrap(), Landing::Landed);
    assert_eq!(remote.files(), ["a", "b"]);
    std::fs::remove_file(remote.path("remote.git/hooks/post-receive")).unwrap();
    remote.hook("pre-receive", "kill -9 $PPID");
    let id = store.snapshot().unwrap().id().to_owned();
    let message = error(store.add(&[file("c", "2")], &id, "m"));
    assert!(message.contains("can't be written"), "{message}");
    assert_eq!(remote.files(), ["a", "b"]);
}

#[cfg(unix)]
#[test]
fn a_hanging_repository_is_given_up() {
    let remote = Remote::new();
    let id = add(&remote.store("cache"), "a", "1");
    let quiet = Duration::from_millis(700);
    let store = remote.store("cache").patient(Patience { quiet, total: Duration::from_secs(30) }).unwrap();
    remote.hook("pre-receive", "exec /bin/sleep 1000 >/dev/null 2>&1");
    let message = error(store.add(&[file("b", "2")], &id, "m"));
    assert!(message.contains("`git push` printed nothing for 700 ms, so it was killed"), "{message}");
    assert_eq!(remote.files(), ["a"]);
    // And one that never responds to a fetch.
    let environment = remote.environment_of("cache").with("GIT_SSH_COMMAND", "/bin/sleep 1000; :");
    let address = upheld::git::Address::parse("ssh://git@shop.example/a.git").unwrap().unwrap();
    let store = store::GitStore::open(address, &environment).unwrap();
    let store = store.patient(Patience { quiet, total: Duration::from_secs(30) }).unwrap();
    let message = error(store.snapshot());
    assert!(message.contains("`git fetch` printed nothing for 700 ms, so it was killed"), "{message}");
}

#[test]
fn the_error_for_an_unreachable_address_says_what_to_do_and_hides_the_password() {
    let remote = Remote::new();
    let environment = remote.environment_of("cache");
    let snapshot = |address: &str| store::open(address, remote.root(), &environment).and_then(|store| store.snapshot());
    // Nothing listens on port 9 of this machine.
    let message = error(snapshot("https://ann:s3cret@127.0.0.1:9/a.git"));
    assert!(
        message.contains("the store https://***@127.0.0.1:9/a.git can't be read: its host can't be reached"),
        "{message}"
    );
    assert!(!message.contains("s3cret"), "{message}");
    let message = error(snapshot("git+ext::sh -c evil"));
    assert!(message.contains("isn't the address of a store"), "{message}");
    let nowhere = Environment::of([("PATH", remote.path("home"))]).with("UPHELD_CACHE", remote.path("cache"));
    let message = error(store::open(&remote.address(), remote.root(), &nowhere));
    assert!(message.contains("the program `git` wasn't found"), "{message}");
    let message = error(store::open(&remote.address(), remote.root(), &Environment::of([("PATH", "/bin")])));
    assert!(message.contains("set UPHELD_CACHE to a folder"), "{message}");
}
