//! All that a command wrote, as one text without what differs from run to run.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::LazyLock;

use regex::Regex;

/// The output of a command, and its exit code. Displays as one text for snapshots: standard output, standard error
/// unless it is empty, and the exit code.
pub struct CommandOutput {
    pub stdout: String,
    pub stderr: String,
    /// The exit code; `None` if a signal ended it.
    pub code: Option<i32>,
}

impl CommandOutput {
    pub(super) fn new(stdout: &[u8], stderr: &[u8], status: ExitStatus, redaction: &Redaction) -> Self {
        let text = |bytes: &[u8]| redaction.of_text(std::str::from_utf8(bytes).expect("all output is UTF-8"));
        Self { stdout: text(stdout), stderr: text(stderr), code: status.code() }
    }

    /// The first words of the result's lines, in their order.
    pub fn first_words(&self) -> Vec<&str> {
        let indented = |line: &&str| !line.starts_with(' ') && !line.is_empty();
        self.stdout.lines().filter(indented).filter_map(|line| line.split_whitespace().next()).collect()
    }
}

impl fmt::Display for CommandOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.stdout)?;
        if !self.stderr.is_empty() {
            write!(f, "------- stderr -------\n{}", self.stderr)?;
        }
        match self.code {
            Some(code) => writeln!(f, "[exit code {code}]"),
            None => writeln!(f, "[ended by a signal]"),
        }
    }
}

/// The folder that the programs were built into.
fn target() -> Option<String> {
    Some(Path::new(env!("CARGO_BIN_EXE_upheld")).parent()?.to_str()?.replace('\\', "/"))
}

/// The parts that differ from run to run: the folder, ports, and durations.
#[derive(Clone)]
pub struct Redaction {
    roots: Vec<PathBuf>,
}

impl Redaction {
    /// For a world in this folder.
    pub fn of(root: &Path) -> Self {
        let mut roots = vec![root.to_path_buf()];
        roots.extend(root.canonicalize());
        Self { roots }
    }

    /// A text with marks in the place of what differs.
    pub fn of_text(&self, text: &str) -> String {
        static CHANGING: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
            [
                (r"(127\.0\.0\.1|localhost):[0-9]{5}\b", "$1:<port>"),
                (r"\b(port|--port|here) [0-9]{5}\b", "$1 <port>"),
                (r"\bin ([0-9.]+ (ms|s)|[0-9]+ min [0-9]+ s)\b", "in <time>"),
                (r": [0-9]+ of 1000 bytes had arrived", ": <some> of 1000 bytes had arrived"),
                (r#""seconds": [0-9.e-]+"#, r#""seconds": 0.123"#),
                (r#" time="[0-9.]+""#, r#" time="<time>""#),
                (r#" timestamp="[^"]+""#, r#" timestamp="<time>""#),
                (r#""id": "[0-9a-f]{64}""#, r#""id": "<id>""#),
                // Of a ledger: its views and records, and when they came to be.
                (r"store [0-9a-f]{12}\b", "store <view>"),
                (r#""commit": "([0-9a-f]{40}|[0-9a-f]{64})""#, r#""commit": "<view>""#),
                (r"\b[0-9a-f]{64}\b", "<hash>"),
                (r"(deployments/[^ ]+)/20[0-9]{2}-[01][0-9]/", "$1/<month>/"),
                (r"\b(began at|due by|live at|since) 20[0-9T:-]+Z", "$1 <moment>"),
                (r#""since": "20[0-9T:-]+Z""#, r#""since": "<moment>""#),
                (r", [0-9]+ s old\b", ", <age> old"),
                (r"\b[0-9]+ s ago\b", "<age> ago"),
                (r"\b(commit|holds|contains|is at) [0-9a-f]{12}\b", "$1 <commit>"),
                (r#""age_seconds": [0-9]+"#, r#""age_seconds": 0"#),
            ]
            .map(|(pattern, mark)| (Regex::new(pattern).unwrap(), mark))
            .into()
        });
        // Our own paths are shown with `/` on every system; the roots are the system's.
        let text = if cfg!(windows) { text.replace('\\', "/") } else { text.to_owned() };
        let text = match target() {
            Some(target) => text.replace(&target, "<target>"),
            None => text,
        };
        let text = self
            .roots
            .iter()
            .fold(text, |text, root| text.replace(&root.to_string_lossy().replace('\\', "/"), "<root>"));
        CHANGING.iter().fold(text, |text, (pattern, mark)| pattern.replace_all(&text, *mark).into_owned())
    }
}
