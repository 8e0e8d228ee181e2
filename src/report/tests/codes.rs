//! One example of each kind of mismatch, as people see it.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::samples::{body, broken, in_part, of_type, quantity};
use crate::interaction::mismatch::{self, CODES};
use crate::interaction::{Mismatch, Part, RuleSummary};
use crate::report::{Palette, interaction};
use crate::source::{Code, Explanation};
use crate::verification::{Finished, ShownMismatch};

/// An example of a mismatch with this code, and the status of the response that it is in.
fn example(code: Code) -> Option<(ShownMismatch, u16)> {
    let shown = match code {
        mismatch::STATUS => return Some((in_part(code, Part::Status, "", "200", "500"), 500)),
        mismatch::HEADER_MISSING => in_part(code, Part::Header, "etag", "a value, like \"33a64df5\"", "nothing"),
        mismatch::HEADER_VALUE => in_part(code, Part::Header, "content-type", "application/json", "text/html")
            .asked_at(11, 18, "      headers: { content-type: application/json }"),
        mismatch::MISSING => body(code, "items[0].sku", "a string, like \"TEA-1\"", "nothing"),
        mismatch::UNEXPECTED => body(code, "items[0].debug", "no such key", "true, a boolean"),
        mismatch::TYPE => quantity(),
        mismatch::VALUE => body(code, "currency", "\"EUR\" exactly", "\"USD\", a string"),
        mismatch::FORMAT => {
            body(code, "id", "a uuid, like \"6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11\"", "\"42\", a string")
        }
        mismatch::PATTERN => body(code, "status", "a string that matches /paid|open/", "\"unpaid\", a string")
            .hint("a pattern must match the whole value, and `paid` is only a part of it"),
        mismatch::ONE_OF => body(code, "status", "\"paid\" or \"open\"", "\"refunded\", a string"),
        mismatch::SIZE => body(code, "items", "2 to 5 elements", "1 element"),
        mismatch::EMPTY => body(code, "items", "at least one element", "an empty array"),
        mismatch::CONTAINS => {
            body(code, "items", "an element like {\"sku\": \"TEA-1\"}", "3 elements, none of them like it")
        }
        mismatch::SCHEMA => {
            body(code, "items[0]", "what `order-item.json` allows", "{\"qty\": -1}: -1 is less than the minimum of 0")
        }
        mismatch::BODY_KIND => body(code, "$", "JSON", "<!doctype html><title>Bad gateway</title>…"),
        mismatch::TOO_DEEP => body(code, "a.a.a.a", "at most 100 levels", "more"),
        mismatch::TOO_MUCH => body(code, "$", "a body that can be compared in 20 million steps", "one that takes more"),
        mismatch::UNUSABLE => body(
            code,
            "status",
            "a match for a rule that can't be used: Pact has no matcher `typ`; did you mean `type`?",
            "\"paid\", a string",
        ),
        mismatch::METHOD => in_part(code, Part::Method, "", "GET", "POST"),
        mismatch::PATH => in_part(code, Part::Path, "", "/orders/42", "/order/42"),
        mismatch::QUERY_MISSING => in_part(code, Part::Query, "limit", "2", "nothing"),
        mismatch::QUERY_VALUE => in_part(code, Part::Query, "limit", "2", "20"),
        mismatch::QUERY_UNEXPECTED => in_part(code, Part::Query, "debug", "no such parameter", "true"),
        _ => return None,
    };
    Some((shown, 200))
}

fn of(code: Code) -> Finished {
    let (shown, status) = example(code).unwrap_or_else(|| panic!("{code} has no example: write one"));
    Finished { status: Some(status), given: Vec::new(), ..broken("get an order", vec![shown]) }
}

#[test]
fn every_kind_of_mismatch_says_what_to_do_next() {
    let mut page = String::new();
    for Explanation { code, means, .. } in CODES {
        let _ = writeln!(page, "{code} {means}\n{}", interaction(&of(*code), &Palette::default()));
    }
    insta::assert_snapshot!(page);
}

#[test]
fn every_kind_of_mismatch_names_the_provider_or_the_consumer_in_its_help() {
    for Explanation { code, .. } in CODES {
        let text = interaction(&of(*code), &Palette::default());
        let help = text.split("help: ").last().unwrap_or_default();
        let named = help.contains("orders") || help.contains("storefront");
        assert!(text.contains("help: ") && (named || *code == mismatch::PATTERN), "{text}");
    }
}

#[test]
fn the_status_decides_who_must_look_where() {
    let with = |status: u16, given: &[&str]| Finished {
        status: Some(status),
        given: given.iter().map(|&state| state.to_owned()).collect(),
        ..broken("get an order", vec![in_part(mismatch::STATUS, Part::Status, "", "200", &status.to_string())])
    };
    let mut page = String::new();
    for finished in [with(401, &[]), with(404, &[]), with(404, &["an order exists"]), with(302, &[]), with(503, &[])] {
        page.push_str(&interaction(&finished, &Palette::default()));
        page.push('\n');
    }
    insta::assert_snapshot!(page);
}

#[test]
fn consequences_of_a_failed_request_are_shown_and_not_explained() {
    let mismatches = vec![
        in_part(mismatch::STATUS, Part::Status, "", "200", "502"),
        in_part(mismatch::HEADER_VALUE, Part::Header, "content-type", "application/json", "text/html"),
        body(mismatch::BODY_KIND, "$", "JSON", "text that begins with `<!doctype html>`"),
    ];
    let finished = Finished { status: Some(502), ..broken("get an order", mismatches) };
    insta::assert_snapshot!(interaction(&finished, &Palette::default()));
}

#[test]
fn null_in_place_of_a_value_has_its_own_advice() {
    let null = of_type("note", RuleSummary::String, &json!("ring twice"), &Value::Null);
    let Mismatch { code, .. } = null.mismatch;
    assert_eq!(code, mismatch::TYPE);
    let text = interaction(&broken("get an order", vec![null]), &Palette::default());
    assert!(
        text.contains("help: orders sends null here. If storefront can handle that, add `or null` to the contract"),
        "{text}"
    );
}
