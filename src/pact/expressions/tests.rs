//! Expressions of dates and times, by tables.

use super::*;

/// A Friday, the last of its month, in a leap year.
const BASE: &str = "2020-01-31T10:30:15.25";

fn at(text: &str) -> ZonedDateTime {
    text.parse::<jiff::civil::DateTime>().unwrap().to_zoned_datetime(jiff::tz::TimeZone::UTC).unwrap()
}

fn told(tell: fn(&ZonedDateTime, &str) -> Result<ZonedDateTime, String>, base: &str, expression: &str) -> String {
    tell(&at(base), expression).map_or_else(|why| why, |at| at.datetime().to_string())
}

#[test]
fn a_date_is_computed_from_a_moment() {
    for (expression, date) in [
        ("", "2020-01-31"),
        ("  ", "2020-01-31"),
        ("now", "2020-01-31"),
        ("\ttoday\n", "2020-01-31"),
        ("yesterday", "2020-01-30"),
        ("tomorrow", "2020-02-01"),
        ("+ 1 day", "2020-02-01"),
        ("now + 1 day", "2020-02-01"),
        ("- 2 weeks", "2020-01-17"),
        ("+1day-1week", "2020-01-25"),
        ("tomorrow+ 4 years", "2024-02-01"),
        ("+ 0 months", "2020-01-31"),
        ("+ 1 month", "2020-02-29"),
        ("+ 13 months", "2021-02-28"),
        ("- 2 months", "2019-11-30"),
        ("next day", "2020-02-01"),
        ("next week", "2020-02-07"),
        ("next month", "2020-02-29"),
        ("last month", "2019-12-31"),
        ("next year", "2021-01-31"),
        ("next fortnight", "2020-02-14"),
        ("last fortnight", "2020-01-17"),
        ("next monday", "2020-02-03"),
        ("next tues", "2020-02-04"),
        ("next friday", "2020-02-07"),
        ("last friday", "2020-01-24"),
        ("last wed", "2020-01-29"),
        ("last thurs", "2020-01-30"),
        ("next sat", "2020-02-01"),
        ("last sun", "2020-01-26"),
        ("next feb", "2020-02-01"),
        ("next january", "2021-01-01"),
        ("last jan", "2019-01-01"),
        ("last february", "2019-02-01"),
        ("next sept", "2020-09-01"),
        ("last december + 2 weeks + 4 days", "2019-12-19"),
        ("next monday + 1 day - 2 weeks", "2020-01-21"),
    ] {
        assert_eq!(told(date_time, BASE, expression), format!("{date}T10:30:15.25"), "{expression:?}");
        assert_eq!(
            told(crate::pact::expressions::date, BASE, expression),
            format!("{date}T10:30:15.25"),
            "{expression:?}"
        );
    }
    assert_eq!(told(date, "2020-02-29T00:00:00", "+ 1 year"), "2021-02-28T00:00:00");
    assert_eq!(told(date, "2020-02-29T00:00:00", "- 4 years"), "2016-02-29T00:00:00");
}

#[test]
fn every_name_of_a_day_and_a_month_is_known() {
    let days = [("mon", 3), ("tues", 4), ("wed", 5), ("thurs", 6), ("fri", 7), ("sat", 1), ("sun", 2)];
    for (name, day) in days {
        let ending = if name == "wed" {
            "nesday"
        } else if name == "sat" {
            "urday"
        } else {
            "day"
        };
        for name in [name.to_owned(), format!("{name}{ending}")] {
            assert_eq!(told(date, BASE, &format!("next {name}")), format!("2020-02-0{day}T10:30:15.25"), "{name}");
        }
    }
    let months = "january february march april may june july august september october november december";
    for (index, name) in months.split(' ').enumerate() {
        let year = if index == 0 { 2021 } else { 2020 };
        for name in [name, &name[..3]] {
            let wanted = format!("{year}-{:02}-01T10:30:15.25", index + 1);
            assert_eq!(told(date, BASE, &format!("next {name}")), wanted, "{name}");
            assert_eq!(
                told(date, BASE, &format!("last {name}")),
                wanted.replace("2020", "2019").replace("2021", "2019")
            );
        }
    }
}

