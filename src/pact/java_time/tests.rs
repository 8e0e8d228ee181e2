//! Java's patterns, by tables.

use jiff::ZonedDateTime;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use proptest::prelude::*;

use super::*;

fn pattern(text: &str) -> JavaPattern {
    JavaPattern::new(text).unwrap_or_else(|why| panic!("{text}: {why}"))
}

/// For each pattern the texts that are of it, and those that are not.
fn check(table: &[(&str, &[&str], &[&str])]) {
    for (text, taken, refused) in table {
        let pattern = pattern(text);
        assert_eq!(pattern.as_str(), *text);
        for one in *taken {
            assert!(pattern.matches(one), "`{text}` takes `{one}`");
        }
        for one in *refused {
            assert!(!pattern.matches(one), "`{text}` refuses `{one}`");
        }
    }
}

#[test]
fn dates_and_times_in_their_usual_patterns_match() {
    check(&[
        ("yyyy-MM-dd", &["2001-01-02", "2000-02-29", "0020-1-2"], &["2001-13-02", "2001-01-02x", " 2001-01-02", ""]),
        ("HH:mm:ss", &["00:00:00", "23:59:60", "1:2:3"], &["24:00:00", "12:60:00", "12:00:61", "12:00"]),
        ("yyyy-MM-dd'T'HH:mm:ssXXX", &["2020-01-31T10:30:15Z", "2020-01-31T10:30:15+13:00"], &["2020-01-31T10:30:15"]),
        (
            "yyyy-MM-dd'T'HH:mm:ss.SSSX",
            &["2001-07-04T12:08:56.235Z", "2001-07-04T12:08:56.2-07"],
            &["2001-07-04T12:08:56.2345Z", "2001-07-04 12:08:56.235Z"],
        ),
        ("EEE, d MMM yyyy HH:mm:ss Z", &["Wed, 4 Jul 2001 12:08:56 -0700"], &["Wed, 4 Jul 2001 12:08:56 Z"]),
        ("hh:mm a", &["12:08 PM", "1:08 am"], &["13:08 PM", "0:08 PM", "12:08 XM"]),
        ("yyyy.MM.dd G 'at' HH:mm:ss z", &["2001.07.04 AD at 12:08:56 PDT"], &["2001.07.04 AD um 12:08:56 PDT"]),
        ("EEE, MMM d, ''yy", &["Wed, Jul 4, '01"], &["Wed, Jul 4, 01"]),
        ("yyMMddHHmmssZ", &["010704120856-0700"], &["01074120856-0700"]),
        ("yyyyy.MMMMM.dd G hh:mm a", &["02001.July.04 AD 12:08 PM"], &["02001.Jul.04 AD 12:08 PM"]),
        ("YYYY-'W'ww-u", &["2001-W27-3"], &["2001-W27-8", "2001-W54-3"]),
        (
            "yyyy-MM-dd'T'HH:mmXXX'['VV']'",
            &["2020-01-01T10:00+01:00[Europe/Warsaw]"],
            &["2020-01-01T10:00+01:00[Warsaw]"],
        ),
        ("d/M/y", &["1/2/2020", "01/02/20"], &["1/2/20200"]),
        ("yyyy#MM", &["2000#01"], &["2000-01"]),
        ("'日' d", &["日 3"], &["本 3"]),
    ]);
}

#[test]
fn a_day_must_exist_in_its_month() {
    check(&[
        (
            "yyyy-MM-dd",
            &["2000-02-29", "2024-02-29", "2001-06-30", "0000-02-29"],
            &["2001-02-29", "1900-02-29", "2000-02-30", "2000-06-31", "2000-01-32", "2000-01-00", "2000-00-01"],
        ),
        ("yyyyMMdd", &["20000229"], &["20000230", "20010229"]),
        ("uuuu-MM-dd", &["-0004-02-29"], &["-0003-02-29"]),
        ("yyyy-MM-dd G", &["0001-02-29 BC"], &["0001-02-29 AD", "0004-02-29 BC"]),
        ("d MMM yy", &["29 feb 00", "31 Dec 99"], &["29 Feb 01", "31 Nov 99"]),
        ("dd MMMM yyyy", &["30 APRIL 2020"], &["31 April 2020"]),
        ("L-d-yyyy", &["2-29-2000"], &["2-29-2001"]),
        ("YYYY-MM-dd", &["2000-02-29"], &["2001-02-29"]),
        // Some year has it.
        ("MM-dd", &["02-29", "12-31"], &["02-30", "04-31"]),
        ("yyyy-D", &["2000-366", "2001-365"], &["2001-366", "2000-367", "2000-0"]),
        ("D", &["1", "001", "366"], &["367", "0", "0001"]),
        ("yyyyyyyyyyyyyyyyyyy-MM-dd", &["9999999999999999999-01-31"], &["9999999999999999999-02-29"]),
    ]);
}

