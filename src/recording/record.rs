//! Compares a recording with the existing contract (which interactions are new, differ or were not seen) and writes the
//! new text of the contract.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use serde_json::{Map, Value};

use super::context::Context;
use super::draft::{Draft, draft};
use super::edit::{Block, Edit};
use super::exchange::Exchange;
use super::group::{Shape, group_samples};
use super::merge::merge_texts;
use super::names::unique_name;
use super::place::Place;
use super::remark::{Conclusion, Reason, Remark, Suggestion};
use super::sample::Sample;
use super::text::write_draft;
use super::unwritten::Unwritten;
use super::update::{new_at_provider, own_exchange, update};
use super::written::with_written;
use crate::contract::attachments::{Attachments, NoAttachments};
use crate::contract::{Contract, Interaction, Terms, read, write, write_interaction, write_request, write_response};
use crate::interaction::{ContractFile, Headers, Http, Kind, Mismatch, ServiceName, pointer};
use crate::matching::{check_examples, match_request, match_response, rules_out};
use crate::source::{Finding, Limits, Pointer, SourceFile};

/// A recording of one provider, and the contract that it goes into.
#[derive(Debug)]
pub struct Recording<'a> {
    pub consumer: &'a ServiceName,
    pub provider: &'a ServiceName,
    /// Without secrets, in the order of the requests.
    pub exchanges: &'a [Exchange],
    /// The same exchanges as they were, to compare them with what a person wrote about secrets. Nothing of them is written
    /// or shown.
    pub originals: &'a [Exchange],
    /// The existing contract, if there is one.
    pub existing: Option<&'a ContractFile<Terms>>,
    pub options: &'a Options,
}

/// How a recording becomes a contract.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Whether to change interactions that differ from the recording.
    pub update: bool,
    /// Whether to remove interactions that were not seen.
    pub prune: bool,
    /// Headers to keep in addition to the usual ones.
    pub keep_headers: Vec<String>,
    /// Query parameters and fields of bodies whose values tell interactions apart.
    pub distinct: Vec<String>,
}

/// The contract after a recording.
#[derive(Clone, Debug, Default)]
pub struct RecordedContract {
    /// Its new text; nothing if it doesn't change.
    pub text: Option<String>,
    /// In the order of the contract, the new ones last.
    pub interactions: Vec<RecordedInteraction>,
    /// The interactions that could not be written.
    pub left_out: Vec<LeftOut>,
}

/// One interaction of a recorded contract.
#[derive(Clone, Debug)]
pub struct RecordedInteraction {
    pub name: String,
    /// The number of exchanges that were samples of it.
    pub samples: usize,
    pub outcome: Outcome,
    /// The fields of the responses that an interaction doesn't have although they uphold it.
    pub new_fields: Vec<String>,
    pub remarks: Vec<Remark>,
}

/// How an interaction compares with the recording.
#[derive(Clone, Debug)]
pub enum Outcome {
    New,
    /// All of its exchanges uphold it.
    Same,
    /// An exchange doesn't uphold it.
    Differs(Change),
    /// There was no exchange for it.
    Unseen {
        removed: bool,
    },
}

/// How an interaction differs from the recording.
#[derive(Clone, Debug)]
pub struct Change {
    /// The mismatches of the first exchange that differs.
    pub mismatches: Vec<Mismatch>,
    /// The old and the new lines; nothing if only a person can write the new ones.
    pub lines: Option<(String, String)>,
    /// Whether the change was made.
    pub made: bool,
}

/// An interaction that could not be written.
#[derive(Clone, Debug)]
pub struct LeftOut {
    pub name: String,
    /// Its number of exchanges.
    pub exchanges: usize,
    pub reason: Unwritten,
}

/// Why a recording can't be written.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RecordError {
    #[error("its interactions aren't a block list, with each element on lines of its own after `- `")]
    Layout,
    #[error("the new text would be unreadable: {}", .0.first().map_or("", |finding| finding.message.as_str()))]
    Unreadable(Vec<Finding>),
}

