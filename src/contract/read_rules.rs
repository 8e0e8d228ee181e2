//! The reading of `match`, `match-headers`, `match-query` and `match-path`: each rule leads somewhere in the example
//! and fits what is there.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::Value;

use super::codes::{BAD_RULE_PATH, DEAD_PATH, MISPLACED_MATCHER, NEEDS_RULE, SAME_PLACE};
use super::document::{Body, PathRule, Written};
use super::matcher::{Matcher, Rule};
use super::path::{Path, Segment};
use super::raw::{RawPathRule, RawRule};
use super::read::Reader;
use super::rule_text::{is_near_word, read_rule};
use crate::source::Pointer;
use crate::words::did_you_mean;

/// Rules of a body by their paths.
type BodyRules = IndexMap<Path, Written<Rule>>;

impl Reader<'_> {
    fn rule(&mut self, raw: &RawRule, at: &Pointer) -> Option<Rule> {
        match read_rule(&raw.0, self.attachments, &mut self.patterns) {
            Ok(rule) => Some(rule),
            Err(fault) => {
                self.error(fault.code, at, fault.message, fault.help);
                None
            }
        }
    }

    /// Reads the rules of a body; `response` says whose, since a null in a request stands for itself.
    pub(super) fn body_rules(
        &mut self,
        raw: IndexMap<String, RawRule>,
        body: Option<&Body>,
        response: bool,
        at: &Pointer,
    ) -> BodyRules {
        let view = body.and_then(Body::view);
        let mut rules = BodyRules::with_capacity(raw.len());
        for (key, raw) in raw {
            let at = at.key(&key);
            let path = match Path::parse(&key) {
                Ok(path) => path,
                Err(why) => {
                    self.key_error(BAD_RULE_PATH, &at, format!("`{key}` is no path: {why}"), None);
                    continue;
                }
            };
            let rule = self.rule(&raw, &at);
            let Some(view) = view.as_deref() else {
                let help = if body.is_some() {
                    "a binary body is compared as a whole"
                } else {
                    "add the body, or leave out the rule"
                };
                self.key_error(
                    DEAD_PATH,
                    &at,
                    format!("`{key}` selects nothing: there is no body with places"),
                    Some(help.to_owned()),
                );
                continue;
            };
            let Some(rule) = rule else { continue };
            if rules.contains_key(&path) {
                self.key_error(
                    SAME_PLACE,
                    &at,
                    format!("another rule stands for `{path}`"),
                    Some(String::from("keep one of the two")),
                );
                continue;
            }
            if self.rule_leads_somewhere(&path, &rule, &key, view, &at) {
                rules.insert(path, Written { thing: rule, key });
            }
        }
        self.rules_fit(&rules, view.as_deref(), at);
        if let (Some(Body::Json(example)), true) = (body.map(Body::content), response) {
            let beside = Pointer(at.0[..at.0.len() - 1].to_vec()).key("body");
            let mut missing = Vec::new();
            needing_rules(example, &mut Vec::new(), &rules, &mut missing);
            for (path, what) in missing {
                self.needs_rule(&path, what, &beside);
            }
        }
        rules
    }

    fn needs_rule(&mut self, path: &Path, what: &str, body: &Pointer) {
        let place = path.0.iter().fold(body.clone(), |at, segment| match segment {
            Segment::Key(key) => at.key(key),
            Segment::Index(index) => at.index(*index),
            Segment::AnyKey | Segment::Each => at,
        });
        // The rule for an element is written for all of them.
        let rule_path = Path(
            path.0
                .iter()
                .map(|segment| if matches!(segment, Segment::Index(_)) { Segment::Each } else { segment.clone() })
                .collect(),
        );
        let help = if what == "null" {
            format!("say what it may be: `{rule_path}: string or null`, or `{rule_path}: any`")
        } else {
            format!("say what is meant: `{rule_path}: 0+` for any elements, `{rule_path}: exact` for none")
        };
        self.error(NEEDS_RULE, &place, format!("{what} at `{path}` does not tell what the consumer needs"), Some(help));
    }

    /// Whether a path selects something of the example; for `absent`, whether it could.
    fn rule_leads_somewhere(&mut self, path: &Path, rule: &Rule, key: &str, view: &Value, at: &Pointer) -> bool {
        if rule.has(&Matcher::Absent) {
            let Some((Segment::Key(name), parent)) = path.split_last() else {
                self.error(MISPLACED_MATCHER, at, "only a key can be absent", None);
                return false;
            };
            let parents = parent.select(view);
            if parents.iter().any(|parent| parent.get(name).is_some()) {
                self.error(
                    MISPLACED_MATCHER,
                    at,
                    format!("`{path}` must be absent, and the example shows it"),
                    Some(String::from("take it out of the example, or the rule out of `match`")),
                );
                return false;
            }
            if parents.iter().any(|parent| parent.is_object()) {
                return true;
            }
        } else if !path.select(view).is_empty() {
            return true;
        }
        let help = dead_path_help(path, view).or_else(|| {
            is_near_word(key).then(|| String::from("the path comes first: `path: matcher`; `$` is the body itself"))
        });
        let help = help.unwrap_or_else(|| {
            String::from("paths are relative to the body, like `items[].qty`; a rule needs an example to loosen")
        });
        self.key_error(DEAD_PATH, at, format!("`{key}` selects nothing in the example"), Some(help));
        false
    }

    /// Checks that sizes stand for lists, `closed` for objects, and so on.
    fn rules_fit(&mut self, rules: &BodyRules, view: Option<&Value>, at: &Pointer) {
        let Some(view) = view else { return };
        for (path, Written { thing: rule, key }) in rules {
            let at = at.key(key);
            let selected = path.select(view);
            let all = |test: fn(&Value) -> bool| selected.iter().all(|value| test(value));
            let is_map = || {
                rules.keys().any(|other| {
                    other.0.strip_prefix(path.0.as_slice()).is_some_and(|rest| rest.first() == Some(&Segment::AnyKey))
                })
            };
            for matcher in &rule.matchers {
                let fault = match matcher {
                    Matcher::Size { .. } if !all(Value::is_array) && !(all(Value::is_object) && is_map()) => {
                        Some("a size is for lists, and for mappings whose keys are data (those with a rule for `.*`)")
                    }
                    Matcher::Unordered | Matcher::Contains if !all(Value::is_array) => Some("this is for lists"),
                    Matcher::Closed if !all(Value::is_object) => {
                        Some("`closed` is for mappings; a list has a size, like `2..2`")
                    }
                    _ => None,
                };
                if let Some(help) = fault {
                    self.error(
                        MISPLACED_MATCHER,
                        &at,
                        format!("`{matcher}` does not fit what `{path}` selects"),
                        Some(help.to_owned()),
                    );
                }
            }
            if rule.optional && !matches!(path.0.last(), Some(Segment::Key(_))) {
                self.error(
                    MISPLACED_MATCHER,
                    &at,
                    format!("`{path}` can't be optional: only a key can be missing"),
                    Some(String::from("how many elements there may be is a size: `0+`")),
                );
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
            let at = at.key(&key);
            let name = if headers { key.to_ascii_lowercase() } else { key.clone() };
            let Some(rule) = self.rule(&raw, &at) else { continue };
            let absent = rule.has(&Matcher::Absent);
            if absent && examples.contains_key(&name) {
                self.error(
                    MISPLACED_MATCHER,
                    &at,
                    format!("the {what} `{key}` must be absent, and the example shows it"),
                    None,
                );
            } else if !absent && !examples.contains_key(&name) {
                let help = did_you_mean(&name, examples.keys().map(String::as_str)).unwrap_or_else(|| {
                    format!("write an example of it under `{}`", if headers { "headers" } else { "query" })
                });
                self.key_error(DEAD_PATH, &at, format!("there is no {what} `{key}` in the example"), Some(help));
            } else if rule.or_null || rule.has(&Matcher::Closed) {
                self.error(MISPLACED_MATCHER, &at, format!("a {what} is a text: neither null nor a mapping"), None);
            } else if rules.contains_key(&name) {
                self.key_error(SAME_PLACE, &at, format!("another rule stands for the {what} `{name}`"), None);
            } else {
                rules.insert(name, rule);
            }
        }
        rules
    }

    pub(super) fn path_rule(&mut self, raw: Option<RawPathRule>, path: &str, at: &Pointer) -> Option<PathRule> {
        match raw? {
            RawPathRule::Whole(raw) => {
                let rule = self.rule(&raw, at)?;
                self.text_rule_fits(&rule, at).then_some(PathRule::Whole(rule))
            }
            RawPathRule::Segments(segments) => {
                let mut rules = BTreeMap::new();
                for (segment, raw) in segments {
                    let at = at.key(&segment);
                    let rule = self.rule(&raw, &at);
                    let count = path.split('/').filter(|part| *part == segment).count();
                    if count != 1 {
                        let help = did_you_mean(&segment, path.split('/').filter(|part| !part.is_empty()))
                            .unwrap_or_else(|| {
                                String::from(
                                    "name a segment as the path has it, or match the whole path: `match-path: /…/`",
                                )
                            });
                        let message = if count == 0 {
                            format!("the path has no segment `{segment}`")
                        } else {
                            format!("the path has the segment `{segment}` {count} times")
                        };
                        self.key_error(DEAD_PATH, &at, message, Some(help));
                    } else if let Some(rule) = rule
                        && self.text_rule_fits(&rule, &at)
                    {
                        rules.insert(segment, rule);
                    }
                }
                Some(PathRule::Segments(rules))
            }
        }
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

/// Finds every null and every empty list that no rule speaks of.
fn needing_rules(value: &Value, path: &mut Vec<Segment>, rules: &BodyRules, missing: &mut Vec<(Path, &'static str)>) {
    let what = match value {
        Value::Null => "null",
        Value::Array(items) if items.is_empty() => "an empty list",
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push(Segment::Index(index));
                needing_rules(item, path, rules, missing);
                path.pop();
            }
            return;
        }
        Value::Object(object) => {
            for (key, item) in object {
                path.push(Segment::Key(key.clone()));
                needing_rules(item, path, rules, missing);
                path.pop();
            }
            return;
        }
        _ => return,
    };
    // An exact place above speaks for all below it, and so do words that compare by value.
    let speaks = |rule: &Path, thing: &Rule| {
        let here = covers(rule, path) && (!thing.matchers.is_empty() || thing.or_null);
        let above = (0..path.len()).any(|length| covers(rule, &path[..length]))
            && thing.matchers.iter().any(|matcher| {
                matches!(
                    matcher,
                    Matcher::Exact
                        | Matcher::Any
                        | Matcher::Unordered
                        | Matcher::Contains
                        | Matcher::Schema(_)
                        | Matcher::OneOf(_)
                )
            });
        here || above
    };
    if !rules.iter().any(|(rule, written)| speaks(rule, &written.thing)) {
        missing.push((Path(path.clone()), what));
    }
}

/// Whether a rule's path leads to exactly this place.
fn covers(rule: &Path, place: &[Segment]) -> bool {
    rule.0.len() == place.len()
        && rule.0.iter().zip(place).all(|(rule, step)| match (rule, step) {
            (Segment::Each, Segment::Index(_)) | (Segment::AnyKey, Segment::Key(_)) => true,
            (rule, step) => rule == step,
        })
}

/// The first step of a dead path that leads nowhere, and what stands there instead.
fn dead_path_help(path: &Path, view: &Value) -> Option<String> {
    let (length, segment) =
        path.0.iter().enumerate().find(|(length, _)| Path(path.0[..=*length].to_vec()).select(view).is_empty())?;
    let before = Path(path.0[..length].to_vec());
    let selected = before.select(view);
    let parent = selected.first()?;
    let place = if length == 0 { String::from("the body") } else { format!("`{before}`") };
    match (segment, parent) {
        (Segment::Key(key), Value::Object(object)) => {
            did_you_mean(key, object.keys().map(String::as_str)).or_else(|| Some(format!("{place} has no `{key}`")))
        }
        (Segment::Key(key), Value::Array(_)) => Some(format!(
            "{place} is a list: write `{}[].{key}`",
            if length == 0 { String::from("$") } else { before.to_string() }
        )),
        (Segment::Each | Segment::Index(_), Value::Object(_)) => Some(format!("{place} is a mapping, not a list")),
        (Segment::Each, Value::Array(_)) => Some(format!("{place} is empty in the example: show an element")),
        (_, Value::Array(items)) => Some(format!("{place} has {}", crate::words::count(items.len(), "element"))),
        _ => Some(format!("nothing lies below {place}")),
    }
}
