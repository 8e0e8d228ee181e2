//! Patterns of dates and times in Java's notation, as Pact files write them: `yyyy-MM-dd'T'HH:mm:ssXXX`.
//!
//! The letters are those of Java's
//! [`DateTimeFormatter`](https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/time/format/DateTimeFormatter.html),
//! which the matchers `date`, `time` and `datetime` of the
//! [Pact specification](https://github.com/pact-foundation/pact-specification) name their format in. How many digits
//! a field may have is taken as widely as Pact takes it: `MM` takes `7`, too, and `SSS` takes `5`. Names are English,
//! in capitals or not.
//!
//! Two places are read as the older `SimpleDateFormat` has them: five letters of a name are the whole name (`MMMMM`
//! is `July`, not `J`), and one `u` beside a `y` or a `Y` is the day of the week, where it is a year elsewhere.
//! Weeks (`w`, `Y`) are those of ISO 8601, and begin on Monday (`e`, `c`).
//!
//! `[…]` is a section that may be missing as a whole. Pact's verifier for the JVM takes it, whose files have it; the one
//! in Rust refuses it.

mod reading;
mod writing;
mod zones;

use jiff::ZonedDateTime;

/// A pattern of dates and times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JavaPattern {
    text: String,
    parts: Vec<Part>,
}

/// What a pattern is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// A text that stands for itself.
    Text(String),
    /// A field, and how many letters it was written with.
    Field(Field, usize),
    /// What may be missing as a whole.
    Optional(Vec<Part>),
}

/// What a letter stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Era,
    Year(Count),
    Number(Unit),
    MonthName,
    QuarterName,
    WeekdayName,
    HalfOfDay,
    /// Digits of a second behind its point.
    Fraction,
    ZoneId,
    ZoneName,
    /// `GMT+8`
    GmtOffset,
    /// `+0100`
    Offset,
    /// `+01:00`, and whether `Z` stands for none.
    IsoOffset {
        zulu: bool,
    },
}

/// How years are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Count {
    /// From 1, with an era.
    OfEra,
    /// Through 0 to below it.
    Through,
    /// As the weeks of ISO 8601 belong to them.
    ByWeeks,
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Quarter,
    Month,
    Week,
    WeekOfMonth,
    WeekdayOfMonth,
    DayOfYear,
    Day,
    Weekday,
    /// `H`
    Hour,
    /// `k`
    HourFrom1,
    /// `K`
    HalfHour,
    /// `h`
    HalfHourFrom1,
    Minute,
    Second,
    NanoOfSecond,
    MilliOfDay,
    NanoOfDay,
}

impl Unit {
    /// The least, the most, and how many digits may be written where the pattern doesn't ask for more.
    const fn range(self) -> (u64, u64, usize) {
        match self {
            Self::Quarter => (1, 4, 2),
            Self::Month | Self::HalfHourFrom1 => (1, 12, 2),
            Self::Week => (1, 53, 2),
            Self::WeekOfMonth => (1, 6, 2),
            Self::WeekdayOfMonth => (1, 5, 2),
            Self::DayOfYear => (1, 366, 3),
            Self::Day => (1, 31, 2),
            Self::Weekday => (1, 7, 1),
            Self::Hour => (0, 23, 2),
            Self::HourFrom1 => (1, 24, 2),
            Self::HalfHour => (0, 11, 2),
            Self::Minute => (0, 59, 2),
            // 60 is a leap second.
            Self::Second => (0, 60, 2),
            Self::NanoOfSecond => (0, 999_999_999, 9),
            Self::MilliOfDay => (0, 86_399_999, 8),
            Self::NanoOfDay => (0, 86_399_999_999_999, 14),
        }
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const QUARTERS: [&str; 4] = ["1st quarter", "2nd quarter", "3rd quarter", "4th quarter"];

/// The most characters of a pattern.
const LONGEST: usize = 256;

impl JavaPattern {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// What is wrong with it, and at which character from 0 on, as the end of a sentence: a letter that stands for
    /// nothing, or that is repeated too often; a quote without its end; a `]` without its `[`; a character that
    /// must be quoted; a pattern that is empty or too long.
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
        // The parts before each section that is open, from the outermost on.
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
        // What is not closed ends with the pattern, as in Java.
        while let Some(before) = outside.pop() {
            let section = Part::Optional(std::mem::replace(&mut parts, before));
            parts.push(section);
        }
        Ok(Self { text: text.to_owned(), parts })
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a text, from its first to its last character, is a date or time of this pattern: each field in its
    /// range, and the day in its month, as far as the fields tell.
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

/// The text in the quotes that `rest` begins with, and how many characters it is written with. A doubled quote is a
/// quote, be it between quotes or alone.
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

/// What a letter, written `count` times, stands for. `years` tells whether there is a `y` or a `Y`.
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
        _ => return Err(format!("the letter `{letter}` stands for nothing; a text is quoted: `'{letter}'`")),
    };
    if count > most {
        let times = if most == 1 { String::from("once") } else { format!("{most} times") };
        return Err(format!("`{letter}` is repeated {count} times, and may stand {times} at most"));
    }
    Ok(field)
}

/// A name as it is written with so many letters.
fn shortened(name: &'static str, count: usize) -> &'static str {
    if count > 3 { name } else { name.get(..3).unwrap_or(name) }
}

#[cfg(test)]
mod tests;
