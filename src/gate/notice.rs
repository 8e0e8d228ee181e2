//! Facts worth knowing that don't affect a decision. Data only: the reports make text of it.

use super::code::NoticeCode;
use crate::interaction::ServiceName;
use crate::ledger::{Doubt, ServiceVersion, Target};

/// One thing worth knowing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// No order of the candidates works, but all at once do.
    OnlyAtOnce,
    /// There are no pairs.
    NothingToCheck { retire: bool },
    /// A roll-out of another version is under way. Times are as records have them.
    OpenRollout { rollout: ServiceVersion, since: String, until: Option<String>, place: Target },
    /// A version went live although the gate's decision wasn't yes.
    AgainstTheGate { version: ServiceVersion, since: String, gate: String },
    /// Two versions that are live already aren't compatible.
    BrokenElsewhere { provider: ServiceVersion, consumer: ServiceVersion, environment: ServiceName },
    /// A version that is to be retired isn't live.
    NotLiveToRetire { version: ServiceVersion, environment: ServiceName },
    /// Consumers that have contracts with a candidate aren't live.
    NotLive { consumers: Vec<ServiceName>, provider: ServiceName, environment: ServiceName },
    /// A file can't be trusted that no row is about.
    UntrustedElsewhere(Doubt),
}

impl Notice {
    /// The code of its kind.
    #[must_use]
    pub const fn code(&self) -> NoticeCode {
        match self {
            Self::OnlyAtOnce => NoticeCode::OnlyAtOnce,
            Self::NothingToCheck { .. } => NoticeCode::NothingToCheck,
            Self::OpenRollout { .. } => NoticeCode::OpenRollout,
            Self::AgainstTheGate { .. } => NoticeCode::AgainstTheGate,
            Self::BrokenElsewhere { .. } => NoticeCode::BrokenElsewhere,
            Self::NotLiveToRetire { .. } => NoticeCode::NotLiveToRetire,
            Self::NotLive { .. } => NoticeCode::NotLive,
            Self::UntrustedElsewhere(_) => NoticeCode::UntrustedElsewhere,
        }
    }
}
