//! The facts about a whole recording that matter for its single interactions.

use std::collections::HashMap;

use super::sample::Sample;

/// The facts about a whole recording that matter for its single interactions.
#[derive(Debug, Default)]
pub(super) struct Context {
    /// Headers to keep in addition to the usual ones, in lower case.
    pub keep_headers: Vec<String>,
    /// Identifiers that the provider assigned when something was created, with the request that created it.
    pub created: HashMap<String, String>,
}

impl Context {
    /// Collects the identifiers that were created in a recording. Its order matters: the first request counts.
    pub(super) fn new(samples: &[Sample<'_>], keep_headers: &[String]) -> Self {
        let mut created = HashMap::new();
        let is_creation = |sample: &&Sample<'_>| {
            sample.exchange.request.method == "POST" && (200..400).contains(&sample.exchange.response.status)
        };
        for sample in samples.iter().filter(is_creation) {
            let line = format!("POST {}", sample.exchange.request.path);
            sample.for_each_identifier(&mut |id| {
                created.entry(id.to_owned()).or_insert_with(|| line.clone());
            });
        }
        Self { keep_headers: keep_headers.iter().map(|name| name.to_ascii_lowercase()).collect(), created }
    }
}
