//! Differences on the way from a contract to a Pact file: parts of the contract that a Pact file can't express, and
//! their replacements.

use std::fmt;
use std::sync::Arc;

/// A difference on the way from a contract to a Pact file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToPact {
    LeftOut(LeftOutOfPact),
    /// Version 3 has no place for the interaction's description.
    Description,

    AbsentHeader,
    OptionalHeader,
    /// A list, or several lines of one header.
    ListOrder,
    /// A header with commas that isn't a list.
    Commas,
    /// A class of statuses, in version 3.
    StatusClass,

    OptionalText,
    OrderOfValues,
    EachValue,

    /// A matcher that came with version 4.
    NewerRule,
    /// Nothing fits the rule, for this reason.
    Unusable(Arc<str>),
    /// An expression that the JSON of another value may fit.
    AnyJsonType,
    /// A format with a word of its own in a contract.
    Format,
    Expression(String),
    Schema,
    /// `any`, for a list or an object.
    Anything,
    /// Listed values of the example's type.
    ValuesOfType,
    /// Listed values of several types.
    ValuesOfAnyType,

    OtherKeys,
    /// `exact`, with rules below.
    OtherKeysBesideRules,
    AbsentKey,
    OptionalKey,
    OptionalSentKey,
    UnnamedKey,
    NoRuleForStructure,
    NullStructure,
    RulesForKeys,
    NumberOfEntries,

    /// `unordered` or `contains`, in version 3.
    NewerList,
    OrderOrSize,
    AnyList,
    SharedElement,
    AnyElement,
    SizeOfEmptyList,
    KindsOfElements,
    ElementRequired,
    RulesForElements,
    /// A list of exactly these elements, below another rule.
    ExactList,

    NoBody(NoBody),
    /// A body of JSON with another content type.
    JsonOfOtherType,
    FieldRule,
    /// A rule for a text that Pact parses.
    ParsedTextRule,
    ParsedText,
    ParsedXml,
}

/// Why an interaction isn't in the Pact file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOutOfPact {
    NotHttp,
    /// It is pending, which version 3 can't say.
    Pending,
}

/// Why a body isn't in the Pact file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoBody {
    Null,
    /// A string of JSON with another content type, in version 3.
    JsonString,
    NotJson,
    NotForm,
    MoreFields,
    FormRule,
    /// A text without a content type that looks like something else.
    UntypedText,
    /// A text with a content type for bytes, in version 3.
    BinaryText,
    Parts,
    Unreadable,
    ParsedText,
    NotBytes,
    /// Any bytes are accepted.
    AnyBytes,
}

impl ToPact {
    /// Whether the formats differ like this at every such place of a file.
    pub(super) const fn is_common(&self) -> bool {
        matches!(self, Self::ListOrder | Self::Commas | Self::AnyJsonType | Self::Format | Self::ParsedXml)
    }
}

