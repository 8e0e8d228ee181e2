//! A recording against the contract that is there: what is new, what differs, what was not seen; and the text of the
//! contract that comes of it.

use std::collections::HashSet;
use std::ops::Range;

use serde_json::{Map, Value};

use super::draft::{self, Context, Draft};
use super::edit::{Block, Edit};
use super::exchange::Exchange;
use super::group::{Shape, group};
use super::kept::with_what_is_kept;
use super::remark::{Remark, What};
use super::sample::Sample;
use super::update::{mismatches, own_exchange, updated};
use super::{names, text};
use crate::contract::attachments::Attachments;
use crate::contract::{Contract, Interaction, Terms, read, write, write_interaction, write_request, write_response};
use crate::interaction::{ContractFile, Http, Kind, Mismatch, Request, ServiceName, pointer};
use crate::matching::check_examples;
use crate::source::{Finding, Limits, Pointer, SourceFile};

/// What is recorded, into what, and how.
#[derive(Debug)]
pub struct Take<'a> {
    pub consumer: &'a ServiceName,
    pub provider: &'a ServiceName,
    /// Without secrets, in the order in which the requests came.
    pub exchanges: &'a [Exchange],
    /// The contract that is there, with the files beside it.
    pub existing: Option<&'a ContractFile<Terms>>,
    pub options: &'a Options,
}

/// How a recording becomes a contract.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Whether interactions are changed that differ from what was seen.
    pub update: bool,
    /// Whether interactions are removed that were not seen.
    pub prune: bool,
    /// Headers to keep beside those that always are.
    pub keep_headers: Vec<String>,
    /// Parameters and fields whose values tell interactions apart.
    pub distinct: Vec<String>,
}

/// What came of a recording.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// The contract's text; nothing where it stays as it is.
    pub text: Option<String>,
    /// In the order of the contract, the new ones last.
    pub interactions: Vec<Entry>,
    /// What could not be written, each with its number of exchanges and why.
    pub left_out: Vec<LeftOut>,
}

/// One interaction of a recorded contract.
#[derive(Clone, Debug)]
pub struct Entry {
    pub name: String,
    /// How many exchanges were samples of it.
    pub samples: usize,
    pub standing: Standing,
    pub remarks: Vec<Remark>,
}

/// How an interaction stands to what was seen.
#[derive(Clone, Debug)]
pub enum Standing {
    New,
    /// It is there, and what was seen upholds it.
    Same,
    /// It is there, and what was seen does not uphold it.
    Differs(Change),
    /// It is there, and nothing was seen of it.
    Unseen {
        removed: bool,
    },
}

/// How an interaction differs from what was seen.
#[derive(Clone, Debug)]
pub struct Change {
    /// What the first exchange that differs has otherwise.
    pub mismatches: Vec<Mismatch>,
    /// The lines as they are, and as they would have to be; nothing where nobody can say.
    pub lines: Option<(String, String)>,
    /// Whether the change was made.
    pub made: bool,
}

/// Exchanges that are in no interaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    pub name: String,
    pub exchanges: usize,
    pub why: String,
}

/// Why a recording can't be written.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RecordError {
    #[error("the interactions in it are not a list whose elements begin with `- ` in lines of their own")]
    Layout,
    #[error("what would have been written can't be read: {}", .0.first().map_or("", |finding| finding.message.as_str()))]
    Unreadable(Vec<Finding>),
}

/// An interaction that is there, and what was seen of it.
struct Known<'a> {
    /// Its number in the contract.
    index: usize,
    name: &'a str,
    http: &'a Http<Terms>,
    /// What its placeholders are filled with.
    params: Map<String, Value>,
    shape: Shape,
    /// The exchanges that uphold it, and those that don't.
    upholding: Vec<&'a Exchange>,
    differing: Vec<&'a Exchange>,
}

