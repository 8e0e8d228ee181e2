//! Requests and responses of Pact files, filled in by their generators.

use serde_json::{Map, Value};

use super::complete::completed;
use super::generator::Generator;
use super::rules::PactRules;
use super::text::{encoded_path, text_of};
use crate::interaction::{Body, Content, Moment, Request, Response, encode_segment, urlencoded};

/// A request with the values that its generators take from provider states.
#[must_use]
pub fn request_in_states(request: &Request, rules: &PactRules, values: &Map<String, Value>) -> Request {
    let mut filled = request.clone();
    rules.generators.request(&mut filled, &mut |generator, _| generator.from_states(values));
    if let Some(Generator::ProviderState { expression, data_type }) = &rules.generators.path {
        path_in_states(&mut filled, expression, data_type.as_deref(), values);
    }
    filled
}

/// Fills the path. A value is a part of a segment, so whatever has a meaning in a path is percent-encoded. Only if the
/// example has more segments than the expression do the values bring slashes of their own.
fn path_in_states(request: &mut Request, expression: &str, data_type: Option<&str>, values: &Map<String, Value>) {
    let slashes = |text: &str| text.matches('/').count();
    let brings_slashes = slashes(&request.path) > slashes(expression);
    let is_whole = !expression.contains("${")
        || expression.starts_with("${") && expression.find('}') == Some(expression.len() - 1);
    if brings_slashes && is_whole {
        let whole =
            Generator::ProviderState { expression: expression.to_owned(), data_type: data_type.map(str::to_owned) };
        let Some(made) = whole.from_states(values) else { return };
        let made = text_of(&made);
        // As in a path that is written in the file, whatever is behind a question mark is the query.
        let (path, query) = made.split_once('?').map_or((made.as_str(), None), |(path, query)| (path, Some(query)));
        request.path = encoded_path(path);
        if let Some(query) = query.filter(|_| request.query.is_empty()) {
            request.query = urlencoded::read(query);
        }
        return;
    }
    let encode = |value: &Value| {
        let text = text_of(value);
        let segments = text.split('/').map(encode_segment).collect::<Vec<_>>();
        Value::String(if brings_slashes { segments.join("/") } else { segments.join("%2F") })
    };
    let values = values.iter().map(|(name, value)| (name.clone(), encode(value))).collect();
    let generator =
        Generator::ProviderState { expression: expression.to_owned(), data_type: data_type.map(str::to_owned) };
    if let Some(made) = generator.from_states(&values) {
        request.path = encoded_path(&text_of(&made));
    }
}

/// How much memory the values take that a request's generators take from provider states, in bytes.
#[must_use]
pub fn inserted(request: &Request, rules: &PactRules, values: &Map<String, Value>) -> usize {
    let mut total = 0usize;
    if rules.generators.need_states() {
        // One by one, with none of them put in.
        rules.generators.request(&mut request.clone(), &mut |generator, _| {
            total = total.saturating_add(generator.inserted(values));
            None
        });
    }
    total
}

/// The request at a moment, with values that depend on time and chance in place of the example's; `None` if it has no
/// generators, and its example has what its rules ask for.
#[must_use]
pub fn request_at(request: &Request, rules: &PactRules, moment: &Moment) -> Option<Request> {
    let body = completed_body(request.body.as_ref(), rules, moment);
    let mut made = (!rules.generators.is_empty() || body.is_some()).then(|| request.clone())?;
    made.body = body.or(made.body);
    rules.generators.request(&mut made, &mut moment.maker());
    Some(made)
}

/// The response at a moment, with values that depend on time and chance in place of the example's; `None` if it has no
/// generators, and its example has what its rules ask for.
#[must_use]
pub fn response_at(response: &Response, rules: &PactRules, moment: &Moment) -> Option<Response> {
    let body = completed_body(response.body.as_ref(), rules, moment);
    let mut made = (!rules.generators.is_empty() || body.is_some()).then(|| response.clone())?;
    made.body = body.or(made.body);
    rules.generators.response(&mut made, &mut moment.maker());
    Some(made)
}

/// The body with what its own rules ask for; `None` if it has that.
#[must_use]
pub fn completed_body(body: Option<&Body>, rules: &PactRules, moment: &Moment) -> Option<Body> {
    match &body?.content {
        Content::Json(example) => {
            let mut chance = fastrand::Rng::with_seed(moment.seed);
            completed(example, &rules.body, &mut chance).map(Body::json)
        }
        Content::Text(_) | Content::Bytes(_) | Content::Form(_) => None,
    }
}
