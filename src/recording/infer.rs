//! From the samples of a body to its rules. What is safe is concluded; what only the author of the consumer can know
//! is suggested.
//!
//! Samples can't prove that a key is always there, a number never has a fraction, or a text is always one of a few
//! (three samples miss a key that is absent in one answer of twenty in 86 of 100 cases). They do prove what was seen:
//! that a key can be missing, a value null, a list empty. So rules that loosen are written, and rules that tighten are
//! suggested, but for formats that two or more different values share.

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::example;
use super::guard::REDACTED;
use super::looks;
use super::remark::{Remark, What};
use super::secret_names::is_secret_name;
use super::seen::{Kind, Seen};
use crate::contract::attachments::NoAttachments;
use crate::contract::number::is_integer;
use crate::contract::{Format, JsonType, Matcher, Path, Rule, SchemaRule, Segment, Written};
use crate::words::count;

/// How many different values an enumeration has at most, and how often each was seen at least, where its name does
/// not tell.
const FEW: usize = 6;
const OFTEN: usize = 8;

/// An example with its rules.
#[derive(Debug)]
pub(super) struct Inferred {
    pub example: Value,
    pub rules: IndexMap<Path, Written<Rule>>,
    pub remarks: Vec<Remark>,
}

/// In how many of the mappings around it a place was not there.
#[derive(Clone, Copy)]
struct Absence {
    missing: usize,
    of: usize,
}

const ALWAYS_THERE: Absence = Absence { missing: 0, of: 0 };

struct Inference {
    /// How its remarks name the message: `response body`.
    part: &'static str,
    rules: IndexMap<Path, Written<Rule>>,
    remarks: Vec<Remark>,
}

/// The least that the samples of a response's body have in common.
pub(super) fn response(samples: Vec<&Value>, part: &'static str) -> Inferred {
    let seen = Seen::new(samples);
    let mut inference = Inference::new(part);
    inference.answered(&seen, &mut Vec::new(), ALWAYS_THERE);
    inference.ended(example::of_response(&seen))
}

/// Exactly what the samples of a request's body have in common; what differs or is volatile has a rule.
pub(super) fn request(samples: Vec<&Value>, part: &'static str) -> Inferred {
    let seen = Seen::new(samples);
    let mut inference = Inference::new(part);
    inference.asked(&seen, &mut Vec::new(), ALWAYS_THERE);
    inference.ended(example::of_request(&seen))
}

impl Inference {
    fn new(part: &'static str) -> Self {
        Self { part, rules: IndexMap::new(), remarks: Vec::new() }
    }

    fn ended(self, example: Value) -> Inferred {
        Inferred { example, rules: self.rules, remarks: self.remarks }
    }

    fn place(&self, path: &[Segment]) -> String {
        format!("{} {}", self.part, Path(path.to_vec()))
    }

    fn write(&mut self, path: &[Segment], rule: Rule, why: &[String]) {
        if rule == Rule::default() {
            return;
        }
        self.remarks.push(Remark::new(self.place(path), What::Written(rule.clone()), why.join(", ")));
        let path = Path(path.to_vec());
        let key = path.to_string();
        self.rules.insert(path, Written { thing: rule, key });
    }

    fn suggest(&mut self, path: &[Segment], matcher: Matcher, why: String) {
        // What is written already says that the place may be missing or null, and a rule in its place must say it, too.
        let path = Path(path.to_vec());
        let loosened = self.rules.get(&path).map(|written| written.thing.clone()).unwrap_or_default();
        let rule = Rule { matchers: vec![matcher], ..loosened };
        self.remarks.push(Remark::new(self.place(&path.0), What::SuggestedRule(path, rule), why));
    }

    fn warn(&mut self, path: &[Segment], why: impl Into<String>) {
        self.remarks.push(Remark::new(self.place(path), What::Warned, why));
    }

