//! No conversion changes a result silently: in every case of the specification, and every case that was tried with Pact's
//! verifier or mock server, the imported contract gives the same result, or there is a remark on the difference; and so it
//! is with the Pact file that is exported from that contract.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};
use upheld::contract::write;
use upheld::conversion::export::{Version, export};
use upheld::conversion::{self, Remark, Side};
use upheld::formats::{Contract, Interaction, match_request, match_response};
use upheld::interaction::{ActualRequest, ActualResponse, Part};
use upheld::source::Pointer;

use crate::pact_convert_properties::{imported, read_own};
use crate::pact_peer::bytes;
use crate::pact_spec::{body, cases as spec_cases, headers, pact_file, query, try_contract};
use crate::reading::{either, filled};

/// One case: the expectations of a Pact file for a message, and an actual message.
struct Case {
    name: String,
    version: String,
    kind: &'static str,
    expected: Value,
    came: Came,
    /// Whether it matches, according to Pact.
    fits: bool,
}

impl Case {
    /// The Pact file that the case is about, if it can be read.
    fn pact(&self) -> Option<Contract> {
        let mut interaction = json!({"description": "a case"});
        interaction[self.kind] = self.expected.clone();
        try_contract(&pact_file(&self.version, &interaction)).ok()
    }
}

enum Came {
    Request(ActualRequest),
    Response(ActualResponse),
}

impl Came {
    fn of(kind: &str, actual: &Value, query: Option<String>, body: Vec<u8>) -> Self {
        let text = |key: &str, default: &str| actual[key].as_str().unwrap_or(default).to_owned();
        let headers = headers(actual);
        if kind == "request" {
            let (method, path) = (text("method", "GET"), text("path", "/"));
            return Self::Request(ActualRequest { method, path, query, headers, body });
        }
        let status = actual["status"].as_u64().map_or(200, |status| u16::try_from(status).unwrap());
        Self::Response(ActualResponse { status, headers, body })
    }

    /// The parts of it that don't match an interaction.
    fn mismatches(&self, interaction: &Interaction) -> HashSet<Part> {
        let filled = filled(interaction);
        let found = match self {
            Self::Request(came) => match_request(&filled, came, &Pointer::root()),
            Self::Response(came) => match_response(&filled, came, &Pointer::root()),
        };
        found.into_iter().map(|mismatch| mismatch.part).collect()
    }
}

/// The cases that were recorded from Pact, and those of the specification if they are on this machine.
fn cases() -> Vec<Case> {
    let recorded = [("request", include_str!("pact/requests.json")), ("response", include_str!("pact/responses.json"))];
    let mut all = Vec::new();
    for (kind, text) in recorded {
        let cases: Vec<Value> = serde_json::from_str(text).unwrap();
        all.extend(cases.into_iter().map(|case| {
            let actual = &case["actual"];
            let query = actual["query"].as_str().map(str::to_owned);
            Case {
                name: format!("{kind} {}", case["name"].as_str().unwrap()),
                version: case["version"].as_str().unwrap().to_owned(),
                kind,
                expected: case["expected"].clone(),
                came: Came::of(kind, actual, query, bytes(actual)),
                fits: case["match"].as_bool().unwrap(),
            }
        }));
        all.extend(spec_cases(kind).into_iter().flatten().map(|case| Case {
            name: case.name,
            version: case.version.to_owned(),
            kind,
            came: Came::of(kind, &case.actual, query(&case.actual), body(&case.actual, case.version)),
            expected: case.expected,
            fits: case.matches,
        }));
    }
    all
}

