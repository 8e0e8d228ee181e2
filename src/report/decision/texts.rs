//! The gate's facts, next steps and notices in words. Each text is a sentence without a full stop, and not escaped yet.

use crate::gate::{Fact, NextStep, Notice};
use crate::ledger::{Doubt, DoubtKind, ServiceVersion, Target, layout, short_id};
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
        Fact::NoOtherVersion { leaving, environment } => format!(
            "without {}, no version of {} that it can rely on is live in {environment}",
            leaving.short(),
            leaving.service
        ),
        Fact::WouldRemain { leaving, provider } => {
            format!("without {}, it would be left with {}", leaving.short(), provider.short())
        }
        Fact::Retired { service, since } => format!("{service} is retired since {since}"),
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
        NextStep::Verify { provider, consumer } => {
            format!("in a checkout of {}: {}", provider.short(), verify(provider, consumer.as_ref()))
        }
        NextStep::VerifyAgain { provider, consumer } => format!(
            "find out why the results differ; then, in a checkout of {}: {} --supersede",
            provider.short(),
            verify(provider, consumer.as_ref())
        ),
        NextStep::PublishAsPending { consumer } => format!(
            "publish a new version of {consumer} with these interactions as pending: upheld publish {consumer} \
             --without-skipped"
        ),
        NextStep::Publish { version, none } => {
            let none = if *none { " --no-contracts" } else { "" };
            format!("publish it: upheld publish {version}{none}")
        }
        NextStep::Exempt(service) => {
            format!(
                "or, if {service} doesn't publish yet, write `not-onboarded-until: DATE` into services/{service}.yaml"
            )
        }
        NextStep::PublishNew(service) => format!(
            "what a version expects can't change, so publish a new version of {service}: upheld publish {service}"
        ),
        NextStep::AllowNone { candidates, environment } => {
            let all: Vec<String> = candidates.iter().map(ToString::to_string).collect();
            let all = all.join(" ");
            format!("publish what they expect, or don't require pairs: upheld gate {all} --to {environment}")
        }
        NextStep::Declare { kind, name } => {
            format!("if the name is right, declare it: upheld store init --{} {name}", kind.word())
        }
        NextStep::UseAgain(service) => {
            format!("if {service} is in use again, delete `retired` from services/{service}.yaml")
        }
        NextStep::Repair(doubt) => repair(doubt),
        NextStep::TrustStore => {
            String::from("find out who did it and why; then accept the present history: upheld store trust")
        }
        NextStep::EndRollout { rollout, place } => format!(
            "find out who did it and why; then, if the roll-out is done: upheld deployed {rollout} {}",
            to(place)
        ),
        NextStep::GiveUpRollout { rollout, place } => {
            format!("or, if it was given up: upheld undeployed {rollout} {} --rollout", to(place))
        }
        NextStep::FinishRollout { provider, place } => {
            format!("finish its roll-out first: upheld deployed {provider} {}", to(place))
        }
        NextStep::OrderFirst { provider, consumer, environment } => format!(
            "let {} go live first: upheld gate {provider} {consumer} --to {environment} --order {},{}",
            provider.service, provider.service, consumer.service
        ),
        NextStep::RetireLive { version, environment } => {
            format!("{} is live: upheld gate --retire {version} --to {environment}", version.short())
        }
        NextStep::RetireFirst { consumer, environment } => format!(
            "or, if {} isn't needed any more, retire it first: upheld gate --retire {consumer} --to {environment}",
            consumer.short()
        ),
        NextStep::DeployFirst { provider, version: Some(version), environment } => {
            let of = ServiceVersion::new(provider.clone(), version.clone());
            format!("deploy {} first, and record it: upheld deployed {of} --to {environment}", of.short())
        }
        NextStep::DeployFirst { provider, version: None, environment } => {
            format!("deploy a version of {provider} first; in its checkout: upheld gate {provider} --to {environment}")
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
        Notice::NothingToCheck { retire: false } => {
            String::from("nothing to check: the version expects nothing, and nothing live expects anything from it")
        }
        Notice::NothingToCheck { retire: true } => String::from("nothing live expects anything from it"),
        Notice::NotLiveToRetire { version, environment } => {
            format!("{} isn't live in {environment}, so nothing can rely on it there", version.short())
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
        Notice::OpenRollout { rollout, place, .. } => {
            let to = to(place);
            Some(format!(
                "record how it ended: upheld deployed {rollout} {to}, or upheld undeployed {rollout} {to} --rollout"
            ))
        }
        Notice::BrokenElsewhere { environment, .. } => Some(format!("upheld status --env {environment}")),
        Notice::UntrustedElsewhere(_) => Some(String::from("upheld store lint")),
        Notice::NothingToCheck { .. }
        | Notice::NotLiveToRetire { .. }
        | Notice::AgainstTheGate { .. }
        | Notice::NotLive { .. } => None,
    }
}

/// The options for a place.
fn to(place: &Target) -> String {
    let on = place.instance.as_ref().map(|instance| format!(" --instance {instance}")).unwrap_or_default();
    format!("--to {}{on}", place.environment)
}

/// The command that brings results for a version.
fn verify(provider: &ServiceVersion, consumer: Option<&ServiceVersion>) -> String {
    let only = consumer.map(|consumer| format!(" --for {consumer}")).unwrap_or_default();
    format!("upheld verify {} --publish --version {}{only}", provider.service, provider.version)
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
