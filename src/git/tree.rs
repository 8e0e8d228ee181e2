//! Reads a repository's trees and commits from their bytes.

use std::collections::HashSet;

use crate::interaction::digest::hex;
use crate::ledger::EntryKind;

/// One name in a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeEntry {
    /// The name. If it isn't safe as a file's name, it is escaped, and the kind is [`EntryKind::Other`].
    pub name: String,
    pub kind: EntryKind,
    /// The id of the object that it names.
    pub id: String,
}

/// The parts of a commit that a store needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitText {
    /// The id of its tree.
    pub tree: String,
    /// When it was committed, by the committer's clock, in seconds since 1970.
    pub seconds: Option<i64>,
}

/// Reads a tree whose object ids have `id_bytes` bytes, in the order of names; `None` if it isn't one.
#[must_use]
pub fn read_tree(bytes: &[u8], id_bytes: usize) -> Option<Vec<TreeEntry>> {
    let mut entries = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let space = rest.iter().take(8).position(|byte| *byte == b' ')?;
        let (mode, after) = (&rest[..space], &rest[space + 1..]);
        let end = after.iter().position(|byte| *byte == 0)?;
        let (name, after) = (&after[..end], &after[end + 1..]);
        let id = after.get(..id_bytes)?;
        rest = &after[id_bytes..];
        let kind = match mode {
            b"40000" | b"040000" => EntryKind::Folder,
            _ if mode.starts_with(b"100") => EntryKind::File,
            // A symbolic link, or another repository's commit.
            _ => EntryKind::Other,
        };
        let (name, kind) = match std::str::from_utf8(name).ok().filter(|name| is_harmless(name)) {
            Some(name) => (name.to_owned(), kind),
            None => (String::from_utf8_lossy(name).escape_default().to_string(), EntryKind::Other),
        };
        entries.push(TreeEntry { name, kind, id: hex(id) });
    }
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    // Two entries with one name are ambiguous. Git never creates such trees.
    let mut seen = HashSet::new();
    let twice: HashSet<String> =
        entries.iter().filter(|entry| !seen.insert(entry.name.as_str())).map(|entry| entry.name.clone()).collect();
    if !twice.is_empty() {
        entries.iter_mut().filter(|entry| twice.contains(&entry.name)).for_each(|entry| entry.kind = EntryKind::Other);
        entries.dedup_by(|one, other| one.name == other.name);
    }
    Some(entries)
}

/// Whether a name is safe as a file's name on every system.
fn is_harmless(name: &str) -> bool {
    let reserved = name.is_empty() || name == "." || name == ".." || name.eq_ignore_ascii_case(".git");
    !reserved && name.len() <= 255 && !name.chars().any(|c| c.is_control() || matches!(c, '/' | '\\'))
}

/// Reads a commit; `None` if it isn't one.
#[must_use]
pub fn read_commit(bytes: &[u8]) -> Option<CommitText> {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines();
    let tree = lines.next()?.strip_prefix("tree ")?;
    if tree.is_empty() || !tree.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let committer = lines.take_while(|line| !line.is_empty()).find_map(|line| line.strip_prefix("committer "));
    let seconds = committer.and_then(|line| line.rsplit_once("> ")?.1.split(' ').next()?.parse().ok());
    Some(CommitText { tree: tree.to_owned(), seconds })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (mode, name) in entries {
            bytes.extend_from_slice(mode.as_bytes());
            bytes.push(b' ');
            bytes.extend_from_slice(name);
            bytes.push(0);
            bytes.extend_from_slice(&[7; 20]);
        }
        bytes
    }

    #[test]
    fn names_are_sorted_and_links_are_not_files() {
        let bytes = tree(&[("100644", b"a.b"), ("40000", b"a"), ("120000", b"link"), ("160000", b"module")]);
        let read = read_tree(&bytes, 20).unwrap();
        let kinds: Vec<_> = read.iter().map(|entry| (entry.name.as_str(), entry.kind)).collect();
        let (folder, file, other) = (EntryKind::Folder, EntryKind::File, EntryKind::Other);
        assert_eq!(kinds, [("a", folder), ("a.b", file), ("link", other), ("module", other)]);
        assert_eq!(read[0].id, "07".repeat(20));
    }

    #[test]
    fn unsafe_names_are_not_files() {
        let names: [&[u8]; 9] = [b"..", b".", b".git", b".GIT", b"a/b", b"a\\b", b"a\nb", b"\xff", &[b'x'; 300]];
        for name in names {
            let read = read_tree(&tree(&[("100644", name)]), 20).unwrap();
            assert_eq!(read[0].kind, EntryKind::Other, "{:?}", read[0].name);
            assert!(!read[0].name.contains('\n'));
        }
        let twice = read_tree(&tree(&[("100644", b"a"), ("100644", b"a")]), 20).unwrap();
        assert_eq!(twice.iter().map(|entry| entry.kind).collect::<Vec<_>>(), [EntryKind::Other]);
    }

    #[test]
    fn a_truncated_tree_is_refused() {
        let bytes = tree(&[("100644", b"a")]);
        for end in 1..bytes.len() {
            assert_eq!(read_tree(&bytes[..end], 20), None);
        }
        assert_eq!(read_tree(b"", 20), Some(Vec::new()));
    }

    #[test]
    fn a_commit_has_a_tree_and_a_time() {
        let text = b"tree 0123abcd\nparent 99\nauthor A <a> 5 +0000\ncommitter B > <b> 1760000000 +0100\n\ncommitter C <c> 1 +0000\n";
        let read = read_commit(text).unwrap();
        assert_eq!(read, CommitText { tree: String::from("0123abcd"), seconds: Some(1_760_000_000) });
        assert_eq!(read_commit(b"blob"), None);
    }
}
