//! A decision for build systems: `JUnit` XML, a test case for each row.

use std::io;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use super::super::escape::shown;
use super::super::palette::Palette;
use super::reasons::in_short;
use super::row::{name, row, title, width};
use super::{Told, UNDECIDED, UNDECIDED_NEXT, candidates, word};
use crate::gate::{Row, State};

/// A decision as a suite of tests: a compatible row has passed, an incompatible one failed, and any other is an error.
/// Whether it is an answer to go by stands in the suite's properties.
///
/// # Errors
///
/// None in practice: every decision can be written as XML.
pub fn decision_junit(told: &Told<'_>) -> io::Result<String> {
    let decision = told.decision;
    let environment = decision.environment.as_str();
    let mut suite = suite(environment, word(told.allows()), decision.state);
    suite.add_property(Property::new("exit_code", told.exit_code.to_string()));
    if told.dry_run {
        suite.add_property(Property::new("dry_run", "true"));
        suite.add_property(Property::new("would", word(decision.allow)));
    }
    suite.add_property(Property::new("store", shown(&decision.store)));
    for row in &decision.rows {
        suite.add_test_case(case(environment, &name(row), status(row)));
    }
    if decision.rows.is_empty() {
        // Many build systems take a suite without tests for one that went wrong.
        let nothing = format!("nothing to check for {}", candidates(decision));
        suite.add_test_case(case(environment, &nothing, TestCaseStatus::success()));
    }
    report(suite)
}

/// What stands for a decision until there is one: a test case that is an error. `candidates` are as the user wrote them.
///
/// # Errors
///
/// None in practice: every text can be written as XML.
pub fn undecided_junit(environment: &str, candidates: &[String]) -> io::Result<String> {
    let environment = shown(environment);
    let mut suite = suite(&environment, word(false), State::Unknown);
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(UNDECIDED).set_description(format!("\n{UNDECIDED_NEXT}\n"));
    suite.add_test_case(case(&environment, &super::as_written(candidates), status));
    report(suite)
}

fn suite(environment: &str, decision: &str, state: State) -> TestSuite {
    let mut suite = TestSuite::new(format!("gate {environment}"));
    suite.add_property(Property::new("decision", decision));
    suite.add_property(Property::new("state", state.word()));
    suite
}

fn report(suite: TestSuite) -> io::Result<String> {
    let mut report = Report::new("upheld gate");
    report.add_test_suite(suite);
    report.to_string().map_err(io::Error::other)
}

fn case(environment: &str, name: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(shown(name), status);
    case.set_classname(format!("gate.{environment}"));
    case
}

fn status(one: &Row) -> TestCaseStatus {
    let kind = match one.state {
        State::Compatible => return TestCaseStatus::success(),
        State::Incompatible => NonSuccessKind::Failure,
        State::Unknown | State::MissingProvider | State::Unverified => NonSuccessKind::Error,
    };
    let mut status = TestCaseStatus::non_success(kind);
    let message = one.reasons.first().map_or_else(|| title(one).text, in_short);
    // A text with every invisible character written out: what XML forbids never gets as far as the XML.
    let text = format!("\n{}", row(one, width([one]), &Palette::default()));
    status.set_type(one.code).set_message(format!("{}: {message}", one.state.word())).set_description(text);
    status
}
