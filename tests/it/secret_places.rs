//! Sixty kinds of secrets, each in every place of a message where one can be: no file and no output has any of them.

use std::collections::BTreeMap;
use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use upheld::recording::{Exchange, read_har, redact};
use upheld::source::{Limits, SourceFile};

use super::recorded_secrets::every_file;
use super::support::World;

/// A secret, and the name that it has. A name that says nothing leaves it to the look of the secret.
struct Kind {
    name: &'static str,
    secret: String,
    /// Its look is enough.
    is_shape: bool,
}

/// Assembled here so that scanners don't take this file for a leak.
fn kinds() -> Vec<Kind> {
    let hex = |length: usize| "0a1b2c3d4e5f6789".repeat(10)[..length].to_owned();
    let mixed = |length: usize| "aB3dE5gH7jK9mN1pQ2rS".repeat(10)[..length].to_owned();
    let upper = |length: usize| "A1B2C3D4E5F6G7H8".repeat(10)[..length].to_owned();
    let shapes = [
        format!("ATATT3xFfGF0{}", mixed(40)),
        format!("hvs.{}", mixed(24)),
        format!("glsa_{}_{}", mixed(32), hex(8)),
        format!("lin_api_{}", mixed(40)),
        format!("figd_{}", mixed(40)),
        format!("dapi{}", hex(32)),
        format!("dp.pt.{}", mixed(40)),
        format!("pscale_tkn_{}", mixed(40)),
        format!("NRAK-{}", upper(27)),
        format!("PMAK-{}-{}", hex(24), hex(34)),
        format!("pul-{}", hex(40)),
        format!("rubygems_{}", hex(48)),
        format!("{}.atlasv1.{}", mixed(14), mixed(60)),
        format!("ntn_{}", mixed(46)),
        format!("sq0csp-{}", mixed(43)),
        format!("key-{}", hex(32)),
        format!("110201543:AAH{}", mixed(32)),
        format!("AGE-SECRET-KEY-1{}", upper(58)),
        format!("ghp_{}", mixed(36)),
        format!("github_pat_{}", mixed(60)),
        format!("glpat-{}", mixed(20)),
        format!("xoxb-123456789012-{}", mixed(24)),
        format!("sk_live_{}", mixed(24)),
        format!("AIza{}", mixed(35)),
        format!("ya29.{}", mixed(40)),
        format!("sk-proj-{}", mixed(44)),
        format!("sk-ant-api03-{}", mixed(50)),
        format!("npm_{}", mixed(36)),
        format!("pypi-AgEIcHlwaS5vcmc{}", mixed(50)),
        format!("SG.{}.{}", mixed(22), mixed(43)),
        format!("SK{}", hex(32)),
        format!("dop_v1_{}", hex(64)),
        format!("hf_{}", mixed(34)),
        format!("shpat_{}", hex(32)),
        format!("AKIA{}", upper(16)),
        format!("GOCSPX-{}", mixed(28)),
        format!("dckr_pat_{}", mixed(27)),
        format!("sntrys_{}", mixed(50)),
        format!("sbp_{}", hex(40)),
        format!("tskey-auth-{}", mixed(20)),
        format!("rzp_live_{}", mixed(14)),
        format!("eyJhbGciOiJIUzI1NiJ9.{}.{}", mixed(24), mixed(30)),
        format!("$2b$10${}", mixed(53)),
        String::from("4012888888881881"),
        String::from("DE89370400440532013000"),
    ];
    let named = [
        "password",
        "password_confirmation",
        "userPassword",
        "passwd",
        "pass",
        "otpCode",
        "verification_code",
        "api_keys",
        "client_secret",
        "sessionId",
        "csrf_token",
        "code_verifier",
        "securityAnswer",
        "passphrase",
        "private_key",
    ];
    let shapes = shapes.into_iter().map(|secret| Kind { name: "note", secret, is_shape: true });
    // Words that no shape has, each its own.
    let named = named.into_iter().enumerate().map(|(index, name)| {
        let letter = char::from(b'b' + u8::try_from(index).unwrap());
        Kind { name, secret: format!("{letter}unflo{letter}er"), is_shape: false }
    });
    shapes.chain(named).collect()
}

