//! Dates and times relative to a moment, for the generators `Date`, `Time` and `DateTime` of Pact files:
//! `tomorrow + 2 weeks`, `next monday`, `3 o'clock pm`, `yesterday @ midnight - 1 hour`.
//!
//! The words are those of the [Pact](https://docs.pact.io) libraries. A date is `now`, `today`, `yesterday`,
//! `tomorrow`, or the `next` or `last` of something, and steps may follow (`+ 3 days`). A time is `now`, `midnight`,
//! `noon`, `5 o'clock` (with `am` or `pm`), or the `next` or `last` of something, and steps may follow. A date and
//! time is a date, and a time behind an `@`. A missing part is `now`. Words are written in lower case.

use jiff::civil::Weekday;
use jiff::{Span, ZonedDateTime};

/// The date that an expression describes, at the same time of day.
///
/// # Errors
///
/// If the expression is invalid, with the reason and the index of the character, as the end of a sentence; or if the
/// date is too far away.
pub fn date(base: &ZonedDateTime, expression: &str) -> Result<ZonedDateTime, String> {
    let mut words = Words::read(expression, 0, DATES, "a date (a time follows an `@`)")?;
    words.date(base)
}

/// The time that an expression describes. Steps may lead to another day.
///
/// # Errors
///
/// As for [`date`].
pub fn time(base: &ZonedDateTime, expression: &str) -> Result<ZonedDateTime, String> {
    let mut words = Words::read(expression, 0, TIMES, "a time")?;
    words.time(base)
}

/// The date and time that an expression describes: a date and, behind an `@`, a time on that date.
///
/// # Errors
///
/// As for [`date`].
pub fn date_time(base: &ZonedDateTime, expression: &str) -> Result<ZonedDateTime, String> {
    let Some((day, hour)) = expression.split_once('@') else { return date(base, expression) };
    let day_end = day.chars().count() + 1;
    let mut hour = Words::read(hour, day_end, TIMES, "a time")?;
    hour.time(&date(base, day)?)
}

/// The words for dates, with their meanings.
const DATES: &[(&str, Word)] = &[
    ("now", Word::Day(0)),
    ("today", Word::Day(0)),
    ("yesterday", Word::Day(-1)),
    ("tomorrow", Word::Day(1)),
    ("next", Word::Way(1)),
    ("last", Word::Way(-1)),
    ("day", Word::Step(Unit::Day, false)),
    ("days", Word::Step(Unit::Day, true)),
    ("week", Word::Step(Unit::Week, false)),
    ("weeks", Word::Step(Unit::Week, true)),
    ("month", Word::Step(Unit::Month, false)),
    ("months", Word::Step(Unit::Month, true)),
    ("year", Word::Step(Unit::Year, false)),
    ("years", Word::Step(Unit::Year, true)),
    ("fortnight", Word::Fortnight),
    ("mon", Word::Weekday(Weekday::Monday)),
    ("monday", Word::Weekday(Weekday::Monday)),
    ("tues", Word::Weekday(Weekday::Tuesday)),
    ("tuesday", Word::Weekday(Weekday::Tuesday)),
    ("wed", Word::Weekday(Weekday::Wednesday)),
    ("wednesday", Word::Weekday(Weekday::Wednesday)),
    ("thurs", Word::Weekday(Weekday::Thursday)),
    ("thursday", Word::Weekday(Weekday::Thursday)),
    ("fri", Word::Weekday(Weekday::Friday)),
    ("friday", Word::Weekday(Weekday::Friday)),
    ("sat", Word::Weekday(Weekday::Saturday)),
    ("saturday", Word::Weekday(Weekday::Saturday)),
    ("sun", Word::Weekday(Weekday::Sunday)),
    ("sunday", Word::Weekday(Weekday::Sunday)),
    ("jan", Word::Month(1)),
    ("january", Word::Month(1)),
    ("feb", Word::Month(2)),
    ("february", Word::Month(2)),
    ("mar", Word::Month(3)),
    ("march", Word::Month(3)),
    ("apr", Word::Month(4)),
    ("april", Word::Month(4)),
    ("may", Word::Month(5)),
    ("jun", Word::Month(6)),
    ("june", Word::Month(6)),
    ("jul", Word::Month(7)),
    ("july", Word::Month(7)),
    ("aug", Word::Month(8)),
    ("august", Word::Month(8)),
    ("sep", Word::Month(9)),
    ("sept", Word::Month(9)),
    ("september", Word::Month(9)),
    ("oct", Word::Month(10)),
    ("october", Word::Month(10)),
    ("nov", Word::Month(11)),
    ("november", Word::Month(11)),
    ("dec", Word::Month(12)),
    ("december", Word::Month(12)),
];

