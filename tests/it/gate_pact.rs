//! The gate and Pact files: pending interactions, and those that can't be run.

use insta::assert_snapshot;
use serde_json::{Value, json};
use upheld::formats::interaction_id;
use upheld::interaction::InteractionId;
use upheld::ledger::TestResult;

use crate::ledger_world::{World, contract_text, stored};

fn get(path: &str, is_pending: bool) -> Value {
    json!({
        "type": "Synchronous/HTTP",
        "description": format!("get {path}"),
        "pending": is_pending,
        "request": {"method": "GET", "path": format!("/{path}")},
        "response": {"status": 200},
    })
}

fn message(name: &str) -> Value {
    json!({"type": "Asynchronous/Messages", "description": name, "contents": {"content": {"name": name}}})
}

fn file(interactions: &[Value]) -> String {
    json!({
        "consumer": {"name": "storefront"},
        "provider": {"name": "orders"},
        "interactions": interactions,
        "metadata": {"pactSpecification": {"version": "4.0"}},
    })
    .to_string()
}

fn id(interaction: &Value) -> InteractionId {
    interaction_id(&stored(&file(std::slice::from_ref(interaction))).contract.interactions[0])
}

/// A provider that is live and upholds `a`.
fn shop() -> World {
    let mut world = World::new("storefront orders");
    world.publish("orders@1", &[]);
    world.deploy("orders@1");
    world.verify_these("orders@1", &[(id(&get("a", false)), TestResult::Upheld)]);
    world
}

#[test]
fn a_pending_interaction_is_not_checked_until_it_is_no_longer_pending() {
    let mut world = shop();
    world.verify_these("orders@1", &[(id(&get("b", true)), TestResult::Broken)]);
    assert_eq!(id(&get("b", true)), id(&get("b", false)));
    world.publish_texts("storefront@1", None, &[&file(&[get("a", false), get("b", true)])]).unwrap();
    assert_snapshot!(world.gate("storefront@1"), @"
    allow 0 compatible
    G001 compatible: storefront@1 (candidate) needs orders@1 (live)
         not checked, because the contract marks it as pending: get b
    ");
    // The same requests and responses in another contract.
    world.publish_texts("storefront@2", None, &[&file(&[get("a", false), get("b", false)])]).unwrap();
    assert_snapshot!(world.gate("storefront@2"), @"
    deny 1 incompatible
    G101 incompatible: storefront@2 (candidate) needs orders@1 (live)
         get b: 
         next: fix orders to return what storefront expects; or agree on the change with storefront, which then changes its contract
    ");
    // An interaction with the same content that isn't pending is checked.
    let twice =
        json!({"description": "once more", "request": {"method": "GET", "path": "/b"}, "response": {"status": 200}});
    world.publish_texts("storefront@3", None, &[&file(&[get("a", false), get("b", true), twice])]).unwrap();
    assert_eq!(world.gate("storefront@3").verdict(), "deny 1 incompatible");
}

#[test]
fn our_own_contracts_may_have_pending_interactions_too() {
    let mut world = World::new("storefront orders");
    world.publish("orders@1", &[]);
    world.deploy("orders@1");
    world.verify("orders@1", "a !b");
    let text = contract_text("storefront", "orders", "a b");
    let pending = text.replace("name: get b\n", "name: get b\n    pending: true\n");
    assert_ne!(pending, text);
    world.publish_texts("storefront@1", None, &[&pending]).unwrap();
    assert_eq!(world.gate("storefront@1").verdict(), "allow 0 compatible");
    world.publish_texts("storefront@2", None, &[&text]).unwrap();
    assert_eq!(world.gate("storefront@2").verdict(), "deny 1 incompatible");
}

#[test]
fn an_interaction_that_can_t_be_run_denies_with_a_remedy_and_without_waiting() {
    let mut world = shop();
    let placed = message("an order was placed");
    world.publish_texts("storefront@1", None, &[&file(&[get("a", false), placed.clone()])]).unwrap();
    assert_snapshot!(world.gate("storefront@1"), @"
    deny 4 unknown
    G307 unknown: storefront@1 (candidate) needs orders@1 (live)
         an order was placed: it can't be run, because it is a message, and only HTTP is supported so far
         next: publish a new version of storefront with these interactions as pending: upheld publish storefront --without-skipped
    ");
    // Along with an interaction that only needs to be verified.
    world.publish_texts("storefront@2", None, &[&file(&[get("a", false), get("c", false), placed])]).unwrap();
    assert_snapshot!(world.gate("storefront@2"), @"
    deny 4 unknown
    G307 unknown: storefront@2 (candidate) needs orders@1 (live)
         an order was placed: it can't be run, because it is a message, and only HTTP is supported so far
         1 of 3 without a result: get c
         never verified: no version of orders has a result
         next: publish a new version of storefront with these interactions as pending: upheld publish storefront --without-skipped
         next: in a checkout of orders@1: upheld verify orders --publish --version 1 --for storefront@2
    ");
    world.publish_texts("storefront@3", None, &[&file(&[get("a", false)])]).unwrap();
    assert_eq!(world.gate("storefront@3").verdict(), "allow 0 compatible");
}
