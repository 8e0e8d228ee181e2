//! The example services do what their pages and contracts say. They are built by `cargo test`, and by
//! `cargo build --examples` before a run of this file alone.

use std::env::{self, consts::EXE_SUFFIX};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// Enough for the slowest machine: nothing here waits for it to pass.
const DEADLINE: Duration = Duration::from_mins(1);

/// A service that runs until it is dropped.
struct Service {
    process: Child,
    address: String,
}

/// A response: status, headers and the JSON of its body, null if it has none.
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Value,
}

fn example(name: &str) -> Command {
    let test = env::current_exe().unwrap();
    let program: PathBuf = test.ancestors().nth(2).unwrap().join("examples").join(format!("{name}{EXE_SUFFIX}"));
    assert!(program.exists(), "{} is not built: run `cargo build --examples`", program.display());
    let mut command = Command::new(program);
    command.kill_on_drop(true).env_remove("PORT").env_remove("PAYMENTS_URL").env_remove("ORDERS_URL");
    command
}

impl Service {
    async fn start(name: &str, arguments: &[&str]) -> Self {
        let mut process = example(name).args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let line = timeout(DEADLINE, lines.next_line()).await.unwrap().unwrap().expect("it says where it listens");
        let address = line.strip_prefix(&format!("{name} listens on ")).unwrap().to_owned();
        let service = Self { process, address };
        assert_eq!(service.call("GET", "/health", None).await.status, 200);
        service
    }

    async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.address))
            .header("content-type", "application/json")
            .body(body.map_or_else(Body::empty, |body| Body::from(body.to_string())))
            .unwrap();
        let client = Client::builder(TokioExecutor::new()).build_http();
        let (head, body) = timeout(DEADLINE, client.request(request)).await.unwrap().unwrap().into_parts();
        let body = to_bytes(Body::new(body), usize::MAX).await.unwrap();
        let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
        Answer { status: head.status.as_u16(), headers: head.headers, body }
    }

    async fn state(&self, state: &str, params: Value, action: &str) -> Answer {
        self.call("POST", "/_states", Some(json!({ "state": state, "params": params, "action": action }))).await
    }
}

#[tokio::test]
async fn an_order_is_placed_shown_listed_and_cancelled() {
    let orders = Service::start("orders", &["--port", "0"]).await;
    let items = json!([{ "sku": "TEA-1", "qty": 2 }]);

    let placed = orders.call("POST", "/orders", Some(json!({ "items": items }))).await;
    assert_eq!(placed.status, 201);
    let location = placed.headers["location"].to_str().unwrap();

    let shown = orders.call("GET", location, None).await;
    assert_eq!(shown.status, 200);
    assert_eq!(shown.body["items"], items);
    assert_eq!(shown.body, placed.body);

    let open = orders.call("GET", "/orders?status=open&limit=5", None).await;
    assert_eq!(open.body, json!({ "orders": [shown.body] }));
    assert_eq!(orders.call("GET", "/orders?status=paid", None).await.body, json!({ "orders": [] }));

    assert_eq!(orders.call("DELETE", location, None).await.status, 204);
    assert_eq!(orders.call("DELETE", location, None).await.status, 404);
}

#[tokio::test]
async fn an_order_that_is_not_valid_is_refused_with_all_its_faults() {
    let orders = Service::start("orders", &["--port", "0"]).await;
    let refused = orders.call("POST", "/orders", Some(json!({ "items": [{ "sku": "", "qty": 0 }] }))).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.headers["content-type"], "application/problem+json");
    let pointers: Vec<&Value> =
        refused.body["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
    assert_eq!(pointers, ["#/items/0/sku", "#/items/0/qty"]);
}

#[tokio::test]
async fn a_provider_state_is_set_up_and_torn_down() {
    let orders = Service::start("orders", &["--port", "0"]).await;

    assert_eq!(orders.state("an order is paid", json!({ "id": 42 }), "setup").await.body, json!({ "id": 42 }));
    assert_eq!(orders.call("GET", "/orders/42", None).await.body["status"], "paid");
    assert_eq!(orders.state("an order exists", json!({}), "setup").await.body, json!({ "id": 43 }));
    assert_eq!(orders.state("an order is paid", json!({ "id": 42 }), "teardown").await.status, 200);
    assert_eq!(orders.call("GET", "/orders/42", None).await.status, 404);

    let unknown = orders.state("an oder exists", json!({}), "setup").await;
    assert_eq!(unknown.status, 422);
    assert!(unknown.body["detail"].as_str().unwrap().contains("`an order exists`"), "{}", unknown.body);
}

#[tokio::test]
async fn each_break_changes_what_an_order_looks_like() {
    let breaks = ["qty-as-text", "no-placed-at", "status-in-capitals"];
    let arguments: Vec<&str> = breaks.iter().flat_map(|change| ["--break", change]).chain(["--port", "0"]).collect();
    let orders = Service::start("orders", &arguments).await;

    orders.state("an order exists", json!({ "id": 42 }), "setup").await;
    let order = orders.call("GET", "/orders/42", None).await.body;
    assert_eq!(order["items"], json!([{ "sku": "TEA-1", "qty": "2" }]));
    assert_eq!(order["status"], "OPEN");
    assert_eq!(order.get("placed_at"), None);
}

#[tokio::test]
async fn an_order_is_shown_with_its_payment_and_without_it_when_payments_is_gone() {
    let payments = Service::start("payments", &["--port", "0"]).await;
    let orders = Service::start("orders", &["--port", "0", "--payments", &payments.address]).await;
    orders.state("an order exists", json!({ "id": 42 }), "setup").await;

    assert_eq!(orders.call("GET", "/orders/42", None).await.body.get("payment"), None);

    assert_eq!(payments.state("a payment exists", json!({ "order": 42 }), "setup").await.body, json!({ "order": 42 }));
    let payment = json!({ "status": "settled", "amount": 1890, "currency": "EUR" });
    assert_eq!(orders.call("GET", "/orders/42", None).await.body["payment"], payment);

    let Service { mut process, .. } = payments;
    process.kill().await.unwrap();
    assert_eq!(orders.call("GET", "/orders/42", None).await.body.get("payment"), Some(&Value::Null));
}

#[tokio::test]
async fn storefront_shows_an_order_and_a_page_of_its_own_when_it_cannot_read_it() {
    let show = async |orders: &Service| {
        orders.state("an order is paid", json!({ "id": 42 }), "setup").await;
        let output = example("storefront").args(["--orders", &orders.address, "show", "42"]).output().await.unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    let page = show(&Service::start("orders", &["--port", "0"]).await).await;
    assert!(page.contains("  2 × TEA-1"), "{page}");
    let page = show(&Service::start("orders", &["--port", "0", "--break", "qty-as-text"]).await).await;
    assert!(page.starts_with("Your orders are safe"), "{page}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_service_that_is_asked_to_stop_ends_by_itself() {
    for name in ["orders", "payments"] {
        let mut service = Service::start(name, &["--port", "0"]).await;
        let id = service.process.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
        let status = timeout(DEADLINE, service.process.wait()).await.unwrap().unwrap();
        assert!(status.success(), "{name}: {status}");
    }
}
