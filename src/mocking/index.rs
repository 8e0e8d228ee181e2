//! Which interactions may allow a request, by its method and path, so that thousands of them cost nothing.

use std::collections::HashMap;

use percent_encoding::percent_decode_str;

use crate::contract::{PathRule, Request, template};

/// Interactions by what their requests' paths are.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// By method and path, where the path is one text.
    exact: HashMap<(String, String), Vec<usize>>,
    /// By method and number of segments, where some segments may differ.
    segments: HashMap<(String, usize), Vec<usize>>,
    /// By method, where the whole path may differ.
    whole: HashMap<String, Vec<usize>>,
}

impl Index {
    /// Adds an interaction. `request` is not filled: what stands in its placeholders may differ.
    pub(super) fn add(&mut self, number: usize, request: &Request) {
        let method = request.method.clone();
        match &request.path_rule {
            Some(PathRule::Whole(_)) => self.whole.entry(method).or_default().push(number),
            // What fills a placeholder may have any number of `/`, but encoded, so that the segments stay.
            Some(PathRule::Segments(_)) => {
                self.segments.entry((method, segments(&request.path))).or_default().push(number)
            }
            None if template::has_placeholder(&request.path) => {
                self.segments.entry((method, segments(&request.path))).or_default().push(number);
            }
            None => self.exact.entry((method, normal(&request.path))).or_default().push(number),
        }
    }

    /// The numbers of the interactions that may allow a request, in their order.
    pub(super) fn candidates(&self, method: &str, path: &str) -> Vec<usize> {
        let method = || method.to_owned();
        let exact = self.exact.get(&(method(), normal(path)));
        let by_segments = self.segments.get(&(method(), segments(path)));
        let whole = self.whole.get(&method());
        let mut found: Vec<usize> = [exact, by_segments, whole].into_iter().flatten().flatten().copied().collect();
        found.sort_unstable();
        found
    }
}

fn segments(path: &str) -> usize {
    path.split('/').count()
}

/// A path with its segments decoded, so that two spellings of it are one.
fn normal(path: &str) -> String {
    let decoded = |segment: &str| percent_decode_str(segment).decode_utf8_lossy().replace('/', "%2F");
    path.split('/').map(decoded).collect::<Vec<_>>().join("/")
}
