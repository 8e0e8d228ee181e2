//! Whether a text is a date or time of a pattern: field by field from the left, each as long as possible.

use super::fields::{Count, Field, MONTHS, Part, QUARTERS, Unit, WEEKDAYS, shortened};
use super::zones;

pub(super) fn matches(parts: &[Part], text: &str) -> bool {
    let mut reader = Reader { rest: text };
    let mut day = Day::default();
    parts.iter().all(|part| reader.part(part, &mut day).is_some()) && reader.rest.is_empty() && day.exists()
}

/// The fields of a day. If a field occurs twice, the first counts.
#[derive(Clone, Copy, Default)]
struct Day {
    year: Option<i128>,
    /// The year that the week belongs to.
    week_year: Option<i128>,
    before_christ: bool,
    month: Option<u64>,
    of_month: Option<u64>,
    of_year: Option<u64>,
}

impl Day {
    fn exists(&self) -> bool {
        let year = self.year.map(|year| if self.before_christ { 1 - year } else { year });
        // Without a year, the 29th of February is a valid day.
        let leap = |year: Option<i128>| year.is_none_or(|year| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
        let most = match self.month {
            Some(2) if leap(year.or(self.week_year)) => 29,
            Some(2) => 28,
            Some(4 | 6 | 9 | 11) => 30,
            _ => 31,
        };
        self.of_month.is_none_or(|day| day <= most)
            && self.of_year.is_none_or(|day| day <= if leap(year) { 366 } else { 365 })
    }
}

/// The spelling of an offset.
#[derive(Clone, Copy)]
enum Offset {
    /// `+01`, `+0100`
    Short,
    /// `+0100`
    Minutes,
    /// `+01:00`
    ColonMinutes,
    /// `+0100`, `+010000`
    Seconds,
    /// `+01:00`, `+01:00:00`
    ColonSeconds,
    /// `+1`, `+1:00`, `+1:00:00`
    Shortest,
}

#[derive(Clone, Copy)]
struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn part(&mut self, part: &Part, day: &mut Day) -> Option<()> {
        let (field, count) = match part {
            Part::Text(text) => return self.text(text),
            Part::Optional(parts) => {
                // As in Java, whether it is present doesn't depend on the text after it.
                let before = (*self, *day);
                if parts.iter().any(|part| self.part(part, day).is_none()) {
                    (*self, *day) = before;
                }
                return Some(());
            }
            Part::Field(field, count) => (*field, *count),
        };
        match field {
            Field::Era => {
                let names = match count {
                    4 => ["Anno Domini", "Before Christ", "AD", "BC"],
                    5 => ["AD", "BC", "A", "B"],
                    _ => ["AD", "BC", "AD", "BC"],
                };
                day.before_christ = self.name(names)? % 2 == 1;
            }
            Field::Year(years) => {
                let year = self.year(years, count)?;
                let kept = if years == Count::ByWeeks { &mut day.week_year } else { &mut day.year };
                kept.get_or_insert(year);
            }
            Field::Number(unit) => {
                let (least, most, digits) = unit.range();
                let number = self.number(digits.max(count), least, most)?;
                match unit {
                    Unit::Month => day.month.get_or_insert(number),
                    Unit::Day => day.of_month.get_or_insert(number),
                    Unit::DayOfYear => day.of_year.get_or_insert(number),
                    _ => return Some(()),
                };
            }
            Field::MonthName => {
                let month = self.name(MONTHS.map(|name| shortened(name, count)))?;
                day.month.get_or_insert(u64::try_from(month).ok()? + 1);
            }
            Field::QuarterName if count == 3 => {
                self.name(["Q1", "Q2", "Q3", "Q4"])?;
            }
            Field::QuarterName => {
                self.name(QUARTERS)?;
            }
            Field::WeekdayName => {
                self.name(WEEKDAYS.map(|name| shortened(name, count)))?;
            }
            Field::HalfOfDay => {
                self.name(["am", "pm"])?;
            }
            Field::Fraction => {
                self.digits(count)?;
            }
            Field::ZoneId => return self.zone_id(),
            Field::ZoneName => return self.zone_name(),
            Field::GmtOffset if count == 4 => return self.gmt(Offset::ColonSeconds),
            Field::GmtOffset => return self.gmt(Offset::Shortest),
            Field::Offset => match count {
                4 => return self.gmt(Offset::ColonSeconds),
                5 => return self.text("Z").or_else(|| self.offset(Offset::ColonSeconds)),
                _ => return self.offset(Offset::Minutes),
            },
            Field::IsoOffset { zulu } => {
                if zulu && self.text("Z").is_some() {
                    return Some(());
                }
                return self.offset(match count {
                    1 => Offset::Short,
                    2 => Offset::Minutes,
                    3 => Offset::ColonMinutes,
                    4 => Offset::Seconds,
                    _ => Offset::ColonSeconds,
                });
            }
        }
        Some(())
    }

