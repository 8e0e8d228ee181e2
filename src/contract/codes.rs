//! The codes of findings about contracts. A code never changes its meaning once it was released.

use crate::source::codes::codes;

codes! {
    /// The contract is of a newer format.
    NEWER_FORMAT = "C101";
    /// A text is not a name.
    BAD_NAME = "C201";
    /// Two interactions have the same name.
    DUPLICATE_NAME = "C202";
    /// The method is none of HTTP's.
    BAD_METHOD = "C203";
    /// The path or the query can't be sent.
    BAD_PATH = "C204";
    /// A header's name or value can't be sent.
    BAD_HEADER = "C206";
    /// A message has more than one body.
    SEVERAL_BODIES = "C207";
    /// A file that the contract names can't be read.
    BAD_FILE = "C208";
    /// A body is not base64.
    BAD_BASE64 = "C209";
    /// A rule's path is not a path.
    BAD_RULE_PATH = "C301";
    /// A rule's path selects nothing in the example.
    DEAD_PATH = "C302";
    /// A text is not a matcher.
    BAD_MATCHER = "C303";
    /// A regular expression can't be used.
    BAD_REGEX = "C304";
    /// A matcher doesn't fit the place it stands for.
    MISPLACED_MATCHER = "C305";
    /// A null or an empty list in an example needs a rule.
    NEEDS_RULE = "C306";
    /// The example doesn't uphold its own contract.
    EXAMPLE_BROKEN = "C307";
    /// A JSON Schema can't be used.
    BAD_SCHEMA = "C308";
    /// Two rules stand for the same place.
    SAME_PLACE = "C309";
    /// Nothing gives a placeholder its value.
    UNKNOWN_PLACEHOLDER = "C401";
    /// A file of JSON is neither a contract nor a Pact file.
    FOREIGN_JSON = "P104";
    /// Two interactions are the same but for their names.
    SAME_INTERACTION = "L101";
    /// A value that changes from run to run is asked for exactly.
    VOLATILE_EXACT = "L102";
    /// The file doesn't lie where its consumer and provider say.
    MISFILED = "L103";
    /// A request with a safe method has a body.
    BODY_ON_SAFE = "L104";
}
