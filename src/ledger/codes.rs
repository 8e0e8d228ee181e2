//! The codes of findings in a store. A code never changes its meaning once it was released.

use crate::source::codes::codes;

codes! {
    /// A file of the store can't be read.
    UNREADABLE = "S101" => "Restore it from the store's history.";
    /// A file of the store is in a newer format than this version of Upheld reads.
    NEWER = "S102" => "Install a newer version of Upheld.";
    /// A file of the store was changed after it was written: its name isn't the hash of its content.
    WRONG_NAME = "S103" =>
        "Restore it from the store's history. Files below contracts, publications, verifications and deployments \
         are never edited.";
    /// A file of the store isn't where it belongs according to its content.
    MISPLACED = "S104" => "Move it back to where the store's history has it.";
    /// A file refers to another file of the store that isn't there.
    MISSING = "S105" => "Restore the missing file from the store's history.";
    /// A file names a service or an environment that the store doesn't declare.
    UNDECLARED = "S106" =>
        "Correct the name, or declare it: `upheld store init --service NAME` or `upheld store init --environment \
         NAME`.";
    /// A file among the records and contracts is neither.
    STRAY = "S107" => "Move it out of that folder, or delete it.";
    /// One version was published twice with different contracts. Neither publication counts.
    PUBLISHED_TWICE = "S108" => "Publish a new version. What a version expects can't change.";
    /// A former name of a service is the name of another one, too, or two services claim it. Nobody knows which is meant.
    FORMER_NAME = "S110" =>
        "Delete the other declaration (services/NAME.yaml), or the name from `formerly` in all services but one.";
    /// Two files or folders have names that some file systems take for one: they differ only in upper and lower case, or in
    /// how the same characters are written. There, one of them is lost.
    SAME_NAME = "S111" =>
        "Remove the one that nobody uses from the store, and use the other name everywhere.";
    /// A record or a contract was deleted. They are only ever added.
    REMOVED = "S201" =>
        "Restore it. To end something, add a record with `upheld undeployed`, `upheld released --support-ended` or \
         `upheld verify --supersede`.";
    /// A record or a contract was changed. They are only ever added.
    CHANGED = "S202" => "Restore the original, and publish or record the new state with upheld.";
    /// The history of the shared repository was rewritten, so records may be lost. Every gate denies.
    REWRITTEN = "S203" =>
        "Find out who rewrote it and why. Then accept the present history with `upheld store trust`, and end a roll-out \
         that began before with `upheld deployed` or `upheld undeployed --rollout`.";
}
