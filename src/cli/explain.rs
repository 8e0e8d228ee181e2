//! `upheld explain`: what a code means, and what to do about it.

use clap::Args;

use super::{Exit, Failure, World};
use crate::gate::{GateCode, NoticeCode};
use crate::source::Explanation;
use crate::words::did_you_mean;
use crate::{
    comparing, contract, files, http, interaction, ledger, openapi, pact, process, recording, registry, source,
    verification,
};

/// Explain what a code means and what to do about it
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The code, such as G101 [default: list all codes]
    code: Option<String>,
}

pub(super) fn explain(args: &ExplainArgs, world: &mut World) -> Result<Exit, Failure> {
    let all = all();
    let Some(code) = &args.code else {
        let text: String = all.iter().map(|(_, one)| format!("{}  {}\n", one.code, one.means)).collect();
        world.print(&text)?;
        return Ok(Exit::Yes);
    };
    if let Some((kind, Explanation { code, means, clears })) =
        all.iter().find(|(_, known)| known.code.0.eq_ignore_ascii_case(code))
    {
        world.print(&format!("{code}: {kind}\n\n{means}\n\nWhat to do: {clears}\n"))?;
        return Ok(Exit::Yes);
    }
    let failure = Failure::usage(format!("there is no code `{code}`"));
    let failure = match did_you_mean(code, all.iter().map(|(_, one)| one.code.0)) {
        Some(help) => failure.help(help),
        None => failure,
    };
    Err(failure.help("`upheld explain` lists all codes"))
}

/// Every code with its explanation and the kind of thing that has it, in order.
fn all() -> Vec<(&'static str, Explanation)> {
    let lists = [
        ("file format", source::codes::CODES),
        ("contract", contract::codes::CODES),
        ("Pact file", pact::codes::CODES),
        ("mismatch", interaction::mismatch::CODES),
        ("HTTP error", http::codes::CODES),
        ("process error", process::codes::CODES),
        ("interaction without a result", verification::CODES),
        ("HAR file", recording::HAR_CODES),
        ("file", files::CODES),
        ("registry", registry::CODES),
        ("store", ledger::codes::CODES),
        ("OpenAPI document", openapi::codes::CODES),
        ("comparison", comparing::codes::CODES),
    ];
    let of_rows = GateCode::ALL.iter().map(|code| (code.state().word(), code.explanation()));
    let of_notices = NoticeCode::ALL.iter().map(|code| ("notice of the gate", code.explanation()));
    let of_lists = lists.into_iter().flat_map(|(kind, codes)| codes.iter().map(move |one| (kind, *one)));
    let mut all: Vec<(&str, Explanation)> = of_rows.chain(of_notices).chain(of_lists).collect();
    all.sort_unstable_by_key(|(_, one)| one.code);
    all
}
