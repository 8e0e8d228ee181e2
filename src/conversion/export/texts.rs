//! The rules of texts: headers, parameters, fields of forms, paths, plain bodies.

use indexmap::IndexMap;
use serde_json::json;

use super::matchers::{self, ScalarRule, TYPE, anchored, scalar};
use crate::contract::{JsonType, Matcher, PathRule, Rule};
use crate::conversion::difference::ToPact;
use crate::conversion::header_values::{has_charset, has_commas, has_others, with_any_parameters};
use crate::conversion::pattern::{INTEGER, bare, literal};
use crate::conversion::place::{NamedTexts, Part, Side};
use crate::conversion::remark::Remarks;
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
    kind: NamedTexts,
    remarks: &mut Remarks<'_>,
) -> PlacedRules {
    let placed = rules.iter().filter_map(|(name, rule)| {
        let values = examples.get(name)?;
        let part = kind.part(name);
        let mut list = text_rule(rule, values.first().map_or("", String::as_str), &part, remarks)?;
        if rule.size().is_some() && !rule.determines_value() {
            remarks.add(part, ToPact::EachValue);
        }
        // With a rule, Pact accepts any number of values.
        let number = if kind == NamedTexts::Headers { None } else { number(rule, values.len()) };
        if let Some((min, max)) = rule.size().or(number) {
            list.matchers.retain(|one| *one != TYPE);
            list.matchers.push(PactMatcher::Type { min: Some(min), max });
        }
        Some(PlacedRule { path: PactPath(vec![PactStep::Key(name.clone())]), list })
    });
    PlacedRules(placed.collect())
}

/// How many values there must be if a rule doesn't say so: as many as the example has.
fn number(rule: &Rule, length: usize) -> Option<(u64, Option<u64>)> {
    let length = u64::try_from(length).unwrap_or(u64::MAX);
    let most = (!rule.has(&Matcher::Contains)).then_some(length);
    (!rule.has(&Matcher::Any)).then_some((length, most))
}

/// The rules of headers. Values that may come in another order or among others get a rule that accepts any.
pub(super) fn headers(
    rules: &IndexMap<String, Rule>,
    examples: &IndexMap<String, Vec<String>>,
    remarks: &mut Remarks<'_>,
) -> PlacedRules {
    let mut placed = named(rules, examples, NamedTexts::Headers, remarks);
    for (name, values) in examples {
        // The header is sent as it is, and only a mock would check it.
        if remarks.side == Side::Request && name.starts_with("accept") {
            continue;
        }
        let part = Part::Header(name.clone());
        let known = placed.0.iter().position(|rule| rule.path.first_key() == Some(name.as_str()));
        match known {
            None if has_others(name, values) => {
                remarks.add(part, ToPact::ListOrder);
                let path = PactPath(vec![PactStep::Key(name.clone())]);
                placed.0.push(PlacedRule { path, list: no_rule() });
            }
            Some(known) if has_others(name, values) && placed.0[known].list != list(TYPE) => {
                remarks.add(part, ToPact::ListOrder);
                placed.0[known].list = list(TYPE);
            }
            None => {
                if has_charset(name, values)
                    && let Some(rule) = media_type_rule(name, values)
                {
                    placed.0.push(rule);
                } else if has_commas(name, values) {
                    remarks.add(part, ToPact::Commas);
                }
            }
            Some(_) => {}
        }
    }
    placed
}

/// The rule for a content type with any parameters, if the contract requires none.
pub(super) fn media_type_rule(name: &str, values: &[String]) -> Option<PlacedRule> {
    let ScalarRule::Is(matcher) = matchers::of_regex(&with_any_parameters(name, values)?) else { return None };
    Some(PlacedRule { path: PactPath(vec![PactStep::Key(name.to_owned())]), list: list(matcher) })
}

/// The rule that accepts any content type, and is read back as no header.
pub(super) fn any_type() -> PlacedRule {
    PlacedRule { path: PactPath(vec![PactStep::Key(String::from("content-type"))]), list: no_rule() }
}

/// As loose as `type`, but read back as no rule.
fn no_rule() -> RuleList {
    list(PactMatcher::Include(String::new()))
}

/// The rule of one text; `None` if it must be the example's.
pub(super) fn text_rule(rule: &Rule, example: &str, part: &Part, remarks: &mut Remarks<'_>) -> Option<RuleList> {
    let difference = if rule.optional {
        Some(ToPact::OptionalText)
    } else {
        let has_order = rule.matchers.iter().any(|one| matches!(one, Matcher::Unordered | Matcher::Contains));
        has_order.then_some(ToPact::OrderOfValues)
    };
    if let Some(difference) = difference {
        remarks.add(part.clone(), difference);
        return Some(list(TYPE));
    }
    let scalar_rule = match rule.matchers.iter().find(|matcher| matcher.determines_value()) {
        Some(Matcher::Type(JsonType::Number)) => ScalarRule::Is(PactMatcher::Number),
        Some(Matcher::Type(JsonType::Boolean)) => ScalarRule::Is(PactMatcher::Boolean),
        // Pact's integers in texts have no sign and no fraction.
        Some(Matcher::Type(JsonType::Integer)) => matchers::of_regex(INTEGER),
        Some(Matcher::Any) => ScalarRule::Type,
        _ => {
            let default = if rule.size().is_some() { ScalarRule::Type } else { ScalarRule::Value };
            scalar(rule, &json!(example), default, &mut |difference| remarks.add(part.clone(), difference))
        }
    };
    match scalar_rule {
        ScalarRule::Value => None,
        ScalarRule::Type | ScalarRule::Anything => Some(list(TYPE)),
        ScalarRule::Is(matcher) => Some(list(matcher)),
    }
}

/// The rule of a path: one expression for all of it.
pub(super) fn path(rule: &PathRule, filled: &Request, remarks: &mut Remarks<'_>) -> Option<RuleList> {
    match rule {
        PathRule::Whole(rule) => text_rule(rule, &filled.path, &Part::Path, remarks),
        PathRule::Segments(rules) => {
            let segments = filled.path.split('/').enumerate().map(|(index, segment)| {
                let Some(rule) = rules.get(&index) else { return literal(segment) };
                if rule.has(&Matcher::Type(JsonType::Integer)) {
                    return String::from(r"-?\d+");
                }
                match text_rule(rule, segment, &Part::Path, remarks).as_ref().and_then(|list| list.matchers.first()) {
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