#[test]
fn each_letter_matches_its_field() {
    check(&[
        ("G", &["AD", "bc"], &["A", "BX", ""]),
        ("GGGG", &["Anno Domini", "AD", "before christ"], &["A"]),
        ("GGGGG", &["A", "BC"], &["Anno Domini"]),
        ("y", &["1", "2004"], &["20045", "-4"]),
        ("yy", &["04", "4"], &["2004"]),
        ("u", &["2004", "-44"], &["+44"]),
        ("y u", &["2004 7"], &["2004 0", "2004 8", "2004 2004"]),
        ("Y", &["2004"], &["x"]),
        ("M", &["1", "01", "12"], &["0", "13", "Jan", "001"]),
        ("L", &["1", "12"], &["13", "December"]),
        ("MMM", &["jan", "DEC"], &["january", "1", ""]),
        ("LLL", &["Jan"], &["1"]),
        ("MMMM", &["May", "october"], &["Oct"]),
        ("MMMMM", &["July"], &["J"]),
        ("Q", &["2", "02"], &["0", "5", "Q2"]),
        ("qq", &["02"], &["Q2"]),
        ("QQQ", &["Q2", "q4"], &["2", "Q5"]),
        ("QQQQ", &["2nd quarter", "1ST QUARTER"], &["5th quarter", "2nd"]),
        ("w", &["1", "53"], &["0", "54"]),
        ("WW", &["1", "06"], &["0", "7"]),
        ("F", &["1", "5"], &["0", "6"]),
        ("E", &["Tue", "SUN"], &["3", "Tuesday", "Tu"]),
        ("EEEE", &["tuesday"], &["Tue"]),
        ("e", &["1", "7"], &["0", "8", "03"]),
        ("ee", &["3", "03"], &["32"]),
        ("eee", &["Tue"], &["3"]),
        ("cccc", &["Tuesday"], &["Tue"]),
        ("a", &["am", "PM"], &["p", "a.m."]),
        ("H", &["0", "00", "23"], &["24", "x"]),
        ("k", &["1", "24"], &["0", "25"]),
        ("K", &["0", "11"], &["12"]),
        ("h", &["1", "12"], &["0", "13", "012"]),
        ("m", &["0", "59"], &["60"]),
        ("s", &["0", "60"], &["61"]),
        ("SSS", &["1", "030", "999"], &["1000", ""]),
        ("SSSSSSSSSSSSSSSSSSS", &["1234567890123456789"], &["12345678901234567890"]),
        ("n", &["35392790", "999999999"], &["1000000000"]),
        ("A", &["35392790", "86399999"], &["86400000"]),
        ("N", &["86399999999999"], &["86400000000000"]),
        ("d", &["31"], &["٣", "32"]),
    ]);
}