/// A name, and what writes a secret of a kind there.
type Writer = (&'static str, fn(&Kind) -> Value);

/// The places, each with the entry of a HAR file that has a secret there.
const PLACES: &[Writer] = &[
    ("path", |kind| {
        let segment = if kind.is_shape { kind.secret.clone() } else { format!("a;{}={}", kind.name, kind.secret) };
        entry("GET", &segment.replace('$', "%24"), &[], None, &[], "{}")
    }),
    ("query", |kind| {
        entry("GET", &format!("a?{}={}&page=1", kind.name, kind.secret.replace('$', "%24")), &[], None, &[], "{}")
    }),
    ("query in JSON", |kind| {
        let filter = json!({ kind.name: kind.secret }).to_string();
        let filter: String = filter.bytes().map(|byte| format!("%{byte:02X}")).collect();
        entry("GET", &format!("a?filter={filter}"), &[], None, &[], "{}")
    }),
    ("fragment", |kind| {
        let location = format!("https://app.example/cb#{}={}&x=1", kind.name, kind.secret);
        entry("GET", "a", &[], None, &[("location", &location)], "{}")
    }),
    ("header", |kind| entry("GET", "a", &[(&format!("x-{}", kind.name), &kind.secret)], None, &[], "{}")),
    ("cookie", |kind| {
        entry("GET", "a", &[("cookie", &format!("theme=dark; {}={}", kind.name, kind.secret))], None, &[], "{}")
    }),
    ("name in JSON", |kind| {
        let body = if kind.is_shape {
            json!({ "map": { (kind.secret.as_str()): 1 } })
        } else {
            json!({ kind.name: { "value": kind.secret, "type": "a" } })
        };
        entry("GET", "a", &[], None, &[], &body.to_string())
    }),
    ("value in JSON", |kind| {
        let body = json!({ "user": "ada", kind.name: kind.secret, "list": [{ kind.name: [kind.secret] }] }).to_string();
        entry("POST", "a", &[], Some(("application/json", body.as_bytes())), &[], &body)
    }),
    ("JSON in JSON", |kind| {
        let inner = json!({ kind.name: kind.secret }).to_string();
        let body = json!({ "payload": inner, "encoded": STANDARD.encode(&inner) }).to_string();
        entry("POST", "a", &[], Some(("application/json", body.as_bytes())), &[], "{}")
    }),
    ("form", |kind| {
        let body = format!("user=ada&{}={}", kind.name, kind.secret.replace('$', "%24"));
        entry("POST", "a", &[], Some(("application/x-www-form-urlencoded", body.as_bytes())), &[], "{}")
    }),
    ("multipart", |kind| {
        let part = format!("--B0\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{}\r\n", kind.name, kind.secret);
        let file = "--B0\r\nContent-Disposition: form-data; name=\"avatar\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n";
        let body = [part.as_bytes(), file.as_bytes(), b"\x89PNG\r\n\x1a\n\0\xff\xfe", b"\r\n--B0--\r\n"].concat();
        entry("POST", "a", &[], Some(("multipart/form-data; boundary=B0", &body)), &[], "{}")
    }),
    ("XML", |kind| {
        let Kind { name, secret, .. } = kind;
        let body =
            format!("<a><w:{name}>{secret}</w:{name}><b {name}='{secret}'/><{name}><![CDATA[{secret}]]></{name}></a>");
        entry("POST", "a", &[], Some(("text/xml", body.as_bytes())), &[], "{}")
    }),
    ("HTML", |kind| {
        let body = format!("<form><input type=hidden name=\"{}\" value=\"{}\"></form>", kind.name, kind.secret);
        entry_of("GET", "a", &[], None, &[("content-type", "text/html")], &body)
    }),
    ("NDJSON and events", |kind| {
        let line = json!({ "id": 1, kind.name: kind.secret }).to_string();
        let events = format!("event: a\ndata: {line}\n\n");
        let body = format!("{line}\n{line}\n");
        entry_of(
            "POST",
            "a",
            &[],
            Some(("application/x-ndjson", body.as_bytes())),
            &[("content-type", "text/event-stream")],
            &events,
        )
    }),
    ("GraphQL", |kind| {
        let secret = &kind.secret;
        let query = format!("mutation {{ login(user: \"ada\", {}: \"{secret}\") {{ id }} }}", kind.name);
        let body = json!({ "query": query, "variables": { kind.name: secret } }).to_string();
        entry("POST", "a", &[], Some(("application/json", body.as_bytes())), &[], "{}")
    }),
    ("YAML and variables", |kind| {
        let Kind { name, secret, .. } = kind;
        let body = format!("user: ada\n{name}: {secret}\nexport {}={secret}\n", name.to_uppercase());
        entry("POST", "a", &[], Some(("text/plain", body.as_bytes())), &[], "{}")
    }),
    ("UTF-16", |kind| {
        let body: Vec<u8> =
            format!("\u{feff}{}={}", kind.name, kind.secret).encode_utf16().flat_map(u16::to_le_bytes).collect();
        entry("POST", "a", &[], Some(("text/plain", &body)), &[], "{}")
    }),
    ("Latin-1", |kind| {
        let body = [b"caf\xe9=1\n".as_slice(), format!("{}={}", kind.name, kind.secret).as_bytes()].concat();
        entry("POST", "a", &[], Some(("text/plain; charset=iso-8859-1", &body)), &[], "{}")
    }),
    ("JSON with a mark", |kind| {
        let body = format!("\u{feff}{}", json!({ kind.name: kind.secret }));
        entry("POST", "a", &[], Some(("application/json", body.as_bytes())), &[], "{}")
    }),
    ("MessagePack", |kind| {
        let mut body = vec![0x81, 0xa0 | u8::try_from(kind.name.len()).unwrap()];
        body.extend(kind.name.bytes());
        body.extend([0xd9, u8::try_from(kind.secret.len()).unwrap()]);
        body.extend(kind.secret.bytes());
        entry("POST", "a", &[], Some(("application/msgpack", &body)), &[], "{}")
    }),
];

type Pairs<'p> = &'p [(&'p str, &'p str)];

fn entry(
    method: &str,
    target: &str,
    sent: Pairs<'_>,
    body: Option<(&str, &[u8])>,
    received: Pairs<'_>,
    text: &str,
) -> Value {
    let received: Vec<(&str, &str)> = received.iter().copied().chain([("content-type", "application/json")]).collect();
    entry_of(method, target, sent, body, &received, text)
}

fn entry_of(
    method: &str,
    target: &str,
    sent: Pairs<'_>,
    body: Option<(&str, &[u8])>,
    received: Pairs<'_>,
    text: &str,
) -> Value {
    let headers = |pairs: Pairs<'_>| -> Vec<Value> {
        pairs.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect()
    };
    let mut request =
        json!({ "method": method, "url": format!("https://api.example/KIND/{target}"), "headers": headers(sent) });
    if let Some((media_type, body)) = body {
        request["postData"] = json!({ "mimeType": media_type, "text": STANDARD.encode(body), "encoding": "base64" });
    }
    json!({
        "request": request,
        "response": {
            "status": 200,
            "headers": headers(received),
            "content": { "mimeType": received[received.len() - 1].1, "text": text },
        },
    })
}

