//! Why git couldn't be run, or didn't end.

/// What happened to a git process, and what to do next.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct GitError {
    /// What happened.
    pub message: String,
    /// What git said.
    pub detail: Option<String>,
    /// What to do next, one sentence each.
    pub help: Vec<String>,
}

impl GitError {
    /// An error with what happened.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), detail: None, help: Vec::new() }
    }

    /// The same error with what git said.
    #[must_use]
    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        self.detail = (!detail.trim().is_empty()).then_some(detail);
        self
    }

    /// The same error with one more sentence of what to do.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}
