//! Properties of the mock of every contract: it behaves as that contract's provider.

use std::fmt::Debug;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use upheld::contract::{Contract, RequestRules, write};
use upheld::formats::{self, match_response, read};
use upheld::interaction::{Interaction, Status, encode};
use upheld::matching::match_request;
use upheld::mocking::{ActiveState, Mock};
use upheld::source::{Limits, Pointer, SourceFile};

use super::reading::{Files, either, filled, http, http_mut};
use super::strategies;

fn mock_of(contract: &Contract, files: &Files) -> Mock {
    let source = Arc::new(SourceFile::new("c.yaml", write(contract), Limits::default()));
    let read = read(&source, files).unwrap();
    Mock::new(vec![Arc::new(formats::file(source, read))])
}

/// The provider states of an interaction, as a test activates them.
fn states_of<T>(interaction: &Interaction<T>) -> Vec<ActiveState> {
    let states = interaction.given.iter();
    states.map(|state| ActiveState::new(&state.name, state.params.clone())).collect()
}

/// The provider states of an interaction, in no order.
fn state_set<T>(interaction: &Interaction<T>) -> std::collections::BTreeSet<String> {
    interaction.given.iter().map(|state| format!("{state:?}")).collect()
}

/// Whether two interactions have the same states and the same request, so nothing distinguishes them.
fn are_indistinguishable<T: Debug>(one: &Interaction<T>, other: &Interaction<T>) -> bool {
    let request = |interaction: &Interaction<T>| http(interaction).request.filled(&interaction.params());
    let allows = |one: &Interaction<T>, other: &Interaction<T>| {
        let sent = encode::request(&request(other));
        match_request(&request(one), &RequestRules::default(), &sent, &Pointer::root()).is_empty()
    };
    state_set(one) == state_set(other) && allows(one, other) && allows(other, one)
}

/// A contract in which several interactions have the same request, but different states and responses.
fn with_equal_requests() -> impl Strategy<Value = (Contract, Files)> {
    (strategies::contract(), any::<proptest::sample::Index>()).prop_map(|((mut contract, files), pick)| {
        let chosen = http(&contract.interactions[pick.index(contract.interactions.len())]).clone();
        for (number, interaction) in contract.interactions.iter_mut().enumerate() {
            let http = http_mut(interaction);
            (http.request, http.terms.request) = (chosen.request.clone(), chosen.terms.request.clone());
            // They differ only in a parameter, or one has another state.
            interaction.given.last_mut().unwrap().params.insert(String::from("number"), number.into());
        }
        (contract, files)
    })
}

/// A contract in which several interactions have the same request, except for the headers that they list.
fn with_more_headers() -> impl Strategy<Value = (Contract, Files)> {
    strategies::contract().prop_map(|(mut contract, files)| {
        let first = contract.interactions[0].clone();
        for (number, interaction) in contract.interactions.iter_mut().enumerate() {
            *interaction = Interaction { name: interaction.name.clone(), ..first.clone() };
            let listed = (0..number).map(|number| (format!("listed-{number}"), vec![String::from("it")]));
            http_mut(interaction).request.headers.extend(listed);
        }
        contract.interactions.reverse();
        (contract, files)
    })
}

/// Whether HTTP allows the response of an interaction: those to HEAD, and those with some statuses, have no body.
fn has_possible_response<T: Debug>(interaction: &Interaction<T>) -> bool {
    let http = http(interaction);
    let (bodiless, interim) = match http.response.status {
        Status::Code(status) => (matches!(status, 204 | 205 | 304), status < 200),
        Status::Class(class) => (false, class < 2),
    };
    !interim && (http.response.body.is_none() || !bodiless && http.request.method != "HEAD")
}

