//! The provider states that are active: what tells interactions apart whose requests are alike.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::interaction::State;
use crate::source::{Limits, parse_yaml};

/// How much of a text is read as states.
const LIMITS: Limits = Limits { bytes: 1 << 20, depth: 64, values: 10_000, aliased: 0 };

/// A provider state that is active, with the parameters that it was given.
#[derive(Clone, Debug, PartialEq)]
pub struct ActiveState {
    pub name: String,
    /// These stand in the place of the contract's own.
    pub params: Map<String, Value>,
}

/// What is to happen to the active states.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// These and no others are active from now on.
    Set(Vec<ActiveState>),
    /// One more is active.
    Setup(ActiveState),
    /// One is active no more.
    Teardown(ActiveState),
}

/// Why a text names no states.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct StateError(String);

/// How well the active states are those of an interaction.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Standing {
    /// Whether all that it needs are active.
    pub all: bool,
    /// How many of those that it needs are active.
    pub active: usize,
    /// How many parameters were activated with another value than the interaction's.
    pub differing: usize,
    /// The values of its placeholders.
    pub values: Map<String, Value>,
}

impl ActiveState {
    /// The states that the lines of a header name: each line is one, as `given` writes it (`an order exists`, or
    /// `an order exists: { id: 42 }`), or a list of such (`["an order exists", "no payments"]`).
    pub fn read<'l>(lines: impl IntoIterator<Item = &'l str>) -> Vec<Self> {
        let mut states = Vec::new();
        for line in lines {
            let read = parse_yaml(&Arc::from("states"), line, LIMITS).ok().map(|(value, _)| value);
            // A name may look like something else: `order 42: paid`.
            let named = read.and_then(|value| listed(&value).ok());
            match named {
                Some(named) => states.extend(named),
                None if line.trim().is_empty() => {}
                None => states.push(Self { name: line.trim().to_owned(), params: Map::new() }),
            }
        }
        states
    }
}

/// How well the active states are those that an interaction needs. Parameters that were activated take the place of its
/// own.
pub(super) fn standing(active: &[ActiveState], given: &[State]) -> Standing {
    let mut standing = Standing { all: true, active: 0, differing: 0, values: Map::new() };
    // Each stands for one: who needs two orders is not served by one.
    let mut left: Vec<&ActiveState> = active.iter().collect();
    let mut take = |fits: &dyn Fn(&ActiveState) -> bool| left.iter().position(|it| fits(it)).map(|at| left.remove(at));
    let same: Vec<Option<&ActiveState>> =
        given.iter().map(|state| take(&|active| active.name == state.name && active.params == state.params)).collect();
    for (state, same) in given.iter().zip(same) {
        let differing = |active: &ActiveState| {
            let differs = |(name, value): &(&String, &Value)| active.params.get(*name).is_some_and(|it| it != *value);
            state.params.iter().filter(differs).count()
        };
        let found = same
            .or_else(|| take(&|active| active.name == state.name && differing(active) == 0))
            .or_else(|| take(&|active| active.name == state.name));
        standing.values.extend(state.params.clone());
        match found {
            Some(active) => {
                standing.active += 1;
                standing.differing += differing(active);
                standing.values.extend(active.params.clone());
            }
            None => standing.all = false,
        }
    }
    standing
}

impl Change {
    /// Reads the message of a state handler, `{"state": name, "params": {…}, "action": "setup" | "teardown"}`; or all
    /// states that are to be active: a name, `{name: {params}}`, or a list of such.
    ///
    /// # Errors
    ///
    /// What the value is instead.
    pub fn read(value: &Value) -> Result<Self, StateError> {
        let message = value.as_object().and_then(|object| object.get("state").map(|_| object));
        let Some(object) = message else { return listed(value).map(Self::Set) };
        let state = one(object)?;
        match object.get("action").map(Value::as_str) {
            None | Some(Some("setup")) => Ok(Self::Setup(state)),
            Some(Some("teardown")) => Ok(Self::Teardown(state)),
            Some(_) => Err(StateError(String::from("the action is `setup` or `teardown`"))),
        }
    }

    /// Makes it.
    pub fn make(self, active: &mut Vec<ActiveState>) {
        match self {
            Self::Set(states) => *active = states,
            Self::Setup(state) => active.push(state),
            Self::Teardown(state) => {
                // The last that was set up like this; the parameters may have been left out.
                let same = active.iter().rposition(|other| *other == state);
                let named = || active.iter().rposition(|other| other.name == state.name);
                if let Some(at) = same.or_else(named) {
                    active.remove(at);
                }
            }
        }
    }

    /// The states that it is about.
    #[must_use]
    pub fn states(&self) -> &[ActiveState] {
        match self {
            Self::Set(states) => states,
            Self::Setup(state) | Self::Teardown(state) => std::slice::from_ref(state),
        }
    }
}

