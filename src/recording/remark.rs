//! Remarks on a recorded interaction: the conclusions with their reasons, and the decisions that only its author can
//! make.

use std::fmt;

use super::place::Place;
use super::sample::BodyProblem;
use super::seen::JsonKind;
use crate::contract::Rule;
use crate::interaction::{Mismatch, Path};

/// One conclusion, suggestion or warning about one place.
#[derive(Clone, Debug, PartialEq)]
pub struct Remark {
    pub place: Place,
    pub conclusion: Conclusion,
    /// The reasons for it: at least one.
    pub reasons: Vec<Reason>,
}

/// A conclusion about a place.
#[derive(Clone, Debug, PartialEq)]
pub enum Conclusion {
    /// The contract has this rule.
    Written(Rule),
    /// A rule that the contract could have for a place of the response's body; the contract has it as a comment.
    SuggestedRule(Path, Rule),
    /// Another change that the interaction could have; the contract has it as a comment.
    Suggested(Suggestion),
    /// Something was left out, or could not be seen.
    Warning,
}

/// A change to an interaction that only its author can decide on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suggestion {
    /// It needs the state that this thing exists: `an order exists` with the parameter `id`.
    Exists { resource: String, id: String },
    /// It needs the state that no such thing exists.
    Missing { resource: String, id: String },
    /// It needs a state, because the same request also had another response. The author knows which one.
    StateFor { status: u16 },
    /// It should be split: one interaction for each of these values.
    SplitBy { place: Path, values: Vec<String> },
}

/// Why something was concluded.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// In how many objects the key was missing.
    Missing {
        times: usize,
        of: usize,
    },
    /// How many values were null.
    Null {
        times: usize,
        of: usize,
    },
    /// How many lists or maps were empty.
    Empty {
        times: usize,
        of: usize,
    },
    DifferentValues(usize),
    /// The types that were seen, and how often.
    Types(Vec<(JsonKind, usize)>),
    /// The keys of the object aren't names of fields.
    KeysAreData,
    /// There was a secret here, and it was replaced.
    Secret,
    /// The value looks like one that changes with each request: a time, an identifier.
    Volatile,
    /// The value of this header isn't for a contract to decide.
    HeaderVaries,
    /// A text that isn't looked into.
    AnyText,
    /// An earlier request of the recording created the thing with this identifier.
    CreatedBy {
        id: String,
        request: String,
    },
    /// There was only one value, and it has the format.
    LooksLikeFormat,
    /// All of so many numbers were whole.
    NoFraction(usize),
    /// There were few different values in many samples.
    FewValues {
        different: usize,
        samples: usize,
    },
    /// The value determines which keys the object has.
    DeterminesKeys,
    /// The same request had a response with another status, too.
    OtherStatus(u16),
    OnlyNull,
    /// No list had an element.
    NoElement,
    /// The example doesn't show all elements.
    ShortenedList,
    /// Left out: a sample contradicted the rule that would have been written.
    Unfit(Box<Mismatch>),
    /// Left out: these keys only repeat headers of the request.
    Echoes(Vec<String>),
    /// Left out: a contract can't contain this body.
    Unwritable(BodyProblem),
}

impl Remark {
    pub(super) fn new(place: Place, conclusion: Conclusion, reason: Reason) -> Self {
        Self { place, conclusion, reasons: vec![reason] }
    }
}

/// As the contract has it.
impl fmt::Display for Suggestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists { resource, id } => {
                let article = if resource.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
                write!(f, "given: [{{ {article} {resource} exists: {{ id: {id} }} }}]")
            }
            Self::Missing { resource, id } => write!(f, "given: [{{ no {resource} exists: {{ id: {id} }} }}]"),
            Self::StateFor { status } => write!(f, "given: [a state that leads to {status}]"),
            Self::SplitBy { place, values } => write!(f, "one interaction per `{place}`: {}", values.join(", ")),
        }
    }
}