/// A HAR file; each entry has a path of its own.
fn har(entries: &[Value]) -> String {
    let entries: Vec<Value> = entries
        .iter()
        .enumerate()
        .map(|(index, entry)| {
            serde_json::from_str(&entry.to_string().replace("/KIND/", &format!("/kind-{index}/"))).unwrap()
        })
        .collect();
    json!({ "log": { "entries": entries } }).to_string()
}

fn exchanges(entries: &[Value]) -> Vec<Exchange> {
    let source = SourceFile::new("a.har", har(entries), Limits::default());
    read_har(&source).unwrap().into_iter().map(|entry| entry.exchange.unwrap()).collect()
}

/// Whether a text has a secret, plain or encoded.
fn has(text: &str, secret: &str) -> bool {
    let percent: String = secret
        .bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect();
    text.contains(secret) || text.contains(&percent) || text.contains(STANDARD.encode(secret).trim_end_matches('='))
}

/// All texts of an exchange, its bodies also decoded.
fn texts(exchange: &Exchange) -> String {
    let body = |body: &[u8]| {
        let units: Vec<u16> = body.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit)).collect();
        format!("{} {}", String::from_utf8_lossy(body), String::from_utf16_lossy(&units))
    };
    let (request, response) = (&exchange.request, &exchange.response);
    let base64 = serde_json::from_slice::<Value>(&request.body).ok();
    let base64 = base64.and_then(|value| STANDARD.decode(value["encoded"].as_str()?).ok()).unwrap_or_default();
    format!(
        "{} {:?} {:?} {:?} {} {} {}",
        request.path,
        request.query,
        request.headers,
        response.headers,
        body(&request.body),
        body(&response.body),
        body(&base64)
    )
}

