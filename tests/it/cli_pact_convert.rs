//! `upheld import pact` and `upheld export pact` through the real program.

use insta::assert_snapshot;

use super::support::World;

/// As Pact's libraries write version 2.
const SHOP: &str = r#"{
  "consumer": { "name": "Web Shop" },
  "provider": { "name": "orders" },
  "interactions": [
    {
      "description": "a request for an order",
      "providerState": "an order with id 42 exists",
      "request": {
        "method": "GET",
        "path": "/orders/42",
        "headers": { "Accept": "application/json", "Content-Length": "0" }
      },
      "response": {
        "status": 200,
        "headers": { "Content-Type": "application/json; charset=utf-8" },
        "body": {
          "id": 42,
          "status": "paid",
          "items": [{ "sku": "TEA-1", "qty": 2 }],
          "customer": { "name": "Ada", "email": "ada@example.com" }
        },
        "matchingRules": {
          "$.body.id": { "match": "type" },
          "$.body.status": { "match": "regex", "regex": "^(paid|open)$" },
          "$.body.items": { "min": 1, "match": "type" },
          "$.body.items[*].*": { "match": "type" },
          "$.body.customer": { "match": "type" }
        }
      }
    },
    {
      "description": "a new order",
      "request": {
        "method": "POST",
        "path": "/orders",
        "headers": { "Content-Type": "application/json" },
        "body": { "sku": "TEA-1", "qty": 2 }
      },
      "response": { "status": 201 }
    }
  ],
  "metadata": { "pactSpecification": { "version": "2.0.0" } }
}
"#;

/// As they write version 4, with things that a contract can't express.
const WEB: &str = r#"{
  "consumer": { "name": "web" },
  "provider": { "name": "orders" },
  "interactions": [
    {
      "type": "Synchronous/HTTP",
      "pending": true,
      "description": "an order by its id",
      "providerStates": [{ "name": "an order exists" }],
      "request": {
        "method": "GET",
        "path": "/orders/42",
        "matchingRules": { "path": { "combine": "AND", "matchers": [{ "match": "regex", "regex": "/orders/\\d+" }] } },
        "generators": { "path": { "type": "ProviderState", "expression": "/orders/${id}" } }
      },
      "response": {
        "status": 200,
        "body": { "contentType": "application/json", "encoded": false, "content": { "price": 1.5, "code": "abc" } },
        "matchingRules": {
          "body": {
            "$.price": { "combine": "AND", "matchers": [{ "match": "decimal" }] },
            "$.code": { "combine": "AND", "matchers": [{ "match": "regex", "regex": "(?!x)abc" }] }
          },
          "status": { "combine": "AND", "matchers": [{ "match": "statusCode", "status": "success" }] }
        },
        "generators": { "body": { "$.price": { "type": "RandomDecimal", "digits": 3 } } }
      }
    },
    { "type": "Asynchronous/Messages", "description": "an order was paid", "contents": { "content": "x" } }
  ],
  "metadata": { "pactSpecification": { "version": "4.0" } }
}
"#;

#[test]
fn pact_files_become_contracts_as_a_person_would_have_written_them() {
    let world = World::new();
    world.write("pacts/shop.json", SHOP);
    world.write("pacts/web.json", WEB);
    assert_snapshot!("import", world.upheld(["import", "pact", "pacts/shop.json", "pacts/web.json"]));
    assert_snapshot!("import_shop", world.read("contracts/Web-Shop/orders.yaml"));
    assert_snapshot!("import_web", world.read("contracts/web/orders.yaml"));
    let output = world.upheld(["lint", "--strict"]);
    assert_eq!(output.code, Some(0), "{output}");
    assert!(world.path("contracts/contract.schema.json").exists());
    // And back, and once more.
    let output = world.upheld(["export", "pact"]);
    assert_eq!(output.code, Some(0), "{output}");
    assert_snapshot!("export_shop", world.read("pacts/Web-Shop-orders.json"));
    let output = world.upheld(["import", "pact", "pacts/Web-Shop-orders.json", "pacts/web-orders.json"]);
    assert_eq!(output.code, Some(0), "{output}");
    assert!(output.stdout.contains("no change to contracts/web/orders.yaml"), "{output}");
    assert_eq!(output.stdout.matches("no change to").count(), 2, "{output}");
}

