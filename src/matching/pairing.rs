//! Which wanted element is which of those that came? Each in one of its own, for as many as can be.

/// Finds for each of `wanted` elements one of `given` that `fits` it and that no other has: a maximum matching in a
/// bipartite graph, by augmenting paths. A greedy choice would not do: `[any, "a"]` fits `["a", "b"]`.
///
/// A wanted element takes the first free one that fits, looked for from its own place on, since most arrays come in the
/// order of the example or near to it. Only where there is no free one are others asked to move. So the work is near
/// the length of the array where it comes in order, and near `wanted` × `given` at worst.
pub(super) fn pair(wanted: usize, given: usize, mut fits: impl FnMut(usize, usize) -> bool) -> Vec<Option<usize>> {
    let mut pairs = Pairs { owner: vec![None; given], taken: vec![None; wanted] };
    let mut left = Vec::new();
    for want in 0..wanted {
        let mut from_its_own = (want.min(given)..given).chain(0..want.min(given));
        match from_its_own.find(|give| pairs.owner[*give].is_none() && fits(want, *give)) {
            Some(give) => pairs.join(want, give),
            None => left.push(want),
        }
    }
    // Of all that fit, as many as there are wanted elements do: the others can take no more than that.
    let mut edges = Edges {
        known: vec![None; wanted],
        find: |want| (0..given).filter(|give| fits(want, *give)).take(wanted).collect(),
    };
    for want in left {
        pairs.augment(want, &mut edges);
    }
    pairs.taken
}

/// What fits each wanted element, found when it is first asked for: mostly, nobody asks.
struct Edges<F> {
    known: Vec<Option<Vec<usize>>>,
    find: F,
}

impl<F: FnMut(usize) -> Vec<usize>> Edges<F> {
    fn of(&mut self, want: usize) -> &[usize] {
        self.known[want].get_or_insert_with(|| (self.find)(want))
    }
}

/// Who has what, from both sides.
struct Pairs {
    /// By given element, the wanted one that has it.
    owner: Vec<Option<usize>>,
    /// By wanted element, the given one that it has.
    taken: Vec<Option<usize>>,
}

impl Pairs {
    fn join(&mut self, want: usize, give: usize) {
        self.owner[give] = Some(want);
        self.taken[want] = Some(give);
    }

    /// Looks for a chain of moves that frees an element for `start`, without recursion: a chain may be as long as the
    /// array.
    fn augment<F: FnMut(usize) -> Vec<usize>>(&mut self, start: usize, edges: &mut Edges<F>) {
        // For each element reached, the wanted one that would take it; and which wanted ones are still to be asked.
        let mut taker: Vec<Option<usize>> = vec![None; self.owner.len()];
        let mut open = vec![start];
        while let Some(want) = open.pop() {
            for give in edges.of(want).iter().copied() {
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

    /// Walks a chain back from a free element: each takes the one it reached, and leaves its own to the one before.
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
