//! Files and folders: finding contracts, reading within limits, and writing without ever leaving half a file.

mod lock;

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::de::IgnoredAny;

use crate::contract::attachments::{AttachmentError, Attachments};
use crate::pact::is_pact;
use crate::source::codes::codes;
use crate::source::{Finding, Limits, SourceFile};

pub use lock::{FolderLock, lock, lock_folder};

/// The name of the folder that holds contracts.
pub const CONTRACTS: &str = "contracts";
/// The name of the registry in it.
pub const REGISTRY: &str = "upheld.yaml";

codes! {
    /// The file can't be read.
    UNREADABLE = "F101" => "Check that it exists, that you may read it, and that it is UTF-8 text.";
    /// The file is larger than the limit.
    TOO_LARGE = "F102" => "Make it smaller, or raise the limit with `--max-file-size`.";
    /// A file in the folder of contracts has a .json name but isn't valid JSON, so it is ignored.
    NO_JSON = "F103" => "Download or write it again, or move it out of the folder.";
    /// A file in the folder of contracts is a link to a file that is neither in the folder nor beside it.
    LEADS_OUT = "F104" => "Put the file itself there, or name it on the command line.";
}

/// How large a file of others may be that is read in passing, in bytes.
const SMALL: usize = 32 << 20;
/// How many bytes at the beginning of a file decide its kind.
const BEGINNING: u64 = 1 << 20;

/// The folder `contracts` in `start` or the nearest folder above it.
#[must_use]
pub fn find_contracts(start: &Path) -> Option<PathBuf> {
    start.ancestors().map(|folder| folder.join(CONTRACTS)).find(|folder| folder.is_dir())
}

/// The contents of a folder, in the order of the files' names.
#[derive(Debug, Default)]
pub struct Found {
    /// Files that end in `.yaml` or `.yml`, and those that end in `.json` and are Pact files.
    pub contracts: Vec<PathBuf>,
    /// Files that end in `.json` but aren't JSON, such as a failed download.
    pub no_json: Vec<PathBuf>,
    /// Links to files elsewhere. In a pull request, one of them would show the beginning of any file of the machine.
    pub leading_out: Vec<PathBuf>,
}

/// Where the links of a folder of contracts may lead: into it, and to what lies beside it, which belongs to the same project.
struct Home(Vec<PathBuf>);

impl Home {
    fn of(folder: &Path) -> Self {
        let beside = folder.parent().map(|above| if above.as_os_str().is_empty() { Path::new(".") } else { above });
        Self([Some(folder), beside].into_iter().flatten().filter_map(|home| fs::canonicalize(home).ok()).collect())
    }

    fn is_left_by(&self, path: &Path) -> bool {
        fs::canonicalize(path).is_ok_and(|target| !self.0.iter().any(|home| target.starts_with(home)))
    }
}

/// Whether a file in a folder of contracts is a link to a file elsewhere.
#[must_use]
pub fn is_leading_out(folder: &Path, path: &Path) -> bool {
    path.is_symlink() && Home::of(folder).is_left_by(path)
}

