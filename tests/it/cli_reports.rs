//! The reports of one run: five forms that say the same, in one go.

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::{Answer, Provider, World};

/// A world in which something of everything happens: 3 are upheld, 2 broken, and 1 is an error.
fn world() -> (World, [Provider; 2]) {
    let world = World::with(
        r#"
  - name: get an order
    request: GET /orders/42
    response: { status: 200, body: { id: 42, items: [{ qty: 2 }] } }
  - name: list <orders> & "more"
    request: GET /orders?limit=2
    response: { status: 200 }
  - name: cancel an order
    given: [{ an order exists: { id: 42 } }]
    request: DELETE /orders/42
    response: { status: 204 }
"#,
    );
    world.contract(
        "orders",
        "payments",
        "  - name: get a payment
    request: GET /payments/1
    response: { status: 200 }
  - name: list the payments
    request: GET /payments
    response: { status: 200 }
  - name: refund
    request: POST /refunds
    response: { status: 201 }
",
    );
    let orders = Provider::new(|request| match request.path.as_str() {
        "/orders/42" => Answer::json(r#"{"id": 42, "items": [{"qty": "2"}, {"qty": null}]}"#),
        _ => Answer::status(200),
    });
    let payments = Provider::new(|request| match request.path.as_str() {
        "/refunds" => Answer::text(500, "no more money"),
        _ => Answer::status(200),
    });
    world.registry(&format!(
        "  orders:\n    url: {{ local: \"{}\" }}\n  payments:\n    url: {{ local: \"{}\" }}\n",
        orders.url(),
        payments.url()
    ));
    (world, [orders, payments])
}

const ALL: [&str; 7] =
    ["verify", "--report", "json=r/r.json", "--report", "junit=r/r.xml", "--report", "markdown=r/r.md"];

#[test]
fn the_five_forms_of_one_run_say_the_same() {
    let (world, _providers) = world();
    let human = world.upheld(ALL.into_iter().chain(["--report", "github=r/r.txt"]));
    assert_eq!(human.code, Some(1));
    let words = human.first_words();
    let count = |word: &str| words.iter().filter(|first| **first == word).count();
    assert_eq!([count("upheld"), count("broken"), count("error")], [3, 2, 1], "{human}");

    let json: Value = serde_json::from_str(&world.read("r/r.json")).unwrap();
    assert_eq!(json["format"], 1);
    assert_eq!((&json["verdict"], &json["exit_code"]), (&"broken".into(), &1.into()));
    let summary = serde_json::json!({"upheld": 3, "broken": 2, "error": 1, "skipped": 0, "pending": 0});
    assert_eq!(json["summary"], summary);
    let outcomes: Vec<&str> =
        json["interactions"].as_array().unwrap().iter().map(|one| one["outcome"].as_str().unwrap()).collect();
    let told: Vec<&str> = words.into_iter().filter(|word| *word != "BROKEN").collect();
    assert_eq!(outcomes, told, "in the same order");

    let xml = world.read("r/r.xml");
    let document = roxmltree::Document::parse(&xml).unwrap();
    let elements = |name: &str| document.descendants().filter(|node| node.has_tag_name(name)).count();
    assert_eq!([elements("testcase"), elements("failure"), elements("error"), elements("skipped")], [6, 2, 1, 0]);
    let names: Vec<&str> = document
        .descendants()
        .filter(|node| node.has_tag_name("testcase"))
        .filter_map(|node| node.attribute("name"))
        .collect();
    for one in json["interactions"].as_array().unwrap() {
        assert!(names.contains(&one["name"].as_str().unwrap()), "{one}");
    }

    let markdown = world.read("r/r.md");
    let rows: Vec<&str> =
        markdown.lines().filter(|line| line.contains("→") && line.starts_with("| ")).skip(1).collect();
    assert_eq!(
        rows,
        ["| orders → payments | 2 | **1** | 0 | 0 | 0 |", "| storefront → orders | 1 | **1** | **1** | 0 | 0 |"]
    );

    let github = world.read("r/r.txt");
    assert_eq!(github.lines().filter(|line| line.starts_with("::error ")).count(), 3, "{github}");
}

#[test]
fn each_form_of_report() {
    let (world, _providers) = world();
    assert_snapshot!("report_human", world.upheld(["verify"]));
    for form in ["json", "junit", "markdown", "github"] {
        let output = world.upheld(["verify", "--report", form, "--quiet"]);
        assert_snapshot!(format!("report_{form}"), output.stdout);
        // Standard output has only the report; the text for people goes to standard error.
        assert!(output.stderr.ends_with("BROKEN  6 interactions: 2 broken, 1 error, 3 upheld in <time>\n"), "{output}");
    }
}

#[test]
fn the_step_summary_is_added_to() {
    let (world, _providers) = world();
    let path = world.path("summary.md").display().to_string();
    let world = world.variable("GITHUB_STEP_SUMMARY", path);
    world.write("summary.md", "# What came before\n");
    world.upheld(["verify", "--report", "json=r.json"]);
    assert_eq!(world.read("summary.md"), "# What came before\n", "only the form for GitHub writes it");
    assert_eq!(world.upheld(["verify", "--report", "github"]).code, Some(1));
    let once = world.read("summary.md");
    assert!(once.starts_with("# What came before\n## Contracts: broken\n"), "{once}");
    world.upheld(["verify", "--report", "github=notes.txt"]);
    assert!(world.read("summary.md").len() > once.len());
}

#[test]
fn a_report_replaces_an_earlier_one() {
    let (world, _providers) = world();
    world.write("r/r.xml", "the one before, which is longer than nothing");
    world.upheld(ALL);
    assert!(world.read("r/r.xml").starts_with("<?xml"));
    let left: Vec<_> = std::fs::read_dir(world.path("r")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "nothing else is left behind: {left:?}");
}

#[test]
fn reports_of_several_instances_name_the_instance() {
    let world = World::with("  - name: get\n    request: GET /a\n    response: { status: 204 }\n");
    let (one, two) = (Provider::new(|_| Answer::status(204)), Provider::new(|_| Answer::status(500)));
    let output = world.upheld(["verify", "--url", &one.url(), "--url", &two.url(), "--report", "json", "-q"]);
    let report: Value = serde_json::from_str(&output.stdout).unwrap();
    let instances: Vec<&Value> =
        report["interactions"].as_array().unwrap().iter().map(|one| &one["instance"]).collect();
    assert_eq!(instances, ["http://127.0.0.1:<port>", "http://127.0.0.1:<port>"]);
    let output = world.upheld(["verify", "--url", &one.url(), "--url", &two.url(), "--report", "junit", "-q"]);
    assert!(output.stdout.contains(r#"<testcase name="get, at http://127.0.0.1:<port>""#), "{output}");
}

#[test]
fn a_comment_contains_as_much_of_the_report_as_fits() {
    let one =
        |number: usize| format!("  - name: n{number}\n    request: GET /{number}\n    response: {{ status: 204 }}\n");
    let world = World::with(&(0..400).map(one).collect::<String>());
    let provider = Provider::new(|_| Answer::status(404));
    let reports = ["--report", "markdown=r.md", "--report", "comment=c.md"];
    let output = world.upheld(["verify", "--url", &provider.url()].into_iter().chain(reports));
    assert_eq!(output.code, Some(1));
    let (whole, comment) = (world.read("r.md"), world.read("c.md"));
    let broken = |text: &str| text.matches("<b>broken</b>").count();
    assert_eq!(broken(&whole), 400);
    assert!(comment.len() < 65_536 && comment.len() > 60_000, "{}", comment.len());
    let left_out = format!("\nand {} more interactions, left out here", 400 - broken(&comment));
    assert!(comment.contains(&left_out), "{left_out}");
    assert_eq!(comment.lines().next(), whole.lines().next());
}
