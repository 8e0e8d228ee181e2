//! How `upheld verify` sends requests: in parallel, in sequence, only once, and in which order it reports them.

use std::time::Duration;

use crate::support::{Answer, Provider, World};

/// This many interactions that can't disturb each other.
fn gets(number: usize) -> String {
    let one = |n| format!("  - name: get {n:02}\n    request: GET /{n:02}\n    response: {{ status: 204 }}\n");
    (0..number).map(one).collect()
}

/// This many interactions that may disturb each other.
fn posts(number: usize) -> String {
    gets(number).replace("GET", "POST").replace("get", "post")
}

#[test]
fn jobs_limits_the_number_of_parallel_requests() {
    for jobs in [1, 2, 8] {
        let world = World::with(&gets(24));
        // It responds only once that many requests have arrived. The 20 ms give further ones time to arrive.
        let provider = Provider::crowded(jobs, |_| Answer::status(204).after(Duration::from_millis(20)));
        let output = world.upheld(["verify", "--jobs", &jobs.to_string(), "--url", &provider.url()]);
        assert_eq!(output.code, Some(0), "{output}");
        assert_eq!(provider.most_at_once(), jobs);
    }
}

#[test]
fn requests_that_may_disturb_others_run_alone_and_in_the_contracts_order() {
    let world = World::with(&posts(12));
    let provider = Provider::new(|_| Answer::status(204).after(Duration::from_millis(2)));
    assert_eq!(world.upheld(["verify", "--jobs", "8", "--url", &provider.url()]).code, Some(0));
    assert_eq!(provider.most_at_once(), 1);
    let expected: Vec<String> = (0..12).map(|n| format!("POST /{n:02}")).collect();
    assert_eq!(provider.lines(), expected);
}

#[test]
fn interactions_with_a_provider_state_never_overlap_even_if_they_only_read() {
    let world = World::with(&gets(8).replace("    request", "    given: [things]\n    request"));
    let provider = Provider::new(|_| Answer::status(204).after(Duration::from_millis(2)));
    let output = world.upheld(["verify", "--jobs", "8", "--states", "POST /_states", "--url", &provider.url()]);
    assert_eq!(output.code, Some(0), "{output}");
    assert_eq!(provider.most_at_once(), 1);
    assert_eq!(provider.lines().len(), 8 * 3);
}

#[test]
fn a_provider_that_keeps_states_apart_gets_everything_at_once() {
    let world = World::with(&posts(12));
    world.registry("  orders: { parallel: all }\n");
    let provider = Provider::crowded(4, |_| Answer::status(204));
    assert_eq!(world.upheld(["verify", "--jobs", "4", "--url", &provider.url()]).code, Some(0));
    assert_eq!(provider.most_at_once(), 4);
}

#[test]
fn the_output_always_has_the_contracts_order() {
    let world = World::with(&format!("{}{}", gets(20), posts(4)));
    world.contract("mobile", "orders", &gets(6).replace("GET /", "GET /m"));
    let run = |seed: usize| {
        // Responses overtake each other, in a different way each time.
        let provider = Provider::new(move |request| {
            let number: usize = request.path.trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap();
            let status = if number % 5 == 3 { 404 } else { 204 };
            Answer::status(status).after(Duration::from_millis((number * 7919 + seed * 104_729) as u64 % 13))
        });
        let output = world.upheld(["verify", "--jobs", "8", "--report", "json", "--url", &provider.url()]);
        (output.stderr, output.stdout)
    };
    let first = run(0);
    assert_eq!(first.0.lines().filter(|line| line.starts_with("upheld")).count(), 24, "{}", first.0);
    for seed in 1..20 {
        assert_eq!(run(seed), first);
    }
}

#[test]
fn the_same_interaction_of_two_consumers_is_sent_once() {
    let world = World::with(&gets(3));
    world.contract("mobile", "orders", &gets(3).replace("name: get", "name: fetch"));
    world.contract("tablet", "orders", &posts(1));
    world.contract("watch", "orders", &posts(1));
    let provider = Provider::new(|_| Answer::status(204));
    let output = world.upheld(["verify", "--url", &provider.url()]);
    assert_eq!(output.code, Some(0));
    assert!(output.stdout.contains("UPHELD  8 interactions"), "{output}");
    let mut asked = provider.lines();
    asked.sort();
    assert_eq!(asked, ["GET /00", "GET /01", "GET /02", "POST /00", "POST /00"]);
}

#[test]
fn a_redirect_is_a_response_and_not_followed() {
    let world = World::with(
        "  - name: find\n    request: GET /old\n    response: { status: 302, headers: { location: /new } }\n",
    );
    let provider = Provider::new(|_| Answer::status(302).header("location", "/new"));
    let output = world.upheld(["verify", "--url", &provider.url()]);
    assert_eq!(output.code, Some(0), "{output}");
    assert_eq!(provider.lines(), ["GET /old"]);
}

#[test]
fn connections_are_kept_alive() {
    let world = World::with(&format!("{}{}", gets(40), posts(10)));
    let provider = Provider::new(|_| Answer::status(204));
    assert_eq!(world.upheld(["verify", "--jobs", "4", "--url", &provider.url()]).code, Some(0));
    // One for each job, one for checking that somebody listens, and a few more while others aren't returned yet.
    assert!(provider.connections() <= 12, "{}", provider.connections());
}

#[test]
fn requests_are_sent_exactly_as_the_contract_says() {
    let world = World::with(
        r#"
  - name: order tea
    request:
      method: POST
      path: /orders/a%2Fb
      query: { tag: [x, "y z"], empty: "" }
      headers: { x-shop: "7", Content-Type: application/json; charset=utf-8 }
      body: { sku: TEA-1, qty: 9007199254740993, note: "€", none: null }
      match: { none: string or null }
    response: { status: 204 }
  - name: order by form
    request: { method: PUT, path: /form, form: { a: "1 2", b: [x, "&"] } }
    response: { status: 204 }
  - name: order by text
    request: { method: PATCH, path: /text, body-text: "tea, please" }
    response: { status: 204 }
  - name: stop
    request: DELETE /all?now
    response: { status: 204 }
"#,
    );
    let provider = Provider::new(|_| Answer::status(204));
    let output = world.upheld(["verify", "--url", &provider.url()]);
    assert_eq!(output.code, Some(0), "{output}");
    let told: String = provider
        .requests()
        .iter()
        .map(|request| {
            let headers = request.headers.iter().filter(|(name, _)| name != "host");
            let headers: String = headers.map(|(name, value)| format!("{name}: {value}\n")).collect();
            format!("{}\n{headers}{}\n\n", request.line(), request.body)
        })
        .collect();
    insta::assert_snapshot!(told, @r#"
    POST /orders/a%2Fb?tag=x&tag=y%20z&empty=
    x-shop: 7
    content-type: application/json; charset=utf-8
    content-length: 63
    {"sku":"TEA-1","qty":9007199254740993,"note":"€","none":null}

    PUT /form
    content-type: application/x-www-form-urlencoded
    content-length: 17
    a=1%202&b=x&b=%26

    PATCH /text
    content-length: 11
    tea, please

    DELETE /all?now=
    "#);
}