#[test]
fn each_zone_letter_matches_its_own_form() {
    check(&[
        (
            "X",
            &["Z", "-08", "-0830", "+7", "+18", "+1400"],
            &["+08:30", "1100", "+-08", "+1801", "+19", "z", "+0860", "+"],
        ),
        ("XX", &["Z", "-0730"], &["+10", "1100", "-07:30"]),
        ("XXX", &["Z", "-07:30", "+12:45"], &["-0730", "-07"]),
        ("XXXX", &["-0730", "-073015"], &["-07:30", "-07"]),
        ("XXXXX", &["-07:30", "-07:30:15"], &["-073000"]),
        ("x", &["-08", "+0000"], &["Z"]),
        ("xxx", &["+00:00"], &["Z", "+0000"]),
        ("Z", &["-0700", "+1030", "-0000"], &["-2400", "2361", "Z", "+10:30"]),
        ("ZZZZ", &["GMT", "UTC", "GMT+10:00"], &["1100", "+10:00", "GMT+10"]),
        ("ZZZZZ", &["+10:00", "Z", "-07:30:15"], &["+1000"]),
        ("O", &["GMT", "GMT-7", "UTC+10", "UTC+9:30", "GMT+08:00"], &["+8", "GMT+19", "PST+1"]),
        ("OOOO", &["GMT", "GMT+08:00"], &["GMT+08", "GMT+8:0x"]),
        ("z", &["PST", "AEST", "UTC", "Z", "+01:00", "-0800", "+05"], &["aest", "XXX", "UTCX", "Europe/Paris"]),
        (
            "VV",
            &[
                "Europe/Paris",
                "America/Los_Angeles",
                "America/Argentina/Buenos_Aires",
                "UTC",
                "Z",
                "-08:30",
                "UTC+01:00",
                "Etc/GMT+5",
                "Zulu",
                "Europe/Kyiv",
            ],
            &["Europe/Paris2", "Europe/paris", "/UTC", "Europe/", "Mars/Base", ""],
        ),
        ("V", &["Asia/Tokyo"], &["Tokyo"]),
        ("VV-yyyy", &["Europe/Paris-2020", "GMT-2020"], &["Europe/Paris"]),
        ("z'T'", &["UTCT"], &["UTC"]),
    ]);
}

#[test]
fn an_optional_section_is_present_or_missing_as_a_whole() {
    check(&[
        (
            "yyyy-MM-dd'T'HH:mm:ss[.SSS]XXX",
            &["2020-01-31T10:00:00.123Z", "2020-01-31T10:00:00+01:00", "2020-01-31T10:00:00.1Z"],
            &[
                "2020-01-31T10:00:00.Z",
                "2020-01-31T10:00:00[.123]Z",
                "2020-01-31T10:00:00.1234Z",
                "2020-01-31T10:00:00.123",
            ],
        ),
        (
            "yyyy-MM-dd['T'HH:mm]",
            &["2020-01-31", "2020-01-31T10:00"],
            &["2020-01-31T", "2020-01-31T10", "2020-01-31T25:00"],
        ),
        (
            "HH:mm[:ss[.SSS]][ z]",
            &["10:00", "10:00:01", "10:00:01.5", "10:00 CET", "10:00:01.5 CET"],
            &["10:00.5", "10:00:", "10:00:01.", "10:00CET"],
        ),
        ("[yyyy-][MM-]dd", &["2020-01-31", "01-31", "31", "2020-01"], &["2020-", "2020-01-32"]),
        // The day must exist in its month, in either section.
        ("[dd.MM.yyyy][yyyy-MM-dd]", &["29.02.2020", "2020-02-29", ""], &["29.02.2021", "2021-02-29", "2020-02"]),
        // Fields in a missing section don't count.
        ("[M'x']H-d", &["2-31", "3x2-31"], &["2x2-31"]),
        // A section matches if it can, whatever is left for the rest of the pattern.
        ("[d]d", &["311"], &["3", "31"]),
        ("yyyy[-MM", &["2020", "2020-01"], &["2020-", "2020-13"]),
        ("[[[d]]]", &["3", ""], &["32"]),
        ("yyyy[]", &["2020"], &["2020[]"]),
        ("'['yyyy']'[','[MM]]", &["[2020]", "[2020],", "[2020],01"], &["2020", "[2020]01"]),
    ]);
}

#[test]
fn quotes_enclose_a_text_and_two_quotes_are_one() {
    check(&[
        ("'ello'", &["ello"], &["elo", "Ello"]),
        ("'dd-MM-yyyy'", &["dd-MM-yyyy"], &[]),
        ("''", &["'"], &["''", ""]),
        ("''''", &["'"], &["''"]),
        ("'dd-''MM''-yyyy'", &["dd-'MM'-yyyy"], &[]),
        ("hh 'o''clock' a", &["12 o'clock PM"], &[]),
        ("'''a'", &["'a"], &[]),
    ]);
}

