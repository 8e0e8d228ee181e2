//! The codes that users look up: each says one thing, and says it wherever it appears.

use std::collections::BTreeMap;

use upheld::{
    contract, files, gate, http, interaction, ledger, pact, process, recording, registry, source, verification,
};

#[test]
fn no_two_meanings_share_a_code() {
    let lists = [
        source::codes::CODES,
        contract::codes::CODES,
        pact::codes::CODES,
        interaction::mismatch::CODES,
        http::codes::CODES,
        process::codes::CODES,
        recording::HAR_CODES,
        ledger::codes::CODES,
        verification::CODES,
        files::CODES,
        registry::CODES,
    ];
    let of_gate = gate::CODES.iter().filter_map(|(code, _)| gate::explain(code)).map(|one| (one.code, one.means));
    let mut meanings = BTreeMap::new();
    for (code, meaning) in lists.into_iter().flatten().map(|(code, meaning)| (code.0, *meaning)).chain(of_gate) {
        assert!(meaning.trim().ends_with('.'), "{code} has no meaning: {meaning}");
        let earlier = meanings.insert(code, meaning);
        assert!(earlier.is_none(), "{code} means both {earlier:?} and {meaning}");
    }
}
