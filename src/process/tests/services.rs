//! Services: started, watched, and stopped with all that they started.

use std::time::{Duration, Instant};

use super::{command, eventually, process_ids, runs, written};
use crate::process::{Service, ShellCommand, codes, listens};

/// Long enough for everything that is expected to happen.
const LONG: Duration = Duration::from_secs(20);

/// A service that puts the ids of three processes of two generations into `ids`, and then waits.
const TREE: &str = "echo $$ >> ids; sleep 1000 & echo $! >> ids; (sleep 1000 & echo $! >> ids; wait) & wait";

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

#[tokio::test]
async fn a_service_gets_its_port_in_its_command_line_and_environment() {
    let folder = folder();
    let line = "echo ${PORT} $PORT $EXTRA >> port; sleep 1000";
    let mut service = Service::start("orders", &command(&folder, line).env("EXTRA", "more")).expect("started");
    let file = folder.path().join("port");
    let told = eventually(|| written(&file)).await;
    assert_eq!(told, format!("{0} {0} more", service.port()));
    let healthy = service.wait_healthy(LONG, |_| async { Ok(()) }).await;
    healthy.expect("healthy");
    assert_eq!(service.has_ended(), None);
    service.stop(LONG).await;
}

#[tokio::test]
async fn starting_a_service_waits_until_it_is_healthy() {
    let folder = folder();
    let ready = folder.path().join("ready");
    let mut service =
        Service::start("orders", &command(&folder, "sleep 0.2; echo yes > ready; sleep 1000")).expect("started");
    service
        .wait_healthy(LONG, |_| async { written(&ready).map(drop).ok_or_else(|| "not yet".to_owned()) })
        .await
        .expect("healthy");
    assert!(ready.exists());
    service.stop(LONG).await;
}

#[tokio::test]
async fn a_service_that_ends_early_is_reported_immediately_with_its_output() {
    let folder = folder();
    let line = "echo to standard output; echo PORT is taken >&2; exit 3";
    let mut service = Service::start("orders", &command(&folder, line)).expect("started");
    let begun = Instant::now();
    let error = service.wait_healthy(LONG, listens).await.expect_err("ended");
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert_eq!(error.code, codes::ENDED_EARLY);
    assert_eq!(error.message, "orders ended before it was healthy: exit status: 3");
    let mut lines: Vec<String> = error.detail.expect("output").lines().map(str::to_owned).collect();
    lines.sort();
    assert_eq!(lines, ["PORT is taken", "to standard output"]);
    assert!(service.has_ended().is_some());
}

#[tokio::test]
async fn a_service_that_moves_into_the_background_is_reported_and_stopped() {
    let folder = folder();
    let mut service = Service::start("orders", &command(&folder, "sleep 1000 & echo $! > ids")).expect("started");
    let error = service.wait_healthy(LONG, listens).await.expect_err("ended");
    assert_eq!(error.code, codes::ENDED_EARLY);
    assert!(error.help[1].contains("not start it in the background"), "{error:?}");
    let ids = process_ids(&folder.path().join("ids"), 1).await;
    eventually(|| (!runs(ids[0])).then_some(())).await;
}

/// Left the group of the command that started it, and was left by it.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_process_that_left_the_service_s_group_ends_with_it() {
    let folder = folder();
    let line = "setsid sh -c 'trap \"echo asked >> asked; exit\" TERM; echo $$ >> ids; while :; do sleep 0.05; done' & \
                (setsid sh -c 'trap \"\" TERM; echo $$ >> ids; while :; do sleep 0.05; done' &); wait";
    for is_dropped in [false, true] {
        let service = Service::start("orders", &command(&folder, line)).expect("started");
        let ids = process_ids(&folder.path().join("ids"), 2).await;
        if is_dropped {
            drop(service);
            eventually(|| ids.iter().all(|id| !runs(*id)).then_some(())).await;
        } else {
            assert!(!service.stop(Duration::from_millis(300)).await, "one of them wanted to stay");
            assert_eq!(written(&folder.path().join("asked")).as_deref(), Some("asked"));
            assert!(ids.iter().all(|id| !runs(*id)));
        }
        std::fs::remove_file(folder.path().join("ids")).expect("removed");
    }
}

#[tokio::test]
async fn a_service_that_never_becomes_healthy_is_given_up_with_the_last_cause_and_its_output() {
    let folder = folder();
    let mut service = Service::start("orders", &command(&folder, "echo starting; exec sleep 1000")).expect("started");
    eventually(|| (!service.output().is_empty()).then_some(())).await;
    let limit = Duration::from_millis(200);
    let error = service.wait_healthy(limit, |_| async { Err("GET /health answered 503".to_owned()) }).await;
    let error = error.expect_err("not healthy");
    assert_eq!(error.code, codes::NOT_HEALTHY);
    assert_eq!(error.message, "orders was not healthy within 200 ms: GET /health answered 503");
    assert_eq!(error.detail.as_deref(), Some("starting\n"));

    let error = service.wait_healthy(limit, |_| std::future::pending()).await.expect_err("no answer");
    assert!(error.message.ends_with("it accepts connections but doesn't respond"), "{error:?}");

    let error = service.wait_healthy(limit, listens).await.expect_err("no listener");
    assert!(error.message.contains(&format!("no connection to port {}: ", service.port())), "{error:?}");
    service.stop(LONG).await;
}

