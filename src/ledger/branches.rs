//! Branches: their names, the main branch of a service, and the newest versions of a branch.

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

/// The newest published version of a service that isn't one of `others`: the head of its main branch or, if it has none, the one
/// that was published last.
///
/// # Errors
///
/// Why the store can't be read.
pub fn newest(
    book: &Book<'_>,
    service: &ServiceName,
    others: &BTreeSet<&Version>,
) -> Result<Option<Version>, StoreError> {
    let all = book.publications(service)?.value;
    let last = |records: Vec<&(RecordId, Publication)>| {
        let known = records.into_iter().map(|(_, record)| record).filter(|record| !others.contains(&record.version));
        known.max_by_key(|record| (&record.stamp.at, &record.version)).map(|record| record.version.clone())
    };
    Ok(last(heads(&all, &main_branch(book, service)?)).or_else(|| last(all.iter().collect())))
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
