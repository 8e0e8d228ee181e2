//! Where the tour takes place: the programs, freshly built, and a folder with a copy of the contracts.

use std::env::{self, consts::EXE_SUFFIX};
use std::error::Error;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use tempfile::TempDir;

/// The repository that the tour belongs to.
const REPOSITORY: &str = env!("CARGO_MANIFEST_DIR");

/// The contracts that are copied.
const CONTRACTS: [&str; 2] = ["contracts/storefront/orders.yaml", "contracts/orders/payments.yaml"];

/// The programs and the folder; the folder is removed when this is dropped.
pub struct Stage {
    folder: TempDir,
    /// Where cargo puts programs: `target/debug`, with `examples` in it.
    programs: PathBuf,
    /// The orders that run beside the story, and where.
    orders: Service,
}

/// A service that runs until it is dropped.
struct Service {
    process: Child,
    address: String,
}

impl Drop for Service {
    fn drop(&mut self) {
        // Both fail where it has ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Stage {
    /// Builds the programs and sets up the folder.
    pub fn set() -> Result<Self, Box<dyn Error>> {
        let tour = env::current_exe()?;
        let programs = tour.ancestors().nth(2).ok_or("the tour is to be run with `cargo run --example tour`")?;
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

    /// The text of a file in the folder.
    pub fn read(&self, file: &str) -> Result<String, Box<dyn Error>> {
        Ok(fs::read_to_string(self.folder.path().join(file))?)
    }

    /// Takes a folder away.
    pub fn remove(&self, folder: &str) -> Result<(), Box<dyn Error>> {
        Ok(fs::remove_dir_all(self.folder.path().join(folder))?)
    }

    /// Changes a text in a file, where it has to be.
    pub fn edit(&self, file: &str, from: &str, to: &str) -> Result<(), Box<dyn Error>> {
        let text = self.read(file)?;
        if !text.contains(from) {
            return Err(format!("{file} was to hold `{from}`").into());
        }
        Ok(fs::write(self.folder.path().join(file), text.replace(from, to))?)
    }

    /// Makes orders a version that is started with these further arguments: writes the registry anew.
    pub fn release_orders(&self, arguments: &[&str]) -> Result<(), Box<dyn Error>> {
        let orders = self.start("orders", arguments)?;
        let payments = self.start("payments", &[])?;
        let registry = format!(
            "upheld: 1\n\
             services:\n\
             \x20 orders:\n\
             \x20   start: {orders}\n\
             \x20   health: GET /health\n\
             \x20   states: POST /_states\n\
             \x20   owners: [team-orders]\n\
             \x20 payments:\n\
             \x20   start: {payments}\n\
             \x20   health: GET /health\n\
             \x20   states: POST /_states\n\
             \x20   owners: [team-payments]\n\
             \x20 storefront:\n\
             \x20   owners: [team-web]\n"
        );
        Ok(fs::write(self.folder.path().join("contracts/upheld.yaml"), registry)?)
    }

    /// An argument with the address of the running orders in its place.
    pub fn filled(&self, argument: &str) -> String {
        argument.replace("{orders}", &self.orders.address)
    }

    /// Runs `upheld` in the folder; what it says goes where the tour's own words go. Programs that it runs are the
    /// examples.
    pub fn upheld(&self, arguments: &[String]) -> Result<ExitStatus, Box<dyn Error>> {
        let program = self.programs.join(format!("upheld{EXE_SUFFIX}"));
        let mut command = Command::new(&program);
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths(std::iter::once(self.programs.join("examples")).chain(env::split_paths(&path)))?;
        command.args(arguments).current_dir(self.folder.path()).env("PATH", path);
        // The user's own settings are not part of the story.
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("UPHELD_")) {
            command.env_remove(name);
        }
        command.status().map_err(|error| format!("{} can't be run: {error}", program.display()).into())
    }

    /// The line that starts a service, as a value for the registry.
    fn start(&self, service: &str, arguments: &[&str]) -> Result<String, Box<dyn Error>> {
        let program = self.programs.join("examples").join(format!("{service}{EXE_SUFFIX}"));
        let program = program.to_str().ok_or("the path of the repository must be UTF-8")?;
        let line = [&[program], arguments].concat();
        // A JSON text is a YAML text, whatever the path has in it.
        Ok(serde_json::to_string(&format!("{} --port ${{PORT}}", shell_words::join(line)))?)
    }
}

/// Starts orders on a free port, which it tells in its first line.
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
    // It ends with this, too, where the line is not what it should be.
    let service = Service { process, address: line.rsplit(' ').next().unwrap_or_default().trim().to_owned() };
    if service.address.starts_with("http://") { Ok(service) } else { Err("orders did not start".into()) }
}

/// Builds `upheld` and the example services where the tour itself was built.
fn build(programs: &Path) -> Result<(), Box<dyn Error>> {
    let profile = match programs.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let mut command = Command::new(env!("CARGO"));
    // With the variables that cargo sets for this program, `ring` would be built anew, and all that needs it: its build
    // script watches them.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_MANIFEST_") || name.starts_with("CARGO_PKG_")) {
            command.env_remove(name);
        }
    }
    let status = command
        .args(["build", "--quiet", "--bin", "upheld", "--examples", "--profile", profile])
        .arg("--target-dir")
        .arg(programs.parent().unwrap_or(programs))
        .current_dir(REPOSITORY)
        .status()
        .map_err(|error| format!("{} can't be run: {error}", env!("CARGO")))?;
    if status.success() { Ok(()) } else { Err("the build failed, see above".into()) }
}
