//! The routes of the service.

use std::sync::Arc;

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::breaking::Break;
use crate::orders::{Item, Order, Orders, Status};
use crate::payments::Payments;
use crate::problem::{FieldError, Problem};
use crate::states;

/// The state that the handlers share.
pub struct App {
    pub orders: Orders,
    pub payments: Option<Payments>,
    pub breaks: Vec<Break>,
}

/// All routes of the service.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/health", get(async || Json(json!({ "status": "up" }))))
        .route("/orders", get(list_orders).post(place_order))
        .route("/orders/{number}", get(get_order).delete(cancel_order))
        // Whoever can reach this can create and delete data. A real service has it only in test builds.
        .route("/_states", post(states::change_state))
        .fallback(async || Problem::new(StatusCode::NOT_FOUND, "No such page", "orders are found under `/orders`"))
        .with_state(app)
}

async fn get_order(
    State(app): State<Arc<App>>,
    number: Result<Path<u64>, PathRejection>,
) -> Result<Json<Value>, Problem> {
    let Path(number) = number?;
    let order = app.orders.get(number).ok_or_else(|| Problem::no_order(number))?;
    let mut body = app.shown(&order);
    if let Some(payments) = &app.payments {
        match payments.of_order(number).await {
            Ok(Some(payment)) => body["payment"] = json!(payment),
            Ok(None) => {}
            // An order is useful without its payment; null means that it is unknown at the moment.
            Err(error) => {
                eprintln!("the payment of order {number} is unknown: {error}");
                body["payment"] = Value::Null;
            }
        }
    }
    Ok(Json(body))
}

#[derive(Deserialize)]
struct Listing {
    status: Option<Status>,
    limit: Option<usize>,
}

async fn list_orders(
    State(app): State<Arc<App>>,
    listing: Result<Query<Listing>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(Listing { status, limit }) = listing?;
    let limit = limit.unwrap_or(20).min(100);
    let orders: Vec<Value> = app.orders.list(status, limit).iter().map(|order| app.shown(order)).collect();
    Ok(Json(json!({ "orders": orders })))
}

#[derive(Deserialize)]
struct NewOrder {
    items: Vec<Item>,
}

async fn place_order(
    State(app): State<Arc<App>>,
    new: Result<Json<NewOrder>, JsonRejection>,
) -> Result<impl IntoResponse, Problem> {
    let Json(NewOrder { items }) = new?;
    let errors = faults(&items);
    if !errors.is_empty() {
        return Err(Problem::invalid(errors));
    }
    let order = app.orders.place(None, Status::Open, items);
    let location = format!("/orders/{}", order.number);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(app.shown(&order))))
}

async fn cancel_order(
    State(app): State<Arc<App>>,
    number: Result<Path<u64>, PathRejection>,
) -> Result<StatusCode, Problem> {
    let Path(number) = number?;
    if app.orders.remove(number) { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::no_order(number)) }
}

/// Every reason why these items can't be ordered.
fn faults(items: &[Item]) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if items.is_empty() {
        faults.push(FieldError { pointer: "#/items".to_owned(), detail: "an order has at least one item" });
    }
    for (index, item) in items.iter().enumerate() {
        if item.sku.is_empty() {
            faults.push(FieldError { pointer: format!("#/items/{index}/sku"), detail: "an article has a name" });
        }
        if item.qty == 0 {
            faults.push(FieldError { pointer: format!("#/items/{index}/qty"), detail: "at least 1 is ordered" });
        }
    }
    faults
}

impl App {
    /// An order as it is sent.
    fn shown(&self, order: &Order) -> Value {
        let mut body = json!(order);
        for change in &self.breaks {
            change.apply(&mut body);
        }
        body
    }
}
