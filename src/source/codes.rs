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

/// The meaning of a code, and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation {
    pub code: Code,
    /// The meaning, in one or a few sentences.
    pub means: &'static str,
    /// The steps that clear it, or why nothing has to be done; a sentence or a few.
    pub clears: &'static str,
}

impl Explanation {
    /// Explains a code. The blanks around a doc comment's text are left out.
    #[must_use]
    pub const fn new(code: Code, means: &'static str, clears: &'static str) -> Self {
        Self { code, means: means.trim_ascii(), clears: clears.trim_ascii() }
    }
}

/// Defines codes and the list of them. The doc comment of a code gives its meaning, the text behind `=>` the steps that
/// clear it; neither can be left out.
macro_rules! codes {
    ($($(#[doc = $means:literal])+ $name:ident = $code:literal => $clears:literal;)+) => {
        $($(#[doc = $means])+ pub const $name: $crate::source::Code = $crate::source::Code($code);)+
        /// Every code of this list with its explanation, in order.
        pub const CODES: &[$crate::source::Explanation] =
            &[$($crate::source::Explanation::new($name, concat!($($means),+), $clears)),+];
    };
}
pub(crate) use codes;

codes! {
    /// The text isn't valid YAML.
    NOT_YAML = "Y101" =>
        "Correct the text at the place shown. The usual cause is wrong indentation, or a missing quote or bracket.";
    /// A mapping has the same key twice.
    DUPLICATE_KEY = "Y102" => "Remove one of the two, or rename it.";
    /// The text is larger, more deeply nested or has more values than the limits allow.
    OVER_LIMIT = "Y103" =>
        "Split the file or make it smaller. `--max-file-size`, `--max-depth` and `--max-values` raise the limits.";
    /// The YAML uses something that has no counterpart in JSON, such as a tag, an alias loop or a key that isn't a
    /// string.
    NOT_JSON = "Y104" => "Write it as plain mappings, lists and scalars; quote a value that is meant as a string.";
    /// Other YAML readers read this unquoted scalar as a different value, such as `no` as false.
    AMBIGUOUS = "Y201" => "Quote it, or write the intended value: `false`, `\"no\"`.";
    /// The format doesn't have this key.
    UNKNOWN_KEY = "C102" =>
        "Correct the key if it is misspelled, otherwise remove it. `upheld schema` prints every key of a contract.";
    /// A required key is missing.
    MISSING_KEY = "C103" => "Add the key that the message names.";
    /// A value has the wrong type.
    WRONG_TYPE = "C104" => "Write a value of the type that the message names, or quote it if it is meant as a string.";
    /// A value has the right type but isn't allowed here.
    NOT_ALLOWED = "C105" => "Use one of the values that the message allows.";
}
