//! The gate's scenarios: a store that can't be trusted. The numbers are those of the list of scenarios.

use insta::assert_snapshot;
use upheld::ledger::{RecordId, Refusal, Rewritten};

use crate::ledger_world::{World, name};

/// The records of a world in which everything fits.
struct Records {
    upheld: RecordId,
    live: RecordId,
}

/// A consumer and its provider, both live; a second provider version that fits; and a service that has nothing to do
/// with either.
fn shop() -> (World, Records) {
    let mut world = World::new("storefront orders weather");
    world.publish("orders@1", &[]);
    world.publish("orders@2", &[]);
    world.publish("storefront@1", &[("orders", "a")]);
    world.publish("weather@1", &[]);
    world.verify("orders@1", "a");
    let upheld = world.verify("orders@2", "a");
    world.deploy("orders@1");
    world.deploy("weather@1");
    let live = world.deploy("storefront@1");
    assert_eq!(world.gate("orders@2").verdict(), "allow 0 compatible");
    (world, Records { upheld, live })
}

fn publication(world: &World, service: &str) -> String {
    world.store.below(&format!("publications/{service}")).remove(0)
}

/// The answer with the hashes of records cut.
fn cut(answer: &crate::ledger_world::Answer) -> String {
    let hash = regex::Regex::new("[0-9a-f]{64}").unwrap();
    hash.replace_all(&answer.to_string(), "HASH").into_owned()
}

