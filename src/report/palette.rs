//! Colour as a value that is passed down: the parts of a text have names, and each part has a style.

use std::fmt;

use anstyle::{AnsiColor, Style};

/// The styles of a text's parts. They are empty by default: plain and coloured text come from the same code and differ
/// only in escape sequences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Palette {
    /// The word `upheld`, and a run in which everything is.
    pub upheld: Style,
    /// The word `broken`, and a run in which something is.
    pub broken: Style,
    /// The word `error`.
    pub error: Style,
    /// The words `pending` and `skipped`, and warnings.
    pub warning: Style,
    /// An interaction's name, and a finding's message.
    pub strong: Style,
    /// Things to look up: files, codes, old values.
    pub faint: Style,
    /// The value that the contract requires.
    pub expected: Style,
    /// The actual value.
    pub actual: Style,
    /// Line numbers and the frame of a source line.
    pub frame: Style,
    /// The mark under a place in a source line.
    pub mark: Style,
    /// The word `help`.
    pub help: Style,
}

impl Palette {
    /// The colours for a terminal: only the eight that every terminal has, because they fit its theme.
    #[must_use]
    pub const fn colour() -> Self {
        Self {
            upheld: AnsiColor::Green.on_default(),
            broken: AnsiColor::Red.on_default().bold(),
            error: AnsiColor::Magenta.on_default().bold(),
            warning: AnsiColor::Yellow.on_default().bold(),
            strong: Style::new().bold(),
            faint: Style::new().dimmed(),
            expected: AnsiColor::Green.on_default(),
            actual: AnsiColor::Red.on_default(),
            frame: AnsiColor::Blue.on_default(),
            mark: AnsiColor::Yellow.on_default(),
            help: AnsiColor::Cyan.on_default().bold(),
        }
    }
}

/// A text in a style: displayed with the style's escape sequences around it, or without any if the style is empty.
pub(super) struct Painted<T>(Style, T);

/// Puts a text in a style.
pub(super) const fn paint<T: fmt::Display>(style: Style, text: T) -> Painted<T> {
    Painted(style, text)
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(style, text) = self;
        write!(f, "{style}{text}{style:#}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_a_style_is_the_bare_text() {
        assert_eq!(paint(Palette::default().broken, "broken").to_string(), "broken");
        assert_eq!(paint(Palette::colour().upheld, "upheld").to_string(), "\u{1b}[32mupheld\u{1b}[0m");
    }
}
