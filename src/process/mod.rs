//! Programs that are started for a run: a provider, and commands that change its states. Each runs in its own process
//! group, so everything that it starts ends with it. The user's own command, which is wrapped, stays in the terminal's
//! group.

pub mod codes;
mod command;
mod group;
mod lookup;
mod port;
mod service;
mod state_command;
mod strays;
mod tail;
#[cfg(test)]
#[cfg(unix)]
mod tests;
mod wrapped;

pub use command::ShellCommand;
pub use port::listens;
pub use service::Service;
pub use state_command::CommandStates;
pub use wrapped::Wrapped;
