//! The parts of a pattern: texts, fields and sections.

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A literal text.
    Text(String),
    /// A field, and its number of letters.
    Field(Field, usize),
    /// An optional section.
    Optional(Vec<Part>),
}

/// The meaning of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Era,
    Year(Count),
    Number(Unit),
    MonthName,
    QuarterName,
    WeekdayName,
    HalfOfDay,
    /// The fraction of a second.
    Fraction,
    ZoneId,
    ZoneName,
    /// `GMT+8`
    GmtOffset,
    /// `+0100`
    Offset,
    /// `+01:00`, and whether `Z` is UTC.
    IsoOffset {
        zulu: bool,
    },
}

/// How years are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Count {
    /// From 1, within an era.
    OfEra,
    /// With 0 and negative years.
    Through,
    /// By the weeks of ISO 8601.
    ByWeeks,
}

/// The unit of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
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
    /// The smallest and the largest value, and the number of digits unless the pattern requires more.
    pub(super) const fn range(self) -> (u64, u64, usize) {
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

pub(super) const MONTHS: [&str; 12] = [
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
pub(super) const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
pub(super) const QUARTERS: [&str; 4] = ["1st quarter", "2nd quarter", "3rd quarter", "4th quarter"];

/// A name, written with so many letters.
pub(super) fn shortened(name: &'static str, count: usize) -> &'static str {
    if count > 3 { name } else { name.get(..3).unwrap_or(name) }
}
