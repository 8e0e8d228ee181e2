//! The repository publishes what the program and its releases are: the JSON Schema beside the contracts, and the
//! README's instructions for installing it.

use std::fs;

use serde_yaml::Value;

use crate::support::pages::{Page, repository};

#[test]
fn the_published_schema_is_up_to_date() {
    let kept = fs::read_to_string(repository().join("contracts/contract.schema.json")).unwrap();
    let printed = format!("{:#}\n", upheld::contract::contract_schema());
    assert_eq!(kept, printed, "write it anew: cargo run -- schema > contracts/contract.schema.json");
}

#[test]
fn the_readme_names_the_files_of_a_release() {
    let readme = Page::read("README.md").text;
    let version = format!("version=v{} ", env!("CARGO_PKG_VERSION"));
    assert!(readme.contains(&version), "{version}");
    let release = fs::read_to_string(repository().join(".github/workflows/release.yml")).unwrap();
    assert!(release.contains("upheld-$TAG-$TARGET.tar.gz") && release.contains("tee SHA256SUMS"));
    assert!(readme.contains("upheld-$version-$target.tar.gz") && readme.contains("SHA256SUMS"));
    let release: Value = serde_yaml::from_str(&release).unwrap();
    let targets = release["jobs"]["build"]["strategy"]["matrix"]["include"].as_sequence().unwrap();
    assert!(targets.len() >= 7);
    for target in targets.iter().map(|one| one["target"].as_str().unwrap()) {
        assert!(readme.contains(&format!("`{target}`")), "{target}");
    }
}

#[test]
fn pages_name_the_version_of_the_action_that_is_released() {
    let version = concat!("v", env!("CARGO_PKG_VERSION"));
    for page in Page::all() {
        for behind in page.text.split("acme/upheld@").skip(1) {
            assert!(behind.starts_with(version), "{}: {}", page.name, behind.lines().next().unwrap_or_default());
        }
    }
}
