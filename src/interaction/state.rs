//! A provider state: a condition that must be true at the provider before an interaction (`given`).

use std::fmt;

use serde_json::{Map, Value};

/// A state's name and its parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    pub name: String,
    pub params: Map<String, Value>,
}

/// The parameters of several states together. If two have the same name, the later one counts.
#[must_use]
pub fn params(states: &[State]) -> Map<String, Value> {
    states.iter().flat_map(|state| state.params.clone()).collect()
}

impl fmt::Display for State {
    /// `an order exists (id: 42)`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        for (index, (name, value)) in self.params.iter().enumerate() {
            f.write_str(if index == 0 { " (" } else { ", " })?;
            match value {
                Value::String(text) => write!(f, "{name}: {text}")?,
                other => write!(f, "{name}: {other}")?,
            }
        }
        if self.params.is_empty() { Ok(()) } else { f.write_str(")") }
    }
}
