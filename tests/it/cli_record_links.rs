//! Addresses of the provider in what it sends: a client that follows them stays at the recorder and at the mock.
#![cfg(unix)]

use std::io::Write as _;

use super::support::client::{parse, raw, send};
use super::support::{Answer, Provider, Request, Socket, World};

const CONTRACT: &str = "contracts/storefront/orders.yaml";

/// Follows a redirect, then the pages, then the items of each page, and prints what it got.
const PYTHON: &str = r#"
import json, os, re, urllib.request
base = os.environ["UPHELD_URL"]
def get(url):
    with urllib.request.urlopen(url, timeout=20) as response:
        return response, json.load(response)
url, pages, items = base + "/start", 0, []
while url and pages < 10:
    response, body = get(url)
    pages += 1
    items += body["items"]
    link = re.match(r'<([^>]+)>; rel="next"', response.headers.get("Link") or "")
    url = link.group(1) if link else None
    assert os.environ.get("DIRECT") or url == body["next"], (url, body)
for item in items:
    direct = base + "/orders/%d" % item["id"]
    get(direct if os.environ.get("DIRECT") else item["self"])
print("python", pages, len(items))
"#;

const NODE: &str = r#"
const base = process.env.UPHELD_URL;
(async () => {
  let url = base + "/start", pages = 0, items = [];
  while (url && pages < 10) {
    const response = await fetch(url);
    const body = await response.json();
    pages += 1;
    items.push(...body.items);
    url = (response.headers.get("link") || "").match(/<([^>]+)>; rel="next"/)?.[1];
  }
  for (const item of items) await fetch(process.env.DIRECT ? `${base}/orders/${item.id}` : item.self);
  console.log("node", pages, items.length);
})();
"#;

