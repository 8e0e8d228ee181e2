//! The paths of a recording: which of their segments are parameters, and the rules and names for these.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use super::looks::{self, Identifier};
use super::sample::{Sample, SampleBody};
use super::secrets::REDACTED;
use crate::contract::{Format, Matcher, PathRule, Pattern, Rule};

/// How many different words at the same place it takes to make them values of a parameter.
const MANY: usize = 3;

/// A path with the segments that are parameters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Template {
    /// All segments, including the empty one before the first `/`; nothing for a parameter.
    segments: Vec<Option<String>>,
}

impl Template {
    /// The template of a path: segments that look like identifiers are parameters.
    pub(super) fn of(path: &str) -> Self {
        let is_parameter = |segment: &str| looks::identifier(segment).is_some() || segment.contains(REDACTED);
        let segments = path.split('/').map(|segment| (!is_parameter(segment)).then(|| segment.to_owned()));
        Self { segments: segments.collect() }
    }

    /// The template of this path alone, without parameters.
    pub(super) fn literal(path: &str) -> Self {
        Self { segments: path.split('/').map(|segment| Some(segment.to_owned())).collect() }
    }

    /// The indexes of the segments that are parameters.
    pub(super) fn parameters(&self) -> impl Iterator<Item = usize> {
        self.segments.iter().enumerate().filter(|(_, segment)| segment.is_none()).map(|(index, _)| index)
    }

    /// The thing that a parameter identifies: the singular of the segment before it.
    pub(super) fn resource(&self, parameter: usize) -> Option<String> {
        let before = self.segments.get(parameter.checked_sub(1)?)?.as_ref()?;
        (!before.is_empty()).then(|| looks::singular(before))
    }
}

/// `/orders/{id}`, and with several parameters `/orders/{order_id}/items/{item_id}`.
impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let several = self.parameters().count() > 1;
        let mut before = None;
        let segments = self.segments.iter().map(|segment| match segment {
            Some(text) => {
                before = Some(text);
                text.clone()
            }
            None => match before.filter(|word| several && !word.is_empty()) {
                Some(word) => format!("{{{}_id}}", looks::singular(word)),
                None => String::from("{id}"),
            },
        });
        f.write_str(&segments.collect::<Vec<_>>().join("/"))
    }
}

