//! Pact files through the real program: wherever a contract is taken, one of Pact's is, too.

use insta::assert_snapshot;
use serde_json::{Value, json};

#[cfg(unix)]
use super::support::client::send;
use super::support::{Answer, Provider, World};

/// A file of version 4: an interaction with a state, one that is pending, a message, and one of a plugin.
fn orders() -> Value {
    json!({
        "consumer": {"name": "Web Shop"},
        "interactions": [
            {
                "description": "get an order",
                "providerStates": [{"name": "an order exists", "params": {"id": 42}}],
                "request": {
                    "generators": {"path": {"expression": "/orders/${id}", "type": "ProviderState"}},
                    "headers": {"Accept": ["application/json"]},
                    "method": "GET",
                    "path": "/orders/42"
                },
                "response": {
                    "body": {
                        "content": {"id": 42, "items": [{"qty": 2, "sku": "TEA-1"}], "status": "paid"},
                        "contentType": "application/json",
                        "encoded": false
                    },
                    "headers": {"Content-Type": ["application/json"]},
                    "matchingRules": {"body": {
                        "$.id": {"combine": "AND", "matchers": [{"match": "integer"}]},
                        "$.items": {"combine": "AND", "matchers": [{"match": "type", "min": 1}]},
                        "$.status": {"combine": "AND", "matchers": [{"match": "regex", "regex": "paid|open"}]}
                    }},
                    "status": 200
                },
                "type": "Synchronous/HTTP"
            },
            {
                "comments": {"text": ["not yet"]},
                "description": "cancel an order",
                "pending": true,
                "request": {"method": "DELETE", "path": "/orders/42"},
                "response": {"status": 204},
                "type": "Synchronous/HTTP"
            },
            {
                "contents": {"content": {"id": 42}, "contentType": "application/json", "encoded": false},
                "description": "an order was placed",
                "type": "Asynchronous/Messages"
            },
            {
                "description": "get a label",
                "request": {"method": "GET", "path": "/label"},
                "response": {"matchingRules": {"body": {"$": {"matchers": [{"match": "protobuf"}]}}}, "status": 200},
                "type": "Synchronous/HTTP"
            }
        ],
        "metadata": {"pactSpecification": {"version": "4.0"}, "plugins": [{"name": "protobuf", "version": "0.5.4"}]},
        "provider": {"name": "orders"}
    })
}

fn world(pact: &Value) -> World {
    let world = World::new();
    world.write("pacts/shop-orders.json", format!("{pact:#}"));
    world
}

