//! From contracts to the answers that a consumer's tests get: which interaction a request asks for, what is answered,
//! and how near a request comes that none allows. Pure: requests in, replies out.
//!
//! Of several interactions that allow a request, the first of this order answers:
//!
//! 1. one whose provider states are all active, before one of which a state is missing (so one without a state before
//!    that, too); of those the one with the most states; of those the one whose parameters are those that were given;
//! 2. the one whose own example the request is, or nearly, before one whose rules only let it through;
//! 3. the order of the contracts.
//!
//! While no state is active at all, what was asked for is all that can be told: then 2. comes before 1.

mod index;
mod reply;
mod select;
mod states;

pub use reply::reply_of;
pub use select::{Miss, Mock, Place, Selected};
pub use states::{ActiveState, Change, StateError};