/// An API that writes its own address, as it is called by, wherever it can.
fn api(request: &Request) -> Answer {
    let base = format!("http://{}", request.header("host").unwrap());
    let page = |number: u32| format!("{base}/orders?page={number}");
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    match path {
        "/start" => Answer::status(302).header("location", page(1)),
        "/orders" => {
            let number: u32 = query.trim_start_matches("page=").parse().unwrap();
            let next = (number < 3).then(|| page(number + 1));
            let shown = next.as_ref().map_or(String::from("null"), |next| format!("{next:?}"));
            let body = format!(r#"{{"items":[{{"id":{number},"self":"{base}/orders/{number}"}}],"next":{shown}}}"#);
            let answer = Answer::json(body);
            match next {
                Some(next) => answer.header("link", format!("<{next}>; rel=\"next\"")),
                None => answer,
            }
        }
        path => {
            let id = path.rsplit('/').next().unwrap();
            // As PHP writes it.
            Answer::json(format!(r#"{{"id":{id},"self":"{}"}}"#, format!("{base}/orders/{id}").replace('/', "\\/")))
        }
    }
}

fn is_there(program: &str, world: &World) -> bool {
    let found = world.run(world.shell(&format!("{program} --version"))).code == Some(0);
    if !found {
        std::io::stderr().write_all(format!("skipped: {program} isn't installed\n").as_bytes()).unwrap();
    }
    found
}

#[test]
fn clients_follow_what_a_recorded_api_says_and_stay_at_the_mock() {
    let provider = Provider::new(api);
    let world = World::new();
    world.write("client.py", PYTHON);
    world.write("client.js", NODE);
    let mut script = String::from("set -e; : > done\n");
    for (program, command) in [
        ("curl", "curl -sSfL \"$UPHELD_URL/start\" > page; echo curl >> done\n"),
        ("python3", "python3 client.py >> done\n"),
        ("node", "node client.js >> done\n"),
    ] {
        if is_there(program, &world) {
            script.push_str(command);
        }
    }
    // While it is recorded, the items are requested at the recorder: the addresses in bodies lead past it.
    let url = provider.url();
    let direct = format!("DIRECT=1; export DIRECT\n{script}");
    let output = world.upheld([
        "record",
        "--consumer",
        "storefront",
        "--provider",
        "orders",
        "--upstream",
        &url,
        "--",
        "sh",
        "-c",
        &direct,
    ]);
    assert_eq!(output.code, Some(0), "{output}");
    let recorded = world.read("done");
    if recorded.is_empty() {
        return;
    }
    let requests = provider.requests().len();
    let pages = 4 * recorded.lines().filter(|line| *line != "curl").count();
    assert!(requests >= pages, "redirects and `link` lead back to the recorder: {:?}", provider.lines());
    let contract = world.read(CONTRACT);
    assert!(contract.contains("location: http://provider.invalid/orders?page=1"), "{contract}");
    assert!(!contract.contains("127.0.0.1"), "{contract}");
    assert!(output.stdout.contains("contains the address of orders"), "{output}");
    // The provider is not asked again: whatever leads to it would be seen here.
    let connections = provider.connections();
    let output = world.upheld(["mock", "--", "sh", "-c", &script]);
    assert_eq!(output.code, Some(0), "{output}\n{contract}");
    assert_eq!(world.read("done"), recorded, "the client sees the same number of pages and items");
    assert_eq!(provider.connections(), connections, "no connection leaves the mock");
    // The contract holds at the provider, whatever it is called there.
    let output = world.upheld(["verify", "--url", &url.replace("127.0.0.1", "localhost")]);
    assert_eq!(output.code, Some(0), "{output}\n{contract}");
    // And recording again changes nothing.
    let output = world.upheld([
        "record",
        "--consumer",
        "storefront",
        "--provider",
        "orders",
        "--upstream",
        &url,
        "--",
        "sh",
        "-c",
        &direct,
    ]);
    assert_eq!(world.read(CONTRACT), contract, "{output}");
}

#[test]
fn the_mock_has_the_address_that_its_client_calls_it_by() {
    let world = World::with(
        "
  - name: get
    request: GET /a
    response:
      status: 200
      headers: { location: http://provider.invalid/b, link: '<http://provider.invalid/c>; rel=next' }
      body: { self: http://provider.invalid/a, other: http://other.example/a }
  - name: send back
    request:
      method: POST
      path: /a
      query: { back: http://provider.invalid/b }
      body: { href: http://provider.invalid/a }
    response: { status: 204 }
",
    );
    let mock = world.wrap(["mock"]);
    let port = mock.url().rsplit(':').next().unwrap().to_owned();
    for host in [format!("localhost:{port}"), format!("127.0.0.1:{port}"), String::from("some.localhost")] {
        let request = format!("GET /a HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let received = parse(&raw(mock.url(), request.as_bytes()));
        assert_eq!(received.header("location"), Some(format!("http://{host}/b").as_str()));
        assert_eq!(received.header("link"), Some(format!("<http://{host}/c>; rel=next").as_str()));
        assert_eq!(received.json()["self"], format!("http://{host}/a"));
        assert_eq!(received.json()["other"], "http://other.example/a");
    }
    let body = format!(r#"{{"href":"http://localhost:{port}/a"}}"#);
    let line = format!("POST /a?back=http%3A%2F%2F127.0.0.1%3A{port}%2Fb");
    let received = send(mock.url(), &line, &["Content-Type: application/json"], body.as_bytes());
    assert_eq!(received.status, 204, "{}", received.text());
    // What is sent to a real provider has the real address.
    let provider = Provider::new(|request| match request.method.as_str() {
        "POST" => Answer::status(204),
        _ => Answer::json(r#"{"self":"/a","other":"/b"}"#).header("location", "/b").header("link", "x"),
    });
    world.upheld(["verify", "--url", &provider.url()]);
    let sent = provider.requests().into_iter().find(|request| request.method == "POST").unwrap();
    assert_eq!(sent.body, format!(r#"{{"href":"{}/a"}}"#, provider.url()));
}

#[test]
fn addresses_of_other_providers_are_those_of_their_mocks() {
    let payments = Provider::new(|_| Answer::json(r#"{"paid":true}"#));
    let (other, prefix) = (payments.url(), "/v1");
    let orders = {
        let other = other.clone();
        Provider::new(move |request| match request.path.as_str() {
            "/pay" => Answer::status(303).header("location", format!("{other}{prefix}/payments/1")),
            _ => Answer::json(format!(r#"{{"payment":"{other}{prefix}/payments/1"}}"#)),
        })
    };
    let world = World::new();
    let upstreams = [format!("orders={}", orders.url()), format!("payments={other}{prefix}")];
    let recorder =
        world.wrap(["record", "--consumer", "storefront", "--upstream", &upstreams[0], "--upstream", &upstreams[1]]);
    send(recorder.variable("UPHELD_URL_ORDERS"), "GET /pay", &[], b"");
    send(recorder.variable("UPHELD_URL_ORDERS"), "GET /orders/1", &[], b"");
    send(recorder.variable("UPHELD_URL_PAYMENTS"), "GET /payments/1", &[], b"");
    let output = recorder.done();
    assert_eq!(output.code, Some(0), "{output}");
    let contract = world.read(CONTRACT);
    assert!(contract.contains("location: http://payments.provider.invalid/payments/1"), "{contract}");
    let mock = world.wrap(["mock"]);
    let mocked = mock.variable("UPHELD_URL_PAYMENTS").to_owned();
    let orders = mock.variable("UPHELD_URL_ORDERS");
    let received = send(orders, "GET /pay", &[], b"");
    assert_eq!(received.header("location"), Some(format!("{mocked}/payments/1").as_str()));
    assert_eq!(send(orders, "GET /orders/1", &[], b"").json()["payment"], format!("{mocked}/payments/1"));
    assert_eq!(send(&mocked, "GET /payments/1", &[], b"").status, 200);
    assert_eq!(mock.done().code, Some(0));
}

#[test]
fn the_addresses_of_the_registry_are_those_of_the_mock() {
    let world = World::with(
        "  - { name: it, request: GET /a, response: { status: 302, headers: { location: 'https://orders.example/v1/b' } } }\n",
    );
    world.registry("  orders:\n    url: { staging: 'https://orders.example/v1', local: 'http://localhost:${PORT}' }\n");
    let mock = world.wrap(["mock"]);
    assert_eq!(send(mock.url(), "GET /a", &[], b"").header("location"), Some("http://localhost/b"));
    assert_eq!(mock.done().code, Some(0));
}

#[test]
fn a_response_with_two_lengths_is_passed_on_with_one() {
    let responses = [
        (
            "GET /both",
            "HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\nContent-Type: text/plain\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        ),
        ("HEAD /twice", "HTTP/1.1 200 OK\r\nContent-Length: 12\r\nContent-Length: 12\r\n\r\n"),
        (
            "GET /twice",
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\nContent-Type: text/plain\r\n\r\nabc",
        ),
        ("GET /cached", "HTTP/1.1 304 Not Modified\r\nContent-Length: 12\r\n\r\n"),
        ("GET /none", "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"),
    ];
    let provider = Socket::new(move |request, stream| {
        let (_, response) = responses.iter().find(|(line, _)| *line == request.line()).unwrap();
        stream.write_all(response.as_bytes()).unwrap();
        false
    });
    let (world, url) = (World::new(), provider.url());
    let recorder =
        world.wrap(["record", "--consumer", "storefront", "--provider", "orders", "--upstream", url.as_str()]);
    for (line, length, body) in [
        ("GET /both", None, "abc"),
        ("HEAD /twice", Some("12"), ""),
        ("GET /twice", Some("3"), "abc"),
        ("GET /cached", Some("12"), ""),
        ("GET /none", Some("0"), ""),
    ] {
        let received = send(recorder.url(), line, &[], b"");
        let lengths = received.headers.iter().filter(|line| line.to_ascii_lowercase().starts_with("content-length:"));
        assert_eq!(lengths.count(), usize::from(length.is_some()), "{line}: {received:?}");
        assert_eq!((received.header("content-length"), received.text().as_str()), (length, body), "{line}");
    }
    let output = recorder.done();
    assert_eq!(output.code, Some(0), "{output}");
    assert!(!output.to_string().contains("not recorded"), "{output}");
}
