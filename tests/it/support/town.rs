//! Repositories of a consumer and its provider beside the shared one, and pipelines that run the recipes of
//! `examples/pipelines.md` as written there: each in a fresh clone, on a machine that knows nothing yet.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use super::recipes::Recipes;
use super::{CommandOutput, Running, Team, example};

/// The build system that a pipeline runs in. It checks out a commit without a branch, and passes the branch on in
/// variables.
#[derive(Clone, Copy, Debug)]
pub enum Host {
    GitHub,
    GitLab,
}

/// The team with its shared repository, the page, and how many jobs there were so far.
pub struct Town {
    pub team: Team,
    recipes: Recipes,
    jobs: AtomicUsize,
}

impl Town {
    /// A town whose shared repository declares these services.
    pub fn new(services: &str) -> Self {
        Self { team: Team::git(services), recipes: Recipes::read(), jobs: AtomicUsize::new(0) }
    }

    fn git(&self, folder: &str, arguments: &[&str]) -> String {
        self.team.remote().git_at(folder, arguments)
    }

    fn path(&self, path: &str) -> PathBuf {
        self.team.remote().path(path)
    }

    /// Writes a script.
    fn script(&self, path: &str, text: &str) {
        self.team.remote().write(path, format!("#!/bin/sh\nset -eu\n{text}\n"));
        std::fs::set_permissions(self.path(path), std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// A file that a job or a deployment left; empty if there is none.
    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).unwrap_or_default()
    }

    /// The live versions in production, and the states of their pairs.
    pub fn status(&self) -> Value {
        let all: Value = serde_json::from_str(&self.team.ok("status --env production --report json")).unwrap();
        all["environments"][0].clone()
    }
}

/// A consumer and its provider, each with a repository of its own.
pub struct Pair<'t> {
    pub town: &'t Town,
    pub host: Host,
    pub consumer: &'static str,
    pub provider: &'static str,
}

/// A job that has run: its output, and the folder that it ran in.
pub struct Job {
    pub output: CommandOutput,
    pub folder: String,
}

