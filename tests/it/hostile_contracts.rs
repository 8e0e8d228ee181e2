//! Malicious files and bodies: each leads to a finding or a result, quickly and with little memory.
//!
//! Everything here takes well under a second in a debug build, except for files of many megabytes, which take one or two.
//! The limit is generous, because machines are slow and shared; anything quadratic would take minutes.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use upheld::contract::{Pattern, Rules, write};
use upheld::formats::{Interaction, check, contract_id, file, interaction_id, match_request, match_response};
use upheld::interaction::{ActualRequest, ActualResponse, Body, Headers, Mismatch, Response, Status, pointer, work};
use upheld::matching::{self, check_examples};
use upheld::source::{Finding, Limits, MOST_FINDINGS, Pointer, SourceFile, parse_yaml};

use crate::reading::{Files, HEAD, either, files, http, interaction, lines, own, read_ok, read_with, source, text_of};

const SOON: Duration = Duration::from_secs(20);

/// Runs something that must end quickly.
fn soon<T>(what: &str, run: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = run();
    let time = start.elapsed();

    assert!(time < SOON, "{what} took {time:?}");
    result
}

/// The findings about a text that must be refused quickly.
fn refused(what: &str, text: &str, files: &Files) -> Vec<Finding> {
    soon(what, || read_with(text, files)).map(|_| ()).expect_err(what)
}

fn codes(findings: &[Finding]) -> Vec<&'static str> {
    let mut codes: Vec<&str> = findings.iter().map(|finding| finding.code.0).collect();
    codes.dedup();
    codes
}

/// This many rows, each made from its number.
fn rows(number: usize, row: impl Fn(usize) -> String) -> String {
    (0..number).map(row).collect()
}

/// A contract whose response has these lines.
fn with_response(lines: &str) -> String {
    text_of("method: GET\npath: /", &format!("status: 200\n{lines}"))
}

fn mismatches(it: &Interaction, body: &str) -> Vec<Mismatch> {
    let actual = ActualResponse { status: 200, headers: Vec::new(), body: body.as_bytes().to_vec() };
    match_response(http(it), &actual, &Pointer::root())
}

#[test]
fn aliases_do_not_multiply() {
    let mut laughs = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..20 {
        let inside = vec![format!("*a{}", level - 1); 10].join(", ");
        let _ = writeln!(laughs, "a{level}: &a{level} [{inside}]");
    }
    assert_eq!(codes(&refused("a bomb of aliases", &laughs, &Files::new())), ["Y103"]);
    let blow_up = format!("a: &a [{}]\nb: [{}]\n", "1, ".repeat(10_000), "*a, ".repeat(10_000));
    assert_eq!(codes(&refused("one large value, many times", &blow_up, &Files::new())), ["Y103"]);
    let nested = format!("{}{}{}", "&a [".repeat(90), "1, ".repeat(100_000), "]".repeat(90));
    assert_eq!(codes(&refused("anchors in anchors around many values", &nested, &Files::new())), ["Y103"]);
    let mut deep = String::from("a0: &a0 [1]\n");
    for level in 1..100 {
        let _ = writeln!(deep, "a{level}: &a{level} {}*a{}{}", "[".repeat(90), level - 1, "]".repeat(90));
    }
    let findings = refused("aliases that nest deeper and deeper", &deep, &Files::new());
    assert!(findings[0].message.contains("nested too deep"), "{}", lines(&findings));
    let own = with_response("body: &a { b: *a }");
    assert_eq!(codes(&refused("an alias inside of what it names", &own, &Files::new())), ["Y101"]);
}

