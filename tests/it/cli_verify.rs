//! `upheld verify`: its output for contracts that are upheld, broken, or could not be verified.

use insta::assert_snapshot;

use crate::support::{Answer, Provider, World};

const ORDER: &str = "
  - name: get an order
    request: GET /orders/42
    response:
      status: 200
      headers: { content-type: application/json }
      body:
        status: paid
        items:
          - { sku: TEA-1, qty: 2 }
      match:
        status: [paid, open]
        items: 1+
        items[].qty: integer
";

#[test]
fn an_upheld_contract_is_one_line_for_each_interaction() {
    let world = World::with(ORDER);
    let provider = Provider::new(|_| Answer::json(r#"{"status": "open", "items": [{"sku": "A", "qty": 1, "x": 0}]}"#));
    assert_snapshot!(world.upheld(["verify", "--url", &provider.url()]), @"
    upheld  storefront → orders  get an order

    UPHELD  1 interaction in <time>
    [exit code 0]
    ");
}

#[test]
fn a_broken_interaction_shows_place_expectation_response_path_and_next_step() {
    let world = World::with(ORDER);
    let provider = Provider::new(|_| Answer::json(r#"{"status": "open", "items": [{"sku": "A", "qty": "2"}]}"#));
    assert_snapshot!(world.upheld(["verify", "orders", "--url", &provider.url()]), @r#"
    broken  storefront → orders  get an order              contracts/storefront/orders.yaml:5
            GET /orders/42 → 200

            body  items[0].qty   expected an integer, like 2
                                 got "2", a string
              17 │   items[].qty: integer
                 │                ╰── required here
            help: orders sends text here. If that is intended, storefront must agree: change its contract and publish it.

    BROKEN  1 interaction: 1 broken in <time>
    [exit code 1]
    "#);
}

#[test]
fn every_mismatch_of_a_response_is_shown_with_the_line_that_requires_it() {
    let world = World::with(ORDER);
    let provider = Provider::new(|_| {
        Answer::text(200, r#"{"status": "gone", "items": [{"sku": 1, "qty": 1.5}, {"qty": 2}, {"qty": "3"}]}"#)
    });
    assert_snapshot!(world.upheld(["verify", "orders", "--url", &provider.url()]), @r#"
    broken  storefront → orders  get an order              contracts/storefront/orders.yaml:5
            GET /orders/42 → 200

            header  content-type   expected "application/json"
                                   got "text/plain; charset=utf-8"
               9 │   headers: { content-type: application/json }
                 │                            ╰── required here

            body    status         expected one of "paid" or "open"
                                   got "gone", a string
              15 │   status: [paid, open]
                 │           ╰── required here
            help: orders sends a value that storefront doesn't know. Once storefront can handle it, add it to the contract.

            body    items[0].sku   expected a string, like "TEA-1"
                                   got 1, a number
              13 │   - { sku: TEA-1, qty: 2 }
                 │            ╰── required here

            body    items[0].qty   expected an integer, like 2
                                   got 1.5, a number
              17 │   items[].qty: integer
                 │                ╰── required here

            body    items[1].sku   expected a string, like "TEA-1"
                                   got nothing: the key is missing
            body    items[2].sku   expected a string, like "TEA-1"
                                   got nothing: the key is missing
              13 │   - { sku: TEA-1, qty: 2 }
                 │            ╰── required here
            help: orders leaves out what storefront needs. If storefront can do without it, add `optional` to the contract.

            body    items[2].qty   expected an integer, like 2
                                   got "3", a string
              17 │   items[].qty: integer
                 │                ╰── required here
            help: if orders responds like this on purpose, storefront must agree: change its contract and publish it.

    BROKEN  1 interaction: 1 broken in <time>
    [exit code 1]
    "#);
}

#[test]
fn a_failed_request_is_not_explained_by_what_follows_from_it() {
    let world = World::with(ORDER);
    let provider = Provider::new(|_| Answer::text(500, "the database is gone"));
    assert_snapshot!(world.upheld(["verify", "orders", "--url", &provider.url()]), @r#"
    broken  storefront → orders  get an order              contracts/storefront/orders.yaml:5
            GET /orders/42 → 500

            status                 expected 200
                                   got 500
               8 │   status: 200
                 │           ╰── required here
            note: the response's body: the database is gone

            header  content-type   expected "application/json"
                                   got "text/plain; charset=utf-8"
               9 │   headers: { content-type: application/json }
                 │                            ╰── required here
            help: orders failed to handle the request: check its log.

    BROKEN  1 interaction: 1 broken in <time>
    [exit code 1]
    "#);
}

/// Two consumers of two providers, one of them a consumer itself.
fn several(world: &World) -> [Provider; 2] {
    let thing = |path: &str| {
        format!(
            "  - name: get {path}\n    request: GET /{path}\n    response: {{ status: 200, body: {{ number: 1 }} }}\n"
        )
    };
    world.contract("mobile", "orders", &thing("a"));
    world.contract("storefront", "orders", &(thing("b") + &thing("c")));
    world.contract("orders", "payments", &thing("d"));
    world.contract("storefront", "payments", &thing("e"));
    let providers = [(); 2].map(|()| {
        Provider::new(|request| match request.path.as_str() {
            "/c" | "/d" => Answer::json(r#"{"number": null}"#),
            _ => Answer::json(r#"{"number": 2}"#),
        })
    });
    world.registry(&format!(
        "  orders:\n    url: {{ local: \"{}\" }}\n  payments:\n    url: {{ local: \"{}\" }}\n",
        providers[0].url(),
        providers[1].url()
    ));
    providers
}

#[test]
fn all_contracts_are_verified_provider_by_provider_in_the_order_of_their_files() {
    let world = World::new();
    let [orders, payments] = several(&world);
    assert_snapshot!(world.upheld(["verify"]), @"
    upheld  mobile → orders  get a
    upheld  storefront → orders  get b

    broken  storefront → orders  get c                     contracts/storefront/orders.yaml:8
            GET /c → 200

            body  number   expected a number, like 1
                           got null
              10 │   response: { status: 200, body: { number: 1 } }
                 │                                            ╰── required here
            help: orders sends null here. If storefront can handle that, add `or null` to the contract.

    broken  orders → payments  get d                       contracts/orders/payments.yaml:5
            GET /d → 200

            body  number   expected a number, like 1
                           got null
               7 │   response: { status: 200, body: { number: 1 } }
                 │                                            ╰── required here
            help: payments sends null here. If orders can handle that, add `or null` to the contract.

    upheld  storefront → payments  get e

    BROKEN  5 interactions: 2 broken, 3 upheld in <time>
    [exit code 1]
    ");
    assert_eq!(orders.lines().len(), 3);
    assert_eq!(payments.lines().len(), 2);
}

#[test]
fn quiet_shows_only_what_is_not_upheld() {
    let world = World::new();
    let providers = several(&world);
    assert_snapshot!(world.upheld(["verify", "--quiet"]), @"
    broken  storefront → orders  get c                     contracts/storefront/orders.yaml:8
            GET /c → 200

            body  number   expected a number, like 1
                           got null
              10 │   response: { status: 200, body: { number: 1 } }
                 │                                            ╰── required here
            help: orders sends null here. If storefront can handle that, add `or null` to the contract.

    broken  orders → payments  get d                       contracts/orders/payments.yaml:5
            GET /d → 200

            body  number   expected a number, like 1
                           got null
               7 │   response: { status: 200, body: { number: 1 } }
                 │                                            ╰── required here
            help: payments sends null here. If orders can handle that, add `or null` to the contract.

    BROKEN  5 interactions: 2 broken, 3 upheld in <time>
    [exit code 1]
    ");
    assert_snapshot!(world.upheld(["verify", "-q", "--consumer", "mobile"]), @"
    UPHELD  1 interaction in <time>
    [exit code 0]
    ");
    drop(providers);
}

#[test]
fn contracts_can_be_named_by_their_files_and_folders() {
    let world = World::new();
    let _providers = several(&world);
    assert_snapshot!(world.upheld(["verify", "contracts/mobile/orders.yaml"]), @"
    upheld  mobile → orders  get a

    UPHELD  1 interaction in <time>
    [exit code 0]
    ");
    assert_snapshot!(world.upheld(["verify", "orders", "contracts/storefront"]), @"
    upheld  storefront → orders  get b

    broken  storefront → orders  get c                     contracts/storefront/orders.yaml:8
            GET /c → 200

            body  number   expected a number, like 1
                           got null
              10 │   response: { status: 200, body: { number: 1 } }
                 │                                            ╰── required here
            help: orders sends null here. If storefront can handle that, add `or null` to the contract.

    BROKEN  2 interactions: 1 broken, 1 upheld in <time>
    [exit code 1]
    ");
}

#[test]
fn a_contract_that_is_named_twice_is_verified_once() {
    let world = World::new();
    let [orders, _payments] = several(&world);
    let output =
        world.upheld(["verify", "./contracts", "contracts/./mobile/orders.yaml", "orders", "--consumer", "mobile"]);
    assert_eq!((output.code, orders.lines().len()), (Some(0), 1), "{output}");
}

#[test]
fn a_folder_with_a_provider_s_name_does_not_hide_the_provider() {
    let world = World::new();
    let _providers = several(&world);
    world.write("orders/main.rs", "fn main() {}");
    assert_snapshot!(world.upheld(["verify", "orders", "--consumer", "mobile"]), @"
    upheld  mobile → orders  get a

    UPHELD  1 interaction in <time>
    [exit code 0]
    ");
    world.write("payments", "a program, say");
    assert_snapshot!(world.upheld(["verify", "payments", "--consumer", "storefront"]), @"
    upheld  storefront → payments  get e

    UPHELD  1 interaction in <time>
    [exit code 0]
    ");
}

#[test]
fn the_contracts_are_found_from_a_folder_below_them() {
    let world = World::with(ORDER);
    let provider = Provider::new(|_| Answer::status(204));
    world.write("src/deep/main.rs", "");
    let mut command = world.command(["verify", "--url", &provider.url()]);
    command.current_dir(world.path("src/deep"));
    assert_snapshot!(world.run(command), @r#"
    broken  storefront → orders  get an order              <root>/contracts/storefront/orders.yaml:5
            GET /orders/42 → 204

            status                 expected 200
                                   got 204
               8 │   status: 200
                 │           ╰── required here

            header  content-type   expected "application/json"
                                   got no such header
               9 │   headers: { content-type: application/json }
                 │                            ╰── required here
            help: if orders responds like this on purpose, storefront must agree: change its contract and publish it.

    BROKEN  1 interaction: 1 broken in <time>
    [exit code 1]
    "#);
}

#[test]
fn warnings_about_contracts_are_counted_beside_the_result() {
    let world = World::new();
    world.write(
        "contracts/a/b.yaml",
        "contract: 1\nconsumer: storefront\nprovider: orders\ninteractions:\n  - name: get a thing\n    request: GET /a\n    response: { status: 204 }\n",
    );
    let provider = Provider::new(|_| Answer::status(204));
    assert_snapshot!(world.upheld(["verify", "--url", &provider.url()]), @"
    upheld  storefront → orders  get a thing

    UPHELD  1 interaction in <time>
    ------- stderr -------
    note: 1 warning about the contracts: see `upheld lint`
    [exit code 0]
    ");
}

#[test]
fn a_comparison_of_whole_bodies_is_shown_if_several_values_differ() {
    let world = World::with(
        "
  - name: get the menu
    request: GET /menu
    response:
      status: 200
      body: { teas: [green, black], price: { amount: 3, currency: EUR }, open: true }
      match: { $: exact }
  - name: read the terms
    request: GET /terms
    response:
      status: 200
      body-text: |
        1. Be kind.
        2. Pay.
        3. Come again.
",
    );
    let provider = Provider::new(|request| match request.path.as_str() {
        "/menu" => {
            Answer::json(r#"{"price": {"currency": "USD", "amount": 4}, "teas": ["green", "white"], "open": true}"#)
        }
        _ => Answer::text(200, "1. Be kind.\n2. Pay now.\n3. Come again.\n"),
    });
    assert_snapshot!(world.upheld(["verify", "--url", &provider.url()]), @r#"
    broken  storefront → orders  get the menu              contracts/storefront/orders.yaml:5
            GET /menu → 200

            body  teas[1]          expected exactly "black"
                                   got "white", a string
               9 │   body: { teas: [green, black], price: { amount: 3, currency: EUR }, open: true }
                 │                         ╰── required here

            body  price.amount     expected exactly 3
                                   got 4, a number
               9 │   body: { teas: [green, black], price: { amount: 3, currency: EUR }, open: true }
                 │                                                  ╰── required here

            body  price.currency   expected exactly "EUR"
                                   got "USD", a string
               9 │   body: { teas: [green, black], price: { amount: 3, currency: EUR }, open: true }
                 │                                                               ╰── required here

            body  - the contract's example  + what orders sent
            │   {
            │     "open": true,
            │     "price": {
            │ -     "amount": 3,
            │ -     "currency": "EUR"
            │ +     "amount": 4,
            │ +     "currency": "USD"
            │     },
            │     "teas": [
            │       "green",
            │ -     "black"
            │ +     "white"
            │     ]
            │   }
            help: orders sends a different value here. If that is intended, storefront must agree: change its contract and publish it.

    broken  storefront → orders  read the terms            contracts/storefront/orders.yaml:11
            GET /terms → 200

            body  $   expected exactly "1. Be kind.\n2. Pay.\n3. Come again.\n"
                      got "1. Be kind.\n2. Pay now.\n3. Come again.\n", a string
              16 │   1. Be kind.
                 │   ╰── required here

            body  - the contract's example  + what orders sent
            │   1. Be kind.
            │ - 2. Pay.
            │ + 2. Pay now.
            │   3. Come again.
            help: orders sends a different value here. If that is intended, storefront must agree: change its contract and publish it.

    BROKEN  2 interactions: 2 broken in <time>
    [exit code 1]
    "#);
}

#[test]
fn a_contract_that_can_t_be_read_is_shown_and_nothing_is_sent() {
    let world = World::with(ORDER);
    world.contract("mobile", "orders", "  - name: get\n    request: GET /a\n    response: { statsu: 200 }\n");
    let provider = Provider::new(|_| Answer::status(200));
    assert_snapshot!(world.upheld(["verify", "--url", &provider.url()]), @"
    ------- stderr -------
    error[C103]: `response` has no `status`
      ╭▸ contracts/mobile/orders.yaml:7:15
      │
    7 │     response: { statsu: 200 }
      │               ━━━━━━━━━━━━━━
      │
      ╰ help: add `status:`

    error[C102]: unknown key `statsu`
      ╭▸ contracts/mobile/orders.yaml:7:17
      │
    7 │     response: { statsu: 200 }
      │                 ━━━━━━
      │
      ╰ help: did you mean `status`?

    2 errors in 1 file
    [exit code 2]
    ");
    assert_eq!(provider.connections(), 0);
}
