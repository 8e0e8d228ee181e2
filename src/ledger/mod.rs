//! The ledger: everything that is known about services and their versions, as records that never change.
//!
//! A record is one file, named by the SHA-256 of its canonical bytes ([`Record`]), at a path that follows from its content
//! ([`layout`]). So sets of records never conflict, and a changed file is detected by its name. A [`Book`] answers
//! questions about the records of a [`Snapshot`], and returns with every answer the files that it couldn't trust
//! ([`Doubt`]). A ledger is kept in a [`Store`], which the edges implement.

/// The variable with a token for a store at an https:// address. Only git receives the token, under another name.
pub const STORE_TOKEN: &str = "UPHELD_STORE_TOKEN";
/// The variable that says how this process received the token. It means nothing to others.
pub const STORE_TOKEN_FROM: &str = "UPHELD_STORE_TOKEN_FROM";

mod abbreviation;
mod book;
mod branches;
pub mod codes;
mod contracts;
mod declared;
mod doubt;
pub mod layout;
mod lint;
mod lint_tree;
mod live;
mod needed;
mod possible;
mod published;
mod reading;
mod record;
mod refusal;
mod renamed;
mod results;
mod snapshot;
mod version;
mod world;
mod write;

pub use abbreviation::full_version;
pub use book::Book;
pub use branches::{SideBranch, branch_name, heads, main_branch, newest_first, side_branches};
pub use contracts::{StoredContract, contract_files};
pub use declared::{
    DECLARED_FORMAT, DeclaredService, StorePolicy, environment_text, read_environment, read_policy, read_service,
    service_text, store_text,
};
pub use doubt::{Doubt, DoubtKind, Rewritten};
pub use lint::{Linted, lint, lint_changes};
pub use live::{Live, LiveSet, live};
pub use needed::{Needed, NeededContract, needed, needed_for};
pub use possible::PossibleNeeds;
pub use published::Published;
pub use reading::Read;
pub use record::{
    By, Deployment, Event, Publication, Reason, Record, RecordId, Stamp, TestResult, Verification, parse,
};
pub use refusal::{NameKind, Refusal};
pub use renamed::FormerNames;
pub use results::{Results, Standing};
pub use snapshot::{EntryKind, FolderEntry, Landing, NewFile, Snapshot, Store, StoreError};
pub use version::{ServiceVersion, Version, VersionError, short_id};
pub use world::{DoubtfulDeployment, DoubtfulRollout, ServiceWorld};
pub use write::{Arrival, Departure, Target, arrive, depart, publish, verification};
