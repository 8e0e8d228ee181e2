//! The mock's own addresses, below `/_upheld/`: provider states, and what was asked for so far.

use hyper::{Method, Response, StatusCode};
use serde_json::{Map, Value, json};

use super::mock::Desk;
use super::problem::{json_answer, problem};
use super::server::AnswerBody;
use crate::mocking::ActiveState;

/// Where they are.
pub(super) const PREFIX: &str = "/_upheld/";

const JSON: &str = "application/json";

/// Answers a request to the mock itself.
///
/// - `POST /_upheld/states` makes a state active. It takes what a provider's state handler is sent,
///   `{"state": …, "params": {…}, "action": "setup" | "teardown"}`, or a list of states, which are then the only ones:
///   names, or objects with `state` and `params`.
/// - `GET /_upheld/states` tells which are active, `DELETE` makes none active.
/// - `GET /_upheld/usage` tells how often each interaction was asked for.
pub(super) fn answer(desk: &Desk, method: &Method, path: &str, body: &[u8]) -> Response<AnswerBody> {
    match (method.as_str(), path.strip_prefix(PREFIX).unwrap_or_default()) {
        ("GET", "states") => states(desk),
        ("DELETE", "states") => {
            desk.change_states(|active| active.clear());
            states(desk)
        }
        ("POST" | "PUT", "states") => match serde_json::from_slice::<Value>(body).map_err(|error| error.to_string()) {
            Ok(value) => match change(desk, &value) {
                Ok(()) => json_answer(StatusCode::OK, JSON, &json!({})),
                Err(why) => refused(&why),
            },
            Err(why) => refused(&format!("the body is not JSON: {why}")),
        },
        ("GET", "usage") => json_answer(StatusCode::OK, JSON, &usage(desk)),
        ("GET", "health") => json_answer(StatusCode::OK, JSON, &json!({ "provider": desk.provider() })),
        _ => problem(
            StatusCode::NOT_FOUND,
            "The mock knows no such address",
            "there are GET, POST and DELETE /_upheld/states, GET /_upheld/usage and GET /_upheld/health",
            Map::new(),
        ),
    }
}

fn refused(why: &str) -> Response<AnswerBody> {
    problem(StatusCode::BAD_REQUEST, "The mock can't take this state", why, Map::new())
}

fn states(desk: &Desk) -> Response<AnswerBody> {
    let active = desk.active();
    let states: Value = active.iter().map(|state| json!({ "state": state.name, "params": state.params })).collect();
    json_answer(StatusCode::OK, JSON, &states)
}

fn change(desk: &Desk, value: &Value) -> Result<(), String> {
    if let Value::Array(items) = value {
        let states = items.iter().map(state).collect::<Result<Vec<ActiveState>, String>>()?;
        desk.change_states(|active| *active = states);
        return Ok(());
    }
    let state = state(value)?;
    let ends = match value.get("action").map(Value::as_str) {
        None | Some(Some("setup")) => false,
        Some(Some("teardown")) => true,
        Some(_) => return Err(String::from("`action` is `setup` or `teardown`")),
    };
    desk.change_states(|active| {
        // The same state can be active twice, with different parameters: what ends is the last of them.
        if ends {
            if let Some(at) = active.iter().rposition(|other| other.name == state.name) {
                active.remove(at);
            }
        } else {
            active.push(state);
        }
    });
    Ok(())
}

/// A state: its name, or an object.
fn state(value: &Value) -> Result<ActiveState, String> {
    let object = match value {
        Value::String(name) => return Ok(ActiveState { name: name.clone(), params: Map::new() }),
        Value::Object(object) => object,
        _ => return Err(String::from("a state is a name, or an object with `state` and `params`")),
    };
    let name = object.get("state").and_then(Value::as_str).ok_or("`state` is missing: the state's name")?;
    let params = match object.get("params") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(params)) => params.clone(),
        Some(_) => return Err(String::from("`params` is an object")),
    };
    Ok(ActiveState { name: name.to_owned(), params })
}

fn usage(desk: &Desk) -> Value {
    let (interactions, refused) = desk.usage();
    let interactions: Value = interactions
        .into_iter()
        .map(|(consumer, name, times)| json!({ "consumer": consumer, "interaction": name, "times": times }))
        .collect();
    json!({ "provider": desk.provider(), "interactions": interactions, "refused": refused })
}
