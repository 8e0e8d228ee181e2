//! Generates contracts and messages for property tests: everything that a contract can say, and nothing else.

use std::ops::Range;
use std::sync::LazyLock;

use indexmap::IndexMap;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Number, Value, json};
use upheld::contract::attachments::NoAttachments;
use upheld::contract::{
    Contract, Interaction, JsonType, Matcher, PathRule, Pattern, RequestRules, Rule, Rules, SchemaRule, Terms,
    WrittenRule,
};
use upheld::interaction::template::fill_value;
use upheld::interaction::{
    Body, Content, Headers, Http, Kind, Path, Request, Response, Segment, ServiceName, State, Status,
};

use crate::reading::{Files, http_mut};

/// This many cases, or as many as `PROPTEST_CASES` says. A case that fails becomes a test of its own, instead of an entry in
/// a file of seeds.
pub fn cases(number: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { default.cases } else { number };
    ProptestConfig { cases, failure_persistence: None, ..default }
}

/// Texts that are hard to write.
const TRICKY: &[&str] = &[
    "",
    " ",
    "no",
    "Yes",
    "on",
    "null",
    "~",
    "true",
    "0123",
    "12:30",
    "1_000",
    "1,000",
    "2026-05-01",
    "0x1F",
    "0b1",
    "0o17",
    "1e3",
    "1.5e3",
    ".5",
    "+1",
    "-",
    "--- a",
    "...",
    "- a",
    "? a",
    ": a",
    "a: b",
    "a:b",
    "a:",
    "a #b",
    "#a",
    "&a",
    "*a",
    "!a",
    "|",
    ">",
    "%a",
    "@a",
    "`a",
    "'a'",
    "\"a\"",
    "[a",
    "{a",
    "a]",
    "a}",
    "a, b",
    "<<",
    "=",
    ".inf",
    "a\nb",
    "a\nb\n",
    "\na",
    "a\n\nb\n\n",
    "  a\n b",
    "a\tb",
    "\ta",
    "a ",
    " a",
    "a\r\nb",
    "a\rb",
    "\u{0}",
    "\u{7f}",
    "\u{85}",
    "\u{a0}",
    "\u{2028}",
    "\u{feff}a",
    "\u{e9}",
    "\u{1f600}",
    "\\",
    "\\n",
    "$${id}",
    "$",
    "}{",
    "a\\\nb",
];

/// A text of any kind, without placeholders.
pub fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z]{1,8}",
        2 => select(TRICKY).prop_map(str::to_owned),
        1 => "\\PC{0,12}",
        1 => ".{0,40}",
        1 => "[a-z ]{90,120}",
    ]
    .prop_map(|text| if text == "$${id}" { text } else { text.replace("${", "$ {") })
}

/// A number in one of its spellings.
pub fn number() -> impl Strategy<Value = Value> {
    let spelled = |text: String| Value::Number(text.parse::<Number>().unwrap());
    prop_oneof![
        3 => (-1000..1000i64).prop_map(|number| json!(number)),
        1 => any::<i64>().prop_map(|number| json!(number)),
        1 => select(&["9007199254740993", "123456789012345678901234567890", "0.10", "-0.0", "1.0", "2.50e+10", "1.5e-7"][..])
            .prop_map(str::to_owned)
            .prop_map(spelled),
        1 => (-1e6..1e6f64).prop_map(|number| json!(number)),
    ]
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![text().prop_map(Value::String), number(), any::<bool>().prop_map(Value::Bool)]
}

fn object<S: Strategy<Value = Value>>(value: S, entries: Range<usize>) -> impl Strategy<Value = Value> {
    vec((prop_oneof![3 => "[a-z]{1,3}", 1 => text()], value), entries)
        .prop_map(|entries| Value::Object(entries.into_iter().collect()))
}

/// Any JSON.
pub fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![4 => scalar(), 1 => Just(Value::Null)];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![vec(inner.clone(), 0..5).prop_map(Value::Array), object(inner, 0..5)]
    })
}

/// JSON that needs no rules: no nulls, nothing empty, and lists whose elements are alike.
pub fn telling_json() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            (inner.clone(), 1..4usize).prop_map(|(item, times)| Value::Array(vec![item; times])),
            vec(number(), 1..4).prop_map(Value::Array),
            object(inner, 1..5),
        ]
    })
}

