//! Finds the few interactions that a request can mean among thousands, by method and path.

use std::collections::{BTreeSet, HashMap};

use percent_encoding::percent_decode_str;

use crate::contract::PathRule;
use crate::formats::Terms;
use crate::interaction::Http;
use crate::interaction::template::has_placeholder;

/// Interactions by their numbers. Those whose path is fixed are found at once; those with a rule or a placeholder in a
/// segment by the other segments; those with a rule for the whole path are always looked at.
#[derive(Debug, Default)]
pub(super) struct Index {
    fixed: HashMap<String, HashMap<Vec<String>, Vec<usize>>>,
    loose: HashMap<(String, usize), Vec<usize>>,
    free: HashMap<String, Vec<usize>>,
    /// Of each interaction.
    lines: Vec<Line>,
}

/// The method and path that an interaction asks for.
#[derive(Debug)]
struct Line {
    method: String,
    path: Way,
}

/// A path, as far as it is fixed.
#[derive(Debug)]
enum Way {
    /// Its decoded segments; nothing where another text may stand.
    Segments(Vec<Option<String>>),
    /// Any that a rule allows.
    Free,
}

/// How far a request's line is from another: what counts most when the nearest interaction is looked for.
const OTHER_METHOD: usize = 3;
const OTHER_SEGMENT: usize = 2;
const OTHER_NUMBER: usize = 3;

impl Index {
    /// Adds the next interaction.
    pub(super) fn add(&mut self, http: &Http<Terms>) {
        let request = &http.request;
        let number = self.lines.len();
        let method = request.method.clone();
        let ruled = match &http.terms {
            Terms::Own(terms) => match &terms.request.path {
                Some(PathRule::Whole(_)) => None,
                Some(PathRule::Segments(rules)) => Some(rules.keys().copied().collect()),
                None => Some(BTreeSet::new()),
            },
            Terms::Pact(terms) => terms.request.path.is_none().then(BTreeSet::new),
        };
        let segments = ruled.map(|ruled| {
            let is_free = |at: usize, text: &str| has_placeholder(text) || ruled.contains(&at);
            let texts = request.path.split('/').enumerate();
            texts.map(|(at, text)| (!is_free(at, text)).then(|| decoded(text))).collect::<Vec<_>>()
        });
        let list = match &segments {
            None => self.free.entry(method.clone()).or_default(),
            Some(segments) => match segments.iter().cloned().collect::<Option<Vec<String>>>() {
                Some(fixed) => self.fixed.entry(method.clone()).or_default().entry(fixed).or_default(),
                None => self.loose.entry((method.clone(), segments.len())).or_default(),
            },
        };
        list.push(number);
        self.lines.push(Line { method, path: segments.map_or(Way::Free, Way::Segments) });
    }

    /// The interactions whose method and path may be these, in their order.
    pub(super) fn candidates(&self, method: &str, path: &str) -> Vec<usize> {
        let segments = segments(path);
        let mut found: Vec<usize> =
            self.fixed.get(method).and_then(|paths| paths.get(&segments)).into_iter().flatten().copied().collect();
        let loose = self.loose.get(&(method.to_owned(), segments.len())).into_iter().flatten();
        found.extend(loose.filter(|number| self.far(**number, method, &segments) == 0));
        found.extend(self.free.get(method).into_iter().flatten());
        found.sort_unstable();
        found
    }

    /// The interactions whose method and path are nearest to these, at most so many, the nearest first.
    pub(super) fn nearest(&self, method: &str, path: &str, most: usize) -> Vec<usize> {
        let segments = segments(path);
        let mut all: Vec<(usize, usize)> =
            (0..self.lines.len()).map(|number| (self.far(number, method, &segments), number)).collect();
        if all.len() > most {
            all.select_nth_unstable(most);
            all.truncate(most);
        }
        all.sort_unstable();
        all.into_iter().map(|(_, number)| number).collect()
    }

    fn far(&self, number: usize, method: &str, segments: &[String]) -> usize {
        let line = &self.lines[number];
        let other_method = if line.method == method { 0 } else { OTHER_METHOD };
        let other_path = match &line.path {
            Way::Free => OTHER_SEGMENT,
            Way::Segments(asked) => {
                let differs = |(asked, came): &(&Option<String>, &String)| asked.as_ref().is_some_and(|it| it != *came);
                let differing = asked.iter().zip(segments).filter(differs).count();
                differing * OTHER_SEGMENT + asked.len().abs_diff(segments.len()) * OTHER_NUMBER
            }
        };
        other_method + other_path
    }
}

fn segments(path: &str) -> Vec<String> {
    path.split('/').map(decoded).collect()
}

fn decoded(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}
