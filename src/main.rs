//! The doorway: hands the outside world to the program, and its exit code back.

use std::process::ExitCode;

use upheld::cli::{World, main as run};

/// Reading a large contract is mostly the making of small values, which this allocator does in half the time of many a
/// system's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::io::Result<ExitCode> {
    let mut world = World::of_process()?;
    let exit = run(std::env::args_os(), &mut world);
    Ok(ExitCode::from(exit.code()))
}