/// The words for times, with their meanings.
const TIMES: &[(&str, Word)] = &[
    ("now", Word::Now),
    ("midnight", Word::Hour(0)),
    ("noon", Word::Hour(12)),
    ("o'clock", Word::OClock),
    ("am", Word::Half(0)),
    ("pm", Word::Half(12)),
    ("next", Word::Way(1)),
    ("last", Word::Way(-1)),
    ("hour", Word::Step(Unit::Hour, false)),
    ("hours", Word::Step(Unit::Hour, false)),
    ("minute", Word::Step(Unit::Minute, false)),
    ("minutes", Word::Step(Unit::Minute, false)),
    ("second", Word::Step(Unit::Second, false)),
    ("seconds", Word::Step(Unit::Second, false)),
    ("millisecond", Word::Step(Unit::Millisecond, false)),
    ("milliseconds", Word::Step(Unit::Millisecond, false)),
];

const DATE_STEP: &str = "`day`, `week`, `month` or `year`";
const TIME_STEP: &str = "`hour`, `minute`, `second` or `millisecond`";

#[derive(Clone, Copy, Debug, PartialEq)]
enum Word {
    Now,
    /// A day, by its distance in days.
    Day(i64),
    Hour(i8),
    OClock,
    /// The half of the day, as the hours that it adds to those of the clock.
    Half(i64),
    /// `next` or `last`
    Way(i64),
    /// `+` or `-`
    Sign(i64),
    Number(i64),
    /// A unit, and whether the word is a plural, which has no `next` and `last`.
    Step(Unit, bool),
    Fortnight,
    Weekday(Weekday),
    Month(i8),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Unit {
    Day,
    Week,
    Month,
    Year,
    Hour,
    Minute,
    Second,
    Millisecond,
}

impl Unit {
    /// A moment that is so many units away. A day that its month doesn't have becomes the month's last.
    fn step(self, from: &ZonedDateTime, count: i64) -> Result<ZonedDateTime, String> {
        let span = match self {
            Self::Day => Span::new().try_days(count),
            Self::Week => Span::new().try_weeks(count),
            Self::Month => Span::new().try_months(count),
            Self::Year => Span::new().try_years(count),
            Self::Hour => Span::new().try_hours(count),
            Self::Minute => Span::new().try_minutes(count),
            Self::Second => Span::new().try_seconds(count),
            Self::Millisecond => Span::new().try_milliseconds(count),
        };
        span.and_then(|span| from.checked_add(span)).map_err(too_far)
    }
}

fn too_far(_: jiff::Error) -> String {
    String::from("the date is too far away")
}

/// The index of a word, its text and its meaning.
type Found<'a> = (usize, &'a str, Word);

/// The words of an expression.
struct Words<'a> {
    words: std::vec::IntoIter<Found<'a>>,
}

impl<'a> Words<'a> {
    /// Splits an expression into words, which need no space between them. `start` is the index of its first character.
    fn read(expression: &'a str, start: usize, known: &[(&str, Word)], kind: &str) -> Result<Self, String> {
        let mut words = Vec::new();
        let mut at = start;
        let mut rest = expression;
        while let Some(first) = rest.chars().next() {
            let (length, word) = match first {
                ' ' | '\t' | '\n' | '\r' | '\x0c' => {
                    rest = rest.get(1..).unwrap_or_default();
                    at += 1;
                    continue;
                }
                '+' => (1, Word::Sign(1)),
                '-' => (1, Word::Sign(-1)),
                '0'..='9' => {
                    let length = rest.bytes().take_while(u8::is_ascii_digit).count();
                    let number = rest.get(..length).and_then(|digits| digits.parse().ok());
                    (length, Word::Number(number.ok_or_else(|| format!("the number at index {at} is too large"))?))
                }
                _ => known
                    .iter()
                    .filter(|(name, _)| rest.starts_with(name))
                    .map(|(name, word)| (name.len(), *word))
                    .max_by_key(|(length, _)| *length)
                    .ok_or_else(|| {
                        let word: String = rest.chars().take_while(|next| !next.is_whitespace()).take(20).collect();
                        format!("`{word}` at index {at} isn't a word for {kind}")
                    })?,
            };
            let (text, behind) = rest.split_at_checked(length).unwrap_or((rest, ""));
            words.push((at, text, word));
            rest = behind;
            at += length;
        }
        Ok(Self { words: words.into_iter() })
    }

