//! `upheld gate` for several versions: the order in which they may go live. The numbers are those of the list of scenarios.

use insta::assert_snapshot;

use crate::support::Team;

/// Storefront and orders, with version 1 of each live and version 2 of each published. The four pairs depend on the
/// interactions that each version of orders upholds.
fn shop(orders1: &str, orders2: &str, test: impl Fn(&Team)) {
    Team::each("storefront orders", |team| {
        for version in ["orders@1", "orders@2"] {
            team.publish(version, &[]);
        }
        team.publish("storefront@1", &[("orders", "old")]);
        team.publish("storefront@2", &[("orders", "new")]);
        team.deploy("orders@1 storefront@1");
        // Afterwards: both contracts must be verified.
        team.verify("orders@1", orders1);
        team.verify("orders@2", orders2);
        test(team);
    });
}

// Scenario 45
#[test]
fn an_order_in_which_all_may_go_live_is_found_and_printed() {
    shop("old", "old new", |team| {
        assert_eq!(team.asks("storefront@2"), "deny 1 G101");
        assert_snapshot!(team.gate("storefront@2 orders@2"), @"
        ALLOW  storefront@2, orders@2 → production     2 compatible     store <view>
        order  orders@2, then storefront@2 (the decision assumes this order)

        G001 compatible  2 pairs (--all lists them)
        [exit code 0]
        ");
        assert_eq!(team.gate_json("storefront@2 orders@2")["order"], serde_json::json!(["orders@2", "storefront@2"]));
        assert_eq!(team.asks("storefront@2 orders@2 --atomic"), "allow 0");
        assert_eq!(team.asks("storefront@2 orders@2 --order orders,storefront"), "allow 0");
        assert_snapshot!(team.gate("storefront@2 orders@2 --order storefront,orders"), @"
        DENY  storefront@2, orders@2 → production     1 incompatible, 1 compatible     store <view>
        order  storefront@2, then orders@2 (the decision assumes this order)

        G101 incompatible  storefront@2 (candidate) needs orders@1 (live)
             get new   status   expected 204   got 404
             owners: team-orders, team-storefront
             next: fix orders to return what storefront expects; or agree on the change with storefront, which then changes its contract
        G001 compatible    1 pair (--all lists them)
        [exit code 1]
        ");
    });
}

// Scenario 46
#[test]
fn a_notice_says_if_only_going_live_at_once_works() {
    shop("old", "new", |team| {
        assert_snapshot!(team.gate("storefront@2 orders@2"), @"
        DENY  storefront@2, orders@2 → production     2 incompatible, 1 compatible     store <view>

        G101 incompatible  storefront@1 (live) needs orders@2 (candidate)
             get old   status   expected 204   got 404
             owners: team-orders, team-storefront
             next: fix orders to return what storefront expects; or agree on the change with storefront, which then changes its contract
        G101 incompatible  storefront@2 (candidate) needs orders@1 (live)
             get new   status   expected 204   got 404
             owners: team-orders, team-storefront
             next: fix orders to return what storefront expects; or agree on the change with storefront, which then changes its contract
        G001 compatible    1 pair (--all lists them)

        G505 note  these versions aren't compatible in any order, but they are if all go live at the same moment
             next: if they really go live at the same moment, add --atomic
        [exit code 1]
        ");
        assert_eq!(team.asks("storefront@2 orders@2 --atomic"), "allow 0");
    });
}

// Scenario 45: the order names exactly the candidates.
#[test]
fn an_order_names_each_service_once() {
    let team = Team::folder("storefront orders");
    assert_snapshot!(team.gate("storefront@2 orders@2 --order orders"), @"
    ------- stderr -------
    error: --order names different services from the command line
    help: name each of `orders` and `storefront` once
    [exit code 2]
    ");
    assert_snapshot!(team.gate("storefront@2 orders@2 --order orders,storefront --atomic"), @"
    ------- stderr -------
    error: the argument '--order <SERVICE,…>' cannot be used with '--atomic'

    Usage: upheld gate --to <ENV> --order <SERVICE,…> <SERVICE[@VERSION]>...

    For more information, try '--help'.
    [exit code 2]
    ");
}

// Scenario 45
#[test]
fn the_next_gate_sees_a_whole_reserved_set() {
    shop("old", "old new", |team| {
        let output = team.gate("storefront@2 orders@2 --reserve");
        assert_eq!(output.code, Some(0), "{output}");
        assert_snapshot!(team.upheld("status"), @"
        production     1 incompatible, 3 compatible     store <view>

        orders      1  live since <moment>
                    2  rolling out since <moment>, due by <moment>
        storefront  1  live since <moment>, although the gate said unverified
                    2  rolling out since <moment>, due by <moment>

        G101 incompatible  storefront@2 (rolling out) needs orders@1 (live)
             get new   status   expected 204   got 404
             owners: team-orders, team-storefront
             next: fix orders to return what storefront expects; or agree on the change with storefront, which then changes its contract
        G001 compatible    3 pairs (--all lists them)
        [exit code 0]
        ");
        team.deploy("orders@2 storefront@2");
        let live = team.ok("status");
        assert!(!live.contains("rolling out"), "{live}");
    });
}
