//! Moments, written in a pattern.

use jiff::ZonedDateTime;
use jiff::civil::Era;

use super::fields::{Count, Field, MONTHS, Part, QUARTERS, Unit, WEEKDAYS, shortened};
use super::zones;

pub(super) fn format(parts: &[Part], at: &ZonedDateTime) -> String {
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Text(part) => text.push_str(part),
            Part::Field(field, count) => text.push_str(&written(*field, *count, at)),
            Part::Optional(parts) => text.push_str(&format(parts, at)),
        }
    }
    text
}

fn written(field: Field, count: usize, at: &ZonedDateTime) -> String {
    match field {
        Field::Era => String::from(if at.era_year().1 == Era::BCE { "BC" } else { "AD" }),
        Field::Year(years) => {
            let year = match years {
                Count::OfEra => at.era_year().0,
                Count::Through => at.year(),
                Count::ByWeeks => at.iso_week_date().year(),
            };
            if count == 2 {
                return format!("{:02}", year.rem_euclid(100));
            }
            let sign = if year < 0 { "-" } else { "" };
            format!("{sign}{:0count$}", year.unsigned_abs())
        }
        Field::Number(unit) => format!("{:0count$}", number(unit, at)),
        Field::MonthName => named(&MONTHS, number(Unit::Month, at), count),
        Field::QuarterName if count == 3 => format!("Q{}", number(Unit::Quarter, at)),
        Field::QuarterName => named(&QUARTERS, number(Unit::Quarter, at), 4),
        Field::WeekdayName => named(&WEEKDAYS, number(Unit::Weekday, at), count),
        Field::HalfOfDay => String::from(if at.hour() < 12 { "AM" } else { "PM" }),
        Field::Fraction => {
            let digits = format!("{:09}", at.subsec_nanosecond());
            format!("{digits:0<count$}").chars().take(count).collect()
        }
        Field::ZoneId => match at.time_zone().iana_name() {
            Some(id) if zones::is_id(id) => id.to_owned(),
            _ => or_zulu(at),
        },
        Field::ZoneName => {
            let info = at.time_zone().to_offset_info(at.timestamp());
            match info.abbreviation() {
                name if zones::is_abbreviation(name) => name.to_owned(),
                _ => or_zulu(at),
            }
        }
        Field::GmtOffset if count < 4 => gmt(at, Shown::Shortest),
        Field::GmtOffset => gmt(at, Shown::Seconds),
        Field::Offset => match count {
            4 => gmt(at, Shown::Seconds),
            5 => or_zulu(at),
            _ => offset(at, "", Shown::Minutes),
        },
        Field::IsoOffset { zulu } => {
            if zulu && at.offset().seconds() == 0 {
                return String::from("Z");
            }
            match count {
                1 => offset(at, "", Shown::Short),
                2 => offset(at, "", Shown::Minutes),
                3 => offset(at, ":", Shown::Minutes),
                4 => offset(at, "", Shown::Seconds),
                _ => offset(at, ":", Shown::Seconds),
            }
        }
    }
}

fn number(unit: Unit, at: &ZonedDateTime) -> i64 {
    let hour = i64::from(at.hour());
    let second = (hour * 60 + i64::from(at.minute())) * 60 + i64::from(at.second());
    let nanosecond = i64::from(at.subsec_nanosecond());
    let day = i64::from(at.day());
    match unit {
        Unit::Quarter => (i64::from(at.month()) - 1) / 3 + 1,
        Unit::Month => i64::from(at.month()),
        Unit::Week => i64::from(at.iso_week_date().week()),
        // The first of a month is in week 1, even if it is a Sunday.
        Unit::WeekOfMonth => {
            let before = (i64::from(at.weekday().to_monday_zero_offset()) - (day - 1)).rem_euclid(7);
            (before + day - 1) / 7 + 1
        }
        Unit::WeekdayOfMonth => (day - 1) / 7 + 1,
        Unit::DayOfYear => i64::from(at.day_of_year()),
        Unit::Day => day,
        Unit::Weekday => i64::from(at.weekday().to_monday_one_offset()),
        Unit::Hour => hour,
        Unit::HourFrom1 => from_1(hour, 24),
        Unit::HalfHour => hour % 12,
        Unit::HalfHourFrom1 => from_1(hour % 12, 12),
        Unit::Minute => i64::from(at.minute()),
        Unit::Second => i64::from(at.second()),
        Unit::NanoOfSecond => nanosecond,
        Unit::MilliOfDay => second * 1_000 + nanosecond / 1_000_000,
        Unit::NanoOfDay => second * 1_000_000_000 + nanosecond,
    }
}

/// An hour of a clock without 0.
const fn from_1(hour: i64, most: i64) -> i64 {
    if hour == 0 { most } else { hour }
}

/// The name of a number that counts from 1.
fn named(names: &[&'static str], number: i64, count: usize) -> String {
    let index = usize::try_from(number - 1).unwrap_or_default();
    names.get(index).map(|name| shortened(name, count)).unwrap_or_default().to_owned()
}

/// The parts of an offset that are written.
#[derive(Clone, Copy, PartialEq)]
enum Shown {
    /// `+1`, with minutes and seconds if there are any.
    Shortest,
    /// `+01`, with minutes if there are any.
    Short,
    /// `+01:00`
    Minutes,
    /// `+01:00`, with seconds if there are any.
    Seconds,
}

fn offset(at: &ZonedDateTime, colon: &str, shown: Shown) -> String {
    let offset = at.offset().seconds();
    let sign = if offset < 0 { '-' } else { '+' };
    let whole = offset.unsigned_abs();
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    let seconds = if matches!(shown, Shown::Seconds | Shown::Shortest) { seconds } else { 0 };
    let mut text = if shown == Shown::Shortest { format!("{sign}{hours}") } else { format!("{sign}{hours:02}") };
    if minutes > 0 || seconds > 0 || matches!(shown, Shown::Minutes | Shown::Seconds) {
        text += &format!("{colon}{minutes:02}");
    }
    if seconds > 0 {
        text += &format!("{colon}{seconds:02}");
    }
    text
}

/// `GMT+8`, or just `GMT` without an offset.
fn gmt(at: &ZonedDateTime, shown: Shown) -> String {
    if at.offset().seconds() == 0 { String::from("GMT") } else { format!("GMT{}", offset(at, ":", shown)) }
}

/// `+01:00`, or `Z` without an offset.
fn or_zulu(at: &ZonedDateTime) -> String {
    if at.offset().seconds() == 0 { String::from("Z") } else { offset(at, ":", Shown::Seconds) }
}
