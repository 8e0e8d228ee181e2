//! From the samples of one interaction to its response.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::Value;

use super::context::Context;
use super::draft_parts::{all_equal, any_text, write_header};
use super::group::Group;
use super::infer::{Inferred, infer_response};
use super::place::{Place, Side};
use super::remark::{Conclusion, Reason, Remark};
use super::sample::{Sample, SampleBody};
use super::target::location_rule;
use crate::contract::{JsonType, Matcher, Rule, Rules};
use crate::interaction::template::{escape, escape_value};
use crate::interaction::{Body, Part, Response, Status, is_json};

/// The headers of a response that a contract requires. The others (dates, servers, request ids, cookies, caches) are of
/// no use to a consumer or none of a contract's business.
const RESPONSE_HEADERS: [&str; 5] = ["content-type", "location", "retry-after", "link", "www-authenticate"];

/// Drafts the response of a group with its rules. `sent` are the headers that the contract sends.
pub(super) fn draft_response(
    group: &Group<'_, '_>,
    sent: &[&str],
    context: &Context,
    remarks: &mut Vec<Remark>,
) -> (Response, Rules) {
    let mut response = Response { status: Status::Code(group.shape.status), headers: IndexMap::new(), body: None };
    let mut rules = Rules::default();
    draft_headers(group, context, &mut response, &mut rules, remarks);
    let place = || Place::of_part(Side::Response, Part::Body);
    match group.samples.first().map(|sample| &sample.response_body) {
        Some(SampleBody::Json(_)) => draft_json(&group.samples, sent, &mut response, &mut rules, remarks),
        Some(SampleBody::Text(text)) => {
            response.body = Some(Body::text(escape(text)));
            rules.body.extend([any_text()]);
            let rule = Rule::of(Matcher::Type(JsonType::String));
            remarks.push(Remark::new(place(), Conclusion::Written(rule), Reason::AnyText));
        }
        Some(SampleBody::Unwritable(problem)) => {
            remarks.push(Remark::new(place(), Conclusion::Warning, Reason::Unwritable(problem.clone())));
        }
        Some(SampleBody::Empty | SampleBody::Bytes(_) | SampleBody::Form(_)) | None => {}
    }
    (response, rules)
}

fn draft_headers(
    group: &Group<'_, '_>,
    context: &Context,
    response: &mut Response,
    rules: &mut Rules,
    remarks: &mut Vec<Remark>,
) {
    let media_type = group.shape.response_body.1.as_deref();
    for name in RESPONSE_HEADERS.into_iter().chain(context.keep_headers.iter().map(String::as_str)) {
        if name == "content-type" && media_type.is_none() {
            continue;
        }
        let mut values: Vec<Vec<String>> = group.samples.iter().map(|sample| sample.response_header(name)).collect();
        if name == "content-type" && media_type.is_some_and(is_json) {
            // JSON is always UTF-8 (RFC 8259, section 8.1), whatever the header adds.
            values.iter_mut().flatten().for_each(|value| value.truncate(value.find(';').unwrap_or(value.len())));
        }
        write_header(&mut response.headers, rules, name, &values, |values| header_rule(name, values));
        if let Some(rule) = rules.headers.get(name) {
            let place = Place::new(Side::Response, Part::Header, name);
            remarks.push(Remark::new(place, Conclusion::Written(rule.clone()), Reason::HeaderVaries));
        }
    }
}

/// The rule for a header of a response. A contract requires a value only if it is always the same and is about the
/// response itself.
fn header_rule(name: &str, values: &[Vec<String>]) -> Option<Rule> {
    match name {
        "content-type" => (!all_equal(values)).then(|| Rule::of(Matcher::Any)),
        "location" => location_rule(&values.iter().flatten().map(String::as_str).collect::<Vec<_>>()),
        _ => Some(Rule::of(Matcher::Any)),
    }
}

fn draft_json(
    samples: &[&Sample<'_>],
    sent: &[&str],
    response: &mut Response,
    rules: &mut Rules,
    remarks: &mut Vec<Remark>,
) {
    let (views, echoes): (Vec<Option<Value>>, Vec<Vec<String>>) =
        samples.iter().map(|sample| sample.response_without_echoes(sent)).unzip();
    let Inferred { example, rules: body, remarks: more } = infer_response(views.iter().flatten().collect());
    response.body = Some(Body::json(escape_value(&example)));
    rules.body = body;
    remarks.extend(more);
    let echoes: BTreeSet<String> = echoes.into_iter().flatten().collect();
    if !echoes.is_empty() {
        let place = Place::of_part(Side::Response, Part::Body);
        remarks.push(Remark::new(place, Conclusion::Warning, Reason::Echoes(echoes.into_iter().collect())));
    }
}
