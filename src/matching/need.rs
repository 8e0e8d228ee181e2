//! Questions about the shape of a place that need no message: what it wants, and whether a value would do.

use serde_json::Value;

use super::scalar::Medium;
use super::shape::Shape;
use super::value::{Places, compare, expected_of};
use crate::interaction::{Expected, Part};
use crate::source::Pointer;

/// What is wanted at a place.
#[must_use]
pub fn wanted(shape: &Shape<'_>) -> Expected {
    expected_of(shape)
}

/// Whether a value fits a place and everything below it.
#[must_use]
pub fn fits(shape: &Shape<'_>, value: &Value, medium: Medium) -> bool {
    let places = Places { part: Part::Body, example: Pointer::root(), rules: Pointer::root() };
    compare(shape, value, value, medium, &places).is_empty()
}