proptest! {
    #![proptest_config(strategies::cases(300))]

    #[test]
    fn the_example_of_a_request_gets_a_response_that_upholds_the_contract((contract, files) in strategies::contract()) {
        let mock = mock_of(&contract, &files);
        let interactions = either(&contract).interactions;
        for (number, interaction) in interactions.iter().enumerate().filter(|(_, it)| has_possible_response(it)) {
            let example = filled(interaction);
            let selected = mock.respond(&example.consumer_request(), &states_of(interaction));
            prop_assert!(selected.is_ok(), "{:?} {:?}", example, selected);
            let selected = selected.unwrap();
            let (_, used, _) = mock.interaction(selected.number).unwrap();
            let found = match_response(&filled(used), &selected.response, &Pointer::root());
            prop_assert!(!has_possible_response(used) || found.is_empty(), "{:?} {:#?}", filled(used), found);
            // Another interaction is selected only if it has the same request and states.
            if selected.number != number {
                let (_, other, _) = mock.interaction(selected.number).unwrap();
                prop_assert!(are_indistinguishable(interaction, other), "{interaction:?} {other:?}");
            }
        }
    }

    #[test]
    fn provider_states_tell_interactions_with_the_same_request_apart((contract, files) in with_equal_requests()) {
        let mock = mock_of(&contract, &files);
        for (number, interaction) in either(&contract).interactions.iter().enumerate() {
            let selected = mock.respond(&filled(interaction).consumer_request(), &states_of(interaction)).unwrap();
            prop_assert_eq!(selected.number, number);
        }
    }

    #[test]
    fn the_interaction_that_lists_all_headers_of_the_request_is_selected((contract, files) in with_more_headers(), turned in any::<bool>()) {
        let mut contract = contract;
        if turned {
            contract.interactions.reverse();
        }
        let mock = mock_of(&contract, &files);
        for (number, interaction) in either(&contract).interactions.iter().enumerate() {
            let selected = mock.respond(&filled(interaction).consumer_request(), &[]).unwrap();
            prop_assert_eq!(selected.number, number);
        }
    }

    #[test]
    fn a_mock_serves_exactly_the_requests_that_the_contract_allows((contract, files) in strategies::contract(), line in "(GET|PUT) /[a-z0-9/]{0,6}") {
        let mock = mock_of(&contract, &files);
        let (method, path) = line.split_once(' ').unwrap();
        let request = upheld::interaction::ActualRequest { method: method.to_owned(), path: path.to_owned(), ..Default::default() };
        let allows = |it| formats::match_request(&filled(it), &request, &Pointer::root()).is_empty();
        let allowed = either(&contract).interactions.iter().any(allows);
        match mock.respond(&request, &[]) {
            Ok(_) => prop_assert!(allowed),
            Err(miss) => {
                prop_assert!(!allowed);
                prop_assert!(!miss.nearest.unwrap().1.is_empty());
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn every_contract_is_upheld_by_its_own_mock() {
    use super::support::World;

    let mut runner = TestRunner::new(strategies::cases(20));
    let contracts = strategies::contract().prop_map(|(mut contract, files)| {
        contract.interactions.retain(has_possible_response);
        // Of two indistinguishable interactions the mock serves only one, but a verification needs both.
        let mut known = Vec::new();
        contract.interactions.retain(|interaction| {
            let taken = known.iter().any(|known| are_indistinguishable(known, interaction));
            known.push(interaction.clone());
            !taken
        });
        (contract, files)
    });
    let contracts =
        contracts.prop_filter("something is left to verify", |(contract, _)| !contract.interactions.is_empty());
    runner
        .run(&contracts, |(contract, files)| {
            let world = World::new();
            let folder = format!("contracts/{}", contract.consumer);
            world.write(&format!("{folder}/{}.yaml", contract.provider), write(&contract));
            for (path, bytes) in &files {
                world.write(&format!("{folder}/{path}"), bytes);
            }
            let mock = world.wrap(["mock", "--all-used"]);
            let output = world.upheld(["verify", "--url", mock.url(), "--states", "POST /_upheld/states"]);
            let mocked = mock.done();
            prop_assert_eq!(output.code, Some(0), "{}\n{}", output, write(&contract));
            let output = mocked;
            prop_assert_eq!(output.code, Some(0), "{}\n{}", output, write(&contract));
            Ok(())
        })
        .unwrap();
}
