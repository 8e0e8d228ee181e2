//! The ledger for commands: its store, who writes to it, and the messages for refusals.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::arguments::time;
use super::load::{Workspace, contracts_folder};
use super::{Exit, Failure, Global, World};
use crate::clock;
use crate::git::{self, Address, Checkout, Environment};
use crate::interaction::ServiceName;
use crate::ledger::{
    By, Event, Live, NameKind, Refusal, STORE_TOKEN, ServiceVersion, Stamp, Store, StoreError, Version, short_id,
};
use crate::registry::expand;
use crate::store;
use crate::words::{and_list, did_you_mean};

/// The default store.
const EMBEDDED: &str = ".upheld/store";

/// The options of all commands that use a ledger.
#[derive(Clone, Debug, Args)]
pub(super) struct StoreArgs {
    /// Where the ledger is kept: a folder, or the address of a git repository, with #BRANCH unless it is on the main
    /// branch; an https:// address uses the token in UPHELD_STORE_TOKEN [default: `store` in upheld.yaml, or the folder
    /// .upheld/store]
    #[arg(long, value_name = "STORE", env = "UPHELD_STORE", hide_env_values = true, help_heading = "Store")]
    store: Option<String>,
    /// How long to retry while others write to the store
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = time, env = "UPHELD_STORE_TIMEOUT", hide_env_values = true, help_heading = "Store")]
    pub store_timeout: Duration,
}

impl StoreArgs {
    /// Whether the place of the ledger was given, or there is one at the default place.
    pub(super) fn is_there(&self, workspace: &Workspace) -> bool {
        let registered = workspace.registry.as_ref().is_some_and(|registry| registry.store.is_some());
        self.store.is_some() || registered || workspace.root.join(EMBEDDED).is_dir()
    }

    /// Opens the store without reading anything yet.
    pub(super) fn open(&self, workspace: &Workspace, world: &World) -> Result<Box<dyn Store>, Failure> {
        let (spec, base) = self.spec(workspace, world)?;
        store::open(&spec, &base, &Environment::of_process()).map_err(unusable)
    }

    /// The store's place, and the folder that it is relative to.
    pub(super) fn spec(&self, workspace: &Workspace, world: &World) -> Result<(String, PathBuf), Failure> {
        let registered = workspace.registry.as_ref().and_then(|registry| registry.store.as_deref());
        Ok(match (&self.store, registered) {
            (Some(spec), _) => (spec.clone(), world.working.clone()),
            (None, Some(spec)) => (registered_store(spec, world)?, workspace.root.clone()),
            (None, None) => (EMBEDDED.to_owned(), workspace.root.clone()),
        })
    }
}

/// The store that upheld.yaml names. Whoever wrote the checkout wrote that file, so neither the token nor a variable's value
/// may go to an address that only the file knows.
fn registered_store(spec: &str, world: &World) -> Result<String, Failure> {
    let filled = expand(spec, world.variable).map_err(|missing| {
        let failure = Failure::usage(format!("`store` in upheld.yaml: {missing}"));
        if missing.0 == STORE_TOKEN {
            return failure.help(BESIDE);
        }
        failure.help(format!("set it: {}=…", missing.0))
    })?;
    // What is wrong with it is said when it is opened.
    let Ok(Some(address)) = Address::parse(&filled) else { return Ok(filled) };
    if address.takes_token() && Environment::of_process().variable(STORE_TOKEN).is_some() {
        let shown = address.redacted();
        return Err(Failure::usage(format!(
            "{STORE_TOKEN} isn't sent to {shown}, because only upheld.yaml names that address"
        ))
        .detail(Some(String::from("whoever wrote what is checked out here could have the token sent to any server")))
        .help(BESIDE));
    }
    if address.remote_host().is_some() && filled != spec && !is_of_environment(spec, &address, world) {
        return Err(Failure::usage(
            "`store` in upheld.yaml has a variable in an address whose host isn't the variable's",
        )
        .detail(Some(String::from("whoever wrote what is checked out here could have its value sent to any server")))
        .help("put the whole address into the variable, or into UPHELD_STORE"));
    }
    Ok(filled)
}

const BESIDE: &str = "name the store beside the token: UPHELD_STORE=ADDRESS or --store ADDRESS; in a workflow, the \
                      action's input `store`";

