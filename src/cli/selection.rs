//! What of the contracts is verified: by provider, by consumer, by an interaction's name. A selection that selects
//! nothing is an error, since nothing verified is never a success.

use std::sync::Arc;

use super::failure::Failure;
use super::load::Workspace;
use crate::contract::{ContractFile, Interaction, ServiceName};
use crate::words::{did_you_mean, or_list, quoted};

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
            return Err(unknown(
                "no contract is with the provider",
                name,
                files.iter().map(|file| file.contract.provider.as_str()),
            ));
        }
    }
    for name in consumers {
        if !files.iter().any(|file| of_consumer(file, name)) {
            return Err(unknown(
                "no contract is of the consumer",
                name,
                files.iter().map(|file| file.contract.consumer.as_str()),
            ));
        }
    }
    let kept: Vec<&Arc<ContractFile>> = files
        .iter()
        .filter(|file| providers.is_empty() || providers.iter().any(|name| of_provider(file, name)))
        .filter(|file| consumers.is_empty() || consumers.iter().any(|name| of_consumer(file, name)))
        .collect();
    let names = || kept.iter().flat_map(|file| file.contract.interactions.iter());
    for text in only {
        if !names().any(|interaction| is_wanted(interaction, std::slice::from_ref(text))) {
            return Err(unknown(
                "no interaction's name holds",
                text,
                names().map(|interaction| interaction.name.as_str()),
            ));
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
    if selected.is_empty() {
        return Err(Failure::usage("these consumers have no contract with these providers")
            .help("name fewer of them, or check their names"));
    }
    Ok(selected)
}

/// Whether an interaction's name holds one of the texts, in any case; all are wanted where there are none.
pub(super) fn is_wanted(interaction: &Interaction, only: &[String]) -> bool {
    let name = interaction.name.to_lowercase();
    only.is_empty() || only.iter().any(|text| name.contains(&text.to_lowercase()))
}

fn unknown<'n>(what: &str, name: &str, known: impl Iterator<Item = &'n str>) -> Failure {
    let mut known: Vec<&str> = known.collect();
    known.sort_unstable();
    known.dedup();
    let failure = Failure::usage(format!("{what} `{name}`"));
    match did_you_mean(name, known.iter().copied()) {
        Some(help) => failure.help(help),
        None => {
            let shown = known.iter().take(10);
            let more = if known.len() > 10 { format!(", and {} more", known.len() - 10) } else { String::new() };
            failure.help(format!("there is {}{more}", or_list(quoted(shown))))
        }
    }
}
