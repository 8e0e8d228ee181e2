//! What to do next about a broken interaction: for each mismatch what it means for the one side or the other, and
//! for all of them together what the two sides can agree on.

use crate::interaction::{Actual, ActualBody, Mismatch, ValueKind, mismatch as codes};
use crate::verification::Finished;

use super::mismatch::MOST;

/// The help for a broken interaction, without the hints that its mismatches bring along themselves.
pub(super) struct Advice {
    /// For each mismatch that is shown, what is to be said beside it; empty where there is nothing of the kind.
    pub beside: Vec<Option<String>>,
    /// What is to be said at the end.
    pub at_end: Option<String>,
}

/// What is to be said about one mismatch.
struct Remark {
    text: String,
    /// Whether the provider may be right and the contract be changed, and the text says no more than that what
    /// came is something else.
    can_be_agreed: bool,
}

/// The help for a broken interaction. What is true of all its mismatches is said once, at the end; where they
/// differ, what tells the reader something new is said beside each, and a thing is said only once.
pub(super) fn advice(finished: &Finished) -> Advice {
    let remarks: Vec<Option<Remark>> =
        finished.mismatches.iter().take(MOST).map(|shown| remark(&shown.mismatch, finished)).collect();
    // What is wrong besides a status that says that nothing came of the request follows from that.
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
            format!("{only} If that is meant, {consumer} must agree: change its contract and publish it.")
        } else {
            (*only).to_owned()
        };
        return Advice { beside: Vec::new(), at_end: Some(at_end) };
    }

    let at_end = remarks.iter().flatten().any(|remark| remark.can_be_agreed).then(|| {
        let provider = &finished.provider;
        format!("if {provider} means to respond like this, {consumer} must agree: change its contract and publish it.")
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
    // These say all there is to say where the mismatch has no hint of its own.
    let unless_hinted = |text: String| if mismatch.hint.is_none() { clear(text) } else { None };
    match mismatch.code {
        codes::STATUS => Some(status(finished)),
        codes::HEADER_MISSING => agreed(format!("{provider} leaves out this header.")),
        codes::HEADER_VALUE => agreed(format!("{provider} sends another value in this header.")),
        codes::MISSING => clear(format!(
            "{provider} leaves out what {consumer} needs. If {consumer} can do without it, its contract says so: `optional`."
        )),
        codes::UNEXPECTED => unless_hinted(format!(
            "the contract of {consumer} allows nothing else in this place. If more does no harm, take `closed` out of it."
        )),
        codes::TYPE if is_null(&mismatch.actual) => clear(format!(
            "{provider} sends null here. If {consumer} can handle that, its contract says so: `or null`."
        )),
        codes::TYPE => agreed(format!("{provider} sends {} here.", kind(&mismatch.actual))),
        codes::VALUE => agreed(format!("{provider} sends another value here.")),
        codes::FORMAT => agreed(format!("{provider} writes this value in another form.")),
        codes::PATTERN => unless_hinted(format!(
            "a pattern must match the whole value. If {provider} is right, {consumer} must agree: widen the pattern and publish it."
        )),
        codes::ONE_OF => clear(format!(
            "{provider} sends a value that {consumer} does not know. Once {consumer} can handle it, its contract may allow it."
        )),
        codes::SIZE => agreed(format!("{provider} sends another number of elements here.")),
        codes::EMPTY => unless_hinted(format!(
            "nothing was verified here: let the state handler of {provider} put something in, or write `0+` if {consumer} needs nothing there."
        )),
        codes::CONTAINS => agreed(format!("{provider} sends no element like this, in whatever order.")),
        codes::SCHEMA => agreed(format!("{provider} sends what the schema does not allow.")),
        codes::BODY_KIND if mismatch.actual == Actual::Body(ActualBody::Empty) => {
            agreed(format!("{provider} sends no body."))
        }
        codes::BODY_KIND if begins_like_json(&mismatch.actual) => clear(format!(
            "{provider} sends what begins like JSON and is none: look at how it writes it, and at the length that it declares."
        )),
        codes::BODY_KIND => {
            clear(format!("{provider} answers with another kind of body than the contract's, an error page perhaps."))
        }
        codes::UNUSABLE => clear(format!(
            "the Pact file itself is wrong here, and {provider} can't do anything about it: correct it in the test of {consumer} that writes it."
        )),
        codes::TOO_DEEP => unless_hinted(format!(
            "what is nested deeper is not compared: let the contract of {consumer} ask for less."
        )),
        codes::METHOD | codes::PATH | codes::QUERY_MISSING | codes::QUERY_VALUE | codes::QUERY_UNEXPECTED => {
            clear(format!("{consumer} sends something else than its contract says: change the one or the other."))
        }
        _ => agreed(format!("{provider} does not send what {consumer} needs here.")),
    }
}

fn status(finished: &Finished) -> Remark {
    let provider = &finished.provider;
    let clear = |text: String| Remark { text, can_be_agreed: false };
    match finished.status {
        Some(500..) => clear(format!("{provider} failed while it answered: its own log says why.")),
        Some(401 | 403) => {
            clear(format!("{provider} refuses the request: `--header` sends the credentials that it asks for."))
        }
        Some(404) if finished.given.is_empty() => clear(format!(
            "{provider} has nothing there. If it needs data for that, name its provider state in the contract."
        )),
        Some(404 | 409 | 410) => clear(format!(
            "{provider} does not seem to be in the provider state that is given: look at its state handler."
        )),
        _ => Remark { text: format!("{provider} answers with another status."), can_be_agreed: true },
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

/// What kind of value came.
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
