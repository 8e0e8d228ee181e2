//! The exit codes: one meaning each, for all commands and all report formats.

use crate::gate::State;
use crate::verification::Verdict;

/// The meaning of a command's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exit {
    /// Yes: every contract is upheld, or the command did its work.
    Yes,
    /// No: a contract is broken.
    No,
    /// Wrong usage, or an unreadable contract or registry.
    Usage,
    /// Unverified: results are missing, and waiting or running a verification can help.
    Unverified,
    /// Unknown: a needed fact is missing or can't be trusted, and waiting can't help.
    Unknown,
    /// Could not run: network, git, a provider that did not start or respond.
    CouldNotRun,
    /// Ended by Ctrl-C or a signal to terminate, as shells have it: 128 and the number of SIGINT.
    Interrupted,
    /// The exit code of the command that was wrapped, which is not 0.
    Command(u8),
}

impl Exit {
    /// The number that the process ends with.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Yes => 0,
            Self::No => 1,
            Self::Usage => 2,
            Self::Unverified => 3,
            Self::Unknown => 4,
            Self::CouldNotRun => 5,
            Self::Interrupted => 130,
            Self::Command(code) => code,
        }
    }
}

impl From<State> for Exit {
    fn from(state: State) -> Self {
        match state {
            State::Compatible => Self::Yes,
            State::Incompatible => Self::No,
            State::Unverified => Self::Unverified,
            State::Unknown | State::MissingProvider => Self::Unknown,
        }
    }
}

impl From<Verdict> for Exit {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Upheld => Self::Yes,
            Verdict::Broken => Self::No,
            Verdict::Error => Self::CouldNotRun,
        }
    }
}
