//! Finds the few interactions that a request can be for among thousands, by method and path.

use std::collections::{BTreeSet, HashMap};

use percent_encoding::percent_decode_str;

use crate::contract::PathRule;
use crate::formats::Terms;
use crate::interaction::Http;
use crate::interaction::template::has_placeholder;

/// The numbers of interactions by method and path. A fixed path is looked up; a path with a rule or a placeholder in a
/// segment is compared by its other segments; a path with a rule for the whole is always a candidate.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// By method and segments.
    fixed: HashMap<String, HashMap<Vec<String>, Vec<usize>>>,
    /// By method and number of segments.
    loose: HashMap<(String, usize), Vec<usize>>,
    /// By method.
    free: HashMap<String, Vec<usize>>,
    /// By number.
    lines: Vec<RequestLine>,
}

/// The method and path of an interaction's request.
#[derive(Debug)]
struct RequestLine {
    method: String,
    path: PathPattern,
}

/// A path as far as it is fixed.
#[derive(Debug)]
enum PathPattern {
    /// Its decoded segments; nothing for a segment that may vary.
    Segments(Vec<Option<String>>),
    /// Any path that a rule allows.
    Free,
}

// The distance between two request lines.

/// For different methods.
const OTHER_METHOD: usize = 3;
/// For each segment that differs.
const OTHER_SEGMENT: usize = 2;
/// For each segment that one path has more.
const MORE_SEGMENTS: usize = 3;

impl Index {
    /// Adds the next interaction.
    pub(super) fn add(&mut self, http: &Http<Terms>) {
        let number = self.lines.len();
        let method = key(&http.request.method);
        // The indexes of segments with a rule; nothing for a rule about the whole path.
        let ruled = match &http.terms {
            Terms::Own(terms) => match &terms.request.path {
                Some(PathRule::Whole(_)) => None,
                Some(PathRule::Segments(rules)) => Some(rules.keys().copied().collect()),
                None => Some(BTreeSet::new()),
            },
            Terms::Pact(terms) => (terms.request.path.is_none() && !http.has_path_of_states()).then(BTreeSet::new),
        };
        let path = http.compared_path();
        let segments = ruled.map(|ruled| {
            let is_free = |at: usize, text: &str| has_placeholder(text) || ruled.contains(&at);
            let texts = path.split('/').enumerate();
            texts.map(|(at, text)| (!is_free(at, text)).then(|| decode(text))).collect::<Vec<_>>()
        });
        let list = match &segments {
            None => self.free.entry(method.clone()).or_default(),
            Some(segments) => match segments.iter().cloned().collect::<Option<Vec<String>>>() {
                Some(fixed) => self.fixed.entry(method.clone()).or_default().entry(fixed).or_default(),
                None => self.loose.entry((method.clone(), segments.len())).or_default(),
            },
        };
        list.push(number);
        self.lines.push(RequestLine { method, path: segments.map_or(PathPattern::Free, PathPattern::Segments) });
    }

    /// The interactions that may allow this method and path, in their order.
    pub(super) fn candidates(&self, method: &str, path: &str) -> Vec<usize> {
        let (segments, method) = (segments(path), &key(method));
        let mut found: Vec<usize> =
            self.fixed.get(method).and_then(|paths| paths.get(&segments)).into_iter().flatten().copied().collect();
        let loose = self.loose.get(&(method.clone(), segments.len())).into_iter().flatten();
        found.extend(loose.filter(|number| self.distance(**number, method, &segments) == 0));
        found.extend(self.free.get(method).into_iter().flatten());
        found.sort_unstable();
        found
    }

    /// At most so many interactions with the method and path nearest to these, the nearest first.
    pub(super) fn nearest(&self, method: &str, path: &str, most: usize) -> Vec<usize> {
        let (segments, method) = (segments(path), &key(method));
        let mut all: Vec<(usize, usize)> =
            (0..self.lines.len()).map(|number| (self.distance(number, method, &segments), number)).collect();
        if all.len() > most {
            all.select_nth_unstable(most);
            all.truncate(most);
        }
        all.sort_unstable();
        all.into_iter().map(|(_, number)| number).collect()
    }

    fn distance(&self, number: usize, method: &str, segments: &[String]) -> usize {
        let line = &self.lines[number];
        let other_method = if line.method == method { 0 } else { OTHER_METHOD };
        let other_path = match &line.path {
            PathPattern::Free => OTHER_SEGMENT,
            PathPattern::Segments(expected) => {
                let differs = |(expected, actual): &(&Option<String>, &String)| {
                    expected.as_ref().is_some_and(|expected| expected != *actual)
                };
                let differing = expected.iter().zip(segments).filter(differs).count();
                differing * OTHER_SEGMENT + expected.len().abs_diff(segments.len()) * MORE_SEGMENTS
            }
        };
        other_method + other_path
    }
}

/// A method as it is looked up. Methods of Pact files have no case; those of our own contracts are compared exactly
/// afterwards.
fn key(method: &str) -> String {
    method.to_ascii_uppercase()
}

fn segments(path: &str) -> Vec<String> {
    path.split('/').map(decode).collect()
}

fn decode(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}
