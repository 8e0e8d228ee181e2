//! From the registry's text to its model, with every finding at once.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::Value;

use super::raw::{RawParallel, RawRegistry, RawService, shape};
use super::{Registry, Service, StatesBy};
use crate::interaction::ServiceName;
use crate::source::codes::codes;
use crate::source::{Finding, Pointer, SourceFile, parse_yaml, sort_findings};
use crate::words::read_duration;

codes! {
    /// The registry is in a newer format than this version of Upheld reads.
    NEWER_FORMAT = "R101" => "Install a newer version of Upheld.";
    /// A key in the registry isn't a valid service name.
    BAD_NAME = "R102" => "Use letters, digits, `.`, `_` and `-`, as the message says.";
    /// A value in the registry isn't a duration.
    BAD_DURATION = "R103" => "Write a number and its unit, such as `500ms`, `30s` or `2m`.";
    /// The registry can't be used in this form.
    UNUSABLE = "R104" => "Correct what the message points out. `upheld init` writes an example.";
    /// The registry sets up provider states with another method than POST.
    BAD_STATES = "R105" => "Write `POST /path` and have the provider read the state from the body, or name a command.";
}

/// Reads a registry. Warnings come with it.
///
/// # Errors
///
/// All findings, at least one of which is an error.
pub fn read(source: Arc<SourceFile>) -> Result<(Registry, Vec<Finding>), Vec<Finding>> {
    let (read, findings) = {
        let file = &source.name;
        let (value, mut findings) = parse_yaml(file, &source.text, source.limits())?;
        if let Some(version) = value.get("upheld").and_then(serde_json::Value::as_u64).filter(|version| *version > 1) {
            let at = source.place(&Pointer::root().key("upheld"));
            let message = format!("this is a registry of format {version}; this program reads format 1");
            return Err(vec![
                Finding::error(NEWER_FORMAT, file, at, message).help("install a newer version of Upheld"),
            ]);
        }
        findings.extend(shape().faults(&source, &value).into_iter().flat_map(|fault| fault.findings));
        findings.extend(meaning(&value, &source));
        let read = if findings.iter().any(Finding::is_error) {
            None
        } else {
            let read = serde_json::from_value::<RawRegistry>(value);
            read.map_err(|error| findings.push(Finding::error(UNUSABLE, file, None, error.to_string()))).ok()
        };
        sort_findings(&mut findings);
        (read, findings)
    };
    match read {
        Some(raw) => {
            let (store, services) = registry(raw);
            Ok((Registry { source, store, services }, findings))
        }
        None => Err(findings),
    }
}

/// Checks names, durations and states, which the schema can't express. It works on a registry of any shape, so all
/// findings are reported together.
fn meaning(value: &Value, source: &SourceFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, service) in value.get("services").and_then(Value::as_object).into_iter().flatten() {
        let at = Pointer::root().key("services").key(name);
        if let Err(error) = ServiceName::new(name) {
            findings.push(Finding::error(BAD_NAME, &source.name, source.key_place(&at), error.to_string()));
        }
        if let Some(Err(why)) = service.get("start-timeout").and_then(Value::as_str).map(read_duration) {
            let place = source.place(&at.key("start-timeout"));
            findings.push(
                Finding::error(BAD_DURATION, &source.name, place, why)
                    .help("write a number and its unit: `500ms`, `30s`, `2m`"),
            );
        }
        if let Some(Err(other)) = service.get("states").and_then(Value::as_str).map(states_by) {
            let place = source.place(&at.key("states"));
            findings.push(Finding::error(BAD_STATES, &source.name, place, other.to_string()).help(other.help()));
        }
    }
    findings
}

fn registry(raw: RawRegistry) -> (Option<String>, IndexMap<ServiceName, Service>) {
    // Any other value was reported before.
    let named = raw.services.into_iter().filter_map(|(name, raw)| Some((ServiceName::new(&name).ok()?, service(raw))));
    (raw.store, named.collect())
}

fn service(raw: RawService) -> Service {
    Service {
        start: raw.start,
        start_timeout: raw.start_timeout.and_then(|text| read_duration(&text).ok()),
        health: raw.health.map(|line| line.trim_start_matches("GET ").trim().to_owned()),
        states: raw.states.and_then(|text| states_by(&text).ok()),
        url: raw.url.into_iter().map(|(environment, urls)| (environment, urls.0)).collect::<BTreeMap<_, _>>(),
        owners: raw.owners,
        parallel: raw.parallel == Some(RawParallel::All),
    }
}