#[test]
fn an_existing_contract_is_not_overwritten() {
    let world = World::new();
    world.write("shop.json", SHOP);
    world.write("contracts/storefront/orders.yaml", "mine\n");
    let arguments = ["import", "pact", "shop.json", "--consumer", "storefront"];
    assert_snapshot!(world.upheld(arguments), @r"
    ------- stderr -------
    error: nothing was written: contracts/storefront/orders.yaml exists and has other content
    help: --replace overwrites it; --contracts DIR writes to another folder
    [exit code 2]
    ");
    assert_eq!(world.read("contracts/storefront/orders.yaml"), "mine\n");
    let output = world.upheld([&arguments[..], &["--replace"]].concat());
    assert_eq!(output.code, Some(0), "{output}");
    assert!(world.read("contracts/storefront/orders.yaml").contains("a request for an order"));
    world.write("pacts/storefront-orders.json", "{}");
    assert_snapshot!(world.upheld(["export", "pact", "orders"]), @r"
    ------- stderr -------
    error: nothing was written: pacts/storefront-orders.json exists and has other content
    help: --replace overwrites it; --output DIR writes to another folder
    [exit code 2]
    ");
    assert_eq!(world.read("pacts/storefront-orders.json"), "{}");
    let output = world.upheld(["export", "pact", "orders", "--replace", "--pact-version", "3"]);
    assert_eq!(output.code, Some(0), "{output}");
    assert!(world.read("pacts/storefront-orders.json").contains("\"version\": \"3.0.0\""));
}

#[test]
fn several_files_of_a_pair_become_one_contract_and_equal_names_are_made_different() {
    let world = World::new();
    world.write("a.json", SHOP);
    world.write("b.json", SHOP.replace("a new order", "another order"));
    let output = world.upheld(["import", "pact", "a.json", "b.json"]);
    assert!(output.stdout.contains("Web-Shop → orders  3 interactions"), "{output}");
    world.write("c.json", SHOP.replace("\"status\": 20", "\"status\": 40"));
    let both = ["import", "pact", "a.json", "c.json", "a.json", "c.json", "--replace"];
    let output = world.upheld(both);
    assert!(output.stdout.contains("Web-Shop → orders  4 interactions"), "{output}");
    let written = world.read("contracts/Web-Shop/orders.yaml");
    let names: Vec<&str> = written.lines().filter_map(|line| line.strip_prefix("  - name: ")).collect();
    assert_snapshot!(names.join("\n"), @"
    a request for an order
    a new order
    a request for an order (an order with id 42 exists)
    a new order (2)
    ");
    assert!(world.upheld(both).stdout.contains("no change to"));
}

#[test]
fn nothing_is_written_if_one_file_cannot_be_read() {
    let world = World::new();
    world.write("a.json", SHOP);
    world.write("cut.json", &SHOP[..400]);
    world.write("own.yaml", "contract: 1\nconsumer: a\nprovider: b\ninteractions: [{ name: x, request: GET /, response: { status: 200 } }]\n");
    assert_snapshot!(world.upheld(["import", "pact", "a.json", "cut.json", "none.json"]), @r#"
    ------- stderr -------
    error[P101]: this Pact file isn't valid JSON: EOF while parsing an object
       ╭▸ cut.json:14:20
       │
    14 │         "status": 20
       │                    ━
       │
       ╰ help: it is cut off; write it again, or fetch it again

    error[F101]: the file can't be read: it doesn't exist
     ─▸ none.json

    2 errors in 2 files
    [exit code 2]
    "#);
    assert_snapshot!(world.upheld(["import", "pact", "own.yaml"]), @r#"
    ------- stderr -------
    error: own.yaml is already the contract of a with b
    [exit code 2]
    "#);
    assert!(!world.path("contracts").exists());
    assert_snapshot!(world.upheld(["export", "pact", "ordres"]), @r#"
    ------- stderr -------
    error: there is no folder `contracts` here or in a parent folder
    help: `upheld init` writes a first contract; --contracts DIR names a folder elsewhere
    [exit code 2]
    "#);
    world.write("contracts", "a file");
    let output = world.upheld(["import", "pact", "a.json"]);
    assert_eq!(output.code, Some(5), "{output}");
}
