//! Values in words, as they stand behind "expected" and "got".

use std::io;

use serde_json::Value;

use crate::contract::{JsonType, Matcher, Rule};
use crate::words::{count, or_list};

/// How many characters of a value are shown.
const SHOWN: usize = 120;

/// A value as compact JSON, cut where it is long. No more of it is written than is shown, so that a large value costs
/// nothing.
pub(super) fn json(value: &Value) -> String {
    let mut beginning = Beginning(Vec::new());
    // It ends early with an error where the value is long.
    let whole = serde_json::to_writer(&mut beginning, value).is_ok();
    let text = String::from_utf8_lossy(&beginning.0);
    // The end may be in the middle of a character.
    let text = if whole { &*text } else { text.trim_end_matches(char::REPLACEMENT_CHARACTER) };
    match cut(text) {
        cut if whole || cut.ends_with('…') => cut,
        cut => format!("{cut}…"),
    }
}

/// Takes the first bytes, as many as are shown at most.
struct Beginning(Vec<u8>);

impl io::Write for Beginning {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = (SHOWN * 4).saturating_sub(self.0.len()).min(bytes.len());
        if room == 0 && !bytes.is_empty() {
            return Err(io::ErrorKind::WriteZero.into());
        }
        self.0.extend_from_slice(&bytes[..room]);
        Ok(room)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A text, cut where it is long.
pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// What came: the value and its type, `"2", a string`.
pub(super) fn actual(value: &Value) -> String {
    match value {
        Value::Null => String::from("null"),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => format!("{}, {}", json(value), type_name(value)),
        Value::Array(items) if items.is_empty() => String::from("an empty array"),
        Value::Array(items) => format!("an array of {}: {}", count(items.len(), "element"), json(value)),
        Value::Object(_) => format!("an object: {}", json(value)),
    }
}

/// A value's JSON type with its article.
pub(super) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// What an example asks for where no rule speaks: its type, `a number, like 2`.
pub(super) fn like(examples: &[&Value]) -> String {
    let mut kinds: Vec<String> = Vec::new();
    for example in examples {
        let kind = match example {
            Value::Null | Value::Array(_) | Value::Object(_) => type_name(example).to_owned(),
            scalar => format!("{}, like {}", type_name(scalar), json(scalar)),
        };
        let known = kinds.iter().any(|other| other.split(',').next() == kind.split(',').next());
        if !known {
            kinds.push(kind);
        }
    }
    or_list(kinds)
}

/// What a matcher asks for, with the example where that helps: `an integer, like 2`.
pub(super) fn matcher(matcher: &Matcher, example: Option<&Value>) -> String {
    let what = match matcher {
        Matcher::Exact | Matcher::Equal => {
            return example
                .map_or_else(|| String::from("exactly the example"), |value| format!("exactly {}", json(value)));
        }
        Matcher::Any => return String::from("any value"),
        Matcher::Absent => return String::from("nothing here"),
        Matcher::Type(JsonType::Integer) => String::from("an integer"),
        Matcher::Type(kind) => format!("a {}", kind.word()),
        Matcher::Format(format) => match format.word() {
            word @ "email" => format!("an {word} address"),
            word => format!("a {word}"),
        },
        Matcher::Regex(pattern) => format!("a text that matches /{}/", cut(pattern.as_str())),
        Matcher::OneOf(values) => return one_of(values),
        Matcher::Size { min, max } => return size(*min, *max, "element"),
        Matcher::Unordered => return String::from("the example's elements in any order"),
        Matcher::Contains => return String::from("each of the example's elements"),
        Matcher::Closed => return String::from("no other keys"),
        Matcher::Schema(_) => return String::from("a value that satisfies the JSON Schema"),
    };
    match example {
        Some(value @ (Value::Bool(_) | Value::Number(_) | Value::String(_))) => format!("{what}, like {}", json(value)),
        _ => what,
    }
}

/// The same, with `or null` where the rule says so.
pub(super) fn ruled(one: &Matcher, rule: &Rule, example: Option<&Value>) -> String {
    let asked = matcher(one, example);
    if rule.or_null { format!("{asked}, or null") } else { asked }
}

fn one_of(values: &[Value]) -> String {
    match values {
        [only] => format!("exactly {}", json(only)),
        several => format!("one of {}", or_list(several.iter().map(json))),
    }
}

/// What a size asks for: `at least 1 element`.
pub(super) fn size(min: u64, max: Option<u64>, what: &'static str) -> String {
    let counted = |number: u64| count(usize::try_from(number).unwrap_or(usize::MAX), what);
    match max {
        None => format!("at least {}", counted(min)),
        Some(max) if max == min => format!("exactly {}", counted(min)),
        Some(max) => format!("{min} to {}", counted(max)),
    }
}
