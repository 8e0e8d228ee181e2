//! The gate's facts, next steps and notices in words. Each text is a sentence without a full stop, and not escaped yet.

use crate::gate::{Fact, NextStep, Notice};
use crate::ledger::{Doubt, DoubtKind, ServiceVersion, layout, short_id};
use crate::words::{and_list, count};

/// A cause in one sentence.
#[must_use]
pub fn fact_text(fact: &Fact) -> String {
    match fact {
        Fact::Flaky => String::from("conflicting results (flaky): the same version both upheld and broke it"),
        Fact::NeverVerified { provider } => format!("never verified: no version of {provider} has a result"),
        Fact::VerifiedBy { versions, more } => {
            let more = (*more > 0).then(|| count(*more, "more version").to_string());
            format!("last verified: {}", and_list(versions.iter().map(ServiceVersion::short).chain(more)))
        }
        Fact::Unrunnable { name, why } => format!("{name}: it can't be run, because {why}"),
        Fact::MoreUnrunnable(more) => format!("and {} that can't be run", count(*more, "more interaction")),
        Fact::Pending { names, more } => {
            let more = (*more > 0).then(|| format!("{more} more"));
            format!(
                "not checked, because the contract marks it as pending: {}",
                and_list(names.iter().cloned().chain(more))
            )
        }
        Fact::LiveTogetherBefore => {
            String::from("results are missing, but these two versions were live together before")
        }
        Fact::Doubtful(doubt) => doubt.to_string(),
        Fact::ExpectsUndeclared { consumer, provider } => {
            format!("{} expects something from {provider}, which the store doesn't declare", consumer.short())
        }
        Fact::Undeclared { kind, name } => format!("the store declares no {} `{name}`", kind.word()),
        Fact::SimilarName(name) => format!("did you mean `{name}`?"),
        Fact::NothingDeclared(kind) => format!("it declares no {} at all", kind.word()),
        Fact::Declared { names, more } => {
            let more = (*more > 0).then(|| format!("{more} more"));
            format!("declared: {}", and_list(names.iter().map(ToString::to_string).chain(more)))
        }
        Fact::PublishedTwice(version) => format!("{} was published twice with different contracts", version.short()),
        Fact::NotPublished(version) => format!("{version} was never published, so what it expects is unknown"),
        Fact::SimilarVersion(version) => format!("did you mean `{version}`?"),
        Fact::NothingPublished(service) => format!("no version of {service} was ever published"),
        Fact::Published { service, versions } => format!("published versions of {service}: {}", and_list(versions)),
        Fact::NotOnboarded { consumer, until } => {
            let until = until.map(|day| format!(" until {day}")).unwrap_or_default();
            format!("{} hasn't published anything; its service is exempt{until}", consumer.short())
        }
        Fact::StillRollingOut { provider, environment } => {
            format!("{} is still rolling out in {environment}, and may be given up", provider.short())
        }
        Fact::NotLiveBefore { candidate, environment } => {
            format!("no version of {} is live in {environment} before {}", candidate.service, candidate.short())
        }
        Fact::NotLive { provider, environment } => format!("no version of {provider} is live in {environment}"),
        Fact::NoPairs => String::from("there are no pairs to check, but --require-pairs requires some"),
        Fact::Rewritten(how) => how.to_string(),
        Fact::RewrittenSince { rollout, view } => format!(
            "the store's history was rewritten since the roll-out of {} began: it no longer contains {}",
            rollout.short(),
            short_id(view)
        ),
    }
}

