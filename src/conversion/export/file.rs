//! The JSON of a Pact file, from interactions with Pact's rules.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value, json};

use super::version::Version;
use crate::conversion::difference::ToPact;
use crate::conversion::place::Side;
use crate::interaction::{
    Body, Content, Headers, Http, Interaction, Request, Response, ServiceName, Status, StatusClass, urlencoded,
};
use crate::pact::{PactMatcher, PactRules, PactStep, PlacedRule, PlacedRules, RuleList, StatusRange, Terms, TimeKind};

/// Receives the differences between a rule and how the version writes it.
type Remark<'r> = &'r mut dyn FnMut(ToPact);

/// A file with these interactions.
pub(super) fn file(consumer: &ServiceName, provider: &ServiceName, interactions: &[Value], version: Version) -> Value {
    json!({
        "consumer": { "name": consumer.as_str() },
        "provider": { "name": provider.as_str() },
        "interactions": interactions,
        "metadata": {
            "pactSpecification": { "version": version.number() },
            "upheld": { "version": env!("CARGO_PKG_VERSION") },
        },
    })
}

/// One interaction. Rules that the version doesn't have are passed to `remark`, with their side.
pub(super) fn interaction<T>(
    interaction: &Interaction<T>,
    http: &Http<Terms>,
    version: Version,
    remark: &mut dyn FnMut(Side, ToPact),
) -> Value {
    let mut map = Map::new();
    if version == Version::V4 {
        map.insert(String::from("type"), json!("Synchronous/HTTP"));
    }
    map.insert(String::from("description"), json!(interaction.name));
    if version == Version::V4 && interaction.pending {
        map.insert(String::from("pending"), json!(true));
    }
    if !interaction.given.is_empty() {
        let states = interaction.given.iter().map(|state| {
            if state.params.is_empty() {
                json!({ "name": state.name })
            } else {
                json!({ "name": state.name, "params": state.params })
            }
        });
        map.insert(String::from("providerStates"), states.collect());
    }
    map.insert(
        String::from("request"),
        request(&http.request, &http.terms.request, version, &mut |difference| remark(Side::Request, difference)),
    );
    map.insert(
        String::from("response"),
        response(&http.response, &http.terms.response, version, &mut |difference| remark(Side::Response, difference)),
    );
    if let (Version::V4, Some(text)) = (version, &interaction.description) {
        let lines: Vec<&str> = text.lines().collect();
        map.insert(String::from("comments"), json!({ "text": lines }));
    }
    Value::Object(map)
}

fn request(request: &Request, rules: &PactRules, version: Version, remark: Remark<'_>) -> Value {
    let mut map = Map::new();
    map.insert(String::from("method"), json!(request.method));
    map.insert(String::from("path"), json!(request.path));
    if !request.query.is_empty() {
        map.insert(String::from("query"), json!(request.query));
    }
    message(&mut map, &request.headers, request.body.as_ref(), rules, version, remark);
    Value::Object(map)
}

fn response(response: &Response, rules: &PactRules, version: Version, remark: Remark<'_>) -> Value {
    let mut map = Map::new();
    let status = match response.status {
        Status::Code(code) => code,
        Status::Class(class) => u16::from(class) * 100,
    };
    map.insert(String::from("status"), json!(status));
    message(&mut map, &response.headers, response.body.as_ref(), rules, version, remark);
    Value::Object(map)
}

