//! The reading of `match`: each rule leads somewhere in the example and fits what is there, and what the example leaves
//! open has a rule.

use std::collections::HashSet;

use indexmap::IndexMap;
use indexmap::map::Entry;
use serde_json::Value;

use super::codes::{BAD_RULE_PATH, DEAD_PATH, MISPLACED_MATCHER, NEEDS_RULE};
use super::document::{Body, Written};
use super::matcher::{Matcher, Rule};
use super::path::{Path, Segment};
use super::raw::RawRule;
use super::read::Reader;
use super::rule_text::WORDS;
use super::selection::{Known, Selected, select};
use crate::source::Pointer;
use crate::source::codes::OVER_LIMIT;
use crate::words::{count, did_you_mean};

/// Rules of a body by their paths.
type BodyRules = IndexMap<Path, Written<Rule>>;

/// The rules as they are written: one that can't be read still has its place.
type WrittenRules = IndexMap<Path, (String, Option<Rule>)>;

impl Reader<'_> {
    /// Reads the rules of a body; `response` says whose, since a null in a request stands for itself.
    pub(super) fn body_rules(
        &mut self,
        raw: IndexMap<String, RawRule>,
        body: Option<&Body>,
        response: bool,
        at: &Pointer,
    ) -> BodyRules {
        let written = self.written_rules(raw, at);
        // The example is what it is with the states' parameters in their places.
        let filled = body.map(|body| body.filled(&self.params));
        let Some(view) = filled.as_deref().and_then(Body::view) else {
            let help = if body.is_some() {
                "a binary body is compared as a whole"
            } else {
                "add the body, or leave out the rule"
            };
            for (_, (key, _)) in written {
                let message = format!("`{key}` selects nothing: there is no body with places");
                self.key_error(DEAD_PATH, &at.key(key), message, Some(help.to_owned()));
            }
            return BodyRules::new();
        };
        let known: Vec<Known<'_>> = written.iter().map(|(path, (_, rule))| (path, rule.as_ref())).collect();
        let needs_rules = response && matches!(body.map(Body::content), Some(Body::Json(_)));
        let selection = select(&view, &known, needs_rules);
        if selection.too_many {
            let help = "a rule for each of so many places is no contract: write fewer, or a shorter example";
            self.error(OVER_LIMIT, at, "these rules select too many places", Some(help.to_owned()));
            return BodyRules::new();
        }
        let maps: HashSet<&[Segment]> = written.keys().flat_map(maps_of).collect();
        for ((path, (key, rule)), selected) in written.iter().zip(&selection.rules) {
            let at = at.key(key);
            let is_map = maps.contains(path.0.as_slice());
            if self.leads_somewhere(path, rule.as_ref(), key, &view, *selected, &at)
                && let Some(rule) = rule
            {
                self.rule_fits(path, rule, *selected, is_map, &at);
            }
        }
        for (place, rule_path, what) in &selection.missing {
            self.needs_rule(place, rule_path, what, at);
        }
        let rules = written.into_iter();
        rules.filter_map(|(path, (key, rule))| rule.map(|thing| (path, Written { thing, key }))).collect()
    }

    fn written_rules(&mut self, raw: IndexMap<String, RawRule>, at: &Pointer) -> WrittenRules {
        let mut rules = WrittenRules::with_capacity(raw.len());
        for (key, raw) in raw {
            if self.is_full() {
                break;
            }
            let (rules_at, at) = (at, at.key(&key));
            let rule = self.rule(&raw, &at);
            match Path::parse(&key).map(|path| rules.entry(path)) {
                Err(why) => {
                    self.key_error(BAD_RULE_PATH, &at, format!("`{key}` is no path: {why}"), None);
                }
                Ok(Entry::Occupied(first)) => {
                    let message = format!("another rule stands for `{}`", first.key());
                    self.same_place(&at, &rules_at.key(&first.get().0), message);
                }
                Ok(Entry::Vacant(place)) => {
                    place.insert((key, rule));
                }
            }
        }
        rules
    }

    fn needs_rule(&mut self, place: &Path, rule_path: &Path, what: &str, rules: &Pointer) {
        let above = rules.0.split_last().map_or(&[][..], |(_, above)| above);
        let body = Pointer(above.to_vec()).key("body");
        let at = place.0.iter().fold(body, |at, segment| match segment {
            Segment::Key(key) => at.key(key),
            Segment::Index(index) => at.index(*index),
            Segment::AnyKey | Segment::Each => at,
        });
        let help = if what == "null" {
            format!("say what it may be: `{rule_path}: string or null`, or `{rule_path}: any`")
        } else {
            format!("say what is meant: `{rule_path}: 0+` for any elements, `{rule_path}: exact` for none")
        };
        self.error(NEEDS_RULE, &at, format!("{what} at `{place}` does not tell what the consumer needs"), Some(help));
    }

    /// Whether a path selects something of the example; for `absent`, whether it could.
    fn leads_somewhere(
        &mut self,
        path: &Path,
        rule: Option<&Rule>,
        key: &str,
        view: &Value,
        selected: Selected,
        at: &Pointer,
    ) -> bool {
        let absent = rule.is_some_and(|rule| rule.has(&Matcher::Absent));
        if absent && !matches!(path.0.last(), Some(Segment::Key(_))) {
            self.error(MISPLACED_MATCHER, at, "only a key can be absent", None);
            return false;
        }
        if absent && selected.shown {
            let help = "take it out of the example, or the rule out of `match`";
            let message = format!("`{path}` must be absent, and the example shows it");
            self.error(MISPLACED_MATCHER, at, message, Some(help.to_owned()));
            return false;
        }
        if selected.places > 0 {
            return true;
        }
        let help = if WORDS.contains(&key) {
            String::from("the path comes first: `path: matcher`; `$` is the body itself")
        } else {
            dead_path_help(path, view).unwrap_or_else(|| {
                String::from("paths are relative to the body, like `items[].qty`; a rule needs an example to loosen")
            })
        };
        self.key_error(DEAD_PATH, at, format!("`{key}` selects nothing in the example"), Some(help));
        false
    }

    /// Checks that sizes stand for lists, `closed` for objects, and so on.
    fn rule_fits(&mut self, path: &Path, rule: &Rule, selected: Selected, is_map: bool, at: &Pointer) {
        for matcher in &rule.matchers {
            let fault = match matcher {
                Matcher::Size { .. } if !(selected.all_arrays || selected.all_objects && is_map) => {
                    Some("a size is for lists, and for mappings whose keys are data (those with a rule for `.*`)")
                }
                Matcher::Unordered | Matcher::Contains if !selected.all_arrays => Some("this is for lists"),
                Matcher::Closed if !selected.all_objects => {
                    Some("`closed` is for mappings; a list has a size, like `2..2`")
                }
                _ => None,
            };
            if let Some(help) = fault {
                let message = format!("`{matcher}` does not fit what `{path}` selects");
                self.error(MISPLACED_MATCHER, at, message, Some(help.to_owned()));
            }
        }
        if rule.optional && !matches!(path.0.last(), Some(Segment::Key(_))) {
            self.error(
                MISPLACED_MATCHER,
                at,
                format!("`{path}` can't be optional: only a key can be missing"),
                Some(String::from("how many elements there may be is a size: `0+`")),
            );
        }
    }
}

/// The beginnings of a path that lead to a mapping whose keys are data.
fn maps_of(path: &Path) -> impl Iterator<Item = &[Segment]> {
    path.0.iter().enumerate().filter(|(_, segment)| **segment == Segment::AnyKey).map(|(length, _)| &path.0[..length])
}

/// The first step of a dead path that leads nowhere, and what stands there instead.
fn dead_path_help(path: &Path, view: &Value) -> Option<String> {
    let (length, parent) = path.reach(view);
    let segment = path.0.get(length)?;
    let before = Path(path.0[..length].to_vec());
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
        (_, Value::Array(items)) => Some(format!("{place} has {}", count(items.len(), "element"))),
        _ => Some(format!("nothing lies below {place}")),
    }
}
