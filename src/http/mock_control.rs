//! The mock's own addresses, below `/_upheld/`: provider states, and which interactions were used.

use hyper::{Method, Response, StatusCode};
use serde_json::{Map, Value, json};

use super::mock_desk::Desk;
use super::problem::{json_response, problem};
use super::server::ResponseBody;
use crate::mocking::{ActiveState, StateChange};
use crate::source::json_value;
use crate::words::did_you_mean;

/// The prefix of their paths.
pub(super) const PREFIX: &str = "/_upheld/";

/// The path that changes states.
pub(super) const STATES: &str = "/_upheld/states";

const JSON: &str = "application/json";

/// Responds to a request to the mock itself.
///
/// - `POST /_upheld/states` makes a state active. It takes the same JSON as a provider's state handler, `{"state": …,
///   "params": {…}, "action": "setup" | "teardown"}`, or all states that should be active: a name, `{name: {params}}`,
///   or a list of them, in JSON or as under `given` in a contract, one per line.
/// - `GET /_upheld/states` lists the active ones, `DELETE` clears them.
/// - `GET /_upheld/usage` counts the uses of each interaction.
pub(super) fn answer(desk: &Desk, method: &Method, path: &str, body: &[u8]) -> Response<ResponseBody> {
    match (method.as_str(), path.strip_prefix(PREFIX).unwrap_or_default()) {
        ("GET", "states") => states(desk),
        ("DELETE", "states") => {
            desk.clear_states();
            states(desk)
        }
        ("POST" | "PUT", "states") => match change(desk, body) {
            Ok(()) => json_response(StatusCode::OK, JSON, &json!({})),
            Err(why) => problem(StatusCode::BAD_REQUEST, "The mock can't take this state", &why, Map::new()),
        },
        ("GET", "usage") => json_response(StatusCode::OK, JSON, &usage(desk)),
        ("GET", "health") => json_response(StatusCode::OK, JSON, &json!({ "provider": desk.provider() })),
        _ => problem(
            StatusCode::NOT_FOUND,
            "The mock has no such address",
            "the addresses are GET, POST and DELETE /_upheld/states, GET /_upheld/usage and GET /_upheld/health",
            Map::new(),
        ),
    }
}

fn states(desk: &Desk) -> Response<ResponseBody> {
    let active = desk.active();
    let states: Value = active.iter().map(|state| json!({ "state": state.name, "params": state.params })).collect();
    json_response(StatusCode::OK, JSON, &states)
}

/// Changes the states as a body says, in JSON or as a contract writes it.
fn change(desk: &Desk, body: &[u8]) -> Result<(), String> {
    let change = match json_value::read(body) {
        Ok(value) => StateChange::read(&value).map_err(|error| error.to_string())?,
        Err(error) => {
            let text = std::str::from_utf8(body).ok().filter(|text| !text.trim_start().starts_with(['{', '[']));
            let text = text.ok_or_else(|| format!("the body is not JSON: {error}"))?;
            StateChange::Set(ActiveState::read(text.lines()))
        }
    };
    known(desk, change.states())?;
    desk.change_states(change).map_err(|error| error.to_string())
}

/// A state that no interaction has is a typo: it would have no effect.
pub(super) fn known(desk: &Desk, states: &[ActiveState]) -> Result<(), String> {
    let unknown = states.iter().find(|state| !desk.mock().states().any(|name| name == state.name));
    unknown.map_or(Ok(()), |state| {
        let help = did_you_mean(&state.name, desk.mock().states()).map_or_else(String::new, |help| format!(": {help}"));
        Err(format!("no interaction has the provider state `{}`{help}", state.name))
    })
}

fn usage(desk: &Desk) -> Value {
    let (interactions, refused) = desk.usage();
    let interactions: Value = interactions
        .into_iter()
        .map(|(consumer, name, times)| json!({ "consumer": consumer, "interaction": name, "times": times }))
        .collect();
    json!({ "provider": desk.provider(), "interactions": interactions, "refused": refused })
}
