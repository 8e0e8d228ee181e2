//! This service's needs from payments, as in its contract, `contracts/orders/payments.yaml`.

use std::time::Duration;

use axum::BoxError;
use axum::body::{Body, to_bytes};
use axum::http::{StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::{Deserialize, Serialize};

/// A page must not wait longer for a payment than its reader would wait.
const TIME_LIMIT: Duration = Duration::from_secs(2);

/// The largest response that is read, in bytes.
const SIZE_LIMIT: usize = 64 * 1024;

/// The payment of an order: only the parts of the response that are used.
#[derive(Debug, Serialize, Deserialize)]
pub struct Payment {
    pub status: String,
    /// In the currency's smallest unit: cents.
    pub amount: u64,
    /// A code of ISO 4217: `EUR`.
    pub currency: String,
}

/// The payments service.
pub struct Payments {
    base: String,
    client: Client<HttpConnector, Body>,
}

impl Payments {
    /// The payments service at this address. An error if it isn't an `http` address.
    pub fn at(address: &Uri) -> Result<Self, BoxError> {
        if address.scheme_str() != Some("http") {
            return Err(format!("`{address}` can't be the address of payments: write `http://HOST:PORT`").into());
        }
        let base = address.to_string().trim_end_matches('/').to_owned();
        Ok(Self { base, client: Client::builder(TokioExecutor::new()).build_http() })
    }

    /// The payment of an order, if it has one.
    pub async fn of_order(&self, number: u64) -> Result<Option<Payment>, BoxError> {
        tokio::time::timeout(TIME_LIMIT, self.fetch(number)).await?
    }

    async fn fetch(&self, number: u64) -> Result<Option<Payment>, BoxError> {
        let response = self.client.get(format!("{}/payments/{number}", self.base).parse()?).await?;
        match response.status() {
            StatusCode::OK => {
                let body = to_bytes(Body::new(response.into_body()), SIZE_LIMIT).await?;
                Ok(Some(serde_json::from_slice(&body)?))
            }
            StatusCode::NOT_FOUND => Ok(None),
            other => Err(format!("payments responded with {other}").into()),
        }
    }
}
