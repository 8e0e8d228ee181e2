//! The gate's scenarios: a store that can't be trusted. The numbers are those of the list of scenarios.

use insta::assert_snapshot;
use upheld::ledger::{RecordId, Refusal, Rewritten};

use crate::ledger_world::{World, name};

/// The records of a world in which everything is compatible.
struct Records {
    upheld: RecordId,
    live: RecordId,
}

/// A consumer and its provider, both live; a second provider version that is compatible; and an unrelated service.
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

/// The decision with abbreviated hashes of records.
fn cut(answer: &crate::ledger_world::Answer) -> String {
    let hash = regex::Regex::new("[0-9a-f]{64}").unwrap();
    hash.replace_all(&answer.to_string(), "HASH").into_owned()
}

// 51
#[test]
fn a_changed_result_makes_the_pair_unknown_and_its_file_is_named() {
    let (mut world, records) = shop();
    let path = world.path_of(records.upheld);
    world.change_a_byte(&path);
    assert_snapshot!(cut(&world.gate("orders@2")), @"
    deny 4 unknown
    G303 unknown: storefront@1 (live) needs orders@2 (candidate)
         verifications/orders/d4/2.HASH.json was changed: its name isn't the hash of its content
         next: run `upheld store lint`, and restore verifications/orders/d4/2.HASH.json from the store's history
    ");
}

// 51
#[test]
fn a_change_to_any_file_that_a_pair_uses_makes_it_unknown() {
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
fn what_a_live_provider_needs_does_not_affect_its_consumers() {
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

// 51: comments don't belong to a contract's content.
#[test]
fn a_contract_with_the_same_content_in_another_text_is_the_same() {
    let (world, _) = shop();
    let path = world.store.below("contracts").remove(0);
    world.store.meddle(|files| files.get_mut(&path).unwrap().extend(b"# to whom it may concern\n"));
    assert_eq!(world.gate("orders@2").verdict(), "allow 0 compatible");
}

// 52
#[test]
fn an_unreadable_record_of_an_unrelated_service_is_a_notice() {
    let (mut world, _) = shop();
    let beside = world.store.below("deployments/production/weather").remove(0);
    world.put_beside(&beside, "", "not a record at all");
    assert_snapshot!(cut(&world.gate("orders@2")), @"
    allow 0 compatible
    G001 compatible: storefront@1 (live) needs orders@2 (candidate)
    G506 deployments/production/weather/2026-11/HASH.json can't be read: it isn't JSON: expected ident at line 1 column 2
         next: upheld store lint
    ");
}

// 52: the record may belong to the version that never published its contracts.
#[test]
fn an_unreadable_record_denies_if_its_service_was_live_unpublished() {
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
fn an_unreadable_record_of_a_related_service_denies() {
    let (mut world, records) = shop();
    let beside = world.path_of(records.live);
    world.put_beside(&beside, "", "not a record at all");
    assert_snapshot!(cut(&world.gate("orders@2")), @"
    deny 4 unknown
    G303 unknown: storefront needs orders@2 (candidate)
         deployments/production/storefront/2026-11/HASH.json can't be read: it isn't JSON: expected ident at line 1 column 2
         next: run `upheld store lint`, and restore deployments/production/storefront/2026-11/HASH.json from the store's history
    G001 compatible: storefront@1 (live) needs orders@2 (candidate)
    ");
    let (mut world, _) = shop();
    let beside = world.store.below("deployments/production/orders").remove(0);
    world.put_beside(&beside, "", "{}");
    assert_eq!(world.gate("storefront@1").verdict(), "deny 4 unknown", "which of its provider is live?");
}

// 52: a service that never published may be related.
#[test]
fn an_unreadable_record_of_a_service_that_never_published_denies() {
    let mut world = World::new("orders weather");
    world.publish("orders@1", &[]);
    let live = world.try_arrive("weather@1", None, upheld::ledger::Arrival::Done, true, None).unwrap();
    assert_eq!(world.gate("orders@1").verdict(), "deny 4 unknown");
    let path = world.path_of(live);
    world.change_a_byte(&path);
    assert_eq!(world.gate("orders@1").verdict(), "deny 4 unknown", "it still may need anything");
}

// 52: anything else in the place of records.
#[test]
fn stray_files_among_records_are_never_ignored() {
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
fn a_record_with_a_newer_format_needs_a_newer_program() {
    let (mut world, records) = shop();
    let beside = world.path_of(records.upheld);
    world.put_beside(&beside, "2.", r#"{"format":2,"kind":"verification","needs":"0.9.0"}"#);
    assert_snapshot!(cut(&world.gate("orders@2")), @"
    deny 4 unknown
    G303 unknown: storefront@1 (live) needs orders@2 (candidate)
         verifications/orders/d4/2.HASH.json has a newer format: upgrade to Upheld >= 0.9.0
         next: upgrade to Upheld >= 0.9.0
    ");
    let (mut world, _) = shop();
    let beside = publication(&world, "storefront");
    world.put_beside(&beside, "1.", r#"{"format":2}"#);
    assert_eq!(world.gate("orders@2").verdict(), "deny 4 unknown");
    assert_eq!(world.gate("storefront@1").verdict(), "deny 4 unknown");
}

// 53: the store as a whole
#[test]
fn a_store_with_a_newer_format_or_none_denies() {
    let (world, _) = shop();
    world.store.meddle(|files| drop(files.insert(String::from("store.yaml"), b"store: 2\nneeds: 0.9.0\n".to_vec())));
    assert_snapshot!(world.gate("orders@2"), @"
    deny 4 unknown
    G303 unknown: 
         store.yaml has a newer format: upgrade to Upheld >= 0.9.0
         next: upgrade to Upheld >= 0.9.0
    ");
    let (mut world, _) = shop();
    world.remove("store.yaml");
    assert_eq!(world.gate("orders@2").verdict(), "deny 4 unknown");
}

// 57
#[test]
fn a_rewritten_history_is_detected() {
    let (mut world, _) = shop();
    world.store.rewritten = Some(Rewritten::CommitLost { store: String::from("orders"), commit: "41d9e07".repeat(6) });
    assert_snapshot!(world.gate("orders@2"), @"
    deny 4 unknown
    G305 unknown: 
         the history of the store orders was rewritten: it no longer contains the commit 41d9e0741d9e
         next: find out who did it and why; then accept the present history: upheld store trust
    ");
}

// 57: "since the lease"
#[test]
fn a_record_that_was_lost_since_a_roll_out_began_is_detected() {
    let (mut world, records) = shop();
    world.publish("weather@2", &[]);
    world.start("weather@2");
    let path = world.path_of(records.live);
    world.remove(&path);
    assert_snapshot!(world.gate("orders@2"), @"
    deny 4 unknown
    G305 unknown: weather@2
         the store's history was rewritten since the roll-out of weather@2 began: it no longer contains 10
         next: find out who did it and why; then, if the roll-out is done: upheld deployed weather@2 --to production
         next: or, if it was given up: upheld undeployed weather@2 --to production --rollout
    G502 a roll-out of weather@2 began at 2026-11-24T08:11:00Z and was due by 2026-11-24T12:00:00Z; until its end is recorded, both that version and the one before it count as live
         next: record how it ended: upheld deployed weather@2 --to production, or upheld undeployed weather@2 --to production --rollout
    G507 storefront isn't live in production, so its contracts with orders aren't checked
    ");
    world.deploy("weather@2");
    assert_eq!(world.gate("orders@2").verdict(), "allow 0 compatible", "nothing that is live saw it");
}

// 58, the gate's part of it
#[test]
fn a_deleted_contract_is_detected() {
    let (mut world, _) = shop();
    let path = world.store.below("contracts").remove(0);
    world.remove(&path);
    assert_snapshot!(cut(&world.gate("orders@2")), @"
    deny 4 unknown
    G303 unknown: storefront@1 (live) needs orders@2 (candidate)
         contracts/orders/storefront/HASH.yaml is missing
         next: run `upheld store lint`, and restore contracts/orders/storefront/HASH.yaml from the store's history
    ");
}

// publish and deployed: no record is based on one that can't be trusted.
#[test]
fn no_record_is_based_on_untrusted_ones() {
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
fn an_old_view_gives_the_same_decision_again() {
    let (mut world, _) = shop();
    let question = world.question("orders@2");
    let then = world.answer(&question).0;
    world.verify("orders@2", "!a");
    assert_eq!(world.gate("orders@2").verdict(), "deny 1 incompatible");
    let view = upheld::ledger::Store::snapshot_at(&world.store, &then.store).unwrap();
    let again = upheld::gate::decide(&question, &upheld::ledger::Book::new(view.as_ref())).unwrap();
    assert_eq!(again, then);
}

// The cache doesn't affect decisions.
#[test]
fn cached_values_are_not_used_after_a_change() {
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

// status: every live pair, and every file in doubt.
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
fn a_lost_publication_of_a_service_that_consumes_itself_is_detected() {
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

/// Versions a@1 and b@1, the latter live as a fact although it was never published, and b@2, which needs nothing.
fn unpublished() -> (World, RecordId) {
    let mut world = World::new("a b");
    world.publish("a@1", &[]);
    world.publish("b@2", &[]);
    let live = world.try_arrive("b@1", None, upheld::ledger::Arrival::Done, true, None).unwrap();
    assert_eq!(world.gate("a@1").verdict(), "deny 4 unknown");
    (world, live)
}

// 9, with damage
#[test]
fn a_damaged_record_of_an_unpublished_version_does_not_open_the_gate() {
    let (mut world, live) = unpublished();
    let path = world.path_of(live);
    world.change_a_byte(&path);
    assert_snapshot!(cut(&world.gate("a@1")), @"
    deny 4 unknown
    G303 unknown: b needs a@1 (candidate)
         deployments/production/b/2026-11/1.HASH.json was changed: its name isn't the hash of its content
         next: run `upheld store lint`, and restore deployments/production/b/2026-11/1.HASH.json from the store's history
    ");
    for damage in ["", "{", r#"{"format":2,"needs":"0.9.0"}"#, "not a record at all"] {
        let (mut world, live) = unpublished();
        let path = world.path_of(live);
        world.remove(&path);
        world.put_beside(&path, "1.", damage);
        assert_eq!(world.gate("a@1").verdict(), "deny 4 unknown", "{damage}");
    }
    // Its name tells that it is about the version that needs nothing.
    let (mut world, live) = unpublished();
    let path = world.path_of(live);
    world.deploy("b@2");
    assert_eq!(world.gate("a@1").verdict(), "allow 0 compatible");
    world.put_beside(&path, "2.", "not a record at all");
    assert_eq!(world.gate("a@1").verdict(), "allow 0 compatible");
    world.put_beside(&path, "", "not a record at all");
    assert_eq!(world.gate("a@1").verdict(), "deny 4 unknown", "it may be about the version that wasn't published");
}

// 51 and 53
#[test]
fn a_damaged_record_of_a_version_that_was_published_twice_does_not_open_the_gate() {
    let mut world = World::new("a b c");
    world.publish("a@1", &[]);
    world.publish("b@1", &[]);
    let live = world.deploy("b@1");
    let other = crate::ledger_world::contract_of("b", "c", "x");
    let files = {
        let empty = World::new("a b c");
        let stamp = crate::ledger_world::stamp_of(99);
        empty
            .asked(|book| upheld::ledger::publish(book, &crate::ledger_world::of("b@1"), None, &[other], stamp))
            .unwrap()
    };
    world.land(&files);
    assert_eq!(world.gate("a@1").verdict(), "deny 4 unknown");
    let path = world.path_of(live);
    world.change_a_byte(&path);
    assert_eq!(world.gate("a@1").verdict(), "deny 4 unknown");
}

// 53
#[test]
fn a_live_version_whose_publication_has_a_newer_format_may_need_anything() {
    let mut world = World::new("a b c");
    world.publish("a@1", &[]);
    world.publish("c@1", &[]);
    world.publish("c@2", &[]);
    world.deploy("c@1");
    assert_eq!(world.gate("a@1").verdict(), "allow 0 compatible");
    let path = world.store.below("publications/c").into_iter().find(|path| path.contains("/1.")).unwrap();
    world.remove(&path);
    world.put_beside(&path, "1.", r#"{"format":2,"needs":"0.9.0"}"#);
    assert_snapshot!(cut(&world.gate("a@1")), @"
    deny 4 unknown
    G303 unknown: c needs a@1 (candidate)
         publications/c/6b/1.HASH.json has a newer format: upgrade to Upheld >= 0.9.0
         next: upgrade to Upheld >= 0.9.0
    ");
    // Once it is replaced, nobody needs to know.
    world.store.knows_contents = true;
    assert_eq!(world.gate("c@2").verdict(), "allow 0 compatible");
    assert_eq!(world.gate("a@1 c@2").0.order.first().map(ToString::to_string).as_deref(), Some("c@2"));
    assert_eq!(
        world
            .ask("a@1 c@2", |question| question.plan = upheld::gate::Plan::Order(vec![name("c"), name("a")]))
            .verdict(),
        "allow 0 compatible"
    );
    world.deploy("c@2");
    assert_eq!(world.gate("a@1").verdict(), "allow 0 compatible");
}

// 58, with more damage
#[test]
fn a_consumer_in_doubt_is_no_stranger_because_its_contract_is_gone() {
    let (mut world, records) = shop();
    let contract = world.store.below("contracts").remove(0);
    world.remove(&contract);
    let path = world.path_of(records.live);
    world.change_a_byte(&path);
    assert_eq!(world.gate("orders@2").verdict(), "deny 4 unknown");
    // Nor because its publication is damaged as well.
    let path = publication(&world, "storefront");
    world.store.meddle(|files| {
        let text = String::from_utf8(files[&path].clone()).unwrap();
        files.insert(path.clone(), text.replace("orders", "ordert").into_bytes());
    });
    assert_eq!(world.gate("orders@2").verdict(), "deny 4 unknown");
}

// 57, with damage
#[test]
fn a_damaged_roll_out_whose_view_was_lost_still_denies() {
    let (mut world, records) = shop();
    world.publish("weather@2", &[]);
    let rollout = world.start("weather@2");
    let path = world.path_of(records.live);
    world.remove(&path);
    let path = world.path_of(rollout);
    let text = String::from_utf8(world.store.files()[&path].clone()).unwrap();
    for damaged in
        [text.replace("weather", "weathes"), text.replace("started", "starte"), text.replace("\"seen\"", "\"sees\"")]
    {
        assert_ne!(damaged, text);
        world.store.meddle(|files| drop(files.insert(path.clone(), damaged.clone().into_bytes())));
        let answer = world.gate("orders@2");
        assert_eq!(answer.verdict(), "deny 4 unknown", "{damaged}");
        assert!(answer.to_string().contains("2026-11/2."), "{answer}");
    }
}

// 57: there is something else to be done before any order.
#[test]
fn no_order_is_shown_beside_a_lost_view() {
    let mut world = World::new("storefront orders weather");
    for version in ["orders@1", "orders@2", "weather@1"] {
        world.publish(version, &[]);
    }
    world.publish("storefront@1", &[("orders", "a")]);
    world.publish("storefront@2", &[("orders", "b")]);
    world.verify("orders@1", "a !b");
    world.verify("orders@2", "a b");
    world.deploy("orders@1");
    world.deploy("storefront@1");
    assert_eq!(world.gate("storefront@2 orders@2").0.order.len(), 2);
    let verification = world.store.below("verifications").remove(0);
    world.start("weather@1");
    world.remove(&verification);
    let answer = world.gate("storefront@2 orders@2");
    assert!(answer.to_string().contains("G305") && answer.0.order.is_empty(), "{answer}");
}

// 51: an old version of the candidate's own service doesn't matter to it.
#[test]
fn a_damaged_record_of_the_candidate_s_own_service_is_a_notice() {
    let mut world = World::new("a");
    world.publish("a@1", &[]);
    world.publish("a@3", &[]);
    let live = world.try_arrive("a@2", None, upheld::ledger::Arrival::Done, true, None).unwrap();
    let path = world.path_of(live);
    world.change_a_byte(&path);
    let answer = world.gate("a@3");
    assert_eq!(answer.verdict(), "allow 0 compatible");
    assert!(answer.to_string().contains("G506") && !answer.to_string().contains("a needs a@3"), "{answer}");
}

// A damaged publication is about its version.
#[test]
fn a_doubt_about_a_version_ends_with_it() {
    let mut world = World::new("a b");
    world.publish("a@1", &[]);
    world.publish("b@1", &[("a", "x")]);
    world.publish("b@2", &[]);
    world.deploy("b@1");
    let path = world.store.below("publications/b").into_iter().find(|path| path.contains("/1.")).unwrap();
    world.change_a_byte(&path);
    assert_eq!(world.gate("a@1").verdict(), "deny 4 unknown");
    assert_eq!(world.gate("b@2").verdict(), "allow 0 compatible");
    let answer = world.gate("a@1 b@2");
    assert_eq!(answer.verdict(), "allow 0 compatible");
    let order: Vec<String> = answer.0.order.iter().map(ToString::to_string).collect();
    assert_eq!(order, ["b@2", "a@1"]);
    assert_eq!(
        world.ask("a@1 b@2", |question| question.plan = upheld::gate::Plan::Atomic).verdict(),
        "allow 0 compatible"
    );
    world.deploy("b@2");
    assert_eq!(world.gate("a@1").verdict(), "allow 0 compatible");
}
