//! From the samples of one interaction to the interaction, with all that there is to say about it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::Value;

use super::group::{Group, Shape, accepted};
use super::guard::REDACTED;
use super::infer::{self, Inferred};
use super::looks;
use super::remark::{Remark, What};
use super::sample::{Read, Sample};
use super::target;
use crate::contract::template::escape;
use crate::contract::{
    Body, Headers, Interaction, JsonType, Matcher, Path, Pattern, Request, Response, Rule, Rules, Status, Written,
};
use crate::source::Pointer;
use crate::words::and_list;

/// The headers of an answer that a contract asks for. All others (dates, servers, request ids, cookies, caches) are of
/// no use to a consumer or none of a contract's business.
const ANSWER_HEADERS: [&str; 5] = ["content-type", "location", "retry-after", "link", "www-authenticate"];

/// What drafting needs to know of the whole recording.
#[derive(Debug, Default)]
pub(super) struct Context {
    /// Headers to keep beside those that always are, in small letters.
    pub keep_headers: Vec<String>,
    /// Identifiers that the provider made up when something was created, and the request that created it.
    pub created: HashMap<String, String>,
}

/// An interaction that was recorded.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub shape: Shape,
    pub interaction: Interaction,
    pub samples: usize,
    pub remarks: Vec<Remark>,
}

impl Context {
    /// Looks through a recording, in its order, for what was created in it.
    pub(super) fn new(samples: &[Sample<'_>], keep_headers: &[String]) -> Self {
        let mut created = HashMap::new();
        let is_creation = |sample: &&Sample<'_>| {
            sample.exchange.request.method == "POST" && (200..400).contains(&sample.exchange.response.status)
        };
        for sample in samples.iter().filter(is_creation) {
            let line = format!("POST {}", sample.exchange.request.path);
            sample.each_identifier(&mut |text| {
                created.entry(text.to_owned()).or_insert_with(|| line.clone());
            });
        }
        Self { keep_headers: keep_headers.iter().map(|name| name.to_ascii_lowercase()).collect(), created }
    }
}

/// Drafts the interaction of a group; what can't be written is said instead.
pub(super) fn draft(group: &Group<'_, '_>, name: String, context: &Context) -> Result<Draft, String> {
    let mut remarks = Vec::new();
    let request = request(group, context, &mut remarks)?;
    let sent: Vec<&str> = request.headers.keys().map(String::as_str).collect();
    let response = response(group, &sent, context, &mut remarks);
    let interaction =
        Interaction { name, description: None, given: Vec::new(), request, response, pending: false, skipped: None };
    let draft = Draft { shape: group.shape.clone(), interaction, samples: group.samples.len(), remarks };
    draft.checked(&group.samples)
}

