//! How much work one interaction may cost.

/// A number of steps that runs out. A document can make a place worth a hundred alternatives, and each of them again.
#[derive(Debug)]
pub(super) struct Budget {
    left: u32,
}

impl Budget {
    /// Enough for a body of ten thousand places with a few alternatives each.
    const STEPS: u32 = 100_000;

    pub(super) const fn new() -> Self {
        Self { left: Self::STEPS }
    }

    /// Takes one step, if there is one left.
    pub(super) const fn step(&mut self) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        true
    }

    pub(super) const fn is_over(&self) -> bool {
        self.left == 0
    }
}
