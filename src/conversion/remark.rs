//! The remarks of a conversion: differences, each with its place.

use super::difference::Difference;
use super::place::{Part, Place, Side};
use crate::interaction::pointer;
use crate::pact::RuleList;
use crate::source::Pointer;

/// One remark, on one place of one interaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The index of the interaction in the contract that was converted.
    pub interaction: usize,
    /// The place in the file that was converted.
    pub at: Pointer,
    pub place: Place,
    pub difference: Difference,
    /// How many more places of the file have the same difference, if it is reported only once.
    pub more: usize,
}

impl Remark {
    /// A remark on an interaction as a whole.
    pub(super) fn on_interaction(interaction: usize, difference: impl Into<Difference>) -> Self {
        let (at, place) = (pointer(interaction), Place::default());
        Self { interaction, at, place, difference: difference.into(), more: 0 }
    }

    /// A remark on a part of one of an interaction's messages.
    pub(super) fn on_message(interaction: usize, side: Side, part: Part, difference: impl Into<Difference>) -> Self {
        let (at, place) = (pointer(interaction).key(side.key()), Place { side: Some(side), part });
        Self { interaction, at, place, difference: difference.into(), more: 0 }
    }
}

/// Collects the remarks on one message.
#[derive(Debug)]
pub(super) struct Remarks<'r> {
    pub interaction: usize,
    pub side: Side,
    pub found: &'r mut Vec<Remark>,
}

impl Remarks<'_> {
    /// Adds a remark on a part of the message.
    pub(super) fn add(&mut self, part: Part, difference: impl Into<Difference>) {
        self.add_at(part, None, difference);
    }

    /// Adds a remark on a part of the message, caused by a rule of its Pact file.
    pub(super) fn add_at(&mut self, part: Part, rule: Option<&RuleList>, difference: impl Into<Difference>) {
        let mut remark = Remark::on_message(self.interaction, self.side, part, difference);
        if let Some(rule) = rule {
            remark.at = rule.keys.iter().fold(remark.at.key("matchingRules"), |at, key| at.key(key));
        }
        self.push(remark);
    }

    /// Adds a remark, unless the interaction has it already.
    pub(super) fn push(&mut self, remark: Remark) {
        // The elements of a list are often alike.
        let mut of_interaction = self.found.iter().rev().take_while(|known| known.interaction == self.interaction);
        if !of_interaction.any(|known| *known == remark) {
            self.found.push(remark);
        }
    }
}

/// Merges remarks on [common](Difference::is_common) differences: each is kept once for all requests and once for all
/// responses of the file, with the number of its other places.
pub(super) fn merge_common(remarks: Vec<Remark>) -> Vec<Remark> {
    let mut merged: Vec<Remark> = Vec::with_capacity(remarks.len());
    // The indexes of the common ones in `merged`.
    let mut common: Vec<usize> = Vec::new();
    for remark in remarks {
        if !remark.difference.is_common() {
            merged.push(remark);
            continue;
        }
        let is_same = |known: &Remark| known.place.side == remark.place.side && known.difference == remark.difference;
        if let Some(known) = common.iter().copied().find(|index| merged.get(*index).is_some_and(is_same)) {
            merged[known].more += 1;
        } else {
            common.push(merged.len());
            merged.push(remark);
        }
    }
    merged
}