#[test]
fn deep_nesting_is_refused() {
    let depth = 10_000;
    let block = rows(3000, |level| format!("{}a:\n", " ".repeat(level)));
    for (what, text) in [
        ("lists in a line", format!("{}{}", "[".repeat(depth), "]".repeat(depth))),
        ("lists without an end", "[".repeat(depth)),
        ("mappings in a line", format!("{}1{}", "{a: ".repeat(depth), "}".repeat(depth))),
        ("lists in blocks", "- ".repeat(depth)),
        ("mappings in blocks", block),
        ("keys in keys", "? ".repeat(depth)),
        ("a body", with_response(&format!("body: {}{}", "[".repeat(depth), "]".repeat(depth)))),
        ("a schema", with_response(&format!("body: 1\nmatch: {{ $: {{ schema: {} }} }}", "{not: ".repeat(depth)))),
    ] {
        assert_eq!(codes(&refused(what, &text, &Files::new())), ["Y103"], "{what}");
    }
    // Whatever limit the user sets, the stack has an end.
    let limits = Limits { depth: usize::MAX, ..Limits::default() };
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse_yaml(&"c.yaml".into(), &nested(Limits::MOST_DEPTH), limits).is_ok());
    assert!(parse_yaml(&"c.yaml".into(), &nested(Limits::MOST_DEPTH + 1), limits).is_err());
}

#[test]
fn the_deepest_contract_can_be_read_compared_and_written() {
    // On a stack of 2 MiB, which is the default for threads.
    for depth in [60, 120] {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        let limits = Limits { depth: usize::MAX, ..Limits::default() };
        let text = with_response(&format!(
            "body: {open}{{ a: 1 }}{close}\nmatch: {{ \"{}.a\": integer }}",
            "[]".repeat(depth)
        ));
        let source = SourceFile::new("c.yaml", text, limits);
        let read = upheld::contract::read(&source, &Files::new()).unwrap_or_else(|found| panic!("{}", lines(&found)));
        assert_eq!(check_examples(&source, &read.contract), []);
        let again = SourceFile::new("c.yaml", write(&read.contract), limits);
        let again = upheld::contract::read(&again, &Files::new()).unwrap_or_else(|found| panic!("{}", lines(&found)));
        let (again, contract) = (either(&again.contract), either(&read.contract));
        assert_eq!(contract_id(&again), contract_id(&contract));
        let it = &contract.interactions[0];
        assert_eq!(mismatches(it, &format!("{open}{{\"a\": \"x\"}}{close}"))[0].code.0, "M203");
    }
}

#[test]
fn large_files_are_refused_or_read() {
    let over = format!("# {}", "x".repeat(33 << 20));
    assert_eq!(codes(&refused("a file over the limit", &over, &Files::new())), ["Y103"]);
    let mut small = with_response("body:");
    while small.len() < 30 << 20 {
        small.push_str("        - 1\n");
    }
    assert_eq!(codes(&refused("30 MB of small values", &small, &Files::new())), ["Y103"]);
    let limits = Limits { values: 50_000, ..Limits::default() };
    for (what, text) in [
        ("small values in one line", format!("a: [{}]", "1,".repeat(15 << 20))),
        ("very many keys", rows(60_000, |number| format!("k{number}: 1\n"))),
    ] {
        let findings = soon(what, || parse_yaml(&"c.yaml".into(), &text, limits).map(|_| ())).expect_err(what);
        assert_eq!(codes(&findings), ["Y103"], "{what}");
    }
    for (what, value) in [
        ("one plain text of 5 MB", "x".repeat(5 << 20)),
        ("one quoted text of 5 MB", format!("\"{}\"", "x".repeat(5 << 20))),
    ] {
        let text = with_response(&format!("body-text: {value}"));
        let read = soon(what, || read_ok(&text));
        soon(what, || interaction_id(&read.contract.interactions[0]));
    }
}

