//! Reads a command's input: the folder of contracts, the registry in it, and the contracts.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;

use super::failure::Failure;
use super::{Global, World};
use crate::contract::attachments::RecordedAttachments;
use crate::files::{self, CONTRACTS, ContractFolder, Found, REGISTRY};
use crate::formats::{self, ContractFile};
use crate::interaction::ServiceName;
use crate::registry::{self, Registry};
use crate::source::{Finding, Sources, sort_findings};

/// Contracts and registry, with every finding about them.
pub(super) struct Workspace {
    /// The folder that contains `contracts`. Commands of the registry run in it.
    pub root: PathBuf,
    pub registry: Option<Registry>,
    /// In the order of their files' names.
    pub files: Vec<Arc<ContractFile>>,
    pub findings: Vec<Finding>,
    pub sources: Sources,
    /// How many files were read, usable or not.
    pub read: usize,
    /// The files that contracts name, as bodies and schemas.
    named: HashSet<PathBuf>,
}

/// The files to read.
#[derive(Default)]
struct ToRead {
    /// Contracts, each once, and whether it was named and not found in a folder.
    contracts: IndexMap<PathBuf, bool>,
    no_json: Vec<PathBuf>,
    leading_out: Vec<PathBuf>,
}

impl Workspace {
    /// Reads the contracts at `paths`, or all of the folder of contracts if there are none, and the registry.
    pub(super) fn load(global: &Global, paths: &[PathBuf], world: &World) -> Result<Self, Failure> {
        let (mut workspace, folder) = Self::with_registry(global, world)?;
        workspace.read_all(&contract_files(folder.as_deref(), paths, world)?, global, world);
        Ok(workspace)
    }

    /// Reads the contracts of the folder, of which there may be none, and the registry.
    pub(super) fn load_if_any(global: &Global, world: &World) -> Result<Self, Failure> {
        let (mut workspace, folder) = Self::with_registry(global, world)?;
        if let Some(folder) = folder {
            let mut files = ToRead::default();
            files.add(inside(&folder, world)?);
            workspace.read_all(&files, global, world);
        }
        Ok(workspace)
    }

    /// Reads the registry alone, if there is one.
    pub(super) fn registry_alone(global: &Global, world: &World) -> Result<Self, Failure> {
        Ok(Self::with_registry(global, world)?.0)
    }

    fn with_registry(global: &Global, world: &World) -> Result<(Self, Option<PathBuf>), Failure> {
        let folder = contracts_folder(global, world)?;
        let root = folder.as_deref().and_then(Path::parent).map_or_else(|| world.working.clone(), Path::to_path_buf);
        let mut workspace = Self {
            root,
            registry: None,
            files: Vec::new(),
            findings: Vec::new(),
            sources: Sources::default(),
            read: 0,
            named: HashSet::new(),
        };
        if let Some(folder) = &folder {
            let registry = folder.join(REGISTRY);
            if files::is_leading_out(folder, &registry) {
                workspace.findings.push(files::leads_out(files::shown(&registry, &world.working)));
            } else {
                workspace.read_registry(&registry, global, world);
            }
        }
        Ok((workspace, folder))
    }

    /// The workspace if it can be used, or the findings.
    pub(super) fn usable(mut self) -> Result<Self, Failure> {
        if self.findings.iter().any(Finding::is_error) {
            let findings = std::mem::take(&mut self.findings);
            return Err(Failure::Findings { findings, sources: self.sources });
        }
        Ok(self)
    }

    fn read_all(&mut self, files: &ToRead, global: &Global, world: &World) {
        let mut read: Vec<(usize, ContractFile)> = Vec::new();
        // A file that looks like a Pact file, but wasn't named as one, may be a body that a contract names: so these
        // come last.
        let all =
            files.contracts.iter().map(|(path, was_named)| (path, !was_named && files::is_json(path))).enumerate();
        let (later, first): (Vec<_>, Vec<_>) = all.partition(|(_, (_, may_be_body))| *may_be_body);
        for (number, (path, may_be_body)) in first.into_iter().chain(later) {
            if may_be_body && self.named.contains(path) {
                continue;
            }
            if path.file_name().is_some_and(|name| name == REGISTRY) {
                self.read_registry(path, global, world);
            } else {
                read.extend(self.read_contract(path, global, world).map(|file| (number, file)));
            }
        }
        read.sort_by_key(|(number, _)| *number);
        self.files.extend(read.into_iter().map(|(_, file)| Arc::new(file)));
        for path in files.no_json.iter().filter(|path| !self.named.contains(*path)) {
            self.findings.push(files::no_json(path, files::shown(path, &world.working)));
        }
        for path in &files.leading_out {
            self.findings.push(files::leads_out(files::shown(path, &world.working)));
        }
        sort_findings(&mut self.findings);
    }

