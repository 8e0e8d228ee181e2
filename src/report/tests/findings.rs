//! Findings in their three forms.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::report::{Palette, findings};
use crate::source::{Code, Finding, Limits, Position, SourceFile, Sources, Span};

const FILE: &str = "contracts/storefront/orders.yaml";

const TEXT: &str = "contract: 1
consumer: storefront
provider: orders
interactions:
  - name: get an order
    request: GET /orders/42
    response:
      statsu: 200
      body:
        名前: { open: yes }
";

fn span(line: u32, from: u32, to: u32) -> Span {
    Span { start: Position { line, column: from }, end: Position { line, column: to } }
}

fn sources(text: &str) -> Sources {
    let mut sources = Sources::default();
    sources.add(Arc::new(SourceFile::new(FILE, text.to_owned(), Limits::default())));
    sources
}

fn several() -> Vec<Finding> {
    let file: Arc<str> = Arc::from(FILE);
    let registry: Arc<str> = Arc::from("contracts/upheld.yaml");
    vec![
        Finding::error(Code("C103"), &file, Some(span(8, 7, 13)), "unknown key `statsu`")
            .help("did you mean `status`?")
            .help("keys of a response are `status`, `headers`, `body` and `match`"),
        Finding::warning(Code("Y201"), &file, Some(span(10, 21, 24)), "other YAML readers read `yes` as a boolean")
            .help("put it in quotes: `\"yes\"`"),
        Finding::error(
            Code("C101"),
            &file,
            Some(Span { start: Position { line: 9, column: 7 }, end: Position { line: 11, column: 1 } }),
            "a response with a body needs a status",
        ),
        Finding::error(Code("F101"), &registry, None, "the file can't be read: permission denied"),
        Finding::error(Code("F102"), &registry, Some(span(4, 2, 3)), "the text of this file is not at hand"),
    ]
}

#[test]
fn findings_for_people() {
    insta::assert_snapshot!(findings::text(&several(), &sources(TEXT), &Palette::default()));
}

#[test]
fn findings_for_people_in_colour() {
    let text = findings::text(&several()[..2], &sources(TEXT), &Palette::colour());
    insta::assert_snapshot!(text.replace('\u{1b}', "␛"));
}

#[test]
fn further_places_are_labelled_in_the_same_file_and_in_another() {
    let mut sources = sources(TEXT);
    let registry: Arc<str> = Arc::from("contracts/upheld.yaml");
    let text = "upheld: 1\nservices:\n  orders: {}\n";
    sources.add(Arc::new(SourceFile::new(Arc::clone(&registry), text.to_owned(), Limits::default())));
    let file: Arc<str> = Arc::from(FILE);
    let finding = Finding::error(Code("C103"), &file, Some(span(8, 7, 13)), "a finding with further places")
        .place(&file, Some(span(3, 1, 9)), "a line before it")
        .place(&file, Some(span(8, 15, 18)), "on the same line")
        .place(&file, Some(span(999, 1, 2)), "far away")
        .place(&registry, Some(span(3, 3, 9)), "in another file")
        .place(&Arc::from("elsewhere.yaml"), Some(span(4, 2, 3)), "in a file whose text is not at hand")
        .help("one thing to do");
    insta::assert_snapshot!(findings::text(&[finding], &sources, &Palette::default()));
}

#[test]
fn findings_as_json() {
    insta::assert_snapshot!(findings::json("lint", &several()).unwrap());
}

#[test]
fn findings_as_annotations() {
    insta::assert_snapshot!(findings::github(&several()));
}

#[test]
fn without_findings_there_is_no_text() {
    assert_eq!(findings::text(&[], &Sources::default(), &Palette::default()), "");
    assert_eq!(findings::github(&[]), "");
}

#[test]
fn a_line_of_any_length_is_cut_and_its_place_stays_right() {
    let file: Arc<str> = Arc::from(FILE);
    for (before, after) in [(2_000_u32, 100_000_u32), (100_000, 100_000), (3, 1_000_000)] {
        let text = format!("{}here{}\n", "a".repeat(before as usize), "b".repeat(after as usize));
        for end in [before + 5, before + after] {
            let finding = Finding::error(Code("C103"), &file, Some(span(1, before + 1, end)), "too long");
            let shown = findings::text(&[finding], &sources(&text), &Palette::default());
            assert!(shown.lines().all(|line| line.chars().count() < 200), "{shown}");
            assert!(shown.contains(&format!("{FILE}:1:{}", before + 1)), "{shown}");
        }
    }
}

#[test]
fn places_that_are_not_in_the_text_do_no_harm() {
    let file: Arc<str> = Arc::from(FILE);
    for at in [span(999, 1, 2), span(1, 999, 1_000), span(0, 0, 0), span(3, 5, 2), span(8, 7, 9_999)] {
        let finding = Finding::error(Code("C103"), &file, Some(at), "somewhere");
        let shown = findings::text(&[finding], &sources(TEXT), &Palette::default());
        assert!(shown.starts_with("error[C103]: somewhere\n") && shown.ends_with("1 error in 1 file\n"), "{shown}");
    }
}

#[test]
fn a_file_cannot_control_the_terminal_or_the_build_system() {
    let file: Arc<str> = Arc::from("contracts/\u{1b}[2J::error::x.yaml");
    let text = "a: \u{1b}[2J\u{9b}31m ##[add-mask]x \u{202e}abc\n::error::x\n";
    let mut sources = Sources::default();
    sources.add(Arc::new(SourceFile::new(Arc::clone(&file), text.to_owned(), Limits::default())));
    let mut all = Vec::new();
    for line in 1..=2 {
        all.push(
            Finding::error(Code("C103"), &file, Some(span(line, 1, 4)), "\u{1b}[2J\n::error::x ##[x]")
                .help("\u{1b}[2J\n::error::x ##[x]"),
        );
    }
    let mut page = findings::text(&all, &sources, &Palette::default());
    let _ = write!(page, "{}", findings::json("lint", &all).unwrap());
    for line in page.lines() {
        assert!(!line.trim_start().starts_with("::") && !line.contains("##["), "{page}");
        assert!(!line.contains(|c: char| c.is_control()), "{page}");
    }
    assert!(findings::github(&all).lines().all(|line| line.starts_with("::error file=contracts/")));
}
