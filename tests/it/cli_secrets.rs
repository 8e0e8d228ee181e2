//! Credentials for `upheld verify` are sent and never shown, whatever the provider does with them.

use insta::assert_snapshot;

use crate::support::{Answer, CommandOutput, Provider, Request, World};

const SECRET: &str = "s3cr3t-\"token\"/+=";

const FIVE: &str = r#"
  - name: echo in a body
    request: GET /body
    response: { status: 200, body: { you: nobody }, match: { you: exact } }
  - name: echo in a text
    request: GET /text
    response: { status: 200, body-text: "nothing\nnew\n" }
  - name: echo in a header
    request: GET /header
    response: { status: 200, headers: { x-you: nobody } }
  - name: echo in an error
    request: GET /error
    response: { status: 200 }
  - name: echo behind a long text
    request: GET /long
    response: { status: 200, body: { you: 1 } }
  - name: echo in a state
    given: [a state]
    request: GET /body
    response: { status: 200 }
"#;

fn echo(request: &Request) -> Answer {
    let sent = request.header("authorization").unwrap_or("nothing").to_owned();
    let json = |text: String| serde_json::json!({ "you": text }).to_string();
    match request.path.as_str() {
        "/body" => Answer::json(json(sent)),
        "/text" => Answer::text(200, &format!("you sent\n{sent}\n")),
        "/header" => Answer::json("{}").header("x-you", sent),
        // The report shortens long values: the rest of the token must not be shown either.
        "/long" => Answer::json(json(format!("{}{sent}", "x".repeat(100)))),
        _ => Answer::text(401, &format!("Unauthorized: {sent}")),
    }
}

/// Verifies with every form of report, and returns all output and files.
fn everything(world: &World, arguments: &[&str]) -> (CommandOutput, String) {
    let mut command = vec!["verify", "--states", "POST /_states"];
    for report in ["json=r.json", "junit=r.xml", "markdown=r.md", "comment=r-comment.md", "github=r.txt"] {
        command.extend(["--report", report]);
    }
    command.extend(arguments);
    let output = world.upheld(command);
    let mut text = output.to_string();
    for file in ["r.json", "r.xml", "r.md", "r-comment.md", "r.txt", "summary.md"] {
        text.push_str(&world.read(file));
    }
    (output, text)
}

#[test]
fn a_header_is_sent_and_never_shown() {
    let world = World::with(FIVE);
    let world = {
        let path = world.path("summary.md").display().to_string();
        world.variable("GITHUB_STEP_SUMMARY", path)
    };
    let provider = Provider::new(echo);
    let header = format!("Authorization: Bearer {SECRET}");
    let (output, everything) = everything(&world, &["--url", &provider.url(), "--header", &header]);
    let sent = format!("Bearer {SECRET}");
    assert!(provider.requests().iter().all(|request| request.header("authorization") == Some(&sent)));
    for part in ["s3cr3t", "token"] {
        let shown: Vec<&str> = everything.lines().filter(|line| line.contains(part)).collect();
        assert!(shown.is_empty(), "{part} is shown: {shown:#?}");
    }
    assert_snapshot!(output, @r#"
    broken  storefront → orders  echo in a body            contracts/storefront/orders.yaml:5
            GET /body → 200

            body  you   expected exactly "nobody"
                        got "[redacted]", a string
               7 │   …0, body: { you: nobody }, match: { you: exact } }
                 │                                            ╰── required here
            help: orders sends a different value here. If that is intended, storefront must agree: change its contract and publish it.

    broken  storefront → orders  echo in a text            contracts/storefront/orders.yaml:8
            GET /text → 200

            body  $   expected exactly "nothing\nnew\n"
                      got "you sent\n[redacted]\n", a string
              10 │   response: { status: 200, body-text: "nothing\nnew\n" }
                 │                                       ╰── required here

            body  - the contract's example  + what orders sent
            │ - nothing
            │ - new
            │ + you sent
            │ + [redacted]
            help: orders sends a different value here. If that is intended, storefront must agree: change its contract and publish it.

    broken  storefront → orders  echo in a header          contracts/storefront/orders.yaml:11
            GET /header → 200

            header  x-you   expected "nobody"
                            got "[redacted]"
              13 │   response: { status: 200, headers: { x-you: nobody } }
                 │                                              ╰── required here
            help: orders sends a different value in this header. If that is intended, storefront must agree: change its contract and publish it.

    broken  storefront → orders  echo in an error          contracts/storefront/orders.yaml:14
            GET /error → 401

            status   expected 200
                     got 401
              16 │   response: { status: 200 }
                 │                       ╰── required here
            note: the response's body: Unauthorized: [redacted]
            help: orders refuses the request: use `--header` to send the credentials that it requires.

    broken  storefront → orders  echo behind a long text   contracts/storefront/orders.yaml:17
            GET /long → 200

            body  you   expected a number, like 1
                        got "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxBearer [redacted]…, a string
              19 │   response: { status: 200, body: { you: 1 } }
                 │                                         ╰── required here
            help: orders sends text here. If that is intended, storefront must agree: change its contract and publish it.

    error   storefront → orders  echo in a state           contracts/storefront/orders.yaml:20
            given  a state
            GET /body

            E201: setup of the provider state `a state` failed: http://127.0.0.1:<port>/_states returned 401 Unauthorized
            │ Unauthorized: [redacted]
            help: use `--header 'Authorization: …'` to send the credentials that it requires

    BROKEN  6 interactions: 5 broken, 1 error in <time>
    [exit code 1]
    "#);
}

