//! Runs `action.yml` as GitHub's runner does: evaluates its few expressions, runs its steps as they are, and reads
//! their results.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use regex::Regex;
use serde_yaml::Value;
use tempfile::TempDir;

use super::folder;
use super::world::World;

/// The commands that a runner obeys.
const COMMANDS: &[&str] = &[
    "add-mask",
    "add-matcher",
    "add-path",
    "debug",
    "echo",
    "endgroup",
    "error",
    "group",
    "notice",
    "remove-matcher",
    "save-state",
    "set-env",
    "set-output",
    "stop-commands",
    "warning",
];

/// A runner with its own folders, whose workspace is a world.
pub struct Runner<'w> {
    world: &'w World,
    root: TempDir,
    bash: PathBuf,
    /// `github.…`, by the part behind the dot.
    context: HashMap<String, String>,
    variables: Vec<(String, String)>,
}

/// A line that the runner obeyed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obeyed {
    pub name: String,
    pub properties: BTreeMap<String, String>,
    pub data: String,
}

/// The outcome of a workflow's step that uses the action.
#[derive(Debug)]
pub struct Ran {
    pub outputs: BTreeMap<String, String>,
    pub summary: String,
    pub obeyed: Vec<Obeyed>,
    /// All that was written, without what differs from run to run.
    pub log: String,
    pub code: Option<i32>,
    /// The folders that were put on the path of later steps.
    pub path: Vec<String>,
}

impl Ran {
    /// The outputs that are the same in every run, in one line.
    pub fn said(&self) -> String {
        let of = |name: &str| self.outputs[name].as_str();
        format!("{} {} {} {}", of("decision"), of("state"), of("exit-code"), of("blocking-count"))
    }

    /// The annotations, a line each: `error contracts/a/b.yaml:7 title: message`.
    pub fn annotations(&self) -> Vec<String> {
        let levels = ["error", "warning", "notice"];
        let shown = |one: &Obeyed| {
            let of = |name: &str| one.properties.get(name).cloned();
            let place = of("file").map(|file| format!("{file}:{} ", of("line").unwrap_or_default()));
            let title = of("title").unwrap_or_default();
            format!("{} {}{title}: {}", one.name, place.unwrap_or_default(), one.data)
        };
        self.obeyed.iter().filter(|one| levels.contains(&one.name.as_str())).map(shown).collect()
    }
}

impl<'w> Runner<'w> {
    /// A runner that has the program in its tool cache, as a release of the action leaves it there. Nothing, and a word
    /// about it, on a machine without bash.
    pub fn new(world: &'w World) -> Option<Self> {
        let runner = Self::empty(world)?;
        let folder = runner.cached();
        fs::create_dir_all(&folder).unwrap();
        let (program, there) = (env!("CARGO_BIN_EXE_upheld"), folder.join(program_name()));
        #[cfg(unix)]
        std::os::unix::fs::symlink(program, there).unwrap();
        #[cfg(not(unix))]
        fs::copy(program, there).map(drop).unwrap();
        fs::write(folder.with_extension("complete"), "").unwrap();
        Some(runner)
    }

    /// A runner that has nothing yet.
    #[expect(clippy::print_stderr, reason = "who runs the tests is told of what was left out")]
    pub fn empty(world: &'w World) -> Option<Self> {
        let Some(bash) = bash() else {
            eprintln!("skipped: there is no bash here to run the action's steps");
            return None;
        };
        // Its folders have names that a careless script stumbles over.
        let root = folder::temporary("upheld runner's ");
        for folder in ["temp", "tools"] {
            fs::create_dir(root.path().join(folder)).unwrap();
        }
        fs::write(root.path().join("event.json"), "{}").unwrap();
        let runner = Self { world, root, bash, context: HashMap::new(), variables: Vec::new() };
        Some(
            runner
                .github("action_repository", "acme/upheld")
                .github("action_ref", &format!("v{}", env!("CARGO_PKG_VERSION")))
                .variable("GITHUB_EVENT_NAME", "push")
                .variable("GITHUB_REPOSITORY", "shop/orders")
                .variable("GITHUB_SERVER_URL", "http://127.0.0.1:1"),
        )
    }

