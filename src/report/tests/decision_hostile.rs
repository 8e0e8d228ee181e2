//! Records of a store with texts that terminals, parsers and build systems would obey.

use std::collections::BTreeMap;

use super::decision_samples::{decision, incompatible, live, live_record, report, statuses, untrusted, version};
use super::hostile::assert_nothing_is_obeyed;
use super::samples::service;
use crate::gate::{Cause, Decision, Fact, GateCode, NextStep, Notice, Row};
use crate::ledger::{Doubt, Event, Live, Reason};
use crate::report::{
    DecisionReport, Palette, SUMMARY, decision_github, decision_human, decision_json, decision_junit,
    decision_markdown, status_human, status_json, undecided_json, undecided_junit, undecided_markdown,
};

const NASTY: &str = "::error::forged\r\n  ::add-mask::x\u{1b}[2J\u{1b}]0;title\u{7}\n##[add-mask]x\n</details></code>\
    </testcase>]]>\u{fffe}&amp; \"`````\" | `|` <b> %0A::stop-commands::x\u{202e}\u{9b}31m\0`";

fn hostile() -> Decision {
    let nasty = || NASTY.to_owned();
    let whole = Reason { code: nasty(), place: nasty(), expected: nasty(), actual: nasty(), message: nasty() };
    let causes = vec![
        Cause::Interaction {
            name: nasty(),
            id: "6b".repeat(32).parse().unwrap(),
            reasons: vec![
                whole.clone(),
                whole,
                Reason { message: nasty(), code: nasty(), ..Reason::default() },
                Reason { message: nasty(), code: nasty(), ..Reason::default() },
                Reason { code: nasty(), ..Reason::default() },
            ],
        },
        Cause::NoResult { names: vec![nasty(), nasty()], of: 3 },
        Fact::Unrunnable { name: nasty(), why: nasty() }.into(),
        Fact::Pending { names: vec![nasty()], more: 0 }.into(),
    ];
    let doubt = Doubt::unreadable(NASTY, NASTY);
    let (owners, next) = (vec![nasty(), nasty()], vec![NextStep::Repair(doubt.clone())]);
    let pair = Row { causes, owners, next, ..incompatible(live("storefront", "1")) };
    let mut compatible = Row { code: GateCode::NotOnboarded, ..pair.clone() };
    compatible.causes.push(Fact::Unrunnable { name: nasty(), why: nasty() }.into());
    let mut alone = untrusted(NASTY, NASTY);
    alone.causes.push(Fact::Doubtful(doubt.clone()).into());
    let mut decision = decision(vec![pair, alone, compatible]);
    decision.store = nasty();
    decision.notices = vec![
        Notice::UntrustedElsewhere(doubt),
        Notice::AgainstTheGate { version: version("orders", "1"), since: nasty(), gate: nasty() },
    ];
    decision
}

fn every_form() -> Vec<(&'static str, String)> {
    let decision = hostile();
    let report = report(&decision);
    let mut statuses = statuses();
    statuses[0].rows.clone_from(&decision.rows);
    statuses[0].doubts = vec![Doubt::unreadable(NASTY, NASTY)];
    let odd = Live {
        at: NASTY.to_owned(),
        until: Some(NASTY.to_owned()),
        gate: Some(NASTY.to_owned()),
        ..live_record("1", Event::Done)
    };
    statuses[0].live = BTreeMap::from([(service("orders"), vec![odd])]);
    let names = [NASTY.to_owned(), NASTY.to_owned()];
    vec![
        ("human", decision_human(&report, &Palette::default())),
        ("human", decision_human(&DecisionReport { all: true, ..report }, &Palette::default())),
        ("human", status_human(&statuses, false, &Palette::default())),
        ("human", status_human(&statuses, true, &Palette::default())),
        ("json", decision_json(&report).unwrap()),
        ("json", status_json(&statuses).unwrap()),
        ("json", undecided_json(NASTY, &names).unwrap()),
        ("junit", decision_junit(&report).unwrap()),
        ("junit", undecided_junit(NASTY, &names).unwrap()),
        ("markdown", decision_markdown(&report, SUMMARY)),
        ("markdown", undecided_markdown(NASTY, &names)),
        ("github", decision_github(&report)),
    ]
}