/// Every contract file in `folder` and below, and files that may have been meant to be one, without the registry and
/// hidden files.
///
/// # Errors
///
/// Which folder can't be read, and why.
pub fn contract_paths(folder: &Path) -> Result<Found, (PathBuf, io::Error)> {
    let mut found = Found::default();
    let mut open = vec![folder.to_path_buf()];
    let home = Home::of(folder);
    while let Some(folder) = open.pop() {
        let entries = fs::read_dir(&folder).map_err(|error| (folder.clone(), error))?;
        for entry in entries {
            let entry = entry.map_err(|error| (folder.clone(), error))?;
            let path = entry.path();
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            let kind = entry.file_type().map_err(|error| (path.clone(), error))?;
            if hidden {
                continue;
            }
            // A link to a folder is not followed: it may lead in a circle.
            if kind.is_dir() {
                open.push(path);
            } else if kind.is_symlink() && (is_yaml(&path) || is_json(&path)) && home.is_left_by(&path) {
                found.leading_out.push(path);
            } else if is_yaml(&path) {
                found.contracts.extend((entry.file_name() != REGISTRY).then_some(path));
            } else if is_json(&path) {
                match beginning_of(&path) {
                    Ok(beginning) if is_pact(&beginning) => found.contracts.push(path),
                    Ok(beginning) if is_no_json(&beginning) => found.no_json.push(path),
                    Err(ReadError::NoFile) if !path.is_dir() => found.no_json.push(path),
                    Ok(_) | Err(ReadError::NoFile | ReadError::TooLarge | ReadError::Io(_)) => {}
                }
            }
        }
    }
    found.contracts.sort();
    found.no_json.sort();
    found.leading_out.sort();
    Ok(found)
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

/// Whether a file's name says that it is one of JSON.
#[must_use]
pub fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "json")
}

/// The beginning of a file: it tells Pact files from others, which lie beside contracts, too, as bodies and schemas. (Where
/// the parties and the list come later, the name is no help either.)
fn beginning_of(path: &Path) -> Result<String, ReadError> {
    let mut beginning = Vec::new();
    let (file, _) = open_regular(path)?;
    file.take(BEGINNING).read_to_end(&mut beginning).map_err(ReadError::Io)?;
    Ok(String::from_utf8_lossy(&beginning).into_owned())
}

/// Whether a text can't be the beginning of one of JSON, even of one with comments.
fn is_no_json(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim();
    !text.starts_with(['{', '[', '/']) && serde_json::from_str::<IgnoredAny>(text).is_err()
}

/// The finding for a file that is ignored although its name says JSON.
#[must_use]
pub fn no_json(path: &Path, name: String) -> Finding {
    let what = match beginning_of(path) {
        Err(ReadError::NoFile) => "is a pipe or a device",
        Ok(text) if text.trim().is_empty() => "is empty",
        Ok(_) | Err(ReadError::TooLarge | ReadError::Io(_)) => "isn't valid JSON",
    };
    Finding::warning(NO_JSON, &Arc::from(name), None, format!("the file {what} and is ignored"))
        .help("if it should be a Pact file, write or fetch it again; otherwise remove it from the folder")
}

/// The finding for a link to a file elsewhere.
#[must_use]
pub fn leads_out(name: String) -> Finding {
    let message = "the file is a link that leads out of the folder that holds the contracts";
    Finding::error(LEADS_OUT, &Arc::from(name), None, message)
        .help("put the file itself there, or name it on the command line to read it all the same")
}

/// Whether a file is a contract or a registry, ours or Pact's, which a report must not overwrite.
#[must_use]
pub fn is_kept(path: &Path) -> bool {
    let begins = |text: &str| text.lines().any(|line| line.starts_with("contract:") || line.starts_with("upheld:"));
    (is_json(path) || is_yaml(path))
        && beginning_of(path).is_ok_and(|text| if is_json(path) { is_pact(&text) } else { begins(&text) })
}

/// A path for people: relative to the working directory if it lies in there, with `/` on every system.
#[must_use]
pub fn shown(path: &Path, working: &Path) -> String {
    let relative = path.strip_prefix(working).unwrap_or(path);
    let text = relative.to_string_lossy();
    if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() }
}

