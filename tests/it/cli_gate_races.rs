//! Concurrent gates, and gates that wait. The numbers are those of the list of scenarios.
//!
//! `UPHELD_RACES=200` runs the races through the program that many times.

use std::sync::Barrier;
use std::thread;

use insta::assert_snapshot;
use upheld::cli::{World, main};

use crate::support::{CommandOutput, Team, until};

/// How many times a race is run through the program by default.
const RACES: usize = 4;
/// How many times it is run in this process, which is faster.
const RACES_INSIDE: usize = 200;

fn races() -> usize {
    std::env::var("UPHELD_RACES").map_or(RACES, |number| number.parse().unwrap())
}

/// Storefront 1 and orders 1 are live. Storefront 2 and orders 2 are each compatible with them, and with each other or not.
fn shop(team: &Team, both_fit: bool) {
    for version in ["orders@1", "orders@2"] {
        team.publish(version, &[]);
    }
    team.publish("storefront@1", &[("orders", "old")]);
    team.publish("storefront@2", &[("orders", "new")]);
    team.deploy("orders@1 storefront@1");
    team.verify("orders@1", "old new");
    team.verify("orders@2", if both_fit { "old new" } else { "old" });
}

const GATES: [&str; 2] = ["gate storefront@2 --to production --reserve", "gate orders@2 --to production --reserve"];
const ENDS: [&str; 2] = ["undeployed storefront@2 --to production", "undeployed orders@2 --to production"];

/// Runs both gates at once, and returns their outputs.
fn race(team: &Team) -> [CommandOutput; 2] {
    GATES.map(|line| team.start(line)).map(|gate| team.told(gate.finish()))
}

// Scenario 22
#[test]
fn of_two_concurrent_gates_for_incompatible_versions_exactly_one_says_yes() {
    for team in Team::both("storefront orders") {
        shop(&team, false);
        let mut won = [0, 0];
        for round in 0..races() {
            let said = race(&team);
            let mut codes = [said[0].code, said[1].code];
            won[usize::from(codes[0] != Some(0))] += 1;
            let end = ENDS[usize::from(codes[0] != Some(0))];
            codes.sort();
            assert_eq!(codes, [Some(0), Some(1)], "round {round}\n{}\n{}", said[0], said[1]);
            let denied = said.iter().find(|said| said.code == Some(1)).unwrap();
            assert!(denied.stdout.contains("G101") && denied.stdout.contains("rolling out"), "{denied}");
            team.ok(end);
        }
        println!("storefront won {} and orders {} of {} races", won[0], won[1], races());
        team.ok("store lint");
    }
}

// Scenario 23
#[test]
fn two_concurrent_gates_for_compatible_versions_both_say_yes() {
    for team in Team::both("storefront orders") {
        shop(&team, true);
        for said in race(&team) {
            assert_eq!(said.code, Some(0), "{said}");
        }
        let status = team.ok("status");
        assert_eq!(status.matches("rolling out").count(), 2, "{status}");
    }
}

/// Runs a command in this process.
fn inside(team: &Team, line: &str) -> u8 {
    let mut world = World {
        out: upheld::cli::Stream::new(std::io::sink()),
        err: upheld::cli::Stream::new(std::io::sink()),
        out_is_terminal: false,
        err_is_terminal: false,
        working: team.world.root().to_path_buf(),
        variable: |_| None,
    };
    main(std::iter::once("upheld").chain(line.split(' ')).map(Into::into), &mut world).code()
}

// Scenario 22, two hundred times.
#[test]
fn two_gates_for_incompatible_versions_never_both_say_yes() {
    let team = Team::folder("storefront orders");
    shop(&team, false);
    let files: Vec<(String, String)> =
        team.files().into_iter().map(|path| (path.clone(), team.stored(&path))).collect();
    let mut won = [0, 0];
    for round in 0..RACES_INSIDE {
        for (path, text) in &files {
            team.world.write(&format!("races/{round}/{path}"), text);
        }
        let start = Barrier::new(GATES.len());
        let codes = thread::scope(|scope| {
            let gate = |line| {
                start.wait();
                inside(&team, &format!("{line} --store races/{round}"))
            };
            GATES.map(|line| scope.spawn(move || gate(line))).map(|gate| gate.join().unwrap())
        });
        assert!(codes == [0, 1] || codes == [1, 0], "round {round}: {codes:?}");
        won[usize::from(codes[0] != 0)] += 1;
    }
    println!("storefront won {} and orders {} of {RACES_INSIDE} races", won[0], won[1]);
}

// Scenario 63
#[test]
fn a_definite_no_ends_the_wait() {
    Team::each("storefront orders payments", |team| {
        team.publish("orders@1", &[]);
        team.publish("payments@1", &[]);
        team.publish("storefront@1", &[("orders", "list"), ("payments", "pay")]);
        team.deploy("orders@1 payments@1");
        team.verify("orders@1", "");
        assert_snapshot!(team.gate("storefront@1 --wait 10m"), @"
        DENY  storefront@1 → production     1 incompatible, 1 unverified     store <view>

        G101 incompatible  storefront@1 (candidate) needs orders@1 (live)
             get list   status   expected 204   got 404
             owners: team-orders, team-storefront
             next: fix orders to return what storefront expects; or agree on the change with storefront, which then changes its contract
        G201 unverified    storefront@1 (candidate) needs payments@1 (live)
             the only interaction has no result: get pay
             never verified: no version of payments has a result
             owner: team-payments
             next: in a checkout of payments@1: upheld verify payments --publish --version 1
        [exit code 1]
        ");
        // And so does a state that waiting can't help.
        assert_eq!(team.gate("storefront@2 --wait 10m").code, Some(4));
    });
}

// Scenario 63
#[test]
fn a_result_that_comes_while_a_gate_waits_is_seen() {
    for team in Team::both("storefront orders") {
        team.publish("orders@1", &[]);
        team.publish("storefront@1", &[("orders", "list")]);
        team.deploy("orders@1");
        let gate = team.start("gate storefront@1 --to production --wait 50s --reserve");
        until("the gate to wait", || gate.said("waiting for missing results").then_some(()));
        team.verify("orders@1", "list");
        let output = gate.finish();
        assert_eq!(output.code, Some(0), "{output}");
        assert!(team.ok("status").contains("rolling out"));
    }
}

// Scenario 63
#[test]
fn the_wait_ends_with_the_last_decision_when_the_time_is_over() {
    let team = Team::folder("storefront orders");
    team.publish("orders@1", &[]);
    team.publish("storefront@1", &[("orders", "list")]);
    team.deploy("orders@1");
    let output = team.gate("storefront@1 --wait 600ms");
    assert_eq!(output.code, Some(3), "{output}");
    assert_eq!(output.stderr, "waiting for missing results …\n");
}
