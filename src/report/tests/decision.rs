//! Each form of the same decision.

use serde_json::Value;

use super::decision_samples::{
    STORE, candidate, compatible, decision, everything, incompatible, interaction, live, mismatch, orders, report,
    row_of, unverified, version,
};
use super::samples::service;
use crate::gate::{Cause, Decision, Fact, GateCode, NextStep, Row};
use crate::ledger::NameKind;
use crate::report::{
    COMMENT, DecisionReport, Palette, SUMMARY, decision_github, decision_human, decision_json, decision_junit,
    decision_markdown, undecided_json, undecided_junit, undecided_markdown,
};

fn human(decision: &Decision) -> String {
    decision_human(&report(decision), &Palette::default())
}

fn json(report: &DecisionReport<'_>) -> Value {
    serde_json::from_str(&decision_json(report).unwrap()).unwrap()
}

#[test]
fn a_decision_for_people() {
    insta::assert_snapshot!(human(&everything()));
}

#[test]
fn a_decision_for_people_with_every_row() {
    let decision = everything();
    let all = decision_human(&DecisionReport { all: true, ..report(&decision) }, &Palette::default());
    let short = human(&decision);
    for number in 1..=6 {
        let row = format!("G001 compatible        search@{number} (live) needs orders@8f2c1d3e4a5b (candidate)\n");
        assert!(all.contains(&row) && !short.contains(&row), "{all}");
    }
    assert!(!all.contains("--all") && short.contains("G001 compatible        6 pairs (--all lists them)\n"), "{short}");
}

#[test]
fn a_decision_for_people_in_colour() {
    let text = decision_human(&report(&everything()), &Palette::colour());
    assert_eq!(anstream::adapter::strip_str(&text).to_string(), human(&everything()));
    let design = decision(vec![incompatible(live("storefront", "77ab0")), compatible(live("search", "1"))]);
    insta::assert_snapshot!(decision_human(&report(&design), &Palette::colour()).replace('\u{1b}', "␛"));
}

#[test]
fn a_decision_as_json() {
    insta::assert_snapshot!(decision_json(&report(&everything())).unwrap());
}

#[test]
fn a_decision_as_markdown() {
    insta::assert_snapshot!(decision_markdown(&report(&everything()), SUMMARY));
}

#[test]
fn a_decision_as_annotations() {
    insta::assert_snapshot!(decision_github(&report(&everything())));
}

#[test]
fn a_decision_as_junit() {
    insta::assert_snapshot!(decision_junit(&report(&everything())).unwrap());
}

