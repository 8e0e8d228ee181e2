//! The gate's scenarios: content and identity. The numbers are those of the list of scenarios.

use insta::assert_snapshot;
use upheld::ledger::{Refusal, heads};

use crate::ledger_world::{World, contract_of, contract_text, interaction, name, of};

/// A live provider that was verified for two paths.
fn shop() -> World {
    let mut world = World::new("storefront mobile orders");
    world.publish("orders@1", &[]);
    world.deploy("orders@1");
    world.verify("orders@1", "a b");
    world
}

/// The state of a contract with this text and the live version.
fn with_text(text: &str) -> String {
    let mut world = shop();
    world.publish_texts("storefront@2", None, &[text]).unwrap();
    world.gate("storefront@2").verdict()
}

// 31
#[test]
fn a_contract_with_other_bytes_and_the_same_content_is_already_verified() {
    let text = "# Written otherwise.\ncontract: 1\nprovider: \"orders\"\nconsumer: storefront\ninteractions:\n  \
                - {request: {path: /b, method: GET}, name: b, response: {status: 200}}\n  \
                - {request: GET /a, name: a, response: {status: 200}}\n";
    assert_ne!(text, contract_text("storefront", "orders", "a b"));
    assert_eq!(with_text(text), "allow 0 compatible");
    // If both have the same id, the store keeps the first text.
    let mut world = shop();
    world.publish("storefront@1", &[("orders", "a b")]);
    world.publish_texts("storefront@2", None, &[text]).unwrap();
    assert_eq!(world.store.below("contracts").len(), 1);
}

