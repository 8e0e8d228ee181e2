//! What each code means, and what clears it.

use super::code::{self, GateCode};

/// What a code says, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation {
    pub code: GateCode,
    /// What it means, in one sentence.
    pub means: &'static str,
    /// What clears it, or why nothing has to.
    pub clears: &'static str,
}

/// The explanation of a code; none where there is no such code.
#[must_use]
pub fn explain(code: &str) -> Option<&'static Explanation> {
    EXPLANATIONS.iter().find(|one| one.code.eq_ignore_ascii_case(code))
}

const fn told(code: GateCode, means: &'static str, clears: &'static str) -> Explanation {
    Explanation { code, means, clears }
}

const EXPLANATIONS: &[Explanation] = &[
    told(
        code::COMPATIBLE,
        "The provider's version upholds every interaction of the contract that the consumer's version has published, \
         and breaks none.",
        "Nothing has to be done.",
    ),
    told(
        code::ROLLBACK,
        "The version goes back to where it was live before, beside a version that was live at that time, too. Results \
         are missing, and were not asked for, since --rollback was given. This rests on the times in the records.",
        "Verify the pair to be certain: `upheld verify PROVIDER --publish --version VERSION`.",
    ),
    told(
        code::NOT_ONBOARDED,
        "A live version has published nothing, and its service is declared as one that need not until a day that has \
         not passed. What it needs is not known.",
        "`upheld publish SERVICE@VERSION` for what is live, and take `not-onboarded-until` out of services/SERVICE.yaml.",
    ),
    told(
        code::BROKEN,
        "The provider's version was verified, and breaks at least one interaction of the contract.",
        "The provider gives what is asked for; or both agree on the change: the consumer changes its contract, publishes \
         it, and goes live first. A wrong result is replaced by verifying again with --supersede.",
    ),
    told(
        code::CONFLICTING,
        "The same version of the provider was seen to uphold an interaction and to break it. Which of the two is true \
         is not known, and a break counts until it is taken back.",
        "Find out why the results differ. Then verify again: `upheld verify PROVIDER --publish --version VERSION \
         --supersede`, whose results take the place of those before.",
    ),
    told(
        code::NEVER_VERIFIED,
        "No version of the provider has a result for these interactions.",
        "`upheld verify PROVIDER --publish --version VERSION`, in the provider's build. `gate --wait 10m` waits for it.",
    ),
    told(
        code::OTHER_VERSION,
        "Other versions of the provider were verified against these interactions, and this one was not.",
        "`upheld verify PROVIDER --publish --version VERSION`, in a checkout of exactly this version.",
    ),
    told(
        code::PARTIAL,
        "Some interactions of the contract have a result for this version of the provider, and some have none: the run \
         was partial, or the contract has changed since. The others carry over.",
        "`upheld verify PROVIDER --publish --version VERSION`, without --only.",
    ),
    told(
        code::ERRORED,
        "The verification of this version could not run these interactions, for example since a provider state could \
         not be brought about. That is neither upheld nor broken.",
        "Mend what kept it from running, which the row quotes, and verify again.",
    ),
    told(
        code::NOT_PUBLISHED,
        "The version was never published: what it expects of others is not known. That is not the same as a version \
         that has published that it expects nothing.",
        "`upheld publish SERVICE@VERSION` in its checkout, with --no-contracts where it expects nothing of anybody. For \
         services that are not there yet: `not-onboarded-until: DATE` in the store's services/SERVICE.yaml.",
    ),
    told(
        code::PUBLISHED_TWICE,
        "There are two publications of one version that say different things. Neither counts.",
        "Publish a new version. What one version expects never changes.",
    ),
    told(
        code::UNTRUSTED,
        "A file of the store that the answer rests on can't be trusted: it can't be read, is of a newer format, does \
         not match its name, or is missing. What it would have said is not known.",
        "`upheld store lint` says what is wrong with it. Restore it from the store's history; or install a newer \
         version of upheld, where the row asks for it.",
    ),
    told(
        code::UNDECLARED,
        "The store declares no service or environment of this name. Names are declared by hand, so that a slip of the \
         finger is never taken for a service that nobody depends on.",
        "Correct the name, or declare it: `upheld store init --service NAME` or `--environment NAME`.",
    ),
    told(
        code::REWRITTEN,
        "The history of the shared repository was rewritten: records that were there may be gone.",
        "Find out who did it and why. Then accept what is there now, on each machine that keeps a copy: `upheld store \
         trust`. A roll-out that was begun before ends with `upheld deployed` or `upheld undeployed --rollout`.",
    ),
    told(
        code::NO_PAIRS,
        "There is no pair to check, and --require-pairs asks for one.",
        "Publish what the version expects, or leave --require-pairs out.",
    ),
    told(
        code::UNVERIFIABLE,
        "The contract has interactions that this version of upheld can't run, like the messages of a Pact file: whether \
         the provider upholds them is not known, and no verification will tell.",
        "The consumer publishes them as pending, and tests them in another way: `upheld publish CONSUMER@VERSION \
         --without-skipped`, of a new version, since what one version expects never changes.",
    ),
    told(
        code::MISSING_PROVIDER,
        "The consumer's version needs a provider of which no version is live in the environment. A roll-out that is under \
         way doesn't count: it may be given up.",
        "Let a version of the provider go live first, or ask about both: `upheld gate PROVIDER@V CONSUMER@V --to ENV`.",
    ),
    told(
        code::NOTHING_TO_CHECK,
        "The version has published that it expects nothing, and nobody live expects anything of it.",
        "Nothing has to be done. `gate --require-pairs` takes this for a mistake.",
    ),
    told(
        code::OPEN_ROLLOUT,
        "A roll-out was begun, by `gate --reserve`, and nobody has told how it ended. Until then its version may be \
         live, and so may the one before it.",
        "`upheld deployed SERVICE@VERSION --to ENV` where it is done, `upheld undeployed SERVICE@VERSION --to ENV --rollout` where \
         it was given up.",
    ),
    told(
        code::AGAINST_THE_GATE,
        "A version went live though the gate had not said yes. The deployment is a fact, and was written down as one.",
        "The mark goes with the version.",
    ),
    told(
        code::BROKEN_ELSEWHERE,
        "A pair that is live already is broken. It has no part in the answer, since it is there with or without the \
         candidate.",
        "`upheld status` shows it; the answer doesn't wait for it.",
    ),
    told(
        code::ONLY_AT_ONCE,
        "The versions don't fit one after the other in any order, but they do all at once.",
        "If they really go live in the same moment: `--atomic`. Else make one of them fit what is live.",
    ),
    told(
        code::UNTRUSTED_ELSEWHERE,
        "A file of the store can't be trusted. It is of services that the question has nothing to do with.",
        "`upheld store lint` says what is wrong with it.",
    ),
    told(
        code::NOT_LIVE,
        "A consumer has published contracts with the provider, and none of its versions is live in the environment. A \
         consumer that is not live never blocks a provider.",
        "Nothing has to be done. If it is live after all, tell it: `upheld deployed CONSUMER@VERSION --to ENV`.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::CODES;

    #[test]
    fn every_code_is_explained_once() {
        for (code, _) in CODES {
            assert_eq!(EXPLANATIONS.iter().filter(|one| one.code == *code).count(), 1, "{code}");
        }
        assert_eq!(EXPLANATIONS.len(), CODES.len());
        assert_eq!(explain("g101").unwrap().code, code::BROKEN);
        assert_eq!(explain("X1"), None);
    }
}
