//! Decisions and environments as the gate returns them.

use std::collections::BTreeMap;

use super::samples::service;
use crate::gate::{Cause, Decision, Fact, GateCode, NextStep, Notice, Role, Row, Side, State, Status};
use crate::ledger::{Doubt, DoubtKind, Event, Live, Reason, ServiceVersion, Target};
use crate::report::DecisionReport;

const COMMIT: &str = "8f2c1d3e4a5b6c7d8e9f8f2c1d3e4a5b6c7d8e9f";
pub const STORE: &str = "41d9e0741d9e0741d9e0741d9e0741d9e0741d9e";
const SINCE: &str = "2026-11-20T08:15:00Z";

pub fn report(decision: &Decision) -> DecisionReport<'_> {
    DecisionReport { decision, exit_code: u8::from(!decision.allow), age_seconds: Some(12), dry_run: false, all: false }
}

pub fn version(name: &str, version: &str) -> ServiceVersion {
    ServiceVersion::new(service(name), version.parse().unwrap())
}

pub fn candidate(of: &ServiceVersion) -> Side {
    Side { service: of.service.clone(), version: Some(of.version.clone()), roles: vec![Role::Candidate] }
}

pub fn live(name: &str, number: &str) -> Side {
    Side { roles: vec![role(Event::Done, None)], ..candidate(&version(name, number)) }
}

pub fn role(event: Event, instance: Option<&str>) -> Role {
    Role::Live { event, since: SINCE.to_owned(), instance: instance.map(service) }
}

pub fn mismatch(place: &str, expected: &str, actual: &str) -> Reason {
    Reason {
        code: "M205".to_owned(),
        place: place.to_owned(),
        expected: expected.to_owned(),
        actual: actual.to_owned(),
        message: String::new(),
    }
}

pub fn error(message: &str) -> Reason {
    Reason { code: "P101".to_owned(), message: message.to_owned(), ..Reason::default() }
}

pub fn interaction(name: &str, reasons: Vec<Reason>) -> Cause {
    Cause::Interaction { name: name.to_owned(), id: "6b".repeat(32).parse().unwrap(), reasons }
}

pub fn orders() -> ServiceVersion {
    version("orders", COMMIT)
}

/// A compatible row of orders and a consumer.
pub fn compatible(consumer: Side) -> Row {
    Row {
        code: GateCode::Compatible,
        consumer: Some(consumer),
        provider: Some(candidate(&orders())),
        interactions: 9,
        causes: Vec::new(),
        owners: vec!["team-orders".to_owned()],
        next: Vec::new(),
    }
}

/// The row of the design's example.
pub fn incompatible(consumer: Side) -> Row {
    Row {
        code: GateCode::Broken,
        causes: vec![interaction(
            "get an order",
            vec![mismatch("body items[0].qty", "an integer, like 2", "\"2\", a string")],
        )],
        next: vec![NextStep::FixOrAgree { provider: service("orders"), consumer: service("storefront") }],
        ..compatible(consumer)
    }
}

pub fn unverified(consumer: Side, names: &[&str], of: usize) -> Row {
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    Row {
        code: GateCode::Partial,
        causes: vec![
            Cause::NoResult { names, of },
            Fact::VerifiedBy { versions: vec![version("orders", "8d001")], more: 0 }.into(),
        ],
        next: vec![NextStep::Verify { provider: orders(), consumer: None }],
        ..compatible(consumer)
    }
}

/// A row about facts, without sides.
pub fn row_of(code: GateCode, facts: &[Fact], next: &[NextStep]) -> Row {
    Row {
        code,
        consumer: None,
        provider: None,
        interactions: 0,
        causes: facts.iter().cloned().map(Cause::from).collect(),
        owners: Vec::new(),
        next: next.to_vec(),
    }
}

/// A row about a file that can't be read.
pub fn untrusted(path: &str, why: &str) -> Row {
    let doubt = Doubt::unreadable(path, why);
    row_of(GateCode::Untrusted, &[Fact::Doubtful(doubt.clone())], &[NextStep::Repair(doubt)])
}

/// The decision for rows that are sorted already.
pub fn decision(rows: Vec<Row>) -> Decision {
    let state = rows.iter().map(Row::state).min().unwrap_or(State::Compatible);
    Decision {
        allow: state == State::Compatible,
        state,
        retire: false,
        environment: service("production"),
        candidates: vec![orders()],
        store: STORE.to_owned(),
        order: Vec::new(),
        rows,
        notices: Vec::new(),
    }
}

