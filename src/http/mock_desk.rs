//! The state that all connections of a mock share.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::mocking::{ActiveState, Mock, StateChange, StateError};

/// A mock's contracts, the active states, and counts of the requests so far.
#[derive(Debug)]
pub(super) struct Desk {
    provider: String,
    mock: Mock,
    active: Mutex<Vec<ActiveState>>,
    used: Vec<AtomicUsize>,
    refused: AtomicUsize,
}

impl Desk {
    pub(super) fn new(provider: String, mock: Mock) -> Self {
        let used = (0..mock.len()).map(|_| AtomicUsize::new(0)).collect();
        Self { provider, mock, active: Mutex::new(Vec::new()), used, refused: AtomicUsize::new(0) }
    }

    pub(super) fn provider(&self) -> &str {
        &self.provider
    }

    pub(super) const fn mock(&self) -> &Mock {
        &self.mock
    }

    pub(super) fn active(&self) -> Vec<ActiveState> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn clear_states(&self) {
        self.active.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Changes the active states for the requests that follow.
    pub(super) fn change_states(&self, change: StateChange) -> Result<(), StateError> {
        let requests = self.uses().iter().sum::<usize>() + self.refused.load(Ordering::Relaxed);
        change.apply(&mut self.active.lock().unwrap_or_else(PoisonError::into_inner), requests)
    }

    /// Counts a request that the interaction with this number allowed.
    pub(super) fn count_use(&self, number: usize) {
        if let Some(used) = self.used.get(number) {
            used.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Counts a request that no interaction allowed.
    pub(super) fn count_refusal(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// How often each interaction was used, by its number.
    pub(super) fn uses(&self) -> Vec<usize> {
        self.used.iter().map(|times| times.load(Ordering::Relaxed)).collect()
    }

    /// Consumer, name and how often for each interaction; and how many requests none allowed.
    pub(super) fn usage(&self) -> (Vec<(String, String, usize)>, usize) {
        let interactions = self.used.iter().enumerate().filter_map(|(number, times)| {
            let (file, interaction, _) = self.mock.interaction(number)?;
            Some((file.contract.consumer.to_string(), interaction.name.clone(), times.load(Ordering::Relaxed)))
        });
        (interactions.collect(), self.refused.load(Ordering::Relaxed))
    }
}