/// Cases in which a contract differs without a remark, by a part of their names, each with the reason: every file has
/// them, and nobody who reads the contract would expect anything else.
const IMPORTED_OTHERWISE: &[(&str, &str)] = &[
    ("request header/Accept ", ACCEPT),
    ("request header/list header: Accept-Encoding order", ACCEPT),
    (
        "response header/Content-Type application/json against APPLICATION/JSON",
        "a media type has no case (RFC 9110, 8.3.1)",
    ),
    ("response header/array: one value, two lines", LINE),
    ("request header/regex [a-z]+ on repeated lines", LINE),
    ("response header/regex [a-z]+ on repeated lines", LINE),
    ("response header/date without the space", "it isn't a date (RFC 9110, 5.6.7)"),
    ("/request/headers/header value is different case", "the elements of this header have no case (RFC 9110, 12.5.1)"),
    (
        "/request/headers/order of comma separated header values different",
        "the order of this header's elements has no meaning",
    ),
    ("/request/method/method is different case", "methods have a case (RFC 9110, 9.1)"),
    ("/request/path/forward slash found when empty path expected", "a slash is sent for an empty path"),
    ("request path/ against /", "a slash is sent for an empty path"),
    ("response document/5: 5.0", NUMBERS),
    ("response matcher/equality decimal: 1", NUMBERS),
    ("response matcher/equality integer: 5", NUMBERS),
    ("response matcher/integer: ", NUMBERS),
    (
        "response matcher/semver: \"999999999999999999999.0.0\"",
        "a version may have large numbers (Semantic Versioning 2.0.0)",
    ),
];

const ACCEPT: &str = "whatever else a client accepts harms nobody, and only a mock would check it";
const LINE: &str = "a line that is added on the way harms nobody";
const NUMBERS: &str = "numbers are compared by their values, however they are written";

/// Whether a remark is about the interaction, the whole message, or one of the parts in which the results differ.
fn reported(remarks: &[Remark], kind: &str, parts: &HashSet<&Part>) -> bool {
    remarks.iter().any(|remark| match remark.place.side {
        None => true,
        Some(side) if (side == Side::Request) == (kind == "request") => {
            let place = &remark.place.part;
            *place == conversion::Part::Whole || parts.iter().any(|part| is_in(place, **part))
        }
        Some(_) => false,
    })
}

/// Whether the place of a remark is in a part of the message.
fn is_in(place: &conversion::Part, part: Part) -> bool {
    match place {
        conversion::Part::Whole => true,
        conversion::Part::Path => part == Part::Path,
        conversion::Part::Query | conversion::Part::Parameter(_) => part == Part::Query,
        conversion::Part::Header(_) => part == Part::Header,
        conversion::Part::Status => part == Part::Status,
        conversion::Part::Body | conversion::Part::InBody(_) => {
            !matches!(part, Part::Method | Part::Path | Part::Query | Part::Status | Part::Header)
        }
    }
}

/// Fails if a difference is silent, or if an exception is no longer needed.
fn judge(counts: &HashMap<&str, usize>, silent: &[(String, String)], known: &[(&str, &str)]) {
    let is_known = |(name, _): &&(String, String)| known.iter().any(|(known, _)| name.contains(known));
    let failed: Vec<&str> = silent.iter().filter(|one| !is_known(one)).map(|(_, text)| text.as_str()).collect();
    assert!(failed.is_empty(), "{} of them, {counts:?}\n{}", failed.len(), failed.join("\n"));
    let (same, others) = (counts["the same"], counts.values().sum::<usize>() - counts["the same"]);
    assert!(same > 2000 && others > 100 && others < same / 3, "{counts:?}");
    let stale = known.iter().filter(|(known, _)| !silent.iter().any(|(name, _)| name.contains(known)));
    // The specification's cases aren't on every machine.
    let here = std::env::var_os("UPHELD_PACT_SPEC").is_some_and(|folder| !folder.is_empty());
    let stale: Vec<&str> = stale.map(|(name, _)| *name).filter(|name| here || !name.starts_with('/')).collect();
    assert!(stale.is_empty(), "exceptions that are no longer needed: {stale:?}");
}

