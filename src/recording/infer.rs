//! From the samples of a body to its rules. Safe conclusions are written; the rest is suggested, since only the author of
//! the consumer can know.
//!
//! Samples can't prove that a key is always there, that a number never has a fraction, or that a text is always one of a
//! few (if one response in twenty lacks a key, three samples show all of them with it in 86 of 100 cases). They do prove
//! that a key can be missing, a value null, a list empty. So rules that loosen are written and rules that tighten are
//! suggested, except for formats that at least two different values share.

use std::collections::HashSet;

use indexmap::IndexMap;
use serde_json::{Number, Value, json};

use super::place::{Place, Side};
use super::remark::{Conclusion, Reason, Remark, Suggestion};
use super::secrets::{REDACTED, is_secret_place};
use super::seen::{JsonKind, Seen};
use super::{example, looks};
use crate::contract::attachments::NoAttachments;
use crate::contract::{Format, JsonType, Matcher, Rule, SchemaRule, WrittenRule};
use crate::interaction::number::is_integer;
use crate::interaction::{Part, Path, Segment};

/// The most different values of an enumeration, unless its name gives it away.
const FEW: usize = 6;
/// How often each value of an enumeration must have been seen, unless its name gives it away.
const OFTEN: usize = 8;

/// An example with its rules.
#[derive(Debug)]
pub(super) struct Inferred {
    pub example: Value,
    pub rules: IndexMap<Path, WrittenRule>,
    pub remarks: Vec<Remark>,
}

/// How often a place was missing from the objects around it.
#[derive(Clone, Copy)]
struct Absence {
    missing: usize,
    of: usize,
}

const ALWAYS_THERE: Absence = Absence { missing: 0, of: 0 };

struct Inference {
    side: Side,
    rules: IndexMap<Path, WrittenRule>,
    remarks: Vec<Remark>,
}

/// Infers the least that the samples of a response's body have in common.
pub(super) fn infer_response(samples: Vec<&Value>) -> Inferred {
    let seen = Seen::new(samples);
    let mut inference = Inference::new(Side::Response);
    inference.infer_response_place(&seen, &mut Vec::new(), ALWAYS_THERE);
    inference.finish(example::of_response(&seen))
}

/// Infers exactly what the samples of a request's body have in common; differing and volatile values get rules.
pub(super) fn infer_request(samples: Vec<&Value>) -> Inferred {
    let seen = Seen::new(samples);
    let mut inference = Inference::new(Side::Request);
    inference.infer_request_place(&seen, &mut Vec::new(), ALWAYS_THERE);
    inference.finish(example::of_request(&seen))
}

impl Inference {
    fn new(side: Side) -> Self {
        Self { side, rules: IndexMap::new(), remarks: Vec::new() }
    }

    fn finish(self, example: Value) -> Inferred {
        Inferred { example, rules: self.rules, remarks: self.remarks }
    }

    fn place(&self, path: &[Segment]) -> Place {
        Place::new(self.side, Part::Body, Path(path.to_vec()).to_string())
    }

    fn write(&mut self, path: &[Segment], rule: Rule, reasons: Vec<Reason>) {
        if rule == Rule::default() {
            return;
        }
        self.remarks.push(Remark { place: self.place(path), conclusion: Conclusion::Written(rule.clone()), reasons });
        let path = Path(path.to_vec());
        let key = path.to_string();
        self.rules.insert(path, WrittenRule { rule, key });
    }

    fn suggest(&mut self, path: &[Segment], matcher: Matcher, reason: Reason) {
        // The rule that is written may allow a missing key or null, and the suggestion that replaces it must, too.
        let path = Path(path.to_vec());
        let loosened = self.rules.get(&path).map(|written| written.rule.clone()).unwrap_or_default();
        let rule = Rule { matchers: vec![matcher], ..loosened };
        self.remarks.push(Remark::new(self.place(&path.0), Conclusion::SuggestedRule(path, rule), reason));
    }

    fn warn(&mut self, path: &[Segment], reason: Reason) {
        self.remarks.push(Remark::new(self.place(path), Conclusion::Warning, reason));
    }

