//! Shared by the tests: a world that nothing from outside reaches, providers in it, and the program run in it.

#[cfg(unix)]
pub mod client;
mod folder;
pub mod imports;
mod output;
pub mod pages;
mod process;
mod provider;
pub mod recipes;
mod remote;
pub mod runner;
pub mod team;
#[cfg(unix)]
pub mod town;
mod tree;
mod world;

pub use output::CommandOutput;
#[cfg(unix)]
pub use process::runs;
pub use process::{DEADLINE, Running, example, until};
pub use provider::{Answer, Provider, Request, Socket};
pub use remote::Remote;
pub use runner::Runner;
pub use team::Team;
pub use world::World;
