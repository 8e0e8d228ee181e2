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
    /// A Pact file is not JSON.
    PACT_NOT_JSON = "P101";
    /// A Pact file has not the shape that its specification gives it.
    PACT_SHAPE = "P102";
    /// A matching rule of a Pact file can't be used: nothing fits it. Correct it in the test that writes the file.
    PACT_RULE = "P103";
    /// A file of JSON is neither a contract nor a Pact file.
    FOREIGN_JSON = "P104";
    /// A name of a Pact file is none here, and is spelled otherwise.
    PACT_NAME = "P201";
    /// A generator of a Pact file is left out.
    PACT_UNKNOWN = "P202";
    /// An interaction of a Pact file can't be run, and is skipped: a message, or what needs a plugin. Test it in another way;
    /// `--without-skipped` leaves it out of a verification, and publishes it as pending.
    PACT_SKIPPED = "P203";
    /// A matching rule of a Pact file leads to nothing in the example.
    PACT_UNUSED = "P204";
    /// Two interactions are the same but for their names.
    SAME_INTERACTION = "L101";
    /// A value that changes from run to run is asked for exactly.
    VOLATILE_EXACT = "L102";
    /// The file doesn't lie where its consumer and provider say.
    MISFILED = "L103";
    /// A request with a safe method has a body.
    BODY_ON_SAFE = "L104";
}
