//! Why a row has its state, and what clears it. Data only: the reports make text of it.

use jiff::civil::Date;

use crate::interaction::{InteractionId, ServiceName};
use crate::ledger::{Doubt, NameKind, Reason, Rewritten, ServiceVersion, Target, Version};

/// One cause of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// An interaction is broken or couldn't be run, for the reasons that the verification recorded.
    Interaction { name: String, id: InteractionId, reasons: Vec<Reason> },
    /// Interactions without a result, out of as many as the contract has.
    NoResult { names: Vec<String>, of: usize },
    /// Anything else.
    Fact(Fact),
}

/// A cause that a report states in one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The same version both upheld and broke an interaction.
    Flaky,
    /// No version of the provider has a result.
    NeverVerified { provider: ServiceName },
    /// Other versions of the provider have results, the latest first, and there are `more` of them.
    VerifiedBy { versions: Vec<ServiceVersion>, more: usize },
    /// An interaction can't be run at all.
    Unrunnable { name: String, why: String },
    /// There are more of these.
    MoreUnrunnable(usize),
    /// Interactions that the contract marks as pending and that are therefore not checked; and there are `more` of
    /// them.
    Pending { names: Vec<String>, more: usize },
    /// Results are missing, but the two versions were live together before.
    LiveTogetherBefore,
    /// A file can't be trusted.
    Doubtful(Doubt),
    /// A consumer expects something of a provider that the store doesn't declare.
    ExpectsUndeclared { consumer: ServiceVersion, provider: ServiceName },
    /// The store doesn't declare the name.
    Undeclared { kind: NameKind, name: ServiceName },
    /// The declared name that was probably meant.
    SimilarName(ServiceName),
    /// The store declares no name of the kind.
    NothingDeclared(NameKind),
    /// The first declared names, and there are `more` of them.
    Declared { names: Vec<ServiceName>, more: usize },
    /// A version was published twice with different contracts.
    PublishedTwice(ServiceVersion),
    /// A version was never published.
    NotPublished(ServiceVersion),
    /// The published version that was probably meant.
    SimilarVersion(ServiceVersion),
    /// A service has published no version at all.
    NothingPublished(ServiceName),
    /// The published versions that are most like the one that was named.
    Published { service: ServiceName, versions: Vec<Version> },
    /// A version hasn't published anything, and needn't until a day.
    NotOnboarded { consumer: ServiceVersion, until: Option<Date> },
    /// The only live version of a provider is still rolling out.
    StillRollingOut { provider: ServiceVersion, environment: ServiceName },
    /// Nothing of a provider is live before its candidate.
    NotLiveBefore { candidate: ServiceVersion, environment: ServiceName },
    /// A version is to be retired, and it is the only one of its service that a consumer can rely on.
    NoOtherVersion { leaving: ServiceVersion, environment: ServiceName },
    /// A version is to be retired, and this one would remain for its consumer.
    WouldRemain { leaving: ServiceVersion, provider: ServiceVersion },
    /// A service is no longer in use.
    Retired { service: ServiceName, since: Date },
    /// Nothing of a provider is live.
    NotLive { provider: ServiceName, environment: ServiceName },
    /// There are no pairs to check.
    NoPairs,
    /// The store's history was rewritten.
    Rewritten(Rewritten),
    /// The store's history no longer contains the view that a roll-out was decided on.
    RewrittenSince { rollout: ServiceVersion, view: String },
}

impl From<Fact> for Cause {
    fn from(fact: Fact) -> Self {
        Self::Fact(fact)
    }
}

/// The step that clears a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// The provider meets its consumer's expectations, or the two agree on a change.
    FixOrAgree { provider: ServiceName, consumer: ServiceName },
    /// The provider's version is verified; for the consumer's version alone, if a verification for what is live and for main
    /// branches wouldn't include it.
    Verify { provider: ServiceVersion, consumer: Option<ServiceVersion> },
    /// The same once more, and the new results replace the conflicting ones.
    VerifyAgain { provider: ServiceVersion, consumer: Option<ServiceVersion> },
    /// The consumer publishes interactions that can't be run as pending.
    PublishAsPending { consumer: ServiceName },
    /// The version is published; with `none`, its service expects nothing of others.
    Publish { version: ServiceVersion, none: bool },
    /// The service is declared as one that doesn't publish yet.
    Exempt(ServiceName),
    /// The service publishes a new version.
    PublishNew(ServiceName),
    /// The contracts of the versions are published, or pairs aren't required.
    AllowNone { candidates: Vec<ServiceVersion>, environment: ServiceName },
    /// The name is declared.
    Declare { kind: NameKind, name: ServiceName },
    /// A service is declared to be in use again.
    UseAgain(ServiceName),
    /// A file of the store is repaired.
    Repair(Doubt),
    /// The history that the store has now is accepted.
    TrustStore,
    /// The roll-out, whose decision the store no longer contains, is done.
    EndRollout { rollout: ServiceVersion, place: Target },
    /// The same roll-out was given up.
    GiveUpRollout { rollout: ServiceVersion, place: Target },
    /// The roll-out of the provider ends.
    FinishRollout { provider: ServiceVersion, place: Target },
    /// The provider goes live before the consumer.
    OrderFirst { provider: ServiceVersion, consumer: ServiceVersion, environment: ServiceName },
    /// A live version goes away, instead of an unknown one.
    RetireLive { version: ServiceVersion, environment: ServiceName },
    /// A consumer goes away before its provider.
    RetireFirst { consumer: ServiceVersion, environment: ServiceName },
    /// A version of the provider goes live first, if one is known that may do.
    DeployFirst { provider: ServiceName, version: Option<Version>, environment: ServiceName },
}
