//! HTTP, as a client: sends a contract's requests to a provider, and asks a provider over HTTP to change its state.
//! And as a server on this machine: a recorder in front of a provider, and a mock of one.
//!
//! A request says exactly what the consumer sends, so the only additions are those that HTTP requires: `host` and the
//! length of the body. No redirect is followed, no cookie kept, no body decompressed behind the caller's back, and
//! every wait and every buffer has a limit.

mod base_url;
mod causes;
mod certificate;
mod client;
pub mod codes;
mod connect;
mod cors;
mod decode;
mod encode;
mod exchange;
mod failure;
mod fault;
mod forward;
mod header;
mod host;
mod interim;
mod limits;
mod mock;
mod mock_address;
mod mock_control;
mod mock_desk;
mod mock_refusal;
mod mock_response;
mod pool;
mod problem;
mod proxy;
mod recorder;
mod server;
mod states;
mod tape;
mod tee;
#[cfg(test)]
mod tests;
mod witness;

pub use base_url::{BaseUrl, BaseUrlError};
pub use client::{HttpClient, HttpOptions};
pub use fault::{Fault, FaultPlan, RequestPattern};
pub use header::{ExtraHeader, ExtraHeaderError, Secret};
pub use host::Hosts;
pub use mock::{Fate, MockError, MockOptions, MockRequest, MockServer};
pub use mock_address::{MockedProvider, Mocks};
pub use proxy::Proxies;
pub use recorder::{Recorder, RecorderOptions};
pub use states::HttpStates;