#[test]
fn only_a_limited_number_of_mistakes_is_reported() {
    let many = 20_000;
    let many_of = |row: &dyn Fn(usize) -> String| rows(many, row);
    for (what, text, code) in [
        ("unknown keys", with_response("") + &many_of(&|n| format!("      k{n}: 1\n")), "C102"),
        ("nulls", with_response("body:") + &many_of(&|n| format!("        k{n}: null\n")), "C306"),
        ("states that are none", with_response("") + "    given:\n" + &many_of(&|_| String::from("    - 1\n")), "C104"),
        ("interactions that are none", String::from(HEAD) + &many_of(&|_| String::from("  - 1\n")), "C104"),
        ("headers that are none", with_response("headers:") + &many_of(&|n| format!("        \"h {n}\": x\n")), "C206"),
        (
            "rules that lead nowhere",
            with_response("body: { a: 1 }\nmatch:") + &many_of(&|n| format!("        k{n}: any\n")),
            "C302",
        ),
        (
            "matchers that are none",
            with_response("body: { a: 1 }\nmatch:") + &many_of(&|n| format!("        k{n}: intger{n}\n")),
            "C303",
        ),
        (
            "rules for headers that are not there",
            with_response("match-headers:") + &many_of(&|n| format!("        h{n}: any\n")),
            "C302",
        ),
        ("the same key", String::from("a: 1\n") + &many_of(&|_| String::from("a: 1\n")), "Y102"),
        ("tags", String::from("a:\n") + &many_of(&|_| String::from("- !x 1\n")), "Y104"),
        (
            "the same name",
            String::from(HEAD)
                + &rows(5_000, |_| String::from("  - {name: a, request: GET /, response: {status: 200}}\n")),
            "C202",
        ),
    ] {
        let findings = refused(what, &text, &Files::new());
        assert!(
            findings.iter().any(|finding| finding.code.0 == code),
            "{what}: {}",
            lines(&findings[..findings.len().min(3)])
        );
        assert!(findings.len() <= 2 * MOST_FINDINGS + 2, "{what}: {}", findings.len());
        let last = findings.last().unwrap();
        assert!(
            last.message.contains("there are more findings than these") || findings.len() < MOST_FINDINGS,
            "{what}"
        );
    }
    let text = with_response("body:") + &many_of(&|_| String::from("        - no\n"));
    let read = soon("scalars that others take otherwise", || read_ok(&text));
    assert_eq!(read.findings.len(), MOST_FINDINGS + 1);
}

#[test]
fn many_rules_for_many_places_are_checked_in_one_pass() {
    let keys = rows(30_000, |number| format!("        k{number}: 1\n"));
    let rules = rows(30_000, |number| format!("        k{number}: integer\n"));
    let text = with_response("body:") + &keys + "      match:\n" + &rules;
    let read = soon("30,000 rules for 30,000 keys", || read_ok(&text));
    let it = &read.contract.interactions[0];
    let findings = soon("and their examples", || check_examples(&source(&text), &own(&read.contract)));
    assert_eq!(findings, []);
    let body = rows(30_000, |number| format!("\"k{number}\": \"1\","));
    let found = soon("and what breaks each", || mismatches(it, &format!("{{{body}\"x\": 1}}")));
    assert_eq!(found.len(), 500);
    assert!(found[499].hint.as_ref().unwrap().contains("there may be more"));

    let elements = rows(30_000, |number| format!("        - {{ k{number}: 1 }}\n"));
    let rules = rows(30_000, |number| format!("        \"[].k{number}\": integer\n"));
    let text = with_response("body:") + &elements + "      match:\n" + &rules;
    let read = soon("30,000 rules for each of 30,000 elements", || read_ok(&text));
    assert_eq!(soon("and their examples", || check_examples(&source(&text), &own(&read.contract))), []);

    // All paths that can be made of a key and `.*` select the same place.
    let paths = |depth: u32| {
        (0..1_u32 << depth).map(move |bits| {
            (0..depth).map(|step| if bits >> step & 1 == 1 { "*" } else { "a" }).collect::<Vec<_>>().join(".")
        })
    };
    let rules: String =
        paths(14).flat_map(|path| [String::from("        \""), path, String::from("\": any\n")]).collect();
    let example = (0..14).fold(String::from("1"), |inside, _| format!("{{ a: {inside} }}"));
    let all = rows(1000, |_| format!("        - {example}\n"));
    let rules = rules.replace("        \"", "        \"[].");
    let text = with_response("body:") + &all + "      match:\n" + &rules;
    let findings = refused("very many paths to each of many places", &text, &Files::new());
    assert!(findings[0].message.contains("too many places"), "{}", lines(&findings));
}

