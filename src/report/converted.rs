//! What a conversion can't express, as text: the interaction, the place, where that is written, and what was done
//! instead.

use std::fmt::Write as _;

use super::escape::{shown, shown_sentence};
use super::mismatch::INDENT;
use super::palette::{Palette, paint};
use crate::words::count;

/// One remark, with the place in the file that was converted.
#[derive(Clone, Debug)]
pub struct ConversionRemark<'r> {
    pub interaction: &'r str,
    /// `response body items[].id`; empty where it is about the interaction as a whole.
    pub place: &'r str,
    pub why: &'r str,
    /// At how many more places it is so.
    pub more: usize,
    pub file: &'r str,
    pub line: u32,
}

/// A remark in two lines.
#[must_use]
pub fn conversion_remark(remark: &ConversionRemark<'_>, palette: &Palette) -> String {
    let mut out = String::new();
    let label = paint(palette.warning, "remark");
    let name = paint(palette.strong, shown(remark.interaction));
    let place = if remark.place.is_empty() { String::new() } else { format!("  {}", shown(remark.place)) };
    let at = paint(palette.faint, format!("{}:{}", shown(remark.file), remark.line));
    // Writing into a String can't fail.
    let _ = writeln!(out, "{label}  {name}{place}  {at}");
    let more = match remark.more {
        0 => String::new(),
        number => format!(" (the same at {})", count(number, "more place")),
    };
    let _ = writeln!(out, "{INDENT}{}{more}", shown_sentence(remark.why));
    out
}
