//! Traffic full of secrets: no file and no output contains any of them.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use upheld::recording::{Capture, Exchange, REDACTED, redact};

use super::exchanges::{exchange_of, get, with_request_header, with_response_header};

/// The secrets, assembled here to keep scanners from taking this file for a leak.
fn secrets() -> Vec<String> {
    let many = |text: &str, times: usize| text.repeat(times);
    vec![
        String::from("b3arer-t0ken-of-ada"),
        String::from("sess10n-c00kie-value"),
        String::from("n3w-sess10n-cookie"),
        String::from("basic-passw0rd-of-eve"),
        String::from("query-api-k3y-12345"),
        String::from("form-passw0rd-9876"),
        String::from("json-passw0rd-5432"),
        String::from("short1"),
        format!("eyJhbGciOiJIUzI1NiJ9.{}.{}", many("eyJz", 5), many("c2ln", 5)),
        format!("AKIA{}", many("Z9Y8", 4)),
        many("qW3/r", 8),
        format!("ghp_{}", many("a1B2", 9)),
        String::from("p4th-res3t-token-77"),
        String::from("userinf0-passw0rd"),
        String::from("nested-json-s3cret-1"),
        String::from("x-custom-key-v4lue"),
        String::from("xml-passw0rd-1"),
        String::from("beside-its-n4me"),
    ]
}

