//! Versions as people name them: one that is neither live nor on a main branch, an abbreviated one, one of another branch,
//! and several at once.

use insta::assert_snapshot;

use crate::support::Team;
use crate::support::team::provider;

const FIRST: &str = "0123456789abcdef0123456789abcdef01234567";
const SECOND: &str = "0123456fffffffffffffffffffffffffffffffff";

/// The command of the first `next:` line in an output.
fn next(output: &str) -> Vec<String> {
    let line = output.lines().find_map(|line| line.trim().strip_prefix("next: ")).expect(output);
    let (_, command) = line.split_once("upheld ").expect(line);
    command.split_whitespace().map(str::to_owned).collect()
}

// A rollback: version 2 replaced version 1 of the storefront, and orders has moved on since.
#[test]
fn an_old_version_is_verified_on_its_own_as_the_gate_says() {
    Team::each("storefront orders", |team| {
        team.publish("orders@1", &[]);
        team.publish("storefront@1", &[("orders", "old")]);
        team.publish("storefront@2", &[("orders", "new")]);
        team.publish("orders@2", &[]);
        team.deploy("storefront@2 orders@2");
        let orders = provider("old new");
        let verify = |words: &[String]| {
            let mut words = words.to_vec();
            words.extend([String::from("--url"), orders.url()]);
            team.told(team.world.upheld(words.iter().map(String::as_str)))
        };
        let output = team.gate("storefront@1 --rollback");
        assert_snapshot!(output, @"
        DENY  storefront@1 → production     1 unverified     store <view>

        G201 unverified  storefront@1 (candidate) needs orders@2 (live)
             the only interaction has no result: get old
             never verified: no version of orders has a result
             owner: team-orders
             next: in a checkout of orders@2: upheld verify orders --publish --version 2 --for storefront@1

        G503 note  orders@2 went live at <moment> although the gate said unverified
        G503 note  storefront@2 went live at <moment> although the gate said missing-provider
        [exit code 3]
        ");
        // What every build of orders verifies doesn't include it.
        verify(&["verify", "orders", "--publish", "--version", "2"].map(String::from));
        assert_eq!(team.asks("storefront@1 --rollback"), "deny 3 G201");
        assert_snapshot!(verify(&next(&output.stdout)), @"
        upheld  storefront → orders  get old

        UPHELD  1 interaction in <time>
        ------- stderr -------
        published  1 result for orders@2
        [exit code 0]
        ");
        assert_eq!(team.asks("storefront@1 --rollback"), "allow 0");
        // Without publishing, and for several versions.
        let words = ["verify", "--for", "storefront@1", "--for", "storefront@2"].map(String::from);
        assert_snapshot!(verify(&words), @"
        upheld  storefront → orders  get old
        upheld  storefront → orders  get new

        UPHELD  2 interactions in <time>
        [exit code 0]
        ");
    });
}

#[test]
fn a_version_without_contracts_has_nothing_to_be_verified() {
    let team = Team::folder("storefront orders stock");
    team.publish("storefront@1", &[("orders", "old")]);
    assert_snapshot!(team.upheld("verify orders --for storefront@2"), @"
    ------- stderr -------
    error: storefront@2 was never published, so what it expects is unknown
    help: publish it first: upheld publish storefront@2
    help: if it is live anyway, record that with --fact; every gate that depends on it will then deny
    [exit code 4]
    ");
    assert_snapshot!(team.upheld("verify stock --for storefront@1 --publish --version 1"), @"
    ------- stderr -------
    note: nothing to verify: storefront@1 expects nothing from stock
    [exit code 0]
    ");
    assert_snapshot!(team.upheld("verify orders --for storefrnt@1"), @"
    ------- stderr -------
    error: the store declares no service `storefrnt`
    help: did you mean `storefront`?
    help: if the name is right, declare it: upheld store init --service storefrnt
    [exit code 4]
    ");
    assert_snapshot!(team.upheld("verify orders --for storefront"), @"
    ------- stderr -------
    error: invalid value 'storefront' for '--for <CONSUMER@VERSION>': name the version, too: storefront@VERSION

    For more information, try '--help'.
    [exit code 2]
    ");
    assert_snapshot!(team.upheld("verify ./contracts --for storefront@1"), @"
    ------- stderr -------
    error: --for takes the contracts from the store, so no files can be named
    help: leave out the files, or leave out --for
    [exit code 2]
    ");
}

#[test]
fn an_abbreviated_commit_names_the_whole_one_in_every_command() {
    Team::each("storefront orders", |team| {
        team.publish(&format!("orders@{FIRST}"), &[]);
        team.publish(&format!("storefront@{FIRST}"), &[("orders", "list")]);
        team.verify("orders@0123456789ab", "list");
        assert_eq!(team.files_below("verifications").len(), 1);
        assert!(team.files_below("verifications")[0].contains(FIRST), "{:?}", team.files());
        assert_eq!(team.asks("orders@0123456789ab storefront@0123456 --reserve"), "allow 0");
        team.ok("deployed orders@0123456789ab storefront@0123456789ab --to production");
        assert_eq!(team.ok("status --versions orders"), format!("{FIRST}\n"));
        // Publishing it again is publishing the same.
        let output = team.try_publish("orders@0123456789ab", &[], "--branch main");
        assert_eq!(
            output.stdout, "unchanged  orders@0123456789ab   it expects nothing from other services\n",
            "{output}"
        );
        let orders = provider("list");
        let output = team.upheld(&format!("verify --for storefront@0123456 --url {}", orders.url()));
        assert_eq!(output.code, Some(0), "{output}");
        team.ok("undeployed storefront@0123456789ab --to production");
        assert_eq!(team.ok("status --versions storefront"), "");
        // The beginning of two commits is neither.
        team.publish(&format!("orders@{SECOND}"), &[]);
        for line in ["gate orders@0123456", "deployed orders@0123456", "undeployed orders@0123456"] {
            let output = team.upheld(&format!("{line} --to production"));
            assert_eq!(output.code, Some(2), "{output}");
            assert_eq!(
                output.stderr,
                format!(
                    "error: orders@0123456 is the beginning of several versions\n\
                     help: use one of orders@{FIRST} and orders@{SECOND}\n"
                )
            );
        }
    });
}

#[test]
fn versions_that_went_live_together_are_one_commit_and_one_question() {
    let team = Team::git("storefront orders stock");
    let before = team.remote().git(&["rev-list", "--count", "main"]);
    team.write_contracts("storefront", &[("orders", "list")]);
    team.write_contracts("orders", &[("stock", "count")]);
    assert_snapshot!(team.upheld("publish storefront@1 orders@1 stock@1 --branch main"), @"
    ------- stderr -------
    error: no contract here has the consumer `stock`
    help: if stock expects nothing from other services: upheld publish stock@1 --no-contracts
    [exit code 2]
    ");
    assert_snapshot!(team.upheld("publish storefront@1 orders@1 stock@1 --branch main --no-contracts=stock"), @"
    published  storefront@1   1 contract with orders
    published  orders@1   1 contract with stock
    published  stock@1   it expects nothing from other services
    [exit code 0]
    ");
    assert_snapshot!(team.upheld("publish storefront@1 --no-contracts=stock"), @"
    ------- stderr -------
    error: --no-contracts names stock, which isn't published here
    help: name it as a service, too: upheld publish stock --no-contracts
    [exit code 2]
    ");
    assert_snapshot!(team.upheld("publish storefront@1 storefront@2"), @"
    ------- stderr -------
    error: storefront@1 and storefront@2 are two versions of one service
    help: name only one of them
    [exit code 2]
    ");
    for consumer in ["storefront", "orders"] {
        team.forget_contracts(consumer);
    }
    team.verify("orders@1", "list");
    team.verify("stock@1", "count");
    assert_eq!(team.asks("storefront@1 orders@1 stock@1 --reserve --atomic"), "allow 0");
    // One after the other, they are still the set that was allowed.
    let output = team.upheld("deployed storefront@1 --to production");
    assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""), "{output}");
    team.ok("undeployed storefront@1 --to production");
    assert_snapshot!(team.upheld("deployed storefront@1 orders@1 stock@1 --to production"), @"
    live  storefront@1 in production
    live  orders@1 in production
    live  stock@1 in production
    [exit code 0]
    ");
    let commits = |text: String| text.trim().parse::<usize>().unwrap();
    let after = team.remote().git(&["rev-list", "--count", "main"]);
    assert_eq!(
        commits(after),
        commits(before) + 7,
        "published, verified twice, reserved, deployed, undeployed and deployed"
    );
    assert!(!team.ok("status").contains("although"), "{}", team.ok("status"));
    // A version that breaks something is marked, and the others aren't.
    team.publish("orders@2", &[("stock", "count")]);
    team.publish("stock@2", &[]);
    team.verify("orders@2", "");
    team.verify("stock@2", "count");
    assert_snapshot!(team.upheld("deployed orders@2 stock@2 --to production"), @"
    live  orders@2 in production   replacing orders@1 (live)
    live  stock@2 in production   replacing stock@1 (live)
    ------- stderr -------
    note: recorded, although the gate doesn't allow it (incompatible); see: upheld gate orders@2 --to production
    [exit code 0]
    ");
    assert_snapshot!(team.upheld("undeployed orders@2 stock@2 --to production"), @"
    over  orders@2 in production   ending orders@2 (live)
    over  stock@2 in production   ending stock@2 (live)
    ------- stderr -------
    note: recorded, although live versions still need orders@2 (missing-provider); see: upheld status --env production
    [exit code 0]
    ");
    assert_snapshot!(team.upheld("released orders@1 orders@2 --to production"), @"
    live  orders@1 in production
    live  orders@2 in production
    ------- stderr -------
    note: recorded, although the gate doesn't allow it (missing-provider); see: upheld gate orders@1 --to production
    note: recorded, although the gate doesn't allow it (incompatible); see: upheld gate orders@2 --to production
    [exit code 0]
    ");
}

#[test]
fn a_branch_has_one_name_and_one_without_a_main_branch_is_named() {
    Team::each("storefront orders", |team| {
        let output = team.try_publish("storefront@1", &[("orders", "list")], "--branch master");
        assert_snapshot!(output, @"
        published  storefront@1   1 contract with orders
        ------- stderr -------
        note: nothing was published from `main`, the main branch of storefront; until storefront@1, built from `master`, is live, no provider is verified against it
        note: if `master` is the main branch, write `main-branch: master` into the store's services/storefront.yaml
        [exit code 0]
        ");
        assert_snapshot!(team.verify_with("orders@1", "list", ""), @"
        ------- stderr -------
        note: nothing to verify: no contract expects anything from orders
        help: storefront has published contracts with orders from `master`, which isn't its main branch; to verify its newest: upheld verify orders --for storefront@1
        help: if `master` is its main branch, write `main-branch: master` into the store's services/storefront.yaml
        [exit code 0]
        ");
        assert_snapshot!(team.upheld("verify orders"), @"
        ------- stderr -------
        error: nothing to verify: no contract expects anything from orders
        help: there is no such contract here, nor in the store for a live version or the newest version of a main branch
        help: storefront has published contracts with orders from `master`, which isn't its main branch; to verify its newest: upheld verify orders --for storefront@1
        help: if `master` is its main branch, write `main-branch: master` into the store's services/storefront.yaml
        help: until there is one, the gate needs no results
        [exit code 2]
        ");
        for (version, branch) in [("2", "refs/heads/main"), ("3", "origin/main"), ("4", "main")] {
            let output = team.try_publish(
                &format!("storefront@{version}"),
                &[("orders", "list")],
                &format!("--branch {branch}"),
            );
            assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""), "{output}");
        }
        assert_eq!(team.verify("orders@1", "list").code, Some(0));
        // The newest of main replaces the others, however they named it.
        let of_main = team.files_below("publications").into_iter().map(|path| team.stored(&path));
        let of_main: Vec<String> = of_main.filter(|text| text.contains(r#""branch":"main""#)).collect();
        assert_eq!(of_main.len(), 3, "{of_main:?}");
        assert_eq!(of_main.iter().filter(|text| text.contains("replaces")).count(), 2, "{of_main:?}");
    });
}

// The roll-outs of two versions overlap, and the older one is recorded last.
#[test]
fn an_older_roll_out_that_ends_late_doesn_t_take_the_newer_one_s_place() {
    Team::each("weather", |team| {
        for version in ["weather@0", "weather@1", "weather@2"] {
            team.publish(version, &[]);
        }
        team.deploy("weather@0");
        for version in ["weather@1", "weather@2"] {
            assert_eq!(team.asks(&format!("{version} --reserve")), "allow 0");
        }
        team.deploy("weather@2");
        let output = team.upheld("deployed weather@1 --to production");
        assert_snapshot!(output, @"
        live  weather@1 in production
        ------- stderr -------
        note: weather@2 was deployed after the roll-out of weather@1 began, so both count as live; if it is gone: upheld undeployed weather@2 --to production
        [exit code 0]
        ");
        assert_eq!(team.ok("status --versions weather"), "1\n2\n");
        let (_, command) = output.stderr.trim().split_once("if it is gone: upheld ").expect(&output.stderr);
        team.ok(command);
        assert_eq!(team.ok("status --versions weather"), "1\n");
        // A rollback comes after what it replaces.
        team.deploy("weather@2");
        assert_eq!(team.asks("weather@1 --reserve --rollback"), "allow 0");
        team.deploy("weather@1");
        assert_eq!(team.ok("status --versions weather"), "1\n");
    });
}

#[test]
fn changes_that_keep_a_commit_from_being_a_version_are_named() {
    let team = Team::git("storefront");
    team.git_here(&["init", "--quiet", "--initial-branch=main"]);
    for name in ["a", "b", "c", "d"] {
        team.world.write(name, "1\n");
    }
    team.git_here(&["add", "--all"]);
    team.git_here(&["commit", "--quiet", "--message", "first"]);
    for name in ["a", "b", "c", "d"] {
        team.world.write(name, "2\n");
    }
    assert_snapshot!(team.upheld("publish storefront --no-contracts"), @"
    ------- stderr -------
    error: the work tree has changes that no commit contains: a, b, c and 1 more
    help: commit them, or name the version: storefront@VERSION
    [exit code 2]
    ");
}
