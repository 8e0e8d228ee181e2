//! What a person wrote about secrets in a contract stays when it is recorded again.

use super::exchanges::{exchange_of, outcomes, record_of, with_request_header};
use super::support::World;
use upheld::recording::{Exchange, Options, redact};

const WRITTEN: &str = r#"contract: 1
consumer: storefront
provider: orders
interactions:
  - name: log in
    given: [a user exists: { token: wr1tten-token-7, password: wr1tten-passw0rd }]
    request:
      method: POST
      path: /login
      headers: { authorization: "Bearer ${token}", x-shop: tea }
      body: { user: ada, password: "${password}", pin: 1234 }
    response:
      status: 200
      body: { access_token: "${token}", name: Ada }
"#;

fn login(token: &str, password: &str, name: &str) -> Exchange {
    let sent = serde_json::json!({ "user": "ada", "password": password, "pin": 9876 });
    let received = serde_json::json!({ "access_token": token, "name": name });
    let exchange = exchange_of("POST /login", &sent.to_string(), 200, &received.to_string());
    with_request_header(with_request_header(exchange, "Authorization", &format!("Bearer {token}")), "x-shop", "tea")
}

fn recorded(exchanges: &[Exchange], update: bool) -> (Vec<String>, Option<String>) {
    let redaction = redact(exchanges, &[]);
    assert_eq!(redaction.unplaced, []);
    let options = Options { update, ..Options::default() };
    let recorded = record_of(WRITTEN, &redaction.exchanges, exchanges, &options);
    (outcomes(&recorded), recorded.text)
}

#[test]
fn credentials_with_placeholders_are_upheld_by_any_credentials() {
    for token in ["wr1tten-token-7", "s0me-other-token-8"] {
        for update in [false, true] {
            let (outcomes, text) = recorded(&[login(token, "hunter2hunter", "Ada")], update);
            assert_eq!(outcomes, ["same log in"]);
            assert_eq!(text, None);
        }
    }
}

#[test]
fn importing_again_leaves_a_contract_with_placeholders_alone() {
    let world = World::new();
    world.write("contracts/storefront/orders.yaml", WRITTEN);
    let sent = serde_json::json!({ "user": "ada", "password": "hunter2hunter", "pin": 9876 }).to_string();
    let header = |name: &str, value: &str| serde_json::json!({ "name": name, "value": value });
    let entry = serde_json::json!({
        "request": {
            "method": "POST",
            "url": "https://api.example/login",
            "headers": [header("Authorization", "Bearer s0me-other-token-8"), header("X-Shop", "tea")],
            "postData": { "mimeType": "application/json", "text": sent },
        },
        "response": {
            "status": 200,
            "content": {
                "mimeType": "application/json",
                "text": "{\"access_token\":\"s0me-other-token-8\",\"name\":\"Ada\"}",
            },
        },
    });
    world.write("traffic.har", serde_json::json!({ "log": { "entries": [entry] } }).to_string());
    for update in [&[][..], &["--update"]] {
        let command = ["import", "har", "traffic.har", "--consumer", "storefront", "--provider", "orders"];
        let output = world.upheld([&command[..], update].concat());
        assert_eq!(output.code, Some(0), "{output}");
        assert!(output.stdout.contains("no change to"), "{output}");
        assert_eq!(world.read("contracts/storefront/orders.yaml"), WRITTEN);
    }
}

#[test]
fn an_update_changes_what_differs_and_keeps_placeholders_and_headers() {
    let exchange = login("s0me-other-token-8", "hunter2hunter", "Ada");
    let mut exchange = with_request_header(exchange, "x-unused", "1");
    exchange.request.body =
        serde_json::json!({ "user": "eve", "password": "hunter2hunter", "pin": 9876 }).to_string().into();
    exchange.response.body = serde_json::json!({ "access_token": "s0me-other-token-8", "name": 7 }).to_string().into();
    let (outcomes, text) = recorded(&[exchange], true);
    assert_eq!(outcomes, ["updated log in"]);
    let text = text.unwrap();
    for kept in [r#"authorization: "Bearer ${token}""#, "x-shop: tea", "${password}", "access_token: ${token}"] {
        assert!(text.contains(kept), "{kept}: {text}");
    }
    assert!(text.contains("eve") && !text.contains("$${") && !text.contains("redacted"), "{text}");
}

