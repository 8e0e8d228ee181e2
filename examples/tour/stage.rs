//! Where the tour takes place: the programs, freshly built, and a folder with a copy of the contracts.

use std::env::{self, consts::EXE_SUFFIX};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

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
        Ok(Self { folder, programs: programs.to_owned() })
    }

    /// The text of a file in the folder.
    pub fn read(&self, file: &str) -> Result<String, Box<dyn Error>> {
        Ok(fs::read_to_string(self.folder.path().join(file))?)
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

    /// Runs `upheld` in the folder; what it says goes where the tour's own words go.
    pub fn upheld(&self, arguments: &[&str]) -> Result<ExitStatus, Box<dyn Error>> {
        let program = self.programs.join(format!("upheld{EXE_SUFFIX}"));
        let mut command = Command::new(&program);
        command.args(arguments).current_dir(self.folder.path());
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

/// Builds `upheld` and the example services where the tour itself was built.
fn build(programs: &Path) -> Result<(), Box<dyn Error>> {
    let profile = match programs.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--bin", "upheld", "--examples", "--profile", profile])
        .arg("--target-dir")
        .arg(programs.parent().unwrap_or(programs))
        .current_dir(REPOSITORY)
        .status()
        .map_err(|error| format!("{} can't be run: {error}", env!("CARGO")))?;
    if status.success() { Ok(()) } else { Err("the build failed, see above".into()) }
}
