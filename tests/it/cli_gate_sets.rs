//! `upheld gate` about several versions: in which order they may go live. The numbers are those of the list of scenarios.

use insta::assert_snapshot;

use crate::support::Team;

/// Storefront and orders, version 1 of each live and version 2 of each published. How the four pairs stand is told by the
/// interactions that each version of orders upholds.
fn shop(orders1: &str, orders2: &str, test: impl Fn(&Team)) {
    Team::each("storefront orders", |team| {
        for version in ["orders@1", "orders@2"] {
            team.publish(version, &[]);
        }
        team.publish("storefront@1", &[("orders", "old")]);
        team.publish("storefront@2", &[("orders", "new")]);
        team.deploy("orders@1 storefront@1");
        // After that, so that both contracts are asked for.
        team.verify("orders@1", orders1);
        team.verify("orders@2", orders2);
        test(team);
    });
}

// Scenario 45
#[test]
fn an_order_in_which_all_may_go_live_is_found_and_told() {
    shop("old", "old new", |team| {
        assert_eq!(team.asks("storefront@2"), "deny 1 G101");
        assert_snapshot!(team.gate("storefront@2 orders@2"), @"");
        assert_eq!(team.gate_json("storefront@2 orders@2")["order"], serde_json::json!(["orders@2", "storefront@2"]));
        assert_eq!(team.asks("storefront@2 orders@2 --atomic"), "allow 0");
        assert_eq!(team.asks("storefront@2 orders@2 --order orders,storefront"), "allow 0");
        assert_snapshot!(team.gate("storefront@2 orders@2 --order storefront,orders"), @"");
    });
}

// Scenario 46
#[test]
fn where_no_order_holds_and_all_at_once_does_that_is_said() {
    shop("old", "new", |team| {
        assert_snapshot!(team.gate("storefront@2 orders@2"), @"");
        assert_eq!(team.asks("storefront@2 orders@2 --atomic"), "allow 0");
    });
}

// Scenario 45: an order is of the versions that are asked about.
#[test]
fn an_order_names_each_service_once() {
    let team = Team::folder("storefront orders");
    assert_snapshot!(team.gate("storefront@2 orders@2 --order orders"), @"");
    assert_snapshot!(team.gate("storefront@2 orders@2 --order orders,storefront --atomic"), @"");
}

// Scenario 45
#[test]
fn a_reserved_set_is_all_in_the_world_of_the_next_gate() {
    shop("old", "old new", |team| {
        let output = team.gate("storefront@2 orders@2 --reserve");
        assert_eq!(output.code, Some(0), "{output}");
        assert_snapshot!(team.upheld("status"), @"");
        team.deploy("orders@2 storefront@2");
        let live = team.ok("status");
        assert!(!live.contains("rolling out"), "{live}");
    });
}
