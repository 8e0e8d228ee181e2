//! Values that a document allows at one place: candidates for witnesses. A validator has the last word.

use serde_json::{Map, Number, Value, json};

use crate::openapi::{Alternative, Document, Field, Kind};

/// How deep a sample goes into required properties.
const MOST_DEPTH: u8 = 6;

/// Texts of the formats that OpenAPI and JSON Schema name.
const FORMATS: [(&str, &str); 16] = [
    ("uuid", "6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11"),
    ("date", "2026-05-01"),
    ("date-time", "2026-05-01T09:30:00Z"),
    ("time", "09:30:00Z"),
    ("duration", "PT30M"),
    ("email", "ada@example.com"),
    ("idn-email", "ada@example.com"),
    ("uri", "https://example.com/"),
    ("url", "https://example.com/"),
    ("uri-reference", "/orders"),
    ("hostname", "example.com"),
    ("ipv4", "192.0.2.1"),
    ("ipv6", "2001:db8::1"),
    ("byte", "dXBoZWxk"),
    ("regex", "^a$"),
    ("json-pointer", "/orders/0"),
];

/// Candidates of one type, the plainest first.
pub(super) fn candidates(document: &Document, way: &Alternative<'_>, kind: Kind) -> Vec<Value> {
    if let Some(values) = way.finite() {
        return values.into_iter().filter(|value| Kind::of(value) == kind).collect();
    }
    let mut found: Vec<Value> = match kind {
        Kind::Null => vec![Value::Null],
        Kind::Boolean => vec![json!(true), json!(false)],
        Kind::Number => numbers(way),
        Kind::String => texts(way),
        Kind::Array => vec![list(document, way, 0), json!([])],
        Kind::Object => vec![object(document, way, 0), json!({})],
    };
    found.extend(way.shown().filter(|value| Kind::of(value) == kind).cloned());
    found
}

fn numbers(way: &Alternative<'_>) -> Vec<Value> {
    let bounds = way.bounds();
    let ends = [&bounds.least, &bounds.most].into_iter().flatten().filter_map(|(number, _)| number.as_f64());
    let steps = [0.0, 0.5, -0.5, 1.0, -1.0];
    let near = ends.flat_map(|end| steps.map(|step| end + step));
    let multiples =
        bounds.multiple_of.iter().filter_map(Number::as_f64).flat_map(|by| [1.0, 2.0, 7.0].map(|times| by * times));
    let plain = [0.5, 1.0, 0.0, -1.0, 1000.0, -1.5, 1e15];
    let all: Vec<f64> = near.chain(multiples).chain(plain).collect();
    all.into_iter().filter_map(number).collect()
}

/// A number as people write it: without a fraction if there is none.
fn number(value: f64) -> Option<Value> {
    let text = if value.fract() == 0.0 && value.abs() < 1e16 { format!("{value:.0}") } else { format!("{value}") };
    text.parse::<Number>().ok().map(Value::Number)
}

fn texts(way: &Alternative<'_>) -> Vec<Value> {
    let of_formats =
        way.formats().filter_map(|name| FORMATS.iter().find(|(known, _)| *known == name)).map(|(_, text)| *text);
    let plain = ["a", "", "text", "0", "Zürich", "a b"];
    let lengths = way.lengths();
    let length = usize::try_from(lengths.least.clamp(1, 1000)).unwrap_or(1);
    let long = ["a".repeat(length), "0".repeat(length)];
    of_formats.map(str::to_owned).chain(plain.map(str::to_owned)).chain(long).map(Value::String).collect()
}

/// A value of any type that schemas allow, with the required properties only.
fn any(document: &Document, schemas: &[String], depth: u8) -> Value {
    let ways = document.alternatives(schemas).unwrap_or_default();
    let Some(way) = ways.first() else { return Value::Null };
    let kinds = [Kind::String, Kind::Number, Kind::Boolean, Kind::Object, Kind::Array, Kind::Null];
    let kind = kinds.into_iter().find(|kind| way.types().has(*kind)).unwrap_or(Kind::Null);
    match kind {
        Kind::Object if depth < MOST_DEPTH => object(document, way, depth + 1),
        Kind::Array if depth < MOST_DEPTH => list(document, way, depth + 1),
        Kind::Object => json!({}),
        Kind::Array => json!([]),
        Kind::Null | Kind::Boolean | Kind::Number | Kind::String => way
            .shown()
            .find(|value| Kind::of(value) == kind)
            .cloned()
            .unwrap_or_else(|| candidates(document, way, kind).into_iter().next().unwrap_or(Value::Null)),
    }
}

/// An object with the required properties.
pub(super) fn object(document: &Document, way: &Alternative<'_>, depth: u8) -> Value {
    let required = way.properties().into_iter().filter(|name| way.requires(name)).map(|name| {
        let value = match (way.mark(name), way.field(name)) {
            (Some(mark), _) => Value::String(mark.to_owned()),
            (None, Field::Declared { schemas, .. }) => any(document, &schemas, depth),
            (None, Field::Never | Field::Undeclared | Field::Open) => json!("text"),
        };
        (name.to_owned(), value)
    });
    Value::Object(required.collect::<Map<_, _>>())
}

/// A list with as few elements as are allowed, but one if it can.
fn list(document: &Document, way: &Alternative<'_>, depth: u8) -> Value {
    let sizes = way.sizes();
    let length = sizes.least.max(1).min(sizes.most.unwrap_or(u64::MAX)).min(50);
    (0..usize::try_from(length).unwrap_or(0)).map(|index| any(document, &way.element(Some(index)), depth)).collect()
}
