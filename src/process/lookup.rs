//! Finds out whether the program that a command line begins with exists. This happens before the shell is started,
//! because its own error is a number and a line in its own words.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Commands that the shell runs without a program: the reserved words and built-ins of POSIX and of bash, which is `sh`
/// on some systems, and the built-ins of `cmd`.
const BUILTINS: &str = if cfg!(windows) {
    "assoc break call cd chdir cls color copy date del dir echo endlocal erase exit for ftype goto if md mkdir mklink \
     move path pause popd prompt pushd rd rem ren rename rmdir set setlocal shift start time title type ver verify vol"
} else {
    ". : alias bg bind break builtin caller case cd command compgen complete continue declare dirs disown do done echo \
     elif else enable esac eval exec exit export false fc fg fi for function getopts hash help history if jobs kill \
     let local logout mapfile popd printf pushd pwd read readarray readonly return select set shift shopt source \
     suspend test then time times trap true type typeset ulimit umask unalias unset until wait while"
};

/// A program that can't be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// No folder of the search path has it.
    NotInPath(String),
    /// There is no such file.
    NoFile(PathBuf),
    /// There is a file that isn't a program, or one that may not be run.
    NotExecutable(PathBuf),
}

/// The program of a command line, if it certainly can't be run. Anything that only the shell can tell, such as a line
/// that begins with a variable, is left to the shell.
pub(super) fn missing(line: &str, folder: &Path, path: Option<&OsStr>) -> Option<Missing> {
    let word = line.split_whitespace().next()?;
    if !is_plain(word) || BUILTINS.split(' ').any(|builtin| builtin == word) {
        return None;
    }
    if word.contains('/') || (cfg!(windows) && word.contains('\\')) {
        let file = folder.join(word);
        return match candidates(&file).into_iter().find(|file| file.exists()) {
            None => Some(Missing::NoFile(file)),
            Some(found) if !is_executable(&found) => Some(Missing::NotExecutable(found)),
            Some(_) => None,
        };
    }
    // Without a search path, the shell has one of its own.
    let found = std::env::split_paths(path?).any(|search| {
        let search = if search.is_absolute() { search } else { folder.join(search) };
        candidates(&search.join(word)).iter().any(|file| is_executable(file))
    });
    // The current folder belongs to the search on Windows.
    let here = cfg!(windows) && candidates(&folder.join(word)).iter().any(|file| is_executable(file));
    (!found && !here).then(|| Missing::NotInPath(word.to_owned()))
}

/// Whether a word means itself to every shell.
fn is_plain(word: &str) -> bool {
    let of_a_path = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '+' | ',' | '@' | ':');
    word.chars().all(|c| of_a_path(c) || (cfg!(windows) && c == '\\'))
}

/// The files that a program's name may mean.
fn candidates(file: &Path) -> Vec<PathBuf> {
    if !cfg!(windows) {
        return vec![file.to_owned()];
    }
    let endings = ["", ".exe", ".cmd", ".bat", ".com", ".ps1"];
    endings
        .map(|ending| {
            let mut name = file.as_os_str().to_owned();
            name.push(ending);
            PathBuf::from(name)
        })
        .to_vec()
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(file: &Path) -> bool {
    file.is_file()
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// A folder with `tool`, which can be run, and `notes`, which can't.
    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, mode) in [("tool", 0o755), ("notes", 0o644)] {
            let file = folder.path().join(name);
            std::fs::write(&file, "#!/bin/sh\n").expect("a file");
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).expect("a mode");
        }
        folder
    }

    #[test]
    fn a_program_is_looked_up_as_the_shell_does() {
        let folder = folder();
        let here = folder.path();
        let found = |line: &str| missing(line, here, Some(here.as_os_str()));
        assert_eq!(found("tool --port ${PORT}"), None);
        assert_eq!(found("./tool"), None);
        assert_eq!(found(&format!("{}/tool", here.display())), None);
        assert_eq!(found("tol --port 1"), Some(Missing::NotInPath("tol".to_owned())));
        assert_eq!(found("notes"), Some(Missing::NotInPath("notes".to_owned())));
        assert_eq!(found("./tol"), Some(Missing::NoFile(here.join("./tol"))));
        assert_eq!(found("./notes x"), Some(Missing::NotExecutable(here.join("./notes"))));
    }

    #[test]
    fn lines_that_only_the_shell_understands_are_left_to_it() {
        let folder = folder();
        let here = folder.path();
        for line in
            ["cd x && tol", "$TOOL run", "A=1 tol", "(tol)", "'tol'", "~/tol", "{ tol; }", "[ -f x ]", "", "exec tol"]
        {
            assert_eq!(missing(line, here, Some(here.as_os_str())), None, "{line}");
        }
        assert_eq!(missing("tol", here, None), None);
    }
}