fn message(
    map: &mut Map<String, Value>,
    headers: &Headers,
    body: Option<&Body>,
    pact: &PactRules,
    version: Version,
    remark: Remark<'_>,
) {
    if !headers.is_empty() {
        let values = |values: &Vec<String>| match values.as_slice() {
            [one] if version == Version::V3 => json!(one),
            several => json!(several),
        };
        let headers = headers.iter().map(|(name, texts)| (name.clone(), values(texts)));
        map.insert(String::from("headers"), Value::Object(headers.collect()));
    }
    if let Some(body) = body {
        let header = headers.get("content-type").and_then(|values| values.first()).map(String::as_str);
        let named = pact.media_type.as_deref().or(header);
        let value = match version {
            Version::V3 if pact.sends_null => Value::Null,
            Version::V4 if pact.sends_null => json!({ "content": null }),
            _ => body_value(&body.content, named, version),
        };
        map.insert(String::from("body"), value);
    }
    let rules = rules(pact, version, remark);
    if !rules.is_empty() {
        map.insert(String::from("matchingRules"), Value::Object(rules));
    }
    if let Value::Object(mut written) = pact.written.value()
        && let Some(generators) = written.remove("generators")
    {
        map.insert(String::from("generators"), generators);
    }
}

fn body_value(body: &Content, named: Option<&str>, version: Version) -> Value {
    if version == Version::V3 {
        return match body {
            // Only its quotes distinguish a JSON string from plain text.
            Content::Json(text @ Value::String(_)) => json!(text.to_string()),
            Content::Json(value) => value.clone(),
            Content::Text(text) => json!(text),
            Content::Bytes(bytes) => json!(BASE64.encode(bytes)),
            Content::Form(fields) => json!(urlencoded::write(fields)),
        };
    }
    let parts = |named: &str, encoded: Value, content: Value| json!({ "contentType": named, "encoded": encoded, "content": content });
    match body {
        // Otherwise it would be an empty body.
        Content::Json(Value::Null) => parts("application/json", json!("JSON"), json!("null")),
        Content::Json(value) => {
            let is_json = named.is_none_or(crate::interaction::is_json);
            let named = named.unwrap_or("application/json");
            // An empty text would be an empty body.
            if value.is_string() && (!is_json || value == "") {
                return parts(named, json!("JSON"), json!(value.to_string()));
            }
            parts(named, json!(false), value.clone())
        }
        // Not encoded, it would be a JSON string.
        Content::Text(text) if !text.is_empty() && named.is_some_and(crate::interaction::is_json) => {
            parts(named.unwrap_or_default(), json!("JSON"), json!(text))
        }
        Content::Text(text) => parts(named.unwrap_or("*/*"), json!(false), json!(text)),
        Content::Bytes(bytes) => {
            parts(named.unwrap_or("application/octet-stream"), json!("base64"), json!(BASE64.encode(bytes)))
        }
        Content::Form(fields) => {
            let named = named.unwrap_or("application/x-www-form-urlencoded");
            parts(named, json!(false), json!(urlencoded::write(fields)))
        }
    }
}

/// `matchingRules`, part by part.
fn rules(pact: &PactRules, version: Version, remark: Remark<'_>) -> Map<String, Value> {
    let mut rules = Map::new();
    if let Some(list) = &pact.path {
        rules.insert(String::from("path"), rule_list(list, version, remark));
    }
    let name = |rule: &PlacedRule| match rule.path.0.as_slice() {
        // A name that looks like a path would be read as one.
        [PactStep::Key(name)] if !(name.starts_with('$') || name.ends_with(']')) => name.clone(),
        _ => rule.path.to_string(),
    };
    let mut part = |key: &str, placed: &PlacedRules, name: &dyn Fn(&PlacedRule) -> String| {
        if !placed.is_empty() {
            let lists = placed.0.iter().map(|rule| (name(rule), rule_list(&rule.list, version, remark)));
            rules.insert(key.to_owned(), Value::Object(lists.collect()));
        }
    };
    part("query", &pact.query, &name);
    part("header", &pact.headers, &name);
    part("body", &pact.body, &|rule| rule.path.to_string());
    if let Some(list) = &pact.status {
        // Without it, exactly this status would be required, which is more than the contract requires.
        rules.insert(String::from("status"), rule_list(list, Version::V4, remark));
        if version == Version::V3 {
            remark(ToPact::StatusClass);
        }
    }
    rules
}

