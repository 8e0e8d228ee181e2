//! Each form of the same run, as a whole.

use super::samples::{self, broken, conclusion, quantity, report, report_of, run, upheld};
use serde_json::{Value, json};

use crate::interaction::{Part, RuleSummary, mismatch};
use crate::report::{Conclusion, Github, Human, Json, Junit, Markdown, Palette};
use crate::source::Code;
use crate::verification::{Event, Finished, Outcome, RunError};

fn human(finished: &[Finished]) -> String {
    report(finished, |out| Human::new(out, Palette::default()))
}

#[test]
fn a_broken_interaction_has_its_five_parts() {
    insta::assert_snapshot!(human(&[broken("get an order", vec![quantity()])]));
}

#[test]
fn a_run_for_people() {
    insta::assert_snapshot!(human(&run()));
}

#[test]
fn a_run_for_people_in_colour() {
    let text = report(&run(), |out| Human::new(out, Palette::colour()));
    insta::assert_snapshot!(text.replace('\u{1b}', "␛"));
}

#[test]
fn colour_changes_nothing_but_the_colour() {
    let coloured = report(&run(), |out| Human::new(out, Palette::colour()));
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), human(&run()));
}

#[test]
fn a_quiet_report_leaves_out_what_is_upheld() {
    let text = report(&run(), |out| Human::new(out, Palette::default()).quiet(true));
    assert_eq!(
        text,
        human(&run()).lines().filter(|line| !line.starts_with("upheld ")).fold(String::new(), |mut text, line| {
            // Between two blocks, a removed line leaves one empty line instead of two.
            if !(line.is_empty() && (text.is_empty() || text.ends_with("\n\n"))) {
                text.push_str(line);
                text.push('\n');
            }
            text
        })
    );
}

#[test]
fn a_quiet_run_without_failures_is_one_line() {
    let finished = [upheld("get an order"), upheld("place an order")];
    let text = report(&finished, |out| Human::new(out, Palette::default()).quiet(true));
    assert_eq!(text, "UPHELD  2 interactions\n");
}

#[test]
fn the_time_is_shown_if_the_caller_knows_it() {
    let finished = [upheld("get an order")];
    let conclusion = Conclusion { seconds: Some(1.236), ..conclusion(&finished) };
    let text = report_of(&finished, &conclusion, |out| Human::new(out, Palette::default()));
    assert_eq!(text, "upheld  storefront → orders  get an order\n\nUPHELD  1 interaction in 1.24 s\n");
}

#[test]
fn an_empty_run_says_that_nothing_was_verified() {
    assert_eq!(human(&[]), "ERROR   0 interactions: nothing was verified\n");
}

#[test]
fn lines_appear_while_the_run_goes_on() {
    use crate::report::Reporter as _;
    let out = samples::Shared::default();
    let mut human = Human::new(out.clone(), Palette::default());
    human.event(&Event::Finished(Box::new(upheld("get an order")))).unwrap();
    assert_eq!(out.text(), "upheld  storefront → orders  get an order\n");
}

#[test]
fn mismatches_are_aligned_and_a_rule_that_many_break_is_shown_once() {
    let rule = "        items[].qty: integer";
    let qty = |index: usize, actual: &Value| {
        samples::of_type(&format!("items[{index}].qty"), RuleSummary::Integer, &json!(2), actual).asked_at(18, 22, rule)
    };
    let mismatches = vec![
        samples::in_part(mismatch::STATUS, Part::Status, "", "200", "202"),
        samples::in_part(
            mismatch::HEADER_VALUE,
            Part::Header,
            "content-type",
            "application/json",
            "text/html; charset=utf-8",
        )
        .asked_at(11, 16, "      headers: { content-type: application/json }"),
        qty(0, &json!("2")),
        qty(1, &Value::Null),
        samples::body(
            mismatch::FORMAT,
            "customer.address.delivery.preferences[0].placed_at",
            "a date-time, like \"2026-05-01T09:30:00Z\"",
            "\"yesterday\"",
        )
        .asked_at(104, 9, "        placed_at: date-time")
        .hint("a date-time is written as RFC 3339 has it: 2026-05-01T09:30:00Z"),
    ];
    insta::assert_snapshot!(human(&[Finished { status: Some(202), ..broken("get an order", mismatches) }]));
}

#[test]
fn mismatches_beyond_the_limit_are_counted() {
    let many = (0..25)
        .map(|index| {
            samples::body(mismatch::MISSING, &format!("items[{index}].sku"), "a string, like \"TEA-1\"", "nothing")
        })
        .collect();
    let text = human(&[broken("get an order", many)]);
    assert!(text.contains("items[19].sku") && !text.contains("items[20].sku"), "{text}");
    assert!(text.contains("got nothing\n        and 5 more mismatches\n"), "{text}");
}

#[test]
fn failures_that_have_scrolled_away_are_listed_again() {
    let mut finished: Vec<Finished> = (0..40).map(|index| upheld(&format!("interaction {index}"))).collect();
    finished[3] = broken("get an order", vec![quantity()]);
    finished[7] = samples::errored("list the orders", samples::unreachable());
    let text = human(&finished);
    let end = text.split("interaction 39\n").last().unwrap();
    insta::assert_snapshot!(end);
}

#[test]
fn a_run_as_json() {
    insta::assert_snapshot!(report(&run(), Json::new));
}

#[test]
fn a_run_as_junit() {
    insta::assert_snapshot!(report(&run(), Junit::new));
}

#[test]
fn a_run_as_markdown() {
    insta::assert_snapshot!(report(&run(), Markdown::new));
}

#[test]
fn a_run_as_annotations() {
    insta::assert_snapshot!(report(&run(), Github::new));
}

#[test]
fn a_run_without_failures_has_no_annotations() {
    assert_eq!(report(&[upheld("get an order")], Github::new), "");
}

#[test]
fn annotations_beyond_ten_are_counted_and_the_worst_come_first() {
    let mut finished: Vec<Finished> = (0..11)
        .map(|index| {
            samples::errored(&format!("error {index}"), RunError::coded(Code("P102"), format!("error {index}")))
        })
        .collect();
    finished.push(broken("the broken one", vec![quantity()]));
    let text = report(&finished, Github::new);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 11);
    assert!(lines[0].contains("the broken one"), "{text}");
    assert_eq!(lines[10], "2 more interactions need attention; GitHub shows at most 10 annotations per step");
}

#[test]
fn a_missing_provider_is_one_annotation_and_one_section() {
    let finished: Vec<Finished> =
        (0..30).map(|index| samples::errored(&format!("interaction {index}"), samples::unreachable())).collect();
    let text = report(&finished, Github::new);
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.contains("interaction 0 and 29 more interactions::"), "{text}");
    assert_eq!(report(&finished, Markdown::new).matches("<details>").count(), 1);
    let human = human(&finished);
    assert_eq!(human.matches("Connection refused").count(), 1, "{human}");
    assert_eq!(human.matches("as above: P101").count(), 29, "{human}");
}

#[test]
fn a_summary_larger_than_its_limit_says_what_is_left_out() {
    let finished: Vec<Finished> =
        (0..100).map(|index| broken(&format!("interaction {index}"), vec![quantity()])).collect();
    let text = report(&finished, |out| Markdown::new(out).limit(10_000));
    assert!(text.len() <= 10_000, "{}", text.len());
    let shown = text.matches("<details>").count();
    assert!(shown > 5);
    assert!(text.contains(&format!("and {} more interactions, left out here", 100 - shown)), "{text}");
    assert!(finished.iter().all(|one| one.outcome == Outcome::Broken));
}
