//! Decisions and environments as the gate hands them over.

use std::collections::BTreeMap;

use super::samples::service;
use crate::gate::{Because, Decision, Notice, Role, Row, Side, State, Status};
use crate::ledger::{Doubt, DoubtKind, Event, Live, Reason, ServiceVersion};
use crate::report::Told;

const COMMIT: &str = "8f2c1d3e4a5b6c7d8e9f8f2c1d3e4a5b6c7d8e9f";
pub const STORE: &str = "41d9e0741d9e0741d9e0741d9e0741d9e0741d9e";
const SINCE: &str = "2026-11-20T08:15:00Z";

pub fn told(decision: &Decision) -> Told<'_> {
    Told { decision, exit_code: u8::from(!decision.allow), age_seconds: Some(12), dry_run: false, all: false }
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

pub fn interaction(name: &str, said: Vec<Reason>) -> Because {
    Because::Interaction { name: name.to_owned(), id: "6b".repeat(32).parse().unwrap(), said }
}

pub fn orders() -> ServiceVersion {
    version("orders", COMMIT)
}

/// A compatible row of orders and a consumer.
pub fn compatible(consumer: Side) -> Row {
    Row {
        code: "G001",
        state: State::Compatible,
        consumer: Some(consumer),
        provider: Some(candidate(&orders())),
        interactions: 9,
        reasons: Vec::new(),
        owners: vec!["team-orders".to_owned()],
        next: Vec::new(),
    }
}

/// The row of the design's example.
pub fn incompatible(consumer: Side) -> Row {
    Row {
        code: "G101",
        state: State::Incompatible,
        reasons: vec![interaction(
            "get an order",
            vec![mismatch("body items[0].qty", "an integer, like 2", "\"2\", a string")],
        )],
        next: vec!["orders: give what storefront asks for; or agree the change with storefront".to_owned()],
        ..compatible(consumer)
    }
}

pub fn unverified(consumer: Side, names: &[&str], of: usize) -> Row {
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    Row {
        code: "G203",
        state: State::Unverified,
        reasons: vec![Because::NoResult { names, of }, Because::Told("last verified by orders@8d001".to_owned())],
        next: vec![format!("in a checkout of {}: upheld verify orders --publish --version {COMMIT}", orders().short())],
        ..compatible(consumer)
    }
}

/// A fact that is missing, of no service.
pub fn fact(code: &'static str, reasons: &[&str], next: &str) -> Row {
    Row {
        code,
        state: State::Unknown,
        consumer: None,
        provider: None,
        interactions: 0,
        reasons: reasons.iter().map(|reason| Because::Told((*reason).to_owned())).collect(),
        owners: Vec::new(),
        next: vec![next.to_owned()],
    }
}

/// What the gate says of rows that are sorted already.
pub fn decision(rows: Vec<Row>) -> Decision {
    let state = rows.iter().map(|row| row.state).min().unwrap_or(State::Compatible);
    Decision {
        allow: state == State::Compatible,
        state,
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
    broken.reasons.push(interaction(
        "list the orders",
        vec![
            mismatch("status", "200", "500"),
            mismatch("header content-type", "application/json", "text/html; charset=utf-8"),
        ],
    ));
    broken.reasons.push(interaction("cancel an order", Vec::new()));
    let conflicting = Row {
        code: "G102",
        owners: vec!["team-orders".to_owned(), "platform".to_owned()],
        reasons: vec![
            interaction("get an order", vec![mismatch("body total", "a number, like 12.5", "null")]),
            Because::Told("conflicting results (flaky): the same version both upheld and broke it".to_owned()),
        ],
        next: vec![format!(
            "find out why the results differ; then: upheld verify orders --version {COMMIT} --supersede"
        )],
        ..incompatible(live("billing", "2.0.1"))
    };
    let not_published = Row {
        provider: None,
        consumer: Some(candidate(&orders())),
        owners: vec!["team-orders".to_owned()],
        ..fact(
            "G301",
            &["orders was never published: what it needs is not known"],
            &format!("publish it: upheld publish orders@{COMMIT}"),
        )
    };
    let missing = Row {
        code: "G401",
        state: State::MissingProvider,
        consumer: Some(candidate(&orders())),
        provider: Some(Side { version: None, roles: Vec::new(), ..live("payments", "1") }),
        reasons: vec![Because::Told("nothing of payments is live in production".to_owned())],
        next: vec!["let a version of payments go live first: upheld gate payments@… --to production".to_owned()],
        ..compatible(live("x", "1"))
    };
    let mut released = live("mobile", "3.4.1");
    released.roles = vec![role(Event::Released, None)];
    let errored = Row {
        code: "G204",
        reasons: vec![interaction("refund an order", vec![error("the state handler answered 500: no such table")])],
        ..unverified(live("backoffice", "9"), &[], 3)
    };
    let onboarding = Row {
        code: "G003",
        interactions: 0,
        owners: Vec::new(),
        reasons: vec![Because::Told("legacy@1 has published nothing, and need not until 2026-12-31".to_owned())],
        ..compatible(live("legacy", "1"))
    };
    let mut rows = vec![
        broken,
        conflicting,
        not_published,
        fact(
            "G303",
            &["deployments/production/web/2026-11/ab.json was changed: its name is not the hash of its content"],
            "look at it: `upheld store lint` says what is wrong",
        ),
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
        Notice {
            code: "G502",
            text:
                "a roll-out of storefront@9 began at 2026-11-20T08:15:00Z; until its end is told, that version and the \
                   one before it both count as live"
                    .to_owned(),
            next: Some("tell how it ended: upheld deployed storefront@9 --to production".to_owned()),
        },
        Notice {
            code: "G507",
            text: "reports is not live in production, and not asked about, though there are contracts with orders"
                .to_owned(),
            next: None,
        },
    ];
    decision
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