/// An interaction of the existing contract, with its exchanges.
struct ExistingInteraction<'a> {
    /// Its index in the contract.
    index: usize,
    name: &'a str,
    http: &'a Http<Terms>,
    /// The values of its placeholders.
    params: Map<String, Value>,
    /// With these values.
    filled: Http<Terms>,
    /// Its example as an exchange.
    own: Exchange,
    shape: Shape,
    /// The exchanges that uphold it.
    upholding: Vec<Cow<'a, Exchange>>,
    /// The exchanges that don't.
    differing: Vec<Cow<'a, Exchange>>,
}

/// Makes a contract from a recording, or extends the existing one.
///
/// # Errors
///
/// Why the existing contract can't be extended. It must be left as it is.
pub fn record(recording: &Recording<'_>, attachments: &dyn Attachments) -> Result<RecordedContract, RecordError> {
    let options = recording.options;
    let samples: Vec<Sample<'_>> = recording.exchanges.iter().map(Sample::new).collect();
    let context = Context::new(&samples, &options.keep_headers);
    let mut existing = existing_interactions(recording, &options.distinct);
    let mut fresh = Vec::new();
    for (sample, original) in samples.into_iter().zip(recording.originals) {
        if !assign(&mut existing, &sample, original, &options.distinct) {
            fresh.push((sample, original));
        }
    }
    fresh.retain(|(sample, original)| !assign_other_status(&mut existing, sample, original));
    let fresh: Vec<Sample<'_>> = fresh.into_iter().map(|(sample, _)| sample).collect();
    let mut recorded = RecordedContract::default();
    let mut names = existing_names(recording);
    let drafts = draft_interactions(&fresh, recording, &context, &mut names, &mut recorded.left_out);
    let text = match recording.existing {
        None => write_contract(recording, &drafts),
        Some(file) => extend_text(file, &existing, &drafts, options, attachments, &mut recorded)?,
    };
    recorded.interactions.extend(drafts.into_iter().map(|draft| RecordedInteraction {
        name: draft.name,
        samples: draft.samples,
        outcome: Outcome::New,
        new_fields: Vec::new(),
        remarks: draft.remarks,
    }));
    if recording.existing.is_none_or(|file| file.source.text != text) && !recorded.interactions.is_empty() {
        let name = recording.existing.map_or("", |file| &file.source.name);
        let limits = recording.existing.map_or_else(Limits::default, |file| file.source.limits());
        // A last check: an unreadable contract is never written.
        read(&SourceFile::new(name, text.clone(), limits), attachments).map_err(RecordError::Unreadable)?;
        recorded.text = Some(text);
    }
    Ok(recorded)
}

fn existing_interactions<'a>(recording: &Recording<'a>, distinct: &[String]) -> Vec<ExistingInteraction<'a>> {
    let interactions = recording.existing.map_or(&[][..], |file| &file.contract.interactions);
    // Only HTTP is recorded, so interactions of other kinds stay as they are.
    let http = interactions.iter().enumerate().filter_map(|(index, one)| Some((index, one, one.http()?)));
    http.map(|(index, interaction, http)| {
        let params = interaction.params();
        let own = own_exchange(http, &params);
        let shape = Shape::of_one(&Sample::new(&own), distinct);
        ExistingInteraction {
            index,
            name: interaction.name.as_str(),
            http,
            filled: http.filled(&params),
            params,
            own,
            shape,
            upholding: Vec::new(),
            differing: Vec::new(),
        }
    })
    .collect()
}

/// The names of all interactions of the existing contract.
fn existing_names(recording: &Recording<'_>) -> HashSet<String> {
    let interactions = recording.existing.map_or(&[][..], |file| &file.contract.interactions);
    interactions.iter().map(|interaction| interaction.name.clone()).collect()
}

