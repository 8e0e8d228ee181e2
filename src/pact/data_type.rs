//! Conversion of a provider state's value to the type that a generator names (`dataType`), as Pact's verifier does it.

use serde_json::{Number, Value};

/// A value converted to a type; `None` if that is impossible, so the example is used. An unknown or missing type leaves the
/// value as it is.
pub(super) fn typed(value: Value, data_type: &str) -> Option<Value> {
    match data_type.to_ascii_uppercase().as_str() {
        "STRING" if !value.is_string() => Some(Value::String(value.to_string())),
        "INTEGER" => {
            let number = number(value, |text| text.parse::<i128>().is_ok())?;
            let whole = number.as_str().split_once(['.', 'e', 'E']).and_then(|_| number.as_f64());
            // Without its fraction. A number that is too large has no such form.
            whole.map_or(Some(number), |float| text_number(&format!("{:.0}", float.trunc()))).map(Value::Number)
        }
        "DECIMAL" | "FLOAT" => {
            let number = number(value, |text| text.parse::<f64>().is_ok())?;
            let is_whole = !number.as_str().contains(['.', 'e', 'E']);
            if is_whole { text_number(&format!("{number}.0")) } else { Some(number) }.map(Value::Number)
        }
        "BOOLEAN" => Some(Value::Bool(match value {
            Value::Bool(it) => it,
            Value::Null => false,
            Value::Number(number) => number.as_f64()? > 0.0,
            Value::String(text) => text.parse().ok()?,
            Value::Array(_) | Value::Object(_) => return None,
        })),
        _ => Some(value),
    }
}

/// A value as a number: `null` and `false` are 0, `true` is 1, and a text must be accepted by `is_number`.
fn number(value: Value, is_number: fn(&str) -> bool) -> Option<Number> {
    match value {
        Value::Number(number) => Some(number),
        Value::Null => Some(Number::from(0)),
        Value::Bool(it) => Some(Number::from(u8::from(it))),
        Value::String(text) if is_number(&text) => text_number(&text),
        Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn text_number(text: &str) -> Option<Number> {
    // JSON has no leading zeros.
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let digits = digits.trim_start_matches('0');
    let zero = if digits.starts_with(|c: char| c.is_ascii_digit()) { "" } else { "0" };
    serde_json::from_str(&format!("{sign}{zero}{digits}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_converted_or_the_example_is_used() {
        for (data_type, value, expected) in [
            ("STRING", "42", "\"42\""),
            ("STRING", "{\"a\":[1.50]}", "\"{\\\"a\\\":[1.50]}\""),
            ("STRING", "\"x\"", "\"x\""),
            ("INTEGER", "42", "42"),
            ("INTEGER", "-1", "-1"),
            ("INTEGER", "1.5", "1"),
            ("INTEGER", "2.0", "2"),
            ("INTEGER", "true", "1"),
            ("INTEGER", "null", "0"),
            ("INTEGER", "\"42\"", "42"),
            ("INTEGER", "\"07\"", "7"),
            ("INTEGER", "\"-17\"", "-17"),
            ("INTEGER", "9007199254740993", "9007199254740993"),
            ("INTEGER", "\"1.5\"", ""),
            ("INTEGER", "\"x\"", ""),
            ("INTEGER", "\"\"", ""),
            ("INTEGER", "[1]", ""),
            ("integer", "\"42\"", "42"),
            ("DECIMAL", "42", "42.0"),
            ("DECIMAL", "1.50", "1.50"),
            ("DECIMAL", "1e3", "1e+3"),
            ("DECIMAL", "false", "0.0"),
            ("FLOAT", "\"42\"", "42.0"),
            ("FLOAT", "\"007.5\"", "7.5"),
            ("FLOAT", "\"NaN\"", ""),
            ("FLOAT", "{}", ""),
            ("BOOLEAN", "42", "true"),
            ("BOOLEAN", "0", "false"),
            ("BOOLEAN", "-1", "false"),
            ("BOOLEAN", "null", "false"),
            ("BOOLEAN", "\"true\"", "true"),
            ("BOOLEAN", "\"True\"", ""),
            ("BOOLEAN", "\"1\"", ""),
            ("RAW", "[1.50]", "[1.50]"),
            ("", "null", "null"),
        ] {
            let value: Value = serde_json::from_str(value).unwrap();
            let made = typed(value.clone(), data_type).map_or_else(String::new, |made| made.to_string());
            assert_eq!(made, expected, "{data_type} {value}");
        }
    }
}