#[test]
fn the_password_of_basic_credentials_is_not_shown_where_the_provider_decodes_it() {
    use base64::Engine as _;

    let world = World::with(FIVE);
    let summary = world.path("summary.md").display().to_string();
    let world = world.variable("GITHUB_STEP_SUMMARY", summary);
    let provider = Provider::new(|request| {
        let sent = request.header("authorization").unwrap_or_default().trim_start_matches("Basic ");
        let decoded = base64::engine::general_purpose::STANDARD.decode(sent).unwrap_or_default();
        let decoded = String::from_utf8_lossy(&decoded).into_owned();
        match request.path.as_str() {
            "/body" => Answer::json(serde_json::json!({ "you": decoded }).to_string()),
            _ => Answer::text(401, &format!("wrong password: {}", decoded.split(':').next_back().unwrap_or_default())),
        }
    });
    let header =
        format!("Authorization: Basic {}", base64::engine::general_purpose::STANDARD.encode("eve:pa ss\"w0rd"));
    let (output, everything) = everything(&world, &["--url", &provider.url(), "--header", &header]);
    assert_eq!(output.code, Some(1), "{output}");
    for part in ["w0rd", "pa ss"] {
        assert!(!everything.contains(part), "{part}: {output}");
    }
    assert!(everything.contains("wrong password: [redacted]"), "{output}");
}

#[test]
fn a_malformed_header_is_not_shown() {
    let world = World::with(FIVE);
    let verify = |header: &str| world.upheld(["verify", "--url", "http://127.0.0.1:9", "--header", header]);
    assert_snapshot!(verify("Bearer s3cr3t"), @"
    ------- stderr -------
    error: --header: a header is written as `Name: value`, but this one has no colon
    [exit code 2]
    ");
    assert_snapshot!(verify("X Token: s3cr3t"), @"
    ------- stderr -------
    error: --header: `X Token` isn't a valid header name: a name consists of letters, digits and `-`, without spaces
    [exit code 2]
    ");
    assert_snapshot!(verify("X-Token: s3cr3t\nHost: elsewhere"), @"
    ------- stderr -------
    error: --header: the value of the header `X-Token` has a character that isn't allowed in a header, such as a line break
    [exit code 2]
    ");
}

#[test]
fn an_address_with_a_password_is_refused_and_not_shown() {
    let world = World::with(FIVE);
    assert_snapshot!(world.upheld(["verify", "--url", "http://ada:s3cr3t@127.0.0.1:8080/?a"]), @"
    ------- stderr -------
    error: `http://…@127.0.0.1:8080/?a` is not a base URL: it has a query, but the contract's requests bring their own; leave it out
    [exit code 2]
    ");
    assert_snapshot!(world.upheld(["verify", "--url", "ada:s3cr3t@127.0.0.1:8080"]), @"
    ------- stderr -------
    error: `…@127.0.0.1:8080` is not a base URL: it has no scheme; write `http://…@127.0.0.1:8080`
    [exit code 2]
    ");
    world.registry("  orders:\n    states: POST http://ada:s3cr3t@127.0.0.1:8080/_states\n");
    assert_snapshot!(world.upheld(["verify", "--url", "http://127.0.0.1:8080"]), @"
    ------- stderr -------
    error: contracts/upheld.yaml:4: `http://…@127.0.0.1:8080/_states` is not a base URL: it contains credentials; leave them out and send `--header 'Authorization: …'`
    [exit code 2]
    ");
}