#[test]
fn regular_expressions_take_little_time_and_memory() {
    for pattern in ["(a+)+$", "(a|aa)+b", "(.*)*\\d", "(x+x+)+y", "\\w{0,200}b"] {
        let pattern = soon(pattern, || Pattern::new(pattern)).unwrap_or_else(|why| panic!("{pattern}: {why}"));
        assert!(!soon(pattern.as_str(), || pattern.matches(&("a".repeat(100_000) + "!"))));
    }
    for pattern in
        ["a{999}{999}{999}", "(((\\w{99}){99}){99}){99}", "\\p{L}{5000}", "a{1000000000}", "(?=a)", "\\1", "a)|(b"]
    {
        assert!(soon(pattern, || Pattern::new(pattern)).is_err(), "{pattern}");
    }
    assert!(soon("brackets in brackets", || Pattern::new(&"(".repeat(100_000))).is_err());
    assert!(soon("a long one", || Pattern::new(&"(a|b)".repeat(200_000))).is_err());
    for pattern in ["(a+)+$", "^(([a-z])+.)+[A-Z]([a-z])+$"] {
        let text = with_response(&format!(
            "body: {}\nmatch: {{ $: {{ schema: {{ pattern: \"{pattern}\" }} }} }}",
            "a".repeat(50)
        ));
        let it = soon("a pattern of a schema", || read_ok(&text)).contract.interactions.remove(0);
        soon(pattern, || mismatches(&it, &format!("\"{}!\"", "a".repeat(100_000))));
    }
}

