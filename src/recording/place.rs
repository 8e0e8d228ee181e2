//! A place in one of the two messages of an exchange, for remarks and for secrets.

use std::fmt;

use crate::interaction::Part;

/// One of the two messages of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    Request,
    Response,
}

/// A place in a message: `response body items[].qty`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub side: Side,
    /// Nothing for the message as a whole.
    pub part: Option<Part>,
    /// The place inside the part: a header's or a parameter's name, a path in a body; empty for the part as a whole.
    pub inside: String,
}

impl Place {
    pub(super) const REQUEST: Self = Self { side: Side::Request, part: None, inside: String::new() };

    pub(super) fn new(side: Side, part: Part, inside: impl Into<String>) -> Self {
        Self { side, part: Some(part), inside: inside.into() }
    }

    /// A part as a whole.
    pub(super) const fn of_part(side: Side, part: Part) -> Self {
        Self { side, part: Some(part), inside: String::new() }
    }

    pub(super) fn is_in(&self, side: Side, part: Part) -> bool {
        self.side == side && self.part == Some(part)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.side {
            Side::Request => "request",
            Side::Response => "response",
        })?;
        if let Some(part) = self.part {
            write!(f, " {part}")?;
        }
        if self.inside.is_empty() { Ok(()) } else { write!(f, " {}", self.inside) }
    }
}