/// A decision with something of everything.
pub fn everything() -> Decision {
    let mut storefront = live("storefront", "77ab0");
    storefront.roles = vec![role(Event::Done, Some("eu-1")), role(Event::Started, Some("us-1"))];
    let mut broken = incompatible(storefront);
    broken.causes.push(interaction(
        "list the orders",
        vec![
            mismatch("status", "200", "500"),
            mismatch("header content-type", "application/json", "text/html; charset=utf-8"),
        ],
    ));
    broken.causes.push(interaction("cancel an order", Vec::new()));
    let conflicting = Row {
        code: GateCode::Conflicting,
        owners: vec!["team-orders".to_owned(), "platform".to_owned()],
        causes: vec![
            interaction("get an order", vec![mismatch("body total", "a number, like 12.5", "null")]),
            Fact::Flaky.into(),
        ],
        next: vec![NextStep::VerifyAgain { provider: orders(), consumer: None }],
        ..incompatible(live("billing", "2.0.1"))
    };
    let not_published = Row {
        provider: None,
        consumer: Some(candidate(&orders())),
        owners: vec!["team-orders".to_owned()],
        ..row_of(
            GateCode::NotPublished,
            &[Fact::NotPublished(orders())],
            &[NextStep::Publish { version: orders(), none: false }],
        )
    };
    let missing = Row {
        code: GateCode::MissingProvider,
        consumer: Some(candidate(&orders())),
        provider: Some(Side { version: None, roles: Vec::new(), ..live("payments", "1") }),
        causes: vec![Fact::NotLive { provider: service("payments"), environment: service("production") }.into()],
        next: vec![NextStep::DeployFirst {
            provider: service("payments"),
            version: "7".parse().ok(),
            environment: service("production"),
        }],
        ..compatible(live("x", "1"))
    };
    let mut released = live("mobile", "3.4.1");
    released.roles = vec![role(Event::Released, None)];
    let errored = Row {
        code: GateCode::Errored,
        causes: vec![interaction(
            "refund an order",
            vec![error("the state handler responded with 500: no such table")],
        )],
        ..unverified(live("backoffice", "9"), &[], 3)
    };
    let onboarding = Row {
        code: GateCode::NotOnboarded,
        interactions: 0,
        owners: Vec::new(),
        causes: vec![
            Fact::NotOnboarded { consumer: version("legacy", "1"), until: Some("2026-12-31".parse().unwrap()) }.into(),
        ],
        ..compatible(live("legacy", "1"))
    };
    let mut rows = vec![
        broken,
        conflicting,
        not_published,
        wrong_name(),
        missing,
        unverified(released, &["get an order", "list the orders"], 9),
        errored,
    ];
    rows.extend((1..=6).map(|number| compatible(live("search", &number.to_string()))));
    rows.push(onboarding);
    let mut decision = decision(rows);
    decision.candidates.push(version("storefront", "5"));
    decision.order = vec![orders(), version("storefront", "5")];
    decision.notices = vec![
        Notice::OpenRollout {
            rollout: version("storefront", "9"),
            since: SINCE.to_owned(),
            until: None,
            place: Target { environment: service("production"), instance: None },
        },
        Notice::NotLive {
            consumers: vec![service("reports")],
            provider: service("orders"),
            environment: service("production"),
        },
    ];
    decision
}

/// A row about a file whose name isn't the hash of its content.
fn wrong_name() -> Row {
    let doubt = Doubt::new("deployments/production/web/2026-11/ab.json", DoubtKind::WrongName);
    row_of(GateCode::Untrusted, &[Fact::Doubtful(doubt.clone())], &[NextStep::Repair(doubt)])
}

pub fn live_record(number: &str, event: Event) -> Live {
    Live {
        version: number.parse().unwrap(),
        event,
        instance: None,
        record: "ab".repeat(32).parse().unwrap(),
        at: SINCE.to_owned(),
        until: None,
        gate: None,
        seen: None,
    }
}

/// Two environments: one with something of everything, and one with nothing.
pub fn statuses() -> Vec<Status> {
    let rolling = Live { until: Some("2026-11-20T09:15:00Z".to_owned()), ..live_record(COMMIT, Event::Started) };
    let eu = Live { instance: Some(service("eu-1")), ..live_record("8d001", Event::Done) };
    let forced = Live { gate: Some("incompatible".to_owned()), ..live_record("77ab0", Event::Done) };
    let production = Status {
        environment: service("production"),
        store: STORE.to_owned(),
        live: BTreeMap::from([
            (service("orders"), vec![eu, rolling]),
            (service("storefront"), vec![forced]),
            (service("mobile"), vec![live_record("3.4.1", Event::Released)]),
        ]),
        rows: vec![
            incompatible(live("storefront", "77ab0")),
            compatible(live("mobile", "3.4.1")),
            compatible(live("storefront", "77ab0")),
        ],
        doubts: vec![Doubt::new("environments/production.yaml", DoubtKind::Missing)],
    };
    let staging = Status {
        environment: service("staging"),
        store: STORE.to_owned(),
        live: BTreeMap::new(),
        rows: Vec::new(),
        doubts: Vec::new(),
    };
    vec![production, staging]
}
