//! What was made is held against the reader of contracts, and what is refused there is loosened or left out.

use std::collections::BTreeSet;

use crate::contract::attachments::NoAttachments;
use crate::contract::{Contract, Interaction, JsonType, Matcher, PathRule, Rule, Rules, Terms, read, write};
use crate::conversion::remark::Remark;
use crate::interaction::{Http, Kind, Path, pointer};
use crate::matching::own_mismatches;
use crate::pact;
use crate::source::{Limits, Pointer, SourceFile, Step};

/// How often rules are loosened before an interaction is given up.
const ROUNDS: usize = 20;

/// Where a rule stands in an interaction.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Body(Path),
    Header(String),
    Query(String),
    PathRule,
}

/// The interaction, such that it can be read and upholds its own examples; nothing where that can't be.
pub(super) fn settle(
    pact: &pact::Contract,
    mut made: Interaction,
    index: usize,
    remarks: &mut Vec<Remark>,
) -> Option<Interaction> {
    let mut why = String::from("it can't be said here");
    for _ in 0..ROUNDS {
        let contract = Contract {
            consumer: pact.consumer.clone(),
            provider: pact.provider.clone(),
            description: None,
            interactions: vec![made.clone()],
        };
        let refused = match refused(&contract, &made) {
            Ok(()) => return Some(made),
            Err((refused, first)) => {
                why = first;
                refused
            }
        };
        let mut loosened = false;
        for (is_request, rank) in refused {
            if let Some(place) = loosen(&mut made, is_request, &rank) {
                loosened = true;
                let at = pointer(index).key(if is_request { "request" } else { "response" });
                let why = format!("the contract can't use this rule ({why}); it takes anything here");
                remarks.push(Remark::new(index, at, place, why));
            }
        }
        if !loosened {
            break;
        }
    }
    let at = pointer(index);
    remarks.push(Remark::new(index, at, String::new(), format!("left out: {why}")));
    None
}

/// Whether a contract can be read and upholds its own examples.
pub(super) fn holds(contract: &Contract) -> bool {
    let source = SourceFile::new("contract.yaml", write(contract), Limits::default());
    read(&source, &NoAttachments).is_ok_and(|read| own_mismatches(&read.contract).is_empty())
}

type Refused = (BTreeSet<(bool, Rank)>, String);

/// The rules that are refused, and the first reason.
fn refused(contract: &Contract, made: &Interaction) -> Result<(), Refused> {
    let source = SourceFile::new("contract.yaml", write(contract), Limits::default());
    let found = match read(&source, &NoAttachments) {
        Ok(read) => {
            let places: Vec<Pointer> = own_mismatches(&read.contract).into_iter().map(|one| one.expectation).collect();
            if places.is_empty() {
                return Ok(());
            }
            let ranks = places.iter().filter_map(|place| {
                let (is_request, keys) = inside(place)?;
                rank_of(made, is_request, keys)
            });
            return Err((ranks.collect(), String::from("the example is not as the rule says")));
        }
        Err(found) => found,
    };
    let mut refused = BTreeSet::new();
    for (is_request, rank, place) in ranks(made) {
        let (value, key) = (source.place(&place), source.key_place(&place));
        if found.iter().any(|finding| finding.span.is_some() && (finding.span == value || finding.span == key)) {
            refused.insert((is_request, rank));
        }
    }
    let first = found.iter().find(|finding| finding.is_error()).map_or_else(String::new, |one| one.message.clone());
    Err((refused, first))
}

/// Whether a place is in the request, and the keys behind that.
fn inside(place: &Pointer) -> Option<(bool, &[Step])> {
    let [Step::Key(_), Step::Index(_), Step::Key(side), keys @ ..] = place.0.as_slice() else { return None };
    Some((side == "request", keys))
}

fn rank_of(made: &Interaction, is_request: bool, keys: &[Step]) -> Option<(bool, Rank)> {
    let rank = match keys {
        [Step::Key(part), Step::Key(key), ..] if part == "match" => Rank::Body(Path::parse(key).ok()?),
        [Step::Key(part), Step::Key(key), ..] if part == "match-headers" => Rank::Header(key.clone()),
        [Step::Key(part), Step::Key(key), ..] if part == "match-query" => Rank::Query(key.clone()),
        [Step::Key(part), ..] if part == "match-path" => Rank::PathRule,
        // A place that has no rule of its own is asked for by one above it.
        [Step::Key(part), rest @ ..] if part.starts_with("body") || part == "form" => {
            let terms = terms(made)?;
            let rules = if is_request { &terms.request.message } else { &terms.response };
            let above = (0..=rest.len()).rev().find_map(|length| {
                rules.body.keys().find(|path| path.0.len() == length && length <= rest.len()).cloned()
            });
            Rank::Body(above?)
        }
        _ => return None,
    };
    Some((is_request, rank))
}

/// The rules of an interaction; only those over HTTP are imported.
fn terms(made: &Interaction) -> Option<&Terms> {
    made.http().map(|http| &http.terms)
}

/// Every rule of an interaction, with its place in the contract.
fn ranks(made: &Interaction) -> Vec<(bool, Rank, Pointer)> {
    let mut ranks = Vec::new();
    let Some(terms) = terms(made) else { return ranks };
    for (is_request, side, rules) in [(true, "request", &terms.request.message), (false, "response", &terms.response)] {
        let at = pointer(0).key(side);
        for (path, written) in &rules.body {
            ranks.push((is_request, Rank::Body(path.clone()), at.key("match").key(&*written.key)));
        }
        for name in rules.headers.keys() {
            ranks.push((is_request, Rank::Header(name.clone()), at.key("match-headers").key(name)));
        }
    }
    let at = pointer(0).key("request");
    for name in terms.request.query.keys() {
        ranks.push((true, Rank::Query(name.clone()), at.key("match-query").key(name)));
    }
    if terms.request.path.is_some() {
        ranks.push((true, Rank::PathRule, at.key("match-path")));
    }
    ranks
}

/// Lets anything be at a rule's place; nothing where that is so already. What is below it has no rules of its own then.
fn loosen(made: &mut Interaction, is_request: bool, rank: &Rank) -> Option<String> {
    // What is a text anyway is any text.
    let any = || match rank {
        Rank::Body(_) => Rule::of(Matcher::Any),
        _ => Rule::of(Matcher::Type(JsonType::String)),
    };
    let side = if is_request { "request" } else { "response" };
    let Kind::Http(Http { terms, .. }) = &mut made.kind else { return None };
    let rules: &mut Rules = if is_request { &mut terms.request.message } else { &mut terms.response };
    let (rule, place) = match rank {
        Rank::Body(path) => {
            rules.body.retain(|other, _| other == path || !other.0.starts_with(&path.0));
            (&mut rules.body.get_mut(path)?.rule, format!("{side} body {path}"))
        }
        Rank::Header(name) => (rules.headers.get_mut(name)?, format!("{side} header {name}")),
        Rank::Query(name) => (terms.request.query.get_mut(name)?, format!("{side} query {name}")),
        Rank::PathRule => match terms.request.path.as_mut()? {
            PathRule::Whole(rule) => (rule, format!("{side} path")),
            segments @ PathRule::Segments(_) => {
                *segments = PathRule::Whole(any());
                return Some(format!("{side} path"));
            }
        },
    };
    if *rule == any() {
        return None;
    }
    *rule = any();
    Some(place)
}
