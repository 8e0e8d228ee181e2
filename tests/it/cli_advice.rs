//! Every "no" names a command that clears it: these tests take the command from the output and run it in the situation that
//! printed it.

use std::fs;

use crate::support::team::provider;
use crate::support::{Answer, CommandOutput, Provider, Team};

/// How many commands may be needed, because one "no" can hide another.
const MOST: usize = 4;

/// The first command in the lines of an output that say what to do.
fn advice(output: &CommandOutput) -> Option<String> {
    let lines =
        output.stdout.lines().chain(output.stderr.lines()).map(|line| line.trim_start_matches([' ', '╰']).trim());
    let advice = lines.filter(|line| line.starts_with("next: ") || line.starts_with("help: "));
    let mut commands = advice.filter_map(|line| {
        let (before, command) = line.split_once("upheld ")?;
        // A command between backticks ends with them.
        let end = if before.ends_with('`') { command.find('`')? } else { command.len() };
        Some(command[..end].to_owned())
    });
    commands.next()
}

/// Asks something, and does what the "no" says until the answer is yes. A verification needs the provider's address, which
/// the registry of a real workspace has.
fn follow(team: &Team, line: &str, verify_with: &str) {
    let mut said = Vec::new();
    for number in 0..=MOST {
        let output = team.upheld(line);
        if output.code == Some(0) {
            assert!(number > 0, "`{line}` is a yes from the beginning\n{output}");
            return;
        }
        let command = advice(&output).unwrap_or_else(|| panic!("`{line}` names no command\n{output}"));
        assert!(!said.contains(&command), "`{command}` doesn't clear `{line}`\n{output}");
        let more = if command.starts_with("verify ") { verify_with } else { "" };
        let done = team.upheld(&format!("{command} {more}"));
        assert_eq!(done.code, Some(0), "`upheld {command}`, as `{line}` says\n{output}\n{done}");
        said.push(command);
    }
    panic!("`{line}` is still a no after {said:?}");
}

/// Storefront version 1 and orders version 1 are published, and orders is live.
fn shop() -> Team {
    let team = Team::folder("storefront orders stock");
    team.publish("orders@1", &[]);
    team.publish("storefront@1", &[("orders", "list show")]);
    team.deploy("orders@1");
    team
}

#[test]
fn the_gate_s_advice_brings_missing_results() {
    let orders = provider("list show old");
    let at = format!("--url {}", orders.url());
    let gate = "gate storefront@1 --to production";
    // G201: never verified.
    follow(&shop(), gate, &at);
    // G202: another version was.
    let team = shop();
    team.verify("orders@2", "list show");
    follow(&team, gate, &at);
    // G203: not all of it was.
    let team = shop();
    team.verify_with("orders@1", "list show", "--only list");
    follow(&team, gate, &at);
    // G204: it couldn't be run.
    let team = shop();
    team.upheld("verify orders --url http://127.0.0.1:9 --publish --version 1");
    follow(&team, gate, &at);
    // G102: the results conflict.
    let team = shop();
    team.verify("orders@1", "list");
    team.verify("orders@1", "list show");
    follow(&team, gate, &at);
    // G201 for a version that is neither live nor on a main branch.
    let team = shop();
    team.publish("storefront@2", &[("orders", "old")]);
    team.verify("orders@1", "old");
    follow(&team, gate, &at);
    // The same for a version of another branch, with conflicting results.
    let team = shop();
    team.try_publish("storefront@3", &[("orders", "show")], "--branch hotfix");
    team.verify_with("orders@1", "", "--for storefront@3");
    team.verify_with("orders@1", "show", "--for storefront@3");
    follow(&team, "gate storefront@3 --to production", &at);
    // A live consumer of a new version.
    let team = shop();
    team.verify("orders@1", "list show");
    team.deploy("storefront@1");
    team.publish("orders@2", &[]);
    follow(&team, "gate orders@2 --to production", &at);
}

