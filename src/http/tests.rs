//! Tests of the client and the state handler against real sockets.
