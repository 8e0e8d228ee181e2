//! The action in the hands of strangers: inputs that mean harm, and pull requests from other repositories.

use std::path::Path;

use insta::assert_snapshot;

use crate::support::runner::{Obeyed, action};
use crate::support::team::provider;
use crate::support::{Runner, Team, World};

/// Inputs that a stranger may have chosen, each with its purpose. `@` is replaced by a file that it would make.
const HOSTILE: &[&str] = &[
    "$(touch @)",
    "`touch @`",
    "; touch @ #",
    "x\"; touch @; \"",
    "${IFS}$(touch${IFS}@)",
    "x\ntouch @\n",
    "-x",
    "--start=touch @",
    "--report=json=@",
    "--",
    "*",
    "::error title=forged::forged",
    "x\n::error title=forged::forged",
    "x\r::error title=forged::forged",
    "x%0A::error::forged",
    "x ##[error]forged",
    "::set-output name=decision::allow",
    "x\ndecision=allow",
    "decision=allow\nstate=compatible",
    "x\ndecision<<END\nallow\nEND",
    "x%\u{1b}[2K\u{7}",
    "../../../../@",
];

/// Holds one input against one value.
fn withstands(runner: &Runner<'_>, name: &str, hostile: &str, mark: &Path) {
    let value = hostile.replace('@', mark.to_str().unwrap());
    let lint = [("command", "lint")];
    let gate = [("command", "gate"), ("service", "orders@1"), ("to", "production")];
    let of_lint = matches!(name, "contracts" | "working-directory");
    let mut inputs: Vec<(&str, &str)> = if of_lint { lint.to_vec() } else { gate.to_vec() };
    inputs.push((name, &value));
    let ran = runner.uses(&inputs);
    let case = || format!("{name}: {hostile:?}\n{:?}\n{}", ran.obeyed, ran.log);
    assert!(!mark.exists(), "{}", case());
    // There is no store here, and no such folder: none of this can be a yes.
    assert_eq!(ran.outputs["decision"], "deny", "{}", case());
    assert_ne!(ran.code, Some(0), "{}", case());
    let (masks, others): (Vec<&Obeyed>, Vec<&Obeyed>) = ran.obeyed.iter().partition(|one| one.name == "add-mask");
    // A token to hide goes to the runner, whole, and nowhere else.
    assert!(masks.iter().all(|mask| name == "token" && mask.data == value.trim_end()), "{}", case());
    if name == "token" && value.len() > 2 {
        assert!(!ran.summary.contains(&value) && !ran.annotations().concat().contains(&value), "{}", case());
    }
    assert_eq!(others.len(), 1, "{}", case());
    let titles = ["Upheld", "Wrong usage", "Gate: deny", "Contracts: problems found"];
    assert!(others[0].name == "error" && titles.contains(&others[0].properties["title"].as_str()), "{}", case());
}

/// The folder of contracts, with storefront's contract with orders.
fn world() -> World {
    World::with("  - name: get\n    request: GET /a\n    response: { status: 204 }\n")
}

#[test]
fn no_input_can_run_anything_or_forge_an_annotation_or_an_output() {
    let world = world();
    if Runner::new(&world).is_none() {
        return;
    }
    let mark = world.path("mark");
    let action = action();
    let names: Vec<&str> =
        action["inputs"].as_mapping().unwrap().iter().map(|(name, _)| name.as_str().unwrap()).collect();
    assert!(names.len() >= 10, "{names:?}");
    let (world, mark) = (&world, &mark);
    // Each thread of them has a runner of its own.
    std::thread::scope(|scope| {
        for names in names.chunks(4) {
            scope.spawn(move || {
                let runner = Runner::new(world).unwrap();
                for name in names {
                    // The words of `args` are arguments because somebody wants them to be.
                    let meant = |hostile: &&&str| *name == "args" && hostile.starts_with("--report");
                    for hostile in HOSTILE.iter().filter(|hostile| !meant(hostile)) {
                        withstands(&runner, name, hostile, mark);
                    }
                }
            });
        }
    });
    assert!(!world.path(".upheld").exists());
}