/// The next step, with a command to run if there is one.
#[must_use]
pub fn next_text(next: &NextStep) -> String {
    match next {
        NextStep::FixOrAgree { provider, consumer } => format!(
            "fix {provider} to return what {consumer} expects; or agree on the change with {consumer}, which then changes its \
             contract"
        ),
        NextStep::Verify(provider) => format!("in a checkout of {}: {}", provider.short(), verify(provider)),
        NextStep::VerifyAgain(provider) => format!(
            "find out why the results differ; then, in a checkout of {}: {} --supersede",
            provider.short(),
            verify(provider)
        ),
        NextStep::PublishAsPending { consumer } => format!(
            "publish a new version of {consumer} with these interactions as pending: upheld publish {consumer}@… \
             --without-skipped"
        ),
        NextStep::Publish(version) => format!("publish it: upheld publish {version}"),
        NextStep::PublishOrExempt(version) => format!(
            "publish it: upheld publish {version}; or write `not-onboarded-until: DATE` into services/{}.yaml",
            version.service
        ),
        NextStep::PublishNew(service) => {
            format!("publish a new version of {service}; what a version expects can't change")
        }
        NextStep::PublishOrAllowNone => String::from("publish what the version expects, or leave out --require-pairs"),
        NextStep::Declare { kind, name } => {
            format!("if the name is right, declare it: upheld store init --{} {name}", kind.word())
        }
        NextStep::Repair(doubt) => repair(doubt),
        NextStep::TrustStore => {
            String::from("find out who did it and why; then accept the present history: upheld store trust")
        }
        NextStep::EndRollout { rollout, environment } => format!(
            "find out who did it and why; then {}",
            end_rollout("end the roll-out", rollout, environment.as_str())
        ),
        NextStep::FinishRollout { provider, environment } => {
            format!("finish its roll-out first: upheld deployed {provider} --to {environment}")
        }
        NextStep::OrderFirst { provider, consumer } => {
            format!("let {provider} go live first: --order {provider},{consumer}")
        }
        NextStep::DeployFirst { provider, environment } => {
            format!("deploy a version of {provider} first: upheld gate {provider}@… --to {environment}")
        }
    }
}

/// The text of a notice.
#[must_use]
pub fn notice_text(notice: &Notice) -> String {
    match notice {
        Notice::OnlyAtOnce => String::from(
            "these versions aren't compatible in any order, but they are if all go live at the same moment",
        ),
        Notice::NothingToCheck => {
            String::from("nothing to check: the version expects nothing, and nothing live expects anything from it")
        }
        Notice::OpenRollout { rollout, since, until, .. } => {
            let until = until.as_ref().map(|until| format!(" and was due by {until}")).unwrap_or_default();
            format!(
                "a roll-out of {} began at {since}{until}; until its end is recorded, both that version and the one before \
                 it count as live",
                rollout.short()
            )
        }
        Notice::AgainstTheGate { version, since, gate } => {
            format!("{} went live at {since} although the gate said {gate}", version.short())
        }
        Notice::BrokenElsewhere { provider, consumer, environment } => format!(
            "{} breaks {}, both live in {environment}; that doesn't affect this decision",
            provider.short(),
            consumer.short()
        ),
        Notice::NotLive { consumers, provider, environment } => {
            let (not, whose) = if consumers.len() == 1 { ("isn't", "its") } else { ("aren't", "their") };
            format!(
                "{} {not} live in {environment}, so {whose} contracts with {provider} aren't checked",
                and_list(consumers)
            )
        }
        Notice::UntrustedElsewhere(doubt) => doubt.to_string(),
    }
}

/// The next step after a notice, if there is one.
#[must_use]
pub fn notice_next_text(notice: &Notice) -> Option<String> {
    match notice {
        Notice::OnlyAtOnce => Some(String::from("if they really go live at the same moment, add --atomic")),
        Notice::OpenRollout { rollout, environment, .. } => {
            Some(end_rollout("record how it ended", rollout, environment.as_str()))
        }
        Notice::BrokenElsewhere { environment, .. } => Some(format!("upheld status --env {environment}")),
        Notice::UntrustedElsewhere(_) => Some(String::from("upheld store lint")),
        Notice::NothingToCheck | Notice::AgainstTheGate { .. } | Notice::NotLive { .. } => None,
    }
}

/// The command that brings results for a version.
fn verify(provider: &ServiceVersion) -> String {
    format!("upheld verify {} --publish --version {}", provider.service, provider.version)
}

fn end_rollout(what: &str, rollout: &ServiceVersion, environment: &str) -> String {
    format!(
        "{what}: upheld deployed {rollout} --to {environment}, or upheld undeployed {rollout} --to {environment} --rollout"
    )
}

fn repair(doubt: &Doubt) -> String {
    match &doubt.kind {
        DoubtKind::Missing if doubt.path == layout::STORE => String::from("create a store there: upheld store init"),
        DoubtKind::Newer { needs: Some(needs) } => format!("upgrade to Upheld >= {needs}"),
        DoubtKind::Newer { needs: None } => String::from("upgrade Upheld to its newest version"),
        DoubtKind::Unreadable(_) | DoubtKind::WrongName | DoubtKind::Misplaced | DoubtKind::Missing => {
            format!("run `upheld store lint`, and restore {} from the store's history", doubt.path)
        }
    }
}
