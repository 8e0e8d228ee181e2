//! Checks a converted contract with the reader of contracts, and loosens or leaves out the parts that it refuses.

use std::collections::BTreeSet;

use crate::contract::attachments::NoAttachments;
use crate::contract::{Contract, Interaction, JsonType, Matcher, PathRule, Rule, Rules, Terms, read, write};
use crate::conversion::difference::{FromPact, LeftOutOfContract, Refusal};
use crate::conversion::place::{Part, Side};
use crate::conversion::remark::Remark;
use crate::interaction::{Http, Kind, Path, pointer};
use crate::matching::own_mismatches;
use crate::pact;
use crate::source::{Finding, Limits, Pointer, SourceFile, Step};

/// How often rules are loosened before an interaction is given up.
const ROUNDS: usize = 20;

/// A rule of an interaction.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct RulePlace {
    side: Side,
    rule: RuleKey,
}

/// A rule of a message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum RuleKey {
    Body(Path),
    Header(String),
    Query(String),
    Path,
}

/// Loosens an interaction until it can be read and upholds its own example; `None` if that doesn't help.
pub(super) fn settle(
    pact: &pact::Contract,
    mut made: Interaction,
    index: usize,
    remarks: &mut Vec<Remark>,
) -> Option<Interaction> {
    let mut refusal = Refusal::ExampleBreaksRule;
    for _ in 0..ROUNDS {
        let contract = Contract {
            consumer: pact.consumer.clone(),
            provider: pact.provider.clone(),
            description: None,
            interactions: vec![made.clone()],
        };
        let refused = match check(&contract, &made) {
            Ok(()) => return Some(made),
            Err((refused, why)) => {
                refusal = why;
                refused
            }
        };
        let mut is_looser = false;
        for place in refused {
            if let Some(part) = loosen(&mut made, &place) {
                is_looser = true;
                let difference = FromPact::RuleDropped(refusal.clone());
                remarks.push(Remark::on_message(index, place.side, part, difference));
            }
        }
        if !is_looser {
            break;
        }
    }
    remarks.push(Remark::on_interaction(index, FromPact::LeftOut(LeftOutOfContract::Refused(refusal))));
    None
}

/// Whether a contract can be read and upholds its own examples.
pub(super) fn is_sound(contract: &Contract) -> bool {
    let source = SourceFile::new("contract.yaml", write(contract), Limits::default());
    read(&source, &NoAttachments).is_ok_and(|read| own_mismatches(&read.contract).is_empty())
}

/// The rules that are refused, and the first reason.
fn check(contract: &Contract, made: &Interaction) -> Result<(), (BTreeSet<RulePlace>, Refusal)> {
    let source = SourceFile::new("contract.yaml", write(contract), Limits::default());
    let found = match read(&source, &NoAttachments) {
        Ok(read) => {
            let places: Vec<Pointer> = own_mismatches(&read.contract).into_iter().map(|one| one.expectation).collect();
            if places.is_empty() {
                return Ok(());
            }
            let refused = places.iter().filter_map(|place| rule_at(made, place)).collect();
            return Err((refused, Refusal::ExampleBreaksRule));
        }
        Err(found) => found,
    };
    let mut refused = BTreeSet::new();
    for (rule, place) in rule_places(made) {
        let (value, key) = (source.place(&place), source.key_place(&place));
        if found.iter().any(|finding| finding.span.is_some() && (finding.span == value || finding.span == key)) {
            refused.insert(rule);
        }
    }
    let first = found.into_iter().find(Finding::is_error);
    let refusal = first.map_or(Refusal::ExampleBreaksRule, |finding| Refusal::Finding {
        code: finding.code,
        message: finding.message,
    });
    Err((refused, refusal))
}