impl Draft {
    /// The draft, if each of its samples upholds it: a contract that its own recording breaks is worth nothing.
    fn checked(mut self, samples: &[&Sample<'_>]) -> Result<Self, String> {
        let filled = self.interaction.filled(&self.interaction.params());
        for sample in samples {
            let root = Pointer::root();
            let request = crate::matching::match_request(&filled.request, &sample.exchange.request, &root);
            if let Some(mismatch) = request.first() {
                return Err(format!(
                    "its {} can't be written so that it is allowed: {}",
                    mismatch.place(),
                    mismatch.message()
                ));
            }
            let response = crate::matching::match_response(&filled.response, &sample.exchange.response, &root);
            if let Some(mismatch) = response.first() {
                let why = format!("left out: {}", mismatch.message());
                self.remarks.retain(|remark| !remark.place.starts_with("response body"));
                self.remarks.push(Remark::new(format!("response {}", mismatch.place()), What::Warned, why));
                self.interaction.response.body = None;
                self.interaction.response.rules = Rules::default();
                self.interaction.response.headers.clear();
                break;
            }
        }
        Ok(self)
    }
}

fn request(group: &Group<'_, '_>, context: &Context, remarks: &mut Vec<Remark>) -> Result<Request, String> {
    let Some(first) = group.samples.first() else { return Err(String::from("there is no sample")) };
    let actual = &first.exchange.request;
    let mut request = Request {
        method: actual.method.clone(),
        path: escape(&sendable(&actual.path)),
        query: first.query.iter().map(|(name, values)| (name.clone(), escaped(values))).collect(),
        ..Request::default()
    };
    loosen_path(&mut request, group, context, remarks);
    loosen_query(&mut request, group, remarks);
    let kept = context.keep_headers.iter().map(String::as_str);
    for name in ["accept", "content-type"].into_iter().chain(conditions(group.shape.status).iter().copied()).chain(kept)
    {
        let values: Vec<Vec<String>> = group
            .samples
            .iter()
            .map(|sample| if name == "accept" { accepted(sample) } else { sample.sent_header(name) })
            .collect();
        let loose = |values: &[Vec<String>]| {
            let volatile = values.iter().flatten().any(|value| is_volatile(value));
            volatile || values.windows(2).any(|pair| matches!(pair, [a, b] if a != b))
        };
        write_header(&mut request.headers, &mut request.rules, name, &values, |values| {
            if name == "content-type" && values.iter().flatten().all(|value| value.starts_with("multipart/")) {
                return multipart_rule();
            }
            (loose(values) || name.starts_with("if-")).then(|| Rule::of(Matcher::Any))
        });
    }
    let samples: Vec<&Read> = group.samples.iter().map(|sample| &sample.sent).collect();
    request.body = request_body(&samples, &mut request.rules, remarks)?;
    Ok(request)
}

/// Headers of a request without which its answer would have another status (RFC 9110, sections 13 and 14): clients that
/// keep what they got, or get it in parts, send them.
const fn conditions(status: u16) -> &'static [&'static str] {
    match status {
        206 | 416 => &["range", "if-range"],
        304 => &["if-none-match", "if-modified-since"],
        412 => &["if-match", "if-unmodified-since", "if-none-match", "if-modified-since"],
        _ => &[],
    }
}

/// A path without the characters that can't stand in one: clients send them, and servers take them.
fn sendable(path: &str) -> String {
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

fn escaped(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| escape(text)).collect()
}

fn is_volatile(text: &str) -> bool {
    looks::is_volatile(text) || text.contains(REDACTED)
}

fn why_volatile(text: &str) -> String {
    String::from(if text.contains(REDACTED) { "a secret was here" } else { "likely to differ the next time" })
}

fn loosen_path(request: &mut Request, group: &Group<'_, '_>, context: &Context, remarks: &mut Vec<Remark>) {
    let mut loose = BTreeMap::new();
    for index in group.shape.template.parameters() {
        let mut values: Vec<&str> = group.samples.iter().filter_map(|sample| segment(sample, index)).collect();
        values.sort_unstable();
        values.dedup();
        let source = values.iter().find_map(|value| context.created.get(*value));
        let why = match (values.as_slice(), source) {
            ([value], Some(source)) => format!("`{value}` was made up by {source}"),
            ([value], None) if is_volatile(value) => why_volatile(value),
            ([_], None) => continue,
            (several, _) => format!("{} different values", several.len()),
        };
        if let (Some(_), Some(thing)) = (source, group.shape.template.thing(index)) {
            let article = match group.shape.status {
                404 | 410 => "no",
                _ if thing.starts_with(['a', 'e', 'i', 'o', 'u']) => "an",
                _ => "a",
            };
            let value = values.first().copied().unwrap_or_default();
            let state = format!("given: [{{ {article} {thing} exists: {{ id: {value} }} }}]");
            remarks.push(Remark::new("request path", What::Suggested(state), why.clone()));
        }
        loose.insert(index, (values, why));
    }
    let by_values = loose.iter().map(|(index, (values, _))| (*index, values.clone())).collect();
    request.path_rule = target::rule(&request.path, &by_values);
    for (values, why) in loose.into_values() {
        let segment = values.first().copied().unwrap_or_default();
        let rule = target::rule(segment, &BTreeMap::from([(0, values.clone())]));
        let rule = match rule {
            Some(crate::contract::PathRule::Segments(rules)) => rules.into_values().next(),
            Some(crate::contract::PathRule::Whole(rule)) => Some(rule),
            None => None,
        };
        remarks.push(Remark::new(format!("request path {segment}"), What::Written(rule.unwrap_or_default()), why));
    }
}

