//! The active provider states, which tell interactions with the same request apart.

use std::cmp::Reverse;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::interaction::State;
use crate::source::{Limits, parse_yaml};

/// The limits for a text with states.
const LIMITS: Limits = Limits { bytes: 1 << 20, depth: 64, values: 10_000, aliased: 0 };

/// The most states that can be active at once. Nobody needs nearly as many.
const MOST_STATES: usize = 1000;
/// The most bytes of all active states.
const MOST_BYTES: usize = 1 << 20;

/// An active provider state.
#[derive(Clone, Debug, PartialEq)]
pub struct ActiveState {
    pub name: String,
    /// They take precedence over those of the contract.
    pub params: Map<String, Value>,
    /// The number of requests before it was set up. States that were set up for the same request have the same age.
    pub turn: usize,
}

/// A change of the active states.
#[derive(Clone, Debug, PartialEq)]
pub enum StateChange {
    /// Makes exactly these active.
    Set(Vec<ActiveState>),
    /// Adds one.
    Setup(ActiveState),
    /// Removes one.
    Teardown(ActiveState),
}

/// Why a value isn't a change of states.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct StateError(String);

/// How well the active states match those of an interaction.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct StateMatch {
    /// Whether all of its states are active.
    pub all: bool,
    /// How many of its states are active.
    pub active: usize,
    /// The turns in which the newest and the oldest of these were set up; nothing if none is active.
    pub since: Option<(usize, usize)>,
    /// How many of their parameters have another value than in the interaction.
    pub differing: usize,
    /// The values for its placeholders.
    pub values: Map<String, Value>,
}

impl ActiveState {
    /// A state with these parameters, as old as a mock.
    pub fn new(name: impl Into<String>, params: Map<String, Value>) -> Self {
        Self { name: name.into(), params, turn: 0 }
    }

    fn is_same(&self, other: &Self) -> bool {
        (&self.name, &self.params) == (&other.name, &other.params)
    }

    /// How much memory it takes, roughly.
    fn bytes(&self) -> usize {
        self.name.len() + Value::Object(self.params.clone()).to_string().len()
    }

    /// Reads the states in the lines of a header. Each line is one state as in `given` (`an order exists`, or
    /// `an order exists: { id: 42 }`) or a list of states (`["an order exists", "no payments"]`).
    pub fn read<'l>(lines: impl IntoIterator<Item = &'l str>) -> Vec<Self> {
        let mut states = Vec::new();
        for line in lines {
            let read = parse_yaml(&Arc::from("states"), line, LIMITS).ok().map(|(value, _)| value);
            // A line that isn't one of these is a name, such as `order 42: paid`.
            let listed = read.and_then(|value| read_states(&value).ok());
            match listed {
                Some(listed) => states.extend(listed),
                None if line.trim().is_empty() => {}
                None => states.push(Self::new(line.trim(), Map::new())),
            }
        }
        states
    }
}

/// Matches the active states with those of an interaction. The parameters of active states take precedence over its own.
pub(super) fn match_states(active: &[ActiveState], given: &[State]) -> StateMatch {
    let mut matched = StateMatch { all: true, active: 0, since: None, differing: 0, values: Map::new() };
    // Each matches once: one order isn't enough for an interaction that needs two.
    let mut left: Vec<&ActiveState> = active.iter().collect();
    let mut take = |fits: &dyn Fn(&ActiveState) -> bool| {
        let fitting = left.iter().enumerate().filter(|(_, it)| fits(it));
        let newest = fitting.max_by_key(|(at, it)| (it.turn, Reverse(*at))).map(|(at, _)| at)?;
        Some(left.remove(newest))
    };
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
        matched.values.extend(state.params.clone());
        match found {
            Some(active) => {
                matched.active += 1;
                let (newest, oldest) = matched.since.unwrap_or((active.turn, active.turn));
                matched.since = Some((newest.max(active.turn), oldest.min(active.turn)));
                matched.differing += differing(active);
                matched.values.extend(active.params.clone());
            }
            None => matched.all = false,
        }
    }
    matched
}

impl StateChange {
    /// Reads a message to a state handler, `{"state": name, "params": {…}, "action": "setup" | "teardown"}`, or all
    /// states that should be active: a name, `{name: {params}}`, or a list of these.
    ///
    /// # Errors
    ///
    /// How the value should look.
    pub fn read(value: &Value) -> Result<Self, StateError> {
        let message = value.as_object().and_then(|object| object.get("state").map(|_| object));
        let Some(object) = message else { return read_states(value).map(Self::Set) };
        let state = read_message(object)?;
        match object.get("action").map(Value::as_str) {
            None | Some(Some("setup")) => Ok(Self::Setup(state)),
            Some(Some("teardown")) => Ok(Self::Teardown(state)),
            Some(_) => Err(StateError(String::from("`action` must be `setup` or `teardown`"))),
        }
    }

