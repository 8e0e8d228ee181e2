//! Compares messages with interactions, and checks tables of messages that uphold or break them.

use upheld::formats::{Interaction, match_request, match_response};
use upheld::interaction::{ActualRequest, ActualResponse, Mismatch};
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
    match_request(&it, &actual, &Pointer::root().key("request"))
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
