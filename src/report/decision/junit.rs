//! A decision for build systems: `JUnit` XML, a test case for each row.

use std::io;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use super::super::escape::shown;
use super::super::palette::Palette;
use super::causes::in_short;
use super::row::{name, row, title, width};
use super::{DecisionReport, UNDECIDED, UNDECIDED_NEXT, candidates, word};
use crate::gate::{Row, State};

/// A decision as a suite of tests: a compatible row has passed, an incompatible one has failed, and any other is an
/// error. The decision itself is among the suite's properties.
///
/// # Errors
///
/// None in practice: every decision can be written as XML.
pub fn decision_junit(report: &DecisionReport<'_>) -> io::Result<String> {
    let decision = report.decision;
    let environment = decision.environment.as_str();
    let mut suite = suite(environment, word(report.allows()), decision.state);
    suite.add_property(Property::new("exit_code", report.exit_code.to_string()));
    if report.dry_run {
        suite.add_property(Property::new("dry_run", "true"));
        suite.add_property(Property::new("would", word(decision.allow)));
    }
    suite.add_property(Property::new("store", shown(&decision.store)));
    for row in &decision.rows {
        suite.add_test_case(case(environment, &name(row), status(row)));
    }
    if decision.rows.is_empty() {
        // Many build systems treat a suite without tests as a failure.
        let nothing = format!("nothing to check for {}", candidates(decision));
        suite.add_test_case(case(environment, &nothing, TestCaseStatus::success()));
    }
    to_xml(suite)
}

/// The report before there is a decision: a test case that is an error. `candidates` are as the user wrote them.
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
    to_xml(suite)
}

fn suite(environment: &str, decision: &str, state: State) -> TestSuite {
    let mut suite = TestSuite::new(format!("gate {environment}"));
    suite.add_property(Property::new("decision", decision));
    suite.add_property(Property::new("state", state.word()));
    suite
}

fn to_xml(suite: TestSuite) -> io::Result<String> {
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
    let kind = match one.state() {
        State::Compatible => return TestCaseStatus::success(),
        State::Incompatible => NonSuccessKind::Failure,
        State::Unknown | State::MissingProvider | State::Unverified => NonSuccessKind::Error,
    };
    let mut status = TestCaseStatus::non_success(kind);
    let message = one.causes.first().map_or_else(|| title(one).text, in_short);
    // Invisible characters are escaped, so nothing that XML forbids reaches the XML.
    let text = format!("\n{}", row(one, width([one]), &Palette::default()));
    status.set_type(one.code.text()).set_message(format!("{}: {message}", one.state().word())).set_description(text);
    status
}
