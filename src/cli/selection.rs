//! Which contracts are verified: by provider, consumer and interaction name. A selection that selects nothing is an
//! error: verifying nothing is never a success.

use std::sync::Arc;

use clap::Args;
use indexmap::IndexSet;

use super::failure::Failure;
use super::load::Workspace;
use crate::formats::{Contract, ContractFile, Interaction};
use crate::interaction::ServiceName;
use crate::words::{and_list, did_you_mean, or_list, quoted};

/// Which contracts and interactions are verified.
#[derive(Debug, Default, Args)]
pub(super) struct SelectionArgs {
    /// Only interactions whose name contains this text, ignoring case
    #[arg(long, value_name = "TEXT", help_heading = "Selection")]
    pub only: Vec<String>,
    /// Leave out interactions that can't be run yet, such as messages in Pact files
    #[arg(long, help_heading = "Selection")]
    pub without_skipped: bool,
    /// Only contracts of this consumer
    #[arg(long, value_name = "NAME", help_heading = "Selection")]
    pub consumer: Vec<String>,
}

impl SelectionArgs {
    /// Whether an interaction is wanted: by its name, and by whether it can be run.
    pub(super) fn takes(&self, interaction: &Interaction) -> bool {
        self.names(interaction) && !(self.without_skipped && interaction.unrunnable().is_some())
    }

    /// How many of the selected interactions are left out because they can't be run.
    pub(super) fn left_out(&self, workspace: &Workspace, providers: &[&String]) -> usize {
        let files = workspace.files.iter().filter(|file| self.is_of(&file.contract, providers));
        let all = files.flat_map(|file| &file.contract.interactions);
        all.filter(|interaction| self.names(interaction) && !self.takes(interaction)).count()
    }

    /// Whether its name contains one of the texts, ignoring case. True if there are no texts.
    fn names(&self, interaction: &Interaction) -> bool {
        self.only.is_empty() || self.only.iter().any(|text| has_in_name(interaction, text))
    }

    /// Whether a contract is with one of the providers and of one of the consumers. An empty list allows all.
    fn is_of(&self, contract: &Contract, providers: &[&String]) -> bool {
        let (consumer, provider) = (contract.consumer.as_str(), contract.provider.as_str());
        (providers.is_empty() || providers.iter().any(|name| *name == provider))
            && (self.consumer.is_empty() || self.consumer.iter().any(|name| name == consumer))
    }
}

/// Providers with their contracts, in the order of the contracts' files.
pub(super) type Selected = Vec<(ServiceName, Vec<Arc<ContractFile>>)>;

/// Selects the contracts with these providers (all if none are given) that have a selected interaction.
pub(super) fn select(
    workspace: &Workspace,
    providers: &[&String],
    wanted: &SelectionArgs,
) -> Result<Selected, Failure> {
    let (files, consumers) = (&workspace.files, &wanted.consumer);
    let of_provider = |file: &ContractFile, name: &str| file.contract.provider.as_str() == name;
    let of_consumer = |file: &ContractFile, name: &str| file.contract.consumer.as_str() == name;
    if files.is_empty() {
        return Err(Failure::usage("there is no contract to verify").help("`upheld init` writes a first one"));
    }
    for name in providers {
        if !files.iter().any(|file| of_provider(file, name)) {
            let known = files.iter().map(|file| file.contract.provider.as_str());
            return Err(unknown(format!("there is no contract with the provider `{name}`"), name, known));
        }
    }
    for name in consumers {
        if !files.iter().any(|file| of_consumer(file, name)) {
            let known = files.iter().map(|file| file.contract.consumer.as_str());
            return Err(unknown(format!("there is no contract of the consumer `{name}`"), name, known));
        }
    }
    let kept: Vec<&Arc<ContractFile>> = files.iter().filter(|file| wanted.is_of(&file.contract, providers)).collect();
    if kept.is_empty() {
        let (consumers, providers) = (or_list(quoted(consumers)), or_list(quoted(providers)));
        return Err(Failure::usage(format!("there is no contract of {consumers} with {providers}"))
            .help("name only one of them to see which contracts exist"));
    }
    let names = || kept.iter().flat_map(|file| file.contract.interactions.iter());
    for text in &wanted.only {
        if !names().any(|interaction| has_in_name(interaction, text)) {
            let known = names().map(|interaction| interaction.name.as_str());
            return Err(unknown(format!("no interaction has `{text}` in its name"), text, known));
        }
    }
    let mut selected = Selected::new();
    for file in kept.iter().copied().filter(|file| file.contract.interactions.iter().any(|one| wanted.takes(one))) {
        let provider = &file.contract.provider;
        match selected.iter_mut().find(|(name, _)| name == provider) {
            Some((_, files)) => files.push(Arc::clone(file)),
            None => selected.push((provider.clone(), vec![Arc::clone(file)])),
        }
    }
    if names().next().is_none() {
        let files = and_list(quoted(kept.iter().take(LISTED).map(|file| &file.source.name)));
        return Err(Failure::usage(format!("there is no interaction in {files}")).help(
            "tests that send no request leave such a file behind: run all of the consumer's tests, or delete it",
        ));
    }
    if selected.is_empty() {
        return Err(Failure::usage("nothing to verify: no interaction can be run")
            .help("leave out --without-skipped to see each of them and why"));
    }
    Ok(selected)
}

fn has_in_name(interaction: &Interaction, text: &str) -> bool {
    interaction.name.to_lowercase().contains(&text.to_lowercase())
}

/// How many names are listed.
const LISTED: usize = 10;

fn unknown<'n>(message: String, name: &str, known: impl Iterator<Item = &'n str>) -> Failure {
    // In the order of the contracts, each once.
    let known: IndexSet<&str> = known.collect();
    let help = did_you_mean(name, known.iter().copied()).unwrap_or_else(|| {
        let mut shown = quoted(known.iter().take(LISTED));
        match known.len() {
            1 => format!("there is only {}", shown[0]),
            more => {
                shown.extend((more > LISTED).then(|| format!("{} more", more - LISTED)));
                format!("there are {}", and_list(shown))
            }
        }
    });
    Failure::usage(message).help(help)
}