/// Makes a contract of a recording, or extends the one that is there.
///
/// # Errors
///
/// Why the contract that is there can't be extended. It is then to be left as it is.
pub fn record(take: &Take<'_>, attachments: &dyn Attachments) -> Result<Recorded, RecordError> {
    let options = take.options;
    let samples: Vec<Sample<'_>> = take.exchanges.iter().map(Sample::new).collect();
    let context = Context::new(&samples, &options.keep_headers);
    let mut known = known(take, &options.distinct);
    let mut fresh = Vec::new();
    for sample in samples {
        if !assign(&mut known, &sample, &options.distinct) {
            fresh.push(sample);
        }
    }
    fresh.retain(|sample| !answered_otherwise(&mut known, sample));
    let mut recorded = Recorded::default();
    let mut names: HashSet<String> = names_of(take);
    let drafts = drafts(&fresh, take, &context, &mut names, &mut recorded.left_out);
    let text = match take.existing {
        None => new_text(take, &drafts),
        Some(file) => extended(file, &known, &drafts, options, attachments, &mut recorded)?,
    };
    recorded.interactions.extend(drafts.into_iter().map(|draft| Entry {
        name: draft.name,
        samples: draft.samples,
        standing: Standing::New,
        remarks: draft.remarks,
    }));
    if take.existing.is_none_or(|file| file.source.text != text) && !recorded.interactions.is_empty() {
        let name = take.existing.map_or("", |file| &file.source.name);
        let limits = take.existing.map_or_else(Limits::default, |file| file.source.limits());
        // The last look: what nobody can read is never written.
        read(&SourceFile::new(name, text.clone(), limits), attachments).map_err(RecordError::Unreadable)?;
        recorded.text = Some(text);
    }
    Ok(recorded)
}

fn known<'a>(take: &Take<'a>, distinct: &[String]) -> Vec<Known<'a>> {
    let interactions = take.existing.map_or(&[][..], |file| &file.contract.interactions);
    // Only requests and responses are recorded: everything else in the contract stays as it is.
    let http = interactions.iter().enumerate().filter_map(|(index, one)| Some((index, one, one.http()?)));
    http.map(|(index, interaction, http)| {
        let params = interaction.params();
        let own = own_exchange(http, &params);
        let shape = Shape::alone(&Sample::new(&own), distinct);
        Known { index, name: &interaction.name, http, params, shape, upholding: Vec::new(), differing: Vec::new() }
    })
    .collect()
}

/// The names that the interactions of the contract have.
fn names_of(take: &Take<'_>) -> HashSet<String> {
    let interactions = take.existing.map_or(&[][..], |file| &file.contract.interactions);
    interactions.iter().map(|interaction| interaction.name.clone()).collect()
}

impl Known<'_> {
    /// What an exchange has that it does not allow, in its request and its answer; `at` is its place in the contract.
    fn mismatches(&self, exchange: &Exchange, at: &Pointer) -> (Vec<Mismatch>, Vec<Mismatch>) {
        mismatches(self.http, &self.params, exchange, at)
    }
}

/// Finds the interaction that an exchange is a sample of, where there is one: the first that it upholds, one of its own
/// shape before one that asks for less; else the first that allows its request and its status; else the first that has
/// its shape.
fn assign<'a>(known: &mut [Known<'a>], sample: &Sample<'a>, distinct: &[String]) -> bool {
    let shape = Shape::alone(sample, distinct);
    let (mut upheld, mut differs, mut alike) = (None, None, None);
    for (index, known) in known.iter_mut().enumerate() {
        if known.http.request.method != sample.exchange.request.method
            || !known.http.response.status.allows(sample.exchange.response.status)
        {
            continue;
        }
        let (request, response) = known.mismatches(sample.exchange, &Pointer::root());
        match (request.is_empty(), response.is_empty()) {
            (true, true) if known.shape == shape => {
                known.upholding.push(sample.exchange);
                return true;
            }
            (true, true) => upheld = upheld.or(Some(index)),
            (true, false) => differs = differs.or(Some(index)),
            (false, _) if known.shape.same_request(&shape) => alike = alike.or(Some(index)),
            (false, _) => {}
        }
    }
    if let Some(known) = upheld.and_then(|index| known.get_mut(index)) {
        known.upholding.push(sample.exchange);
        return true;
    }
    match differs.or(alike).and_then(|index| known.get_mut(index)) {
        Some(known) => {
            known.differing.push(sample.exchange);
            true
        }
        None => false,
    }
}

