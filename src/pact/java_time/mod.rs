//! Patterns of dates and times in Java's notation, as Pact files write them: `yyyy-MM-dd'T'HH:mm:ssXXX`.
//!
//! The letters are those of Java's
//! [`DateTimeFormatter`](https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/time/format/DateTimeFormatter.html),
//! which the matchers `date`, `time` and `datetime` of the
//! [Pact specification](https://github.com/pact-foundation/pact-specification) name their format in. How many digits
//! a field may have is taken as widely as Pact takes it: `MM` takes `7`, too, and `SSS` takes `5`. Names are English,
//! in capitals or not.
//!
//! Two places are read as the older `SimpleDateFormat` has them: five letters of a name are the whole name (`MMMMM`
//! is `July`, not `J`), and one `u` beside a `y` or a `Y` is the day of the week, where it is a year elsewhere.
//! Weeks (`w`, `Y`) are those of ISO 8601, and begin on Monday (`e`, `c`).
//!
//! `[…]` is a section that may be missing as a whole. Pact's verifier for the JVM takes it, whose files have it; the one
//! in Rust refuses it.

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
