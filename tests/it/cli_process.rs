//! The remains if `upheld` is stopped, or a provider doesn't start: no process, and no half of a report.
#![cfg(unix)]

use std::path::Path;
use std::time::Duration;

use insta::assert_snapshot;

use crate::support::{Answer, CommandOutput, Provider, Running, World, example, runs, until};

const TWO: &str = "
  - name: get a thing
    request: GET /things/1
    response: { status: 204 }
  - name: get another thing
    request: GET /things/2
    response: { status: 204 }
";

/// A provider that starts processes, which start processes, and writes down the ids of all of them.
const FAMILY: &str = "\
trap '' INT
echo $$ >> ids
(sleep 1000 & echo $! >> ids; wait) &
echo $! >> ids
sleep 1000 &
echo $! >> ids
echo started >> ids
wait
";

/// The ids of the provider's processes, when all of them run.
fn family(world: &World) -> Vec<String> {
    let path = world.path("ids");
    until("the provider to start", || {
        let text = std::fs::read_to_string(&path).ok()?;
        let ids: Vec<String> = text.lines().filter(|line| *line != "started").map(str::to_owned).collect();
        (text.contains("started") && ids.len() == 4).then_some(ids)
    })
}

fn all_gone(ids: &[String]) {
    assert_eq!(ids.len(), 4);
    until("the provider's processes to be gone", || ids.iter().all(|id| !runs(id)).then_some(()));
}

fn world() -> World {
    let world = World::with(TWO);
    world.write("family.sh", FAMILY);
    world
}

/// Stops the program with a signal while it waits for a provider, and returns its output.
fn stop_at_start(signal: &str) -> CommandOutput {
    let world = world();
    let running = world.start(["verify", "--start", "sh family.sh", "--report", "json=report.json"]);
    let ids = family(&world);
    running.signal(signal);
    let output = running.finish();
    all_gone(&ids);
    let report: serde_json::Value = serde_json::from_str(&world.read("report.json")).unwrap();
    assert_eq!(report["summary"]["skipped"], 2);
    assert_eq!(report["exit_code"], 130);
    output
}

#[test]
fn ctrl_c_while_a_provider_starts_leaves_no_process_behind() {
    assert_snapshot!(stop_at_start("INT"), @"
    skipped storefront → orders  get a thing               contracts/storefront/orders.yaml:5
            E401: the run was interrupted before orders was ready
    skipped storefront → orders  get another thing         contracts/storefront/orders.yaml:8

    ERROR   2 interactions: 2 skipped in <time>
    [exit code 130]
    ");
}

#[test]
fn sigterm_and_sighup_leave_no_process_behind() {
    let first = stop_at_start("TERM").to_string();
    assert_eq!(first, stop_at_start("HUP").to_string());
    assert!(first.ends_with("[exit code 130]\n"), "{first}");
}

/// A provider for `--url` that responds to the first interaction and leaves the second one waiting, and the program that
/// waits there.
fn waiting(world: &World, arguments: &[&str]) -> (Provider, Running) {
    let provider = Provider::new(|request| match request.path.as_str() {
        "/things/2" => Answer::status(204).after(Duration::from_mins(5)),
        _ => Answer::status(204),
    });
    let url = provider.url();
    let running = world.start(
        ["verify", "--jobs", "1", "--timeout", "10m", "--url", &url].into_iter().chain(arguments.iter().copied()),
    );
    until("both requests", || (provider.lines().len() == 2).then_some(()));
    (provider, running)
}

#[test]
fn ctrl_c_in_a_run_writes_every_report_with_the_rest_skipped() {
    let world = World::with(TWO);
    let reports = ["--report", "json=r/r.json", "--report", "junit=r.xml", "--report", "markdown=r.md"];
    let (_provider, running) = waiting(&world, &reports);
    running.signal("INT");
    assert_snapshot!(running.finish(), @"
    upheld  storefront → orders  get a thing
    skipped storefront → orders  get another thing         contracts/storefront/orders.yaml:8
            E401: the run was interrupted before this interaction finished

    ERROR   2 interactions: 1 skipped, 1 upheld in <time>
    [exit code 130]
    ");
    let report: serde_json::Value = serde_json::from_str(&world.read("r/r.json")).unwrap();
    assert_eq!((&report["verdict"], &report["exit_code"]), (&"error".into(), &130.into()));
    assert_eq!(report["interactions"][1]["outcome"], "skipped");
    assert!(roxmltree::Document::parse(&world.read("r.xml")).is_ok());
    assert!(world.read("r.md").contains("skipped"));
}

#[test]
fn a_killed_run_leaves_neither_its_own_report_nor_an_earlier_one() {
    let world = World::with(TWO);
    world.write("r.json", "{\"verdict\": \"upheld\"}");
    let (_provider, running) = waiting(&world, &["--report", "json=r.json", "--report", "junit=out/r.xml"]);
    running.signal("KILL");
    assert_eq!(running.finish().code, None);
    let left = |folder: &Path| -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "contracts")
            .collect()
    };
    assert_eq!(left(world.root()), ["out"]);
    assert!(left(&world.path("out")).is_empty());
}