// 32
#[test]
fn results_of_unchanged_interactions_carry_over_to_a_changed_contract() {
    let mut world = shop();
    world.verify("orders@1", "c d e f g h i");
    world.publish("storefront@1", &[("orders", "a b c d e f g h i")]);
    assert_eq!(world.gate("storefront@1").verdict(), "allow 0 compatible");
    world.publish("storefront@2", &[("orders", "a b c d e f g h new")]);
    assert_snapshot!(world.gate("storefront@2"), @"
    deny 3 unverified
    G203 unverified: storefront@2 (candidate) needs orders@1 (live)
         1 of 9 without a result: get new
         never verified: no version of orders has a result
         next: in a checkout of orders@1: upheld verify orders --publish --version 1 --for storefront@2
    ");
}

// 33
#[test]
fn another_name_carries_over_and_another_rule_does_not() {
    let text = contract_text("storefront", "orders", "a b");
    assert_eq!(with_text(&text.replace("name: get a", "name: fetches the first")), "allow 0 compatible");
    assert_eq!(with_text(&text.replacen("status: 200", "status: 2XX", 1)), "deny 3 unverified");
}

// 34
#[test]
fn content_that_returns_in_a_later_version_has_its_old_results() {
    let mut world = shop();
    for (version, paths) in [("storefront@1", "a b"), ("storefront@2", "a new"), ("storefront@3", "a b")] {
        world.publish(version, &[("orders", paths)]);
    }
    let verdicts = ["storefront@1", "storefront@2", "storefront@3"].map(|version| world.gate(version).verdict());
    assert_eq!(verdicts, ["allow 0 compatible", "deny 3 unverified", "allow 0 compatible"]);
    assert_eq!(world.store.below("contracts").len(), 2);
}

// 35
#[test]
fn publishing_a_version_again_with_other_content_is_refused_and_the_first_one_stands() {
    let mut world = shop();
    world.publish("storefront@1", &[("orders", "a b")]);
    let before = world.store.files();
    world.publish("storefront@1", &[("orders", "b a")]);
    assert_eq!(world.store.files(), before, "the same again adds nothing");
    let refused = world.try_publish("storefront@1", &[("orders", "a new")]);
    let Err(Refusal::PublishedOtherwise { version, before: known }) = refused else { panic!("{refused:?}") };
    assert_eq!(version, of("storefront@1"));
    let id = upheld::formats::contract_id(&contract_of("storefront", "orders", "a b").contract);
    assert_eq!(known.into_iter().collect::<Vec<_>>(), [(name("orders"), id)], "what there is to compare with");
    assert_eq!(world.store.files(), before);
    assert_eq!(world.gate("storefront@1").verdict(), "allow 0 compatible");
}

// 35: two writers that didn't see each other.
#[test]
fn of_two_different_publications_of_a_version_neither_counts() {
    let mut world = shop();
    let first = World::new("storefront mobile orders").store.files();
    world.publish("storefront@1", &[("orders", "a b")]);
    let mut other = World::new("storefront mobile orders");
    other.publish("storefront@1", &[("orders", "a")]);
    for (path, bytes) in other.store.files().into_iter().filter(|(path, _)| !first.contains_key(path)) {
        world.store.meddle(|files| drop(files.insert(path, bytes)));
    }
    assert_snapshot!(world.gate("storefront@1"), @"
    deny 4 unknown
    G302 unknown: storefront@1 (candidate)
         storefront@1 was published twice with different contracts
         next: what a version expects can't change, so publish a new version of storefront: upheld publish storefront
    ");
    world.deploy("storefront@1");
    world.publish("orders@2", &[]);
    world.verify("orders@2", "a b");
    assert_eq!(world.gate("orders@2").verdict(), "deny 4 unknown");
    let again = world.try_publish("storefront@1", &[("orders", "a b")]);
    assert!(matches!(again, Err(Refusal::PublishedOtherwise { .. })));
}

// 39
#[test]
fn one_verification_counts_for_two_consumers_with_the_same_interactions() {
    let mut world = shop();
    world.publish("storefront@1", &[("orders", "a b")]);
    world.publish("mobile@1", &[("orders", "b a")]);
    world.deploy("storefront@1");
    world.release("mobile@1");
    world.publish("orders@2", &[]);
    world.verify("orders@2", "a b");
    assert_snapshot!(world.gate("orders@2"), @"
    allow 0 compatible
    G001 compatible: mobile@1 (released) needs orders@2 (candidate)
    G001 compatible: storefront@1 (live) needs orders@2 (candidate)
    ");
}

// 41
#[test]
fn a_partial_run_is_never_enough() {
    let mut world = shop();
    world.publish("storefront@1", &[("orders", "a b c d e")]);
    world.verify("orders@1", "c");
    assert_snapshot!(world.gate("storefront@1"), @"
    deny 3 unverified
    G203 unverified: storefront@1 (candidate) needs orders@1 (live)
         2 of 5 without a result: get d, get e
         never verified: no version of orders has a result
         next: in a checkout of orders@1: upheld verify orders --publish --version 1 --for storefront@1
    ");
}

// 42
#[test]
fn a_later_run_only_replaces_a_break_if_it_supersedes_it() {
    let mut world = shop();
    world.publish("storefront@1", &[("orders", "c")]);
    world.verify("orders@1", "!c");
    world.verify("orders@1", "c");
    assert_snapshot!(world.gate("storefront@1"), @"
    deny 1 incompatible
    G102 incompatible: storefront@1 (candidate) needs orders@1 (live)
         get c: status expected 200 got 404
         conflicting results (flaky): the same version both upheld and broke it
         next: find out why the results differ; then, in a checkout of orders@1: upheld verify orders --publish --version 1 --for storefront@1 --supersede
    ");
    world.verify_instead("orders@1", "c");
    assert_eq!(world.gate("storefront@1").verdict(), "allow 0 compatible");
    world.verify("orders@1", "!c");
    assert_eq!(world.gate("storefront@1").verdict(), "deny 1 incompatible", "it is flaky again");
}

// 42: an error isn't a result.
#[test]
fn an_interaction_that_could_not_be_run_does_not_supersede_a_break() {
    let mut world = shop();
    world.publish("storefront@1", &[("orders", "a c")]);
    world.verify("orders@1", "!c");
    world.verify_instead("orders@1", "?c");
    assert_eq!(world.gate("storefront@1").verdict(), "deny 1 incompatible");
    world.verify_instead("orders@1", "c");
    world.verify_instead("orders@1", "?c");
    assert_eq!(world.gate("storefront@1").verdict(), "allow 0 compatible", "nor is it a reason to doubt one");
}

// 43
#[test]
fn an_interaction_that_could_not_be_run_is_unverified_and_not_broken() {
    let mut world = shop();
    world.publish("storefront@1", &[("orders", "a c")]);
    world.verify("orders@1", "?c");
    assert_snapshot!(world.gate("storefront@1"), @"
    deny 3 unverified
    G204 unverified: storefront@1 (candidate) needs orders@1 (live)
         get c: no state handler
         next: in a checkout of orders@1: upheld verify orders --publish --version 1 --for storefront@1
    ");
}

// The newest publications of a branch.
#[test]
fn a_publication_replaces_the_newest_ones_of_its_branch() {
    let mut world = shop();
    let text = |paths: &str| contract_text("storefront", "orders", paths);
    for (version, branch) in [("storefront@1", "main"), ("storefront@2", "topic"), ("storefront@3", "main")] {
        world.publish_texts(version, Some(branch), &[&text("a")]).unwrap();
    }
    let newest = |branch: &str| {
        let all = world.asked(|book| book.publications(&name("storefront"))).unwrap().value;
        heads(&all, branch).into_iter().map(|(_, one)| one.version.to_string()).collect::<Vec<_>>()
    };
    assert_eq!((newest("main"), newest("topic"), newest("none")), (vec!["3".into()], vec!["2".into()], vec![]));
}

#[test]
fn a_result_belongs_to_the_interaction_and_not_to_the_consumer() {
    assert_eq!(interaction("a"), interaction("a"));
    assert_ne!(interaction("a"), interaction("b"));
}
