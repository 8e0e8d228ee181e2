//! The doorway: hands the outside world to the program and returns its exit code.
fn main() {}
