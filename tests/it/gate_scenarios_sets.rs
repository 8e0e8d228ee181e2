//! The gate's scenarios: sets of applications. The numbers are those of the list of scenarios.

use insta::assert_snapshot;
use upheld::gate::Plan;

use crate::ledger_world::{Answer, World, name};

fn in_order(world: &World, candidates: &str, order: &str) -> Answer {
    let order = order.split_whitespace().map(name).collect();
    world.ask(candidates, |question| question.plan = Plan::Order(order))
}

fn at_once(world: &World, candidates: &str) -> Answer {
    world.ask(candidates, |question| question.plan = Plan::Atomic)
}

// 44
#[test]
fn two_versions_that_need_each_other_have_to_be_verified_both_ways() {
    let mut world = World::new("storefront orders");
    world.publish("storefront@1", &[("orders", "a")]);
    world.publish("orders@1", &[("storefront", "b")]);
    world.deploy("storefront@1");
    world.deploy("orders@1");
    world.verify("orders@1", "a");
    assert_snapshot!(world.gate("storefront@1 orders@1"), @"
    deny 3 unverified
    G201 unverified: orders@1 (candidate, live) needs storefront@1 (candidate, live)
         1 of 1 without a result: get b
         never verified: no version of storefront has a result
         next: in a checkout of storefront@1: upheld verify storefront --publish --version 1
    G001 compatible: storefront@1 (candidate, live) needs orders@1 (candidate, live)
    ");
    world.verify("storefront@1", "b");
    assert_eq!(world.gate("storefront@1 orders@1").verdict(), "allow 0 compatible");
}

/// Version 1 of both is live, and version 2 of the consumer needs version 2 of the provider.
fn second() -> World {
    let mut world = World::new("storefront orders");
    world.publish("orders@1", &[]);
    world.publish("orders@2", &[]);
    world.publish("storefront@1", &[("orders", "old")]);
    world.publish("storefront@2", &[("orders", "new")]);
    world.verify("orders@1", "old !new");
    world.deploy("orders@1");
    world.deploy("storefront@1");
    world
}

// 45
#[test]
fn the_gate_finds_the_candidate_that_has_to_go_first() {
    let mut world = second();
    world.verify("orders@2", "old new");
    assert_snapshot!(world.gate("storefront@2 orders@2"), @"
    allow 0 compatible
    order orders@2, storefront@2
    G001 compatible: storefront@1 (live) needs orders@2 (candidate)
    G001 compatible: storefront@2 (candidate) needs orders@2 (candidate)
    ");
    assert_snapshot!(at_once(&world, "storefront@2 orders@2"), @"
    allow 0 compatible
    G001 compatible: storefront@2 (candidate) needs orders@2 (candidate)
    ");
    assert_eq!(in_order(&world, "storefront@2 orders@2", "orders storefront").verdict(), "allow 0 compatible");
    let other = in_order(&world, "storefront@2 orders@2", "storefront orders");
    assert_eq!(other.verdict(), "deny 1 incompatible");
    assert_eq!(other.blocking(), "G101 incompatible: storefront@2 (candidate) needs orders@1 (live)");
}

// 45: released versions stay live in every order.
#[test]
fn a_released_version_stays_when_the_next_one_goes_live() {
    let mut world = second();
    world.verify("orders@2", "old new");
    world.release("orders@1");
    world.undeploy("orders@1");
    for answer in [
        world.gate("storefront@2 orders@2"),
        in_order(&world, "storefront@2 orders@2", "orders storefront"),
        at_once(&world, "storefront@2 orders@2"),
    ] {
        assert_eq!(answer.blocking(), "G101 incompatible: storefront@2 (candidate) needs orders@1 (released)");
    }
}

// 46
#[test]
fn versions_that_only_work_at_once_are_denied_with_a_notice() {
    let mut world = second();
    world.verify("orders@2", "!old new");
    assert_snapshot!(world.gate("storefront@2 orders@2"), @"
    deny 1 incompatible
    G101 incompatible: storefront@1 (live) needs orders@2 (candidate)
         get old: status expected 200 got 404
         next: fix orders to return what storefront expects; or agree on the change with storefront, which then changes its contract
    G101 incompatible: storefront@2 (candidate) needs orders@1 (live)
         get new: status expected 200 got 404
         next: fix orders to return what storefront expects; or agree on the change with storefront, which then changes its contract
    G001 compatible: storefront@2 (candidate) needs orders@2 (candidate)
    G505 these versions aren't compatible in any order, but they are if all go live at the same moment
         next: if they really go live at the same moment, add --atomic
    ");
    assert_eq!(at_once(&world, "storefront@2 orders@2").verdict(), "allow 0 compatible");
}

// 46: two new services that need each other
#[test]
fn two_new_services_that_need_each_other_can_only_come_at_once() {
    let mut world = World::new("storefront orders");
    world.publish("storefront@1", &[("orders", "a")]);
    world.publish("orders@1", &[("storefront", "b")]);
    world.verify("orders@1", "a");
    world.verify("storefront@1", "b");
    assert_snapshot!(world.gate("storefront@1 orders@1"), @"
    deny 4 missing-provider
    G401 missing-provider: orders@1 (candidate) needs storefront
         no version of storefront is live in production before storefront@1
         next: let storefront go live first: upheld gate storefront@1 orders@1 --to production --order storefront,orders
    G401 missing-provider: storefront@1 (candidate) needs orders
         no version of orders is live in production before orders@1
         next: let orders go live first: upheld gate orders@1 storefront@1 --to production --order orders,storefront
    G001 compatible: orders@1 (candidate) needs storefront@1 (candidate)
    G001 compatible: storefront@1 (candidate) needs orders@1 (candidate)
    G505 these versions aren't compatible in any order, but they are if all go live at the same moment
         next: if they really go live at the same moment, add --atomic
    ");
    assert_eq!(at_once(&world, "storefront@1 orders@1").verdict(), "allow 0 compatible");
}

// 45, with a missing result: the rows ask for what waiting can bring.
#[test]
fn if_one_order_only_lacks_a_result_the_decision_is_unverified_in_that_order() {
    let mut world = second();
    world.verify("orders@2", "old");
    assert_snapshot!(world.gate("storefront@2 orders@2"), @"
    deny 3 unverified
    order orders@2, storefront@2
    G202 unverified: storefront@2 (candidate) needs orders@2 (candidate)
         1 of 1 without a result: get new
         last verified: orders@1
         next: in a checkout of orders@2: upheld verify orders --publish --version 2 --for storefront@2
    G001 compatible: storefront@1 (live) needs orders@2 (candidate)
    ");
    world.verify("orders@2", "!new");
    assert_eq!(world.gate("storefront@2 orders@2").verdict(), "deny 1 incompatible", "no order can hold any more");
}

// 47
#[test]
fn a_chain_of_nine_is_allowed_in_the_printed_order() {
    let services = ["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9"];
    let mut world = World::new(&services.join(" "));
    for version in ["1", "2"] {
        for (at, service) in services.iter().enumerate() {
            let of = format!("{service}@{version}");
            match services.get(at + 1) {
                Some(next) => world.publish(&of, &[(next, "a")]),
                None => world.publish(&of, &[]),
            }
            if version == "1" {
                world.deploy(&of);
            } else if at > 0 {
                world.verify(&of, "a");
            }
        }
    }
    let all = services.map(|service| format!("{service}@2"));
    assert_eq!(world.gate(&all[0]).verdict(), "deny 3 unverified", "no deployed version was ever verified");
    let answer = world.gate(&all.join(" "));
    assert_eq!(answer.verdict(), "allow 0 compatible");
    let order: Vec<String> = answer.0.order.iter().map(ToString::to_string).collect();
    assert_eq!(order, ["s9@2", "s8@2", "s7@2", "s6@2", "s5@2", "s4@2", "s3@2", "s2@2", "s1@2"]);
}

// 48
#[test]
fn a_break_between_other_versions_is_a_notice_and_does_not_affect_the_decision() {
    let mut world = World::new("app basket database");
    world.publish("database@1", &[]);
    world.publish("basket@1", &[("database", "rows")]);
    world.publish("app@1", &[("basket", "a")]);
    world.verify("basket@1", "a");
    world.verify("database@1", "!rows");
    world.deploy("database@1");
    world.deploy("basket@1");
    assert_snapshot!(world.gate("app@1"), @"
    allow 0 compatible
    G001 compatible: app@1 (candidate) needs basket@1 (live)
    G504 database@1 breaks basket@1, both live in production; that doesn't affect this decision
         next: upheld status --env production
    ");
}

// 49
#[test]
fn a_provider_that_a_new_version_needs_goes_first() {
    let mut world = World::new("storefront orders reviews");
    world.publish("storefront@1", &[("orders", "a")]);
    world.publish("storefront@2", &[("orders", "a"), ("reviews", "b")]);
    world.publish("orders@1", &[]);
    world.publish("reviews@2", &[]);
    world.verify("orders@1", "a");
    world.verify("reviews@2", "b");
    world.deploy("orders@1");
    world.deploy("storefront@1");
    assert_eq!(world.gate("reviews@2").verdict(), "allow 0 compatible");
    assert_snapshot!(world.gate("storefront@2"), @"
    deny 4 missing-provider
    G401 missing-provider: storefront@2 (candidate) needs reviews
         no version of reviews is live in production
         next: deploy reviews@2 first, and record it: upheld deployed reviews@2 --to production
    G001 compatible: storefront@2 (candidate) needs orders@1 (live)
    ");
    assert_snapshot!(world.gate("storefront@2 reviews@2"), @"
    allow 0 compatible
    order reviews@2, storefront@2
    G001 compatible: storefront@2 (candidate) needs orders@1 (live)
    G001 compatible: storefront@2 (candidate) needs reviews@2 (candidate)
    ");
    world.deploy("reviews@2");
    assert_eq!(world.gate("storefront@2").verdict(), "allow 0 compatible");
}

// 50
#[test]
fn an_old_version_from_before_a_provider_was_needed_may_come_back() {
    let mut world = World::new("storefront orders reviews");
    world.publish("storefront@1", &[("orders", "a")]);
    world.publish("storefront@2", &[("orders", "a"), ("reviews", "b")]);
    world.publish("orders@1", &[]);
    world.verify("orders@1", "a");
    world.deploy("orders@1");
    world.deploy("storefront@2");
    assert_eq!(world.gate("storefront@1").verdict(), "allow 0 compatible");
}

// 10: a pair that only one of the orders has was checked.
#[test]
fn required_pairs_may_be_over_in_the_order_that_is_found() {
    let mut world = World::new("c p");
    world.publish("p@1", &[]);
    world.publish("p@2", &[]);
    world.publish("c@1", &[("p", "a")]);
    world.publish("c@2", &[]);
    world.verify("p@1", "a");
    world.verify("p@2", "!a");
    world.deploy("p@1");
    world.deploy("c@1");
    let answer = world.ask("p@2 c@2", |question| question.require_pairs = true);
    assert_eq!(answer.verdict(), "allow 0 compatible");
    assert_eq!(answer.0.order.iter().map(ToString::to_string).collect::<Vec<_>>(), ["c@2", "p@2"]);
    assert_eq!(world.ask("c@2", |question| question.require_pairs = true).verdict(), "deny 4 unknown");
}
