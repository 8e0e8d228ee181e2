//! `upheld deployed`, `undeployed` and `released`: record which versions are live where.

use insta::assert_snapshot;

use crate::support::Team;

/// Versions 1 and 2 of orders are published, and the storefront expects something that only version 2 breaks.
fn shop(test: impl Fn(&Team)) {
    Team::each("storefront orders", |team| {
        team.publish("orders@1", &[]);
        team.publish("orders@2", &[]);
        team.publish("storefront@1", &[("orders", "list show")]);
        team.verify("orders@1", "list show");
        team.verify("orders@2", "list");
        test(team);
    });
}

// Scenario 28
#[test]
fn a_version_that_the_gate_denied_is_recorded_and_later_gates_see_it() {
    shop(|team| {
        team.deploy("orders@1 storefront@1");
        assert_snapshot!(team.upheld("deployed orders@2 --to production"), @"
        live  orders@2 in production   replacing orders@1 (live)
        ------- stderr -------
        note: recorded, although the gate doesn't allow it (incompatible); see: upheld gate orders@2 --to production
        [exit code 0]
        ");
        let record = team.files_below("deployments/production/orders").into_iter();
        let texts: Vec<String> = record.map(|path| team.stored(&path)).collect();
        assert_eq!(texts.iter().filter(|text| text.contains(r#""gate":"incompatible""#)).count(), 1, "{texts:?}");
        let output = team.gate("storefront@1");
        assert_eq!(output.code, Some(1), "{output}");
        assert!(
            output.stdout.contains("G503 note  orders@2 went live at <moment> although the gate said incompatible"),
            "{output}"
        );
    });
}

// Scenario 30
#[test]
fn an_unpublished_version_is_refused_unless_it_is_a_fact_and_unknown_afterwards() {
    shop(|team| {
        assert_snapshot!(team.upheld("deployed storefront@l --to production"), @"
        ------- stderr -------
        error: storefront@l was never published, so what it expects is unknown
        help: publish it first: upheld publish storefront@l
        help: if it is live anyway, record that with --fact; every gate that depends on it will then deny
        [exit code 4]
        ");
        assert_snapshot!(team.upheld("released storefront@nope --to production"), @"
        ------- stderr -------
        error: storefront@nope was never published, so what it expects is unknown
        help: publish it first: upheld publish storefront@nope
        help: if it is live anyway, record that with --fact; every gate that depends on it will then deny
        [exit code 4]
        ");
        assert_eq!(team.files_below("deployments"), Vec::<String>::new());
        assert_snapshot!(team.upheld("deployed storefront@9 --to production --fact"), @"
        live  storefront@9 in production
        ------- stderr -------
        note: recorded, although the gate doesn't allow it (unknown); see: upheld gate storefront@9 --to production
        [exit code 0]
        ");
        assert_snapshot!(team.gate("orders@1"), @"
        DENY  orders@1 → production     1 unknown     store <view>

        G301 unknown  storefront@9 (live) needs orders@1 (candidate)
             storefront@9 was never published, so what it expects is unknown
             owner: team-storefront
             next: publish it: upheld publish storefront@9
             next: or, if storefront doesn't publish yet, write `not-onboarded-until: DATE` into services/storefront.yaml

        G503 note  storefront@9 went live at <moment> although the gate said unknown
        [exit code 4]
        ");
    });
}

// Scenarios 14 and 15
#[test]
fn the_next_version_only_replaces_the_one_before_on_the_same_instance() {
    shop(|team| {
        team.ok("deployed orders@2 --to production --instance blue");
        assert_snapshot!(team.upheld("deployed orders@1 --to production --instance green"), @"
        live  orders@1 in production on green
        [exit code 0]
        ");
        assert_eq!(team.asks("storefront@1"), "deny 1 G101");
        assert_snapshot!(team.upheld("undeployed orders@2 --from production"), @"
        over  orders@2 in production   ending orders@2 (live on blue)
        [exit code 0]
        ");
        assert_eq!(team.asks("storefront@1"), "allow 0");
        team.ok("deployed orders@2 --to production --instance green");
        assert_eq!(team.asks("storefront@1"), "deny 1 G101");
        assert_snapshot!(team.upheld("deployed orders@1 --to production --instance green"), @"
        live  orders@1 in production on green   replacing orders@2 (live on green)
        [exit code 0]
        ");
        assert_eq!(team.asks("storefront@1"), "allow 0");
    });
}

// Scenario 19
#[test]
fn versions_with_and_without_an_instance_are_both_live() {
    shop(|team| {
        team.ok("deployed orders@1 --to production");
        team.ok("deployed orders@2 --to production --instance blue");
        assert_snapshot!(team.upheld("status"), @"
        production     no pairs     store <view>

        orders  1  live since <moment>
                2  live on blue since <moment>
        [exit code 0]
        ");
        team.ok("deployed orders@2 --to production --instance green");
        assert_snapshot!(team.upheld("undeployed orders@2 --to production"), @"
        ------- stderr -------
        error: orders@2 is live on several instances: orders@2 (live on blue) and orders@2 (live on green)
        help: name the instance that it is gone from: --instance NAME
        help: if it is gone from all of them: --all
        [exit code 2]
        ");
        assert_snapshot!(team.upheld("undeployed orders@2 --to production --all"), @"
        over  orders@2 in production   ending orders@2 (live on blue) and orders@2 (live on green)
        [exit code 0]
        ");
    });
}

// Scenarios 17 and 20
#[test]
fn a_released_version_is_live_until_its_support_ends() {
    shop(|team| {
        team.ok("released storefront@1 --to production");
        team.ok("deployed storefront@1 --to production");
        team.ok("undeployed storefront@1 --to production");
        assert_eq!(team.asks("orders@2"), "deny 1 G101");
        // It is no longer deployed, and its support can't end twice.
        assert_snapshot!(team.upheld("undeployed storefront@1 --to production"), @"
        ------- stderr -------
        error: storefront@1 isn't live there in this way
        help: live there: storefront@1 (released)
        help: to end the support of a released version: upheld released storefront@1 --to production --support-ended
        [exit code 2]
        ");
        assert_snapshot!(team.upheld("released storefront@1 --to production --support-ended"), @"
        over  storefront@1 in production   ending storefront@1 (released)
        [exit code 0]
        ");
        assert_eq!(team.asks("orders@2"), "allow 0");
        assert_snapshot!(team.upheld("released storefront@1 --to production --support-ended"), @"
        ------- stderr -------
        error: storefront@1 isn't live there
        help: no version of storefront is live there
        [exit code 2]
        ");
    });
}

// Scenario 27: two deployments that don't see each other are both live.
#[test]
fn two_concurrent_deployments_are_both_live_until_another_replaces_them() {
    let team = Team::git("orders");
    team.publish("orders@1", &[]);
    team.publish("orders@2", &[]);
    let start = team.commit();
    team.deploy("orders@1");
    let first = team.files_below("deployments");
    let record = team.stored(&first[0]);
    // The other commit was made on the same view, and merged by a maintainer of the shared repository.
    team.remote().git(&["update-ref", "refs/heads/main", &start]);
    team.forget_copy();
    team.deploy("orders@2");
    team.meddle(&[(&first[0], Some(&record))]);
    team.ok("store lint");
    assert_snapshot!(team.upheld("status"), @"
    production     no pairs     store <view>

    orders  1  live since <moment>
            2  live since <moment>
    [exit code 0]
    ");
    assert_eq!(
        team.upheld("deployed orders@1 --to production").stdout,
        "live  orders@1 in production   replacing orders@2 (live)\n"
    );
    assert_snapshot!(team.upheld("status"), @"
    production     no pairs     store <view>

    orders  1  live since <moment>
    [exit code 0]
    ");
}

// Scenario 12
#[test]
fn a_typo_is_never_recorded() {
    shop(|team| {
        let before = team.files();
        assert_snapshot!(team.upheld("deployed orders@1 --to prodution"), @"
        ------- stderr -------
        error: the store declares no environment `prodution`
        help: did you mean `production`?
        help: if the name is right, declare it: upheld store init --environment prodution
        [exit code 4]
        ");
        assert_snapshot!(team.upheld("deployed ordres@1 --to production"), @"
        ------- stderr -------
        error: the store declares no service `ordres`
        help: did you mean `orders`?
        help: if the name is right, declare it: upheld store init --service ordres
        [exit code 4]
        ");
        assert_snapshot!(team.upheld("undeployed orders@1 --to production"), @"
        ------- stderr -------
        error: orders@1 isn't live there
        help: no version of orders is live there
        [exit code 2]
        ");
        team.deploy("orders@1");
        assert_snapshot!(team.upheld("undeployed orders@2 --to production"), @"
        ------- stderr -------
        error: orders@2 isn't live there
        help: live there: orders@1 (live)
        [exit code 2]
        ");
        assert_snapshot!(team.upheld("deployed orders@1"), @"
        ------- stderr -------
        error: the following required arguments were not provided:
          --to <ENV>

        Usage: upheld deployed --to <ENV> <SERVICE[@VERSION]>...

        For more information, try '--help'.
        [exit code 2]
        ");
        assert_eq!(team.files().len(), before.len() + 1);
    });
}

#[test]
fn a_roll_out_that_is_given_up_is_over() {
    shop(|team| {
        team.deploy("storefront@1 orders@1");
        team.ok("publish orders@3 --no-contracts --branch main");
        team.verify("orders@3", "list show");
        team.ok("gate orders@3 --to production --reserve");
        assert_snapshot!(team.upheld("undeployed orders@3 --to production"), @"
        over  orders@3 in production   ending orders@3 (rolling out)
        [exit code 0]
        ");
        let aborted =
            team.files_below("deployments").iter().any(|path| team.stored(path).contains(r#""event":"aborted""#));
        assert!(aborted);
    });
}

#[test]
fn the_environment_variables_name_the_place_and_the_writer() {
    let team = Team::folder("orders");
    team.publish("orders@1", &[]);
    let mut command = team.world.command(["deployed", "orders@1"]);
    command
        .env("UPHELD_TO", "production")
        .env("GITHUB_ACTOR", "octo")
        .env("GITHUB_SERVER_URL", "https://git.shop.example");
    command.env("GITHUB_REPOSITORY", "shop/orders").env("GITHUB_RUN_ID", "7");
    let output = team.world.run(command);
    assert_eq!(output.code, Some(0), "{output}");
    let text = team.stored(&team.files_below("deployments")[0]);
    let run = r#""by":{"actor":"octo","run":"https://git.shop.example/shop/orders/actions/runs/7"}"#;
    assert!(text.contains(run), "{text}");
}

#[test]
fn a_roll_out_that_is_given_up_leaves_what_was_live() {
    shop(|team| {
        team.ok("deployed orders@1 --to production");
        team.ok("gate orders@1 --to production --reserve");
        assert_snapshot!(team.upheld("undeployed orders@1 --to production"), @"
        ------- stderr -------
        error: orders@1 is both live and rolling out again
        help: if the roll-out was given up, and the version is still live: --rollout
        help: if the version is gone entirely: --all
        [exit code 2]
        ");
        assert_snapshot!(team.upheld("undeployed orders@1 --to production --rollout"), @"
        over  orders@1 in production   ending orders@1 (rolling out)
        [exit code 0]
        ");
        assert_snapshot!(team.upheld("status"), @"
        production     no pairs     store <view>

        orders  1  live since <moment>
        [exit code 0]
        ");
        assert_snapshot!(team.upheld("deployed orders@1 --to production"), @"
        unchanged  orders@1 is live in production
        [exit code 0]
        ");
    });
}