#[test]
fn references_reach_only_files_in_the_contracts_folder() {
    let beside = files([
        ("a.json", r#"{"$ref": "b.json"}"#),
        ("b.json", r#"{"$ref": "a.json"}"#),
        ("out.json", r#"{"$ref": "../../etc/passwd"}"#),
        ("net.json", r#"{"$ref": "https://example.com/x.json"}"#),
        ("id.json", r#"{"$id": "https://example.com/", "$ref": "x.json"}"#),
        ("no.json", "no"),
        ("deep.json", &"[".repeat(100_000)),
    ]);
    for (reference, part) in [
        ("http://example.com/a.json", "never to the network"),
        ("//example.com/a.json", "never to the network"),
        ("file:///etc/passwd", "never to the network"),
        ("/etc/passwd", "isn't a relative path"),
        ("../a.json", "leads out of the contract's folder"),
        ("x/../../a.json", "leads out of the contract's folder"),
        ("..\\\\a.json", "isn't a relative path"),
        ("out.json", "leads out of the contract's folder"),
        ("net.json", "never to the network"),
        ("id.json", "remove it"),
        ("missing.json", "there is no such file"),
        ("no.json", "isn't JSON"),
        ("deep.json", "isn't JSON"),
        ("a.json#/nothing", "can't be used"),
        ("#/nothing", "can't be used"),
    ] {
        let text = with_response(&format!("body: 1\nmatch: {{ $: {{ schema: {{ $ref: \"{reference}\" }} }} }}"));
        let findings = refused(reference, &text, &beside);
        assert_eq!(codes(&findings), ["C308"], "{reference}");
        assert!(findings[0].message.contains(part), "{reference}: {}", lines(&findings));
    }
    for reference in ["a.json", "b.json#", "#"] {
        let text = with_response(&format!("body: 1\nmatch: {{ $: {{ schema: {{ $ref: \"{reference}\" }} }} }}"));
        let read = soon(reference, || read_with(&text, &beside));
        if let Ok(read) = read {
            soon(reference, || mismatches(&read.contract.interactions[0], "[[1]]"));
        }
    }
    let many: Files = (0..200)
        .map(|number| (format!("{number}.json"), format!(r#"{{"$ref": "{}.json"}}"#, number + 1).into_bytes()))
        .collect();
    let text = with_response("body: 1\nmatch: { $: { schema: { $ref: 0.json } } }");
    assert!(refused("a chain of files", &text, &many)[0].message.contains("more than 100 files"));
}

#[test]
fn body_files_must_be_in_the_contracts_folder() {
    let beside = files([("a.json", "1"), ("deep.json", &"[".repeat(100_000))]);
    for (path, part) in [
        ("../../etc/passwd", "leads out of the contract's folder"),
        ("a/../../a.json", "leads out of the contract's folder"),
        ("/etc/passwd", "isn't a relative path"),
        ("C:/a.json", "isn't a relative path"),
        ("a\\\\b", "isn't a relative path"),
        ("a\\0b", "isn't a relative path"),
        (".", "doesn't name a file"),
        ("", "doesn't name a file"),
        ("b.json", "there is no such file"),
        ("deep.json", "isn't JSON"),
    ] {
        let findings = refused(path, &with_response(&format!("body-file: \"{path}\"")), &beside);
        assert_eq!(codes(&findings), ["C208"], "{path}");
        assert!(findings[0].message.contains(part), "{path}: {}", lines(&findings));
    }
}

#[test]
fn numbers_of_any_size_are_compared_by_their_digits() {
    let digits = "9".repeat(1_000_000);
    let numbers = [
        digits.clone(),
        format!("{digits}.0"),
        format!("0.{}1", "0".repeat(1_000_000)),
        format!("1e{}", "9".repeat(1000)),
        String::from("1e999999999"),
        String::from("1e-999999999"),
        String::from("-1e9223372036854775807"),
        String::from("1e-9223372036854775808"),
    ];
    for (number, rule) in
        numbers.iter().zip(["exact", "integer", "number", "exact", "integer", "exact", "any", "exact"])
    {
        let what: String = number.chars().take(20).collect();
        let text = with_response(&format!("body: {{ a: {number} }}\nmatch: {{ a: {rule} }}"));
        let read = soon(&what, || read_ok(&text));
        assert_eq!(soon(&what, || check_examples(&source(&text), &own(&read.contract))), [], "{what}");
        soon(&what, || contract_id(&read.contract));
        soon(&what, || mismatches(&read.contract.interactions[0], &format!(r#"{{"a": {digits}}}"#)));
    }
    for schema in ["{ multipleOf: 0.01 }", "{ maximum: 1e999999999 }", "{ const: 1e-999999999 }", "{ type: integer }"] {
        let it = interaction(
            "method: GET\npath: /",
            &format!("status: 200\nbody: 1\nmatch: {{ $: {{ schema: {schema} }} }}"),
        );
        for number in &numbers {
            soon(schema, || mismatches(&it, number));
        }
    }
    for status in [&digits, "1e999999999", "-1", "1e-999999999"] {
        let text = text_of("method: GET\npath: /", &format!("status: {status}"));
        let findings = refused("a status", &text, &Files::new());
        assert!(lines(&findings).len() < 1000, "{}", lines(&findings));
    }
}

#[test]
fn keys_and_texts_with_control_characters_are_kept() {
    let text = with_response(r#"body: { "a\0\u001b[31m\u2028\"": "\r\n\t\u0007" }"#);
    let read = read_ok(&text);
    let written = write(&own(&read.contract));
    assert_eq!(read_ok(&written).contract, read.contract);
    assert!(!written.contains(['\u{1b}', '\0', '\r', '\u{2028}']));
    let found = mismatches(&read.contract.interactions[0], "{}");
    assert_eq!(found[0].path, "\"a\0\u{1b}[31m\u{2028}\\\"\"");
    let long = with_response(&format!("\"{}\": 1", "k".repeat(1000)));
    let findings = refused("a long key", &long, &Files::new());
    assert!(findings[0].message.len() < 200, "{}", findings[0].message);
    // Names that are special inside a library have no effect.
    for key in ["Number", "RawValue"] {
        let magic = with_response(&format!(r#"body: {{ "$serde_json::private::{key}": "1" }}"#));
        let read = read_ok(&magic);
        let body = format!(r#"{{"$serde_json::private::{key}":"1"}}"#);
        assert_eq!(mismatches(&read.contract.interactions[0], &body), []);
        assert_eq!(mismatches(&read.contract.interactions[0], "1").len(), 1);
        assert_eq!(read_ok(&write(&own(&read.contract))).contract, read.contract);
    }
}

#[test]
fn five_thousand_interactions_are_read_in_a_moment() {
    let contract = |number: usize| {
        let one = |index| {
            format!(
                "  - name: get order {index}
    given: [an order exists: {{ id: {index} }}]
    request: GET /orders/{index}?page=1
    response:
      status: 200
      headers: {{ content-type: application/json }}
      body: {{ id: {index}, items: [{{ sku: TEA-1, qty: 2 }}], status: paid }}
      match: {{ id: integer, items: 1+, \"items[].qty\": integer, status: [paid, open] }}
"
            )
        };
        String::from(HEAD) + &(0..number).map(one).collect::<String>()
    };
    let text = contract(5000);
    let read = soon("reading", || read_ok(&text));
    assert_eq!(read.contract.interactions.len(), 5000);
    let source = source(&text);
    let own = own(&read.contract);
    assert_eq!(soon("examples", || check_examples(&source, &own)), []);
    soon("identity", || contract_id(&read.contract));
    let written = soon("writing", || write(&own));
    assert_eq!(soon("lines", || (1..=40_000).filter(|number| !source.line(*number).is_empty()).count()), 40_000);
    soon("places", || {
        (0..5000).for_each(|index| assert!(source.place(&pointer(index).key("name")).is_some()));
    });
    assert_eq!(contract_id(&read_ok(&written).contract), contract_id(&read.contract));
    let file = file(Arc::new(source), read);
    assert_eq!(soon("examples and lint", || check(&file)), []);
}

/// With a limit that a test without optimization reaches, too.
#[test]
fn a_comparison_that_takes_too_much_work_ends_and_says_so() {
    let list = |text: &str, times: usize| format!("[{}]", vec![text; times].join(","));
    // Each element of three lists in each other is looked for among all others.
    let nested = (0..3).fold(String::from("1"), |inner, _| list(&inner, 40));
    let last = format!("{}2]]]", &nested[..nested.len() - 4]);
    let unordered = format!("\nbody: {nested}\nmatch: {{ $: unordered, \"[]\": unordered, \"[][]\": unordered }}");
    // Each of the example's elements is looked for among all of the response's.
    let wanted: Vec<String> = (0..200).map(|number| format!("{{ a: {{ b: {number} }} }}")).collect();
    let contains = format!("\nbody: [{}]\nmatch: {{ $: contains }}", wanted.join(", "));
    let many = list(r#"{"a":{"b":-1}}"#, 20_000);
    // Definitions that each refer to the next one twice.
    let definitions = (0..40).map(|level| {
        let next = format!("{{ $ref: \"#/$defs/d{}\" }}", level + 1);
        format!("d{level}: {{ anyOf: [ {next}, {next} ] }}, ")
    });
    let definitions: String = definitions.collect();
    let doubling = format!(
        "\nbody: {{ a: 1 }}\nmatch: {{ a: {{ schema: {{ $ref: \"#/$defs/d0\", $defs: {{ {definitions}d40: {{ type: string }} }} }} }} }}"
    );
    for (name, response, body) in [
        ("unordered", unordered, last),
        ("contains", contains, many),
        ("doubling", doubling, String::from("{\"a\":1}")),
    ] {
        let it = interaction("method: GET\npath: /", &format!("status: 200{response}"));
        let found = soon(name, || work::within(300_000, || mismatches(&it, &body)));
        assert_eq!(found.len(), 1, "{name}: {found:?}");
        assert_eq!(found[0].code.0, "M215", "{name}");
    }
}

#[test]
fn a_large_body_is_compared_in_time_that_grows_with_it() {
    let item = json!({"id": 1, "sku": "TEA-1", "tags": ["a", "b"], "price": 1.5, "note": null});
    let body = |elements: usize| Value::Array(vec![item.clone(); elements]).to_string();
    let it = |rules: &str| {
        interaction(
            "method: GET\npath: /",
            &format!("status: 200\nbody: [{{ id: 1, sku: x, tags: [a], price: 1 }}]{rules}"),
        )
    };
    let rules = "
match: { $: 1+, \"[].id\": integer, \"[].sku\": \"/[A-Z]+-[0-9]|x/\", \"[].tags\": 0+, \"[].price\": number }";
    let large = body(160_000);
    assert!(large.len() > 10_000_000, "{}", large.len());
    assert_eq!(soon("10 MB that uphold", || mismatches(&it(rules), &large)), []);
    let strict = "\nmatch: { \"[].id\": { schema: { type: integer } }, \"[]\": closed }";
    assert_eq!(soon("2 MB that break a rule in each element", || mismatches(&it(strict), &body(30_000))).len(), 500);
    let other = format!("{{\"a\": {}}}", body(30_000));
    assert_eq!(soon("2 MB that are of another kind", || mismatches(&it(""), &other)).len(), 1);

    let wide = format!("{{{}\"last\": 1}}", rows(50_000, |number| format!("\"key{number}\": {number}, ")));
    let it =
        interaction("method: POST\npath: /\nbody: { kye1: 1, kye2: 2 }", "status: 200\nbody: { kye1: 1, kye2: 2 }");
    assert_eq!(soon("an object with very many keys", || mismatches(&it, &wide)).len(), 2);
    let actual = ActualRequest {
        method: String::from("POST"),
        path: String::from("/"),
        body: wide.into_bytes(),
        ..ActualRequest::default()
    };
    let found = soon("none of which may be there", || match_request(http(&it), &actual, &Pointer::root()));
    assert_eq!(found.len(), 500);
}

#[test]
fn elements_in_any_order_are_paired_in_time() {
    let example: Vec<Value> = (0..400).map(|number| json!({"id": number, "name": format!("n{number}")})).collect();
    let list = |items: &[Value]| Value::Array(items.to_vec()).to_string();
    let it = |rule: &str| {
        interaction("method: GET\npath: /", &format!("status: 200\nbody: {}\nmatch: {{ $: {rule} }}", list(&example)))
    };
    let unordered = it("unordered");
    let mut turned = example.clone();
    turned.reverse();
    assert_eq!(soon("in the same order", || mismatches(&unordered, &list(&example))), []);
    assert_eq!(soon("the other way round", || mismatches(&unordered, &list(&turned))), []);
    turned[150] = json!({"id": "another"});
    assert_eq!(soon("with another one", || mismatches(&unordered, &list(&turned))).len(), 1);
    let contains = it("contains");
    turned.extend(vec![json!({"id": 0}); 2_000]);
    assert_eq!(soon("among many others", || mismatches(&contains, &list(&turned))).len(), 1);
    assert!(soon("among none", || mismatches(&contains, "[]")).len() <= 400);
    let any = interaction(
        "method: GET\npath: /",
        &format!("status: 200\nbody: {}\nmatch: {{ $: contains, \"[]\": any }}", list(&example)),
    );
    assert_eq!(soon("any elements", || mismatches(&any, &list(&turned))), []);
}

#[test]
fn a_binary_body_is_compared_as_a_whole() {
    let bytes: Vec<u8> = (0..4_000_000_u32).map(|number| u8::try_from(number % 251).unwrap()).collect();
    let response =
        Response { status: Status::Code(200), headers: Headers::new(), body: Some(Body::bytes(bytes.clone())) };
    let compared =
        |actual: &ActualResponse| matching::match_response(&response, &Rules::default(), actual, &Pointer::root());
    let mut actual = ActualResponse { status: 200, headers: Vec::new(), body: bytes };
    assert_eq!(soon("the same", || compared(&actual)), []);
    actual.body[3_000_000] ^= 1;
    let found = soon("another", || compared(&actual));
    assert!(found[0].actual.to_string().contains("at byte 3000000"), "{}", found[0].actual);
}