/// Paths to every place of a value: with `[]` or an index for elements, with a key or `.*` for entries.
pub fn paths(value: &Value) -> Vec<Path> {
    let mut found = Vec::new();
    let mut open = vec![(vec![], vec![value])];
    while let Some((path, values)) = open.pop() {
        let with = |segment: Segment| path.iter().cloned().chain([segment]).collect::<Vec<_>>();
        let items: Vec<&Value> = values.iter().filter_map(|value| value.as_array()).flatten().collect();
        if !items.is_empty() {
            open.push((with(Segment::Each), items));
        }
        if let Some(first) = values.iter().find_map(|value| value.as_array().and_then(|items| items.first())) {
            open.push((with(Segment::Index(0)), vec![first]));
        }
        let objects: Vec<&Map<String, Value>> = values.iter().filter_map(|value| value.as_object()).collect();
        for key in objects.iter().flat_map(|object| object.keys()) {
            open.push((with(Segment::Key(key.clone())), objects.iter().filter_map(|object| object.get(key)).collect()));
        }
        if let Some(object) = objects.first().filter(|object| object.len() > 1 && path.len() < 2) {
            open.push((with(Segment::AnyKey), object.values().collect()));
        }
        found.push(Path(path));
        if found.len() > 60 {
            break;
        }
    }
    found.sort();
    found.dedup();
    found
}

/// A rule that all of these values uphold; `choice` picks one of several.
fn fitting_rule(path: &Path, values: &[&Value], choice: usize, modifiers: (bool, bool)) -> Rule {
    let all = |test: fn(&Value) -> bool| values.iter().all(|value| test(value));
    let mut fitting = vec![Matcher::Any, Matcher::Exact, Matcher::Equal];
    fitting.push(Matcher::OneOf(values.iter().map(|value| (*value).clone()).collect()));
    fitting.push(never());
    if all(Value::is_string) {
        fitting.push(Matcher::Type(JsonType::String));
        fitting.push(anything());
        if choice.is_multiple_of(7) {
            let these: Vec<String> = values.iter().filter_map(|value| value.as_str()).map(escaped).collect();
            fitting = vec![Matcher::Regex(Pattern::new(&these.join("|")).unwrap())];
        }
    }
    if all(Value::is_number) {
        fitting.push(Matcher::Type(JsonType::Number));
    }
    if all(Value::is_i64) {
        fitting.push(Matcher::Type(JsonType::Integer));
    }
    if all(Value::is_boolean) {
        fitting.push(Matcher::Type(JsonType::Boolean));
    }
    if all(Value::is_array) {
        let sizes = || values.iter().filter_map(|value| value.as_array()).map(|items| items.len() as u64);
        let (min, max) = (sizes().min().unwrap_or(0), sizes().max().unwrap_or(0));
        fitting.extend([
            Matcher::Size { min: 0, max: None },
            Matcher::Size { min, max: None },
            Matcher::Size { min, max: Some(max) },
            Matcher::Unordered,
            Matcher::Contains,
        ]);
    }
    if all(Value::is_object) {
        fitting.push(Matcher::Closed);
    }
    let optional = modifiers.0 && matches!(path.0.last(), Some(Segment::Key(_)));
    let (alone, number) = (optional || modifiers.1, fitting.len());
    let matchers = fitting.into_iter().nth(choice % (number + usize::from(alone))).into_iter().collect();
    Rule { matchers, optional, or_null: modifiers.1 }
}

/// A regular expression that every text matches.
fn anything() -> Matcher {
    static ANYTHING: LazyLock<Pattern> = LazyLock::new(|| Pattern::new("(?s).*").unwrap());
    Matcher::Regex(ANYTHING.clone())
}

/// A schema that every generated value satisfies.
fn never() -> Matcher {
    static NEVER: LazyLock<SchemaRule> =
        LazyLock::new(|| SchemaRule::new(&json!({"not": {"const": "never"}}), &NoAttachments).unwrap());
    Matcher::Schema(NEVER.clone())
}

/// A regular expression that matches only this text.
fn escaped(text: &str) -> String {
    text.chars().flat_map(|c| [String::from("\\x{"), format!("{:x}}}", u32::from(c))]).collect()
}

/// Rules for a body, at most one for each place, all upheld by the example.
fn rules_for(example: &Value, most: usize) -> impl Strategy<Value = IndexMap<Path, WrittenRule>> + use<> {
    // Rules apply to the filled example, which has no escapes.
    let example = fill_value(example, &Map::new());
    let paths = paths(&example);
    vec((any::<Index>(), any::<usize>(), (prop::bool::weighted(0.2), prop::bool::weighted(0.2))), 0..=most).prop_map(
        move |picks| {
            let rules = picks.into_iter().map(|(place, choice, modifiers)| {
                let path = place.get(&paths).clone();
                let rule = fitting_rule(&path, &path.select(&example), choice, modifiers);
                let key = path.to_string();
                (path, WrittenRule { rule, key })
            });
            rules.collect()
        },
    )
}

