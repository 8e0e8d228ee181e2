//! The gate's scenarios: the basics. The numbers are those of the list of scenarios.

use insta::assert_snapshot;

use crate::ledger_world::World;

/// A provider that is live and a consumer that is not yet.
fn shop() -> World {
    let mut world = World::new("storefront orders stock");
    world.publish("orders@1", &[]);
    world.deploy("orders@1");
    world.publish("storefront@1", &[("orders", "a b")]);
    world
}

/// Both live, and fitting.
fn live_shop() -> World {
    let mut world = shop();
    world.verify("orders@1", "a b");
    world.deploy("storefront@1");
    world
}

// 1
#[test]
fn a_consumer_that_the_live_provider_upholds_may_go_live() {
    let mut world = shop();
    world.verify("orders@1", "a b");
    assert_snapshot!(world.gate("storefront@1"), @"
    allow 0 compatible
    G001 compatible: storefront@1 (candidate) needs orders@1 (live)
    ");
}

// 2
#[test]
fn a_consumer_that_the_live_provider_breaks_may_not_and_is_told_what_came() {
    let mut world = shop();
    world.verify("orders@1", "a !b");
    assert_snapshot!(world.gate("storefront@1"), @"
    deny 1 incompatible
    G101 incompatible: storefront@1 (candidate) needs orders@1 (live)
         get b: status expected 200 got 404
         next: orders: give what storefront asks for; or agree the change with storefront, which then changes its contract
    ");
    assert_eq!(world.gate("storefront@1").0.rows[0].owners, ["team-orders"]);
}

// 3
#[test]
fn a_consumer_that_was_never_verified_may_not() {
    let world = shop();
    assert_snapshot!(world.gate("storefront@1"), @"
    deny 3 unverified
    G201 unverified: storefront@1 (candidate) needs orders@1 (live)
         2 of 2 without a result: get a, get b
         never verified: no version of orders has a result
         next: in a checkout of orders@1: upheld verify orders --publish --version 1
    ");
}

// 4
#[test]
fn a_consumer_that_only_another_version_of_the_provider_was_verified_for_may_not() {
    let mut world = shop();
    world.verify("orders@2", "a b");
    assert_snapshot!(world.gate("storefront@1"), @"
    deny 3 unverified
    G202 unverified: storefront@1 (candidate) needs orders@1 (live)
         2 of 2 without a result: get a, get b
         last verified by orders@2
         next: in a checkout of orders@1: upheld verify orders --publish --version 1
    ");
}

// 5
#[test]
fn a_consumer_whose_provider_was_never_deployed_misses_it() {
    let mut world = World::new("storefront orders");
    world.publish("orders@1", &[]);
    world.publish("storefront@1", &[("orders", "a")]);
    world.verify("orders@1", "a");
    assert_snapshot!(world.gate("storefront@1"), @"
    deny 4 missing-provider
    G401 missing-provider: storefront@1 (candidate) needs orders
         nothing of orders is live in production
         next: let a version of orders go live first: upheld gate orders@… --to production
    ");
    world.deploy("orders@1");
    assert_eq!(world.gate("storefront@1").verdict(), "allow 0 compatible");
    world.undeploy("orders@1");
    assert_eq!(world.gate("storefront@1").verdict(), "deny 4 missing-provider");
}

// 6
#[test]
fn a_consumer_that_is_not_live_never_blocks_its_provider() {
    let mut world = World::new("storefront orders");
    world.publish("orders@1", &[]);
    world.publish("storefront@1", &[("orders", "a")]);
    world.verify("orders@1", "!a");
    assert_snapshot!(world.gate("orders@1"), @"
    allow 0 compatible
    G501 nothing to check: the version expects nothing, and nobody live expects anything of it
    G507 storefront is not live in production, and not asked about, though there are contracts with orders
    ");
}

// 7
#[test]
fn a_provider_without_any_result_may_not_go_live_beside_a_live_consumer() {
    let mut world = live_shop();
    world.publish("orders@2", &[]);
    assert_snapshot!(world.gate("orders@2"), @"
    deny 3 unverified
    G202 unverified: storefront@1 (live) needs orders@2 (candidate)
         2 of 2 without a result: get a, get b
         last verified by orders@1
         next: in a checkout of orders@2: upheld verify orders --publish --version 2
    ");
}

// 8
#[test]
fn a_live_consumer_that_needs_the_provider_no_more_does_not_block_it() {
    let mut world = live_shop();
    world.publish("storefront@2", &[]);
    world.deploy("storefront@2");
    world.publish("orders@2", &[]);
    world.verify("orders@2", "!a !b");
    assert_snapshot!(world.gate("orders@2"), @"
    allow 0 compatible
    G501 nothing to check: the version expects nothing, and nobody live expects anything of it
    ");
}

// 9
#[test]
fn a_live_consumer_that_never_published_may_need_anything_unless_its_declaration_says_until_when() {
    let mut world = World::new("storefront orders");
    world.publish("orders@2", &[]);
    let done = upheld::ledger::Arrival::Done;
    world.try_arrive("storefront@1", None, done, true, None).unwrap();
    assert_snapshot!(world.gate("orders@2"), @"
    deny 4 unknown
    G301 unknown: storefront@1 (live) needs orders@2 (candidate)
         storefront@1 was never published: what it needs is not known
         next: publish it: upheld publish storefront@1; or let services/storefront.yaml say `not-onboarded-until: DATE`
    ");
    world.declare("storefront", "not-onboarded-until: 2026-11-24\n");
    assert_snapshot!(world.gate("orders@2"), @"
    allow 0 compatible
    G003 compatible: storefront@1 (live) needs orders@2 (candidate)
         storefront@1 has published nothing, and need not until 2026-11-24
    ");
    world.day = "2026-11-25".parse().unwrap();
    assert_eq!(world.gate("orders@2").verdict(), "deny 4 unknown");
}

// 9, the other side
#[test]
fn a_service_that_is_not_onboarded_has_to_publish_the_version_that_is_asked_about() {
    let mut world = World::new("storefront");
    world.declare("storefront", "not-onboarded-until: 2030-01-31\n");
    assert_snapshot!(world.gate("storefront@1"), @"
    deny 4 unknown
    G301 unknown: storefront@1 (candidate)
         storefront@1 was never published: what it needs is not known
         no version of storefront was ever published
         next: publish it: upheld publish storefront@1
    ");
}

// 10
#[test]
fn a_version_that_needs_nobody_and_that_nobody_needs_has_nothing_to_check() {
    let mut world = World::new("storefront");
    world.publish("storefront@1", &[]);
    assert_snapshot!(world.gate("storefront@1"), @"
    allow 0 compatible
    G501 nothing to check: the version expects nothing, and nobody live expects anything of it
    ");
    assert_snapshot!(world.ask("storefront@1", |question| question.require_pairs = true), @"
    deny 4 unknown
    G306 unknown: 
         there is no pair to check, and --require-pairs asks for one
         next: publish what the version expects, or leave --require-pairs out
    ");
}

// 10: what is let through unseen was not checked.
#[test]
fn a_pair_that_is_not_onboarded_is_none_that_was_checked() {
    let mut world = World::new("storefront orders");
    world.publish("orders@2", &[]);
    world.try_arrive("storefront@1", None, upheld::ledger::Arrival::Done, true, None).unwrap();
    world.declare("storefront", "not-onboarded-until: 2030-01-31\n");
    assert_eq!(world.gate("orders@2").verdict(), "allow 0 compatible");
    assert_snapshot!(world.ask("orders@2", |question| question.require_pairs = true), @"
    deny 4 unknown
    G306 unknown: 
         there is no pair to check, and --require-pairs asks for one
         next: publish what the version expects, or leave --require-pairs out
    G003 compatible: storefront@1 (live) needs orders@2 (candidate)
         storefront@1 has published nothing, and need not until 2030-01-31
    ");
}

// 11
#[test]
fn a_version_that_was_never_published_is_not_taken_for_the_latest() {
    let mut world = shop();
    world.verify("orders@1", "a b");
    world.publish("storefront@3.4.1", &[]);
    world.publish("storefront@3.5.0", &[]);
    assert_snapshot!(world.gate("storefront@3.4.2"), @"
    deny 4 unknown
    G301 unknown: storefront@3.4.2 (candidate)
         storefront@3.4.2 was never published: what it needs is not known
         did you mean `3.4.1`?
         published of storefront are 3.4.1, 3.5.0 and 1
         next: publish it: upheld publish storefront@3.4.2
    ");
}

// 12
#[test]
fn a_name_that_nobody_declared_is_unknown() {
    let mut world = live_shop();
    assert_snapshot!(world.gate("store-front@1"), @"
    deny 4 unknown
    G304 unknown: store-front@1
         the store declares no service `store-front`
         did you mean `storefront`?
         next: declare it, if it is meant: upheld store init --service store-front
    ");
    world.go_to("prodution");
    assert_snapshot!(world.gate("storefront@1"), @"
    deny 4 unknown
    G304 unknown: 
         the store declares no environment `prodution`
         did you mean `production`?
         next: declare it, if it is meant: upheld store init --environment prodution
    ");
}
