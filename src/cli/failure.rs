//! Why a command ended early: data here, printed once by [`super::main`].

use super::exit::Exit;
use crate::report::{self, Palette, findings};
use crate::source::{Finding, Sources};

/// A command's early end.
#[derive(Debug)]
pub enum Failure {
    /// Something to say, and what to do about it.
    Told(Told),
    /// Findings in contracts or the registry.
    Findings { findings: Vec<Finding>, sources: Sources },
}

/// An error with its hints.
#[derive(Debug)]
pub struct Told {
    pub exit: Exit,
    /// What happened, and where.
    pub message: String,
    /// What the other side said.
    pub detail: Option<String>,
    /// What to do next, one sentence each.
    pub help: Vec<String>,
}

impl Failure {
    /// There is nothing to do, and that is no mistake.
    pub fn nothing_to_do(message: impl Into<String>) -> Self {
        Self::told(Exit::Yes, message)
    }

    /// Wrong usage.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::told(Exit::Usage, message)
    }

    /// The command could not run.
    pub fn could_not_run(message: impl Into<String>) -> Self {
        Self::told(Exit::CouldNotRun, message)
    }

    /// A needed fact is missing or can't be trusted.
    pub fn unknown(message: impl Into<String>) -> Self {
        Self::told(Exit::Unknown, message)
    }

    fn told(exit: Exit, message: impl Into<String>) -> Self {
        Self::Told(Told { exit, message: message.into(), detail: None, help: Vec::new() })
    }

    /// The same with one more sentence of what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        if let Self::Told(told) = &mut self {
            told.help.push(help.into());
        }
        self
    }

    /// The same with what the other side said.
    #[must_use]
    pub fn detail(mut self, detail: Option<String>) -> Self {
        if let Self::Told(told) = &mut self {
            told.detail = detail;
        }
        self
    }

    /// As people read it.
    #[must_use]
    pub fn text(&self, palette: &Palette) -> String {
        match self {
            Self::Told(Told { exit: Exit::Yes, message, .. }) => report::note(message, "", palette),
            Self::Told(Told { message, detail, help, .. }) => {
                report::failure(message, detail.as_deref(), help, palette)
            }
            Self::Findings { findings: found, sources } => findings::text(found, sources, palette),
        }
    }

    /// The exit code that it means.
    #[must_use]
    pub const fn exit(&self) -> Exit {
        match self {
            Self::Told(told) => told.exit,
            Self::Findings { .. } => Exit::Usage,
        }
    }
}
