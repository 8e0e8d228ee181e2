//! The address of a request in a HAR file, in the parts that HTTP has a use for.

/// The parts of an address that HTTP has a use for.
pub(super) struct Address<'u> {
    pub origin: String,
    /// The part before the host and its `@`.
    pub user: Option<&'u str>,
    pub path: String,
    pub query: Option<String>,
}

impl<'u> Address<'u> {
    pub(super) fn parse(url: &'u str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        let default_port = match scheme.as_str() {
            "http" => ":80",
            "https" => ":443",
            _ => return None,
        };
        let rest = rest.split('#').next().unwrap_or_default();
        let at = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(at);
        let (user, host) = authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
        let host = host.to_ascii_lowercase();
        let host = host.strip_suffix(default_port).unwrap_or(&host);
        if host.is_empty() || host.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
            return None;
        }
        let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
        let path = if path.is_empty() { "/" } else { path };
        Some(Self {
            origin: format!("{scheme}://{host}"),
            user,
            path: sendable(path),
            query: query.filter(|query| !query.is_empty()).map(sendable),
        })
    }
}

/// A part of an address with invalid characters percent-encoded: some writers leave them as people read them.
fn sendable(text: &str) -> String {
    const UNSENDABLE: &percent_encoding::AsciiSet = &percent_encoding::CONTROLS.add(b' ');
    percent_encoding::utf8_percent_encode(text, UNSENDABLE).to_string()
}
