//! Pairs wanted elements with actual ones that fit them: each with one of its own, and as many pairs as possible.

use crate::interaction::work;

/// Finds for each of the `wanted` elements one of the `given` elements that `fits` it and that no other takes: a maximum
/// matching in a bipartite graph, by augmenting paths. A greedy choice isn't enough: `[any, "a"]` fits `["a", "b"]`.
///
/// A wanted element takes the first free one that fits, beginning at its own index, because most arrays have the order of
/// the example or nearly so. Only if none is free do others have to move. So the work is close to the length of an array
/// that is in order, and close to `wanted` × `given` at worst.
pub(super) fn pair(wanted: usize, given: usize, mut fits: impl FnMut(usize, usize) -> bool) -> Vec<Option<usize>> {
    let mut pairs = Pairs { owner: vec![None; given], taken: vec![None; wanted] };
    let mut left = Vec::new();
    for want in 0..wanted {
        let mut from_its_own = (want.min(given)..given).chain(0..want.min(given));
        let mut passed = 0usize;
        match from_its_own.find(|give| {
            if pairs.owner[*give].is_none() {
                return work::is_spent() || fits(want, *give);
            }
            // To pass over one that is taken costs almost nothing.
            passed += 1;
            passed.is_multiple_of(16) && !work::spend(1)
        }) {
            // Whatever comes of it is worth nothing.
            _ if work::is_spent() => return pairs.taken,
            Some(give) => pairs.join(want, give),
            None => left.push(want),
        }
    }
    // As many fitting elements as there are wanted ones are enough: the other wanted elements can't use more.
    let mut edges = Edges {
        known: vec![None; wanted],
        find: |want| {
            (0..given).take_while(|_| !work::is_spent()).filter(|give| fits(want, *give)).take(wanted).collect()
        },
    };
    for want in left {
        // It looks at each of the given elements once, and at what is known of them.
        if !work::spend(given / 8) {
            break;
        }
        pairs.augment(want, &mut edges);
    }
    pairs.taken
}

/// The elements that fit each wanted one, found when they are first needed: usually they never are.
struct Edges<F> {
    known: Vec<Option<Vec<usize>>>,
    find: F,
}

impl<F: FnMut(usize) -> Vec<usize>> Edges<F> {
    fn of(&mut self, want: usize) -> &[usize] {
        self.known[want].get_or_insert_with(|| (self.find)(want))
    }
}

/// The pairs so far, from both sides.
struct Pairs {
    /// For each given element, the wanted one that has taken it.
    owner: Vec<Option<usize>>,
    /// For each wanted element, the given one that it has taken.
    taken: Vec<Option<usize>>,
}

impl Pairs {
    fn join(&mut self, want: usize, give: usize) {
        self.owner[give] = Some(want);
        self.taken[want] = Some(give);
    }

    /// Looks for a chain of moves that frees an element for `start`. It doesn't recurse, because a chain may be as long as
    /// the array.
    fn augment<F: FnMut(usize) -> Vec<usize>>(&mut self, start: usize, edges: &mut Edges<F>) {
        // For each element that was reached, the wanted one that would take it.
        let mut taker: Vec<Option<usize>> = vec![None; self.owner.len()];
        let mut open = vec![start];
        while let Some(want) = open.pop() {
            for give in edges.of(want).iter().copied() {
                if !work::spend(1) {
                    return;
                }
                if taker[give].is_some() {
                    continue;
                }
                taker[give] = Some(want);
                match self.owner[give] {
                    Some(current) => open.push(current),
                    None => return self.move_along(give, &taker),
                }
            }
        }
    }

    /// Follows a chain back from a free element: each wanted element takes the one that it reached, and leaves its own.
    fn move_along(&mut self, free: usize, taker: &[Option<usize>]) {
        let mut element = Some(free);
        while let Some(give) = element {
            let Some(want) = taker[give] else { return };
            element = self.taken[want];
            self.join(want, give);
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
        fn no_other_choice_gives_more_pairs(edges in (0..5usize, 0..5usize).prop_flat_map(|(wanted, given)| {
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
