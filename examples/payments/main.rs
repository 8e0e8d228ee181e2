//! `payments`: a very small service that knows how orders were paid. It is the provider in orders' contract.
//!
//! ```text
//! cargo run --example payments -- --port 8081
//! curl -i localhost:8081/_states -H 'content-type: application/json' \
//!      -d '{"state": "a payment exists", "params": {"order": 42}, "action": "setup"}'
//! curl -i localhost:8081/payments/42
//! ```

#![expect(clippy::print_stdout, reason = "a program for people to run, with its output for them")]

use std::collections::BTreeMap;
use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{BoxError, Json, Router};
use clap::Parser;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;

/// A very small payment service. It forgets its payments when it stops.
#[derive(Parser)]
struct Args {
    /// The port to listen on; 0 means any free port.
    #[arg(long, env = "PORT", default_value_t = 0)]
    port: u16,
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let args = Args::parse();
    let stop = stop_signal()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port)).await?;
    println!("payments listens on http://{}", listener.local_addr()?);
    axum::serve(listener, router()).with_graceful_shutdown(stop).await?;
    Ok(())
}

fn router() -> Router {
    Router::new()
        .route("/health", get(async || Json(json!({ "status": "up" }))))
        .route("/payments/{order}", get(get_payment))
        .route("/_states", post(change_state))
        .with_state(Arc::new(Payments::default()))
}

/// The payments as they are sent, by order number.
#[derive(Default)]
struct Payments(Mutex<BTreeMap<u64, Value>>);

impl Payments {
    fn book(&self) -> MutexGuard<'_, BTreeMap<u64, Value>> {
        // No call leaves the book half changed, so it is still valid after a panic elsewhere.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn get_payment(State(payments): State<Arc<Payments>>, Path(order): Path<u64>) -> Response {
    match payments.book().get(&order) {
        Some(payment) => Json(payment).into_response(),
        None => problem(StatusCode::NOT_FOUND, "No such payment", &format!("order {order} has no payment")),
    }
}

/// A request for a provider state, such as
/// `{"state": "a payment exists", "params": {"order": 42}, "action": "setup"}`.
#[derive(Deserialize)]
struct Change {
    state: String,
    #[serde(default)]
    params: Map<String, Value>,
    action: String,
}

async fn change_state(State(payments): State<Arc<Payments>>, Json(change): Json<Change>) -> Response {
    let Change { state, params, action } = change;
    let mut book = payments.book();
    let settled_at = match state.as_str() {
        "no payments" => None,
        "a payment exists" => Some(json!("2026-05-01T09:31:12Z")),
        "a payment is pending" => Some(Value::Null),
        unknown => {
            let known = "`no payments`, `a payment exists` and `a payment is pending`";
            let detail = format!("payments has no provider state `{unknown}`, it has {known}: name one of them");
            return problem(StatusCode::UNPROCESSABLE_ENTITY, "Unknown provider state", &detail);
        }
    };
    let Some(settled_at) = settled_at.filter(|_| action == "setup") else {
        book.clear();
        return Json(json!({})).into_response();
    };
    let order = params.get("order").and_then(Value::as_u64).unwrap_or(1);
    let status = if settled_at.is_null() { "pending" } else { "settled" };
    book.insert(
        order,
        json!({
            "order": order,
            "status": status,
            "amount": 1890,
            "currency": "EUR",
            "method": "card",
            "settled_at": settled_at,
        }),
    );
    Json(json!({ "order": order })).into_response()
}

/// A response that says what went wrong (RFC 9457).
fn problem(status: StatusCode, title: &str, detail: &str) -> Response {
    let body = Json(json!({ "title": title, "status": status.as_u16(), "detail": detail }));
    (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response()
}

/// A future that ends on Ctrl-C or `SIGTERM`. The service still responds to requests in progress.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// A future that ends on Ctrl-C. The service still responds to requests in progress.
#[cfg(windows)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}
