//! The path of each file of a store. Files that are looked up by version are stored by version, so a lookup reads only
//! the files that it needs, and no folder grows without bound.
//!
//! ```text
//! store.yaml
//! environments/<environment>.yaml    services/<service>.yaml
//! contracts/<provider>/<consumer>/<contract id>.yaml      and, if it refers to files: <contract id>/<file>
//! publications/<service>/<2 digits>/<version>.<record id>.json
//! verifications/<provider>/<2 digits>/<version>.<record id>.json
//! deployments/<environment>/<service>/<yyyy-mm>/<version>.<record id>.json
//! ```
//!
//! The two digits are the first of the SHA-256 of the version. Each record's name tells its version, even if its content can't
//! be read.

use sha2::{Digest as _, Sha256};

use super::record::{Deployment, Record, RecordId};
use super::version::Version;
use crate::interaction::digest::hex;
use crate::interaction::{ContractId, ServiceName};

/// The file with the store's format and policy.
pub const STORE: &str = "store.yaml";
/// The folder of environments.
pub const ENVIRONMENTS: &str = "environments";
/// The folder of services.
pub const SERVICES: &str = "services";
/// The folder of contracts.
pub const CONTRACTS: &str = "contracts";
/// The folder of publications.
pub const PUBLICATIONS: &str = "publications";
/// The folder of verifications.
pub const VERIFICATIONS: &str = "verifications";
/// The folder of deployments.
pub const DEPLOYMENTS: &str = "deployments";

/// All folders of a store.
pub const FOLDERS: [&str; 6] = [ENVIRONMENTS, SERVICES, CONTRACTS, PUBLICATIONS, VERIFICATIONS, DEPLOYMENTS];

/// The path of an environment's declaration.
#[must_use]
pub fn environment(name: &ServiceName) -> String {
    format!("{ENVIRONMENTS}/{name}.yaml")
}

/// The path of a service's declaration.
#[must_use]
pub fn service(name: &ServiceName) -> String {
    format!("{SERVICES}/{name}.yaml")
}

/// The folder of a consumer's contracts with a provider.
#[must_use]
pub fn contracts(provider: &ServiceName, consumer: &ServiceName) -> String {
    format!("{CONTRACTS}/{provider}/{consumer}")
}

/// The path of a contract.
#[must_use]
pub fn contract(provider: &ServiceName, consumer: &ServiceName, id: ContractId) -> String {
    format!("{CONTRACTS}/{provider}/{consumer}/{id}.yaml")
}

/// The folder of the files that a contract refers to.
#[must_use]
pub fn attachments(provider: &ServiceName, consumer: &ServiceName, id: ContractId) -> String {
    format!("{CONTRACTS}/{provider}/{consumer}/{id}")
}

/// The folder with the publications of a version, which it shares with other versions.
#[must_use]
pub fn publications(service: &ServiceName, version: &Version) -> String {
    format!("{PUBLICATIONS}/{service}/{}", shard(version))
}

/// The folder with the verifications of a version, which it shares with other versions.
#[must_use]
pub fn verifications(provider: &ServiceName, version: &Version) -> String {
    format!("{VERIFICATIONS}/{provider}/{}", shard(version))
}

/// The folder of a service's events in an environment.
#[must_use]
pub fn deployments(environment: &ServiceName, service: &ServiceName) -> String {
    format!("{DEPLOYMENTS}/{environment}/{service}")
}

fn shard(version: &Version) -> String {
    hex(&Sha256::digest(version.as_str())[..1])
}

/// The path of a record.
#[must_use]
pub fn record(record: &Record, id: RecordId) -> String {
    match record {
        Record::Publication(it) => {
            format!("{}/{}.{id}.json", publications(&it.service, &it.version), it.version)
        }
        Record::Verification(it) => {
            format!("{}/{}.{id}.json", verifications(&it.provider, &it.version), it.version)
        }
        Record::Deployment(it) => {
            let Deployment { environment, service, version, stamp, .. } = it;
            format!("{}/{}/{version}.{id}.json", deployments(environment, service), stamp.month())
        }
    }
}

/// The record's id in a file's name, and the version before it, if there is one.
#[must_use]
pub fn record_name(file: &str) -> Option<(Option<&str>, RecordId)> {
    let stem = file.strip_suffix(".json")?;
    match stem.rsplit_once('.') {
        Some((version, id)) => Some((Some(version), id.parse().ok()?)),
        None => Some((None, stem.parse().ok()?)),
    }
}
