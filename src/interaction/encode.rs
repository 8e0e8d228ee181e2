//! From a contract's example to the message that goes over the wire.

use super::body::{Body, Content};
use super::charset;
use super::model::{Headers, Request, Response, Status};
use super::urlencoded;
use super::wire::{ActualRequest, ActualResponse};

/// The request that an example becomes, once its placeholders are filled.
///
/// A JSON body and a form get their content type if the contract names none, because no server reads them without it.
#[must_use]
pub fn request(request: &Request) -> ActualRequest {
    let implied = request.body.as_ref().and_then(|body| body.content.implied_type());
    request_of_type(request, implied)
}

/// The same, with a content type of the caller's choice for requests whose headers name none.
pub(crate) fn request_of_type(request: &Request, implied: Option<&str>) -> ActualRequest {
    let query = urlencoded::write(&request.query);
    let mut sent = headers(&request.headers);
    if let Some(media_type) = implied.filter(|_| !request.headers.contains_key("content-type")) {
        sent.push((String::from("content-type"), media_type.to_owned()));
    }
    let body = request.body.as_ref().map(|body| body_of_type(body, &sent)).unwrap_or_default();
    ActualRequest {
        method: request.method.clone(),
        path: request.path.clone(),
        query: (!query.is_empty()).then_some(query),
        headers: sent,
        body,
    }
}

/// The response that an example becomes. A class of status codes is sent as its first code: 200 for `2XX`.
#[must_use]
pub fn response(response: &Response) -> ActualResponse {
    let status = match response.status {
        Status::Code(code) => code,
        Status::Class(class) => u16::from(class) * 100,
    };
    let headers = headers(&response.headers);
    let body = response.body.as_ref().map(|body| body_of_type(body, &headers)).unwrap_or_default();
    ActualResponse { status, headers, body }
}

/// Headers as lines: name and value, one line for each value.
#[must_use]
pub fn headers(headers: &Headers) -> Vec<(String, String)> {
    headers.iter().flat_map(|(name, values)| values.iter().map(move |value| (name.clone(), value.clone()))).collect()
}

/// The bytes of a body in the charset that its headers name.
fn body_of_type(body: &Body, headers: &[(String, String)]) -> Vec<u8> {
    let bytes = self::body(body);
    match &body.content {
        // A file is sent as it is.
        Content::Json(_) | Content::Text(_) | Content::Form(_) if body.file.is_none() => {
            charset::encoded(bytes, headers)
        }
        Content::Json(_) | Content::Text(_) | Content::Form(_) | Content::Bytes(_) => bytes,
    }
}

/// The bytes of a body in UTF-8.
#[must_use]
pub fn body(body: &Body) -> Vec<u8> {
    match &body.content {
        Content::Json(value) => value.to_string().into_bytes(),
        Content::Text(text) => text.clone().into_bytes(),
        Content::Bytes(bytes) => bytes.to_vec(),
        Content::Form(fields) => urlencoded::write(fields).into_bytes(),
    }
}
