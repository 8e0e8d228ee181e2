//! The status of environments: the live versions in each, and the state of every pair.

use std::fmt::Write as _;
use std::io;

use serde::Serialize;

use super::super::escape::{shown, shown_sentence};
use super::super::json::{FORMAT, pretty};
use super::super::palette::{Palette, paint};
use super::human::rows;
use super::json::{Pair, Store, Summary, pairs, summary};
use super::{sentence, store};
use crate::gate::Status;
use crate::interaction::ServiceName;
use crate::ledger::{Event, Live, RecordId};

/// Environments for people: the live versions of each service, the rows that need attention, and the number of the others,
/// or every row if `all` is set.
#[must_use]
pub fn status_human(statuses: &[Status], all: bool, palette: &Palette) -> String {
    if statuses.is_empty() {
        return String::from("the store declares no environment\n");
    }
    statuses.iter().map(|status| environment(status, all, palette)).collect::<Vec<_>>().join("\n")
}

fn environment(status: &Status, all: bool, palette: &Palette) -> String {
    let pairs = if status.rows.is_empty() { String::from("no pairs") } else { sentence(&status.rows) };
    let name = paint(palette.strong, &status.environment);
    let view = paint(palette.faint, store(&status.store, None));
    let mut out = format!("{name}     {pairs}     {view}\n\n");
    out.push_str(&live(status, palette));
    let rows = rows(&status.rows, all, palette);
    if !rows.is_empty() {
        out.push('\n');
        out.push_str(&rows);
    }
    if !status.doubts.is_empty() {
        out.push('\n');
    }
    for doubt in &status.doubts {
        let _ = writeln!(out, "{}  {}", paint(palette.error, "not trusted"), shown_sentence(&doubt.to_string()));
    }
    out
}

/// A line for everything that is live, with services and versions in columns.
fn live(status: &Status, palette: &Palette) -> String {
    let width = status.live.keys().map(|service| service.as_str().len()).max().unwrap_or(0);
    let all = || status.live.values().flatten();
    let version_width = all().map(|live| live.version.short().len()).max().unwrap_or(0);
    let mut out = String::new();
    for (service, versions) in &status.live {
        for (index, live) in versions.iter().enumerate() {
            let name = if index == 0 { service.as_str() } else { "" };
            let gap = width - name.len();
            let version = live.version.short();
            let _ = writeln!(
                out,
                "{}{:gap$}  {version:version_width$}  {}",
                paint(palette.strong, name),
                "",
                since(live, palette)
            );
        }
    }
    if out.is_empty() {
        out.push_str("nothing is live here\n");
    }
    out
}

/// `live on eu since 2026-11-24T10:00:00Z`
fn since(live: &Live, palette: &Palette) -> String {
    let (word, style) = match live.event {
        Event::Started => ("rolling out", palette.warning),
        Event::Released => ("released", palette.upheld),
        _ => ("live", palette.upheld),
    };
    let mut text = paint(style, word).to_string();
    if let Some(instance) = &live.instance {
        let _ = write!(text, " on {instance}");
    }
    let _ = write!(text, " since {}", shown(&live.at));
    if let Some(until) = &live.until {
        let _ = write!(text, ", due by {}", shown(until));
    }
    if let Some(gate) = &live.gate {
        let _ = write!(text, ", {} {}", paint(palette.warning, "although the gate said"), shown(gate));
    }
    text
}

/// Environments as one JSON document: `{"format": 1, "command": "status", "environments": […]}`.
///
/// # Errors
///
/// None in practice: every status can be written as JSON.
pub fn status_json(statuses: &[Status]) -> io::Result<String> {
    #[derive(Serialize)]
    struct Document<'a> {
        format: u32,
        command: &'static str,
        environments: Vec<JsonStatus<'a>>,
    }
    let environments = statuses.iter().map(JsonStatus::of).collect();
    pretty(&Document { format: FORMAT, command: "status", environments })
}

/// One environment.
#[derive(Serialize)]
struct JsonStatus<'a> {
    environment: &'a str,
    store: Store<'a>,
    live: Vec<JsonLive<'a>>,
    summary: Summary,
    pairs: Vec<Pair<'a>>,
    doubts: Vec<JsonDoubt<'a>>,
}

/// A file that can't be trusted.
#[derive(Serialize)]
struct JsonDoubt<'a> {
    path: &'a str,
    text: String,
}

impl<'a> JsonStatus<'a> {
    fn of(Status { environment, store, live, rows, doubts }: &'a Status) -> Self {
        Self {
            environment: environment.as_str(),
            store: Store { commit: Some(store), age_seconds: None },
            live: live.iter().flat_map(|(service, all)| all.iter().map(|one| JsonLive::of(service, one))).collect(),
            summary: summary(rows),
            pairs: pairs(rows),
            doubts: doubts.iter().map(|one| JsonDoubt { path: &one.path, text: one.to_string() }).collect(),
        }
    }
}

/// One reason why a version is live.
#[derive(Serialize)]
struct JsonLive<'a> {
    service: &'a str,
    version: &'a str,
    event: Event,
    instance: Option<&'a str>,
    since: &'a str,
    until: Option<&'a str>,
    gate: Option<&'a str>,
    record: RecordId,
}

impl<'a> JsonLive<'a> {
    fn of(service: &'a ServiceName, live: &'a Live) -> Self {
        Self {
            service: service.as_str(),
            version: live.version.as_str(),
            event: live.event,
            instance: live.instance.as_ref().map(ServiceName::as_str),
            since: &live.at,
            until: live.until.as_deref(),
            gate: live.gate.as_deref(),
            record: live.record,
        }
    }
}
