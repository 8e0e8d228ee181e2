//! The codes of findings about contracts. A code never changes its meaning once it was released.

use crate::source::codes::codes;

codes! {
    /// The contract is in a newer format than this version of Upheld reads.
    NEWER_FORMAT = "C101" => "Install a newer version of Upheld.";
    /// The text isn't a valid name.
    BAD_NAME = "C201" => "Use letters, digits, `.`, `_` and `-`, as the message says.";
    /// Two interactions have the same name.
    DUPLICATE_NAME = "C202" => "Rename one of them.";
    /// The method isn't an HTTP method.
    BAD_METHOD = "C203" => "Use a method such as GET, POST, PUT, PATCH or DELETE, in capitals.";
    /// The path or the query can't be sent as it is written.
    BAD_PATH = "C204" =>
        "Begin the path with `/`, percent-encode what the message points out, and put query parameters under `query`.";
    /// The name or the value of a header can't be sent.
    BAD_HEADER = "C206" =>
        "Correct the name or the value. Values can't contain line breaks, and some headers are set by Upheld itself.";
    /// A request or response has more than one body.
    SEVERAL_BODIES = "C207" => "Keep one of `body`, `body-text`, `body-file`, `body-base64` and `form`.";
    /// A file that the contract names can't be read.
    BAD_FILE = "C208" => "Correct the path, which is relative to the contract's folder, or add the file.";
    /// A body isn't valid base64.
    BAD_BASE64 = "C209" => "Encode the body again, or name a file that contains it.";
    /// The key of a rule isn't a valid path.
    BAD_RULE_PATH = "C301" => "Write paths like `items[].sku` or `*.id`; quote keys that contain dots or brackets.";
    /// The path of a rule selects nothing in the example.
    DEAD_PATH = "C302" => "Correct the path, or extend the example so that the path selects something in it.";
    /// The text isn't a matcher.
    BAD_MATCHER = "C303" =>
        "Use a matcher such as `integer`, `uuid`, `any` or `/regex/`; the message suggests the nearest one.";
    /// The regular expression can't be used.
    BAD_REGEX = "C304" => "Correct it at the place shown. Look-around and back-references aren't supported.";
    /// The matcher doesn't fit the place that it applies to.
    MISPLACED_MATCHER = "C305" => "Use a matcher that fits the value there, or move the rule to another place.";
    /// A null or an empty list in an example doesn't say what the consumer needs.
    NEEDS_RULE = "C306" =>
        "Add a rule for it, such as `string or null` or `0+`, or write an example with something in it.";
    /// The example doesn't satisfy the contract's own rules.
    EXAMPLE_BROKEN = "C307" => "Change the example or the rule so that they agree.";
    /// The JSON Schema can't be used.
    BAD_SCHEMA = "C308" =>
        "Correct the schema at the place shown. References must stay within its file or the contract's folder.";
    /// Two rules apply to the same place.
    SAME_PLACE = "C309" => "Keep one of the two.";
    /// Nothing gives the placeholder a value.
    UNKNOWN_PLACEHOLDER = "C401" =>
        "Add it to the parameters of a provider state under `given`, or correct its name. A literal `${` is written `$${`.";
    /// The JSON file is neither a contract nor a Pact file.
    FOREIGN_JSON = "P104" => "Name another file, or leave this one out of the folder of contracts.";
    /// Two interactions differ only in their names.
    SAME_INTERACTION = "L101" => "Remove one of them, or change what it tests.";
    /// The contract requires an exact value that changes from run to run, such as an id or a time.
    VOLATILE_EXACT = "L102" =>
        "Match its format instead, such as `uuid` or `date-time`, or fix the value in a provider state's parameters.";
    /// The file isn't at contracts/CONSUMER/PROVIDER.yaml, where people look for it.
    MISFILED = "L103" => "Move it there.";
    /// A request with a method such as GET or HEAD has a body, which many servers and proxies drop.
    BODY_ON_SAFE = "L104" => "Remove the body, or use another method.";
    /// A response has a body although its status never comes with one (RFC 9110, section 6.4.1), so nothing can uphold it.
    BODY_FORBIDDEN = "L105" => "Remove the body, or correct the status.";
}
