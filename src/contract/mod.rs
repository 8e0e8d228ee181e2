//! The contract: all that one consumer expects of one provider, read, checked, written and named.
//!
//! Text becomes a value ([`crate::source`]), the value is held against the published schema ([`schema`]),
//! read into the types of the file ([`raw`]), checked for what it means ([`read()`]), and becomes the model
//! ([`document`]). The model has an identity ([`id`]) and a way back to text ([`write()`]).

pub mod attachments;
pub mod codes;
pub mod lint;
mod matcher;
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
mod terms;
mod write;
mod yaml_text;

pub type Contract = crate::interaction::Contract<Terms>;
pub type Interaction = crate::interaction::Interaction<Terms>;

pub use matcher::{Format, JsonType, Matcher, Pattern, Rule};
pub use path_tree::PathTree;
pub use read::read;
pub(crate) use read_message::CONNECTION_HEADERS;
pub use schema::contract_schema;
pub use schema_rule::SchemaRule;
pub use terms::{PathRule, RequestRules, Rules, Terms, Written};
pub use write::{body_key, write, write_interaction, write_request, write_response, write_rule, write_rules};
