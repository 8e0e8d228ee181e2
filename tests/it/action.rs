//! The action's own steps, taken from `action.yml` as they are, on a runner: their outputs for later steps, and their
//! summaries for people.

use insta::assert_snapshot;

use crate::support::team::provider;
use crate::support::{Answer, Provider, Runner, Team, World};

const ORDER: &str = "
  - name: get an order
    request: GET /orders/42
    response:
      status: 200
      body: { id: 42, items: [{ sku: TEA-1, qty: 2 }] }
      match:
        items[].qty: integer
  - name: list the orders
    request: GET /orders
    response: { status: 200 }
";

/// Storefront's contract with orders, and orders, whose responses have this quantity.
fn shop(quantity: &str) -> (World, Provider) {
    let world = World::with(ORDER);
    let body = format!(r#"{{"id": 42, "items": [{{"sku": "TEA-1", "qty": {quantity}}}]}}"#);
    let orders = Provider::new(
        move |request| if request.path == "/orders" { Answer::status(200) } else { Answer::json(&*body) },
    );
    (world, orders)
}

#[test]
fn a_contract_that_is_upheld_lets_the_step_pass() {
    let (world, orders) = shop("2");
    let Some(runner) = Runner::new(&world) else { return };
    let ran =
        runner.uses(&[("command", "verify"), ("service", "orders"), ("args", &format!("--url\n{}", orders.url()))]);
    assert_eq!((ran.code, ran.said().as_str()), (Some(0), "allow upheld 0 0"), "{}", ran.log);
    assert_eq!(ran.obeyed, []);
    assert_snapshot!(ran.summary, @"
    ## Contracts: upheld

    2 interactions in <time>

    | consumer → provider | upheld | broken | error | skipped | pending |
    |---|--:|--:|--:|--:|--:|
    | storefront → orders | 2 | 0 | 0 | 0 | 0 |
    ");
    let report: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&ran.outputs["report-path"]).unwrap()).unwrap();
    assert_eq!((&report["verdict"], &report["summary"]["upheld"]), (&"upheld".into(), &2.into()));
    // Later steps of the job have the program, too.
    assert_eq!(ran.path, [runner.cached().to_str().unwrap()]);
}

