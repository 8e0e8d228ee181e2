//! Every console block of the README is run, in a shell, and its output compared. A line `…` stands for any lines, and
//! how long a run took for any time.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use regex::Regex;

/// A command of a block, and what the README says that it prints.
struct Step {
    command: String,
    output: String,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The console blocks of a text, each a list of steps. A block runs in one shell, so that `cd` holds for its rest.
fn blocks(text: &str) -> Vec<Vec<Step>> {
    let mut blocks = Vec::new();
    for block in text.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap();
        let mut steps: Vec<Step> = Vec::new();
        for line in block.lines() {
            if let Some(command) = line.strip_prefix("$ ") {
                steps.push(Step { command: command.to_owned(), output: String::new() });
            } else {
                let step = steps.last_mut().expect("a block begins with a command");
                step.output.push_str(line);
                step.output.push('\n');
            }
        }
        blocks.push(steps);
    }
    blocks
}

/// Clears the variables that a reader's shell doesn't have. Those that cargo sets for a test make another cargo build
/// `ring` anew, and all that needs it: its build script watches them.
fn as_a_reader(command: &mut Command) -> &mut Command {
    const OTHERS: &[&str] = &["UPHELD_", "GITHUB_", "CARGO_MANIFEST_", "CARGO_PKG_"];
    for (name, _) in std::env::vars().filter(|(name, _)| OTHERS.iter().any(|start| name.starts_with(start))) {
        command.env_remove(name);
    }
    command
}

/// What each step of a block prints to standard output.
fn run(steps: &[Step]) -> Vec<String> {
    const MARK: &str = "--8<-- step";
    let script: String = steps.iter().map(|step| format!("echo '{MARK}'\n{}\n", step.command)).collect();
    let binaries = Path::new(env!("CARGO_BIN_EXE_upheld")).parent().unwrap();
    let path = std::env::join_paths(
        std::iter::once(binaries.to_path_buf()).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let mut command = Command::new("sh");
    command.arg("-c").arg(script).current_dir(root()).env("PATH", path.unwrap());
    let output = as_a_reader(&mut command).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let parts: Vec<String> = text.split(&format!("{MARK}\n")).skip(1).map(str::to_owned).collect();
    assert_eq!(parts.len(), steps.len(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    parts
}

/// Times are what they are, and what names a store's state has times in it.
fn without_times(text: &str) -> String {
    static STORE: LazyLock<Regex> = LazyLock::new(|| Regex::new("\\bstore [0-9a-f]{12}\\b").unwrap());
    STORE
        .replace_all(text, "store ID")
        .lines()
        .map(|line| match line.rsplit_once(" in ") {
            Some((before, time)) if time.ends_with('s') && time.starts_with(|c: char| c.is_ascii_digit()) => {
                format!("{before} in TIME\n")
            }
            _ => format!("{line}\n"),
        })
        .collect()
}

#[test]
fn every_console_block_of_the_readme_prints_what_it_says() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let blocks = blocks(&readme);
    assert!(blocks.len() >= 4, "the README has console blocks");
    for steps in &blocks {
        // A test that runs the tests would never end; the last test below holds this line.
        if steps.iter().any(|step| step.command == "cargo test") {
            continue;
        }
        for (step, printed) in steps.iter().zip(run(steps)) {
            if step.output.is_empty() {
                let silent = ["cd ", "export "].iter().any(|word| step.command.starts_with(word));
                assert!(!printed.is_empty() || silent, "`{}` printed nothing", step.command);
            } else {
                assert_eq!(without_times(&printed), without_times(&step.output), "`{}`", step.command);
            }
        }
    }
}

#[test]
fn the_tour_tells_its_story_to_the_end() {
    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "--quiet", "--example", "tour"]).current_dir(root());
    let output = as_a_reader(&mut command).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("exit code 0") && text.contains("exit code 1"), "{text}");
}

#[test]
fn the_test_command_of_the_readme_is_the_one_that_ci_runs() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let ci = std::fs::read_to_string(root().join(".ci/run")).unwrap();
    let commands: Vec<String> = blocks(&readme).into_iter().flatten().map(|step| step.command).collect();
    assert!(commands.contains(&String::from("cargo test")));
    assert!(ci.lines().any(|line| line.starts_with("cargo test")), "{ci}");
}