/// A response's JSON body with all the rules that it needs.
fn response_json() -> impl Strategy<Value = (Body, IndexMap<Path, WrittenRule>)> {
    let told = telling_json().prop_flat_map(|body| (Just(body.clone()), rules_for(&body, 4)));
    let open = json().prop_flat_map(|body| (Just(body.clone()), rules_for(&body, 3))).prop_map(|(body, mut rules)| {
        let root =
            rules.entry(Path::default()).or_insert(WrittenRule { rule: Rule::default(), key: String::from("$") });
        root.rule.matchers = vec![Matcher::Exact];
        (body, rules)
    });
    prop_oneof![3 => told, 1 => open].prop_map(|(body, rules)| (Body::json(body), rules))
}

fn text_rules() -> impl Strategy<Value = Rule> {
    select(vec![Matcher::Any, Matcher::Exact, Matcher::Equal, Matcher::Type(JsonType::String), anything()])
        .prop_map(Rule::of)
}

fn fields() -> impl Strategy<Value = IndexMap<String, Vec<String>>> {
    vec((text(), vec(text(), 1..3)), 0..3).prop_map(|fields| fields.into_iter().collect())
}

/// A body that is not JSON, with its rules.
fn other_body() -> impl Strategy<Value = (Body, IndexMap<Path, WrittenRule>)> {
    let root = |rule: Option<Rule>| -> IndexMap<Path, WrittenRule> {
        rule.map(|rule| (Path::default(), WrittenRule { rule, key: String::from("$") })).into_iter().collect()
    };
    prop_oneof![
        (text(), option::of(text_rules())).prop_map(move |(text, rule)| (Body::text(text), root(rule))),
        vec(any::<u8>(), 0..20).prop_map(|bytes| (Body::bytes(bytes), IndexMap::new())),
        fields().prop_map(|fields| (Body::form(fields), IndexMap::new())),
        vec(any::<u8>(), 0..20).prop_map(|mut bytes| {
            bytes.push(0xff);
            (file("data.bin", Body::bytes(bytes)), IndexMap::new())
        }),
        text().prop_map(|text| (file("some/text.txt", Body::text(text)), IndexMap::new())),
        telling_json().prop_map(|body| (file("body.json", Body::json(body)), IndexMap::new())),
    ]
}

fn file(name: &str, content: Body) -> Body {
    Body { file: Some(name.to_owned()), ..content }
}

fn header() -> impl Strategy<Value = (String, Vec<String>)> {
    let value = prop_oneof![3 => "[a-zA-Z0-9/;=\", -]{0,12}", 1 => text()]
        .prop_map(|text| text.chars().filter(|c| !c.is_control()).collect::<String>().trim().to_owned());
    let name = prop_oneof![
        2 => "x-[a-z]{1,4}",
        1 => select(&["accept", "content-type", "cache-control", "etag", "link", "set-cookie"][..]).prop_map(str::to_owned),
    ];
    (name, vec(value, 1..3))
}

/// Headers and the rules of some of them.
fn headers() -> impl Strategy<Value = (Headers, IndexMap<String, Rule>)> {
    vec((header(), option::weighted(0.3, text_rules()), prop::bool::weighted(0.2)), 0..3).prop_map(|headers| {
        let mut values = Headers::new();
        let mut rules = IndexMap::new();
        for ((name, texts), rule, optional) in headers {
            if !values.contains_key(&name) {
                rules.extend(rule.map(|rule| (name.clone(), Rule { optional, ..rule })));
                values.insert(name, texts);
            }
        }
        (values, rules)
    })
}

/// A path, and the indexes of the segments that occur in it once.
fn path() -> impl Strategy<Value = (String, Vec<usize>)> {
    let segment = prop_oneof![4 => "[a-zA-Z0-9_~-]{1,6}", 1 => "[a-z]%20[a-z]", 1 => Just(String::from("${id}")), 1 => Just(String::new())];
    vec(segment, 1..4).prop_map(|mut segments| {
        if segments.first().is_some_and(String::is_empty) {
            segments[0] = String::from("a");
        }
        let path = format!("/{}", segments.join("/"));
        let parts: Vec<&str> = path.split('/').collect();
        let once = |part: &str| !part.is_empty() && parts.iter().filter(|other| **other == part).count() == 1;
        let single = parts.iter().enumerate().filter(|(_, part)| once(part)).map(|(index, _)| index).collect();
        (path, single)
    })
}

fn path_rule(single: Vec<usize>) -> impl Strategy<Value = Option<PathRule>> {
    let segments = vec((any::<Index>(), text_rules()), 1..3).prop_map(move |picks| {
        let rules = picks.into_iter().filter(|_| !single.is_empty()).map(|(pick, rule)| (*pick.get(&single), rule));
        PathRule::Segments(rules.collect())
    });
    prop_oneof![
        3 => Just(None),
        1 => text_rules().prop_map(|rule| Some(PathRule::Whole(rule))),
        1 => segments.prop_map(|rule| match &rule {
            PathRule::Segments(rules) if rules.is_empty() => None,
            _ => Some(rule),
        }),
    ]
}

