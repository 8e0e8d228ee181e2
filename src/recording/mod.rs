//! From what a consumer and a provider said to each other to a contract. Pure: exchanges in, text out.

mod exchange;

pub use exchange::{Capture, Exchange};