/// Whether the environment knows the host of an address: the text begins with its only variable, which names the same host.
fn is_of_environment(spec: &str, address: &Address, world: &World) -> bool {
    let Some((first, rest)) = spec.trim_start_matches("git+").strip_prefix("${").and_then(|text| text.split_once('}'))
    else {
        return false;
    };
    let value = (world.variable)(first).filter(|_| !rest.contains("${"));
    let known = value.and_then(|value| Address::parse(&value).ok().flatten());
    known.is_some_and(|known| known.remote_host() == address.remote_host())
}

/// The failure for a store that can't be used.
pub(super) fn unusable(error: StoreError) -> Failure {
    error.with_code(Exit::CouldNotRun).into()
}

/// The failure for a fact that the ledger refuses to record.
pub(super) fn refused(refusal: Refusal) -> Failure {
    match refusal {
        Refusal::Store(error) => unusable(error),
        Refusal::Undeclared { kind, name, known } => {
            let word = kind.word();
            let failure = Failure::unknown(format!("the store declares no {word} `{name}`"));
            let similar = did_you_mean(name.as_str(), known.iter().map(ServiceName::as_str));
            let may_be_renamed = kind == NameKind::Service && similar.is_none() && !known.is_empty();
            let failure = match similar {
                Some(help) => failure.help(help),
                None => failure,
            };
            let failure = failure.help(format!("if the name is right, declare it: upheld store init --{word} {name}"));
            if !may_be_renamed {
                return failure;
            }
            failure.help(format!(
                "if it is the new name of a declared service, move that one's file to services/{name}.yaml in the store, and \
                 add its former name: `formerly: [NAME]`"
            ))
        }
        Refusal::OneSpelling { name, other } => Failure::usage(format!("`{name}` and `{other}` differ by case alone"))
            .help("where file names ignore case, the store couldn't be checked out: use one spelling, or another name"),
        Refusal::Retired { service, since } => Failure::usage(format!("{service} is retired since {since}"))
            .help(format!("if it is in use again, delete `retired` from the store's services/{service}.yaml")),
        Refusal::OneProvider { version, names } => {
            Failure::usage(format!("{version} has several contracts with one provider: {}", and_list(&names)))
                .help(format!("these are names of one service; merge the contracts into one with {}", names[0]))
        }
        Refusal::NotPublished { version, known } => {
            let failure = Failure::unknown(format!("{version} was never published, so what it expects is unknown"));
            let names = || known.iter().map(Version::as_str);
            let failure = match did_you_mean(version.version.as_str(), names()) {
                Some(help) => failure.help(help),
                None => failure,
            };
            failure
                .help(format!("publish it first: upheld publish {version}"))
                .help("if it is live anyway, record that with --fact; every gate that depends on it will then deny")
        }
        Refusal::PublishedOtherwise { version, .. } => {
            Failure::usage(format!("{version} is already published with different contracts"))
                .help("publish this as a new version; what a version expects can't change")
        }
        Refusal::NotLive { version, environment, live } => {
            let how = if live.iter().any(|one| one.version == version.version) { " in this way" } else { "" };
            let failure = Failure::usage(format!("{version} isn't live there{how}"));
            if live.is_empty() {
                return failure.help(format!("no version of {} is live there", version.service));
            }
            let all: Vec<String> = live.iter().map(|one| live_text(&version.service, one)).collect();
            let failure = failure.help(format!("live there: {}", and_list(all)));
            if live.iter().any(|one| one.version == version.version && one.event == Event::Released) {
                return failure.help(format!(
                    "to end the support of a released version: upheld released {version} --to {environment} --support-ended"
                ));
            }
            failure
        }
        Refusal::Ambiguous { version, longer } => {
            let all = longer.iter().map(|longer| format!("{}@{longer}", version.service));
            Failure::usage(format!("{version} is the beginning of several versions"))
                .help(format!("use one of {}", and_list(all)))
        }
        Refusal::Instances { version, live } => {
            let all: Vec<String> = live.iter().map(|one| live_text(&version.service, one)).collect();
            Failure::usage(format!("{version} is live on several instances: {}", and_list(all)))
                .help("name the instance that it is gone from: --instance NAME")
                .help("if it is gone from all of them: --all")
        }
        Refusal::LiveAndRollingOut { version } => {
            Failure::usage(format!("{version} is both live and rolling out again"))
                .help("if the roll-out was given up, and the version is still live: --rollout")
                .help("if the version is gone entirely: --all")
        }
        Refusal::Doubtful(doubts) => {
            let first = doubts.first().map_or_else(String::new, ToString::to_string);
            let failure = Failure::unknown(format!("the store can't be trusted here: {first}"));
            failure.help("`upheld store lint` lists everything that is wrong with it")
        }
    }
}

