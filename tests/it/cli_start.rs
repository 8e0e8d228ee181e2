//! Providers that `upheld verify` starts: on a free port, watched until they are ready, and stopped with everything
//! that they started. (`cli_process` stops the program itself.)

use insta::assert_snapshot;

use crate::support::{CommandOutput, World, example};

const GIVEN: &str = "
  - name: get an order
    given: [{ an order exists: { id: 42 } }]
    request: GET /orders/42
    response: { status: 200, body: { items: [{ sku: TEA-1, qty: 2 }] } }
";

const ONE: &str = "  - name: get a thing\n    request: GET /things/1\n    response: { status: 204 }\n";

#[test]
fn a_provider_is_started_on_a_free_port_asked_for_its_health_and_brought_into_states() {
    let world = World::with(GIVEN);
    world.registry(&format!(
        "  orders:\n    start: '\"{}\" --port ${{PORT}}'\n    health: GET /health\n    states: POST /_states\n",
        example("orders")
    ));
    assert_snapshot!(world.upheld(["verify"]), @"
    upheld  storefront → orders  get an order

    UPHELD  1 interaction in <time>
    [exit code 0]
    ");
}

#[test]
fn a_plain_mismatch_needs_no_look_at_the_provider_s_output() {
    let world = World::with(GIVEN);
    let start = format!("\"{}\" --port ${{PORT}} --break qty-as-text", example("orders"));
    assert_snapshot!(world.upheld(["verify", "--start", &start, "--states", "POST /_states"]), @r#"
    broken  storefront → orders  get an order              contracts/storefront/orders.yaml:5
            given  an order exists (id: 42)
            GET /orders/42 → 200

            body  items[0].qty   expected a number, like 2
                                 got "2", a string
               8 │   response: { status: 200, body: { items: [{ sku: TEA-1, qty: 2 }] } }
                 │                                                               ╰── required here
            help: orders sends text here. If that is intended, storefront must agree: change its contract and publish it.

    BROKEN  1 interaction: 1 broken in <time>
    [exit code 1]
    "#);
}

/// Starts a provider with a shell's line, which has so much time to become ready.
#[cfg(unix)]
fn start(world: &World, line: &str, time: &str) -> CommandOutput {
    world.upheld(["verify", "orders", "--start", line, "--start-timeout", time])
}

#[cfg(unix)]
#[test]
fn a_provider_that_ends_immediately_is_shown_with_its_output() {
    let world = World::with(ONE);
    assert_snapshot!(start(&world, "(echo 'reading settings'; echo 'settings.toml: no such file') >&2; exit 3", "1m"), @"
    error   storefront → orders  get a thing               contracts/storefront/orders.yaml:5
            GET /things/1

            E304: orders ended before it was healthy: exit status: 3
            │ reading settings
            │ settings.toml: no such file
            help: run `(echo 'reading settings'; echo 'settings.toml: no such file') >&2; exit 3` yourself to see why; its last output is above
            help: the command must run for as long as the service does, not start it in the background

    ERROR   1 interaction: 1 error in <time>
    [exit code 5]
    ");
    assert_snapshot!(start(&world, "kill -9 $$", "1m"), @"
    error   storefront → orders  get a thing               contracts/storefront/orders.yaml:5
            GET /things/1

            E304: orders ended before it was healthy: signal: 9 (SIGKILL)
            help: run `kill -9 $$` yourself to see why; it printed nothing
            help: the command must run for as long as the service does, not start it in the background

    ERROR   1 interaction: 1 error in <time>
    [exit code 5]
    ");
    assert_snapshot!(start(&world, "true", "1m"), @"
    error   storefront → orders  get a thing               contracts/storefront/orders.yaml:5
            GET /things/1

            E304: orders ended before it was healthy: exit status: 0
            help: run `true` yourself to see why; it printed nothing
            help: the command must run for as long as the service does, not start it in the background

    ERROR   1 interaction: 1 error in <time>
    [exit code 5]
    ");
}

#[cfg(unix)]
#[test]
fn a_provider_that_never_listens_is_shown_with_its_output() {
    let world = World::with(ONE);
    assert_snapshot!(start(&world, "echo 'waiting for the database'; sleep 1000", "1s"), @"
    error   storefront → orders  get a thing               contracts/storefront/orders.yaml:5
            GET /things/1

            E305: orders was not healthy within 1 s: nothing listens at localhost:<port>: connection refused
            │ waiting for the database
            help: is its `health` in upheld.yaml right? its last output is above
            help: it must listen on the port that it is given as ${PORT} or in PORT, here <port>
            help: `--start-timeout`, or `start-timeout` in upheld.yaml, gives it more time

    ERROR   1 interaction: 1 error in <time>
    [exit code 5]
    ");
}

#[test]
fn a_provider_that_never_gets_healthy_is_shown_with_its_response() {
    let world = World::with(ONE);
    world.registry(&format!(
        "  orders:\n    start: '\"{}\" --port ${{PORT}}'\n    start-timeout: 2s\n    health: GET /healthz\n",
        example("orders")
    ));
    assert_snapshot!(world.upheld(["verify"]), @"
    error   storefront → orders  get a thing               contracts/storefront/orders.yaml:5
            GET /things/1

            E305: orders was not healthy within 2 s: GET /healthz returned 404
            │ orders listens on http://127.0.0.1:<port>
            help: is its `health` in upheld.yaml right? its last output is above
            help: it must listen on the port that it is given as ${PORT} or in PORT, here <port>
            help: `--start-timeout`, or `start-timeout` in upheld.yaml, gives it more time

    ERROR   1 interaction: 1 error in <time>
    [exit code 5]
    ");
}

#[test]
fn a_missing_command_is_reported_before_anything_is_started() {
    let world = World::with(ONE);
    let verify = |line: &str| world.upheld(["verify", "--start", line]);
    assert_snapshot!(verify("./target/debug/oders --port ${PORT}"), @"
    ------- stderr -------
    error: --start: `<root>/target/debug/oders` does not exist
    help: build it first, or correct `./target/debug/oders --port ${PORT}`, which runs in <root>
    [exit code 2]
    ");
    assert_snapshot!(verify("no-such-program-of-upheld"), @"
    ------- stderr -------
    error: --start: the command `no-such-program-of-upheld` was not found
    help: install `no-such-program-of-upheld`, or add its folder to PATH
    [exit code 2]
    ");
    assert_snapshot!(verify("run 'orders"), @"
    ------- stderr -------
    error: --start: the command `run` of `run 'orders` was not found
    help: install `run`, or add its folder to PATH
    [exit code 2]
    ");
    assert_snapshot!(verify("  "), @"
    ------- stderr -------
    error: --start: the command is empty
    [exit code 2]
    ");
    world.registry("  orders: { start: ./run-orders }\n");
    assert_snapshot!(world.upheld(["verify"]), @"
    ------- stderr -------
    error: contracts/upheld.yaml:3: `<root>/run-orders` does not exist
    help: build it first, or correct `./run-orders`, which runs in <root>
    [exit code 2]
    ");
}

#[cfg(unix)]
#[test]
fn the_last_lines_of_a_provider_are_shown_if_it_failed_and_not_if_its_response_differs() {
    let world = World::new().variable("ORDERS", example("orders"));
    world.write(
        "orders.sh",
        "echo 'no such state, and my password is hunter22' >&2\nexec \"$ORDERS\" --port \"$PORT\"\n",
    );
    let verify = |interaction: &str| {
        let response = "    response: { status: 200 }\n";
        world.contract("storefront", "orders", &format!("  - name: one\n{interaction}\n{response}"));
        let secret = ["--header", "X-Password: hunter22"];
        world.upheld(["verify", "--start", "sh orders.sh", "--states", "POST /_states"].into_iter().chain(secret))
    };
    assert_snapshot!(verify("    request: GET /nowhere"), @r#"
    broken  storefront → orders  one                       contracts/storefront/orders.yaml:5
            GET /nowhere → 404

            status   expected 200
                     got 404
               7 │   response: { status: 200 }
                 │                       ╰── required here
            note: the response's body: {"title":"No such page","status":404,"detail":"orders are found under `/orders`"}
            help: orders has nothing at this address. If that depends on data, name a provider state in the contract.

    BROKEN  1 interaction: 1 broken in <time>
    [exit code 1]
    "#);
    assert_snapshot!(verify("    given: [an odrer exists]\n    request: GET /orders"), @r#"
    error   storefront → orders  one                       contracts/storefront/orders.yaml:5
            given  an odrer exists
            GET /orders

            E201: setup of the provider state `an odrer exists` failed: http://localhost:<port>/_states returned 422 Unprocessable Entity
            │ {"title":"Unknown provider state","status":422,"detail":"orders has no provider state `an odrer exists`, it has `no orders`, `an order exists` and `an order is paid`: name one of them, or add the state to `examples/orders/states.rs`"}
            help: the handler must return 2xx once the state is set up: check the provider's log

    ERROR   1 interaction: 1 error in <time>
    ------- stderr -------
    note: the last lines of orders's output
           │ no such state, and my password is [redacted]
           │ orders listens on http://127.0.0.1:<port>
    [exit code 5]
    "#);
}

#[cfg(unix)]
#[test]
fn variables_reach_the_command_whole_and_stay_out_of_messages() {
    let world = World::with(ONE).variable("DB", "postgres://u:it's \"s3cr3t\" $HOME@db");
    world.registry("  orders:\n    start: printf '%s\\n' \"${DB}\" \"${MODE:-quiet}\" > told; exit 1\n");
    assert_snapshot!(world.upheld(["verify"]), @r#"
    error   storefront → orders  get a thing               contracts/storefront/orders.yaml:5
            GET /things/1

            E304: orders ended before it was healthy: exit status: 1
            help: run `printf '%s\n' "${DB}" "${MODE:-quiet}" > told; exit 1` yourself to see why; it printed nothing
            help: the command must run for as long as the service does, not start it in the background

    ERROR   1 interaction: 1 error in <time>
    [exit code 5]
    "#);
    assert_eq!(world.read("told"), "postgres://u:it's \"s3cr3t\" $HOME@db\nquiet\n");
    world.registry("  orders:\n    start: ./orders --db ${DATABASE}\n");
    assert_snapshot!(world.upheld(["verify"]), @"
    ------- stderr -------
    error: contracts/upheld.yaml:4: the variable `DATABASE` is not set
    help: set it: DATABASE=… upheld verify orders
    [exit code 2]
    ");
}
