//! YAML as Upheld writes it: deterministic, readable, and with the same meaning for every YAML reader.
//!
//! Mappings and lists are blocks. A list of scalars, and a small mapping of scalars inside a list, is written in one line
//! if it fits. A text is plain only if no reader, of YAML 1.1 or 1.2, takes it for anything else.

use std::fmt::Write as _;

use serde_json::{Map, Number, Value};

use crate::source::{Resolved, ambiguity, resolve_plain};

/// How long a line may be, in characters, before a list or a mapping becomes a block.
const WIDTH: usize = 100;

/// How long a key may be without `?` before it: readers look for its colon within 1,024 characters (YAML 1.2, section
/// 7.4.2).
const LONGEST_KEY: usize = 1000;

/// The position of a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// At the end of a line, or as a key before a line's colon.
    Block,
    /// Inside of `[…]` or `{…}`.
    Flow,
}

/// Writes a mapping as a block whose lines are indented by `indent` spaces.
pub(super) fn mapping(map: &Map<String, Value>, indent: usize, out: &mut String) {
    for (key, value) in map {
        out.extend(std::iter::repeat_n(' ', indent));
        let key = scalar_text(key, Place::Block);
        if key.chars().count() > LONGEST_KEY {
            out.push_str("? ");
            out.push_str(&key);
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
        } else {
            out.push_str(&key);
        }
        out.push(':');
        value_after_key(value, indent, out);
    }
}

/// Writes a mapping in one line: in braces, or `bare`, as an entry of a block.
pub(super) fn one_line(map: &Map<String, Value>, bare: bool) -> String {
    if !bare {
        return flow(&Value::Object(map.clone()));
    }
    let entries = map.iter().map(|(key, value)| {
        let value = if let Value::String(text) = value { scalar_text(text, Place::Block) } else { flow(value) };
        format!("{}: {value}", scalar_text(key, Place::Block))
    });
    entries.collect::<Vec<_>>().join(", ")
}

/// Writes a value after its key and colon, with the end of the line.
fn value_after_key(value: &Value, indent: usize, out: &mut String) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            out.push('\n');
            mapping(map, indent + 2, out);
        }
        Value::Array(items) if !items.is_empty() => match flow_if_short(value, indent) {
            Some(flow) if items.iter().all(is_scalar) => {
                out.push(' ');
                out.push_str(&flow);
                out.push('\n');
            }
            _ => {
                out.push('\n');
                list(items, indent + 2, out);
            }
        },
        Value::String(text) => {
            out.push(' ');
            out.push_str(&text_line(text, indent + 2));
        }
        scalar => {
            out.push(' ');
            out.push_str(&flow(scalar));
            out.push('\n');
        }
    }
}

/// Writes the elements of a list as a block.
pub(super) fn list(items: &[Value], indent: usize, out: &mut String) {
    for item in items {
        out.extend(std::iter::repeat_n(' ', indent));
        out.push_str("- ");
        match item {
            Value::Object(map) if !map.is_empty() && !short_mapping(map, indent) => {
                // The first key follows the dash, and the others are below it.
                let mut block = String::new();
                mapping(map, indent + 2, &mut block);
                out.push_str(&block[indent + 2..]);
            }
            Value::Object(map) if map.len() == 1 && map.values().all(Value::is_object) => {
                // A provider state with its parameters: `- an order exists: { id: 42 }`.
                for (key, value) in map {
                    out.extend([&*scalar_text(key, Place::Block), ": ", &flow(value), "\n"]);
                }
            }
            Value::Array(inner) if !inner.is_empty() && flow_if_short(item, indent).is_none() => {
                out.push('\n');
                list(inner, indent + 2, out);
            }
            Value::String(text) => out.push_str(&text_line(text, indent + 2)),
            short => {
                out.push_str(&flow(short));
                out.push('\n');
            }
        }
    }
}

/// Whether a mapping inside a list is written in one line: it has only scalars, or one key with a mapping of scalars.
fn short_mapping(map: &Map<String, Value>, indent: usize) -> bool {
    let scalars = map.values().all(is_scalar);
    let state = map.len() == 1
        && map
            .values()
            .all(|value| value.as_object().is_some_and(|params| !params.is_empty() && params.values().all(is_scalar)));
    (scalars || state) && flow_if_short(&Value::Object(map.clone()), indent).is_some()
}

fn is_scalar(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => true,
    }
}

/// A value in one line, if it fits.
fn flow_if_short(value: &Value, indent: usize) -> Option<String> {
    let text = flow(value);
    (text.chars().count() + indent <= WIDTH).then_some(text)
}

