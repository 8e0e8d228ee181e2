//! The request that a consumer sends beside the one that an operation takes: here it is the document that demands, and the
//! contract that promises.

use serde_json::{Number, Value};

use super::gap::{Cause, Gap, Verdict};
use super::response::{json_media, part};
use super::validity::{Refusal, Validity};
use crate::contract::body_key;
use crate::interaction::{Content, Part, Request, is_json};
use crate::openapi::{Document, Field, Location, Operation, Parameter, Scheme};
use crate::source::Pointer;

/// Every gap of a request; `at` is its place in the contract.
pub(super) fn gaps(
    document: &Document,
    validity: &Validity<'_>,
    operation: &Operation<'_>,
    request: &Request,
    at: &Pointer,
) -> Vec<Gap> {
    let parameters = operation.parameters();
    let mut found = Vec::new();
    for parameter in &parameters {
        found.extend(self::parameter(validity, operation, request, parameter, at));
    }
    let security = operation.security();
    let is_key = |location: Location, name: &str| {
        security.iter().flatten().any(|scheme| matches!(scheme, Scheme::Key(at, key) if *at == location && key == name))
    };
    for name in request.query.keys() {
        let declared = parameters.iter().any(|it| it.location == Location::Query && stem(&it.name) == stem(name));
        if !declared && !is_key(Location::Query, name) {
            let gap = part(
                Verdict::NotGuaranteed,
                Part::Query,
                Cause::NotDeclared,
                at.key("query").key(name.as_str()),
                Some(operation.at),
            );
            found.push(gap.with_path(name));
        }
    }
    found.extend(credentials(&security, request, operation, at));
    found.extend(body(document, validity, operation, request, at));
    found.into_iter().map(|gap| Gap { is_request: true, ..gap }).collect()
}

/// The name of a parameter without the brackets of an object or of a list: `filter[status]`, `ids[]`.
fn stem(name: &str) -> &str {
    name.split('[').next().unwrap_or(name)
}

fn parameter(
    validity: &Validity<'_>,
    operation: &Operation<'_>,
    request: &Request,
    parameter: &Parameter,
    at: &Pointer,
) -> Option<Gap> {
    let name = parameter.name.as_str();
    let (kind, place, sent): (Part, Pointer, Vec<String>) = match parameter.location {
        Location::Path => {
            let captured =
                operation.captured.iter().filter(|(known, _)| *known == name).map(|(_, value)| value.clone());
            (Part::Path, at.key("path"), captured.collect())
        }
        Location::Query => {
            let exact = request.query.get(name).cloned();
            // Objects and some lists are sent under names with brackets, which aren't looked into.
            let bracketed = || request.query.keys().any(|key| key != name && stem(key) == stem(name));
            match exact {
                None if bracketed() => return None,
                values => (Part::Query, at.key("query").key(name), values.unwrap_or_default()),
            }
        }
        Location::Header => {
            let values = request.headers.get(&name.to_ascii_lowercase()).cloned().unwrap_or_default();
            (Part::Header, at.key("headers").key(name.to_ascii_lowercase()), values)
        }
        Location::Cookie => {
            let lines = request.headers.get("cookie").into_iter().flatten();
            let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
            let values = pairs.filter(|(known, _)| *known == name).map(|(_, value)| value.to_owned());
            (Part::Header, at.key("headers").key("cookie"), values.collect())
        }
    };
    if sent.is_empty() {
        let missing =
            parameter.required.then(|| part(Verdict::Breaks, kind, Cause::NotSent, at.clone(), Some(&parameter.at)));
        return missing.map(|gap| gap.with_path(name));
    }
    let schemas: Vec<String> = parameter.schema.iter().cloned().collect();
    let readings = readings(&sent, parameter.separator);
    let allowed = readings.iter().any(|value| validity.allows(&schemas, value) != Some(false));
    if allowed {
        return None;
    }
    let why = readings.first().and_then(|value| validity.errors(&schemas, value)?.into_iter().next());
    let cause = Cause::Invalid { at: String::new(), why: why.map_or_else(String::new, |it| it.why) };
    Some(part(Verdict::Breaks, kind, cause, place, Some(&parameter.at)).with_path(name))
}

