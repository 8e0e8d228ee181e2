//! Replaces the secrets of JSON values, where every value has the names of the keys that lead to it.

use serde_json::{Map, Value};

use super::editor::{Certainty, Editor};
use super::names::{Named, name_in, named};
use super::shapes::is_card_number;
use super::values::REDACTED;
use crate::interaction::Part;
use crate::recording::place::{Place, Side};
use crate::source::json_value;

/// How many levels of JSON inside of JSON texts are searched.
const MOST_NESTED: usize = 4;

/// Keys that say that a `code` in the same object belongs to a login with OAuth (RFC 6749, section 4.1.3).
const OAUTH: &[&str] =
    &["grant_type", "redirect_uri", "client_id", "code_verifier", "grantType", "redirectUri", "clientId"];

/// The private members of a JSON Web Key (RFC 7518, section 6).
const PRIVATE: &[&str] = &["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// Where a value is.
#[derive(Clone, Debug)]
pub(super) struct At {
    pub side: Side,
    /// The meaning of the names that lead to it.
    named: Named,
    /// The path to it: `items[].token`.
    path: String,
    /// Whether it is in a list of errors, which hold sentences by field.
    is_error: bool,
    /// How many levels of JSON texts it is in.
    depth: usize,
}

impl At {
    pub(super) fn body(side: Side) -> Self {
        Self { side, named: Named::Plain, path: String::new(), is_error: false, depth: 0 }
    }

    fn place(&self) -> Place {
        Place::new(self.side, Part::Body, &*self.path)
    }
}

/// The value of a text that is an object or a list in JSON.
fn nested(text: &str, depth: usize) -> Option<Value> {
    if depth >= MOST_NESTED || !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    json_value::read(text.as_bytes()).ok().filter(|value| value.is_object() || value.is_array())
}

impl Editor<'_> {
    /// Replaces the secrets of a value; true if there was one.
    pub(super) fn edit_value(&mut self, value: &mut Value, at: &At) -> bool {
        let is_sent = at.side == Side::Request;
        match value {
            Value::String(text) => {
                if at.named.is_secret(text, is_sent) && !(at.is_error && text.contains(' ')) {
                    self.know(text, at.named.kind(), &at.place(), Certainty::Sure);
                    self.note_found(at.place(), at.named.kind());
                    *value = Value::String(REDACTED.to_owned());
                    return true;
                }
                if let Some(mut inner) = nested(text, at.depth) {
                    let changed = self.edit_value(&mut inner, &At { depth: at.depth + 1, ..at.clone() });
                    if changed {
                        *text = inner.to_string();
                    }
                    return changed;
                }
                let Some((clean, kind)) = self.clean(text, &at.place()) else { return false };
                self.note_found(at.place(), kind);
                *value = Value::String(clean);
                true
            }
            Value::Number(number) => {
                let is_card = matches!(number.as_str().len(), 15 | 16) && is_card_number(number.as_str());
                let is_secret = is_card || at.named.is_secret_number(number.as_str(), is_sent);
                if is_secret {
                    self.know(number.as_str(), at.named.kind(), &at.place(), Certainty::Sure);
                    self.note_found(at.place(), if is_card { "card number" } else { at.named.kind() });
                    *value = Value::from(0);
                }
                is_secret
            }
            Value::Array(items) => {
                let inner = At { path: format!("{}[]", at.path), ..at.clone() };
                // A pair: `["authorization", "Bearer …"]`.
                if let [Value::String(name), second] = items.as_mut_slice()
                    && named(name) != Named::Plain
                    && second.is_string()
                {
                    return self.edit_value(second, &At { named: named(name), ..inner });
                }
                let mut changed = false;
                for item in items {
                    changed |= self.edit_value(item, &inner);
                }
                changed
            }
            Value::Object(object) => self.edit_object(object, at),
            Value::Null | Value::Bool(_) => false,
        }
    }

    fn edit_object(&mut self, object: &mut Map<String, Value>, at: &At) -> bool {
        // In a response, a code says how it went.
        let is_code = self.is_login || OAUTH.iter().any(|key| object.contains_key(*key));
        let is_key = object.contains_key("kty");
        let meanings: Vec<Named> = object
            .keys()
            .map(|key| match at.named.inside(name_in(object, key)) {
                Named::Code if is_code && at.side == Side::Request => Named::Secret,
                _ if is_key && PRIVATE.contains(&key.as_str()) => Named::Secret,
                named => named,
            })
            .collect();
        let mut changed = false;
        for ((key, item), named) in object.iter_mut().zip(meanings) {
            if let Some((_, kind)) = self.clean(key, &at.place()) {
                self.note_unplaced(Place::of_part(at.side, Part::Body), kind);
                continue;
            }
            let path = if at.path.is_empty() { key.clone() } else { format!("{}.{key}", at.path) };
            let lower = key.to_ascii_lowercase();
            let is_error = at.is_error || ["error", "violation", "validation"].iter().any(|word| lower.contains(word));
            changed |= self.edit_value(item, &At { named, path, is_error, ..at.clone() });
        }
        changed
    }
}
