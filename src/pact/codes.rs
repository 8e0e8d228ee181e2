//! The codes of findings about Pact files. A code never changes its meaning once it was released.

use crate::source::codes::codes;

codes! {
    /// A Pact file is not JSON.
    PACT_NOT_JSON = "P101";
    /// A Pact file has not the shape that its specification gives it.
    PACT_SHAPE = "P102";
    /// A matching rule of a Pact file can't be used: nothing fits it. Correct it in the test that writes the file.
    PACT_RULE = "P103";
    /// A name of a Pact file is none here, and is spelled otherwise.
    PACT_NAME = "P201";
    /// A generator of a Pact file is left out.
    PACT_UNKNOWN = "P202";
    /// An interaction of a Pact file can't be run, and is skipped: a message, or what needs a plugin. Test it in another way;
    /// `--without-skipped` leaves it out of a verification, and publishes it as pending.
    PACT_SKIPPED = "P203";
    /// A matching rule of a Pact file leads to nothing in the example.
    PACT_UNUSED = "P204";
}
