//! From the samples of one interaction to its request.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::Value;

use super::context::Context;
use super::draft_parts::{all_equal, any_bytes, any_text, escape_all, write_header};
use super::group::{Group, accepted_types};
use super::infer::{Inferred, infer_request};
use super::looks;
use super::place::{Place, Side};
use super::remark::{Conclusion, Reason, Remark, Suggestion};
use super::sample::{OPERATION_HEADERS, Sample, SampleBody};
use super::secrets::REDACTED;
use super::target::path_rule;
use super::unwritten::Unwritten;
use crate::contract::{JsonType, Matcher, PathRule, Pattern, RequestRules, Rule, Rules};
use crate::interaction::template::{escape, escape_value};
use crate::interaction::{Body, Part, Request, same_bytes};

/// Drafts the request of a group with its rules.
pub(super) fn draft_request(
    group: &Group<'_, '_>,
    context: &Context,
    remarks: &mut Vec<Remark>,
) -> Result<(Request, RequestRules), Unwritten> {
    // Groups are never empty.
    let Some(first) = group.samples.first() else { return Ok((Request::default(), RequestRules::default())) };
    let actual = &first.exchange.request;
    let mut request = Request {
        method: actual.method.clone(),
        path: escape(&encode_path(&actual.path)),
        query: first.query.iter().map(|(name, values)| (name.clone(), escape_all(values))).collect(),
        ..Request::default()
    };
    let mut rules = RequestRules {
        path: loosen_path(&request, group, context, remarks),
        query: loosen_query(group, remarks),
        message: Rules::default(),
    };
    let kept = context.keep_headers.iter().map(String::as_str);
    let conditions = conditional_headers(group.shape.status).iter().copied();
    for name in ["accept", "content-type"].into_iter().chain(OPERATION_HEADERS).chain(conditions).chain(kept) {
        let values: Vec<Vec<String>> = group
            .samples
            .iter()
            .map(|sample| if name == "accept" { accepted_types(sample) } else { sample.request_header(name) })
            .collect();
        write_header(&mut request.headers, &mut rules.message, name, &values, |values| header_rule(name, values));
    }
    let samples: Vec<&SampleBody> = group.samples.iter().map(|sample| &sample.request_body).collect();
    request.body = draft_body(&samples, &mut rules.message, remarks)?;
    Ok((request, rules))
}

/// Headers of a request without which its response would have another status (RFC 9110, sections 13 and 14). Clients
/// that cache responses or fetch them in parts send them.
const fn conditional_headers(status: u16) -> &'static [&'static str] {
    match status {
        206 | 416 => &["range", "if-range"],
        304 => &["if-none-match", "if-modified-since"],
        412 => &["if-match", "if-unmodified-since", "if-none-match", "if-modified-since"],
        _ => &[],
    }
}

/// A path without characters that aren't allowed in one. Some clients send them, and servers accept them.
fn encode_path(path: &str) -> String {
    const KEPT: &percent_encoding::AsciiSet = &percent_encoding::CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b'<')
        .add(b'>')
        .add(b'\\')
        .add(b'^')
        .add(b'`')
        .add(b'{')
        .add(b'}')
        .add(b'#');
    percent_encoding::utf8_percent_encode(path, KEPT).to_string()
}

/// Why a text is likely to change with each request, if it is.
fn volatility(text: &str) -> Option<Reason> {
    if text.contains(REDACTED) {
        return Some(Reason::Secret);
    }
    looks::is_volatile(text).then_some(Reason::Volatile)
}

fn header_rule(name: &str, values: &[Vec<String>]) -> Option<Rule> {
    if name == "content-type" && values.iter().flatten().all(|value| value.starts_with("multipart/")) {
        // The boundary differs from request to request.
        return Pattern::new("multipart/.+").ok().map(|pattern| Rule::of(Matcher::Regex(pattern)));
    }
    let is_volatile = values.iter().flatten().any(|value| volatility(value).is_some());
    (is_volatile || !all_equal(values) || name.starts_with("if-")).then(|| Rule::of(Matcher::Any))
}

fn loosen_path(
    request: &Request,
    group: &Group<'_, '_>,
    context: &Context,
    remarks: &mut Vec<Remark>,
) -> Option<PathRule> {
    let mut loose = BTreeMap::new();
    for index in group.shape.template.parameters() {
        let values: BTreeSet<&str> = group.samples.iter().filter_map(|sample| segment(sample, index)).collect();
        let values: Vec<&str> = values.into_iter().collect();
        let creation = values.iter().find_map(|value| context.created.get(*value));
        let reason = match (values.as_slice(), creation) {
            ([id], Some(request)) => Reason::CreatedBy { id: (*id).to_owned(), request: request.clone() },
            ([value], None) => match volatility(value) {
                Some(reason) => reason,
                None => continue,
            },
            (several, _) => Reason::DifferentValues(several.len()),
        };
        if let (Some(_), Some(resource)) = (creation, group.shape.template.resource(index)) {
            let id = values.first().copied().unwrap_or_default().to_owned();
            let suggestion = match group.shape.status {
                404 | 410 => Suggestion::Missing { resource, id },
                _ => Suggestion::Exists { resource, id },
            };
            let place = Place::of_part(Side::Request, Part::Path);
            remarks.push(Remark::new(place, Conclusion::Suggested(suggestion), reason.clone()));
        }
        loose.insert(index, (values, reason));
    }
    let by_values = loose.iter().map(|(index, (values, _))| (*index, values.clone())).collect();
    let rule = path_rule(&request.path, &by_values);
    for (values, reason) in loose.into_values() {
        let segment = values.first().copied().unwrap_or_default();
        let rule = match path_rule(segment, &BTreeMap::from([(0, values.clone())])) {
            Some(PathRule::Segments(rules)) => rules.into_values().next(),
            Some(PathRule::Whole(rule)) => Some(rule),
            None => None,
        };
        let place = Place::new(Side::Request, Part::Path, segment);
        remarks.push(Remark::new(place, Conclusion::Written(rule.unwrap_or_default()), reason));
    }
    rule
}

