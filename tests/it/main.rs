//! Upheld from the outside, in one program: what can be said through the library's public API or by running it.
//! A test that needs the inside of a module stands in that module.
//!
//! - `contract_read`: what a contract file says, and every finding about it
//! - `finding_codes`: each code of a finding, found
//! - `contract_write`: what is written, and that it reads as itself
//! - `contract_schema`: what editors know of the format, and the contracts of this repository
//! - `identity`: what is the same interaction or contract, and what is not
//! - `matching_matrix` and `matching_parts`: each matcher upheld and broken, in bodies and in all other parts
//! - `properties`: what holds for every contract and message; `strategies` makes them up
//! - `hostile_contracts`: files and bodies that mean harm
//! - `examples`: the example services do what their pages and contracts say
//!
//! `reading` holds the shortest ways from a text to a contract, `messages` those to its mismatches.

mod contract_read;
mod contract_schema;
mod contract_write;
mod examples;
mod finding_codes;
mod hostile_contracts;
mod identity;
mod matching_matrix;
mod matching_parts;
mod messages;
mod properties;
mod reading;
mod strategies;