#[test]
fn every_kind_of_secret_is_replaced_left_out_or_refused_in_every_place() {
    let kinds = kinds();
    assert!(kinds.len() >= 60 && PLACES.len() >= 12);
    let mut kept = Vec::new();
    let mut outcomes: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for (place, build) in PLACES {
        for kind in &kinds {
            let exchanges = exchanges(&[build(kind)]);
            let exchange = &exchanges[0];
            let is_there = has(&texts(exchange), &kind.secret) || *place == "query in JSON";
            assert!(is_there, "the secret isn't there: {place} {}", kind.secret);
            let redaction = redact(&exchanges, &[]);
            let clean = texts(&redaction.exchanges[0]);
            let left_out = redaction.exchanges[0].request.body.is_empty() && !exchange.request.body.is_empty();
            let outcome = if redaction.unplaced.is_empty() { usize::from(left_out) } else { 2 };
            if outcome < 2 && has(&clean, &kind.secret) {
                kept.push(format!("{place}: {} {}", kind.name, kind.secret));
            }
            let debug = format!("{:?} {:?}", redaction.found, redaction.unplaced);
            assert!(!has(&debug, &kind.secret), "{place}: {debug}");
            outcomes.entry(place).or_default()[outcome] += 1;
        }
    }
    assert_eq!(kept, Vec::<String>::new());
    for (place, [replaced, left_out, refused]) in outcomes {
        let expected = match place {
            "MessagePack" => [0, 1, 0],
            "name in JSON" => [1, 0, 1],
            _ => [1, 0, 0],
        };
        assert_eq!([replaced, left_out, refused].map(|number| usize::from(number > 0)), expected, "{place}");
    }
}

#[test]
fn no_file_and_no_output_has_a_secret_of_any_kind_from_any_place() {
    let kinds = kinds();
    let headers: Vec<String> = kinds.iter().map(|kind| format!("x-{}", kind.name)).collect();
    for (place, build) in PLACES {
        let world = World::new();
        let entries: Vec<Value> = kinds.iter().map(build).collect();
        world.write("traffic.har", har(&entries));
        let mut command =
            vec!["import", "har", "traffic.har", "--with-assets", "--consumer", "web", "--provider", "api"];
        for header in headers.iter().map(String::as_str).chain(["cookie", "authorization"]) {
            command.extend(["--keep-header", header]);
        }
        let output = world.upheld(command);
        let expected = if *place == "name in JSON" { 5 } else { 0 };
        assert_eq!(output.code, Some(expected), "{place}: {output}");
        fs::remove_file(world.path("traffic.har")).unwrap();
        let mut texts = vec![(String::from("the output"), output.to_string())];
        every_file(world.root(), &mut |path, bytes| {
            let text = String::from_utf8_lossy(bytes).into_owned();
            let decoded = text.lines().filter_map(|line| STANDARD.decode(line.trim().rsplit(' ').next()?).ok());
            let decoded: String = decoded.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect();
            texts.push((path.display().to_string(), text + &decoded));
        });
        // Of MessagePack, every request is left out.
        assert_eq!(texts.len() > 1, expected == 0 && *place != "MessagePack", "{place}");
        for (name, text) in &texts {
            let found: Vec<&str> =
                kinds.iter().filter(|kind| has(text, &kind.secret)).map(|kind| &*kind.secret).collect();
            assert_eq!(found, Vec::<&str>::new(), "{place}: {name}");
        }
    }
}

