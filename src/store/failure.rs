//! Explains git's errors when a store can't be reached, with the next steps.

use crate::git::Output;
use crate::ledger::StoreError;

/// A cause: phrases in git's message, our explanation, and the next step.
type Cause = (&'static [&'static str], &'static str, &'static str);

const CAUSES: &[Cause] = &[
    (
        &["dubious ownership"],
        "git doesn't trust it: it belongs to another user",
        "if you trust it, run: git config --global --add safe.directory PATH",
    ),
    (
        &["Host key verification failed", "host key is known"],
        "its host key is unknown on this machine",
        "add the host to ~/.ssh/known_hosts once you have checked its key",
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
        "it denies access with these credentials",
        "give git a key or a token with read access, and write access to publish: an SSH agent, a credential helper, or UPHELD_STORE_TOKEN for an https:// address",
    ),
    (
        &["Could not resolve host", "Name or service not known", "Temporary failure in name resolution"],
        "its host name can't be resolved",
        "check the address and the network",
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
        "check the host and the network; behind a proxy, set HTTPS_PROXY",
    ),
    (
        &["certificate", "SSL", "TLS"],
        "its host's certificate isn't trusted on this machine",
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
        "the repository doesn't exist, or these credentials may not see it",
        "check the address; an empty repository must be created on the server first",
    ),
    (
        &["No space left on device", "Disk quota exceeded"],
        "a disk is full",
        "free some space, in the cache folder here or on the server",
    ),
    (
        &["unable to find remote helper", "is not a git command", "transport '"],
        "this git doesn't support the address",
        "install git with support for it, or use another kind of address",
    ),
    (
        &["loose object", "is corrupt", "bad object", "object file", "pack has bad"],
        "the local copy, or the repository itself, is damaged",
        "delete the folders whose names end in `.git` below `stores` in Upheld's cache (UPHELD_CACHE, or ~/.cache/upheld); they only hold copies, which will be fetched again",
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
        "the connection was lost",
        "try again",
    ),
];

/// The error for a failed call to a remote repository.
pub(super) fn unreachable(what: &str, output: &Output) -> StoreError {
    let unknown = || StoreError::new(format!("{what}: git ended with {}", ended(output))).detail(&output.stderr);
    explained(what, output).unwrap_or_else(unknown)
}

/// The error for a failed call, if its cause is known.
pub(super) fn explained(what: &str, output: &Output) -> Option<StoreError> {
    let (_, why, help) = CAUSES.iter().find(|(signs, ..)| signs.iter().any(|sign| output.stderr.contains(sign)))?;
    Some(StoreError::new(format!("{what}: {why}")).help(*help).detail(&output.stderr))
}

/// How git ended.
pub(super) fn ended(output: &Output) -> String {
    output.code.map_or_else(|| String::from("a signal"), |code| format!("exit code {code}"))
}
