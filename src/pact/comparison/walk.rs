//! What the walks along bodies have in common: where they are, and what they found.

use super::value::Wrong;
use crate::interaction::{Actual, Expected, Mismatch, Part, Path, Segment};
use crate::pact::matcher::RuleList;
use crate::source::{Code, Pointer, Step};

/// How many mismatches of a body are noted: more than anybody reads.
const MOST_MISMATCHES: usize = 500;

/// Where a walk is, and what it found.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    /// The message in the Pact file.
    pub message: &'a Pointer,
    pub part: Part,
    /// The keys that lead from the message to the example.
    pub example: &'a [&'static str],
    /// Whether what is not in the example is refused.
    pub closed: bool,
    pub at: Vec<Step>,
    pub found: Vec<Mismatch>,
    /// Whether all that counts is if a value fits.
    trying: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn new(message: &'a Pointer, part: Part, example: &'a [&'static str], closed: bool) -> Self {
        Self { message, part, example, closed, at: Vec::new(), found: Vec::new(), trying: false }
    }

    /// Whether further mismatches make no difference.
    pub(super) fn is_over(&self) -> bool {
        self.found.len() >= if self.trying { 1 } else { MOST_MISMATCHES }
    }

    /// Goes one step down, calls `visit` and comes back.
    pub(super) fn down<T>(&mut self, step: Step, visit: impl FnOnce(&mut Self) -> T) -> T {
        self.at.push(step);
        let result = visit(self);
        self.at.pop();
        result
    }

    /// Whether nothing is found when `visit` is called; what is found is forgotten.
    pub(super) fn fits(&mut self, visit: impl FnOnce(&mut Self)) -> bool {
        let outside = (std::mem::replace(&mut self.trying, true), std::mem::take(&mut self.found));
        visit(self);
        let fits = self.found.is_empty();
        (self.trying, self.found) = outside;
        fits
    }

    /// What is found when `visit` is called, and kept out of what was found before.
    pub(super) fn apart(&mut self, visit: impl FnOnce(&mut Self)) -> Vec<Mismatch> {
        let before = std::mem::take(&mut self.found);
        visit(self);
        std::mem::replace(&mut self.found, before)
    }

    /// Notes that something came otherwise than a rule, or the example, asks.
    pub(super) fn note(&mut self, code: Code, rule: Option<&RuleList>, expected: Expected, actual: Actual) {
        if self.is_over() {
            return;
        }
        let asked = match rule {
            Some(rule) if !rule.keys.is_empty() => {
                rule.keys.iter().fold(self.message.key("matchingRules"), |at, key| at.key(key))
            }
            _ => self.example_place(),
        };
        let path = if self.at.is_empty() { String::from("$") } else { self.path() };
        self.found.push(Mismatch { code, part: self.part, path, expected, actual, asked, hint: None });
    }

    pub(super) fn wrong(&mut self, wrong: Wrong, rule: Option<&RuleList>, actual: Actual) {
        self.note(wrong.code, rule, wrong.expected, actual);
    }

    /// The place, as a path of a contract.
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

/// What several checks of one place come to: all must hold, or one is enough. Of those that are not enough, all are told.
pub(super) fn combined(any: bool, results: Vec<Result<(), Wrong>>) -> Result<(), Wrong> {
    let one_holds = results.iter().any(Result::is_ok);
    let wrong: Vec<Wrong> = results.into_iter().filter_map(Result::err).collect();
    if wrong.is_empty() || any && one_holds {
        return Ok(());
    }
    let code = wrong[0].code;
    let mut all: Vec<Expected> = wrong.into_iter().map(|wrong| wrong.expected).collect();
    let expected = match all.pop() {
        Some(only) if all.is_empty() => only,
        last => {
            all.extend(last);
            if any { Expected::Any(all) } else { Expected::All(all) }
        }
    };
    Err(Wrong { code, expected })
}