    fn read_registry(&mut self, path: &Path, global: &Global, world: &World) {
        if !path.exists() || self.registry.is_some() {
            return;
        }
        self.read += 1;
        match files::read_source(path, files::shown(path, &world.working), global.limits()) {
            Ok(source) => {
                let source = Arc::new(source);
                self.sources.add(Arc::clone(&source));
                match registry::read(source) {
                    Ok((registry, findings)) => {
                        self.registry = Some(registry);
                        self.findings.extend(findings);
                    }
                    Err(findings) => self.findings.extend(findings),
                }
            }
            Err(finding) => self.findings.push(finding),
        }
    }

    fn read_contract(&mut self, path: &Path, global: &Global, world: &World) -> Option<ContractFile> {
        self.read += 1;
        let source = match files::read_source(path, files::shown(path, &world.working), global.limits()) {
            Ok(source) => Arc::new(source),
            Err(finding) => {
                self.findings.push(finding);
                return None;
            }
        };
        self.sources.add(Arc::clone(&source));
        let folder = ContractFolder::of(path, global.limits());
        let named = RecordedAttachments::new(&folder);
        let read = formats::read(&source, &named);
        let beside = path.parent().unwrap_or(Path::new(""));
        self.named.extend(named.into_files().into_keys().map(|name| beside.join(name)));
        match read {
            Ok(mut read) => {
                self.findings.append(&mut read.findings);
                let file = formats::file(source, read);
                self.findings.extend(formats::check(&file));
                Some(file)
            }
            Err(findings) => {
                self.findings.extend(findings);
                None
            }
        }
    }

    /// The registry's entry of a service.
    pub(super) fn service(&self, name: &ServiceName) -> Option<&registry::Service> {
        self.registry.as_ref().and_then(|registry| registry.services.get(name))
    }
}

impl ToRead {
    /// Adds the files that were found in a folder.
    fn add(&mut self, found: Found) {
        for path in found.contracts {
            self.contracts.entry(path).or_insert(false);
        }
        self.no_json.extend(found.no_json);
        self.leading_out.extend(found.leading_out);
    }
}

/// The contracts in a folder.
fn inside(folder: &Path, world: &World) -> Result<Found, Failure> {
    files::contract_paths(folder).map_err(|(path, error)| {
        Failure::usage(format!("`{}` can't be read: {}", files::shown(&path, &world.working), files::why(&error)))
    })
}

/// The folder of contracts: the one that was named, or the nearest.
pub(super) fn contracts_folder(global: &Global, world: &World) -> Result<Option<PathBuf>, Failure> {
    let Some(named) = &global.contracts else { return Ok(files::find_contracts(&world.working)) };
    let folder = world.working.join(named);
    if folder.is_dir() {
        return Ok(Some(folder));
    }
    let shown = files::shown(&folder, &world.working);
    if folder.exists() {
        return Err(
            Failure::usage(format!("`{shown}` isn't a folder")).help("--contracts must name the folder of contracts")
        );
    }
    Err(Failure::usage(format!("there is no folder `{shown}`"))
        .help("name the folder of contracts with --contracts DIR, or create one with `upheld init`"))
}

/// The folder that contracts are written to: the one that was named, which need not be there yet; the nearest; or one here.
pub(super) fn folder_to_write(global: &Global, world: &World) -> Result<PathBuf, Failure> {
    if let Some(named) = global.contracts.as_ref().map(|named| world.working.join(named))
        && !named.exists()
    {
        return Ok(named);
    }
    Ok(contracts_folder(global, world)?.unwrap_or_else(|| world.working.join(CONTRACTS)))
}

/// The files to read. A folder without a contract is an error: to have read nothing must not look like success.
fn contract_files(folder: Option<&Path>, paths: &[PathBuf], world: &World) -> Result<ToRead, Failure> {
    let named: Vec<PathBuf> = if paths.is_empty() {
        let folder = folder.ok_or_else(|| {
            Failure::usage("there is no folder `contracts` here or in a parent folder")
                .help("`upheld init` writes a first contract; --contracts DIR names a folder elsewhere")
        })?;
        vec![folder.to_path_buf()]
    } else {
        paths.iter().map(|path| world.working.join(path)).collect()
    };
    let mut all = ToRead::default();
    for path in named {
        if !path.is_dir() {
            all.contracts.insert(path, true);
            continue;
        }
        let found = inside(&path, world)?;
        if found.contracts.is_empty() && found.leading_out.is_empty() {
            let shown = |path: &Path| files::shown(path, &world.working);
            let mut failure = Failure::usage(format!("there is no contract in `{}`", shown(&path)));
            if let Some(passed) = found.no_json.first() {
                let passed = files::no_json(passed, shown(passed));
                failure = failure.help(format!("{}: {}", passed.file, passed.message));
            }
            return Err(failure.help(
                "a contract is a file <consumer>/<provider>.yaml, or a Pact file; `upheld init` writes a first one",
            ));
        }
        all.add(found);
    }
    Ok(all)
}