#[test]
fn an_unknown_command_is_refused_before_anything_is_installed() {
    let world = world();
    let Some(runner) = Runner::empty(&world) else { return };
    let refused = |inputs: &[(&str, &str)]| {
        let ran = runner.uses(inputs);
        assert_eq!((ran.code, ran.said().as_str()), (Some(2), "deny error 2 0"), "{}", ran.log);
        assert_eq!(ran.path, [""; 0]);
        ran.annotations().join("\n")
    };
    assert_snapshot!(refused(&[("command", "")]), @"error Upheld: The input `command` is empty; set it to verify, gate, publish, deployed, undeployed, released, lint, store lint or install.");
    for command in ["record", "mock", "verify ", "Verify", "store", "store init", "--version", "verify gate", "help"] {
        assert!(refused(&[("command", command)]).contains("`command` must be verify"), "{command}");
    }
    assert_snapshot!(refused(&[("command", "verify"), ("publish", "yes")]), @"error Upheld: The input `publish` must be true or false.");
    assert_snapshot!(refused(&[("command", "gate"), ("publish", "true")]), @"error Upheld: The input `publish` works only with the command verify. To publish contracts, set `command` to publish.");
    assert_snapshot!(refused(&[("command", "verify"), ("args", "--jobs 4")]), @"error Upheld: The input `args` has an option and its value on the same line; put each on its own line, or join them with `=`.");
    assert_snapshot!(refused(&[("command", "gate"), ("to", "production\nstaging")]), @"error Upheld: An input has several lines; only `args` and `service` may.");
}

#[test]
fn an_argument_is_a_line_as_it_is() {
    let world = World::with(
        "  - name: \"it's $(a) \\\"name\\\" * `x`\"\n    request: GET /a\n    response: { status: 204 }\n  - name: other\n    request: GET /b\n    response: { status: 204 }\n",
    );
    let Some(runner) = Runner::new(&world) else { return };
    let orders = provider("a");
    let args = format!("--url\n{}\n--only\nit's $(a) \"name\" * `x`", orders.url());
    let ran = runner.uses(&[("command", "verify"), ("args", &args)]);
    assert_eq!(ran.said(), "allow upheld 0 0", "{}", ran.log);
    assert_eq!(orders.lines(), ["GET /a"]);
}

/// A team in whose world a commit is checked out, with the contract of storefront with orders in it.
fn checked_out() -> (Team, String) {
    let team = Team::git("storefront orders");
    team.write_contracts("storefront", &[("orders", "list")]);
    for arguments in
        [&["init", "--quiet", "--initial-branch=main"][..], &["add", "contracts"], &["commit", "--quiet", "-m", "x"]]
    {
        team.git_here(arguments);
    }
    let commit = team.git_here(&["rev-parse", "HEAD"]);
    (team, commit)
}

const HEAD: &str = "0123456789abcdef0123456789abcdef01234567";

#[test]
fn in_a_pull_request_the_version_is_its_head_which_has_to_lie_here_unless_another_is_named() {
    let (team, commit) = checked_out();
    let Some(runner) = Runner::new(&team.world) else { return };
    let publish = [("command", "publish"), ("service", "storefront")];
    assert_eq!(runner.uses(&publish).said(), "allow done 0 0");
    let runner = runner.pull_request("pull_request", "shop/orders", HEAD);
    // The checkout says nothing about a head that isn't checked out.
    let ran = runner.uses(&publish);
    assert_eq!(ran.said(), "deny error 2 0", "{}", ran.log);
    assert!(
        ran.log.contains("the merge of a pull request") || ran.log.contains("and not its head 01234567"),
        "{}",
        ran.log
    );
    let ran = runner.uses(&[publish[0], publish[1], ("version", "1.2.3")]);
    assert_eq!(ran.said(), "allow done 0 0", "{}", ran.log);
    let mut versions: Vec<String> = Vec::new();
    for path in team.files_below("publications/storefront") {
        let record: serde_json::Value = serde_json::from_str(&team.stored(&path)).unwrap();
        versions.push(format!("{} {}", record["version"].as_str().unwrap(), record["branch"].as_str().unwrap()));
    }
    versions.sort();
    let mut expected = ["1.2.3 feature".to_owned(), format!("{commit} main")];
    expected.sort();
    assert_eq!(versions, expected);
}