/// Whether an exchange is the very request of an interaction that was seen with no other answer: then that one differs, and
/// what came is no interaction of its own, whatever its status. Where both answers were seen, there are two.
fn answered_otherwise<'a>(known: &mut [Known<'a>], sample: &Sample<'a>) -> bool {
    let asked = &sample.exchange.request;
    let same = |known: &&mut Known<'a>| {
        let own = own_exchange(known.http, &known.params).request;
        known.upholding.is_empty()
            && (&own.method, &own.path, &own.query, &own.body)
                == (&asked.method, &asked.path, &asked.query, &asked.body)
            && known.mismatches(sample.exchange, &Pointer::root()).0.is_empty()
    };
    match known.iter_mut().find(same) {
        Some(known) => {
            known.differing.push(sample.exchange);
            true
        }
        None => false,
    }
}

/// The interactions of what is new, in the order of a new contract.
fn drafts(
    fresh: &[Sample<'_>],
    take: &Take<'_>,
    context: &Context,
    names: &mut HashSet<String>,
    left_out: &mut Vec<LeftOut>,
) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    for group in group(fresh, &take.options.distinct) {
        let name = names::name(&group.shape, names);
        let drafted = draft::draft(&group, name.clone(), context).and_then(|draft| {
            match unreadable(take, &draft.interaction()) {
                None => Ok(draft),
                Some(finding) => Err(finding.message),
            }
        });
        match drafted {
            Ok(draft) => drafts.push(draft),
            Err(why) => left_out.push(LeftOut { name, exchanges: group.samples.len(), why }),
        }
    }
    let requests: Vec<(Shape, Request, String)> =
        drafts.iter().map(|draft| (draft.shape.clone(), draft.http.request.clone(), draft.name.clone())).collect();
    for draft in &mut drafts {
        let request = &draft.http.request;
        let other = requests.iter().find(|(shape, other, name)| {
            *name != draft.name
                && other.line() == request.line()
                && other.headers == request.headers
                && shape.same_request(&draft.shape)
        });
        let needs = |remark: &Remark| matches!(&remark.what, What::Suggested(text) if text.starts_with("given: "));
        if let Some((shape, ..)) = other
            && !draft.remarks.iter().any(needs)
        {
            let state = format!("given: [what makes it answer {}]", draft.shape.status);
            let why = format!("the same request was also answered with {}", shape.status);
            draft.remarks.push(Remark::new("request", What::Suggested(state), why));
        }
    }
    drafts
}

/// Why an interaction can't be read from what is written of it, if that is so.
fn unreadable(take: &Take<'_>, interaction: &Interaction) -> Option<Finding> {
    let contract = Contract {
        consumer: take.consumer.clone(),
        provider: take.provider.clone(),
        description: None,
        interactions: vec![interaction.clone()],
    };
    first_fault(&contract, &crate::contract::attachments::NoAttachments)
}

fn first_fault(contract: &Contract, attachments: &dyn Attachments) -> Option<Finding> {
    let source = SourceFile::new("", write(contract), Limits::default());
    match read(&source, attachments) {
        Err(findings) => findings.into_iter().find(Finding::is_error),
        Ok(read) => check_examples(&source, &read.contract).into_iter().find(Finding::is_error),
    }
}

fn new_text(take: &Take<'_>, drafts: &[Draft]) -> String {
    let empty = Contract {
        consumer: take.consumer.clone(),
        provider: take.provider.clone(),
        description: None,
        interactions: Vec::new(),
    };
    let interactions: Vec<String> = drafts.iter().map(|draft| text::interaction(draft, 2)).collect();
    write(&empty) + &interactions.join("\n")
}

