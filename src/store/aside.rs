//! Values that were derived from a store, beside its copy. A cache may be restored from elsewhere, and others may write to
//! it; so each value is signed with a key that isn't part of the cache. One with another signature is derived again.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};
use sha2::{Digest as _, Sha256};

use crate::files;
use crate::git::Environment;
use crate::interaction::digest::hex;

/// How many bytes a key and a signature have.
const LENGTH: usize = 32;

/// The values of one store.
#[derive(Debug)]
pub(super) struct Aside {
    folder: PathBuf,
    /// Where the key is; `None` if this user has no place for one: then nothing is kept.
    key: Option<PathBuf>,
}

impl Aside {
    /// The values in a folder.
    pub(super) fn open(folder: PathBuf, environment: &Environment) -> Self {
        Self { folder, key: place_of_key(environment) }
    }

    /// The value with a name.
    pub(super) fn recall(&self, name: &str) -> Option<Vec<u8>> {
        let bytes = fs::read(self.place(name)).ok()?;
        let (signature, value) = bytes.split_at_checked(LENGTH)?;
        let key = read_key(self.key.as_ref()?).ok()?;
        hmac::verify(&key, &self.signed(name, value), signature).ok()?;
        Some(value.to_vec())
    }

    /// Keeps a value. If that fails, it is derived again the next time.
    pub(super) fn remember(&self, name: &str, value: &[u8]) {
        let _ = self.try_remember(name, value);
    }

    fn try_remember(&self, name: &str, value: &[u8]) -> Option<()> {
        let place = self.key.as_ref()?;
        let key = read_key(place).or_else(|_| make_key(place)).ok()?;
        let signature = hmac::sign(&key, &self.signed(name, value));
        files::replace(&self.place(name), [signature.as_ref(), value].concat()).ok()
    }

    /// What is signed: the value, and what it is the value of.
    fn signed(&self, name: &str, value: &[u8]) -> Vec<u8> {
        let of = [self.folder.as_os_str().as_encoded_bytes(), name.as_bytes()].map(Sha256::digest);
        [of.concat().as_slice(), value].concat()
    }

    fn place(&self, name: &str) -> PathBuf {
        // A name may contain anything; its digest is safe as a file name.
        self.folder.join(&hex(&Sha256::digest(name))[..32])
    }
}

/// Where this user's key is: with other programs' state, which isn't part of any cache.
fn place_of_key(environment: &Environment) -> Option<PathBuf> {
    let variable = |name: &str| environment.variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || variable("HOME");
    let state = if cfg!(windows) {
        variable("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        home().map(|home| home.join("Library/Application Support"))
    } else {
        variable("XDG_STATE_HOME").or_else(|| home().map(|home| home.join(".local/state")))
    };
    state.map(|state| state.join("upheld").join("key"))
}

fn read_key(place: &Path) -> io::Result<hmac::Key> {
    let bytes: [u8; LENGTH] = fs::read(place)?.try_into().map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &bytes))
}

/// Makes a key, in the place of one that can't be read.
fn make_key(place: &Path) -> io::Result<hmac::Key> {
    let folder = place.parent().ok_or(io::ErrorKind::NotFound)?;
    fs::create_dir_all(folder)?;
    let mut bytes = [0; LENGTH];
    SystemRandom::new().fill(&mut bytes).map_err(|_| io::ErrorKind::Other)?;
    // Only its owner may read such a file.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&bytes)?;
    file.persist(place).map_err(|error| error.error)?;
    read_key(place)
}
