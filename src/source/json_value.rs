//! JSON that anybody may have written → the value that it stands for, and no other.
//!
//! The library hands a number over as an object with a key of its own, and takes an object with such a key for a number,
//! or for a text that holds more JSON. Here, an object stays an object, whatever its keys are; and the number of values is
//! limited while they are read, because a value takes many times the memory of its text.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// How many values one text may hold, unless a caller says otherwise.
pub const MOST_VALUES: usize = 1_500_000;

/// Why a text isn't read.
#[derive(Debug)]
pub enum Unread {
    /// It isn't JSON.
    Syntax(serde_json::Error),
    /// Its values are nested too deeply: more than 127 levels.
    TooDeep(serde_json::Error),
    /// It holds more values than this.
    TooMany(usize),
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(error) | Self::TooDeep(error) => error.fmt(f),
            Self::TooMany(most) => write!(f, "it holds more than {most} values"),
        }
    }
}

/// A value, and what its text says beyond it.
#[derive(Debug)]
pub struct Read {
    pub value: Value,
    /// How many values the text holds.
    pub values: usize,
    /// The first key that one of its objects has twice. The last of them counts.
    pub duplicate: Option<String>,
}

/// Reads a whole text, within the usual limit.
///
/// # Errors
///
/// Why it can't be read.
pub fn read(text: &[u8]) -> Result<Value, Unread> {
    read_within(text, MOST_VALUES).map(|read| read.value)
}

/// Reads a whole text that holds at most so many values.
///
/// # Errors
///
/// Why it can't be read.
pub fn read_within(text: &[u8], most: usize) -> Result<Read, Unread> {
    let count = Count { left: Cell::new(most), ..Count::default() };
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let read = Seed(&count).deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    match read {
        Ok(value) => Ok(Read { value, values: most - count.left.get(), duplicate: count.duplicate.take() }),
        Err(_) if count.is_over.get() => Err(Unread::TooMany(most)),
        // The library has no other sign of it.
        Err(error) if error.to_string().contains("recursion limit") => Err(Unread::TooDeep(error)),
        Err(error) => Err(Unread::Syntax(error)),
    }
}

/// Takes a value from any reader as it is, for a field that may hold anything.
///
/// # Errors
///
/// Those of the reader.
pub fn take<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    // Whatever hands it over has counted it.
    Seed(&Count { left: Cell::new(usize::MAX), ..Count::default() }).deserialize(deserializer)
}

/// What is counted and noticed while a text is read.
#[derive(Default)]
struct Count {
    left: Cell<usize>,
    is_over: Cell<bool>,
    duplicate: Cell<Option<String>>,
}

/// Reads one value.
#[derive(Clone, Copy)]
struct Seed<'c>(&'c Count);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let Some(left) = self.0.left.get().checked_sub(1) else {
            self.0.is_over.set(true);
            return Err(D::Error::custom("too many values"));
        };
        self.0.left.set(left);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Value, E> {
        Ok(Number::from_i128(value).map_or(Value::Null, Value::Number))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Value, E> {
        Ok(Number::from_u128(value).map_or(Value::Null, Value::Number))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = elements.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key_seed(KeySeed)? {
            let Key::Text(key) = key else {
                let digits: String = entries.next_value()?;
                return digits.parse().map(Value::Number).map_err(A::Error::custom);
            };
            let value = entries.next_value_seed(self)?;
            match object.entry(key) {
                serde_json::map::Entry::Vacant(entry) => {
                    entry.insert(value);
                }
                serde_json::map::Entry::Occupied(mut entry) => {
                    let first = self.0.duplicate.take();
                    self.0.duplicate.set(first.or_else(|| Some(entry.key().clone())));
                    entry.insert(value);
                }
            }
        }
        Ok(Value::Object(object))
    }
}

/// The key of an object, or the sign that no object follows but the digits of a number.
enum Key {
    Text(String),
    Digits,
}

/// Reads a key. Asked for a text that may be missing, the library says that it has one before it gives the key of an
/// object; its own sign for a number it gives at once.
struct KeySeed;

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for KeySeed {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        serde::Deserialize::deserialize(deserializer).map(Key::Text)
    }

    fn visit_str<E>(self, _: &str) -> Result<Key, E> {
        Ok(Key::Digits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBER: &str = "$serde_json::private::Number";
    const RAW: &str = "$serde_json::private::RawValue";

    #[test]
    fn an_object_stays_an_object_whatever_its_keys_are() {
        for text in [
            format!(r#"{{"{NUMBER}":"2"}}"#),
            format!(r#"{{"{NUMBER}":"two"}}"#),
            format!(r#"{{"{NUMBER}":2}}"#),
            format!(r#"{{"{RAW}":"[1]"}}"#),
            format!(r#"{{"{RAW}":"no JSON"}}"#),
            format!(r#"{{"{RAW}":null,"a":1}}"#),
            format!(r#"[{{"a":{{"{NUMBER}":"2","b":1}}}},{{"b":1,"{NUMBER}":"2"}}]"#),
        ] {
            let value = read(text.as_bytes()).unwrap();
            assert_eq!(value.to_string(), text);
            // And when it is handed on as a value.
            assert_eq!(take(value.clone()).unwrap(), value, "{text}");
            assert_eq!(take(&value).unwrap(), value, "{text}");
        }
    }

    #[test]
    fn numbers_keep_their_digits_and_texts_their_characters() {
        for text in [
            "1",
            "1.50",
            "1e400",
            "9007199254740993",
            "-123456789012345678901234567890",
            "true",
            "null",
            "\"\\u0000 é 😀\"",
            "[]",
            "{}",
            "{\"\":[{}]}",
            "{\"a\\\"b\":1}",
        ] {
            let value = read(text.as_bytes()).unwrap();
            assert_eq!(value, serde_json::from_str::<Value>(text).unwrap(), "{text}");
            assert_eq!(take(&value).unwrap(), value, "{text}");
        }
        for text in ["", "{", "[1,]", "{1:2}", "01", "nul", "\"\\ud800\"", "{\"\\ud800\":1}", "1 2", "\u{feff}1"] {
            assert!(matches!(read(text.as_bytes()), Err(Unread::Syntax(_))), "{text}");
        }
        assert!(matches!(read(b"{\"\xff\":1}"), Err(Unread::Syntax(_))));
    }

    #[test]
    fn the_number_of_values_and_their_depth_are_limited_while_they_are_read() {
        let text = b"[1,{\"a\":[]},2]";
        assert_eq!(read_within(text, 5).unwrap().values, 5);
        assert!(matches!(read_within(text, 4), Err(Unread::TooMany(4))));
        // Ended by the limit, before the text's own error is seen.
        assert!(matches!(read_within(b"[1,2,3,4,x", 4), Err(Unread::TooMany(4))));
        assert!(matches!(read("[".repeat(200).as_bytes()), Err(Unread::TooDeep(_))));
        // What looks like a text to be read once more is no way round it.
        let hidden = format!(r#"{{"{RAW}":"{}"}}"#, "[".repeat(200));
        assert!(read(hidden.as_bytes()).unwrap().is_object());
    }

    #[test]
    fn of_a_key_that_is_there_twice_the_last_counts() {
        let read = read_within(br#"{"a":1,"b":{"c":1,"c":2},"a":3}"#, 10).unwrap();
        assert_eq!(read.value.to_string(), r#"{"a":3,"b":{"c":2}}"#);
        assert_eq!(read.duplicate.as_deref(), Some("c"));
        assert_eq!(read_within(br#"{"a":1,"b":{"a":1}}"#, 10).unwrap().duplicate, None);
    }
}