#[test]
fn a_failing_start_leaves_no_process_behind() {
    let world = world();
    let running = world.start(["verify", "--start", "sh family.sh", "--start-timeout", "1s"]);
    let ids = family(&world);
    assert_eq!(running.finish().code, Some(5));
    all_gone(&ids);
}

#[test]
fn a_provider_that_ends_early_and_leaves_processes_behind_has_them_stopped_too() {
    let world = world();
    world.write("early.sh", FAMILY.replace("\nwait\n", "\nexit 1\n"));
    let output = world.upheld(["verify", "--start", "sh early.sh"]);
    assert_eq!(output.code, Some(5), "{output}");
    all_gone(&family(&world));
}

#[test]
fn ctrl_c_while_a_state_is_set_up_leaves_no_process_behind() {
    let world = World::with(&TWO.replace("    request", "    given: [things]\n    request"));
    world.write("family.sh", FAMILY);
    let provider = Provider::new(|_| Answer::status(204));
    let running = world.start(["verify", "--states", "sh family.sh", "--timeout", "10m", "--url", &provider.url()]);
    let ids = family(&world);
    running.signal("INT");
    assert_eq!(running.finish().code, Some(130));
    all_gone(&ids);
}

#[test]
fn a_provider_that_ignores_the_signal_is_killed() {
    let world = World::with(TWO);
    world.write("stubborn.sh", FAMILY.replace("trap '' INT", "trap '' INT TERM"));
    let running = world.start(["verify", "--start", "sh stubborn.sh"]);
    let ids = family(&world);
    running.signal("INT");
    assert_eq!(running.finish().code, Some(130));
    all_gone(&ids);
}

#[test]
fn ctrl_c_in_a_run_stops_the_provider_and_the_state_command_with_all_that_they_started() {
    let world = World::with(&TWO.replace("    request", "    given: [things]\n    request"));
    let world = world.variable("ORDERS", example("orders"));
    world.write("orders.sh", "sleep 1000 & echo $! >> ids\necho $$ >> ids\n\"$ORDERS\" --port \"$PORT\"\n");
    world.write("states.sh", "sleep 1000 & echo $! >> ids\necho $$ >> ids\necho started >> ids\nwait\n");
    let running = world.start(["verify", "--start", "sh orders.sh", "--states", "sh states.sh", "--timeout", "10m"]);
    let ids = family(&world);
    running.signal("INT");
    assert_snapshot!(running.finish(), @"
    skipped storefront → orders  get a thing               contracts/storefront/orders.yaml:5
            E401: the run was interrupted before this interaction finished
    skipped storefront → orders  get another thing         contracts/storefront/orders.yaml:9

    ERROR   2 interactions: 2 skipped in <time>
    [exit code 130]
    ");
    all_gone(&ids);
}
