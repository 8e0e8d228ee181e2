//! The reading of `match-headers`, `match-query` and `match-path`, and of a matcher wherever it stands.

use std::collections::{BTreeMap, HashMap};

use indexmap::IndexMap;
use indexmap::map::Entry;

use super::codes::{BAD_MATCHER, DEAD_PATH, MISPLACED_MATCHER};
use super::document::PathRule;
use super::matcher::{Matcher, Rule};
use super::raw::{RULE_KEYS, RawPathRule, RawRule};
use super::read::Reader;
use crate::source::Pointer;
use crate::words::{did_you_mean, or_list, quoted};

impl Reader<'_> {
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
        let mut firsts: HashMap<String, Pointer> = HashMap::new();
        for (key, raw) in raw {
            if self.is_full() {
                break;
            }
            let at = at.key(&key);
            let name = if headers { key.to_ascii_lowercase() } else { key.clone() };
            let Some(rule) = self.rule(&raw, &at) else { continue };
            let absent = rule.has(&Matcher::Absent);
            let first = firsts.entry(name.clone()).or_insert_with(|| at.clone());
            match rules.entry(name) {
                Entry::Occupied(other) => {
                    self.same_place(&at, first, format!("another rule stands for the {what} `{}`", other.key()));
                }
                Entry::Vacant(place) if absent && examples.contains_key(place.key()) => {
                    let message = format!("the {what} `{key}` must be absent, and the example shows it");
                    let help = "take it out of the example, or leave out the rule";
                    self.error(MISPLACED_MATCHER, &at, message, Some(help.to_owned()));
                }
                Entry::Vacant(place) if !absent && !examples.contains_key(place.key()) => {
                    let help = did_you_mean(place.key(), examples.keys().map(String::as_str)).unwrap_or_else(|| {
                        format!("write an example of it under `{}`", if headers { "headers" } else { "query" })
                    });
                    self.key_error(DEAD_PATH, &at, format!("there is no {what} `{key}` in the example"), Some(help));
                }
                Entry::Vacant(_) if rule.or_null || rule.has(&Matcher::Closed) => {
                    let message = format!("a {what} is a text: neither null nor a mapping");
                    self.error(MISPLACED_MATCHER, &at, message, None);
                }
                Entry::Vacant(place) => {
                    place.insert(rule);
                }
            }
        }
        rules
    }

    pub(super) fn path_rule(&mut self, raw: Option<RawPathRule>, path: &str, at: &Pointer) -> Option<PathRule> {
        match raw? {
            RawPathRule::Whole(raw) => {
                let rule = if self.has_other_keys(&raw, at) { None } else { self.rule(&raw, at) }?;
                self.text_rule_fits(&rule, at).then_some(PathRule::Whole(rule))
            }
            RawPathRule::Segments(raw) => Some(PathRule::Segments(self.segment_rules(raw, path, at))),
        }
    }

    /// Whether a matcher that is a mapping has keys that are none of a matcher's: either all are, or all are segments.
    fn has_other_keys(&mut self, raw: &RawRule, at: &Pointer) -> bool {
        let keys = raw.0.as_object().into_iter().flatten().map(|(key, _)| key.as_str());
        let others: Vec<&str> = keys.filter(|key| !RULE_KEYS.contains(key)).collect();
        for key in &others {
            let message = format!("`{key}` can't stand here, beside {}", or_list(quoted(RULE_KEYS)));
            let help = "one matcher for the whole path, or one for each segment that is named";
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
                    rules.extend(rule.filter(|rule| self.text_rule_fits(rule, &at)).map(|rule| (*index, rule)));
                    continue;
                }
                ([], _) => format!("the path has no segment `{segment}`"),
                (several, _) => format!("the path has the segment `{segment}` {} times", several.len()),
            };
            let help = did_you_mean(&segment, path.split('/').filter(|part| !part.is_empty() && *part != segment))
                .unwrap_or_else(|| {
                    String::from("name a segment as the path has it, or match the whole path: `match-path: /…/`")
                });
            self.key_error(DEAD_PATH, &at, message, Some(help));
        }
        rules
    }

    fn text_rule_fits(&mut self, rule: &Rule, at: &Pointer) -> bool {
        let misfit = rule.optional
            || rule.or_null
            || rule.matchers.iter().any(|matcher| !matcher.tells_value() || *matcher == Matcher::Absent);
        if misfit {
            self.error(MISPLACED_MATCHER, at, format!("`{rule}` does not fit a path, which is one text"), None);
        }
        !misfit
    }
}
