//! The report for people: a line for each interaction as soon as its turn has come, more if there is something to do,
//! and the verdict as the last line.

use std::io;

use super::interaction::{error_line, interaction, title};
use super::mismatch::INDENT;
use super::palette::{Palette, paint};
use super::{Conclusion, Reporter, summary};
use crate::verification::{Event, Finished, Outcome, RunError, Verdict};
use crate::words::count;

/// From this many interactions on, those that failed are listed again at the end: by then the first of them are
/// screens away.
const RECALLED_FROM: usize = 30;
/// How many different errors are remembered, so as not to be shown in full a second time.
const REMEMBERED: usize = 32;
/// How many are listed again.
const RECALLED: usize = 20;

/// Writes for people, while the run goes on.
#[derive(Debug)]
pub struct Human<W> {
    out: W,
    palette: Palette,
    quiet: bool,
    last: Last,
    /// The errors that were shown in full, and of which provider.
    shown: Vec<(String, RunError)>,
    /// The first lines of the failures, for the end, and their number.
    failed: Vec<String>,
    failures: usize,
}

/// The end of the report so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    Nothing,
    Line,
    Block,
}

impl<W: io::Write> Human<W> {
    /// A report in the given colours.
    pub const fn new(out: W, palette: Palette) -> Self {
        Self { out, palette, quiet: false, last: Last::Nothing, shown: Vec::new(), failed: Vec::new(), failures: 0 }
    }

    /// Whether the lines of upheld interactions are left out.
    #[must_use]
    pub const fn quiet(mut self, quiet: bool) -> Self {
        self.quiet = quiet;
        self
    }

    pub(super) fn finished(&mut self, finished: &Finished) -> io::Result<()> {
        if finished.outcome == Outcome::Upheld && self.quiet {
            return Ok(());
        }
        let fails = matches!(finished.outcome, Outcome::Broken | Outcome::Error) && !finished.is_pending();
        if fails {
            self.failures += 1;
            if self.failed.len() < RECALLED {
                self.failed.push(title(finished, &self.palette));
            }
        }
        let text = self.text(finished);
        let kind = if text.lines().nth(2).is_some() { Last::Block } else { Last::Line };
        let apart = match self.last {
            Last::Nothing => false,
            Last::Line => kind == Last::Block,
            Last::Block => true,
        };
        if apart {
            self.out.write_all(b"\n")?;
        }
        self.out.write_all(text.as_bytes())?;
        self.last = kind;
        self.out.flush()
    }

    /// The interaction's text; an error that was shown before is not shown in full again.
    fn text(&mut self, finished: &Finished) -> String {
        let (Outcome::Error | Outcome::Skipped, Some(error)) = (finished.outcome, &finished.error) else {
            return interaction(finished, &self.palette);
        };
        let provider = finished.provider.as_str();
        if self.shown.iter().any(|(of, shown)| of == provider && shown == error) {
            let title = title(finished, &self.palette);
            if finished.outcome == Outcome::Skipped {
                return title;
            }
            let again = paint(self.palette.faint, "as above:");
            return format!("{title}{INDENT}{again} {}\n", error_line(error, &self.palette));
        }
        if self.shown.len() < REMEMBERED {
            self.shown.push((provider.to_owned(), error.clone()));
        }
        interaction(finished, &self.palette)
    }
}

impl<W: io::Write> Reporter for Human<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::Finished(finished) => self.finished(finished),
            Event::Started { .. } | Event::Progress => Ok(()),
        }
    }

    fn finish(&mut self, conclusion: &Conclusion) -> io::Result<()> {
        if self.last != Last::Nothing {
            self.out.write_all(b"\n")?;
        }
        if conclusion.summary.total() >= RECALLED_FROM && !self.failed.is_empty() {
            for line in &self.failed {
                self.out.write_all(line.as_bytes())?;
            }
            let more = self.failures - self.failed.len();
            if more > 0 {
                writeln!(self.out, "{INDENT}and {} above", count(more, "more failure"))?;
            }
            self.out.write_all(b"\n")?;
        }
        let (word, style) = match conclusion.summary.verdict() {
            Verdict::Upheld => ("UPHELD", self.palette.upheld),
            Verdict::Broken => ("BROKEN", self.palette.broken),
            Verdict::Error => ("ERROR", self.palette.error),
        };
        let time = conclusion.seconds.map(|seconds| format!(" in {}", summary::duration(seconds))).unwrap_or_default();
        writeln!(
            self.out,
            "{}{:3$}{}{time}",
            paint(style, word),
            "",
            summary::sentence(&conclusion.summary),
            INDENT.len() - word.len()
        )?;
        self.out.flush()
    }
}
