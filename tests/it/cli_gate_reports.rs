//! The reports of `upheld gate` for programs and build systems, and that its exit code doesn't depend on them. The numbers are
//! those of the list of scenarios.

use std::process::{Command, Stdio};

use insta::assert_snapshot;
use upheld::ledger::{Arrival, Book, By, Landing, ServiceVersion, Stamp, Store as _, Target, arrive};
use upheld::store::FolderStore;

use crate::support::{CommandOutput, Team, until};

/// Questions by their exit codes. (2 is wrong usage, which has no report.)
const QUESTIONS: [(i32, &str); 5] = [
    (0, "gate orders@1 --to production"),
    (1, "gate orders@2 --to production"),
    (3, "gate orders@3 --to production"),
    (4, "gate orders@4 --to production"),
    (5, "gate orders@1 --to production --store git+file:///nowhere/at/all.git"),
];
const FORMS: [&str; 4] = ["json", "junit", "markdown", "github"];

/// Storefront 1 is live; version 1 of orders is compatible, 2 isn't, 3 wasn't verified and 4 wasn't published.
fn shop() -> Team {
    let team = Team::folder("storefront orders");
    for version in ["orders@1", "orders@2", "orders@3"] {
        team.publish(version, &[]);
    }
    team.publish("storefront@1", &[("orders", "list")]);
    team.deploy("orders@1 storefront@1");
    team.verify("orders@1", "list");
    team.verify("orders@2", "");
    team
}

