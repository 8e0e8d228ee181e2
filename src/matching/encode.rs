//! From a contract's example to the message that goes over the wire.

use super::ActualRequest;
use crate::contract::{Body, Headers, Request, urlencoded};

/// The request that a filled example is.
///
/// A JSON body and a form get their content type where the contract doesn't name one: no server would read them
/// without.
#[must_use]
pub fn request(request: &Request) -> ActualRequest {
    let query = urlencoded::write(&request.query);
    let mut sent = headers(&request.headers);
    let named = request.rules.pact.as_ref().and_then(|pact| pact.media_type.as_deref());
    let implied = named.or(request.body.as_ref().and_then(Body::implied_type));
    if let Some(media_type) = implied.filter(|_| !request.headers.contains_key("content-type")) {
        sent.push((String::from("content-type"), media_type.to_owned()));
    }
    ActualRequest {
        method: request.method.clone(),
        // A Pact file may leave the path empty, or begin it with a word.
        path: if request.path.starts_with('/') { request.path.clone() } else { format!("/{}", request.path) },
        query: (!query.is_empty()).then_some(query),
        headers: sent,
        body: request.body.as_ref().map(body).unwrap_or_default(),
    }
}

/// The request as a provider gets it: a body that is null in a Pact file is sent as the text that it is in JSON, though
/// its mock asks for no body there.
#[must_use]
pub fn sent(request: &Request) -> ActualRequest {
    let mut sent = self::request(request);
    if request.rules.pact.as_ref().is_some_and(|pact| pact.sends_null) && sent.body.is_empty() {
        sent.body = b"null".to_vec();
    }
    sent
}

/// Header lines, one for each value.
#[must_use]
pub fn headers(headers: &Headers) -> Vec<(String, String)> {
    headers.iter().flat_map(|(name, values)| values.iter().map(move |value| (name.clone(), value.clone()))).collect()
}

/// The bytes of a body.
#[must_use]
pub fn body(body: &Body) -> Vec<u8> {
    match body.content() {
        Body::Json(value) => value.to_string().into_bytes(),
        Body::Text(text) => text.clone().into_bytes(),
        Body::Bytes(bytes) => bytes.to_vec(),
        Body::Form(fields) => urlencoded::write(fields).into_bytes(),
        // What a file holds is never a file again.
        _ => Vec::new(),
    }
}
