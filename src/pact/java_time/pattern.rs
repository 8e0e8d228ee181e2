//! From the text of a pattern to its parts.

use jiff::ZonedDateTime;

use super::fields::{Count, Field, Part, Unit};
use super::{reading, writing};

/// A pattern of dates and times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JavaPattern {
    text: String,
    parts: Vec<Part>,
}

/// The most characters of a pattern.
const LONGEST: usize = 256;

impl JavaPattern {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// If the pattern is invalid, with the reason and the index of the character, as the end of a sentence: a letter
    /// without a meaning, or one that is repeated too often; a quote without its end; a `]` without its `[`; a
    /// character that must be quoted; a pattern that is empty or too long.
    pub fn new(text: &str) -> Result<Self, String> {
        let letters: Vec<char> = text.chars().take(LONGEST + 1).collect();
        if letters.len() > LONGEST {
            return Err(format!("it is longer than {LONGEST} characters"));
        }
        if letters.is_empty() {
            return Err(String::from("it is empty"));
        }
        let years = letters.iter().any(|letter| matches!(letter, 'y' | 'Y'));
        let mut parts = Vec::new();
        // The parts before each open section, beginning with the outermost.
        let mut outside: Vec<Vec<Part>> = Vec::new();
        let mut at = 0;
        while let Some(&letter) = letters.get(at) {
            let rest = letters.get(at..).unwrap_or_default();
            let (part, taken) = match letter {
                '\'' => quoted(rest).ok_or_else(|| format!("the quote at index {at} has no end"))?,
                letter if letter.is_ascii_alphabetic() => {
                    let count = rest.iter().take_while(|next| **next == letter).count();
                    let field = field(letter, count, years).map_err(|why| format!("{why} (index {at})"))?;
                    (Part::Field(field, count), count)
                }
                '[' => {
                    outside.push(std::mem::take(&mut parts));
                    at += 1;
                    continue;
                }
                ']' => {
                    let before = outside.pop().ok_or_else(|| format!("the `]` at index {at} has no `[`"))?;
                    (Part::Optional(std::mem::replace(&mut parts, before)), 1)
                }
                '{' | '}' | '0'..='9' => return Err(format!("`{letter}` at index {at} must be quoted: `'{letter}'`")),
                letter => (Part::Text(letter.to_string()), 1),
            };
            parts.push(part);
            at += taken;
        }
        // An open section ends with the pattern, as in Java.
        while let Some(before) = outside.pop() {
            let section = Part::Optional(std::mem::replace(&mut parts, before));
            parts.push(section);
        }
        Ok(Self { text: text.to_owned(), parts })
    }

    /// The pattern as it is spelled in the file.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a whole text is a date or time of this pattern, with each field in its range, and the day in its month if the
    /// fields show that.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        reading::matches(&self.parts, text)
    }

    /// A moment, written in this pattern.
    #[must_use]
    pub fn format(&self, at: &ZonedDateTime) -> String {
        writing::format(&self.parts, at)
    }
}

/// The text in the quotes that `rest` begins with, and its length with them, in characters. A doubled quote is a quote,
/// inside quotes and outside.
fn quoted(rest: &[char]) -> Option<(Part, usize)> {
    let mut text = String::new();
    let mut at = 1;
    loop {
        match (rest.get(at)?, rest.get(at + 1)) {
            ('\'', Some('\'')) => {
                text.push('\'');
                at += 2;
            }
            ('\'', _) => break,
            (other, _) => {
                text.push(*other);
                at += 1;
            }
        }
    }
    if text.is_empty() {
        text.push('\'');
    }
    Some((Part::Text(text), at + 1))
}

/// The meaning of a letter that is repeated `count` times. `years` is whether there is a `y` or a `Y`.
fn field(letter: char, count: usize, years: bool) -> Result<Field, String> {
    let (most, field) = match letter {
        'G' => (5, Field::Era),
        'u' if years && count == 1 => (1, Field::Number(Unit::Weekday)),
        'y' => (19, Field::Year(Count::OfEra)),
        'u' => (19, Field::Year(Count::Through)),
        'Y' => (19, Field::Year(Count::ByWeeks)),
        'Q' | 'q' if count > 2 => (5, Field::QuarterName),
        'Q' | 'q' => (2, Field::Number(Unit::Quarter)),
        'M' | 'L' if count > 2 => (5, Field::MonthName),
        'M' | 'L' => (2, Field::Number(Unit::Month)),
        'w' => (2, Field::Number(Unit::Week)),
        'W' => (2, Field::Number(Unit::WeekOfMonth)),
        'F' => (2, Field::Number(Unit::WeekdayOfMonth)),
        'D' => (19, Field::Number(Unit::DayOfYear)),
        'd' => (2, Field::Number(Unit::Day)),
        'E' => (5, Field::WeekdayName),
        'e' | 'c' if count > 2 => (5, Field::WeekdayName),
        'e' => (2, Field::Number(Unit::Weekday)),
        'c' => (1, Field::Number(Unit::Weekday)),
        'a' => (1, Field::HalfOfDay),
        'H' => (2, Field::Number(Unit::Hour)),
        'k' => (2, Field::Number(Unit::HourFrom1)),
        'K' => (2, Field::Number(Unit::HalfHour)),
        'h' => (2, Field::Number(Unit::HalfHourFrom1)),
        'm' => (2, Field::Number(Unit::Minute)),
        's' => (2, Field::Number(Unit::Second)),
        'S' => (19, Field::Fraction),
        'n' => (19, Field::Number(Unit::NanoOfSecond)),
        'A' => (19, Field::Number(Unit::MilliOfDay)),
        'N' => (19, Field::Number(Unit::NanoOfDay)),
        'V' => (2, Field::ZoneId),
        'z' if count == 4 => return Err(String::from("the long names of time zones (`zzzz`) are not supported")),
        'z' => (3, Field::ZoneName),
        'O' => (4, Field::GmtOffset),
        'Z' => (5, Field::Offset),
        'X' => (5, Field::IsoOffset { zulu: true }),
        'x' => (5, Field::IsoOffset { zulu: false }),
        _ => return Err(format!("the letter `{letter}` has no meaning; quote literal text: `'{letter}'`")),
    };
    if count > most {
        let times = if most == 1 { String::from("only once") } else { format!("at most {most} times") };
        return Err(format!("`{letter}` occurs {count} times in a row, but may occur {times}"));
    }
    Ok(field)
}
