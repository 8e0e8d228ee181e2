//! Advice for a broken interaction: what each mismatch means for the consumer or the provider, and what the two can
//! agree on for all of them together.

use crate::interaction::{Actual, ActualBody, Mismatch, ValueKind, mismatch as codes};
use crate::verification::{Finished, Login};

use super::mismatch::MOST;

/// The help for a broken interaction, without the hints that its mismatches have themselves.
pub(super) struct Advice {
    /// The advice for each shown mismatch, if there is any.
    pub beside: Vec<Option<String>>,
    /// The advice at the end.
    pub at_end: Option<String>,
}

/// The advice for one mismatch.
struct Remark {
    text: String,
    /// Whether the provider may be right, so the contract may have to change, and the text says only that the response
    /// is different.
    can_be_agreed: bool,
}

/// The help for a broken interaction. Help that applies to all its mismatches comes once, at the end. If they differ,
/// each mismatch has its own help next to it, unless an earlier one has the same.
pub(super) fn advice(finished: &Finished) -> Advice {
    let remarks: Vec<Option<Remark>> =
        finished.mismatches.iter().take(MOST).map(|shown| remark(&shown.mismatch, finished)).collect();
    // If the status says that the request failed, the other mismatches follow from that.
    let failed = finished.mismatches.iter().position(|shown| shown.mismatch.code == codes::STATUS);
    if let Some(Remark { text, can_be_agreed: false }) = failed.and_then(|index| remarks.get(index)?.as_ref()) {
        return Advice { beside: Vec::new(), at_end: Some(text.clone()) };
    }

    let consumer = &finished.consumer;
    let mut said: Vec<&str> = Vec::new();
    for remark in remarks.iter().flatten() {
        if !said.contains(&remark.text.as_str()) {
            said.push(&remark.text);
        }
    }
    if let [only] = said.as_slice() {
        let can_be_agreed = remarks.iter().flatten().any(|remark| remark.can_be_agreed);
        let at_end = if can_be_agreed {
            format!("{only} If that is intended, {consumer} must agree: change its contract and publish it.")
        } else {
            (*only).to_owned()
        };
        return Advice { beside: Vec::new(), at_end: Some(at_end) };
    }

    let at_end = remarks.iter().flatten().any(|remark| remark.can_be_agreed).then(|| {
        let provider = &finished.provider;
        format!(
            "if {provider} responds like this on purpose, {consumer} must agree: change its contract and publish it."
        )
    });
    let mut said: Vec<String> = Vec::new();
    let mut beside = Vec::with_capacity(remarks.len());
    for remark in remarks {
        let text = remark.filter(|remark| !remark.can_be_agreed && !said.contains(&remark.text)).map(|it| it.text);
        said.extend(text.clone());
        beside.push(text);
    }
    Advice { beside, at_end }
}

