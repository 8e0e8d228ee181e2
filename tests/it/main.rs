//! Upheld from the outside, in one program: what can be said through the library's public API or by running it.
//! A test that needs the inside of a module stands in that module.
//!
//! - `contract_read`: what a contract file says, and every finding about it
//! - `contract_write`: what is written, and that it reads as itself
//! - `identity`: what is the same interaction or contract, and what is not
//! - `matching_matrix`: each matcher upheld and broken, wherever it may stand
//! - `properties`: what holds for every contract and message; `strategies` makes them up
//! - `hostile_contracts`: files and bodies that mean harm
//! - `examples`: the example services do what their contracts say
//!
//! `reading` holds the shortest ways from a text to a contract.

mod contract_read;
mod contract_write;
mod examples;
mod identity;
mod matching_matrix;
mod properties;
mod reading;
mod strategies;
