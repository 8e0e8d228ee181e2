//! The codes of failed HTTP exchanges. A code never changes its meaning once it was released.

use crate::source::codes::codes;

codes! {
    /// The request can't be sent as it is written.
    UNSENDABLE = "E101" => "Correct the interaction's request in the contract, or the `--header` that is added to it.";
    /// Nothing listens at the provider's address.
    REFUSED = "E102" =>
        "Start the provider, or correct the address: `--url`, or `url` in upheld.yaml. `--start` lets Upheld start it.";
    /// The provider's host name can't be resolved.
    NAME = "E103" => "Correct the name in the address, or check the network and its DNS.";
    /// No connection could be made, for a reason other than a refusal.
    UNREACHABLE = "E104" =>
        "Check that the host is reachable from this machine, and whether a firewall, VPN or proxy is in the way.";
    /// No connection was made within the time limit.
    CONNECT_TIMEOUT = "E105" => "Check that the host is reachable from this machine; `--timeout` allows more time.";
    /// The TLS handshake failed.
    TLS = "E106" =>
        "Have the server send a valid certificate, or trust its authority on this machine. An address that begins \
         with https:// needs a server that speaks TLS.";
    /// The proxy refused the connection.
    PROXY = "E107" =>
        "Check the proxy's address and credentials in HTTPS_PROXY or HTTP_PROXY, or list the host in NO_PROXY.";
    /// The connection was made, but no response began within the time limit.
    RESPONSE_TIMEOUT = "E111" =>
        "Check the provider's log to see what it is waiting for; `--timeout` allows more time.";
    /// A response began, but wasn't complete within the time limit.
    BODY_TIMEOUT = "E112" => "Have the provider finish its response; `--timeout` allows more time.";
    /// The connection was closed or reset before a response began.
    CLOSED = "E113" => "Check the provider's log: it may have crashed on the request.";
    /// The response's body ends before the length that the response declares.
    CUT_SHORT = "E114" => "Have the provider declare the length in bytes, and send all of them.";
    /// The response's body is longer than the length that the response declares.
    SURPLUS = "E115" =>
        "Have the provider declare the length in bytes, not characters, and respond once. Clients cut off the rest.";
    /// The bytes that came back aren't an HTTP/1.1 response.
    NOT_HTTP = "E116" =>
        "Check that the address and port are those of an HTTP server, and whether it expects https://.";
    /// The response's body isn't framed as HTTP requires, such as a chunk without a valid size.
    BAD_FRAMING = "E117" => "Correct how the provider, or a proxy in front of it, writes its responses.";
    /// The response's body is larger than the limit, as sent or once decoded.
    TOO_LARGE = "E118" => "Request less, such as one page of a list; `--max-body` allows more.";
    /// The response's content coding can't be decoded.
    CODING = "E119" =>
        "Have the provider send the coding that its content-encoding names, and only one that the request accepts.";
    /// The state handler responded with a status other than 2xx.
    STATE_REFUSED = "E201" =>
        "Check the provider's log, and have its state handler set up the state that the report names.";
    /// The state handler's response was meant as JSON and can't be read.
    STATE_VALUES = "E202" =>
        "Have the state handler return the values as one valid JSON object, or an empty body if there are none.";
}
