//! Generated values in texts: parameters, headers and fields.

use indexmap::IndexMap;
use serde_json::Value;

use crate::pact::text::text_of;

/// Makes the value for a place from its example's value, or `None` to keep that.
pub(in crate::pact) type Make<'m> = &'m mut dyn FnMut(&Value) -> Option<Value>;

/// The generated value in place of a text.
pub(super) fn made(text: &str, make: Make<'_>) -> Option<String> {
    make(&Value::String(text.to_owned())).map(|value| text_of(&value))
}

/// Fills the values of a parameter or a header, even if the example doesn't have it.
pub(in crate::pact) fn in_texts(texts: &mut IndexMap<String, Vec<String>>, name: &str, make: Make<'_>) {
    match texts.get_mut(name) {
        Some(values) => {
            for text in values {
                if let Some(made) = made(text, make) {
                    *text = made;
                }
            }
        }
        None => texts.extend(made("", make).map(|made| (name.to_owned(), vec![made]))),
    }
}
