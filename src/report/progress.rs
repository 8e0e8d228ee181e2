//! The progress of a run on the last line of a terminal: what it is waiting for, and how many interactions are done.
//! The line disappears when the run ends, and never mixes with the output of the reports.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::verification::Event;

/// How often to draw the line if nothing happens, to show that the program is alive.
const TICK: Duration = Duration::from_millis(100);
const WAITING: &str = "{spinner} {msg}";
const COUNTING: &str = "{spinner} {msg} {bar:24} {pos}/{len}";

/// The line that says how far a run is.
#[derive(Debug)]
pub struct Progress(ProgressBar);

impl Progress {
    /// A line that is drawn on standard error, which must be a terminal.
    #[must_use]
    pub fn on_stderr() -> Self {
        Self::on(ProgressDrawTarget::stderr())
    }

    /// No line at all.
    #[must_use]
    pub fn hidden() -> Self {
        Self::on(ProgressDrawTarget::hidden())
    }

    fn on(target: ProgressDrawTarget) -> Self {
        Self(ProgressBar::with_draw_target(Some(0), target).with_style(style(WAITING)))
    }

    /// A provider is being started or reached.
    pub fn waiting_for(&self, provider: &str) {
        self.0.set_style(style(WAITING));
        self.0.set_message(format!("waiting for {provider}"));
        self.0.enable_steady_tick(TICK);
    }

    /// Its interactions are being verified.
    pub fn verifying(&self, provider: &str) {
        self.0.set_style(style(COUNTING));
        self.0.set_message(format!("verifying {provider}"));
        self.0.enable_steady_tick(TICK);
    }

    /// Counts an event.
    pub fn event(&self, event: &Event) {
        match event {
            Event::Started { total } => self.0.set_length(u64::try_from(*total).unwrap_or(u64::MAX)),
            Event::Progress => self.0.inc(1),
            Event::Finished(_) => {}
        }
    }

    /// Takes the line away while `write` writes to the same terminal.
    pub fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.0.suspend(write)
    }

    /// Takes the line away for good.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    // The template is one of the two above, and is valid; without it, a plain bar would do as well.
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("██░")
        .tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ ")
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use indicatif::TermLike;

    use super::*;

    /// A terminal that remembers what its line showed, each time that it was finished or cleared.
    #[derive(Clone, Debug, Default)]
    struct Screen(Arc<Mutex<(String, Vec<String>)>>);

    impl Screen {
        /// Writes as a report does.
        fn print(&self, text: &str) {
            let mut screen = self.0.lock().unwrap();
            assert_eq!(screen.0, "", "the line is empty when a report writes");
            screen.1.push(text.to_owned());
        }
    }

    impl TermLike for Screen {
        fn width(&self) -> u16 {
            80
        }
        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn write_line(&self, text: &str) -> io::Result<()> {
            self.write_str(text)
        }
        fn write_str(&self, text: &str) -> io::Result<()> {
            self.0.lock().unwrap().0.push_str(text);
            Ok(())
        }
        fn clear_line(&self) -> io::Result<()> {
            let mut screen = self.0.lock().unwrap();
            let shown = std::mem::take(&mut screen.0);
            if !shown.trim().is_empty() {
                screen.1.push(shown.trim_end().to_owned());
            }
            Ok(())
        }
        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_line_is_hidden_while_a_report_writes_and_after_the_run() {
        let screen = Screen::default();
        let progress = Progress::on(ProgressDrawTarget::term_like(Box::new(screen.clone())));
        progress.event(&Event::Started { total: 4 });
        progress.verifying("orders");
        progress.0.disable_steady_tick();
        for number in 1..=3 {
            progress.event(&Event::Progress);
            progress.aside(|| screen.print(&format!("upheld {number}")));
        }
        progress.finish();
        let (line, shown) = screen.0.lock().unwrap().clone();
        assert_eq!(line.trim(), "", "nothing of it is left");
        let reports: Vec<&String> = shown.iter().filter(|line| line.starts_with("upheld")).collect();
        assert_eq!(reports, ["upheld 1", "upheld 2", "upheld 3"]);
        assert!(shown.iter().any(|line| line.ends_with("verifying orders ███████░░░░░░░░░░░░░░░░░ 1/4")), "{shown:?}");
    }

    #[test]
    fn a_hidden_line_writes_nothing_and_lets_others_write() {
        let progress = Progress::hidden();
        progress.waiting_for("orders");
        assert_eq!(progress.aside(|| 7), 7);
        progress.finish();
    }
}
