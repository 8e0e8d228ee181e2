//! Branches: their names, the main branch of a service, and the newest versions of a branch.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::book::Book;
use super::record::{Publication, RecordId};
use super::snapshot::StoreError;
use super::version::{ServiceVersion, Version};
use crate::interaction::ServiceName;

/// The name of a branch, however a build system or git writes it: `refs/heads/main`, `origin/main`.
#[must_use]
pub fn branch_name(text: &str) -> &str {
    if let Some(name) = text.strip_prefix("refs/heads/") {
        return name;
    }
    let remote = text.strip_prefix("refs/remotes/").and_then(|rest| rest.split_once('/')).map(|(_, name)| name);
    remote.or_else(|| text.strip_prefix("origin/")).unwrap_or(text)
}

/// The branch that a service is released from: that of its declaration, or else the store's.
///
/// # Errors
///
/// Why the store can't be read.
pub fn main_branch(book: &Book<'_>, service: &ServiceName) -> Result<String, StoreError> {
    let declared = book.service(service)?.and_then(|read| read.value.main_branch);
    let branch = declared.map_or_else(|| Ok(book.policy()?.value.main_branch), Ok)?;
    Ok(branch_name(&branch).to_owned())
}

/// The newest publications of a branch: those that no other one replaces. There are several if their writers didn't see
/// each other's.
#[must_use]
pub fn heads<'p>(publications: &'p [(RecordId, Publication)], branch: &str) -> Vec<&'p (RecordId, Publication)> {
    let of_branch = || publications.iter().filter(|(_, publication)| publication.branch.as_deref() == Some(branch));
    let replaced: BTreeSet<RecordId> =
        of_branch().flat_map(|(_, publication)| &publication.replaces).copied().collect();
    of_branch().filter(|(id, _)| !replaced.contains(id)).collect()
}

/// The published versions of a service, the newest first: the head of its main branch, then all others by their time.
///
/// # Errors
///
/// Why the store can't be read.
pub fn newest_first(book: &Book<'_>, service: &ServiceName) -> Result<Vec<Version>, StoreError> {
    let all = book.publications(service)?.value;
    let mut ordered: Vec<&(RecordId, Publication)> = all.iter().collect();
    ordered.sort_by_key(|(_, record)| Reverse((&record.stamp.at, &record.version)));
    let heads = heads(&all, &main_branch(book, service)?);
    let head = ordered.iter().position(|record| heads.iter().any(|head| head.0 == record.0));
    let head = head.map(|at| ordered.remove(at));
    let mut versions: Vec<Version> = Vec::new();
    for (_, record) in head.into_iter().chain(ordered) {
        if !versions.contains(&record.version) {
            versions.push(record.version.clone());
        }
    }
    Ok(versions)
}

/// A branch that isn't a main branch, and on which a consumer has published a contract with some provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SideBranch {
    /// Its newest version of the consumer with such a contract.
    pub consumer: ServiceVersion,
    /// Its name, if it is known.
    pub branch: Option<String>,
}

/// The branches, other than main branches, on which consumers have published contracts with a provider.
///
/// # Errors
///
/// Why the store can't be read.
pub fn side_branches(book: &Book<'_>, provider: &ServiceName) -> Result<Vec<SideBranch>, StoreError> {
    let mut found = Vec::new();
    for consumer in book.consumers_ever(provider)? {
        let main = main_branch(book, &consumer)?;
        let mut newest: BTreeMap<Option<String>, (String, Version)> = BTreeMap::new();
        for (_, record) in book.publications(&consumer)?.value {
            if !record.contracts.contains_key(provider) || record.branch.as_deref() == Some(&*main) {
                continue;
            }
            let one = (record.stamp.at, record.version);
            let known = newest.entry(record.branch).or_insert_with(|| one.clone());
            *known = one.max(known.clone());
        }
        let of =
            |(branch, (_, version))| SideBranch { consumer: ServiceVersion::new(consumer.clone(), version), branch };
        found.extend(newest.into_iter().map(of));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_has_one_name() {
        for (text, name) in [
            ("main", "main"),
            ("refs/heads/main", "main"),
            ("origin/main", "main"),
            ("refs/remotes/upstream/main", "main"),
            ("feature/origin/main", "feature/origin/main"),
            ("refs/heads/origin/main", "origin/main"),
            ("refs/tags/v1", "refs/tags/v1"),
        ] {
            assert_eq!(branch_name(text), name);
        }
    }
}
