//! Lists of rows: each row once, the worst first.

use super::decision::{Row, Side};
use super::state::State;

/// Adds a row, unless one with the same code and the same sides is there.
pub(super) fn add(rows: &mut Vec<Row>, row: Row) {
    let same = |other: &Row| {
        let sides = |row: &Row| {
            let of = |side: &Option<Side>| side.as_ref().map(|side| (side.service.clone(), side.version.clone()));
            (of(&row.consumer), of(&row.provider))
        };
        other.code == row.code && sides(other) == sides(&row)
    };
    if !rows.iter().any(same) {
        rows.push(row);
    }
}

/// Adds the rows of another moment.
pub(super) fn join(rows: &mut Vec<Row>, more: Vec<Row>) {
    for row in more {
        add(rows, row);
    }
}

/// Sorts by state, the worst first, then by code and names.
pub(super) fn sort(rows: &mut [Row]) {
    rows.sort_by(|one, other| {
        let key = |row: &Row| (row.state(), row.code, row.consumer.clone(), row.provider.clone());
        key(one).cmp(&key(other))
    });
}

/// The worst state of rows; compatible if there are none.
pub(super) fn worst<'r>(rows: impl IntoIterator<Item = &'r Row>) -> State {
    rows.into_iter().map(Row::state).min().unwrap_or(State::Compatible)
}
