//! `upheld compare`: contracts against an OpenAPI document, before any code runs.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::load::Workspace;
use super::step::Step;
use super::{Exit, Failure, Global, World};
use crate::comparing::{Compared, Comparison, Verdict, compare, findings};
use crate::contract::Contract;
use crate::conversion::import::import;
use crate::files;
use crate::formats::ContractFile;
use crate::interaction::ServiceName;
use crate::openapi::{self, Document};
use crate::report::{self, ComparedContract};
use crate::source::{Finding, SourceFile, sort_findings};
use crate::words::and_list;

/// Check contracts against an OpenAPI document
///
/// Answers before any code is written: which interactions does this interface break, and which ones doesn't it guarantee?
/// The contracts' rules count, not their examples. A document says what the provider should do; `upheld verify` shows what
/// it does.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct CompareArgs {
    /// The document: OpenAPI 3.0, 3.1 or 3.2, or Swagger 2, in YAML or JSON
    spec: PathBuf,
    /// Contract files or folders [default: all contracts]
    paths: Vec<PathBuf>,
    /// The provider that the document describes [default: the only one that the contracts have]
    #[arg(long, value_name = "NAME", value_parser = ServiceName::new)]
    provider: Option<ServiceName>,
    /// Exit with 1 if anything isn't guaranteed, too
    #[arg(long)]
    strict: bool,
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    report: CompareReport,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum CompareReport {
    /// For people
    Human,
    /// For programs
    Json,
    /// Annotations for GitHub Actions
    Github,
}

const EXAMPLES: &str = "\
Examples:
  upheld compare openapi.yaml
      checks all contracts with the one provider that they have
  upheld compare openapi.yaml --provider orders --strict
      fails, too, if the document allows a response that breaks a contract

Verdicts:
  breaks          no response that the document allows satisfies the contract, or it doesn't accept the request
  not guaranteed  the document allows a response that breaks the contract
  undecided       neither could be shown
  covered         every response that the document allows satisfies the contract

A property that the document doesn't declare counts as absent, unless `additionalProperties` says otherwise.";

pub(super) fn compare_with(global: &Global, args: &CompareArgs, world: &mut World) -> Result<Exit, Failure> {
    let step = Step::one(args.report == CompareReport::Github, "Contracts: broken by the document");
    step.run(world, |step, world| run(global, args, step, world))
}

fn run(global: &Global, args: &CompareArgs, step: &Step, world: &mut World) -> Result<Exit, Failure> {
    let mut workspace = Workspace::load(global, &args.paths, world)?.usable()?;
    let document = document(global, args, &mut workspace, world)?;
    let chosen = chosen(args, &workspace)?;
    let all: Vec<(Arc<ContractFile>, Comparison)> =
        chosen.into_iter().map(|file| (Arc::clone(&file), compare(&own(&file), &document))).collect();
    let sided: Vec<(Arc<SourceFile>, Comparison)> =
        all.iter().map(|(file, comparison)| (Arc::clone(&file.source), comparison.clone())).collect();
    let mut found =
        findings(&sided, &document, |index| all.get(index).is_some_and(|(file, _)| file.contract.to_pact().is_some()));
    sort_findings(&mut found);
    let worst =
        all.iter().flat_map(|(_, it)| &it.interactions).map(Compared::verdict).max().unwrap_or(Verdict::Covered);
    let exit = match worst {
        Verdict::Breaks => Exit::No,
        Verdict::NotGuaranteed if args.strict => Exit::No,
        Verdict::NotGuaranteed | Verdict::NeedsState | Verdict::Undecided | Verdict::Covered => Exit::Yes,
    };
    let compared: Vec<ComparedContract<'_>> =
        all.iter().map(|(file, comparison)| ComparedContract { file, comparison }).collect();
    let text = match args.report {
        CompareReport::Human => {
            let palette = world.out_palette();
            report::findings::text(&found, &workspace.sources, &palette) + &report::comparison_text(&compared, &palette)
        }
        CompareReport::Json => report::comparison_json(&compared, &document, exit.code())
            .map_err(|error| Failure::could_not_run(error.to_string()))?,
        CompareReport::Github => report::findings::github(&found),
    };
    world.print(&text)?;
    let summary = report::comparison_text(&compared, &report::Palette::default());
    step.found(&found, &summary, exit, world)
}

/// Reads the document.
fn document(
    global: &Global,
    args: &CompareArgs,
    workspace: &mut Workspace,
    world: &World,
) -> Result<Document, Failure> {
    let path = world.working.join(&args.spec);
    let refuse = |findings: Vec<Finding>, workspace: &mut Workspace| Failure::Findings {
        findings,
        sources: std::mem::take(&mut workspace.sources),
    };
    let source = match files::read_source(&path, files::shown(&path, &world.working), global.limits()) {
        Ok(source) => Arc::new(source),
        Err(finding) => return Err(refuse(vec![finding], workspace)),
    };
    workspace.sources.add(Arc::clone(&source));
    openapi::read(&source).map_err(|findings| refuse(findings, workspace))
}

/// The contracts with the provider that the document describes.
fn chosen(args: &CompareArgs, workspace: &Workspace) -> Result<Vec<Arc<ContractFile>>, Failure> {
    let mut providers: Vec<&ServiceName> = workspace.files.iter().map(|file| &file.contract.provider).collect();
    providers.sort();
    providers.dedup();
    let provider = match (&args.provider, providers.as_slice()) {
        (Some(provider), _) => provider,
        (None, [one]) => one,
        (None, []) => return Err(Failure::usage("there is no contract to compare")),
        (None, several) => {
            let names: Vec<String> = several.iter().map(|name| format!("`{name}`")).collect();
            return Err(Failure::usage(format!("there are contracts with {}", and_list(&names)))
                .help("name the provider that the document describes with --provider"));
        }
    };
    let chosen: Vec<_> = workspace.files.iter().filter(|file| file.contract.provider == *provider).cloned().collect();
    if chosen.is_empty() {
        return Err(Failure::usage(format!("there is no contract with `{provider}`")));
    }
    Ok(chosen)
}

/// A contract in our own terms: a Pact file by its rules.
fn own(file: &ContractFile) -> Contract {
    file.contract.to_own().or_else(|| Some(import(&file.contract.to_pact()?).contract)).unwrap_or_else(|| Contract {
        consumer: file.contract.consumer.clone(),
        provider: file.contract.provider.clone(),
        description: None,
        interactions: Vec::new(),
    })
}
