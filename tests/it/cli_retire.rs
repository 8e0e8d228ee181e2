//! Versions and services that go away, and services that get another name.

use std::fs;

use insta::assert_snapshot;

use crate::support::Team;
use crate::support::team::provider;

/// Two versions of orders are live, and a storefront that needs what both of them uphold, or only the first.
fn shop(orders2: &str, test: impl Fn(&Team)) {
    Team::each("storefront orders", |team| {
        team.publish("orders@1", &[]);
        team.publish("orders@2", &[]);
        team.publish("storefront@1", &[("orders", "list")]);
        team.verify("orders@1", "list");
        if !orders2.is_empty() {
            team.verify("orders@2", orders2);
        }
        team.ok("released orders@1 --to production");
        team.ok("released orders@2 --to production");
        team.ok("deployed storefront@1 --to production");
        test(team);
    });
}

#[test]
fn a_version_that_nobody_needs_any_more_may_be_retired() {
    shop("list", |team| {
        assert_snapshot!(team.upheld("gate --retire orders@1 --to production"), @"
        ALLOW  retire orders@1 from production     1 compatible     store <view>

        G001 compatible  1 pair (--all lists them)
        [exit code 0]
        ");
        let value = team.gate_json("orders@1 --retire");
        assert_eq!(value["retire"], true, "{value:#}");
        // But not both.
        assert_snapshot!(team.upheld("gate --retire orders@1 orders@2 --to production"), @"
        DENY  retire orders@1, orders@2 from production     2 missing-provider     store <view>

        G402 missing-provider  storefront@1 (live) needs orders@1 (to be retired, released)
             without orders@1, no version of orders that it can rely on is live in production
             owner: team-orders
             next: deploy a version of orders first; in its checkout: upheld gate orders --to production
             next: or, if storefront@1 isn't needed any more, retire it first: upheld gate --retire storefront@1 --to production
        G402 missing-provider  storefront@1 (live) needs orders@2 (to be retired, released)
             without orders@2, no version of orders that it can rely on is live in production
             owner: team-orders
             next: deploy a version of orders first; in its checkout: upheld gate orders --to production
             next: or, if storefront@1 isn't needed any more, retire it first: upheld gate --retire storefront@1 --to production
        [exit code 4]
        ");
        let output = team.upheld("released orders@1 --to production --support-ended");
        assert_eq!(output.stderr, "", "{output}");
        assert_snapshot!(team.upheld("gate --retire orders@2 --to production"), @"
        DENY  retire orders@2 from production     1 missing-provider     store <view>

        G402 missing-provider  storefront@1 (live) needs orders@2 (to be retired, released)
             without orders@2, no version of orders that it can rely on is live in production
             owner: team-orders
             next: deploy orders@1 first, and record it: upheld deployed orders@1 --to production
             next: or, if storefront@1 isn't needed any more, retire it first: upheld gate --retire storefront@1 --to production
        [exit code 4]
        ");
        assert_snapshot!(team.upheld("released orders@2 --to production --support-ended"), @"
        over  orders@2 in production   ending orders@2 (released)
        ------- stderr -------
        note: recorded, although live versions still need orders@2 (missing-provider); see: upheld status --env production
        [exit code 0]
        ");
        assert_eq!(team.asks("storefront@1"), "deny 4 G401");
        // A version that stays released isn't gone when it is undeployed.
        team.ok("released orders@1 --to production");
        team.ok("deployed orders@1 --to production");
        let output = team.upheld("undeployed orders@1 --to production");
        assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""), "{output}");
        team.ok("released orders@1 --to production --support-ended");
        // What isn't live needs no permission, unless nobody knows it.
        assert_snapshot!(team.upheld("gate --retire orders@2 --to production"), @"
        ALLOW  retire orders@2 from production     nothing to check     store <view>

        G508 note  orders@2 isn't live in production, so nothing can rely on it there
        [exit code 0]
        ");
        assert_snapshot!(team.upheld("gate --retire orders@3 --to production"), @"
        DENY  retire orders@3 from production     1 unknown     store <view>

        G301 unknown  orders@3 (to be retired)
             orders@3 was never published, so what it expects is unknown
             published versions of orders: 1 and 2
             owner: team-orders

        G508 note  orders@3 isn't live in production, so nothing can rely on it there
        [exit code 4]
        ");
    });
}

#[test]
fn a_version_isn_t_retired_while_its_successor_breaks_a_consumer_or_was_never_verified() {
    shop("show", |team| {
        assert_snapshot!(team.upheld("gate --retire orders@1 --to production"), @"
        DENY  retire orders@1 from production     1 incompatible     store <view>

        G101 incompatible  storefront@1 (live) needs orders@2 (released)
             get list   status   expected 204   got 404
             without orders@1, it would be left with orders@2
             owners: team-orders, team-storefront
             next: fix orders to return what storefront expects; or agree on the change with storefront, which then changes its contract

        G503 note  storefront@1 went live at <moment> although the gate said incompatible
        [exit code 1]
        ");
        assert_eq!(team.asks("orders@2 --retire"), "allow 0");
    });
    shop("", |team| {
        assert_snapshot!(team.upheld("gate --retire orders@1 --to production"), @"
        DENY  retire orders@1 from production     1 unverified     store <view>

        G202 unverified  storefront@1 (live) needs orders@2 (released)
             the only interaction has no result: get list
             last verified: orders@1
             without orders@1, it would be left with orders@2
             owner: team-orders
             next: in a checkout of orders@2: upheld verify orders --publish --version 2

        G503 note  storefront@1 went live at <moment> although the gate said unverified
        [exit code 3]
        ");
    });
}

#[test]
fn one_of_several_instances_may_always_go_and_a_roll_out_replaces_none() {
    Team::each("storefront orders", |team| {
        for version in ["orders@1", "orders@2"] {
            team.publish(version, &[]);
        }
        team.publish("storefront@1", &[("orders", "list")]);
        for version in ["orders@1", "orders@2"] {
            team.verify(version, "list");
        }
        team.ok("deployed orders@1 --to production --instance eu");
        team.ok("deployed orders@1 --to production --instance us");
        team.deploy("storefront@1");
        assert_eq!(team.asks("orders@1 --retire --instance eu"), "allow 0");
        assert_eq!(team.asks("orders@1 --retire"), "deny 4 G402");
        team.ok("gate orders@2 --to production --reserve --instance eu");
        assert_snapshot!(team.upheld("gate --retire orders@1 --to production"), @"
        DENY  retire orders@1 from production     1 missing-provider     store <view>

        G402 missing-provider  storefront@1 (live) needs orders@1 (to be retired, live on eu, live on us)
             without orders@1, no version of orders that it can rely on is live in production
             owner: team-orders
             next: finish its roll-out first: upheld deployed orders@2 --to production --instance eu

        G502 note  a roll-out of orders@2 began at <moment> and was due by <moment>; until its end is recorded, both that version and the one before it count as live
             next: record how it ended: upheld deployed orders@2 --to production --instance eu, or upheld undeployed orders@2 --to production --instance eu --rollout
        [exit code 4]
        ");
        team.ok("deployed orders@2 --to production --instance eu");
        assert_eq!(team.asks("orders@1 --retire"), "allow 0");
    });
}

#[test]
fn a_damaged_record_never_lets_a_version_go() {
    let team = Team::folder("storefront orders");
    team.publish("orders@1", &[]);
    team.publish("storefront@1", &[("orders", "list")]);
    team.deploy("orders@1 storefront@1");
    let record = &team.files_below("deployments/production/storefront")[0];
    team.meddle(&[(record, Some("{}"))]);
    assert_eq!(team.asks("orders@1 --retire"), "deny 4 G303");
    let team = Team::folder("storefront orders");
    team.publish("orders@1", &[]);
    team.deploy("orders@1");
    team.ok("deployed storefront@1 --to production --fact");
    assert_eq!(team.asks("orders@1 --retire"), "deny 4 G301");
}

#[test]
fn a_retired_service_is_out_of_the_way() {
    Team::each("storefront orders", |team| {
        team.publish("orders@1", &[]);
        team.publish("storefront@1", &[("orders", "list")]);
        team.deploy("orders@1");
        team.meddle(&[("services/storefront.yaml", Some("retired: 2026-01-31\n"))]);
        // Nobody has to uphold what its main branch needed.
        let output = team.verify("orders@1", "");
        assert_eq!((output.code, output.stdout.as_str()), (Some(0), ""), "{output}");
        assert_eq!(team.gate("orders@1").stdout.matches("G507").count(), 0);
        assert_snapshot!(team.gate("storefront@1"), @"
        DENY  storefront@1 → production     1 unknown     store <view>

        G308 unknown  storefront@1
             storefront is retired since 2026-01-31
             next: if storefront is in use again, delete `retired` from services/storefront.yaml
        [exit code 4]
        ");
        assert_snapshot!(team.upheld("deployed storefront@1 --to production"), @"
        ------- stderr -------
        error: storefront is retired since 2026-01-31
        help: if it is in use again, delete `retired` from the store's services/storefront.yaml
        [exit code 2]
        ");
        assert_eq!(team.try_publish("storefront@2", &[("orders", "list")], "").code, Some(2));
        team.meddle(&[("services/storefront.yaml", Some("retired: 2999-01-31\n"))]);
        team.publish("storefront@2", &[("orders", "list")]);
        team.ok("store lint");
        // A retired provider is named where it is missed.
        team.meddle(&[("services/orders.yaml", Some("retired: 2026-01-31\n"))]);
        team.ok("undeployed orders@1 --to production");
        assert_snapshot!(team.gate("storefront@2"), @"
        DENY  storefront@2 → production     1 missing-provider     store <view>

        G401 missing-provider  storefront@2 (candidate) needs orders
             no version of orders is live in production
             orders is retired since 2026-01-31
             next: if orders is in use again, delete `retired` from services/orders.yaml
        [exit code 4]
        ");
    });
}

// Scenario 40
#[test]
fn a_renamed_service_keeps_its_contracts_its_versions_and_its_clients() {
    Team::each("storefront purchases audit", |team| {
        team.publish("purchases@1", &[("audit", "log")]);
        team.publish("storefront@1", &[("purchases", "list")]);
        team.publish("audit@1", &[]);
        team.verify("purchases@1", "list");
        team.verify("audit@1", "log");
        team.deploy("audit@1 purchases@1 storefront@1");
        assert_eq!(team.asks("purchases@1"), "allow 0");
        team.meddle(&[("services/purchases.yaml", None), ("services/orders.yaml", Some("owners: [team-orders]\n"))]);
        // Without the alias, nobody knows it.
        assert_eq!(team.asks("storefront@1"), "deny 4 G304");
        team.meddle(&[("services/orders.yaml", Some("formerly: [purchases]\n"))]);
        assert_eq!(team.asks("storefront@1"), "allow 0");
        assert_eq!(
            team.ok("store lint"),
            "2 contracts, 3 publications, 2 verifications and 3 deployment records can be trusted\n"
        );
        // An old registry that still has the former name doesn't declare it again.
        assert!(team.ok("store init").starts_with("kept "), "{:?}", team.files());
        // A new version needs to uphold what the old clients need.
        team.publish("orders@2", &[("audit", "log")]);
        assert_eq!(team.asks("orders@2"), "deny 3 G202");
        assert_snapshot!(team.verify("orders@2", "list"), @"
        upheld  storefront → orders  get list

        UPHELD  1 interaction in <time>
        ------- stderr -------
        published  1 result for orders@2
        [exit code 0]
        ");
        assert_eq!(team.asks("orders@2"), "allow 0");
        assert_snapshot!(team.upheld("deployed orders@2 --to production"), @"
        live  orders@2 in production   replacing orders@1 (live)
        [exit code 0]
        ");
        assert_eq!(team.asks("orders@2 --retire"), "deny 4 G402");
        // It is still a consumer itself, whichever name its live version has.
        team.publish("audit@2", &[]);
        assert_eq!(team.asks("audit@2"), "deny 3 G202");
        // Both names can be used, by pipelines that don't know yet.
        let old = provider("list");
        let output = team.upheld(&format!("verify purchases --url {} --publish --version 3", old.url()));
        assert_eq!(output.code, Some(0), "{output}");
        team.world.contract(
            "purchases",
            "audit",
            "  - name: get log\n    request: GET /log\n    response: { status: 204 }\n",
        );
        team.ok("publish purchases@3 --branch main");
        team.forget_contracts("purchases");
        team.ok("deployed purchases@3 --to production");
        assert_eq!(team.ok("status --versions orders"), "3\n");
        assert_eq!(team.ok("status --versions purchases"), "3\n");
        team.ok("store lint");
        team.write_contracts("storefront", &[("purchases", "list"), ("orders", "list")]);
        assert_snapshot!(team.upheld("publish storefront@2"), @"
        ------- stderr -------
        error: storefront@2 has several contracts with one provider: orders and purchases
        help: these are names of one service; merge the contracts into one with orders
        [exit code 2]
        ");
        // A name that two services claim is nobody's.
        team.meddle(&[("services/audit.yaml", Some("formerly: [purchases]\n"))]);
        assert_eq!(team.asks("storefront@1"), "deny 4 G304");
        assert_eq!(team.upheld("store lint").stdout.matches("S110").count(), 2);
    });
}

#[test]
fn names_that_some_file_systems_can_t_hold_are_refused() {
    let team = Team::folder("web-shop");
    assert_snapshot!(team.upheld("store init --service Web-Shop"), @"
    ------- stderr -------
    error: `Web-Shop` and `web-shop` differ by case alone
    help: where file names ignore case, the store couldn't be checked out: use one spelling, or another name
    [exit code 2]
    ");
    assert_snapshot!(team.upheld("store init --environment nul"), @"
    ------- stderr -------
    error: invalid value 'nul' for '--environment <NAME>': `nul` can't be a name, because Windows has no files with this name: choose another one

    For more information, try '--help'.
    [exit code 2]
    ");
    assert_snapshot!(team.upheld("publish web-shop@aux --no-contracts"), @"
    ------- stderr -------
    error: invalid value 'web-shop@aux' for '<SERVICE[@VERSION]>...': `aux` can't be a version, because Windows has no files with this name: choose another one

    For more information, try '--help'.
    [exit code 2]
    ");
    assert_eq!(team.upheld("store init --service com1 --service orders.").code, Some(2));
    assert!(!fs::exists(team.world.path(".upheld/store/services/com1.yaml")).unwrap());
}