#[test]
fn a_time_is_computed_from_a_moment() {
    for (expression, wanted) in [
        ("", "2020-01-31T10:30:15.25"),
        ("now", "2020-01-31T10:30:15.25"),
        ("midnight", "2020-01-31T00:00:00"),
        ("noon", "2020-01-31T12:00:00"),
        ("1 o'clock", "2020-01-31T13:00:00"),
        ("12 o'clock", "2020-01-31T12:00:00"),
        ("1 o'clock am", "2020-01-31T01:00:00"),
        ("1 o'clock pm", "2020-01-31T13:00:00"),
        ("12 o'clock am", "2020-01-31T12:00:00"),
        ("12 o'clock pm", "2020-01-31T12:00:00"),
        ("1o'clockpm+1hour", "2020-01-31T14:00:00"),
        ("1 o'clock + 1 hour", "2020-01-31T14:00:00"),
        ("+1 hour", "2020-01-31T11:30:15.25"),
        ("- 2 minutes", "2020-01-31T10:28:15.25"),
        ("+ 4 seconds", "2020-01-31T10:30:19.25"),
        ("+ 4 milliseconds", "2020-01-31T10:30:15.254"),
        ("midnight - 1 millisecond", "2020-01-30T23:59:59.999"),
        ("midnight+ 4 minutes", "2020-01-31T00:04:00"),
        ("next hour", "2020-01-31T11:30:15.25"),
        ("last minute", "2020-01-31T10:29:15.25"),
        ("now + 2 hours - 4 minutes", "2020-01-31T12:26:15.25"),
        (" + 2 hours - 4 minutes", "2020-01-31T12:26:15.25"),
    ] {
        assert_eq!(told(time, BASE, expression), wanted, "{expression:?}");
        assert_eq!(told(date_time, BASE, &format!("@{expression}")), wanted, "@{expression:?}");
    }
    assert_eq!(told(time, "2020-01-31T15:30:00", "1 o'clock"), "2020-01-31T01:00:00");
}

#[test]
fn a_time_after_an_at_is_computed_from_the_date_before_it() {
    for (expression, wanted) in [
        ("today @ 1 o'clock", "2020-01-31T13:00:00"),
        ("yesterday @ midnight", "2020-01-30T00:00:00"),
        ("yesterday @ midnight - 1 hour", "2020-01-29T23:00:00"),
        ("tomorrow @ now", "2020-02-01T10:30:15.25"),
        ("today@noon", "2020-01-31T12:00:00"),
        ("+ 1 week @ +1 hour", "2020-02-07T11:30:15.25"),
        ("tomorrow+ 4 years @ 3 o'clock + 40 milliseconds", "2024-02-01T15:00:00.04"),
        ("last month @ last hour", "2019-12-31T09:30:15.25"),
        (" @ ", "2020-01-31T10:30:15.25"),
        ("tomorrow @", "2020-02-01T10:30:15.25"),
    ] {
        assert_eq!(told(date_time, BASE, expression), wanted, "{expression:?}");
    }
}

#[test]
fn a_day_is_a_calendar_day_even_if_clocks_change() {
    let zone = jiff::tz::TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    let base = "2020-03-28T10:00".parse::<jiff::civil::DateTime>().unwrap().to_zoned_datetime(zone).unwrap();
    assert_eq!(date(&base, "tomorrow").unwrap().datetime().to_string(), "2020-03-29T10:00:00");
    assert_eq!(time(&base, "+ 24 hours").unwrap().datetime().to_string(), "2020-03-29T11:00:00");
}

