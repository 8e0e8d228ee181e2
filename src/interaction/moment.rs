//! The moment at which a message is sent: the source of the values that are generated for it.

use jiff::ZonedDateTime;

/// Everything that generated values depend on. The same moment always gives the same values.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The time that counts as now.
    pub now: ZonedDateTime,
    /// The seed of random values.
    pub seed: u64,
    /// The mock's base address, if a mock sends the message.
    pub mock: Option<String>,
}

impl Default for Moment {
    fn default() -> Self {
        Self { now: jiff::Timestamp::UNIX_EPOCH.to_zoned_datetime(jiff::tz::TimeZone::UTC), seed: 0, mock: None }
    }
}
