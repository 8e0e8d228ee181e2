//! HTTP at the edge: the client that a verification sends its requests with, and the handler of provider states.

mod address;
mod client;
mod decode;
mod fault;
mod secret;
mod states;
#[cfg(test)]
mod tests;

pub use address::{AddressError, BaseUrl};
pub use client::{ClientConfig, HttpClient};
pub use fault::codes;
pub use secret::Secret;
pub use states::HttpStates;