    fn date(&mut self, base: &ZonedDateTime) -> Result<ZonedDateTime, String> {
        let Some((at, text, word)) = self.words.next() else { return Ok(base.clone()) };
        let (start, next) = match word {
            Word::Day(away) => (Unit::Day.step(base, away)?, None),
            Word::Way(way) => (self.nearest(base, way)?, None),
            Word::Sign(_) => (base.clone(), Some((at, text, word))),
            _ => {
                let wanted = "`now`, `today`, `yesterday`, `tomorrow`, `next`, `last`, `+` or `-`";
                return Err(expected(wanted, Some((at, text, word))));
            }
        };
        self.steps(start, next, DATE_STEP)
    }

    /// The next or the last of something.
    fn nearest(&mut self, base: &ZonedDateTime, way: i64) -> Result<ZonedDateTime, String> {
        let next = self.words.next();
        match next.map(|(_, _, word)| word) {
            Some(Word::Step(unit, false)) => unit.step(base, way),
            Some(Word::Fortnight) => Unit::Week.step(base, 2 * way),
            Some(Word::Weekday(day)) => base.nth_weekday(if way < 0 { -1 } else { 1 }, day).map_err(too_far),
            Some(Word::Month(month)) => {
                // The current month is neither the next nor the last.
                let year = match (way < 0, base.month()) {
                    (true, now) if now <= month => base.year() - 1,
                    (false, now) if now >= month => base.year() + 1,
                    _ => base.year(),
                };
                base.with().year(year).month(month).day(1).build().map_err(too_far)
            }
            _ => Err(expected("`day`, `week`, `fortnight`, `month`, `year`, or the name of a day or a month", next)),
        }
    }

    fn time(&mut self, base: &ZonedDateTime) -> Result<ZonedDateTime, String> {
        let Some((at, text, word)) = self.words.next() else { return Ok(base.clone()) };
        let sharp = |hour: i8| base.with().hour(hour).minute(0).second(0).subsec_nanosecond(0).build().map_err(too_far);
        let (start, next) = match word {
            Word::Now => (base.clone(), None),
            Word::Hour(hour) => (sharp(hour)?, None),
            Word::Sign(_) => (base.clone(), Some((at, text, word))),
            Word::Way(way) => match self.words.next() {
                Some((_, _, Word::Step(unit, _))) => (unit.step(base, way)?, None),
                other => return Err(expected(TIME_STEP, other)),
            },
            Word::Number(hour) => {
                match self.words.next() {
                    Some((_, _, Word::OClock)) => {}
                    other => return Err(expected("`o'clock`", other)),
                }
                if !(1..=12).contains(&hour) {
                    return Err(format!("an hour is a number from 1 to 12, not {hour} (index {at})"));
                }
                let mut next = self.words.next();
                // Without `am` or `pm` it is in the other half of the day: in the morning, in the afternoon.
                let mut half = if base.hour() < 12 { 12 } else { 0 };
                if let Some((_, _, Word::Half(hours))) = next {
                    half = hours;
                    next = self.words.next();
                }
                // 12 is noon in both halves.
                (sharp(i8::try_from(if hour == 12 { 12 } else { hour + half }).unwrap_or_default())?, next)
            }
            _ => {
                let wanted = "`now`, `midnight`, `noon`, an hour, `next`, `last`, `+` or `-`";
                return Err(expected(wanted, Some((at, text, word))));
            }
        };
        self.steps(start, next, TIME_STEP)
    }

    /// Takes the remaining steps. `next` is their first word, if it was read already.
    fn steps(&mut self, start: ZonedDateTime, next: Option<Found<'a>>, units: &str) -> Result<ZonedDateTime, String> {
        let mut at = start;
        let mut next = next.or_else(|| self.words.next());
        while let Some((index, text, word)) = next {
            let Word::Sign(sign) = word else { return Err(expected("`+` or `-`", Some((index, text, word)))) };
            let count = match self.words.next() {
                Some((_, _, Word::Number(count))) => count,
                other => return Err(expected("a number", other)),
            };
            at = match self.words.next() {
                Some((_, _, Word::Step(unit, _))) => unit.step(&at, sign * count)?,
                other => return Err(expected(units, other)),
            };
            next = self.words.next();
        }
        Ok(at)
    }
}

fn expected(wanted: &str, found: Option<Found<'_>>) -> String {
    match found {
        Some((at, text, _)) => format!("expected {wanted} at index {at}, found `{text}`"),
        None => format!("expected {wanted} at the end"),
    }
}

#[cfg(test)]
mod tests;
