//! The gate's scenarios: the basics. The numbers are those of the list of scenarios.

use insta::assert_snapshot;

use crate::ledger_world::World;

/// A live provider and a consumer that isn't live yet.
fn shop() -> World {
    let mut world = World::new("storefront orders stock");
    world.publish("orders@1", &[]);
    world.deploy("orders@1");
    world.publish("storefront@1", &[("orders", "a b")]);
    world
}

/// Both live and compatible.
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
fn a_consumer_that_the_live_provider_breaks_may_not_and_the_mismatch_is_shown() {
    let mut world = shop();
    world.verify("orders@1", "a !b");
    assert_snapshot!(world.gate("storefront@1"), @"
    deny 1 incompatible
    G101 incompatible: storefront@1 (candidate) needs orders@1 (live)
         get b: status expected 200 got 404
         next: fix orders to return what storefront expects; or agree on the change with storefront, which then changes its contract
    ");
    assert_eq!(world.gate("storefront@1").0.rows[0].owners, ["team-orders", "team-storefront"]);
}

// 3
#[test]
fn a_consumer_without_any_verification_may_not() {
    let world = shop();
    assert_snapshot!(world.gate("storefront@1"), @"
    deny 3 unverified
    G201 unverified: storefront@1 (candidate) needs orders@1 (live)
         2 of 2 without a result: get a, get b
         never verified: no version of orders has a result
         next: in a checkout of orders@1: upheld verify orders --publish --version 1 --for storefront@1
    ");
}

// 4
#[test]
fn a_consumer_with_results_of_another_provider_version_may_not() {
    let mut world = shop();
    world.verify("orders@2", "a b");
    assert_snapshot!(world.gate("storefront@1"), @"
    deny 3 unverified
    G202 unverified: storefront@1 (candidate) needs orders@1 (live)
         2 of 2 without a result: get a, get b
         last verified: orders@2
         next: in a checkout of orders@1: upheld verify orders --publish --version 1 --for storefront@1
    ");
}

// 5
#[test]
fn a_consumer_whose_provider_was_never_deployed_may_not() {
    let mut world = World::new("storefront orders");
    world.publish("orders@1", &[]);
    world.publish("storefront@1", &[("orders", "a")]);
    world.verify("orders@1", "a");
    assert_snapshot!(world.gate("storefront@1"), @"
    deny 4 missing-provider
    G401 missing-provider: storefront@1 (candidate) needs orders
         no version of orders is live in production
         next: deploy orders@1 first, and record it: upheld deployed orders@1 --to production
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
    G501 nothing to check: the version expects nothing, and nothing live expects anything from it
    G507 storefront isn't live in production, so its contracts with orders aren't checked
    ");
}

// 7
#[test]
fn a_provider_without_any_result_may_not_join_a_live_consumer() {
    let mut world = live_shop();
    world.publish("orders@2", &[]);
    assert_snapshot!(world.gate("orders@2"), @"
    deny 3 unverified
    G202 unverified: storefront@1 (live) needs orders@2 (candidate)
         2 of 2 without a result: get a, get b
         last verified: orders@1
         next: in a checkout of orders@2: upheld verify orders --publish --version 2
    ");
}

// 8
#[test]
fn a_live_consumer_that_no_longer_needs_the_provider_does_not_block_it() {
    let mut world = live_shop();
    world.publish("storefront@2", &[]);
    world.deploy("storefront@2");
    world.publish("orders@2", &[]);
    world.verify("orders@2", "!a !b");
    assert_snapshot!(world.gate("orders@2"), @"
    allow 0 compatible
    G501 nothing to check: the version expects nothing, and nothing live expects anything from it
    ");
}

// 9
#[test]
fn a_live_consumer_that_never_published_may_need_anything_unless_it_is_exempt() {
    let mut world = World::new("storefront orders");
    world.publish("orders@2", &[]);
    let done = upheld::ledger::Arrival::Done;
    world.try_arrive("storefront@1", None, done, true, None).unwrap();
    assert_snapshot!(world.gate("orders@2"), @"
    deny 4 unknown
    G301 unknown: storefront@1 (live) needs orders@2 (candidate)
         storefront@1 was never published, so what it expects is unknown
         next: publish it: upheld publish storefront@1
         next: or, if storefront doesn't publish yet, write `not-onboarded-until: DATE` into services/storefront.yaml
    ");
    world.declare("storefront", "not-onboarded-until: 2026-11-24\n");
    assert_snapshot!(world.gate("orders@2"), @"
    allow 0 compatible
    G003 compatible: storefront@1 (live) needs orders@2 (candidate)
         storefront@1 hasn't published anything; its service is exempt until 2026-11-24
    ");
    world.day = "2026-11-25".parse().unwrap();
    assert_eq!(world.gate("orders@2").verdict(), "deny 4 unknown");
}

// 9, the other side
#[test]
fn an_exempt_service_still_has_to_publish_its_candidate() {
    let mut world = World::new("storefront");
    world.declare("storefront", "not-onboarded-until: 2030-01-31\n");
    assert_snapshot!(world.gate("storefront@1"), @"
    deny 4 unknown
    G301 unknown: storefront@1 (candidate)
         storefront@1 was never published, so what it expects is unknown
         no version of storefront was ever published
         next: publish it: upheld publish storefront@1
    ");
}

// 10
#[test]
fn a_version_without_consumers_and_providers_has_nothing_to_check() {
    let mut world = World::new("storefront");
    world.publish("storefront@1", &[]);
    assert_snapshot!(world.gate("storefront@1"), @"
    allow 0 compatible
    G501 nothing to check: the version expects nothing, and nothing live expects anything from it
    ");
    assert_snapshot!(world.ask("storefront@1", |question| question.require_pairs = true), @"
    deny 4 unknown
    G306 unknown: 
         there are no pairs to check, but --require-pairs requires some
         next: publish what they expect, or don't require pairs: upheld gate storefront@1 --to production
    ");
}

// 10: exempt services pass without a check.
#[test]
fn a_pair_with_an_exempt_service_does_not_count_as_checked() {
    let mut world = World::new("storefront orders");
    world.publish("orders@2", &[]);
    world.try_arrive("storefront@1", None, upheld::ledger::Arrival::Done, true, None).unwrap();
    world.declare("storefront", "not-onboarded-until: 2030-01-31\n");
    assert_eq!(world.gate("orders@2").verdict(), "allow 0 compatible");
    assert_snapshot!(world.ask("orders@2", |question| question.require_pairs = true), @"
    deny 4 unknown
    G306 unknown: 
         there are no pairs to check, but --require-pairs requires some
         next: publish what they expect, or don't require pairs: upheld gate orders@2 --to production
    G003 compatible: storefront@1 (live) needs orders@2 (candidate)
         storefront@1 hasn't published anything; its service is exempt until 2030-01-31
    ");
}

// 11
#[test]
fn an_unpublished_version_is_not_replaced_by_the_latest_one() {
    let mut world = shop();
    world.verify("orders@1", "a b");
    world.publish("storefront@3.4.1", &[]);
    world.publish("storefront@3.5.0", &[]);
    assert_snapshot!(world.gate("storefront@3.4.2"), @"
    deny 4 unknown
    G301 unknown: storefront@3.4.2 (candidate)
         storefront@3.4.2 was never published, so what it expects is unknown
         did you mean `storefront@3.4.1`?
         published versions of storefront: 3.4.1, 3.5.0 and 1
         next: publish it: upheld publish storefront@3.4.2 --no-contracts
    ");
}

// 12
#[test]
fn an_undeclared_name_is_unknown() {
    let mut world = live_shop();
    assert_snapshot!(world.gate("store-front@1"), @"
    deny 4 unknown
    G304 unknown: store-front@1
         the store declares no service `store-front`
         did you mean `storefront`?
         next: if the name is right, declare it: upheld store init --service store-front
    ");
    world.go_to("prodution");
    assert_snapshot!(world.gate("storefront@1"), @"
    deny 4 unknown
    G304 unknown: 
         the store declares no environment `prodution`
         did you mean `production`?
         next: if the name is right, declare it: upheld store init --environment prodution
    ");
}
