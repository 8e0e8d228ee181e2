//! Commands without a version: they use the checked-out commit, or say why they can't.

use std::process::Command;

use insta::assert_snapshot;

use crate::support::Team;
use crate::support::team::provider;

/// A workspace of storefront and orders in a git repository with one commit, and the commit's id.
fn checked_out() -> (Team, String) {
    let team = Team::git("storefront orders");
    team.write_contracts("storefront", &[("orders", "list")]);
    team.git_here(&["init", "--quiet", "--initial-branch=main"]);
    team.git_here(&["add", "."]);
    team.git_here(&["commit", "--quiet", "-m", "one"]);
    let commit = team.git_here(&["rev-parse", "HEAD"]);
    (team, commit)
}

fn with(team: &Team, line: &str, variables: &[(&str, &str)]) -> Command {
    let mut command = team.world.command(line.split(' '));
    command.envs(variables.iter().copied());
    command
}

#[test]
fn the_default_version_is_the_checked_out_commit_with_its_branch() {
    let (team, commit) = checked_out();
    let short = &commit[..12];
    assert_eq!(team.ok("publish storefront"), format!("published  storefront@{short}   1 contract with orders\n"));
    let record = team.stored(&team.files_below("publications")[0]);
    assert!(record.contains(&format!(r#""version":"{commit}""#)) && record.contains(r#""branch":"main""#), "{record}");
    let orders = provider("list");
    team.ok("publish orders --no-contracts");
    team.ok(&format!("verify orders --url {} --publish", orders.url()));
    let record = team.stored(&team.files_below("verifications")[0]);
    assert!(record.contains(&format!(r#""version":"{commit}""#)) && record.contains(r#""branch":"main""#), "{record}");
    team.ok("deployed orders --to production");
    assert_eq!(team.asks("storefront"), "allow 0");
    let output = team.gate("storefront orders");
    assert!(output.stdout.starts_with(&format!("ALLOW  storefront@{short}, orders@{short} → production")), "{output}");
}

#[test]
fn a_work_tree_with_changes_is_not_a_version() {
    let (team, _) = checked_out();
    let orders = provider("list");
    team.world.write("contracts/upheld.yaml", team.world.read("contracts/upheld.yaml") + "\n");
    assert_snapshot!(team.upheld("publish storefront"), @"
    ------- stderr -------
    error: the work tree has changes that no commit contains: contracts/upheld.yaml
    help: commit them, or name the version: storefront@VERSION
    [exit code 2]
    ");
    let line = format!("verify orders --url {} --publish", orders.url());
    assert_snapshot!(team.upheld(&line), @"
    ------- stderr -------
    error: the work tree has changes that no commit contains: contracts/upheld.yaml
    help: commit them, or name the version: --version VERSION
    [exit code 2]
    ");
    assert_eq!(orders.connections(), 0, "nothing is run whose results can't be published");
    assert_snapshot!(team.gate("storefront"), @"
    ------- stderr -------
    error: the work tree has changes that no commit contains: contracts/upheld.yaml
    help: commit them, or name the version: storefront@VERSION
    [exit code 2]
    ");
    assert_eq!(team.files_below("publications").len() + team.files_below("verifications").len(), 0);
    // A named version is fine, whatever has changed.
    team.ok("publish storefront@3.4.1");
    team.ok(&format!("{line} --version 7"));
    // And files in our own folder don't count as changes.
    team.git_here(&["checkout", "--quiet", "."]);
    team.world.write(".upheld/notes.txt", "ours");
    team.ok("publish storefront");
    // A contract that git doesn't know isn't in any commit.
    team.ok("store init --service payments");
    team.world.contract("storefront", "payments", &crate::support::team::interactions("pay"));
    assert_snapshot!(team.upheld("publish storefront"), @"
    ------- stderr -------
    error: contracts/storefront/payments.yaml isn't committed
    help: commit it, or name the version: storefront@VERSION
    [exit code 2]
    ");
}

#[test]
fn in_a_pull_request_the_version_is_the_head_which_has_to_be_checked_out() {
    let (team, commit) = checked_out();
    let event = team.remote().path("event.json");
    let told = [
        ("GITHUB_EVENT_NAME", "pull_request"),
        ("GITHUB_EVENT_PATH", event.to_str().unwrap()),
        ("GITHUB_HEAD_REF", "feature"),
        ("GITHUB_REF_NAME", "7/merge"),
    ];
    let head_is = |head: &str| {
        team.remote().write("event.json", format!(r#"{{"pull_request": {{"head": {{"sha": "{head}"}}}}}}"#));
    };
    // The merge may differ from the head.
    head_is("0123456789abcdef0123456789abcdef01234567");
    let output = team.world.run(with(&team, "publish storefront", &told));
    assert_eq!(output.code, Some(2), "{output}");
    assert!(output.stderr.contains("of a pull request, not its head 0123456789ab"), "{output}");
    assert!(team.files_below("publications").is_empty());
    head_is(&commit);
    let output = team.world.run(with(&team, "publish storefront", &told));
    assert_eq!(output.code, Some(0), "{output}");
    let record = team.stored(&team.files_below("publications")[0]);
    assert!(record.contains(&format!(r#""version":"{commit}""#)), "{record}");
    // Another commit isn't the checked-out one, whoever names it.
    let other = "publish storefront@89abcdef0123456789abcdef0123456789abcdef";
    let output = team.world.run(with(&team, other, &[]));
    assert_eq!(output.code, Some(2), "{output}");
    assert!(output.stderr.contains("isn't the checked-out commit"), "{output}");
    // If the head is unknown, nothing else takes its place.
    let output = team.world.run(with(&team, "publish storefront", &[("GITHUB_EVENT_NAME", "pull_request")]));
    assert_snapshot!(output, @"
    ------- stderr -------
    error: this is the build of a pull request, but its head is unknown
    help: GITHUB_EVENT_PATH must name the event's file, which contains `pull_request.head.sha`
    help: or name the version yourself: SERVICE@VERSION
    [exit code 5]
    ");
}

#[test]
fn for_a_detached_commit_the_build_system_names_the_branch() {
    let (team, commit) = checked_out();
    team.git_here(&["checkout", "--quiet", "--detach"]);
    let told = [("GITHUB_REF_NAME", "main"), ("GITHUB_REF_TYPE", "branch"), ("GITHUB_EVENT_NAME", "push")];
    let output = team.world.run(with(&team, "publish storefront", &told));
    assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""), "{output}");
    let record = team.stored(&team.files_below("publications")[0]);
    assert!(record.contains(r#""branch":"main""#) && record.contains(&commit), "{record}");
    team.git_here(&["commit", "--quiet", "--allow-empty", "-m", "two"]);
    let output = team.upheld("publish storefront");
    assert!(output.stderr.contains("it is unknown which one it was built from"), "{output}");
}

#[test]
fn a_repository_without_a_commit_has_no_version() {
    let team = Team::git("storefront orders");
    team.write_contracts("storefront", &[("orders", "list")]);
    team.git_here(&["init", "--quiet", "--initial-branch=main"]);
    assert_snapshot!(team.upheld("publish storefront"), @"
    ------- stderr -------
    error: nothing is committed yet in <root>/contracts
    help: commit first, or name the version yourself: SERVICE@VERSION
    [exit code 5]
    ");
}

#[test]
fn a_provider_at_an_address_needs_an_explicit_version() {
    let (team, _) = checked_out();
    let orders = provider("list");
    let url = orders.url();
    let output = team.world.run(with(&team, "verify orders --publish", &[("UPHELD_URL", &url)]));
    assert_eq!(output.code, Some(2), "{output}");
    assert!(
        output.stderr.contains("may be any version of orders\nhelp: say which version it is: --version"),
        "{output}"
    );
    assert_eq!((orders.connections(), team.files_below("verifications").len()), (0, 0));
    let output = team.world.run(with(&team, "verify orders --publish --version 7", &[("UPHELD_URL", &url)]));
    assert_eq!(output.code, Some(0), "{output}");
}
