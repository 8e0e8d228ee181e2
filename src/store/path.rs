//! Checks the paths of a store's files: none may lead out of the store on any operating system.

use crate::ledger::{NewFile, StoreError};

/// Checks the paths of files to add.
///
/// # Errors
///
/// Which path isn't allowed and why, or which one occurs twice.
pub(super) fn check(files: &[NewFile]) -> Result<(), StoreError> {
    let mut seen = std::collections::BTreeSet::new();
    for file in files {
        let fail = |why: &str| Err(StoreError::new(format!("{:?} can't be a file in a store: {why}", file.path)));
        if let Some(why) = fault(&file.path) {
            return fail(why);
        }
        if !seen.insert(&file.path) {
            return fail("it occurs twice");
        }
    }
    Ok(())
}

/// Why a path is invalid, if it is.
pub(super) fn fault(path: &str) -> Option<&'static str> {
    if path.len() > 1000 || path.split('/').any(|part| part.len() > 255) {
        return Some("the path is too long");
    }
    if path.split('/').any(str::is_empty) {
        return Some("it isn't a path relative to the store");
    }
    if path.split('/').any(|part| part.starts_with('.')) {
        return Some("a part of it begins with a dot");
    }
    if path.chars().any(|c| c.is_control() || matches!(c, '\\' | ':' | '"' | '<' | '>' | '|' | '?' | '*')) {
        return Some("it contains a character that some systems don't allow in names");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_in_the_store() {
        for path in ["store.yaml", "a/b/c-1.2.json", "a/b…/ü"] {
            assert_eq!(check(&[NewFile::new(path, "")]), Ok(()), "{path}");
        }
        for path in
            ["", "/a", "a//b", "a/", "../a", "a/../b", "./a", ".git/config", "a/.git", "a\\b", "C:a", "a\nb", "a\0"]
        {
            assert!(check(&[NewFile::new(path, "")]).is_err(), "{path:?}");
        }
        assert!(check(&[NewFile::new("a".repeat(256), "")]).is_err());
        assert!(check(&[NewFile::new("a", ""), NewFile::new("a", "")]).is_err());
    }
}