fn rule_list(list: &RuleList, version: Version, remark: Remark<'_>) -> Value {
    let matchers: Vec<Value> = list.matchers.iter().map(|one| matcher(one, version, remark)).collect();
    json!({ "combine": if list.any { "OR" } else { "AND" }, "matchers": matchers })
}

fn matcher(matcher: &PactMatcher, version: Version, remark: Remark<'_>) -> Value {
    let each = |matchers: &[PactMatcher], remark: Remark<'_>| -> Value {
        matchers.iter().map(|one| self::matcher(one, version, remark)).collect()
    };
    let since_4 = matches!(
        matcher,
        PactMatcher::EachKey(_)
            | PactMatcher::EachValue(_)
            | PactMatcher::ArrayContains(_)
            | PactMatcher::NotEmpty
            | PactMatcher::Semver
            | PactMatcher::Status(_)
    );
    if since_4 && version == Version::V3 {
        remark(ToPact::NewerRule);
        return json!({ "match": "type" });
    }
    match matcher {
        PactMatcher::Unusable(why) => {
            remark(ToPact::Unusable(why.clone()));
            json!({ "match": "type" })
        }
        PactMatcher::Equality => json!({ "match": "equality" }),
        PactMatcher::Type { min, max } => {
            let mut map = Map::from_iter([(String::from("match"), json!("type"))]);
            map.extend(min.map(|min| (String::from("min"), json!(min))));
            map.extend(max.map(|max| (String::from("max"), json!(max))));
            Value::Object(map)
        }
        PactMatcher::Regex(regex) => json!({ "match": "regex", "regex": regex.as_str() }),
        PactMatcher::Include(text) => json!({ "match": "include", "value": text }),
        PactMatcher::Number => json!({ "match": "number" }),
        PactMatcher::Integer => json!({ "match": "integer" }),
        PactMatcher::Decimal => json!({ "match": "decimal" }),
        PactMatcher::Boolean => json!({ "match": "boolean" }),
        PactMatcher::Null => json!({ "match": "null" }),
        PactMatcher::Time(kind, pattern) => {
            // Version 3 has another name for the third.
            let word = if *kind == TimeKind::DateTime && version == Version::V3 { "timestamp" } else { kind.word() };
            let key = if version == Version::V3 { word } else { "format" };
            json!({ "match": word, key: pattern.as_str() })
        }
        PactMatcher::Values => json!({ "match": "values" }),
        PactMatcher::EachKey(rules) => json!({ "match": "eachKey", "rules": each(rules, remark) }),
        PactMatcher::EachValue(placed) => {
            let rules: &[PactMatcher] = placed.0.first().map_or(&[], |rule| &rule.list.matchers);
            json!({ "match": "eachValue", "rules": each(rules, remark) })
        }
        PactMatcher::ArrayContains(variants) => {
            let variants: Vec<Value> = variants
                .iter()
                .map(|variant| {
                    let lists = variant.rules.0.iter();
                    let rules: Map<String, Value> =
                        lists.map(|rule| (rule.path.to_string(), rule_list(&rule.list, version, remark))).collect();
                    json!({ "index": variant.index, "rules": rules })
                })
                .collect();
            json!({ "match": "arrayContains", "variants": variants })
        }
        PactMatcher::NotEmpty => json!({ "match": "notEmpty" }),
        PactMatcher::Semver => json!({ "match": "semver" }),
        PactMatcher::ContentType(media_type) => json!({ "match": "contentType", "value": media_type }),
        PactMatcher::Status(range) => json!({ "match": "statusCode", "status": status(range) }),
    }
}

fn status(range: &StatusRange) -> Value {
    match range {
        StatusRange::These(codes) => json!(codes),
        StatusRange::Class(class) => json!(match class {
            StatusClass::Information => "info",
            StatusClass::Success => "success",
            StatusClass::Redirect => "redirect",
            StatusClass::ClientError => "clientError",
            StatusClass::ServerError => "serverError",
            StatusClass::NonError => "nonError",
            StatusClass::Error => "error",
        }),
    }
}
