//! The environment of git's processes: this program's environment without the variables that would lead git to another
//! repository, and with settings that keep it from prompting.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};

use super::hidden;
use crate::ledger::{STORE_TOKEN, STORE_TOKEN_FROM};

/// The variables of git that are kept: how to reach and trust a server, and where git and its configuration are. An
/// entry that ends in `_` covers all variables that begin with it.
const KEPT: &[&str] = &[
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_SSH_VARIANT",
    "GIT_ASKPASS",
    "GIT_SSL_",
    "GIT_PROXY_SSL_",
    "GIT_HTTP_",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    // Many build systems provide tokens in this way.
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_KEY_",
    "GIT_CONFIG_VALUE_",
    // Needed if git isn't installed where it was built for.
    "GIT_EXEC_PATH",
];

/// The variables that are set for every git process.
const SET: &[(&str, &str)] = &[
    // Its messages are parsed.
    ("LC_ALL", "C"),
    ("LANGUAGE", "C"),
    // There may be nobody to respond to a prompt.
    ("GIT_TERMINAL_PROMPT", "0"),
    // Reading a work tree's status must not write to its index.
    ("GIT_OPTIONAL_LOCKS", "0"),
    // No helper programs, neither by the address nor by a rewrite in the configuration.
    ("GIT_ALLOW_PROTOCOL", "file:git:http:https:ssh"),
    ("GIT_PAGER", "cat"),
    // An object is itself, whatever a repository wants to have in its place.
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    // While git lists the references of a shared copy, another process may delete one, which git would treat as a fatal
    // error.
    ("GIT_REF_PARANOIA", "0"),
];

/// The variables that git is run with.
#[derive(Clone, Default)]
pub struct Environment {
    variables: Vec<(OsString, OsString)>,
}

impl Environment {
    /// The environment of this process, with the token that was [hidden](super::hide_token).
    #[must_use]
    pub fn of_process() -> Self {
        let environment = Self { variables: std::env::vars_os().collect() };
        match hidden::token() {
            Some(token) => environment.with(STORE_TOKEN, token),
            None => environment,
        }
    }

    /// An environment with only these variables.
    pub fn of<N: Into<OsString>, V: Into<OsString>>(variables: impl IntoIterator<Item = (N, V)>) -> Self {
        Self { variables: variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect() }
    }

    /// The same environment with one more variable.
    #[must_use]
    pub fn with(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        let name = name.into();
        self.variables.retain(|(other, _)| !same_name(other, &name));
        self.variables.push((name, value.into()));
        self
    }

    /// The value of a variable, if it is valid text and not empty.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<String> {
        let (_, value) = self.variables.iter().find(|(other, _)| same_name(other, OsStr::new(name)))?;
        value.to_str().filter(|value| !value.is_empty()).map(str::to_owned)
    }

    /// The variables for git's processes.
    pub(super) fn cleaned(&self) -> Vec<(OsString, OsString)> {
        let ours = SET.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
        self.variables
            .iter()
            .filter(|(name, _)| is_for_git(name) && !SET.iter().any(|(set, _)| same_name(name, OsStr::new(set))))
            .cloned()
            .chain(ours)
            .collect()
    }

    /// The path of a program on this environment's `PATH`; its bare name if none is found, or on Windows.
    ///
    /// Starting a program by path lets the standard library use `posix_spawn`. A bare name together with a `PATH` for
    /// the child makes it fork, which copies this process's page tables first.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        let path = self.variables.iter().find(|(other, _)| same_name(other, OsStr::new("PATH")));
        let mut folders = path.iter().flat_map(|(_, path)| std::env::split_paths(path));
        let found = folders.find_map(|folder| Some(folder.join(name)).filter(|program| is_executable(program)));
        found.unwrap_or_else(|| PathBuf::from(name))
    }
}

#[cfg(unix)]
fn is_executable(program: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    program.metadata().is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
const fn is_executable(_: &Path) -> bool {
    false
}

impl fmt::Debug for Environment {
    /// Without values, since some are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.variables.iter().map(|(name, _)| name)).finish()
    }
}

fn same_name(one: &OsStr, other: &OsStr) -> bool {
    if cfg!(windows) { one.eq_ignore_ascii_case(other) } else { one == other }
}

fn is_for_git(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    let name = if cfg!(windows) { name.to_ascii_uppercase() } else { name.into_owned() };
    let is_kept = |kept: &&str| if kept.ends_with('_') { name.starts_with(*kept) } else { name == **kept };
    // Git receives the token in another way, and the processes that it starts needn't see it.
    (!name.starts_with("GIT_") && name != STORE_TOKEN && name != STORE_TOKEN_FROM) || KEPT.iter().any(is_kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn git_gets_what_it_needs_to_reach_a_server_and_nothing_that_leads_it_elsewhere() {
        let environment = Environment::of([
            ("PATH", "/bin"),
            ("GIT_DIR", "/elsewhere"),
            ("GIT_WORK_TREE", "/elsewhere"),
            ("GIT_INDEX_FILE", "/elsewhere"),
            ("GIT_OBJECT_DIRECTORY", "/elsewhere"),
            ("GIT_CONFIG_PARAMETERS", "'core.hooksPath=/elsewhere'"),
            ("GIT_EXTERNAL_DIFF", "evil"),
            ("GIT_SSH_COMMAND", "ssh -i key"),
            ("GIT_CONFIG_COUNT", "1"),
            ("GIT_CONFIG_KEY_0", "http.extraHeader"),
            ("GIT_CONFIG_VALUE_0", "Authorization: secret"),
            ("GIT_SSL_CAINFO", "ca.pem"),
            ("GIT_TERMINAL_PROMPT", "1"),
            ("GIT_ALLOW_PROTOCOL", "ext"),
            ("LC_ALL", "de_DE.UTF-8"),
        ]);
        let cleaned = Environment::of(environment.cleaned());
        for kept in ["PATH", "GIT_SSH_COMMAND", "GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_0", "GIT_CONFIG_VALUE_0"] {
            assert_eq!(cleaned.variable(kept), environment.variable(kept), "{kept}");
        }
        for gone in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_CONFIG_PARAMETERS"] {
            assert_eq!(cleaned.variable(gone), None, "{gone}");
        }
        assert_eq!(cleaned.variable("GIT_EXTERNAL_DIFF"), None);
        assert_eq!(cleaned.variable("GIT_TERMINAL_PROMPT").as_deref(), Some("0"));
        assert_eq!(cleaned.variable("GIT_ALLOW_PROTOCOL").as_deref(), Some("file:git:http:https:ssh"));
        assert_eq!(cleaned.variable("LC_ALL").as_deref(), Some("C"));
        assert!(!format!("{environment:?}").contains("secret"));
    }
}