fn segment<'s>(sample: &'s Sample<'_>, index: usize) -> Option<&'s str> {
    sample.exchange.request.path.split('/').nth(index)
}

fn loosen_query(request: &mut Request, group: &Group<'_, '_>, remarks: &mut Vec<Remark>) {
    for name in &group.shape.query {
        let seen: Vec<&Vec<String>> = group.samples.iter().filter_map(|sample| sample.query.get(name)).collect();
        let same = seen.windows(2).all(|pair| matches!(pair, [a, b] if a == b));
        let volatile = seen.iter().any(|values| values.iter().any(|value| is_volatile(value)));
        if same && !volatile {
            continue;
        }
        let texts = || seen.iter().flat_map(|values| values.iter().map(String::as_str));
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
        let why = if same {
            why_volatile(&texts().collect::<String>())
        } else {
            different(seen.iter().map(|values| values.join(",")))
        };
        let rule = Rule::of(matcher);
        remarks.push(Remark::new(format!("request query {name}"), What::Written(rule.clone()), why));
        request.query_rules.insert(name.clone(), rule);
    }
}

fn different(values: impl Iterator<Item = String>) -> String {
    let mut values: Vec<String> = values.collect();
    values.sort_unstable();
    values.dedup();
    format!("{} different values", values.len())
}

/// Writes a header that all samples have, with the rule that its values need.
fn write_header(
    headers: &mut Headers,
    rules: &mut Rules,
    name: &str,
    values: &[Vec<String>],
    rule: impl Fn(&[Vec<String>]) -> Option<Rule>,
) {
    let Some(first) = values.first().filter(|_| values.iter().all(|values| !values.is_empty())) else { return };
    headers.insert(name.to_owned(), escaped(first));
    if let Some(rule) = rule(values) {
        rules.headers.insert(name.to_owned(), rule);
    }
}

/// The boundary differs from request to request.
fn multipart_rule() -> Option<Rule> {
    Pattern::new("multipart/.+").ok().map(|pattern| Rule::of(Matcher::Regex(pattern)))
}

fn request_body(samples: &[&Read], rules: &mut Rules, remarks: &mut Vec<Remark>) -> Result<Option<Body>, String> {
    let left_out = samples.iter().find_map(|sample| match sample {
        Read::LeftOut(why) => Some(why),
        _ => None,
    });
    if let Some(why) = left_out {
        return Err(format!("what was sent can't be written: {why}"));
    }
    let views: Vec<Value> = samples.iter().filter_map(|sample| sample.view()).collect();
    let mut infer = || {
        let Inferred { example, rules: body, remarks: more } = infer::request(views.iter().collect(), "request body");
        rules.body = body;
        remarks.extend(more);
        example
    };
    Ok(match samples.first() {
        None | Some(Read::Nothing | Read::LeftOut(_)) => None,
        Some(Read::Json(_)) => Some(Body::Json(escape_value(infer()))),
        Some(Read::Form(_)) => match escape_value(infer()) {
            Value::Object(fields) => {
                Some(Body::Form(fields.into_iter().map(|(name, value)| (name, field(value))).collect()))
            }
            _ => None,
        },
        Some(Read::Text(_)) => match infer() {
            Value::String(text) => {
                // Its boundary differs from request to request, and what is in it is not taken apart.
                if text.starts_with("--") && rules.headers.contains_key("content-type") && rules.body.is_empty() {
                    let path = crate::contract::Path::default();
                    let written = crate::contract::Written {
                        key: path.to_string(),
                        thing: Rule::of(Matcher::Type(JsonType::String)),
                    };
                    rules.body.insert(path, written);
                }
                Some(Body::Text(escape(&text)))
            }
            _ => None,
        },
        Some(Read::Bytes(bytes)) => {
            if samples.iter().any(|sample| !matches!(sample, Read::Bytes(other) if other == bytes)) {
                return Err(String::from("what was sent differs and is no text, so that nothing can loosen it"));
            }
            Some(Body::Bytes(Arc::from(bytes.as_slice())))
        }
    })
}

