//! State handlers that are commands.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::{command, eventually, process_ids, runs, written};
use crate::interaction::State;
use crate::process::{CommandStates, codes};
use crate::verification::{Action, RunError, StateHandler as _};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn state() -> State {
    let params = json!({ "id": 42, "name": "Zoë" }).as_object().expect("an object").clone();
    State { name: "an order exists".to_owned(), params }
}

async fn set_up(folder: &tempfile::TempDir, line: &str) -> Result<Map<String, Value>, RunError> {
    let limit = Duration::from_secs(20);
    CommandStates::new(command(folder, line), "http://localhost:8080", limit).change(&state(), Action::Setup).await
}

#[tokio::test]
async fn a_command_gets_the_state_and_returns_values() {
    let folder = folder();
    let line =
        "cat > told; echo $UPHELD_STATE, $UPHELD_ACTION, $UPHELD_PROVIDER_URL > env; echo '{\"token\": \"t-1\"}'";
    let values = set_up(&folder, line).await.expect("set up");
    assert_eq!(Value::Object(values), json!({ "token": "t-1" }));
    let told = std::fs::read_to_string(folder.path().join("told")).expect("the message");
    let expected = json!({
        "state": "an order exists", "params": { "id": 42, "name": "Zoë" }, "action": "setup"
    });
    assert_eq!(serde_json::from_str::<Value>(&told).expect("JSON"), expected);
    let environment = written(&folder.path().join("env")).expect("the environment");
    assert_eq!(environment, "an order exists, setup, http://localhost:8080");

    let handler = CommandStates::new(command(&folder, "echo $UPHELD_ACTION > action"), "", Duration::from_secs(20));
    handler.change(&state(), Action::Teardown).await.expect("torn down");
    assert_eq!(written(&folder.path().join("action")).as_deref(), Some("teardown"));
}

#[tokio::test]
async fn a_command_need_neither_read_nor_print() {
    for line in ["true", "echo done", "echo '[1]'", "exec <&-"] {
        assert!(set_up(&folder(), line).await.expect(line).is_empty(), "{line}");
    }
}

#[tokio::test]
async fn a_long_message_reaches_a_command_that_prints_before_it_reads() {
    let folder = folder();
    let params = json!({ "text": "x".repeat(1_000_000) }).as_object().expect("an object").clone();
    let line = "head -c 200000 /dev/zero | tr '\\0' x; wc -c > length";
    let handler = CommandStates::new(command(&folder, line), "", Duration::from_secs(20));
    handler.change(&State { name: "long".to_owned(), params }, Action::Setup).await.expect("set up");
    let length: usize = written(&folder.path().join("length")).expect("a length").parse().expect("a number");
    assert!(length > 1_000_000);
}

#[tokio::test]
async fn a_failing_command_is_reported_with_its_complaint() {
    let error = set_up(&folder(), "echo no such table >&2; exit 4").await.expect_err("failed");
    assert_eq!(error.code, codes::STATE_FAILED);
    assert_eq!(
        error.message,
        "setup of the provider state `an order exists` failed: `echo no such table >&2; exit 4` ended with exit \
         status: 4"
    );
    assert_eq!(error.detail.as_deref(), Some("no such table\n"));
    let error = set_up(&folder(), "echo only here; exit 1").await.expect_err("failed");
    assert_eq!(error.detail.as_deref(), Some("only here\n"));
}

#[tokio::test]
async fn a_long_complaint_is_cut_to_its_end() {
    let line = "head -c 100000 /dev/zero | tr '\\0' x >&2; echo >&2; echo the end >&2; exit 1";
    let detail = set_up(&folder(), line).await.expect_err("failed").detail.expect("the complaint");
    assert!(detail.len() < 2100 && detail.starts_with('…') && detail.ends_with("the end\n"), "{detail}");
}

#[tokio::test]
async fn a_command_that_prints_too_much_is_an_error() {
    let error = set_up(&folder(), "head -c 1100000 /dev/zero").await.expect_err("too much");
    assert_eq!(error.code, codes::STATE_OUTPUT);
}

#[tokio::test]
async fn a_command_that_does_not_end_is_killed_with_everything_that_it_started() {
    let folder = folder();
    let line = "sleep 1000 & echo $! >> ids; echo waiting >&2; echo $$ >> ids; sleep 1000";
    let handler = CommandStates::new(command(&folder, line), "", Duration::from_secs(1));
    let begun = Instant::now();
    let error = handler.change(&state(), Action::Setup).await.expect_err("too late");
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert_eq!(error.code, codes::STATE_TIMEOUT);
    assert!(error.message.ends_with("didn't exit within 1 s"), "{error:?}");
    assert_eq!(error.detail.as_deref(), Some("waiting\n"));
    for id in process_ids(&folder.path().join("ids"), 2).await {
        assert!(!runs(id));
    }
}

#[tokio::test]
async fn a_change_that_is_given_up_leaves_no_process_behind() {
    let folder = folder();
    let handler = CommandStates::new(
        command(&folder, "sleep 1000 & echo $! >> ids; echo $$ >> ids; wait"),
        "",
        Duration::from_secs(1000),
    );
    let state = state();
    let change = handler.change(&state, Action::Setup);
    let ids = tokio::select! {
        _ = change => panic!("it does not end"),
        ids = async { process_ids(&folder.path().join("ids"), 2).await } => ids,
    };
    eventually(|| ids.iter().all(|id| !runs(*id)).then_some(())).await;
}

#[tokio::test]
async fn processes_of_a_successful_command_keep_running() {
    let folder = folder();
    let values = set_up(&folder, "sleep 1000 & echo $! > ids; echo '{\"id\": 1}'").await.expect("set up");
    assert_eq!(Value::Object(values), json!({ "id": 1 }));
    let id = process_ids(&folder.path().join("ids"), 1).await[0];
    assert!(runs(id));
    let id = nix::unistd::Pid::from_raw(i32::try_from(id).expect("an id"));
    nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGKILL).expect("ended");
}

#[tokio::test]
async fn a_missing_command_is_reported() {
    assert_eq!(set_up(&folder(), "no-such-program").await.expect_err("missing").code, codes::COMMAND_NOT_FOUND);
}
