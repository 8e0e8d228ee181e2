//! The gate and what Pact files say, too: interactions that are pending, and those that can't be run.

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
fn what_a_contract_says_is_pending_is_not_asked_for_and_is_from_the_day_it_no_longer_is() {
    let mut world = shop();
    world.verify_these("orders@1", &[(id(&get("b", true)), TestResult::Broken)]);
    assert_eq!(id(&get("b", true)), id(&get("b", false)));
    world.publish_texts("storefront@1", None, &[&file(&[get("a", false), get("b", true)])]).unwrap();
    assert_snapshot!(world.gate("storefront@1"), @"
    allow 0 compatible
    G001 compatible: storefront@1 (candidate) needs orders@1 (live)
         not asked for, since the contract says that it is pending: get b
    ");
    // The same requests and answers, and another contract.
    world.publish_texts("storefront@2", None, &[&file(&[get("a", false), get("b", false)])]).unwrap();
    assert_snapshot!(world.gate("storefront@2"), @"
    deny 1 incompatible
    G101 incompatible: storefront@2 (candidate) needs orders@1 (live)
         get b: 
         next: orders: give what storefront asks for; or agree the change with storefront, which then changes its contract
    ");
    // What another interaction asks for in the same words is asked for.
    let twice =
        json!({"description": "once more", "request": {"method": "GET", "path": "/b"}, "response": {"status": 200}});
    world.publish_texts("storefront@3", None, &[&file(&[get("a", false), get("b", true), twice])]).unwrap();
    assert_eq!(world.gate("storefront@3").verdict(), "deny 1 incompatible");
}

#[test]
fn a_contract_of_our_own_may_say_so_as_well() {
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
fn what_can_t_be_run_denies_with_a_way_out_and_is_never_waited_for() {
    let mut world = shop();
    let placed = message("an order was placed");
    world.publish_texts("storefront@1", None, &[&file(&[get("a", false), placed.clone()])]).unwrap();
    assert_snapshot!(world.gate("storefront@1"), @"
    deny 4 unknown
    G307 unknown: storefront@1 (candidate) needs orders@1 (live)
         an order was placed: it can't be run, since it is a message, and only HTTP is supported so far
         next: storefront: publish a new version with what can't be run as pending: upheld publish storefront@… --without-skipped
    ");
    // Beside it, what only has to be verified.
    world.publish_texts("storefront@2", None, &[&file(&[get("a", false), get("c", false), placed])]).unwrap();
    assert_snapshot!(world.gate("storefront@2"), @"
    deny 4 unknown
    G307 unknown: storefront@2 (candidate) needs orders@1 (live)
         an order was placed: it can't be run, since it is a message, and only HTTP is supported so far
         1 of 3 without a result: get c
         never verified: no version of orders has a result
         next: storefront: publish a new version with what can't be run as pending: upheld publish storefront@… --without-skipped
         next: in a checkout of orders@1: upheld verify orders --publish --version 1
    ");
    world.publish_texts("storefront@3", None, &[&file(&[get("a", false)])]).unwrap();
    assert_eq!(world.gate("storefront@3").verdict(), "allow 0 compatible");
}