#[test]
fn a_header_that_is_no_longer_sent_is_a_difference() {
    let mut exchange = login("wr1tten-token-7", "hunter2hunter", "Ada");
    exchange.request.headers.retain(|(name, _)| name != "Authorization");
    let (outcomes, _) = recorded(&[exchange], false);
    assert_eq!(outcomes, ["differs log in"]);
}

#[test]
fn a_contract_with_a_secret_that_a_person_wrote_can_be_recorded_again() {
    let world = World::new();
    world.write("contracts/web/api.yaml", "contract: 1\nconsumer: web\nprovider: api\ninteractions:\n  - name: log in\n    request: { method: POST, path: /login, body: { password: wr1tten-passw0rd } }\n    response: { status: 204 }\n");
    let entry = |path: &str, password: &str, status: u16| {
        serde_json::json!({
            "request": {
                "method": "POST",
                "url": format!("https://api.example/{path}"),
                "postData": { "mimeType": "application/json", "text": serde_json::json!({ "password": password }).to_string() },
            },
            "response": { "status": status, "content": {} },
        })
    };
    let entries = [entry("login", "wr1tten-passw0rd", 204), entry("users", "an0ther-passw0rd", 201)];
    world.write("traffic.har", serde_json::json!({ "log": { "entries": entries } }).to_string());
    let output = world.upheld(["import", "har", "traffic.har", "--consumer", "web", "--provider", "api"]);
    assert_eq!(output.code, Some(0), "{output}");
    let text = world.read("contracts/web/api.yaml");
    assert!(text.contains("wr1tten-passw0rd") && text.contains("/users") && !text.contains("an0ther"), "{text}");
    assert!(!output.to_string().contains("passw0rd"), "{output}");
}

#[cfg(unix)]
#[test]
fn an_upload_is_the_same_whatever_its_boundary_and_its_password_is_gone() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::support::client::send;

    let world = World::new();
    let upload = |boundary: &str, password: &str| {
        let part = |head: &str, content: &[u8]| {
            [format!("--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes(), content, b"\r\n"]
                .concat()
        };
        let picture = part("name=\"avatar\"; filename=\"a.png\"", b"\x89PNG\r\n\x1a\n\0\xff\xfe\x01");
        let body =
            [part("name=\"password\"", password.as_bytes()), picture, format!("--{boundary}--\r\n").into_bytes()];
        (format!("multipart/form-data; boundary={boundary}"), body.concat())
    };
    for (boundary, expected) in [("XoneX", "1 new; written"), ("----two", "1 as before; no change to")] {
        let (media_type, body) = upload(boundary, "sunflower");
        let entry = serde_json::json!({
            "request": {
                "method": "POST",
                "url": "https://api.example/avatar",
                "postData": { "mimeType": media_type, "text": STANDARD.encode(body), "encoding": "base64" },
            },
            "response": { "status": 204, "content": {} },
        });
        world.write("traffic.har", serde_json::json!({ "log": { "entries": [entry] } }).to_string());
        let output = world.upheld(["import", "har", "traffic.har", "--consumer", "web", "--provider", "api"]);
        assert!(output.code == Some(0) && output.stdout.contains(expected), "{output}");
        assert!(!output.to_string().contains("sunflower"), "{output}");
    }
    let contract = world.read("contracts/web/api.yaml");
    let base64 = contract.lines().find_map(|line| line.trim().strip_prefix("body-base64: ")).unwrap().trim_matches('"');
    let body = String::from_utf8_lossy(&STANDARD.decode(base64).unwrap()).into_owned();
    assert!(body.contains("redacted") && body.contains("PNG") && !body.contains("sunflower"), "{body}");
    let mock = world.wrap(["mock"]);
    let (media_type, body) = upload("--three-boundary", "sunflower");
    let received = send(mock.url(), "POST /avatar", &[&format!("Content-Type: {media_type}")], &body);
    assert_eq!(received.status, 204);
    let output = mock.done();
    assert_eq!(output.code, Some(0), "{output}");
}
