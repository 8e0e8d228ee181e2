//! The client against real sockets: servers that answer well, servers that answer badly, and no server at all.

mod faithful;
mod hostile;
mod network;
mod servers;
mod states;
