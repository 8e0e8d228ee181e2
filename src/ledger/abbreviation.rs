//! Versions as people name them. Output abbreviates the ids of commits, so commands accept the abbreviations; and a service
//! may be named as it was called before.

use std::collections::BTreeSet;

use super::book::Book;
use super::refusal::Refusal;
use super::snapshot::StoreError;
use super::version::{ServiceVersion, Version};

/// The version that a person means: the one that was named, or the known one that it abbreviates; with the present name of
/// its service.
///
/// # Errors
///
/// That it abbreviates several, or why the store can't be read.
pub fn full_version(book: &Book<'_>, named: &ServiceVersion) -> Result<ServiceVersion, Refusal> {
    let ServiceVersion { service, version } = named;
    let service = book.names()?.current(service).clone();
    let named = ServiceVersion::new(service.clone(), version.clone());
    if !version.may_be_abbreviated() {
        return Ok(named);
    }
    let known = known_versions(book, &named)?;
    if known.contains(version) {
        return Ok(named);
    }
    let mut longer: Vec<Version> = known.into_iter().filter(|known| version.abbreviates(known)).collect();
    match longer.len() {
        0 => Ok(named),
        1 => Ok(ServiceVersion::new(service, longer.remove(0))),
        _ => Err(Refusal::Ambiguous { version: named, longer }),
    }
}

/// The versions of a service that the store has any record of.
fn known_versions(book: &Book<'_>, of: &ServiceVersion) -> Result<BTreeSet<Version>, StoreError> {
    let mut known = book.versions(&of.service)?;
    known.extend(book.verified_versions(&of.service)?);
    for environment in book.environments()? {
        let history = book.history(&environment, &of.service)?.value;
        known.extend(history.into_iter().map(|(_, record)| record.version));
    }
    Ok(known)
}
