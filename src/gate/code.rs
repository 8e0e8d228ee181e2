//! The codes of rows and notices: one for each cause. A code never changes its meaning once it was released.

use std::fmt;

use super::state::State;
use crate::source::{Code, Explanation};

/// Defines an enum of codes. The doc comment of a variant gives the code's meaning, the text behind `=>` the steps that
/// clear it.
macro_rules! gate_codes {
    (
        $(#[doc = $summary:literal])+
        $name:ident { $($(#[doc = $means:literal])+ $variant:ident = $code:literal => $clears:literal;)+ }
    ) => {
        $(#[doc = $summary])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[doc = $means])+ $variant,)+
        }

        impl $name {
            /// Every code, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The meaning of the code, and the steps that clear it.
            #[must_use]
            pub const fn explanation(self) -> Explanation {
                match self {
                    $(Self::$variant => Explanation::new(Code($code), concat!($($means),+), $clears),)+
                }
            }

            /// The code as text: `G101`.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.text())
            }
        }
    };
}

gate_codes! {
    /// Why a row has its state.
    GateCode {
        /// The provider's version upholds every interaction of the contract that the consumer's version has published.
        Compatible = "G001" => "Nothing needs to be done.";
        /// The version goes back to where it was live before, together with a version that was live at the same time.
        /// Results are missing, but --rollback doesn't require them. This relies on the times in the records.
        Rollback = "G002" =>
            "Nothing needs to be done. To be certain, verify the pair: `upheld verify PROVIDER --publish --version \
             VERSION`.";
        /// A live version hasn't published anything, and its service is declared with a `not-onboarded-until` day that
        /// hasn't passed. What it expects is unknown.
        NotOnboarded = "G003" =>
            "Run `upheld publish SERVICE@VERSION` for the live version, and remove `not-onboarded-until` from \
             services/SERVICE.yaml.";
        /// The provider's version was verified, and it breaks at least one interaction of the contract.
        Broken = "G101" =>
            "Fix the provider. Or agree on the change: the consumer changes its contract, publishes it and goes live \
             first. To replace a wrong result, verify again with --supersede.";
        /// The same version of the provider both upheld and broke an interaction. Which of the two is right is unknown,
        /// and a break counts until it is superseded.
        Conflicting = "G102" =>
            "Find out why the results differ. Then verify again, replacing them: `upheld verify PROVIDER --publish \
             --version VERSION --supersede`.";
        /// No version of the provider has a result for these interactions.
        NeverVerified = "G201" =>
            "Run `upheld verify PROVIDER --publish --version VERSION` in the provider's build. `upheld gate --wait 10m` \
             waits for it.";
        /// Other versions of the provider were verified against these interactions, but not this one.
        OtherVersion = "G202" =>
            "Run `upheld verify PROVIDER --publish --version VERSION` in a checkout of exactly this version.";
        /// Only some interactions of the contract have a result for this version of the provider: the run was partial, or
        /// the contract has changed since. Results of unchanged interactions still count.
        Partial = "G203" => "Run `upheld verify PROVIDER --publish --version VERSION` without --only.";
        /// The verification of this version couldn't run these interactions, for example because a provider state
        /// couldn't be set up. They count neither as upheld nor as broken.
        Errored = "G204" => "Fix what kept them from running, which the row quotes, and verify again.";
        /// The version was never published, so what it expects from others is unknown. That isn't the same as a
        /// published version that expects nothing.
        NotPublished = "G301" =>
            "Run `upheld publish SERVICE@VERSION` in its checkout, with --no-contracts if it expects nothing. For a \
             service that doesn't publish yet, write `not-onboarded-until: DATE` into the store's services/SERVICE.yaml.";
        /// One version was published twice with different contracts. Neither publication counts.
        PublishedTwice = "G302" => "Publish a new version. What a version expects can't change.";
        /// A file of the store that the decision depends on can't be trusted: it can't be read, has a newer format,
        /// doesn't match its name, or is missing. What it would say is unknown.
        Untrusted = "G303" =>
            "Run `upheld store lint` to see the problem, and restore the file from the store's history. If the row says \
             that a newer version of Upheld is needed, install it.";
        /// The store doesn't declare a service or environment of this name. Names must be declared, so a typo
        /// can't pass for a service that no other depends on.
        Undeclared = "G304" =>
            "Correct the name, or declare it: `upheld store init --service NAME` or `upheld store init --environment NAME`.";
        /// The history of the shared repository was rewritten, so records may be lost.
        Rewritten = "G305" =>
            "Find out who rewrote it and why. Then accept the present history with `upheld store trust`, on every machine \
             that keeps a copy. End a roll-out that began before with `upheld deployed` or `upheld undeployed --rollout`.";
        /// There are no pairs to check, and --require-pairs requires some.
        NoPairs = "G306" => "Publish what the version expects, or leave out --require-pairs.";
        /// The contract has interactions that this version of Upheld can't run, such as messages of a Pact file. Whether
        /// the provider upholds them is unknown, and no verification can tell.
        Unverifiable = "G307" =>
            "Test them in another way, and publish them as pending with a new version of the consumer: `upheld publish \
             CONSUMER@VERSION --without-skipped`.";
        /// The version's service is declared as retired, so nothing of it goes live any more.
        Retired = "G308" =>
            "Check the name. If the service is in use again, delete `retired` from the store's services/SERVICE.yaml.";
        /// The consumer's version needs a provider that isn't live in the environment. A roll-out under way doesn't
        /// count, since it may be given up.
        MissingProvider = "G401" =>
            "Deploy a version of the provider first, or check both together: `upheld gate PROVIDER@VERSION \
             CONSUMER@VERSION --to ENV`.";
        /// The version is to be retired, and a live consumer can rely on no other version of it: none is live, or only
        /// roll-outs are, which may be given up.
        StillNeeded = "G402" =>
            "Deploy another version that upholds the consumer's contract, or retire the consumer first: `upheld \
             undeployed CONSUMER@VERSION --to ENV`.";
    }
}

gate_codes! {
    /// The kinds of notices.
    NoticeCode {
        /// The version has published that it expects nothing, and nothing live expects anything from it.
        NothingToCheck = "G501" => "Nothing needs to be done. `upheld gate --require-pairs` denies in this case.";
        /// A roll-out began with `upheld gate --reserve`, and its end was never recorded. Until then, both its version and
        /// the one before it count as live.
        OpenRollout = "G502" =>
            "Record how it ended: `upheld deployed SERVICE@VERSION --to ENV` if it is done, `upheld undeployed \
             SERVICE@VERSION --to ENV --rollout` if it was given up.";
        /// A version went live although the gate didn't allow it. Deployments are facts, so it was recorded.
        AgainstTheGate = "G503" =>
            "Nothing needs to be done. The notice disappears when the version is compatible with everything that is live, \
             or replaced.";
        /// A pair that is already live is broken. It doesn't affect the decision: it is broken with or without the
        /// candidate.
        BrokenElsewhere = "G504" => "Run `upheld status --env ENV` to see the pair, and fix it on its own.";
        /// The versions aren't compatible one after another in any order, but they are if all go live at the
        /// same moment.
        OnlyAtOnce = "G505" =>
            "If they really go live at the same moment, add `--atomic`. Otherwise make one of them compatible with the \
             live versions.";
        /// A file of the store can't be trusted. It belongs to services that this decision doesn't depend on.
        UntrustedElsewhere = "G506" => "Run `upheld store lint` to see the problem.";
        /// A consumer has published contracts with the provider, but none of its versions is live in the environment. A
        /// consumer that isn't live never blocks a provider.
        NotLive = "G507" =>
            "Nothing needs to be done. If the consumer is live, record it: `upheld deployed CONSUMER@VERSION --to \
             ENV`.";
        /// A version that is to be retired isn't live in the environment, so nothing can rely on it there.
        NotLiveToRetire = "G508" => "Nothing needs to be done. `upheld status --env ENV` shows what is live.";
    }
}

impl GateCode {
    /// The state that a row with this code has.
    #[must_use]
    pub const fn state(self) -> State {
        match self {
            Self::Compatible | Self::Rollback | Self::NotOnboarded => State::Compatible,
            Self::Broken | Self::Conflicting => State::Incompatible,
            Self::NeverVerified | Self::OtherVersion | Self::Partial | Self::Errored => State::Unverified,
            Self::NotPublished
            | Self::PublishedTwice
            | Self::Untrusted
            | Self::Undeclared
            | Self::Rewritten
            | Self::NoPairs
            | Self::Unverifiable
            | Self::Retired => State::Unknown,
            Self::MissingProvider | Self::StillNeeded => State::MissingProvider,
        }
    }
}
