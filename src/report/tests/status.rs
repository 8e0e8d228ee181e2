//! Environments, for people and for programs.

use super::decision_samples::{STORE, statuses};
use crate::report::{Palette, status_human, status_json};

#[test]
fn environments_for_people() {
    insta::assert_snapshot!(status_human(&statuses(), false, &Palette::default()));
}

#[test]
fn environments_for_people_with_every_row_and_in_colour() {
    let all = status_human(&statuses(), true, &Palette::default());
    assert!(all.contains("G001 compatible    mobile@3.4.1 (live) needs orders@8f2c1d3e4a5b"), "{all}");
    let coloured = status_human(&statuses(), true, &Palette::colour());
    assert_ne!(coloured, all);
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), all);
}

#[test]
fn environments_as_json() {
    let text = status_json(&statuses()).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&json["format"], &json["command"]), (&1.into(), &"status".into()));
    let production = &json["environments"][0];
    assert_eq!(production["store"]["commit"], STORE);
    assert_eq!(
        production["live"][1],
        serde_json::json!({
            "service": "orders", "version": "8d001", "event": "done", "instance": "eu-1", "since": "2026-11-20T08:15:00Z",
            "until": null, "gate": null, "record": "ab".repeat(32),
        })
    );
    assert_eq!(production["live"][3]["gate"], "incompatible");
    assert_eq!(production["summary"]["compatible"], 2);
    assert_eq!(production["pairs"][0]["reasons"][0]["said"][0]["place"], "body items[0].qty");
    assert_eq!(
        production["doubts"],
        serde_json::json!([{"path": "environments/production.yaml", "text": "environments/production.yaml is missing"}])
    );
    assert_eq!(json["environments"][1]["live"], serde_json::json!([]));
}

#[test]
fn a_store_without_environments_says_so() {
    assert_eq!(status_human(&[], false, &Palette::default()), "the store declares no environment\n");
    assert!(status_json(&[]).unwrap().contains("\"environments\": []"));
}
