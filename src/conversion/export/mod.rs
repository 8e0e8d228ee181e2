//! From a contract to a Pact file, of version 4 or 3: the same content, with a remark for everything that a Pact file
//! can't express. Such parts are loosened, or left out: a provider never has to do more than the contract requires.
//!
//! A contract that was read from a Pact file keeps its rules, in the spelling of the version that is written.

mod file;
mod generators;
mod json_body;
mod json_rules;
mod matchers;
mod message;
mod texts;
mod version;

use serde_json::{Map, Value};

use self::message::Message;
use self::texts::{list, named, path};
pub use self::version::Version;
use super::difference::{LeftOutOfPact, ToPact};
use super::place::{NamedTexts, Part, Side};
use super::remark::{Remark, Remarks, merge_common};
use crate::contract::{self, Matcher};
use crate::interaction::{Body, Contract, Http, Interaction, Kind, Request, Response, Status, StatusClass};
use crate::pact::{self, PactMatcher, PactRules, StatusRange};

/// A Pact file, and the remarks on it.
#[derive(Debug)]
pub struct Exported {
    /// The file's text.
    pub text: String,
    /// How many interactions it has.
    pub interactions: usize,
    pub remarks: Vec<Remark>,
}

/// Writes a contract as a Pact file. The same contract always gives the same bytes.
#[must_use]
pub fn export(contract: &contract::Contract, version: Version) -> Exported {
    write(contract, version, |index, http, params, remarks| {
        let filled = http.filled(params);
        let mut of_request = Remarks { interaction: index, side: Side::Request, found: remarks };
        let (request, request_rules) = request(http, &filled.request, version, &mut of_request);
        let mut of_response = Remarks { interaction: index, side: Side::Response, found: remarks };
        let (response, response_rules) = response(http, &filled.response, version, &mut of_response);
        Http { request, response, terms: pact::Terms::new(request_rules, response_rules) }
    })
}

/// Writes a contract that was read from a Pact file as a Pact file of this version. It keeps its rules.
#[must_use]
pub fn rewrite(pact: &pact::Contract, version: Version) -> Exported {
    write(pact, version, |_, http, _, _| http.clone())
}

/// Writes the interactions that the version can express. `convert` makes them from their index, their messages and the
/// parameters of their states.
fn write<T>(
    contract: &Contract<T>,
    version: Version,
    convert: impl Fn(usize, &Http<T>, &Map<String, Value>, &mut Vec<Remark>) -> Http<pact::Terms>,
) -> Exported {
    let mut remarks: Vec<Remark> = Vec::new();
    let mut kept = Vec::new();
    for (index, interaction) in contract.interactions.iter().enumerate() {
        if let Some(why) = left_out(interaction, version) {
            remarks.push(Remark::on_interaction(index, ToPact::LeftOut(why)));
            continue;
        }
        if interaction.description.is_some() && version == Version::V3 {
            remarks.push(Remark::on_interaction(index, ToPact::Description));
        }
        kept.push(match &interaction.kind {
            Kind::Http(http) => {
                let made = convert(index, http, &interaction.params(), &mut remarks);
                let mut remark = |side: Side, difference: ToPact| {
                    Remarks { interaction: index, side, found: &mut remarks }.add(Part::Whole, difference);
                };
                file::interaction(interaction, &made, version, &mut remark)
            }
            Kind::Unrunnable(unrunnable) => unrunnable.content.clone(),
            Kind::Message(_) => continue,
        });
    }
    let file = file::file(&contract.consumer, &contract.provider, &kept, version);
    Exported { text: format!("{file:#}\n"), interactions: kept.len(), remarks: merge_common(remarks) }
}

/// Why an interaction can't be written, if it can't.
fn left_out<T>(interaction: &Interaction<T>, version: Version) -> Option<LeftOutOfPact> {
    let is_written = match &interaction.kind {
        Kind::Http(_) => true,
        // An interaction that can't be run is kept as it was read, which is how version 4 has it.
        Kind::Unrunnable(unrunnable) => version == Version::V4 && unrunnable.content.get("type").is_some(),
        Kind::Message(_) => false,
    };
    if !is_written {
        return Some(LeftOutOfPact::NotHttp);
    }
    (interaction.pending && version == Version::V3).then_some(LeftOutOfPact::Pending)
}

fn request(
    own: &Http<contract::Terms>,
    filled: &Request,
    version: Version,
    remarks: &mut Remarks<'_>,
) -> (Request, PactRules) {
    let (own, rules) = (&own.request, &own.terms.request);
    let mut pact =
        PactRules { path: rules.path.as_ref().and_then(|rule| path(rule, filled, remarks)), ..PactRules::default() };
    pact.query = named(&rules.query, &filled.query, NamedTexts::Query, remarks);
    pact.headers = texts::headers(&rules.message.headers, &filled.headers, remarks);
    let message = Message { rules: &rules.message, headers: &filled.headers, version, pact: &mut pact, remarks };
    let (headers, body) = message.convert(filled.body.as_ref());
    // A Pact file that doesn't mention a body accepts any.
    let has_none = own.body.is_none() && own.usually_has_a_body();
    let body = body.or_else(|| has_none.then(Body::empty));
    pact.written = generators::of_request(own);
    (Request { headers, body, ..filled.clone() }, pact)
}

fn response(
    own: &Http<contract::Terms>,
    filled: &Response,
    version: Version,
    remarks: &mut Remarks<'_>,
) -> (Response, PactRules) {
    let (own, rules) = (&own.response, &own.terms.response);
    let mut pact =
        PactRules { headers: texts::headers(&rules.headers, &filled.headers, remarks), ..PactRules::default() };
    for (name, _) in rules.headers.iter().filter(|(_, rule)| rule.has(&Matcher::Absent)) {
        remarks.add(Part::Header(name.clone()), ToPact::AbsentHeader);
    }
    if let Status::Class(digit) = own.status
        && let Some(class) = StatusClass::of_digit(digit)
    {
        pact.status = Some(list(PactMatcher::Status(StatusRange::Class(class))));
    }
    let mut kept = filled.headers.clone();
    for name in rules.headers.iter().filter(|(_, rule)| rule.optional).map(|(name, _)| name) {
        remarks.add(Part::Header(name.clone()), ToPact::OptionalHeader);
        kept.shift_remove(name);
    }
    pact.headers.0.retain(|rule| rule.path.first_key().is_some_and(|name| kept.contains_key(name)));
    let message = Message { rules, headers: &kept, version, pact: &mut pact, remarks };
    let (headers, body) = message.convert(filled.body.as_ref());
    pact.written = generators::of_response(own);
    (Response { status: own.status, headers, body }, pact)
}
