//! Reading contracts: all findings at once, each with its place, its code and a help.

use serde_json::json;
use upheld::contract::PathRule;
use upheld::formats::Terms;
use upheld::interaction::{Body, Content, Status};
use upheld::source::Pointer;

use crate::reading::{
    Files, HEAD, all_findings, contract, files, http, interaction, lines, own, read_ok, read_with, source, text_of,
};

/// The findings about a text, as lines.
fn findings_in(text: &str) -> String {
    lines(&all_findings(text, &Files::new()))
}

#[test]
fn ten_mistakes_are_found_at_once_each_in_its_place() {
    let text = r#"contract: 1
consumer: store front
provider: orders
interactons: []
interactions:
  - name: get an order
    given:
      - an order exists: 42
    request: GTE /orders/42
    response:
      status: 99
      hedaers: { x-a: 1 }
      body:
        id: 42
        id: 43
        paid: no
        note: null
        items: []
      match:
        itms[].qty: integer
        id: integr
        paid: /[/
        "a..b": any
  - name: get an order
    request:
      method: GET
      path: /orders?a b
      match-path: { "41": "/[0-9]+/" }
    response:
      status: 2xx
      match-headers: { location: string }
"#;
    let expected = "\
2:11 C201 `store front` isn't a valid name: use at most 100 letters, digits, `.`, `_` and `-`, beginning with a letter or a digit
4:1 C102 unknown key `interactons` | did you mean `interactions`?
8:26 C104 `an order exists` must be empty or a mapping, not a number
9:14 C203 `GTE` isn't an HTTP method | did you mean `GET`?
11:15 C105 `status` must be at least 100, not `99`
12:7 C102 unknown key `hedaers` | did you mean `headers`?
15:9 Y102 the key `id` is used twice | it is first used in line 14: keep one of the two
16:15 Y201 other YAML readers read `no` as a boolean | quote it: \"no\"
17:15 C306 null at `note` doesn't say what the consumer needs | add a rule: `note: string or null`, or `note: any`
18:16 C306 an empty list at `items` doesn't say what the consumer needs | add a rule: `items: 0+` for any number of elements, `items: exact` for no elements
20:9 C302 `itms[].qty` selects nothing in the example | did you mean `items`?
21:13 C303 `integr` isn't a matcher | did you mean `integer`?
22:15 C304 this regular expression can't be used: unclosed character class | it must match the whole value; look-around and back-references aren't supported
23:9 C301 `a..b` isn't a path: a name is missing
24:11 C202 another interaction is named `get an order`, in line 6 | give each interaction its own name: reports and --only use it to identify them
27:13 C204 ` ` isn't allowed in a path | write it percent-encoded: `%20`
28:21 C302 the path has no segment `41` | write a segment as it is in the path, or match the whole path: `match-path: /…/`
30:15 C105 `status` must not be `2xx` | the status, `200`, or its class, `2XX`
31:24 C302 the example has no header `location` | add an example under `headers`";
    assert_eq!(findings_in(text), expected);
}

#[test]
fn a_mistake_is_reported_once_without_its_consequences() {
    for (text, expected) in [
        // A header that can't be sent can still have a rule.
        (
            text_of("method: GET\npath: /\nheaders: { te: x }\nmatch-headers: { te: string }", "status: 200"),
            "9:18 C206 `te` belongs to the connection and is set when the request is sent | remove it",
        ),
        // A rule that can't be read still counts as a rule for its null.
        (
            text_of("method: GET\npath: /", "status: 200\nbody: { a: null }\nmatch: { a: strng or null }"),
            "12:19 C303 `strng` isn't a matcher | did you mean `string`?",
        ),
        (
            text_of("method: GET\npath: /", "status: 200\nbody: { a: null }\nmatch: { a: 5 }"),
            "12:19 C104 `a` must be text, a list or a mapping, not a number | quote it: \"5\"",
        ),
        (
            text_of("method: GET\npath: /", "status: 200\nbody: { a: null }\nmatch: { a: { on-of: [1] } }"),
            "12:21 C102 unknown key `on-of` | did you mean `one-of`?",
        ),
        // The rules of a faulty body aren't checked.
        (
            text_of("method: GET\npath: /", "status: 200\nbody-text: [a]\nmatch: { $: /a/ }"),
            "11:18 C104 `body-text` must be text, not a list | a body of plain text",
        ),
        // A tag is ignored after it was reported.
        (
            text_of("method: GET\npath: /", "status: !code 200"),
            "10:15 Y104 the tag `!code` has no counterpart in JSON | leave out the tag; quote a scalar to make it text",
        ),
        (
            text_of("method: GET\npath: /", "status: .inf"),
            "10:15 Y104 `.inf` has no counterpart in JSON | quote it if it is meant as text",
        ),
        (
            text_of("method: GET\npath: /", "status: 200\n[a]: 1"),
            "11:7 Y104 a key must be text, not a list or a mapping | text that begins with `[` or `{` must be quoted",
        ),
        (
            format!("{HEAD}  - {{ name: a, request: 5, response: {{ status: 200 }} }}"),
            "5:25 C104 `request` must be text or a mapping, not a number | quote it: \"5\"",
        ),
        (
            format!("{HEAD}  - 5"),
            "5:5 C104 element 1 of `interactions` must be a mapping, not a number | a request, exactly as the consumer sends it, and the least that the consumer needs from the response",
        ),
        (
            format!("{HEAD}  - {{ name: a, given: [{{}}], request: GET /, response: {{ status: 200 }} }}"),
            "5:24 C105 element 1 of `given` must not be empty",
        ),
        (
            format!(
                "{HEAD}  - {{ name: a, given: [{{a: {{}}, b: {{}}}}], request: GET /, response: {{ status: 200 }} }}"
            ),
            "5:24 C105 element 1 of `given` must have at most 1 keys | write a list element for each",
        ),
        (
            String::from("just a text"),
            "1:1 C104 the file must be a mapping, not text | everything that one consumer expects from one provider",
        ),
        (
            String::from("{}"),
            "1:1 C103 the file has no `consumer` | add `consumer:`\n\
             1:1 C103 the file has no `contract` | add `contract:`\n\
             1:1 C103 the file has no `interactions` | add `interactions:`\n\
             1:1 C103 the file has no `provider` | add `provider:`",
        ),
        (String::new(), "1:1 Y101 the file is empty | `upheld init` writes a first contract, ready to edit"),
        (
            String::from("# nothing\n"),
            "1:1 Y101 the file is empty | `upheld init` writes a first contract, ready to edit",
        ),
    ] {
        assert_eq!(findings_in(&text), expected, "\n{text}");
    }
}

#[test]
fn two_documents_in_a_file_are_one_finding_and_the_first_is_still_checked() {
    let text = format!("{HEAD}  - {{ name: a, request: GTE /, response: {{ status: 200 }} }}\n---\nb: 1\n");
    let said = findings_in(&text);
    assert!(said.contains("C203 `GTE`") && said.contains("6:1 Y101 a second document begins here"), "{said}");
}

#[test]
fn a_wrong_request_is_refused_with_the_right_spelling() {
    for (request, part) in [
        ("/orders", "the method is missing | write `GET /orders`"),
        ("GET", "the path is missing | write `GET /…`"),
        ("GET /orders HTTP/1.1", "no HTTP version | write `GET /orders`"),
        ("GET /my orders", "isn't a method and a path | write a space in a path as `%20`"),
        ("GET https://example.com/orders", "a request has a path, not a URL"),
        ("GET //example.com/orders", "is read as a host name"),
        ("GET /orders#top", "a fragment (`#…`) is never sent"),
        ("GET /orders/{id}", "`{` and `}` aren't allowed in a path | write `${id}` for a provider state's parameter"),
        ("GET /orders/100%", "`%` in a path needs two hexadecimal digits after it | write `%25` for a literal `%`"),
        ("GET /a/../b", "a path with `.` or `..` is resolved"),
        ("GET /caf\u{e9}", "isn't allowed in a path | write it percent-encoded: `%C3%A9`"),
        ("FETCH /orders", "`FETCH` isn't an HTTP method"),
    ] {
        let text = format!("{HEAD}  - name: a\n    request: \"{request}\"\n    response: {{ status: 200 }}\n");
        let said = findings_in(&text);
        assert!(said.contains(part) && said.starts_with("6:14 C20"), "{request}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

#[test]
fn a_wrong_rule_is_refused_with_the_right_spelling() {
    let body = "body: { id: 1, name: x, list: [{ a: 1 }], none: [], map: { k: 1 } }";
    for (rule, part) in [
        ("nme: any", "did you mean `name`?"),
        ("list.a: any", "`list` is a list: write `list[].a`"),
        ("\"map[]\": any", "`map` is a mapping, not a list"),
        ("\"none[].a\": any", "`none` is empty in the example: add an element"),
        ("\"list[3]\": any", "`list` has 1 element"),
        ("id.x: any", "`id` is a single value"),
        ("\"a[*]\": any", "every element is written `[]`, not `[*]`"),
        ("list: closed", "for a list, use a size like `2..2`"),
        ("map: 1+", "mappings whose keys are data"),
        ("name: unordered", "it applies to lists"),
        ("\"list[]\": optional", "only a key can be missing"),
        ("name: absent", "must be absent, but the example has it"),
        ("\"list[]\": absent", "only a key can be absent"),
        ("name: string uuid", "`string` and `uuid` can't both determine the value"),
        ("name: string or empty", "`or` must be followed by `null`"),
        ("name: 5..2", "write `2..5`"),
        ("name: /a/i", "write them inside, if they are supported: `/(?i)…/`"),
        ("name: paid", "for a fixed value, write `[paid]`"),
        ("name: { optional: false }", "this matcher is empty"),
        ("name: \"  \"", "this matcher is empty"),
    ] {
        let text = text_of("method: GET\npath: /", &format!("status: 200\n{body}\nmatch: {{ none: 0+, {rule} }}"));
        let said = findings_in(&text);
        assert!(said.contains(part), "{rule}: {said}");
        assert_eq!(said.lines().count(), 1, "{rule}: {said}");
    }
}

#[test]
fn a_rule_the_wrong_way_round_is_recognized() {
    let said = findings_in(&text_of("method: GET\npath: /", "status: 200\nbody: { id: 1 }\nmatch: { integer: id }"));
    assert!(said.contains("C303 `id` isn't a matcher") && said.contains("C302 `integer` selects nothing"), "{said}");
    assert!(said.contains("write the path first, `path: matcher`"), "{said}");
}

#[test]
fn rules_of_headers_query_and_path_must_select_something_that_they_apply_to() {
    for (request, part) in [
        ("match-headers: { x-b: any }", "the example has no header `x-b` | did you mean `x-a`?"),
        ("match-headers: { X-A: any, x-a: string }", "there is already a rule for the header `x-a`"),
        ("match-headers: { x-a: absent }", "the header `x-a` must be absent, but the example has it"),
        ("match-headers: { x-a: string or null }", "a header is text, so it can be neither null nor a mapping"),
        ("match-query: { lim: any }", "the example has no query parameter `lim`"),
        ("match-query: { page: closed }", "a query parameter is text"),
        ("match-path: { \"43\": any }", "the path has no segment `43` | did you mean `42`?"),
        ("match-path: { a: any }", "the segment `a` occurs 2 times in the path"),
        ("match-path: optional", "doesn't apply to a path, which is one text"),
        ("match-path: { \"42\": 1+ }", "doesn't apply to a path, which is one text"),
        ("match-path: { \"42\": \"/[0-9]+/\", optional: true }", "`42` can't be combined with"),
        ("match-path: { \"42\": 5 }", "`42` must be text, a list or a mapping, not a number"),
    ] {
        let request = format!("method: GET\npath: /a/a/42?page=1\nheaders: {{ X-A: b }}\n{request}");
        let said = findings_in(&text_of(&request, "status: 200"));
        assert!(said.contains(part), "{request}: {said}");
        assert_eq!(said.lines().count(), 1, "{request}: {said}");
    }
}

#[test]
fn a_contract_is_read_as_it_is_written() {
    let text = format!(
        "{HEAD}  - name: it
    description: more
    given: [a, b: {{ id: 1 }}, c:]
    request:
      method: POST
      path: /orders/a%20b?x=1&y=a+b&x=2
      query: {{ z: [1, true], x: 3 }}
      headers: {{ X-Number: 1.50, Accept: [a, b] }}
      body: {{ n: 9007199254740993, big: 1.10, no: null }}
      match-path: {{ a%20b: string }}
    response:
      status: 2XX
"
    );
    let read = read_ok(&text);
    assert_eq!(read.lines, [5]);
    let interaction = &own(&read.contract).interactions[0];
    assert_eq!(interaction.given.iter().map(ToString::to_string).collect::<Vec<_>>(), ["a", "b (id: 1)", "c"]);
    let request = &http(interaction).request;
    assert_eq!(request.path, "/orders/a%20b");
    assert_eq!(json!(request.query), json!({"x": ["1", "2", "3"], "y": ["a b"], "z": ["1", "true"]}));
    assert_eq!(json!(request.headers), json!({"x-number": ["1.50"], "accept": ["a", "b"]}));
    let Some(Body { content: Content::Json(body), file: None }) = &request.body else { panic!("{:?}", request.body) };
    assert_eq!(body.to_string(), r#"{"n":9007199254740993,"big":1.10,"no":null}"#);
    assert!(matches!(&http(interaction).terms.request.path, Some(PathRule::Segments(rules)) if rules.contains_key(&2)));
    assert_eq!(http(interaction).response.status, Status::Class(2));
}

#[test]
fn numbers_in_the_format_are_read_by_value() {
    let text = text_of("method: GET\npath: /", "status: 200.0").replace("contract: 1", "contract: 1.0");
    assert_eq!(http(&contract(&text).interactions[0]).response.status, Status::Code(200));
}

#[test]
fn a_body_has_one_of_five_kinds() {
    let files = files([("a.json", r#"{"a": 1}"#), ("sub/b.txt", "b"), ("c", r#"{"c": 1}"#)]);
    let body = |kind: &str| {
        let text = text_of("method: GET\npath: /", &format!("status: 200\n{kind}"));
        let read = read_with(&text, &files).unwrap_or_else(|findings| panic!("{}", lines(&findings)));
        http(&read.contract.interactions[0]).response.body.clone().unwrap()
    };
    assert_eq!(body("body: [1]"), Body::json(json!([1])));
    assert_eq!(body("body: null\nmatch: { $: or null }"), Body::json(json!(null)));
    assert_eq!(body("body-text: |-\n  a\n  b"), Body::text("a\nb"));
    assert_eq!(body("body-base64: |\n  aGk=\n"), Body::bytes(&b"hi"[..]));
    assert!(
        matches!(body("form: { a: 1, b: [x, y] }"), Body { content: Content::Form(fields), file: None } if json!(fields) == json!({"a": ["1"], "b": ["x", "y"]}))
    );
    assert_eq!(body("body-file: a.json").content, Content::Json(json!({"a": 1})));
    assert_eq!(body("body-file: ./sub/../sub/b.txt").content, Content::Text(String::from("b")));
    let as_json = body("headers: { content-type: application/problem+json }\nbody-file: c");
    assert_eq!(as_json.content, Content::Json(json!({"c": 1})));
    assert_eq!(body("body-file: c").content, Content::Text(String::from(r#"{"c": 1}"#)));
}

#[test]
fn rules_apply_to_the_example_with_its_parameters_filled_in() {
    let given = "given:\n      - an order exists: { id: 42, items: [{ sku: TEA-1 }] }\n    request:";
    let text = text_of(
        "method: GET\npath: /orders/${id}",
        "status: 200\nbody: { id: \"${id}\", items: \"${items}\" }\nmatch: { id: integer, \"items[].sku\": string }",
    );
    assert_eq!(findings_in(&text.replacen("request:", given, 1)), "");
    let text = text.replacen("request:", &given.replace("items: [{ sku: TEA-1 }]", "items: []"), 1);
    let said = findings_in(&text);
    assert!(
        said.contains("C302 `items[].sku` selects nothing") && said.contains("C306 an empty list at `items`"),
        "{said}"
    );
}

#[test]
fn a_body_file_isnt_a_template() {
    let files = files([("a.json", r#"{"a": "${items}"}"#)]);
    let text = text_of("method: GET\npath: /", "status: 200\nbody-file: a.json\nmatch: { \"a[]\": any, a: /.items./ }");
    let text = text.replacen("request:", "given: [it exists: { items: [1] }]\n    request:", 1);
    let said = lines(&all_findings(&text, &files));
    assert!(said.contains("C302 `a[]` selects nothing"), "{said}");
}

#[test]
fn a_byte_order_mark_and_line_ends_of_windows_change_nothing() {
    let text = text_of("method: GET\npath: /", "status: 200\nbody-text: |\n  a\n  b\nbdy: 1");
    let expected = findings_in(&text);
    assert!(expected.starts_with("14:7 C102"), "{expected}");
    assert_eq!(findings_in(&text.replace('\n', "\r\n")), expected);
    assert_eq!(findings_in(&format!("\u{feff}{text}")), expected);
}

#[test]
fn a_missing_rule_is_reported_once_for_all_elements_of_a_list() {
    let text = text_of("method: GET\npath: /", "status: 200\nbody: [{ a: null }, { a: null }, { a: null, b: [] }]");
    let said = findings_in(&text);
    assert_eq!(said.lines().count(), 2, "{said}");
    assert!(said.contains("C306 null at `[0].a`") && said.contains("`[].a: any`"), "{said}");
    assert!(said.contains("C306 an empty list at `[2].b`") && said.contains("`[].b: 0+`"), "{said}");
}

#[test]
fn nulls_and_empty_lists_need_no_rule_if_another_rule_covers_them() {
    for (body, rules) in [
        ("{ a: null }", "a: or null"),
        ("{ a: null }", "a: string or null"),
        ("{ a: null }", "a: any"),
        ("{ a: null }", "a: exact"),
        ("{ a: null }", "$: exact"),
        ("{ a: null }", "a: [1, null]"),
        ("{ a: null }", "\"*\": any"),
        ("{ a: { b: null } }", "a: any"),
        ("{ a: { b: null } }", "a: { schema: { type: object } }"),
        ("{ a: [[null], []] }", "a: unordered"),
        ("{ a: [] }", "a: 0+"),
        ("{ a: [] }", "a: exact"),
        ("{ a: [{ b: [] }] }", "\"a[].b\": 0+"),
    ] {
        let text = text_of("method: GET\npath: /", &format!("status: 200\nbody: {body}\nmatch: {{ {rules} }}"));
        assert_eq!(findings_in(&text), "", "{body} {rules}");
    }
    // A modifier alone takes the type from the example, which a null doesn't have.
    let text = text_of("method: GET\npath: /", "status: 200\nbody: { a: null }\nmatch: { a: optional }");
    assert!(findings_in(&text).contains("C306"));
    // A request says exactly what is sent, so a null means null.
    assert_eq!(findings_in(&text_of("method: POST\npath: /\nbody: { a: null, b: [] }", "status: 200")), "");
}

#[test]
fn a_file_with_errors_has_a_source_map() {
    let text = format!("{HEAD}  - name: a\n    name: b\n    request: GET /\n");
    let pointer = Pointer::root().key("interactions").index(0).key("request");
    assert_eq!(source(&text).place(&pointer).unwrap().start.to_string(), "7:14");
}

#[test]
fn a_schema_may_be_in_files_in_the_contracts_folder() {
    let files = files([
        (
            "schemas/order.json",
            r##"{"$defs": {"id": {"$ref": "ids.json#/$defs/id"}}, "properties": {"id": {"$ref": "#/$defs/id"}}}"##,
        ),
        ("schemas/ids.json", r#"{"$defs": {"id": {"type": "integer"}}}"#),
    ]);
    let text = |id: &str| {
        text_of(
            "method: GET\npath: /",
            &format!("status: 200\nbody: {{ id: {id} }}\nmatch: {{ $: {{ schema: {{ $ref: schemas/order.json }} }} }}"),
        )
    };
    assert_eq!(lines(&all_findings(&text("42"), &files)), "");
    let said = lines(&all_findings(&text("x"), &files));
    assert!(said.contains("C307") && said.contains("body $"), "{said}");
}

#[test]
fn a_matcher_in_verbose_mode_may_end_in_a_comment() {
    let it = interaction(
        "method: GET\npath: /",
        "status: 200\nbody: { a: paid }\nmatch: { a: \"/(?x) paid | open # the two/\" }",
    );
    let Terms::Own(terms) = it.terms() else { panic!("{it:?}") };
    assert_eq!(terms.response.body.len(), 1);
}
