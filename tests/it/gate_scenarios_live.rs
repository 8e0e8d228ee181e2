//! The gate's scenarios: several versions of a service that are live at once, roll-outs, races and rollbacks. The
//! numbers are those of the list of scenarios.

use insta::assert_snapshot;
use upheld::ledger::{Arrival, Departure, Refusal, arrive};

use crate::ledger_world::{PRODUCTION, World, name, of};

/// A consumer and two versions of its provider: the first one breaks the contract, and the second one upholds it.
fn shop() -> World {
    let mut world = World::new("storefront orders");
    for version in ["orders@1", "orders@2"] {
        world.publish(version, &[]);
    }
    world.publish("storefront@1", &[("orders", "a")]);
    world.verify("orders@1", "!a");
    world.verify("orders@2", "a");
    world
}

// 13
#[test]
fn every_released_version_of_the_provider_counts() {
    let mut world = shop();
    world.release("orders@1");
    world.release("orders@2");
    assert_snapshot!(world.gate("storefront@1"), @"
    deny 1 incompatible
    G101 incompatible: storefront@1 (candidate) needs orders@1 (released)
         get a: status expected 200 got 404
         next: fix orders to return what storefront expects; or agree on the change with storefront, which then changes its contract
    G001 compatible: storefront@1 (candidate) needs orders@2 (released)
    ");
}

// 14
#[test]
fn every_instance_of_the_provider_counts_until_its_version_is_gone() {
    let mut world = shop();
    world.deploy_on("eu", "orders@1");
    world.deploy_on("us", "orders@2");
    assert_eq!(world.gate("storefront@1").verdict(), "deny 1 incompatible");
    world.undeploy("orders@1");
    assert_snapshot!(world.gate("storefront@1"), @"
    allow 0 compatible
    G001 compatible: storefront@1 (candidate) needs orders@2 (live)
    ");
}

// 15
#[test]
fn a_version_that_was_replaced_on_its_instance_does_not_count() {
    let mut world = shop();
    world.deploy_on("eu", "orders@1");
    world.deploy_on("eu", "orders@2");
    assert_snapshot!(world.gate("storefront@1"), @"
    allow 0 compatible
    G001 compatible: storefront@1 (candidate) needs orders@2 (live)
    ");
}

// 16
#[test]
fn only_live_consumers_without_a_result_are_named() {
    let mut world = World::new("storefront mobile orders");
    world.publish("storefront@1", &[("orders", "a")]);
    world.publish("mobile@1", &[("orders", "b")]);
    world.deploy("storefront@1");
    world.deploy("mobile@1");
    world.publish("orders@10", &[]);
    world.verify("orders@10", "a");
    let answer = world.gate("orders@10");
    assert_eq!(answer.verdict(), "deny 3 unverified");
    assert_snapshot!(answer.blocking(), @"G201 unverified: mobile@1 (live) needs orders@10 (candidate)");
}

// 17
#[test]
fn a_released_consumer_whose_support_ended_does_not_block() {
    let mut world = World::new("mobile orders");
    world.publish("mobile@1", &[("orders", "a")]);
    world.publish("mobile@2", &[("orders", "b")]);
    world.release("mobile@1");
    world.release("mobile@2");
    world.publish("orders@1", &[]);
    world.verify("orders@1", "!a b");
    assert_eq!(world.gate("orders@1").blocking(), "G101 incompatible: mobile@1 (released) needs orders@1 (candidate)");
    world.end_support("mobile@1");
    assert_snapshot!(world.gate("orders@1"), @"
    allow 0 compatible
    G001 compatible: mobile@2 (released) needs orders@1 (candidate)
    ");
    world.release("mobile@1");
    assert_eq!(world.gate("orders@1").verdict(), "deny 1 incompatible", "it is supported again");
}

// 18
#[test]
fn of_250_live_consumer_versions_the_oldest_one_is_enough_to_say_no() {
    let mut world = World::new("mobile orders");
    for version in 0..250 {
        let version = format!("mobile@{version}");
        world.publish(&version, &[("orders", if version == "mobile@0" { "old" } else { "a" })]);
        world.release(&version);
    }
    world.publish("orders@1", &[]);
    world.verify("orders@1", "a !old");
    let answer = world.gate("orders@1");
    assert_eq!(answer.verdict(), "deny 1 incompatible");
    assert_eq!(answer.0.rows.len(), 250);
    assert_eq!(answer.blocking(), "G101 incompatible: mobile@0 (released) needs orders@1 (candidate)");
}

// 19
#[test]
fn deployments_with_and_without_an_instance_are_both_live() {
    let mut world = shop();
    world.deploy("orders@1");
    world.deploy_on("eu", "orders@2");
    assert_eq!(world.live("orders"), "orders@1 done, orders@2 done on eu");
    assert_eq!(world.gate("storefront@1").verdict(), "deny 1 incompatible");
    world.deploy("orders@2");
    assert_eq!(world.live("orders"), "orders@2 done on eu, orders@2 done");
    assert_eq!(world.gate("storefront@1").verdict(), "allow 0 compatible");
}

// 20
#[test]
fn undeploying_a_version_does_not_end_its_release() {
    let mut world = shop();
    world.release("orders@1");
    world.deploy("orders@1");
    world.undeploy("orders@1");
    assert_eq!(world.live("orders"), "orders@1 released");
    assert_eq!(world.gate("storefront@1").verdict(), "deny 1 incompatible");
    let again = world.try_depart("orders@1", None, Departure::Undeployed);
    assert!(matches!(again, Err(Refusal::NotLive { live, .. }) if live.len() == 1), "it is only released");
    world.end_support("orders@1");
    assert_eq!(world.live("orders"), "");
}

/// A roll-out of `orders@2` to replace `orders@1`, and a consumer that is only compatible with the new one.
fn rolling() -> World {
    let mut world = shop();
    world.deploy("orders@1");
    world.start("orders@2");
    world
}

// 21 and 25: no clock is involved, so an overdue roll-out is the same.
#[test]
fn an_open_roll_out_keeps_both_versions_live_and_the_notice_says_how_to_end_it() {
    let mut world = rolling();
    assert_snapshot!(world.gate("storefront@1"), @"
    deny 1 incompatible
    G101 incompatible: storefront@1 (candidate) needs orders@1 (live)
         get a: status expected 200 got 404
         next: fix orders to return what storefront expects; or agree on the change with storefront, which then changes its contract
    G001 compatible: storefront@1 (candidate) needs orders@2 (rolling out)
    G502 a roll-out of orders@2 began at 2026-11-24T08:07:00Z and was due by 2026-11-24T12:00:00Z; until its end is recorded, both that version and the one before it count as live
         next: record how it ended: upheld deployed orders@2 --to production, or upheld undeployed orders@2 --to production --rollout
    ");
    world.deploy("orders@2");
    assert_eq!(world.live("orders"), "orders@2 done");
    assert_snapshot!(world.gate("storefront@1"), @"
    allow 0 compatible
    G001 compatible: storefront@1 (candidate) needs orders@2 (live)
    ");
}

// 25, the other end
#[test]
fn a_roll_out_that_was_given_up_leaves_the_old_version_live() {
    let mut world = rolling();
    world.publish("storefront@2", &[("orders", "b")]);
    world.verify("orders@1", "b");
    world.verify("orders@2", "!b");
    assert_eq!(world.gate("storefront@2").verdict(), "deny 1 incompatible");
    world.undeploy("orders@2");
    assert_eq!(world.live("orders"), "orders@1 done");
    assert_eq!(world.gate("storefront@2").verdict(), "allow 0 compatible");
}

/// A gate with --reserve: if it allows, it begins the roll-out on the view that it decided on.
fn reserve(world: &mut World, version: &str) -> bool {
    let allow = world.gate(version).0.allow;
    if allow {
        world.start(version);
    }
    allow
}

// 22
#[test]
fn of_two_incompatible_versions_the_second_reservation_is_denied() {
    for order in [["storefront@2", "orders@2"], ["orders@2", "storefront@2"]] {
        let mut world = shop();
        world.verify_instead("orders@1", "a");
        world.deploy("orders@1");
        world.deploy("storefront@1");
        world.publish("storefront@2", &[("orders", "a new")]);
        world.verify("orders@1", "new");
        world.verify("orders@2", "!new");
        for alone in order {
            assert_eq!(world.gate(alone).verdict(), "allow 0 compatible", "{alone} beside what is live");
        }
        assert!(reserve(&mut world, order[0]));
        assert_eq!(world.gate(order[1]).verdict(), "deny 1 incompatible");
        assert!(!reserve(&mut world, order[1]));
    }
}

// 23
#[test]
fn two_compatible_versions_may_roll_out_at_once() {
    let mut world = shop();
    world.verify_instead("orders@1", "a");
    world.deploy("orders@1");
    world.deploy("storefront@1");
    world.publish("storefront@2", &[("orders", "a new")]);
    world.verify("orders@1", "new");
    world.verify("orders@2", "new");
    assert!(reserve(&mut world, "storefront@2"));
    assert!(reserve(&mut world, "orders@2"));
    assert_eq!(world.live("orders"), "orders@1 done, orders@2 started");
}

/// `orders@2` was live, `orders@3` is live, and neither was verified for the consumer that was live with both.
fn turned() -> World {
    let mut world = World::new("storefront orders");
    for version in ["orders@2", "orders@3"] {
        world.publish(version, &[]);
    }
    world.deploy("orders@2");
    world.publish("storefront@1", &[("orders", "a")]);
    world.deploy("storefront@1");
    world.deploy("orders@3");
    world
}

// 26
#[test]
fn a_rollback_next_to_a_former_neighbour_is_allowed_on_request() {
    let world = turned();
    assert_eq!(world.gate("orders@2").verdict(), "deny 3 unverified");
    assert_snapshot!(world.ask("orders@2", |question| question.rollback = true), @"
    allow 0 compatible
    G002 compatible: storefront@1 (live) needs orders@2 (candidate)
         1 of 1 without a result: get a
         never verified: no version of orders has a result
         results are missing, but these two versions were live together before
    ");
}

// 26
#[test]
fn a_rollback_next_to_a_newer_consumer_is_denied() {
    let mut world = turned();
    world.publish("storefront@2", &[("orders", "a new")]);
    world.deploy("storefront@2");
    let back = |world: &World| world.ask("orders@2", |question| question.rollback = true);
    assert_eq!(back(&world).verdict(), "deny 3 unverified", "nobody knows");
    world.verify("orders@2", "a !new");
    assert_eq!(back(&world).blocking(), "G101 incompatible: storefront@2 (live) needs orders@2 (candidate)");
    assert_eq!(back(&world).verdict(), "deny 1 incompatible");
}

// 26: a break counts, whatever was live before.
#[test]
fn a_rollback_to_a_known_break_is_denied() {
    let mut world = turned();
    world.verify("orders@2", "!a");
    let answer = world.ask("orders@2", |question| question.rollback = true);
    assert_eq!(answer.verdict(), "deny 1 incompatible");
}

// 26: a version that was never live can't go back.
#[test]
fn a_new_version_is_not_a_rollback() {
    let mut world = turned();
    world.publish("orders@4", &[]);
    let answer = world.ask("orders@4", |question| question.rollback = true);
    assert_eq!(answer.verdict(), "deny 3 unverified");
}

// 27
#[test]
fn two_deployments_that_did_not_see_each_other_are_both_live_until_one_is_replaced() {
    let mut world = World::new("orders");
    for version in ["orders@1", "orders@2", "orders@3", "orders@4"] {
        world.publish(version, &[]);
    }
    world.deploy("orders@1");
    let target = upheld::ledger::Target { environment: name(PRODUCTION), instance: None };
    let (second, third) = (world.stamp(), world.stamp());
    let [second, third] = [("orders@2", second), ("orders@3", third)].map(|(version, stamp)| {
        world.asked(|book| arrive(book, &of(version), &target, Arrival::Done, false, None, stamp)).unwrap()
    });
    world.land(&second);
    world.land(&third);
    assert_eq!(world.live("orders"), "orders@2 done, orders@3 done");
    world.deploy("orders@4");
    assert_eq!(world.live("orders"), "orders@4 done");
}

// 28
#[test]
fn a_version_that_went_live_against_the_gate_is_recorded_and_marked() {
    let mut world = shop();
    world.deploy("orders@1");
    let said = world.gate("storefront@1");
    assert_eq!(said.verdict(), "deny 1 incompatible");
    world.try_arrive("storefront@1", None, Arrival::Done, false, Some("deny: incompatible")).unwrap();
    assert_eq!(world.live("storefront"), "storefront@1 done");
    assert_snapshot!(world.gate("orders@2"), @"
    allow 0 compatible
    G001 compatible: storefront@1 (live) needs orders@2 (candidate)
    G503 storefront@1 went live at 2026-11-24T08:07:00Z although the gate said deny: incompatible
    ");
}

// 30
#[test]
fn an_unpublished_version_can_only_be_deployed_as_a_fact_and_makes_its_pairs_unknown() {
    let mut world = shop();
    let refused = world.try_arrive("storefront@9", None, Arrival::Done, false, None);
    let Err(Refusal::NotPublished { version, known }) = refused else { panic!("{refused:?}") };
    assert_eq!(version, of("storefront@9"));
    assert_eq!(known.iter().map(upheld::ledger::Version::as_str).collect::<Vec<_>>(), ["1"]);
    assert_eq!(world.live("storefront"), "");
    world.try_arrive("storefront@9", None, Arrival::Done, true, None).unwrap();
    assert_eq!(world.gate("orders@2").verdict(), "deny 4 unknown");
    assert_eq!(world.gate("orders@2").blocking(), "G301 unknown: storefront@9 (live) needs orders@2 (candidate)",);
}

// 26: they were live together, whatever has been recorded since.
#[test]
fn a_rollback_of_both_sides_one_after_the_other_or_together_is_allowed() {
    let mut world = World::new("c p");
    for version in ["p@2", "p@3"] {
        world.publish(version, &[]);
    }
    world.publish("c@1", &[("p", "a")]);
    world.publish("c@2", &[("p", "b")]);
    world.verify("p@3", "a b");
    world.deploy("p@2");
    world.try_arrive("c@1", None, upheld::ledger::Arrival::Done, true, Some("unverified")).unwrap();
    world.deploy("p@3");
    world.deploy("c@2");
    let back = |world: &World, candidates: &str, plan: upheld::gate::Plan| {
        world.ask(candidates, |question| (question.rollback, question.plan) = (true, plan)).verdict()
    };
    for plan in [upheld::gate::Plan::Any, upheld::gate::Plan::Atomic] {
        assert_eq!(back(&world, "c@1 p@2", plan), "allow 0 compatible");
    }
    assert_eq!(world.gate("c@1 p@2").verdict(), "deny 3 unverified");
    world.deploy("c@1");
    assert_eq!(back(&world, "p@2", upheld::gate::Plan::Any), "allow 0 compatible");
    // A version that was never live beside the other isn't forgiven.
    world.publish("p@4", &[]);
    assert_eq!(back(&world, "c@1 p@4", upheld::gate::Plan::Atomic), "deny 3 unverified");
}