#[test]
fn a_fork_s_pull_request_is_verified_and_writes_nothing() {
    let (team, _) = checked_out();
    let Some(runner) = Runner::new(&team.world) else { return };
    let before = team.files();
    let orders = provider("list");
    let url = format!("--url={}", orders.url());
    // A repository that was deleted has no name any more.
    for from in ["eve/orders", ""] {
        let runner = Runner::new(&team.world).unwrap().pull_request("pull_request", from, HEAD);
        for args in [url.clone(), format!("{url}\n--publish")] {
            let inputs =
                [("command", "verify"), ("service", "orders"), ("version", "1"), ("publish", "true"), ("args", &args)];
            let ran = runner.uses(&inputs);
            assert_eq!((ran.code, ran.said().as_str()), (Some(0), "allow upheld 0 0"), "{}", ran.log);
            insta::allow_duplicates! { assert_snapshot!(ran.annotations().join("\n"), @"notice Upheld: This pull request comes from a fork, which can't access the store; its results are not published."); }
        }
        let ran = runner.uses(&[("command", "publish"), ("service", "storefront")]);
        assert_eq!((ran.code, ran.said().as_str()), (Some(0), "deny skipped 0 0"), "{}", ran.log);
        insta::allow_duplicates! {
            assert_snapshot!(ran.annotations().join("\n"), @"notice Upheld: This pull request comes from a fork, which can't access the store; nothing is published.");
            assert_snapshot!(ran.summary, @"**not published**: this pull request comes from a fork, which can't access the store.");
        }
        for command in ["deployed", "undeployed", "released"] {
            let ran = runner.uses(&[("command", command), ("service", "storefront@1"), ("to", "production")]);
            assert_eq!((ran.code, ran.said().as_str()), (Some(2), "deny error 2 0"), "{}", ran.log);
        }
        let gate = [("command", "gate"), ("service", "storefront@1"), ("to", "production"), ("args", "--reserve")];
        assert_eq!(runner.uses(&gate).said(), "deny error 2 0");
        // To ask is free.
        assert_eq!(runner.uses(&gate[..3]).outputs["state"], "unknown");
    }
    drop(runner);
    assert_eq!(team.files(), before);
}

#[test]
fn where_a_stranger_s_code_would_run_beside_secrets_nothing_is_verified_or_written() {
    let (team, _) = checked_out();
    let before = team.files();
    for from in ["eve/orders", "shop/orders"] {
        let Some(runner) = Runner::new(&team.world) else { return };
        let runner = runner.pull_request("pull_request_target", from, HEAD);
        for command in ["verify", "publish", "deployed", "undeployed", "released"] {
            let ran = runner.uses(&[("command", command), ("service", "storefront"), ("version", "1")]);
            assert_eq!((ran.code, ran.said().as_str()), (Some(2), "deny error 2 0"), "{}", ran.log);
            insta::allow_duplicates! { assert_snapshot!(ran.annotations().join("\n"), @"error Upheld: On `pull_request_target`, Upheld neither verifies nor writes: the checkout either isn't the pull request or runs a stranger's code with this repository's secrets. Use `on: pull_request`."); }
        }
        assert_eq!(runner.uses(&[("command", "lint")]).said(), "allow done 0 0");
    }
    assert_eq!(team.files(), before);
}

#[test]
fn a_service_is_a_name_and_never_an_option_or_a_pattern() {
    let world = world();
    let Some(runner) = Runner::new(&world) else { return };
    for service in ["*", "contract?", "--atomic", "-h", "--help", "a --atomic", "--"] {
        let ran = runner.uses(&[("command", "gate"), ("service", service), ("to", "production")]);
        assert_eq!((ran.code, ran.said().as_str()), (Some(2), "deny error 2 0"), "{service}\n{}", ran.log);
        let word = service.rsplit(' ').next().unwrap();
        let told = format!("error Wrong usage: invalid value '{word}' for '<SERVICE[@VERSION]>...'");
        assert!(ran.annotations().concat().starts_with(&told), "{service}\n{}", ran.log);
    }
}

#[test]
fn a_token_is_hidden_before_anything_can_show_it() {
    let world = world();
    let Some(runner) = Runner::new(&world) else { return };
    let ran = runner.uses(&[("command", "lint"), ("token", "s3cret%t0ken")]);
    assert_eq!(ran.said(), "allow done 0 0", "{}", ran.log);
    let [mask] = &ran.obeyed[..] else { panic!("{:?}", ran.obeyed) };
    assert_eq!((mask.name.as_str(), mask.data.as_str()), ("add-mask", "s3cret%t0ken"));
    assert!(ran.log.starts_with("::add-mask::"), "{}", ran.log);
}

