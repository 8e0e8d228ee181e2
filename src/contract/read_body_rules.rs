//! Reads `match`: each rule must select something in the example and apply to it, and each value of the example that is
//! unclear must have a rule.

use std::collections::HashSet;

use indexmap::IndexMap;
use indexmap::map::Entry;
use serde_json::Value;

use super::codes::{BAD_RULE_PATH, DEAD_PATH, MISPLACED_MATCHER, NEEDS_RULE};
use super::matcher::{Matcher, Rule};
use super::raw::RawRule;
use super::reader::Reader;
use super::rule_text::WORDS;
use super::selection::{KnownRule, MissingRule, Selected, Unclear, select};
use super::terms::WrittenRule;
use crate::interaction::{Body, Content, MOST_INSERTED, Path, Segment};
use crate::source::Pointer;
use crate::source::codes::OVER_LIMIT;
use crate::words::{count, did_you_mean};
use std::borrow::Cow;

/// The rules of a body, by their paths.
type BodyRules = IndexMap<Path, WrittenRule>;

/// The rules with the keys that they are written under; `None` for a rule that can't be read.
type WrittenRules = IndexMap<Path, (String, Option<Rule>)>;

impl Reader<'_> {
    /// Reads the rules of a body, in a `response` or in a request. In a request, a null means null and needs no rule.
    pub(super) fn body_rules(
        &mut self,
        raw: IndexMap<String, RawRule>,
        body: Option<&Body>,
        response: bool,
        at: &Pointer,
    ) -> BodyRules {
        let written = self.written_rules(raw, at);
        // Rules apply to the example with its placeholders filled.
        let fits = |body: &Body| self.inserted.saturating_add(body.inserted(&self.params)) <= MOST_INSERTED;
        // What doesn't fit is an error of the interaction.
        let filled = body.map(|body| if fits(body) { body.filled(&self.params) } else { Cow::Borrowed(body) });
        let Some(view) = filled.as_deref().and_then(|body| body.content.view()) else {
            let is_any = |path: &Path, rule: &Option<Rule>| {
                path.0.is_empty() && rule.as_ref().is_some_and(|rule| *rule == Rule::of(Matcher::Any))
            };
            // The only rule for bytes: any bytes.
            if body.is_some() && written.iter().all(|(path, (_, rule))| is_any(path, rule)) {
                let rules = written.into_iter();
                return rules
                    .filter_map(|(path, (key, rule))| Some((path, WrittenRule { rule: rule?, key })))
                    .collect();
            }
            let (why, help) = if body.is_some() {
                ("a binary body is compared as a whole", "remove the rule")
            } else {
                ("there is no body", "add the body, or remove the rule")
            };
            for (_, (key, _)) in written {
                let message = format!("`{key}` selects nothing: {why}");
                self.key_error(DEAD_PATH, &at.key(key), message, Some(help.to_owned()));
            }
            return BodyRules::new();
        };
        let known: Vec<KnownRule<'_>> = written.iter().map(|(path, (_, rule))| (path, rule.as_ref())).collect();
        let needs_rules = response
            && body.is_some_and(|body| match body.content {
                Content::Json(_) => true,
                Content::Text(_) | Content::Bytes(_) | Content::Form(_) => false,
            });
        let selection = select(&view, &known, needs_rules);
        if selection.too_many {
            let help = "use fewer rules or a shorter example";
            self.error(OVER_LIMIT, at, "these rules select too many places", Some(help.to_owned()));
            return BodyRules::new();
        }
        let maps: HashSet<&[Segment]> = written.keys().flat_map(paths_of_maps).collect();
        for ((path, (key, rule)), selected) in written.iter().zip(&selection.rules) {
            let at = at.key(key);
            let is_map = maps.contains(path.0.as_slice());
            if self.check_selection(path, rule.as_ref(), key, &view, *selected, &at)
                && let Some(rule) = rule
            {
                self.check_places(path, rule, *selected, is_map, &at);
            }
        }
        for missing in &selection.missing {
            self.missing_rule(missing, at);
        }
        let rules = written.into_iter();
        rules.filter_map(|(path, (key, rule))| Some((path, WrittenRule { rule: rule?, key }))).collect()
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
                    self.key_error(BAD_RULE_PATH, &at, format!("`{key}` isn't a path: {why}"), None);
                }
                Ok(Entry::Occupied(first)) => {
                    let message = format!("there is already a rule for `{}`", first.key());
                    self.same_place(&at, &rules_at.key(&first.get().0), message);
                }
                Ok(Entry::Vacant(place)) => {
                    place.insert((key, rule));
                }
            }
        }
        rules
    }

    /// Reports a place that needs a rule; `rules` is the place of `match`.
    fn missing_rule(&mut self, missing: &MissingRule, rules: &Pointer) {
        let MissingRule { place, rule_path, value } = missing;
        let above = rules.0.split_last().map_or(&[][..], |(_, above)| above);
        let body = Pointer(above.to_vec()).key("body");
        let at = place.0.iter().fold(body, |at, segment| match segment {
            Segment::Key(key) => at.key(key),
            Segment::Index(index) => at.index(*index),
            Segment::AnyKey | Segment::Each => at,
        });
        let (what, help) = match value {
            Unclear::Null => ("null", format!("add a rule: `{rule_path}: string or null`, or `{rule_path}: any`")),
            Unclear::EmptyList => (
                "an empty list",
                format!(
                    "add a rule: `{rule_path}: 0+` for any number of elements, `{rule_path}: exact` for no elements"
                ),
            ),
        };
        self.error(NEEDS_RULE, &at, format!("{what} at `{place}` doesn't say what the consumer needs"), Some(help));
    }

    /// Checks that a path selects something in the example, or that it could if its rule is `absent`. Returns whether it
    /// does.
    fn check_selection(
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
            let help = "remove it from the example, or the rule from `match`";
            let message = format!("`{path}` must be absent, but the example has it");
            self.error(MISPLACED_MATCHER, at, message, Some(help.to_owned()));
            return false;
        }
        if selected.places > 0 {
            return true;
        }
        let help = if WORDS.contains(&key) {
            String::from("write the path first, `path: matcher`; `$` is the body itself")
        } else {
            dead_path_help(path, view).unwrap_or_else(|| {
                String::from("paths begin at the body, like `items[].qty`; a rule needs a place in the example")
            })
        };
        self.key_error(DEAD_PATH, at, format!("`{key}` selects nothing in the example"), Some(help));
        false
    }

    /// Checks that the selected places are such that the rule can apply to them.
    fn check_places(&mut self, path: &Path, rule: &Rule, selected: Selected, is_map: bool, at: &Pointer) {
        for matcher in &rule.matchers {
            if let Some(help) = misplaced(matcher, selected, is_map) {
                let message = format!("`{matcher}` doesn't apply to the values that `{path}` selects");
                self.error(MISPLACED_MATCHER, at, message, Some(help.to_owned()));
            }
        }
        if rule.optional && !matches!(path.0.last(), Some(Segment::Key(_))) {
            self.error(
                MISPLACED_MATCHER,
                at,
                format!("`{path}` can't be optional: only a key can be missing"),
                Some(String::from("to allow any number of elements, use a size: `0+`")),
            );
        }
    }
}