#[test]
fn no_report_has_anything_that_a_terminal_or_a_build_system_obeys() {
    assert_nothing_is_obeyed(&every_form(), &["::error title=G"]);
}

#[test]
fn each_row_is_one_annotation_whatever_it_holds() {
    let text = decision_github(&report(&hostile()));
    assert_eq!(text.lines().count(), 2, "{text}");
    for line in text.lines() {
        let (info, _) = line.strip_prefix("::error ").unwrap().split_once("::").unwrap();
        assert!(info.starts_with("title=") && !info.contains(','), "{line}");
    }
}

#[test]
fn machine_forms_stay_readable_and_complete() {
    for (form, text) in every_form() {
        match form {
            "json" => {
                let json: serde_json::Value = serde_json::from_str(&text).unwrap();
                assert_eq!(json["format"], 1);
            }
            "junit" => {
                let document = roxmltree::Document::parse(&text).unwrap();
                let names: Vec<&str> = document.descendants().map(|node| node.tag_name().name()).collect();
                assert!(names.iter().all(|name| !["code", "b", "details"].contains(name)), "{text}");
            }
            _ => {}
        }
    }
    let json: serde_json::Value = serde_json::from_str(&decision_json(&report(&hostile())).unwrap()).unwrap();
    assert_eq!(json["pairs"][0]["reasons"][0]["said"][0]["expected"], NASTY);
    assert_eq!(json["pairs"][0]["owners"][0], NASTY);
    let junit = decision_junit(&report(&hostile())).unwrap();
    let document = roxmltree::Document::parse(&junit).unwrap();
    let cases: Vec<_> = document.descendants().filter(|node| node.has_tag_name("testcase")).collect();
    assert_eq!(cases.len(), 3);
    assert!(cases[1].attribute("name").unwrap().contains("</testcase>]]>\\ufffe&amp; \"`````\""), "{junit}");
    assert!(cases[0].first_element_child().unwrap().text().unwrap().contains("\\u001b[2J"), "{junit}");
}

#[test]
fn markdown_stays_in_its_folds_fences_and_spans() {
    let text = decision_markdown(&report(&hostile()), SUMMARY);
    // Two rows that need attention, and the notices.
    assert_eq!(text.matches("\n<details>\n").count(), 3, "{text}");
    assert_eq!(text.matches("\n</details>\n").count(), 3, "{text}");
    assert_eq!(text.lines().filter(|line| *line == "``````text" || *line == "``````").count(), 6, "{text}");
    for line in text.lines().filter(|line| line.starts_with("<summary><b>")) {
        assert_eq!(line.matches('<').count(), 6, "{line}");
        assert!(line.ends_with("</code></summary>"), "{line}");
    }
    for (text, spans) in [(text, 1), (undecided_markdown(NASTY, &[NASTY.to_owned()]), 2)] {
        let head = text.split("\n\n#").next().unwrap();
        // Six backticks begin and end a span of a text that has five.
        assert_eq!(head.matches("``````").count(), 2 * spans, "{head}");
        assert!(!head.lines().any(|line| line.trim_start().starts_with('<')), "{head}");
    }
}

#[test]
fn a_value_of_any_length_is_cut() {
    let huge = "x".repeat(1_000_000);
    let whole = Reason {
        code: huge.clone(),
        place: huge.clone(),
        expected: huge.clone(),
        actual: huge.clone(),
        message: huge.clone(),
    };
    let causes = vec![
        Cause::Interaction { name: huge.clone(), id: "6b".repeat(32).parse().unwrap(), reasons: vec![whole; 100] },
        Cause::NoResult { names: vec![huge.clone(); 100], of: 200 },
        Fact::Pending { names: vec![huge.clone(); 100], more: 0 }.into(),
    ];
    let next = vec![NextStep::Repair(Doubt::unreadable(huge.clone(), huge.clone())); 100];
    let row = Row { causes, owners: vec![huge.clone(); 100], next, ..incompatible(live("storefront", "1")) };
    let decision = decision(vec![row, untrusted(&huge, &huge)]);
    for text in [
        decision_human(&report(&decision), &Palette::default()),
        decision_markdown(&report(&decision), SUMMARY),
        decision_junit(&report(&decision)).unwrap(),
        decision_github(&report(&decision)),
    ] {
        assert!(text.len() < 60_000, "{}", text.len());
    }
}