impl<'a> ExistingInteraction<'a> {
    /// An exchange as it is compared with this interaction.
    fn seen(&self, exchange: &'a Exchange, original: &Exchange) -> Cow<'a, Exchange> {
        with_written(exchange, original, &self.filled)
    }

    /// Whether a glance shows that a request is another one: a recording of thousands isn't compared with all of thousands.
    fn rules_out(&self, sample: &Sample<'_>, original: &Exchange) -> bool {
        let (seen, original) = (&sample.exchange.request, &original.request);
        // What was replaced in a path is compared as the contract has it.
        let path = if seen.path == original.path { &seen.path } else { &self.filled.request.path };
        rules_out(&self.filled.request, &self.filled.terms.request, &seen.method, path, &sample.query)
    }

    /// The mismatches of an exchange in its request. `at` is the interaction's place in the contract.
    fn request_mismatches(&self, exchange: &Exchange, at: &Pointer) -> Vec<Mismatch> {
        let filled = &self.filled;
        match_request(&filled.request, &filled.terms.request, &exchange.request, &at.key("request"))
    }

    /// The same for its response.
    fn response_mismatches(&self, exchange: &Exchange, at: &Pointer) -> Vec<Mismatch> {
        let filled = &self.filled;
        match_response(&filled.response, &filled.terms.response, &exchange.response, &at.key("response"))
    }

    /// Whether an exchange has its example's request, apart from the headers.
    fn has_request_of(&self, exchange: &Exchange) -> bool {
        let (own, request) = (&self.own.request, &exchange.request);
        (&own.method, &own.path, &own.query, &own.body)
            == (&request.method, &request.path, &request.query, &request.body)
    }
}

/// Assigns an exchange to the interaction that it is a sample of, if there is one: one that it upholds, preferably of the
/// same shape, and of these the one with exactly its request; else the first that allows its request and its status; else
/// the one with its shape, if there is only one.
///
/// An interaction that it upholds with its real secrets comes before all others.
fn assign<'a>(
    existing: &mut [ExistingInteraction<'a>],
    sample: &Sample<'a>,
    original: &Exchange,
    distinct: &[String],
) -> bool {
    let shape = Shape::of_one(sample, distinct);
    let root = Pointer::root();
    let upholds_really = |known: &&mut ExistingInteraction<'a>| {
        known.shape == shape
            && !known.rules_out(sample, original)
            && known.request_mismatches(original, &root).is_empty()
            && known.response_mismatches(original, &root).is_empty()
    };
    if sample.exchange != original
        && let Some(known) = existing.iter_mut().find(upholds_really)
    {
        let seen = known.seen(sample.exchange, original);
        known.upholding.push(seen);
        return true;
    }
    // The first of each, in the order in which they are preferred.
    let (mut exact, mut same, mut upheld, mut differs) = (None, None, None, None);
    let mut alike = Vec::new();
    for (index, known) in existing.iter().enumerate() {
        if known.http.request.method != sample.exchange.request.method
            || !known.http.response.status.allows(sample.exchange.response.status)
            || !distinct.is_empty() && known.shape.operation != shape.operation
        {
            continue;
        }
        let seen = if known.rules_out(sample, original) { None } else { Some(known.seen(sample.exchange, original)) };
        let Some(seen) = seen.filter(|seen| known.request_mismatches(seen, &root).is_empty()) else {
            if known.shape.same_request(&shape) {
                alike.push(index);
            }
            continue;
        };
        if !known.response_mismatches(&seen, &root).is_empty() {
            differs = differs.or(Some(index));
        } else if known.shape != shape {
            upheld = upheld.or(Some(index));
        } else {
            if exact.is_none() && known.has_request_of(&seen) {
                exact = Some(index);
            }
            same = same.or(Some(index));
        }
    }
    if let Some(known) = exact.or(same).or(upheld).and_then(|index| existing.get_mut(index)) {
        let seen = known.seen(sample.exchange, original);
        known.upholding.push(seen);
        return true;
    }
    // Several interactions of one shape are about single values, and this is another one.
    let only = alike.first().copied().filter(|_| alike.len() == 1);
    match differs.or(only).and_then(|index| existing.get_mut(index)) {
        Some(known) => {
            let seen = known.seen(sample.exchange, original);
            known.differing.push(seen);
            true
        }
        None => false,
    }
}

/// Assigns an exchange to the interaction with exactly its request, although the status is another one. If the expected
/// status was seen as well, there are two interactions instead.
fn assign_other_status<'a>(existing: &mut [ExistingInteraction<'a>], sample: &Sample<'a>, original: &Exchange) -> bool {
    let same = |known: &&mut ExistingInteraction<'a>| {
        if !known.upholding.is_empty() || known.rules_out(sample, original) {
            return false;
        }
        let seen = known.seen(sample.exchange, original);
        known.has_request_of(&seen) && known.request_mismatches(&seen, &Pointer::root()).is_empty()
    };
    match existing.iter_mut().find(same) {
        Some(known) => {
            let seen = known.seen(sample.exchange, original);
            known.differing.push(seen);
            true
        }
        None => false,
    }
}

