//! `upheld status` and `upheld explain`: what is live and how it stands, and what a code means.

use insta::assert_snapshot;

use crate::support::{Team, World};

#[test]
fn what_is_live_is_shown_for_each_environment_with_every_pair_that_needs_attention() {
    Team::each("storefront orders mobile", |team| {
        team.ok("store init --environment staging");
        team.publish("orders@1", &[]);
        team.publish("orders@2", &[]);
        team.publish("storefront@1", &[("orders", "list")]);
        team.publish("mobile@3.4.1", &[("orders", "list show")]);
        team.deploy("orders@1 storefront@1");
        team.ok("released mobile@3.4.1 --to production");
        team.verify("orders@1", "list");
        team.verify("orders@2", "list show");
        team.ok("deployed orders@2 --to staging --instance blue");
        assert_snapshot!(team.upheld("status"), @"
        production     1 incompatible, 1 compatible     store <view>

        mobile      3.4.1  released since <moment>, though the gate said unverified
        orders      1      live since <moment>
        storefront  1      live since <moment>, though the gate said unverified

        G101 incompatible  mobile@3.4.1 (released) needs orders@1 (live)
             get show   status   expected 204   got 404
             owner: team-orders
             next: orders: give what mobile asks for; or agree the change with mobile, which then changes its contract
        G001 compatible    1 pair (--all lists them)

        staging     no pairs     store <view>

        orders  2  live on blue since <moment>
        [exit code 0]
        ");
        assert_snapshot!(team.upheld("status --env staging --all"), @"
        staging     no pairs     store <view>

        orders  2  live on blue since <moment>
        [exit code 0]
        ");
        assert_snapshot!(team.upheld("status --env stagin"), @"
        ------- stderr -------
        error: the store declares no environment `stagin`
        help: did you mean `staging`?
        help: declare it, if it is meant: upheld store init --environment stagin
        [exit code 4]
        ");
        let output = team.upheld("status --report json --env production");
        let value: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
        assert_eq!((value["format"].as_u64(), value["command"].as_str()), (Some(1), Some("status")), "{output}");
    });
}

#[test]
fn the_live_versions_of_a_service_are_listed_for_a_loop() {
    Team::each("storefront orders", |team| {
        team.ok("store init --environment staging");
        for version in ["orders@1", "orders@2", "orders@3"] {
            team.publish(version, &[]);
        }
        assert_snapshot!(team.upheld("status --versions orders"), @"[exit code 0]");
        team.deploy("orders@1");
        team.ok("gate orders@2 --to production --reserve");
        team.ok("deployed orders@1 --to staging");
        assert_snapshot!(team.upheld("status --versions orders"), @"
        1
        2
        [exit code 0]
        ");
        assert_snapshot!(team.upheld("status --versions orders --env staging"), @"
        1
        [exit code 0]
        ");
        assert_snapshot!(team.upheld("status --versions order"), @"
        ------- stderr -------
        error: the store declares no service `order`
        help: did you mean `orders`?
        help: declare it, if it is meant: upheld store init --service order
        [exit code 4]
        ");
        // Where a record can't be read, one may be missing.
        let record = team.files_below("deployments/staging").remove(0);
        team.meddle(&[(&record, Some("{}"))]);
        let output = team.upheld("status --versions orders");
        assert_eq!((output.code, output.stdout.as_str()), (Some(4), ""), "{output}");
        assert!(output.stderr.contains("the store can't be trusted here"), "{output}");
        assert_eq!(team.ok("status --versions orders --env production"), "1\n2\n");
    });
}

#[test]
fn nothing_live_is_said_so() {
    let team = Team::folder("orders");
    assert_snapshot!(team.upheld("status"), @"
    production     no pairs     store <view>

    nothing is live here
    [exit code 0]
    ");
}

#[test]
fn every_code_that_a_gate_or_a_lint_shows_is_explained() {
    let world = World::new();
    let all = world.upheld(["explain"]);
    assert_eq!((all.code, all.stderr.as_str()), (Some(0), ""), "{all}");
    let codes: Vec<&str> = all.stdout.lines().filter_map(|line| line.split_whitespace().next()).collect();
    for (code, _) in upheld::gate::CODES {
        assert!(codes.contains(code), "{code}");
        let output = world.upheld(["explain", code]);
        assert_eq!(output.code, Some(0), "{output}");
        assert!(output.stdout.starts_with(code) && output.stdout.contains("\n\nWhat clears it: "), "{output}");
    }
    for (code, _) in upheld::ledger::codes::CODES {
        assert!(codes.contains(&code.0), "{}", code.0);
        let output = world.upheld(["explain", code.0]);
        assert_eq!(output.code, Some(0), "{output}");
        assert!(output.stdout.starts_with(code.0), "{output}");
    }
    // Each is in the list once.
    let mut once = codes.clone();
    once.dedup();
    assert_eq!(codes, once);
}

#[test]
fn a_code_is_explained_in_its_own_words() {
    let world = World::new();
    assert_snapshot!(world.upheld(["explain", "g203"]), @"
    G203  unverified

    Some interactions of the contract have a result for this version of the provider, and some have none: the run was partial, or the contract has changed since. The others carry over.

    What clears it: `upheld verify PROVIDER --publish --version VERSION`, without --only.
    [exit code 0]
    ");
    assert_snapshot!(world.upheld(["explain", "G507"]), @"
    G507  a notice: it decides nothing

    A consumer has published contracts with the provider, and none of its versions is live in the environment. A consumer that is not live never blocks a provider.

    What clears it: Nothing has to be done. If it is live after all, tell it: `upheld deployed CONSUMER@VERSION --to ENV`.
    [exit code 0]
    ");
    assert_snapshot!(world.upheld(["explain", "S101"]), @"
    S101  A file of the store can't be read as what it should be.
    [exit code 0]
    ");
    assert_snapshot!(world.upheld(["explain", "G209"]), @"
    ------- stderr -------
    error: there is no code `G209`
    help: did you mean `C209`?
    help: `upheld explain` lists all codes
    [exit code 2]
    ");
    assert_snapshot!(world.upheld(["explain", "wat"]), @"
    ------- stderr -------
    error: there is no code `wat`
    help: `upheld explain` lists all codes
    [exit code 2]
    ");
}