    /// The same runner with another part of the context `github`.
    pub fn github(mut self, name: &str, value: &str) -> Self {
        self.context.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The same runner with another variable.
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same runner at work for a pull request from a repository, whose head this commit is.
    pub fn pull_request(self, event: &str, from: &str, head: &str) -> Self {
        let text = format!(r#"{{"pull_request": {{"head": {{"sha": "{head}", "repo": {{"full_name": "{from}"}}}}}}}}"#);
        fs::write(self.path("event.json"), text).unwrap();
        self.github("event.pull_request.head.repo.full_name", from)
            .variable("GITHUB_EVENT_NAME", event)
            .variable("GITHUB_HEAD_REF", "feature")
    }

    /// A place in the runner's folders.
    pub fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    /// The folder in which the tool cache keeps this version of the program.
    pub fn cached(&self) -> PathBuf {
        self.path(&format!("tools/upheld/{}/{}", env!("CARGO_PKG_VERSION"), arch()))
    }

    /// Runs the action with these inputs.
    pub fn uses(&self, inputs: &[(&str, &str)]) -> Ran {
        let action = action();
        let declared = action["inputs"].as_mapping().unwrap();
        let mut given: HashMap<&str, &str> = HashMap::new();
        for (name, input) in declared {
            given.insert(name.as_str().unwrap(), input["default"].as_str().unwrap_or_default());
        }
        for (name, value) in inputs {
            assert!(given.insert(name, value).is_some(), "the action has no input `{name}`");
        }
        let mut steps: HashMap<String, BTreeMap<String, String>> = HashMap::new();
        let mut ran = Ran {
            outputs: BTreeMap::new(),
            summary: String::new(),
            obeyed: Vec::new(),
            log: String::new(),
            code: Some(0),
            path: Vec::new(),
        };
        for step in action["runs"]["steps"].as_sequence().unwrap() {
            let known = ["id", "shell", "run", "env"];
            for (key, _) in step.as_mapping().unwrap() {
                assert!(known.contains(&key.as_str().unwrap()), "this runner does not know `{key:?}`");
            }
            assert_eq!(step["shell"], "bash");
            let mut variables = Vec::new();
            for (name, value) in step["env"].as_mapping().unwrap() {
                let value = evaluated(value.as_str().unwrap(), |name| match name.split_once('.').unwrap() {
                    ("inputs", name) => (*given.get(name).unwrap_or_else(|| panic!("no input {name}"))).to_owned(),
                    ("github", name) => self.context.get(name).cloned().unwrap_or_default(),
                    _ => panic!("this runner does not know {name}"),
                });
                variables.push((name.as_str().unwrap().to_owned(), value));
            }
            let outputs = self.step(step["run"].as_str().unwrap(), variables, &mut ran);
            steps.insert(step["id"].as_str().unwrap().to_owned(), outputs);
            if ran.code != Some(0) {
                break;
            }
        }
        for (name, output) in action["outputs"].as_mapping().unwrap() {
            let value = evaluated(output["value"].as_str().unwrap(), |name| {
                let parts: Vec<&str> = name.splitn(4, '.').collect();
                assert_eq!((parts[0], parts[2]), ("steps", "outputs"));
                steps.get(parts[1]).and_then(|outputs| outputs.get(parts[3])).cloned().unwrap_or_default()
            });
            ran.outputs.insert(name.as_str().unwrap().to_owned(), value);
        }
        ran
    }

    /// Runs one step, and gives its outputs.
    fn step(&self, run: &str, variables: Vec<(String, String)>, ran: &mut Ran) -> BTreeMap<String, String> {
        assert!(!run.contains("${{"), "an expression in a script is text of the script: {run}");
        fs::write(self.path("step.sh"), run).unwrap();
        let files = ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH", "GITHUB_ENV", "GITHUB_STATE"];
        let mut command = self.world.program(&self.bash);
        command
            .args(["--noprofile", "--norc", "-e", "-o", "pipefail"])
            .arg(self.path("step.sh"))
            .env("CI", "true")
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_ACTION_PATH", repository())
            .env("GITHUB_WORKSPACE", self.world.root())
            .env("GITHUB_EVENT_PATH", self.path("event.json"))
            .env("RUNNER_OS", os())
            .env("RUNNER_ARCH", arch())
            .env("RUNNER_TEMP", self.path("temp"))
            .env("RUNNER_TOOL_CACHE", self.path("tools"))
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .envs(variables)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for name in files {
            fs::write(self.path(name), "").unwrap();
            command.env(name, self.path(name));
        }
        let output = command.output().unwrap();
        ran.code = output.status.code();
        for bytes in [&output.stdout, &output.stderr] {
            let text = String::from_utf8(bytes.clone()).unwrap();
            // It reads lines as .NET has them.
            ran.obeyed.extend(text.split(['\n', '\r']).filter_map(obeyed));
            ran.log.push_str(&self.redacted(&text));
        }
        let file = |name| fs::read_to_string(self.path(name)).unwrap();
        for unused in ["GITHUB_ENV", "GITHUB_STATE"] {
            assert_eq!(file(unused), "");
        }
        ran.path.extend(file("GITHUB_PATH").lines().map(str::to_owned));
        ran.summary.push_str(&self.redacted(&file("GITHUB_STEP_SUMMARY")));
        read_outputs(&file("GITHUB_OUTPUT"))
    }

    fn redacted(&self, text: &str) -> String {
        let text = text.replace(self.root.path().to_str().unwrap(), "<runner>");
        self.world.redaction().of_text(&text)
    }
}

/// `action.yml` as it is.
pub fn action() -> Value {
    serde_yaml::from_str(&fs::read_to_string(repository().join("action.yml")).unwrap()).unwrap()
}

/// This repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The program's file.
pub fn program_name() -> String {
    format!("upheld{}", std::env::consts::EXE_SUFFIX)
}

fn os() -> &'static str {
    match std::env::consts::OS {
        "macos" => "macOS",
        "windows" => "Windows",
        _ => "Linux",
    }
}

fn arch() -> &'static str {
    if cfg!(target_arch = "aarch64") { "ARM64" } else { "X64" }
}

