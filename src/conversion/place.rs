//! The part of an interaction that a remark is about.

use std::fmt;

/// A part of an interaction, or all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// `None` for the interaction as a whole.
    pub side: Option<Side>,
    pub part: Part,
}

/// One of the two messages of an interaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    Request,
    Response,
}

/// A part of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Part {
    #[default]
    Whole,
    Path,
    Query,
    /// A parameter of the query, by its name.
    Parameter(String),
    /// A header, by its name.
    Header(String),
    Status,
    Body,
    /// A place in the body, by its path in the file's own spelling, or a field of a form, by its name.
    InBody(String),
}

/// The parts of a message that have texts by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NamedTexts {
    Query,
    Headers,
    Form,
}

impl Side {
    /// The key of the message in its interaction, in both formats.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
        }
    }
}

impl Part {
    /// The place of the body that a path leads to.
    pub(super) fn in_body(path: String) -> Self {
        if path.is_empty() { Self::Body } else { Self::InBody(path) }
    }
}

impl NamedTexts {
    /// The part that has a name.
    pub(super) fn part(self, name: &str) -> Part {
        let name = name.to_owned();
        match self {
            Self::Query => Part::Parameter(name),
            Self::Headers => Part::Header(name),
            Self::Form => Part::InBody(name),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.side, &self.part) {
            (None, part) => part.fmt(f),
            (Some(side), Part::Whole) => f.write_str(side.key()),
            (Some(side), part) => write!(f, "{} {part}", side.key()),
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => Ok(()),
            Self::Path => f.write_str("path"),
            Self::Query => f.write_str("query"),
            Self::Parameter(name) => write!(f, "query {name}"),
            Self::Header(name) => write!(f, "header {name}"),
            Self::Status => f.write_str("status"),
            Self::Body => f.write_str("body"),
            Self::InBody(path) => write!(f, "body {path}"),
        }
    }
}
