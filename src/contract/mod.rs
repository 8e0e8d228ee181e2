//! The contract: all that one consumer expects of one provider, read, checked, written and named.

mod names;
mod state;

pub use names::{NameError, ServiceName};
pub use state::State;
