//! A decision as annotations on GitHub. A pair has no file, so the annotations appear above the log.

use super::super::github::{MOST, command, more};
use super::DecisionReport;
use super::causes::in_short;
use super::row::{name, next, owners, title};
use crate::gate::Row;
use crate::words::count;

/// How many causes of a row an annotation names.
const CAUSES: usize = 5;

/// The rows that keep the gate shut as annotations: at most ten, the worst first, and then the number of the others. In a
/// dry run they are warnings, since nothing fails.
#[must_use]
pub fn decision_github(report: &DecisionReport<'_>) -> String {
    let level = if report.dry_run { "warning" } else { "error" };
    let blocking: Vec<&Row> = report.decision.blocking().collect();
    let mut out = String::new();
    for row in blocking.iter().take(MOST) {
        let title = format!("{} {}: {}", row.code, row.state().word(), name(row));
        out.push_str(&command(level, None, &title, &message(row)));
    }
    out.push_str(&more(blocking.len().saturating_sub(MOST), "more pair"));
    out
}

fn message(row: &Row) -> String {
    let title = title(row);
    let mut lines = vec![title.text];
    let causes = &row.causes[title.taken..];
    lines.extend(causes.iter().take(CAUSES).map(in_short));
    if causes.len() > CAUSES {
        lines.push(format!("and {}", count(causes.len() - CAUSES, "more cause")));
    }
    if !row.owners.is_empty() {
        lines.push(format!("owned by {}", owners(row)));
    }
    lines.extend(next(row).iter().map(|next| format!("next: {next}")));
    lines.join("\n")
}
