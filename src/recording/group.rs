//! Which exchanges are samples of the same interaction: those with the same shape of request and the same kind of
//! answer.

use std::collections::{BTreeMap, BTreeSet};

use super::sample::Sample;
use super::target::{Template, templates};

/// What the samples of one interaction have in common. The order is that of the interactions in a new contract.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shape {
    pub template: Template,
    method: (usize, String),
    pub status: u16,
    /// The names of the query's parameters.
    pub query: BTreeSet<String>,
    /// What tells operations apart that share a path.
    pub operation: BTreeMap<String, String>,
    /// What kind of body is sent, and the keys on its first level, or its media type where it has none.
    pub sent: (&'static str, Vec<String>),
    /// The media types that the consumer asks for, where it asks for some.
    pub accept: Vec<String>,
    /// What kind of body came, and as what.
    pub came: (&'static str, Option<String>),
}

/// The samples of one interaction.
#[derive(Debug)]
pub(super) struct Group<'s, 'e> {
    pub shape: Shape,
    /// Never empty, in an order that does not depend on who was first.
    pub samples: Vec<&'s Sample<'e>>,
}

/// The order of methods on one path: what a thing goes through.
const METHODS: [&str; 8] = ["GET", "HEAD", "OPTIONS", "QUERY", "POST", "PUT", "PATCH", "DELETE"];

impl Shape {
    fn of(sample: &Sample<'_>, template: Template, distinct: &[String]) -> Self {
        let method = &sample.exchange.request.method;
        let rank = METHODS.iter().position(|known| known == method).unwrap_or(METHODS.len());
        Self {
            template,
            method: (rank, method.clone()),
            status: sample.exchange.response.status,
            query: sample.query.keys().cloned().collect(),
            operation: sample.operation(distinct),
            sent: sample.sent_as(),
            accept: accepted(sample),
            came: (sample.came.outline().0, sample.came_as()),
        }
    }

    /// The shape of one sample alone.
    pub(super) fn alone(sample: &Sample<'_>, distinct: &[String]) -> Self {
        Self::of(sample, Template::of(&sample.exchange.request.path), distinct)
    }

    pub(super) fn method(&self) -> &str {
        &self.method.1
    }

    /// Whether another request has this shape, whatever it was answered with.
    pub(super) fn same_request(&self, other: &Self) -> bool {
        self.template == other.template
            && self.method == other.method
            && self.query == other.query
            && self.operation == other.operation
            && self.sent == other.sent
    }
}

/// What the consumer accepts, but for what accepts everything.
pub(super) fn accepted(sample: &Sample<'_>) -> Vec<String> {
    let mut values = sample.sent_header("accept");
    values.retain(|value| !value.contains('*'));
    values
}

/// Puts the samples of each interaction together, in the order in which a new contract has them.
pub(super) fn group<'s, 'e>(samples: &'s [Sample<'e>], distinct: &[String]) -> Vec<Group<'s, 'e>> {
    let mut groups: BTreeMap<Shape, Vec<Vec<&'s Sample<'e>>>> = BTreeMap::new();
    let mut ordered: Vec<(Template, &Sample<'_>)> = templates(samples).into_iter().zip(samples).collect();
    // By what was asked, so that it makes no difference which of two requests of a program was quicker.
    ordered.sort_by(|(_, a), (_, b)| asked(a).cmp(&asked(b)));
    for (template, sample) in ordered {
        let kinds = groups.entry(Shape::of(sample, template, distinct)).or_default();
        match kinds.iter_mut().find(|kind| kind.iter().any(|other| is_kin(other, sample))) {
            Some(kind) => kind.push(sample),
            None => kinds.push(vec![sample]),
        }
    }
    let groups = groups.into_iter();
    groups
        .flat_map(|(shape, kinds)| kinds.into_iter().map(move |samples| Group { shape: shape.clone(), samples }))
        .collect()
}

fn asked<'s>(sample: &'s Sample<'_>) -> (usize, &'s str, Option<&'s str>, &'s [u8]) {
    let request = &sample.exchange.request;
    (request.path.len(), &request.path, request.query.as_deref(), &request.body)
}

/// Whether two answers have anything in common: objects without a common key are different kinds of answers, unless
/// their keys are data.
fn is_kin(a: &Sample<'_>, b: &Sample<'_>) -> bool {
    let ((kind, one), (_, other)) = (a.came.outline(), b.came.outline());
    if kind != "object" || one.is_empty() || other.is_empty() || one.iter().any(|key| other.contains(key)) {
        return true;
    }
    let views = [a.came.view(), b.came.view()];
    let mut values = views.iter().flatten().filter_map(|view| view.as_object()).flat_map(|object| object.values());
    let Some(first) = values.next() else { return true };
    values.all(|value| std::mem::discriminant(value) == std::mem::discriminant(first))
}
