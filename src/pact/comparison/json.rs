//! JSON bodies, by Pact's rules.

use serde_json::{Map, Value};

use super::value::{Unmet, check, check_text, equal, unmet_rule};
use super::walk::{Comparison, combine};
use crate::interaction::mismatch::{CONTAINS, MISSING, PATTERN, SIZE, TYPE, UNEXPECTED, VALUE};
use crate::interaction::{
    Actual, Expected, Mismatch, Misplaced, Missing, NonEmpty, Nothing, RuleSummary, Unit, describe, work,
};
use crate::pact::chosen::{Chosen, Speaking};
use crate::pact::matcher::{PactMatcher, RuleList};
use crate::source::Step;
use crate::words::did_you_mean;

impl Comparison<'_> {
    /// Compares one value with its example.
    pub(super) fn json(&mut self, example: &Value, actual: &Value, chosen: &Chosen<'_>) {
        if self.is_over() || !work::spend(1) {
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
                (combine(speaking.list.any, results), Some(speaking.list))
            }
            None => (check(&PactMatcher::Equality, example, actual), None),
        };
        if let Err(unmet) = result {
            self.unmet(unmet, rule, Actual::value(actual));
        }
    }

    fn object(&mut self, example: &Map<String, Value>, actual: &Map<String, Value>, chosen: &Chosen<'_>) {
        let Some(speaking) = chosen.speaking() else {
            self.names(example, actual, chosen);
            return self.values(example, actual, chosen);
        };
        // Matchers share what is found below them, or the work would double with each level.
        self.follow_matchers(
            speaking,
            &mut |comparison, matcher| {
                match matcher {
                    PactMatcher::EachValue(rules) if !speaking.cascaded => {
                        let rules = Chosen::new(rules);
                        comparison.values(example, actual, &rules);
                        comparison.other_values(example, actual, &rules);
                        return false;
                    }
                    PactMatcher::Values if !speaking.cascaded => {
                        comparison.other_values(example, actual, chosen);
                        return true;
                    }
                    _ => {}
                }
                if let Err(unmet) = check_object(matcher, example, actual, speaking.cascaded) {
                    let shown = Actual::value(&Value::Object(actual.clone()));
                    comparison.unmet(unmet, Some(speaking.list), shown);
                }
                comparison.names(example, actual, chosen);
                true
            },
            &mut |comparison| comparison.values(example, actual, chosen),
        );
    }

    /// Applies each matcher of a rule. `follow` says whether what `below` finds is part of it, which is sought only once. If
    /// one of several matchers is enough and none holds, the mismatches of the first are noted.
    fn follow_matchers(
        &mut self,
        speaking: Speaking<'_>,
        follow: &mut dyn FnMut(&mut Self, &PactMatcher) -> bool,
        below: &mut dyn FnMut(&mut Self),
    ) {
        let list = speaking.list;
        let mut shared: Option<Vec<Mismatch>> = None;
        let mut first = Vec::new();
        for matcher in &list.matchers {
            let mut is_shared = false;
            let mut found = self.collect(|comparison| is_shared = follow(comparison, matcher));
            if is_shared {
                let is_known = shared.is_some() && !list.any;
                let shared = shared.get_or_insert_with(|| self.collect(|comparison| below(comparison)));
                if !is_known {
                    found.extend(shared.iter().cloned());
                }
            }
            if !list.any {
                // Several of them may find the same mismatch.
                for mismatch in found {
                    if !self.is_over() && !self.found.contains(&mismatch) {
                        self.found.push(mismatch);
                    }
                }
                continue;
            }
            if found.is_empty() {
                return;
            }
            if first.is_empty() {
                first = found;
            }
        }
        self.found.extend(first);
    }

    /// Compares the keys of an object.
    fn names(&mut self, example: &Map<String, Value>, actual: &Map<String, Value>, chosen: &Chosen<'_>) {
        let here = chosen.here();
        let keys_are_data = here.is_some_and(|list| list.matchers.iter().any(|matcher| !matcher.cascades()));
        if !keys_are_data {
            for (key, value) in example.iter().filter(|(key, _)| !actual.contains_key(*key)) {
                self.down(Step::Key(key.clone()), |comparison| {
                    comparison.note(MISSING, None, Expected::like(&[value]), Actual::Missing(Missing::Key));
                });
            }
            if self.closed {
                for (key, value) in actual.iter().filter(|(key, _)| !example.contains_key(*key)) {
                    let missing = example.keys().filter(|known| !actual.contains_key(*known)).map(String::as_str);
                    let hint = did_you_mean(key, missing);
                    let before = self.found.len();
                    self.down(Step::Key(key.clone()), |comparison| {
                        comparison.note(UNEXPECTED, None, Expected::Nothing(Nothing::Key), Actual::value(value));
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
    }

    /// Applies rules to the keys of an object themselves.
    fn keys(&mut self, list: &RuleList, actual: &Map<String, Value>) {
        let rules = list
            .matchers
            .iter()
            .filter_map(|matcher| if let PactMatcher::EachKey(rules) = matcher { Some(rules) } else { None });
        for rule in rules.flatten() {
            for key in actual.keys() {
                if let Err(unmet) = check_text(rule, "", key) {
                    let shown = Actual::Key(describe::quoted(key));
                    self.down(Step::Key(key.clone()), |comparison| {
                        let expected = Expected::Key(Box::new(unmet.expected));
                        comparison.note(PATTERN, Some(list), expected, shown);
                    });
                }
            }
        }
    }

    /// Compares the values of an object whose keys the example has.
    fn values(&mut self, example: &Map<String, Value>, actual: &Map<String, Value>, chosen: &Chosen<'_>) {
        for (key, value) in example {
            if let Some(came) = actual.get(key) {
                self.value(key, value, came, chosen);
            }
        }
    }

    /// Compares the other values of an object whose keys are data with the example's first.
    fn other_values(&mut self, example: &Map<String, Value>, actual: &Map<String, Value>, chosen: &Chosen<'_>) {
        let Some(first) = example.values().next() else { return };
        for (key, came) in actual.iter().filter(|(key, _)| !example.contains_key(*key)) {
            self.value(key, first, came, chosen);
        }
    }

    fn value(&mut self, key: &str, example: &Value, actual: &Value, chosen: &Chosen<'_>) {
        let step = Step::Key(key.to_owned());
        let below = chosen.below(&step);
        self.down(step, |comparison| comparison.json(example, actual, &below));
    }

    fn list(&mut self, example: &[Value], actual: &[Value], chosen: &Chosen<'_>) {
        let Some(speaking) = chosen.speaking() else {
            return self.sequence(example, actual, chosen);
        };
        // An empty example says nothing about the elements.
        if example.is_empty() {
            return;
        }
        self.follow_matchers(
            speaking,
            &mut |comparison, matcher| match matcher {
                PactMatcher::ArrayContains(variants) => {
                    let every: Vec<usize> = (0..example.len()).collect();
                    if variants.is_empty() {
                        for index in every {
                            comparison.element_anywhere(example, index, actual, &Chosen::default(), speaking.list);
                        }
                    }
                    for variant in variants {
                        let rules = Chosen::new(&variant.rules);
                        comparison.element_anywhere(example, variant.index, actual, &rules, speaking.list);
                    }
                    false
                }
                PactMatcher::EachValue(_) if speaking.cascaded => false,
                PactMatcher::EachValue(rules) => {
                    comparison.elements(example, actual, &Chosen::new(rules));
                    false
                }
                other => {
                    if let Err(unmet) = check_list(other, example, actual, speaking.cascaded) {
                        comparison.unmet(unmet, Some(speaking.list), Actual::value(&Value::Array(actual.to_vec())));
                    }
                    true
                }
            },
            &mut |comparison| comparison.elements(example, actual, chosen),
        );
    }

    /// Compares a list without a rule: it must have exactly the example's elements.
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
            self.down(step, |comparison| comparison.json(example, value, &below));
        }
    }

    /// Compares the elements of a list with a rule: each with the example's element at its index, or with the first.
    fn elements(&mut self, example: &[Value], actual: &[Value], chosen: &Chosen<'_>) {
        for (index, value) in actual.iter().enumerate() {
            if let Some(example) = example.get(index).or(example.first()) {
                let step = Step::Index(index);
                let below = chosen.below(&step);
                self.down(step, |comparison| comparison.json(example, value, &below));
            }
        }
    }

    /// Looks for one of the example's elements, at any index.
    fn element_anywhere(
        &mut self,
        example: &[Value],
        index: usize,
        actual: &[Value],
        chosen: &Chosen<'_>,
        list: &RuleList,
    ) {
        let Some(wanted) = example.get(index) else {
            let expected = Expected::ElementNumber { index, of: example.len() };
            return self.note(CONTAINS, Some(list), expected, Actual::value(&Value::Array(actual.to_vec())));
        };
        if !actual.iter().any(|value| self.fits(|comparison| comparison.json(wanted, value, chosen))) {
            let expected = Expected::ElementLike(describe::json(wanted));
            self.note(CONTAINS, Some(list), expected, Actual::value(&Value::Array(actual.to_vec())));
        }
    }
}

/// Whether one of several rules allows null in place of the example's list or object.
fn allowed_instead(actual: &Value, chosen: &Chosen<'_>) -> bool {
    chosen.here().is_some_and(|list| {
        list.any && list.matchers.iter().any(|matcher| *matcher == PactMatcher::Null && actual.is_null())
    })
}

/// Checks the sizes of a `type` matcher, which apply to its own place only.
fn check_size(min: Option<u64>, max: Option<u64>, length: usize, unit: Unit, cascaded: bool) -> Result<(), Unmet> {
    let length = u64::try_from(length).unwrap_or(u64::MAX);
    if cascaded || min.is_none_or(|min| length >= min) && max.is_none_or(|max| length <= max) {
        return Ok(());
    }
    Err(Unmet { code: SIZE, expected: Expected::Size { min: min.unwrap_or(0), max, unit } })
}

fn check_object(
    matcher: &PactMatcher,
    example: &Map<String, Value>,
    actual: &Map<String, Value>,
    cascaded: bool,
) -> Result<(), Unmet> {
    match matcher {
        PactMatcher::Type { min, max } => check_size(*min, *max, actual.len(), Unit::Entry, cascaded),
        PactMatcher::Equality => {
            let same = example.len() == actual.len()
                && example.iter().all(|(key, value)| actual.get(key).is_some_and(|came| equal(value, came)));
            same_or(same, &Value::Object(example.clone()))
        }
        PactMatcher::NotEmpty if actual.is_empty() => unmet_rule(SIZE, RuleSummary::NotEmpty(NonEmpty::Object)),
        PactMatcher::Regex(_)
        | PactMatcher::NotEmpty
        | PactMatcher::Values
        | PactMatcher::EachKey(_)
        | PactMatcher::EachValue(_)
        | PactMatcher::ArrayContains(_) => Ok(()),
        PactMatcher::Null => unmet_rule(TYPE, RuleSummary::Null),
        PactMatcher::Include(_)
        | PactMatcher::Number
        | PactMatcher::Integer
        | PactMatcher::Decimal
        | PactMatcher::Boolean
        | PactMatcher::Time(..)
        | PactMatcher::Semver
        | PactMatcher::ContentType(_)
        | PactMatcher::Status(_)
        | PactMatcher::Unusable(_) => unmet_rule(TYPE, RuleSummary::Misplaced(Misplaced::Object)),
    }
}

fn check_list(matcher: &PactMatcher, example: &[Value], actual: &[Value], cascaded: bool) -> Result<(), Unmet> {
    match matcher {
        PactMatcher::Type { min, max } => check_size(*min, *max, actual.len(), Unit::Element, cascaded),
        PactMatcher::Equality => {
            let same = example.len() == actual.len() && example.iter().zip(actual).all(|(a, b)| equal(a, b));
            same_or(same, &Value::Array(example.to_vec()))
        }
        PactMatcher::NotEmpty if actual.is_empty() => unmet_rule(SIZE, RuleSummary::NotEmpty(NonEmpty::List)),
        PactMatcher::Null => unmet_rule(TYPE, RuleSummary::Null),
        PactMatcher::Status(_) => unmet_rule(TYPE, RuleSummary::Misplaced(Misplaced::Status)),
        PactMatcher::Regex(_)
        | PactMatcher::Include(_)
        | PactMatcher::Number
        | PactMatcher::Integer
        | PactMatcher::Decimal
        | PactMatcher::Boolean
        | PactMatcher::Time(..)
        | PactMatcher::Values
        | PactMatcher::EachKey(_)
        | PactMatcher::EachValue(_)
        | PactMatcher::ArrayContains(_)
        | PactMatcher::NotEmpty
        | PactMatcher::Semver
        | PactMatcher::ContentType(_)
        | PactMatcher::Unusable(_) => Ok(()),
    }
}

fn same_or(same: bool, example: &Value) -> Result<(), Unmet> {
    if same { Ok(()) } else { Err(Unmet { code: VALUE, expected: Expected::exactly(example) }) }
}
