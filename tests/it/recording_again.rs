//! Recording into an existing contract: the author's text stays byte for byte.

use insta::assert_snapshot;
use upheld::recording::{Options, Outcome};

use super::exchanges::{clean, exchange_of, get, outcomes, record_into, text, with_response_header};
use super::reading::http;

/// A contract as a person wrote it.
const WRITTEN: &str = r#"# yaml-language-server: $schema=../contract.schema.json
# What storefront needs.
contract: 1
consumer:   storefront   # a comment
provider: orders
interactions:

    # The first.
    - name: "get an order"   # by its id
      given: [ { an order exists: { id: 42 } } ]
      request:
          path: /orders/${id}
          method: GET
      # The least.
      response:
          body: { status: paid, items: [ { qty: 2 } ] }   # in one line
          status: 200
          match: { status: [paid, open], "items[].qty": integer }


    # The second.
    - name: list
      request: GET /orders?limit=2
      response: { status: 200, body: [ { id: 1 } ] }

# The end.
"#;

const UPDATE: fn() -> Options = || Options { update: true, ..Options::default() };

#[test]
fn traffic_that_upholds_the_contract_changes_nothing() {
    let exchanges = [
        get("GET /orders/42", 200, r#"{"id":9,"status":"open","items":[{"qty":1,"sku":"A"}],"more":true}"#),
        get("GET /orders?limit=2", 200, r#"[{"id":7},{"id":8}]"#),
    ];
    let recorded = record_into(WRITTEN, &exchanges, &UPDATE());
    assert_eq!(recorded.text, None);
    assert_eq!(outcomes(&recorded), ["same get an order", "same list"]);
}

#[test]
fn recording_the_same_traffic_again_changes_nothing() {
    let first = [
        get(
            "GET /orders/1",
            200,
            r#"{"id":"6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11","at":"2026-05-01T09:30:00Z","tags":[]}"#,
        ),
        get(
            "GET /orders/2",
            200,
            r#"{"id":"0b5a3a5c-1f0e-4f5e-8f0a-6f2b8f2f9a01","at":"2026-05-01T09:30:00Z","tags":["a"]}"#,
        ),
        with_response_header(
            exchange_of("POST /orders", r#"{"at":"2026-05-01T09:30:00Z"}"#, 201, r#"{"id":4711}"#),
            "location",
            "/orders/4711",
        ),
        get("GET /orders/4711", 200, r#"{"id":"x","at":"2026-05-01T09:30:00Z","tags":[]}"#),
    ];
    let written = text(&first);
    let again = [
        get(
            "GET /orders/1",
            200,
            r#"{"id":"d9428888-122b-41e1-b85c-61cdf1b3c0a7","at":"2026-06-01T09:30:00Z","tags":["b"]}"#,
        ),
        get(
            "GET /orders/2",
            200,
            r#"{"id":"0b5a3a5c-1f0e-4f5e-8f0a-6f2b8f2f9a01","at":"2026-06-01T09:30:00Z","tags":["a"]}"#,
        ),
        with_response_header(
            exchange_of("POST /orders", r#"{"at":"2026-06-02T09:30:00Z"}"#, 201, r#"{"id":4712}"#),
            "location",
            "/orders/4712",
        ),
        get("GET /orders/4712", 200, r#"{"id":"y","at":"2026-06-01T09:30:00Z","tags":[]}"#),
    ];
    let recorded = record_into(&written, &again, &Options { update: true, prune: true, ..Options::default() });
    assert_eq!(recorded.text, None, "{:#?}\n{written}", recorded.interactions);
}

#[test]
fn new_interactions_are_added_at_the_end() {
    let exchanges = [
        get("GET /orders/42", 200, r#"{"status":"open","items":[{"qty":1}]}"#),
        get("GET /stock", 200, r#"{"eu":1}"#),
        get("GET /orders/42", 404, ""),
    ];
    let recorded = record_into(WRITTEN, &exchanges, &Options::default());
    assert_eq!(
        outcomes(&recorded),
        ["same get an order", "unseen list", "new GET /orders/{id} → 404", "new GET /stock → 200"]
    );
    let text = recorded.text.unwrap();
    clean(&text);
    assert!(text.starts_with(WRITTEN.strip_suffix("\n# The end.\n").unwrap()), "{text}");
    assert_snapshot!(&text[WRITTEN.find("    # The second.").unwrap()..]);
}

#[test]
fn differences_are_shown_and_are_changed_only_with_update() {
    let exchanges = [
        get("GET /orders/42", 200, r#"{"status":"void","items":[{"qty":"1","sku":"A"}],"more":1}"#),
        get("GET /orders?limit=2", 200, r#"[{"id":null},{"name":"x"}]"#),
        get("GET /orders?limit=3", 200, r#"[{"id":3}]"#),
    ];
    let shown = record_into(WRITTEN, &exchanges, &Options::default());
    assert_eq!(shown.text, None);
    assert_eq!(outcomes(&shown), ["differs get an order", "differs list"]);
    let Outcome::Differs(change) = &shown.interactions[0].outcome else { panic!("{shown:?}") };
    assert_eq!(change.mismatches.len(), 2, "{change:?}");
    let updated = record_into(WRITTEN, &exchanges, &UPDATE());
    assert_eq!(outcomes(&updated), ["updated get an order", "updated list"]);
    let text = updated.text.unwrap();
    assert_snapshot!(text);
    let again = record_into(&text, &exchanges, &UPDATE());
    assert_eq!(again.text, None, "{again:#?}");
}

#[test]
fn comments_stay_where_they_are_in_updated_interactions() {
    let text = "\
contract: 1
consumer: storefront
provider: orders
interactions:
  - name: it
    request: GET /a
    response:
      # It has a status.
      status:   200 # and no other
      body:
        # How many.
        qty: 1
        # The name.
        name: x
        # suggest: qty: integer
";
    let exchanges = [get("GET /a", 200, r#"{"qty":"1","name":"z"}"#)];
    let updated = record_into(text, &exchanges, &UPDATE()).text.unwrap();
    let expected = text
        .replace("qty: 1\n", "qty: \"1\"\n")
        .replace("name: x", "name: z")
        .replace("        # suggest: qty: integer\n", "");
    assert_eq!(updated, expected);
}

#[test]
fn unseen_interactions_are_removed_only_with_prune() {
    let exchanges = [get("GET /orders/42", 200, r#"{"status":"open","items":[{"qty":1}]}"#)];
    let kept = record_into(WRITTEN, &exchanges, &Options::default());
    assert_eq!(
        (kept.text.as_ref(), outcomes(&kept)),
        (None, vec![String::from("same get an order"), String::from("unseen list")])
    );
    let options = Options { prune: true, ..Options::default() };
    let pruned = record_into(WRITTEN, &exchanges, &options);
    assert_eq!(outcomes(&pruned)[1], "removed list");
    let text = pruned.text.unwrap();
    let (before, _) = WRITTEN.split_once("\n\n\n    # The second.").unwrap();
    assert_eq!(text, format!("{before}\n\n# The end.\n"));
}

#[test]
fn the_last_interaction_of_a_file_can_be_removed_and_another_added() {
    let exchanges = [get("GET /stock", 200, r#"{"eu":1}"#)];
    let options = Options { prune: true, ..Options::default() };
    let text = record_into(WRITTEN, &exchanges, &options).text.unwrap();
    clean(&text);
    assert!(text.contains("GET /stock") && !text.contains("The second") && !text.contains("get an order"), "{text}");
}

#[test]
fn added_lines_have_the_line_ends_of_the_file() {
    let windows = WRITTEN.replace('\n', "\r\n");
    let text = record_into(&windows, &[get("GET /stock", 200, "{}")], &Options::default()).text.unwrap();
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    clean(&text);
}

#[test]
fn a_file_without_a_last_line_end_is_extended() {
    let text = record_into(WRITTEN.trim_end(), &[get("GET /stock", 200, "{}")], &Options::default()).text.unwrap();
    clean(&text);
    let bare = WRITTEN.split("\n# The end.").next().unwrap();
    clean(&record_into(bare, &[get("GET /stock", 200, "{}")], &Options::default()).text.unwrap());
}

#[test]
fn responses_with_and_without_a_body_are_different_interactions() {
    let exchanges = [get("GET /a", 201, ""), get("GET /a", 201, "null")];
    let first = text(&exchanges);
    assert_eq!(clean(&first).interactions.len(), 2, "{first}");
    let again = record_into(&first, &exchanges, &Options { update: true, prune: true, ..Options::default() });
    assert_eq!(again.text, None);
}

#[test]
fn the_same_request_with_another_status_differs_unless_both_responses_were_seen() {
    let before = text(&[get("GET /me", 200, r#"{"name":"Ada"}"#)]);
    let refused = get("GET /me", 403, r#"{"error":"no"}"#);
    let recorded = record_into(&before, std::slice::from_ref(&refused), &Options::default());
    assert_eq!((outcomes(&recorded), &recorded.text), (vec!["differs GET /me → 200".to_owned()], &None));
    let updated = record_into(&before, std::slice::from_ref(&refused), &UPDATE()).text.unwrap();
    let interactions = clean(&updated).interactions;
    assert_eq!(
        (interactions.len(), http(&interactions[0]).response.status.to_string()),
        (1, String::from("403")),
        "{updated}"
    );
    let both = [get("GET /me", 200, r#"{"name":"Ada"}"#), refused];
    let recorded = record_into(&before, &both, &Options::default());
    assert_eq!(outcomes(&recorded), ["same GET /me → 200", "new GET /me → 403"]);
}