/// The rule that lets any text stand for a text.
fn any_text() -> (Path, Written<Rule>) {
    let path = Path::default();
    let key = path.to_string();
    (path, Written { thing: Rule::of(Matcher::Type(JsonType::String)), key })
}

fn field(value: Value) -> Vec<String> {
    let text = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    match value {
        Value::Array(values) => values.into_iter().map(text).collect(),
        one => vec![text(one)],
    }
}

/// A value whose texts stand for themselves.
fn escape_value(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(escape(&text)),
        Value::Array(items) => Value::Array(items.into_iter().map(escape_value).collect()),
        Value::Object(object) => {
            Value::Object(object.into_iter().map(|(key, item)| (key, escape_value(item))).collect())
        }
        other => other,
    }
}

fn response(group: &Group<'_, '_>, sent: &[&str], context: &Context, remarks: &mut Vec<Remark>) -> Response {
    let mut response = Response {
        status: Status::Code(group.shape.status),
        headers: IndexMap::new(),
        body: None,
        rules: Rules::default(),
    };
    for name in ANSWER_HEADERS.into_iter().chain(context.keep_headers.iter().map(String::as_str)) {
        if name == "content-type" && group.shape.came.1.is_none() {
            continue;
        }
        let mut values: Vec<Vec<String>> = group.samples.iter().map(|sample| sample.came_header(name)).collect();
        if name == "content-type" && group.shape.came.1.as_deref().is_some_and(crate::contract::is_json) {
            // JSON is always UTF-8 (RFC 8259, section 8.1), whatever else is said of it.
            values.iter_mut().flatten().for_each(|value| value.truncate(value.find(';').unwrap_or(value.len())));
        }
        write_header(&mut response.headers, &mut response.rules, name, &values, |values| answer_rule(name, values));
        if let Some(rule) = response.rules.headers.get(name) {
            let place = format!("response header {name}");
            remarks.push(Remark::new(place, What::Written(rule.clone()), "its value differs from time to time"));
        }
    }
    match group.samples.first().map(|sample| &sample.came) {
        Some(Read::Json(_)) => {
            let (views, echoes): (Vec<Option<Value>>, Vec<Vec<String>>) =
                group.samples.iter().map(|sample| sample.came_without_echoes(sent)).unzip();
            let Inferred { example, rules, remarks: more } =
                infer::response(views.iter().flatten().collect(), "response body");
            response.body = Some(Body::Json(escape_value(example)));
            response.rules.body = rules;
            remarks.extend(more);
            let echoes: BTreeSet<String> = echoes.into_iter().flatten().collect();
            if !echoes.is_empty() {
                let say = if echoes.len() == 1 { "says" } else { "say" };
                let why = format!("left out: {} only {say} which headers the request had", and_list(&echoes));
                remarks.push(Remark::new("response body", What::Warned, why));
            }
        }
        Some(Read::Text(text)) => {
            response.body = Some(Body::Text(escape(text)));
            response.rules.body.extend([any_text()]);
            remarks.push(Remark::new(
                "response body",
                What::Written(Rule::of(Matcher::Type(JsonType::String))),
                "any text will do",
            ));
        }
        Some(Read::LeftOut(why)) => {
            remarks.push(Remark::new("response body", What::Warned, format!("left out: {why}")));
        }
        Some(Read::Nothing | Read::Bytes(_) | Read::Form(_)) | None => {}
    }
    response
}

/// The rule for a header of an answer: what it says is asked for only where it stays the same and says something of
/// the answer itself.
fn answer_rule(name: &str, values: &[Vec<String>]) -> Option<Rule> {
    match name {
        "content-type" => {
            let same = values.windows(2).all(|pair| matches!(pair, [a, b] if a == b));
            (!same).then(|| Rule::of(Matcher::Any))
        }
        "location" => target::location_rule(&values.iter().flatten().map(String::as_str).collect::<Vec<_>>()),
        _ => Some(Rule::of(Matcher::Any)),
    }
}
