//! The outcome of an interaction and of a run: the summary is a fold of the outcomes.

use crate::source::Code;
use crate::trouble::Trouble;

/// The outcome of one interaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The provider does everything that the contract requires.
    Upheld,
    /// It does not: there is at least one mismatch.
    Broken,
    /// It could not be run, so nothing is known.
    Error,
    /// It was not run, on purpose or because the run was cut short.
    Skipped,
}

/// The verdict on a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Every interaction was run and is upheld.
    Upheld,
    /// At least one interaction is broken.
    Broken,
    /// None is broken, but at least one could not be run.
    Error,
}

/// How many interactions had each outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub upheld: usize,
    pub broken: usize,
    pub error: usize,
    pub skipped: usize,
    /// How many of the broken ones are pending: shown, and not counted against the provider.
    pub pending: usize,
    /// How many of the errors are pending: an interaction that nobody live needs yet may need a state that the provider
    /// does not have yet.
    pub pending_error: usize,
    /// How many of those that can't be run are.
    pub pending_skipped: usize,
}

/// Why an interaction could not be run.
pub type RunError = Trouble<Code>;

impl Outcome {
    /// The word of the design: `upheld`, `broken`, `error`, `skipped`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Upheld => "upheld",
            Self::Broken => "broken",
            Self::Error => "error",
            Self::Skipped => "skipped",
        }
    }
}

impl Verdict {
    /// `upheld`, `broken` or `error`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Upheld => "upheld",
            Self::Broken => "broken",
            Self::Error => "error",
        }
    }
}

impl Summary {
    /// Counts one more outcome.
    pub const fn add(&mut self, outcome: Outcome, is_pending: bool) {
        match outcome {
            Outcome::Upheld => self.upheld += 1,
            Outcome::Broken => {
                self.broken += 1;
                if is_pending {
                    self.pending += 1;
                }
            }
            Outcome::Error => {
                self.error += 1;
                if is_pending {
                    self.pending_error += 1;
                }
            }
            Outcome::Skipped => {
                self.skipped += 1;
                if is_pending {
                    self.pending_skipped += 1;
                }
            }
        }
    }

    /// How many are broken and fail the run.
    #[must_use]
    pub const fn failing_broken(&self) -> usize {
        self.broken.saturating_sub(self.pending)
    }

    /// How many could not be run, and fail it.
    #[must_use]
    pub const fn failing_error(&self) -> usize {
        self.error.saturating_sub(self.pending_error)
    }

    /// How many were skipped, and keep the run from being a success.
    #[must_use]
    pub const fn failing_skipped(&self) -> usize {
        self.skipped.saturating_sub(self.pending_skipped)
    }

    /// How many are pending.
    #[must_use]
    pub const fn all_pending(&self) -> usize {
        self.pending + self.pending_error + self.pending_skipped
    }

    /// How many interactions there were.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.upheld + self.broken + self.error + self.skipped
    }

    /// The verdict: broken before error before upheld. A skipped interaction and an empty run are errors, since nothing
    /// is known about interactions that were not run.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        if self.failing_broken() > 0 {
            Verdict::Broken
        } else if self.failing_error() > 0 || self.failing_skipped() > 0 || self.total() == 0 {
            Verdict::Error
        } else {
            Verdict::Upheld
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(outcomes: &[(Outcome, bool)]) -> Verdict {
        let mut summary = Summary::default();
        for (outcome, pending) in outcomes {
            summary.add(*outcome, *pending);
        }
        summary.verdict()
    }

    #[test]
    fn a_run_is_upheld_only_if_everything_was_run_and_upheld() {
        use Outcome::{Broken, Error, Skipped, Upheld};
        for (outcomes, expected) in [
            (&[(Upheld, false)][..], Verdict::Upheld),
            (&[(Upheld, false), (Broken, true)], Verdict::Upheld),
            (&[(Upheld, false), (Broken, false), (Error, false)], Verdict::Broken),
            (&[(Upheld, false), (Error, false)], Verdict::Error),
            (&[(Upheld, false), (Error, true), (Broken, true)], Verdict::Upheld),
            (&[(Error, true), (Error, false)], Verdict::Error),
            (&[(Upheld, false), (Skipped, false)], Verdict::Error),
            (&[], Verdict::Error),
        ] {
            assert_eq!(verdict(outcomes), expected, "{outcomes:?}");
        }
    }
}
