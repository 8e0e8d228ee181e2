//! Which hosts a server on the loopback interface responds for. A page of a stranger can make a browser send requests here
//! under a name of its own (DNS rebinding), and would read the responses.

use std::net::IpAddr;

use hyper::header::HOST;
use hyper::http::request::Parts;

use super::header::header_text;

/// The names that a server responds for in addition to those of this machine; `*` is any.
#[derive(Clone, Debug, Default)]
pub struct Hosts(Vec<String>);

impl Hosts {
    /// These names, without ports.
    #[must_use]
    pub fn also(names: &[String]) -> Self {
        Self(names.iter().map(|name| bare(name).to_ascii_lowercase()).collect())
    }

    /// The first host that a request is for and that isn't allowed. A request without a host isn't a browser's.
    pub(super) fn stranger(&self, head: &Parts) -> Option<String> {
        let named = head.headers.get_all(HOST).iter().map(header_text);
        let of_target = head.uri.authority().map(ToString::to_string);
        named.chain(of_target).map(|host| bare(&host).to_owned()).find(|host| !self.allow(host))
    }

    fn allow(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let is_loopback = |address: &str| address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        host.is_empty()
            || host == "localhost"
            || host.ends_with(".localhost")
            || is_loopback(host.trim_start_matches('[').trim_end_matches(']'))
            || self.0.iter().any(|name| *name == host || name == "*")
    }
}

/// A host without its port and without credentials.
fn bare(host: &str) -> &str {
    let host = host.trim();
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    match host.rfind(']') {
        Some(end) => host.get(..=end).unwrap_or(host),
        None => host.split(':').next().unwrap_or(host),
    }
}

/// Why a request for a stranger's host gets no response.
pub(super) fn refusal(host: &str) -> String {
    format!("it is for the host `{host}`, and only requests for this machine are served; --allow-host {host} allows it")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stranger(allowed: &[&str], target: &str, hosts: &[&str]) -> Option<String> {
        let mut request = hyper::Request::builder().uri(target);
        for host in hosts {
            request = request.header(HOST, *host);
        }
        let (head, ()) = request.body(()).expect("a request").into_parts();
        Hosts::also(&allowed.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).stranger(&head)
    }

    #[test]
    fn only_names_of_this_machine_are_served_unless_others_are_allowed() {
        for host in
            ["localhost", "LOCALHOST:8080", "localhost.", "a.localhost:1", "127.0.0.1:80", "127.9.9.9", "[::1]:8", ""]
        {
            assert_eq!(stranger(&[], "/", &[host]), None, "{host}");
        }
        for host in [
            "evil.example",
            "evil.example:80",
            "localhost.evil.example",
            "10.0.0.1:80",
            "[::2]:1",
            "127.0.0.1.evil.example",
            "0.0.0.0",
        ] {
            assert!(stranger(&[], "/", &[host]).is_some(), "{host}");
            assert!(stranger(&[], "/", &["localhost", host]).is_some(), "{host}");
            assert!(stranger(&[], &format!("http://{host}/"), &[]).is_some(), "{host}");
            assert_eq!(stranger(&["*"], "/", &[host]), None, "{host}");
        }
        assert_eq!(stranger(&["Host.docker.internal"], "/", &["host.docker.internal:8080"]), None);
        assert_eq!(stranger(&["host.docker.internal"], "/", &["evil.example"]).as_deref(), Some("evil.example"));
        assert_eq!(stranger(&[], "/", &[]), None);
    }
}
