//! `upheld lint`: all findings at once, each with its place, its line, a code and a help.

use insta::assert_snapshot;

use crate::support::{Answer, Provider, World};

/// Ten different mistakes, two of them in files of their own.
fn ten_mistakes() -> World {
    let world = World::new();
    world.write(
        "contracts/storefront/orders.yaml",
        "contract: 1
consumer: storefront
provider: orders
interactions:
  - name: get an order
    reqeust: GET /orders/42
    request: GET /orders/42
    response:
      status: 200
      body: { id: 42, state: open, live: no }
      match:
        id: [1, 2
        state: /(open/

  - name: list orders
    request: FETCH /orders
    response:
      status: 200
      body: { orders: [] }
",
    );
    world.write(
        "contracts/mobile/orders.yaml",
        "contract: 1
consumer: mobile
provider: orders
interactions:
  - name: get an order
    reqeust: GET /orders/41
    request: GET /orders/42
    response:
      status: 200
      body: { id: 42, state: open, live: no, state: paid }
      match:
        state: /(open/
        totl: integer

  - name: get an order
    request: FETCH /orders
    response:
      status: 2000
      headers: [content-type]
      body: { orders: [] }
",
    );
    world.write(
        "contracts/mobile/payments.yaml",
        "contract: 1\nconsumer: mobile\nprovider: payments\ninteractions:\n\t- name: pay\n",
    );
    world
}

#[test]
fn ten_mistakes_are_ten_findings_at_once() {
    assert_snapshot!(ten_mistakes().upheld(["lint"]), @r#"
    error[C102]: unknown key `reqeust`
      ╭▸ contracts/mobile/orders.yaml:6:5
      │
    6 │     reqeust: GET /orders/41
      │     ━━━━━━━
      │
      ╰ help: did you mean `request`?

    warning[Y201]: other YAML readers read `no` as a boolean
       ╭▸ contracts/mobile/orders.yaml:10:42
       │
    10 │       body: { id: 42, state: open, live: no, state: paid }
       │                                          ━━
       │
       ╰ help: quote it: "no"

    error[Y102]: the key `state` is used twice
       ╭▸ contracts/mobile/orders.yaml:10:46
       │
    10 │       body: { id: 42, state: open, live: no, state: paid }
       │                       ───── first used here  ━━━━━
       │
       ╰ help: it is first used in line 10: keep one of the two

    error[C304]: this regular expression can't be used: unclosed group
       ╭▸ contracts/mobile/orders.yaml:12:16
       │
    12 │         state: /(open/
       │                ━━━━━━━
       │
       ╰ help: it must match the whole value; look-around and back-references aren't supported

    error[C302]: `totl` selects nothing in the example
       ╭▸ contracts/mobile/orders.yaml:13:9
       │
    13 │         totl: integer
       │         ━━━━
       │
       ╰ help: the body has no `totl`

    error[C202]: another interaction is named `get an order`, in line 5
       ╭▸ contracts/mobile/orders.yaml:15:11
       │
     5 │   - name: get an order
       │           ──────────── already used here
       ┆
    15 │   - name: get an order
       │           ━━━━━━━━━━━━
       │
       ╰ help: give each interaction its own name: reports and --only use it to identify them

    error[C203]: `FETCH` isn't an HTTP method
       ╭▸ contracts/mobile/orders.yaml:16:14
       │
    16 │     request: FETCH /orders
       │              ━━━━━━━━━━━━━
       │
       ╰ help: use one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE, QUERY, COPY, LOCK, MKCOL, MOVE, PROPFIND, PROPPATCH, REPORT, SEARCH, UNLOCK

    error[C105]: `status` must be at most 599, not `2000`
       ╭▸ contracts/mobile/orders.yaml:18:15
       │
    18 │       status: 2000
       ╰╴              ━━━━

    error[C104]: `headers` must be a mapping, not a list
       ╭▸ contracts/mobile/orders.yaml:19:16
       │
    19 │       headers: [content-type]
       │                ━━━━━━━━━━━━━
       │
       ╰ help: the headers that the consumer needs

    error[C306]: an empty list at `orders` doesn't say what the consumer needs
       ╭▸ contracts/mobile/orders.yaml:20:23
       │
    20 │       body: { orders: [] }
       │                       ━
       │
       ╰ help: add a rule: `orders: 0+` for any number of elements, `orders: exact` for no elements

    error[Y101]: this is not YAML: tabs disallowed within this context (block indentation)
      ╭▸ contracts/mobile/payments.yaml:5:2
      │
    5 │     - name: pay
      │     ━
      │
      ╰ help: YAML indents with spaces: replace the tab

    warning[Y201]: other YAML readers read `no` as a boolean
       ╭▸ contracts/storefront/orders.yaml:10:42
       │
    10 │       body: { id: 42, state: open, live: no }
       │                                          ━━
       │
       ╰ help: quote it: "no"

    error[Y101]: this is not YAML: illegal placement of ':' indicator
       ╭▸ contracts/storefront/orders.yaml:13:14
       │
    13 │         state: /(open/
       ╰╴             ━

    11 errors, 2 warnings in 3 files
    [exit code 2]
    "#);
}

#[test]
fn findings_have_forms_for_programs_and_for_github() {
    let world = ten_mistakes();
    assert_snapshot!("findings_as_json", world.upheld(["lint", "--report", "json"]));
    assert_snapshot!("findings_as_annotations", world.upheld(["lint", "--report", "github"]));
}

#[test]
fn verify_shows_the_same_findings_and_sends_nothing() {
    let world = ten_mistakes();
    let provider = Provider::new(|_| Answer::status(200));
    let output = world.upheld(["verify", "orders", "--url", &provider.url()]);
    assert_eq!(output.code, Some(2));
    assert_eq!(output.stdout, "");
    assert_eq!(output.stderr, world.upheld(["lint"]).stdout);
    assert_eq!(provider.connections(), 0);
}

const UNWISE: &str = "
  - name: get a thing
    request: { method: GET, path: /thing, body: { a: 1 } }
    response: { status: 200, body: { answer: no } }
  - name: get the same thing
    request: { method: GET, path: /thing, body: { a: 1 } }
    response: { status: 200, body: { answer: \"no\" } }
";

#[test]
fn warnings_alone_exit_with_0_or_with_2_if_strict() {
    let world = World::with(UNWISE);
    assert_snapshot!(world.upheld(["lint"]), @r#"
    warning[L104]: a GET request should have no body (RFC 9110, section 9.3)
      ╭▸ contracts/storefront/orders.yaml:6:14
      │
    6 │     request: { method: GET, path: /thing, body: { a: 1 } }
      │              ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
      │
      ╰ help: remove the body, or use POST or QUERY

    warning[Y201]: other YAML readers read `no` as a boolean
      ╭▸ contracts/storefront/orders.yaml:7:46
      │
    7 │     response: { status: 200, body: { answer: no } }
      │                                              ━━
      │
      ╰ help: quote it: "no"

    warning[L101]: this interaction is the same as `get a thing`, except for its name
      ╭▸ contracts/storefront/orders.yaml:8:11
      │
    5 │   - name: get a thing
      │           ─────────── the same interaction
      ┆
    8 │   - name: get the same thing
      │           ━━━━━━━━━━━━━━━━━━
      │
      ╰ help: keep one of the two

    warning[L104]: a GET request should have no body (RFC 9110, section 9.3)
      ╭▸ contracts/storefront/orders.yaml:9:14
      │
    9 │     request: { method: GET, path: /thing, body: { a: 1 } }
      │              ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
      │
      ╰ help: remove the body, or use POST or QUERY

    4 warnings in 1 file
    1 contract, 2 interactions: no errors
    [exit code 0]
    "#);
    assert_eq!(world.upheld(["lint", "--strict"]).code, Some(2));
    assert_eq!(world.upheld(["lint", "--report", "json"]).code, Some(0));
}

#[test]
fn valid_contracts_are_counted() {
    let world = World::with("  - name: get\n    request: GET /a\n    response: { status: 200 }\n");
    world.registry("  orders: { states: none }\n");
    assert_snapshot!(world.upheld(["lint"]), @"
    1 contract, 1 interaction: no problems found
    [exit code 0]
    ");
    assert_snapshot!(world.upheld(["lint", "--report", "json"]), @r#"
    {
      "format": 1,
      "command": "lint",
      "findings": []
    }
    [exit code 0]
    "#);
    assert_snapshot!(world.upheld(["lint", "--report", "github"]), @"[exit code 0]");
    assert_snapshot!(world.upheld(["lint", "contracts/upheld.yaml"]), @"
    registry: no problems found
    [exit code 0]
    ");
}

#[test]
fn the_registry_is_checked_too() {
    let world = World::with("  - name: get\n    request: GET /a\n    response: { status: 200 }\n");
    world.registry(
        "  orders:\n    strat: ./run\n    health: POST /health\n    start-timeout: soon\n    owners: team\n  my orders: {}\n",
    );
    assert_snapshot!(world.upheld(["lint"]), @"
    error[C102]: unknown key `strat`
      ╭▸ contracts/upheld.yaml:4:5
      │
    4 │     strat: ./run
      │     ━━━━━
      │
      ╰ help: did you mean `start`?

    error[C105]: `health` must not be `POST /health`
      ╭▸ contracts/upheld.yaml:5:13
      │
    5 │     health: POST /health
      │             ━━━━━━━━━━━━
      │
      ╰ help: the request that returns 2XX once it is ready: `GET /health`. Without it, accepting a connection is enough

    error[R103]: `soon` isn't a length of time
      ╭▸ contracts/upheld.yaml:6:20
      │
    6 │     start-timeout: soon
      │                    ━━━━
      │
      ╰ help: write a number and its unit: `500ms`, `30s`, `2m`

    error[C104]: `owners` must be a list, not text
      ╭▸ contracts/upheld.yaml:7:13
      │
    7 │     owners: team
      │             ━━━━
      │
      ╰ help: who owns it

    error[R102]: `my orders` isn't a valid name: use at most 100 letters, digits, `.`, `_` and `-`, beginning with a letter or a digit
      ╭▸ contracts/upheld.yaml:8:3
      │
    8 │   my orders: {}
      ╰╴  ━━━━━━━━━

    5 errors in 1 file
    [exit code 2]
    ");
}

#[test]
fn files_and_folders_can_be_named() {
    let world = ten_mistakes();
    assert_eq!(
        world.upheld(["lint", "contracts/mobile/payments.yaml"]).stdout.lines().last(),
        Some("1 error in 1 file")
    );
    let output = world.upheld(["lint", "contracts/mobile", "contracts/none"]);
    assert!(output.stdout.contains("contracts/none"), "{output}");
    assert_eq!(world.upheld(["lint", "--report", "xml"]).code, Some(2));
}

#[test]
fn verify_reports_findings_in_the_forms_that_support_them_and_leaves_no_old_report() {
    let world = ten_mistakes();
    world.write("old.xml", "the report of a run before");
    let form = |form: &str| world.upheld(["verify", "--report", form, "--report", "junit=old.xml"]);
    let lint = |form: &str| world.upheld(["lint", "--report", form]).stdout;
    assert_eq!(form("json").stdout, lint("json").replace("\"lint\"", "\"verify\""));
    assert_eq!(form("github").stdout, lint("github"));
    assert_eq!(form("github=r.txt").stdout, "");
    assert_eq!(world.read("r.txt"), lint("github"));
    assert!(!world.path("old.xml").exists());
    assert_eq!(form("markdown").stdout, "");
}

#[test]
fn a_file_with_a_json_name_and_other_content_is_reported() {
    let world = World::with("  - name: get\n    request: GET /a\n    response: { status: 200 }\n");
    world.write("contracts/pacts/empty.json", "\n");
    world.write("contracts/pacts/page.json", "<!DOCTYPE html>\n<title>404</title>\n");
    // Other files beside contracts are ignored.
    world.write("contracts/package.json", r#"{"name": "web", "consumer": {"a": 1}}"#);
    world.write("contracts/text.json", r#""text""#);
    world.write("contracts/tsconfig.json", "// with a comment\n{}");
    assert_snapshot!(world.upheld(["lint"]), @"
    warning[F103]: the file is empty and is ignored
     ╭▸ contracts/pacts/empty.json
     ╰ help: if it should be a Pact file, write or fetch it again; otherwise remove it from the folder

    warning[F103]: the file isn't valid JSON and is ignored
     ╭▸ contracts/pacts/page.json
     ╰ help: if it should be a Pact file, write or fetch it again; otherwise remove it from the folder

    2 warnings in 2 files
    1 contract, 1 interaction: no errors
    [exit code 0]
    ");
    let verified = world.upheld(["verify", "--url", "http://127.0.0.1:9"]);
    assert!(verified.stderr.contains("note: 2 warnings about the contracts"), "{verified}");
    world.write("pacts/page.json", "<!DOCTYPE html>");
    assert_snapshot!(world.upheld(["lint", "pacts"]), @"
    ------- stderr -------
    error: there is no contract in `pacts`
    help: pacts/page.json: the file isn't valid JSON and is ignored
    help: a contract is a file <consumer>/<provider>.yaml, or a Pact file; `upheld init` writes a first one
    [exit code 2]
    ");
}

#[test]
fn a_pact_file_without_interactions_is_an_error_but_a_body_that_looks_like_one_isnt() {
    let world = World::with(
        "  - name: get\n    request: GET /a\n    response: { status: 200, headers: { content-type: application/json }, body-file: a/body.json }\n",
    );
    let parties = r#"{"consumer": {"name": "web"}, "provider": {"name": "orders"}}"#;
    world.write("contracts/storefront/a/body.json", parties);
    assert_snapshot!(world.upheld(["lint"]), @"
    1 contract, 1 interaction: no problems found
    [exit code 0]
    ");
    world.write("contracts/web.json", parties);
    assert_snapshot!(world.upheld(["lint"]), @r#"
    error[P102]: a Pact file must have a list `interactions`
      ╭▸ contracts/web.json:1:1
      │
    1 │ {"consumer": {"name": "web"}, "provider": {"name": "orders"}}
      │ ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
      │
      ╰ help: correct it in the test that writes this file

    1 error in 1 file
    [exit code 2]
    "#);
}
