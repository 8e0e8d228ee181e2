//! Events as a run sends them.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::interaction::{Actual, Expected, Mismatch, Part, RuleSummary, ServiceName, mismatch};
use crate::report::{Conclusion, Reporter};
use crate::source::{Code, Excerpt, Pointer};
use crate::verification::{
    Bodies, ContractLine, Event, Finished, Login, Outcome, Pending, RunError, ShownMismatch, Summary, Verdict,
};

/// An interaction of storefront's contract with orders, upheld.
pub fn upheld(name: &str) -> Finished {
    Finished {
        consumer: service("storefront"),
        provider: service("orders"),
        name: name.to_owned(),
        id: "6b".repeat(32),
        outcome: Outcome::Upheld,
        pending: None,
        seconds: 0.012_345_678,
        file: Arc::from("contracts/storefront/orders.yaml"),
        needed_by: Vec::new(),
        line: 6,
        given: vec!["an order exists (id: 42)".to_owned()],
        instance: None,
        request: "GET /orders/42".to_owned(),
        status: Some(200),
        mismatches: Vec::new(),
        unknown_codings: Vec::new(),
        error: None,
        login: Login::None,
        bodies: None,
    }
}

pub fn broken(name: &str, mismatches: Vec<ShownMismatch>) -> Finished {
    Finished { outcome: Outcome::Broken, mismatches, ..upheld(name) }
}

pub fn errored(name: &str, error: RunError) -> Finished {
    Finished { outcome: Outcome::Error, status: None, error: Some(error), ..upheld(name) }
}

pub fn skipped(name: &str) -> Finished {
    let error = RunError::coded(Code("V103"), "not run: an interaction before it could not be run")
        .help("`--keep-going` runs all that can be run");
    Finished { outcome: Outcome::Skipped, status: None, error: Some(error), ..upheld(name) }
}

pub fn service(name: &str) -> ServiceName {
    ServiceName::new(name).unwrap()
}

/// The mismatch of the design's example.
pub fn quantity() -> ShownMismatch {
    of_type("items[0].qty", RuleSummary::Integer, &json!(2), &json!("2")).asked_at(
        18,
        22,
        "        items[].qty: integer",
    )
}

/// A value of another type than the rule says.
pub fn of_type(path: &str, rule: RuleSummary, example: &Value, actual: &Value) -> ShownMismatch {
    let expected = Expected::rule(rule, Some(example));
    let mismatch =
        Mismatch::of_part(mismatch::TYPE, Part::Body, expected, Actual::value(actual), Pointer::root()).at(path);
    ShownMismatch { mismatch, asked: None }
}

/// A mismatch in a body whose two sides read like this.
pub fn body(code: Code, path: &str, expected: &str, actual: &str) -> ShownMismatch {
    in_part(code, Part::Body, path, expected, actual)
}

pub fn in_part(code: Code, part: Part, path: &str, expected: &str, actual: &str) -> ShownMismatch {
    let (expected, actual) = (Expected::Plain(expected.to_owned()), Actual::Plain(actual.to_owned()));
    ShownMismatch { mismatch: Mismatch::of_part(code, part, expected, actual, Pointer::root()).at(path), asked: None }
}

impl ShownMismatch {
    #[must_use]
    pub(super) fn asked_at(mut self, line: u32, column: u32, text: &str) -> Self {
        self.asked = Some(ContractLine { line, column, excerpt: Excerpt { skipped: 0, text: text.to_owned() } });
        self
    }

    #[must_use]
    pub(super) fn hint(mut self, hint: &str) -> Self {
        self.mismatch.hint = Some(hint.to_owned());
        self
    }
}

pub fn unreachable() -> RunError {
    RunError::coded(Code("P101"), "nothing listens at http://127.0.0.1:8080")
        .detail("tcp connect error: Connection refused (os error 111)")
        .help("start orders, or let `services.orders.start` in contracts/upheld.yaml start it")
}

/// A run with something of everything, in two pairs.
pub fn run() -> Vec<Finished> {
    let mut differing = broken("list the orders", vec![quantity()]);
    "GET /orders?limit=2".clone_into(&mut differing.request);
    differing.line = 31;
    differing.bodies = Some(Bodies {
        expected: "{\n  \"items\": [\n    {\n      \"qty\": 2\n    }\n  ]\n}\n".to_owned(),
        actual: "{\n  \"items\": [\n    {\n      \"qty\": \"2\"\n    }\n  ]\n}\n".to_owned(),
    });
    let mut pending = broken("cancel an order", vec![in_part(mismatch::STATUS, Part::Status, "", "204", "405")]);
    "DELETE /orders/42".clone_into(&mut pending.request);
    (pending.pending, pending.status, pending.line) = (Some(Pending::NotNeeded), Some(405), 52);
    let mut elsewhere = upheld("charge a card");
    (elsewhere.consumer, elsewhere.provider) = (service("orders"), service("payments"));
    elsewhere.file = Arc::from("contracts/orders/payments.yaml");
    let mut refused = errored("refund a charge", unreachable());
    (refused.consumer, refused.provider) = (service("orders"), service("payments"));
    refused.file = Arc::from("contracts/orders/payments.yaml");
    refused.line = 24;
    let mut again = refused.clone();
    "list the charges".clone_into(&mut again.name);
    again.line = 40;
    vec![
        upheld("get an order"),
        upheld("place an order"),
        differing,
        upheld("count the orders"),
        pending,
        skipped("ship an order"),
        elsewhere,
        refused,
        again,
    ]
}

/// The conclusion of a run with these results, computed as the program does.
pub fn conclusion(finished: &[Finished]) -> Conclusion {
    let mut summary = Summary::default();
    for one in finished {
        summary.add(one.outcome, one.pending.is_some());
    }
    let exit_code = match summary.verdict() {
        Verdict::Upheld => 0,
        Verdict::Broken => 1,
        Verdict::Error => 5,
    };
    Conclusion { summary, exit_code, seconds: None }
}

/// The text of a report about these.
pub fn report<R: Reporter>(finished: &[Finished], make: impl FnOnce(Shared) -> R) -> String {
    report_of(finished, &conclusion(finished), make)
}

/// The text of a report with another conclusion.
pub fn report_of<R: Reporter>(
    finished: &[Finished],
    conclusion: &Conclusion,
    make: impl FnOnce(Shared) -> R,
) -> String {
    let out = Shared::default();
    let mut reporter = make(out.clone());
    reporter.event(&Event::Started { total: finished.len() }).unwrap();
    for one in finished {
        reporter.event(&Event::Progress).unwrap();
        reporter.event(&Event::Finished(Box::new(one.clone()))).unwrap();
    }
    reporter.finish(conclusion).unwrap();
    out.text()
}

/// A writer whose text can be read while a report is still using it.
#[derive(Clone, Default)]
pub struct Shared(std::rc::Rc<std::cell::RefCell<Vec<u8>>>);

impl Shared {
    pub fn text(&self) -> String {
        String::from_utf8(self.0.borrow().clone()).unwrap()
    }
}

impl std::io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