/// The values that the texts of a parameter may stand for, the likeliest first.
fn readings(sent: &[String], separator: Option<char>) -> Vec<Value> {
    let scalar = |text: &str| -> Vec<Value> {
        let number = text.parse::<Number>().ok().map(Value::Number);
        let boolean = text.parse::<bool>().ok().map(Value::Bool);
        number.into_iter().chain(boolean).chain([Value::String(text.to_owned())]).collect()
    };
    let mut found = Vec::new();
    if let [one] = sent {
        found.extend(scalar(one));
    }
    let parts: Vec<&str> = match (separator, sent) {
        (Some(separator), [one]) => one.split(separator).collect(),
        _ => sent.iter().map(String::as_str).collect(),
    };
    let texts = parts.iter().map(|text| Value::String((*text).to_owned())).collect();
    let typed = parts.iter().filter_map(|text| scalar(text).into_iter().next()).collect();
    found.extend([Value::Array(typed), Value::Array(texts)]);
    // What is declared as an object is an object in a form of its own.
    if sent.len() == 1 && sent.iter().any(|text| text.contains([',', '='])) {
        found.push(Value::Object(serde_json::Map::new()));
    }
    found
}

fn credentials(security: &[Vec<Scheme>], request: &Request, operation: &Operation<'_>, at: &Pointer) -> Option<Gap> {
    let shown = |scheme: &Scheme| match scheme {
        Scheme::Connection => true,
        Scheme::Key(Location::Query, name) => request.query.contains_key(name),
        Scheme::Key(Location::Cookie, name) => {
            request.headers.get("cookie").into_iter().flatten().any(|line| line.contains(&format!("{name}=")))
        }
        Scheme::Key(Location::Header | Location::Path, name) => request.headers.contains_key(name),
    };
    if security.is_empty() || security.iter().any(|all| all.iter().all(shown)) {
        return None;
    }
    let names = security.iter().flatten().filter_map(|scheme| match scheme {
        Scheme::Key(_, name) => Some(name.clone()),
        Scheme::Connection => None,
    });
    let mut names: Vec<String> = names.collect();
    names.sort();
    names.dedup();
    // `verify --header` sends them, and so does the consumer: contracts leave them out.
    Some(part(Verdict::NeedsState, Part::Header, Cause::Credentials(names), at.clone(), Some(operation.at)))
}

fn body(
    document: &Document,
    validity: &Validity<'_>,
    operation: &Operation<'_>,
    request: &Request,
    at: &Pointer,
) -> Vec<Gap> {
    let sent = request.body.as_ref().filter(|body| !body.is_empty());
    let of_body = |verdict, cause, place: &str| {
        let key = sent.map_or("body", body_key);
        vec![
            part(verdict, Part::Body, cause, if sent.is_some() { at.key(key) } else { at.clone() }, Some(place))
                .with_path("$"),
        ]
    };
    let Some((media, required, place)) = operation.request_body() else {
        return if sent.is_some() {
            of_body(Verdict::NotGuaranteed, Cause::NotDeclared, operation.at)
        } else {
            Vec::new()
        };
    };
    let Some(body) = sent else {
        return if required { of_body(Verdict::Breaks, Cause::NotSent, &place) } else { Vec::new() };
    };
    let declared = || Cause::ContentType { declared: media.iter().map(|media| media.range.clone()).collect() };
    let Content::Json(example) = &body.content else {
        let fitting = media.is_empty() || media.iter().any(|media| !is_json(&media.range));
        return if fitting {
            of_body(Verdict::Undecided, Cause::NotCompared, &place)
        } else {
            of_body(Verdict::Breaks, declared(), &place)
        };
    };
    let Some(json) = json_media(&media) else { return of_body(Verdict::Breaks, declared(), &place) };
    let schemas: Vec<String> = json.schema.iter().cloned().collect();
    let Some(refusals) = validity.errors(&schemas, example) else {
        return of_body(Verdict::Undecided, Cause::NotCompared, &place);
    };
    let refusals = refusals.into_iter().filter(|refusal| !is_read_only(document, &schemas, refusal));
    let of = |refusal: Refusal| {
        let cause = Cause::Invalid { at: String::new(), why: refusal.why };
        let expectation = refusal.at.split('/').skip(1).fold(at.key(body_key(body)), |pointer, step| {
            step.parse()
                .map_or_else(|_| pointer.key(step.replace("~1", "/").replace("~0", "~")), |index| pointer.index(index))
        });
        let path = if refusal.at.is_empty() { String::from("$") } else { refusal.at };
        part(Verdict::Breaks, Part::Body, cause, expectation, json.schema.as_deref()).with_path(path)
    };
    refusals.map(of).collect()
}

/// Whether a value is refused only because a property is missing that the provider alone sends (`readOnly`).
fn is_read_only(document: &Document, schemas: &[String], refusal: &Refusal) -> bool {
    let Some(name) = refusal.missing.as_deref().filter(|_| refusal.at.is_empty()) else { return false };
    let ways = document.alternatives(schemas).unwrap_or_default();
    ways.iter().any(|way| match way.field(name) {
        Field::Declared { schemas, .. } => {
            schemas.iter().any(|at| document.value(at).and_then(|it| it.get("readOnly")).is_some_and(|it| *it == true))
        }
        Field::Never | Field::Undeclared | Field::Open => false,
    })
}