/// Reads a text file, within the limit on its size.
///
/// # Errors
///
/// A finding that says why it can't be read.
pub fn read_source(path: &Path, name: String, limits: Limits) -> Result<SourceFile, Finding> {
    let name: Arc<str> = Arc::from(name);
    let unreadable = |why: String| Finding::error(UNREADABLE, &name, None, format!("the file can't be read: {why}"));
    let bytes = read_limited(path, limits.bytes).map_err(|error| match error {
        ReadError::TooLarge => {
            Finding::error(TOO_LARGE, &name, None, format!("the file has more than {} bytes", limits.bytes))
                .help("split it, or raise the limit with --max-file-size")
        }
        ReadError::NoFile => unreadable(String::from("it is not a file")),
        ReadError::Io(error) => unreadable(why(&error)),
    })?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let line = 1 + error.as_bytes()[..error.utf8_error().valid_up_to()].split(|b| *b == b'\n').skip(1).count();
        unreadable(format!("line {line} is not UTF-8")).help("save it in UTF-8")
    })?;
    // A byte order mark isn't part of the text (YAML 1.2, section 5.2).
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    Ok(SourceFile::new(name, text, limits))
}

/// A system error in words: frequent ones are the same on every system.
#[must_use]
pub fn why(error: &io::Error) -> String {
    let why = match error.kind() {
        io::ErrorKind::NotFound => "it doesn't exist",
        io::ErrorKind::PermissionDenied => "permission denied",
        io::ErrorKind::NotADirectory => "a part of its path is a file, not a folder",
        io::ErrorKind::IsADirectory => "it is a folder",
        io::ErrorKind::StorageFull => "there is no space left",
        _ => return error.to_string(),
    };
    String::from(why)
}

enum ReadError {
    TooLarge,
    NoFile,
    Io(io::Error),
}

/// Opens a regular file, and tells its length: a device or a pipe could hang or never end.
fn open_regular(path: &Path) -> Result<(File, u64), ReadError> {
    let meta = fs::metadata(path).map_err(ReadError::Io)?;
    if !meta.is_file() {
        return Err(ReadError::NoFile);
    }
    Ok((File::open(path).map_err(ReadError::Io)?, meta.len()))
}

