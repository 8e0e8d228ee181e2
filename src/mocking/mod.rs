//! From contracts to the answers that a consumer's tests get: which interaction a request asks for, what is answered,
//! and how near a request comes that none allows. Pure: requests in, replies out.
//!
//! Of several interactions that allow a request, the first of this order answers:
//!
//! 1. those whose provider states are all active, the more states the sooner; then those without a state; then those
//!    whose states are not active (where no state is active at all, this makes no difference);
//! 2. one whose own example the request is, before one whose rules only let it through;
//! 3. the order of the contracts.

mod index;
mod reply;
mod select;

pub use reply::reply_of;
pub use select::{ActiveState, Miss, Mock, Place, Selected};
