//! `upheld explain`: what a code means, and what clears it.

use clap::Args;

use super::{Exit, Failure, World};
use crate::gate;
use crate::words::did_you_mean;

/// Say what a code means, and what clears it
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The code, like G101 [default: a list of all]
    code: Option<String>,
}

pub(super) fn explain(args: &ExplainArgs, world: &mut World) -> Result<Exit, Failure> {
    let Some(code) = &args.code else {
        let text: String = all().into_iter().map(|(code, meaning)| format!("{code}  {meaning}\n")).collect();
        world.print(&text)?;
        return Ok(Exit::Yes);
    };
    if let Some(found) = gate::explain(code) {
        let state = gate::CODES.iter().find(|(known, _)| *known == found.code).and_then(|(_, state)| *state);
        let state = state.map_or("a notice: it decides nothing", gate::State::word);
        world.print(&format!("{}  {state}\n\n{}\n\nWhat clears it: {}\n", found.code, found.means, found.clears))?;
        return Ok(Exit::Yes);
    }
    let all = all();
    if let Some((code, meaning)) = all.iter().find(|(known, _)| known.eq_ignore_ascii_case(code)) {
        world.print(&format!("{code}  {meaning}\n"))?;
        return Ok(Exit::Yes);
    }
    let failure = Failure::usage(format!("there is no code `{code}`"));
    let failure = match did_you_mean(code, all.iter().map(|(code, _)| *code)) {
        Some(help) => failure.help(help),
        None => failure,
    };
    Err(failure.help("`upheld explain` lists all codes"))
}

/// Every code with its meaning.
fn all() -> Vec<(&'static str, &'static str)> {
    let of_findings = [
        crate::ledger::codes::CODES,
        crate::source::codes::CODES,
        crate::contract::codes::CODES,
        crate::pact::codes::CODES,
        crate::interaction::mismatch::CODES,
        crate::http::codes::CODES,
        crate::process::codes::CODES,
        crate::verification::CODES,
        crate::files::CODES,
        crate::registry::CODES,
        crate::recording::HAR_CODES,
    ];
    let of_gate = gate::CODES.iter().filter_map(|(code, _)| gate::explain(code)).map(|one| (one.code, one.means));
    let mut all: Vec<(&str, &str)> = of_gate.collect();
    all.extend(of_findings.into_iter().flatten().map(|(code, meaning)| (code.0, meaning.trim())));
    all.sort_unstable();
    all
}