/// A live version in a few words: `orders@2 (released)`.
pub(super) fn live_text(service: &ServiceName, live: &Live) -> String {
    let of = ServiceVersion::new(service.clone(), live.version.clone()).short();
    let on = live.instance.as_ref().map(|instance| format!(" on {instance}")).unwrap_or_default();
    let word = match live.event {
        Event::Done => "live",
        Event::Started => "rolling out",
        event => event.word(),
    };
    format!("{of} ({word}{on})")
}

/// `SERVICE`, or `SERVICE@VERSION`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Subject {
    pub service: ServiceName,
    pub version: Option<Version>,
}

impl std::fmt::Display for Subject {
    /// As it was typed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.version {
            Some(version) => write!(f, "{}@{version}", self.service),
            None => self.service.fmt(f),
        }
    }
}

impl std::str::FromStr for Subject {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (service, version) =
            text.split_once('@').map_or((text, None), |(service, version)| (service, Some(version)));
        let service = ServiceName::new(service).map_err(|error| error.to_string())?;
        let version = version.map(|version| version.parse().map_err(|error| format!("{error}"))).transpose()?;
        Ok(Self { service, version })
    }
}

/// How many changed files are named.
const CHANGED: usize = 3;

/// The state of the checkout in the working directory, looked up once and only if needed.
#[derive(Debug, Default)]
pub(super) struct Here {
    checkout: Option<Checkout>,
    /// The folder of contracts that the command reads: it determines the checkout, and contracts that git doesn't know
    /// yet aren't part of its commit.
    contracts: Option<PathBuf>,
}

impl Here {
    fn look(&mut self, world: &World) -> Result<&Checkout, Failure> {
        if self.checkout.is_none() {
            let folder = self.contracts.as_deref().unwrap_or(&world.working);
            let found = git::checkout(folder, &Environment::of_process());
            self.checkout = Some(found.map_err(unusable)?);
        }
        #[expect(clippy::expect_used, reason = "it was put there a line above")]
        Ok(self.checkout.as_ref().expect("it is there"))
    }

    /// For a command that reads contracts.
    pub(super) fn with_contracts(global: &Global, world: &World) -> Result<Self, Failure> {
        Ok(Self { checkout: None, contracts: contracts_folder(global, world)? })
    }

    /// The version that was named, or else the checked-out commit. A work tree with changes isn't a version.
    pub(super) fn version(&mut self, subject: &Subject, world: &World) -> Result<ServiceVersion, Failure> {
        self.version_or(subject, &format!("{}@VERSION", subject.service), world)
    }

