//! The program's outer world: its two streams, whether they are terminals, the environment and the working folder.
//!
//! `main` builds it from the process; a test can build its own.

use std::env;
use std::io::{self, IsTerminal as _, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::Failure;
use crate::ledger::STORE_TOKEN;
use crate::report::Palette;

/// The outside world, as a command sees it.
#[derive(Debug)]
pub struct World {
    /// Takes the result.
    pub out: Stream,
    /// Takes all else.
    pub err: Stream,
    pub out_is_terminal: bool,
    pub err_is_terminal: bool,
    /// The working folder.
    pub working: PathBuf,
    /// The environment's variables.
    pub variable: fn(&str) -> Option<String>,
}

/// A stream that several can write to, one at a time.
#[derive(Clone)]
pub struct Stream(Arc<Mutex<dyn Write + Send>>);

impl Stream {
    /// Shares a writer.
    pub fn new(writer: impl Write + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(writer)))
    }
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Stream")
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).flush()
    }
}

impl World {
    /// The world of this process.
    ///
    /// # Errors
    ///
    /// If there is no working folder.
    pub fn of_process() -> io::Result<Self> {
        Ok(Self {
            out: Stream::new(io::stdout()),
            err: Stream::new(io::stderr()),
            out_is_terminal: io::stdout().is_terminal(),
            err_is_terminal: io::stderr().is_terminal(),
            working: env::current_dir()?,
            // The token is for git alone, and no file of a checkout can ask for it.
            variable: |name| if name == STORE_TOKEN { None } else { env::var(name).ok() },
        })
    }

    /// The colours of the result: none unless on a terminal; `NO_COLOR` is kept (no-color.org).
    #[must_use]
    pub fn out_palette(&self) -> Palette {
        self.palette(self.out_is_terminal)
    }

    /// The colours of all else.
    #[must_use]
    pub fn err_palette(&self) -> Palette {
        self.palette(self.err_is_terminal)
    }

    fn palette(&self, terminal: bool) -> Palette {
        let refused = (self.variable)("NO_COLOR").is_some_and(|value| !value.is_empty())
            || (self.variable)("TERM").is_some_and(|term| term == "dumb");
        if terminal && !refused { Palette::colour() } else { Palette::default() }
    }

    /// Writes to the result. If the reader has gone away (`upheld … | head`), the exit code stays the same.
    ///
    /// # Errors
    ///
    /// Any other write error: a full disk must not pass for a result.
    pub(super) fn print(&mut self, text: &str) -> Result<(), Failure> {
        match self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::could_not_run(format!("standard output can't be written: {}", crate::files::why(&error))))
            }
            _ => Ok(()),
        }
    }

    /// Writes to the stream for all else.
    pub(super) fn say(&mut self, text: &str) {
        let _ = self.err.write_all(text.as_bytes()).and_then(|()| self.err.flush());
    }

    /// Says why a command ended early.
    pub(super) fn report(&mut self, failure: &Failure) {
        let text = failure.text(&self.err_palette());
        self.say(&text);
    }
}