#[test]
fn faults_of_a_pattern_are_reported_with_their_index() {
    for (text, why) in [
        ("", "it is empty"),
        ("yyyy b", "the letter `b` has no meaning; quote literal text: `'b'` (index 5)"),
        ("yyyy-MM-ddTHH", "the letter `T` has no meaning; quote literal text: `'T'` (index 10)"),
        ("é 'abc", "the quote at index 2 has no end"),
        ("'", "the quote at index 0 has no end"),
        ("'''", "the quote at index 0 has no end"),
        ("'a''", "the quote at index 0 has no end"),
        ("GGGGGG", "`G` occurs 6 times in a row, but may occur at most 5 times (index 0)"),
        ("H ddd", "`d` occurs 3 times in a row, but may occur at most 2 times (index 2)"),
        ("aa", "`a` occurs 2 times in a row, but may occur only once (index 0)"),
        ("yyyy-MM]", "the `]` at index 7 has no `[`"),
        ("[yyyy]]", "the `]` at index 6 has no `[`"),
        ("yyyy[-q[qqqqqq]]", "`q` occurs 6 times in a row, but may occur at most 5 times (index 8)"),
        ("yyyy2", "`2` at index 4 must be quoted: `'2'`"),
        ("H{", "`{` at index 1 must be quoted: `'{'`"),
        ("HH:mm zzzz", "the long names of time zones (`zzzz`) are not supported (index 6)"),
        (&"y-".repeat(129), "it is longer than 256 characters"),
        (&"y".repeat(20), "`y` occurs 20 times in a row, but may occur at most 19 times (index 0)"),
    ] {
        assert_eq!(JavaPattern::new(text).unwrap_err(), why, "{text}");
    }
    let too_many = "GGGGGG yyyyyyyyyyyyyyyyyyyy uuuuuuuuuuuuuuuuuuuu QQQQQQ qqqqqq MMMMMM LLLLLL www WWW FFF ddd EEEEEE \
        eeeeee cc cccccc aa HHH kkk KKK hhh mmm sss SSSSSSSSSSSSSSSSSSSS VVV zzzz zzzzz OOOOO ZZZZZZ XXXXXX xxxxxx";
    for text in too_many.split_whitespace().chain("bfgijloprtvBCIJPRTU".split("").filter(|letter| !letter.is_empty())) {
        assert!(JavaPattern::new(text).is_err(), "{text}");
    }
    assert!(JavaPattern::new(&"y-".repeat(128)).is_ok());
}

fn moment(text: &str, zone: TimeZone) -> ZonedDateTime {
    text.parse::<DateTime>().unwrap().to_zoned_datetime(zone).unwrap()
}

#[test]
fn a_moment_is_written_as_java_writes_it() {
    let utc = moment("2020-01-31T10:30:15.0425", TimeZone::UTC);
    let east = moment("2024-12-31T00:05:09.000000001", TimeZone::fixed(Offset::from_seconds(19_800).unwrap()));
    let west = moment(
        "-43-03-15T12:00:00".replace("-43", "-000043").as_str(),
        TimeZone::fixed(Offset::from_seconds(-28_815).unwrap()),
    );
    for (text, at, wanted) in [
        ("yyyy-MM-dd'T'HH:mm:ss.SSSX", &utc, "2020-01-31T10:30:15.042Z"),
        ("EEE, d MMM yyyy HH:mm:ss Z", &utc, "Fri, 31 Jan 2020 10:30:15 +0000"),
        ("EEEE, MMMM d, yy G", &utc, "Friday, January 31, 20 AD"),
        ("hh:mm a", &utc, "10:30 AM"),
        ("S SS SSSSSSSSSSSS n N A", &utc, "0 04 042500000000 42500000 37815042500000 37815042"),
        ("XXX x xxx O OOOO ZZZZ ZZZZZ z VV", &utc, "Z +00 +00:00 GMT GMT GMT Z UTC UTC"),
        ("y yyyyy u uuuu D DDD", &utc, "2020 02020 5 2020 31 031"),
        ("Q QQ QQQ QQQQ q", &utc, "1 01 Q1 1st quarter 1"),
        ("YYYY-'W'ww-u W F", &utc, "2020-W05-5 5 5"),
        ("e ee eee eeee c", &utc, "5 05 Fri Friday 5"),
        ("h K k H hh KK kk HH a", &east, "12 0 24 0 12 00 24 00 AM"),
        ("YYYY YY w W", &east, "2025 25 1 6"),
        ("X XX XXX XXXX XXXXX", &east, "+0530 +0530 +05:30 +0530 +05:30"),
        ("O OOOO Z ZZZZ ZZZZZ z VV", &east, "GMT+5:30 GMT+05:30 +0530 GMT+05:30 +05:30 +05:30 +05:30"),
        ("nnnnnnnnn SSSSSSSSS", &east, "000000001 000000001"),
        ("yyyy uuuu yy G h K k H a", &west, "0044 -0043 44 BC 12 0 12 12 PM"),
        ("X XX XXX XXXX XXXXX O OOOO", &west, "-08 -0800 -08:00 -080015 -08:00:15 GMT-8:00:15 GMT-08:00:15"),
        ("''yyyy' o''clock'", &utc, "'2020 o'clock"),
        ("yyyy-MM-dd['T'HH:mm[:ss[.SSS]]][XXX", &utc, "2020-01-31T10:30:15.042Z"),
    ] {
        let pattern = pattern(text);
        assert_eq!(pattern.format(at), wanted, "{text}");
        assert!(pattern.matches(wanted), "`{text}` takes `{wanted}`");
    }
    let summer = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    assert_eq!(pattern("z VV").format(&moment("2020-07-01T00:00:00", summer)), "CEST +02:00");
}