fn segment<'s>(sample: &'s Sample<'_>, index: usize) -> Option<&'s str> {
    sample.exchange.request.path.split('/').nth(index)
}

fn loosen_query(group: &Group<'_, '_>, remarks: &mut Vec<Remark>) -> IndexMap<String, Rule> {
    let mut rules = IndexMap::new();
    for name in &group.shape.query {
        let seen: Vec<&Vec<String>> = group.samples.iter().filter_map(|sample| sample.query.get(name)).collect();
        let texts = || seen.iter().flat_map(|values| values.iter().map(String::as_str));
        let reason = if all_equal(&seen) {
            let reasons: Vec<Reason> = texts().filter_map(volatility).collect();
            let secret = reasons.iter().find(|reason| **reason == Reason::Secret);
            match secret.or(reasons.first()) {
                Some(reason) => reason.clone(),
                None => continue,
            }
        } else {
            Reason::DifferentValues(seen.iter().map(|values| values.join(",")).collect::<BTreeSet<String>>().len())
        };
        let same_number = seen.windows(2).all(|pair| matches!(pair, [a, b] if a.len() == b.len()));
        let is_integer = |text: &str| text.parse::<i64>().is_ok_and(|number| number.to_string() == text);
        let matcher = if !same_number {
            Matcher::Any
        } else if texts().all(is_integer) {
            Matcher::Type(JsonType::Integer)
        } else if let Some(format) = looks::format(&texts().collect::<Vec<_>>()) {
            Matcher::Format(format)
        } else {
            Matcher::Type(JsonType::String)
        };
        let rule = Rule::of(matcher);
        let place = Place::new(Side::Request, Part::Query, name);
        remarks.push(Remark::new(place, Conclusion::Written(rule.clone()), reason));
        rules.insert(name.clone(), rule);
    }
    rules
}

fn draft_body(
    samples: &[&SampleBody],
    rules: &mut Rules,
    remarks: &mut Vec<Remark>,
) -> Result<Option<Body>, Unwritten> {
    for sample in samples {
        if let SampleBody::Unwritable(problem) = sample {
            return Err(Unwritten::Body(problem.clone()));
        }
    }
    let views: Vec<Value> = samples.iter().filter_map(|sample| sample.view()).collect();
    let mut infer = || {
        let Inferred { example, rules: body, remarks: more } = infer_request(views.iter().collect());
        rules.body = body;
        remarks.extend(more);
        example
    };
    Ok(match samples.first() {
        None | Some(SampleBody::Empty | SampleBody::Unwritable(_)) => None,
        Some(SampleBody::Json(_)) => Some(Body::json(escape_value(&infer()))),
        Some(SampleBody::Form(_)) => match escape_value(&infer()) {
            Value::Object(fields) => {
                Some(Body::form(fields.into_iter().map(|(name, value)| (name, field_values(value))).collect()))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => None,
        },
        Some(SampleBody::Text(_)) => match infer() {
            Value::String(text) => {
                // A multipart body: its boundary differs from request to request, and its parts aren't looked into.
                if text.starts_with("--") && rules.headers.contains_key("content-type") && rules.body.is_empty() {
                    rules.body.extend([any_text()]);
                }
                Some(Body::text(escape(&text)))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
        },
        Some(SampleBody::Bytes(bytes)) => {
            // Its boundary differs from request to request, and its secrets were replaced.
            let is_multipart = bytes.starts_with(b"--") && rules.headers.contains_key("content-type");
            let is_same = |sample: &&SampleBody| matches!(sample, SampleBody::Bytes(other) if same_bytes(other, bytes));
            if !is_multipart && !samples.iter().all(is_same) {
                return Err(Unwritten::DifferingBytes);
            }
            if is_multipart {
                rules.body.extend([any_bytes()]);
            }
            Some(Body::bytes(bytes.as_slice()))
        }
    })
}

/// The values of a field of a form.
fn field_values(value: Value) -> Vec<String> {
    let text = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    match value {
        Value::Array(values) => values.into_iter().map(text).collect(),
        one => vec![text(one)],
    }
}
