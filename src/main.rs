//! The doorway: hands the outside world to the program, and its exit code back.

use std::process::ExitCode;

use upheld::cli::{World, main as run};

fn main() -> std::io::Result<ExitCode> {
    let mut world = World::of_process()?;
    let exit = run(std::env::args_os(), &mut world);
    Ok(ExitCode::from(exit.code()))
}
