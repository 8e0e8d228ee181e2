//! Our own contract format: from text to the model, with its rules, and back.
//!
//! A text becomes a value with places ([`crate::source`]), which is validated with the published schema ([`schema`]),
//! read into the types of the file ([`raw`]), checked, and turned into the model ([`read()`]) with its rules
//! ([`terms`]). [`write()`] is the way back, and [`lint`] finds valid but unwise parts.

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
mod reader;
mod repair;
mod rule_text;
mod schema;
mod schema_extent;
mod schema_rule;
mod schema_work;
mod selection;
mod terms;
mod write;
mod yaml_text;

pub use matcher::{Format, JsonType, Matcher, Pattern, Rule};
pub use path_tree::PathTree;
pub use read::read;
pub(crate) use read_message::CONNECTION_HEADERS;
pub use schema::contract_schema;
pub use schema_rule::SchemaRule;
pub use terms::{Contract, Interaction, PathRule, RequestRules, Rules, Terms, WrittenRule};
pub use write::{body_key, write, write_interaction, write_request, write_response, write_rule, write_rules};