#[test]
fn a_contract_that_is_broken_is_shown_on_its_line_and_in_the_summary() {
    let (world, orders) = shop("\"2\"");
    let Some(runner) = Runner::new(&world) else { return };
    let ran =
        runner.uses(&[("command", "verify"), ("service", "orders"), ("args", &format!("--url={}", orders.url()))]);
    assert_eq!((ran.code, ran.said().as_str()), (Some(1), "deny broken 1 1"), "{}", ran.log);
    assert_snapshot!(ran.annotations().join("\n"), @r#"
    error contracts/storefront/orders.yaml:11 broken: storefront → orders: get an order: GET /orders/42 → 200
    body items[0].qty: expected an integer, like 2, got "2", a string
    help: orders sends text here. If that is intended, storefront must agree: change its contract and publish it.
    "#);
    assert_snapshot!(ran.summary, @r#"
    ## Contracts: broken

    2 interactions: 1 broken, 1 upheld in <time>

    | consumer → provider | upheld | broken | error | skipped | pending |
    |---|--:|--:|--:|--:|--:|
    | storefront → orders | 1 | **1** | 0 | 0 | 0 |

    ### What needs attention

    <details>
    <summary><b>broken</b> storefront → orders <code>get an order</code></summary>

    ```text
    broken  storefront → orders  get an order              contracts/storefront/orders.yaml:5
            GET /orders/42 → 200

            body  items[0].qty   expected an integer, like 2
                                 got "2", a string
              11 │   items[].qty: integer
                 │                ╰── required here
            help: orders sends text here. If that is intended, storefront must agree: change its contract and publish it.
    ```

    </details>
    "#);
}

/// Storefront 1 is live; orders 1 fits it, orders 2 doesn't, and orders 3 was not verified.
fn team() -> Team {
    let team = Team::git("storefront orders");
    for version in ["orders@1", "orders@2", "orders@3"] {
        team.publish(version, &[]);
    }
    team.publish("storefront@1", &[("orders", "list")]);
    team.deploy("orders@1 storefront@1");
    team.verify("orders@1", "list");
    team.verify("orders@2", "");
    team
}

#[test]
fn an_open_gate_lets_the_step_pass() {
    let team = team();
    let Some(runner) = Runner::new(&team.world) else { return };
    let ran = runner.uses(&[("command", "gate"), ("service", "orders"), ("version", "1"), ("to", "production")]);
    assert_eq!((ran.code, ran.said().as_str()), (Some(0), "allow compatible 0 0"), "{}", ran.log);
    assert_eq!(ran.obeyed, []);
    assert_snapshot!(ran.summary, @"
    ## Gate: allow

    `orders@1` → `production`: 1 compatible

    `store <view>, <age> old`
    ");
    let report = std::fs::read_to_string(&ran.outputs["report-path"]).unwrap();
    assert!(report.contains(r#""decision": "allow""#), "{report}");
}

#[test]
fn a_closed_gate_says_who_breaks_and_whose_turn_it_is() {
    let team = team();
    let Some(runner) = Runner::new(&team.world) else { return };
    let ran = runner.uses(&[("command", "gate"), ("service", "orders@2"), ("to", "production")]);
    assert_eq!((ran.code, ran.said().as_str()), (Some(1), "deny incompatible 1 1"), "{}", ran.log);
    assert_snapshot!(ran.annotations().join("\n"), @"
    error G101 incompatible: storefront@1 needs orders@2: storefront@1 (live) needs orders@2 (candidate)
    get list: status, expected 204, got 404
    owned by team-orders, team-storefront
    next: fix orders to return what storefront expects; or agree on the change with storefront, which then changes its contract
    ");
    assert_snapshot!(ran.summary, @"
    ## Gate: deny

    `orders@2` → `production`: 1 incompatible

    `store <view>, <age> old`

    ### What needs attention

    <details>
    <summary><b>incompatible</b> G101 <code>storefront@1 needs orders@2</code></summary>

    ```text
    G101 incompatible  storefront@1 (live) needs orders@2 (candidate)
         get list   status   expected 204   got 404
         owners: team-orders, team-storefront
         next: fix orders to return what storefront expects; or agree on the change with storefront, which then changes its contract
    ```

    </details>
    ");
    for (version, said) in [("3", "deny unverified 3 1"), ("4", "deny unknown 4 2")] {
        let ran =
            runner.uses(&[("command", "gate"), ("service", "orders"), ("version", version), ("to", "production")]);
        assert_eq!(ran.said(), said, "{}", ran.log);
        assert_eq!(ran.code.unwrap().to_string(), ran.outputs["exit-code"]);
    }
    // A dry run never allows.
    let dry = [("command", "gate"), ("service", "orders@2"), ("to", "production"), ("args", "--dry-run")];
    assert_eq!(runner.uses(&dry).said(), "deny incompatible 0 1");
}

#[test]
fn a_gate_without_a_decision_is_shut_and_says_why() {
    let team = team();
    let Some(runner) = Runner::new(&team.world) else { return };
    let ran = runner.uses(&[
        ("command", "gate"),
        ("service", "orders@1"),
        ("to", "production"),
        ("store", "git+file:///nowhere/at/all.git"),
    ]);
    assert_eq!((ran.code, ran.said().as_str()), (Some(5), "deny error 5 0"), "{}", ran.log);
    assert_snapshot!(ran.annotations().join("\n"), @"
    error Gate: deny: the store file:///nowhere/at/all.git can't be read: the repository doesn't exist, or these credentials may not see it
    fatal: '/nowhere/at/all.git' does not appear to be a git repository
    fatal: Could not read from remote repository.
    Please make sure you have the correct access rights
    and the repository exists.
    help: check the address; an empty repository must be created on the server first
    ");
    assert_snapshot!(ran.summary, @"
    ## Gate: deny

    ```text
    error: the store file:///nowhere/at/all.git can't be read: the repository doesn't exist, or these credentials may not see it
           │ fatal: '/nowhere/at/all.git' does not appear to be a git repository
           │ fatal: Could not read from remote repository.
           │ Please make sure you have the correct access rights
           │ and the repository exists.
    help: check the address; an empty repository must be created on the server first
    ```
    ");
    let ran = runner.uses(&[("command", "gate"), ("service", "orders@1")]);
    assert_eq!((ran.code, ran.said().as_str()), (Some(2), "deny error 2 0"), "{}", ran.log);
}

#[test]
fn contracts_from_the_store_are_shown_by_who_needs_them_and_on_no_line_of_the_checkout() {
    let team = team();
    let Some(runner) = Runner::new(&team.world) else { return };
    let orders = provider("");
    let url = format!("--url={}", orders.url());
    let ran = runner.uses(&[
        ("command", "verify"),
        ("service", "orders"),
        ("version", "4"),
        ("publish", "true"),
        ("args", url.as_str()),
    ]);
    assert_eq!((ran.code, ran.said().as_str()), (Some(1), "deny broken 1 1"), "{}", ran.log);
    assert!(ran.log.contains("published  1 result for orders@4"), "{}", ran.log);
    assert_snapshot!(team.world.redaction().of_text(&ran.annotations().join("\n")), @"
    error broken: storefront → orders: get list, needed by storefront@1 (live in production): contract: contracts/orders/storefront/<hash>.yaml:5 in the store
    GET /list → 404
    status: expected 204, got 404
    help: orders has nothing at this address. If that depends on data, name a provider state in the contract.
    ");
    assert_snapshot!(ran.summary, @"
    ## Contracts: broken

    1 interaction: 1 broken in <time>

    | consumer → provider | upheld | broken | error | skipped | pending |
    |---|--:|--:|--:|--:|--:|
    | storefront → orders | 0 | **1** | 0 | 0 | 0 |

    ### What needs attention

    <details>
    <summary><b>broken</b> storefront → orders <code>get list</code>, needed by storefront@1 (live in production)</summary>

    ```text
    broken  storefront → orders  get list                  storefront@1 (live in production)
            contract  contracts/orders/storefront/<hash>.yaml:5 in the store
            GET /list → 404

            status   expected 204
                     got 404
               7 │   response: { status: 204 }
                 │                       ╰── required here
            help: orders has nothing at this address. If that depends on data, name a provider state in the contract.
    ```

    </details>
    ");
}

#[test]
fn recording_a_deployment_adds_a_line_to_the_summary() {
    let team = Team::git("storefront orders");
    team.world.contract("storefront", "orders", ORDER);
    let Some(runner) = Runner::new(&team.world) else { return };
    let ran =
        runner.uses(&[("command", "publish"), ("service", "storefront"), ("version", "1"), ("args", "--branch\nmain")]);
    assert_eq!((ran.code, ran.said().as_str()), (Some(0), "allow done 0 0"), "{}", ran.log);
    let mut summary = ran.summary;
    for command in ["deployed", "undeployed", "released"] {
        let inputs = [("command", command), ("service", "storefront@1"), ("to", "production")];
        let ran = runner.uses(&inputs);
        assert_eq!((ran.code, ran.said().as_str()), (Some(0), "allow done 0 0"), "{}", ran.log);
        summary.push_str(&ran.summary);
    }
    assert_snapshot!(summary, @"
    **published** `storefront@1: 1 contract with orders`

    **live** `storefront@1 in production`

    **over** `storefront@1 in production, ending storefront@1 (live)`

    **live** `storefront@1 in production`
    ");
    let ran = runner.uses(&[("command", "deployed"), ("service", "storefront@2"), ("to", "production")]);
    assert_eq!((ran.code, ran.said().as_str()), (Some(4), "deny error 4 0"), "{}", ran.log);
    assert_snapshot!(ran.annotations().join("\n"), @"
    error Not recorded: storefront@2 was never published, so what it expects is unknown
    help: publish it first: upheld publish storefront@2
    help: if it is live anyway, record that with --fact; every gate that depends on it will then deny
    ");
    assert_snapshot!(ran.summary, @"
    ## Not recorded

    ```text
    error: storefront@2 was never published, so what it expects is unknown
    help: publish it first: upheld publish storefront@2
    help: if it is live anyway, record that with --fact; every gate that depends on it will then deny
    ```
    ");
}

#[test]
fn findings_are_annotated_on_their_lines_and_listed_in_the_summary() {
    let (world, _) = shop("2");
    let Some(runner) = Runner::new(&world) else { return };
    let ran = runner.uses(&[("command", "lint")]);
    assert_eq!((ran.code, ran.said().as_str()), (Some(0), "allow done 0 0"), "{}", ran.log);
    assert_snapshot!(ran.summary, @"
    ## No problems found

    1 contract, 2 interactions: no problems found
    ");
    world.contract("storefront", "orders", "  - name: a\n    request: GET /a\n    response: { stats: 200 }\n");
    for command in ["lint", "verify"] {
        let ran = runner.uses(&[("command", command)]);
        assert_eq!((ran.code, ran.said().as_str()), (Some(2), "deny error 2 2"), "{}", ran.log);
        insta::allow_duplicates! { assert_snapshot!(ran.annotations().join("\n"), @"
        error contracts/storefront/orders.yaml:7 C103: `response` has no `status`
        help: add `status:`
        error contracts/storefront/orders.yaml:7 C102: unknown key `stats`
        help: did you mean `status`?
        "); }
        assert!(ran.summary.contains("contracts/storefront/orders.yaml"), "{}", ran.summary);
    }
    let team = team();
    let Some(runner) = Runner::new(&team.world) else { return };
    let ran = runner.uses(&[("command", "store lint")]);
    assert_eq!((ran.code, ran.said().as_str()), (Some(0), "allow done 0 0"), "{}", ran.log);
}

#[test]
fn the_command_runs_in_the_folder_and_with_the_contracts_that_are_named() {
    let (world, orders) = shop("2");
    std::fs::create_dir_all(world.path("a b/deep")).unwrap();
    std::fs::rename(world.path("contracts"), world.path("a b/our contracts")).unwrap();
    let Some(runner) = Runner::new(&world) else { return };
    let url = format!("--url={}\r\n\r\n--only\r\nan order\r\n", orders.url());
    let ran = runner.uses(&[
        ("command", "verify"),
        ("working-directory", "a b/deep"),
        ("contracts", "../our contracts"),
        ("args", &url),
    ]);
    assert_eq!(ran.said(), "allow upheld 0 0", "{}", ran.log);
    assert_eq!(orders.lines(), ["GET /orders/42"]);
    let ran = runner.uses(&[("command", "verify"), ("working-directory", "nowhere")]);
    assert_eq!((ran.code, ran.said().as_str()), (Some(2), "deny error 2 0"), "{}", ran.log);
}

/// Lets orders be started by a script, which finds no port to listen on.
#[cfg(unix)]
fn started_by(world: &World, script: &str) {
    world.write("start.sh", script);
    world.registry("  orders: { start: sh start.sh }\n");
}

#[cfg(unix)]
#[test]
fn a_run_that_is_killed_leaves_a_no() {
    let (world, _) = shop("2");
    // The provider ends the program that has started it.
    world.registry("  orders: { start: kill -KILL $PPID }\n");
    let Some(runner) = Runner::new(&world) else { return };
    let ran = runner.uses(&[("command", "verify"), ("service", "orders")]);
    assert_eq!((ran.code, ran.said().as_str()), (None, "deny error 5 0"), "{}", ran.log);
}

#[cfg(unix)]
#[test]
fn outputs_that_a_provider_forges_do_not_count() {
    let (world, _) = shop("2");
    let Some(runner) = Runner::new(&world) else { return };
    // It doesn't get the path of the outputs; this one found out. The value that it begins has no end.
    let file = runner.path("GITHUB_OUTPUT");
    let claim = "decision=allow\\nstate=upheld\\nx<<END\\ny";
    started_by(&world, &format!("env > seen\nprintf '{claim}' >> \"{}\"\nexit 1\n", file.display()));
    let ran = runner.uses(&[("command", "verify"), ("service", "orders"), ("token", "s3cret")]);
    assert_eq!((ran.code, ran.said().as_str()), (Some(5), "deny error 5 2"), "{}", ran.log);
    assert!(!std::fs::read_to_string(&file).unwrap().contains("END"));
    let seen = world.read("seen");
    for hidden in ["GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY", "TOKEN", "s3cret", "INPUT_"] {
        assert!(!seen.contains(hidden), "{hidden}\n{seen}");
    }
    assert!(seen.contains("GITHUB_WORKSPACE"), "{seen}");
}
