//! The nouns that every format shares: names, states, requests and responses, their bodies, their form on the wire, and
//! mismatches. Data, and computations that need nothing else.

mod actual;
mod body;
pub mod charset;
mod credentials;
pub(crate) mod describe;
pub(crate) mod digest;
pub mod encode;
mod expected;
pub mod expression;
mod file;
mod fill;
mod header_lists;
mod ids;
pub mod mismatch;
mod model;
mod moment;
mod multipart;
mod names;
pub mod number;
mod path;
mod rule_summary;
mod state;
pub mod template;
pub mod urlencoded;
mod wire;
pub mod work;

/// What a recording writes in the place of a secret.
pub const REDACTED: &str = "redacted";

pub use actual::{Actual, ActualBody, Missing};
pub use body::{Body, Content, fields_view, is_json};
pub use credentials::basic_credentials;
pub use describe::{Unit, ValueKind};
pub use expected::{Expected, ExpectedBody, Like, Nothing};
pub use file::{ContractFile, ReadContract};
pub use fill::{MOST_INSERTED, encode_segment};
pub use header_lists::{contradicts_itself, is_list, is_token};
pub use ids::{ContractId, InteractionId};
pub use mismatch::{Mismatch, Part};
pub use model::{
    Contract, Headers, Http, Interaction, Kind, Message, NotRunnable, Request, Response, Status, Unrunnable, pointer,
};
pub use moment::Moment;
pub use multipart::same_bytes;
pub use names::{NameError, Names, ServiceName, first_unused, is_no_file};
pub use path::{Path, Segment};
pub use rule_summary::{Misplaced, NonEmpty, RuleSummary, StatusClass, Unusable};
pub use state::{State, params};
pub use wire::{ActualRequest, ActualResponse, sort_keys};
pub(crate) use wire::{header_values, note_duplicate, parse};
