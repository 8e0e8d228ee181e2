//! Storefront's needs from orders: the types have only the fields that its pages show, and so does its contract,
//! `contracts/storefront/orders.yaml`. Anything else in a response may change without notice.

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use axum::BoxError;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Method, Request, Response, StatusCode, header};
use clap::ValueEnum;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use jiff::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

/// The largest response that is read, in bytes.
const SIZE_LIMIT: usize = 1024 * 1024;

/// The parts of an order that its page shows.
#[derive(Debug, Deserialize)]
pub struct Order {
    #[serde(deserialize_with = "from_text")]
    pub id: Uuid,
    pub status: Status,
    #[serde(deserialize_with = "from_text")]
    pub placed_at: Timestamp,
    pub items: Vec<Item>,
    /// Missing if there is no payment, or if it is unknown at the moment.
    pub payment: Option<Payment>,
}

/// The progress of an order. The pages know only these two, so the contract lists them.
#[derive(Clone, Copy, Debug, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Open,
    Paid,
}

/// A quantity of one article.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Item {
    pub sku: String,
    pub qty: u32,
}

/// A payment. The page shows its status, not its amount.
#[derive(Debug, Deserialize)]
pub struct Payment {
    pub status: String,
}

/// An order in a list.
#[derive(Debug, Deserialize)]
pub struct Listed {
    #[serde(deserialize_with = "from_text")]
    pub id: Uuid,
    #[serde(deserialize_with = "from_text")]
    pub placed_at: Timestamp,
}

/// Why there is nothing to show.
#[derive(Debug)]
pub enum OrdersError {
    /// Orders refused the request, for these reasons.
    Refused(Vec<String>),
    /// There was no response in time, or it couldn't be read.
    Unavailable(BoxError),
}

/// The orders service.
pub struct Orders {
    base: String,
    /// How long a response may take.
    time_limit: Duration,
    client: Client<HttpConnector, Body>,
}

impl Orders {
    /// The orders service at an address such as `http://127.0.0.1:8080`.
    pub fn at(address: &str, time_limit: Duration) -> Self {
        let base = address.trim_end_matches('/').to_owned();
        Self { base, time_limit, client: Client::builder(TokioExecutor::new()).build_http() }
    }

    /// The order with this number, if there is one.
    pub async fn get(&self, number: u64) -> Result<Option<Order>, OrdersError> {
        let response = self.send(Method::GET, &format!("/orders/{number}"), None).await?;
        match response.status() {
            StatusCode::OK => read(&response).map(Some),
            StatusCode::NOT_FOUND => Ok(None),
            _ => Err(unexpected(&response)),
        }
    }

    /// The first `limit` orders with this status.
    pub async fn list(&self, status: Status, limit: usize) -> Result<Vec<Listed>, OrdersError> {
        #[derive(Deserialize)]
        struct List {
            orders: Vec<Listed>,
        }

        let status = match status {
            Status::Open => "open",
            Status::Paid => "paid",
        };
        let response = self.send(Method::GET, &format!("/orders?status={status}&limit={limit}"), None).await?;
        match response.status() {
            StatusCode::OK => read(&response).map(|List { orders }| orders),
            _ => Err(unexpected(&response)),
        }
    }

    /// Places an order, and returns its path: `/orders/42`.
    pub async fn place(&self, items: &[Item]) -> Result<String, OrdersError> {
        #[derive(Serialize)]
        struct NewOrder<'a> {
            items: &'a [Item],
        }
        #[derive(Deserialize)]
        struct Refusal {
            errors: Vec<Reason>,
        }
        #[derive(Deserialize)]
        struct Reason {
            detail: String,
        }

        let body = serde_json::to_vec(&NewOrder { items }).map_err(unavailable)?;
        let response = self.send(Method::POST, "/orders", Some(body)).await?;
        match response.status() {
            StatusCode::CREATED => {
                let location = response.headers().get(header::LOCATION).ok_or_else(|| unexpected(&response))?;
                location.to_str().map(str::to_owned).map_err(unavailable)
            }
            StatusCode::UNPROCESSABLE_ENTITY => {
                let Refusal { errors } = read(&response)?;
                Err(OrdersError::Refused(errors.into_iter().map(|reason| reason.detail).collect()))
            }
            _ => Err(unexpected(&response)),
        }
    }

    /// Cancels an order. False if there is no order with this number.
    pub async fn cancel(&self, number: u64) -> Result<bool, OrdersError> {
        let response = self.send(Method::DELETE, &format!("/orders/{number}"), None).await?;
        match response.status() {
            status if status.is_success() => Ok(true),
            StatusCode::NOT_FOUND => Ok(false),
            _ => Err(unexpected(&response)),
        }
    }

    async fn send(&self, method: Method, path: &str, json: Option<Vec<u8>>) -> Result<Response<Bytes>, OrdersError> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        if json.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let request = request.body(json.map_or_else(Body::empty, Body::from)).map_err(unavailable)?;
        let exchange = async {
            let (head, body) = self.client.request(request).await?.into_parts();
            Ok::<_, BoxError>(Response::from_parts(head, to_bytes(Body::new(body), SIZE_LIMIT).await?))
        };
        tokio::time::timeout(self.time_limit, exchange).await.map_err(unavailable)?.map_err(unavailable)
    }
}

fn read<'a, T: Deserialize<'a>>(response: &'a Response<Bytes>) -> Result<T, OrdersError> {
    serde_json::from_slice(response.body()).map_err(unavailable)
}

fn unexpected(response: &Response<Bytes>) -> OrdersError {
    unavailable(format!("orders responded with {}, which storefront doesn't expect", response.status()))
}

fn unavailable(error: impl Into<BoxError>) -> OrdersError {
    OrdersError::Unavailable(error.into())
}

fn from_text<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(deserializer: D) -> Result<T, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}