    /// Infers the rules of one place of a response and of everything below it.
    fn infer_response_place(&mut self, seen: &Seen<'_>, path: &mut Vec<Segment>, absence: Absence) {
        let (mut rule, mut reasons) = loosen(seen, absence);
        let Some(kind) = seen.only_kind() else {
            if seen.kinds.is_empty() {
                rule = Rule { matchers: vec![Matcher::Any], or_null: false, ..rule };
                self.write(path, rule, reasons);
                self.warn(path, Reason::OnlyNull);
            } else {
                reasons.insert(0, Reason::Types(seen.kinds.clone()));
                rule.matchers.extend(one_of_types(seen));
                self.write(path, rule, reasons);
            }
            return;
        };
        match kind {
            JsonKind::String => self.infer_texts(seen, path, rule, reasons),
            JsonKind::Number => {
                if rule.or_null {
                    rule.matchers.push(Matcher::Type(JsonType::Number));
                }
                self.write(path, rule, reasons);
                let numbers = seen.values.iter().filter_map(|value| value.as_number());
                // `25.0` is whole, but whoever writes it so has fractions.
                let is_written_whole =
                    |number: &Number| number.as_str().bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
                if numbers.clone().all(|number| is_integer(number) && is_written_whole(number)) {
                    self.suggest(path, Matcher::Type(JsonType::Integer), Reason::NoFraction(numbers.count()));
                }
            }
            JsonKind::Boolean => {
                if rule.or_null {
                    rule.matchers.push(Matcher::Type(JsonType::Boolean));
                }
                self.write(path, rule, reasons);
            }
            JsonKind::Array => {
                self.infer_list(seen, path, rule, reasons);
                if let Some(elements) = &seen.elements {
                    path.push(Segment::Each);
                    self.infer_response_place(elements, path, ALWAYS_THERE);
                    path.pop();
                }
            }
            JsonKind::Object => {
                if let Some(entries) = &seen.entries {
                    self.infer_map(seen, entries, path, rule, reasons, Self::infer_response_place);
                } else {
                    self.write(path, rule, reasons);
                    self.suggest_split(seen, path);
                    for (key, field) in &seen.fields {
                        path.push(Segment::Key((*key).to_owned()));
                        self.infer_response_place(field, path, absence_of(seen, field));
                        path.pop();
                    }
                }
            }
        }
    }

    /// The texts of a response: their format, if at least two different values share it.
    fn infer_texts(&mut self, seen: &Seen<'_>, path: &[Segment], mut rule: Rule, mut reasons: Vec<Reason>) {
        let format = shared_format(seen);
        if let Some(format) = format {
            reasons.insert(0, Reason::DifferentValues(count_different(seen)));
            rule.matchers.push(Matcher::Format(format));
        } else if rule.or_null {
            rule.matchers.push(Matcher::Type(JsonType::String));
        }
        self.write(path, rule, reasons);
        if format.is_none() {
            self.suggest_for_texts(seen, path);
        }
    }

    /// A list of a response: whether it may be empty.
    fn infer_list(&mut self, seen: &Seen<'_>, path: &[Segment], mut rule: Rule, mut reasons: Vec<Reason>) {
        if seen.empty > 0 {
            reasons.push(Reason::Empty { times: seen.empty, of: seen.number_of(JsonKind::Array) });
            rule.matchers.push(Matcher::Size { min: 0, max: None });
        }
        self.write(path, rule, reasons);
        if seen.elements.is_none() {
            self.warn(path, Reason::NoElement);
        } else if example::is_shortened(seen) {
            self.warn(path, Reason::ShortenedList);
        }
    }

