//! The state handler over HTTP, against a small provider.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Json, State as Shared};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use serde_json::{Value, json};

use crate::http::{BaseUrl, ExtraHeader, HttpClient, HttpOptions, HttpStates, codes};
use crate::interaction::State;
use crate::verification::{Action, StateHandler as _};

type Seen = Arc<Mutex<Vec<(Option<String>, Value)>>>;

async fn change(Shared(seen): Shared<Seen>, headers: HeaderMap, Json(message): Json<Value>) -> Response {
    let authorization = headers.get("authorization").map(|value| value.to_str().expect("text").to_owned());
    seen.lock().expect("no panic").push((authorization, message.clone()));
    match message["state"].as_str() {
        Some("an order exists") => Json(json!({ "id": 42, "token": "t-1" })).into_response(),
        Some("a list") => Json(json!([1, 2])).into_response(),
        Some("nothing") => StatusCode::NO_CONTENT.into_response(),
        Some("a text") => "done".into_response(),
        Some("elsewhere") => Redirect::temporary("/_states").into_response(),
        Some("forever") => std::future::pending().await,
        Some("huge") => (StatusCode::INTERNAL_SERVER_ERROR, "é".repeat(5000)).into_response(),
        _ => (StatusCode::UNPROCESSABLE_ENTITY, "unknown state").into_response(),
    }
}

/// A provider with a state handler, and the requests that it got.
async fn provider() -> (BaseUrl, Seen) {
    let seen = Seen::default();
    let router = Router::new().route("/api/_states", post(change)).with_state(Arc::clone(&seen));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    (BaseUrl::parse(&format!("http://{address}/api")).expect("a base URL"), seen)
}

fn handler(base: BaseUrl, path: &str) -> HttpStates {
    let headers = vec![ExtraHeader::parse("authorization: Bearer real").expect("a header")];
    let timeout = Duration::from_secs(20);
    HttpStates::new(HttpClient::new(base, &HttpOptions { timeout, headers, ..HttpOptions::default() }), path)
        .expect("a target")
}

fn state(name: &str) -> State {
    let params = json!({ "id": 42 }).as_object().expect("an object").clone();
    State { name: name.to_owned(), params }
}

#[tokio::test]
async fn a_state_is_set_up_and_torn_down_with_one_request_each() {
    let (base, seen) = provider().await;
    let handler = handler(base, "/_states?by=upheld");
    let state = state("an order exists");
    let values = handler.change(&state, Action::Setup).await.expect("set up");
    assert_eq!(Value::Object(values), json!({ "id": 42, "token": "t-1" }));
    handler.change(&state, Action::Teardown).await.expect("torn down");
    let authorization = Some("Bearer real".to_owned());
    let message = |action| json!({ "state": "an order exists", "params": { "id": 42 }, "action": action });
    assert_eq!(
        *seen.lock().expect("no panic"),
        [(authorization.clone(), message("setup")), (authorization, message("teardown"))]
    );
}

#[tokio::test]
async fn a_handler_may_have_its_own_address() {
    let (base, seen) = provider().await;
    let url = base.join("/_states?by=upheld");
    handler(BaseUrl::local(1), &url).change(&state("nothing"), Action::Setup).await.expect("set up");
    assert_eq!(seen.lock().expect("no panic").len(), 1);
    let client = HttpClient::new(base, &HttpOptions::default());
    assert!(HttpStates::new(client, "ftp://h/_states").is_err());
}

#[tokio::test]
async fn a_response_that_isnt_an_object_returns_no_values() {
    let (base, _) = provider().await;
    let handler = handler(base, "/_states");
    for name in ["a list", "nothing", "a text"] {
        assert!(handler.change(&state(name), Action::Setup).await.expect(name).is_empty(), "{name}");
    }
}

#[tokio::test]
async fn a_refusal_shows_the_handlers_own_words_and_is_final() {
    let (base, seen) = provider().await;
    let url = base.join("/_states");
    let error = handler(base, "/_states").change(&state("no such"), Action::Setup).await.expect_err("refused");
    assert_eq!(error.code, codes::STATE_REFUSED);
    assert_eq!(
        error.message,
        format!("setup of the provider state `no such` failed: {url} returned 422 Unprocessable Entity")
    );
    assert_eq!(error.detail.as_deref(), Some("unknown state"));
    assert_eq!(seen.lock().expect("no panic").len(), 1);
}

#[tokio::test]
async fn a_long_refusal_is_cut() {
    let (base, _) = provider().await;
    let error = handler(base, "/_states").change(&state("huge"), Action::Teardown).await.expect_err("refused");
    let detail = error.detail.expect("the body");
    assert!(detail.len() < 2100 && detail.ends_with("é\n… (10000 bytes in all)"), "{}", detail.len());
}

#[tokio::test]
async fn a_handler_at_another_address_is_named_by_its_url() {
    let (base, _) = provider().await;
    let error = handler(base.clone(), "/states").change(&state("a text"), Action::Setup).await.expect_err("not there");
    assert!(error.message.ends_with("returned 404 Not Found"), "{error:?}");
    assert!(error.help[0].contains(&format!("`POST {}`", base.join("/states"))), "{error:?}");
    let error = handler(base, "/_states").change(&state("elsewhere"), Action::Setup).await.expect_err("redirected");
    assert!(error.help[0].starts_with("redirects are not followed"), "{error:?}");
}

#[tokio::test]
async fn a_missing_or_silent_handler_is_reported_as_the_states_failure() {
    let (base, _) = provider().await;
    let slow = HttpClient::new(base, &HttpOptions { timeout: Duration::from_millis(200), ..HttpOptions::default() });
    let error =
        HttpStates::new(slow.clone(), "/_states").expect("a path").change(&state("forever"), Action::Setup).await;
    let error = error.expect_err("too late");
    assert_eq!(error.code, codes::RESPONSE_TIMEOUT);
    assert!(error.message.starts_with("setup of the provider state `forever` failed at http://127."), "{error:?}");
    assert!(error.message.ends_with("/api/_states: no response within 200 ms"), "{error:?}");

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let gone = format!("http://127.0.0.1:{port}/_states?token=a");
    let error = HttpStates::new(slow, &gone).expect("a URL").change(&state("x"), Action::Setup).await;
    assert_eq!(error.expect_err("refused").code, codes::REFUSED);
}
