//! What a pattern is made of: texts, fields and sections.

/// What a pattern is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A text that stands for itself.
    Text(String),
    /// A field, and how many letters it was written with.
    Field(Field, usize),
    /// What may be missing as a whole.
    Optional(Vec<Part>),
}

/// What a letter stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
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
pub(super) enum Count {
    /// From 1, with an era.
    OfEra,
    /// Through 0 to below it.
    Through,
    /// As the weeks of ISO 8601 belong to them.
    ByWeeks,
}

/// What a number counts.
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
    /// The least, the most, and how many digits may be written where the pattern doesn't ask for more.
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

/// A name as it is written with so many letters.
pub(super) fn shortened(name: &'static str, count: usize) -> &'static str {
    if count > 3 { name } else { name.get(..3).unwrap_or(name) }
}
