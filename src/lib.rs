//! Upheld: consumer-driven contracts, verified.
//!
//! A consumer writes down, or records, the least it needs of a provider as a contract. Upheld checks real providers against it and
//! shows exactly where one breaks it. The program is `upheld`; this library is how it is built and tested, and promises
//! no stability of its own.
//!
//! # The map of the house
//!
//! Modules have ranks and use only lower ones; modules of one rank do not know each other. A test holds this
//! (`tests/it/ranks.rs`). Ranks 0 to 3 are pure: no files, sockets, processes, environment, clock or printing.
//!
//! | rank | modules |
//! |---|---|
//! | 0 | [`source`]: where a thing was written, and findings about it · [`words`]: counts, lists, "did you mean" · [`trouble`]: what happened, and what to do |
//! | 1 | [`contract`]: read, checked, written, named |
//! | 2 | [`matching`]: a message against a contract · [`ledger`]: records of what is known, and the book that answers from them |
//! | 3 | [`recording`]: from traffic to a contract · [`mocking`]: from a contract to answers · [`verification`]: plan, runner, events, summary · [`gate`]: question, pairs, decision |
//! | 4, the edges | [`files`] · [`registry`]: `upheld.yaml` · [`http`] · [`process`] · [`git`]: the program · [`store`]: a ledger in a folder or in a git repository · [`report`] |
//! | 5 | [`cli`]: the commands |
//!
//! # The way that data takes
//!
//! `verify`: contract texts → [`contract::read`] → [`verification::Plan`] → [`verification::run`], which sends through
//! [`verification::Provider`], brings about states through [`verification::StateHandler`], and compares by
//! [`matching::match_response`] → [`verification::Event`]s → [`report::Fanout`], and folded into a
//! [`verification::Summary`] → [`cli::Exit`].
//!
//! `record`: [`http::Recorder`] → [`recording::Exchange`]s → [`recording::redact`] → [`recording::record`], which groups
//! them, infers rules and joins them with the contract that is there → a text → a file, by rename. `import`: the same
//! from [`recording::read_har`].
//!
//! `import pact`: Pact files → [`contract::read`] → [`contract::pact::import`] → [`contract::write`]; `export pact`: contracts →
//! [`contract::read`] → [`contract::pact::export`].
//!
//! `mock`: contracts → [`mocking::Mock`] → [`http::MockServer`] → [`mocking::Selected`] or the nearest
//! [`mocking::Miss`] → what was used.
//!
//! `lint`: contract texts → [`contract::read`], [`matching::check_examples`], [`contract::lint`] →
//! [`source::Finding`]s → [`report::findings`].
//!
//! Traits live beside the code that needs them, and the edges implement them. Errors and findings are data; their text
//! is made once, in [`report`].

pub mod cli;
pub mod contract;
pub mod files;
pub mod gate;
pub mod git;
pub mod http;
pub mod ledger;
pub mod matching;
pub mod mocking;
pub mod process;
pub mod recording;
pub mod registry;
pub mod report;
pub mod source;
pub mod store;
pub mod trouble;
pub mod verification;
pub mod words;