#[test]
fn an_imported_contract_agrees_with_its_pact_file_or_has_a_remark() {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let mut silent = Vec::new();
    for case in cases() {
        let Some(pact) = case.pact() else { continue };
        let converted = imported(&pact);
        let contract = either(&converted.contract);
        let Some(own) = contract.interactions.first() else {
            assert!(!converted.remarks.is_empty(), "{}", case.name);
            continue;
        };
        let (of_pact, of_own) = (case.came.mismatches(&pact.interactions[0]), case.came.mismatches(own));
        // `pact_peer` says why a Pact file may be read differently than by Pact.
        let same = of_own.is_empty() == case.fits || of_own.is_empty() == of_pact.is_empty();
        let reported = reported(&converted.remarks, case.kind, &of_pact.symmetric_difference(&of_own).collect());
        let word = match (same, reported) {
            (true, false) => "the same",
            (true, true) => "the same, and reported",
            (false, true) => "reported",
            (false, false) => "silent",
        };
        *counts.entry(word).or_default() += 1;
        if word == "silent" {
            let word = if of_own.is_empty() { "looser" } else { "stricter" };
            let text = format!(
                "{} [{}] is {word}: {}\n{}",
                case.name,
                case.version,
                case.expected,
                write(&converted.contract)
            );
            silent.push((case.name, text));
        }
    }
    judge(&counts, &silent, IMPORTED_OTHERWISE);
}

/// Cases in which an exported Pact file differs without a remark, in the same way.
const EXPORTED_OTHERWISE: &[(&str, &str)] = &[
    ("request header/Accept ", ACCEPT),
    ("request header/list header: Accept-Encoding order", ACCEPT),
    ("/request/headers/header value is different case", ACCEPT),
    ("/request/headers/order of comma separated header values different", ACCEPT),
    ("request body/presence, [], no headers: []", "JSON is sent with its content type anyway"),
    ("request body/v4, content without type: {", "JSON is sent with its content type anyway"),
    ("/request/body/matches", "JSON is sent with its content type anyway"),
    ("response header/Content-Type application/json against APPLICATION/JSON", "nobody writes it like this"),
    ("response header/array: one value, two lines", LINE),
    ("request header/regex [a-z]+ on repeated lines", LINE),
    ("response header/regex [a-z]+ on repeated lines", LINE),
    ("response header/date without the space", "it isn't a date (RFC 9110, 5.6.7)"),
    ("/request/method/method is different case", "methods have a case (RFC 9110, 9.1)"),
    ("request path//a%2Fb against /a/b", "the reader of Pact files here takes both"),
    ("response document/5: 5.0", NUMBERS),
    ("response matcher/equality decimal: 1", NUMBERS),
    ("response matcher/equality integer: 5", NUMBERS),
    ("response matcher/integer: ", NUMBERS),
];

#[test]
fn an_exported_pact_file_is_never_stricter_and_has_a_remark_wherever_it_is_looser() {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let mut silent = Vec::new();
    for case in cases() {
        let Some(pact) = case.pact() else { continue };
        let converted = imported(&pact).contract;
        if converted.interactions.is_empty() {
            continue;
        }
        let own = read_own(&write(&converted));
        let of_own = case.came.mismatches(&either(&own).interactions[0]);
        for version in [Version::V3, Version::V4] {
            let exported = export(&own, version);
            let pact = try_contract(&exported.text).unwrap_or_else(|why| panic!("{why}\n{}", exported.text));
            let of_pact = case.came.mismatches(&pact.interactions[0]);
            let reported = reported(&exported.remarks, case.kind, &of_pact.symmetric_difference(&of_own).collect());
            let word = match (of_pact.is_empty() == of_own.is_empty(), of_own.is_empty(), reported) {
                (true, _, _) => "the same",
                // A request is sent as it is, so only a mock would notice.
                (_, true, true) if case.kind == "request" => "stricter for a mock, and reported",
                (_, true, _) => "stricter",
                (_, _, true) => "looser, and reported",
                (_, _, false) => "looser",
            };
            *counts.entry(word).or_default() += 1;
            if matches!(word, "stricter" | "looser") {
                let text = format!(
                    "{} [{}] in {version:?} is {word}: {} {:?}\n{}",
                    case.name, case.version, case.expected, exported.remarks, exported.text
                );
                silent.push((case.name.clone(), text));
            }
        }
    }
    judge(&counts, &silent, EXPORTED_OTHERWISE);
}
