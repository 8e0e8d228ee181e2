//! What the gate decided, and how an environment is, in every form.
//!
//! A row has its code, its state and its pair in the first line; below it are the causes, whose turn it is, and what
//! clears it. All forms show a row with the same text, so that they can't tell different stories.

mod github;
mod human;
mod json;
mod junit;
mod markdown;
mod reasons;
mod row;
mod status;

pub use github::decision_github;
pub use human::decision_human;
pub use json::{decision_json, undecided_json};
pub use junit::{decision_junit, undecided_junit};
pub use markdown::{decision_markdown, undecided_markdown};
pub use status::{status_human, status_json};

use super::escape::shown;
use crate::gate::{Decision, Row, State};
use crate::ledger::ServiceVersion;

/// A decision, and what is to be told beside it.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    pub decision: &'a Decision,
    /// What the program will return.
    pub exit_code: u8,
    /// How many seconds ago the store was last written, where that is known.
    pub age_seconds: Option<u64>,
    /// Whether the answer is only shown: then programs are told "deny", whatever it is.
    pub dry_run: bool,
    /// Whether people are shown every compatible row too, and not only their number.
    pub all: bool,
}

impl Told<'_> {
    /// Whether programs may read a "yes".
    const fn allows(&self) -> bool {
        self.decision.allow && !self.dry_run
    }
}

/// The words for an answer in machine forms.
const fn word(allow: bool) -> &'static str {
    if allow { "allow" } else { "deny" }
}

/// What is said where a gate began, and nothing was told after that.
const UNDECIDED: &str = "the gate did not come to an end, so there is no answer: that is no \"yes\"";
/// What to do then.
const UNDECIDED_NEXT: &str = "look at the log of the gate for what ended it, and ask again";
/// The program's exit code for "could not run", which fits a run that had no end.
const UNDECIDED_EXIT: u8 = 5;

/// Every state, the worst first.
const STATES: [State; 5] =
    [State::Incompatible, State::Unknown, State::MissingProvider, State::Unverified, State::Compatible];

/// `1 incompatible, 6 compatible`
fn sentence(rows: &[Row]) -> String {
    let number = |state| rows.iter().filter(|row| row.state == state).count();
    let parts: Vec<String> = STATES
        .into_iter()
        .map(|state| (number(state), state))
        .filter(|(number, _)| *number > 0)
        .map(|(number, state)| format!("{number} {}", state.word()))
        .collect();
    if parts.is_empty() { String::from("nothing to check") } else { parts.join(", ") }
}

/// How many candidates are named.
const CANDIDATES: usize = 10;

/// The candidates, as people are told of them.
fn candidates(decision: &Decision) -> String {
    listed(decision.candidates.iter().map(ServiceVersion::short), CANDIDATES)
}

/// Candidates that nothing is known of but what the user wrote.
fn as_written(candidates: &[String]) -> String {
    listed(candidates.iter().map(|one| shown(one)), CANDIDATES)
}

/// `store 41d9e07, 12 s old`
fn store(id: &str, age_seconds: Option<u64>) -> String {
    let age = age_seconds.map(|seconds| format!(", {} old", age(seconds))).unwrap_or_default();
    format!("store {}{age}", short(id))
}

/// What names a view of a store, with a digest cut to its first 12 digits, as a version's is.
fn short(id: &str) -> String {
    let digest = id.len() > 12 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    shown(if digest { &id[..12] } else { id })
}

/// A length of time in the unit that a person would say it in.
fn age(seconds: u64) -> String {
    match seconds {
        ..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// `a, b and 3 more`: the first few of a list, and how many there are besides.
fn listed(items: impl ExactSizeIterator<Item = String>, most: usize) -> String {
    let more = items.len().saturating_sub(most);
    let shown = items.take(most).collect::<Vec<_>>().join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_said_in_one_unit() {
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
    fn only_a_digest_is_cut() {
        assert_eq!(short(&"41d9e07".repeat(6)), "41d9e0741d9e");
        assert_eq!(short("41d9e07"), "41d9e07");
        assert_eq!(short("a folder of records"), "a folder of records");
        assert_eq!(short(""), "");
    }

    #[test]
    fn a_long_list_is_cut_and_counted() {
        let names = |number: usize| (0..number).map(|index| index.to_string()).collect::<Vec<_>>().into_iter();
        assert_eq!(listed(names(0), 2), "");
        assert_eq!(listed(names(2), 2), "0, 1");
        assert_eq!(listed(names(5), 2), "0, 1 and 3 more");
    }
}