// 51
#[test]
fn a_result_that_was_changed_makes_the_pair_unknown_and_its_file_is_named() {
    let (mut world, records) = shop();
    let path = world.path_of(records.upheld);
    world.change_a_byte(&path);
    assert_snapshot!(cut(&world.gate("orders@2")), @"
    deny 4 unknown
    G303 unknown: storefront@1 (live) needs orders@2 (candidate)
         verifications/orders/d4/2.HASH.json was changed: its name is not the hash of its content
         next: look at verifications/orders/d4/2.HASH.json: `upheld store lint` says what is wrong, and the store's history has it as it was
    ");
}

// 51
#[test]
fn each_file_that_a_pair_uses_makes_it_unknown_when_it_was_changed() {
    let (world, records) = shop();
    let contract = world.store.below("contracts").remove(0);
    let used =
        [world.path_of(records.live), world.path_of(records.upheld), publication(&world, "storefront"), contract];
    for path in used {
        let (mut world, _) = shop();
        world.store.meddle(|files| {
            let text = String::from_utf8(files[&path].clone()).unwrap();
            files.insert(path.clone(), text.replace("200", "201").replace("storefront", "storefrond").into_bytes());
        });
        if path.starts_with("verifications") {
            world.change_a_byte(&path);
        }
        let answer = world.gate("orders@2");
        assert_eq!(answer.verdict(), "deny 4 unknown", "{path}");
        assert!(answer.to_string().contains(&path), "{path} is named in\n{answer}");
    }
}

// 51: "for pairs that use it"
#[test]
fn what_a_live_provider_needs_of_others_is_no_matter_of_its_consumers() {
    let (mut world, _) = shop();
    world.publish("storefront@2", &[("orders", "a")]);
    let path = publication(&world, "orders");
    let live = world.asked(|book| book.published(&name("orders"), &"1".parse().unwrap())).unwrap();
    assert!(live.doubts.is_empty());
    let path = if path.contains("/1.") { path } else { world.store.below("publications/orders").remove(1) };
    world.change_a_byte(&path);
    assert_eq!(world.gate("storefront@2").verdict(), "allow 0 compatible");
    assert_eq!(world.gate("orders@1").verdict(), "deny 4 unknown", "it is a matter of its own");
}

// 51: a contract's comments are no part of what it says.
#[test]
fn a_contract_that_says_the_same_in_other_words_is_the_same() {
    let (world, _) = shop();
    let path = world.store.below("contracts").remove(0);
    world.store.meddle(|files| files.get_mut(&path).unwrap().extend(b"# to whom it may concern\n"));
    assert_eq!(world.gate("orders@2").verdict(), "allow 0 compatible");
}

// 52
#[test]
fn a_record_that_can_t_be_read_is_a_warning_where_its_service_is_unrelated() {
    let (mut world, _) = shop();
    let beside = world.store.below("deployments/production/weather").remove(0);
    world.put_beside(&beside, "", "not a record at all");
    assert_snapshot!(cut(&world.gate("orders@2")), @"
    allow 0 compatible
    G001 compatible: storefront@1 (live) needs orders@2 (candidate)
    G506 deployments/production/weather/2026-11/HASH.json can't be read: it is not JSON: expected ident at line 1 column 2
         next: upheld store lint
    ");
}

// 52: a version that told nobody what it needs may be the one that the record was of.
#[test]
fn a_record_that_can_t_be_read_denies_where_its_service_was_live_without_telling_its_needs() {
    let (mut world, _) = shop();
    world.try_arrive("weather@9", None, upheld::ledger::Arrival::Done, true, None).unwrap();
    world.deploy("weather@1");
    assert_eq!(world.gate("orders@2").verdict(), "allow 0 compatible", "it is gone");
    let beside = world.store.below("deployments/production/weather").remove(0);
    world.put_beside(&beside, "", "not a record at all");
    assert_eq!(world.gate("orders@2").verdict(), "deny 4 unknown", "it may be there");
}

// 52
#[test]
fn a_record_that_can_t_be_read_denies_where_its_service_is_related() {
    let (mut world, records) = shop();
    let beside = world.path_of(records.live);
    world.put_beside(&beside, "", "not a record at all");
    assert_snapshot!(cut(&world.gate("orders@2")), @"
    deny 4 unknown
    G303 unknown: storefront needs orders@2 (candidate)
         deployments/production/storefront/2026-11/HASH.json can't be read: it is not JSON: expected ident at line 1 column 2
         next: look at deployments/production/storefront/2026-11/HASH.json: `upheld store lint` says what is wrong, and the store's history has it as it was
    G001 compatible: storefront@1 (live) needs orders@2 (candidate)
    ");
    let (mut world, _) = shop();
    let beside = world.store.below("deployments/production/orders").remove(0);
    world.put_beside(&beside, "", "{}");
    assert_eq!(world.gate("storefront@1").verdict(), "deny 4 unknown", "which of its provider is live?");
}

// 52: of what never published, nobody can tell whether it is related.
#[test]
fn a_record_that_can_t_be_read_denies_where_its_service_never_published() {
    let mut world = World::new("orders weather");
    world.publish("orders@1", &[]);
    let live = world.try_arrive("weather@1", None, upheld::ledger::Arrival::Done, true, None).unwrap();
    assert_eq!(world.gate("orders@1").verdict(), "deny 4 unknown");
    let path = world.path_of(live);
    world.change_a_byte(&path);
    assert_eq!(world.gate("orders@1").verdict(), "deny 4 unknown", "it still may need anything");
}

// 52: whatever stands where records should.
#[test]
fn what_is_no_record_where_records_should_be_is_never_taken_for_nothing() {
    let (world, records) = shop();
    let live = world.path_of(records.live);
    let folder = live.rsplit_once('/').unwrap().0.to_owned();
    for path in [format!("{folder}/README.md"), format!("{folder}/more/x.json"), format!("{folder}.txt")] {
        let (world, _) = shop();
        world.store.meddle(|files| drop(files.insert(path.clone(), b"{}".to_vec())));
        assert_eq!(world.gate("orders@2").verdict(), "deny 4 unknown", "{path}");
    }
    // A file in the place of the service's folder.
    world.store.meddle(|files| {
        files.remove(&live);
        files.insert(String::from("deployments/production/storefront"), b"gone".to_vec());
    });
    assert_eq!(world.gate("orders@2").verdict(), "deny 4 unknown");
}

// 53
#[test]
fn a_record_of_a_newer_format_asks_for_a_newer_program() {
    let (mut world, records) = shop();
    let beside = world.path_of(records.upheld);
    world.put_beside(&beside, "2.", r#"{"format":2,"kind":"verification","needs":"0.9.0"}"#);
    assert_snapshot!(cut(&world.gate("orders@2")), @"
    deny 4 unknown
    G303 unknown: storefront@1 (live) needs orders@2 (candidate)
         verifications/orders/d4/2.HASH.json is of a newer format: upgrade to upheld >= 0.9.0
         next: upgrade to upheld >= 0.9.0
    ");
    let (mut world, _) = shop();
    let beside = publication(&world, "storefront");
    world.put_beside(&beside, "1.", r#"{"format":2}"#);
    assert_eq!(world.gate("orders@2").verdict(), "deny 4 unknown");
    assert_eq!(world.gate("storefront@1").verdict(), "deny 4 unknown");
}

// 53: the store as a whole
#[test]
fn a_store_of_a_newer_format_or_without_one_answers_nothing() {
    let (world, _) = shop();
    world.store.meddle(|files| drop(files.insert(String::from("store.yaml"), b"store: 2\nneeds: 0.9.0\n".to_vec())));
    assert_snapshot!(world.gate("orders@2"), @"
    deny 4 unknown
    G303 unknown: 
         store.yaml is of a newer format: upgrade to upheld >= 0.9.0
         next: upgrade to upheld >= 0.9.0
    ");
    let (mut world, _) = shop();
    world.remove("store.yaml");
    assert_eq!(world.gate("orders@2").verdict(), "deny 4 unknown");
}

// 57
#[test]
fn a_history_that_was_rewritten_is_found_out() {
    let (mut world, _) = shop();
    world.store.rewritten = Some(Rewritten::CommitLost { store: String::from("orders"), commit: "41d9e07".repeat(6) });
    assert_snapshot!(world.gate("orders@2"), @"
    deny 4 unknown
    G305 unknown: 
         the branch no longer holds 41d9e07, which was seen here before
         next: find out who did it and why; then accept what is there: upheld store trust
    ");
}

// 57: "since the lease"
#[test]
fn a_record_that_is_gone_since_a_roll_out_began_is_found_out_by_it() {
    let (mut world, records) = shop();
    world.publish("weather@2", &[]);
    world.start("weather@2");
    let path = world.path_of(records.live);
    world.remove(&path);
    assert_snapshot!(world.gate("orders@2"), @"
    deny 4 unknown
    G305 unknown: weather@2
         the store's history was rewritten since the roll-out of weather@2: it no longer holds 10
         next: find out who did it and why; then end the roll-out: upheld deployed weather@2 --to production, or upheld undeployed … --rollout
    G502 a roll-out of weather@2 began at 2026-11-24T08:11:00Z and was to be done by 2026-11-24T12:00:00Z; until its end is told, that version and the one before it both count as live
         next: tell how it ended: upheld deployed weather@2 --to production, or upheld undeployed weather@2 --to production --rollout
    G507 storefront is not live in production, and not asked about, though there are contracts with orders
    ");
    world.deploy("weather@2");
    assert_eq!(world.gate("orders@2").verdict(), "allow 0 compatible", "nothing that is live saw it");
}

// 58, the gate's part of it
#[test]
fn a_contract_that_was_deleted_is_missed() {
    let (mut world, _) = shop();
    let path = world.store.below("contracts").remove(0);
    world.remove(&path);
    assert_snapshot!(cut(&world.gate("orders@2")), @"
    deny 4 unknown
    G303 unknown: storefront@1 (live) needs orders@2 (candidate)
         contracts/orders/storefront/HASH.yaml is not there
         next: look at contracts/orders/storefront/HASH.yaml: `upheld store lint` says what is wrong, and the store's history has it as it was
    ");
}

// Of publish and deployed: no fact is added on top of one that can't be trusted.
#[test]
fn nothing_is_written_on_top_of_what_can_t_be_trusted() {
    let (mut world, records) = shop();
    let path = publication(&world, "storefront");
    world.change_a_byte(&path);
    assert!(matches!(world.try_publish("storefront@1", &[]), Err(Refusal::Doubtful(_))));
    let arrival = upheld::ledger::Arrival::Done;
    assert!(matches!(world.try_arrive("storefront@1", None, arrival, false, None), Err(Refusal::Doubtful(_))));
    let path = world.path_of(records.live);
    world.change_a_byte(&path);
    let gone = world.try_depart("storefront@1", None, upheld::ledger::Departure::Undeployed);
    assert!(matches!(gone, Err(Refusal::Doubtful(_))));
}

// 60, the decision's part of it
#[test]
fn an_old_view_gives_the_answer_that_it_gave() {
    let (mut world, _) = shop();
    let question = world.question("orders@2");
    let then = world.answer(&question).0;
    world.verify("orders@2", "!a");
    assert_eq!(world.gate("orders@2").verdict(), "deny 1 incompatible");
    let view = upheld::ledger::Store::snapshot_at(&world.store, &then.store).unwrap();
    let again = upheld::gate::decide(&question, &upheld::ledger::Book::new(view.as_ref())).unwrap();
    assert_eq!(again, then);
}

// What is put aside between two questions changes no answer.
#[test]
fn what_is_put_aside_is_not_taken_for_what_has_changed_since() {
    let (mut world, records) = shop();
    world.store.knows_contents = true;
    assert_eq!(world.gate("orders@2").verdict(), "allow 0 compatible");
    assert_eq!(world.gate("orders@2").verdict(), "allow 0 compatible");
    world.verify("orders@2", "b");
    world.publish("storefront@2", &[("orders", "a b")]);
    world.release("storefront@2");
    assert_eq!(world.gate("orders@2").verdict(), "allow 0 compatible");
    world.publish("storefront@3", &[("orders", "c")]);
    world.release("storefront@3");
    assert_eq!(world.gate("orders@2").verdict(), "deny 3 unverified");
    world.end_support("storefront@3");
    assert_eq!(world.gate("orders@2").verdict(), "allow 0 compatible");
    let path = world.path_of(records.live);
    world.change_a_byte(&path);
    assert_eq!(world.gate("orders@2").verdict(), "deny 4 unknown");
}

// Of status: every pair that is live, and every file that is in doubt.
#[test]
fn status_shows_every_live_pair_and_what_is_missing() {
    let (mut world, _) = shop();
    world.publish("storefront@2", &[("orders", "b"), ("weather", "c")]);
    world.release("storefront@2");
    world.undeploy("weather@1");
    let rows = |world: &World| world.status().rows.iter().map(crate::ledger_world::head).collect::<Vec<_>>().join("\n");
    assert_snapshot!(rows(&world), @"
    G401 missing-provider: storefront@2 (released) needs weather
    G201 unverified: storefront@2 (released) needs orders@1 (live)
    G001 compatible: storefront@1 (live) needs orders@1 (live)
    ");
    let path = publication(&world, "storefront");
    world.change_a_byte(&path);
    assert_eq!(world.status().doubts.len(), 1);
}

// 51: a service may be a consumer of itself.
#[test]
fn what_a_live_version_needed_of_its_own_service_is_not_forgotten_with_its_publication() {
    let mut world = World::new("orders");
    world.publish("orders@1", &[("orders", "a")]);
    world.publish("orders@2", &[]);
    world.verify("orders@1", "a");
    world.verify("orders@2", "!a");
    world.deploy("orders@1");
    assert_eq!(world.gate("orders@2").verdict(), "deny 1 incompatible");
    let path = world.store.below("publications/orders").into_iter().find(|path| path.contains("/1.")).unwrap();
    world.store.meddle(|files| drop(files.remove(&path)));
    assert_eq!(world.gate("orders@2").verdict(), "deny 4 unknown");
}
