//! Sets of texts, as automata: is there a text in all of some sets and not in another one?

use std::collections::{HashMap, VecDeque};

use regex_automata::dfa::{Automaton, dense};
use regex_automata::util::primitives::StateID;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, MatchKind};

/// A set of texts.
#[derive(Debug)]
pub(super) struct Language {
    automaton: dense::DFA<Vec<u32>>,
}

/// What a search among texts found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Search {
    /// This text, one of the shortest.
    Text(String),
    /// There is none.
    Nothing,
    /// There are too many states to go through.
    TooMuch,
}

/// How many states of all automata together are visited.
const MOST_STATES: usize = 20_000;
/// How large one automaton may get, in bytes.
const MOST_BYTES: usize = 4 << 20;

impl Language {
    /// The texts that an expression matches as a whole; `None` if the expression is in another dialect or needs too much.
    pub(super) fn whole(expression: &str) -> Option<Self> {
        Self::of(&format!(r"\A(?:{expression})\z"))
    }

    /// The texts that contain a match, as JSON Schema means its `pattern`.
    pub(super) fn containing(expression: &str) -> Option<Self> {
        // What the two dialects read differently would make the set too small: `\d` has more characters in Rust's, so `\D`
        // has fewer, and `--` in a class is an operation.
        let negated = expression.contains("[^") && ["\\d", "\\w", "\\s"].iter().any(|class| expression.contains(class));
        let differs = ["\\D", "\\W", "\\S", "\\B", "--", "&&", "~~"].iter().any(|text| expression.contains(text));
        if negated || differs {
            return None;
        }
        Self::of(&format!(r"\A(?s:.)*(?:{expression})(?s:.)*\z"))
    }

    /// The texts whose length, in characters, is within these bounds.
    pub(super) fn of_length(least: u64, most: Option<u64>) -> Option<Self> {
        // Counting to more than this takes too many states.
        let far = |number: u64| number > 300;
        match (least, most) {
            (least, _) if far(least) => None,
            (least, Some(most)) if !far(most) => Self::of(&format!(r"\A(?s:.){{{least},{most}}}\z")),
            (0, _) => None,
            (least, _) => Self::of(&format!(r"\A(?s:.){{{least},}}\z")),
        }
    }

    fn of(expression: &str) -> Option<Self> {
        let config = dense::Config::new()
            .match_kind(MatchKind::All)
            .minimize(false)
            .dfa_size_limit(Some(MOST_BYTES))
            .determinize_size_limit(Some(MOST_BYTES));
        let mut builder = dense::Builder::new();
        let automaton = builder.configure(config).syntax(syntax::Config::new().utf8(true)).build(expression).ok()?;
        Some(Self { automaton })
    }

    fn start(&self) -> Option<StateID> {
        self.automaton.start_state_forward(&Input::new("").anchored(Anchored::Yes)).ok()
    }

    /// Whether a text that ends in a state is in the set.
    fn accepts(&self, state: StateID) -> bool {
        self.automaton.is_match_state(self.automaton.next_eoi_state(state))
    }
}

/// A text that is in each of `all`, and in none of `without`.
pub(super) fn search(all: &[&Language], without: &[&Language]) -> Search {
    let automata: Vec<&Language> = all.iter().chain(without).copied().collect();
    let Some(start) = automata.iter().map(|it| it.start()).collect::<Option<Vec<_>>>() else { return Search::TooMuch };
    let accepted = |states: &[StateID]| {
        let (inside, outside) = states.split_at(all.len());
        inside.iter().zip(all).all(|(state, it)| it.accepts(*state))
            && !outside.iter().zip(without).any(|(state, it)| it.accepts(*state))
    };
    let hopeless = |states: &[StateID]| states.iter().zip(all).any(|(state, it)| it.automaton.is_dead_state(*state));
    // The way back: for each combination of states, the one before and the byte between.
    let mut reached: HashMap<Vec<StateID>, Option<(Vec<StateID>, u8)>> = HashMap::from([(start.clone(), None)]);
    let mut open = VecDeque::from([start]);
    while let Some(states) = open.pop_front() {
        if accepted(&states)
            && let Some(text) = text_to(&reached, &states)
        {
            return Search::Text(text);
        }
        if reached.len() > MOST_STATES {
            return Search::TooMuch;
        }
        for byte in readable_bytes() {
            let next: Vec<StateID> =
                states.iter().zip(&automata).map(|(state, it)| it.automaton.next_state(*state, byte)).collect();
            if !hopeless(&next) && !reached.contains_key(&next) {
                reached.insert(next.clone(), Some((states.clone(), byte)));
                open.push_back(next);
            }
        }
    }
    Search::Nothing
}

/// Every byte, those first that people like to read.
fn readable_bytes() -> impl Iterator<Item = u8> {
    let first = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (b'a'..=b'z').chain(b'0'..=b'9').chain((0..=255).filter(move |byte| !first(byte)))
}

/// The text that leads to a combination of states; `None` if it isn't UTF-8, which no JSON value can be.
fn text_to(reached: &HashMap<Vec<StateID>, Option<(Vec<StateID>, u8)>>, states: &[StateID]) -> Option<String> {
    let mut bytes = Vec::new();
    let mut at = states;
    while let Some(Some((before, byte))) = reached.get(at) {
        bytes.push(*byte);
        at = before;
    }
    bytes.reverse();
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(expression: &str) -> Language {
        Language::whole(expression).unwrap()
    }

    fn text(text: &str) -> Search {
        Search::Text(text.to_owned())
    }

    #[test]
    fn a_text_in_one_set_and_not_in_another_is_found_if_there_is_one() {
        for (all, without, found) in [
            (vec!["[a-c]+"], vec!["[a-z]+"], Search::Nothing),
            (vec!["[a-z]+"], vec!["[a-c]+"], text("d")),
            (vec!["[a-c]+", "[c-e]{2}"], vec![], text("cc")),
            (vec!["a+", "b+"], vec![], Search::Nothing),
            (vec![r"[\s\S]+"], vec![r"(?s).+"], Search::Nothing),
            (vec![".*"], vec![".+"], text("")),
        ] {
            let (all, without): (Vec<_>, Vec<_>) =
                (all.into_iter().map(whole).collect(), without.into_iter().map(whole).collect());
            let (all, without): (Vec<_>, Vec<_>) = (all.iter().collect(), without.iter().collect());
            assert_eq!(search(&all, &without), found);
        }
    }

    #[test]
    fn a_pattern_of_json_schema_matches_anywhere() {
        let language = Language::containing("b").unwrap();
        assert_eq!(search(&[&language], &[&whole("b")]), text("ab"));
        let language = Language::containing("^b$").unwrap();
        assert_eq!(search(&[&language], &[&whole("b")]), Search::Nothing);
        let lengths = Language::of_length(2, Some(3)).unwrap();
        assert_eq!(search(&[&lengths], &[&whole("(?s:.){2}")]), text("aaa"));
        assert_eq!(search(&[&Language::of_length(1, None).unwrap()], &[&whole(r"[\s\S]+")]), Search::Nothing);
    }
}