    /// One place of a response.
    fn answered(&mut self, seen: &Seen<'_>, path: &mut Vec<Segment>, absence: Absence) {
        let (mut rule, mut why) = loosened(seen, absence);
        match (seen.only_kind(), seen.kinds.is_empty()) {
            (None, true) => {
                rule = Rule { matchers: vec![Matcher::Any], or_null: false, ..rule };
                self.write(path, rule, &why);
                self.warn(path, "only null was seen: what else may come is not known");
            }
            (None, false) => {
                why.insert(0, kinds_in_words(seen));
                rule.matchers.extend(one_of_types(seen));
                self.write(path, rule, &why);
            }
            (Some(Kind::String), _) => {
                let format = written_format(seen);
                if let Some(format) = format {
                    why.insert(0, format!("{} different values", distinct(seen)));
                    rule.matchers.push(Matcher::Format(format));
                } else if rule.or_null {
                    rule.matchers.push(Matcher::Type(JsonType::String));
                }
                self.write(path, rule, &why);
                if format.is_none() {
                    self.suggest_for_texts(seen, path);
                }
            }
            (Some(Kind::Number), _) => {
                if rule.or_null {
                    rule.matchers.push(Matcher::Type(JsonType::Number));
                }
                self.write(path, rule, &why);
                let numbers = seen.values.iter().filter_map(|value| value.as_number());
                if numbers.clone().all(is_integer) {
                    let why = format!("{} without a fraction", count(numbers.count(), "value"));
                    self.suggest(path, Matcher::Type(JsonType::Integer), why);
                }
            }
            (Some(Kind::Boolean), _) => {
                if rule.or_null {
                    rule.matchers.push(Matcher::Type(JsonType::Boolean));
                }
                self.write(path, rule, &why);
            }
            (Some(Kind::Array), _) => {
                self.listed(seen, path, rule, why);
                if let Some(elements) = &seen.elements {
                    path.push(Segment::Each);
                    self.answered(elements, path, ALWAYS_THERE);
                    path.pop();
                }
            }
            (Some(Kind::Object), _) => {
                if let Some(entries) = &seen.entries {
                    self.mapped(seen, entries, path, rule, why, Self::answered);
                } else {
                    self.write(path, rule, &why);
                    self.suggest_by_tag(seen, path);
                    for (key, field) in &seen.fields {
                        path.push(Segment::Key((*key).to_owned()));
                        self.answered(field, path, absence_of(seen, field));
                        path.pop();
                    }
                }
            }
        }
    }

    /// A list of a response: whether it may be empty.
    fn listed(&mut self, seen: &Seen<'_>, path: &[Segment], mut rule: Rule, mut why: Vec<String>) {
        if seen.empty > 0 {
            why.push(format!("empty in {} of {}", seen.empty, seen.number_of(Kind::Array)));
            rule.matchers.push(Matcher::Size { min: 0, max: None });
        }
        self.write(path, rule, &why);
        if seen.elements.is_none() {
            self.warn(path, "no element was seen: nothing is known of what the list holds");
        } else if example::is_cut(seen) {
            self.warn(path, "the example shows the beginning of the list only");
        }
    }