/// A provider with a state endpoint; the test chooses its response for an order.
fn provider(order: &'static str) -> Provider {
    Provider::new(move |request| match request.line().as_str() {
        "POST /_pact/states" => Answer::json(r#"{"id": 7}"#),
        "GET /orders/7" => Answer::json(order),
        _ => Answer::status(404),
    })
}

#[test]
fn a_pact_file_is_verified_as_it_is_with_the_state_endpoint_that_the_provider_has() {
    let world = world(&orders());
    let provider = provider(r#"{"id": 7, "status": "open", "items": [{"sku": "X", "qty": 1}, {"sku": 5, "qty": 1}]}"#);
    let url = provider.url();
    let output = world.upheld(["verify", "pacts/", "--url", &url, "--states", "POST /_pact/states"]);
    assert_snapshot!(output, @r#"
    broken  Web-Shop → orders  get an order                pacts/shop-orders.json:6
            given  an order exists (id: 42)
            GET /orders/7 → 200

            body  items[1].sku   expected a string, like "TEA-1"
                                 got 5, a number
              61 │   "$.items": {
                 │              ╰── required here
            help: orders sends a number here. If that is intended, Web-Shop must agree: change its contract and publish it.

    pending Web-Shop → orders  cancel an order             pacts/shop-orders.json:85
            DELETE /orders/42 → 404

            status   expected 204
                     got 404
              98 │   "status": 204
                 │             ╰── required here
            help: orders has nothing at this address. If that depends on data, name a provider state in the contract.
            pending: its contract says so, so it does not fail the run

    skipped Web-Shop → orders  an order was placed         pacts/shop-orders.json:102
            E403: it was not run: it is a message, and only HTTP is supported so far
    skipped Web-Shop → orders  get a label                 pacts/shop-orders.json:113
            E403: it was not run: the matcher `protobuf` comes from a plugin, and plugins aren't supported

    BROKEN  4 interactions: 1 broken, 2 skipped, 1 pending in <time>
    ------- stderr -------
    note: 3 warnings about the contracts: see `upheld lint`
    note: skipped interactions keep the run from exiting with 0; --without-skipped leaves them out
    [exit code 1]
    "#);
    assert_snapshot!(provider.requests().iter().map(|it| format!("{} {}\n", it.line(), it.body)).collect::<String>(), @r#"
    POST /_pact/states {"state":"an order exists","params":{"id":42},"action":"setup"}
    GET /orders/7 
    DELETE /orders/42
    "#);
}

#[test]
fn unrunnable_interactions_never_make_a_run_look_better() {
    let mut pact = orders();
    pact["interactions"].as_array_mut().unwrap().remove(1);
    let world = world(&pact);
    let provider = provider(r#"{"id": 7, "status": "open", "items": [{"sku": "X", "qty": 1}]}"#);
    let url = provider.url();
    let output = world.upheld(["verify", "pacts/", "--url", &url, "--states", "POST /_pact/states"]);
    assert_snapshot!(output, @"
    upheld  Web-Shop → orders  get an order
    skipped Web-Shop → orders  an order was placed         pacts/shop-orders.json:85
            E403: it was not run: it is a message, and only HTTP is supported so far
    skipped Web-Shop → orders  get a label                 pacts/shop-orders.json:96
            E403: it was not run: the matcher `protobuf` comes from a plugin, and plugins aren't supported

    ERROR   3 interactions: 2 skipped, 1 upheld in <time>
    ------- stderr -------
    note: 3 warnings about the contracts: see `upheld lint`
    note: skipped interactions keep the run from exiting with 0; --without-skipped leaves them out
    [exit code 5]
    ");
    assert_snapshot!(world.upheld(["verify", "pacts/", "--url", &url, "--states", "POST /_pact/states", "--without-skipped"]), @"
    upheld  Web-Shop → orders  get an order

    UPHELD  1 interaction in <time>
    ------- stderr -------
    note: 3 warnings about the contracts: see `upheld lint`
    note: left out: 2 interactions that can't be run; see `upheld lint`
    [exit code 0]
    ");
    pact["interactions"].as_array_mut().unwrap().remove(0);
    world.write("messages/shop-orders.json", pact.to_string());
    assert_snapshot!(world.upheld(["verify", "messages/", "--url", &url, "--without-skipped"]), @"
    ------- stderr -------
    note: 3 warnings about the contracts: see `upheld lint`
    note: left out: 2 interactions that can't be run; see `upheld lint`
    error: nothing to verify: no interaction can be run
    help: leave out --without-skipped to see each of them and why
    [exit code 2]
    ");
    let only = ["verify", "pacts/", "--url", &url, "--states", "POST /_pact/states", "--only", "get an order"];
    assert_eq!(world.upheld(only).code, Some(0));
}

#[test]
fn lint_reports_unwise_and_skipped_parts_of_a_pact_file() {
    let mut pact = orders();
    pact["interactions"][0]["response"]["matchingRules"]["body"]["$.nmae"] = json!({"matchers": [{"match": "type"}]});
    assert_snapshot!(world(&pact).upheld(["lint", "pacts"]), @r#"
    warning[P201]: `Web Shop` isn't a valid service name; Upheld uses Web-Shop
      ╭▸ pacts/shop-orders.json:3:13
      │
    3 │     "name": "Web Shop"
      │             ━━━━━━━━━━
      │
      ╰ help: names have letters, digits, `.`, `_` and `-`, so they can be file names and words in a shell

    warning[P204]: `$.nmae` leads to nothing in the example, so the rule has no effect
       ╭▸ pacts/shop-orders.json:79:23
       │
    79 │             "$.nmae": {
       │                       ━
       │
       ╰ help: correct the path in the test that writes this file, or remove the rule

    warning[P203]: `an order was placed` is skipped: it is a message, and only HTTP is supported so far
        ╭▸ pacts/shop-orders.json:109:5
        │
    109 │     {
        │     ━
        │
        ╰ help: test it in another way; --without-skipped leaves it out

    warning[P203]: `get a label` is skipped: the matcher `protobuf` comes from a plugin, and plugins aren't supported
        ╭▸ pacts/shop-orders.json:129:18
        │
    129 │             "$": {
        │                  ━
        │
        ╰ help: test it in another way; --without-skipped leaves it out

    4 warnings in 1 file
    1 contract, 4 interactions (2 skipped): no errors
    [exit code 0]
    "#);
}

#[test]
fn a_broken_pact_file_gives_its_faults_with_their_places() {
    let world = World::new();
    world.write(
        "pacts/broken.json",
        r#"{
  "consumer": {"name": "shop"},
  "provider": {},
  "interactions": [
    {"description": "a", "request": {"method": 5, "path": "/"}, "response": {"status": "x"}},
    {"description": "b", "request": {"headers": {"X Y": "1"}}, "response": {
      "matchingRules": {"body": {"$.a": {"matchers": [{"match": "regex", "regex": "("}]}, "$..": {"matchers": []}}}
    }},
    7
  ],
  "metadata": {"pactSpecification": {"version": "3.0.0"}}
}
"#,
    );
    world.write("pacts/truncated.json", r#"{"consumer": {"name": "shop"}, "interactions": [{"description": "a", "#);
    world.write(
        "pacts/newer.json",
        r#"{"consumer": {}, "interactions": [], "metadata": {"pactSpecification": {"version": "9.0"}}}"#,
    );
    assert_snapshot!(world.upheld(["lint", "pacts"]), @r#"
    error[P102]: the provider has no name
      ╭▸ pacts/broken.json:3:15
      │
    3 │   "provider": {},
      │               ━
      │
      ╰ help: a Pact file has `"provider": {"name": "…"}`

    error[P102]: `method` must be the name of a method
      ╭▸ pacts/broken.json:5:48
      │
    5 │     {"description": "a", "request": {"method": 5, "path": "/"}, "response": {"status": "x"}},
      │                                                ━
      │
      ╰ help: correct it in the test that writes this file

    error[P102]: `status` must be a number from 100 to 599
      ╭▸ pacts/broken.json:5:88
      │
    5 │     {"description": "a", "request": {"method": 5, "path": "/"}, "response": {"status": "x"}},
      │                                                                                        ━━━
      │
      ╰ help: correct it in the test that writes this file

    error[P102]: the header `X Y` can't be sent
      ╭▸ pacts/broken.json:6:57
      │
    6 │     {"description": "b", "request": {"headers": {"X Y": "1"}}, "response": {
      │                                                         ━━━
      │
      ╰ help: correct it in the test that writes this file

    error[P103]: the path `$..`: a name is missing
      ╭▸ pacts/broken.json:7:98
      │
    7 │       "matchingRules": {"body": {"$.a": {"matchers": [{"match": "regex", "regex": "("}]}, "$..": {"matchers": []}}}
      │                                                                                                  ━━━━━━━━━━━━━━━
      │
      ╰ help: correct it in the test that writes this file

    warning[P205]: this rule has no effect: its list of matchers is empty
      ╭▸ pacts/broken.json:7:98
      │
    7 │       "matchingRules": {"body": {"$.a": {"matchers": [{"match": "regex", "regex": "("}]}, "$..": {"matchers": []}}}
      │                                                                                                  ━━━━━━━━━━━━━━━
      │
      ╰ help: correct it in the test that writes this file

    error[P102]: an interaction must be an object
      ╭▸ pacts/broken.json:9:5
      │
    9 │     7
      │     ━
      │
      ╰ help: correct it in the test that writes this file

    error[P102]: this Pact file has version 9.0; versions 1 to 4 are supported
      ╭▸ pacts/newer.json:1:50
      │
    1 │ {"consumer": {}, "interactions": [], "metadata": {"pactSpecification": {"version": "9.0"}}}
      │                                                  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
      │
      ╰ help: a newer version of Upheld may support it

    error[P101]: this Pact file isn't valid JSON: EOF while parsing a value
      ╭▸ pacts/truncated.json:1:69
      │
    1 │ {"consumer": {"name": "shop"}, "interactions": [{"description": "a", 
      │                                                                     ━
      │
      ╰ help: it is cut off; write it again, or fetch it again

    8 errors, 1 warning in 3 files
    [exit code 2]
    "#);
    assert_eq!(world.upheld(["verify", "pacts/", "--url", "http://127.0.0.1:9"]).code, Some(2));
}

#[test]
fn a_report_is_never_written_over_a_contract() {
    let world = world(&orders());
    world.contract("storefront", "orders", "  - { name: a, request: GET /, response: { status: 200 } }\n");
    for file in ["pacts/shop-orders.json", "contracts/storefront/orders.yaml"] {
        let before = world.read(file);
        let report = format!("json={file}");
        let output = world.upheld(["verify", file, "--url", "http://127.0.0.1:9", "--report", &report]);
        assert_eq!(output.code, Some(2), "{}", output.stderr);
        assert!(output.stderr.contains("a contract or a registry is there"), "{}", output.stderr);
        assert_eq!(world.read(file), before);
    }
}

#[test]
fn a_pact_file_that_ends_too_early_is_never_passed_over() {
    let whole = orders().to_string();
    for end in [whole.len() - 1, whole.len() - 30, 60, 33] {
        let world = world(&orders());
        world.write("pacts/cut.json", &whole[..end]);
        let output = world.upheld(["verify", "pacts/", "--url", "http://127.0.0.1:9"]);
        assert_eq!(output.code, Some(2), "{end}: {}{}", output.stdout, output.stderr);
        assert!(output.stderr.contains("P101"), "{end}: {}", output.stderr);
    }
}

#[test]
fn recording_adds_nothing_to_a_pact_file() {
    let world = World::new();
    world.write("contracts/storefront/orders.yaml", format!("{:#}", orders()));
    let provider = provider("{}");
    let url = provider.url();
    let output =
        world.upheld(["record", "--consumer", "storefront", "--provider", "orders", "--upstream", &url, "--", "true"]);
    assert_eq!(output.code, Some(2), "{}", output.stderr);
}

/// From the Pact file that a build of the consumer writes to the gate of its provider: the file itself is what lies in the
/// store.
#[test]
fn a_published_pact_file_is_verified_from_the_store_and_required_by_the_gate() {
    let mut pact = orders();
    pact["interactions"].as_array_mut().unwrap().truncate(1);
    let world = world(&pact);
    let run = |arguments: &[&str]| world.upheld(arguments.iter().copied().chain(["--store", "store"]));
    let done = |arguments: &[&str]| {
        let output = run(arguments);
        assert_eq!(output.code, Some(0), "{arguments:?}: {}{}", output.stdout, output.stderr);
    };
    done(&["store", "init", "--service", "Web-Shop", "--service", "orders"]);
    done(&["publish", "Web-Shop@1", "--branch", "main", "--contracts", "pacts"]);
    done(&["publish", "orders@2", "--branch", "main", "--no-contracts"]);
    done(&["deployed", "Web-Shop@1", "--to", "production"]);
    assert_eq!(run(&["gate", "orders@2", "--to", "production"]).code, Some(3), "nothing is verified yet");
    let broken = provider(r#"{"id": 7, "status": "lost", "items": [{"sku": "X", "qty": 1}]}"#);
    let url = broken.url();
    let verify = |version: &str, url: &str| {
        run(&["verify", "orders", "--url", url, "--states", "POST /_pact/states", "--publish", "--version", version])
            .code
    };
    assert_eq!(verify("2", &url), Some(1));
    let denied = run(&["gate", "orders@2", "--to", "production"]);
    assert_eq!(denied.code, Some(1));
    assert!(
        denied.stdout.contains("get an order   body status   expected text that matches /paid|open/"),
        "{}",
        denied.stdout
    );
    done(&["publish", "orders@3", "--branch", "main", "--no-contracts"]);
    let right = provider(r#"{"id": 7, "status": "open", "items": [{"sku": "X", "qty": 1}]}"#);
    let url = right.url();
    assert_eq!(verify("3", &url), Some(0));
    done(&["gate", "orders@3", "--to", "production"]);
}

#[test]
#[cfg(unix)]
fn a_pact_file_is_mocked_with_its_rules_and_the_values_that_its_generators_make() {
    let mut pact = orders();
    let response = &mut pact["interactions"][0]["response"];
    response["body"]["content"]["href"] = json!("http://localhost:1234/orders/42");
    response["generators"] = json!({"body": {
        "$.id": {"type": "RandomInt", "min": 1000, "max": 1999},
        "$.href": {"type": "MockServerURL", "example": "http://localhost:1234/orders/42", "regex": ".*(/orders/\\d+)$"}
    }});
    let rule = json!({"matchers": [{"match": "regex", "regex": "/orders/\\d+"}]});
    pact["interactions"][1]["request"]["matchingRules"] = json!({"path": rule});
    let world = world(&pact);
    let mock = world.wrap(["mock", "pacts/shop-orders.json"]);
    let came = send(mock.url(), "GET /orders/42", &["Accept: application/json"], b"").json();
    let id = came["id"].as_i64().unwrap();
    assert!((1000..2000).contains(&id), "{came}");
    // The client of these tests names the host `test`.
    assert_eq!(came["href"], json!("http://localhost/orders/42"));
    let came = send(mock.url(), "GET /orders/42", &["Accept: text/html"], b"");
    assert_eq!(came.status, 501);
    assert_eq!(send(mock.url(), "DELETE /orders/7", &[], b"").status, 204, "a rule allows any number in the path");
    mock.ends_with(1);
}

#[test]
fn states_are_torn_down_after_interactions_of_pact_files_on_demand_only() {
    let world = world(&orders());
    let provider = provider(r#"{"id": 7, "status": "open", "items": [{"sku": "X", "qty": 1}]}"#);
    let url = provider.url();
    let run = |more: &[&str]| {
        let all = ["verify", "pacts/", "--url", &url, "--states", "POST /_pact/states", "--only", "get an order"];
        let before = provider.requests().len();
        assert_eq!(world.upheld([&all, more].concat()).code, Some(0));
        let calls = provider.requests().into_iter().skip(before).filter(|it| it.line() == "POST /_pact/states");
        calls.map(|it| it.body.contains("teardown")).collect::<Vec<_>>()
    };
    assert_eq!(run(&[]), [false]);
    assert_eq!(run(&["--teardown"]), [false, true]);
}

#[test]
fn what_nothing_can_be_is_the_file_s_own_fault() {
    let mut pact = orders();
    pact["interactions"].as_array_mut().unwrap().truncate(1);
    pact["interactions"][0]["providerStates"] = json!([]);
    pact["metadata"]["plugins"] = json!([]);
    pact["interactions"][0]["response"]["matchingRules"]["body"] = json!({"$.status": {"matchers": [{"match": "regex", "regex": "(["}]}, "$.id": {"matchers": [{"match": "integr"}]}});
    let world = world(&pact);
    let provider =
        Provider::new(|_| Answer::json(r#"{"id": 7, "status": "open", "items": [{"sku": "TEA-1", "qty": 2}]}"#));
    assert_snapshot!(world.upheld(["verify", "pacts/", "--url", &provider.url()]), @r#"
    broken  Web-Shop → orders  get an order                pacts/shop-orders.json:6
            GET /orders/42 → 200

            body  id       expected a match for a rule that can't be used: Pact has no matcher `integr`; did you mean `integer`?
                           got 7, a number
              54 │   "$.id": {
                 │           ╰── required here

            body  status   expected a match for a rule that can't be used: this regular expression can't be used: Parsing error at position 2: Invalid character class
                           got "open", a string
              46 │   "$.status": {
                 │               ╰── required here
            help: the Pact file itself is wrong here, and orders can't do anything about it: correct it in Web-Shop's test that writes it.

    BROKEN  1 interaction: 1 broken in <time>
    ------- stderr -------
    note: 3 warnings about the contracts: see `upheld lint`
    [exit code 1]
    "#);
    pact["interactions"][0]["type"] = json!("Synchronous/HTPP");
    world.write("pacts/shop-orders.json", format!("{pact:#}"));
    assert_snapshot!(world.upheld(["verify", "pacts/", "--url", &provider.url()]), @r#"
    skipped Web-Shop → orders  get an order                pacts/shop-orders.json:6
            E403: it was not run: its type "Synchronous/HTPP" isn't Synchronous/HTTP, and only HTTP is supported so far

    ERROR   1 interaction: 1 skipped in <time>
    ------- stderr -------
    note: 2 warnings about the contracts: see `upheld lint`
    note: skipped interactions keep the run from exiting with 0; --without-skipped leaves them out
    [exit code 5]
    "#);
}

#[test]
fn a_pact_file_without_interactions_is_reported() {
    let mut pact = orders();
    pact["interactions"] = json!([]);
    let world = world(&pact);
    assert_snapshot!(world.upheld(["verify", "pacts/", "--url", "http://127.0.0.1:9"]), @"
    ------- stderr -------
    note: 1 warning about the contracts: see `upheld lint`
    error: there is no interaction in `pacts/shop-orders.json`
    help: tests that send no request leave such a file behind: run all of the consumer's tests, or delete it
    [exit code 2]
    ");
    assert_eq!(world.upheld(["mock", "pacts/", "--", "true"]).code, Some(2));
}

#[test]
#[cfg(unix)]
fn a_mock_of_messages_alone_says_that_they_are_skipped() {
    let mut pact = orders();
    pact["interactions"].as_array_mut().unwrap().drain(..2);
    let world = world(&pact);
    let mock = world.wrap(["mock", "pacts/shop-orders.json"]);
    assert_eq!(send(mock.url(), "GET /orders/42", &[], b"").status, 501);
    assert_snapshot!(mock.ends_with(1), @"
    0 of 0 interactions used, by 1 request, 1 refused
    ------- stderr -------
    refused  GET /orders/42
            help: all 2 interactions with orders are skipped because they can't be run: `upheld lint` says why
    [exit code 1]
    ");
    assert!(world.upheld(["lint", "pacts"]).stdout.ends_with("1 contract, 2 interactions (2 skipped): no errors\n"));
}
