//! JSON bodies, by Pact's rules.

use serde_json::{Map, Value};

use super::value::{Wrong, check, check_text, described as wrong, equal};
use super::walk::{Walk, combined};
use crate::interaction::mismatch::{CONTAINS, MISSING, PATTERN, SIZE, TYPE, UNEXPECTED, VALUE};
use crate::interaction::{Actual, Described, Expected, Filled, Missing, Nothing, Unit, WrongPlace, describe};
use crate::pact::chosen::{Chosen, Speaking};
use crate::pact::matcher::{PactMatcher, RuleList};
use crate::source::Step;
use crate::words::did_you_mean;

impl Walk<'_> {
    /// Compares one value with its example.
    pub(super) fn json(&mut self, example: &Value, actual: &Value, chosen: &Chosen<'_>) {
        if self.is_over() {
            return;
        }
        match (example, actual) {
            (Value::Object(example), Value::Object(actual)) => self.object(example, actual, chosen),
            (Value::Array(example), Value::Array(actual)) => self.list(example, actual, chosen),
            (Value::Object(_) | Value::Array(_), _) if !allowed_instead(actual, chosen) => {
                self.note(TYPE, None, Expected::like(&[example]), Actual::value(actual));
            }
            (Value::Object(_) | Value::Array(_), _) => {}
            _ => self.scalar(example, actual, chosen),
        }
    }

    fn scalar(&mut self, example: &Value, actual: &Value, chosen: &Chosen<'_>) {
        let (result, rule) = match chosen.speaking() {
            Some(speaking) => {
                let results = speaking.list.matchers.iter().map(|matcher| check(matcher, example, actual)).collect();
                (combined(speaking.list.any, results), Some(speaking.list))
            }
            None => (check(&PactMatcher::Equality, example, actual), None),
        };
        if let Err(wrong) = result {
            self.wrong(wrong, rule, Actual::value(actual));
        }
    }

    fn object(&mut self, example: &Map<String, Value>, actual: &Map<String, Value>, chosen: &Chosen<'_>) {
        let Some(speaking) = chosen.speaking() else {
            return self.fields(example, actual, chosen);
        };
        self.each_matcher(speaking, &mut |walk, matcher| {
            match matcher {
                PactMatcher::EachValue(rules) if !speaking.cascaded => {
                    return walk.values(example, actual, &Chosen::new(rules));
                }
                PactMatcher::Values if !speaking.cascaded => return walk.values(example, actual, chosen),
                _ => {}
            }
            if let Err(wrong) = check_object(matcher, example, actual, speaking.cascaded) {
                let shown = Actual::value(&Value::Object(actual.clone()));
                walk.wrong(wrong, Some(speaking.list), shown);
            }
            walk.fields(example, actual, chosen);
        });
    }

    /// Follows each matcher of a rule; of several of which one is enough, the first that holds is.
    fn each_matcher(&mut self, speaking: Speaking<'_>, follow: &mut dyn FnMut(&mut Self, &PactMatcher)) {
        let list = speaking.list;
        if !list.any {
            // What several of them say of the same place is said once.
            for matcher in &list.matchers {
                let found = self.apart(|walk| follow(walk, matcher));
                for mismatch in found {
                    if !self.found.contains(&mismatch) && !self.is_over() {
                        self.found.push(mismatch);
                    }
                }
            }
            return;
        }
        let mut first = Vec::new();
        for matcher in &list.matchers {
            let found = self.apart(|walk| follow(walk, matcher));
            if found.is_empty() {
                return;
            }
            if first.is_empty() {
                first = found;
            }
        }
        self.found.extend(first);
    }

    /// The keys of an object, and what is below those of the example.
    fn fields(&mut self, example: &Map<String, Value>, actual: &Map<String, Value>, chosen: &Chosen<'_>) {
        let here = chosen.here();
        let keys_are_data = here.is_some_and(|list| list.matchers.iter().any(|matcher| !matcher.cascades()));
        if !keys_are_data {
            for (key, value) in example.iter().filter(|(key, _)| !actual.contains_key(*key)) {
                self.down(Step::Key(key.clone()), |walk| {
                    walk.note(MISSING, None, Expected::like(&[value]), Actual::Missing(Missing::Key));
                });
            }
            if self.closed {
                for (key, value) in actual.iter().filter(|(key, _)| !example.contains_key(*key)) {
                    let missing = example.keys().filter(|known| !actual.contains_key(*known)).map(String::as_str);
                    let hint = did_you_mean(key, missing);
                    let before = self.found.len();
                    self.down(Step::Key(key.clone()), |walk| {
                        walk.note(UNEXPECTED, None, Expected::Nothing(Nothing::Key), Actual::value(value));
                    });
                    if let Some(noted) = self.found.get_mut(before) {
                        noted.hint = hint;
                    }
                }
            }
        }
        if let Some(list) = here {
            self.keys(list, actual);
        }
        for (key, value) in example {
            if let Some(came) = actual.get(key) {
                let step = Step::Key(key.clone());
                let below = chosen.below(&step);
                self.down(step, |walk| walk.json(value, came, &below));
            }
        }
    }

    /// The rules for the keys of an object themselves.
    fn keys(&mut self, list: &RuleList, actual: &Map<String, Value>) {
        let rules = list.matchers.iter().filter_map(|matcher| match matcher {
            PactMatcher::EachKey(rules) => Some(rules),
            _ => None,
        });
        for rule in rules.flatten() {
            for key in actual.keys() {
                if let Err(wrong) = check_text(rule, "", key) {
                    let shown = Actual::Key(describe::quoted(key));
                    self.down(Step::Key(key.clone()), |walk| {
                        let expected = Expected::Key(Box::new(wrong.expected));
                        walk.note(PATTERN, Some(list), expected, shown);
                    });
                }
            }
        }
    }

    /// The values of an object whose keys are data: each like that of its key in the example, or like the first.
    fn values(&mut self, example: &Map<String, Value>, actual: &Map<String, Value>, chosen: &Chosen<'_>) {
        let first = example.values().next();
        for (key, value) in actual {
            if let Some(example) = example.get(key).or(first) {
                let step = Step::Key(key.clone());
                let below = chosen.below(&step);
                self.down(step, |walk| walk.json(example, value, &below));
            }
        }
    }

    fn list(&mut self, example: &[Value], actual: &[Value], chosen: &Chosen<'_>) {
        let Some(speaking) = chosen.speaking() else {
            return self.sequence(example, actual, chosen);
        };
        // Nothing is known of the elements of an empty list.
        if example.is_empty() {
            return;
        }
        self.each_matcher(speaking, &mut |walk, matcher| match matcher {
            PactMatcher::ArrayContains(variants) => {
                let every: Vec<usize> = (0..example.len()).collect();
                if variants.is_empty() {
                    for index in every {
                        walk.somewhere(example, index, actual, &Chosen::default(), speaking.list);
                    }
                }
                for variant in variants {
                    walk.somewhere(example, variant.index, actual, &Chosen::new(&variant.rules), speaking.list);
                }
            }
            PactMatcher::EachValue(_) if speaking.cascaded => {}
            PactMatcher::EachValue(rules) => walk.elements(example, actual, &Chosen::new(rules)),
            other => {
                if let Err(wrong) = check_list(other, example, actual, speaking.cascaded) {
                    walk.wrong(wrong, Some(speaking.list), Actual::value(&Value::Array(actual.to_vec())));
                }
                walk.elements(example, actual, chosen);
            }
        });
    }

    /// A list that no rule is for: these elements and no others.
    fn sequence(&mut self, example: &[Value], actual: &[Value], chosen: &Chosen<'_>) {
        if example.len() != actual.len() {
            let length = u64::try_from(example.len()).unwrap_or(u64::MAX);
            let expected = match length {
                0 => Expected::EmptyArray,
                _ => Expected::Size { min: length, max: Some(length), unit: Unit::Element },
            };
            self.note(SIZE, None, expected, Actual::value(&Value::Array(actual.to_vec())));
        }
        for (index, (example, value)) in example.iter().zip(actual).enumerate() {
            let step = Step::Index(index);
            let below = chosen.below(&step);
            self.down(step, |walk| walk.json(example, value, &below));
        }
    }

    /// The elements of a list with a rule: each like that of its place in the example, or like the first.
    fn elements(&mut self, example: &[Value], actual: &[Value], chosen: &Chosen<'_>) {
        for (index, value) in actual.iter().enumerate() {
            if let Some(example) = example.get(index).or(example.first()) {
                let step = Step::Index(index);
                let below = chosen.below(&step);
                self.down(step, |walk| walk.json(example, value, &below));
            }
        }
    }

    /// One of the example's elements, which must be somewhere.
    fn somewhere(&mut self, example: &[Value], index: usize, actual: &[Value], chosen: &Chosen<'_>, list: &RuleList) {
        let Some(wanted) = example.get(index) else {
            let expected = Expected::ElementNumber { index, of: example.len() };
            return self.note(CONTAINS, Some(list), expected, Actual::value(&Value::Array(actual.to_vec())));
        };
        if !actual.iter().any(|value| self.fits(|walk| walk.json(wanted, value, chosen))) {
            let expected = Expected::ElementLike(describe::json(wanted));
            self.note(CONTAINS, Some(list), expected, Actual::value(&Value::Array(actual.to_vec())));
        }
    }
}

