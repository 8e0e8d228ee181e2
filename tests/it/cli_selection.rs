//! The selection of `upheld verify`: by provider, consumer and name. Nothing to verify is never a success.

use insta::assert_snapshot;

use crate::support::{Answer, CommandOutput, Provider, World};

const THREE: &str = "
  - name: get an order
    request: GET /1
    response: { status: 204 }
  - name: Place an order
    request: POST /2
    response: { status: 204 }
  - name: list payments
    request: GET /3
    response: { status: 204 }
";

fn world() -> World {
    let world = World::with(THREE);
    world.contract("mobile", "payments", "  - name: pay\n    request: GET /4\n    response: { status: 204 }\n");
    world
}

/// Verifies with these arguments a provider that upholds everything.
fn verify(world: &World, arguments: &[&str]) -> CommandOutput {
    let provider = Provider::new(|_| Answer::status(204));
    let url = provider.url();
    let output = world.upheld(["verify", "--url", &url].into_iter().chain(arguments.iter().copied()));
    if output.code == Some(2) {
        assert_eq!(provider.connections(), 0, "nothing is sent where nothing is verified");
    }
    output
}

#[test]
fn only_interactions_whose_name_contains_a_text_are_verified() {
    assert_snapshot!(verify(&world(), &["orders", "--only", "ORDER"]), @"
    upheld  storefront → orders  get an order
    upheld  storefront → orders  Place an order

    UPHELD  2 interactions in <time>
    [exit code 0]
    ");
    assert_snapshot!(verify(&world(), &["orders", "--only", "place", "--only", "list"]), @"
    upheld  storefront → orders  Place an order
    upheld  storefront → orders  list payments

    UPHELD  2 interactions in <time>
    [exit code 0]
    ");
}

#[test]
fn a_consumer_s_contracts_are_verified_alone() {
    assert_snapshot!(verify(&world(), &["--consumer", "mobile"]), @"
    upheld  mobile → payments  pay

    UPHELD  1 interaction in <time>
    [exit code 0]
    ");
}

#[test]
fn an_unknown_name_is_an_error_with_a_suggestion() {
    assert_snapshot!(verify(&world(), &["ordres"]), @"
    ------- stderr -------
    error: there is no contract with the provider `ordres`
    help: did you mean `orders`?
    [exit code 2]
    ");
    assert_snapshot!(verify(&world(), &["stock"]), @"
    ------- stderr -------
    error: there is no contract with the provider `stock`
    help: there are `payments` and `orders`
    [exit code 2]
    ");
    assert_snapshot!(verify(&world(), &["--consumer", "storefornt"]), @"
    ------- stderr -------
    error: there is no contract of the consumer `storefornt`
    help: did you mean `storefront`?
    [exit code 2]
    ");
    assert_snapshot!(verify(&world(), &["orders", "--only", "order", "--only", "get an oder"]), @"
    ------- stderr -------
    error: no interaction has `get an oder` in its name
    help: did you mean `get an order`?
    [exit code 2]
    ");
    assert_snapshot!(verify(&world(), &["orders", "--only", "refund"]), @"
    ------- stderr -------
    error: no interaction has `refund` in its name
    help: there are `get an order`, `Place an order` and `list payments`
    [exit code 2]
    ");
    assert_snapshot!(verify(&world(), &["orders", "--consumer", "mobile"]), @"
    ------- stderr -------
    error: there is no contract of `mobile` with `orders`
    help: name only one of them to see which contracts exist
    [exit code 2]
    ");
}

#[test]
fn a_folder_that_is_mistaken_for_a_provider_gets_advice() {
    assert_snapshot!(verify(&world(), &["contracts"]), @"
    ------- stderr -------
    error: there is no contract with the provider `contracts`
    help: there are `payments` and `orders`
    help: for the contracts in `contracts`, write ./contracts
    [exit code 2]
    ");
}

#[test]
fn there_must_be_a_folder_of_contracts() {
    assert_snapshot!(verify(&World::new(), &[]), @"
    ------- stderr -------
    error: there is no folder `contracts` here or in a parent folder
    help: `upheld init` writes a first contract; --contracts DIR names a folder elsewhere
    [exit code 2]
    ");
    assert_snapshot!(verify(&World::new(), &["--contracts", "agreements"]), @"
    ------- stderr -------
    error: there is no folder `agreements`
    help: name the folder of contracts with --contracts DIR, or create one with `upheld init`
    [exit code 2]
    ");
}

#[test]
fn a_folder_with_a_providers_name_is_mentioned() {
    let world = World::new();
    world.write("pacts/openapi.json", r#"{"openapi": "3.1.0"}"#);
    assert_snapshot!(world.upheld(["verify", "pacts"]), @"
    ------- stderr -------
    error: no provider `pacts`; to use the folder, write ./pacts
    help: providers come from the contracts in a folder `contracts`, and there is no such folder here or in a parent folder; --contracts DIR names one elsewhere
    [exit code 2]
    ");
    assert_snapshot!(world.upheld(["verify", "./pacts"]), @"
    ------- stderr -------
    error: there is no contract in `pacts`
    help: a contract is a file <consumer>/<provider>.yaml, or a Pact file; `upheld init` writes a first one
    [exit code 2]
    ");
    assert_snapshot!(world.upheld(["verify", "pacts/openapi.json"]), @r#"
    ------- stderr -------
    error[P104]: this is neither a contract nor a Pact file
      ╭▸ pacts/openapi.json:1:1
      │
    1 │ {"openapi": "3.1.0"}
      │ ━
      │
      ╰ help: a Pact file has `consumer` and `provider`, each with a `name`, and `interactions`

    1 error in 1 file
    [exit code 2]
    "#);
}

#[test]
fn a_folder_without_a_contract_is_an_error() {
    let world = World::new();
    world.registry("  orders: {}\n");
    assert_snapshot!(verify(&world, &[]), @"
    ------- stderr -------
    error: there is no contract in `contracts`
    help: a contract is a file <consumer>/<provider>.yaml, or a Pact file; `upheld init` writes a first one
    [exit code 2]
    ");
    world.write("contracts/empty/notes.txt", "none here");
    assert_snapshot!(verify(&world, &["contracts/empty"]), @"
    ------- stderr -------
    error: there is no contract in `contracts/empty`
    help: a contract is a file <consumer>/<provider>.yaml, or a Pact file; `upheld init` writes a first one
    [exit code 2]
    ");
    assert_snapshot!(verify(&world, &["contracts/upheld.yaml"]), @"
    ------- stderr -------
    error: there is no contract to verify
    help: `upheld init` writes a first one
    [exit code 2]
    ");
}

#[test]
fn a_file_that_is_not_there_is_an_error() {
    assert_snapshot!(verify(&world(), &["contracts/storefront/stock.yaml"]), @"
    ------- stderr -------
    error[F101]: the file can't be read: it doesn't exist
     ─▸ contracts/storefront/stock.yaml

    1 error in 1 file
    [exit code 2]
    ");
    assert_snapshot!(verify(&world(), &["./agreements"]), @"
    ------- stderr -------
    error[F101]: the file can't be read: it doesn't exist
     ─▸ agreements

    1 error in 1 file
    [exit code 2]
    ");
}
