//! What git said when a store could not be reached, in words that say what to do.

use crate::git::Output;
use crate::ledger::StoreError;

/// A cause: what git says of it, how it is said here, and what to do.
type Cause = (&'static [&'static str], &'static str, &'static str);

const CAUSES: &[Cause] = &[
    (
        &["dubious ownership"],
        "git doesn't trust it: it belongs to another user",
        "tell git that it may be trusted: git config --global --add safe.directory PATH",
    ),
    (
        &["Host key verification failed", "host key is known"],
        "its host key is not known here",
        "add the host to ~/.ssh/known_hosts, once you are sure that the key is its own",
    ),
    (
        &[
            "Authentication failed",
            "could not read Username",
            "could not read Password",
            "Permission denied (",
            "terminal prompts disabled",
            "Invalid username or",
            "requested URL returned error: 401",
            "requested URL returned error: 403",
            "Access denied",
        ],
        "it lets nobody in with these credentials",
        "give git a key or a token that may read it, and write to it to publish: an SSH agent, a credential helper, or a token in UPHELD_STORE_TOKEN for an address with https://",
    ),
    (
        &["Could not resolve host", "Name or service not known", "Temporary failure in name resolution"],
        "its host's name is not known",
        "is the address right, and the network up?",
    ),
    (
        &[
            "Failed to connect",
            "Couldn't connect",
            "Connection refused",
            "Connection timed out",
            "Operation timed out",
            "Network is unreachable",
            "No route to host",
            "unable to connect",
        ],
        "its host can't be reached",
        "is the host up, and the network with it? behind a proxy, set HTTPS_PROXY",
    ),
    (
        &["certificate", "SSL", "TLS"],
        "its host's certificate is not trusted here",
        "set GIT_SSL_CAINFO to the file with your organisation's certificates",
    ),
    (
        &[
            "does not appear to be a git repository",
            "not a git repository",
            "epository not found",
            "' not found",
            "project you were looking for could not be found",
            "no such repository",
            "does not exist",
        ],
        "there is no repository there, or none that these credentials may see",
        "is the address right? an empty repository must be made on the server first",
    ),
    (
        &["No space left on device", "Disk quota exceeded"],
        "there is no space left on a disk",
        "make room, here in the cache folder or at the repository",
    ),
    (
        &["unable to find remote helper", "is not a git command", "transport '"],
        "this git can't go that way",
        "install git with support for it, or use another address",
    ),
    (
        &["loose object", "is corrupt", "bad object", "object file", "pack has bad"],
        "its copy on this machine, or the repository itself, is damaged",
        "delete the folder `stores` in Upheld's cache (UPHELD_CACHE, or ~/.cache/upheld): it holds copies only, and is fetched again",
    ),
    (
        &[
            "hung up unexpectedly",
            "early EOF",
            "Connection reset",
            "Broken pipe",
            "unexpected disconnect",
            "RPC failed",
        ],
        "the connection broke off",
        "try again",
    ),
];

/// Why a call to another repository failed.
pub(super) fn unreachable(what: &str, output: &Output) -> StoreError {
    let cause = CAUSES.iter().find(|(signs, ..)| signs.iter().any(|sign| output.stderr.contains(sign)));
    let error = match cause {
        Some((_, why, help)) => StoreError::new(format!("{what}: {why}")).help(*help),
        None => StoreError::new(format!("{what}: git ended with {}", ended(output))),
    };
    error.detail(&output.stderr)
}

/// How git ended.
pub(super) fn ended(output: &Output) -> String {
    output.code.map_or_else(|| String::from("a signal"), |code| format!("exit code {code}"))
}
