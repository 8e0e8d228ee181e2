//! The recipes of `examples/pipelines.md`: the files for GitHub and GitLab run the shell's commands, and nothing else.

use std::collections::BTreeMap;

use serde_yaml::Value;

use crate::support::Team;
use crate::support::recipes::{Recipes, commands};

/// The inputs of the action.
const INPUTS: [&str; 10] =
    ["command", "service", "version", "to", "contracts", "store", "token", "publish", "args", "working-directory"];

/// The command that the action runs for a step.
fn of_action(with: &Value) -> Option<String> {
    let names = with.as_mapping().into_iter().flat_map(|inputs| inputs.keys().map(|name| name.as_str().unwrap()));
    for name in names {
        assert!(INPUTS.contains(&name), "{name} isn't an input of the action");
    }
    let input = |name: &str| {
        with.get(name).and_then(Value::as_str).map(|text| text.replace("${{ inputs.version }}", "$VERSION"))
    };
    let command = input("command").filter(|command| command != "install")?;
    let mut words = vec![command];
    let mut service = input("service").unwrap_or_default();
    if let Some(version) = input("version") {
        service = format!("{service}@{version}");
    }
    words.extend(Some(service).filter(|service| !service.is_empty()));
    words.extend(input("to").map(|to| format!("--to {to}")));
    words.extend(with.get("publish").and_then(Value::as_bool).unwrap_or_default().then(|| String::from("--publish")));
    // One argument on each line.
    let args = input("args").unwrap_or_default();
    words.extend(args.lines().map(|line| line.replacen("--wait=", "--wait ", 1)));
    commands(&format!("upheld {}", words.join(" "))).pop()
}

/// The commands of a job, and whether it is a job for GitHub.
fn of_job(job: &Value) -> (Vec<String>, bool) {
    let Some(steps) = job.get("steps").and_then(Value::as_sequence) else {
        let lines = ["script", "after_script"].map(|part| job.get(part).and_then(Value::as_sequence));
        let lines = lines.into_iter().flatten().flatten().filter_map(Value::as_str);
        return (lines.flat_map(commands).collect(), false);
    };
    let mut all = Vec::new();
    for step in steps {
        if step.get("uses").and_then(Value::as_str).is_some_and(|action| action.starts_with("acme/upheld@")) {
            all.extend(step.get("with").and_then(of_action));
        }
        all.extend(step.get("run").and_then(Value::as_str).map(commands).unwrap_or_default());
    }
    (all, true)
}

/// All jobs of the page, by name.
fn jobs(recipes: &Recipes) -> BTreeMap<String, Vec<(Vec<String>, bool)>> {
    let mut jobs: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for file in &recipes.files {
        let list = file.get("jobs").unwrap_or(file);
        for (name, job) in list.as_mapping().unwrap() {
            jobs.entry(name.as_str().unwrap().to_owned()).or_default().push(of_job(job));
        }
    }
    jobs
}

#[test]
fn every_build_system_runs_the_commands_of_the_shell() {
    let recipes = Recipes::read();
    let jobs = jobs(&recipes);
    let mut compared = Vec::new();
    for name in recipes.jobs() {
        let mut expected = commands(recipes.shell(name));
        if expected.is_empty() {
            continue;
        }
        expected.sort();
        for github in [true, false] {
            // A pipeline's file may name a job that is in another file.
            let of_system = jobs[name].iter().filter(|(list, is_github)| *is_github == github && !list.is_empty());
            let mut all: Vec<Vec<String>> = of_system.map(|(list, _)| list.clone()).collect();
            assert_eq!(all.len(), 1, "{name} once for each build system");
            all[0].sort();
            assert_eq!(all[0], expected, "{name}, GitHub: {github}");
        }
        compared.push(name);
    }
    let all = [
        "consumer-check",
        "consumer-publish",
        "deploy",
        "provider-check",
        "provider-contracts",
        "provider-verify",
        "rollback",
        "store-check",
    ];
    assert_eq!(compared, all);
    // And no job has a command that the shell doesn't have.
    for (name, list) in &jobs {
        assert!(all.contains(&name.as_str()) || list.iter().all(|(commands, _)| commands.is_empty()), "{name}");
    }
}

#[test]
fn jobs_for_pull_requests_write_nothing() {
    let recipes = Recipes::read();
    for job in ["consumer-check", "provider-check"] {
        for command in commands(recipes.shell(job)) {
            let writes =
                ["publish", "deployed", "undeployed", "released"].contains(&command.split(' ').next().unwrap());
            assert!(!writes && !command.contains("--publish") && !command.contains("--reserve"), "{job}: {command}");
        }
    }
    for file in &recipes.files {
        let on = serde_yaml::to_string(file).unwrap();
        assert!(!on.contains("pull_request_target"), "{on}");
    }
}

#[test]
fn providers_are_notified_of_every_version_that_needs_them() {
    let team = Team::git("storefront orders stock");
    let found = team.commit();
    team.publish("storefront@1", &[("orders", "list")]);
    let first = team.commit();
    team.publish("storefront@2", &[("orders", "list show"), ("stock", "count")]);
    let second = team.commit();
    // It goes back to what it needed at first, so no contract is new.
    team.publish("storefront@3", &[("orders", "list")]);
    let third = team.commit();
    team.publish("stock@1", &[]);
    let address = team.remote().address().trim_start_matches("git+").to_owned();
    team.git_here(&["clone", "--quiet", &address, "shared"]);
    let script = Recipes::read().shell("store-notify").replace("./ci/start", "echo");
    let notified = |base: &str| {
        let mut shell = std::process::Command::new("sh");
        shell.args(["-e", "-c", &script]).current_dir(team.world.path("shared")).env("BASE", base.trim());
        let output = shell.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(notified(&second), ["orders"]);
    assert_eq!(notified(&first), ["orders", "stock"]);
    assert_eq!(notified(&third), Vec::<String>::new());
    assert_eq!(notified(&found), ["orders", "stock"]);
    // A new branch has no base.
    assert_eq!(notified(&"0".repeat(40)), ["orders", "stock"]);
}
