//! The rules of what is a text: headers, parameters, fields of forms, paths, plain bodies.

use indexmap::IndexMap;
use serde_json::json;

use super::matchers::{self, Scalar, TYPE, anchored, scalar};
use crate::contract::document::{PathRule, Request};
use crate::contract::matcher::{JsonType, Matcher, Rule};
use crate::contract::pact::import::pattern::{bare, literal};
use crate::contract::pact::{PactMatcher, PactPath, PactRegex, PactStep, PlacedRule, PlacedRules, RuleList};

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
        if let Some((min, max)) = rule.size() {
            list.matchers.retain(|one| *one != TYPE);
            list.matchers.push(PactMatcher::Type { min: Some(min), max });
        }
        Some(PlacedRule { path: PactPath(vec![PactStep::Key(name.clone())]), list })
    });
    PlacedRules(placed.collect())
}

/// The rule of one text; nothing where it is asked for by its value.
pub(super) fn of_text(rule: &Rule, example: &str, place: &str, say: &mut dyn FnMut(&str, &str)) -> Option<RuleList> {
    let loose = rule.optional || rule.matchers.iter().any(|one| matches!(one, Matcher::Unordered | Matcher::Contains));
    if loose {
        say(
            place,
            "that it may be missing, or the order of values, can't be said in a Pact file: any value is allowed",
        );
        return Some(list(TYPE));
    }
    let told = match rule.matchers.iter().find(|matcher| matcher.tells_value()) {
        Some(Matcher::Type(JsonType::Number)) => Scalar::Is(PactMatcher::Number),
        Some(Matcher::Type(JsonType::Boolean)) => Scalar::Is(PactMatcher::Boolean),
        // Pact's integers of texts have no sign.
        Some(Matcher::Type(JsonType::Integer)) if example.starts_with('-') => matchers::of_regex(r"-?\d+"),
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
                match of_text(rule, segment, "path", say).as_ref().and_then(|list| list.matchers.first()) {
                    None => literal(segment),
                    Some(PactMatcher::Regex(regex)) => {
                        let text = bare(regex.as_str());
                        if text.contains('|') { format!("(?:{text})") } else { text }
                    }
                    Some(PactMatcher::Integer) => String::from(r"\d+"),
                    Some(_) => String::from("[^/]*"),
                }
            });
            let text = segments.collect::<Vec<_>>().join("/");
            PactRegex::new(&anchored(&text)).ok().map(|regex| list(PactMatcher::Regex(regex)))
        }
    }
}
