//! A team with a shared store: workspaces whose commands keep their ledger in a git repository on disk, or in a folder.
//!
//! The expectations of a version are words: `a b` are two interactions, `get a` and `get b`, each a `GET` whose
//! response should be 204. A provider that upholds `a` responds with 204 at `/a`, and with 404 everywhere else.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::SystemTime;

use serde_json::Value;

use super::output::CommandOutput;
use super::process::Running;
use super::provider::{Answer, Provider};
use super::remote::Remote;
use super::tree::Tree;
use super::world::World;

/// A world with a registry that names the store; the store is there, and declares `production` and the services.
pub struct Team {
    pub world: World,
    remote: Option<Remote>,
}

impl Team {
    /// A team whose store is the git repository of a remote.
    pub fn git(services: &str) -> Self {
        /// The content of repositories that declare some services, by these.
        static DECLARED: Mutex<BTreeMap<String, Tree>> = Mutex::new(BTreeMap::new());
        let declared = DECLARED.lock().unwrap().get(services).cloned();
        let remote = declared.as_ref().map_or_else(Remote::new, Remote::of);
        let team = Self::at(services, &format!("store: {}\n", remote.address()), Some(remote));
        if declared.is_none() {
            team.ok("store init");
            DECLARED.lock().unwrap().insert(services.to_owned(), team.remote().tree());
        }
        team
    }

    /// A team whose store is the folder that is there without a word: `.upheld/store`.
    pub fn folder(services: &str) -> Self {
        let team = Self::at(services, "", None);
        team.ok("store init");
        team
    }

    /// One of each.
    pub fn both(services: &str) -> [Self; 2] {
        [Self::git(services), Self::folder(services)]
    }

    /// Does the same with one of each, with the same snapshots.
    pub fn each(services: &str, test: impl Fn(&Self)) {
        insta::allow_duplicates! {
            for team in Self::both(services) {
                test(&team);
            }
        }
    }

    fn at(services: &str, store: &str, remote: Option<Remote>) -> Self {
        // The machine's own configuration is no part of a test, and no reason to look into a repository above.
        let world = World::new().variable("GIT_CONFIG_NOSYSTEM", "1").variable("USER", "ann");
        let world = match &remote {
            Some(remote) => world.variable("UPHELD_CACHE", remote.path("cache").display().to_string()),
            None => world,
        };
        let mut text = format!("upheld: 1\n{store}services:\n");
        for name in services.split_whitespace() {
            text.push_str(&format!("  {name}: {{ owners: [team-{name}] }}\n"));
        }
        world.write("contracts/upheld.yaml", text);
        Self { world, remote }
    }

    /// The shared repository.
    pub fn remote(&self) -> &Remote {
        self.remote.as_ref().expect("the store is a git repository")
    }

    /// The id of the last commit on the store's branch.
    pub fn commit(&self) -> String {
        self.remote().git(&["rev-parse", "main"])
    }

    /// Takes away the copy of the store that this machine keeps.
    pub fn forget_copy(&self) {
        std::fs::remove_dir_all(self.remote().path("cache")).unwrap();
    }

    /// Runs git in the world's folder, and returns its output.
    pub fn git_here(&self, arguments: &[&str]) -> String {
        super::remote::git_in(self.world.root(), self.world.root(), arguments)
    }