    /// An object whose keys are data. `below` infers the rules of its values.
    fn infer_map(
        &mut self,
        seen: &Seen<'_>,
        entries: &Seen<'_>,
        path: &mut Vec<Segment>,
        mut rule: Rule,
        mut reasons: Vec<Reason>,
        below: fn(&mut Self, &Seen<'_>, &mut Vec<Segment>, Absence),
    ) {
        if seen.empty > 0 {
            reasons.push(Reason::Empty { times: seen.empty, of: seen.objects() });
            rule.matchers.push(Matcher::Size { min: 0, max: None });
        }
        self.write(path, rule, reasons);
        path.push(Segment::AnyKey);
        let before = self.rules.len();
        below(self, entries, path, ALWAYS_THERE);
        // Only a rule for `.*`, or for a place below it, makes the keys data.
        let has_rule =
            self.rules.get_range(before..).is_some_and(|rules| rules.keys().any(|rule| rule.0.starts_with(path)));
        if !has_rule {
            let depth = path.len();
            let matcher = type_within(entries, path);
            let rule = Rule { matchers: matcher.into_iter().collect(), ..Rule::default() };
            self.write(path, rule, vec![Reason::KeysAreData]);
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
            return self.suggest(path, Matcher::Format(format), Reason::LooksLikeFormat);
        }
        let named_like_enumeration = path.iter().rev().find_map(|segment| match segment {
            Segment::Key(key) => Some(looks::has_few_values(key)),
            Segment::AnyKey | Segment::Each | Segment::Index(_) => None,
        });
        let few = values.len() <= FEW && number >= OFTEN * values.len();
        let tokens = values.iter().all(|text| looks::is_token(text));
        if tokens && (few || named_like_enumeration == Some(true) && values.len() <= 2 * FEW) {
            let reason = Reason::FewValues { different: values.len(), samples: number };
            let values = values.into_iter().map(|text| json!(text)).collect();
            self.suggest(path, Matcher::OneOf(values), reason);
        }
    }

    /// Suggests one interaction for each value of a text that determines which keys the object has: one example can't
    /// show several kinds of objects.
    fn suggest_split(&mut self, seen: &Seen<'_>, path: &[Segment]) {
        if !seen.fields.values().any(|field| field.values.len() < seen.objects()) {
            return;
        }
        let objects = || seen.values.iter().filter_map(|value| value.as_object());
        for (key, field) in &seen.fields {
            if field.values.len() != seen.objects() || field.only_kind() != Some(JsonKind::String) || field.nulls > 0 {
                continue;
            }
            // The keys that go with each value, and how often it was seen.
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
                let values = keys_by_tag.keys().map(|tag| (*tag).to_owned()).collect();
                let place = Path([path, &[Segment::Key((*key).to_owned())]].concat());
                self.remarks.push(Remark::new(
                    self.place(&place.0),
                    Conclusion::Suggested(Suggestion::SplitBy { place, values }),
                    Reason::DeterminesKeys,
                ));
                return;
            }
        }
    }

    /// Infers the rules of one place of a request and of everything below it.
    fn infer_request_place(&mut self, seen: &Seen<'_>, path: &mut Vec<Segment>, absence: Absence) {
        let (mut rule, mut reasons) = loosen(seen, absence);
        if seen.is_one_value() && absence.missing == 0 {
            return seen.values.first().into_iter().for_each(|value| self.loosen_volatile(value, path));
        }
        if !seen.is_one_value() {
            reasons.insert(0, Reason::DifferentValues(count_different(seen)));
        }
        match (seen.only_kind(), seen.kinds.is_empty()) {
            (None, true) => rule.matchers.push(Matcher::Any),
            (None, false) => rule.matchers.extend(one_of_types(seen)),
            (Some(JsonKind::Object), _) => {
                if let Some(entries) = &seen.entries {
                    return self.infer_map(seen, entries, path, rule, reasons, Self::infer_request_place);
                }
                self.write(path, rule, reasons);
                for (key, field) in &seen.fields {
                    path.push(Segment::Key((*key).to_owned()));
                    self.infer_request_place(field, path, absence_of(seen, field));
                    path.pop();
                }
                return;
            }
            (Some(JsonKind::Array), _) => {
                rule.matchers.push(Matcher::Size { min: u64::from(seen.empty == 0), max: None });
                self.write(path, rule, reasons);
                if let Some(elements) = &seen.elements {
                    path.push(Segment::Each);
                    self.infer_request_place(elements, path, ALWAYS_THERE);
                    path.pop();
                }
                return;
            }
            (Some(JsonKind::String), _) => match looks::format(&seen.texts().collect::<Vec<_>>()) {
                Some(format) => rule.matchers.push(Matcher::Format(format)),
                None => rule.matchers.push(Matcher::Type(JsonType::String)),
            },
            (Some(JsonKind::Number), _) => rule.matchers.push(Matcher::Type(JsonType::Number)),
            (Some(JsonKind::Boolean), _) => rule.matchers.push(Matcher::Type(JsonType::Boolean)),
        }
        self.write(path, rule, reasons);
    }

