//! `upheld gate` with a store that is damaged, unreachable, rewritten, or busy. The numbers are those of the list of
//! scenarios.

use insta::assert_snapshot;

use crate::support::Team;

/// A consumer and its provider, both live and compatible; and an unrelated service.
fn shop(team: &Team) {
    team.publish("orders@1", &[]);
    team.publish("weather@1", &[]);
    team.publish("storefront@1", &[("orders", "list")]);
    team.verify("orders@1", "list");
    team.deploy("orders@1 weather@1 storefront@1");
}

const SERVICES: &str = "storefront orders weather";

/// The only file below a folder of the store.
fn only(team: &Team, folder: &str) -> String {
    let files = team.files_below(folder);
    assert_eq!(files.len(), 1, "{files:?}");
    files[0].clone()
}

// Scenario 51
#[test]
fn a_record_with_a_changed_byte_makes_its_pairs_unknown_and_is_named() {
    Team::each(SERVICES, |team| {
        shop(team);
        let path = only(team, "verifications");
        let text = team.stored(&path);
        team.meddle(&[(&path, Some(&text.replace("upheld", "broken")))]);
        assert_snapshot!(team.gate("storefront@1"), @"
        DENY  storefront@1 → production     1 unknown     store <view>

        G303 unknown  storefront@1 (candidate, live) needs orders@1 (live)
             verifications/orders/6b/1.<hash>.json was changed: its name isn't the hash of its content
             owner: team-orders
             next: run `upheld store lint`, and restore verifications/orders/6b/1.<hash>.json from the store's history
        [exit code 4]
        ");
        assert_eq!(team.asks("weather@1"), "allow 0");
    });
}

// Scenario 52
#[test]
fn an_unreadable_record_denies_related_versions_and_is_a_notice_for_others() {
    Team::each(SERVICES, |team| {
        shop(team);
        let folder = "deployments/production/weather";
        let month = only(team, folder).split('/').nth(3).unwrap().to_owned();
        let path = format!("{folder}/{month}/{}.json", "0".repeat(64));
        team.meddle(&[(&path, Some("{ half"))]);
        assert_snapshot!(team.gate("storefront@1"), @"
        ALLOW  storefront@1 → production     1 compatible     store <view>

        G001 compatible  1 pair (--all lists them)

        G506 note  deployments/production/weather/<month>/<hash>.json was changed: its name isn't the hash of its content
             next: upheld store lint
        [exit code 0]
        ");
        let path = path.replace("weather", "orders");
        team.meddle(&[(&path, Some("{ half"))]);
        assert_eq!(team.asks("storefront@1"), "deny 4 G303");
    });
}

// Scenario 53
#[test]
fn a_record_with_a_newer_format_needs_a_newer_program() {
    use sha2::{Digest as _, Sha256};
    Team::each(SERVICES, |team| {
        shop(team);
        let text = r#"{"format":2,"needs":"2.5.0"}"#;
        let id: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
        let folder = only(team, "deployments/production/orders");
        let path = format!("{}/{id}.json", folder.rsplit_once('/').unwrap().0);
        team.meddle(&[(&path, Some(text))]);
        assert_snapshot!(team.gate("storefront@1"), @"
        DENY  storefront@1 → production     1 unknown, 1 compatible     store <view>

        G303 unknown     storefront@1 (candidate, live) needs orders
             deployments/production/orders/<month>/<hash>.json has a newer format: upgrade to Upheld >= 2.5.0
             owner: team-orders
             next: upgrade to Upheld >= 2.5.0
        G001 compatible  1 pair (--all lists them)
        [exit code 4]
        ");
        // The store as a whole.
        team.meddle(&[("store.yaml", Some("store: 2\nneeds: 3.0.0\n"))]);
        assert_snapshot!(team.gate("storefront@1"), @"
        DENY  storefront@1 → production     1 unknown     store <view>

        G303 unknown  store.yaml has a newer format: upgrade to Upheld >= 3.0.0
             next: upgrade to Upheld >= 3.0.0
        [exit code 4]
        ");
    });
}

#[test]
fn a_record_that_an_ordinary_push_deleted_is_missed_by_those_who_saw_it() {
    let team = Team::git(SERVICES);
    shop(&team);
    assert_eq!(team.asks("orders@1"), "allow 0");
    let path = only(&team, "deployments/production/storefront");
    team.meddle(&[(&path, None)]);
    assert_snapshot!(team.gate("orders@1"), @"
    DENY  orders@1 → production     1 unknown     store <view>

    G305 unknown  deleted from the store <store> since the commit <commit>: deployments/production/storefront/<month>/1.<hash>.json
         next: find out who did it and why; then accept the present history: upheld store trust
    [exit code 4]
    ");
    // It stays like this, and status reports it, too.
    assert_eq!(team.asks("orders@1"), "deny 4 G305");
    assert!(team.upheld("status").stdout.contains("G305"));
    team.ok("store trust");
    assert_eq!(team.asks("orders@1"), "allow 0");
}

// Scenario 54
#[test]
fn a_store_that_is_gone_gives_no_decision_not_even_from_a_copy() {
    let team = Team::git(SERVICES);
    shop(&team);
    assert_eq!(team.asks("storefront@1 --report json=gate.json"), "allow 0");
    std::fs::rename(team.remote().path("remote.git"), team.remote().path("gone.git")).unwrap();
    let output = team.gate("storefront@1 --store-timeout 1s --report json=gate.json --report junit=gate.xml");
    assert_eq!((output.code, output.stdout.as_str()), (Some(5), ""), "{output}");
    assert!(output.stderr.starts_with("error: the store <store> can't be read: "), "{output}");
    let left: serde_json::Value = serde_json::from_str(&team.world.read("gate.json")).unwrap();
    assert_eq!((left["decision"].as_str(), left["exit_code"].as_u64()), (Some("deny"), Some(5)), "{left}");
    assert!(team.world.read("gate.xml").contains("<error"), "{}", team.world.read("gate.xml"));
    let output = team.upheld("deployed storefront@1 --to production --store-timeout 1s");
    assert_eq!(output.code, Some(5), "{output}");
    // And a missing folder.
    let team = Team::folder(SERVICES);
    std::fs::rename(team.world.path(".upheld/store"), team.world.path(".upheld/gone")).unwrap();
    assert_eq!(team.gate("storefront@1").code, Some(5));
}

// Scenario 54
#[test]
fn a_store_that_is_too_old_gives_no_decision() {
    let team = Team::git(SERVICES);
    shop(&team);
    assert_eq!(team.asks("storefront@1 --max-age 1h"), "allow 0");
    team.next_second();
    team.next_second();
    assert_snapshot!(team.gate("storefront@1 --max-age 500ms --report json=gate.json"), @"
    ------- stderr -------
    error: the store was last written to <age> ago, which is more than --max-age allows
    help: if this is a mirror, check that it is still updated; otherwise allow more with --max-age
    [exit code 5]
    ");
    assert!(team.world.read("gate.json").contains(r#""decision": "deny""#));
    // And no roll-out begins on it.
    let before = team.commit();
    assert_eq!(team.gate("storefront@1 --max-age 500ms --reserve").code, Some(5));
    assert_eq!(team.commit(), before);
}

// Scenario 57
#[test]
fn a_rewritten_history_denies_until_it_is_trusted() {
    let team = Team::git(SERVICES);
    team.publish("orders@1", &[]);
    team.publish("storefront@1", &[("orders", "list")]);
    team.verify("orders@1", "list");
    team.deploy("orders@1");
    let start = team.commit();
    team.ok("gate storefront@1 --to production --reserve");
    // The reservation is gone with the history.
    team.remote().git(&["update-ref", "refs/heads/main", &start]);
    assert_snapshot!(team.gate("storefront@1"), @"
    DENY  storefront@1 → production     1 unknown     store <view>

    G305 unknown  the history of the store <store> was rewritten: it no longer contains the commit <commit>
         next: find out who did it and why; then accept the present history: upheld store trust
    [exit code 4]
    ");
    assert_eq!(team.upheld("gate orders@1 --to production").code, Some(4));
    assert_snapshot!(team.upheld("store trust"), @"
    trusted  the present history of <store>
    [exit code 0]
    ");
    assert_eq!(team.asks("storefront@1"), "allow 0");
}

// Scenario 57: "since the lease".
#[test]
fn a_history_that_was_rewritten_since_a_roll_out_began_is_detected_without_a_copy() {
    let team = Team::git(SERVICES);
    team.publish("orders@1", &[]);
    team.publish("storefront@1", &[("orders", "list")]);
    team.verify("orders@1", "list");
    team.deploy("orders@1");
    team.ok("gate storefront@1 --to production --reserve");
    assert_eq!(team.asks("orders@1"), "allow 0");
    // Everything in one new commit without history.
    let tree = team.remote().git(&["rev-parse", "main^{tree}"]);
    let orphan = team.remote().git(&["commit-tree", "-m", "all new", &tree]);
    team.remote().git(&["update-ref", "refs/heads/main", &orphan]);
    team.forget_copy();
    assert_snapshot!(team.gate("orders@1"), @"
    DENY  orders@1 → production     1 unknown, 1 compatible     store <view>

    G305 unknown     storefront@1
         the store's history was rewritten since the roll-out of storefront@1 began: it no longer contains <commit>
         next: find out who did it and why; then, if the roll-out is done: upheld deployed storefront@1 --to production
         next: or, if it was given up: upheld undeployed storefront@1 --to production --rollout
    G001 compatible  1 pair (--all lists them)

    G502 note  a roll-out of storefront@1 began at <moment> and was due by <moment>; until its end is recorded, both that version and the one before it count as live
         next: record how it ended: upheld deployed storefront@1 --to production, or upheld undeployed storefront@1 --to production --rollout
    [exit code 4]
    ");
    team.deploy("storefront@1");
    assert_eq!(team.asks("orders@1"), "allow 0");
}

// Scenario 60
#[test]
fn an_old_commit_gives_the_old_decision_again() {
    let team = Team::git(SERVICES);
    shop(&team);
    let commit = team.commit();
    let before = team.gate_json("storefront@1");
    team.publish("orders@2", &[]);
    team.verify("orders@2", "");
    team.deploy("orders@2");
    assert_eq!(team.asks("storefront@1"), "deny 1 G101");
    let again = |at: &str| {
        let output = team.upheld(&format!("gate storefront@1 --to production --report json --at {at}"));
        assert_eq!(output.code, Some(0), "{output}");
        output.stdout
    };
    let first = again(&commit);
    team.next_second();
    assert_eq!(again(&commit), first, "byte for byte");
    assert_eq!(again(&commit[..12]), first);
    let mut replayed: serde_json::Value = serde_json::from_str(&first).unwrap();
    // The age isn't part of a decision.
    assert_eq!(replayed["store"]["age_seconds"], serde_json::Value::Null);
    replayed["store"]["age_seconds"] = before["store"]["age_seconds"].clone();
    assert_eq!(replayed, before);
    // A view that was seen once needs no network.
    std::fs::rename(team.remote().path("remote.git"), team.remote().path("gone.git")).unwrap();
    assert_eq!(again(&commit), first);
    std::fs::rename(team.remote().path("gone.git"), team.remote().path("remote.git")).unwrap();
    assert_snapshot!(team.gate("storefront@1 --at 0123456789"), @"
    ------- stderr -------
    error: the history of the store <store> has no commit 0123456789
    help: it is at <commit> now
    [exit code 5]
    ");
    assert_snapshot!(team.gate("storefront@1 --at main"), @"
    ------- stderr -------
    error: `main` isn't the id of a commit
    help: use at least 7 of its hex digits, as the gate shows them
    [exit code 5]
    ");
    assert_eq!(team.gate(&format!("storefront@1 --reserve --at {commit}")).code, Some(2));
}

// Scenario 59
#[test]
fn a_git_store_and_a_folder_with_the_same_records_give_the_same_decision() {
    let git = Team::git(SERVICES);
    shop(&git);
    git.publish("orders@2", &[]);
    git.verify("orders@2", "");
    let folder = Team::folder(SERVICES);
    let checkout = folder.world.path("checkout");
    git.remote().git(&["clone", "--quiet", ".", checkout.to_str().unwrap()]);
    for line in [
        "gate storefront@1 --to production --report json",
        "gate orders@2 --to production --report json",
        "gate storefront@1 orders@2 --to production --atomic --report json",
        "gate weather@1 --to production --report json",
        "gate weather@2 --to production --report json",
    ] {
        let one = git.upheld(line);
        let other = folder.upheld(&format!("{line} --store checkout"));
        assert_eq!(one.code, other.code, "{line}");
        let [mut one, mut other] =
            [one, other].map(|it| serde_json::from_str::<serde_json::Value>(&it.stdout).unwrap());
        for value in [&mut one, &mut other] {
            value["store"] = serde_json::Value::Null;
        }
        assert_eq!(serde_json::to_string(&one).unwrap(), serde_json::to_string(&other).unwrap(), "{line}");
    }
}

// Scenario 24
#[cfg(unix)]
#[test]
fn a_store_that_changes_during_a_reservation_is_judged_again() {
    let team = Team::git(SERVICES);
    shop(&team);
    team.publish("orders@2", &[]);
    team.verify("orders@2", "list");
    // Five records by others, the last of which is a consumer's version that the candidate breaks.
    let start = team.commit();
    for version in ["weather@2", "weather@3", "weather@4"] {
        team.publish(version, &[]);
    }
    team.publish("storefront@2", &[("orders", "list find")]);
    team.verify("orders@2", "list");
    team.deploy("storefront@2");
    let commits = team.remote().git(&["rev-list", "--reverse", &format!("{start}..main")]);
    assert_eq!(commits.lines().count(), 6);
    team.remote().git(&["update-ref", "refs/heads/main", &start]);
    team.remote().write("commits", format!("{commits}\n"));
    team.forget_copy();
    // Each push meets a new commit.
    team.remote().hook(
        "pre-receive",
        "next=$(head -n 1 ../commits); [ -n \"$next\" ] || exit 0\n\
         sed -i 1d ../commits\n\
         unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES\n\
         git update-ref refs/heads/main $next",
    );
    let output = team.gate("orders@2 --reserve --report json");
    assert_eq!(team.remote().git(&["rev-parse", "main"]), commits.lines().last().unwrap(), "{output}");
    assert_eq!(output.code, Some(1), "{output}");
    let fresh = team.upheld("gate orders@2 --to production --report json");
    assert_eq!(output.stdout, fresh.stdout, "it is the answer of a fresh run");
    assert!(
        !team.files().iter().any(|path| team.stored(path).contains(r#""event":"started""#)),
        "nothing was reserved"
    );
}

// Scenario 55
#[cfg(unix)]
#[test]
fn a_push_that_did_not_change_the_branch_is_tried_again_or_reported() {
    let team = Team::git(SERVICES);
    team.publish("orders@1", &[]);
    let start = team.commit();
    let back = "while read old new name; do git update-ref $name $old; done";
    // Once.
    team.remote().hook("post-receive", &format!("[ -e ../once ] && exit; touch ../once; {back}"));
    team.ok("deployed orders@1 --to production");
    assert_eq!(team.files_below("deployments").len(), 1);
    assert_ne!(team.commit(), start);
    // Always.
    team.remote().hook("post-receive", back);
    let before = team.commit();
    let output = team.upheld("undeployed orders@1 --to production --store-timeout 1s");
    assert_eq!((output.code, output.stdout.as_str()), (Some(5), ""), "{output}");
    assert!(output.stderr.contains("but the branch didn't change"), "{output}");
    let output = team.gate("orders@1 --reserve --store-timeout 1s --report json=gate.json");
    assert_eq!((output.code, output.stdout.as_str()), (Some(5), ""), "{output}");
    assert!(team.world.read("gate.json").contains(r#""decision": "deny""#));
    assert_eq!(team.commit(), before);
}
