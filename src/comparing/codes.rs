//! The codes of gaps between contracts and interface descriptions. A code never changes its meaning once it was released.

use crate::source::codes::codes;

codes! {
    /// The document has no operation for the request.
    NO_OPERATION = "D201" =>
        "Correct the method or the path in the contract, or add the operation to the document.";
    /// The document doesn't declare the status that the contract expects.
    NO_STATUS = "D202" => "Declare the response in the document, or correct the status in the contract.";
    /// The document declares no body, or one of another content type.
    OTHER_BODY = "D203" => "Declare the content in the document, or correct the body in the contract.";
    /// The document doesn't declare, or forbids, a value that the contract needs.
    UNDECLARED = "D204" =>
        "Declare it in the document. If the interface drops it, agree with the consumer first.";
    /// The document doesn't require a value that the contract needs.
    OPTIONAL = "D205" =>
        "Add it to `required` in the document if the provider always sends it. If the consumer can do without it, make it \
         `optional` in the contract.";
    /// The document allows another type than the contract needs.
    OTHER_TYPE = "D206" => "Correct the type in the document or in the contract; `or null` accepts null as well.";
    /// The document allows a value that breaks the contract.
    OTHER_VALUE = "D207" =>
        "Narrow the schema in the document if the provider never sends such a value, or accept it in the contract.";
    /// The document allows more or fewer elements than the contract needs.
    OTHER_SIZE = "D208" => "State the size in the document, or have a provider state make it what the contract needs.";
    /// The document allows a value that the contract refuses.
    EXTRA = "D209" => "Remove `absent`, `closed` or `exact` from the contract if the value does no harm.";
    /// The consumer doesn't send something that the document requires.
    NOT_SENT = "D210" => "Have the consumer send it, or make it optional in the document.";
    /// The consumer sends something that the document doesn't declare.
    NOT_DECLARED = "D211" => "Declare it in the document, or stop sending it.";
    /// The consumer sends something that the document doesn't allow.
    INVALID = "D212" => "Have the consumer send what the document allows, or allow it in the document.";
    /// The operation requires credentials that the contract doesn't have.
    CREDENTIALS = "D213" => "Nothing has to be done if the consumer sends them; `upheld verify --header` does, too.";
    /// Upheld couldn't decide whether the document guarantees what the contract needs.
    UNDECIDED = "D301" => "Verify the provider: `upheld verify` looks at real responses.";
}
