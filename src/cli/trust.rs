//! Makes a wrapped command trust the certificate of a mock: writes the certificate to files, and sets the variables
//! that clients read.

use std::io::Write as _;
use std::path::Path;

use tempfile::TempPath;

use super::{Failure, World};
use crate::files;

/// The files in which operating systems keep their trusted certificates.
const BUNDLES: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// The variables whose file replaces all trusted certificates: those of OpenSSL (which Go, Ruby, and Rust's native
/// certificates use, too), of Python's requests, and of curl.
const INSTEAD: &[&str] = &["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];

/// The files of one run, which are deleted when this is dropped.
pub(super) struct Trust {
    /// The mock's authority alone.
    pub authority: TempPath,
    /// For each variable of [`INSTEAD`], the mock's authority along with those that were trusted before.
    bundles: Vec<(&'static str, TempPath)>,
}

impl Trust {
    /// Writes the files.
    pub(super) fn of(authority: &str, world: &World) -> Result<Self, Failure> {
        let bundles = INSTEAD.iter().map(|name| {
            let own = (world.variable)(name).filter(|path| !path.is_empty()).map(|path| world.working.join(path));
            let known = || BUNDLES.iter().map(|path| Path::new(path).to_path_buf()).find(|path| path.is_file());
            // A client doesn't trust a file that it can't read, either.
            let before = own.or_else(known).and_then(|path| files::read_small(&path)).unwrap_or_default();
            Ok((*name, write(&format!("{authority}\n{before}"))?))
        });
        Ok(Self { authority: write(authority)?, bundles: bundles.collect::<Result<_, Failure>>()? })
    }

    /// The variables for a wrapped command.
    pub(super) fn variables(&self) -> Vec<(String, String)> {
        let text = |path: &TempPath| path.to_string_lossy().into_owned();
        let mut variables = vec![
            (String::from("UPHELD_CA"), text(&self.authority)),
            // Node adds it to its own trusted certificates.
            (String::from("NODE_EXTRA_CA_CERTS"), text(&self.authority)),
        ];
        variables.extend(self.bundles.iter().map(|(name, path)| ((*name).to_owned(), text(path))));
        variables
    }
}

fn write(text: &str) -> Result<TempPath, Failure> {
    let file = tempfile::Builder::new().prefix("upheld-").suffix(".pem").tempfile();
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()).map(|()| file.into_temp_path()));
    written.map_err(|error| {
        Failure::could_not_run(format!("the certificate can't be written: {}", files::why(&error)))
            .help("set TMPDIR to a folder that this user may write to")
    })
}