    /// The same for a command that names its version in another way, which `named` shows.
    pub(super) fn version_or(
        &mut self,
        subject: &Subject,
        named: &str,
        world: &World,
    ) -> Result<ServiceVersion, Failure> {
        let of = |version: Version| ServiceVersion::new(subject.service.clone(), version);
        if let Some(version) = &subject.version {
            return Ok(of(version.clone()));
        }
        let checkout = self.look(world)?;
        let (changed, untracked) = (checkout.changed.clone(), checkout.untracked.clone());
        let version: Result<Version, _> = checkout.commit.parse();
        let folder = self.contracts.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy());
        let within = |path: &&String| folder.as_ref().is_some_and(|name| path.split('/').any(|part| part == name));
        let (what, it) = match untracked.iter().find(within) {
            _ if !changed.is_empty() => {
                let more = changed.len().saturating_sub(CHANGED);
                let named = changed.iter().take(CHANGED).cloned().chain((more > 0).then(|| format!("{more} more")));
                (format!("the work tree has changes that no commit contains: {}", and_list(named)), "them")
            }
            Some(path) => (format!("{path} isn't committed"), "it"),
            None => return version.map(of).map_err(|error| Failure::usage(error.to_string())),
        };
        Err(Failure::usage(what).help(format!("commit {it}, or name the version: {named}")))
    }

    /// The versions of several subjects, each once.
    pub(super) fn versions(&mut self, subjects: &[Subject], world: &World) -> Result<Vec<ServiceVersion>, Failure> {
        let mut versions: Vec<ServiceVersion> = Vec::new();
        for subject in subjects {
            let version = self.version(subject, world)?;
            if !versions.contains(&version) {
                versions.push(version);
            }
        }
        Ok(versions)
    }

    /// The full id, if a version abbreviates that of the checked-out commit.
    pub(super) fn full(&mut self, named: ServiceVersion, world: &World) -> ServiceVersion {
        if !named.version.may_be_abbreviated() {
            return named;
        }
        let checked_out = self.look(world).ok().and_then(|checkout| checkout.commit.parse::<Version>().ok());
        match checked_out.filter(|commit| named.version.abbreviates(commit)) {
            Some(version) => ServiceVersion { version, ..named },
            None => named,
        }
    }

    /// Checks that the files here are those of the version, if that is a commit: this checkout may differ from that
    /// commit.
    pub(super) fn holds(&mut self, version: &ServiceVersion, world: &World) -> Result<(), Failure> {
        let text = version.version.as_str();
        if !version.version.is_commit() {
            return Ok(());
        }
        let Ok(checkout) = self.look(world) else { return Ok(()) };
        if checkout.checked_out == text {
            return Ok(());
        }
        let here = short_id(&checkout.checked_out);
        Err(if checkout.commit == text {
            Failure::usage(format!("the checked-out commit {here} is the merge of a pull request, not its head {}", short_id(text)))
                .help("check out the head, which may differ from the merge; on GitHub, use `ref: ${{ github.event.pull_request.head.sha }}`")
        } else {
            Failure::usage(format!("{} isn't the checked-out commit, which is {here}", version.short()))
                .help("run this in a checkout of that commit; this one may differ from it")
        })
    }

    /// The branch that a version was built from: the named one, or else the checked-out one.
    pub(super) fn branch(&mut self, named: Option<&str>, world: &World) -> Option<String> {
        let named = named.map(str::to_owned).filter(|branch| !branch.is_empty());
        named.or_else(|| self.look(world).ok().and_then(|checkout| checkout.branch.clone()))
    }
}

/// Checks that the versions belong to different services.
pub(super) fn one_of_each(versions: &[ServiceVersion]) -> Result<(), Failure> {
    for (number, one) in versions.iter().enumerate() {
        if let Some(other) = versions[..number].iter().find(|other| other.service == one.service) {
            return Err(Failure::usage(format!("{other} and {one} are two versions of one service"))
                .help("name only one of them"));
        }
    }
    Ok(())
}

/// The time, and who is writing, according to the build system or the machine.
pub(super) fn stamp(world: &World) -> Stamp {
    let variable = |name: &str| (world.variable)(name).filter(|value| !value.is_empty());
    let first = |names: &[&str]| names.iter().find_map(|name| variable(name));
    let run = || {
        let (server, repository, run) =
            (variable("GITHUB_SERVER_URL")?, variable("GITHUB_REPOSITORY")?, variable("GITHUB_RUN_ID")?);
        Some(format!("{server}/{repository}/actions/runs/{run}"))
    };
    let by = By {
        actor: first(&["GITHUB_ACTOR", "GITLAB_USER_LOGIN", "USER", "LOGNAME", "USERNAME"]),
        run: run().or_else(|| variable("CI_JOB_URL")),
    };
    Stamp { at: at(now()), by }
}

/// The time, rounded down to the second: never in the future.
pub(super) fn now() -> Timestamp {
    let now = clock::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// The day, in UTC.
pub(super) fn today() -> Date {
    Offset::UTC.to_datetime(now()).date()
}

/// A time in the form of records.
pub(super) fn at(time: Timestamp) -> String {
    format!("{time:.0}")
}

/// Opens the store of a command.
pub(super) fn open_store(
    global: &Global,
    args: &StoreArgs,
    world: &World,
) -> Result<(Workspace, Box<dyn Store>), Failure> {
    let workspace = Workspace::registry_alone(global, world)?.usable()?;
    let store = args.open(&workspace, world)?;
    Ok((workspace, store))
}