#[test]
fn the_gate_s_advice_brings_missing_facts() {
    let orders = provider("list show");
    let at = format!("--url {}", orders.url());
    // G301: a candidate was never published, and G201 after that.
    let team = shop();
    team.write_contracts("storefront", &[("orders", "list")]);
    follow(&team, "gate storefront@2 --to production", &at);
    // G301: a live version wasn't.
    let team = shop();
    team.ok("deployed storefront@2 --to production --fact");
    team.write_contracts("storefront", &[("orders", "list")]);
    team.publish("orders@2", &[]);
    team.write_contracts("storefront", &[("orders", "list")]);
    follow(&team, "gate orders@2 --to production", &at);
    // G304: the environment isn't declared, and then the provider isn't live there.
    let team = shop();
    team.verify("orders@1", "list show");
    follow(&team, "gate storefront@1 --to staging", &at);
    // G304: the service isn't, and then its version isn't published.
    let team = shop();
    team.world.contract("kiosk", "orders", "  - name: list\n    request: GET /list\n    response: { status: 204 }\n");
    follow(&team, "gate kiosk@1 --to production", &at);
    // G306: there are no pairs. Without the option, there need not be any.
    let team = shop();
    team.publish("stock@1", &[]);
    let output = team.upheld("gate stock@1 --to production --require-pairs");
    assert_eq!(team.upheld(&advice(&output).unwrap()).code, Some(0), "{output}");
    // G303: there is no store.
    let team = Team::folder("storefront");
    fs::remove_dir_all(team.world.path(".upheld/store")).unwrap();
    fs::create_dir_all(team.world.path(".upheld/store")).unwrap();
    team.write_contracts("storefront", &[("orders", "list")]);
    assert_eq!(advice(&team.gate("storefront@1")), Some(String::from("store init")));
    // G305: the history was rewritten.
    let team = Team::git("storefront");
    team.publish("storefront@1", &[]);
    assert_eq!(team.asks("storefront@1"), "allow 0");
    let tree = team.remote().git(&["rev-parse", "main^{tree}"]);
    let commit = team.remote().git(&["commit-tree", "-m", "rewritten", tree.trim()]);
    team.remote().git(&["update-ref", "refs/heads/main", commit.trim()]);
    follow(&team, "gate storefront@1 --to production", "");
}

#[test]
fn the_gate_s_advice_brings_missing_providers() {
    let orders = provider("list show");
    let at = format!("--url {}", orders.url());
    let team = || {
        let team = Team::folder("storefront orders");
        team.publish("orders@1", &[]);
        team.publish("storefront@1", &[("orders", "list show")]);
        team.verify("orders@1", "list show");
        team
    };
    // G401: nothing of the provider is live.
    follow(&team(), "gate storefront@1 --to production", &at);
    // It is rolling out.
    let rolling_out = team();
    rolling_out.ok("gate orders@1 --to production --reserve");
    follow(&rolling_out, "gate storefront@1 --to production", &at);
    // It goes live too late.
    follow(&team(), "gate storefront@1 orders@1 --to production --order storefront,orders", &at);
    // G402: a live consumer has no other version.
    let retire = team();
    retire.deploy("orders@1 storefront@1");
    retire.publish("orders@2", &[]);
    retire.verify("orders@2", "list show");
    // Deployed beside it.
    retire.ok("deployed orders@1 --to production --instance eu");
    retire.ok("undeployed orders@1 --to production --all");
    retire.ok("released orders@1 --to production");
    follow(&retire, "gate --retire orders@1 --to production", &at);
    // Another version is live, and was never verified.
    let retire = team();
    retire.deploy("orders@1 storefront@1");
    retire.publish("orders@2", &[]);
    retire.ok("released orders@2 --to production");
    follow(&retire, "gate --retire orders@1 --to production", &at);
}

