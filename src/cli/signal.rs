//! Requests to stop: Ctrl-C, a termination signal, or the end of the terminal.

/// Completes when this program is asked to stop, in whatever way.
pub(super) async fn stop_signal() {
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated() => {}
    }
}

/// Completes when only this program is asked to stop. Ctrl-C in a terminal is meant for the command that runs there, so
/// it is ignored here.
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
    // Programs that were started here have process groups of their own, so only this program can pass the hangup on.
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
