//! How the action gets the program: from a release whose checksum is right, from what an earlier step has left, or from its
//! own source.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use insta::assert_snapshot;
use sha2::{Digest as _, Sha256};

use crate::support::runner::{Ran, program_name, repository};
use crate::support::{Answer, Provider, Runner, World};

const VERSION: &str = env!("CARGO_PKG_VERSION");
const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// A server with releases of `acme/upheld`: files by their paths below the repository.
struct Releases {
    server: Provider,
    files: Arc<Mutex<HashMap<String, Vec<u8>>>>,
}

impl Releases {
    fn new() -> Self {
        let files: Arc<Mutex<HashMap<String, Vec<u8>>>> = Arc::default();
        let served = Arc::clone(&files);
        let server = Provider::new(move |request| {
            let path = request.path.split('?').next().unwrap().trim_start_matches("/acme/upheld/");
            match served.lock().unwrap().get(path) {
                Some(bytes) => Answer::status(200).body(bytes.clone()),
                None => Answer::status(404),
            }
        });
        Self { server, files }
    }

    fn put(&self, path: &str, bytes: impl Into<Vec<u8>>) {
        self.files.lock().unwrap().insert(path.to_owned(), bytes.into());
    }

    fn put_asset(&self, name: &str, bytes: impl Into<Vec<u8>>) {
        self.put(&format!("releases/download/v{VERSION}/{name}"), bytes);
    }

    /// A release of this version whose program is this one, for every system.
    fn release(&self, program: &[u8]) {
        let mut sums = String::new();
        for target in [
            "x86_64-unknown-linux-musl",
            "aarch64-unknown-linux-musl",
            "x86_64-apple-darwin",
            "aarch64-apple-darwin",
            "x86_64-pc-windows-msvc",
        ] {
            let name = format!("upheld-v{VERSION}-{target}.tar.gz");
            let asset = archive(program);
            let digest: String = Sha256::digest(&asset).iter().map(|byte| format!("{byte:02x}")).collect();
            sums.push_str(&format!("{digest}  {name}\n"));
            self.put_asset(&name, asset);
        }
        self.put_asset("SHA256SUMS", sums);
    }

    /// The requests since the last call, by the last parts of their paths.
    fn asked(&self) -> Vec<String> {
        self.server.lines().iter().map(|line| line.rsplit('/').next().unwrap().to_owned()).collect()
    }
}

/// An archive as the release workflow makes them.
fn archive(program: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(program_name());
    std::fs::write(&file, program).unwrap();
    let output =
        Command::new("tar").arg("-czf").arg("-").arg(program_name()).current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A program that says its name in place of doing anything.
const RELEASED: &[u8] = b"#!/bin/sh\necho \"released, with $*\"\n";

/// A runner without the program, which finds this server and this `cargo`. That one builds nothing: it writes down how it
/// was called, and puts a program there that says so. To build the real one takes minutes.
fn runner<'w>(world: &'w World, releases: &Releases) -> Option<Runner<'w>> {
    let stub = "#!/bin/sh
echo \"$PWD\" \"$@\" >>\"$CALLS\"
while [ \"$1\" != --root ]; do shift; done
mkdir -p \"$2/bin\"
printf '#!/bin/sh\\necho \"built, with $*\"\\n' >\"$2/bin/upheld\"
chmod +x \"$2/bin/upheld\"
";
    world.write("stubs/cargo", stub);
    make_executable(&world.path("stubs/cargo"));
    let paths = std::env::var_os("PATH").unwrap();
    let path = std::env::join_paths(std::iter::once(world.path("stubs")).chain(std::env::split_paths(&paths))).unwrap();
    Some(
        Runner::empty(world)?
            .variable("GITHUB_SERVER_URL", &releases.server.url())
            .variable("PATH", path.to_str().unwrap())
            .variable("CALLS", world.path("calls").to_str().unwrap()),
    )
}

fn make_executable(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let _ = path;
}

fn lint(runner: &Runner<'_>) -> Ran {
    runner.uses(&[("command", "lint")])
}

/// How cargo was called so far, a line each.
fn calls(world: &World) -> String {
    std::fs::read_to_string(world.path("calls")).unwrap_or_default()
}

#[test]
fn a_release_s_program_is_downloaded_once_and_checked() {
    let (world, releases) = (World::new(), Releases::new());
    releases.release(RELEASED);
    let Some(runner) = runner(&world, &releases) else { return };
    let ran = lint(&runner);
    assert_eq!(ran.code, Some(0), "{}", ran.log);
    assert!(ran.log.contains("released, with lint --report=github"), "{}", ran.log);
    assert!(ran.log.contains("checksum verified"), "{}", ran.log);
    assert_eq!(releases.asked().len(), 2);
    let again = lint(&runner);
    assert!(again.log.contains("released, with lint") && again.log.contains("from the tool cache"), "{}", again.log);
    assert_eq!(releases.asked().len(), 2, "nothing is downloaded twice");
    assert_eq!(calls(&world), "");
    // A program that is there is put on the path, and run.
    let ran = runner.uses(&[("command", "install")]);
    assert_eq!((ran.said().as_str(), ran.path.len()), ("allow done 0 0", 1), "{}", ran.log);
    assert!(Path::new(&ran.path[0]).join(program_name()).is_file());
}