    /// Loosens the places of a request whose values are likely to change.
    fn loosen_volatile(&mut self, value: &Value, path: &mut Vec<Segment>) {
        match value {
            Value::String(text) if text.contains(REDACTED) => {
                self.write(path, Rule::of(Matcher::Type(JsonType::String)), vec![Reason::Secret]);
            }
            Value::String(text) if looks::is_volatile(text) => {
                let format = looks::format(&[text.as_str()]);
                let matcher = format.map_or(Matcher::Type(JsonType::String), Matcher::Format);
                self.write(path, Rule::of(matcher), vec![Reason::Volatile]);
            }
            Value::Number(number) if looks::is_epoch(number.as_str()) => {
                self.write(path, Rule::of(Matcher::Type(JsonType::Number)), vec![Reason::Volatile]);
            }
            Value::Object(object) => {
                for (key, item) in object {
                    path.push(Segment::Key(key.clone()));
                    if is_replaced_number(item, path) {
                        self.write(path, Rule::of(Matcher::Type(JsonType::Number)), vec![Reason::Secret]);
                    } else {
                        self.loosen_volatile(item, path);
                    }
                    path.pop();
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    path.push(Segment::Index(index));
                    self.loosen_volatile(item, path);
                    path.pop();
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// Whether a number stands for a secret: it is what [`super::secrets::redact`] puts there, below the name of one.
fn is_replaced_number(item: &Value, path: &[Segment]) -> bool {
    let keys = path.iter().filter_map(|segment| match segment {
        Segment::Key(key) => Some(key.as_str()),
        Segment::AnyKey | Segment::Each | Segment::Index(_) => None,
    });
    item.as_u64() == Some(0) && is_secret_place(keys)
}

/// The rule that the samples prove: whether a place can be missing or null.
fn loosen(seen: &Seen<'_>, absence: Absence) -> (Rule, Vec<Reason>) {
    let rule = Rule { matchers: Vec::new(), optional: absence.missing > 0, or_null: seen.nulls > 0 };
    let mut reasons = Vec::new();
    if rule.optional {
        reasons.push(Reason::Missing { times: absence.missing, of: absence.of });
    }
    if rule.or_null {
        reasons.push(Reason::Null { times: seen.nulls, of: seen.values.len() });
    }
    (rule, reasons)
}

fn absence_of(around: &Seen<'_>, field: &Seen<'_>) -> Absence {
    Absence { missing: around.objects() - field.values.len(), of: around.objects() }
}

/// The format of a place: if at least two different values have it, that is hardly an accident.
fn shared_format(seen: &Seen<'_>) -> Option<Format> {
    if count_different(seen) < 2 { None } else { looks::format(&seen.texts().collect::<Vec<_>>()) }
}

fn count_different(seen: &Seen<'_>) -> usize {
    seen.values.iter().map(ToString::to_string).collect::<HashSet<String>>().len()
}

/// A place that had values of several types may have each of them.
fn one_of_types(seen: &Seen<'_>) -> Option<Matcher> {
    let types: Vec<&str> = seen.kinds.iter().map(|(kind, _)| kind.name()).collect();
    SchemaRule::new(&json!({ "type": types }), &NoAttachments).ok().map(Matcher::Schema)
}

/// A type that requires no more than the example does: the type of a place, or of the first place below it that has one
/// type and is always there.
fn type_within(seen: &Seen<'_>, path: &mut Vec<Segment>) -> Option<Matcher> {
    match seen.only_kind() {
        Some(JsonKind::Object) if seen.entries.is_none() => {
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
        Some(JsonKind::Boolean) => Some(Matcher::Type(JsonType::Boolean)),
        Some(JsonKind::Number) => Some(Matcher::Type(JsonType::Number)),
        Some(JsonKind::String) => Some(Matcher::Type(JsonType::String)),
        Some(JsonKind::Array) => Some(Matcher::Size { min: 1, max: None }),
        Some(JsonKind::Object) | None => one_of_types(seen),
    }
}
