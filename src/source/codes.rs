//! The codes of findings about the text and the shape of a file. A code never changes its meaning once it was released.

use std::fmt;

/// A stable code, like `C103`. It never changes its meaning once it was released.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub &'static str);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Defines codes with their meanings, and the list of them.
macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal;)+) => {
        $($(#[doc = $doc])+ pub const $name: $crate::source::Code = $crate::source::Code($code);)+
        /// Every code of this list with its meaning, in order.
        pub const CODES: &[($crate::source::Code, &str)] = &[$(($name, concat!($($doc),+))),+];
    };
}
pub(crate) use codes;

codes! {
    /// The text is not YAML.
    NOT_YAML = "Y101";
    /// A key is used twice in one mapping.
    DUPLICATE_KEY = "Y102";
    /// The text is larger, nested more deeply or has more values than the limits allow.
    OVER_LIMIT = "Y103";
    /// YAML that has no counterpart in JSON.
    NOT_JSON = "Y104";
    /// A scalar that other YAML readers take for something else.
    AMBIGUOUS = "Y201";
    /// A key that the format doesn't have.
    UNKNOWN_KEY = "C102";
    /// A required key is missing.
    MISSING_KEY = "C103";
    /// A value has the wrong type.
    WRONG_TYPE = "C104";
    /// A value has the right type but isn't allowed.
    NOT_ALLOWED = "C105";
}
