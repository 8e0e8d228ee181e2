//! The one face above both formats, contracts of our own and Pact files: read, identified, filled, compared, checked.

mod check;
mod compare;
mod fill;
mod id;
mod joined;
mod read;
mod terms;

pub use check::check;
pub use compare::{match_request, match_response};
pub use fill::sent;
pub use id::{contract_id, interaction_id};
pub use joined::joined;
pub use read::{file, read};
pub use terms::{Contract, ContractFile, Interaction, ReadContract, Terms};
