//! Provider states in `upheld verify`: set up before a request, torn down after it, and what happens if that fails.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{Answer, Provider, Request, World};

const NEEDS_STATES: &str = "
  - name: get an order
    given:
      - a customer exists: { name: Ada }
      - an order exists: { id: 42 }
    request: GET /orders/${id}?by=${name}
    response:
      status: 200
      body: { id: \"${id}\", by: Ada }
      match: { id: exact, by: exact }
";

const NEXT: &str = "
  - name: list the orders
    request: GET /orders
    response: { status: 200 }
";

/// A provider with a state handler, which makes orders of the number 7 for every request.
fn orders(request: &Request) -> Answer {
    if request.path != "/_states" {
        return Answer::json(r#"{"id": 7, "by": "Ada"}"#);
    }
    match request.json()["state"].as_str() {
        Some("an order exists") => Answer::json(r#"{"id": 7}"#),
        Some("a customer exists") => Answer::status(204),
        _ => Answer::text(422, "no such state:\n  there is `an order exists`"),
    }
}

/// The requests that a provider's state handler got, and the provider's own between them.
fn story(provider: &Provider) -> Vec<String> {
    let told = |request: &Request| match request.path.as_str() {
        "/_states" => format!("{} {}", request.json()["action"].as_str().unwrap(), request.json()["state"]),
        _ => request.line(),
    };
    provider.requests().iter().map(told).collect()
}

#[test]
fn states_are_set_up_in_order_and_torn_down_in_reverse_and_their_values_are_used() {
    let world = World::with(NEEDS_STATES);
    let provider = Provider::new(orders);
    world.registry("  orders: { states: POST /_states }\n");
    assert_snapshot!(world.upheld(["verify", "--url", &provider.url()]), @"
    upheld  storefront → orders  get an order

    UPHELD  1 interaction in <time>
    [exit code 0]
    ");
    assert_eq!(
        story(&provider),
        [
            r#"setup "a customer exists""#,
            r#"setup "an order exists""#,
            "GET /orders/7?by=Ada",
            r#"teardown "an order exists""#,
            r#"teardown "a customer exists""#,
        ]
    );
    let first = &provider.requests()[0];
    assert_eq!(first.json(), json!({"state": "a customer exists", "params": {"name": "Ada"}, "action": "setup"}));
    assert_eq!(first.header("content-type"), Some("application/json"));
}

#[test]
fn the_url_of_a_state_handler_is_enough() {
    let world = World::with(NEEDS_STATES);
    let (provider, handler) = (Provider::new(orders), Provider::new(orders));
    let url = format!("{}/_states", handler.url());
    let verify = |more: &[&str]| world.upheld([&["verify", "--url", &provider.url()], more].concat());
    assert!(verify(&["--states", &url]).to_string().contains("UPHELD"));
    world.registry(&format!("  orders: {{ states: \"{url}\" }}\n"));
    assert!(verify(&[]).to_string().contains("UPHELD"));
    assert_eq!(provider.requests().iter().filter(|request| request.path == "/_states").count(), 0);
    assert_eq!(story(&handler).len(), 8);
}

#[test]
fn states_are_torn_down_after_a_broken_response_too() {
    let world = World::with(NEEDS_STATES);
    let provider = Provider::new(|request| match request.path.as_str() {
        "/_states" => orders(request),
        _ => Answer::json(r#"{"id": 42, "by": "Ada"}"#),
    });
    assert_snapshot!(world.upheld(["verify", "--states", "POST /_states", "--url", &provider.url()]), @"
    broken  storefront → orders  get an order              contracts/storefront/orders.yaml:5
            given  a customer exists (name: Ada)
              and  an order exists (id: 42)
            GET /orders/7?by=Ada → 200

            body  id   expected exactly 7
                       got 42, a number
              13 │   match: { id: exact, by: exact }
                 │                ╰── required here
            help: orders sends a different value here. If that is intended, storefront must agree: change its contract and publish it.

    BROKEN  1 interaction: 1 broken in <time>
    [exit code 1]
    ");
    assert_eq!(story(&provider).iter().filter(|told| told.starts_with("teardown")).count(), 2);
}

#[test]
fn a_failing_handler_is_quoted_and_not_called_again_and_the_rest_goes_on() {
    let world = World::with(&format!("{}{NEXT}", NEEDS_STATES.replace("an order exists", "an odrer exists")));
    let provider = Provider::new(orders);
    assert_snapshot!(world.upheld(["verify", "--states", "POST /_states", "--url", &provider.url()]), @"
    error   storefront → orders  get an order              contracts/storefront/orders.yaml:5
            given  a customer exists (name: Ada)
              and  an odrer exists (id: 42)
            GET /orders/42?by=Ada

            E201: setup of the provider state `an odrer exists` failed: http://127.0.0.1:<port>/_states returned 422 Unprocessable Entity
            │ no such state:
            │   there is `an order exists`
            help: the handler must return 2xx once the state is set up: check the provider's log

    upheld  storefront → orders  list the orders

    ERROR   2 interactions: 1 error, 1 upheld in <time>
    [exit code 5]
    ");
    assert_eq!(
        story(&provider),
        [
            "GET /orders",
            r#"setup "a customer exists""#,
            r#"setup "an odrer exists""#,
            r#"teardown "a customer exists""#
        ]
    );
}

#[test]
fn a_teardown_that_fails_is_an_error_of_its_interaction() {
    let world = World::with(NEEDS_STATES);
    let provider = Provider::new(|request| match request.path.as_str() {
        "/_states" if request.json()["action"] == "teardown" => Answer::text(500, "stack overflow"),
        _ => orders(request),
    });
    assert_snapshot!(world.upheld(["verify", "--states", "POST /_states", "--url", &provider.url()]), @"
    error   storefront → orders  get an order              contracts/storefront/orders.yaml:5
            given  a customer exists (name: Ada)
              and  an order exists (id: 42)
            GET /orders/7?by=Ada

            E201: teardown of the provider state `an order exists` failed: http://127.0.0.1:<port>/_states returned 500 Internal Server Error
            │ stack overflow
            help: the handler must return 2xx once the state is set up: check the provider's log

    ERROR   1 interaction: 1 error in <time>
    [exit code 5]
    ");
}

#[test]
fn without_a_handler_only_what_needs_no_state_is_run() {
    let world = World::with(&format!("{NEEDS_STATES}{NEXT}"));
    let provider = Provider::new(orders);
    assert_snapshot!(world.upheld(["verify", "--url", &provider.url()]), @"
    error   storefront → orders  get an order              contracts/storefront/orders.yaml:5
            given  a customer exists (name: Ada)
              and  an order exists (id: 42)
            GET /orders/42?by=Ada

            E402: it needs the provider state `a customer exists`, and orders has no state handler
            help: give orders one: `--states 'POST /_states'`, or `states: POST /_states` in upheld.yaml; it may be a command, too, or `none` if orders is always in these states

    upheld  storefront → orders  list the orders

    ERROR   2 interactions: 1 error, 1 upheld in <time>
    [exit code 5]
    ");
    assert_eq!(story(&provider), ["GET /orders"]);
}

#[test]
fn a_provider_that_is_in_every_state_needs_no_handler() {
    let world = World::with(&NEEDS_STATES.replace("id: exact", "id: integer"));
    let provider = Provider::new(orders);
    world.registry("  orders: { states: none }\n");
    assert_snapshot!(world.upheld(["verify", "--url", &provider.url()]), @"
    upheld  storefront → orders  get an order

    UPHELD  1 interaction in <time>
    [exit code 0]
    ");
    assert_eq!(story(&provider), ["GET /orders/42?by=Ada"]);
}

#[test]
fn a_handler_can_be_at_an_address_of_its_own() {
    let world = World::with(NEEDS_STATES);
    let (provider, handler) = (Provider::new(orders), Provider::new(orders));
    let states = format!("POST {}/_states", handler.url());
    assert_eq!(world.upheld(["verify", "--states", &states, "--url", &provider.url()]).code, Some(0));
    assert_eq!((story(&provider).len(), story(&handler).len()), (1, 4));
    assert_snapshot!(world.upheld(["verify", "--states", "POST http://127.0.0.1:9/_states", "--url", &provider.url()]), @"
    error   storefront → orders  get an order              contracts/storefront/orders.yaml:5
            given  a customer exists (name: Ada)
              and  an order exists (id: 42)
            GET /orders/42?by=Ada

            E102: setup of the provider state `a customer exists` failed at http://127.0.0.1:9/_states: nothing listens at 127.0.0.1:9: connection refused
            help: start the provider, or correct its URL

    ERROR   1 interaction: 1 error in <time>
    [exit code 5]
    ");
}

#[test]
fn a_state_handler_must_be_a_path_an_address_or_an_existing_command() {
    let world = World::with(NEEDS_STATES);
    let verify = |states: &str| world.upheld(["verify", "--url", "http://127.0.0.1:9", "--states", states]);
    assert_snapshot!(verify("POST _states"), @"
    ------- stderr -------
    error: --states: `_states` is neither a path nor an address
    help: write it like `POST /_states`
    [exit code 2]
    ");
    assert_snapshot!(verify("POST ftp://localhost/_states"), @"
    ------- stderr -------
    error: --states: `ftp://localhost/_states` is not a base URL: its scheme must be `http` or `https`
    [exit code 2]
    ");
    assert_snapshot!(verify("./no-such-command --quick"), @"
    ------- stderr -------
    error: --states: `<root>/no-such-command` does not exist
    help: build it first, or correct `./no-such-command --quick`, which runs in <root>
    [exit code 2]
    ");
    assert_snapshot!(verify("/_no/states"), @"
    ------- stderr -------
    error: --states: `/_no/states` does not exist
    help: if it is a path of orders, write `POST /_no/states`
    help: build it first, or correct `/_no/states`, which runs in <root>
    [exit code 2]
    ");
    assert_snapshot!(verify("GET /_states"), @"
    ------- stderr -------
    error: --states: provider states are set up by POST, not by `GET`
    help: write `POST /_states`, and have the provider read the state from the body; or use a command
    [exit code 2]
    ");
    assert_snapshot!(verify("http://localhost/_states#a"), @"
    ------- stderr -------
    error: --states: `http://localhost/_states#a` is not a base URL: a fragment (`#…`) is never sent; leave it out
    [exit code 2]
    ");
    assert_snapshot!(verify("upheld-no-such-command"), @"
    ------- stderr -------
    error: --states: the command `upheld-no-such-command` was not found
    help: install `upheld-no-such-command`, or add its folder to PATH
    [exit code 2]
    ");
}

#[cfg(unix)]
mod commands {
    use super::*;

    #[test]
    fn a_command_reads_what_to_do_and_may_return_values() {
        let world = World::with(NEEDS_STATES);
        world.registry("  orders:\n    states: sh states.sh\n");
        world.write(
            "states.sh",
            r#"read line; echo "$UPHELD_ACTION $UPHELD_STATE $line" >> told; [ "$UPHELD_STATE" = "an order exists" ] && echo '{"id": 7}'; true"#,
        );
        let provider = Provider::new(orders);
        assert_snapshot!(world.upheld(["verify", "--url", &provider.url()]), @"
        upheld  storefront → orders  get an order

        UPHELD  1 interaction in <time>
        [exit code 0]
        ");
        assert_eq!(story(&provider), ["GET /orders/7?by=Ada"]);
        assert_snapshot!(world.read("told"), @r#"
        setup a customer exists {"state":"a customer exists","params":{"name":"Ada"},"action":"setup"}
        setup an order exists {"state":"an order exists","params":{"id":42},"action":"setup"}
        teardown an order exists {"state":"an order exists","params":{"id":42},"action":"teardown"}
        teardown a customer exists {"state":"a customer exists","params":{"name":"Ada"},"action":"teardown"}
        "#);
    }

    #[test]
    fn a_command_that_fails_is_quoted() {
        let world = World::with(NEEDS_STATES);
        let provider = Provider::new(orders);
        let verify = |states: &str| world.upheld(["verify", "--url", &provider.url(), "--states", states]);
        assert_snapshot!(verify("echo 'the database is gone' >&2; exit 3"), @"
        error   storefront → orders  get an order              contracts/storefront/orders.yaml:5
                given  a customer exists (name: Ada)
                  and  an order exists (id: 42)
                GET /orders/42?by=Ada

                E211: setup of the provider state `a customer exists` failed: `echo 'the database is gone' >&2; exit 3` ended with exit status: 3
                │ the database is gone
                help: the command must exit with 0 once the state is set up

        ERROR   1 interaction: 1 error in <time>
        [exit code 5]
        ");
        assert_snapshot!(verify("kill -9 $$"), @"
        error   storefront → orders  get an order              contracts/storefront/orders.yaml:5
                given  a customer exists (name: Ada)
                  and  an order exists (id: 42)
                GET /orders/42?by=Ada

                E211: setup of the provider state `a customer exists` failed: `kill -9 $$` ended with signal: 9 (SIGKILL)
                help: the command must exit with 0 once the state is set up

        ERROR   1 interaction: 1 error in <time>
        [exit code 5]
        ");
    }

    #[test]
    fn a_command_that_does_not_end_is_stopped_with_all_that_it_started() {
        let world = World::with(NEEDS_STATES);
        let provider = Provider::new(orders);
        world.write("states.sh", "sleep 1000 & echo $! > sleeper; echo 'waiting for the database'; wait");
        let output = world.upheld(["verify", "--url", &provider.url(), "--states", "sh states.sh", "--timeout", "1s"]);
        assert_snapshot!(output, @"
        error   storefront → orders  get an order              contracts/storefront/orders.yaml:5
                given  a customer exists (name: Ada)
                  and  an order exists (id: 42)
                GET /orders/42?by=Ada

                E212: setup of the provider state `a customer exists` failed: `sh states.sh` didn't exit within 1 s
                │ waiting for the database
                help: a state command must exit; `--timeout` gives it more time

        ERROR   1 interaction: 1 error in <time>
        [exit code 5]
        ");
        let sleeper = world.read("sleeper");
        crate::support::until("the sleeper to be gone", || (!crate::support::runs(sleeper.trim())).then_some(()));
    }
}
