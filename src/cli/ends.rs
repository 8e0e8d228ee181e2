//! The addresses for a wrapped command: one for each provider, in environment variables.

use std::str::FromStr;

use super::Failure;
use crate::interaction::ServiceName;

/// `VALUE`, or `NAME=VALUE` for one of several providers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OfProvider {
    pub provider: Option<ServiceName>,
    pub value: String,
}

impl FromStr for OfProvider {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // The value may contain `=`; a name can't contain `:` or `/`.
        let named = text.split_once('=').and_then(|(name, value)| Some((ServiceName::new(name).ok()?, value)));
        let (provider, value) = named.map_or((None, text), |(name, value)| (Some(name), value));
        if value.is_empty() {
            return Err(String::from("the value is missing"));
        }
        Ok(Self { provider, value: value.to_owned() })
    }
}

/// The variable for a provider's address: `UPHELD_URL_ORDER_SERVICE` for `order-service`.
pub(super) fn variable(provider: &ServiceName) -> String {
    let upper = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    format!("UPHELD_URL_{}", provider.as_str().chars().map(upper).collect::<String>())
}

/// All variables for these addresses: `UPHELD_URL` for the first, one by name for each, and those that the user chose.
pub(super) fn variables(
    urls: &[(ServiceName, String)],
    chosen: &[OfProvider],
) -> Result<Vec<(String, String)>, Failure> {
    let mut variables: Vec<(String, String)> =
        urls.iter().map(|(provider, url)| (variable(provider), url.clone())).collect();
    if let Some((_, first)) = urls.first() {
        variables.insert(0, (String::from("UPHELD_URL"), first.clone()));
    }
    for OfProvider { provider, value } in chosen {
        let (_, url) = find(urls, provider.as_ref(), "--env-var")?;
        variables.push((value.clone(), url.clone()));
    }
    let twice = variables
        .iter()
        .enumerate()
        .find(|(number, (name, url))| variables[..*number].iter().any(|(known, other)| known == name && other != url));
    match twice {
        Some((_, (name, _))) => Err(Failure::usage(format!("the variable `{name}` would hold two addresses"))
            .help("rename one of the providers, or choose another variable with --env-var")),
        None => Ok(variables),
    }
}

/// The port for a provider; 0, for any free one, unless one is given.
pub(super) fn port(provider: &ServiceName, all: &[ServiceName], ports: &[OfProvider]) -> Result<u16, Failure> {
    let mut found = 0;
    for given in ports {
        let named: Vec<(ServiceName, ())> = all.iter().map(|name| (name.clone(), ())).collect();
        let (name, ()) = find(&named, given.provider.as_ref(), "--port")?;
        if name == provider {
            found = given.value.parse().map_err(|_| {
                Failure::usage(format!("--port: `{}` isn't a port, which is a number from 1 to 65535", given.value))
            })?;
        }
    }
    Ok(found)
}

/// The one with this name, or the only one.
fn find<'a, T>(
    all: &'a [(ServiceName, T)],
    name: Option<&ServiceName>,
    flag: &str,
) -> Result<&'a (ServiceName, T), Failure> {
    match (name, all) {
        (None, [only]) => Ok(only),
        (None, _) => Err(Failure::usage(format!("{flag}: there are several providers"))
            .help(format!("name one of them: {flag} NAME=…"))),
        (Some(name), all) => all.iter().find(|(known, _)| known == name).ok_or_else(|| {
            let known = crate::words::and_list(crate::words::quoted(all.iter().map(|(known, _)| known)));
            Failure::usage(format!("{flag}: there is no provider `{name}` here"))
                .help(format!("the providers are {known}"))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_of_a_provider_is_its_name_in_capitals() {
        for (name, expected) in [("orders", "UPHELD_URL_ORDERS"), ("order-service.v2", "UPHELD_URL_ORDER_SERVICE_V2")] {
            assert_eq!(variable(&ServiceName::new(name).unwrap()), expected);
        }
    }

    #[test]
    fn a_value_may_name_its_provider() {
        for (text, provider, value) in [
            ("http://localhost:1/a?b=c", None, "http://localhost:1/a?b=c"),
            ("orders=http://localhost:1", Some("orders"), "http://localhost:1"),
            ("ORDERS_URL", None, "ORDERS_URL"),
            ("orders=8080", Some("orders"), "8080"),
        ] {
            let read: OfProvider = text.parse().unwrap();
            assert_eq!(
                (read.provider.as_ref().map(ServiceName::as_str), read.value.as_str()),
                (provider, value),
                "{text}"
            );
        }
        assert!("orders=".parse::<OfProvider>().is_err());
    }
}