#[test]
fn the_advice_of_verify_and_mock_works() {
    let orders = provider("list show");
    let at = format!("--url {}", orders.url());
    // The provider isn't declared.
    let team = Team::folder("storefront orders");
    team.world.contract(
        "storefront",
        "stock",
        "  - name: list\n    request: GET /list\n    response: { status: 204 }\n",
    );
    follow(&team, &format!("verify stock --publish --version 1 {at}"), &at);
    // The consumer's version isn't published.
    team.write_contracts("storefront", &[("orders", "list")]);
    follow(&team, &format!("verify orders --for storefront@7 {at}"), &at);
    // Nobody is verified against the branch.
    let team = Team::folder("storefront orders");
    team.try_publish("storefront@1", &[("orders", "list")], "--branch master");
    let output = team.upheld(&format!("verify orders {at}"));
    assert_eq!(output.code, Some(2), "{output}");
    let done = team.upheld(&format!("{} {at}", advice(&output).unwrap()));
    assert_eq!(done.code, Some(0), "{output}\n{done}");
    // One address for two providers.
    team.write_contracts("storefront", &[("orders", "list"), ("stock", "list")]);
    let output = team.upheld(&format!("verify {at}"));
    assert_eq!(output.code, Some(2), "{output}");
    let done = team.upheld(&format!("{} {at}", advice(&output).unwrap()));
    assert_eq!(done.code, Some(0), "{output}\n{done}");
    // Its address is unknown.
    let output = team.upheld("verify orders");
    assert_eq!(output.code, Some(2), "{output}");
    let command = advice(&output).unwrap().replace("http://127.0.0.1:8080", &orders.url());
    assert_eq!(team.upheld(&command).code, Some(0), "{output}");
    // There is nothing to mock yet.
    let world = crate::support::World::new();
    let output = world.upheld(["mock", "--port", "0", "--", "true"]);
    assert_eq!((output.code, advice(&output).as_deref()), (Some(2), Some("init")), "{output}");
    assert_eq!(world.upheld(["init"]).code, Some(0));
    let output = world.upheld(["lint"]);
    assert_eq!(output.code, Some(0), "{output}");
}

#[test]
fn the_advice_of_publish_and_of_those_that_record_works() {
    // The provider isn't declared.
    let team = Team::folder("storefront orders");
    team.world.contract(
        "storefront",
        "stock",
        "  - name: list\n    request: GET /list\n    response: { status: 204 }\n",
    );
    follow(&team, "publish storefront@1", "");
    // There are no contracts.
    let output = team.upheld("publish orders@1");
    assert_eq!(team.upheld(&advice(&output).unwrap()).code, Some(0), "{output}");
    // There is no store.
    let team = Team::folder("storefront");
    fs::remove_dir_all(team.world.path(".upheld")).unwrap();
    follow(&team, "publish storefront@1 --no-contracts", "");
    // Nothing was published, and the environment isn't declared.
    let team = Team::folder("storefront orders");
    team.write_contracts("storefront", &[("orders", "list")]);
    follow(&team, "deployed storefront@1 --to staging", "");
    follow(&team, "released storefront@2 --to production", "");
    follow(&team, "status --env quality", "");
    // It was released, so it isn't undeployed.
    let output = team.upheld("undeployed storefront@2 --to production");
    assert_eq!(output.code, Some(2), "{output}");
    assert_eq!(team.upheld(&advice(&output).unwrap()).code, Some(0), "{output}");
    assert_eq!(team.ok("status --versions storefront"), "1\n");
    // A name isn't declared any more.
    fs::remove_file(team.world.path(".upheld/store/services/storefront.yaml")).unwrap();
    follow(&team, "store lint", "");
    fs::remove_file(team.world.path(".upheld/store/environments/staging.yaml")).unwrap();
    follow(&team, "store lint", "");
}

/// A provider whose response breaks the contract: once it is fixed, the same version is verified again.
#[test]
fn a_wrong_result_is_superseded_as_explained() {
    let team = shop();
    let broken = Provider::new(|_| Answer::status(500));
    team.upheld(&format!("verify orders --url {} --publish --version 1", broken.url()));
    assert_eq!(team.asks("storefront@1"), "deny 1 G101");
    let explained = team.ok("explain G101");
    assert!(explained.contains("--supersede"), "{explained}");
    team.verify_with("orders@1", "list show", "--supersede");
    assert_eq!(team.asks("storefront@1"), "allow 0");
}
