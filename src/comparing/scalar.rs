//! One place without a structure of its own: does every value of one type fit, none, or some?

use serde_json::Value;

use super::languages::{Language, Search, search};
use super::samples::candidates;
use super::validity::Validity;
use crate::contract::{Format, JsonType, Matcher};
use crate::matching::{Closeness, Medium, Shape, fits};
use crate::openapi::{Alternative, Document, Kind};

/// How the values of one type stand to a place.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fit {
    Every,
    None,
    /// Some fit, or may fit, and this one doesn't.
    NotThis(Value),
    Unknown,
}

/// Judges the values of one type that an alternative of `schemas` allows.
pub(super) fn judge(
    document: &Document,
    validity: &Validity<'_>,
    schemas: &[String],
    way: &Alternative<'_>,
    kind: Kind,
    shape: &Shape<'_>,
) -> Fit {
    if let Some(values) = way.finite() {
        let values: Vec<Value> = values.into_iter().filter(|value| Kind::of(value) == kind).collect();
        return among(shape, &values);
    }
    match kind {
        Kind::Null => return among(shape, &[Value::Null]),
        Kind::Boolean => return among(shape, &[Value::Bool(true), Value::Bool(false)]),
        Kind::Number | Kind::String | Kind::Array | Kind::Object => {}
    }
    let texts = if kind == Kind::String { languages(way) } else { Vec::new() };
    let proof = proof(validity, schemas, way, kind, shape, &texts);
    match proof {
        Proof::Every => return Fit::Every,
        Proof::None => return Fit::None,
        Proof::Open | Proof::But(_) => {}
    }
    let found = if let Proof::But(text) = proof { Some(Value::String(text)) } else { None };
    let mut tried = found.into_iter().chain(candidates(document, way, kind));
    let refuted =
        tried.find(|value| !fits(shape, value, Medium::Json) && validity.allows(schemas, value) == Some(true));
    refuted.map_or(Fit::Unknown, Fit::NotThis)
}

/// Judges a finite number of values.
fn among(shape: &Shape<'_>, values: &[Value]) -> Fit {
    let misfit = values.iter().find(|value| !fits(shape, value, Medium::Json));
    match misfit {
        None => Fit::Every,
        Some(_) if !values.iter().any(|value| fits(shape, value, Medium::Json)) => Fit::None,
        Some(misfit) => Fit::NotThis(misfit.clone()),
    }
}

/// What could be shown about all values of a type.
#[derive(Clone, Debug, PartialEq)]
enum Proof {
    Every,
    None,
    /// A text that is likely to be allowed and doesn't fit.
    But(String),
    Open,
}

impl Proof {
    /// What holds if both conditions apply.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::None, _) | (_, Self::None) => Self::None,
            (Self::But(text), _) | (_, Self::But(text)) => Self::But(text),
            (Self::Every, Self::Every) => Self::Every,
            (Self::Open, _) | (_, Self::Open) => Self::Open,
        }
    }
}

fn proof(
    validity: &Validity<'_>,
    schemas: &[String],
    way: &Alternative<'_>,
    kind: Kind,
    shape: &Shape<'_>,
    texts: &[Language],
) -> Proof {
    if !shape.alternatives.is_empty() {
        return Proof::Open;
    }
    let mut all = Proof::Every;
    if let Some(rule) = shape.rule() {
        if rule.has(&Matcher::Any) {
            return Proof::Every;
        }
        for matcher in &rule.matchers {
            all = all.and(of_matcher(validity, schemas, way, kind, matcher, texts));
        }
        if rule.determines_value() && !rule.wants_example() && matches!(kind, Kind::Number | Kind::String) {
            return all;
        }
    }
    all.and(of_example(validity, schemas, kind, shape))
}

/// What the example says, where no rule says what the value is.
fn of_example(validity: &Validity<'_>, schemas: &[String], kind: Kind, shape: &Shape<'_>) -> Proof {
    if shape.examples.is_empty() || shape.mode.closeness == Closeness::Loose {
        return Proof::Every;
    }
    let mut same_type = shape.examples.iter().filter(|example| Kind::of(example) == kind).peekable();
    match shape.mode.closeness {
        _ if same_type.peek().is_none() => Proof::None,
        Closeness::Value if same_type.all(|example| validity.allows(schemas, example) == Some(false)) => Proof::None,
        Closeness::Value => Proof::Open,
        Closeness::Type | Closeness::Loose => Proof::Every,
    }
}

