//! The state of a comparison: its position in the message, and the mismatches so far.

use super::value::Unmet;
use crate::interaction::{Actual, Expected, Mismatch, Part, Path, Segment, work};
use crate::pact::matcher::RuleList;
use crate::source::{Code, Pointer, Step};

/// How many mismatches of a body are noted: more than people read.
const MOST_MISMATCHES: usize = 500;

/// A comparison of one part of a message.
#[derive(Debug)]
pub(super) struct Comparison<'a> {
    /// The place of the message in the Pact file.
    pub message: &'a Pointer,
    pub part: Part,
    /// The keys that lead from the message to the example.
    pub example: &'a [&'static str],
    /// Whether anything that isn't in the example is refused, as in a request.
    pub closed: bool,
    pub at: Vec<Step>,
    pub found: Vec<Mismatch>,
    /// Whether it only tries whether a value fits: then the first mismatch ends it.
    trying: bool,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(message: &'a Pointer, part: Part, example: &'a [&'static str], closed: bool) -> Self {
        Self { message, part, example, closed, at: Vec::new(), found: Vec::new(), trying: false }
    }

    /// Whether further mismatches make no difference.
    pub(super) fn is_over(&self) -> bool {
        work::is_spent() || self.found.len() >= if self.trying { 1 } else { MOST_MISMATCHES }
    }

    /// Goes one step down, calls `visit` and comes back.
    pub(super) fn down<T>(&mut self, step: Step, visit: impl FnOnce(&mut Self) -> T) -> T {
        work::count(1);
        self.at.push(step);
        let result = visit(self);
        self.at.pop();
        result
    }

    /// Whether `visit` finds no mismatch. The mismatches are dropped.
    pub(super) fn fits(&mut self, visit: impl FnOnce(&mut Self)) -> bool {
        let outside = (std::mem::replace(&mut self.trying, true), std::mem::take(&mut self.found));
        visit(self);
        let fits = self.found.is_empty();
        (self.trying, self.found) = outside;
        fits
    }

    /// The mismatches that `visit` finds. They aren't added to the others.
    pub(super) fn collect(&mut self, visit: impl FnOnce(&mut Self)) -> Vec<Mismatch> {
        let before = std::mem::take(&mut self.found);
        visit(self);
        std::mem::replace(&mut self.found, before)
    }

    /// Notes a mismatch with a rule, or with the example.
    pub(super) fn note(&mut self, code: Code, rule: Option<&RuleList>, expected: Expected, actual: Actual) {
        if self.is_over() {
            return;
        }
        let expectation = match rule {
            Some(rule) if !rule.keys.is_empty() => {
                rule.keys.iter().fold(self.message.key("matchingRules"), |at, key| at.key(key))
            }
            _ => self.example_place(),
        };
        let path = if self.at.is_empty() { String::from("$") } else { self.path() };
        self.found.push(Mismatch { code, part: self.part, path, expected, actual, expectation, hint: None });
    }

    /// Notes an expectation that a value doesn't meet.
    pub(super) fn unmet(&mut self, unmet: Unmet, rule: Option<&RuleList>, actual: Actual) {
        self.note(unmet.code, rule, unmet.expected, actual);
    }

    /// The current place, as a contract of our own writes it.
    fn path(&self) -> String {
        let segments = self.at.iter().map(|step| match step {
            Step::Key(key) => Segment::Key(key.clone()),
            Step::Index(index) => Segment::Index(*index),
        });
        Path(segments.collect()).to_string()
    }

    fn example_place(&self) -> Pointer {
        let start = self.example.iter().fold(self.message.clone(), |at, key| at.key(*key));
        self.at.iter().fold(start, |at, step| match step {
            Step::Key(key) => at.key(key),
            Step::Index(index) => at.index(*index),
        })
    }
}

/// Combines several checks of one place. All of them must succeed, unless `any` says that one is enough. The
/// expectation names all that fail.
pub(super) fn combine(any: bool, results: Vec<Result<(), Unmet>>) -> Result<(), Unmet> {
    let one_holds = results.iter().any(Result::is_ok);
    let wrong: Vec<Unmet> = results.into_iter().filter_map(Result::err).collect();
    if wrong.is_empty() || any && one_holds {
        return Ok(());
    }
    let code = wrong[0].code;
    let mut all: Vec<Expected> = wrong.into_iter().map(|unmet| unmet.expected).collect();
    let expected = match all.pop() {
        Some(only) if all.is_empty() => only,
        last => {
            all.extend(last);
            if any { Expected::Any(all) } else { Expected::All(all) }
        }
    };
    Err(Unmet { code, expected })
}
