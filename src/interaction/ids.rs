//! The identities of interactions and contracts. What they are made of is [`crate::formats`]' to say.

use super::digest::digests;

digests! {
    /// The identity of an interaction: 64 hexadecimal digits.
    InteractionId;
    /// The identity of a contract: 64 hexadecimal digits.
    ContractId;
}
