//! A failure: what happened, the other side's message about it, and what to do next. Data only; the reports turn it
//! into text.

use std::error::Error;
use std::fmt;

/// Why something could not be done. `C` classifies the trouble for whoever reports it: a stable code, an exit code, or
/// nothing if the caller decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble<C = ()> {
    pub code: C,
    /// The failure and its place: a sentence without a full stop.
    pub message: String,
    /// The other side's message: a response's body, a program's output. May have many lines.
    pub detail: Option<String>,
    /// The next steps, one sentence each.
    pub help: Vec<String>,
}

impl Trouble {
    /// Trouble without a code.
    pub fn new(message: impl Into<String>) -> Self {
        Self::coded((), message)
    }
}

impl<C> Trouble<C> {
    /// Trouble with a code.
    pub fn coded(code: C, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), detail: None, help: Vec::new() }
    }

    /// The same trouble under another code.
    #[must_use]
    pub fn with_code<D>(self, code: D) -> Trouble<D> {
        let Self { message, detail, help, .. } = self;
        Trouble { code, message, detail, help }
    }

    /// The same trouble with the other side's message, unless that is blank.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        self.detail = (!detail.trim().is_empty()).then_some(detail);
        self
    }

    /// The same trouble with one more next step.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}

impl<C> fmt::Display for Trouble<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl<C: fmt::Debug> Error for Trouble<C> {}
