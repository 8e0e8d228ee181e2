//! Which wanted element is which of those that came? Each in one of its own, for as many as can be.

use std::collections::HashSet;

/// Finds for each of `wanted` elements one of `given` that `fits` it and that no other has: a maximum matching in a
/// bipartite graph, by augmenting paths. A greedy choice would not do: `[any, "a"]` fits `["a", "b"]`.
///
/// An example is as long as its author wrote it, so the work stays near `wanted` × `given`: a wanted element takes the
/// first free one that fits, and only where there is none are others asked to move.
pub(super) fn pair(wanted: usize, given: usize, mut fits: impl FnMut(usize, usize) -> bool) -> Vec<Option<usize>> {
    let edges: Vec<Vec<usize>> =
        (0..wanted).map(|want| (0..given).filter(|give| fits(want, *give)).collect()).collect();
    let mut owner: Vec<Option<usize>> = vec![None; given];
    for want in 0..wanted {
        let free = edges[want].iter().copied().find(|give| owner[*give].is_none());
        match free {
            Some(give) => owner[give] = Some(want),
            None => augment(want, &edges, &mut owner),
        }
    }
    let mut taken = vec![None; wanted];
    for (give, want) in owner.iter().enumerate() {
        if let Some(want) = want {
            taken[*want] = Some(give);
        }
    }
    taken
}

/// Looks for a chain of moves that frees an element for `start`, without recursion: a chain may be as long as the array.
fn augment(start: usize, edges: &[Vec<usize>], owner: &mut [Option<usize>]) {
    let mut seen: HashSet<usize> = HashSet::new();
    // For each element reached, the wanted one that would take it; and which wanted ones are still to be asked.
    let mut taker: Vec<Option<usize>> = vec![None; owner.len()];
    let mut open = vec![start];
    while let Some(want) = open.pop() {
        for give in &edges[want] {
            if !seen.insert(*give) {
                continue;
            }
            taker[*give] = Some(want);
            let Some(current) = owner[*give] else {
                // Free: walk the chain back, each taking the element it reached.
                let mut element = *give;
                while let Some(want) = taker[element] {
                    let before = owner.iter().position(|other| *other == Some(want));
                    owner[element] = Some(want);
                    match before {
                        Some(left) if want != start => element = left,
                        _ => return,
                    }
                }
                return;
            };
            open.push(current);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn best(edges: &[Vec<bool>], used: &mut Vec<bool>, want: usize) -> usize {
        let Some(row) = edges.get(want) else { return 0 };
        let mut most = best(edges, used, want + 1);
        for give in 0..row.len() {
            if row[give] && !used[give] {
                used[give] = true;
                most = most.max(1 + best(edges, used, want + 1));
                used[give] = false;
            }
        }
        most
    }

    proptest! {
        #[test]
        fn as_many_are_paired_as_can_be(edges in (0..5usize, 0..5usize).prop_flat_map(|(wanted, given)| {
            prop::collection::vec(prop::collection::vec(any::<bool>(), given), wanted)
        })) {
            let given = edges.first().map_or(0, Vec::len);
            let taken = pair(edges.len(), given, |want, give| edges[want][give]);
            let paired: Vec<(usize, usize)> = taken.iter().enumerate().filter_map(|(want, give)| give.map(|give| (want, give))).collect();
            for (want, give) in &paired {
                prop_assert!(edges[*want][*give]);
                prop_assert!(paired.iter().filter(|(_, other)| other == give).count() == 1);
            }
            prop_assert_eq!(paired.len(), best(&edges, &mut vec![false; given], 0));
        }
    }
}
