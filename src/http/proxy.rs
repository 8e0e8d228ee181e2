//! The proxies between this machine and a provider elsewhere, as the environment names them.

use std::sync::Arc;

use hyper::Uri;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};

use super::base_url::BaseUrl;

/// Which hosts are reached through which proxy. This machine itself is never reached through one, whatever the
/// environment says: a service that was just started here is unknown to any proxy.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Option<Arc<Matcher>>);

impl Proxies {
    /// Every host is reached directly.
    #[must_use]
    pub const fn none() -> Self {
        Self(None)
    }

    /// The proxies in `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, in upper or lower case.
    #[must_use]
    pub fn from_environment() -> Self {
        Self(Some(Arc::new(Matcher::from_env())))
    }

    /// One proxy for every host but those of `except`, a list as in `NO_PROXY`.
    #[must_use]
    pub fn all(proxy: &str, except: &str) -> Self {
        Self(Some(Arc::new(Matcher::builder().all(proxy).no(except).build())))
    }

    /// The proxy on the way to `base`, if there is one.
    pub(super) fn between(&self, base: &BaseUrl) -> Option<Intercept> {
        let matcher = self.0.as_ref()?;
        if base.is_local() {
            return None;
        }
        let uri: Uri = base.join("/").parse().ok()?;
        matcher.intercept(&uri)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_reached_without_a_proxy_and_others_through_it() {
        let proxies = Proxies::all("http://proxy.example:3128", "inner.example");
        for (url, through) in [
            ("http://orders.example", true),
            ("https://orders.example/api", true),
            ("http://inner.example", false),
            ("http://127.0.0.1:8080", false),
            ("http://localhost:8080", false),
        ] {
            let base = BaseUrl::parse(url).expect(url);
            assert_eq!(proxies.between(&base).is_some(), through, "{url}");
            assert!(Proxies::none().between(&base).is_none());
        }
    }
}
