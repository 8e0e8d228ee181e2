//! The exit codes: one meaning each, in every form of report, whatever happens to the output.

use std::io::Read as _;
use std::process::{Command, Stdio};

use insta::assert_snapshot;

use crate::support::{Answer, CommandOutput, Provider, World};

const ONE: &str = "  - name: get a thing\n    request: GET /things/1\n    response: { status: 204 }\n";

/// A world, and arguments that come to an exit code in it.
struct Case {
    code: i32,
    world: World,
    arguments: Vec<String>,
    provider: Provider,
}

/// One for each code that a run of `verify` can end with by itself. (130 is in `cli_process`.)
fn cases() -> [Case; 4] {
    [(0, Some(204)), (1, Some(200)), (2, Some(204)), (5, None)].map(|(code, status)| {
        let world = World::with(ONE);
        let provider = Provider::new(move |_| Answer::status(status.unwrap_or(204)));
        let url = match status {
            Some(_) => provider.url(),
            // Nobody may listen at this port but with rights that a test does not have.
            None => String::from("http://127.0.0.1:1"),
        };
        let only = if code == 2 { "nothing" } else { "thing" };
        let arguments = ["verify", "--url", &url, "--only", only].map(str::to_owned).into();
        Case { code, world, arguments, provider }
    })
}

impl Case {
    fn command(&self, more: &[&str]) -> Command {
        self.world.command(self.arguments.iter().map(String::as_str).chain(more.iter().copied()))
    }

    fn run(&self, more: &[&str]) -> CommandOutput {
        self.world.run(self.command(more))
    }
}

#[test]
fn each_code_is_the_same_for_every_form_of_report() {
    for case in cases() {
        assert_eq!(case.run(&[]).code, Some(case.code));
        assert_eq!(case.run(&["--quiet"]).code, Some(case.code));
        for form in ["json", "junit", "markdown", "github"] {
            assert_eq!(case.run(&["--report", form]).code, Some(case.code), "{form}");
            assert_eq!(case.run(&["--report", &format!("{form}=r/{form}")]).code, Some(case.code), "{form}");
        }
    }
}

#[test]
fn the_json_report_says_the_code_that_the_program_ends_with() {
    for case in cases().into_iter().filter(|case| case.code != 2) {
        let output = case.run(&["--report", "json"]);
        let report: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
        assert_eq!(report["exit_code"], case.code);
        assert_eq!(output.code, Some(case.code));
    }
}

#[test]
fn a_reader_that_went_away_changes_no_code() {
    for case in cases() {
        for more in [&[][..], &["--report", "json"]] {
            let mut child = case.command(more).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            drop(child.stdout.take());
            let mut said = String::new();
            child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            assert_eq!(child.wait().unwrap().code(), Some(case.code), "{said}");
            assert!(!said.contains("panicked"), "{said}");
        }
        let mut child = case.command(&[]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stderr.take());
        assert_eq!(child.wait().unwrap().code(), Some(case.code));
    }
}

#[test]
fn a_closed_reader_is_not_an_error_of_other_commands_either() {
    let world = World::with(ONE);
    for arguments in [&["schema"][..], &["lint"], &["--help"], &["completions", "bash"]] {
        let mut child = world.command(arguments.iter().copied()).stdout(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(0), "{arguments:?}");
    }
}

#[cfg(unix)]
#[test]
fn streams_that_are_closed_change_no_code() {
    for case in cases() {
        let line = "exec \"$0\" \"$@\" >&- 2>&- <&-";
        let mut command = Command::new("sh");
        let program = case.command(&[]);
        command.arg("-c").arg(line).arg(program.get_program()).args(program.get_args()).current_dir(case.world.root());
        assert_eq!(command.status().unwrap().code(), Some(case.code));
    }
}

#[cfg(target_os = "linux")]
mod a_full_disk {
    use std::fs::OpenOptions;

    use super::*;

    fn full() -> Stdio {
        OpenOptions::new().write(true).open("/dev/full").unwrap().into()
    }

    /// Runs a command whose standard output can't be written.
    fn with_full_stdout(mut command: Command) -> (Option<i32>, String) {
        let output = command.stdout(full()).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    }

    #[test]
    fn for_standard_output_is_a_failure() {
        let [upheld, broken, usage, not_run] = cases();
        let (code, said) = with_full_stdout(upheld.command(&[]));
        assert_eq!(code, Some(5));
        assert_snapshot!(said, @"error: the human report can't be written: there is no space left");
        // A failure that is worse than an unwritten report keeps its code.
        for case in [broken, usage, not_run] {
            assert_eq!(with_full_stdout(case.command(&[])).0, Some(case.code));
        }
        let (code, said) = with_full_stdout(upheld.command(&["--report", "json"]));
        assert_eq!(code, Some(5));
        assert!(said.contains("error: the json report can't be written"), "{said}");
    }

    #[test]
    fn for_the_result_of_another_command_is_a_failure() {
        let world = World::with(ONE);
        for arguments in [&["schema"][..], &["lint"], &["--help"], &["--version"], &["completions", "zsh"], &["init"]] {
            let (code, said) = with_full_stdout(world.command(arguments.iter().copied()));
            assert_eq!(code, Some(5), "{arguments:?}");
            assert!(said.starts_with("error: standard output can't be written: there is no space left"), "{said}");
        }
    }

    #[test]
    fn for_a_report_s_file_is_a_failure_and_the_device_stays() {
        let [upheld, broken, ..] = cases();
        assert_snapshot!(upheld.run(&["--report", "json=/dev/full"]), @"
        upheld  storefront → orders  get a thing

        UPHELD  1 interaction in <time>
        ------- stderr -------
        error: /dev/full can't be written: there is no space left
        [exit code 5]
        ");
        assert_eq!(broken.run(&["--report", "junit=/dev/full"]).code, Some(1));
        assert_eq!(upheld.run(&["--report", "junit=/dev/null"]).code, Some(0));
        for device in ["/dev/full", "/dev/null"] {
            assert!(!std::fs::metadata(device).unwrap().is_file(), "{device} is still a device");
        }
    }
}

#[test]
fn an_unwritable_report_is_reported_before_anything_is_sent() {
    let [case, ..] = cases();
    case.world.write("folder/file", "");
    assert_snapshot!(case.run(&["--report", "json=folder"]), @"
    ------- stderr -------
    error: the report can't be written to folder: it is a folder
    help: choose a file in a folder that you can write to
    [exit code 2]
    ");
    assert_snapshot!(case.run(&["--report", "json=folder/file/report.json"]), @"
    ------- stderr -------
    error: the report can't be written to folder/file/report.json: a part of its path is a file, not a folder
    help: choose a file in a folder that you can write to
    [exit code 2]
    ");
    assert_snapshot!(case.run(&["--report", "json", "--report", "junit"]), @"
    ------- stderr -------
    error: two reports can't both go to standard output
    help: give one of them a file: --report json=report.json
    [exit code 2]
    ");
    assert_snapshot!(case.run(&["--report", "json=a", "--report", "junit=./a"]), @"
    ------- stderr -------
    error: two reports can't both go to a
    help: give each of them a file of its own
    [exit code 2]
    ");
    assert!(case.provider.lines().is_empty());
}
