//! Our own responses, for when neither a provider nor a contract has one to give (RFC 9457).

use http_body_util::{BodyExt as _, Full};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::{Map, Value, json};

use super::server::ResponseBody;

/// A problem with its title, its detail, and optional further members.
pub(super) fn problem(
    status: StatusCode,
    title: &str,
    detail: &str,
    more: Map<String, Value>,
) -> Response<ResponseBody> {
    let mut members = Map::from_iter([
        (String::from("type"), json!("about:blank")),
        (String::from("title"), json!(title)),
        (String::from("status"), json!(status.as_u16())),
        (String::from("detail"), json!(detail)),
        (String::from("from"), json!("upheld")),
    ]);
    members.extend(more);
    json_response(status, "application/problem+json", &Value::Object(members))
}

/// A response with a JSON body, for people to read too.
pub(super) fn json_response(status: StatusCode, media_type: &'static str, value: &Value) -> Response<ResponseBody> {
    let text = format!("{value:#}\n");
    let mut response = Response::new(Full::from(text).map_err(|never| match never {}).boxed_unsync());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}
