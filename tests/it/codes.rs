//! The codes that users look up: each has one meaning.

use std::collections::BTreeMap;

use upheld::{
    comparing, contract, files, gate, http, interaction, ledger, openapi, pact, process, recording, registry, source,
    verification,
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
        openapi::codes::CODES,
        comparing::codes::CODES,
    ];
    let of_rows = gate::GateCode::ALL.iter().map(|code| code.explanation());
    let of_notices = gate::NoticeCode::ALL.iter().map(|code| code.explanation());
    let mut meanings = BTreeMap::new();
    for one in lists.into_iter().flatten().copied().chain(of_rows).chain(of_notices) {
        let earlier = meanings.insert(one.code, one.means);
        assert!(earlier.is_none(), "{} means both {earlier:?} and {}", one.code, one.means);
    }
}
