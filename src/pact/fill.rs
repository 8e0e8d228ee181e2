//! Requests and responses of Pact files, filled in by their generators.

use serde_json::{Map, Value};

use super::rules::PactRules;
use crate::interaction::{Moment, Request, Response};

/// A request with the values that its generators take from provider states.
#[must_use]
pub fn request_in_states(request: &Request, rules: &PactRules, values: &Map<String, Value>) -> Request {
    let mut filled = request.clone();
    rules.generators.request(&mut filled, &mut |generator, _| generator.from_states(values));
    filled
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
/// generators.
#[must_use]
pub fn request_at(request: &Request, rules: &PactRules, moment: &Moment) -> Option<Request> {
    let mut made = (!rules.generators.is_empty()).then(|| request.clone())?;
    rules.generators.request(&mut made, &mut moment.maker());
    Some(made)
}

/// The response at a moment, with values that depend on time and chance in place of the example's; `None` if it has no
/// generators.
#[must_use]
pub fn response_at(response: &Response, rules: &PactRules, moment: &Moment) -> Option<Response> {
    let mut made = (!rules.generators.is_empty()).then(|| response.clone())?;
    rules.generators.response(&mut made, &mut moment.maker());
    Some(made)
}