fn remark(mismatch: &Mismatch, finished: &Finished) -> Option<Remark> {
    let (consumer, provider) = (&finished.consumer, &finished.provider);
    let agreed = |text: String| Some(Remark { text, can_be_agreed: true });
    let clear = |text: String| Some(Remark { text, can_be_agreed: false });
    // Only for a mismatch that has no hint of its own.
    let unless_hinted = |text: String| if mismatch.hint.is_none() { clear(text) } else { None };
    match mismatch.code {
        codes::STATUS => Some(status(finished)),
        codes::HEADER_MISSING => agreed(format!("{provider} leaves out this header.")),
        codes::HEADER_VALUE => agreed(format!("{provider} sends a different value in this header.")),
        codes::MISSING => clear(format!(
            "{provider} leaves out what {consumer} needs. If {consumer} can do without it, add `optional` to the contract."
        )),
        codes::UNEXPECTED => unless_hinted(format!(
            "the contract of {consumer} allows nothing else here. If additional values do no harm, remove `closed` from it."
        )),
        codes::TYPE if is_null(&mismatch.actual) => {
            clear(format!("{provider} sends null here. If {consumer} can handle that, add `or null` to the contract."))
        }
        codes::TYPE => agreed(format!("{provider} sends {} here.", kind(&mismatch.actual))),
        codes::VALUE => agreed(format!("{provider} sends a different value here.")),
        codes::FORMAT => agreed(format!("{provider} writes this value in a different form.")),
        codes::PATTERN => unless_hinted(format!(
            "a pattern must match the whole value. If {provider} is right, {consumer} must agree: widen the pattern and publish it."
        )),
        codes::ONE_OF => clear(format!(
            "{provider} sends a value that {consumer} doesn't know. Once {consumer} can handle it, add it to the contract."
        )),
        codes::SIZE => agreed(format!("{provider} sends a different number of elements here.")),
        codes::EMPTY => unless_hinted(format!(
            "nothing was verified here: make the state handler of {provider} add something, or write `0+` if {consumer} needs nothing here."
        )),
        codes::CONTAINS => agreed(format!("{provider} sends no element like this in any position.")),
        codes::SCHEMA => agreed(format!("{provider} sends something that the schema doesn't allow.")),
        codes::BODY_KIND if mismatch.actual == Actual::Body(ActualBody::Empty) => {
            agreed(format!("{provider} sends no body."))
        }
        codes::BODY_KIND if begins_like_json(&mismatch.actual) => clear(format!(
            "{provider} sends a body that begins like JSON but isn't valid: check how it is written, and the length that is declared."
        )),
        codes::BODY_KIND => clear(format!(
            "{provider} responds with a different kind of body than the contract's, perhaps an error page."
        )),
        codes::UNUSABLE => clear(format!(
            "the Pact file itself is wrong here, and {provider} can't do anything about it: correct it in {consumer}'s test that writes it."
        )),
        codes::TOO_DEEP => unless_hinted(format!(
            "values nested more deeply aren't compared: require less in the contract of {consumer}."
        )),
        codes::TOO_MUCH => clear(format!(
            "require less of long lists in the contract of {consumer}, or have {provider}'s state handler create fewer elements."
        )),
        codes::METHOD | codes::PATH | codes::QUERY_MISSING | codes::QUERY_VALUE | codes::QUERY_UNEXPECTED => {
            clear(format!("{consumer} sends something that its contract doesn't say: change one or the other."))
        }
        _ => agreed(format!("{provider} doesn't send what {consumer} needs here.")),
    }
}

fn status(finished: &Finished) -> Remark {
    let provider = &finished.provider;
    let clear = |text: String| Remark { text, can_be_agreed: false };
    match finished.status {
        Some(500..) => clear(format!("{provider} failed to handle the request: check its log.")),
        Some(401 | 403) if finished.login == Login::LeftOut => clear(format!(
            "{provider} refuses the request, which has no real secret: write a placeholder such as `${{password}}` in its place, and have a provider state supply it."
        )),
        Some(401 | 403) if finished.login == Login::OfContract => clear(format!(
            "{provider} refuses the contract's own credentials. `--header` replaces them only if the contract has a rule that allows it: remove the header from the contract, or loosen it."
        )),
        Some(401 | 403) => {
            clear(format!("{provider} refuses the request: use `--header` to send the credentials that it requires."))
        }
        Some(404) if finished.given.is_empty() => clear(format!(
            "{provider} has nothing at this address. If that depends on data, name a provider state in the contract."
        )),
        Some(404 | 409 | 410) if !finished.given.is_empty() => {
            clear(format!("{provider} doesn't seem to be in the given provider state: check its state handler."))
        }
        _ => Remark { text: format!("{provider} responds with a different status."), can_be_agreed: true },
    }
}

/// Whether a body that can't be read begins like JSON.
fn begins_like_json(actual: &Actual) -> bool {
    match actual {
        Actual::Body(ActualBody::Unread { beginning }) => beginning.trim_start().starts_with(['{', '[']),
        _ => false,
    }
}

const fn is_null(actual: &Actual) -> bool {
    matches!(actual, Actual::Value { kind: ValueKind::Null, .. })
}

/// The kind of the actual value.
const fn kind(actual: &Actual) -> &'static str {
    match actual {
        Actual::Value { kind: ValueKind::String, .. } | Actual::Texts(_) | Actual::Plain(_) => "text",
        Actual::Value { kind: ValueKind::Array, length: Some(0), .. } => "an empty array",
        Actual::Value { kind, .. } => kind.with_article(),
        _ => "another type",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_kind_of_a_value_is_named() {
        for (value, expected) in [
            (json!("2"), "text"),
            (json!("a, b"), "text"),
            (json!(null), "null"),
            (json!(2.5), "a number"),
            (json!({ "a": 1 }), "an object"),
            (json!([]), "an empty array"),
            (json!([1]), "an array"),
        ] {
            assert_eq!(kind(&Actual::value(&value)), expected, "{value}");
        }
        assert_eq!(kind(&Actual::Body(ActualBody::Any)), "another type");
    }
}