#[tokio::test]
async fn a_listener_is_found_on_either_address_of_this_machine() {
    let four = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    listens(four.local_addr().expect("an address").port()).await.expect("somebody listens");
    // Not every machine has IPv6.
    if let Ok(six) = tokio::net::TcpListener::bind("[::1]:0").await {
        listens(six.local_addr().expect("an address").port()).await.expect("somebody listens");
    }
}

#[tokio::test]
async fn a_stopped_service_leaves_no_process_behind() {
    let folder = folder();
    let service = Service::start("orders", &command(&folder, TREE)).expect("started");
    let ids = process_ids(&folder.path().join("ids"), 3).await;
    assert_eq!(service.process_id(), Some(ids[0]));
    assert!(ids.iter().all(|id| runs(*id)));
    assert!(service.stop(LONG).await);
    assert!(ids.iter().all(|id| !runs(*id)));
}

#[tokio::test]
async fn a_dropped_service_leaves_no_process_behind() {
    let folder = folder();
    let service = Service::start("orders", &command(&folder, TREE)).expect("started");
    let ids = process_ids(&folder.path().join("ids"), 3).await;
    drop(service);
    eventually(|| ids.iter().all(|id| !runs(*id)).then_some(())).await;
}

#[tokio::test]
async fn a_service_that_will_not_end_is_killed_after_the_grace_period() {
    let folder = folder();
    let line = format!("trap '' TERM; {TREE}");
    let service = Service::start("orders", &command(&folder, &line)).expect("started");
    let ids = process_ids(&folder.path().join("ids"), 3).await;
    let begun = Instant::now();
    assert!(!service.stop(Duration::from_millis(100)).await);
    assert!((Duration::from_millis(100)..Duration::from_secs(10)).contains(&begun.elapsed()));
    assert!(ids.iter().all(|id| !runs(*id)));
}

#[tokio::test]
async fn a_service_that_tidies_up_is_given_time() {
    let folder = folder();
    // The first process ends at once; its child takes its time.
    let line =
        "(trap 'sleep 0.2; echo yes > tidy; exit 0' TERM; echo yes > ready; while :; do sleep 0.01; done) & wait";
    let service = Service::start("orders", &command(&folder, line)).expect("started");
    eventually(|| written(&folder.path().join("ready"))).await;
    assert!(service.stop(LONG).await);
    assert_eq!(written(&folder.path().join("tidy")).as_deref(), Some("yes"));
}

#[tokio::test]
async fn a_service_that_has_ended_by_itself_can_be_stopped() {
    let folder = folder();
    let mut service = Service::start("orders", &command(&folder, "exit 7")).expect("started");
    tokio::time::timeout(LONG, async {
        while service.has_ended().is_none() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .expect("ended");
    assert_eq!(service.has_ended().and_then(|status| status.code()), Some(7));
    assert!(service.stop(LONG).await);
}

#[tokio::test]
async fn a_service_that_writes_endlessly_is_not_blocked() {
    let folder = folder();
    let line = "head -c 10000000 /dev/zero | tr '\\0' x >&2; echo; echo the end; echo yes > done; sleep 1000";
    let service = Service::start("orders", &command(&folder, line)).expect("started");
    eventually(|| written(&folder.path().join("done"))).await;
    let output = eventually(|| Some(service.output()).filter(|output| output.contains("the end"))).await;
    assert!(output.starts_with('…') && output.len() <= 64 * 1024 + 4, "{}", output.len());
    service.stop(LONG).await;
}

#[tokio::test]
async fn a_missing_command_is_reported_before_it_is_started() {
    let folder = folder();
    for (line, message) in [
        ("no-such-program --port ${PORT}", "the command `no-such-program` of `no-such-program --port ".to_owned()),
        ("./no-such-file", format!("`{}` does not exist", folder.path().join("no-such-file").display())),
    ] {
        let error = Service::start("orders", &command(&folder, line)).expect_err(line);
        assert_eq!(error.code, codes::COMMAND_NOT_FOUND);
        assert!(error.message.starts_with(&message), "{error:?}");
    }
    let nowhere = ShellCommand::new("true", folder.path().join("nowhere"));
    let error = Service::start("orders", &nowhere).expect_err("no folder");
    assert!(error.message.ends_with("nowhere of `true` does not exist"), "{error:?}");
}
