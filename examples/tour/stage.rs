//! The stage of the tour: the programs, newly built, and a folder with a copy of the contracts.

use std::env::{self, consts::EXE_SUFFIX};
use std::error::Error;
use std::fs;
use std::io::{self, BufRead as _, BufReader, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use tempfile::TempDir;

/// The repository that the tour belongs to.
const REPOSITORY: &str = env!("CARGO_MANIFEST_DIR");

/// The contracts that are copied.
const CONTRACTS: [&str; 2] = ["contracts/storefront/orders.yaml", "contracts/orders/payments.yaml"];

/// The registry, in the folder.
const REGISTRY: &str = "contracts/upheld.yaml";

/// The programs and the folder; the folder is removed when this is dropped.
pub struct Stage {
    folder: TempDir,
    /// The folder in which cargo puts programs: `target/debug`, with `examples` in it.
    programs: PathBuf,
    /// The orders service that kiosk records.
    orders: Service,
}

/// A service that runs until it is dropped.
struct Service {
    process: Child,
    address: String,
}

impl Drop for Service {
    fn drop(&mut self) {
        // Both fail if it has ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Stage {
    /// Builds the programs and sets up the folder.
    pub fn set() -> Result<Self, Box<dyn Error>> {
        let tour = env::current_exe()?;
        let programs = tour.ancestors().nth(2).ok_or("run the tour with `cargo run --example tour`")?;
        build(programs)?;

        let folder = tempfile::Builder::new().prefix("upheld-tour-").tempdir()?;
        for contract in CONTRACTS {
            let copy = folder.path().join(contract);
            fs::create_dir_all(copy.parent().unwrap_or(folder.path()))?;
            fs::copy(Path::new(REPOSITORY).join(contract), copy)?;
        }
        let orders = run_orders(programs)?;
        Ok(Self { folder, programs: programs.to_owned(), orders })
    }

    /// Reads a file in the folder.
    pub fn read(&self, file: &str) -> Result<String, Box<dyn Error>> {
        Ok(fs::read_to_string(self.folder.path().join(file))?)
    }

    /// Removes a folder.
    pub fn remove(&self, folder: &str) -> Result<(), Box<dyn Error>> {
        Ok(fs::remove_dir_all(self.folder.path().join(folder))?)
    }

    /// Replaces a text that a file must contain. Returns the file's text before the change.
    pub fn edit(&self, file: &str, from: &str, to: &str) -> Result<String, Box<dyn Error>> {
        let text = self.read(file)?;
        if !text.contains(from) {
            return Err(format!("{file} should contain `{from}`").into());
        }
        fs::write(self.folder.path().join(file), text.replace(from, to))?;
        Ok(text)
    }

    /// Replaces orders with a version that starts with these further arguments: writes the registry, and returns its
    /// path and its text before the change, empty at first.
    pub fn release_orders(&self, arguments: &[&str]) -> Result<(&'static str, String), Box<dyn Error>> {
        let words = [&["orders"], arguments, &["--port"]].concat();
        let registry = format!(
            "upheld: 1\n\
             services:\n\
             \x20 orders:\n\
             \x20   start: {} ${{PORT}}\n\
             \x20   health: GET /health\n\
             \x20   states: POST /_states\n\
             \x20   owners: [team-orders]\n\
             \x20 payments:\n\
             \x20   start: payments --port ${{PORT}}\n\
             \x20   health: GET /health\n\
             \x20   states: POST /_states\n\
             \x20   owners: [team-payments]\n\
             \x20 storefront:\n\
             \x20   owners: [team-web]\n",
            words.join(" ")
        );
        let path = self.folder.path().join(REGISTRY);
        let before = if path.exists() { fs::read_to_string(&path)? } else { String::new() };
        fs::write(path, registry)?;
        Ok((REGISTRY, before))
    }

    /// Fills in the address of the orders service that runs beside the story.
    pub fn fill(&self, argument: &str) -> String {
        argument.replace("{orders}", &self.orders.address)
    }

    /// Runs `upheld` in the folder, where it finds the examples by their names. Both of its streams go to standard
    /// output: they stay in order, and a pager shows both.
    pub fn upheld(&self, arguments: &[String]) -> Result<ExitStatus, Box<dyn Error>> {
        let program = self.programs.join(format!("upheld{EXE_SUFFIX}"));
        let mut command = Command::new(&program);
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths(std::iter::once(self.programs.join("examples")).chain(env::split_paths(&path)))?;
        command.args(arguments).current_dir(self.folder.path()).env("PATH", path).stderr(io::stdout());
        // On a busy machine, orders may take longer than the reader of a page would wait.
        command.env("ORDERS_TIMEOUT", "60");
        // The user's own settings are not part of the story.
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("UPHELD_")) {
            command.env_remove(name);
        }
        command.status().map_err(|error| format!("{} can't be run: {error}", program.display()).into())
    }
}

/// Starts orders on a free port. Its first line has the address.
fn run_orders(programs: &Path) -> Result<Service, Box<dyn Error>> {
    let program = programs.join("examples").join(format!("orders{EXE_SUFFIX}"));
    let mut process = Command::new(&program)
        .args(["--port", "0"])
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{} can't be run: {error}", program.display()))?;
    let mut line = String::new();
    if let Some(output) = process.stdout.take() {
        BufReader::new(output).read_line(&mut line)?;
    }
    // From here on, the process is stopped even if the line isn't as expected.
    let service = Service { process, address: line.rsplit(' ').next().unwrap_or_default().trim().to_owned() };
    if service.address.starts_with("http://") { Ok(service) } else { Err("orders did not start".into()) }
}

/// Builds `upheld` and the example services into the folder the tour was built into. On a terminal, cargo shows its progress.
fn build(programs: &Path) -> Result<(), Box<dyn Error>> {
    let profile = match programs.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let quiet = (!io::stderr().is_terminal()).then_some("--quiet");
    let mut command = Command::new(env!("CARGO"));
    // Cargo describes the tour's package to the tour. A build that sees these variables runs build scripts again, and
    // rebuilds everything that depends on them.
    for (name, _) in env::vars_os() {
        if ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    let status = command
        .args(["build", "--bin", "upheld", "--examples", "--profile", profile])
        .args(quiet)
        .arg("--target-dir")
        .arg(programs.parent().unwrap_or(programs))
        .current_dir(REPOSITORY)
        .status()
        .map_err(|error| format!("{} can't be run: {error}", env!("CARGO")))?;
    if status.success() { Ok(()) } else { Err("the build failed; see above".into()) }
}
