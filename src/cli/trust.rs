//! How a wrapped command comes to trust the certificate of a mock: files that hold it, and the variables that clients
//! read.

use std::io::Write as _;
use std::path::Path;

use tempfile::TempPath;

use super::{Failure, World};
use crate::files;

/// Where systems keep the certificates that they trust.
const BUNDLES: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// The variables whose file is trusted and nothing else: OpenSSL's (with Go, Ruby, and Rust's native certificates), that
/// of Python's requests, and curl's.
const INSTEAD: &[&str] = &["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];

/// The files of one run; they are gone when this is dropped.
pub(super) struct Trust {
    /// The mock's authority alone.
    pub authority: TempPath,
    /// For each variable of [`INSTEAD`], what was trusted before, and the mock's authority.
    bundles: Vec<(&'static str, TempPath)>,
}

impl Trust {
    /// Writes the files.
    pub(super) fn of(authority: &str, world: &World) -> Result<Self, Failure> {
        let bundles = INSTEAD.iter().map(|name| {
            let own = (world.variable)(name).filter(|path| !path.is_empty()).map(|path| world.working.join(path));
            let known = || BUNDLES.iter().map(|path| Path::new(path).to_path_buf()).find(|path| path.is_file());
            // One that can't be read is trusted by nobody.
            let before = own.or_else(known).and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
            Ok((*name, written(&format!("{authority}\n{before}"))?))
        });
        Ok(Self { authority: written(authority)?, bundles: bundles.collect::<Result<_, Failure>>()? })
    }

    /// The variables for a wrapped command.
    pub(super) fn variables(&self) -> Vec<(String, String)> {
        let text = |path: &TempPath| path.to_string_lossy().into_owned();
        let mut variables = vec![
            (String::from("UPHELD_CA"), text(&self.authority)),
            // Node adds it to what it trusts by itself.
            (String::from("NODE_EXTRA_CA_CERTS"), text(&self.authority)),
        ];
        variables.extend(self.bundles.iter().map(|(name, path)| ((*name).to_owned(), text(path))));
        variables
    }
}

fn written(text: &str) -> Result<TempPath, Failure> {
    let file = tempfile::Builder::new().prefix("upheld-").suffix(".pem").tempfile();
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()).map(|()| file.into_temp_path()));
    written.map_err(|error| {
        Failure::could_not_run(format!("the certificate can't be written: {}", files::why(&error)))
            .help("the folder for temporary files (TMPDIR) must be one that this user may write to")
    })
}
