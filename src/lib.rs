//! Upheld: consumer-driven contract testing.
//!
//! A consumer writes down, or records, the least that it needs from a provider as a contract. Upheld verifies real providers
//! against contracts and shows exactly where one is broken. The program is `upheld`. This library is how the program is
//! built and tested; its interface may change at any time.
//!
//! # The map
//!
//! Modules have ranks, and a module uses modules of lower ranks only. The exceptions within a rank: `source` uses `words`,
//! and `store` uses `files` and `git`. `tests/it/ranks.rs` checks this. Ranks 0 to 7 are pure: they know no files, sockets,
//! processes, environment or clock. `.github/ARCHITECTURE.md` has a longer version of this page.
//!
//! | rank | modules |
//! |---|---|
//! | 0 | [`source`]: places in files, and findings · [`words`]: counts, lists, suggestions · [`trouble`]: what happened, and what to do |
//! | 1 | [`interaction`]: the nouns that every format shares, such as names, states, bodies, messages and mismatches |
//! | 2 | [`contract`]: our own format: read, rules, write, schema, lint |
//! | 3 | [`matching`]: messages against our rules |
//! | 4 | [`pact`]: Pact's format, with its own comparison |
//! | 5 | [`formats`]: one interface to both formats: read, identify, fill, compare, check · [`conversion`]: import and export |
//! | 6, jobs | [`recording`]: traffic → contract · [`mocking`]: contract → responses · [`verification`]: plan, run, events, summary · [`ledger`]: records of what is known, and the book that answers questions about them |
//! | 7, jobs on the ledger | [`gate`]: question → decision |
//! | 8, edges | [`files`] · [`registry`]: `upheld.yaml` · [`http`] · [`process`] · [`git`]: the `git` program · [`store`]: a ledger in a folder or in a git repository · [`report`] |
//! | 9 | [`cli`]: the commands |
//!
//! # How data flows
//!
//! `verify`: texts → [`formats::read`] → [`verification::Plan`] → [`verification::run`], which sets up states through
//! [`verification::StateHandler`], sends requests through [`verification::Provider`] and compares with
//! [`formats::match_response`] → [`verification::Event`]s → [`report::Fanout`]. The events also make up a
//! [`verification::Summary`], which becomes the [`cli::Exit`] code.
//!
//! `record`: [`http::Recorder`] → [`recording::Exchange`]s → [`recording::redact`] → [`recording::record`], which groups the
//! samples, infers rules and merges the result into the existing contract → a text → a file, by rename. `import har` is the
//! same from [`recording::read_har`] on.
//!
//! `import pact`: a Pact file → [`pact::read`] → [`conversion::import`] → [`contract::write`]. `export pact`: a contract →
//! [`contract::read`] → [`conversion::export`].
//!
//! `mock`: contracts → [`mocking::Mock`] → [`http::MockServer`] → [`mocking::Selected`], or the nearest interaction as a
//! [`mocking::Miss`] → a report of used, unused and refused interactions.
//!
//! `lint`: texts → [`formats::read`] and [`formats::check`] → [`source::Finding`]s → [`report::findings`].
//!
//! `gate`: a store → [`ledger::Book`] → [`gate::decide`] → [`gate::Decision`] → [`report`].
//!
//! Traits are next to the code that needs them, and edges implement them. Mismatches, remarks, causes and errors are data,
//! whose sentence is made in one place, and nothing parses or compares a sentence that the program wrote.

pub mod cli;
pub mod clock;
pub mod contract;
pub mod conversion;
pub mod files;
pub mod formats;
pub mod gate;
pub mod git;
pub mod http;
pub mod interaction;
pub mod ledger;
pub mod matching;
pub mod mocking;
pub mod pact;
pub mod process;
pub mod recording;
pub mod registry;
pub mod report;
pub mod source;
pub mod store;
pub mod trouble;
pub mod verification;
pub mod words;
