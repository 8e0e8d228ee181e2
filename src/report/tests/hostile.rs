//! A provider that sends everything that terminals, parsers and build systems would obey.

use std::sync::Arc;

use super::samples::{body, broken, errored, report, unreachable};
use crate::interaction::mismatch;
use crate::report::{Github, Human, Json, Junit, Markdown, Palette, Reporter};
use crate::verification::{Bodies, Finished, Pending};

use super::samples::Shared;

const NASTY: &str = "\u{1b}[2J\u{1b}]0;title\u{7}\r\n::error::forged\n##[add-mask]x\n</details></code></testcase>]]>\u{fffe}\
    &amp; \"`````\" | `|` %0A::stop-commands::x\u{202e}\u{9b}31m\0";

fn hostile() -> Vec<Finished> {
    let mut broken = broken(NASTY, vec![body(mismatch::VALUE, NASTY, NASTY, NASTY).hint(NASTY).asked_at(3, 5, NASTY)]);
    broken.given = vec![NASTY.to_owned()];
    broken.request = format!("GET /{NASTY}");
    broken.file = Arc::from(format!("contracts/{NASTY}.yaml"));
    broken.bodies = Some(Bodies { expected: "a\n".to_owned(), actual: NASTY.to_owned() });
    let mut error = unreachable().help(NASTY);
    error.message = format!("the state handler answered {NASTY}");
    error.detail = Some(format!("::set-env::x\n{NASTY}\n  ::add-mask::y\n"));
    let mut pending = broken.clone();
    pending.pending = Some(Pending::NotNeeded);
    pending.request = format!("  ::add-mask::{NASTY}");
    vec![broken, errored(NASTY, error), pending]
}

fn every_form() -> Vec<(&'static str, String)> {
    fn of<R: Reporter>(make: impl FnOnce(Shared) -> R) -> String {
        report(&hostile(), make)
    }
    vec![
        ("human", of(|out| Human::new(out, Palette::default()))),
        ("json", of(Json::new)),
        ("junit", of(Junit::new)),
        ("markdown", of(Markdown::new)),
        ("github", of(Github::new)),
    ]
}

/// Asserts that no text contains anything that a terminal obeys, and no commands of build systems but our own: lines of
/// the `github` form that begin with one of these.
pub fn assert_nothing_is_obeyed(forms: &[(&str, String)], ours: &[&str]) {
    for (form, text) in forms {
        let odd: Vec<char> = text
            .chars()
            // JSON may contain everything but control characters as it is, and isn't read by people.
            .filter(|c| (*form != "json" && crate::report::escape::is_unfit(*c)) || c.is_ascii_control())
            .filter(|c| *c != '\n')
            .collect();
        assert_eq!(odd, Vec::<char>::new(), "{form}:\n{text}");
        for line in text.lines() {
            // The runner skips blanks before `::`, and finds `##[` anywhere in a line.
            let ours = *form == "github" && ours.iter().any(|command| line.starts_with(command));
            assert!(ours || !line.trim_start().starts_with("::"), "{form}: {line}");
            assert!(!line.contains("##["), "{form}: {line}");
        }
    }
}

#[test]
fn no_report_contains_anything_that_a_terminal_or_a_build_system_obeys() {
    assert_nothing_is_obeyed(&every_form(), &["::error file=", "::notice file="]);
}

#[test]
fn the_machine_forms_stay_readable_and_complete() {
    let json: serde_json::Value = serde_json::from_str(&report(&hostile(), Json::new)).unwrap();
    assert_eq!(json["interactions"][0]["name"], NASTY);
    assert_eq!(json["interactions"][0]["mismatches"][0]["actual"], NASTY);

    let junit = report(&hostile(), Junit::new);
    let document = roxmltree::Document::parse(&junit).unwrap();
    let cases: Vec<_> = document.descendants().filter(|node| node.has_tag_name("testcase")).collect();
    assert_eq!(cases.len(), 3);
    assert!(cases[0].attribute("name").unwrap().contains("</testcase>]]>\\ufffe&amp; \"`````\""));
    assert!(cases[0].first_element_child().unwrap().text().unwrap().contains("\\u001b[2J"));
}

#[test]
fn markdown_stays_in_its_folds_and_fences() {
    let text = report(&hostile(), Markdown::new);
    assert_eq!(text.matches("\n<details>\n").count(), 3, "{text}");
    assert_eq!(text.matches("\n</details>\n").count(), 3, "{text}");
    // Every fence is longer than any run of backticks within it.
    assert_eq!(text.lines().filter(|line| *line == "``````text" || *line == "``````").count(), 6, "{text}");
    for line in text.lines().filter(|line| line.starts_with("<summary>")) {
        assert_eq!(line.matches('<').count(), 6, "{line}");
        assert!(line.ends_with("</code></summary>"), "{line}");
    }
}

#[test]
fn a_value_of_any_length_is_cut() {
    let huge = format!("\"{}\", a string", "x".repeat(1_000_000));
    let finished =
        [broken("get an order", vec![body(mismatch::VALUE, &huge, &huge, &huge).asked_at(1, 500_000, &huge)])];
    let text = report(&finished, |out| Human::new(out, Palette::default()));
    assert!(text.lines().all(|line| line.chars().count() < 300), "{text}");
    assert!(text.contains("…") && text.contains(", a string\n"), "{text}");
    assert!(text.contains("help: orders sends a different value here"), "{text}");
    for text in [report(&finished, Github::new), report(&finished, Markdown::new), report(&finished, Junit::new)] {
        assert!(text.len() < 5_000, "{text}");
    }
}
