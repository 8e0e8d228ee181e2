//! Reads `match-headers`, `match-query` and `match-path`, and matchers in any place.

use std::collections::{BTreeMap, HashMap};

use indexmap::IndexMap;
use indexmap::map::Entry;

use super::codes::{BAD_MATCHER, DEAD_PATH, MISPLACED_MATCHER, SAME_PLACE};
use super::matcher::{Matcher, Rule};
use super::raw::{RULE_KEYS, RawPathRule, RawRule};
use super::reader::Reader;
use super::terms::PathRule;
use crate::source::Pointer;
use crate::words::{did_you_mean, or_list, quoted};

impl Reader<'_> {
    /// Reads a matcher; `None` after an error.
    pub(super) fn rule(&mut self, raw: &RawRule, at: &Pointer) -> Option<Rule> {
        match self.rules.rule(&raw.0) {
            Ok(rule) => Some(rule),
            Err(fault) => {
                self.error(fault.code, at, fault.message, fault.help);
                None
            }
        }
    }

    /// Reads rules by name: of headers, whose names have no case, or of query parameters.
    pub(super) fn name_rules(
        &mut self,
        raw: IndexMap<String, RawRule>,
        examples: &IndexMap<String, Vec<String>>,
        headers: bool,
        at: &Pointer,
    ) -> IndexMap<String, Rule> {
        let what = if headers { "header" } else { "query parameter" };
        let mut rules = IndexMap::with_capacity(raw.len());
        for (key, raw) in raw {
            if self.is_full() {
                break;
            }
            let at = at.key(&key);
            let name = if headers { key.to_ascii_lowercase() } else { key.clone() };
            let Some(rule) = self.rule(&raw, &at) else { continue };
            let absent = rule.has(&Matcher::Absent);
            match rules.entry(name) {
                Entry::Occupied(first) => {
                    let message = format!("there is already a rule for the {what} `{}`", first.key());
                    self.key_error(SAME_PLACE, &at, message, Some(String::from("keep one of the two")));
                }
                Entry::Vacant(place) if absent && examples.contains_key(place.key()) => {
                    let message = format!("the {what} `{key}` must be absent, but the example has it");
                    let help = "remove it from the example, or remove the rule";
                    self.error(MISPLACED_MATCHER, &at, message, Some(help.to_owned()));
                }
                Entry::Vacant(place) if !absent && !examples.contains_key(place.key()) => {
                    let help = did_you_mean(place.key(), examples.keys().map(String::as_str)).unwrap_or_else(|| {
                        format!("add an example under `{}`", if headers { "headers" } else { "query" })
                    });
                    self.key_error(DEAD_PATH, &at, format!("the example has no {what} `{key}`"), Some(help));
                }
                Entry::Vacant(_) if rule.or_null || !rule.matchers.iter().all(applies_to_texts) => {
                    let message = format!("a {what} is text, so it can be neither null nor a mapping");
                    self.error(MISPLACED_MATCHER, &at, message, None);
                }
                Entry::Vacant(place) => {
                    place.insert(rule);
                }
            }
        }
        rules
    }

    /// Reads `match-path`, for an example's `path`.
    pub(super) fn path_rule(&mut self, raw: Option<RawPathRule>, path: &str, at: &Pointer) -> Option<PathRule> {
        match raw? {
            RawPathRule::Whole(raw) => {
                let rule = if self.has_other_keys(&raw, at) { None } else { self.rule(&raw, at) }?;
                self.check_path_rule(&rule, at).then_some(PathRule::Whole(rule))
            }
            RawPathRule::Segments(raw) => Some(PathRule::Segments(self.segment_rules(raw, path, at))),
        }
    }

    /// Reports the keys of a mapping that aren't a matcher's, and returns whether there are any. A mapping is either one
    /// matcher, or one for each segment.
    fn has_other_keys(&mut self, raw: &RawRule, at: &Pointer) -> bool {
        let keys = raw.0.as_object().into_iter().flatten().map(|(key, _)| key.as_str());
        let others: Vec<&str> = keys.filter(|key| !RULE_KEYS.contains(key)).collect();
        for key in &others {
            let message = format!("`{key}` can't be combined with {}", or_list(quoted(RULE_KEYS)));
            let help = "write one matcher for the whole path, or one for each segment";
            self.key_error(BAD_MATCHER, &at.key(*key), message, Some(help.to_owned()));
        }
        !others.is_empty()
    }

    fn segment_rules(&mut self, raw: IndexMap<String, RawRule>, path: &str, at: &Pointer) -> BTreeMap<usize, Rule> {
        let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, segment) in path.split('/').enumerate().filter(|(_, segment)| !segment.is_empty()) {
            places.entry(segment).or_default().push(index);
        }
        let mut rules = BTreeMap::new();
        for (segment, raw) in raw {
            if self.is_full() {
                break;
            }
            let at = at.key(&segment);
            let rule = self.rule(&raw, &at);
            let message = match (places.get(segment.as_str()).map_or(&[][..], Vec::as_slice), rule) {
                ([index], rule) => {
                    rules.extend(rule.filter(|rule| self.check_path_rule(rule, &at)).map(|rule| (*index, rule)));
                    continue;
                }
                ([], _) => format!("the path has no segment `{segment}`"),
                (several, _) => format!("the segment `{segment}` occurs {} times in the path", several.len()),
            };
            let help = did_you_mean(&segment, path.split('/').filter(|part| !part.is_empty() && *part != segment))
                .unwrap_or_else(|| {
                    String::from("write a segment as it is in the path, or match the whole path: `match-path: /…/`")
                });
            self.key_error(DEAD_PATH, &at, message, Some(help));
        }
        rules
    }

    /// Checks that a rule can apply to a path, and returns whether it can.
    fn check_path_rule(&mut self, rule: &Rule, at: &Pointer) -> bool {
        let applies = !rule.optional && !rule.or_null && rule.matchers.iter().all(applies_to_one_text);
        if !applies {
            self.error(MISPLACED_MATCHER, at, format!("`{rule}` doesn't apply to a path, which is one text"), None);
        }
        applies
    }
}

/// Whether a matcher can apply to a list of texts, like the values of a header.
const fn applies_to_texts(matcher: &Matcher) -> bool {
    match matcher {
        Matcher::Exact
        | Matcher::Equal
        | Matcher::Any
        | Matcher::Absent
        | Matcher::Type(_)
        | Matcher::Format(_)
        | Matcher::Regex(_)
        | Matcher::OneOf(_)
        | Matcher::Size { .. }
        | Matcher::Unordered
        | Matcher::Contains
        | Matcher::Schema(_) => true,
        Matcher::Closed => false,
    }
}

/// Whether a matcher can apply to one text that is always there, like a path.
const fn applies_to_one_text(matcher: &Matcher) -> bool {
    match matcher {
        Matcher::Exact
        | Matcher::Equal
        | Matcher::Any
        | Matcher::Type(_)
        | Matcher::Format(_)
        | Matcher::Regex(_)
        | Matcher::OneOf(_)
        | Matcher::Schema(_) => true,
        Matcher::Absent | Matcher::Size { .. } | Matcher::Unordered | Matcher::Contains | Matcher::Closed => false,
    }
}
