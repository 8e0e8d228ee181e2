//! The gate's decision, and the status of an environment, in every form.
//!
//! The first line of a row has its code, its state and its pair; below it are the causes, the owners, and the next
//! steps. All forms show a row with the same text, so they can't contradict each other.

mod causes;
mod github;
mod human;
mod json;
mod junit;
mod markdown;
mod row;
mod status;
mod texts;

pub use github::decision_github;
pub use human::decision_human;
pub use json::{decision_json, undecided_json};
pub use junit::{decision_junit, undecided_junit};
pub use markdown::{decision_markdown, undecided_markdown};
pub use status::{status_human, status_json};
pub use texts::{fact_text, next_text, notice_next_text, notice_text};

use super::escape::shown;
use crate::gate::{Decision, Row, State};
use crate::ledger::{ServiceVersion, short_id};

/// A decision, and how it is reported.
#[derive(Clone, Copy, Debug)]
pub struct DecisionReport<'a> {
    pub decision: &'a Decision,
    /// The program's exit code.
    pub exit_code: u8,
    /// How many seconds ago the store was last written to, if that is known.
    pub age_seconds: Option<u64>,
    /// Whether this is a dry run: then programs read "deny", whatever the decision is.
    pub dry_run: bool,
    /// Whether people see every compatible row, too, and not only the number of them.
    pub all: bool,
}

impl DecisionReport<'_> {
    /// Whether programs may read a "yes".
    const fn allows(&self) -> bool {
        self.decision.allow && !self.dry_run
    }
}

/// The word for a decision in machine forms.
const fn word(allow: bool) -> &'static str {
    if allow { "allow" } else { "deny" }
}

/// The text of a report until the gate has decided.
const UNDECIDED: &str = "the gate did not finish, so there is no decision; that counts as \"deny\"";
/// The next step in that case.
const UNDECIDED_NEXT: &str = "see the gate's log for what ended it, and run it again";
/// The program's exit code for "could not run", which fits a run that didn't finish.
const UNDECIDED_EXIT: u8 = 5;

/// `1 incompatible, 6 compatible`
fn sentence(rows: &[Row]) -> String {
    let number = |state| rows.iter().filter(|row| row.state() == state).count();
    let parts: Vec<String> = State::ALL
        .into_iter()
        .map(|state| (number(state), state))
        .filter(|(number, _)| *number > 0)
        .map(|(number, state)| format!("{number} {}", state.word()))
        .collect();
    if parts.is_empty() { String::from("nothing to check") } else { parts.join(", ") }
}

/// How many candidates are named.
const CANDIDATES: usize = 10;

/// The candidates for people.
fn candidates(decision: &Decision) -> String {
    listed(decision.candidates.iter().map(ServiceVersion::short), CANDIDATES)
}

/// The question in short, with its names styled: `orders@2 → production`, `retire orders@1 from production`.
fn subject(decision: &Decision, style: &dyn Fn(&str) -> String) -> String {
    let (candidates, environment) = (style(&candidates(decision)), style(decision.environment.as_str()));
    if decision.retire {
        format!("retire {candidates} from {environment}")
    } else {
        format!("{candidates} → {environment}")
    }
}

/// The candidates as the user wrote them.
fn as_written(candidates: &[String]) -> String {
    listed(candidates.iter().map(|one| shown(one)), CANDIDATES)
}

/// `store 41d9e07, 12 s old`
fn store(id: &str, age_seconds: Option<u64>) -> String {
    let age = age_seconds.map(|seconds| format!(", {} old", age(seconds))).unwrap_or_default();
    format!("store {}{age}", shown(short_id(id)))
}

/// An age in the unit that a person would use.
fn age(seconds: u64) -> String {
    match seconds {
        ..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// `a, b and 3 more`: the first few of a list, and how many more there are.
fn listed(items: impl ExactSizeIterator<Item = String>, most: usize) -> String {
    let more = items.len().saturating_sub(most);
    let shown = items.take(most).collect::<Vec<_>>().join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_has_one_unit() {
        for (seconds, expected) in [
            (0, "0 s"),
            (119, "119 s"),
            (120, "2 min"),
            (7_199, "119 min"),
            (7_200, "2 h"),
            (172_799, "47 h"),
            (172_800, "2 days"),
            (u64::MAX, "213503982334601 days"),
        ] {
            assert_eq!(age(seconds), expected);
        }
    }

    #[test]
    fn a_long_list_is_cut_and_counted() {
        let names = |number: usize| (0..number).map(|index| index.to_string()).collect::<Vec<_>>().into_iter();
        assert_eq!(listed(names(0), 2), "");
        assert_eq!(listed(names(2), 2), "0, 1");
        assert_eq!(listed(names(5), 2), "0, 1 and 3 more");
    }
}