    fn text(&mut self, text: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(text)?;
        Some(())
    }

    /// The index of the name that comes next, in any case.
    fn name<const N: usize>(&mut self, names: [&str; N]) -> Option<usize> {
        for (index, name) in names.into_iter().enumerate() {
            if let Some((start, rest)) = self.rest.split_at_checked(name.len())
                && start.eq_ignore_ascii_case(name)
            {
                self.rest = rest;
                return Some(index);
            }
        }
        None
    }

    /// As many digits as there are, but at least one.
    fn digits(&mut self, most: usize) -> Option<&'a str> {
        let count = self.rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at_checked(count).filter(|_| count > 0)?;
        self.rest = rest;
        Some(digits)
    }

    fn number(&mut self, digits: usize, least: u64, most: u64) -> Option<u64> {
        self.digits(digits)?.parse().ok().filter(|number| (least..=most).contains(number))
    }

    /// A year with at most as many digits as letters. With one letter or three it may have four.
    fn year(&mut self, years: Count, count: usize) -> Option<i128> {
        let below = years != Count::OfEra && count != 2 && self.text("-").is_some();
        let year: i128 = self.digits(if matches!(count, 1 | 3) { 4 } else { count })?.parse().ok()?;
        Some(if below { -year } else { year })
    }

    /// An offset of 18 hours at most, as in Java.
    fn offset(&mut self, written: Offset) -> Option<()> {
        let mut ahead = *self;
        ahead.rest = ahead.rest.strip_prefix(['+', '-'])?;
        let hours = ahead.number(2, 0, 18)?;
        let (colon, minutes_needed, seconds) = match written {
            Offset::Short => ("", false, false),
            Offset::Minutes => ("", true, false),
            Offset::ColonMinutes => (":", true, false),
            Offset::Seconds => ("", true, true),
            Offset::ColonSeconds => (":", true, true),
            Offset::Shortest => (":", false, true),
        };
        let mut beyond = 0;
        match ahead.sixtieths(colon) {
            Some(minutes) => {
                beyond += minutes;
                if seconds {
                    beyond += ahead.sixtieths(colon).unwrap_or_default();
                }
            }
            None if minutes_needed => return None,
            None => {}
        }
        if hours == 18 && beyond > 0 {
            return None;
        }
        *self = ahead;
        Some(())
    }

    /// Minutes or seconds of an offset. Anything else is left unread.
    fn sixtieths(&mut self, colon: &str) -> Option<u64> {
        let mut ahead = *self;
        ahead.text(colon)?;
        let read = ahead.number(2, 0, 59)?;
        *self = ahead;
        Some(read)
    }

    /// `GMT` or `UTC`, and an offset from it if there is one.
    fn gmt(&mut self, written: Offset) -> Option<()> {
        self.text("GMT").or_else(|| self.text("UTC"))?;
        self.offset(written).unwrap_or_default();
        Some(())
    }

    /// An offset in any spelling.
    fn any_offset(&mut self) -> Option<()> {
        [Offset::ColonSeconds, Offset::Seconds, Offset::Shortest].into_iter().find_map(|written| self.offset(written))
    }

    /// `Europe/Paris`, `UTC`, `UTC+01:00`, `Z`, `-08:30`
    fn zone_id(&mut self) -> Option<()> {
        if let Some(id) = self.longest(zones::LONGEST_ID, zones::is_id) {
            if matches!(id, "GMT" | "UTC" | "UT") {
                self.any_offset().unwrap_or_default();
            }
            return Some(());
        }
        self.text("Z").or_else(|| self.any_offset())
    }

    /// `PST`, `Z`, `-08:00`
    fn zone_name(&mut self) -> Option<()> {
        if self.longest(zones::LONGEST_ABBREVIATION, zones::is_abbreviation).is_some() {
            return Some(());
        }
        self.text("Z").or_else(|| self.any_offset())
    }

    /// The longest known name that the text begins with.
    fn longest(&mut self, most: usize, known: fn(&str) -> bool) -> Option<&'a str> {
        let (start, rest) =
            (1..=most).rev().filter_map(|length| self.rest.split_at_checked(length)).find(|(start, _)| known(start))?;
        self.rest = rest;
        Some(start)
    }
}
