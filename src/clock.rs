//! The clock of this machine.

use std::time::SystemTime;

use jiff::Timestamp;

/// The time. A clock that is past the year 9999, or before its like, shows the last moment that can be written down: it is
/// the clock that is wrong, and no reason to panic.
#[must_use]
pub fn now() -> Timestamp {
    of(SystemTime::now())
}

fn of(time: SystemTime) -> Timestamp {
    let past = if time < SystemTime::UNIX_EPOCH { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::try_from(time).unwrap_or(past)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_clock_that_shows_nonsense_gives_the_nearest_time() {
        let seconds = Duration::from_secs(400_000_000_000);
        let epoch = SystemTime::UNIX_EPOCH;
        assert_eq!(of(epoch + Duration::from_secs(1)), Timestamp::from_second(1).unwrap());
        assert_eq!(of(epoch + seconds), Timestamp::MAX);
        assert_eq!(of(epoch - seconds), Timestamp::MIN);
    }
}