/// The rule that decides about a place of the contract.
fn rule_at(made: &Interaction, place: &Pointer) -> Option<RulePlace> {
    let [Step::Key(_), Step::Index(_), Step::Key(side), Step::Key(part), below @ ..] = place.0.as_slice() else {
        return None;
    };
    let side = if side == Side::Request.key() { Side::Request } else { Side::Response };
    let rule = match (part.as_str(), below) {
        ("match", [Step::Key(key), ..]) => RuleKey::Body(Path::parse(key).ok()?),
        ("match-headers", [Step::Key(key), ..]) => RuleKey::Header(key.clone()),
        ("match-query", [Step::Key(key), ..]) => RuleKey::Query(key.clone()),
        ("match-path", _) => RuleKey::Path,
        // A place without a rule of its own is decided by the nearest one above it.
        (part, below) if part.starts_with("body") || part == "form" => {
            let rules = message_rules(terms(made)?, side);
            let above = (0..=below.len())
                .rev()
                .find_map(|length| rules.body.keys().find(|path| path.0.len() == length).cloned());
            RuleKey::Body(above?)
        }
        _ => return None,
    };
    Some(RulePlace { side, rule })
}

/// The rules of an interaction; only those over HTTP are imported.
fn terms(made: &Interaction) -> Option<&Terms> {
    made.http().map(|http| &http.terms)
}

const fn message_rules(terms: &Terms, side: Side) -> &Rules {
    match side {
        Side::Request => &terms.request.message,
        Side::Response => &terms.response,
    }
}

/// Every rule of an interaction, with its place in the contract.
fn rule_places(made: &Interaction) -> Vec<(RulePlace, Pointer)> {
    let mut places = Vec::new();
    let Some(terms) = terms(made) else { return places };
    let mut add = |side: Side, rule: RuleKey, at: Pointer| places.push((RulePlace { side, rule }, at));
    for side in [Side::Request, Side::Response] {
        let at = pointer(0).key(side.key());
        let rules = message_rules(terms, side);
        for (path, written) in &rules.body {
            add(side, RuleKey::Body(path.clone()), at.key("match").key(&*written.key));
        }
        for name in rules.headers.keys() {
            add(side, RuleKey::Header(name.clone()), at.key("match-headers").key(name));
        }
    }
    let at = pointer(0).key(Side::Request.key());
    for name in terms.request.query.keys() {
        add(Side::Request, RuleKey::Query(name.clone()), at.key("match-query").key(name));
    }
    if terms.request.path.is_some() {
        add(Side::Request, RuleKey::Path, at.key("match-path"));
    }
    places
}

/// Makes a rule accept anything, and removes those below it; `None` if it already does.
fn loosen(made: &mut Interaction, place: &RulePlace) -> Option<Part> {
    // Headers, queries and paths are always texts, so any text means any value there.
    let any = match &place.rule {
        RuleKey::Body(_) => Rule::of(Matcher::Any),
        RuleKey::Header(_) | RuleKey::Query(_) | RuleKey::Path => Rule::of(Matcher::Type(JsonType::String)),
    };
    let Kind::Http(Http { terms, .. }) = &mut made.kind else { return None };
    let rules: &mut Rules = match place.side {
        Side::Request => &mut terms.request.message,
        Side::Response => &mut terms.response,
    };
    let (rule, part) = match &place.rule {
        RuleKey::Body(path) => {
            rules.body.retain(|other, _| other == path || !other.0.starts_with(&path.0));
            (&mut rules.body.get_mut(path)?.rule, Part::InBody(path.to_string()))
        }
        RuleKey::Header(name) => (rules.headers.get_mut(name)?, Part::Header(name.clone())),
        RuleKey::Query(name) => (terms.request.query.get_mut(name)?, Part::Parameter(name.clone())),
        RuleKey::Path => match terms.request.path.as_mut()? {
            PathRule::Whole(rule) => (rule, Part::Path),
            segments @ PathRule::Segments(_) => {
                *segments = PathRule::Whole(any);
                return Some(Part::Path);
            }
        },
    };
    if *rule == any {
        return None;
    }
    *rule = any;
    Some(part)
}
