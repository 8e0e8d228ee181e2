//! What really went over the wire: requests and responses, free of any HTTP library.

/// A request that was received, or that is to be sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActualRequest {
    /// As sent; methods are case-sensitive (RFC 9110, section 9.1).
    pub method: String,
    /// Without the query, percent-encoded as on the wire.
    pub path: String,
    /// What stands behind the `?`, percent-encoded; `None` where there is none.
    pub query: Option<String>,
    /// In the order of the wire, one entry per line.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// A response that came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActualResponse {
    pub status: u16,
    /// In the order of the wire, one entry per line. Values that are no UTF-8 are read as Latin-1.
    pub headers: Vec<(String, String)>,
    /// With its content coding (gzip and the like) undone.
    pub body: Vec<u8>,
}

impl ActualRequest {
    /// Method, path and query, as in the first line of an HTTP/1.1 request.
    #[must_use]
    pub fn line(&self) -> String {
        match &self.query {
            Some(query) => format!("{} {}?{query}", self.method, self.path),
            None => format!("{} {}", self.method, self.path),
        }
    }
}

/// All values of the header `name`, which is compared without regard to case.
pub(crate) fn header_values<'a>(headers: &'a [(String, String)], name: &'a str) -> impl Iterator<Item = &'a str> {
    headers.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}
