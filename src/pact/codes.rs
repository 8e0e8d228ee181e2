//! The codes of findings about Pact files. A code never changes its meaning once it was released.

use crate::source::codes::codes;

codes! {
    /// A Pact file isn't valid JSON. Write it again, or fetch it again.
    PACT_NOT_JSON = "P101";
    /// A Pact file doesn't have the shape that its specification requires. Correct it in the test that writes the file.
    PACT_SHAPE = "P102";
    /// A matching rule of a Pact file can't be used, so nothing can match it. Correct it in the test that writes the file.
    PACT_RULE = "P103";
    /// A name in a Pact file isn't a valid service name; Upheld uses another spelling. Nothing has to be done, unless the
    /// service has another name here: `import pact` takes `--consumer` and `--provider`.
    PACT_NAME = "P201";
    /// A generator of a Pact file can't be used, so the example's value is used instead. Correct it in the test that writes
    /// the file.
    PACT_UNKNOWN = "P202";
    /// An interaction of a Pact file can't be run and is skipped: it is a message, or it needs a plugin. Test it in another
    /// way; `--without-skipped` leaves it out of a verification, and publishes it as pending.
    PACT_SKIPPED = "P203";
    /// The path of a matching rule in a Pact file leads to nothing in the example. Correct it in the test that writes the
    /// file, or remove the rule.
    PACT_UNUSED = "P204";
}