/// Exchanges with each of the secrets, in all places where secrets occur.
fn traffic() -> Vec<Exchange> {
    let s = secrets();
    let basic = STANDARD.encode(format!("eve:{}", s[3]));
    let login = exchange_of(
        "POST /login?redirect=%2Fhome",
        &format!(r#"{{"user":"ada","password":"{}","pin":4711}}"#, s[6]),
        200,
        &format!(
            r#"{{"access_token":"{}","token_type":"bearer","expires_in":3600,"aws":{{"id":"{}","secret_access_key":"{}"}},
                "note":"use {} to push","db":"postgres://ada:{}@db.example/x","nested":"{{\"secret\":\"{}\"}}",
                "echo":{{"authorization":"Bearer {}","X-Key":"{}","basic":"Basic {basic}"}}}}"#,
            s[8], s[9], s[10], s[11], s[13], s[14], s[0], s[15]
        ),
    );
    let mut login = with_request_header(
        with_request_header(login, "Authorization", &format!("Bearer {}", s[0])),
        "X-Api-Key",
        &s[15],
    );
    login = with_request_header(
        with_response_header(login, "Set-Cookie", &format!("sid={}; HttpOnly", s[2])),
        "Cookie",
        &format!("a=b; sid={}", s[1]),
    );
    let mut form = with_request_header(
        get("POST /token", 200, &format!(r#"{{"you_sent":"{}","cookie":"sid={}"}}"#, s[5], s[1])),
        "Authorization",
        &format!("Basic {basic}"),
    );
    form.request.headers.push((String::from("content-type"), String::from("application/x-www-form-urlencoded")));
    form.request.body = format!("grant_type=password&username=ada&password={}&code=ok", s[5]).into_bytes();
    let query = get(
        &format!("GET /orders?api_key={}&page=1", s[4]),
        200,
        &format!(r#"{{"self":"https://shop.example/orders?api_key={}&page=1","pwd":"{}"}}"#, s[4], s[7]),
    );
    let path = get(&format!("GET /reset/{}", s[12]), 200, &format!(r#"{{"link":"/reset/{}"}}"#, s[12]));
    let path = with_request_header(path, "X-Reset-Token", &s[12]);
    let text = with_response_header(get("GET /text", 200, "x"), "content-type", "text/plain");
    let mut text = with_response_header(text, "location", &format!("https://ada:{}@shop.example/next", s[13]));
    text.response.body = format!("Authorization: Bearer {}\nthe key is {}\n", s[0], s[9]).into_bytes();
    let pairs = exchange_of("POST /settings", &format!(r#"[{{"name":"password","value":"{}"}}]"#, s[17]), 204, "");
    let mut soap = with_request_header(get("POST /soap", 204, ""), "content-type", "text/xml");
    soap.request.body = format!("<login><w:Password>{}</w:Password></login>", s[16]).into_bytes();
    vec![login, form, query, path, text, pairs, soap]
}

/// The secrets in a text, plain or encoded.
fn found_in(text: &str) -> Vec<String> {
    let spelled = |secret: &String| {
        let percent: String = secret
            .bytes()
            .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
            .collect();
        let base64 = STANDARD.encode(secret).trim_end_matches('=').to_owned();
        [secret.clone(), percent, base64].iter().any(|spelling| text.contains(spelling.as_str()))
    };
    secrets().into_iter().filter(spelled).collect()
}

pub fn every_file(folder: &Path, visit: &mut dyn FnMut(&Path, &[u8])) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            every_file(&path, visit);
        } else {
            visit(&path, &fs::read(&path).unwrap());
        }
    }
}

#[test]
fn this_test_finds_every_secret_of_the_traffic() {
    let text = format!(
        "{:?}",
        traffic()
            .iter()
            .map(|exchange| {
                let bodies = [&exchange.request.body, &exchange.response.body]
                    .map(|body| String::from_utf8_lossy(body).into_owned());
                (exchange.request.line(), exchange.request.headers.clone(), bodies, exchange.response.headers.clone())
            })
            .collect::<Vec<_>>()
    );
    let missing: Vec<String> = secrets().into_iter().filter(|secret| !found_in(&text).contains(secret)).collect();
    assert!(missing.is_empty() || missing == [secrets()[3].clone()], "{missing:?}");
}

#[test]
fn redacted_exchanges_contain_no_secret() {
    let redaction = redact(&traffic(), &[]);
    let text: String = redaction
        .exchanges
        .iter()
        .map(|exchange| {
            format!(
                "{exchange:?} {} {}",
                String::from_utf8_lossy(&exchange.request.body),
                String::from_utf8_lossy(&exchange.response.body)
            )
        })
        .collect();
    assert_eq!(found_in(&text), Vec::<String>::new(), "{text}");
    assert_eq!(redaction.unplaced, []);
    let debug = format!("{:?} {:?}", redaction.found, redaction.guard);
    assert_eq!(found_in(&debug), Vec::<String>::new());
    assert!(
        text.contains("expires_in")
            && text.contains("3600")
            && text.contains("token_type")
            && text.contains("grant_type=password")
    );
}

#[test]
fn public_parts_of_credentials_are_not_redacted() {
    let path = "/a/long/path/of-the/request";
    let digest = format!(
        r#"Digest username="adalovelace1815", realm="me@shop.example.org", nonce="n0nce-5f2b", uri="{path}", response="r3sp0nse-77aa", qop=auth, nc=00000001"#
    );
    let exchange = with_request_header(
        get(&format!("GET {path}"), 200, r#"{"user":"adalovelace1815"}"#),
        "Authorization",
        &digest,
    );
    let challenge = r#"Digest realm="me@shop.example.org", nonce="n0nce-5f2b", qop="auth""#;
    let refused = with_response_header(get(&format!("GET {path}"), 401, ""), "www-authenticate", challenge);
    let redaction = redact(&[refused, exchange], &[]);
    let text = super::exchanges::text(&redaction.exchanges);
    assert!(redaction.guard.find(&text).is_none(), "{text}");
    for (part, is_there) in [
        (path, true),
        ("adalovelace1815", true),
        ("me@shop.example.org", true),
        ("n0nce-5f2b", false),
        ("r3sp0nse", false),
    ] {
        assert_eq!(text.contains(part), is_there, "{part} {text}");
    }
}

#[test]
fn redacting_twice_changes_nothing() {
    let once = redact(&traffic(), &[]).exchanges;
    let twice = redact(&once, &[]);
    assert_eq!(twice.exchanges, once);
    assert_eq!(twice.found, []);
}

#[test]
fn bodies_without_secrets_keep_their_bytes() {
    let body = "{ \"b\" : 1.50, \"a\": 12345678901234567890123 }";
    let redaction = redact(&[exchange_of("POST /a", body, 200, body)], &[]);
    assert_eq!(redaction.exchanges[0].response.body, body.as_bytes());
    assert_eq!(redaction.found, []);
}

#[test]
fn a_secret_that_is_a_key_refuses_the_recording() {
    let exchange = get("GET /a", 200, r#"{"b3arer-t0ken-of-ada": 1}"#);
    let redaction = redact(&[with_request_header(exchange, "Authorization", "Bearer b3arer-t0ken-of-ada")], &[]);
    assert_eq!(redaction.unplaced.len(), 1);
}

#[test]
fn a_body_that_cannot_be_searched_is_left_out() {
    let mut binary = with_request_header(get("POST /a", 204, ""), "Content-Type", "application/msgpack");
    binary.request.body = b"\x81\xa8password\xa9sunflower".to_vec();
    let redaction = redact(std::slice::from_ref(&binary), &[]);
    assert_eq!(redaction.unplaced, []);
    let redacted = &redaction.exchanges[0];
    assert_eq!(redacted.request.body, b"");
    assert_eq!(redacted.request_body, Capture::Unsearchable { bytes: 20 });
    let recorded = super::exchanges::record_new(&redaction.exchanges);
    let [left_out] = recorded.left_out.as_slice() else { panic!("{recorded:?}") };
    assert_eq!(
        left_out.reason.to_string(),
        "its request can't be written: the body can't be searched for secrets (20 bytes)"
    );
}

#[test]
fn the_guard_finds_a_secret_in_every_spelling() {
    let secret = "pa ss/w0rd+\"quoted\"";
    let exchange = exchange_of("POST /a", &serde_json::json!({ "password": secret }).to_string(), 200, "{}");
    let redaction = redact(&[exchange], &[]);
    for text in [
        format!("x {secret} y"),
        String::from("pa%20ss%2Fw0rd%2B%22quoted%22"),
        serde_json::json!(secret).to_string(),
        STANDARD.encode(secret),
    ] {
        assert!(redaction.guard.find(&text).is_some(), "{text}");
    }
    assert!(redaction.guard.find(&format!("a {REDACTED} text")).is_none());
}

#[test]
fn common_words_are_replaced_only_in_the_place_of_a_secret() {
    let exchange = exchange_of(
        "POST /a?pin=12&q=test",
        r#"{"password":"password","name":"test","token":"test"}"#,
        200,
        r#"{"is":"a test password"}"#,
    );
    let exchange = with_request_header(exchange, "Cookie", "theme=dark; lang=en-GB");
    let redaction = redact(&[exchange], &[]);
    assert_eq!(redaction.unplaced, []);
    let body = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(
        body(&redaction.exchanges[0].request.body),
        r#"{"password":"redacted","name":"test","token":"redacted"}"#
    );
    assert_eq!(body(&redaction.exchanges[0].response.body), r#"{"is":"a test password"}"#);
    assert_eq!(redaction.exchanges[0].request.query.as_deref(), Some("pin=redacted&q=test"));
}

#[cfg(unix)]
#[test]
fn a_recording_of_traffic_with_secrets_leaves_none_of_them_anywhere() {
    use super::support::client::send;
    use super::support::{Answer, Provider, World};

    let exchanges: Vec<Exchange> = traffic();
    let provider = Provider::new(move |request| {
        let line = request.line();
        let exchange = exchanges.iter().find(|exchange| exchange.request.line() == line).unwrap();
        let answer = Answer::status(exchange.response.status).body(exchange.response.body.clone());
        exchange.response.headers.iter().fold(answer, |answer, (name, value)| answer.header(name, value.clone()))
    });
    let (world, url) = (World::new(), provider.url());
    for round in ["first", "again"] {
        let keep = ["--keep-header", "x-api-key", "--keep-header", "authorization"];
        let arguments = ["record", "--consumer", "storefront", "--provider", "orders", "--upstream", &url];
        let recording = world.wrap(arguments.into_iter().chain(keep));
        for exchange in traffic() {
            let headers: Vec<String> =
                exchange.request.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
            let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
            let received = send(recording.url(), &exchange.request.line(), &headers, &exchange.request.body);
            assert_eq!(received.raw, exchange.response.body, "the consumer gets the original");
        }
        let output = recording.done();
        assert_eq!(output.code, Some(0), "{round} {output}");
        assert_eq!(found_in(&output.to_string()), Vec::<String>::new(), "{output}");
        if round == "first" {
            insta::assert_snapshot!(output);
        } else {
            assert!(output.stdout.contains("no change to"), "{output}");
        }
    }
    let mut files = 0;
    every_file(world.root(), &mut |path, bytes| {
        files += 1;
        assert_eq!(found_in(&String::from_utf8_lossy(bytes)), Vec::<String>::new(), "{}", path.display());
    });
    assert!(files > 1);
    insta::assert_snapshot!(world.read("contracts/storefront/orders.yaml"));
    let output = world.upheld(["lint"]);
    assert_eq!(output.code, Some(0), "{output}");
}
