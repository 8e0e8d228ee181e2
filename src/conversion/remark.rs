//! What there is to say of a conversion: what can't be said in the other format, and what was done instead.

use crate::pact::RuleList;
use crate::source::Pointer;

/// One remark, on one place of one interaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The number of the interaction in the contract that was converted.
    pub interaction: usize,
    /// Where in its file it is about.
    pub at: Pointer,
    /// The part and the place in it: `response body items[].id`.
    pub place: String,
    /// What the one format says and what the other says instead, as a sentence without a full stop.
    pub why: String,
    /// At how many more places of the file it is so, where that is told once.
    pub more: usize,
}

impl Remark {
    pub(crate) const fn new(interaction: usize, at: Pointer, place: String, why: String) -> Self {
        Self { interaction, at, place, why, more: 0 }
    }
}

/// The remarks on one message while they are made.
#[derive(Debug)]
pub(super) struct Remarks<'r> {
    pub interaction: usize,
    /// The message in the Pact file.
    pub message: Pointer,
    /// `request` or `response`.
    pub side: &'static str,
    pub found: &'r mut Vec<Remark>,
}

impl Remarks<'_> {
    /// Remarks on a place of the message; where it is a rule that it is about, it is pointed at.
    pub(super) fn say(&mut self, place: &str, rule: Option<&RuleList>, why: impl Into<String>) {
        let at = match rule {
            Some(rule) => rule.keys.iter().fold(self.message.key("matchingRules"), |at, key| at.key(key)),
            None => self.message.clone(),
        };
        let place = format!("{} {place}", self.side);
        let remark = Remark::new(self.interaction, at, place.trim().to_owned(), why.into());
        // The elements of a list are often alike.
        let of_this = self.found.iter().rev().take_while(|known| known.interaction == self.interaction);
        if !of_this.into_iter().any(|known| *known == remark) {
            self.found.push(remark);
        }
    }
}