fn query() -> impl Strategy<Value = (IndexMap<String, Vec<String>>, IndexMap<String, Rule>)> {
    (fields(), vec(option::weighted(0.3, text_rules()), 3)).prop_map(|(query, rules)| {
        let rules = query.keys().cloned().zip(rules).filter_map(|(name, rule)| rule.map(|rule| (name, rule))).collect();
        (query, rules)
    })
}

fn request() -> impl Strategy<Value = (Request, RequestRules)> {
    let json = json().prop_flat_map(|body| (Just(Body::json(body.clone())), rules_for(&body, 3)));
    let body = prop_oneof![
        2 => Just((None, IndexMap::new())),
        2 => json.prop_map(|(body, rules)| (Some(body), rules)),
        1 => other_body().prop_map(|(body, rules)| (Some(body), rules)),
    ];
    let target = path().prop_flat_map(|(path, single)| (Just(path), path_rule(single)));
    let method = select(&["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"][..]);
    (method, target, query(), headers(), body).prop_map(
        |(method, (path, path_rule), (query, query_rules), (headers, header_rules), (body, rules))| {
            let message = Rules { body: rules, headers: header_rules };
            let rules = RequestRules { message, query: query_rules, path: path_rule };
            (Request { method: method.to_owned(), path, query, headers, body }, rules)
        },
    )
}

pub fn response() -> impl Strategy<Value = (Response, Rules)> {
    let body = prop_oneof![
        1 => Just((None, IndexMap::new())),
        4 => response_json().prop_map(|(body, rules)| (Some(body), rules)),
        1 => other_body().prop_map(|(body, rules)| (Some(body), rules)),
    ];
    let status = prop_oneof![4 => (100..600u16).prop_map(Status::Code), 1 => (1..6u8).prop_map(Status::Class)];
    (status, headers(), body).prop_map(|(status, (headers, header_rules), (body, rules))| {
        (Response { status, headers, body }, Rules { body: rules, headers: header_rules })
    })
}

fn state() -> impl Strategy<Value = State> {
    let name = text().prop_filter("a state has a name", |name| !name.is_empty());
    (name, object(json(), 0..3))
        .prop_map(|(name, params)| State { name, params: params.as_object().cloned().unwrap_or_default() })
}

/// An interaction. It always has a state that gives `id` a value.
pub fn interaction() -> impl Strategy<Value = Interaction> {
    let name = "[a-zA-Z0-9:#'\"{}\\[\\],é-]([a-zA-Z0-9 :#'\"{}\\[\\],é-]{0,20}[a-z])?";
    let pending = proptest::bool::weighted(0.1);
    (name, option::of(text()), pending, vec(state(), 0..2), scalar(), request(), response()).prop_map(
        |(name, description, pending, mut given, id, (request, request_rules), (response, response_rules))| {
            let params = [(String::from("id"), id)].into_iter().collect();
            given.push(State { name: String::from("it exists"), params });
            let terms = Terms { request: request_rules, response: response_rules };
            let kind = Kind::Http(Http { request, response, terms });
            Interaction { name, description, given, pending, kind }
        },
    )
}

/// A valid contract, and the files in its folder.
pub fn contract() -> impl Strategy<Value = (Contract, Files)> {
    let service = || "[A-Za-z0-9][A-Za-z0-9._-]{0,8}".prop_filter("a name", |name| ServiceName::new(name).is_ok());
    (service(), service(), option::of(text()), vec(interaction(), 1..4)).prop_map(
        |(consumer, provider, description, mut interactions)| {
            let mut files = Files::new();
            for (index, interaction) in interactions.iter_mut().enumerate() {
                interaction.name = format!("{index} {}", interaction.name);
                let http = http_mut(interaction);
                for (side, body) in [("request", &mut http.request.body), ("response", &mut http.response.body)] {
                    keep_file(body, &format!("{index}/{side}"), &mut files);
                }
            }
            let name = |text: &str| ServiceName::new(text).unwrap();
            (Contract { consumer: name(&consumer), provider: name(&provider), description, interactions }, files)
        },
    )
}

/// Puts a body's file into a subfolder of the contract's folder.
fn keep_file(body: &mut Option<Body>, folder: &str, files: &mut Files) {
    let Some(Body { file: Some(path), content }) = body else { return };
    *path = format!("{folder}/{path}");
    let bytes = match content {
        Content::Json(value) => value.to_string().into_bytes(),
        Content::Text(text) => text.clone().into_bytes(),
        Content::Bytes(bytes) => bytes.to_vec(),
        other @ Content::Form(_) => panic!("a file does not hold {other:?}"),
    };
    files.insert(path.clone(), bytes);
}