#[test]
fn faults_of_an_expression_are_reported_with_their_index() {
    let first = "`now`, `today`, `yesterday`, `tomorrow`, `next`, `last`, `+` or `-`";
    let near = "`day`, `week`, `fortnight`, `month`, `year`, or the name of a day or a month";
    let times = "`now`, `midnight`, `noon`, an hour, `next`, `last`, `+` or `-`";
    for (tell, expression, why) in [
        (date as fn(&_, &_) -> _, "not valid", "`not` at index 0 isn't a word for a date (a time follows an `@`)"),
        (date, "Now", "`Now` at index 0 isn't a word for a date (a time follows an `@`)"),
        (date_time, "noon", "`noon` at index 0 isn't a word for a date (a time follows an `@`)"),
        (date, "now today", "expected `+` or `-` at index 4, found `today`"),
        (date, "+ 1 day 3", "expected `+` or `-` at index 8, found `3`"),
        (date, "3 days", &format!("expected {first} at index 0, found `3`")),
        (date, "next", &format!("expected {near} at the end")),
        (date, "next days", &format!("expected {near} at index 5, found `days`")),
        (date, "+ day", "expected a number at index 2, found `day`"),
        (date, "now +", "expected a number at the end"),
        (date, "+ 1", "expected `day`, `week`, `month` or `year` at the end"),
        (date, "+ 1 fortnight", "expected `day`, `week`, `month` or `year` at index 4, found `fortnight`"),
        (date, "+ 99999999999999999999 days", "the number at index 2 is too large"),
        (date, "+ 9223372036854775807 days", "the date is too far away"),
        (date, "- 9223372036854775807 years", "the date is too far away"),
        (date, "+ 9000 years", "the date is too far away"),
        (time, "+ 9223372036854775807 milliseconds", "the date is too far away"),
        (time, "+ 1 day", "`day` at index 4 isn't a word for a time"),
        (time, "next", "expected `hour`, `minute`, `second` or `millisecond` at the end"),
        (time, "o'clock", &format!("expected {times} at index 0, found `o'clock`")),
        (time, "1", "expected `o'clock` at the end"),
        (time, "0 o'clock", "an hour is a number from 1 to 12, not 0 (index 0)"),
        (time, "13 o'clock", "an hour is a number from 1 to 12, not 13 (index 0)"),
        (time, "noon noon", "expected `+` or `-` at index 5, found `noon`"),
        (date_time, "now @ noon @ now", "`@` at index 11 isn't a word for a time"),
        (date_time, "today @ soon", "`soon` at index 8 isn't a word for a time"),
        (date_time, "täglich @ noon", "`täglich` at index 0 isn't a word for a date (a time follows an `@`)"),
        (date_time, "@ é", "`é` at index 2 isn't a word for a time"),
    ] {
        assert_eq!(tell(&at(BASE), expression).unwrap_err(), why, "{expression:?}");
    }
    assert_eq!(told(date, "9999-12-29T00:00:00", "next jan"), "the date is too far away");
    assert_eq!(told(date, "-009999-01-03T00:00:00", "last jan"), "the date is too far away");
    assert_eq!(told(date, "9999-12-29T00:00:00", "next friday"), "the date is too far away");
}

/// Mostly not words.
const OTHER: &str = "[-+@a-z0-9' ]{0,4}|.{0,3}";

proptest::proptest! {
    #[test]
    fn no_expression_panics(
        pieces in proptest::collection::vec((OTHER, 0..DATES.len(), 0..TIMES.len(), 0..4_usize), 0..12),
        seconds in -377_705_023_201_i64..253_402_207_200,
    ) {
        let text: String = pieces.iter().map(|(other, date, time, which)| match which {
            0 => format!(" {} ", DATES[*date].0),
            1 => format!(" {} ", TIMES[*time].0),
            2 => format!("+ {} ", other.len()),
            _ => other.clone(),
        }).collect();
        let base = jiff::Timestamp::from_second(seconds).unwrap().to_zoned_datetime(jiff::tz::TimeZone::UTC);
        for tell in [date as fn(&_, &_) -> _, time, date_time] {
            if let Err(why) = tell(&base, &text) {
                proptest::prop_assert!(!why.is_empty() && !why.ends_with('.'));
            }
        }
    }
}
