//! The forms of one run say the same.

use super::samples::{conclusion, report, run};
use crate::report::{Github, Human, Json, Junit, Markdown, Palette};

#[test]
fn all_forms_agree_on_what_happened() {
    let run = run();
    let summary = conclusion(&run).summary;
    let failing = summary.broken - summary.pending;
    assert!(summary.upheld > 0 && failing > 0 && summary.pending > 0 && summary.error > 1 && summary.skipped > 0);

    let human = report(&run, |out| Human::new(out, Palette::default()));
    let first_words = |word: &str| human.lines().filter(|line| line.starts_with(&format!("{word:8}"))).count();
    assert_eq!(first_words("upheld"), summary.upheld);
    assert_eq!(first_words("broken"), failing);
    assert_eq!(first_words("pending"), summary.pending);
    assert_eq!(first_words("error"), summary.error);
    assert_eq!(first_words("skipped"), summary.skipped);

    let json: serde_json::Value = serde_json::from_str(&report(&run, Json::new)).unwrap();
    assert_eq!(json["verdict"], "broken");
    assert_eq!(json["exit_code"], 1);
    let interactions = json["interactions"].as_array().unwrap();
    let with = |outcome: &str| interactions.iter().filter(|one| one["outcome"] == outcome).count();
    for (outcome, number) in
        [("upheld", summary.upheld), ("broken", summary.broken), ("error", summary.error), ("skipped", summary.skipped)]
    {
        assert_eq!(json["summary"][outcome], number, "{outcome}");
        assert_eq!(with(outcome), number, "{outcome}");
    }
    assert_eq!(interactions.iter().filter(|one| one["pending"] == true).count(), summary.pending);

    let junit = report(&run, Junit::new);
    let document = roxmltree::Document::parse(&junit).unwrap();
    let root = document.root_element();
    let elements = |name: &str| document.descendants().filter(|node| node.has_tag_name(name)).count();
    let attribute = |name: &str| root.attribute(name).unwrap().parse::<usize>().unwrap();
    for (tag, name, number) in [
        ("testcase", "tests", summary.total()),
        ("failure", "failures", failing),
        ("error", "errors", summary.error),
        ("skipped", "skipped", summary.skipped + summary.pending),
    ] {
        assert_eq!(elements(tag), number, "{tag}");
        assert_eq!(attribute(name), number, "{name}");
    }

    let markdown = report(&run, Markdown::new);
    let column = |index: usize| -> usize {
        let cells = markdown.lines().filter(|line| line.starts_with("| ") && !line.contains("upheld"));
        cells.map(|row| row.split('|').nth(index).unwrap().trim().trim_matches('*').parse::<usize>().unwrap()).sum()
    };
    assert_eq!(
        [column(2), column(3), column(4), column(5), column(6)],
        [summary.upheld, failing, summary.error, summary.skipped, summary.pending]
    );

    let github = report(&run, Github::new);
    let commands = |level: &str| github.lines().filter(|line| line.starts_with(&format!("::{level} "))).count();
    // The two errors have one cause, and one annotation that counts them.
    assert_eq!(commands("error"), failing + 1);
    assert_eq!(github.matches("refund a charge and 1 more interaction::").count() + 1, summary.error);
    assert_eq!(commands("warning"), summary.skipped);
    assert_eq!(commands("notice"), summary.pending);
}
