//! Processes at the edge: a provider that is started for a verification and stopped with all that it started, and
//! commands that bring a provider into a state.

mod command;
mod output;
mod service;
mod state_command;
#[cfg(test)]
mod tests;

pub use command::{check_command, codes};
pub use service::{Service, StartConfig, free_port};
pub use state_command::CommandStates;
