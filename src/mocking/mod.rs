//! From contracts to the responses that a consumer's tests get: which interaction a request is for, and which one is
//! nearest if none allows the request. Pure: requests in, responses out.
//!
//! If several interactions allow a request, these rules decide, in this order:
//!
//! 1. An interaction whose provider states are all active, or that has no states, comes before one that lacks a state.
//!    Then states that were set up later come first, then more states, and then parameters with the active values.
//! 2. An interaction with the request as its example, or nearly so, comes before one whose rules only allow it.
//! 3. The order of the contracts.
//!
//! While no state is active at all, only the request says what the test wants, so rule 2 comes before rule 1.

mod index;
mod response;
mod select;
mod states;

pub use response::wire_response;
pub use select::{Miss, Mock, Place, Selected};
pub use states::{ActiveState, StateChange, StateError};