    /// A mapping whose keys are data.
    fn mapped(
        &mut self,
        seen: &Seen<'_>,
        entries: &Seen<'_>,
        path: &mut Vec<Segment>,
        mut rule: Rule,
        mut why: Vec<String>,
        below: fn(&mut Self, &Seen<'_>, &mut Vec<Segment>, Absence),
    ) {
        if seen.empty > 0 {
            why.push(format!("empty in {} of {}", seen.empty, seen.objects()));
            rule.matchers.push(Matcher::Size { min: 0, max: None });
        }
        self.write(path, rule, &why);
        path.push(Segment::AnyKey);
        let before = self.rules.len();
        below(self, entries, path, ALWAYS_THERE);
        // A rule for `.*`, or for what lies below it, is what makes the keys data.
        let has_rule =
            self.rules.get_range(before..).is_some_and(|rules| rules.keys().any(|rule| rule.0.starts_with(path)));
        if !has_rule {
            let why = [String::from("the keys are data")];
            let depth = path.len();
            let matcher = type_within(entries, path);
            self.write(path, Rule { matchers: matcher.into_iter().collect(), ..Rule::default() }, &why);
            path.truncate(depth);
        }
        path.pop();
    }

    fn suggest_for_texts(&mut self, seen: &Seen<'_>, path: &[Segment]) {
        let mut values: Vec<&str> = seen.texts().collect();
        let number = values.len();
        values.sort_unstable();
        values.dedup();
        if values.iter().any(|text| text.contains(REDACTED)) {
            return;
        }
        if let Some(format) = looks::format(&values) {
            let why = String::from("its only value looks so");
            return self.suggest(path, Matcher::Format(format), why);
        }
        let named = path.iter().rev().find_map(|segment| match segment {
            Segment::Key(key) => Some(looks::has_few_values(key)),
            _ => None,
        });
        let few = values.len() <= FEW && number >= OFTEN * values.len();
        let tokens = values.iter().all(|text| looks::is_token(text));
        if tokens && (few || named == Some(true) && values.len() <= 2 * FEW) {
            let why = format!("{} in {}: are these all?", count(values.len(), "value"), count(number, "sample"));
            let values = values.into_iter().map(|text| json!(text)).collect();
            self.suggest(path, Matcher::OneOf(values), why);
        }
    }

    /// Whether a text decides which keys an object has: then there are several kinds of answers, which one example
    /// can't show.
    fn suggest_by_tag(&mut self, seen: &Seen<'_>, path: &[Segment]) {
        if !seen.fields.values().any(|field| field.values.len() < seen.objects()) {
            return;
        }
        let objects = || seen.values.iter().filter_map(|value| value.as_object());
        for (key, field) in &seen.fields {
            if field.values.len() != seen.objects() || field.only_kind() != Some(Kind::String) || field.nulls > 0 {
                continue;
            }
            // Each tag with its keys, and how often it was seen.
            let mut keys_by_tag: IndexMap<&str, (Vec<&str>, usize)> = IndexMap::new();
            let decides = objects().all(|object| {
                let Some(tag) = object.get(*key).and_then(Value::as_str) else { return false };
                let mut keys: Vec<&str> = object.keys().map(String::as_str).collect();
                keys.sort_unstable();
                let known = keys_by_tag.entry(tag).or_insert_with(|| (keys.clone(), 0));
                known.1 += 1;
                known.0 == keys
            });
            let decides = decides && keys_by_tag.values().all(|(_, times)| *times > 1);
            let tags = keys_by_tag.len();
            if decides
                && (2..=FEW).contains(&tags)
                && tags < seen.objects()
                && keys_by_tag.keys().all(|tag| looks::is_token(tag))
            {
                keys_by_tag.sort_keys();
                let tags: Vec<&str> = keys_by_tag.keys().copied().collect();
                let place = Path([path, &[Segment::Key((*key).to_owned())]].concat());
                self.remarks.push(Remark::new(
                    self.place(&place.0),
                    What::Suggested(format!("an interaction for each `{place}`: {}", tags.join(", "))),
                    "its value decides which keys there are",
                ));
                return;
            }
        }
    }

    /// One place of a request.
    fn asked(&mut self, seen: &Seen<'_>, path: &mut Vec<Segment>, absence: Absence) {
        let (mut rule, mut why) = loosened(seen, absence);
        if seen.is_one_value() && absence.missing == 0 {
            return seen.values.first().into_iter().for_each(|value| self.volatile(value, path));
        }
        if !seen.is_one_value() {
            why.insert(0, format!("{} different values", distinct(seen)));
        }
        match (seen.only_kind(), seen.kinds.is_empty()) {
            (None, true) => rule.matchers.push(Matcher::Any),
            (None, false) => rule.matchers.extend(one_of_types(seen)),
            (Some(Kind::Object), _) => {
                if let Some(entries) = &seen.entries {
                    return self.mapped(seen, entries, path, rule, why, Self::asked);
                }
                self.write(path, rule, &why);
                for (key, field) in &seen.fields {
                    path.push(Segment::Key((*key).to_owned()));
                    self.asked(field, path, absence_of(seen, field));
                    path.pop();
                }
                return;
            }
            (Some(Kind::Array), _) => {
                rule.matchers.push(Matcher::Size { min: u64::from(seen.empty == 0), max: None });
                self.write(path, rule, &why);
                if let Some(elements) = &seen.elements {
                    path.push(Segment::Each);
                    self.asked(elements, path, ALWAYS_THERE);
                    path.pop();
                }
                return;
            }
            (Some(Kind::String), _) => match looks::format(&seen.texts().collect::<Vec<_>>()) {
                Some(format) => rule.matchers.push(Matcher::Format(format)),
                None => rule.matchers.push(Matcher::Type(JsonType::String)),
            },
            (Some(Kind::Number), _) => rule.matchers.push(Matcher::Type(JsonType::Number)),
            (Some(Kind::Boolean), _) => rule.matchers.push(Matcher::Type(JsonType::Boolean)),
        }
        self.write(path, rule, &why);
    }

    /// The places of a request whose value is likely to be another one the next time.
    fn volatile(&mut self, value: &Value, path: &mut Vec<Segment>) {
        let likely = || vec![String::from("likely to differ the next time")];
        match value {
            Value::String(text) if text.contains(REDACTED) => {
                self.write(path, Rule::of(Matcher::Type(JsonType::String)), &[String::from("a secret was here")]);
            }
            Value::String(text) if looks::is_volatile(text) => {
                let format = looks::format(&[text.as_str()]);
                let matcher = format.map_or(Matcher::Type(JsonType::String), Matcher::Format);
                self.write(path, Rule::of(matcher), &likely());
            }
            Value::Number(number) if looks::is_epoch(number.as_str()) => {
                self.write(path, Rule::of(Matcher::Type(JsonType::Number)), &likely());
            }
            Value::Object(object) => {
                for (key, item) in object {
                    path.push(Segment::Key(key.clone()));
                    if item.is_number() && is_secret_name(key) {
                        self.write(
                            path,
                            Rule::of(Matcher::Type(JsonType::Number)),
                            &[String::from("a secret was here")],
                        );
                    } else {
                        self.volatile(item, path);
                    }
                    path.pop();
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    path.push(Segment::Index(index));
                    self.volatile(item, path);
                    path.pop();
                }
            }
            _ => {}
        }
    }
}

/// What the samples prove: that a place can be missing or null.
fn loosened(seen: &Seen<'_>, absence: Absence) -> (Rule, Vec<String>) {
    let rule = Rule { matchers: Vec::new(), optional: absence.missing > 0, or_null: seen.nulls > 0 };
    let mut why = Vec::new();
    if rule.optional {
        why.push(format!("missing in {} of {}", absence.missing, absence.of));
    }
    if rule.or_null {
        why.push(format!("null in {} of {}", seen.nulls, seen.values.len()));
    }
    (rule, why)
}

fn absence_of(around: &Seen<'_>, field: &Seen<'_>) -> Absence {
    Absence { missing: around.objects() - field.values.len(), of: around.objects() }
}

/// The format of a place: what two or more different values have in common is no accident.
fn written_format(seen: &Seen<'_>) -> Option<Format> {
    if distinct(seen) < 2 { None } else { looks::format(&seen.texts().collect::<Vec<_>>()) }
}

/// How many different values there were.
fn distinct(seen: &Seen<'_>) -> usize {
    let mut values: Vec<String> = seen.values.iter().map(ToString::to_string).collect();
    values.sort_unstable();
    values.dedup();
    values.len()
}

fn kinds_in_words(seen: &Seen<'_>) -> String {
    let kinds: Vec<String> = seen.kinds.iter().map(|(kind, number)| format!("{} in {number}", kind.word())).collect();
    kinds.join(", ")
}

/// A place that was of several types may be of each of them.
fn one_of_types(seen: &Seen<'_>) -> Option<Matcher> {
    let types: Vec<&str> = seen.kinds.iter().map(|(kind, _)| kind.word()).collect();
    SchemaRule::new(&json!({ "type": types }), &NoAttachments).ok().map(Matcher::Schema)
}

/// A type that says no more than the example does: that of a place, or of the first place below it that has one and
/// is always there.
fn type_within(seen: &Seen<'_>, path: &mut Vec<Segment>) -> Option<Matcher> {
    match seen.only_kind() {
        Some(Kind::Object) if seen.entries.is_none() => {
            let depth = path.len();
            for (key, field) in seen.fields.iter().filter(|(_, field)| field.values.len() == seen.objects()) {
                path.push(Segment::Key((*key).to_owned()));
                if let Some(matcher) = type_within(field, path).filter(|matcher| matches!(matcher, Matcher::Type(_))) {
                    return Some(matcher);
                }
                path.truncate(depth);
            }
            one_of_types(seen)
        }
        Some(Kind::Boolean) => Some(Matcher::Type(JsonType::Boolean)),
        Some(Kind::Number) => Some(Matcher::Type(JsonType::Number)),
        Some(Kind::String) => Some(Matcher::Type(JsonType::String)),
        Some(Kind::Array) => Some(Matcher::Size { min: 1, max: None }),
        Some(Kind::Object) | None => one_of_types(seen),
    }
}
