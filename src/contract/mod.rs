//! The contract: all that one consumer expects of one provider, read, checked, written and named.
//!
//! Text becomes a value ([`crate::source`]), the value is held against the published schema ([`schema`]),
//! read into the types of the file ([`raw`]), checked for what it means ([`read()`]), and becomes the model
//! ([`document`]). The model has an identity ([`id`]) and a way back to text ([`write()`]).

pub mod attachments;
pub mod codes;
pub(crate) mod digest;
mod document;
mod file;
mod fill;
mod header_lists;
mod id;
pub mod lint;
mod matcher;
mod names;
pub mod number;
pub mod pact;
mod path;
mod path_tree;
mod raw;
mod read;
mod read_body_rules;
mod read_message;
mod read_rules;
mod rule_text;
mod schema;
mod schema_rule;
mod selection;
mod state;
pub mod template;
pub mod urlencoded;
mod write;
mod yaml_text;

pub use document::{
    Body, Contract, Headers, Interaction, PathRule, Request, Response, Rules, Skipped, Status, Written, fields_view,
    is_json,
};
pub use file::ContractFile;
pub use header_lists::is_list;
pub use id::{ContractId, InteractionId, contract_id, interaction_id};
pub use matcher::{Format, JsonType, Matcher, Pattern, Rule};
pub use names::{NameError, ServiceName};
pub use pact::is_pact;
pub use path::{Path, Segment};
pub use path_tree::PathTree;
pub use read::{ReadContract, read};
pub use schema::contract_schema;
pub use schema_rule::SchemaRule;
pub use state::State;
pub use write::{write, write_interaction, write_request, write_response, write_rule, write_rules};
