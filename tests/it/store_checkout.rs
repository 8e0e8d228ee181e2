//! The state of a checkout, on a developer's machine and in build systems.

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
fn the_commit_and_its_branch_are_found() {
    let (remote, commit) = work_tree();
    fs::create_dir(remote.path("own/below")).unwrap();
    let checked_out = commit.clone();
    let expected = Checkout {
        commit,
        checked_out,
        branch: Some(String::from("main")),
        changed: Vec::new(),
        untracked: Vec::new(),
    };
    assert_eq!(seen(&remote, &[]), expected);
    // From a folder below, and with variables that point elsewhere.
    let elsewhere = remote.environment_of("cache").with("GIT_DIR", remote.path("remote.git"));
    assert_eq!(checkout(&remote.path("own/below"), &elsewhere).unwrap(), expected);
}

#[test]
fn changes_are_distinguished_from_untracked_files() {
    let (remote, _) = work_tree();
    remote.write("own/ignored", "1");
    remote.write("own/.upheld/store/store.yaml", "1");
    assert_eq!((seen(&remote, &[]).changed, seen(&remote, &[]).untracked), (vec![], vec![]));
    // Whatever the user's configuration shows.
    remote.git_at("own", &["config", "status.showUntrackedFiles", "no"]);
    remote.write("own/new", "1");
    remote.write("own/below/x", "1");
    let untracked = ["below/", "new"].map(str::to_owned).to_vec();
    assert_eq!((seen(&remote, &[]).changed, seen(&remote, &[]).untracked), (vec![], untracked));
    fs::remove_file(remote.path("own/new")).unwrap();
    fs::remove_dir_all(remote.path("own/below")).unwrap();
    for change in [&["rm", "--quiet", "--cached", "a"][..], &["mv", "a", "b"]] {
        remote.git_at("own", change);
        assert!(!seen(&remote, &[]).changed.is_empty(), "{change:?}");
        remote.git_at("own", &["reset", "--quiet", "--hard"]);
    }
    remote.write("own/a", "2");
    assert!(!seen(&remote, &[]).changed.is_empty());
}

