//! The program's texts about itself: help, version, completions, manual pages.

use std::process::Command;

use insta::assert_snapshot;

use crate::support::World;

#[test]
fn each_command_has_its_help() {
    let world = World::new();
    assert_snapshot!("help", world.upheld(["--help"]));
    for command in ["record", "import", "export", "mock", "verify", "lint", "init", "schema", "completions"] {
        assert_snapshot!(format!("help_{command}"), world.upheld([command, "--help"]));
    }
    for command in ["publish", "gate", "deployed", "undeployed", "released", "status", "explain", "store"] {
        assert_snapshot!(format!("help_{command}"), world.upheld([command, "--help"]));
    }
    for command in ["init", "lint", "trust"] {
        assert_snapshot!(format!("help_store_{command}"), world.upheld(["store", command, "--help"]));
    }
    for (command, to) in [("import", "har"), ("import", "pact"), ("export", "pact")] {
        assert_snapshot!(format!("help_{command}_{to}"), world.upheld([command, to, "--help"]));
    }
    assert_snapshot!("help_verify_short", world.upheld(["verify", "-h"]));
}

#[test]
fn without_a_command_it_says_what_there_is() {
    let world = World::new();
    let output = world.upheld([]);
    assert_eq!((output.code, output.stdout.as_str()), (Some(2), ""));
    assert!(output.stderr.contains("Usage: upheld"), "{output}");
    assert_snapshot!(world.upheld(["verfiy"]), @"
    ------- stderr -------
    error: unrecognized subcommand 'verfiy'

      tip: a similar subcommand exists: 'verify'

    Usage: upheld [OPTIONS] <COMMAND>

    For more information, try '--help'.
    [exit code 2]
    ");
    assert_snapshot!(world.upheld(["verify", "--job", "3"]), @"
    ------- stderr -------
    error: unexpected argument '--job' found

      tip: a similar argument exists: '--jobs'

    Usage: upheld verify --jobs <N> [PROVIDER|CONTRACT]...

    For more information, try '--help'.
    [exit code 2]
    ");
    assert_snapshot!(world.upheld(["verify", "--jobs", "0"]), @"
    ------- stderr -------
    error: invalid value '0' for '--jobs <N>': 0 is not in 1..=65535

    For more information, try '--help'.
    [exit code 2]
    ");
    assert_snapshot!(world.upheld(["verify", "--timeout", "5"]), @"
    ------- stderr -------
    error: invalid value '5' for '--timeout <TIME>': `5` isn't a length of time: write a number and its unit, like `500ms`, `30s` or `2m`

    For more information, try '--help'.
    [exit code 2]
    ");
    assert_snapshot!(world.upheld(["verify", "--report", "jsn"]), @"
    ------- stderr -------
    error: invalid value 'jsn' for '--report <FORMAT[=FILE]>': did you mean `json`?

    For more information, try '--help'.
    [exit code 2]
    ");
    assert_snapshot!(world.upheld(["verify", "--report", "pdf"]), @"
    ------- stderr -------
    error: invalid value 'pdf' for '--report <FORMAT[=FILE]>': the formats are json, junit, markdown, comment or github

    For more information, try '--help'.
    [exit code 2]
    ");
    assert_snapshot!(world.upheld(["verify", "--report", "json="]), @"
    ------- stderr -------
    error: invalid value 'json=' for '--report <FORMAT[=FILE]>': the file name after `=` is missing

    For more information, try '--help'.
    [exit code 2]
    ");
}

#[test]
fn the_version_is_the_package_s() {
    let output = World::new().upheld(["--version"]);
    assert_eq!(output.stdout, format!("upheld {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn completions_are_printed_for_each_shell() {
    let world = World::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = world.upheld(["completions", shell]);
        assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""), "{shell}");
        assert!(output.stdout.contains("verify") && output.stdout.contains("contracts"), "{shell}");
        // A shell that is here must take them.
        let file = format!("completions.{shell}");
        world.write(&file, output.stdout);
        match Command::new(shell).arg("-n").arg(world.path(&file)).output() {
            Ok(read) => assert!(read.status.success(), "{shell}: {}", String::from_utf8_lossy(&read.stderr)),
            Err(error) => eprintln!("{shell} is not here to read its completions: {error}"),
        }
    }
}

#[test]
fn manual_pages_are_written() {
    let world = World::new();
    let output = world.upheld(["man", "man"]);
    assert_snapshot!(output, @"[exit code 0]");
    for page in ["upheld.1", "upheld-verify.1", "upheld-lint.1", "upheld-init.1"] {
        assert!(world.read(&format!("man/{page}")).contains(".TH upheld"), "{page}");
    }
    world.write("file", "");
    assert_eq!(world.upheld(["man", "file/man"]).code, Some(5));
}

#[test]
fn typed_text_is_quoted_and_no_build_system_obeys_it() {
    let world = World::new();
    for text in
        ["a\n::error::forged", "a\r::error::forged", "##[error]forged", "\u{1b}[2K", "a\n  ::set-output name=x::y"]
    {
        for arguments in
            [["gate", text, "--to", "production"], ["gate", "a", "--to", text], ["gate", "--to", "b", text]]
        {
            let output = world.upheld(arguments);
            assert_eq!(output.code, Some(2), "{output}");
            let line =
                |line: &str| line.trim_start().starts_with("::") || line.contains("##[") || line.contains('\u{1b}');
            assert!(!output.stderr.split(['\n', '\r']).any(line), "{output}");
            assert_eq!(output.stdout, "");
        }
    }
}