#[test]
fn a_yes_is_short_in_every_form() {
    let mut yes = decision(vec![compatible(live("storefront", "77ab0")), compatible(live("mobile", "3.4.1"))]);
    insta::assert_snapshot!(human(&yes), @r"
    ALLOW  orders@8f2c1d3e4a5b → production     2 compatible     store 41d9e0741d9e, 12 s old

    G001 compatible  2 pairs (--all lists them)
    ");
    insta::assert_snapshot!(decision_markdown(&report(&yes), SUMMARY), @r"
    ## Gate: allow

    `orders@8f2c1d3e4a5b` → `production`: 2 compatible

    `store 41d9e0741d9e, 12 s old`
    ");
    assert_eq!(decision_github(&report(&yes)), "");
    assert_eq!(json(&report(&yes))["decision"], "allow");
    assert!(!decision_junit(&report(&yes)).unwrap().contains("<failure"));

    yes.rows.clear();
    insta::assert_snapshot!(human(&yes), @"ALLOW  orders@8f2c1d3e4a5b → production     nothing to check     store 41d9e0741d9e, 12 s old");
    let junit = decision_junit(&report(&yes)).unwrap();
    assert!(junit.contains("tests=\"1\"") && junit.contains("nothing to check for orders@8f2c1d3e4a5b"), "{junit}");
}

#[test]
fn a_dry_run_shows_people_the_decision_and_programs_a_deny() {
    let yes = decision(vec![compatible(live("storefront", "77ab0"))]);
    let no = decision(vec![incompatible(live("storefront", "77ab0"))]);
    for (decision, would, first) in
        [(&yes, "allow", "ALLOW (dry run)  orders@"), (&no, "deny", "DENY (dry run)  orders@")]
    {
        let report = DecisionReport { dry_run: true, exit_code: 0, ..report(decision) };
        assert!(decision_human(&report, &Palette::default()).starts_with(first));
        assert!(decision_markdown(&report, SUMMARY).starts_with(&format!("## Gate: {would} (dry run)\n")));
        let json = json(&report);
        assert_eq!(
            (&json["decision"], &json["dry_run"], &json["would"]),
            (&"deny".into(), &true.into(), &would.into())
        );
        let junit = decision_junit(&report).unwrap();
        let document = roxmltree::Document::parse(&junit).unwrap();
        let property = |name: &str| {
            let found = document.descendants().find(|node| node.attribute("name") == Some(name)).unwrap();
            found.attribute("value").unwrap().to_owned()
        };
        assert_eq!(
            (property("decision"), property("dry_run"), property("would")),
            ("deny".into(), "true".into(), would.into())
        );
    }
    let report = DecisionReport { dry_run: true, exit_code: 0, ..report(&no) };
    assert!(decision_github(&report).starts_with("::warning title="));
}

#[test]
fn the_json_is_complete_and_only_a_real_yes_allows() {
    let decision = everything();
    let json = json(&report(&decision));
    assert_eq!((&json["format"], &json["command"], &json["decision"]), (&1.into(), &"gate".into(), &"deny".into()));
    assert_eq!((&json["exit_code"], &json["dry_run"], json.get("would")), (&1.into(), &false.into(), None));
    assert_eq!(json["store"], serde_json::json!({"commit": STORE, "age_seconds": 12}));
    assert_eq!(json["order"][0], orders().to_string());
    assert_eq!(json["candidates"][1], serde_json::json!({"service": "storefront", "version": "5"}));
    assert_eq!(
        json["summary"],
        serde_json::json!({"incompatible": 2, "unknown": 2, "missing-provider": 1, "unverified": 2, "compatible": 7})
    );
    assert_eq!(json["pairs"].as_array().unwrap().len(), decision.rows.len());
    assert_eq!(json["pairs"][3]["consumer"], Value::Null);
    assert_eq!(json["pairs"][4]["provider"], serde_json::json!({"service": "payments", "version": null, "roles": []}));
    assert_eq!(json["pairs"][5]["reasons"][0]["kind"], "no-result");
    assert_eq!(json["pairs"][0]["consumer"]["roles"][1]["event"], "started");
    assert_eq!(json["notices"][1]["next"], Value::Null);
}

#[test]
fn pairs_that_are_compatible_without_results_are_named() {
    let rows = (1..=5).map(|number| Row {
        code: GateCode::Rollback,
        causes: vec![
            Cause::NoResult { names: vec!["get an order".to_owned()], of: 1 },
            Fact::LiveTogetherBefore.into(),
        ],
        ..compatible(live("web", &number.to_string()))
    });
    let decision = decision(rows.collect());
    let expected =
        "     web@3 needs orders@8f2c1d3e4a5b: results are missing, but these two versions were live together before\n";
    for text in [human(&decision), decision_markdown(&report(&decision), SUMMARY)] {
        assert!(text.contains("G002 compatible  5 pairs"), "{text}");
        assert!(text.contains(&format!("{expected}     and 2 more pairs\n")), "{text}");
    }
}

#[test]
fn rows_without_a_pair_read_like_sentences() {
    let (kind, name) = (NameKind::Environment, service("prod"));
    let facts = [Fact::Undeclared { kind, name: name.clone() }, Fact::SimilarName(service("production"))];
    let undeclared = row_of(GateCode::Undeclared, &facts, &[NextStep::Declare { kind, name }]);
    let twice = [Fact::PublishedTwice(orders())];
    let next = [NextStep::PublishNew(service("orders"))];
    let alone = Row { consumer: Some(candidate(&orders())), ..row_of(GateCode::PublishedTwice, &twice, &next) };
    let provider = Row { consumer: None, provider: alone.consumer.clone(), next: Vec::new(), ..alone.clone() };
    let silent = row_of(GateCode::Rewritten, &[], &[]);
    insta::assert_snapshot!(human(&decision(vec![undeclared, alone, provider, silent])), @r"
    DENY  orders@8f2c1d3e4a5b → production     4 unknown     store 41d9e0741d9e, 12 s old

    G304 unknown  the store declares no environment `prod`
         did you mean `production`?
         next: if the name is right, declare it: upheld store init --environment prod
    G302 unknown  orders@8f2c1d3e4a5b (candidate)
         orders@8f2c1d3e4a5b was published twice with different contracts
         next: what a version expects can't change, so publish a new version of orders: upheld publish orders
    G302 unknown  orders@8f2c1d3e4a5b (candidate)
         orders@8f2c1d3e4a5b was published twice with different contracts
    G305 unknown  the store
    ");
}

#[test]
fn missing_results_are_counted_in_proper_english() {
    let storefront = || live("storefront", "1");
    let many: Vec<String> = (1..=8).map(|number| format!("interaction {number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for (names, of, expected) in [
        (&many[..1], 1, "the only interaction has no result: interaction 1"),
        (&many[..1], 9, "1 of 9 interactions has no result: interaction 1"),
        (&many[..2], 9, "2 of 9 interactions have no result: interaction 1, interaction 2"),
        (&many[..2], 2, "none of the 2 interactions has a result: interaction 1, interaction 2"),
        (
            &many[..],
            9,
            "8 of 9 interactions have no result: interaction 1, interaction 2, interaction 3, interaction 4, interaction \
             5 and 3 more",
        ),
    ] {
        let text = human(&decision(vec![unverified(storefront(), names, of)]));
        assert!(text.contains(&format!("\n     {expected}\n")), "{text}");
    }
}

#[test]
fn wide_names_places_and_values_get_their_own_lines() {
    let place = "body customer.address.delivery.preferences[0].placed_at";
    let value = "\"a rather long text that goes on and on, and has more to say than fits a line\", a string";
    let said = vec![mismatch("status", "200", "202"), mismatch(place, "a date-time", "\"yesterday\"")];
    let causes = vec![
        interaction("get an order that somebody placed a long time ago", said),
        interaction("get", vec![mismatch("status", value, value)]),
    ];
    insta::assert_snapshot!(human(&decision(vec![Row { causes, ..incompatible(live("storefront", "1")) }])));
}

#[test]
fn causes_beyond_ten_are_counted() {
    let said: Vec<_> = (0..8).map(|index| mismatch(&format!("body [{index}]"), "1", "2")).collect();
    let causes: Vec<Cause> = (0..13).map(|index| interaction(&format!("name {index}"), said.clone())).collect();
    let text = human(&decision(vec![Row { causes, ..incompatible(live("storefront", "1")) }]));
    assert!(text.contains("     name 9") && !text.contains("name 10"), "{text}");
    assert!(text.contains("body [4]") && !text.contains("body [5]"), "{text}");
    assert_eq!(text.matches("             and 3 more reasons\n").count(), 10, "{text}");
    assert_eq!(text.matches("\n     and 3 more causes\n").count(), 1, "{text}");
}

#[test]
fn annotations_beyond_ten_are_counted_and_all_rows_are_in_the_summary() {
    let consumers = || (0..40).map(|number| live("web", &number.to_string()));
    let mut rows: Vec<Row> = consumers().take(2).map(incompatible).collect();
    rows.extend(consumers().skip(2).map(|consumer| unverified(consumer, &["get an order"], 2)));
    let decision = decision(rows);
    let github = decision_github(&report(&decision));
    let lines: Vec<&str> = github.lines().collect();
    assert_eq!(lines.len(), 11, "{github}");
    assert!(lines[..10].iter().all(|line| line.starts_with("::error title=G")), "{github}");
    assert!(lines[0].starts_with("::error title=G101 incompatible%3A web@0 needs orders@8f2c1d3e4a5b::"), "{github}");
    assert_eq!(lines[10], "30 more pairs need attention; GitHub shows at most 10 annotations per step");
    let markdown = decision_markdown(&report(&decision), SUMMARY);
    for consumer in consumers() {
        assert!(markdown.contains(&format!("<code>{} needs ", consumer.short())), "{markdown}");
    }
}

#[test]
fn a_summary_or_a_comment_of_thousands_of_rows_stays_within_the_limits_of_github() {
    let rows = |number: usize| (0..number).map(|number| incompatible(live("web", &number.to_string()))).collect();
    let mut many = decision(rows(6_000));
    many.notices = vec![everything().notices[0].clone(); 5_000];
    for (limit, of_github, enough) in [(SUMMARY, 1024 * 1024, 1_000), (COMMENT, 65_536, 70)] {
        let text = decision_markdown(&report(&many), limit);
        assert!(text.len() < of_github && text.len() > of_github / 2, "{}", text.len());
        let shown = text.matches("<b>incompatible</b>").count();
        assert!(shown > enough, "{shown}");
        assert!(text.contains(&format!("\nand {} more pairs, left out because", 6_000 - shown)));
        assert!(text.contains("G502 note") && text.contains(" more lines\n```\n\n</details>\n"), "the notes are cut");
        assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
    }
    assert_eq!(json(&report(&many))["pairs"].as_array().unwrap().len(), 6_000);
    assert_eq!(decision_github(&report(&many)).lines().count(), 11);
    let junit = decision_junit(&report(&many)).unwrap();
    let document = roxmltree::Document::parse(&junit).unwrap();
    assert_eq!(document.descendants().filter(|node| node.has_tag_name("failure")).count(), 6_000);
}

#[test]
fn many_candidates_are_counted_and_an_order_is_complete() {
    let mut decision = decision(Vec::new());
    decision.candidates = (0..14).map(|number| version("web", &number.to_string())).collect();
    decision.order.clone_from(&decision.candidates);
    let text = human(&decision);
    assert!(text.starts_with("ALLOW  web@0, web@1, "), "{text}");
    assert!(text.contains("web@9 and 4 more → production"), "{text}");
    assert!(text.contains("web@12, then web@13 (the decision assumes this order)\n"), "{text}");
}

#[test]
fn a_gate_that_is_killed_leaves_a_deny() {
    let candidates = [orders().to_string(), "storefront".to_owned()];
    let text = undecided_json("production", &candidates).unwrap();
    let undecided: Value = serde_json::from_str(&text).unwrap();
    let Value::Object(decided) = json(&report(&everything())) else { panic!("no object") };
    for key in decided.keys() {
        assert!(undecided.get(key).is_some(), "{key} is not in {text}");
    }
    assert_eq!((&undecided["decision"], &undecided["state"]), (&"deny".into(), &"unknown".into()));
    assert_eq!(undecided["candidates"][0]["version"], orders().version.as_str());
    assert_eq!(undecided["candidates"][1], serde_json::json!({"service": "storefront", "version": null}));
    assert!(undecided["note"].as_str().unwrap().contains("did not finish"), "{text}");

    insta::assert_snapshot!(undecided_markdown("production", &candidates));
    let junit = undecided_junit("production", &candidates).unwrap();
    let document = roxmltree::Document::parse(&junit).unwrap();
    let error = document.descendants().find(|node| node.has_tag_name("error")).unwrap();
    assert!(error.attribute("message").unwrap().contains("did not finish"), "{junit}");
    assert!(junit.contains("errors=\"1\""), "{junit}");
}