// Scenario 61
#[test]
fn the_exit_code_is_the_same_for_every_form_of_report() {
    let team = shop();
    for (code, question) in QUESTIONS {
        assert_eq!(team.upheld(question).code, Some(code), "{question}");
        for form in FORMS {
            for to in [String::new(), format!("=reports/{form}")] {
                let output = team.upheld(&format!("{question} --report {form}{to}"));
                assert_eq!(output.code, Some(code), "{form}{to}\n{output}");
            }
        }
        let all = FORMS.map(|form| format!(" --report {form}=reports/{form}")).concat();
        assert_eq!(team.upheld(&format!("{question}{all}")).code, Some(code), "{question}");
        for form in ["json", "junit"] {
            let text = team.world.read(&format!("reports/{form}"));
            assert_eq!(text.contains(r#""decision": "allow""#), form == "json" && code == 0, "{text}");
        }
    }
}

// Scenario 61
#[cfg(unix)]
#[test]
fn the_exit_code_is_the_same_with_standard_output_closed_or_without_a_reader() {
    let team = shop();
    for (code, question) in QUESTIONS {
        for more in ["", " --report json", " --report junit=reports/junit", " --report github"] {
            let line = format!("{question}{more}");
            let mut command = Command::new("sh");
            let program = team.world.command(line.split(' '));
            command.args(["-c", "exec \"$0\" \"$@\" >&- 2>&- <&-"]).arg(program.get_program()).args(program.get_args());
            command.current_dir(team.world.root()).env_clear();
            command.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
            assert_eq!(command.status().unwrap().code(), Some(code), "{line}, closed");
            let mut child =
                team.world.command(line.split(' ')).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
            drop(child.stdout.take());
            assert_eq!(child.wait().unwrap().code(), Some(code), "{line}, without a reader");
        }
    }
}

#[test]
fn a_report_that_can_t_be_written_is_not_a_yes() {
    let team = shop();
    team.world.write("file", "");
    assert_snapshot!(team.upheld("gate orders@1 --to production --report json=file/gate.json"), @"
    ------- stderr -------
    error: the report can't be written to file/gate.json: a part of its path is a file, not a folder
    help: choose a file in a folder that you can write to
    [exit code 2]
    ");
    assert_snapshot!(team.upheld("gate orders@1 --to production --report json=a --report junit=a"), @"
    ------- stderr -------
    error: two reports can't both go to a
    help: give each of them a file of its own
    [exit code 2]
    ");
    assert_snapshot!(team.upheld("gate orders@1 --to production --report json --report junit"), @"
    ------- stderr -------
    error: two reports can't both go to standard output
    help: give one of them a file: --report json=report.json
    [exit code 2]
    ");
    if cfg!(target_os = "linux") {
        let output = team.upheld("gate orders@1 --to production --report json=/dev/full");
        assert_eq!(output.code, Some(5), "{output}");
        let mut command = team.world.command("gate orders@1 --to production".split(' '));
        command.stdout(std::fs::File::options().write(true).open("/dev/full").unwrap()).stderr(Stdio::null());
        assert_eq!(command.status().unwrap().code(), Some(5));
    }
}

// Scenario 62
#[test]
fn a_question_can_be_spelled_in_several_ways() {
    let team = shop();
    let first = team.upheld("gate orders@2 --to production --all --report json");
    for line in [
        "gate --to=production orders@2 --report=json --all",
        "gate --all --report json --to production orders@2",
        "can-i-deploy --report json --to production --all -- orders@2",
    ] {
        let output = team.upheld(line);
        assert_eq!((output.code, &output.stdout), (first.code, &first.stdout), "{line}");
    }
    let mut command = team.world.command(["gate", "orders@2", "--all", "--report", "json"]);
    command.env("UPHELD_TO", "production").env("UPHELD_STORE", ".upheld/store");
    assert_eq!(team.world.run(command).stdout, first.stdout);
    // A flag beats the environment.
    let mut command = team.world.command(["gate", "orders@2", "--to", "production", "--all", "--report", "json"]);
    command.env("UPHELD_TO", "staging");
    assert_eq!(team.world.run(command).stdout, first.stdout);
}

// Scenario 62
#[test]
fn an_invalid_question_is_wrong_usage() {
    let team = shop();
    for line in [
        "gate orders@1",
        "gate --to production",
        "gate orders@1 --to production --forse",
        "gate orders@1 --to production --reserve-for 1h",
        "gate orders@1 --to production --at 0123456 --wait 1s",
        "gate orders@1 --to production --on tomorrow",
        "gate orders@ --to production",
        "gate orders@1 --to Production!",
        "deployed orders@1 --to production --version 1",
        "publish",
        "status --report junit",
        "store",
        "store lint --all",
    ] {
        let output = team.upheld(line);
        assert_eq!((output.code, output.stdout.as_str()), (Some(2), ""), "{line}\n{output}");
    }
    assert_snapshot!(team.upheld("gate orders@1 --to production --reserv"), @"
    ------- stderr -------
    error: unexpected argument '--reserv' found

      tip: a similar argument exists: '--reserve'

    Usage: upheld gate --to <ENV> --reserve <SERVICE[@VERSION]>...

    For more information, try '--help'.
    [exit code 2]
    ");
    assert_snapshot!(team.upheld("gate orders@1 --to Production"), @"
    DENY  orders@1 → Production     1 unknown     store <view>

    G304 unknown  the store declares no environment `Production`
         did you mean `production`?
         next: if the name is right, declare it: upheld store init --environment Production
    [exit code 4]
    ");
}

fn count(output: &CommandOutput, text: &str) -> usize {
    output.stdout.lines().filter(|line| line.starts_with(text)).count()
}

/// Records versions 1 to `last` of a service as released, all at once, because that many commands would be slow.
fn release_all(team: &Team, service: &str, last: usize) {
    let store = FolderStore::open(team.world.path(".upheld/store"), "store");
    let snapshot = store.snapshot().unwrap();
    let book = Book::new(snapshot.as_ref());
    let target = Target { environment: "production".parse().unwrap(), instance: None };
    let stamp = Stamp { at: String::from("2026-11-24T10:00:00Z"), by: By::default() };
    let mut files = Vec::new();
    for version in 1..=last {
        let of = ServiceVersion::new(service.parse().unwrap(), version.to_string().parse().unwrap());
        files.extend(arrive(&book, &of, &target, Arrival::Released, false, None, stamp.clone()).unwrap());
    }
    assert_eq!(store.add(&files, snapshot.id(), "release").unwrap(), Landing::Landed);
}

// Scenario 64
#[test]
fn of_forty_blocking_pairs_ten_are_annotated_and_all_are_in_the_summary() {
    let team = Team::folder("storefront orders");
    team.publish("orders@1", &[]);
    for version in 1..=40 {
        team.publish(&format!("storefront@{version}"), &[("orders", "list")]);
    }
    release_all(&team, "storefront", 40);
    team.verify("orders@1", "");
    let mut command = team.world.command("gate orders@1 --to production --report github".split(' '));
    command.env("GITHUB_STEP_SUMMARY", team.world.path("summary.md"));
    let output = team.world.run(command);
    assert_eq!(output.code, Some(1), "{output}");
    assert_eq!(count(&output, "::error"), 10, "{output}");
    assert_eq!(output.stdout.matches("30 more").count(), 1, "{output}");
    let summary = team.world.read("summary.md");
    for version in 1..=40 {
        assert!(summary.contains(&format!("storefront@{version} ")), "{version}\n{summary}");
    }
    assert!(summary.len() < 1024 * 1024);
    // The human report has all of them.
    assert_eq!(team.gate("orders@1").stdout.matches("G101").count(), 40);
}

/// A stand-in for `ssh`: the address's path is a repository on this machine. `before` runs before git.
#[cfg(unix)]
fn through_ssh(team: &Team, before: &str) -> (String, String) {
    let script = format!("#!/bin/sh\n{before}\nfor last; do :; done\neval \"exec $last\"\n");
    team.world.write("ssh", script);
    let program = team.world.path("ssh").display().to_string();
    let repository = team.remote().path("remote.git").display().to_string();
    (format!("/bin/sh {program}"), format!("ssh://git@shop.example{repository}"))
}

// Scenario 29
#[cfg(unix)]
#[test]
fn a_killed_gate_leaves_a_no_and_no_record() {
    use std::os::unix::process::CommandExt as _;
    for signal in ["KILL", "TERM", "INT"] {
        let team = Team::git("orders");
        team.publish("orders@1", &[]);
        let before = team.commit();
        // An earlier run has left a yes.
        team.ok(
            "gate orders@1 --to production --report json=gate.json --report junit=gate.xml --report markdown=gate.md --report comment=comment.md",
        );
        assert!(team.world.read("gate.json").contains(r#""decision": "allow""#));
        let folder = team.world.root().display().to_string();
        let (ssh, store) =
            through_ssh(&team, &format!("touch {folder}/reached; while [ ! -e {folder}/go ]; do sleep 0.01; done"));
        let line = format!(
            "gate orders@1 --to production --reserve --store {store} --report json=gate.json --report junit=gate.xml --report markdown=gate.md --report comment=comment.md"
        );
        let mut command = team.world.command(line.split(' '));
        command.env("GIT_SSH_COMMAND", ssh).process_group(0);
        let gate = team.world.begin(command);
        until("the gate to look at the store", || team.world.path("reached").exists().then_some(()));
        // Like a build system: the program and all its children.
        gate.signal_group(signal);
        let output = gate.finish();
        assert_ne!(output.code, Some(0), "{signal}\n{output}");
        assert_eq!(output.stdout, "", "{signal}");
        let report: serde_json::Value = serde_json::from_str(&team.world.read("gate.json")).unwrap();
        assert_eq!((report["decision"].as_str(), report["exit_code"].as_u64()), (Some("deny"), Some(5)), "{signal}");
        assert!(report["note"].as_str().unwrap().contains("did not finish"), "{report}");
        assert!(team.world.read("gate.xml").contains("errors=\"1\""), "{}", team.world.read("gate.xml"));
        for file in ["gate.md", "comment.md"] {
            assert!(team.world.read(file).starts_with("## Gate: deny"), "{}", team.world.read(file));
        }
        assert_eq!(team.commit(), before, "nothing was recorded");
        // The address itself is right.
        team.world.write("go", "");
        let mut command = team.world.command(line.split(' '));
        command.env("GIT_SSH_COMMAND", through_ssh(&team, "").0);
        let output = team.world.run(command);
        assert_eq!(output.code, Some(0), "{output}");
        assert_ne!(team.commit(), before);
    }
}