#[test]
fn weeks_of_a_month_begin_on_monday() {
    for (day, week) in [("2023-10-01", "1"), ("2023-10-02", "2"), ("2023-10-31", "6"), ("2021-02-28", "4")] {
        assert_eq!(pattern("W").format(&moment(&format!("{day}T00:00"), TimeZone::UTC)), week, "{day}");
    }
}

/// Fields, each with every count of letters that it may have.
fn fields() -> impl Strategy<Value = String> {
    let counts =
        [("GEQqMLeZXx", 5), ("yuYSnANDH", 2), ("yuYSnAND", 19), ("wWFdHkKhmsV", 2), ("cauO", 1), ("z", 3), ("O", 4)];
    let all: Vec<String> = counts
        .iter()
        .flat_map(|(letters, most)| {
            letters.chars().flat_map(|letter| (1..=*most).map(move |count| letter.to_string().repeat(count)))
        })
        .collect();
    proptest::sample::select(all)
}

/// Texts that can't be read as a part of the field before them.
fn between() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![" ", "/", "'T'", ", ", "''", "'é'"])
}

/// Texts that look like a pattern, or like a date or time; and any others.
const PATTERN: &str = "[a-zA-Z'\\[\\] :.,0-9-]{0,40}|.{0,20}";
const TEXT: &str = "[A-Za-z0-9/:+ -]{0,30}|.{0,20}";

proptest! {
    #[test]
    fn no_pattern_and_no_text_panics(text in PATTERN, read in TEXT) {
        match JavaPattern::new(&text) {
            Ok(pattern) => { let _ = pattern.matches(&read); let _ = pattern.format(&ZonedDateTime::default()); }
            Err(why) => prop_assert!(!why.is_empty() && !why.ends_with('.')),
        }
    }

    #[test]
    fn no_text_panics_a_pattern(fields in proptest::collection::vec(fields(), 1..8), read in TEXT) {
        let _ = pattern(&fields.join("''")).matches(&read);
        if let Ok(pattern) = JavaPattern::new(&fields.concat()) {
            let _ = pattern.matches(&read);
        }
    }

    #[test]
    fn a_written_moment_matches_its_pattern(
        fields in proptest::collection::vec((fields(), between()), 1..10),
        second in -62_135_596_800_i64..253_402_207_200,
        nanosecond in 0..1_000_000_000_i32,
        offset in proptest::option::of(-64_800..=64_800_i32),
    ) {
        let zone = offset.map_or(TimeZone::UTC, |offset| TimeZone::fixed(Offset::from_seconds(offset).unwrap()));
        let at = jiff::Timestamp::new(second, nanosecond).unwrap().to_zoned_datetime(zone);
        prop_assume!(at.year() > 0);
        let pattern = pattern(&fields.iter().flat_map(|(field, between)| [field.as_str(), between]).collect::<String>());
        let written = pattern.format(&at);
        prop_assert!(pattern.matches(&written), "`{}` takes `{written}`", pattern.as_str());
        let longer = written + " ";
        prop_assert!(!pattern.matches(&longer));
    }
}
