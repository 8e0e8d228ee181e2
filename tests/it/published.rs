//! What the repository publishes is what the program says: the JSON Schema beside the contracts.

use std::path::Path;

#[test]
fn the_schema_beside_the_contracts_is_the_one_that_is_printed() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("contracts/contract.schema.json");
    let kept = std::fs::read_to_string(file).unwrap();
    let printed = format!("{:#}\n", upheld::contract::contract_schema());
    assert_eq!(kept, printed, "write it anew: cargo run -- schema > contracts/contract.schema.json");
}
