//! The codes of failed HTTP exchanges. A code never changes its meaning once it was released.

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
    /// The proxy didn't make the connection.
    PROXY = "E107";
    /// Connected, but no response began within the time limit.
    RESPONSE_TIMEOUT = "E111";
    /// A response began, but wasn't complete within the time limit.
    BODY_TIMEOUT = "E112";
    /// The connection was closed or reset before a response began.
    CLOSED = "E113";
    /// The response body ends before its declared length.
    CUT_SHORT = "E114";
    /// The response goes on after its declared length.
    SURPLUS = "E115";
    /// The provider didn't send an HTTP/1.1 response.
    NOT_HTTP = "E116";
    /// The response body isn't framed as HTTP requires, such as a chunk without a valid size.
    BAD_FRAMING = "E117";
    /// The response body is larger than the limit, as received or once decoded.
    TOO_LARGE = "E118";
    /// The response's content coding can't be decoded.
    CODING = "E119";
    /// The state handler returned a status other than 2xx.
    STATE_REFUSED = "E201";
}
