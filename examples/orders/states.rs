//! Provider states: before it sends a request, a verification asks here for the data that the interaction needs.
//!
//! The response to `POST /_states` with `{"state": "an order exists", "params": {"id": 42}, "action": "setup"}` has the
//! values that the contract may use, `{"id": 42}`. The action `teardown` follows after the request.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::orders::{Item, Orders, Status};
use crate::problem::Problem;
use crate::routes::App;

/// A request for a state.
#[derive(Deserialize)]
pub struct Change {
    state: String,
    #[serde(default)]
    params: Map<String, Value>,
    action: Action,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Action {
    Setup,
    Teardown,
}

/// The parts of an order that a contract may choose. The rest is made up.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderParams {
    /// The order's number.
    id: Option<u64>,
    items: Option<Vec<Item>>,
}

/// Sets up a state, or ends it.
pub async fn change_state(
    State(app): State<Arc<App>>,
    change: Result<Json<Change>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Json(Change { state, params, action }) = change?;
    let status = match state.as_str() {
        "no orders" => None,
        "an order exists" => Some(Status::Open),
        "an order is paid" => Some(Status::Paid),
        unknown => return Err(unknown_state(unknown)),
    };
    match (action, status) {
        (Action::Setup, Some(status)) => an_order(&app.orders, status, params).map(Json),
        // A teardown removes everything too: data of one interaction must not help the next one.
        (Action::Setup, None) | (Action::Teardown, _) => {
            app.orders.clear();
            Ok(Json(json!({})))
        }
    }
}

fn an_order(orders: &Orders, status: Status, params: Map<String, Value>) -> Result<Value, Problem> {
    let OrderParams { id, items } = serde_json::from_value(params.into()).map_err(|error| {
        Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "The parameters don't fit the provider state",
            format!("an order has `id`, a number, and `items`: {error}"),
        )
    })?;
    let items = items.unwrap_or_else(|| vec![Item { sku: "TEA-1".to_owned(), qty: 2 }]);
    let order = orders.place(id, status, items);
    Ok(json!({ "id": order.number }))
}

fn unknown_state(state: &str) -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "Unknown provider state",
        format!(
            "orders has no provider state `{state}`, it has `no orders`, `an order exists` and `an order is paid`: \
             name one of them, or add the state to `examples/orders/states.rs`"
        ),
    )
}
