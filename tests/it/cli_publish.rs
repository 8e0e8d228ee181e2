//! `upheld publish`: puts the contracts of a version with its providers into the store, once and for all.

use insta::assert_snapshot;

use crate::support::Team;

#[test]
fn a_version_is_published_once_and_publishing_it_again_is_harmless() {
    Team::each("storefront orders payments", |team| {
        assert_snapshot!(team.try_publish("storefront@1", &[("orders", "list"), ("payments", "pay")], ""), @"
        published  storefront@1   2 contracts with orders and payments
        ------- stderr -------
        note: storefront@1 has no branch, because it is unknown which one it was built from; name it with --branch
        [exit code 0]
        ");
        let files = team.files();
        assert_eq!(team.files_below("contracts").len(), 2, "{files:?}");
        assert_eq!(team.files_below("publications").len(), 1, "{files:?}");
        assert_snapshot!(team.try_publish("storefront@1", &[("orders", "list"), ("payments", "pay")], "--branch main"), @"
        published  storefront@1   2 contracts with orders and payments
        [exit code 0]
        ");
        assert_eq!(team.files_below("publications").len(), 2, "it has come to a branch");
        let files = team.files();
        for line in ["--branch main", ""] {
            let output = team.try_publish("storefront@1", &[("orders", "list"), ("payments", "pay")], line);
            assert!(output.stdout.starts_with("unchanged  storefront@1"), "{output}");
            assert_eq!(team.files(), files, "nothing was added");
        }
        // The next version shares the contract if it expects the same of orders.
        team.publish("storefront@2", &[("orders", "list")]);
        assert_eq!(team.files_below("contracts").len(), 2);
        assert_eq!(team.files_below("publications").len(), 3);
    });
}

// Scenario 35
#[test]
fn publishing_other_content_is_refused_with_the_difference_and_the_first_one_stands() {
    Team::each("storefront orders payments stock", |team| {
        team.publish("storefront@1", &[("orders", "list show"), ("payments", "pay")]);
        let before = team.files();
        let other = [("orders", "list find"), ("stock", "count")];
        assert_snapshot!(team.try_publish("storefront@1", &other, "--branch main"), @"
        ------- stderr -------
        error: storefront@1 is already published with different contracts
               │ orders:
               │     - name: get list
               │       request: GET /list
               │       response: { status: 204 }
               │ -   - name: get show
               │ -     request: GET /show
               │ +   - name: get find
               │ +     request: GET /find
               │       response: { status: 204 }
               │ payments: the published version has a contract, but there is none here
               │ stock: the published version has no contract, but there is one here
        help: publish this as a new version; what a version expects can't change
        [exit code 2]
        ");
        assert_snapshot!(team.try_publish("storefront@1", &[], "--branch main"), @"
        ------- stderr -------
        error: storefront@1 is already published with different contracts
               │ orders: the published version has a contract, but there is none here
               │ payments: the published version has a contract, but there is none here
        help: publish this as a new version; what a version expects can't change
        [exit code 2]
        ");
        assert_eq!(team.files(), before);
        assert_eq!(team.verify("orders@1", "list show").code, Some(0), "the first one stands");
    });
}

#[test]
fn contracts_with_the_same_content_in_another_text_are_the_same() {
    let team = Team::git("storefront orders");
    team.publish("storefront@1", &[("orders", "list show")]);
    let text = "
  - name: find them all  # in other words
    request: {method: GET, path: /list}
    response: {status: 204}
  - name: get show
    request: GET /show
    response:
      status: 204
";
    team.world.contract("storefront", "orders", text);
    assert!(team.ok("publish storefront@1 --branch main").starts_with("unchanged  storefront@1"));
}

#[test]
fn the_files_that_a_contract_refers_to_are_published_with_it() {
    let team = Team::git("storefront orders");
    team.world.write("contracts/storefront/order.json", r#"{"id": 1}"#);
    let text = "
  - name: show an order
    request: GET /order
    response: { status: 200, body-file: order.json }
";
    team.world.contract("storefront", "orders", text);
    team.ok("publish storefront@1 --branch main");
    assert!(team.files().iter().any(|path| path.ends_with("/order.json")), "{:?}", team.files());
    team.ok("store lint");
    // Without the contract's folder, a provider is verified against the store's copy.
    team.forget_contracts("storefront");
    let provider = crate::support::Provider::new(|_| crate::support::Answer::json(r#"{"id": "one"}"#));
    let output = team.upheld(&format!("verify orders --url {}", provider.url()));
    assert!(output.stdout.contains("body  id   expected a number, like 1"), "{output}");
}

#[test]
fn a_refused_publication_says_why_and_adds_nothing() {
    Team::each("storefront orders", |team| {
        let before = team.files();
        // An undeclared name, of a provider and of the consumer itself.
        assert_snapshot!(team.try_publish("storefront@1", &[("ordres", "list")], ""), @"
        ------- stderr -------
        error: the store declares no service `ordres`
        help: did you mean `orders`?
        help: if the name is right, declare it: upheld store init --service ordres
        [exit code 4]
        ");
        assert_snapshot!(team.try_publish("storefornt@1", &[("orders", "list")], ""), @"
        ------- stderr -------
        error: the store declares no service `storefornt`
        help: did you mean `storefront`?
        help: if the name is right, declare it: upheld store init --service storefornt
        [exit code 4]
        ");
        // Missing contracts don't mean that the version expects nothing.
        assert_snapshot!(team.upheld("publish storefront@1"), @"
        ------- stderr -------
        error: no contract here has the consumer `storefront`
        help: if storefront expects nothing from other services: upheld publish storefront@1 --no-contracts
        [exit code 2]
        ");
        team.write_contracts("storefront", &[("orders", "list")]);
        assert_snapshot!(team.upheld("publish storefrnt@1"), @"
        ------- stderr -------
        error: no contract here has the consumer `storefrnt`
        help: did you mean `storefront`?
        help: if storefrnt expects nothing from other services: upheld publish storefrnt@1 --no-contracts
        [exit code 2]
        ");
        assert_snapshot!(team.upheld("publish storefront@1/2"), @"
        ------- stderr -------
        error: invalid value 'storefront@1/2' for '<SERVICE[@VERSION]>...': `1/2` is not a version: a version has at most 100 letters, digits, `.`, `_`, `+` and `-`, and begins with a letter or a digit

        For more information, try '--help'.
        [exit code 2]
        ");
        assert_snapshot!(team.upheld("publish storefront"), @"
        ------- stderr -------
        error: <root>/contracts isn't in a git repository, so there is no commit to use as the version
        help: name the version yourself: SERVICE@VERSION
        [exit code 5]
        ");
        // A contract that can't be read.
        team.world.write("contracts/storefront/orders.yaml", "contract: 1\nconsumer: storefront\n");
        let output = team.upheld("publish storefront@1");
        assert_eq!(output.code, Some(2), "{output}");
        // Two contracts with one provider.
        team.write_contracts("storefront", &[("orders", "list")]);
        let text = team.world.read("contracts/storefront/orders.yaml");
        team.world.write("contracts/storefront/orders-too.yaml", text);
        assert_snapshot!(team.upheld("publish storefront@1"), @"
        ------- stderr -------
        error: storefront has two contracts with orders
        help: merge them into one file: contracts/storefront/orders.yaml
        [exit code 2]
        ");
        assert_eq!(team.files(), before);
    });
}

#[test]
fn a_service_that_expects_nothing_says_so() {
    let team = Team::git("storefront orders");
    assert_snapshot!(team.upheld("publish orders@1 --no-contracts --branch main"), @"
    published  orders@1   it expects nothing from other services
    [exit code 0]
    ");
    assert_snapshot!(team.upheld("publish storefront@1 --no-contracts"), @"
    published  storefront@1   it expects nothing from other services
    ------- stderr -------
    note: storefront@1 has no branch, because it is unknown which one it was built from; name it with --branch
    [exit code 0]
    ");
}

#[test]
fn without_a_store_there_is_nothing_to_publish_to() {
    let world = crate::support::World::new();
    world.contract("storefront", "orders", &crate::support::team::interactions("list"));
    assert_snapshot!(world.upheld(["publish", "storefront@1"]), @"
    ------- stderr -------
    error: there is no store in <root>/.upheld/store
    help: create one with `upheld store init`
    help: if it is kept elsewhere, name the place with `store` in contracts/upheld.yaml or `--store`
    [exit code 5]
    ");
}

#[test]
fn no_contracts_is_refused_if_there_is_one() {
    Team::each("storefront orders", |team| {
        team.write_contracts("storefront", &[("orders", "list")]);
        let before = team.files();
        assert_snapshot!(team.upheld("publish storefront@1 --no-contracts"), @"
        ------- stderr -------
        error: storefront has a contract here: contracts/storefront/orders.yaml
        help: leave out --no-contracts, or delete the contract if it is no longer needed
        [exit code 2]
        ");
        assert_eq!(team.files(), before);
    });
}

/// A Pact file with these interactions.
fn pact(interactions: &[serde_json::Value], version: &str) -> String {
    let file = serde_json::json!({
        "consumer": {"name": "storefront"},
        "provider": {"name": "orders"},
        "interactions": interactions,
        "metadata": {"pactSpecification": {"version": version}},
    });
    format!("{file:#}\n")
}

fn get(path: &str) -> serde_json::Value {
    serde_json::json!({"description": format!("get {path}"), "request": {"path": format!("/{path}")}, "response": {"status": 204}})
}

#[test]
fn unrunnable_interactions_are_published_as_pending_on_request_and_the_gate_says_so() {
    let team = Team::git("storefront orders");
    let placed = serde_json::json!({"type": "Asynchronous/Messages", "description": "an order was placed"});
    team.world.write("contracts/http.json", pact(&[get("a"), placed.clone()], "4.0"));
    assert_snapshot!(team.upheld("publish storefront@1"), @"
    ------- stderr -------
    error: 1 interaction of storefront with orders can't be verified, so the gate would never allow a deployment
           │ an order was placed   contracts/http.json:18
           │ it is a message, and only HTTP is supported so far
    help: publish what can't be verified as pending with --without-skipped: the gate then ignores it; test it in another way
    [exit code 2]
    ");
    assert_eq!(team.files_below("publications"), Vec::<String>::new());
    assert_snapshot!(team.upheld("publish storefront@1 --without-skipped --branch main"), @"
    published  storefront@1   1 contract with orders
    ------- stderr -------
    note: published as pending, because it can't be verified: an order was placed
    [exit code 0]
    ");
    let stored = team.files_below("contracts");
    assert_eq!(stored.len(), 1, "{stored:?}");
    // As if its author had marked it.
    let mut pending = placed.clone();
    pending["pending"] = true.into();
    team.world.write("contracts/http.json", pact(&[get("a"), pending.clone()], "4.0"));
    assert_snapshot!(team.upheld("publish storefront@1"), @"
    unchanged  storefront@1   1 contract with orders
    ------- stderr -------
    note: the same contracts were already published for this version of storefront
    [exit code 0]
    ");
    team.deploy("storefront@1");
    std::fs::remove_file(team.world.path("contracts/http.json")).unwrap();
    assert_snapshot!(team.verify("orders@1", "a"), @"
    upheld  storefront → orders  get a

    pending storefront → orders  an order was placed       storefront@1 (live in production)
            E403: it was not run: it is a message, and only HTTP is supported so far
            pending: its contract says so, so it does not fail the run

    UPHELD  2 interactions: 1 pending, 1 upheld in <time>
    ------- stderr -------
    published  1 result for orders@1
    [exit code 0]
    ");
    team.ok("publish orders@1 --no-contracts");
    assert_snapshot!(team.upheld("gate orders@1 --to production --all"), @"
    ALLOW  orders@1 → production     1 compatible     store <view>

    G001 compatible  storefront@1 (live) needs orders@1 (candidate)
         not checked, because the contract marks it as pending: an order was placed
         owner: team-orders

    G503 note  storefront@1 went live at <moment> although the gate said missing-provider
    [exit code 0]
    ");
    // A file with nothing else is still a contract.
    team.world.write("contracts/http.json", pact(&[placed], "4.0"));
    assert_snapshot!(team.upheld("publish storefront@2 --without-skipped --branch main"), @"
    published  storefront@2   1 contract with orders
    ------- stderr -------
    note: published as pending, because it can't be verified: an order was placed
    [exit code 0]
    ");
    let stored: String = team.files_below("contracts").iter().map(|path| team.stored(path)).collect();
    assert_eq!(stored.matches("an order was placed").count(), 2, "{stored}");
}

#[test]
fn several_pact_files_of_one_pair_are_one_contract() {
    let team = Team::git("storefront mobile orders");
    let messages = serde_json::json!({
        "consumer": {"name": "storefront"},
        "provider": {"name": "orders"},
        "messages": [{"description": "an order was placed", "contents": {"id": 1}}],
        "metadata": {"pactSpecification": {"version": "3.0.0"}},
    });
    team.world.write("contracts/one.json", pact(&[get("a")], "4.0"));
    team.world.write("contracts/two.json", pact(&[get("b"), get("c")], "4.0"));
    team.world.write("contracts/messages.json", messages.to_string());
    assert_snapshot!(team.upheld("publish storefront@1 --without-skipped --branch main"), @"
    published  storefront@1   1 contract with orders
    ------- stderr -------
    note: published as pending, because it can't be verified: an order was placed
    [exit code 0]
    ");
    let stored = team.files_below("contracts");
    assert_eq!(stored.len(), 1, "{stored:?}");
    // Next to our own contract, messages are left out, too.
    let own = "contract: 1\nconsumer: mobile\nprovider: orders\ninteractions: [{ name: d, request: GET /d, response: { status: 200 } }]\n";
    team.world.write("contracts/mobile/orders.yaml", own);
    team.world.write("contracts/mobile/orders.json", messages.to_string().replace("storefront", "mobile"));
    assert_snapshot!(team.upheld("publish mobile@1 --without-skipped --branch main"), @"
    published  mobile@1   1 contract with orders
    ------- stderr -------
    note: left out of the contract of mobile with orders: an order was placed
    [exit code 0]
    ");
    // The same as from one file.
    let message = serde_json::json!({"type": "Asynchronous/Messages", "description": "an order was placed", "contents": {"id": 1}, "pending": true});
    team.world.write("contracts/one.json", pact(&[get("a"), get("c"), message, get("b")], "4.0"));
    for name in ["two", "messages"] {
        std::fs::remove_file(team.world.path(&format!("contracts/{name}.json"))).unwrap();
    }
    assert_eq!(team.upheld("publish storefront@1").stdout.split(' ').next(), Some("unchanged"));
    // Rules differ between specification versions.
    team.world.write("contracts/two.json", pact(&[get("b")], "2.0.0"));
    assert_snapshot!(team.upheld("publish storefront@2"), @"
    ------- stderr -------
    error: storefront has two contracts with orders
           │ contracts/one.json and contracts/two.json are Pact files of different specification versions
    help: write both with the same version, or convert them into one contract: upheld import pact
    [exit code 2]
    ");
    team.world.write("contracts/two.yaml", "contract: 1\nconsumer: storefront\nprovider: orders\ninteractions: [{ name: d, request: GET /d, response: { status: 200 } }]\n");
    std::fs::remove_file(team.world.path("contracts/two.json")).unwrap();
    assert_snapshot!(team.upheld("publish storefront@2"), @"
    ------- stderr -------
    error: storefront has two contracts with orders
    help: merge them into one file: contracts/storefront/orders.yaml
    [exit code 2]
    ");
}

#[test]
fn pending_messages_next_to_our_own_contract_are_left_out_with_a_note() {
    let team = Team::git("storefront orders");
    let own = "contract: 1\nconsumer: storefront\nprovider: orders\ninteractions: [{ name: d, request: GET /d, response: { status: 200 } }]\n";
    let placed =
        serde_json::json!({"type": "Asynchronous/Messages", "description": "an order was placed", "pending": true});
    team.world.write("contracts/storefront/orders.yaml", own);
    team.world.write("contracts/messages.json", pact(&[placed], "4.0"));
    assert_snapshot!(team.upheld("publish storefront@1 --branch main"), @"
    published  storefront@1   1 contract with orders
    ------- stderr -------
    note: left out of the contract of storefront with orders: an order was placed
    [exit code 0]
    ");
}
