//! `upheld init` and `upheld schema`: the first files, and the schemas that editors use for them.

use insta::assert_snapshot;

use crate::support::{Answer, Provider, World};

#[test]
fn the_first_registry_and_contract_work_as_they_are() {
    let world = World::new();
    assert_snapshot!(world.upheld(["init", "--consumer", "storefront", "--provider", "orders"]), @"
    wrote  contracts/upheld.yaml
    wrote  contracts/storefront/orders.yaml
    wrote  contracts/contract.schema.json
    next   edit contracts/storefront/orders.yaml, start orders, then: upheld verify orders --url http://127.0.0.1:8080
    [exit code 0]
    ");
    assert_snapshot!(world.upheld(["lint", "--strict"]), @"
    1 contract, 1 interaction: no problems found
    [exit code 0]
    ");
    let provider = Provider::new(|_| Answer::json(r#"{"id": 1, "name": "x", "state": "closed", "tags": []}"#));
    assert_eq!(world.upheld(["verify", "orders", "--url", &provider.url()]).code, Some(0));
    assert_snapshot!("the_first_registry", world.read("contracts/upheld.yaml"));
    assert_snapshot!("the_first_contract", world.read("contracts/storefront/orders.yaml"));
    assert_eq!(world.read("contracts/contract.schema.json"), world.upheld(["schema"]).stdout);
}

#[test]
fn existing_files_are_kept() {
    let world = World::new();
    world.write("contracts/upheld.yaml", "upheld: 1\n");
    assert_snapshot!(world.upheld(["init"]), @"
    kept   contracts/upheld.yaml, which already exists
    wrote  contracts/my-consumer/my-provider.yaml
    wrote  contracts/contract.schema.json
    next   edit contracts/my-consumer/my-provider.yaml, start my-provider, then: upheld verify my-provider --url http://127.0.0.1:8080
    [exit code 0]
    ");
    assert_eq!(world.read("contracts/upheld.yaml"), "upheld: 1\n");
    world.write("contracts/my-consumer/my-provider.yaml", "mine");
    assert_snapshot!(world.upheld(["init"]), @"
    kept   contracts/upheld.yaml, which already exists
    kept   contracts/my-consumer/my-provider.yaml, which already exists
    kept   contracts/contract.schema.json, which already exists
    next   edit contracts/my-consumer/my-provider.yaml, start my-provider, then: upheld verify my-provider --url http://127.0.0.1:8080
    [exit code 0]
    ");
    assert_eq!(world.read("contracts/my-consumer/my-provider.yaml"), "mine");
}

#[test]
fn invalid_names_and_folders_are_refused() {
    let world = World::new();
    assert_snapshot!(world.upheld(["init", "--provider", "my orders"]), @"
    ------- stderr -------
    error: invalid value 'my orders' for '--provider <PROVIDER>': `my orders` isn't a valid name: use at most 100 letters, digits, `.`, `_` and `-`, beginning with a letter or a digit

    For more information, try '--help'.
    [exit code 2]
    ");
    world.write("contracts", "a file");
    assert_snapshot!(world.upheld(["init"]), @"
    ------- stderr -------
    error: contracts/upheld.yaml can't be written: a part of its path is a file, not a folder
    [exit code 5]
    ");
}

#[test]
fn the_folder_can_be_named() {
    let world = World::new();
    assert_eq!(world.upheld(["init", "--contracts", "agreements"]).code, Some(0));
    assert!(world.path("agreements/my-consumer/my-provider.yaml").is_file());
    assert_eq!(world.upheld(["lint", "--contracts", "agreements", "--strict"]).code, Some(0));
}

#[test]
fn the_schemas_are_printed_and_are_json_schemas() {
    let world = World::new();
    for of in ["contract", "registry"] {
        let output = world.upheld(["schema", of]);
        assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""));
        let schema: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
        assert!(jsonschema::meta::is_valid(&schema), "{of}");
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    }
    assert_snapshot!(world.upheld(["schema", "contrct"]), @"
    ------- stderr -------
    error: invalid value 'contrct' for '[KIND]'
      [possible values: contract, registry]

      tip: a similar value exists: 'contract'

    For more information, try '--help'.
    [exit code 2]
    ");
}