#[test]
fn in_a_pull_request_the_version_is_the_head_and_never_the_merge() {
    let (remote, here) = work_tree();
    let head = "0123456789abcdef0123456789abcdef01234567";
    remote.write("event.json", format!(r#"{{"pull_request": {{"head": {{"sha": "{head}", "ref": "feature/x"}}}}}}"#));
    let event = remote.path("event.json").display().to_string();
    // Only the first two have a variable for the branch.
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
            checked_out: here.clone(),
            branch: Some(String::from("feature/x")),
            changed: Vec::new(),
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
        assert!(error(&remote, "own", &environment).contains("its head is unknown"));
    }
}

/// The commit and branch according to a build system's variables if a commit is checked out without a branch. In the
/// values, COMMIT is replaced by that commit and PARENT by the one before.
fn told(variables: &str) -> String {
    let (remote, commit) = work_tree();
    remote.git_at("own", &["commit", "--quiet", "--allow-empty", "-m", "second"]);
    let second = remote.git_at("own", &["rev-parse", "HEAD"]);
    remote.git_at("own", &["checkout", "--quiet", "--detach"]);
    let filled = variables.replace("=COMMIT", &format!("={second}")).replace("=PARENT", &format!("={commit}"));
    let pairs: Vec<(&str, &str)> = filled.split_whitespace().map(|pair| pair.split_once('=').unwrap()).collect();
    let environment =
        pairs.iter().fold(remote.environment_of("cache"), |environment, (name, value)| environment.with(*name, *value));
    let seen = match checkout(&remote.path("own"), &environment) {
        Ok(seen) => seen,
        Err(error) => return format!("{}: {}", error.message, error.help[0]),
    };
    let name = if seen.commit == second { "COMMIT" } else { "PARENT" };
    assert!([&second, &commit].contains(&&seen.commit), "{seen:?}");
    format!("{name} {}", seen.branch.as_deref().unwrap_or("-")).replace(&second, "COMMIT").replace(&commit, "PARENT")
}

#[test]
fn for_a_detached_commit_the_build_system_names_the_branch() {
    assert_eq!(told(""), "COMMIT -");
    for (variables, expected) in [
        ("GITHUB_EVENT_NAME=push GITHUB_SHA=COMMIT GITHUB_REF_TYPE=branch GITHUB_REF_NAME=main", "main"),
        ("GITHUB_EVENT_NAME=push GITHUB_SHA=COMMIT GITHUB_REF_TYPE=tag GITHUB_REF_NAME=v1", "-"),
        ("GITLAB_CI=true CI_COMMIT_SHA=COMMIT CI_COMMIT_BRANCH=trunk CI_COMMIT_REF_NAME=trunk", "trunk"),
        ("GITLAB_CI=true CI_COMMIT_SHA=COMMIT CI_COMMIT_REF_NAME=feature", "feature"),
        ("GITLAB_CI=true CI_COMMIT_SHA=COMMIT CI_COMMIT_REF_NAME=v1 CI_COMMIT_TAG=v1", "-"),
        ("TF_BUILD=True BUILD_SOURCEVERSION=COMMIT BUILD_SOURCEBRANCH=refs/heads/a/b BUILD_SOURCEBRANCHNAME=b", "a/b"),
        ("TF_BUILD=True BUILD_SOURCEVERSION=COMMIT BUILD_SOURCEBRANCH=refs/tags/v1", "-"),
        ("BITBUCKET_COMMIT=COMMIT BITBUCKET_BRANCH=main", "main"),
        ("BITBUCKET_COMMIT=COMMIT BITBUCKET_TAG=v1", "-"),
        ("JENKINS_URL=http://ci.example GIT_COMMIT=COMMIT BRANCH_NAME=main GIT_BRANCH=origin/main", "main"),
        ("JENKINS_URL=http://ci.example GIT_COMMIT=COMMIT GIT_BRANCH=origin/a/b", "a/b"),
        ("JENKINS_URL=http://ci.example GIT_COMMIT=COMMIT BRANCH_NAME=v1 TAG_NAME=v1", "-"),
        ("CIRCLECI=true CIRCLE_SHA1=COMMIT CIRCLE_BRANCH=main", "main"),
        ("CIRCLECI=true CIRCLE_SHA1=COMMIT CIRCLE_TAG=v1", "-"),
        ("BUILDKITE=true BUILDKITE_COMMIT=COMMIT BUILDKITE_BRANCH=main", "main"),
        ("BUILDKITE=true BUILDKITE_COMMIT=COMMIT BUILDKITE_BRANCH=v1 BUILDKITE_TAG=v1", "-"),
        // In other systems than GitLab, this is the target branch of a pull request.
        ("CI_COMMIT_SHA=COMMIT CI_COMMIT_BRANCH=main", "-"),
    ] {
        assert_eq!(told(variables), format!("COMMIT {expected}"), "{variables}");
        // The build system knows nothing about another commit that a job checks out, such as the live version.
        assert_eq!(told(&variables.replace("=COMMIT ", "=PARENT ")), "COMMIT -", "{variables}");
    }
    // A branch that is checked out by name is more precise.
    let (remote, commit) = work_tree();
    let other = [("GITLAB_CI", "true"), ("CI_COMMIT_SHA", commit.as_str()), ("CI_COMMIT_BRANCH", "trunk")];
    assert_eq!(seen(&remote, &other).branch.as_deref(), Some("main"));
}

#[test]
fn in_the_build_of_a_test_merge_every_build_system_names_the_head() {
    // The commit follows its parent, like the merge its head.
    for (variables, expected) in [
        (
            "GITLAB_CI=true CI_MERGE_REQUEST_IID=7 CI_COMMIT_SHA=COMMIT CI_COMMIT_REF_NAME=feature \
             CI_MERGE_REQUEST_SOURCE_BRANCH_NAME=feature CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=PARENT",
            "PARENT feature",
        ),
        // In the pipeline of a head, the last one is empty.
        (
            "GITLAB_CI=true CI_MERGE_REQUEST_IID=7 CI_COMMIT_SHA=COMMIT CI_COMMIT_REF_NAME=feature \
             CI_MERGE_REQUEST_SOURCE_BRANCH_NAME=feature CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=",
            "COMMIT feature",
        ),
        // The branch `main` of a fork isn't ours.
        (
            "GITLAB_CI=true CI_MERGE_REQUEST_IID=7 CI_COMMIT_SHA=COMMIT CI_MERGE_REQUEST_SOURCE_BRANCH_NAME=main \
             CI_MERGE_REQUEST_PROJECT_PATH=shop/orders CI_MERGE_REQUEST_SOURCE_PROJECT_PATH=eve/orders",
            "COMMIT eve/orders:main",
        ),
        (
            "TF_BUILD=True BUILD_SOURCEVERSION=COMMIT BUILD_SOURCEBRANCH=refs/pull/7/merge \
             SYSTEM_PULLREQUEST_PULLREQUESTID=7 SYSTEM_PULLREQUEST_SOURCECOMMITID=PARENT \
             SYSTEM_PULLREQUEST_SOURCEBRANCH=refs/heads/a/b",
            "PARENT a/b",
        ),
        (
            "TF_BUILD=True BUILD_SOURCEVERSION=COMMIT SYSTEM_PULLREQUEST_PULLREQUESTID=7 \
             SYSTEM_PULLREQUEST_SOURCECOMMITID=PARENT SYSTEM_PULLREQUEST_SOURCEBRANCH=main SYSTEM_PULLREQUEST_ISFORK=True",
            "PARENT fork:main",
        ),
        // The runner makes the merge, and no variable names it.
        ("BITBUCKET_COMMIT=PARENT BITBUCKET_BRANCH=feature BITBUCKET_PR_ID=7", "PARENT feature"),
        ("BITBUCKET_COMMIT=COMMIT BITBUCKET_BRANCH=feature BITBUCKET_PR_ID=7", "COMMIT feature"),
        ("JENKINS_URL=http://ci.example BRANCH_NAME=PR-7 CHANGE_ID=7 CHANGE_BRANCH=feature", "COMMIT feature"),
        (
            "JENKINS_URL=http://ci.example BRANCH_NAME=PR-7 CHANGE_ID=7 CHANGE_BRANCH=main CHANGE_FORK=eve",
            "COMMIT fork:main",
        ),
        ("TF_BUILD=True BUILD_SOURCEVERSION=COMMIT SYSTEM_PULLREQUEST_PULLREQUESTID=7", "COMMIT -"),
    ] {
        assert_eq!(told(variables), expected, "{variables}");
    }
}

#[test]
fn a_merge_with_an_unknown_head_is_not_a_version() {
    let (remote, _) = work_tree();
    remote.git_at("own", &["checkout", "--quiet", "-b", "feature"]);
    remote.git_at("own", &["commit", "--quiet", "--allow-empty", "-m", "work"]);
    remote.git_at("own", &["checkout", "--quiet", "--detach", "main"]);
    remote.git_at("own", &["merge", "--quiet", "--no-ff", "-m", "try", "feature"]);
    let jenkins = remote.environment_of("cache").with("JENKINS_URL", "http://ci.example").with("CHANGE_ID", "7");
    insta::assert_snapshot!(error(&remote, "own", &jenkins), @r"
    this is the build of a pull request, but its head is unknown
    configure Jenkins to check out the pull request's head instead of the merge
    or name the version yourself: SERVICE@VERSION
    ");
}

#[test]
fn a_pull_request_build_on_github_only_knows_its_own_commits() {
    let (remote, main) = work_tree();
    remote.git_at("own", &["checkout", "--quiet", "-b", "feature"]);
    remote.git_at("own", &["commit", "--quiet", "--allow-empty", "-m", "work"]);
    let head = remote.git_at("own", &["rev-parse", "HEAD"]);
    remote.git_at("own", &["checkout", "--quiet", "--detach", "main"]);
    remote.git_at("own", &["merge", "--quiet", "--no-ff", "-m", "try", "feature"]);
    let merge = remote.git_at("own", &["rev-parse", "HEAD"]);
    let event = remote.path("event.json").display().to_string();
    let told = |request: &str, name: &str, sha: &str, checked_out: &str| {
        remote.write("event.json", format!(r#"{{"pull_request": {{"head": {{"sha": "{head}"{request}}}"#));
        remote.git_at("own", &["checkout", "--quiet", checked_out]);
        let variables = [
            ("GITHUB_EVENT_NAME", name),
            ("GITHUB_EVENT_PATH", event.as_str()),
            ("GITHUB_HEAD_REF", "feature"),
            ("GITHUB_REPOSITORY", "shop/orders"),
            ("GITHUB_SHA", sha),
        ];
        let seen = seen(&remote, &variables);
        (seen.commit, seen.branch.unwrap_or_else(|| String::from("-")))
    };
    let is = |commit: &String, branch: &str| (commit.clone(), branch.to_owned());
    // The merge, which is the default, and the head, which a job may check out.
    assert_eq!(told("}}", "pull_request", &merge, &merge), is(&head, "feature"));
    assert_eq!(told("}}", "pull_request", &merge, &head), is(&head, "feature"));
    // Another commit, such as the live version.
    assert_eq!(told("}}", "pull_request", &merge, &main), is(&main, "-"));
    // With the rights of the repository, the default is the target branch, not a stranger's.
    assert_eq!(told("}}", "pull_request_target", &main, "main"), is(&main, "main"));
    assert_eq!(told("}}", "pull_request_target", &main, &main), is(&main, "-"));
    assert_eq!(told("}}", "pull_request_target", &main, &merge), is(&head, "feature"));
    // A stranger's branch isn't ours, whatever its name is.
    let of_fork = r#", "repo": {"full_name": "eve/orders"}}}"#;
    assert_eq!(told(of_fork, "pull_request", &merge, &merge), is(&head, "eve/orders:feature"));
    // After it is merged, the version is the merge.
    let merged = format!(r#"}}, "merged": true, "merge_commit_sha": "{merge}", "base": {{"ref": "main"}}}}"#);
    assert_eq!(told(&merged, "pull_request", &merge, &merge), is(&merge, "main"));
}

#[test]
fn reading_a_checkout_changes_nothing() {
    let (remote, _) = work_tree();
    // The index has another time than the file, so git would write it again.
    let file = fs::File::options().write(true).open(remote.path("own/a")).unwrap();
    file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_hours(300_000)).unwrap();
    let index = || fs::read(remote.path("own/.git/index")).unwrap();
    let before = index();
    assert_eq!(seen(&remote, &[]).changed, Vec::<String>::new());
    assert_eq!(index(), before);
    remote.git_at("own", &["status"]);
    assert_ne!(index(), before, "it would be, by a look of the user's own");
}

#[test]
fn without_a_commit_the_error_says_to_name_the_version() {
    let remote = Remote::new();
    let environment = remote.environment_of("cache").with("GIT_CEILING_DIRECTORIES", remote.root());
    insta::assert_snapshot!(error(&remote, "home", &environment), @r"
    <root>/home isn't in a git repository, so there is no commit to use as the version
    name the version yourself: SERVICE@VERSION
    ");
    remote.git_at(".", &["init", "--quiet", "new"]);
    insta::assert_snapshot!(error(&remote, "new", &environment), @r"
    nothing is committed yet in <root>/new
    commit first, or name the version yourself: SERVICE@VERSION
    ");
    assert!(error(&remote, "none", &environment).contains("can't find out what is checked out in <root>/none"));
    assert!(
        error(&remote, "remote.git", &environment).contains("can't find out what is checked out in <root>/remote.git")
    );
}