impl Pair<'_> {
    /// Makes both repositories, with what never changes in them.
    pub fn found(&self) {
        let root = self.town.path("").display().to_string();
        for service in [self.consumer, self.provider] {
            self.town.git(".", &["init", "--quiet", "--bare", "--initial-branch=main", &format!("{service}.git")]);
            self.town.git(".", &["clone", "--quiet", &format!("{service}.git"), service]);
            let deploys = format!(
                "test ! -e {root}{service}.fails\ngit rev-parse --verify \"${{2:-HEAD}}\" >> {root}{service}.deployed"
            );
            self.town.script(&format!("{service}/ci/deploy"), &deploys);
        }
        let shows = format!("{} show 42 | grep '^Order '", example("storefront"));
        self.town.script(&format!("{}/ci/test", self.consumer), &shows);
        let registry = format!(
            "upheld: 1\nservices:\n  {}:\n    start: ./serve --port ${{PORT}}\n    health: GET /health\n    states: POST /_states\n",
            self.provider
        );
        self.town.team.remote().write(&format!("{}/contracts/upheld.yaml", self.provider), registry);
    }

    /// Pushes a version of the provider to a branch: the example service, answering as later versions of it would. Gives
    /// its commit.
    pub fn push_provider(&self, branch: &str, breaks: &[&str]) -> String {
        let breaks: String = breaks.iter().map(|change| format!("--break {change} ")).collect();
        self.town.script(&format!("{}/serve", self.provider), &format!("exec {} {breaks}\"$@\"", example("orders")));
        self.push(self.provider, branch)
    }

    /// Pushes a version of the consumer to a branch, with its needs. Returns its commit.
    pub fn push_consumer(&self, branch: &str, needs: &str) -> String {
        let (consumer, provider) = (self.consumer, self.provider);
        let text = format!("contract: 1\nconsumer: {consumer}\nprovider: {provider}\ninteractions:{needs}");
        self.town.team.remote().write(&format!("{consumer}/contracts/{consumer}/{provider}.yaml"), text);
        self.push(consumer, branch)
    }

    /// Pushes the content of a work tree to a branch, as a commit of its own.
    pub fn push(&self, service: &str, branch: &str) -> String {
        self.town.git(service, &["add", "."]);
        self.town.git(service, &["commit", "--quiet", "--allow-empty", "-m", "Change something"]);
        self.town.git(service, &["push", "--quiet", "origin", &format!("HEAD:refs/heads/{branch}")]);
        self.town.git(service, &["rev-parse", "HEAD"])
    }

    /// Lets deployments of a service fail, or no more.
    pub fn deployments_fail(&self, service: &str, fail: bool) {
        let path = self.town.path(&format!("{service}.fails"));
        if fail { std::fs::write(path, "").unwrap() } else { std::fs::remove_file(path).unwrap() }
    }

    /// The commits of a service that were deployed, the last one last.
    pub fn deployed(&self, service: &str) -> Vec<String> {
        self.town.read(&format!("{service}.deployed")).lines().map(str::to_owned).collect()
    }

    /// Starts a job of the page in a fresh clone of a repository.
    pub fn start(&self, job: &str, repository: &str, branch: &str, variables: &[(&str, &str)]) -> (Running, String) {
        let town = self.town;
        let folder = format!("job-{}", town.jobs.fetch_add(1, Ordering::SeqCst));
        // As the page says: one commit is enough, except for jobs that look back.
        let looks_back = ["provider-contracts", "rollback", "store-check", "store-notify"].contains(&job);
        let depth = if looks_back { "--no-single-branch" } else { "--depth=1" };
        let from = format!("file://{}", town.path(&format!("{repository}.git")).display());
        town.git(".", &["clone", "--quiet", depth, "--branch", branch, &from, &folder]);
        town.git(&folder, &["checkout", "--quiet", "--detach"]);
        let commit = town.git(&folder, &["rev-parse", "HEAD"]);
        // Starting a pipeline elsewhere is this town's own affair.
        town.script(&format!("{folder}/ci/start"), "echo \"$1\" >> started");

        let mut command = town.team.world.shell(&self.named(job, repository));
        command
            .current_dir(town.path(&folder))
            .env("UPHELD_STORE", town.team.remote().address())
            .env("UPHELD_CACHE", town.path(&format!("{folder}.cache")))
            .env("UPHELD_STORE_TOKEN", "secret")
            .envs(variables.iter().copied());
        self.told(&mut command, &commit, branch);
        (town.team.world.begin(command), folder)
    }

    /// A job of the page, with the names of this pair in the place of the page's. Its deployments are those of a consumer,
    /// and go for every service.
    fn named(&self, job: &str, service: &str) -> String {
        let subject = if ["deploy", "rollback"].contains(&job) { service } else { self.consumer };
        let text = self.town.recipes.shell(job).replace("storefront", subject);
        // A word of its own: the variable `ORDERS_URL` is the consumer's affair.
        text.replace(" orders", &format!(" {}", self.provider))
    }

    /// The variables of the build system for a push.
    fn told(&self, command: &mut Command, commit: &str, branch: &str) {
        let variables: &[(&str, &str)] = match self.host {
            Host::GitHub => &[
                ("GITHUB_EVENT_NAME", "push"),
                ("GITHUB_REF_TYPE", "branch"),
                ("GITHUB_REF_NAME", branch),
                ("GITHUB_SHA", commit),
            ],
            Host::GitLab => &[("GITLAB_CI", "true"), ("CI_COMMIT_BRANCH", branch), ("CI_COMMIT_SHA", commit)],
        };
        command.envs(variables.iter().copied());
    }

    /// Runs a job to its end.
    pub fn job(&self, job: &str, repository: &str, branch: &str, variables: &[(&str, &str)]) -> Job {
        let (running, folder) = self.start(job, repository, branch, variables);
        Job { output: running.finish(), folder }
    }

    /// Runs a job on main, which must succeed.
    pub fn ok(&self, job: &str, repository: &str) -> Job {
        let done = self.job(job, repository, "main", &[]);
        assert_eq!(done.output.code, Some(0), "{job} in {repository}\n{}", done.output);
        done
    }

    /// Runs the shared repository's pipeline: checks it since a commit, and starts the pipelines of providers that have
    /// new contracts. Returns their names.
    pub fn store_pipeline(&self, base: &str) -> Vec<String> {
        let [_, notified] = ["store-check", "store-notify"].map(|job| {
            let done = self.job(job, "remote", "main", &[("BASE", base)]);
            assert_eq!(done.output.code, Some(0), "{job}\n{}", done.output);
            done
        });
        self.town.read(&format!("{}/started", notified.folder)).lines().map(str::to_owned).collect()
    }
}