/// Drafts the interactions that the existing contract doesn't have, in the order of a new contract.
fn draft_interactions(
    fresh: &[Sample<'_>],
    recording: &Recording<'_>,
    context: &Context,
    names: &mut HashSet<String>,
    left_out: &mut Vec<LeftOut>,
) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    for group in group_samples(fresh, &recording.options.distinct) {
        let name = unique_name(&group.shape, names);
        let drafted = draft(&group, name.clone(), context).and_then(|draft| {
            match first_error(&contract_of(recording, vec![draft.interaction()]), &NoAttachments) {
                None => Ok(draft),
                Some(finding) => Err(Unwritten::Unreadable(Box::new(finding))),
            }
        });
        match drafted {
            Ok(draft) => drafts.push(draft),
            Err(reason) => left_out.push(LeftOut { name, exchanges: group.samples.len(), reason }),
        }
    }
    suggest_states(&mut drafts);
    drafts
}

/// Suggests a state for each interaction whose request another interaction has too, unless there is a suggestion already.
fn suggest_states(drafts: &mut [Draft]) {
    // By the request's line: one draft of thousands is compared with its like only.
    let mut requests: HashMap<String, Vec<(Shape, Headers, String)>> = HashMap::new();
    for Draft { shape, http, name, .. } in &*drafts {
        let like = requests.entry(http.request.line()).or_default();
        like.push((shape.clone(), http.request.headers.clone(), name.clone()));
    }
    for draft in drafts {
        let request = &draft.http.request;
        let mut like = requests.get(&request.line()).into_iter().flatten();
        let other = like.find(|(shape, headers, name)| {
            *name != draft.name && *headers == request.headers && shape.same_request(&draft.shape)
        });
        let suggests_state = |remark: &Remark| match &remark.conclusion {
            Conclusion::Suggested(suggestion) => match suggestion {
                Suggestion::Exists { .. } | Suggestion::Missing { .. } | Suggestion::StateFor { .. } => true,
                Suggestion::SplitBy { .. } => false,
            },
            Conclusion::Written(_) | Conclusion::SuggestedRule(..) | Conclusion::Warning => false,
        };
        if let Some((shape, ..)) = other
            && !draft.remarks.iter().any(suggests_state)
        {
            let suggestion = Suggestion::StateFor { status: draft.shape.status };
            let reason = Reason::OtherStatus(shape.status);
            draft.remarks.push(Remark::new(Place::REQUEST, Conclusion::Suggested(suggestion), reason));
        }
    }
}

fn contract_of(recording: &Recording<'_>, interactions: Vec<Interaction>) -> Contract {
    Contract {
        consumer: recording.consumer.clone(),
        provider: recording.provider.clone(),
        description: None,
        interactions,
    }
}

/// The first error that is found when the contract is written and read again.
fn first_error(contract: &Contract, attachments: &dyn Attachments) -> Option<Finding> {
    let source = SourceFile::new("", write(contract), Limits::default());
    match read(&source, attachments) {
        Err(findings) => findings.into_iter().find(Finding::is_error),
        Ok(read) => check_examples(&source, &read.contract).into_iter().find(Finding::is_error),
    }
}

/// The text of a new contract.
fn write_contract(recording: &Recording<'_>, drafts: &[Draft]) -> String {
    let interactions: Vec<String> = drafts.iter().map(|draft| write_draft(draft, 2)).collect();
    write(&contract_of(recording, Vec::new())) + &interactions.join("\n")
}