    /// The files of the store, by their paths in it.
    pub fn files(&self) -> Vec<String> {
        if let Some(remote) = &self.remote {
            return remote.files();
        }
        let mut files = Vec::new();
        let root = self.world.path(".upheld/store");
        let mut open = vec![root.clone()];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    files.push(path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/"));
                }
            }
        }
        files.retain(|path| path != ".lock");
        files.sort();
        files
    }

    /// The files of the store below a folder.
    pub fn files_below(&self, folder: &str) -> Vec<String> {
        self.files().into_iter().filter(|path| path.starts_with(&format!("{folder}/"))).collect()
    }

    /// The content of a file of the store.
    pub fn stored(&self, path: &str) -> String {
        match &self.remote {
            Some(remote) => remote.git(&["show", &format!("main:{path}")]),
            None => self.world.read(&format!(".upheld/store/{path}")),
        }
    }

    /// Changes, adds or (with nothing) takes away files of the store as somebody does who has write access to it.
    pub fn meddle(&self, changes: &[(&str, Option<&str>)]) {
        let Some(remote) = &self.remote else {
            for (path, text) in changes {
                let path = format!(".upheld/store/{path}");
                match text {
                    Some(text) => self.world.write(&path, text),
                    None => std::fs::remove_file(self.world.path(&path)).unwrap(),
                }
            }
            return;
        };
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
        let mut stream = format!(
            "commit refs/heads/main\ncommitter Eve <eve@shop.example> {now} +0000\ndata 7\nmeddle\n\nfrom refs/heads/main^0\n",
        );
        for (path, text) in changes {
            match text {
                Some(text) => stream.push_str(&format!("M 100644 inline {path}\ndata {}\n{text}\n", text.len())),
                None => stream.push_str(&format!("D {path}\n")),
            }
        }
        remote.import(&stream);
    }

    /// Runs the program; the arguments are separated by spaces.
    pub fn upheld(&self, line: &str) -> CommandOutput {
        self.told(self.world.upheld(line.split_whitespace()))
    }

    /// The output, with a mark in place of the store's name, and without its age, which a folder doesn't know.
    pub fn told(&self, mut output: CommandOutput) -> CommandOutput {
        let name = match &self.remote {
            Some(remote) => remote.address().trim_start_matches("git+").to_owned(),
            None => String::from(".upheld/store"),
        };
        for text in [&mut output.stdout, &mut output.stderr] {
            *text =
                text.replace(&format!("git+{name}"), "<store>").replace(&name, "<store>").replace(", <age> old", "");
        }
        output
    }

    /// Starts the program; the arguments are separated by spaces.
    pub fn start(&self, line: &str) -> Running {
        self.world.start(line.split_whitespace())
    }

    /// Runs the program, which must end with 0, and returns its result.
    pub fn ok(&self, line: &str) -> String {
        let output = self.upheld(line);
        assert_eq!(output.code, Some(0), "upheld {line}\n{output}");
        output.stdout
    }

    /// Writes the contracts of a consumer, and nothing else for it: its expectations for each provider.
    pub fn write_contracts(&self, consumer: &str, expects: &[(&str, &str)]) {
        self.forget_contracts(consumer);
        for (provider, words) in expects {
            self.world.contract(consumer, provider, &interactions(words));
        }
    }

    /// Removes the contracts of a consumer: everything to verify comes from the store.
    pub fn forget_contracts(&self, consumer: &str) {
        let folder = self.world.path(&format!("contracts/{consumer}"));
        if folder.exists() {
            std::fs::remove_dir_all(folder).unwrap();
        }
    }

    /// Publishes the expectations of a version, as built from `main`.
    pub fn publish(&self, version: &str, expects: &[(&str, &str)]) {
        let output = self.try_publish(version, expects, "--branch main");
        assert_eq!(output.code, Some(0), "publish {version}\n{output}");
    }

    /// The same with other arguments, if it may be refused.
    pub fn try_publish(&self, version: &str, expects: &[(&str, &str)], more: &str) -> CommandOutput {
        let consumer = version.split('@').next().unwrap();
        self.write_contracts(consumer, expects);
        let nothing = if expects.is_empty() { "--no-contracts" } else { "" };
        let output = self.upheld(&format!("publish {version} {more} {nothing}"));
        self.forget_contracts(consumer);
        output
    }

    /// Verifies a version of a provider that upholds these interactions, and publishes the results.
    pub fn verify(&self, version: &str, upheld: &str) -> CommandOutput {
        self.verify_with(version, upheld, "--branch main")
    }

    /// The same with other arguments.
    pub fn verify_with(&self, version: &str, upheld: &str, more: &str) -> CommandOutput {
        let (service, version) = version.split_once('@').unwrap();
        let provider = provider(upheld);
        self.upheld(&format!("verify {service} --url {} --publish --version {version} {more}", provider.url()))
    }

    /// Writes down that versions are live in production.
    pub fn deploy(&self, versions: &str) {
        for version in versions.split_whitespace() {
            self.ok(&format!("deployed {version} --to production"));
        }
    }

    /// Waits until the clock shows another second, which is as far as records tell times apart.
    #[expect(clippy::unused_self, reason = "it reads as a part of the team's story")]
    pub fn next_second(&self) {
        let second = || SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
        let now = second();
        super::until("the next second", || (second() > now).then_some(()));
    }

    /// The gate's output for versions in production.
    pub fn gate(&self, versions: &str) -> CommandOutput {
        self.upheld(&format!("gate {versions} --to production"))
    }

    /// The same for programs.
    pub fn gate_json(&self, versions: &str) -> Value {
        let output = self.upheld(&format!("gate {versions} --to production --report json"));
        let value: Value = serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}\n{output}"));
        assert_eq!(value["exit_code"], output.code.unwrap(), "{output}");
        value
    }

    /// The gate's decision for versions in production, in short: `deny 3 G201`, with the codes of all rows that are not
    /// `G001`.
    pub fn asks(&self, versions: &str) -> String {
        let value = self.gate_json(versions);
        let codes = value["pairs"].as_array().unwrap().iter().map(|pair| pair["code"].as_str().unwrap());
        let mut said = format!("{} {}", value["decision"].as_str().unwrap(), value["exit_code"]);
        for code in codes.filter(|code| *code != "G001") {
            said.push_str(&format!(" {code}"));
        }
        said
    }
}

/// Interactions by their words.
pub fn interactions(words: &str) -> String {
    let one = |word| format!("  - name: get {word}\n    request: GET /{word}\n    response: {{ status: 204 }}\n");
    words.split_whitespace().map(one).collect()
}

/// A provider that upholds these interactions and breaks all others.
pub fn provider(upheld: &str) -> Provider {
    let paths: Vec<String> = upheld.split_whitespace().map(|word| format!("/{word}")).collect();
    Provider::new(move |request| Answer::status(if paths.contains(&request.path) { 204 } else { 404 }))
}
