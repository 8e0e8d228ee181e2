//! The rules of what is a text: headers, parameters, fields of forms, paths, plain bodies.

use indexmap::IndexMap;
use serde_json::json;

use super::matchers::{self, Scalar, TYPE, anchored, scalar};
use crate::contract::{JsonType, Matcher, PathRule, Rule};
use crate::conversion::differences::{ANY_COMMAS, ANY_LIST, has_charset, has_commas, has_others, with_any_parameters};
use crate::conversion::pattern::{INTEGER, bare, literal};
use crate::interaction::Request;
use crate::pact::{PactMatcher, PactPath, PactRegex, PactStep, PlacedRule, PlacedRules, RuleList};

/// The rule of one matcher.
pub(super) fn list(matcher: PactMatcher) -> RuleList {
    RuleList { any: false, matchers: vec![matcher], keys: Vec::new() }
}

/// The rules of headers, parameters or fields.
pub(super) fn named(
    rules: &IndexMap<String, Rule>,
    examples: &IndexMap<String, Vec<String>>,
    what: &str,
    say: &mut dyn FnMut(&str, &str),
) -> PlacedRules {
    let placed = rules.iter().filter_map(|(name, rule)| {
        let values = examples.get(name)?;
        let place = format!("{what} {name}");
        let mut list = of_text(rule, values.first().map_or("", String::as_str), &place, say)?;
        if rule.size().is_some() && !rule.determines_value() {
            say(&place, "the contract asks that each value is one of these; Pact can't be told so, and takes any");
        }
        // With a rule, to Pact there may be any number of values.
        let number = if what == "header" { None } else { number(rule, values.len()) };
        if let Some((min, max)) = rule.size().or(number) {
            list.matchers.retain(|one| *one != TYPE);
            list.matchers.push(PactMatcher::Type { min: Some(min), max });
        }
        Some(PlacedRule { path: PactPath(vec![PactStep::Key(name.clone())]), list })
    });
    PlacedRules(placed.collect())
}

/// How many values there must be where a rule says nothing of it: as many as the example has.
fn number(rule: &Rule, length: usize) -> Option<(u64, Option<u64>)> {
    let length = u64::try_from(length).unwrap_or(u64::MAX);
    let most = (!rule.has(&Matcher::Contains)).then_some(length);
    (!rule.has(&Matcher::Any)).then_some((length, most))
}

/// The rules of headers. What may come in another order or beside others has a rule that takes all of that.
pub(super) fn headers(
    rules: &IndexMap<String, Rule>,
    examples: &IndexMap<String, Vec<String>>,
    is_request: bool,
    say: &mut dyn FnMut(&str, &str),
) -> PlacedRules {
    let mut placed = named(rules, examples, "header", say);
    for (name, values) in examples {
        // What a client takes is sent as it is, and only a mock would ask.
        if is_request && name.starts_with("accept") {
            continue;
        }
        let place = format!("header {name}");
        let known = placed.0.iter().position(|rule| rule.path.first_key() == Some(name.as_str()));
        match known {
            None if has_others(name, values) => {
                say(&place, ANY_LIST);
                let path = PactPath(vec![PactStep::Key(name.clone())]);
                placed.0.push(PlacedRule { path, list: unsaid() });
            }
            Some(known) if has_others(name, values) && placed.0[known].list != list(TYPE) => {
                say(&place, ANY_LIST);
                placed.0[known].list = list(TYPE);
            }
            None => {
                if has_charset(name, values)
                    && let Some(rule) = media_type_rule(name, values)
                {
                    placed.0.push(rule);
                } else if has_commas(name, values) {
                    say(&place, ANY_COMMAS);
                }
            }
            Some(_) => {}
        }
    }
    placed
}

/// The rule for a content type with any parameters, where a contract asks for none.
pub(super) fn media_type_rule(name: &str, values: &[String]) -> Option<PlacedRule> {
    let Scalar::Is(matcher) = matchers::of_regex(&with_any_parameters(name, values)?) else { return None };
    Some(PlacedRule { path: PactPath(vec![PactStep::Key(name.to_owned())]), list: list(matcher) })
}

/// The rule that takes any content type, and is read back as none.
pub(super) fn any_type() -> PlacedRule {
    PlacedRule { path: PactPath(vec![PactStep::Key(String::from("content-type"))]), list: unsaid() }
}

/// As loose as `type`, and read back as no rule.
fn unsaid() -> RuleList {
    list(PactMatcher::Include(String::new()))
}

/// The rule of one text; nothing where it is asked for by its value.
pub(super) fn of_text(rule: &Rule, example: &str, place: &str, say: &mut dyn FnMut(&str, &str)) -> Option<RuleList> {
    let loose = rule.optional || rule.matchers.iter().any(|one| matches!(one, Matcher::Unordered | Matcher::Contains));
    if loose {
        let why = if rule.optional {
            "the contract lets it be missing; Pact asks that it is there, and takes any value"
        } else {
            "the contract says in which order the values may come, or beside which others; Pact takes any"
        };
        say(place, why);
        return Some(list(TYPE));
    }
    let told = match rule.matchers.iter().find(|matcher| matcher.determines_value()) {
        Some(Matcher::Type(JsonType::Number)) => Scalar::Is(PactMatcher::Number),
        Some(Matcher::Type(JsonType::Boolean)) => Scalar::Is(PactMatcher::Boolean),
        // Pact's integers of texts have no sign and no fraction.
        Some(Matcher::Type(JsonType::Integer)) => matchers::of_regex(INTEGER),
        Some(Matcher::Any) => Scalar::Type,
        _ => scalar(
            rule,
            &json!(example),
            if rule.size().is_some() { Scalar::Type } else { Scalar::Value },
            &mut |why| say(place, &why),
        ),
    };
    match told {
        Scalar::Value => None,
        Scalar::Type | Scalar::Anything => Some(list(TYPE)),
        Scalar::Is(matcher) => Some(list(matcher)),
    }
}

/// The rule of a path: one expression for all of it.
pub(super) fn path(rule: &PathRule, filled: &Request, say: &mut dyn FnMut(&str, &str)) -> Option<RuleList> {
    match rule {
        PathRule::Whole(rule) => of_text(rule, &filled.path, "path", say),
        PathRule::Segments(rules) => {
            let segments = filled.path.split('/').enumerate().map(|(index, segment)| {
                let Some(rule) = rules.get(&index) else { return literal(segment) };
                if rule.has(&Matcher::Type(JsonType::Integer)) {
                    return String::from(r"-?\d+");
                }
                match of_text(rule, segment, "path", say).as_ref().and_then(|list| list.matchers.first()) {
                    None => literal(segment),
                    Some(PactMatcher::Regex(regex)) => {
                        let text = bare(regex.as_str());
                        if text.contains('|') { format!("(?:{text})") } else { text }
                    }
                    Some(_) => String::from("[^/]*"),
                }
            });
            let text = segments.collect::<Vec<_>>().join("/");
            PactRegex::new(&anchored(&text)).ok().map(|regex| list(PactMatcher::Regex(regex)))
        }
    }
}
