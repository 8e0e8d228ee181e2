//! The JSON Schema in the repository is the one that the program prints.

use std::path::Path;

#[test]
fn the_published_schema_is_up_to_date() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("contracts/contract.schema.json");
    let kept = std::fs::read_to_string(file).unwrap();
    let printed = format!("{:#}\n", upheld::contract::contract_schema());
    assert_eq!(kept, printed, "write it anew: cargo run -- schema > contracts/contract.schema.json");
}
