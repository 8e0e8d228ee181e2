//! The walk through a body: the finite tree of the contract's expectation beside the schemas of the document.

use serde_json::Value;

use super::gap::{Cause, Gap, Verdict};
use super::samples;
use super::scalar::{Fit, judge};
use super::validity::Validity;
use crate::contract::{Matcher, Rule};
use crate::interaction::{Part, Path, Segment, work};
use crate::matching::{ArrayShape, Closeness, Elements, Field as Wanted, Medium, ObjectShape, Shape, fits, wanted};
use crate::openapi::{Alternative, Document, Field, Kind, Lengths};
use crate::source::Pointer;
use crate::words::nearest;

/// How many steps one place takes: its alternatives are made, and candidates judged.
const STEPS: usize = 200;

/// A walk through one body.
pub(super) struct Walk<'a, 'd> {
    pub document: &'d Document,
    pub validity: &'a Validity<'d>,
    /// Whether the contract names provider states: then what depends on data is theirs to provide.
    pub has_state: bool,
    /// Where the body and its rules are in the contract.
    pub example: Pointer,
    pub rules: Pointer,
    at: Vec<Segment>,
}

impl<'a, 'd> Walk<'a, 'd> {
    pub(super) const fn new(
        document: &'d Document,
        validity: &'a Validity<'d>,
        has_state: bool,
        example: Pointer,
        rules: Pointer,
    ) -> Self {
        Self { document, validity, has_state, example, rules, at: Vec::new() }
    }

