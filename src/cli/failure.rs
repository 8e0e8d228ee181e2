//! Why a command ended early: data here, printed once by [`super::main`].

use super::exit::Exit;
use crate::report::{self, Palette, findings};
use crate::source::{Finding, Sources};
use crate::trouble::Trouble;

/// A command's early end.
#[derive(Debug)]
pub enum Failure {
    /// The failure, and the next steps.
    Trouble(Trouble<Exit>),
    /// Findings in contracts or the registry.
    Findings { findings: Vec<Finding>, sources: Sources },
}

impl From<Trouble<Exit>> for Failure {
    fn from(trouble: Trouble<Exit>) -> Self {
        Self::Trouble(trouble)
    }
}

impl Failure {
    /// There is nothing to do, which isn't an error.
    pub fn nothing_to_do(message: impl Into<String>) -> Self {
        Self::coded(Exit::Yes, message)
    }

    /// Wrong usage.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::coded(Exit::Usage, message)
    }

    /// The command could not run.
    pub fn could_not_run(message: impl Into<String>) -> Self {
        Self::coded(Exit::CouldNotRun, message)
    }

    /// A needed fact is missing or can't be trusted.
    pub fn unknown(message: impl Into<String>) -> Self {
        Self::coded(Exit::Unknown, message)
    }

    fn coded(exit: Exit, message: impl Into<String>) -> Self {
        Self::Trouble(Trouble::coded(exit, message))
    }

    /// The same with one more next step.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        if let Self::Trouble(trouble) = &mut self {
            trouble.help.push(help.into());
        }
        self
    }

    /// The same with the other side's message.
    #[must_use]
    pub fn detail(mut self, detail: Option<String>) -> Self {
        if let Self::Trouble(trouble) = &mut self {
            trouble.detail = detail;
        }
        self
    }

    /// As people read it.
    #[must_use]
    pub fn text(&self, palette: &Palette) -> String {
        match self {
            Self::Trouble(trouble) if trouble.code == Exit::Yes => report::nothing_to_do(trouble, palette),
            Self::Trouble(trouble) => report::failure(trouble, palette),
            Self::Findings { findings: found, sources } => findings::text(found, sources, palette),
        }
    }

    /// The exit code that it means.
    #[must_use]
    pub const fn exit(&self) -> Exit {
        match self {
            Self::Trouble(trouble) => trouble.code,
            Self::Findings { .. } => Exit::Usage,
        }
    }
}
