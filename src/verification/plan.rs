//! Which interactions are verified, and which of them may run at once.

use std::collections::HashMap;
use std::sync::Arc;

use crate::formats::{ContractFile, Interaction};
use crate::interaction::{InteractionId, Moment};

/// The interactions of a run, in the contracts' order, and the requests that are sent for them.
#[derive(Debug)]
pub struct Plan {
    files: Vec<Arc<ContractFile>>,
    /// One for each interaction that is verified, in the order of all output.
    subjects: Vec<Subject>,
    /// The positions of subjects whose requests may be sent at once; the subjects of one group are the same, and sent
    /// once.
    together: Vec<Vec<usize>>,
    /// The positions of subjects that are run one after the other.
    in_turn: Vec<usize>,
    /// Whether states are torn down after interactions of Pact files, too.
    tears_all_down: bool,
    /// The time and the random seed of the run, for generated values.
    moment: Moment,
}

/// One interaction of one contract.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    file: usize,
    interaction: usize,
    id: InteractionId,
}

/// Which interactions may run at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Parallel {
    /// Those without a provider state whose method is safe: they can't disturb each other.
    #[default]
    Safe,
    /// All: the provider keeps every state apart from every other.
    All,
}

impl Plan {
    /// Plans the verification of all interactions for which `wanted` is true, which is asked once for each, in their
    /// order, with its contract and its index there.
    #[must_use]
    pub fn new(
        files: Vec<Arc<ContractFile>>,
        parallel: Parallel,
        mut wanted: impl FnMut(&ContractFile, usize) -> bool,
    ) -> Self {
        let mut plan = Self {
            files,
            subjects: Vec::new(),
            together: Vec::new(),
            in_turn: Vec::new(),
            tears_all_down: false,
            moment: Moment::default(),
        };
        let mut groups: HashMap<InteractionId, usize> = HashMap::new();
        for (file, contract) in plan.files.iter().enumerate() {
            for (index, interaction) in contract.contract.interactions.iter().enumerate() {
                if !wanted(contract, index) {
                    continue;
                }
                let id = contract.ids[index];
                let position = plan.subjects.len();
                plan.subjects.push(Subject { file, interaction: index, id });
                let Some(http) = interaction.http() else { continue };
                let harmless = interaction.given.is_empty() && http.request.is_safe();
                if harmless {
                    // A request that two consumers share is sent once.
                    let group = *groups.entry(id).or_insert(plan.together.len());
                    if group == plan.together.len() {
                        plan.together.push(Vec::new());
                    }
                    plan.together[group].push(position);
                } else if parallel == Parallel::All {
                    plan.together.push(vec![position]);
                } else {
                    plan.in_turn.push(position);
                }
            }
        }
        plan
    }

    /// The plan for a run at this moment.
    #[must_use]
    pub fn at(self, moment: Moment) -> Self {
        Self { moment, ..self }
    }

    /// The plan for a run in which states are torn down after interactions of Pact files, too.
    #[must_use]
    pub fn tearing_all_down(self, tears_all_down: bool) -> Self {
        Self { tears_all_down, ..self }
    }

    /// Whether the states of the interaction at a position are torn down afterwards. Pact's verifier only sets them up
    /// by default, and handlers that were written for it may not support more.
    #[must_use]
    pub fn tears_down(&self, position: usize) -> bool {
        self.tears_all_down || !self.interaction(position).is_pact()
    }

    /// The moment for the interaction at a position: the same time for all of them, and a different seed for each.
    #[must_use]
    pub fn moment(&self, position: usize) -> Moment {
        let own = u64::try_from(position).unwrap_or_default();
        Moment { seed: self.moment.seed.wrapping_add(own), ..self.moment.clone() }
    }

    /// How many interactions are verified.
    #[must_use]
    pub fn total(&self) -> usize {
        self.subjects.len()
    }

    /// The groups of interactions that may run at once, each sent once.
    #[must_use]
    pub fn together(&self) -> &[Vec<usize>] {
        &self.together
    }

    /// The interactions that run one after the other, in the contracts' order.
    #[must_use]
    pub fn in_turn(&self) -> &[usize] {
        &self.in_turn
    }

    /// Whether any of its interactions needs a provider state.
    #[must_use]
    pub fn needs_states(&self) -> bool {
        (0..self.total()).any(|position| !self.interaction(position).given.is_empty())
    }

    /// The contract of the interaction at a position.
    #[must_use]
    pub fn file(&self, position: usize) -> &ContractFile {
        &self.files[self.subjects[position].file]
    }

    /// The interaction at a position.
    #[must_use]
    pub fn interaction(&self, position: usize) -> &Interaction {
        &self.file(position).contract.interactions[self.subjects[position].interaction]
    }

    /// The index of the interaction in its contract.
    #[must_use]
    pub fn index(&self, position: usize) -> usize {
        self.subjects[position].interaction
    }

    /// The id of the interaction at a position.
    #[must_use]
    pub fn id(&self, position: usize) -> InteractionId {
        self.subjects[position].id
    }

    /// The line in which the interaction at a position begins.
    #[must_use]
    pub fn line(&self, position: usize) -> u32 {
        self.file(position).lines.get(self.index(position)).copied().unwrap_or(1)
    }
}