#[test]
fn events_that_strangers_cause_are_all_treated_alike() {
    let (team, _) = checked_out();
    let before = team.files();
    let store = team.remote().address();
    let asks = [("command", "gate"), ("service", "storefront@1"), ("to", "production")];
    let writes = |runner: &Runner<'_>, code: i32| {
        for command in ["verify", "publish", "deployed", "undeployed", "released"] {
            let ran =
                runner.uses(&[("command", command), ("service", "storefront"), ("version", "1"), ("store", &store)]);
            assert_eq!((ran.code, ran.outputs["decision"].as_str()), (Some(code), "deny"), "{command}\n{}", ran.log);
            assert!(ran.log.contains("Upheld neither verifies nor writes"), "{}", ran.log);
        }
        let reserve = [&asks[..], &[("args", "--reserve"), ("store", &store)]].concat();
        assert_eq!(runner.uses(&reserve).said(), "deny error 2 0");
    };
    for event in ["pull_request_target", "issue_comment", "workflow_run", "issues", "discussion_comment"] {
        let Some(runner) = Runner::new(&team.world) else { return };
        let runner = runner.variable("GITHUB_EVENT_NAME", event);
        writes(&runner, 2);
        // What is checked out names the store, and may be theirs.
        let ran = runner.uses(&asks);
        assert_eq!(ran.said(), "deny error 2 0", "{event}\n{}", ran.log);
        assert!(ran.log.contains("the input `store` must name the store"), "{}", ran.log);
        let ran = runner.uses(&[&asks[..], &[("store", store.as_str())]].concat());
        assert_eq!(ran.said(), "deny unknown 4 1", "{event}\n{}", ran.log);
    }
    // After a stranger's pull request, and after a run in a fork.
    for (event, repository) in [("pull_request", "shop/orders"), ("push", "eve/orders"), ("", "")] {
        let Some(runner) = Runner::new(&team.world) else { return };
        let runner = runner
            .variable("GITHUB_EVENT_NAME", "workflow_run")
            .github("event.workflow_run.event", event)
            .github("event.workflow_run.head_repository.full_name", repository);
        writes(&runner, 2);
    }
    assert_eq!(team.files(), before);
    // After a push to this repository, a deployment is as trustworthy as the push.
    let Some(runner) = Runner::new(&team.world) else { return };
    let runner = runner
        .variable("GITHUB_EVENT_NAME", "workflow_run")
        .github("event.workflow_run.event", "push")
        .github("event.workflow_run.head_repository.full_name", "shop/orders");
    let ran = runner.uses(&[("command", "publish"), ("service", "storefront"), ("version", "1")]);
    assert_eq!(ran.said(), "allow done 0 0", "{}", ran.log);
}

#[test]
fn a_token_does_not_follow_the_checkout() {
    let world = world();
    let server = crate::support::Provider::new(|_| crate::support::Answer::status(404));
    let address = format!("git+{}/evil.git", server.url());
    world.write("contracts/upheld.yaml", format!("upheld: 1\nstore: {address}\nservices: {{ orders: {{}} }}\n"));
    let gate = [("command", "gate"), ("service", "orders@1"), ("to", "production"), ("token", "s3cret")];
    let pull_request = |event: &str| Runner::new(&world).map(|runner| runner.pull_request(event, "eve/orders", HEAD));
    for event in ["pull_request_target", "pull_request", "push"] {
        let Some(runner) = pull_request(event) else { return };
        let ran = runner.uses(&gate);
        assert_eq!(ran.said(), "deny error 2 0", "{event}\n{}", ran.log);
        assert_eq!(server.lines(), [""; 0], "{event}");
    }
    let Some(runner) = pull_request("pull_request_target") else { return };
    let ran = runner.uses(&[&gate[..], &[("store", &address)]].concat());
    assert_eq!(ran.said(), "deny error 5 0", "{}", ran.log);
    assert!(server.requests().iter().all(|request| request.header("authorization").is_some()));
}
