//! Hands the outside world to the program, and returns its exit code.

use std::process::ExitCode;

use upheld::cli::{World, main as run};
use upheld::git::hide_token;

/// Reading a large contract mostly allocates small values, which takes this allocator half as long as many a system's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::io::Result<ExitCode> {
    hide_token();
    let mut world = World::of_process()?;
    let exit = run(std::env::args_os(), &mut world);
    Ok(ExitCode::from(exit.code()))
}
