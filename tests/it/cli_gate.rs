//! `upheld gate` for one version: its output and exit code. The numbers are those of the list of scenarios.

use insta::assert_snapshot;

use crate::support::{Answer, Provider, Team};

/// Orders version 1 is live, and storefront version 1 is published, which needs two interactions of it.
fn shop(test: impl Fn(&Team)) {
    Team::each("storefront orders", |team| {
        team.publish("orders@1", &[]);
        team.publish("storefront@1", &[("orders", "list show")]);
        team.deploy("orders@1");
        test(team);
    });
}

// Scenario 2
#[test]
fn a_broken_pair_is_a_no_that_shows_the_place_and_both_values() {
    let team = Team::git("storefront orders");
    let order = "
  - name: get an order
    request: GET /orders/42
    response:
      status: 200
      body: { items: [{ qty: 2 }], paid: true }
      match:
        items[].qty: integer
";
    team.publish("orders@1", &[]);
    team.deploy("orders@1");
    team.world.contract("storefront", "orders", order);
    team.ok("publish storefront@1 --branch main");
    let provider = Provider::new(|_| Answer::json(r#"{"items": [{"qty": "2"}]}"#));
    let output = team.upheld(&format!("verify orders --url {} --publish --version 1", provider.url()));
    assert_eq!(output.code, Some(1), "{output}");
    assert_snapshot!(team.gate("storefront@1"), @r#"
    DENY  storefront@1 → production     1 incompatible     store <view>

    G101 incompatible  storefront@1 (candidate) needs orders@1 (live)
         get an order   body items[0].qty   expected an integer, like 2   got "2", a string
                        body paid           expected a boolean, like true   got nothing: the key is missing
         owners: team-orders, team-storefront
         next: fix orders to return what storefront expects; or agree on the change with storefront, which then changes its contract
    [exit code 1]
    "#);
}

// Scenario 3
#[test]
fn an_unverified_pair_is_a_no_until_it_is_verified() {
    shop(|team| {
        assert_snapshot!(team.gate("storefront@1"), @"
        DENY  storefront@1 → production     1 unverified     store <view>

        G201 unverified  storefront@1 (candidate) needs orders@1 (live)
             none of the 2 interactions has a result: get list, get show
             never verified: no version of orders has a result
             owner: team-orders
             next: in a checkout of orders@1: upheld verify orders --publish --version 1
        [exit code 3]
        ");
        team.verify("orders@1", "list show");
        assert_snapshot!(team.gate("storefront@1"), @"
        ALLOW  storefront@1 → production     1 compatible     store <view>

        G001 compatible  1 pair (--all lists them)
        [exit code 0]
        ");
        assert_snapshot!(team.upheld("can-i-deploy storefront@1 --to production --all"), @"
        ALLOW  storefront@1 → production     1 compatible     store <view>

        G001 compatible  storefront@1 (candidate) needs orders@1 (live)
             owner: team-orders
        [exit code 0]
        ");
    });
}

// Scenario 4
#[test]
fn results_of_another_version_are_named_but_don_t_count() {
    shop(|team| {
        team.verify("orders@2", "list show");
        assert_snapshot!(team.gate("storefront@1"), @"
        DENY  storefront@1 → production     1 unverified     store <view>

        G202 unverified  storefront@1 (candidate) needs orders@1 (live)
             none of the 2 interactions has a result: get list, get show
             last verified: orders@2
             owner: team-orders
             next: in a checkout of orders@1: upheld verify orders --publish --version 1
        [exit code 3]
        ");
    });
}

// Scenarios 5 and 6
#[test]
fn a_consumer_needs_a_live_provider_and_a_provider_needs_no_consumer() {
    Team::each("storefront orders", |team| {
        team.publish("orders@1", &[]);
        team.publish("storefront@1", &[("orders", "list")]);
        assert_snapshot!(team.gate("storefront@1"), @"
        DENY  storefront@1 → production     1 missing-provider     store <view>

        G401 missing-provider  storefront@1 (candidate) needs orders
             no version of orders is live in production
             owner: team-orders
             next: deploy orders@1 first, and record it: upheld deployed orders@1 --to production
        [exit code 4]
        ");
        assert_snapshot!(team.gate("orders@1"), @"
        ALLOW  orders@1 → production     nothing to check     store <view>

        G501 note  nothing to check: the version expects nothing, and nothing live expects anything from it
        G507 note  storefront isn't live in production, so its contracts with orders aren't checked
        [exit code 0]
        ");
    });
}

// Scenario 10
#[test]
fn a_version_without_consumers_and_providers_may_go_live() {
    Team::each("weather", |team| {
        team.publish("weather@1", &[]);
        assert_snapshot!(team.gate("weather@1"), @"
        ALLOW  weather@1 → production     nothing to check     store <view>

        G501 note  nothing to check: the version expects nothing, and nothing live expects anything from it
        [exit code 0]
        ");
        assert_snapshot!(team.gate("weather@1 --require-pairs"), @"
        DENY  weather@1 → production     1 unknown     store <view>

        G306 unknown  there are no pairs to check, but --require-pairs requires some
             next: publish what they expect, or don't require pairs: upheld gate weather@1 --to production
        [exit code 4]
        ");
    });
}

// Scenarios 11 and 12
#[test]
fn a_typo_is_a_no_with_a_suggestion() {
    shop(|team| {
        team.publish("storefront@3.4.1", &[("orders", "list")]);
        assert_snapshot!(team.gate("storefront@3.4.2"), @"
        DENY  storefront@3.4.2 → production     1 unknown     store <view>

        G301 unknown  storefront@3.4.2 (candidate)
             storefront@3.4.2 was never published, so what it expects is unknown
             did you mean `storefront@3.4.1`?
             published versions of storefront: 3.4.1 and 1
             owner: team-storefront
             next: publish it: upheld publish storefront@3.4.2
        [exit code 4]
        ");
        assert_snapshot!(team.gate("storefront@latest"), @"
        DENY  storefront@latest → production     1 unknown     store <view>

        G301 unknown  storefront@latest (candidate)
             storefront@latest was never published, so what it expects is unknown
             published versions of storefront: 1 and 3.4.1
             owner: team-storefront
             next: publish it: upheld publish storefront@latest
        [exit code 4]
        ");
        assert_snapshot!(team.upheld("gate storefront@1 --to prodution"), @"
        DENY  storefront@1 → prodution     1 unknown     store <view>

        G304 unknown  the store declares no environment `prodution`
             did you mean `production`?
             next: if the name is right, declare it: upheld store init --environment prodution
        [exit code 4]
        ");
        assert_snapshot!(team.gate("storefrnt@1"), @"
        DENY  storefrnt@1 → production     1 unknown     store <view>

        G304 unknown  storefrnt@1
             the store declares no service `storefrnt`
             did you mean `storefront`?
             next: if the name is right, declare it: upheld store init --service storefrnt
        [exit code 4]
        ");
    });
}

// Scenarios 13 and 16
#[test]
fn every_one_of_several_live_versions_counts() {
    shop(|team| {
        team.verify("orders@1", "list");
        team.publish("orders@2", &[]);
        team.verify("orders@2", "list show");
        team.ok("released orders@1 --to production");
        team.ok("released orders@2 --to production");
        let said = team.gate("storefront@1");
        assert_eq!(said.code, Some(1), "{said}");
        assert!(said.stdout.contains("storefront@1 (candidate) needs orders@1 (live, released)"), "{said}");
        // And of two live consumers, the one without a result is named.
        team.publish("storefront@2", &[("orders", "list find")]);
        team.deploy("storefront@1");
        team.ok("released storefront@2 --to production");
        team.publish("orders@10", &[]);
        team.verify("orders@10", "list show find");
        assert_eq!(team.asks("orders@10"), "allow 0");
        team.publish("storefront@3", &[("orders", "list pay")]);
        team.ok("released storefront@3 --to production");
        assert_snapshot!(team.gate("orders@10"), @"
        DENY  orders@10 → production     1 unverified, 2 compatible     store <view>

        G203 unverified  storefront@3 (released) needs orders@10 (candidate)
             1 of 2 interactions has no result: get pay
             never verified: no version of orders has a result
             owner: team-orders
             next: in a checkout of orders@10: upheld verify orders --publish --version 10
        G001 compatible  2 pairs (--all lists them)

        G503 note  storefront@1 went live at <moment> although the gate said incompatible
        G503 note  storefront@2 went live at <moment> although the gate said unverified
        G503 note  storefront@3 went live at <moment> although the gate said unverified
        [exit code 3]
        ");
    });
}

// Scenarios 21 and 25
#[test]
fn a_roll_out_without_an_end_counts_on_both_sides_and_is_reported() {
    shop(|team| {
        team.publish("orders@2", &[]);
        team.publish("storefront@2", &[("orders", "list find")]);
        team.verify("orders@1", "list show");
        team.verify("orders@2", "list show find");
        // It is overdue, which doesn't change what may be live.
        team.ok("gate orders@2 --to production --reserve --reserve-for 1ms");
        assert_snapshot!(team.gate("storefront@2"), @"
        DENY  storefront@2 → production     1 incompatible, 1 compatible     store <view>

        G101 incompatible  storefront@2 (candidate) needs orders@1 (live)
             get find   status   expected 204   got 404
             owners: team-orders, team-storefront
             next: fix orders to return what storefront expects; or agree on the change with storefront, which then changes its contract
        G001 compatible    1 pair (--all lists them)

        G502 note  a roll-out of orders@2 began at <moment> and was due by <moment>; until its end is recorded, both that version and the one before it count as live
             next: record how it ended: upheld deployed orders@2 --to production, or upheld undeployed orders@2 --to production --rollout
        [exit code 1]
        ");
        assert_snapshot!(team.upheld("deployed orders@2 --to production"), @"
        live  orders@2 in production   replacing orders@1 (live)
        [exit code 0]
        ");
        assert_eq!(team.asks("storefront@2"), "allow 0");
    });
}

// Scenario 26
#[test]
fn a_rollback_is_allowed_unless_a_newer_neighbour_needs_more() {
    let team = Team::git("storefront orders");
    for version in ["orders@2", "orders@3"] {
        team.publish(version, &[]);
    }
    team.publish("storefront@1", &[("orders", "list")]);
    team.deploy("orders@2 storefront@1");
    team.next_second();
    team.deploy("orders@3");
    assert_eq!(team.asks("orders@2"), "deny 3 G201");
    assert_snapshot!(team.gate("orders@2 --rollback"), @"
    ALLOW  orders@2 → production     1 compatible     store <view>

    G002 compatible  1 pair (--all lists them)
         storefront@1 needs orders@2: results are missing, but these two versions were live together before

    G503 note  orders@3 went live at <moment> although the gate said unverified
    G503 note  storefront@1 went live at <moment> although the gate said unverified
    [exit code 0]
    ");
    team.next_second();
    // The newer version was never live with it.
    team.publish("storefront@2", &[("orders", "list find")]);
    team.deploy("storefront@2");
    assert_eq!(team.asks("orders@2 --rollback"), "deny 3 G201");
    team.verify("orders@2", "list");
    assert_eq!(team.asks("orders@2 --rollback"), "deny 1 G101");
}

// Scenarios 32 and 41
#[test]
fn a_partial_run_is_not_a_yes_for_all_interactions() {
    shop(|team| {
        let output = team.verify_with("orders@1", "list show", "--only list");
        assert_eq!(output.code, Some(0), "{output}");
        assert_snapshot!(team.gate("storefront@1"), @"
        DENY  storefront@1 → production     1 unverified     store <view>

        G203 unverified  storefront@1 (candidate) needs orders@1 (live)
             1 of 2 interactions has no result: get show
             never verified: no version of orders has a result
             owner: team-orders
             next: in a checkout of orders@1: upheld verify orders --publish --version 1
        [exit code 3]
        ");
    });
}

// Scenario 42
#[test]
fn conflicting_results_are_a_no_until_one_supersedes_the_other() {
    shop(|team| {
        team.verify("orders@1", "list");
        team.verify("orders@1", "list show");
        assert_snapshot!(team.gate("storefront@1"), @"
        DENY  storefront@1 → production     1 incompatible     store <view>

        G102 incompatible  storefront@1 (candidate) needs orders@1 (live)
             get show   status   expected 204   got 404
             conflicting results (flaky): the same version both upheld and broke it
             owner: team-orders
             next: find out why the results differ; then, in a checkout of orders@1: upheld verify orders --publish --version 1 --supersede
        [exit code 1]
        ");
        team.verify_with("orders@1", "list show", "--supersede");
        assert_eq!(team.asks("storefront@1"), "allow 0");
    });
}

// Scenario 43
#[test]
fn an_interaction_that_could_not_be_run_is_neither_upheld_nor_broken() {
    let team = Team::git("storefront orders");
    let order = "
  - name: get an order
    given: [an order exists]
    request: GET /order
    response: { status: 204 }
";
    team.publish("orders@1", &[]);
    team.deploy("orders@1");
    team.world.contract("storefront", "orders", order);
    team.ok("publish storefront@1 --branch main");
    assert_eq!(team.verify("orders@1", "order").code, Some(5));
    assert_snapshot!(team.gate("storefront@1"), @"
    DENY  storefront@1 → production     1 unverified     store <view>

    G204 unverified  storefront@1 (candidate) needs orders@1 (live)
         get an order   E402: it needs the provider state `an order exists`, and orders has no state handler
         owner: team-orders
         next: in a checkout of orders@1: upheld verify orders --publish --version 1
    [exit code 3]
    ");
}

#[test]
fn a_version_is_checked_once_and_a_service_has_one_version() {
    shop(|team| {
        team.verify("orders@1", "list show");
        assert_eq!(team.asks("storefront@1 storefront@1"), "allow 0");
        assert_snapshot!(team.gate("storefront@1 storefront@2"), @"
        ------- stderr -------
        error: storefront@1 and storefront@2 are two versions of one service
        help: name only one of them
        help: or check each of them on its own
        [exit code 2]
        ");
    });
}

#[test]
fn a_dry_run_shows_the_decision_and_is_not_a_yes_for_programs() {
    shop(|team| {
        let output = team.gate("storefront@1 --dry-run");
        assert_eq!(output.code, Some(0), "{output}");
        assert!(output.stdout.starts_with("DENY (dry run)  storefront@1"), "{output}");
        team.verify("orders@1", "list show");
        let value = team.gate_json("storefront@1 --dry-run");
        assert_eq!((value["decision"].as_str(), value["would"].as_str()), (Some("deny"), Some("allow")));
        let output = team.gate("storefront@1 --dry-run --reserve");
        assert_eq!(output.code, Some(2), "{output}");
    });
}
