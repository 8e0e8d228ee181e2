//! How much work one comparison may take. A small contract can ask for years of it (each of a list's elements among all
//! others, and that in each of them), so the steps are counted, and a comparison that takes too many ends and says so.
//!
//! The count belongs to the thread for as long as [`limited`] runs, and to nothing after that: the same comparison always
//! ends at the same step.

use std::cell::Cell;

use super::actual::Actual;
use super::expected::Expected;
use super::mismatch::{Mismatch, Part, TOO_MUCH};
use crate::source::Pointer;

/// How many steps a comparison may take: about a second. A step is a look at one value.
pub const MOST_STEPS: u64 = 20_000_000;

thread_local! {
    /// The steps that are left; `None` where nothing is limited.
    static LEFT: Cell<Option<u64>> = const { Cell::new(None) };
}

/// Compares within the limit. A comparison inside another one shares its limit. If it takes too much, what it found so far
/// is worth nothing, and the one mismatch says so; `at` is the place of the message in the contract.
pub fn limited(at: &Pointer, compare: impl FnOnce() -> Vec<Mismatch>) -> Vec<Mismatch> {
    within(MOST_STEPS, || {
        let found = compare();
        if is_spent() {
            let mismatch = Mismatch::of_part(
                TOO_MUCH,
                Part::Body,
                Expected::Comparable { steps: MOST_STEPS },
                Actual::TooMuch,
                at.clone(),
            );
            return vec![mismatch.at("$")];
        }
        found
    })
}

/// Runs something within so many steps, or within those that are left of an outer limit.
pub fn within<T>(steps: u64, run: impl FnOnce() -> T) -> T {
    /// Takes the limit away again, whatever happens.
    struct Limit;

    impl Drop for Limit {
        fn drop(&mut self) {
            LEFT.set(None);
        }
    }

    if LEFT.get().is_some() {
        return run();
    }
    LEFT.set(Some(steps));
    let _limit = Limit;
    run()
}

/// Counts steps before they are taken. False if too many were taken: then the comparison has to end.
#[must_use]
pub fn spend(steps: usize) -> bool {
    let Some(left) = LEFT.get() else { return true };
    let left = left.saturating_sub(u64::try_from(steps).unwrap_or(u64::MAX));
    LEFT.set(Some(left));
    left > 0
}

/// Counts steps where the end of them is looked for later.
pub fn count(steps: usize) {
    let _ = spend(steps);
}

/// Whether too many steps were taken.
#[must_use]
pub fn is_spent() -> bool {
    LEFT.get() == Some(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_too_many_steps_ends_and_says_so() {
        let at = Pointer::root();
        assert_eq!(
            limited(&at, || {
                count(1000);
                Vec::new()
            }),
            []
        );
        let endless = || {
            limited(&at, || {
                while spend(1000) {}
                Vec::new()
            })
        };
        assert_eq!(endless()[0].code, TOO_MUCH);
        // Each has a limit of its own, and those inside of one share it.
        assert_eq!(endless().len(), 1);
        within(10, || {
            assert!(spend(5) && !is_spent());
            assert_eq!(
                limited(&at, || {
                    count(5);
                    Vec::new()
                })
                .len(),
                1
            );
            assert!(is_spent() && !spend(1));
        });
        assert!(spend(usize::MAX) && !is_spent());
    }
}
