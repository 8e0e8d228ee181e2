//! The codes of rows and notices: one for each cause.

use super::decision::State;

/// A stable code, like `G101`. It never changes its meaning once it was released.
pub type GateCode = &'static str;

/// Every interaction is upheld.
pub const COMPATIBLE: GateCode = "G001";
/// A version goes back to where it was live before, beside a version that was live then.
pub const ROLLBACK: GateCode = "G002";
/// A live version has published nothing, and need not yet.
pub const NOT_ONBOARDED: GateCode = "G003";
/// An interaction is broken.
pub const BROKEN: GateCode = "G101";
/// An interaction is both upheld and broken.
pub const CONFLICTING: GateCode = "G102";
/// No version of the provider was ever verified against these interactions.
pub const NEVER_VERIFIED: GateCode = "G201";
/// Other versions of the provider were verified, and this one was not.
pub const OTHER_VERSION: GateCode = "G202";
/// Some interactions have a result for this version, and others have none.
pub const PARTIAL: GateCode = "G203";
/// The interactions could not be run against this version.
pub const ERRORED: GateCode = "G204";
/// A version has never been published.
pub const NOT_PUBLISHED: GateCode = "G301";
/// A version was published twice, with other content.
pub const PUBLISHED_TWICE: GateCode = "G302";
/// A file of the store can't be trusted.
pub const UNTRUSTED: GateCode = "G303";
/// A name is not declared in the store.
pub const UNDECLARED: GateCode = "G304";
/// The store's history was rewritten.
pub const REWRITTEN: GateCode = "G305";
/// There is nothing to check, and there had to be.
pub const NO_PAIRS: GateCode = "G306";
/// The contract has interactions that can't be run at all.
pub const UNVERIFIABLE: GateCode = "G307";
/// Nothing of the provider is live.
pub const MISSING_PROVIDER: GateCode = "G401";
/// There is nothing to check.
pub const NOTHING_TO_CHECK: GateCode = "G501";
/// A roll-out was begun, and nobody has told how it ended.
pub const OPEN_ROLLOUT: GateCode = "G502";
/// A version is live that the gate had not let through.
pub const AGAINST_THE_GATE: GateCode = "G503";
/// A pair without a candidate is broken, which is not the candidate's fault.
pub const BROKEN_ELSEWHERE: GateCode = "G504";
/// The versions fit each other at once, and not one after the other.
pub const ONLY_AT_ONCE: GateCode = "G505";
/// A file of the store that these versions have nothing to do with can't be trusted.
pub const UNTRUSTED_ELSEWHERE: GateCode = "G506";
/// A consumer's contract is not asked about, since none of its versions that have it is live.
pub const NOT_LIVE: GateCode = "G507";

/// All codes with the state that they stand for; none for a notice.
pub const CODES: &[(GateCode, Option<State>)] = &[
    (COMPATIBLE, Some(State::Compatible)),
    (ROLLBACK, Some(State::Compatible)),
    (NOT_ONBOARDED, Some(State::Compatible)),
    (BROKEN, Some(State::Incompatible)),
    (CONFLICTING, Some(State::Incompatible)),
    (NEVER_VERIFIED, Some(State::Unverified)),
    (OTHER_VERSION, Some(State::Unverified)),
    (PARTIAL, Some(State::Unverified)),
    (ERRORED, Some(State::Unverified)),
    (NOT_PUBLISHED, Some(State::Unknown)),
    (PUBLISHED_TWICE, Some(State::Unknown)),
    (UNTRUSTED, Some(State::Unknown)),
    (UNDECLARED, Some(State::Unknown)),
    (REWRITTEN, Some(State::Unknown)),
    (NO_PAIRS, Some(State::Unknown)),
    (UNVERIFIABLE, Some(State::Unknown)),
    (MISSING_PROVIDER, Some(State::MissingProvider)),
    (NOTHING_TO_CHECK, None),
    (OPEN_ROLLOUT, None),
    (AGAINST_THE_GATE, None),
    (BROKEN_ELSEWHERE, None),
    (ONLY_AT_ONCE, None),
    (UNTRUSTED_ELSEWHERE, None),
    (NOT_LIVE, None),
];
