//! The codes that users look up: each says one thing, and says it wherever it appears.

use std::collections::BTreeMap;

use upheld::{http, matching, process, recording, verification};

#[test]
fn no_two_meanings_share_a_code() {
    let of_the_runner = [
        (verification::INTERRUPTED, "The run was ended before the interaction's turn."),
        (verification::NO_STATE_HANDLER, "Nothing is there to bring a provider state about."),
    ];
    let lists =
        [matching::mismatch::CODES, http::codes::CODES, process::codes::CODES, recording::HAR_CODES, &of_the_runner];
    let mut meanings = BTreeMap::new();
    for (code, meaning) in lists.into_iter().flatten() {
        assert!(meaning.trim().ends_with('.'), "{code} has no meaning: {meaning}");
        let earlier = meanings.insert(code, meaning);
        assert!(earlier.is_none(), "{code} means both {earlier:?} and {meaning}");
    }
}
