//! Why a row has its state, and what clears it. Data only: the reports make text of it.

use jiff::civil::Date;

use crate::interaction::{InteractionId, ServiceName};
use crate::ledger::{Doubt, NameKind, Reason, Rewritten, ServiceVersion, Version};

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
    /// The provider's version is verified.
    Verify(ServiceVersion),
    /// The provider's version is verified again, and the new results replace the conflicting ones.
    VerifyAgain(ServiceVersion),
    /// The consumer publishes interactions that can't be run as pending.
    PublishAsPending { consumer: ServiceName },
    /// The version is published.
    Publish(ServiceVersion),
    /// The live version is published, or its service is declared as one that doesn't publish yet.
    PublishOrExempt(ServiceVersion),
    /// The service publishes a new version.
    PublishNew(ServiceName),
    /// The contracts of the version are published, or pairs aren't required.
    PublishOrAllowNone,
    /// The name is declared.
    Declare { kind: NameKind, name: ServiceName },
    /// A file of the store is repaired.
    Repair(Doubt),
    /// The history that the store has now is accepted.
    TrustStore,
    /// The roll-out is ended, because the store no longer contains its decision.
    EndRollout { rollout: ServiceVersion, environment: ServiceName },
    /// The roll-out of the provider ends.
    FinishRollout { provider: ServiceVersion, environment: ServiceName },
    /// The provider goes live before the consumer.
    OrderFirst { provider: ServiceName, consumer: ServiceName },
    /// Some version of the provider goes live first.
    DeployFirst { provider: ServiceName, environment: ServiceName },
}