    /// Every gap at a place and below: the schemas there all apply.
    pub(super) fn place(&mut self, shape: &Shape<'_>, schemas: &[String]) -> Vec<Gap> {
        if !work::spend(STEPS) {
            return vec![self.gap(Verdict::Undecided, Cause::TooMuch, shape, None)];
        }
        let takes_all = |rule: &Rule| rule.has(&Matcher::Any) && shape.object.is_none() && shape.array.is_none();
        if shape.rule().is_some_and(takes_all) {
            return Vec::new();
        }
        let document = self.document;
        let Some(ways) = document.alternatives(schemas) else {
            return vec![self.gap(Verdict::Undecided, Cause::TooManyWays, shape, schemas.first())];
        };
        let cases: Vec<(&Alternative<'_>, Kind)> = ways
            .iter()
            .flat_map(|way| Kind::ALL.into_iter().filter(|kind| way.types().has(*kind)).map(move |kind| (way, kind)))
            .collect();
        if cases.is_empty() {
            return vec![self.gap(Verdict::Breaks, Cause::Nothing, shape, schemas.first())];
        }
        if cases.len() == Kind::ALL.len() && ways.iter().all(Alternative::is_unspecified) && !shape.examples.is_empty()
        {
            return vec![self.gap(
                Verdict::NotGuaranteed,
                Cause::Open,
                shape,
                ways.first().and_then(Alternative::at).map(str::to_owned).as_ref(),
            )];
        }
        let mut found: Vec<Case> = Vec::with_capacity(cases.len());
        for (way, kind) in cases {
            let gaps = self.case(shape, schemas, way, kind);
            let broken = gaps.iter().any(|gap| gap.verdict == Verdict::Breaks);
            let is_witness =
                |value: &Value| self.validity.allows(schemas, value) == Some(true) && !fits(shape, value, Medium::Json);
            let candidates = if broken { samples::candidates(document, way, kind) } else { Vec::new() };
            found.push(Case { gaps, kind, sample: candidates.into_iter().find(is_witness) });
        }
        combine(found, shape)
    }

    /// The gaps for values of one type that one alternative allows.
    fn case(&mut self, shape: &Shape<'_>, schemas: &[String], way: &Alternative<'_>, kind: Kind) -> Vec<Gap> {
        if shape.rule().is_some_and(|rule| rule.or_null) && kind == Kind::Null {
            return Vec::new();
        }
        let simple = shape.alternatives.is_empty() && way.finite().is_none() && !judges_whole(shape);
        match (kind, &shape.object, &shape.array) {
            (Kind::Object, Some(object), _) if simple => self.object(shape, object, way),
            (Kind::Array, _, Some(array)) if simple => self.array(shape, array, way),
            _ => {
                let at = way.at().map(str::to_owned);
                match judge(self.document, self.validity, schemas, way, kind, shape) {
                    Fit::Every => Vec::new(),
                    Fit::None => {
                        let cause = match way.finite() {
                            Some(values) => Cause::Values(values),
                            None if shape.examples.iter().any(|example| Kind::of(example) == kind) => Cause::Value,
                            None => Cause::Type(kind),
                        };
                        vec![self.gap(Verdict::Breaks, cause, shape, at.as_ref())]
                    }
                    Fit::NotThis(witness) => {
                        let cause = way.finite().map_or(Cause::Value, Cause::Values);
                        let gap = self.gap(Verdict::NotGuaranteed, cause, shape, at.as_ref());
                        vec![Gap { witness: Some(witness), ..gap }]
                    }
                    Fit::Unknown => vec![self.gap(Verdict::Undecided, Cause::Value, shape, at.as_ref())],
                }
            }
        }
    }

    fn object(&mut self, shape: &Shape<'_>, wanted: &ObjectShape<'_>, way: &Alternative<'_>) -> Vec<Gap> {
        let mut gaps = Vec::new();
        let at = way.at().map(str::to_owned);
        if let Some(any) = &wanted.any_key {
            let entries = way.entries();
            gaps.extend(self.size(shape, entries, at.as_ref()));
            self.at.push(Segment::AnyKey);
            let mut others = vec![way.other_properties()];
            let named = way.properties().into_iter().filter(|name| !wanted.fields.contains_key(name));
            others.extend(named.filter_map(|name| match way.field(name) {
                Field::Declared { schemas, .. } => Some(schemas),
                Field::Never | Field::Undeclared | Field::Open => None,
            }));
            for schemas in others {
                // Whether there is such an entry depends on the data.
                gaps.extend(self.place(any, &schemas).into_iter().map(|gap| gap.at_most(Verdict::NotGuaranteed)));
            }
            self.at.pop();
        }
        for (key, field) in &wanted.fields {
            if work::is_spent() {
                break;
            }
            self.at.push(Segment::Key((*key).to_owned()));
            gaps.extend(self.field(key, field, wanted, way));
            self.at.pop();
        }
        if wanted.closed && wanted.any_key.is_none() {
            gaps.extend(self.other_keys(shape, wanted, way));
        }
        gaps
    }

    fn field(&mut self, key: &str, field: &Wanted<'_>, object: &ObjectShape<'_>, way: &Alternative<'_>) -> Vec<Gap> {
        let at = way.at().map(str::to_owned);
        let (schemas, required) = match way.field(key) {
            Field::Declared { schemas, required } => (schemas, required),
            Field::Never if field.required => {
                return vec![self.gap(Verdict::Breaks, Cause::Forbidden, &field.shape, at.as_ref())];
            }
            Field::Undeclared if field.required => {
                let declared = way.properties();
                let others = declared.iter().copied().filter(|name| !object.fields.contains_key(name));
                let near = nearest(key, others).map(str::to_owned);
                return vec![self.gap(Verdict::Breaks, Cause::Undeclared { near }, &field.shape, at.as_ref())];
            }
            Field::Never | Field::Undeclared => return Vec::new(),
            Field::Open => {
                let cause = if field.absent { Cause::Present { always: false } } else { Cause::Open };
                return vec![self.gap(Verdict::NotGuaranteed, cause, &field.shape, at.as_ref())];
            }
        };
        let place = schemas.first().cloned();
        if self.is_write_only(&schemas) {
            let verdict = if field.required { vec![Verdict::Breaks] } else { Vec::new() };
            let cause = Cause::Undeclared { near: None };
            return verdict
                .into_iter()
                .map(|verdict| self.gap(verdict, cause.clone(), &field.shape, place.as_ref()))
                .collect();
        }
        if field.absent {
            let verdict = if required { Verdict::Breaks } else { Verdict::NotGuaranteed };
            return vec![self.gap(verdict, Cause::Present { always: required }, &field.shape, place.as_ref())];
        }
        let mut gaps = Vec::new();
        if field.required && !required {
            let verdict = if self.has_state { Verdict::NeedsState } else { Verdict::NotGuaranteed };
            gaps.push(self.gap(verdict, Cause::Optional, &field.shape, place.as_ref()));
        }
        if let Some(mark) = way.mark(key) {
            let mark = Value::String(mark.to_owned());
            if !fits(&field.shape, &mark, Medium::Json) {
                gaps.push(self.gap(Verdict::Breaks, Cause::Values(vec![mark]), &field.shape, place.as_ref()));
            }
        } else {
            let below = self.place(&field.shape, &schemas);
            // What may be missing on both sides breaks nothing as long as it is.
            let worst = if field.required || required { Verdict::Breaks } else { Verdict::NotGuaranteed };
            let broken = below.iter().any(|gap| gap.verdict == Verdict::Breaks) && worst != Verdict::Breaks;
            let sample = if broken { self.misfit(&field.shape, &schemas) } else { None };
            gaps.extend(below.into_iter().map(|gap| {
                let witness = gap.witness.clone().or_else(|| sample.clone().filter(|_| gap.verdict == Verdict::Breaks));
                Gap { witness, ..gap.at_most(worst) }
            }));
        }
        gaps
    }

    /// A value that the schemas allow and that doesn't fit.
    fn misfit(&self, shape: &Shape<'_>, schemas: &[String]) -> Option<Value> {
        let ways = self.document.alternatives(schemas)?;
        let kinds =
            |way: &Alternative<'_>| Kind::ALL.into_iter().filter(|kind| way.types().has(*kind)).collect::<Vec<_>>();
        let all = ways
            .iter()
            .flat_map(|way| kinds(way).into_iter().flat_map(|kind| samples::candidates(self.document, way, kind)));
        all.into_iter()
            .find(|value| self.validity.allows(schemas, value) == Some(true) && !fits(shape, value, Medium::Json))
    }

    /// The other keys that a document allows where the contract refuses them.
    fn other_keys(&self, shape: &Shape<'_>, wanted: &ObjectShape<'_>, way: &Alternative<'_>) -> Vec<Gap> {
        let at = way.at().map(str::to_owned);
        let declared = way.properties();
        let other = declared.into_iter().filter(|name| !wanted.fields.contains_key(name)).find_map(|name| {
            match way.field(name) {
                Field::Declared { required, .. } => Some((name.to_owned(), required)),
                Field::Never | Field::Undeclared | Field::Open => None,
            }
        });
        let (verdict, name) = match other {
            Some((name, true)) => (Verdict::Breaks, Some(name)),
            Some((name, false)) => (Verdict::NotGuaranteed, Some(name)),
            None if way.field("") == Field::Never || way.field("") == Field::Undeclared => return Vec::new(),
            None => (Verdict::NotGuaranteed, None),
        };
        vec![self.gap(verdict, Cause::OtherKeys { name }, shape, at.as_ref())]
    }

    fn array(&mut self, shape: &Shape<'_>, wanted: &ArrayShape<'_>, way: &Alternative<'_>) -> Vec<Gap> {
        let at = way.at().map(str::to_owned);
        let mut gaps = Vec::new();
        match &wanted.elements {
            Elements::Each(each) => {
                gaps.extend(self.size(shape, way.sizes(), at.as_ref()));
                let may_be_empty = shape.rule().and_then(Rule::size).is_some_and(|(least, _)| least == 0);
                let worst = if may_be_empty { Verdict::NotGuaranteed } else { Verdict::Breaks };
                self.at.push(Segment::Each);
                let below = self.place(each, &way.element(None));
                gaps.extend(below.into_iter().map(|gap| gap.at_most(worst)));
                self.at.pop();
                for (index, own) in &wanted.at {
                    self.at.push(Segment::Index(*index));
                    let below = self.place(own, &way.element(Some(*index)));
                    gaps.extend(below.into_iter().map(|gap| gap.at_most(worst)));
                    self.at.pop();
                }
            }
            Elements::Sequence(sequence) => {
                gaps.extend(self.exactly(shape, sequence.len(), way.sizes(), at.as_ref()));
                for (index, own) in sequence.iter().enumerate() {
                    self.at.push(Segment::Index(index));
                    gaps.extend(self.place(own, &way.element(Some(index))));
                    self.at.pop();
                }
            }
            Elements::Unordered(elements) => {
                gaps.extend(self.exactly(shape, elements.len(), way.sizes(), at.as_ref()));
                gaps.extend(self.somewhere(shape, elements, way, at.as_ref()));
            }
            Elements::Contains(elements) => gaps.extend(self.somewhere(shape, elements, way, at.as_ref())),
        }
        gaps
    }

    /// The gaps of elements that may be anywhere in a list.
    fn somewhere(
        &mut self,
        shape: &Shape<'_>,
        elements: &[Shape<'_>],
        way: &Alternative<'_>,
        at: Option<&String>,
    ) -> Vec<Gap> {
        let mut gaps = Vec::new();
        for element in elements {
            self.at.push(Segment::Each);
            let below = self.place(element, &way.element(None));
            self.at.pop();
            gaps.extend(below.into_iter().filter(|gap| gap.verdict == Verdict::Breaks));
        }
        if gaps.is_empty() && !elements.is_empty() {
            gaps.push(self.gap(Verdict::NeedsState, Cause::Elements, shape, at));
        }
        gaps
    }

    fn exactly(&self, shape: &Shape<'_>, length: usize, sizes: Lengths, at: Option<&String>) -> Option<Gap> {
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        self.within(shape, (length, Some(length)), sizes, at)
    }

    /// Whether the number of elements or entries that a document allows is the one that the contract needs.
    fn size(&self, shape: &Shape<'_>, sizes: Lengths, at: Option<&String>) -> Option<Gap> {
        let needed = match shape.rule().and_then(Rule::size) {
            Some(size) => size,
            None if shape.mode.closeness == Closeness::Type && !shape.examples.is_empty() => (1, None),
            None => return None,
        };
        self.within(shape, needed, sizes, at)
    }

    fn within(
        &self,
        shape: &Shape<'_>,
        (least, most): (u64, Option<u64>),
        sizes: Lengths,
        at: Option<&String>,
    ) -> Option<Gap> {
        let never = sizes.most.is_some_and(|limit| limit < least) || most.is_some_and(|limit| sizes.least > limit);
        let always = sizes.least >= least && most.is_none_or(|limit| sizes.most.is_some_and(|most| most <= limit));
        let verdict = match (never, always) {
            (true, _) => Verdict::Breaks,
            (false, true) => return None,
            (false, false) => Verdict::NeedsState,
        };
        Some(self.gap(verdict, Cause::Size { least: sizes.least, most: sizes.most }, shape, at))
    }

    /// Whether a property is only ever sent to the provider.
    fn is_write_only(&self, schemas: &[String]) -> bool {
        schemas
            .iter()
            .any(|at| self.document.value(at).and_then(|it| it.get("writeOnly")).is_some_and(|it| *it == true))
    }

    fn gap(&self, verdict: Verdict, cause: Cause, shape: &Shape<'_>, document: Option<&String>) -> Gap {
        let expectation = match shape.rule {
            Some(rule) => self.rules.key(&*rule.key),
            None => self.example_place(),
        };
        let path = if self.at.is_empty() { String::from("$") } else { Path(self.at.clone()).to_string() };
        let wanted = Some(wanted(shape));
        Gap {
            verdict,
            is_request: false,
            part: Part::Body,
            path,
            cause,
            wanted,
            witness: None,
            expectation,
            document: document.cloned(),
        }
    }

    /// Where the example shows the place, as far as it does: the first element stands for each.
    fn example_place(&self) -> Pointer {
        self.at.iter().fold(self.example.clone(), |pointer, segment| match segment {
            Segment::Key(key) => pointer.key(key.as_str()),
            Segment::Index(index) => pointer.index(*index),
            Segment::Each => pointer.index(0),
            Segment::AnyKey => pointer,
        })
    }
}

/// The gaps of one case: values of one type, by one alternative.
struct Case {
    gaps: Vec<Gap>,
    kind: Kind,
    /// A value of the case, if none of its values fits.
    sample: Option<Value>,
}

impl Case {
    fn breaks(&self) -> bool {
        self.gaps.iter().any(|gap| gap.verdict == Verdict::Breaks)
    }
}

/// Whether a matcher judges a value with everything in it, so that walking into it isn't enough.
fn judges_whole(shape: &Shape<'_>) -> bool {
    let whole = |matcher: &Matcher| match matcher {
        Matcher::Schema(_) | Matcher::OneOf(_) | Matcher::Type(_) | Matcher::Format(_) | Matcher::Regex(_) => true,
        Matcher::Exact
        | Matcher::Equal
        | Matcher::Any
        | Matcher::Absent
        | Matcher::Size { .. }
        | Matcher::Unordered
        | Matcher::Contains
        | Matcher::Closed => false,
    };
    shape.rule().is_some_and(|rule| rule.matchers.iter().any(whole))
}

/// What holds for a place whose values are those of several cases.
fn combine(cases: Vec<Case>, shape: &Shape<'_>) -> Vec<Gap> {
    if cases.iter().all(Case::breaks) {
        // The case that is most like the example says best why.
        let like = |case: &Case| shape.examples.iter().any(|example| Kind::of(example) == case.kind);
        let best = cases.iter().position(like).unwrap_or(0);
        return cases.into_iter().nth(best).map(|case| case.gaps).unwrap_or_default();
    }
    let mut found: Vec<Gap> = Vec::new();
    for Case { gaps, sample, .. } in cases {
        for gap in gaps {
            let gap = match gap.verdict {
                Verdict::Breaks => Gap {
                    witness: gap.witness.clone().or_else(|| sample.clone()),
                    ..gap.at_most(Verdict::NotGuaranteed)
                },
                _ => gap,
            };
            let same = |known: &&mut Gap| known.path == gap.path && known.cause == gap.cause;
            match found.iter_mut().find(same) {
                Some(known) => {
                    known.verdict = known.verdict.max(gap.verdict);
                    known.witness = known.witness.take().or(gap.witness);
                }
                None => found.push(gap),
            }
        }
    }
    found
}
