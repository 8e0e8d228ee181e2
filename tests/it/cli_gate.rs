//! `upheld gate`: what it says of one version, and how it ends. The numbers are those of the list of scenarios.

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
fn a_broken_pair_is_a_no_that_says_where_and_what_was_asked_for_and_what_came() {
    let team = Team::git("storefront orders");
    let order = "
  - name: get an order
    request: GET /orders/42
    response:
      status: 200
      body: { items: [{ qty: 2 }], paid: true }
      match: { items[].qty: integer }
";
    team.publish("orders@1", &[]);
    team.deploy("orders@1");
    team.world.contract("storefront", "orders", order);
    team.ok("publish storefront@1 --branch main");
    let provider = Provider::new(|_| Answer::json(r#"{"items": [{"qty": "2"}]}"#));
    let output = team.upheld(&format!("verify orders --url {} --publish --version 1", provider.url()));
    assert_eq!(output.code, Some(1), "{output}");
    assert_snapshot!(team.gate("storefront@1"), @"");
}

// Scenario 3
#[test]
fn a_pair_that_was_never_verified_is_a_no_that_a_verification_can_change() {
    shop(|team| {
        assert_snapshot!(team.gate("storefront@1"), @"");
        team.verify("orders@1", "list show");
        assert_snapshot!(team.gate("storefront@1"), @"");
        assert_snapshot!(team.upheld("can-i-deploy storefront@1 --to production --all"), @"");
    });
}

// Scenario 4
#[test]
fn results_of_another_version_are_named_and_don_t_count() {
    shop(|team| {
        team.verify("orders@2", "list show");
        assert_snapshot!(team.gate("storefront@1"), @"");
    });
}

// Scenarios 5 and 6
#[test]
fn a_consumer_needs_its_provider_there_and_a_provider_needs_no_consumer() {
    Team::each("storefront orders", |team| {
        team.publish("orders@1", &[]);
        team.publish("storefront@1", &[("orders", "list")]);
        assert_snapshot!(team.gate("storefront@1"), @"");
        assert_snapshot!(team.gate("orders@1"), @"");
    });
}

// Scenario 10
#[test]
fn a_version_that_expects_nothing_where_nobody_expects_anything_of_it_may_go_live() {
    Team::each("weather", |team| {
        team.publish("weather@1", &[]);
        assert_snapshot!(team.gate("weather@1"), @"");
        assert_snapshot!(team.gate("weather@1 --require-pairs"), @"");
    });
}

// Scenarios 11 and 12
#[test]
fn a_slip_of_the_finger_is_a_no_and_what_was_meant_is_named() {
    shop(|team| {
        team.publish("storefront@3.4.1", &[("orders", "list")]);
        assert_snapshot!(team.gate("storefront@3.4.2"), @"");
        assert_snapshot!(team.gate("storefront@latest"), @"");
        assert_snapshot!(team.upheld("gate storefront@1 --to prodution"), @"");
        assert_snapshot!(team.gate("storefrnt@1"), @"");
    });
}

// Scenarios 13 and 16
#[test]
fn of_several_live_versions_each_counts() {
    shop(|team| {
        team.verify("orders@1", "list");
        team.publish("orders@2", &[]);
        team.verify("orders@2", "list show");
        team.ok("released orders@1 --to production");
        team.ok("released orders@2 --to production");
        let said = team.gate("storefront@1");
        assert_eq!(said.code, Some(1), "{said}");
        assert!(said.stdout.contains("storefront@1 (candidate) needs orders@1 (live, released)"), "{said}");
        // And of two live consumers, the one that lacks something is named.
        team.publish("storefront@2", &[("orders", "list find")]);
        team.deploy("storefront@1");
        team.ok("released storefront@2 --to production");
        team.publish("orders@10", &[]);
        team.verify("orders@10", "list show find");
        assert_eq!(team.asks("orders@10"), "allow 0");
        team.publish("storefront@3", &[("orders", "list pay")]);
        team.ok("released storefront@3 --to production");
        assert_snapshot!(team.gate("orders@10"), @"");
    });
}

// Scenarios 21 and 25
#[test]
fn a_roll_out_whose_end_nobody_told_counts_on_both_sides_and_is_named() {
    shop(|team| {
        team.publish("orders@2", &[]);
        team.publish("storefront@2", &[("orders", "list find")]);
        team.verify("orders@1", "list show");
        team.verify("orders@2", "list show find");
        // It was to be done long ago: that changes nothing of what may be live.
        team.ok("gate orders@2 --to production --reserve --reserve-for 1ms");
        assert_snapshot!(team.gate("storefront@2"), @"");
        assert_snapshot!(team.upheld("deployed orders@2 --to production"), @"");
        assert_eq!(team.asks("storefront@2"), "allow 0");
    });
}

// Scenario 26
#[test]
fn a_version_goes_back_to_where_it_was_live_unless_a_newer_neighbour_needs_more() {
    let team = Team::git("storefront orders");
    for version in ["orders@2", "orders@3"] {
        team.publish(version, &[]);
    }
    team.publish("storefront@1", &[("orders", "list")]);
    team.deploy("orders@2 storefront@1");
    team.next_second();
    team.deploy("orders@3");
    assert_eq!(team.asks("orders@2"), "deny 3 G201");
    assert_snapshot!(team.gate("orders@2 --rollback"), @"");
    team.next_second();
    // What came later was never live beside it.
    team.publish("storefront@2", &[("orders", "list find")]);
    team.deploy("storefront@2");
    assert_eq!(team.asks("orders@2 --rollback"), "deny 3 G201");
    team.verify("orders@2", "list");
    assert_eq!(team.asks("orders@2 --rollback"), "deny 1 G101");
}

// Scenarios 32 and 41
#[test]
fn a_run_of_some_interactions_is_no_yes_for_all() {
    shop(|team| {
        let output = team.verify_with("orders@1", "list show", "--only list");
        assert_eq!(output.code, Some(0), "{output}");
        assert_snapshot!(team.gate("storefront@1"), @"");
    });
}

// Scenario 42
#[test]
fn results_that_contradict_each_other_are_a_no_until_one_takes_the_other_s_place() {
    shop(|team| {
        team.verify("orders@1", "list");
        team.verify("orders@1", "list show");
        assert_snapshot!(team.gate("storefront@1"), @"");
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
    given: an order exists
    request: GET /order
    response: { status: 204 }
";
    team.publish("orders@1", &[]);
    team.deploy("orders@1");
    team.world.contract("storefront", "orders", order);
    team.ok("publish storefront@1 --branch main");
    assert_eq!(team.verify("orders@1", "order").code, Some(5));
    assert_snapshot!(team.gate("storefront@1"), @"");
}

#[test]
fn a_version_is_asked_about_once_and_a_service_with_one_version() {
    shop(|team| {
        team.verify("orders@1", "list show");
        assert_eq!(team.asks("storefront@1 storefront@1"), "allow 0");
        assert_snapshot!(team.gate("storefront@1 storefront@2"), @"");
    });
}

#[test]
fn a_dry_run_says_what_it_would_be_and_is_no_yes_for_a_program() {
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
