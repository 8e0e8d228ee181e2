//! The identities of interactions and contracts. [`crate::formats`] computes them.

use super::digest::digests;

digests! {
    /// The identity of an interaction: 64 hexadecimal digits.
    InteractionId;
    /// The identity of a contract: 64 hexadecimal digits.
    ContractId;
}
