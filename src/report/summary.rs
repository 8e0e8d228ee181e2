//! The summary of a run in one sentence.

use crate::verification::Summary;
use crate::words::count;

/// `12 interactions: 1 broken, 2 errors, 9 upheld`, or `12 interactions` if all are upheld. Pending ones are counted
/// apart from broken ones, since they don't fail the run; if there are no others, `0 upheld` is shown.
pub(super) fn sentence(summary: &Summary) -> String {
    let total = summary.total();
    let counted = count(total, "interaction");
    if total == 0 {
        return format!("{counted}: nothing was verified");
    }
    if summary.upheld == total {
        return counted.to_string();
    }
    let (broken, error, pending) = (summary.failing_broken(), summary.failing_error(), summary.all_pending());
    let skipped = summary.failing_skipped();
    let parts: Vec<String> = [
        (broken > 0, format!("{broken} broken")),
        (error > 0, count(error, "error").to_string()),
        (skipped > 0, format!("{skipped} skipped")),
        (pending > 0, format!("{pending} pending")),
        (summary.upheld > 0 || pending == total, format!("{} upheld", summary.upheld)),
    ]
    .into_iter()
    .filter(|(is_said, _)| *is_said)
    .map(|(_, text)| text)
    .collect();
    format!("{counted}: {}", parts.join(", "))
}

/// A length of time, in the unit that a person would use: `85 ms`, `1.24 s`, `3 min 5 s`.
pub(super) fn duration(seconds: f64) -> String {
    if seconds < 0.9995 {
        format!("{:.0} ms", (seconds * 1_000.0).max(0.0))
    } else if seconds < 60.0 {
        format!("{seconds:.2} s")
    } else {
        let minutes = (seconds / 60.0).floor();
        format!("{minutes:.0} min {:.0} s", (seconds - minutes * 60.0).floor())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_zero_are_left_out() {
        for (summary, expected) in [
            (Summary { upheld: 12, ..Summary::default() }, "12 interactions"),
            (Summary { upheld: 1, ..Summary::default() }, "1 interaction"),
            (Summary::default(), "0 interactions: nothing was verified"),
            (
                Summary { upheld: 9, broken: 1, error: 2, ..Summary::default() },
                "12 interactions: 1 broken, 2 errors, 9 upheld",
            ),
            (
                Summary {
                    upheld: 1,
                    broken: 2,
                    pending: 2,
                    skipped: 1,
                    error: 2,
                    pending_error: 1,
                    pending_skipped: 0,
                },
                "6 interactions: 1 error, 1 skipped, 3 pending, 1 upheld",
            ),
            (
                Summary { upheld: 1, skipped: 3, pending_skipped: 1, ..Summary::default() },
                "4 interactions: 2 skipped, 1 pending, 1 upheld",
            ),
            (Summary { skipped: 1, pending_skipped: 1, ..Summary::default() }, "1 interaction: 1 pending, 0 upheld"),
        ] {
            assert_eq!(sentence(&summary), expected);
        }
    }

    #[test]
    fn a_duration_is_shown_in_a_suitable_unit() {
        for (seconds, expected) in [
            (-1.0, "0 ms"),
            (0.0849, "85 ms"),
            (0.9996, "1.00 s"),
            (1.239, "1.24 s"),
            (60.0, "1 min 0 s"),
            (185.9, "3 min 5 s"),
        ] {
            assert_eq!(duration(seconds), expected);
        }
    }
}
