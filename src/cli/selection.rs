//! What of the contracts is verified: by provider, by consumer, by an interaction's name. A selection that selects
//! nothing is an error, since nothing verified is never a success.

use std::sync::Arc;

use indexmap::IndexSet;

use super::failure::Failure;
use super::load::Workspace;
use crate::contract::{ContractFile, Interaction, ServiceName};
use crate::words::{and_list, did_you_mean, or_list, quoted};

/// Providers with their contracts, in the order of the contracts' files.
pub(super) type Selected = Vec<(ServiceName, Vec<Arc<ContractFile>>)>;

/// Selects the contracts with these providers (all where there are none), of these consumers (likewise), that have an
/// interaction which is wanted.
pub(super) fn select(
    workspace: &Workspace,
    providers: &[&String],
    consumers: &[String],
    only: &[String],
) -> Result<Selected, Failure> {
    let files = &workspace.files;
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
    let kept: Vec<&Arc<ContractFile>> = files
        .iter()
        .filter(|file| providers.is_empty() || providers.iter().any(|name| of_provider(file, name)))
        .filter(|file| consumers.is_empty() || consumers.iter().any(|name| of_consumer(file, name)))
        .collect();
    if kept.is_empty() {
        let (consumers, providers) = (or_list(quoted(consumers)), or_list(quoted(providers)));
        return Err(Failure::usage(format!("there is no contract of {consumers} with {providers}"))
            .help("name one of the two alone, to see what there is"));
    }
    let names = || kept.iter().flat_map(|file| file.contract.interactions.iter());
    for text in only {
        if !names().any(|interaction| is_wanted(interaction, std::slice::from_ref(text))) {
            let known = names().map(|interaction| interaction.name.as_str());
            return Err(unknown(format!("no interaction has `{text}` in its name"), text, known));
        }
    }
    let mut selected = Selected::new();
    for file in kept
        .into_iter()
        .filter(|file| file.contract.interactions.iter().any(|interaction| is_wanted(interaction, only)))
    {
        let provider = &file.contract.provider;
        match selected.iter_mut().find(|(name, _)| name == provider) {
            Some((_, files)) => files.push(Arc::clone(file)),
            None => selected.push((provider.clone(), vec![Arc::clone(file)])),
        }
    }
    Ok(selected)
}

/// Whether an interaction's name holds one of the texts, in any case; all are wanted where there are none.
pub(super) fn is_wanted(interaction: &Interaction, only: &[String]) -> bool {
    let name = interaction.name.to_lowercase();
    only.is_empty() || only.iter().any(|text| name.contains(&text.to_lowercase()))
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