impl fmt::Display for ToPact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::LeftOut(why) => return write!(f, "left out: {why}"),
            Self::NoBody(why) => return write!(f, "{why}; the body is left out"),
            Self::Description => "version 3 has no place for the description, which is left out",
            Self::AbsentHeader => "the contract forbids this header; Pact ignores it",
            Self::OptionalHeader => {
                "the contract lets it be missing; Pact can't express that, and the header is left out"
            }
            Self::ListOrder => {
                "the contract expects each of these values, in any order and among others; Pact can't express that, and \
                 accepts any value"
            }
            Self::Commas => "the contract expects exactly this text; Pact ignores white space around commas",
            Self::StatusClass => {
                "the contract expects a class of statuses; version 3 has no rule for that, but Pact's verifier follows \
                 version 4's all the same"
            }
            Self::OptionalText => "the contract lets it be missing; Pact requires it, and accepts any value",
            Self::OrderOfValues => {
                "the contract has a rule for the order of the values, or for further ones; Pact accepts any"
            }
            Self::EachValue => {
                "the contract requires each value to be one of these; Pact can't express that, and accepts any"
            }
            Self::NewerRule => "version 3 doesn't have this rule; the file has `type` instead",
            Self::Unusable(why) => {
                return write!(f, "nothing can match this rule ({why}); the file has `type` instead");
            }
            Self::AnyJsonType => {
                "the contract requires a string; Pact applies the rule to the JSON of any value, so 5 may match where \
                 \"5\" does"
            }
            Self::Format => {
                "the contract requires a format as its RFC defines it; Pact only checks its shape, so it accepts \
                 25:00:00 as a time and 2026-5-1 as a date"
            }
            Self::Expression(expression) => {
                return write!(
                    f,
                    "the contract requires /{expression}/, which no other tool reads the same way; Pact accepts any text"
                );
            }
            Self::Schema => "the contract has a JSON Schema here; Pact has none, and accepts anything",
            Self::Anything => "the contract accepts anything here; Pact can't express that for a list or an object",
            Self::ValuesOfType => {
                "the contract lists the accepted values; Pact can only list strings, and accepts any value of their type"
            }
            Self::ValuesOfAnyType => {
                "the contract lists the accepted values; Pact can only list strings, and accepts anything"
            }
            Self::OtherKeys => "the contract forbids other keys; Pact ignores them",
            Self::OtherKeysBesideRules => {
                "the contract forbids other keys; Pact ignores them here, because some keys have rules"
            }
            Self::AbsentKey => "the contract forbids this key; Pact ignores it",
            Self::OptionalKey => "the contract lets it be missing; Pact can't express that, and the key is left out",
            Self::OptionalSentKey => "the contract lets it be missing; Pact requires it",
            Self::UnnamedKey => "the contract has a rule for a key without a name; Pact has no path to it",
            Self::NoRuleForStructure => {
                "the contract has a rule here that Pact doesn't have for a list or an object; Pact accepts anything"
            }
            Self::NullStructure => {
                "the contract accepts null, which Pact never does for a list or an object; the Pact file accepts anything"
            }
            Self::RulesForKeys => {
                "the contract has rules for individual keys of a map, or values of several kinds; Pact accepts anything"
            }
            Self::NumberOfEntries => "the contract limits the number of entries; Pact accepts any number",
            Self::NewerList => {
                "the contract says `unordered` or `contains`; version 3 has neither, and accepts any list"
            }
            Self::OrderOrSize => {
                "the contract says `unordered`, or how many elements there are; Pact only requires each of these \
                 somewhere in the list"
            }
            Self::AnyList => "Pact accepts any list",
            Self::SharedElement => {
                "the contract requires a separate element for each of these; Pact lets one match several"
            }
            Self::AnyElement => {
                "the contract accepts anything as an element; Pact can't express that, and accepts any list"
            }
            Self::SizeOfEmptyList => {
                "the contract requires a size for a list that is empty in the example; Pact accepts any list"
            }
            Self::KindsOfElements => "the contract shows elements of several kinds; Pact accepts any list",
            Self::ElementRequired => {
                "the contract requires an element because it has a rule of its own; Pact accepts a shorter list"
            }
            Self::RulesForElements => {
                "the contract has rules for individual elements in addition to the rules for all; Pact accepts any list"
            }
            Self::ExactList => {
                "the contract expects exactly these elements; Pact can't express that below a rule, and accepts any list"
            }
            Self::JsonOfOtherType => {
                "the contract compares the body as JSON; Pact doesn't, because the content type says otherwise"
            }
            Self::FieldRule => "the contract has a rule here that Pact doesn't have; Pact requires the value",
            Self::ParsedTextRule => {
                "the contract has a rule for the text as a whole; Pact parses the text, and checks the types in it"
            }
            Self::ParsedText => "the contract expects exactly this text; Pact parses it as its content type says",
            Self::ParsedXml => {
                "the contract expects exactly this text; Pact compares XML element by element, and ignores white space and \
                 additional elements"
            }
        };
        f.write_str(text)
    }
}

impl fmt::Display for LeftOutOfPact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotHttp => "only HTTP can be written in another version",
            Self::Pending => "version 3 can't mark it as pending, and would hold the provider to it",
        })
    }
}

impl fmt::Display for NoBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "the contract has a body that is null; Pact would read it as no body",
            Self::JsonString => {
                "the contract has a JSON string; version 3 would not read it as JSON, because of the content type"
            }
            Self::NotJson => {
                "the contract has a body of JSON; Pact would not read it as JSON, because of the content type"
            }
            Self::NotForm => "the contract has a form; Pact would not read it as one, because of the content type",
            Self::MoreFields => "the contract accepts more fields than these; Pact would refuse them",
            Self::FormRule => "the contract has a rule for this form that Pact doesn't have",
            Self::UntypedText => {
                "the contract has text without a content type; Pact would guess its type from what it looks like"
            }
            Self::BinaryText => "the contract has text; version 3 would read it as bytes, because of the content type",
            Self::Parts => "the contract compares this body as one text; Pact would compare it part by part",
            Self::Unreadable => "the contract has text; Pact would try to parse it as its content type says, and fail",
            Self::ParsedText => {
                "the contract has a rule for the text as a whole; Pact would parse the text as its content type says"
            }
            Self::AnyBytes => "the contract accepts any bytes; Pact would compare them",
            Self::NotBytes => {
                "the contract has bytes; Pact would read them as something else, because of the content type"
            }
        })
    }
}
