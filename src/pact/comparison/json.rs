//! JSON bodies, by Pact's rules.

use serde_json::{Map, Value};

use super::value::{Wrong, check, check_text, equal};
use super::walk::{Walk, combined};
use crate::interaction::describe;
use crate::interaction::mismatch::{CONTAINS, MISSING, PATTERN, SIZE, TYPE, UNEXPECTED, VALUE};
use crate::pact::chosen::{Chosen, Speaking};
use crate::pact::matcher::PactMatcher;
use crate::pact::rules::RuleList;
use crate::source::Step;
use crate::words::{count, did_you_mean};

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
                self.note(TYPE, None, describe::like(&[example]), describe::actual(actual));
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
            self.wrong(wrong, rule, describe::actual(actual));
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
                let shown = describe::actual(&Value::Object(actual.clone()));
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
                    walk.note(MISSING, None, describe::like(&[value]), String::from("nothing: the key is missing"));
                });
            }
            if self.closed {
                for (key, value) in actual.iter().filter(|(key, _)| !example.contains_key(*key)) {
                    let missing = example.keys().filter(|known| !actual.contains_key(*known)).map(String::as_str);
                    let hint = did_you_mean(key, missing);
                    let before = self.found.len();
                    self.down(Step::Key(key.clone()), |walk| {
                        walk.note(UNEXPECTED, None, "no such key", describe::actual(value));
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
                    let shown = format!("the key {}", describe::json(&Value::String(key.clone())));
                    self.down(Step::Key(key.clone()), |walk| {
                        let expected = format!("as its key {}", wrong.expected);
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
                    walk.wrong(wrong, Some(speaking.list), describe::actual(&Value::Array(actual.to_vec())));
                }
                walk.elements(example, actual, chosen);
            }
        });
    }

    /// A list that no rule is for: these elements and no others.
    fn sequence(&mut self, example: &[Value], actual: &[Value], chosen: &Chosen<'_>) {
        if example.len() != actual.len() {
            let expected = match example.len() {
                0 => String::from("an empty array"),
                length => format!("exactly {}", count(length, "element")),
            };
            self.note(SIZE, None, expected, describe::actual(&Value::Array(actual.to_vec())));
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
            let expected = format!("an element like number {index} of the example, which has {}", example.len());
            return self.note(CONTAINS, Some(list), expected, describe::actual(&Value::Array(actual.to_vec())));
        };
        if !actual.iter().any(|value| self.fits(|walk| walk.json(wanted, value, chosen))) {
            let expected = format!("an element like {}", describe::json(wanted));
            self.note(CONTAINS, Some(list), expected, describe::actual(&Value::Array(actual.to_vec())));
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
fn check_size(
    min: Option<u64>,
    max: Option<u64>,
    length: usize,
    what: &'static str,
    cascaded: bool,
) -> Result<(), Wrong> {
    let length = u64::try_from(length).unwrap_or(u64::MAX);
    if cascaded || min.is_none_or(|min| length >= min) && max.is_none_or(|max| length <= max) {
        return Ok(());
    }
    Err(Wrong { code: SIZE, expected: describe::size(min.unwrap_or(0), max, what) })
}

fn check_object(
    matcher: &PactMatcher,
    example: &Map<String, Value>,
    actual: &Map<String, Value>,
    cascaded: bool,
) -> Result<(), Wrong> {
    match matcher {
        PactMatcher::Type { min, max } => check_size(*min, *max, actual.len(), "entry", cascaded),
        PactMatcher::Equality => {
            let same = example.len() == actual.len()
                && example.iter().all(|(key, value)| actual.get(key).is_some_and(|came| equal(value, came)));
            same_or(same, &Value::Object(example.clone()))
        }
        PactMatcher::NotEmpty if actual.is_empty() => {
            Err(Wrong { code: SIZE, expected: String::from("an object that is not empty") })
        }
        PactMatcher::Regex(_)
        | PactMatcher::NotEmpty
        | PactMatcher::Values
        | PactMatcher::EachKey(_)
        | PactMatcher::EachValue(_)
        | PactMatcher::ArrayContains(_) => Ok(()),
        PactMatcher::Null => Err(Wrong { code: TYPE, expected: String::from("null") }),
        _ => Err(Wrong { code: TYPE, expected: String::from("a value that is no object: the rule is for one") }),
    }
}

fn check_list(matcher: &PactMatcher, example: &[Value], actual: &[Value], cascaded: bool) -> Result<(), Wrong> {
    match matcher {
        PactMatcher::Type { min, max } => check_size(*min, *max, actual.len(), "element", cascaded),
        PactMatcher::Equality => {
            let same = example.len() == actual.len() && example.iter().zip(actual).all(|(a, b)| equal(a, b));
            same_or(same, &Value::Array(example.to_vec()))
        }
        PactMatcher::NotEmpty if actual.is_empty() => {
            Err(Wrong { code: SIZE, expected: String::from("a list that is not empty") })
        }
        PactMatcher::Null => Err(Wrong { code: TYPE, expected: String::from("null") }),
        PactMatcher::Status(_) => Err(Wrong { code: TYPE, expected: String::from("a status: the rule is for one") }),
        _ => Ok(()),
    }
}

fn same_or(same: bool, example: &Value) -> Result<(), Wrong> {
    if same { Ok(()) } else { Err(Wrong { code: VALUE, expected: format!("exactly {}", describe::json(example)) }) }
}
