//! Being asked to end: by Ctrl-C, by a signal to terminate, by the end of the terminal.

/// Ends when this program is asked to end, in whatever way.
pub(super) async fn stop_signal() {
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated() => {}
    }
}

/// Ends when this program alone is asked to end. A terminal's Ctrl-C is for the command that runs in it, and only kept
/// from ending this program, too.
pub(super) async fn stop_signal_beside_a_command() {
    let ignored = async {
        loop {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        () = ignored => {}
        () = terminated() => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    // What was started here is in a process group of its own, so that nobody but this program tells it of the
    // terminal's end.
    if let (Ok(mut terminate), Ok(mut hangup)) = (signal(SignalKind::terminate()), signal(SignalKind::hangup())) {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
        return;
    }
    std::future::pending::<()>().await;
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending::<()>().await;
}