/// Reads how states are set up: `POST /_states`, a URL alone, `none`, or a command.
///
/// # Errors
///
/// It is a request other than a POST.
pub fn states_by(text: &str) -> Result<StatesBy, OtherMethod> {
    let is_url = |text: &str| {
        let scheme = text.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        scheme.is_some_and(|scheme| scheme == "http" || scheme == "https") && !text.contains(char::is_whitespace)
    };
    let text = text.trim();
    if text == "none" {
        return Ok(StatesBy::NotNeeded);
    }
    if is_url(text) {
        return Ok(StatesBy::Http(text.to_owned()));
    }
    let Some((method, target)) = text.split_once(' ') else { return Ok(StatesBy::Command(text.to_owned())) };
    let target = target.trim();
    if method == "POST" {
        return Ok(StatesBy::Http(target.to_owned()));
    }
    // A program of such a name has more to do than to take a path.
    let is_method = METHODS.iter().any(|known| known.eq_ignore_ascii_case(method));
    let is_path = target.starts_with('/') && !target.contains(char::is_whitespace);
    if is_method && (is_path || is_url(target)) {
        return Err(OtherMethod { method: method.to_owned(), target: target.to_owned() });
    }
    Ok(StatesBy::Command(text.to_owned()))
}

/// Methods that somebody may expect to set up states; `post` gets help on its spelling.
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// A request for setting up states that isn't a POST.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherMethod {
    method: String,
    target: String,
}

impl OtherMethod {
    /// A proposal for the right spelling.
    #[must_use]
    pub fn help(&self) -> String {
        // An address may contain a password, which must not be repeated.
        let target = if self.target.starts_with('/') { self.target.as_str() } else { "URL" };
        format!("write `POST {target}`, and have the provider read the state from the body; or use a command")
    }
}

impl fmt::Display for OtherMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "provider states are set up by POST, not by `{}`", self.method)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::source::Limits;

    fn read_text(text: &str) -> Result<Registry, Vec<String>> {
        let source = Arc::new(SourceFile::new("upheld.yaml", text.to_owned(), Limits::default()));
        read(source).map(|(registry, _)| registry).map_err(|findings| {
            findings.iter().map(|finding| format!("{} {} {:?}", finding.code, finding.message, finding.help)).collect()
        })
    }

    #[test]
    fn a_registry_defines_how_each_service_is_reached() {
        let registry = read_text(
            "upheld: 1\nservices:\n  orders:\n    start: run ${PORT}\n    start-timeout: 2m\n    health: GET /health\n    states: POST /_states\n    url: { local: \"http://a\", staging: [\"http://b\", \"http://c\"] }\n    owners: [team]\n    parallel: all\n  web:\n    states: none\n  old: { states: ./states.sh }\n",
        )
        .unwrap();
        let orders = &registry.services[0];
        assert_eq!(orders.start.as_deref(), Some("run ${PORT}"));
        assert_eq!(orders.start_timeout, Some(Duration::from_mins(2)));
        assert_eq!(orders.health.as_deref(), Some("/health"));
        assert_eq!(orders.states, Some(StatesBy::Http(String::from("/_states"))));
        assert_eq!(orders.url["staging"], ["http://b", "http://c"]);
        assert!(orders.parallel);
        assert_eq!(registry.services[1].states, Some(StatesBy::NotNeeded));
        assert_eq!(registry.services[2].states, Some(StatesBy::Command(String::from("./states.sh"))));
        assert_eq!(registry.place(&ServiceName::new("orders").unwrap(), "health"), "upheld.yaml:6");
    }

    #[test]
    fn every_mistake_is_found_at_once() {
        let found = read_text(
            "upheld: 1\nservices:\n  orders:\n    strat: x\n    health: POST /x\n    owners: team\n  a b: {}\n",
        )
        .unwrap_err();
        assert_eq!(found.len(), 4, "{found:?}");
        assert!(found[0].contains("unknown key `strat`") && found[0].contains("did you mean `start`?"));
        assert!(read_text("upheld: 2\n").unwrap_err()[0].contains("newer version"));
        let states = read_text("upheld: 1\nservices:\n  orders: { states: GET /_states }\n").unwrap_err();
        assert!(states[0].starts_with("R105 ") && states[0].contains("write `POST /_states`"), "{states:?}");
        let names = read_text("upheld: 1\nservices:\n  a b: { start-timeout: soon }\n").unwrap_err();
        assert!(names[0].contains("isn't a valid name"), "{names:?}");
    }

    #[test]
    fn states_are_set_up_by_a_post_to_a_path_or_a_url_or_by_a_command() {
        let http = |target: &str| Ok(StatesBy::Http(target.to_owned()));
        let command = |line: &str| Ok(StatesBy::Command(line.to_owned()));
        assert_eq!(states_by("POST  /_states "), http("/_states"));
        assert_eq!(states_by("POST http://h/_states"), http("http://h/_states"));
        for url in ["http://h:8080/_states?by=upheld", "https://${HOST}/s", "HTTP://h"] {
            assert_eq!(states_by(url), http(url));
        }
        assert_eq!(states_by("none"), Ok(StatesBy::NotNeeded));
        for line in
            ["./states.sh", "curl http://h/_states", "http://h/_states --quick", "GET -e /x", "/_states", "ftp://h"]
        {
            assert_eq!(states_by(line), command(line));
        }
        for (text, method) in [("GET /_states", "GET"), ("post /_states", "post"), ("PUT https://ada:pw@h/s", "PUT")] {
            let other = states_by(text).unwrap_err();
            assert!(other.to_string().contains(&format!("not by `{method}`")), "{other}");
            assert!(other.help().contains("write `POST ") && !other.help().contains("pw"), "{}", other.help());
        }
    }
}
