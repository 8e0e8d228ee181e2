//! The remarks of a conversion as text: the interaction, the place in it and in its file, and the difference.

use std::fmt::Write as _;

use super::escape::{shown, shown_sentence};
use super::mismatch::INDENT;
use super::palette::{Palette, paint};
use crate::conversion::Remark;
use crate::formats::ContractFile;
use crate::words::count;

/// A remark in two lines, with its place in the file that was converted.
#[must_use]
pub fn conversion_remark(remark: &Remark, file: &ContractFile, palette: &Palette) -> String {
    let interaction = file.contract.interactions.get(remark.interaction).map_or("", |one| one.name.as_str());
    let line = file.source.place(&remark.at).map(|span| span.start.line);
    let line = line.or_else(|| file.lines.get(remark.interaction).copied()).unwrap_or(1);
    let place = match remark.place.to_string() {
        whole if whole.is_empty() => whole,
        part => format!("  {}", shown(&part)),
    };
    let label = paint(palette.warning, "remark");
    let name = paint(palette.strong, shown(interaction));
    let at = paint(palette.faint, format!("{}:{line}", shown(&file.source.name)));
    let more = match remark.more {
        0 => String::new(),
        number => format!(" (the same at {})", count(number, "more place")),
    };
    let mut out = String::new();
    // Writing into a String can't fail.
    let _ = writeln!(out, "{label}  {name}{place}  {at}");
    let _ = writeln!(out, "{INDENT}{}{more}", shown_sentence(&remark.difference.to_string()));
    out
}