/// Whether a value of another kind than the example's list or object is what one of several rules allows.
fn allowed_instead(actual: &Value, chosen: &Chosen<'_>) -> bool {
    chosen.here().is_some_and(|list| {
        list.any && list.matchers.iter().any(|matcher| *matcher == PactMatcher::Null && actual.is_null())
    })
}

/// Whether there are as many as a `type` with sizes asks for; it says so for its own place only.
fn check_size(min: Option<u64>, max: Option<u64>, length: usize, unit: Unit, cascaded: bool) -> Result<(), Wrong> {
    let length = u64::try_from(length).unwrap_or(u64::MAX);
    if cascaded || min.is_none_or(|min| length >= min) && max.is_none_or(|max| length <= max) {
        return Ok(());
    }
    Err(Wrong { code: SIZE, expected: Expected::Size { min: min.unwrap_or(0), max, unit } })
}

fn check_object(
    matcher: &PactMatcher,
    example: &Map<String, Value>,
    actual: &Map<String, Value>,
    cascaded: bool,
) -> Result<(), Wrong> {
    match matcher {
        PactMatcher::Type { min, max } => check_size(*min, *max, actual.len(), Unit::Entry, cascaded),
        PactMatcher::Equality => {
            let same = example.len() == actual.len()
                && example.iter().all(|(key, value)| actual.get(key).is_some_and(|came| equal(value, came)));
            same_or(same, &Value::Object(example.clone()))
        }
        PactMatcher::NotEmpty if actual.is_empty() => wrong(SIZE, Described::NotEmpty(Filled::Object)),
        PactMatcher::Regex(_)
        | PactMatcher::NotEmpty
        | PactMatcher::Values
        | PactMatcher::EachKey(_)
        | PactMatcher::EachValue(_)
        | PactMatcher::ArrayContains(_) => Ok(()),
        PactMatcher::Null => wrong(TYPE, Described::Null),
        _ => wrong(TYPE, Described::WrongPlace(WrongPlace::Object)),
    }
}

fn check_list(matcher: &PactMatcher, example: &[Value], actual: &[Value], cascaded: bool) -> Result<(), Wrong> {
    match matcher {
        PactMatcher::Type { min, max } => check_size(*min, *max, actual.len(), Unit::Element, cascaded),
        PactMatcher::Equality => {
            let same = example.len() == actual.len() && example.iter().zip(actual).all(|(a, b)| equal(a, b));
            same_or(same, &Value::Array(example.to_vec()))
        }
        PactMatcher::NotEmpty if actual.is_empty() => wrong(SIZE, Described::NotEmpty(Filled::List)),
        PactMatcher::Null => wrong(TYPE, Described::Null),
        PactMatcher::Status(_) => wrong(TYPE, Described::WrongPlace(WrongPlace::Status)),
        _ => Ok(()),
    }
}

fn same_or(same: bool, example: &Value) -> Result<(), Wrong> {
    if same { Ok(()) } else { Err(Wrong { code: VALUE, expected: Expected::exactly(example) }) }
}