/// The template of each sample's path, in their order.
///
/// A segment is a parameter if it looks like an identifier. It is one, too, if three or more different words occur
/// between the same neighbours and all had similar responses, unless it is the first segment that names something or
/// follows another parameter.
pub(super) fn templates(samples: &[Sample<'_>]) -> Vec<Template> {
    let mut templates: Vec<Template> =
        samples.iter().map(|sample| Template::of(&sample.exchange.request.path)).collect();
    let longest = templates.iter().map(|template| template.segments.len()).max().unwrap_or_default();
    for index in 1..longest {
        let mut siblings: BTreeMap<Vec<Option<String>>, Siblings> = BTreeMap::new();
        for (template, sample) in templates.iter().zip(samples) {
            let Some(Some(word)) = template.segments.get(index) else { continue };
            let before = &template.segments[..index];
            siblings.entry(before.to_vec()).or_default().add(word, &template.segments[index + 1..], sample);
        }
        for template in &mut templates {
            let before = template.segments.get(..index).unwrap_or_default();
            if may_vary(before)
                && siblings.get(before).is_some_and(Siblings::are_values)
                && let Some(segment) = template.segments.get_mut(index)
            {
                *segment = None;
            }
        }
    }
    templates
}

/// Whether a word after these segments may be the value of a parameter.
fn may_vary(before: &[Option<String>]) -> bool {
    let names_something = |segment: &&Option<String>| {
        segment.as_deref().is_some_and(|word| !word.is_empty() && word != "api" && !is_version(word))
    };
    matches!(before.last(), Some(Some(_))) && before.iter().any(|segment| names_something(&segment))
}

fn is_version(word: &str) -> bool {
    word.strip_prefix('v').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
}

/// The words at one place of paths that begin alike.
#[derive(Default)]
struct Siblings {
    words: BTreeSet<String>,
    /// The segments after each of them.
    tails: BTreeSet<Vec<Option<String>>>,
    /// The keys of the responses to the paths that end here, by word.
    keys: BTreeMap<String, BTreeSet<String>>,
    /// Whether the response to a path that ends here was something else than an object.
    others: bool,
}

impl Siblings {
    fn add(&mut self, word: &str, tail: &[Option<String>], sample: &Sample<'_>) {
        self.words.insert(word.to_owned());
        self.tails.insert(tail.to_vec());
        if !tail.is_empty() || !(200..300).contains(&sample.exchange.response.status) {
            return;
        }
        match &sample.response_body {
            SampleBody::Json(Value::Object(object)) => {
                self.keys.entry(word.to_owned()).or_default().extend(object.keys().cloned());
            }
            SampleBody::Empty => {}
            SampleBody::Json(_)
            | SampleBody::Form(_)
            | SampleBody::Text(_)
            | SampleBody::Bytes(_)
            | SampleBody::Unwritable(_) => self.others = true,
        }
    }

    /// Whether the words are values of one parameter.
    fn are_values(&self) -> bool {
        let Some(first) = self.keys.values().next() else { return false };
        let in_all = first.iter().filter(|key| self.keys.values().all(|keys| keys.contains(*key))).count();
        let in_any: BTreeSet<&String> = self.keys.values().flatten().collect();
        // There was a response for every word, and the responses have most of their keys in common.
        self.keys.len() >= MANY && self.keys.len() == self.words.len() && !self.others && in_all * 2 > in_any.len()
    }
}

/// The rule for a path whose parameters, by index, had these values: by segment, or for the whole path if a segment
/// occurs twice.
pub(super) fn path_rule(path: &str, loose: &BTreeMap<usize, Vec<&str>>) -> Option<PathRule> {
    if loose.is_empty() {
        return None;
    }
    let segments: Vec<&str> = path.split('/').collect();
    let alone =
        |index: usize| segments.iter().filter(|segment| Some(**segment) == segments.get(index).copied()).count() == 1;
    if loose.keys().all(|index| alone(*index)) {
        let rules = loose.iter().map(|(index, values)| (*index, segment_rule(values)));
        return Some(PathRule::Segments(rules.collect()));
    }
    let pattern: Vec<String> = segments
        .iter()
        .enumerate()
        .map(|(index, segment)| match loose.get(&index) {
            Some(values) if are_all(values, Identifier::Number) => String::from("[0-9]+"),
            Some(_) => String::from("[^/]+"),
            None => regex::escape(segment),
        })
        .collect();
    Pattern::new(&pattern.join("/")).ok().map(|pattern| PathRule::Whole(Rule::of(Matcher::Regex(pattern))))
}

fn are_all(values: &[&str], identifier: Identifier) -> bool {
    values.iter().all(|value| looks::identifier(value) == Some(identifier))
}

fn segment_rule(values: &[&str]) -> Rule {
    let number = Pattern::new("[0-9]+").ok().filter(|_| are_all(values, Identifier::Number));
    match number {
        Some(pattern) => Rule::of(Matcher::Regex(pattern)),
        None if are_all(values, Identifier::Uuid) => Rule::of(Matcher::Format(Format::Uuid)),
        None => Rule::of(Matcher::Any),
    }
}

/// The rule for addresses such as those of `location`, if parts of them vary: hosts, and segments that look like
/// identifiers. Nothing if the contract can require the address itself.
pub(super) fn location_rule(values: &[&str]) -> Option<Rule> {
    let parts: Vec<(bool, &str, bool)> = values.iter().map(|value| split_address(value)).collect();
    let (_, first, _) = parts.first()?;
    let template = Template::of(first);
    let parameters: BTreeMap<usize, Vec<&str>> = template
        .parameters()
        .map(|index| (index, parts.iter().filter_map(|(_, path, _)| path.split('/').nth(index)).collect()))
        .collect();
    let absolute = parts.iter().any(|(absolute, ..)| *absolute);
    let queried = parts.iter().any(|(.., queried)| *queried);
    let alike = parts.iter().all(|(_, path, _)| Template::of(path) == template);
    if alike && parameters.is_empty() && !absolute && !queried {
        return None;
    }
    if !alike {
        return Some(Rule::of(Matcher::Any));
    }
    let segments = first.split('/').enumerate().map(|(index, segment)| match parameters.get(&index) {
        Some(values) if are_all(values, Identifier::Number) => String::from("[0-9]+"),
        Some(_) => String::from("[^/]+"),
        None => regex::escape(segment),
    });
    let host = if absolute { "(https?://[^/]+)?" } else { "" };
    let query = if queried { "(\\?.*)?" } else { "" };
    let text = format!("{host}{}{query}", segments.collect::<Vec<_>>().join("/"));
    Some(Pattern::new(&text).map_or_else(|_| Rule::of(Matcher::Any), |pattern| Rule::of(Matcher::Regex(pattern))))
}

/// Whether an address names a host, its path, and whether it has a query.
fn split_address(text: &str) -> (bool, &str, bool) {
    let (absolute, rest) = match text.split_once("://") {
        Some((scheme, rest)) if !scheme.contains(['/', '?']) => (true, rest.find('/').map_or("", |at| &rest[at..])),
        _ => (false, text),
    };
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    (absolute, path, path.len() < rest.len())
}
