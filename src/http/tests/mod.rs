//! The client against real sockets: servers that respond well, servers that respond badly, and no server at all.

mod faithful;
mod hostile;
mod network;
mod servers;
mod states;
