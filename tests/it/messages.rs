//! Compares messages with interactions, and checks tables of messages that uphold or break them.

use upheld::formats::{Interaction, Terms, match_request, match_response};
use upheld::interaction::{ActualRequest, ActualResponse, Http, Mismatch, urlencoded};
use upheld::matching::rules_out;
use upheld::source::Pointer;

use crate::reading::{filled, interaction};

/// A sentence; the example and its rules, as the lines of a message; messages that uphold it; and messages that break it,
/// with the code and the place of each mismatch.
pub type Row = (&'static str, &'static str, &'static [&'static str], &'static [(&'static str, &'static str)]);

/// Mismatches as `M203 body a.b, M202 header x`.
pub fn summary(found: &[Mismatch]) -> String {
    found.iter().map(|one| format!("{} {}", one.code, one.place())).collect::<Vec<_>>().join(", ")
}

pub fn response(it: &Interaction, status: u16, headers: &[(&str, &str)], body: &[u8]) -> Vec<Mismatch> {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let actual = ActualResponse { status, headers, body: body.to_vec() };
    match_response(&filled(it), &actual, &Pointer::root().key("response"))
}

pub fn with_response(lines: &str) -> Interaction {
    interaction("method: GET\npath: /", &format!("status: 200\n{lines}"))
}

pub fn with_request(lines: &str) -> Interaction {
    interaction(&format!("method: POST\npath: /\n{lines}"), "status: 200")
}

/// The example's request, after `change`.
pub fn request(it: &Interaction, change: impl FnOnce(&mut ActualRequest)) -> Vec<Mismatch> {
    let it = filled(it);
    let mut actual = it.consumer_request();
    change(&mut actual);
    let found = match_request(&it, &actual, &Pointer::root().key("request"));
    assert!(!(found.is_empty() && is_ruled_out(&it, &actual)), "a glance rules out what matches: {actual:?}");
    found
}

fn is_ruled_out(it: &Http<Terms>, actual: &ActualRequest) -> bool {
    let Terms::Own(terms) = &it.terms else { return false };
    let query = urlencoded::read(actual.query.as_deref().unwrap_or_default());
    rules_out(&it.request, &terms.request, &actual.method, &actual.path, &query)
}

#[test]
fn a_glance_rules_out_other_methods_paths_and_parameters() {
    for (asked, method, path, query, expected) in [
        ("GET /orders", "GET", "/orders", "", false),
        ("GET /orders", "PUT", "/orders", "", true),
        ("GET /orders", "GET", "/order", "", true),
        ("GET /orders", "GET", "/orders/", "", true),
        ("GET /orders", "GET", "/orders", "page=1", true),
        ("GET /orders?page=1", "GET", "/orders", "", true),
        // The values are compared later.
        ("GET /orders?page=1", "GET", "/orders", "page=2", false),
        ("GET /a%20b", "GET", "/a+b", "", false),
    ] {
        let line = format!("method: {}\npath: {}", &asked[..3], asked[4..].split('?').next().unwrap());
        let parameters = asked.split_once('?').map(|(_, pair)| format!("\nquery: {{ {} }}", pair.replace('=', ": ")));
        let it = filled(&interaction(&(line + &parameters.unwrap_or_default()), "status: 200"));
        let query = Some(query.to_owned()).filter(|query| !query.is_empty());
        let actual = ActualRequest { method: method.into(), path: path.into(), query, ..it.consumer_request() };
        assert_eq!(is_ruled_out(&it, &actual), expected, "{asked}: {actual:?}");
    }
    let by_segment = "method: GET\npath: /orders/1\nmatch-path: { '1': '/[0-9]+/' }";
    for (path, expected) in [("/orders/2", false), ("/orders/x", false), ("/carts/1", true), ("/orders/1/2", true)] {
        let it = filled(&interaction(by_segment, "status: 200"));
        let actual = ActualRequest { path: path.into(), ..it.consumer_request() };
        assert_eq!(is_ruled_out(&it, &actual), expected, "{path}");
    }
}

pub fn check_rows(rows: &[Row], matched: impl Fn(&str, &str) -> Vec<Mismatch>) {
    for (sentence, asked, upheld, broken) in rows {
        for actual in *upheld {
            let found = matched(asked, actual);
            assert!(found.is_empty(), "{sentence}: {actual} breaks\n{asked}\n{found:#?}");
        }
        for (actual, expected) in *broken {
            let found = matched(asked, actual);
            assert_eq!(summary(&found), *expected, "{sentence}: {actual} against\n{asked}\n{found:#?}");
        }
    }
}
