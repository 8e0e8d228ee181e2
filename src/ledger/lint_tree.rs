//! Checks the shape of a store, whatever its files say: each folder of records is a folder, and no two names are one to
//! another file system.

use std::collections::BTreeMap;
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization as _;

use super::codes::{SAME_NAME, UNREADABLE};
use super::layout;
use super::reading::is_hidden;
use super::snapshot::{EntryKind, Snapshot, StoreError};
use crate::source::Finding;

/// What is wrong with the shape of a store.
pub(super) fn lint_tree(snapshot: &dyn Snapshot) -> Result<Vec<Finding>, StoreError> {
    let mut findings = Vec::new();
    let mut open = Vec::new();
    for entry in snapshot.list("")?.into_iter().filter(|entry| layout::FOLDERS.contains(&entry.name.as_str())) {
        if entry.kind == EntryKind::Folder {
            open.push(entry.name);
        } else {
            let finding = Finding::error(UNREADABLE, &Arc::from(entry.name), None, "it isn't a folder");
            findings.push(finding.help("restore the folder from the store's history"));
        }
    }
    let tops: Vec<String> = snapshot.list("")?.into_iter().map(|entry| entry.name).collect();
    same_names("", tops, &mut findings);
    // Level by level, since a remote store lists many folders as fast as one.
    while !open.is_empty() {
        let mut below = Vec::new();
        for (folder, entries) in open.iter().zip(snapshot.list_all(&open)?) {
            let entries: Vec<_> = entries.into_iter().filter(|entry| !is_hidden(&entry.name)).collect();
            let folders = entries.iter().filter(|entry| entry.kind == EntryKind::Folder);
            below.extend(folders.map(|entry| format!("{folder}/{}", entry.name)));
            same_names(&format!("{folder}/"), entries.into_iter().map(|entry| entry.name).collect(), &mut findings);
        }
        open = below;
    }
    Ok(findings)
}

/// Finds names in one folder that some file systems take for one.
fn same_names(folder: &str, names: Vec<String>, findings: &mut Vec<Finding>) {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for name in names {
        if let Some(first) = seen.get(&folded(&name)) {
            let message = format!("on some file systems, it has the same name as {folder}{first}");
            let finding = Finding::error(SAME_NAME, &Arc::from(format!("{folder}{name}")), None, message);
            findings.push(finding.help("remove one of the two from the store"));
        } else {
            seen.insert(folded(&name), name);
        }
    }
}

/// A name as the most forgiving file systems compare it: without regard to case, to how characters are composed, and to dots
/// and spaces at the end.
fn folded(name: &str) -> String {
    name.nfkc().flat_map(char::to_lowercase).nfkc().collect::<String>().trim_end_matches(['.', ' ']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_as_the_most_forgiving_file_systems_do() {
        for (one, other) in [("web-shop", "Web-Shop"), ("\u{fc}", "u\u{308}"), ("\u{dc}", "u\u{308}"), ("a", "a. .")] {
            assert_eq!(folded(one), folded(other));
        }
        for (one, other) in [("a", "b"), ("\u{fc}", "u"), ("a.b", "ab"), ("web-shop", "web_shop")] {
            assert_ne!(folded(one), folded(other));
        }
    }
}
