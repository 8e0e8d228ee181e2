//! How `upheld verify` reaches a provider: by an address, by the registry, or by starting it.

use insta::assert_snapshot;

use crate::support::{Answer, Provider, World};

const ONE: &str = "  - name: get a thing\n    request: GET /things/1\n    response: { status: 204 }\n";

#[test]
fn an_unknown_provider_is_an_error() {
    let world = World::with(ONE);
    assert_snapshot!(world.upheld(["verify"]), @"
    ------- stderr -------
    error: there is no address and no start command for orders
    help: give its address: upheld verify orders --url http://127.0.0.1:8080
    help: or add `start` or `url` for orders to upheld.yaml (there is no contracts/upheld.yaml yet; `upheld init` writes one)
    [exit code 2]
    ");
    world.registry("  orders: { owners: [team-orders] }\n");
    assert_snapshot!(world.upheld(["verify", "orders"]), @"
    ------- stderr -------
    error: there is no address and no start command for orders
    help: give its address: upheld verify orders --url http://127.0.0.1:8080
    help: or add `start` or `url` for orders to upheld.yaml
    [exit code 2]
    ");
}

#[test]
fn an_address_must_be_one() {
    let world = World::with(ONE);
    assert_snapshot!(world.upheld(["verify", "--url", "localhost:8080"]), @"
    ------- stderr -------
    error: `localhost:8080` is not a base URL: it has no scheme; write `http://localhost:8080`
    [exit code 2]
    ");
    assert_snapshot!(world.upheld(["verify", "--url", "127.0.0.1"]), @"
    ------- stderr -------
    error: `127.0.0.1` is not a base URL: it has no scheme; write `http://127.0.0.1`
    [exit code 2]
    ");
    assert_snapshot!(world.upheld(["verify", "--url", "http://127.0.0.1:8080/?a=b"]), @"
    ------- stderr -------
    error: `http://127.0.0.1:8080/?a=b` is not a base URL: it has a query, but the contract's requests bring their own; leave it out
    [exit code 2]
    ");
    assert_snapshot!(world.upheld(["verify", "--url", ""]), @"
    ------- stderr -------
    error: `` is not a base URL: it is empty; write one like `http://127.0.0.1:8080`
    [exit code 2]
    ");
    world.registry("  orders:\n    url: { local: \"127.0.0.1:8080\" }\n");
    assert_snapshot!(world.upheld(["verify"]), @"
    ------- stderr -------
    error: contracts/upheld.yaml:4: `127.0.0.1:8080` is not a base URL: it has no scheme; write `http://127.0.0.1:8080`
    [exit code 2]
    ");
}

#[test]
fn an_address_is_for_one_provider() {
    let world = World::with(ONE);
    world.contract("storefront", "payments", ONE);
    assert_snapshot!(world.upheld(["verify", "--url", "http://127.0.0.1:1"]), @"
    ------- stderr -------
    error: --url (UPHELD_URL) and --start are for one provider, but there are contracts with orders and payments
    help: choose one: upheld verify orders
    [exit code 2]
    ");
    assert_snapshot!(world.upheld(["verify", "--url", "http://127.0.0.1:1", "--start", "orders"]), @"
    ------- stderr -------
    error: the argument '--url <URL>' cannot be used with '--start <COMMAND>'

    Usage: upheld verify --url <URL> [PROVIDER|CONTRACT]...

    For more information, try '--help'.
    [exit code 2]
    ");
}

#[test]
fn the_path_of_the_address_precedes_every_path() {
    let world = World::with(ONE);
    let provider = Provider::new(|_| Answer::status(204));
    let output = world.upheld(["verify", "--url", &format!("{}/api/v2/", provider.url())]);
    assert_eq!(output.code, Some(0), "{output}");
    assert_eq!(provider.lines(), ["GET /api/v2/things/1"]);
}

#[test]
fn nothing_listens_there() {
    let world = World::with(&format!("{ONE}{}", ONE.replace("a thing", "a thing again").replace("/1", "/2")));
    // A port that was free a moment ago; nobody else on this machine waits to take it.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_snapshot!(world.upheld(["verify", "--url", &format!("http://127.0.0.1:{port}")]), @"
    error   storefront → orders  get a thing               contracts/storefront/orders.yaml:5
            GET /things/1

            E102: nothing listens at 127.0.0.1:<port>: connection refused
            help: start the provider, or correct its URL

    error   storefront → orders  get a thing again         contracts/storefront/orders.yaml:8
            as above: E102: nothing listens at 127.0.0.1:<port>: connection refused

    ERROR   2 interactions: 2 errors in <time>
    [exit code 5]
    ");
}

#[test]
fn every_instance_of_an_environment_is_verified() {
    let world = World::with(ONE);
    let (old, new) = (Provider::new(|_| Answer::status(404)), Provider::new(|_| Answer::status(204)));
    world.registry(&format!("  orders:\n    url:\n      staging: [\"{}\", \"{}\"]\n", old.url(), new.url()));
    assert_snapshot!(world.upheld(["verify", "--env", "staging"]), @"
    broken  storefront → orders  get a thing, at http://127.0.0.1:<port>   contracts/storefront/orders.yaml:5
            GET /things/1 → 404

            status   expected 204
                     got 404
               7 │   response: { status: 204 }
                 │                       ╰── required here
            help: orders has nothing at this address. If that depends on data, name a provider state in the contract.

    upheld  storefront → orders  get a thing, at http://127.0.0.1:<port>

    BROKEN  2 interactions: 1 broken, 1 upheld in <time>
    [exit code 1]
    ");
    assert_eq!((old.lines().len(), new.lines().len()), (1, 1));
    assert_snapshot!(world.upheld(["verify", "--env", "stagin"]), @"
    ------- stderr -------
    error: no address of orders is known for the environment `stagin`
    help: did you mean `staging`?
    help: give its address: upheld verify orders --url http://127.0.0.1:8080
    help: or add `start` or `url` for orders to upheld.yaml
    [exit code 2]
    ");
    assert_snapshot!(world.upheld(["verify", "orders", "--env", "production"]), @"
    ------- stderr -------
    error: no address of orders is known for the environment `production`
    help: its environments are `staging`
    help: give its address: upheld verify orders --url http://127.0.0.1:8080
    help: or add `start` or `url` for orders to upheld.yaml
    [exit code 2]
    ");
    assert_snapshot!(world.upheld(["verify"]), @"
    ------- stderr -------
    error: orders has no address for `local`, and no environment was chosen
    help: choose its environment: --env staging
    help: give its address: upheld verify orders --url http://127.0.0.1:8080
    help: or add `start` or `url` for orders to upheld.yaml
    [exit code 2]
    ");
}

#[test]
fn variables_of_the_registry_are_filled_from_the_environment() {
    let world = World::with(ONE);
    let provider = Provider::new(|_| Answer::status(204));
    world.registry("  orders:\n    url: { local: \"${ORDERS_URL}\" }\n");
    assert_snapshot!(world.upheld(["verify"]), @"
    ------- stderr -------
    error: contracts/upheld.yaml:4: the variable `ORDERS_URL` is not set
    help: set it: ORDERS_URL=… upheld verify orders
    [exit code 2]
    ");
    let world = world.variable("ORDERS_URL", provider.url());
    assert_eq!(world.upheld(["verify"]).code, Some(0));
}

#[test]
fn flags_can_come_from_the_environment_and_beat_it() {
    let (provider, other) = (Provider::new(|_| Answer::status(204)), Provider::new(|_| Answer::status(404)));
    let world = World::with(ONE).variable("UPHELD_URL", provider.url()).variable("UPHELD_JOBS", "");
    assert_eq!(world.upheld(["verify"]).code, Some(0));
    assert_eq!(world.upheld(["verify", "--url", &other.url()]).code, Some(1));
    world.registry(&format!("  orders:\n    url: {{ staging: \"{}\" }}\n", other.url()));
    assert_eq!(world.upheld(["verify", "--env", "staging"]).code, Some(1));
    let world = World::with(ONE).variable("UPHELD_ENV", "staging").variable("UPHELD_URL", "");
    assert_eq!(world.upheld(["verify", "--url", &provider.url()]).code, Some(0));
    world.registry(&format!("  orders:\n    url: {{ staging: \"{}\" }}\n", provider.url()));
    assert_eq!(world.upheld(["verify"]).code, Some(0));
    let elsewhere = World::new().variable("UPHELD_CONTRACTS", world.path("contracts").display().to_string());
    assert_eq!(elsewhere.upheld(["verify", "--url", &provider.url()]).code, Some(0));
}

#[test]
fn a_provider_is_healthy_before_anything_is_sent() {
    let world = World::with(ONE);
    let sick = Provider::new(|_| Answer::text(503, "warming up"));
    world.registry(&format!("  orders:\n    url: {{ local: \"{}\" }}\n    health: GET /health\n", sick.url()));
    assert_snapshot!(world.upheld(["verify"]), @"
    error   storefront → orders  get a thing               contracts/storefront/orders.yaml:5
            GET /things/1

            E305: orders is not healthy: GET /health returned 503
            │ warming up
            help: wait until it is, or correct `health` in upheld.yaml

    ERROR   1 interaction: 1 error in <time>
    [exit code 5]
    ");
    assert_eq!(sick.lines(), ["GET /health"]);
}