fn of_matcher(
    validity: &Validity<'_>,
    schemas: &[String],
    way: &Alternative<'_>,
    kind: Kind,
    matcher: &Matcher,
    texts: &[Language],
) -> Proof {
    let only = |wanted: Kind| if kind == wanted { Proof::Every } else { Proof::None };
    match matcher {
        Matcher::Type(JsonType::String) => only(Kind::String),
        Matcher::Type(JsonType::Number) => only(Kind::Number),
        Matcher::Type(JsonType::Boolean) => only(Kind::Boolean),
        Matcher::Type(JsonType::Integer) if kind == Kind::Number => {
            if way.bounds().integer {
                Proof::Every
            } else {
                Proof::Open
            }
        }
        Matcher::Format(_) | Matcher::Regex(_) if kind != Kind::String => Proof::None,
        Matcher::Type(JsonType::Integer) => Proof::None,
        Matcher::Format(format) if way.formats().any(|name| name == format.word()) => Proof::Every,
        Matcher::Format(format) => match Language::whole(outline(*format)) {
            Some(wanted) => of_language(texts, &wanted, false),
            None => Proof::Open,
        },
        Matcher::Regex(pattern) => match Language::whole(pattern.as_str()) {
            Some(wanted) => of_language(texts, &wanted, true),
            None => Proof::Open,
        },
        Matcher::OneOf(values) => {
            if values.iter().all(|value| validity.allows(schemas, value) == Some(false)) {
                Proof::None
            } else {
                Proof::Open
            }
        }
        Matcher::Schema(_) => Proof::Open,
        Matcher::Exact
        | Matcher::Equal
        | Matcher::Any
        | Matcher::Absent
        | Matcher::Size { .. }
        | Matcher::Unordered
        | Matcher::Contains
        | Matcher::Closed => Proof::Every,
    }
}

/// How the texts that a document allows stand to a set; unless `exact`, the set has texts that don't fit, too.
fn of_language(texts: &[Language], wanted: &Language, exact: bool) -> Proof {
    let allowed: Vec<&Language> = texts.iter().collect();
    let both: Vec<&Language> = texts.iter().chain([wanted]).collect();
    if search(&both, &[]) == Search::Nothing {
        return Proof::None;
    }
    // With no condition at all, every text is allowed.
    match search(&allowed, &[wanted]) {
        Search::Nothing if exact => Proof::Every,
        Search::Text(text) => Proof::But(text),
        Search::Nothing | Search::TooMuch => Proof::Open,
    }
}

/// The texts that an alternative allows: one set for each condition that can be written as one.
fn languages(way: &Alternative<'_>) -> Vec<Language> {
    let lengths = way.lengths();
    let patterns = way.patterns().filter_map(Language::containing);
    let formats = way.formats().filter_map(|name| {
        let formats = [Format::Uuid, Format::Date, Format::DateTime, Format::Time, Format::Email, Format::Uri];
        let format = formats.into_iter().find(|format| format.word() == name)?;
        Language::whole(outline(format))
    });
    // At least the set of all texts.
    let all = Language::whole("(?s:.)*");
    patterns.chain(formats).chain(Language::of_length(lengths.least, lengths.most)).chain(all).collect()
}

/// An expression for all texts of a format, and some others.
const fn outline(format: Format) -> &'static str {
    match format {
        Format::Uuid => "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
        Format::Date => "[0-9]{4}-[0-9]{2}-[0-9]{2}",
        Format::DateTime => "[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9:.]+([Zz]|[+-][0-9:]+)",
        Format::Time => "[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?([Zz]|[+-][0-9:]+)?",
        Format::Email => "(?s:.)+@(?s:.)+",
        Format::Uri => "[A-Za-z][A-Za-z0-9+.-]*:(?s:.)*",
    }
}