#[test]
fn a_program_whose_checksum_is_wrong_is_not_used_and_nothing_is_built_in_its_place() {
    let (world, releases) = (World::new(), Releases::new());
    releases.release(RELEASED);
    let sums = releases.files.lock().unwrap()[&format!("releases/download/v{VERSION}/SHA256SUMS")].clone();
    releases.release(b"#!/bin/sh\necho evil\n");
    releases.put_asset("SHA256SUMS", sums);
    let Some(runner) = runner(&world, &releases) else { return };
    for _ in 0..2 {
        let ran = lint(&runner);
        assert_eq!((ran.code, ran.said().as_str()), (Some(5), "deny error 5 0"), "{}", ran.log);
        assert!(ran.log.contains("wrong checksum for upheld-v"), "{}", ran.log);
        assert!(!ran.log.contains("evil"), "{}", ran.log);
        insta::allow_duplicates! { assert_snapshot!(ran.annotations().join("\n"), @"error Upheld: The program could not be installed; the log says why."); }
        assert_eq!(ran.path, [""; 0]);
    }
    assert_eq!(calls(&world), "");
}

#[test]
fn a_failed_download_of_an_existing_file_ends_the_step() {
    let world = World::new();
    let releases = Releases { server: Provider::new(|_| Answer::status(403)), files: Arc::default() };
    let Some(runner) = runner(&world, &releases) else { return };
    let ran = lint(&runner);
    assert_eq!((ran.code, ran.said().as_str()), (Some(5), "deny error 5 0"), "{}", ran.log);
    assert!(ran.log.contains("the server responded with status 403"), "{}", ran.log);
    // A release that is not whole.
    let releases = Releases::new();
    releases.release(RELEASED);
    releases.files.lock().unwrap().retain(|path, _| path.ends_with("SHA256SUMS"));
    let ran = lint(&runner.variable("GITHUB_SERVER_URL", &releases.server.url()));
    assert_eq!((ran.code, ran.said().as_str()), (Some(5), "deny error 5 0"), "{}", ran.log);
    assert!(ran.log.contains("but doesn't have it"), "{}", ran.log);
    assert_eq!(calls(&world), "");
}

#[cfg(unix)]
#[test]
fn without_a_release_the_action_s_own_source_is_built() {
    let (world, releases) = (World::new(), Releases::new());
    // The checkout of a pull request says how to build Rust: that is ignored.
    world.write("rust-toolchain.toml", "[toolchain]\nchannel = \"evil\"\n");
    let Some(runner) = runner(&world, &releases) else { return };
    let ran = lint(&runner);
    assert_eq!(ran.code, Some(0), "{}", ran.log);
    assert!(ran.log.contains("built, with lint --report=github"), "{}", ran.log);
    let root = runner.path("temp/upheld-built");
    let source = repository().display();
    let expected = format!("{source} install --locked --force --path {source} --root {}\n", root.display());
    assert_eq!(calls(&world), expected);
    // As from a checkout, with no release to ask for: whatever has changed since is built, too.
    let runner = runner.github("action_repository", "").github("action_ref", "");
    let asked = releases.asked().len();
    assert!(lint(&runner).log.contains("built, with lint"));
    assert_eq!((releases.asked().len(), calls(&world)), (asked, expected.repeat(2)));
}

#[cfg(unix)]
#[test]
fn a_commit_without_a_release_is_built_once() {
    let (world, releases) = (World::new(), Releases::new());
    releases.release(RELEASED);
    // The release is of another commit.
    releases.put("info/refs", format!("{}\trefs/tags/v{VERSION}\n", "9".repeat(40)));
    releases.put("HEAD", "ref: refs/heads/main\n");
    let Some(runner) = runner(&world, &releases) else { return };
    let runner = runner.github("action_ref", COMMIT);
    for log in ["takes a few minutes", "built by an earlier step"] {
        let ran = lint(&runner);
        assert!(ran.log.contains("built, with lint") && ran.log.contains(log), "{}", ran.log);
    }
    assert_eq!(calls(&world).lines().count(), 1);
}

#[test]
fn the_release_of_a_commit_is_found_by_the_commit_and_by_a_tag_that_moves_on() {
    let (world, releases) = (World::new(), Releases::new());
    releases.release(RELEASED);
    // An annotated tag, and one that is the commit itself.
    let tag = "8".repeat(40);
    let refs = format!(
        "{COMMIT}\trefs/heads/main\n{COMMIT}\trefs/tags/v0\n{tag}\trefs/tags/v{VERSION}\n{COMMIT}\trefs/tags/v{VERSION}^{{}}\n"
    );
    releases.put("info/refs", refs);
    releases.put("HEAD", "ref: refs/heads/main\n");
    for reference in [COMMIT, "v0", "refs/tags/v0"] {
        let Some(runner) = runner(&world, &releases) else { return };
        let ran = lint(&runner.github("action_ref", reference));
        assert!(ran.log.contains("released, with lint"), "{reference}: {}", ran.log);
    }
    // A branch moves on before its next release does.
    let Some(runner) = runner(&world, &releases) else { return };
    let ran = lint(&runner.github("action_ref", "main"));
    assert!(!ran.log.contains("released, with lint"), "{}", ran.log);
}

#[test]
fn many_steps_at_once_never_find_half_a_program_or_none() {
    let (world, releases) = (World::new(), Releases::new());
    // Large enough to be seen half there.
    let program = [RELEASED, b"exit 0\n", "#\n".repeat(100_000).as_bytes()].concat();
    releases.release(&program);
    let Some(first) = runner(&world, &releases) else { return };
    let tools = first.path("tools").to_str().unwrap().to_owned();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                // Each job has folders of its own, and all share the tools.
                let runner = runner(&world, &releases).unwrap().variable("RUNNER_TOOL_CACHE", &tools);
                for _ in 0..3 {
                    let ran = lint(&runner);
                    assert!(
                        ran.code == Some(0) && ran.log.contains("released, with lint"),
                        "{:?} {}",
                        ran.code,
                        ran.log
                    );
                }
            });
        }
    });
    let kept: Vec<String> = std::fs::read_dir(first.cached())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(kept, [program_name()], "nothing else is left there");
}