/// The text of the existing contract with all additions, changes and removals.
fn extend_text(
    file: &ContractFile<Terms>,
    existing: &[ExistingInteraction<'_>],
    drafts: &[Draft],
    options: &Options,
    attachments: &dyn Attachments,
    recorded: &mut RecordedContract,
) -> Result<String, RecordError> {
    let mut edit = Edit::new(&file.source.text);
    let block = |edit: &Edit<'_>, index: usize| edit.block(file, index).ok_or(RecordError::Layout);
    for known in existing {
        let index = known.index;
        let samples = known.upholding.len() + known.differing.len();
        let mut new_fields = Vec::new();
        let outcome = match known.differing.first() {
            None if known.upholding.is_empty() => {
                if options.prune {
                    let block = block(&edit, index)?;
                    edit.remove(&block);
                }
                Outcome::Unseen { removed: options.prune }
            }
            None => {
                let upholding: Vec<&Exchange> = known.upholding.iter().map(AsRef::as_ref).collect();
                new_fields = new_at_provider(known.http, &known.params, &upholding);
                Outcome::Same
            }
            Some(first) => {
                let (request, response) = (
                    known.request_mismatches(first, &pointer(index)),
                    known.response_mismatches(first, &pointer(index)),
                );
                let change = change_interaction(file, known, &mut edit, options.update, attachments);
                let made = options.update && change.is_some();
                Outcome::Differs(Change { mismatches: [request, response].concat(), lines: change, made })
            }
        };
        let name = known.name.to_owned();
        recorded.interactions.push(RecordedInteraction { name, samples, outcome, new_fields, remarks: Vec::new() });
    }
    if let Some(last) = file.contract.interactions.len().checked_sub(1)
        && !drafts.is_empty()
    {
        let Block { lines, indent } = block(&edit, last)?;
        let texts: Vec<String> = drafts.iter().map(|draft| write_draft(draft, indent)).collect();
        edit.add(lines.end, &texts);
    }
    Ok(edit.apply())
}

/// The old and the new lines of an interaction that differs. They are replaced in `edit` if `apply` is set.
fn change_interaction(
    file: &ContractFile<Terms>,
    known: &ExistingInteraction<'_>,
    edit: &mut Edit<'_>,
    apply: bool,
    attachments: &dyn Attachments,
) -> Option<(String, String)> {
    let exchanges: Vec<&Exchange> = known.differing.iter().chain(&known.upholding).map(AsRef::as_ref).collect();
    let old = file.contract.interactions.get(known.index)?;
    let interaction = |http: &Http<Terms>| Interaction { kind: Kind::Http(http.clone()), ..old.clone() };
    let is_readable = |candidate: &Http<Terms>| {
        let contract = Contract { interactions: vec![interaction(candidate)], ..file.contract.clone() };
        first_error(&contract, attachments).is_none()
    };
    let new = update(known.http, &known.params, &exchanges, &is_readable)?;
    let whole = edit.block(file, known.index)?;
    let changes = changed_parts(file, known, edit, &new)
        .unwrap_or_else(|| vec![(whole.lines.clone(), write_interaction(&interaction(&new), whole.indent))]);
    let changes: Vec<(Range<usize>, String)> = changes
        .into_iter()
        .map(|(lines, text)| {
            let text = merge_texts(&edit.text_of(&lines).replace("\r\n", "\n"), &text);
            (lines, text)
        })
        .collect();
    let old_text = edit.text_of(&whole.lines);
    let new_text = edit.apply_within(&whole.lines, changes.clone());
    if apply {
        for (lines, text) in changes {
            edit.replace(lines, text);
        }
    }
    Some((old_text, new_text))
}

/// The lines of the request and the response with their new texts, if they changed; nothing if a part has no lines of its
/// own.
fn changed_parts(
    file: &ContractFile<Terms>,
    known: &ExistingInteraction<'_>,
    edit: &Edit<'_>,
    new: &Http<Terms>,
) -> Option<Vec<(Range<usize>, String)>> {
    let mut parts = Vec::new();
    if (&new.request, &new.terms.request) != (&known.http.request, &known.http.terms.request) {
        let part = edit.part(file, known.index, "request")?;
        parts.push((part.lines, write_request(&new.request, &new.terms.request, part.indent)));
    }
    if (&new.response, &new.terms.response) != (&known.http.response, &known.http.terms.response) {
        let part = edit.part(file, known.index, "response")?;
        parts.push((part.lines, write_response(&new.response, &new.terms.response, part.indent)));
    }
    Some(parts)
}
