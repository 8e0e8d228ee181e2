//! `upheld verify` with a store: which contracts in it are verified, which results are pending, and which are
//! published.

use insta::assert_snapshot;

use crate::support::team::provider;
use crate::support::{Answer, Provider, Team};

#[test]
fn the_contracts_of_live_versions_and_of_main_branches_are_verified_each_interaction_once() {
    Team::each("storefront mobile orders", |team| {
        team.publish("storefront@1", &[("orders", "list show")]);
        team.publish("storefront@2", &[("orders", "list find")]);
        team.publish("storefront@3", &[("orders", "list buy")]);
        let output = team.try_publish("storefront@4", &[("orders", "sell")], "--branch feature");
        assert_eq!(output.code, Some(0), "{output}");
        team.publish("mobile@1", &[("orders", "list")]);
        team.publish("orders@1", &[]);
        team.publish("mobile@2", &[]);
        team.ok("deployed storefront@1 --to production");
        team.ok("released mobile@1 --to production");
        let orders = provider("list show find buy sell");
        let output = team.upheld(&format!("verify orders --url {} --publish --version 1 --jobs 1", orders.url()));
        // Version 2 is neither live nor the newest of its branch; version 4 is on no main branch.
        assert_snapshot!(output, @"
        upheld  mobile → orders  get list
        upheld  storefront → orders  get list
        upheld  storefront → orders  get show
        upheld  storefront → orders  get buy

        UPHELD  4 interactions in <time>
        ------- stderr -------
        published  3 results for orders@1
        [exit code 0]
        ");
        // An interaction that two consumers share is sent once, and reported for each (scenario 39).
        assert_eq!(orders.lines(), ["GET /list", "GET /show", "GET /buy"]);
    });
}

#[test]
fn what_no_live_version_needs_and_main_never_upheld_is_pending() {
    Team::each("storefront orders", |team| {
        team.publish("storefront@1", &[("orders", "list show")]);
        assert_snapshot!(team.verify("orders@1", "list"), @"
        upheld  storefront → orders  get list

        pending storefront → orders  get show                  storefront@1 (main branch)
                contract  contracts/orders/storefront/<hash>.yaml:8 in the store
                GET /show → 404

                status   expected 204
                         got 404
                  10 │   response: { status: 204 }
                     │                       ╰── required here
                help: orders has nothing at this address. If that depends on data, name a provider state in the contract.
                pending: no consumer relies on this yet, so it does not fail the run

        UPHELD  2 interactions: 1 pending, 1 upheld in <time>
        ------- stderr -------
        published  2 results for orders@1
        [exit code 0]
        ");
        // Being upheld on some other branch isn't a promise.
        assert_eq!(team.verify_with("orders@2", "list show", "--branch feature").code, Some(0));
        assert_eq!(team.verify("orders@3", "list").code, Some(0));
        // Once main has upheld it, it isn't pending any more.
        assert_eq!(team.verify("orders@4", "list show").code, Some(0));
        assert_snapshot!(team.verify("orders@5", "list"), @"
        upheld  storefront → orders  get list

        broken  storefront → orders  get show                  storefront@1 (main branch)
                contract  contracts/orders/storefront/<hash>.yaml:8 in the store
                GET /show → 404

                status   expected 204
                         got 404
                  10 │   response: { status: 204 }
                     │                       ╰── required here
                help: orders has nothing at this address. If that depends on data, name a provider state in the contract.

        BROKEN  2 interactions: 1 broken, 1 upheld in <time>
        ------- stderr -------
        published  2 results for orders@5
        [exit code 1]
        ");
    });
}

#[test]
fn what_is_live_anywhere_is_never_pending() {
    Team::each("storefront orders", |team| {
        team.publish("storefront@1", &[("orders", "list")]);
        assert_eq!(team.verify("orders@1", "").code, Some(0));
        team.ok("store init --environment staging");
        team.ok("deployed storefront@1 --to staging");
        assert_eq!(team.verify("orders@2", "").code, Some(1));
        team.ok("undeployed storefront@1 --to staging");
        assert_eq!(team.verify("orders@3", "").code, Some(0));
    });
}

#[test]
fn a_state_without_a_handler_is_not_a_fault_while_the_interaction_is_pending() {
    let team = Team::git("storefront orders");
    let order = "
  - name: get an order
    given: [an order exists]
    request: GET /order
    response: { status: 204 }
";
    team.world.contract("storefront", "orders", order);
    team.ok("publish storefront@1 --branch main");
    team.forget_contracts("storefront");
    assert_snapshot!(team.verify("orders@1", "order"), @"
    pending storefront → orders  get an order              storefront@1 (main branch)
            contract  contracts/orders/storefront/<hash>.yaml:5 in the store
            given  an order exists
            GET /order

            E402: it needs the provider state `an order exists`, and orders has no state handler
            help: give orders one: `--states 'POST /_states'`, or `states: POST /_states` in upheld.yaml; it may be a command, too, or `none` if orders is always in these states
            pending: no consumer relies on this yet, so it does not fail the run

    UPHELD  1 interaction: 1 pending, 0 upheld in <time>
    ------- stderr -------
    published  1 result for orders@1
    [exit code 0]
    ");
    // An unreachable provider is a fault in any case.
    let output = team.upheld("verify orders --url http://127.0.0.1:1 --publish --version 2 --start-timeout 100ms");
    assert_eq!(output.code, Some(5), "{output}");
    team.deploy("storefront@1");
    assert_eq!(team.verify("orders@3", "order").code, Some(5));
}

#[test]
fn an_undeclared_provider_is_unknown() {
    Team::each("storefront orders", |team| {
        team.publish("storefront@1", &[("orders", "list")]);
        let before = team.files();
        let output = team.upheld("verify ordres --url http://127.0.0.1:1 --publish --version 1");
        assert_snapshot!(output, @"
        ------- stderr -------
        error: the store declares no service `ordres`
        help: did you mean `orders`?
        help: if the name is right, declare it: upheld store init --service ordres
        [exit code 4]
        ");
        assert_eq!(team.files(), before);
    });
}

#[test]
fn a_provider_without_consumers_is_distinguished_from_a_typo() {
    let team = Team::git("storefront orders");
    assert_snapshot!(team.verify("orders@1", ""), @"
    ------- stderr -------
    note: nothing to verify: no contract expects anything from orders
    [exit code 0]
    ");
    // Also if there are contracts with other providers.
    team.write_contracts("orders", &[("storefront", "list")]);
    assert_eq!(team.verify("orders@1", "").code, Some(0));
    // Without --publish, there should be something to verify.
    let output = team.upheld("verify orders --url http://127.0.0.1:1");
    assert_eq!(output.code, Some(2), "{output}");
}

#[test]
fn contracts_of_the_folder_are_verified_along_with_those_of_the_store_and_are_never_pending() {
    Team::each("storefront orders", |team| {
        team.publish("storefront@1", &[("orders", "list show")]);
        team.deploy("storefront@1");
        // The provider has a copy of the consumer's newest contract.
        team.write_contracts("storefront", &[("orders", "list find")]);
        let output = team.verify_with("orders@1", "list show", "--jobs 1");
        assert_eq!(output.code, Some(1), "{output}");
        assert_eq!(output.first_words(), ["upheld", "broken", "upheld", "BROKEN"], "{output}");
        // A contract that is the same in both counts once.
        team.write_contracts("storefront", &[("orders", "list show")]);
        let orders = provider("list show");
        team.ok(&format!("verify orders --url {} --publish --version 2", orders.url()));
        assert_eq!(orders.requests().len(), 2);
    });
}

#[test]
fn without_publish_only_the_folder_of_contracts_counts() {
    let team = Team::git("storefront orders");
    team.publish("storefront@1", &[("orders", "list show")]);
    team.write_contracts("storefront", &[("orders", "list")]);
    std::fs::rename(team.remote().path("remote.git"), team.remote().path("gone.git")).unwrap();
    let orders = provider("list");
    team.ok(&format!("verify orders --url {}", orders.url()));
    assert_eq!(orders.lines(), ["GET /list"]);
}

#[test]
fn an_environment_s_live_versions_are_verified_there() {
    let team = Team::git("storefront mobile orders");
    team.ok("store init --environment staging");
    team.publish("storefront@1", &[("orders", "list")]);
    team.publish("storefront@2", &[]);
    team.publish("mobile@1", &[("orders", "show")]);
    team.publish("mobile@2", &[]);
    team.deploy("storefront@1");
    team.ok("deployed mobile@1 --to staging");
    let orders = provider("list show");
    let registry = team.world.read("contracts/upheld.yaml");
    let url = format!("orders: {{ url: {{ production: \"{}\" }} }}", orders.url());
    team.world.write("contracts/upheld.yaml", registry.replace("orders: { owners: [team-orders] }", &url));
    team.ok("verify orders --env production");
    assert_eq!(orders.lines(), ["GET /list"]);
    assert_eq!(team.files_below("verifications").len(), 0);
}

#[test]
fn results_that_can_t_be_published_are_not_a_yes_and_a_break_stays_one() {
    let team = Team::git("storefront orders");
    team.publish("storefront@1", &[("orders", "list")]);
    team.deploy("storefront@1");
    #[cfg(unix)]
    team.remote().hook("pre-receive", "echo no more today >&2; exit 1");
    let output = team.verify("orders@1", "list");
    assert_eq!(output.code, Some(5), "{output}");
    assert!(output.stdout.contains("UPHELD  1 interaction"), "{output}");
    assert!(output.stderr.contains("refused the push") && output.stderr.contains("no more today"), "{output}");
    assert_eq!(team.verify("orders@1", "").code, Some(1));
    assert_eq!(team.files_below("verifications").len(), 0);
}

#[test]
fn the_reasons_of_a_break_are_recorded_in_short() {
    let team = Team::folder("storefront orders");
    let order = "
  - name: get an order
    request: GET /order
    response: { status: 200, body: { id: 1, note: \"x\" } }
";
    team.world.contract("storefront", "orders", order);
    team.ok("publish storefront@1 --branch main");
    team.deploy("storefront@1");
    let long = "y".repeat(2000);
    let orders = Provider::new(move |_| Answer::json(format!(r#"{{"id": "{long}", "note": 1}}"#)));
    let output = team.upheld(&format!("verify orders --url {} --publish --version 1", orders.url()));
    assert_eq!(output.code, Some(1), "{output}");
    let record = team.stored(&team.files_below("verifications")[0]);
    assert!(record.contains(r#""place":"body id""#) && record.contains('…') && record.len() < 2000, "{record}");
}

#[test]
fn the_options_of_publish_require_it() {
    let team = Team::folder("orders");
    for option in ["--version 1", "--branch main", "--supersede"] {
        let output = team.upheld(&format!("verify orders {option}"));
        assert_eq!((output.code, output.stdout.as_str()), (Some(2), ""), "{option}\n{output}");
    }
}
