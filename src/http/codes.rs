//! The codes of what keeps an HTTP exchange from being whole. A code never changes its meaning once it was released.

use crate::source::codes::codes;

codes! {
    /// The request can't be put on the wire as it is.
    UNSENDABLE = "E101";
    /// Nothing listens at the address.
    REFUSED = "E102";
    /// The host's name can't be resolved.
    NAME = "E103";
    /// No connection could be made, for another reason than a refusal.
    UNREACHABLE = "E104";
    /// No connection was made within the time limit.
    CONNECT_TIMEOUT = "E105";
    /// The TLS handshake failed.
    TLS = "E106";
    /// The proxy did not let the connection through.
    PROXY = "E107";
    /// Connected, but no answer began within the time limit.
    ANSWER_TIMEOUT = "E111";
    /// An answer began, but was not complete within the time limit.
    BODY_TIMEOUT = "E112";
    /// The connection was closed or reset before an answer began.
    CLOSED = "E113";
    /// The answer's body ends before the length that it promises.
    CUT_SHORT = "E114";
    /// The answer goes on after the length that it promises.
    SURPLUS = "E115";
    /// What came is no HTTP/1.1 answer.
    NOT_HTTP = "E116";
    /// The answer's body is not framed as HTTP says, such as a chunk without a valid size.
    BAD_FRAMING = "E117";
    /// The answer's body is larger than the limit, as it came or once decoded.
    TOO_LARGE = "E118";
    /// The answer's content coding can't be undone.
    CODING = "E119";
    /// The state handler answered with another status than 2xx.
    STATE_REFUSED = "E201";
}