/// All states that a value names.
fn listed(value: &Value) -> Result<Vec<ActiveState>, StateError> {
    match value {
        Value::String(name) if !name.trim().is_empty() => {
            Ok(vec![ActiveState { name: name.trim().to_owned(), params: Map::new() }])
        }
        Value::Array(items) => {
            let each: Result<Vec<Vec<ActiveState>>, StateError> = items.iter().map(listed).collect();
            each.map(|states| states.into_iter().flatten().collect())
        }
        Value::Object(object) if object.contains_key("state") => one(object).map(|state| vec![state]),
        Value::Object(object) => object.iter().map(|(name, params)| named(name, params)).collect(),
        _ => Err(StateError(String::from(
            "a state is a name, or `{\"name\": {\"parameter\": value}}`, or a list of such",
        ))),
    }
}

/// `{"state": name, "params": {…}}`
fn one(object: &Map<String, Value>) -> Result<ActiveState, StateError> {
    let name = object.get("state").and_then(Value::as_str);
    let name = name.ok_or_else(|| StateError(String::from("`state` is the state's name, a text")))?;
    named(name, object.get("params").unwrap_or(&Value::Null))
}

fn named(name: &str, params: &Value) -> Result<ActiveState, StateError> {
    let params = match params {
        Value::Null => Map::new(),
        Value::Object(params) => params.clone(),
        _ => return Err(StateError(format!("the parameters of `{name}` are an object"))),
    };
    Ok(ActiveState { name: name.to_owned(), params })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(states: &[ActiveState]) -> Vec<String> {
        let shown = |it: &ActiveState| State { name: it.name.clone(), params: it.params.clone() }.to_string();
        states.iter().map(shown).collect()
    }

    #[test]
    fn a_header_names_states_as_a_contract_does() {
        for (lines, expected) in [
            (&["an order exists"][..], &["an order exists"][..]),
            (&["an order exists: { id: 42 }"], &["an order exists (id: 42)"]),
            (&["a", "b: {x: 1}"], &["a", "b (x: 1)"]),
            (&[r#"["a", {"b": {"x": "y z"}}]"#], &["a", "b (x: y z)"]),
            (&["[a, b]"], &["a", "b"]),
            (&[r#"{"state": "a", "params": {"x": 1}}"#], &["a (x: 1)"]),
            (&["{a: {x: 1}, b: }"], &["a (x: 1)", "b"]),
            // What is none of these is a name.
            (&["order 42: paid"], &["order 42: paid"]),
            (&["42"], &["42"]),
            (&["{"], &["{"]),
            (&["", "  "], &[]),
        ] {
            assert_eq!(shown(&ActiveState::read(lines.iter().copied())), expected, "{lines:?}");
        }
    }

    #[test]
    fn states_are_set_up_and_torn_down_one_by_one_or_set_at_once() {
        let mut active = Vec::new();
        for (message, expected) in [
            (json!({"state": "a", "params": {"x": 1}, "action": "setup"}), &["a (x: 1)"][..]),
            (json!({"state": "a", "params": {"x": 2}, "action": "setup"}), &["a (x: 1)", "a (x: 2)"]),
            (json!({"state": "b"}), &["a (x: 1)", "a (x: 2)", "b"]),
            (json!({"state": "a", "params": {"x": 1}, "action": "teardown"}), &["a (x: 2)", "b"]),
            (json!({"state": "a", "action": "teardown"}), &["b"]),
            (json!({"state": "unknown", "action": "teardown"}), &["b"]),
            (json!(["c", {"d": {"x": 1}}]), &["c", "d (x: 1)"]),
            (json!("e"), &["e"]),
            (json!([]), &[]),
        ] {
            Change::read(&message).unwrap().make(&mut active);
            assert_eq!(shown(&active), expected, "{message}");
        }
        for bad in [
            json!(1),
            json!(null),
            json!(""),
            json!({"state": 1}),
            json!({"a": 1}),
            json!({"state": "a", "action": "x"}),
        ] {
            assert!(Change::read(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_state_is_active_by_its_name_and_its_parameters_take_the_place_of_the_interaction_s() {
        let states = |value| match Change::read(&value).unwrap() {
            Change::Set(states) => states,
            other => panic!("{other:?}"),
        };
        let given: Vec<State> = states(json!([{"a": {"x": 1, "y": 2}}, "b"]))
            .into_iter()
            .map(|it| State { name: it.name, params: it.params })
            .collect();
        for (active, all, number, differing, values) in [
            (json!([]), false, 0, 0, json!({"x": 1, "y": 2})),
            (json!(["a"]), false, 1, 0, json!({"x": 1, "y": 2})),
            (json!(["b", {"a": {"x": 7}}]), true, 2, 1, json!({"x": 7, "y": 2})),
            (json!(["b", {"a": {"x": 7}}, {"a": {"x": 1, "z": 3}}]), true, 2, 0, json!({"x": 1, "y": 2, "z": 3})),
        ] {
            let came = standing(&states(active.clone()), &given);
            let values = values.as_object().unwrap().clone();
            assert_eq!(came, Standing { all, active: number, differing, values }, "{active}");
        }
    }
}