/// The text of the contract that is there, with what is new and what is to be changed.
fn extended(
    file: &ContractFile<Terms>,
    known: &[Known<'_>],
    drafts: &[Draft],
    options: &Options,
    attachments: &dyn Attachments,
    recorded: &mut Recorded,
) -> Result<String, RecordError> {
    let mut edit = Edit::new(&file.source.text);
    let block = |edit: &Edit<'_>, index: usize| edit.block(file, index).ok_or(RecordError::Layout);
    for known in known {
        let index = known.index;
        let samples = known.upholding.len() + known.differing.len();
        let standing = match known.differing.first() {
            None if known.upholding.is_empty() => {
                if options.prune {
                    let block = block(&edit, index)?;
                    edit.remove(&block);
                }
                Standing::Unseen { removed: options.prune }
            }
            None => Standing::Same,
            Some(first) => {
                let (request, response) = known.mismatches(first, &pointer(index));
                let change = changed(file, known, &mut edit, options.update, attachments);
                let made = options.update && change.is_some();
                Standing::Differs(Change { mismatches: [request, response].concat(), lines: change, made })
            }
        };
        let name = known.name.to_owned();
        recorded.interactions.push(Entry { name, samples, standing, remarks: Vec::new() });
    }
    if let Some(last) = file.contract.interactions.len().checked_sub(1)
        && !drafts.is_empty()
    {
        let Block { lines, indent } = block(&edit, last)?;
        let texts: Vec<String> = drafts.iter().map(|draft| text::interaction(draft, indent)).collect();
        edit.add(lines.end, &texts);
    }
    Ok(edit.made())
}

/// The lines of an interaction that differs, as they are and as they would have to be; the change is made where it is
/// asked for.
fn changed(
    file: &ContractFile<Terms>,
    known: &Known<'_>,
    edit: &mut Edit<'_>,
    make: bool,
    attachments: &dyn Attachments,
) -> Option<(String, String)> {
    let exchanges: Vec<&Exchange> = known.differing.iter().chain(&known.upholding).copied().collect();
    let index = known.index;
    let old = file.contract.interactions.get(index)?;
    let interaction = |http: &Http<Terms>| Interaction { kind: Kind::Http(http.clone()), ..old.clone() };
    let is_readable = |candidate: &Http<Terms>| {
        let contract = Contract { interactions: vec![interaction(candidate)], ..file.contract.clone() };
        first_fault(&contract, attachments).is_none()
    };
    let new = updated(known.http, &known.params, &exchanges, &is_readable)?;
    let whole = edit.block(file, index)?;
    let old_text = edit.text_of(&whole.lines);
    let mut parts = Vec::new();
    if (&new.request, &new.terms.request) != (&known.http.request, &known.http.terms.request) {
        let part = edit.part(file, index, "request");
        parts.push(part.map(|part| (part.lines, write_request(&new.request, &new.terms.request, part.indent))));
    }
    if (&new.response, &new.terms.response) != (&known.http.response, &known.http.terms.response) {
        let part = edit.part(file, index, "response");
        parts.push(part.map(|part| (part.lines, write_response(&new.response, &new.terms.response, part.indent))));
    }
    let parts: Option<Vec<(Range<usize>, String)>> = parts.into_iter().collect();
    let changes =
        parts.unwrap_or_else(|| vec![(whole.lines.clone(), write_interaction(&interaction(&new), whole.indent))]);
    let changes: Vec<(Range<usize>, String)> = changes
        .into_iter()
        .map(|(lines, text)| {
            let text = with_what_is_kept(&edit.text_of(&lines).replace("\r\n", "\n"), &text);
            (lines, text)
        })
        .collect();
    let new_text = edit.with(&whole.lines, changes.clone());
    if make {
        for (lines, text) in changes {
            edit.replace(lines, text);
        }
    }
    Some((old_text, new_text))
}