/// The kind of value that a matcher applies to, unless it applies to all selected places; `is_map` says whether the
/// keys of these are data.
const fn misplaced(matcher: &Matcher, selected: Selected, is_map: bool) -> Option<&'static str> {
    let (applies, help) = match matcher {
        Matcher::Size { .. } => (
            selected.all_arrays || selected.all_objects && is_map,
            "a size applies to lists, and to mappings whose keys are data (those with a rule for `.*`)",
        ),
        Matcher::Unordered | Matcher::Contains => (selected.all_arrays, "it applies to lists"),
        Matcher::Closed => (selected.all_objects, "`closed` applies to mappings; for a list, use a size like `2..2`"),
        Matcher::Exact
        | Matcher::Equal
        | Matcher::Any
        | Matcher::Absent
        | Matcher::Type(_)
        | Matcher::Format(_)
        | Matcher::Regex(_)
        | Matcher::OneOf(_)
        | Matcher::Schema(_) => return None,
    };
    if applies { None } else { Some(help) }
}

/// The beginnings of a path that select mappings whose keys are data.
fn paths_of_maps(path: &Path) -> impl Iterator<Item = &[Segment]> {
    path.0.iter().enumerate().filter(|(_, segment)| **segment == Segment::AnyKey).map(|(length, _)| &path.0[..length])
}

/// A help for a path that selects nothing: why its first step that fails does so.
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
        (Segment::Each, Value::Array(_)) => Some(format!("{place} is empty in the example: add an element")),
        (Segment::Index(_), Value::Array(items)) => Some(format!("{place} has {}", count(items.len(), "element"))),
        (Segment::AnyKey, Value::Array(_)) => Some(format!("{place} is a list, not a mapping")),
        (Segment::AnyKey, Value::Object(_)) => Some(format!("{place} is empty in the example: add a key")),
        (_, Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
            Some(format!("{place} is a single value, without keys or elements"))
        }
    }
}
