//! What is checked out in a folder, on a developer's machine and in build systems.

use std::fs;

use upheld::git::{Checkout, Environment, checkout};

use crate::support::Remote;

/// A work tree with one commit on `main`.
fn work_tree() -> (Remote, String) {
    let remote = Remote::new();
    remote.git_at(".", &["init", "--quiet", "--initial-branch=main", "own"]);
    remote.write("own/a", "1");
    remote.write("own/.gitignore", "/ignored\n");
    remote.git_at("own", &["add", "."]);
    remote.git_at("own", &["commit", "--quiet", "-m", "first"]);
    let commit = remote.git_at("own", &["rev-parse", "HEAD"]);
    (remote, commit)
}

fn seen(remote: &Remote, variables: &[(&str, &str)]) -> Checkout {
    let environment = variables
        .iter()
        .fold(remote.environment_of("cache"), |environment, (name, value)| environment.with(*name, *value));
    checkout(&remote.path("own"), &environment).unwrap()
}

fn error(remote: &Remote, folder: &str, environment: &Environment) -> String {
    let error = checkout(&remote.path(folder), environment).unwrap_err();
    format!("{}\n{}", error.message, error.help.join("\n")).replace(&remote.root().display().to_string(), "<root>")
}

#[test]
fn the_commit_and_its_branch_are_told() {
    let (remote, commit) = work_tree();
    fs::create_dir(remote.path("own/below")).unwrap();
    let expected = Checkout { commit, branch: Some(String::from("main")), changed: false, untracked: Vec::new() };
    assert_eq!(seen(&remote, &[]), expected);
    // From a folder below, and with variables that point elsewhere.
    let elsewhere = remote.environment_of("cache").with("GIT_DIR", remote.path("remote.git"));
    assert_eq!(checkout(&remote.path("own/below"), &elsewhere).unwrap(), expected);
}

#[test]
fn changes_to_what_git_knows_are_told_from_files_that_it_does_not_know() {
    let (remote, _) = work_tree();
    remote.write("own/ignored", "1");
    remote.write("own/.upheld/store/store.yaml", "1");
    assert_eq!((seen(&remote, &[]).changed, seen(&remote, &[]).untracked), (false, vec![]));
    // Whatever the user wants to be shown.
    remote.git_at("own", &["config", "status.showUntrackedFiles", "no"]);
    remote.write("own/new", "1");
    remote.write("own/below/x", "1");
    let untracked = ["below/", "new"].map(str::to_owned).to_vec();
    assert_eq!((seen(&remote, &[]).changed, seen(&remote, &[]).untracked), (false, untracked));
    fs::remove_file(remote.path("own/new")).unwrap();
    fs::remove_dir_all(remote.path("own/below")).unwrap();
    for change in [&["rm", "--quiet", "--cached", "a"][..], &["mv", "a", "b"]] {
        remote.git_at("own", change);
        assert!(seen(&remote, &[]).changed, "{change:?}");
        remote.git_at("own", &["reset", "--quiet", "--hard"]);
    }
    remote.write("own/a", "2");
    assert!(seen(&remote, &[]).changed);
}

#[test]
fn in_a_pull_request_it_is_the_head_and_never_the_merge() {
    let (remote, _) = work_tree();
    let head = "0123456789abcdef0123456789abcdef01234567";
    remote.write("event.json", format!(r#"{{"pull_request": {{"head": {{"sha": "{head}", "ref": "feature/x"}}}}}}"#));
    let event = remote.path("event.json").display().to_string();
    // The branch has a variable of its own only in the first two.
    for (name, branch) in
        [("pull_request", "feature/x"), ("pull_request_target", "feature/x"), ("pull_request_review", "")]
    {
        let variables = [
            ("GITHUB_EVENT_NAME", name),
            ("GITHUB_EVENT_PATH", event.as_str()),
            ("GITHUB_HEAD_REF", branch),
            ("GITHUB_REF_NAME", "7/merge"),
            ("GITHUB_REF_TYPE", "branch"),
        ];
        let expected = Checkout {
            commit: head.to_owned(),
            branch: Some(String::from("feature/x")),
            changed: false,
            untracked: Vec::new(),
        };
        assert_eq!(seen(&remote, &variables), expected);
    }
    for event in ["{}", "no json", r#"{"pull_request": {"head": {"sha": "main"}}}"#] {
        remote.write("event.json", event);
        let environment = remote
            .environment_of("cache")
            .with("GITHUB_EVENT_NAME", "pull_request")
            .with("GITHUB_EVENT_PATH", remote.path("event.json"));
        assert!(error(&remote, "own", &environment).contains("its head can't be told"));
    }
}

#[test]
fn where_a_commit_alone_is_checked_out_the_build_system_tells_the_branch() {
    let (remote, commit) = work_tree();
    remote.git_at("own", &["checkout", "--quiet", "--detach"]);
    for (variables, branch) in [
        (&[][..], None),
        (
            &[("GITHUB_REF_NAME", "main"), ("GITHUB_REF_TYPE", "branch"), ("GITHUB_EVENT_NAME", "push")][..],
            Some("main"),
        ),
        (&[("GITHUB_REF_NAME", "v1"), ("GITHUB_REF_TYPE", "tag")][..], None),
        (&[("CI_COMMIT_BRANCH", "trunk"), ("CI_COMMIT_REF_NAME", "trunk")][..], Some("trunk")),
        (&[("CI_COMMIT_REF_NAME", "feature")][..], Some("feature")),
        (&[("CI_COMMIT_REF_NAME", "v1"), ("CI_COMMIT_TAG", "v1")][..], None),
    ] {
        let expected = Checkout {
            commit: commit.clone(),
            branch: branch.map(str::to_owned),
            changed: false,
            untracked: Vec::new(),
        };
        assert_eq!(seen(&remote, variables), expected, "{variables:?}");
    }
    // What is checked out by name says more.
    remote.git_at("own", &["checkout", "--quiet", "main"]);
    assert_eq!(seen(&remote, &[("CI_COMMIT_BRANCH", "trunk")]).branch.as_deref(), Some("main"));
}

#[test]
fn looking_changes_nothing() {
    let (remote, _) = work_tree();
    // The index would be written anew: it holds another time than the file.
    let file = fs::File::options().write(true).open(remote.path("own/a")).unwrap();
    file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_hours(300_000)).unwrap();
    let index = || fs::read(remote.path("own/.git/index")).unwrap();
    let before = index();
    assert!(!seen(&remote, &[]).changed);
    assert_eq!(index(), before);
    remote.git_at("own", &["status"]);
    assert_ne!(index(), before, "it would be, by a look of the user's own");
}

#[test]
fn where_no_commit_is_the_error_says_to_name_the_version() {
    let remote = Remote::new();
    let environment = remote.environment_of("cache").with("GIT_CEILING_DIRECTORIES", remote.root());
    insta::assert_snapshot!(error(&remote, "home", &environment), @r"
    <root>/home is in no git repository, so there is no commit to go by
    name the version yourself: SERVICE@VERSION
    ");
    remote.git_at(".", &["init", "--quiet", "new"]);
    insta::assert_snapshot!(error(&remote, "new", &environment), @r"
    nothing is committed yet in <root>/new
    commit first, or name the version yourself: SERVICE@VERSION
    ");
    assert!(error(&remote, "none", &environment).contains("what is checked out in <root>/none can't be told"));
    assert!(
        error(&remote, "remote.git", &environment).contains("what is checked out in <root>/remote.git can't be told")
    );
}
