//! The codes of findings about Pact files. A code never changes its meaning once it was released.

use crate::source::codes::codes;

codes! {
    /// The Pact file isn't valid JSON.
    PACT_NOT_JSON = "P101" =>
        "Write the file again with the test that made it; a download or an upload may have cut it short.";
    /// The Pact file doesn't have the structure that its specification requires.
    PACT_SHAPE = "P102" => "Correct the test that writes the file, or update the Pact library.";
    /// A matching rule of the Pact file can't be used, so nothing could ever match it.
    PACT_RULE = "P103" => "Correct the rule in the test that writes the file.";
    /// A name in the Pact file isn't a valid service name, so Upheld uses another spelling.
    PACT_NAME = "P201" =>
        "On the command line and in upheld.yaml, use the spelling that the message shows; nothing in the file has \
         to change.";
    /// A generator of the Pact file isn't supported and is ignored: the example's value is sent instead.
    PACT_UNKNOWN = "P202" =>
        "Nothing, if the provider accepts the example's value. Otherwise replace the generator in the test that \
         writes the file.";
    /// An interaction of the Pact file can't be run and is skipped: a message, or something that needs a plugin.
    PACT_SKIPPED = "P203" =>
        "Test it in another way. `verify --without-skipped` leaves it out of the run, and \
         `publish --without-skipped` publishes it as pending.";
    /// A matching rule of the Pact file selects nothing in the example, so it has no effect.
    PACT_UNUSED = "P204" => "Correct the path in the test that writes the file, or remove the rule.";
    /// A key of the Pact file looks like a misspelt one, or a rule says nothing, so it has no effect.
    PACT_KEY = "P205" => "Correct the key in the test that writes the file, or remove it.";
    /// An example in the Pact file doesn't fit its own rules. A mock sends what fits, as far as it can be made.
    PACT_EXAMPLE = "P206" => "Correct the example or the rule in the test that writes the file.";
    /// Two interactions of the Pact file have the same request and the same states, so a mock can answer only one of them.
    PACT_TWICE = "P207" =>
        "Remove one of them, or give them different provider states in the tests that write the file.";
}