/// A bash that runs scripts: git's on Windows, since the system's own belongs to another system.
fn bash() -> Option<PathBuf> {
    let bash = if cfg!(windows) {
        let output = Command::new("git").arg("--exec-path").output().ok()?;
        let core = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
        core.ancestors().map(|folder| folder.join("bin/bash.exe")).find(|bash| bash.is_file())?
    } else {
        PathBuf::from("bash")
    };
    Command::new(&bash).arg("--version").output().ok().filter(|output| output.status.success()).map(|_| bash)
}

/// A text whose one expression is a name.
fn evaluated(text: &str, value: impl FnOnce(&str) -> String) -> String {
    static NAME: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\$\{\{ ([A-Za-z0-9_.-]+) \}\}$").unwrap());
    match NAME.captures(text) {
        Some(found) => value(&found[1]),
        None if text.contains("${{") => panic!("this runner can't evaluate {text}"),
        None => text.to_owned(),
    }
}

/// A line as a command, if the runner takes it for one: `::name key=value::data`, or `##[name key=value]data` anywhere
/// in the line.
fn obeyed(line: &str) -> Option<Obeyed> {
    let (info, data, separator) = if let Some(rest) = line.trim_start().strip_prefix("::") {
        let (info, data) = rest.split_once("::")?;
        (info, data, ',')
    } else {
        let (_, rest) = line.split_once("##[")?;
        let (info, data) = rest.split_once(']')?;
        (info, data, ';')
    };
    let (name, properties) = info.split_once(' ').unwrap_or((info, ""));
    if !COMMANDS.contains(&name.to_ascii_lowercase().as_str()) {
        return None;
    }
    let unescaped = |text: &str| {
        let text = text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",");
        text.replace("%25", "%")
    };
    let properties = properties.split(separator).filter_map(|pair| pair.split_once('='));
    Some(Obeyed {
        name: name.to_owned(),
        properties: properties.map(|(key, value)| (key.trim().to_owned(), unescaped(value))).collect(),
        data: unescaped(data),
    })
}

/// Reads a file of outputs: `name=value`, or `name<<MARK` and lines until the mark. The last of a name counts.
fn read_outputs(text: &str) -> BTreeMap<String, String> {
    let mut outputs = BTreeMap::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.is_empty() {
            continue;
        }
        match (line.split_once('='), line.split_once("<<")) {
            (Some((name, value)), heredoc) if heredoc.is_none_or(|(before, _)| name.len() < before.len()) => {
                outputs.insert(name.to_owned(), value.to_owned());
            }
            (_, Some((name, mark))) => {
                let value: Vec<&str> = lines.by_ref().take_while(|line| *line != mark).collect();
                outputs.insert(name.to_owned(), value.join("\n"));
            }
            _ => panic!("the runner refuses the line {line:?}"),
        }
    }
    outputs
}