/// A value in one line.
pub(super) fn flow(value: &Value) -> String {
    match value {
        Value::Null => String::from("null"),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number_text(number),
        Value::String(text) => scalar_text(text, Place::Flow),
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(map) if map.is_empty() => String::from("{}"),
        Value::Object(map) => {
            let entries: Vec<String> =
                map.iter().map(|(key, value)| format!("{}: {}", scalar_text(key, Place::Flow), flow(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

/// A number. Exponents are written in a form that readers of YAML 1.1 take for numbers, too.
fn number_text(number: &Number) -> String {
    let text = number.as_str();
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else { return text.to_owned() };
    let point = if mantissa.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with(['-', '+']) { "" } else { "+" };
    format!("{mantissa}{point}e{sign}{exponent}")
}

/// A text as a scalar: plain if every reader takes it for that text, or else in double quotes.
fn scalar_text(text: &str, place: Place) -> String {
    if is_plain(text, place) { text.to_owned() } else { double_quoted(text) }
}

/// A text with the end of its line: as a literal block if it has several lines, or else as a scalar.
fn text_line(text: &str, indent: usize) -> String {
    literal(text, indent).unwrap_or_else(|| format!("{}\n", scalar_text(text, Place::Block)))
}

/// Whether a text may be written plain (YAML 1.2, section 7.3.3), for every reader.
fn is_plain(text: &str, place: Place) -> bool {
    let first = text.bytes().next();
    let safe_first = first.is_some_and(|b| {
        b.is_ascii_alphanumeric()
            || matches!(b, b'/' | b'_' | b'$' | b'(')
            || (b == b'-' && text.len() > 1 && text.as_bytes()[1].is_ascii_alphanumeric())
    });
    safe_first
        && text.chars().all(|c| c.is_ascii_graphic() || c == ' ' || c == '→' || (c.is_alphanumeric() && !c.is_ascii()))
        && !text.contains(['"', '\'', '`'])
        && (place == Place::Block || !breaks_flow(text))
        && !text.ends_with([' ', ':'])
        // Valid YAML, but some readers (such as `saphyr-parser` 0.3) refuse it before a `]`.
        && !text.ends_with(" -")
        && !text.contains(": ")
        && !text.contains(" #")
        && resolve_plain(text) == Some(Resolved::String)
        && ambiguity(text).is_none()
}

/// Whether a text can't be plain inside `[…]` or `{…}`. For readers of YAML 1.1, a colon before punctuation ends it.
fn breaks_flow(text: &str) -> bool {
    let after_colon = text.split(':').skip(1).map(|rest| rest.chars().next());
    text.contains([',', '[', ']', '{', '}'])
        || after_colon.flatten().any(|c| !(c.is_alphanumeric() || matches!(c, '/' | '-' | '_' | '.')))
}

/// A text in double quotes, with the escapes that YAML and JSON share.
fn double_quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if is_printable(c) => quoted.push(c),
            // Writing into a String can't fail.
            c if u32::from(c) <= 0xffff => drop(write!(quoted, "\\u{:04x}", u32::from(c))),
            c => drop(write!(quoted, "\\U{:08x}", u32::from(c))),
        }
    }
    quoted.push('"');
    quoted
}

/// A text of several lines as a literal block, if none of its lines needs an escape.
fn literal(text: &str, indent: usize) -> Option<String> {
    let body = text.strip_suffix('\n').unwrap_or(text);
    let fits = body.contains('\n')
        && !body.ends_with('\n')
        && !body.starts_with([' ', '\n', '\t'])
        && body.chars().all(|c| c == '\n' || c == '\t' || is_printable(c))
        && body.lines().all(|line| !line.ends_with([' ', '\t']) && !line.starts_with('\t'));
    fits.then(|| {
        let mut block = String::from(if body.len() == text.len() { "|-\n" } else { "|\n" });
        for line in body.split('\n') {
            if !line.is_empty() {
                block.extend(std::iter::repeat_n(' ', indent));
                block.push_str(line);
            }
            block.push('\n');
        }
        block
    })
}

/// Whether a character may be written in YAML as it is, and no reader or editor gives it another meaning.
fn is_printable(c: char) -> bool {
    !c.is_control()
        && !matches!(u32::from(c), 0x2028 | 0x2029 | 0xfeff | 0xfffe | 0xffff | 0x200b..=0x200f | 0x202a..=0x202e | 0x2066..=0x2069)
}