    /// Applies the change, before the request with this number. If there is no room for another state, the oldest ones go:
    /// they are left over from earlier requests.
    ///
    /// # Errors
    ///
    /// The states are too large, or there are too many. Then nothing changes.
    pub fn apply(self, active: &mut Vec<ActiveState>, turn: usize) -> Result<(), StateError> {
        let bytes = |states: &[ActiveState]| states.iter().map(ActiveState::bytes).sum::<usize>();
        if self.states().len() > MOST_STATES || bytes(self.states()) > MOST_BYTES {
            let message = format!("at most {MOST_STATES} states with {MOST_BYTES} bytes in all can be active");
            return Err(StateError(message));
        }
        match self {
            Self::Set(states) => *active = states.into_iter().map(|state| ActiveState { turn, ..state }).collect(),
            Self::Setup(state) => {
                // What is set up once more for another request isn't there twice.
                active.retain(|other| other.turn == turn || !other.is_same(&state));
                active.push(ActiveState { turn, ..state });
                while active.len() > MOST_STATES || bytes(active) > MOST_BYTES {
                    active.remove(0);
                }
            }
            Self::Teardown(state) => {
                // The last one that was set up like this; without parameters, the last one with the name.
                let same = active.iter().rposition(|other| other.is_same(&state));
                let named = || active.iter().rposition(|other| other.name == state.name);
                if let Some(at) = same.or_else(named) {
                    active.remove(at);
                }
            }
        }
        Ok(())
    }

    /// The states that the change names.
    #[must_use]
    pub fn states(&self) -> &[ActiveState] {
        match self {
            Self::Set(states) => states,
            Self::Setup(state) | Self::Teardown(state) => std::slice::from_ref(state),
        }
    }
}

/// Reads the states in a value: a name, `{name: {params}}`, a message, or a list of these.
fn read_states(value: &Value) -> Result<Vec<ActiveState>, StateError> {
    match value {
        Value::String(name) if !name.trim().is_empty() => Ok(vec![ActiveState::new(name.trim(), Map::new())]),
        Value::Array(items) => {
            let each: Result<Vec<Vec<ActiveState>>, StateError> = items.iter().map(read_states).collect();
            each.map(|states| states.into_iter().flatten().collect())
        }
        Value::Object(object) if object.contains_key("state") => read_message(object).map(|state| vec![state]),
        Value::Object(object) => object.iter().map(|(name, params)| active_state(name, params)).collect(),
        _ => Err(StateError(String::from(
            "a state must be a name, `{\"name\": {\"parameter\": value}}`, or a list of these",
        ))),
    }
}

/// Reads `{"state": name, "params": {…}}`.
fn read_message(object: &Map<String, Value>) -> Result<ActiveState, StateError> {
    let name = object.get("state").and_then(Value::as_str);
    let name = name.ok_or_else(|| StateError(String::from("`state` must be the name of a state")))?;
    active_state(name, object.get("params").unwrap_or(&Value::Null))
}

fn active_state(name: &str, params: &Value) -> Result<ActiveState, StateError> {
    let params = match params {
        Value::Null => Map::new(),
        Value::Object(params) => params.clone(),
        _ => return Err(StateError(format!("the parameters of `{name}` must be an object"))),
    };
    Ok(ActiveState::new(name, params))
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
    fn a_header_has_states_in_the_notation_of_contracts() {
        for (lines, expected) in [
            (&["an order exists"][..], &["an order exists"][..]),
            (&["an order exists: { id: 42 }"], &["an order exists (id: 42)"]),
            (&["a", "b: {x: 1}"], &["a", "b (x: 1)"]),
            (&[r#"["a", {"b": {"x": "y z"}}]"#], &["a", "b (x: y z)"]),
            (&["[a, b]"], &["a", "b"]),
            (&[r#"{"state": "a", "params": {"x": 1}}"#], &["a (x: 1)"]),
            (&["{a: {x: 1}, b: }"], &["a (x: 1)", "b"]),
            // Everything else is a name.
            (&["order 42: paid"], &["order 42: paid"]),
            (&["42"], &["42"]),
            (&["{"], &["{"]),
            (&["", "  "], &[]),
        ] {
            assert_eq!(shown(&ActiveState::read(lines.iter().copied())), expected, "{lines:?}");
        }
    }

    #[test]
    fn states_are_set_up_and_torn_down_one_by_one_or_all_set_together() {
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
            StateChange::read(&message).unwrap().apply(&mut active, 0).unwrap();
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
            assert!(StateChange::read(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_set_up_again_for_another_request_is_there_once_and_nothing_piles_up() {
        let setup =
            |name: &str, x: &str| StateChange::Setup(ActiveState::new(name, Map::from_iter([(x.into(), 1.into())])));
        let mut active = Vec::new();
        for turn in [0, 0, 1] {
            setup("a", "x").apply(&mut active, turn).unwrap();
        }
        assert_eq!(
            (active.len(), active[0].turn),
            (1, 1),
            "two in one turn are two, and both are older than the third"
        );
        for turn in 0..3 * MOST_STATES {
            setup(&format!("s{turn}"), "x").apply(&mut active, turn).unwrap();
        }
        assert_eq!((active.len(), active[0].turn), (MOST_STATES, 2 * MOST_STATES));
        setup("large", &"x".repeat(MOST_BYTES / 2)).apply(&mut active, 0).unwrap();
        setup("large", &"y".repeat(MOST_BYTES / 2)).apply(&mut active, 0).unwrap();
        assert_eq!(active.len(), 1, "the older one goes");
        assert!(setup("large", &"x".repeat(MOST_BYTES)).apply(&mut active, 0).is_err());
        assert!(
            StateChange::Set(vec![ActiveState::new("a", Map::new()); MOST_STATES + 1]).apply(&mut active, 0).is_err()
        );
        assert_eq!(active.len(), 1);
    }

    #[test]
    fn states_match_by_name_and_active_parameters_take_precedence() {
        let states = |value| match StateChange::read(&value).unwrap() {
            StateChange::Set(states) => states,
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
            let matched = match_states(&states(active.clone()), &given);
            let values = values.as_object().unwrap().clone();
            let since = (number > 0).then_some((0, 0));
            assert_eq!(matched, StateMatch { all, active: number, since, differing, values }, "{active}");
        }
    }
}
