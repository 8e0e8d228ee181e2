//! Errors for the caller, as `application/problem+json` (RFC 9457).

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// Why a request was refused.
#[derive(Debug, Serialize)]
pub struct Problem {
    title: &'static str,
    #[serde(serialize_with = "as_number")]
    status: StatusCode,
    detail: String,
    /// One entry for each fault in the request's body.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
}

/// A fault in a request's body.
#[derive(Debug, Serialize)]
pub struct FieldError {
    /// The place of the error, as a JSON Pointer in a fragment: `#/items/0/qty`.
    pub pointer: String,
    pub detail: &'static str,
}

impl Problem {
    pub fn new(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Self {
        Self { title, status, detail: detail.into(), errors: Vec::new() }
    }

    pub fn no_order(number: u64) -> Self {
        Self::new(StatusCode::NOT_FOUND, "No such order", format!("there is no order {number}"))
    }

    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = "the order can't be placed as it is: see `errors`";
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Not a valid order", detail) }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status, [(header::CONTENT_TYPE, "application/problem+json")], Json(self)).into_response()
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        Self::new(StatusCode::NOT_FOUND, "No such order", rejection.body_text())
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::new(rejection.status(), "The query can't be read", rejection.body_text())
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        Self::new(rejection.status(), "The body can't be read", rejection.body_text())
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn as_number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}
