//! Patterns of dates and times in Java's notation, as Pact files write them: `yyyy-MM-dd'T'HH:mm:ssXXX`.
//!
//! The letters are those of Java's
//! [`DateTimeFormatter`](https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/time/format/DateTimeFormatter.html),
//! in which the matchers `date`, `time` and `datetime` of the
//! [Pact specification](https://github.com/pact-foundation/pact-specification) give their format. The number of digits is
//! as flexible as in Pact: `MM` also matches `7`, and `SSS` matches `5`. Names are English, in any case.
//!
//! Two details follow the older `SimpleDateFormat`: five letters of a name are the whole name (`MMMMM` is `July`, not `J`),
//! and one `u` together with a `y` or a `Y` is the day of the week; without them it is a year.
//! Weeks (`w`, `Y`) are those of ISO 8601, and begin on Monday (`e`, `c`).
//!
//! `[…]` is an optional section. It occurs in files for the JVM, whose verifier accepts it; the one in Rust refuses it.

mod fields;
mod kind;
mod pattern;
mod reading;
mod writing;
mod zones;

pub use kind::TimeKind;
pub use pattern::JavaPattern;

#[cfg(test)]
mod tests;
