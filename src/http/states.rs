//! Changes a provider's states with a POST to the provider itself for each change.

use serde_json::{Map, Value, json};

use super::base_url::{BaseUrl, BaseUrlError};
use super::client::HttpClient;
use super::codes;
use crate::interaction::{ActualRequest, State, header_values, is_json};
use crate::verification::{Action, Provider as _, Reply, RunError, StateHandler, returned};
use crate::words::beginning;

/// How much of a refusing response's body is shown, in bytes.
const SHOWN: usize = 2048;

/// A state handler that is reached over HTTP.
///
/// It gets `{"state": name, "params": {…}, "action": "setup" | "teardown"}` as JSON. Any 2xx is a success; a JSON
/// object in such a response has the values for `${name}` in the request. A request is never sent twice: after half a
/// change, the state may not be what it was.
#[derive(Clone, Debug)]
pub struct HttpStates {
    client: HttpClient,
    path: String,
    query: Option<String>,
}

impl HttpStates {
    /// The handler at `target`: a path that follows the client's base, or a whole URL, each with an optional query. The
    /// client's headers and limits apply to it, too.
    ///
    /// # Errors
    ///
    /// Why a whole URL isn't valid.
    pub fn new(client: HttpClient, target: &str) -> Result<Self, BaseUrlError> {
        let (target, query) = match target.split_once('?') {
            Some((target, query)) => (target, Some(query.to_owned())),
            None => (target, None),
        };
        if target.contains("://") {
            let client = client.with_base(BaseUrl::parse(target)?);
            return Ok(Self { client, path: String::new(), query });
        }
        Ok(Self { client, path: target.to_owned(), query })
    }

    fn url(&self) -> String {
        self.client.base().join(&self.path)
    }
}

impl StateHandler for HttpStates {
    async fn change(&self, state: &State, action: Action) -> Result<Map<String, Value>, RunError> {
        let message = json!({ "state": state.name, "params": state.params, "action": action.word() });
        let request = ActualRequest {
            method: "POST".to_owned(),
            path: self.path.clone(),
            query: self.query.clone(),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: message.to_string().into_bytes(),
        };
        let sent = self.client.send(&request, &|_, _| true).await;
        let Reply { response: answer, unread, .. } = sent.map_err(|error| self.unreached(error, state, action))?;
        if !(200..300).contains(&answer.status) {
            return Err(self.refused(answer.status, &answer.body, state, action));
        }
        if let Some(error) = unread {
            return Err(self.unreached(error, state, action));
        }
        // What it returns after a state is torn down stands for nothing.
        if action == Action::Teardown {
            return Ok(Map::new());
        }
        let media_type = header_values(&answer.headers, "content-type").next().unwrap_or_default();
        returned(&answer.body, is_json(media_type)).map_err(|why| self.unread(&why, &answer.body, state))
    }
}

impl HttpStates {
    /// The failure of the exchange as an error of the state handler.
    fn unreached(&self, error: RunError, state: &State, action: Action) -> RunError {
        let message = format!(
            "{} of the provider state `{}` failed at {}: {}",
            action.word(),
            state.name,
            self.url(),
            error.message
        );
        RunError { message, ..error }
    }

    fn unread(&self, why: &str, body: &[u8], state: &State) -> RunError {
        let message = format!(
            "the values for the provider state `{}` can't be read: {} returned no valid JSON: {why}",
            state.name,
            self.url()
        );
        RunError::coded(codes::STATE_VALUES, message)
            .detail(beginning(body, SHOWN))
            .help("the handler must return the values as one JSON object, or an empty body if there are none")
    }

    fn refused(&self, status: u16, body: &[u8], state: &State, action: Action) -> RunError {
        let help = match status {
            404 | 405 => format!("does the provider serve `POST {}` in this environment?", self.url()),
            300..=399 => "redirects are not followed: give the handler's own URL as `states`".to_owned(),
            401 | 403 => "use `--header 'Authorization: …'` to send the credentials that it requires".to_owned(),
            _ => "the handler must return 2xx once the state is set up: check the provider's log".to_owned(),
        };
        let message = format!(
            "{} of the provider state `{}` failed: {} returned {}",
            action.word(),
            state.name,
            self.url(),
            status_line(status)
        );
        RunError::coded(codes::STATE_REFUSED, message).detail(beginning(body, SHOWN)).help(help)
    }
}

/// `404 Not Found`, or the number alone if it has no name.
fn status_line(status: u16) -> String {
    let name = hyper::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    name.map_or_else(|| status.to_string(), |name| format!("{status} {name}"))
}
