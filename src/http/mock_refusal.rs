//! The report on a request that no interaction allows, for its sender and for whoever runs the mock. It contains no
//! credentials, since a consumer's tests may run with real ones.

use hyper::{Response, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use super::mock_desk::Desk;
use super::problem::problem;
use super::server::ResponseBody;
use crate::interaction::{Actual, ActualRequest, Mismatch};
use crate::recording::{REDACTED, is_secret_name};

/// The response to a request that no interaction allows (RFC 9457).
pub(super) fn refusal(desk: &Desk, line: &str, nearest: Option<&(usize, Vec<Mismatch>)>) -> Response<ResponseBody> {
    let provider = desk.provider();
    let mut more = Map::new();
    let mut detail = format!("no contract with {provider} has an interaction for {line}");
    if let Some((number, mismatches)) = nearest
        && let Some((file, interaction, place)) = desk.mock().interaction(*number)
    {
        let first = mismatches.first().map(|mismatch| format!(": {}: {}", mismatch.place(), mismatch.message()));
        detail.push_str(&format!("; the nearest is `{}`{}", interaction.name, first.unwrap_or_default()));
        let line = file.lines.get(place.interaction).copied().unwrap_or_default();
        more.insert(
            String::from("nearest"),
            json!({
                "consumer": file.contract.consumer.as_str(),
                "provider": provider,
                "interaction": interaction.name,
                "contract": { "file": &*file.source.name, "line": line },
            }),
        );
        let mismatches: Value = mismatches
            .iter()
            .map(|mismatch| {
                json!({
                    "code": mismatch.code.0,
                    "part": mismatch.part.to_string(),
                    "path": mismatch.path,
                    "expected": mismatch.expected.to_string(),
                    "actual": mismatch.actual.to_string(),
                    "message": mismatch.message(),
                })
            })
            .collect();
        more.insert(String::from("mismatches"), mismatches);
    }
    problem(StatusCode::NOT_IMPLEMENTED, "No interaction allows this request", &detail, more)
}

/// The differences without credentials that came.
pub(super) fn discreet(mut mismatches: Vec<Mismatch>) -> Vec<Mismatch> {
    for mismatch in &mut mismatches {
        let name = mismatch.path.rsplit('.').next().unwrap_or_default();
        let name = name.split('[').next().unwrap_or_default().trim_matches('"');
        if is_secret_name(name) && !matches!(mismatch.actual, Actual::Missing(_)) {
            mismatch.actual = Actual::Withheld;
        }
    }
    mismatches
}

/// Method, path and query, as they are shown.
pub(super) fn shown(request: &ActualRequest) -> String {
    let Some(query) = &request.query else { return request.line() };
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if is_secret_name(&percent_decode_str(name).decode_utf8_lossy()) => {
            format!("{name}={REDACTED}")
        }
        _ => pair.to_owned(),
    });
    format!("{} {}?{}", request.method, request.path, pairs.collect::<Vec<_>>().join("&"))
}
