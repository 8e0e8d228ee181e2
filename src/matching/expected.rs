//! Matchers in words, as they stand behind "expected".

use serde_json::Value;

use crate::contract::{JsonType, Matcher, Rule};
use crate::interaction::describe::{cut, json, size};
use crate::words::or_list;

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
