//! `upheld status` and `upheld explain`: live versions and their states, and the meaning of codes.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;

use crate::support::{Team, World};

#[test]
fn status_shows_what_is_live_and_the_pairs_that_need_attention() {
    Team::each("storefront orders mobile", |team| {
        team.ok("store init --environment staging");
        team.publish("orders@1", &[]);
        team.publish("orders@2", &[]);
        team.publish("storefront@1", &[("orders", "list")]);
        team.publish("mobile@3.4.1", &[("orders", "list show")]);
        team.deploy("orders@1 storefront@1");
        team.ok("released mobile@3.4.1 --to production");
        team.verify("orders@1", "list");
        team.verify("orders@2", "list show");
        team.ok("deployed orders@2 --to staging --instance blue");
        assert_snapshot!(team.upheld("status"), @"
        production     1 incompatible, 1 compatible     store <view>

        mobile      3.4.1  released since <moment>, although the gate said unverified
        orders      1      live since <moment>
        storefront  1      live since <moment>, although the gate said unverified

        G101 incompatible  mobile@3.4.1 (released) needs orders@1 (live)
             get show   status   expected 204   got 404
             owners: team-orders, team-mobile
             next: fix orders to return what mobile expects; or agree on the change with mobile, which then changes its contract
        G001 compatible    1 pair (--all lists them)

        staging     no pairs     store <view>

        orders  2  live on blue since <moment>
        [exit code 0]
        ");
        assert_snapshot!(team.upheld("status --env staging --all"), @"
        staging     no pairs     store <view>

        orders  2  live on blue since <moment>
        [exit code 0]
        ");
        assert_snapshot!(team.upheld("status --env stagin"), @"
        ------- stderr -------
        error: the store declares no environment `stagin`
        help: did you mean `staging`?
        help: if the name is right, declare it: upheld store init --environment stagin
        [exit code 4]
        ");
        let output = team.upheld("status --report json --env production");
        let value: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
        assert_eq!((value["format"].as_u64(), value["command"].as_str()), (Some(1), Some("status")), "{output}");
    });
}

#[test]
fn the_live_versions_of_a_service_are_listed_for_scripts() {
    Team::each("storefront orders", |team| {
        team.ok("store init --environment staging");
        for version in ["orders@1", "orders@2", "orders@3"] {
            team.publish(version, &[]);
        }
        assert_snapshot!(team.upheld("status --versions orders"), @"[exit code 0]");
        team.deploy("orders@1");
        team.ok("gate orders@2 --to production --reserve");
        team.ok("deployed orders@1 --to staging");
        assert_snapshot!(team.upheld("status --versions orders"), @"
        1
        2
        [exit code 0]
        ");
        assert_snapshot!(team.upheld("status --versions orders --env staging"), @"
        1
        [exit code 0]
        ");
        assert_snapshot!(team.upheld("status --versions order"), @"
        ------- stderr -------
        error: the store declares no service `order`
        help: did you mean `orders`?
        help: if the name is right, declare it: upheld store init --service order
        [exit code 4]
        ");
        // If a record can't be read, a version may be missing.
        let record = team.files_below("deployments/staging").remove(0);
        team.meddle(&[(&record, Some("{}"))]);
        let output = team.upheld("status --versions orders");
        assert_eq!((output.code, output.stdout.as_str()), (Some(4), ""), "{output}");
        assert!(output.stderr.contains("the store can't be trusted here"), "{output}");
        assert_eq!(team.ok("status --versions orders --env production"), "1\n2\n");
    });
}

#[test]
fn an_environment_without_live_versions_says_so() {
    let team = Team::folder("orders");
    assert_snapshot!(team.upheld("status"), @"
    production     no pairs     store <view>

    nothing is live here
    [exit code 0]
    ");
}

#[test]
fn every_code_in_the_source_is_explained() {
    let world = World::new();
    let all = world.upheld(["explain"]);
    assert_eq!((all.code, all.stderr.as_str()), (Some(0), ""), "{all}");
    let listed: Vec<&str> = all.stdout.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let defined = defined_codes();
    assert!(defined.len() > 100, "{defined:?}");
    assert_eq!(listed, defined, "each code is listed once, in order");
    for code in defined {
        let output = world.upheld(["explain", &code]);
        assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""), "{output}");
        let parts: Vec<&str> = output.stdout.trim_end().split("\n\n").collect();
        let [head, means, next] = parts[..] else { panic!("{output}") };
        assert!(head.strip_prefix(&code).is_some_and(|kind| kind.starts_with(": ")), "{output}");
        let next = next.strip_prefix("What to do: ").unwrap_or_else(|| panic!("{output}"));
        for text in [means, next] {
            assert!(text.starts_with(|c: char| c.is_uppercase() || c == '`') && text.ends_with('.'), "{output}");
            assert!(!text.contains("  "), "{output}");
        }
    }
}

/// Every code that the program's source defines: `NAME = "C101" =>`.
fn defined_codes() -> Vec<String> {
    let definition = regex::Regex::new(r#"(?m)^ +\w+ = "([A-Z][0-9]{3})" =>"#).unwrap();
    let mut codes: Vec<String> = source_texts(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")))
        .iter()
        .flat_map(|text| definition.captures_iter(text).map(|found| found[1].to_owned()).collect::<Vec<_>>())
        .collect();
    codes.sort();
    codes
}

fn source_texts(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts.extend(source_texts(&path));
        } else {
            texts.push(fs::read_to_string(path).unwrap());
        }
    }
    texts
}

#[test]
fn an_explanation_says_what_the_code_means_and_what_to_do() {
    let world = World::new();
    assert_snapshot!(world.upheld(["explain", "g203"]), @"
    G203: unverified

    Only some interactions of the contract have a result for this version of the provider: the run was partial, or the contract has changed since. Results of unchanged interactions still count.

    What to do: Run `upheld verify PROVIDER --publish --version VERSION` without --only.
    [exit code 0]
    ");
    assert_snapshot!(world.upheld(["explain", "G507"]), @"
    G507: notice of the gate

    A consumer has published contracts with the provider, but none of its versions is live in the environment. A consumer that isn't live never blocks a provider.

    What to do: Nothing needs to be done. If the consumer is live, record it: `upheld deployed CONSUMER@VERSION --to ENV`.
    [exit code 0]
    ");
    assert_snapshot!(world.upheld(["explain", "S101"]), @"
    S101: store

    A file of the store can't be read.

    What to do: Restore it from the store's history.
    [exit code 0]
    ");
    assert_snapshot!(world.upheld(["explain", "G209"]), @"
    ------- stderr -------
    error: there is no code `G209`
    help: did you mean `C209`?
    help: `upheld explain` lists all codes
    [exit code 2]
    ");
    assert_snapshot!(world.upheld(["explain", "wat"]), @"
    ------- stderr -------
    error: there is no code `wat`
    help: `upheld explain` lists all codes
    [exit code 2]
    ");
}
