//! The requests to a mock as text.

use std::fmt::Write as _;

use super::escape::shown;
use super::mismatch::{INDENT, help, mismatches};
use super::palette::{Palette, paint};
use crate::verification::ShownMismatch;

/// The interaction that is nearest to a refused request.
#[derive(Debug)]
pub struct Nearest<'a> {
    /// `storefront → orders`
    pub pair: String,
    pub name: &'a str,
    /// `contracts/storefront/orders.yaml:7`
    pub place: String,
    /// Whether it is from a Pact file.
    pub is_pact: bool,
    pub mismatches: Vec<ShownMismatch>,
}

/// A request that no interaction allows, with the nearest interaction, each difference, and what to do.
#[must_use]
pub fn refused(line: &str, nearest: &Nearest<'_>, palette: &Palette) -> String {
    let mut out = refusal(line, palette);
    let Nearest { pair, name, place, is_pact, mismatches: all } = nearest;
    let _ = writeln!(
        out,
        "{INDENT}nearest  {}  {}   {}\n",
        shown(pair),
        paint(palette.strong, shown(name)),
        paint(palette.faint, shown(place))
    );
    out.push_str(&mismatches(all, palette));
    let next = if *is_pact {
        "if the consumer means this, change the test that writes this Pact file: add an interaction or a matching rule"
    } else {
        "if the consumer means this, change its contract: add an interaction, or loosen this one with `match`"
    };
    help(&mut out, next, palette);
    out
}

/// A request to a provider without a single interaction that can be served: `skipped` can't be run.
#[must_use]
pub fn refused_without(line: &str, provider: &str, skipped: usize, palette: &Palette) -> String {
    let mut out = refusal(line, palette);
    let why = match skipped {
        0 => format!("no contract has an interaction with {provider}: record or write one"),
        1 => format!("the only interaction with {provider} is skipped because it can't be run: `upheld lint` says why"),
        more => format!(
            "all {more} interactions with {provider} are skipped because they can't be run: `upheld lint` says why"
        ),
    };
    help(&mut out, &why, palette);
    out
}

fn refusal(line: &str, palette: &Palette) -> String {
    format!("{}  {}\n", paint(palette.broken, "refused"), paint(palette.strong, shown(line)))
}

/// A request that was served: the status, and the interaction or fault that it came from.
#[must_use]
pub fn served(line: &str, status: Option<u16>, by: &str, palette: &Palette) -> String {
    let status = status.map_or_else(|| String::from("nothing"), |status| status.to_string());
    format!("{} → {status}  {}\n", shown(line), paint(palette.faint, shown(by)))
}

/// An interaction that no request used.
#[must_use]
pub fn unused(pair: &str, name: &str, place: &str, palette: &Palette) -> String {
    let (label, name) = (paint(palette.warning, "unused"), paint(palette.strong, shown(name)));
    format!("{label}   {}  {name}   {}\n", shown(pair), paint(palette.faint, shown(place)))
}
