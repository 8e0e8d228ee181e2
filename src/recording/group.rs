//! Groups exchanges into interactions: those with the same shape of request and the same kind of response.

use std::collections::{BTreeMap, BTreeSet};

use super::sample::{BodyKind, Sample};
use super::target::{Template, templates};
use super::telling::{self, telling};

/// The properties that all samples of an interaction share. Their order is the order of the interactions in a new
/// contract.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shape {
    pub template: Template,
    method: (usize, String),
    pub status: u16,
    /// The names of the query's parameters.
    pub query: BTreeSet<String>,
    /// The values that tell operations on the same path apart.
    pub operation: BTreeMap<String, String>,
    /// The kind of the request's body with the keys on its first level, or with its media type if it can't have keys.
    pub request_body: (BodyKind, Vec<String>),
    /// The media types that the consumer requests, if any.
    pub accept: Vec<String>,
    /// The kind of the response's body, and its media type.
    pub response_body: (BodyKind, Option<String>),
}

/// The samples of one interaction.
#[derive(Debug)]
pub(super) struct Group<'s, 'e> {
    pub shape: Shape,
    /// Never empty, in an order that doesn't depend on which request came first.
    pub samples: Vec<&'s Sample<'e>>,
}

/// The order of methods on one path: roughly the life of a resource.
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
            request_body: sample.request_outline(),
            accept: accepted_types(sample),
            response_body: (sample.response_body.outline().0, sample.response_media_type()),
        }
    }

    /// The shape of one sample, seen without the others.
    pub(super) fn of_one(sample: &Sample<'_>, distinct: &[String]) -> Self {
        Self::of(sample, Template::of(&sample.exchange.request.path), distinct)
    }

    pub(super) fn method(&self) -> &str {
        &self.method.1
    }

    /// Whether the requests have the same shape, whatever the responses.
    pub(super) fn same_request(&self, other: &Self) -> bool {
        self.template == other.template
            && self.method == other.method
            && self.query == other.query
            && self.operation == other.operation
            && self.request_body == other.request_body
    }
}

/// The media types that the consumer accepts, without those that accept everything.
pub(super) fn accepted_types(sample: &Sample<'_>) -> Vec<String> {
    let mut values = sample.request_header("accept");
    values.retain(|value| !value.contains('*'));
    values
}

/// Groups the samples by interaction, in the order in which a new contract has them.
pub(super) fn group_samples<'s, 'e>(samples: &'s [Sample<'e>], distinct: &[String]) -> Vec<Group<'s, 'e>> {
    let mut groups: BTreeMap<Shape, Vec<Vec<&'s Sample<'e>>>> = BTreeMap::new();
    let mut ordered: Vec<(Template, &Sample<'_>)> = templates(samples).into_iter().zip(samples).collect();
    // By request, so the order in which concurrent requests happened to arrive makes no difference.
    ordered.sort_by(|(_, a), (_, b)| sort_key(a).cmp(&sort_key(b)));
    for (template, sample) in ordered {
        let kinds = groups.entry(Shape::of(sample, template, distinct)).or_default();
        match kinds.iter_mut().find(|kind| kind.iter().any(|other| are_alike(other, sample))) {
            Some(kind) => kind.push(sample),
            None => kinds.push(vec![sample]),
        }
    }
    let groups = groups.into_iter();
    groups.flat_map(|(shape, kinds)| kinds.into_iter().flat_map(move |samples| tell_apart(&shape, samples))).collect()
}

/// The groups of samples whose responses tell their requests apart; most often a single one.
fn tell_apart<'s, 'e>(shape: &Shape, samples: Vec<&'s Sample<'e>>) -> Vec<Group<'s, 'e>> {
    let telling = telling(&samples);
    let mut groups: BTreeMap<_, Vec<&'s Sample<'e>>> = BTreeMap::new();
    for sample in samples {
        groups.entry(telling::key(&telling, sample)).or_default().push(sample);
    }
    let groups = groups.into_iter().map(|((path, values), samples)| {
        let mut shape = shape.clone();
        if let Some(path) = path {
            shape.template = Template::literal(&path);
        }
        shape.operation.extend(values);
        Group { shape, samples }
    });
    groups.collect()
}

fn sort_key<'s>(sample: &'s Sample<'_>) -> (usize, &'s str, Option<&'s str>, &'s [u8]) {
    let request = &sample.exchange.request;
    (request.path.len(), &request.path, request.query.as_deref(), &request.body)
}

/// Whether two responses are of the same kind. Objects without a common key aren't, unless their keys are data.
fn are_alike(a: &Sample<'_>, b: &Sample<'_>) -> bool {
    let ((kind, one), (_, other)) = (a.response_body.outline(), b.response_body.outline());
    if kind != BodyKind::Object || one.is_empty() || other.is_empty() || one.iter().any(|key| other.contains(key)) {
        return true;
    }
    let views = [a.response_body.view(), b.response_body.view()];
    let mut values = views.iter().flatten().filter_map(|view| view.as_object()).flat_map(|object| object.values());
    let Some(first) = values.next() else { return true };
    values.all(|value| std::mem::discriminant(value) == std::mem::discriminant(first))
}
