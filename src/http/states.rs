//! Provider states over HTTP: a POST with the state's name, its parameters, and whether to set it up or tear it down.

use serde_json::{Map, Value, json};

use super::{HttpClient, codes};
use crate::contract::State;
use crate::matching::ActualRequest;
use crate::source::Code;
use crate::verification::{Action, RunError, StateHandler};

/// The state handler answered that it could not.
pub const REFUSED: Code = Code("E201");
/// The state handler gave no whole answer.
pub const UNREACHABLE: Code = Code("E202");

/// How much of a handler's answer is shown, in characters.
const SHOWN: usize = 2000;

/// A state handler at an address.
#[derive(Clone, Debug)]
pub struct HttpStates {
    client: HttpClient,
    target: String,
}

impl HttpStates {
    /// The handler at `target`: a path of the client's provider, or a whole address.
    #[must_use]
    pub fn new(client: HttpClient, target: impl Into<String>) -> Self {
        Self { client, target: target.into() }
    }
}

impl StateHandler for HttpStates {
    async fn change(&self, state: &State, action: Action) -> Result<Map<String, Value>, RunError> {
        let body = json!({"state": state.name, "params": state.params, "action": action.word()});
        let request = ActualRequest {
            method: String::from("POST"),
            path: self.target.clone(),
            query: None,
            headers: vec![
                (String::from("content-type"), String::from("application/json")),
                (String::from("accept"), String::from("application/json")),
            ],
            body: body.to_string().into_bytes(),
        };
        // A handler that failed once is not asked again: it may have done half of its work.
        let reply = self.client.exchange(&request).await.map_err(|error| {
            let refused = error.code == codes::REFUSED;
            let code = if refused { error.code } else { UNREACHABLE };
            let help = match refused {
                true => vec![String::from("start the state handler, or correct its address, `states` in upheld.yaml")],
                false => error.help.clone(),
            };
            RunError {
                code,
                help,
                message: format!(
                    "the {} of the state `{}` got no answer: {}",
                    action.word(),
                    state.name,
                    error.message
                ),
                ..error
            }
        })?;
        let status = reply.response.status;
        if !(200..300).contains(&status) {
            let text: String = String::from_utf8_lossy(&reply.response.body).chars().take(SHOWN).collect();
            let message = format!(
                "the state handler answered {status} to the {} of `{}` (POST {})",
                action.word(),
                state.name,
                self.target
            );
            return Err(RunError::new(REFUSED, message)
                .detail(text)
                .help("teach the provider's state handler this state, or name one that it knows under `given`"));
        }
        Ok(match serde_json::from_slice(&reply.response.body) {
            Ok(Value::Object(values)) => values,
            _ => Map::new(),
        })
    }
}