/// Reads a regular file whole, or nothing of it.
fn read_limited(path: &Path, limit: usize) -> Result<Vec<u8>, ReadError> {
    let (file, length) = open_regular(path)?;
    let limit_bytes = u64::try_from(limit).unwrap_or(u64::MAX);
    if length > limit_bytes {
        return Err(ReadError::TooLarge);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
    // The file may grow between the look and the reading.
    let mut file = file.take(limit_bytes.saturating_add(1));
    file.read_to_end(&mut bytes).map_err(ReadError::Io)?;
    if bytes.len() > limit { Err(ReadError::TooLarge) } else { Ok(bytes) }
}

/// The folder of a contract, whose files it may name.
#[derive(Debug)]
pub struct ContractFolder {
    folder: PathBuf,
    limit: usize,
}

impl ContractFolder {
    /// The folder of the contract at `path`.
    #[must_use]
    pub fn of(path: &Path, limits: Limits) -> Self {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Self { folder: folder.to_path_buf(), limit: limits.bytes }
    }
}

impl Attachments for ContractFolder {
    fn load(&self, path: &str) -> Result<Vec<u8>, AttachmentError> {
        let outside = || AttachmentError(String::from("it is outside the contract's folder"));
        if Path::new(path).is_absolute() || path.split(['/', '\\']).any(|part| part == "..") {
            return Err(outside());
        }
        let refuse = |error: &io::Error| AttachmentError(why(error));
        let folder = self.folder.canonicalize().map_err(|error| refuse(&error))?;
        // Symbolic links are resolved before the check that the file lies in the folder.
        let file = folder.join(path).canonicalize().map_err(|error| refuse(&error))?;
        if !file.starts_with(&folder) {
            return Err(outside());
        }
        read_limited(&file, self.limit).map_err(|error| match error {
            ReadError::TooLarge => AttachmentError(format!("it has more than {} bytes", self.limit)),
            ReadError::NoFile => AttachmentError(String::from("it is not a file")),
            ReadError::Io(error) => refuse(&error),
        })
    }
}

/// Reads a small file of text that may not be there, and is no file of ours: nothing if it isn't a regular one.
#[must_use]
pub fn read_small(path: &Path) -> Option<String> {
    read_limited(path, SMALL).ok().and_then(|bytes| String::from_utf8(bytes).ok())
}

/// Writes a file by a rename: there is either the old file or the new one, never half of one. Creates missing folders
/// above it.
///
/// # Errors
///
/// Why it can't be written; the old file is then as it was.
pub fn replace(path: &Path, text: impl AsRef<[u8]>) -> io::Result<()> {
    stage(path, text.as_ref())?.persist(path).map(drop).map_err(|error| error.error)
}

/// Writes a file that is not there yet; one that is there is left alone.
///
/// # Errors
///
/// [`io::ErrorKind::AlreadyExists`] if there is one, or why it can't be written.
pub fn create(path: &Path, text: impl AsRef<[u8]>) -> io::Result<()> {
    stage(path, text.as_ref())?.persist_noclobber(path).map(drop).map_err(|error| error.error)
}

/// Whether a file can be written at `path`, as far as that is known without writing it. Creates missing folders above
/// it.
///
/// # Errors
///
/// Why it can't be written.
pub fn probe(path: &Path) -> io::Result<()> {
    stage(path, &[]).map(drop)
}

fn stage(path: &Path, text: &[u8]) -> io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // A file in the place of a folder must not look as if the file existed already.
    fs::create_dir_all(folder).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => io::ErrorKind::NotADirectory.into(),
        _ => error,
    })?;
    // Beside its place: a rename is whole only within one file system.
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // As any new file; the process's umask takes its part.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.prefix(".upheld-").tempfile_in(folder)?;
    file.write_all(text)?;
    file.as_file().sync_all()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contract_s_files_are_read_from_its_own_folder_only() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("contracts/web");
        fs::create_dir_all(folder.join("bodies")).unwrap();
        fs::write(folder.join("bodies/a.json"), "{}").unwrap();
        fs::write(root.path().join("secret"), "s").unwrap();
        let files = ContractFolder::of(&folder.join("orders.yaml"), Limits { bytes: 10, ..Limits::default() });
        assert_eq!(files.load("bodies/a.json").unwrap(), b"{}");
        assert_eq!(files.load("./bodies/a.json").unwrap(), b"{}");
        for path in ["../../secret", "bodies/../../../secret", "/etc/passwd", "..\\secret"] {
            assert!(files.load(path).unwrap_err().0.contains("outside"), "{path}");
        }
        assert!(files.load("bodies").unwrap_err().0.contains("not a file"));
        assert!(files.load("none").is_err());
        fs::write(folder.join("large"), "12345678901").unwrap();
        assert!(files.load("large").unwrap_err().0.contains("more than 10 bytes"));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(root.path().join("secret"), folder.join("link")).unwrap();
            assert!(files.load("link").unwrap_err().0.contains("outside"));
        }
    }

    #[test]
    fn a_file_is_replaced_whole_and_never_created_over_another() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a/b.yaml");
        create(&path, "one").unwrap();
        assert_eq!(create(&path, "two").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        replace(&path, "three").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "three");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing else is left behind");
        assert_ne!(create(&path.join("c.yaml"), "two").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_ne!(create(&path.join("c/d.yaml"), "two").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    }

    #[test]
    fn files_that_are_not_text_are_refused_with_the_line() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a.yaml");
        fs::write(&path, b"a: 1\nb: \xff\n").unwrap();
        let finding = read_source(&path, String::from("a.yaml"), Limits::default()).unwrap_err();
        assert!(finding.message.contains("line 2 is not UTF-8"));
        fs::write(&path, "\u{feff}a: 1").unwrap();
        assert_eq!(read_source(&path, String::from("a.yaml"), Limits::default()).unwrap().text, "a: 1");
        assert!(
            read_source(root.path(), String::from("."), Limits::default()).unwrap_err().message.contains("not a file")
        );
    }
}
