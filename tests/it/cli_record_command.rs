//! The command that `upheld record` runs: its input, its environment, and signals.
#![cfg(unix)]

use std::os::unix::process::CommandExt as _;
use std::process::Stdio;

use super::support::{Answer, CommandOutput, Provider, World, until};

/// The arguments to record orders at this URL.
fn record_orders(url: &str) -> Vec<&str> {
    vec!["record", "--consumer", "storefront", "--provider", "orders", "--upstream", url]
}

/// A shell script that sends one request to the recorder.
const SEND_REQUEST: &str = r"address=${UPHELD_URL#http://}; exec 3<>/dev/tcp/${address%:*}/${address#*:};
printf 'GET /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3; cat <&3 >/dev/null; ";

/// Records a script that sends one request and then runs `then`, and sends a signal to all processes of the terminal or to
/// the program alone.
fn record_with_signal(world: &World, then: &str, signal: &str, to_all: bool) -> CommandOutput {
    let provider = Provider::new(|_| Answer::json("{}"));
    let url = provider.url();
    let script = format!("{SEND_REQUEST} {then}");
    let mut command = world.command([&record_orders(&url)[..], &["--", "bash", "-c", &script]].concat());
    command.process_group(0).stdout(Stdio::piped()).stderr(Stdio::piped());
    let running = world.begin(command);
    until("the command", || world.path("ready").exists().then_some(()));
    if to_all {
        running.signal_group(signal);
    } else {
        running.signal(signal);
    }
    running.finish()
}

#[test]
fn ctrl_c_ends_the_command_and_writes_nothing() {
    let world = World::new();
    let output = record_with_signal(&world, ": > ready; exec sleep 1000", "INT", true);
    assert_eq!(output.code, Some(130), "{output}");
    assert!(output.stderr.contains("exit code 130, so nothing was written"), "{output}");
    assert!(!world.path("contracts").exists());
}

#[test]
fn a_command_that_succeeds_after_ctrl_c_is_recorded() {
    let world = World::new();
    let then = "trap 'exit 0' INT; : > ready; while :; do sleep 0.01; done";
    let output = record_with_signal(&world, then, "INT", true);
    assert_eq!(output.code, Some(0), "{output}");
    assert!(world.read("contracts/storefront/orders.yaml").contains("GET /a"));
}

#[test]
fn term_and_hup_are_passed_on_as_term() {
    for signal in ["TERM", "HUP"] {
        let world = World::new();
        let then = "trap 'echo stopping; exit 3' TERM; : > ready; while :; do sleep 0.01; done";
        let output = record_with_signal(&world, then, signal, false);
        assert_eq!((output.code, output.stdout.as_str()), (Some(3), "stopping\n"), "{output}");
    }
}

#[test]
fn the_command_gets_input_arguments_and_environment() {
    let provider = Provider::new(|_| Answer::json("{}"));
    let (world, url) = (World::new().variable("MINE", "mine"), provider.url());
    world.write("input", "a line\n");
    let script = r#"read line; echo "$line|$MINE|$1|$2|$ORDERS_URL"; exit 9"#;
    let arguments = ["--env-var", "ORDERS_URL", "--", "sh", "-c", script, "sh", "a  b", "--upstream"];
    let mut command = world.command([&record_orders(&url)[..], &arguments].concat());
    command.stdin(std::fs::File::open(world.path("input")).unwrap());
    let output = world.run(command);
    assert_eq!(output.stdout, "a line|mine|a  b|--upstream|http://127.0.0.1:<port>\n", "{output}");
    assert_eq!(output.code, Some(9));
}

#[test]
fn wrong_arguments_are_reported_before_the_command_starts() {
    let world = World::new();
    let url = "http://127.0.0.1:1";
    let record = |arguments: &[&str]| {
        let all = [&["record", "--consumer", "web"], arguments, &["--", "touch", "started"]].concat();
        let output = world.upheld(all);
        assert_eq!((output.code, world.path("started").exists()), (Some(2), false), "{output}");
        output.stderr
    };
    let (a, b, c) = (format!("a={url}"), format!("b={url}"), format!("a.b={url}"));
    for (arguments, message) in [
        (&["--upstream", url][..], "the name of the provider is missing"),
        (&["--upstream", &a, "--upstream", &a], "`a` is named twice"),
        (&["--upstream", &a, "--upstream", &b, "--env-var", "X"], "there are several providers"),
        (&["--upstream", &a, "--env-var", "c=X"], "there is no provider `c` here"),
        (&["--upstream", &a, "--port", "70000"], "`70000` isn't a port"),
        (&["--upstream", &c, "--upstream", &format!("a-b={url}")], "UPHELD_URL_A_B"),
        (&["--upstream", &a, "--upstream", &b, "--env-var", "a=X", "--env-var", "b=X"], "`X`"),
        (&["--upstream", "a=localhost:80"], "it has no scheme"),
    ] {
        let stderr = record(arguments);
        assert!(stderr.contains(message), "{arguments:?}: {stderr}");
    }
}

#[test]
fn a_port_in_use_is_reported() {
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let world = World::new();
    let output = world.upheld([&record_orders("http://127.0.0.1:1")[..], &["--port", &port, "--", "true"]].concat());
    assert_eq!(output.code, Some(5));
    assert!(output.stderr.contains("the recorder for orders can't listen on port"), "{output}");
    drop(taken);
}

#[test]
fn the_output_contains_no_secrets_of_the_traffic() {
    let provider = Provider::new(|_| Answer::json(r#"{"token":"s3cr3t-of-body"}"#).header("x-key", "s3cr3t-of-header"));
    let (world, url) = (World::new(), provider.url());
    let script = SEND_REQUEST.replace("GET /a", "GET /a?token=s3cr3t-of-query");
    let output = world.upheld([&record_orders(&url)[..], &["--", "bash", "-c", &script]].concat());
    assert_eq!(output.code, Some(0), "{output}");
    assert!(!format!("{output}").contains("s3cr3t"), "{output}");
}