#[test]
fn what_is_no_secret_stays() {
    let body = json!({
        "id": "6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11",
        "etag": "W/\"5e1-PqfB/nKTO1bYx\"",
        "sha": "9701a88f3d0c9d5f0a3f1f6a2b11aa00bb11cc22",
        "md5": "d41d8cd98f00b204e9800998ecf8427e",
        "integrity": format!("sha512-{}==", "aB3+".repeat(21) + "aB"),
        "code": "EUR",
        "error_code": "100001",
        "country_code": "+49",
        "tokens": 12,
        "max_tokens": 4096,
        "usage": { "prompt_tokens": 128, "completion_tokens": 512 },
        "pass": true,
        "pin": null,
        "token_type": "bearer",
        "token": { "type": "bearer", "expires_in": 3600 },
        "next_page_token": "abc123def456ghi789",
        "key": "uploads/2026/picture.png",
        "keyboard": "qwerty",
        "password_policy": { "min_length": 8 },
        "errors": { "password": ["must have at least 8 characters"] },
        "session": { "status": "active", "created_at": "2026-05-01T09:30:00Z" },
        "order": "order_01h455vb4pex5vsknk084sn02q",
        "customer": "cus_NffrFeUfNV2Hib",
        "phone": "+49 30 901820",
        "epoch": 1_717_171_717_123_u64,
        "link": "https://shop.example/orders/42?page=2&code=EUR",
        "text": "Forgot your password? Reset your password: it is easy. Your token: required.",
        "author": "Ada",
        "timezone": "Europe/Berlin",
    })
    .to_string();
    let entries = [
        entry("GET", "commits/9701a88f3d0c9d5f0a3f1f6a2b11aa00bb11cc22?code=EUR&max_tokens=5", &[], None, &[], &body),
        entry(
            "GET",
            "reset/password",
            &[("cookie", "tz=Europe/Berlin; last_viewed=/kind-2/posts/1a")],
            None,
            &[],
            &body,
        ),
        entry("GET", "posts/1a", &[], None, &[], &body),
        entry("POST", "login", &[], None, &[], "{\"code\":\"INVALID_CREDENTIALS\",\"error_code\":\"100001\"}"),
    ];
    let exchanges = exchanges(&entries);
    let redaction = redact(&exchanges, &[]);
    for (before, after) in exchanges.iter().zip(&redaction.exchanges) {
        assert_eq!(after.request.path, before.request.path);
        assert_eq!(after.request.query, before.request.query);
        let [before, after] =
            [before, after].map(|exchange| String::from_utf8_lossy(&exchange.response.body).into_owned());
        assert_eq!(after, before);
    }
}

#[test]
fn an_identifier_that_is_a_cookie_and_in_a_path_stays_an_identifier() {
    let id = "6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11";
    for (cookie, is_kept) in [("cart", true), ("sessionid", false)] {
        let target = format!("carts/{id}");
        let entries = [entry("GET", &target, &[("cookie", &format!("{cookie}={id}"))], None, &[], "{\"a\":1}")];
        let world = World::new();
        world.write("traffic.har", har(&entries));
        let output = world.upheld(["import", "har", "traffic.har", "--consumer", "web", "--provider", "api"]);
        assert_eq!(output.code, Some(0), "{output}");
        let contract = world.read("contracts/web/api.yaml");
        assert!(contract.contains("GET /kind-0/carts/{id} → 200") && contract.contains("uuid"), "{contract}");
        assert_eq!(contract.contains(id), is_kept, "{contract}");
    }
}

#[test]
fn a_cookie_that_holds_the_path_of_a_request_is_no_reason_to_refuse_it() {
    let entries = [entry("GET", "posts/1", &[("cookie", "last_viewed=/kind-0/posts/1")], None, &[], "{\"a\":1}")];
    let world = World::new();
    world.write("traffic.har", har(&entries));
    let output = world.upheld(["import", "har", "traffic.har", "--consumer", "web", "--provider", "api"]);
    assert_eq!(output.code, Some(0), "{output}");
    assert!(world.read("contracts/web/api.yaml").contains("/kind-0/posts/1"));
}

#[test]
fn a_refused_recording_says_which_secret_of_which_request_is_where() {
    let body = "{\"a1B2c3D4e5F6\":{\"user\":\"ada\"}}";
    let entries = [entry("GET", "me", &[("cookie", "theme=dark; sid=a1B2c3D4e5F6")], None, &[], body)];
    let world = World::new();
    world.write("traffic.har", har(&entries));
    let output = world.upheld(["import", "har", "traffic.har", "--consumer", "web", "--provider", "api"]);
    insta::assert_snapshot!(output, @"
    ------- stderr -------
    error: nothing was written: can't replace a cookie in the response body of GET /kind-0/me
    help: leave that request out of the recording, or record against a service without real secrets
    [exit code 5]
    ");
}
