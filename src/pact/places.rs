//! The places of a message that generators fill: its texts, and places in bodies of JSON, XML and forms.

mod texts;
mod xml;

use std::collections::HashMap;

use serde_json::Value;

pub(super) use self::texts::in_texts;
use self::texts::{Make, made};
use super::media_type::MediaKind;
use super::path::{PactPath, PactStep};
use crate::interaction::{Body, Content, urlencoded};

/// Fills the places of a body that a path leads to, and returns their number.
pub(super) fn in_body(body: &mut Body, kind: MediaKind, path: &PactPath, make: Make<'_>) -> usize {
    // The content of a file has no places to fill.
    if body.file.is_some() {
        return 0;
    }
    match (&mut body.content, kind) {
        (Content::Json(value), MediaKind::Json) => {
            let mut count = 0;
            in_value(value, &path.0, &mut |place| {
                count += 1;
                if let Some(made) = make(place) {
                    *place = made;
                }
            });
            count
        }
        (Content::Text(text), MediaKind::Xml) => xml::in_xml(text, path, make),
        (Content::Text(text), MediaKind::Form) => in_form(text, path, make),
        // Other texts and bytes have no places, and neither has a body whose content contradicts its media type.
        (Content::Json(_) | Content::Text(_) | Content::Bytes(_) | Content::Form(_), _) => 0,
    }
}

/// `$.name` is the first field of that name, and `$.name[1]` the second. All others keep their spelling.
fn in_form(text: &mut String, path: &PactPath, make: Make<'_>) -> usize {
    let (wanted, index) = match path.0.as_slice() {
        [PactStep::Key(name)] => (name, 0),
        [PactStep::Key(name), PactStep::Index(index)] => (name, *index),
        _ => return 0,
    };
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut count = 0;
    let fields: Vec<String> = text
        .split('&')
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name_read = urlencoded::decode(name);
            let is_wanted = name_read == *wanted && !pair.is_empty();
            let at = seen.entry(name_read).or_default();
            *at += 1;
            if !is_wanted || *at != index + 1 {
                return pair.to_owned();
            }
            count += 1;
            match made(&urlencoded::decode(value), make) {
                Some(made) => format!("{name}={}", urlencoded::encode(&made)),
                None => pair.to_owned(),
            }
        })
        .collect();
    *text = fields.join("&");
    count
}

/// Calls `visit` with every place of a JSON value that the steps lead to.
fn in_value(value: &mut Value, steps: &[PactStep], visit: &mut dyn FnMut(&mut Value)) {
    let Some((step, rest)) = steps.split_first() else { return visit(value) };
    match (step, value) {
        (PactStep::Any, Value::Object(object)) => object.values_mut().for_each(|item| in_value(item, rest, visit)),
        (PactStep::Any | PactStep::AnyIndex, Value::Array(items)) => {
            for item in items {
                in_value(item, rest, visit);
            }
        }
        (PactStep::Key(key), Value::Object(object)) => {
            if let Some(item) = object.get_mut(key) {
                in_value(item, rest, visit);
            }
        }
        (PactStep::Index(index), Value::Array(items)) => {
            if let Some(item) = items.get_mut(*index) {
                in_value(item, rest, visit);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A body with `made` in each place, and how many places there are.
    fn filled(body: Body, kind: MediaKind, path: &str, made: &Value) -> (Body, usize) {
        let mut body = body;
        let count = in_body(&mut body, kind, &PactPath::parse(path).unwrap(), &mut |_| Some(made.clone()));
        (body, count)
    }

    #[test]
    fn a_path_leads_into_json() {
        for (path, expected, places) in [
            ("$.a[*].b", json!({"a": [{"b": 7}, {"b": 7, "c": 3}]}), 2),
            ("$.a[1].c", json!({"a": [{"b": 1}, {"b": 2, "c": 7}]}), 1),
            ("$.a[*].c", json!({"a": [{"b": 1}, {"b": 2, "c": 7}]}), 1),
            ("$.*", json!({"a": 7}), 1),
            ("$", json!(7), 1),
            ("$.a.b", json!({"a": [{"b": 1}, {"b": 2, "c": 3}]}), 0),
        ] {
            let body = Body::json(json!({"a": [{"b": 1}, {"b": 2, "c": 3}]}));
            assert_eq!(filled(body, MediaKind::Json, path, &json!(7)), (Body::json(expected), places), "{path}");
        }
    }

    #[test]
    fn a_path_leads_to_one_field_of_a_form() {
        for (form, path, value, expected, places) in [
            ("a=1&b=2&a=3&c=%20x", "$.a", json!(42), "a=42&b=2&a=3&c=%20x", 1),
            ("a=1&b=2&a=3", "$.a[1]", json!("x y&z=+"), "a=1&b=2&a=x%20y%26z%3D%2B", 1),
            ("a=1&b=2", "a", json!({"x": 1}), "a=%7B%22x%22:1%7D&b=2", 1),
            ("a%5B%5D=1&a[]=2", "$['a[]'][1]", json!(true), "a%5B%5D=1&a[]=true", 1),
            ("a&b", "$.b", Value::Null, "a&b=", 1),
            ("a=1&&b=2", "$.b", json!(2.5), "a=1&&b=2.5", 1),
            ("a=1&a=2", "$.a[*]", json!(42), "a=1&a=2", 0),
            ("a=1&a=2", "$.*", json!(42), "a=1&a=2", 0),
            ("a=1&a=2", "$.a[2]", json!(42), "a=1&a=2", 0),
            ("a=1&a=2", "$", json!(42), "a=1&a=2", 0),
            ("", "$.a", json!(42), "", 0),
        ] {
            let made = filled(Body::text(form.to_owned()), MediaKind::Form, path, &value);
            assert_eq!(made, (Body::text(expected.to_owned()), places), "{form} {path}");
        }
    }

    #[test]
    fn an_example_that_is_not_replaced_keeps_its_spelling() {
        for (body, kind, path) in [
            ("a=%61&b", MediaKind::Form, "$.a"),
            ("<a b = '1' ><!-- x --><![CDATA[y]]></a >", MediaKind::Xml, "$.a.#text"),
            ("<a b = '1' ><!-- x --><![CDATA[y]]></a >", MediaKind::Xml, "$.a.@b"),
        ] {
            let mut made = Body::text(body.to_owned());
            assert_eq!(in_body(&mut made, kind, &PactPath::parse(path).unwrap(), &mut |_| None), 1, "{body}");
            assert_eq!(made, Body::text(body.to_owned()));
        }
    }

    #[test]
    fn texts_of_other_kinds_have_no_places() {
        for (body, kind) in [
            (Body::text(String::from("a")), MediaKind::Text),
            (Body::text(String::from("{")), MediaKind::Json),
            (Body::json(json!({"a": 1})), MediaKind::Text),
            (Body::bytes([1]), MediaKind::Binary),
        ] {
            assert_eq!(filled(body.clone(), kind, "$", &json!(7)), (body, 0));
        }
    }
}
