//! One interface to both formats, our own contracts and Pact files: read, identify, fill, compare, check and join.

mod check;
mod compare;
mod fill;
mod id;
mod join;
mod read;
mod terms;

pub use check::check;
pub use compare::{allows_header, match_request, match_response};
pub use fill::verifier_request;
pub use id::{contract_id, interaction_id};
pub use join::join_pact_files;
pub use read::{file, read};
pub use terms::{Contract, ContractFile, Interaction, ReadContract, Terms};
