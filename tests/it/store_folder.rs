//! A store in a folder: views, additions, and refusals.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use upheld::git::Environment;
use upheld::ledger::{EntryKind, FolderEntry, Landing, NewFile, Snapshot, Store, StoreError};
use upheld::store::{self, FolderStore};

use crate::support::World;

fn folder(world: &World) -> PathBuf {
    world.path("store")
}

/// A store with `store.yaml`, a service and a record.
fn filled(world: &World) -> FolderStore {
    let store = FolderStore::create(folder(world), "store");
    let since = store.snapshot().unwrap();
    let files = [
        NewFile::new("store.yaml", "upheld-store: 1\n"),
        NewFile::new("services/orders.yaml", "{}\n"),
        NewFile::new("publications/orders/8f/1.abc.json", "{}"),
    ];
    assert_eq!(store.add(&files, since.id(), "init").unwrap(), Landing::Landed);
    FolderStore::open(folder(world), "store")
}

fn names(snapshot: &dyn Snapshot, folder: &str) -> Vec<String> {
    snapshot.list(folder).unwrap().into_iter().map(|entry| entry.name).collect()
}

fn read(snapshot: &dyn Snapshot, path: &str) -> Option<String> {
    let bytes = snapshot.read(&[path.to_owned()]).unwrap().remove(0)?;
    Some(String::from_utf8(bytes).unwrap())
}

fn error<T>(result: Result<T, StoreError>) -> String {
    let Err(error) = result else { panic!("it went well") };
    format!("{}\n{}", error.message, error.help.join("\n"))
}

#[test]
fn added_files_are_there() {
    let world = World::new();
    let store = filled(&world);
    let snapshot = store.snapshot().unwrap();
    assert_eq!(names(snapshot.as_ref(), ""), ["publications", "services", "store.yaml"]);
    let expected = [FolderEntry { name: String::from("1.abc.json"), kind: EntryKind::File, content: None }];
    assert_eq!(snapshot.list("publications/orders/8f").unwrap(), expected);
    assert_eq!(snapshot.list("nowhere/at/all").unwrap(), []);
    assert_eq!(read(snapshot.as_ref(), "services/orders.yaml").as_deref(), Some("{}\n"));
    assert_eq!(read(snapshot.as_ref(), "services"), None);
    assert_eq!(read(snapshot.as_ref(), "services/none.yaml"), None);
    assert_eq!(read(snapshot.as_ref(), "../contracts/upheld.yaml"), None);
}

#[test]
fn a_view_does_not_change_and_detects_that_the_store_has() {
    let world = World::new();
    let store = filled(&world);
    let before = store.snapshot().unwrap();
    assert_eq!(before.id(), store.snapshot().unwrap().id());
    let file = [NewFile::new("deployments/production/orders/2026-11/1.json", "{}")];
    assert_eq!(store.add(&file, before.id(), "m").unwrap(), Landing::Landed);
    assert_eq!(names(before.as_ref(), ""), ["publications", "services", "store.yaml"]);
    let other = [NewFile::new("deployments/production/orders/2026-11/2.json", "{}")];
    assert!(matches!(store.add(&other, before.id(), "m").unwrap(), Landing::Moved(_)));
    assert!(!folder(&world).join("deployments/production/orders/2026-11/2.json").exists());
    assert_eq!(names(store.snapshot().unwrap().as_ref(), "deployments/production/orders/2026-11"), ["1.json"]);
}

#[test]
fn a_declaration_changed_by_hand_changes_new_views_only() {
    let world = World::new();
    let store = filled(&world);
    let before = store.snapshot().unwrap();
    world.write("store/services/orders.yaml", "owners: [team-orders]\n");
    assert_ne!(before.id(), store.snapshot().unwrap().id());
    assert_eq!(read(before.as_ref(), "services/orders.yaml").as_deref(), Some("{}\n"));
    fs::remove_file(world.path("store/publications/orders/8f/1.abc.json")).unwrap();
    let message = error(before.read(&[String::from("publications/orders/8f/1.abc.json")]));
    assert!(message.contains("it doesn't exist"), "{message}");
}

#[test]
fn a_file_is_never_overwritten() {
    let world = World::new();
    let store = filled(&world);
    let since = store.snapshot().unwrap();
    let files = [
        NewFile::new("contracts/orders/web/1.yaml", "contract"),
        NewFile::new("store.yaml", "upheld-store: 1\n"),
        NewFile::new("services/orders.yaml", "other\n"),
    ];
    let message = error(store.add(&files, since.id(), "m"));
    assert!(message.contains("services/orders.yaml is already in the store store with other content"), "{message}");
    // All or none.
    assert_eq!(store.snapshot().unwrap().id(), since.id());
    assert_eq!(store.add(&files[..2], since.id(), "m").unwrap(), Landing::Landed);
    let under_a_file = [NewFile::new("store.yaml/a", "")];
    let message = error(store.add(&under_a_file, store.snapshot().unwrap().id(), "m"));
    assert!(message.contains("a part of its path is a file"), "{message}");
}

#[test]
fn a_missing_folder_is_only_a_store_if_it_may_be_created() {
    let world = World::new();
    let message = error(FolderStore::open(folder(&world), "store").snapshot());
    assert!(message.contains("there is no store in "), "{message}");
    assert!(message.contains("create one with `upheld store init`"), "{message}");
    let made = store::create("store", world.root(), &Environment::default()).unwrap();
    let nothing = made.snapshot().unwrap();
    assert_eq!(nothing.list("").unwrap(), []);
    assert!(!folder(&world).exists(), "looking makes nothing");
    fs::create_dir(folder(&world)).unwrap();
    assert_eq!(made.snapshot().unwrap().id(), nothing.id(), "an empty folder is the same view");
}

#[test]
fn a_folder_has_no_history() {
    let world = World::new();
    let store = filled(&world);
    let id = store.snapshot().unwrap().id().to_owned();
    assert_eq!(store.snapshot_at(&id).unwrap().id(), id);
    assert_eq!(store.snapshot_at(&id[..12]).unwrap().id(), id);
    let message = error(store.snapshot_at(&"0".repeat(64)));
    assert!(message.ends_with("a folder has no history; keep the store in a git repository"), "{message}");
    assert!(store.snapshot_at("").is_err());
}

#[test]
fn files_of_a_killed_writer_are_invisible_and_the_next_writer_deletes_them() {
    let world = World::new();
    let store = filled(&world);
    let id = store.snapshot().unwrap().id().to_owned();
    world.write("store/publications/orders/8f/.upheld-x1y2", "{\"half");
    let snapshot = store.snapshot().unwrap();
    assert_eq!(snapshot.id(), id);
    assert_eq!(names(snapshot.as_ref(), "publications/orders/8f"), ["1.abc.json"]);
    assert_eq!(store.add(&[NewFile::new("a", "")], &id, "m").unwrap(), Landing::Landed);
    assert!(!world.path("store/publications/orders/8f/.upheld-x1y2").exists());
}

#[test]
fn a_lock_that_is_never_released_is_an_error_after_a_while() {
    let world = World::new();
    let store = filled(&world).patient(Duration::from_millis(100));
    let id = store.snapshot().unwrap().id().to_owned();
    let held = fs::File::open(world.path("store/.lock")).unwrap();
    held.lock().unwrap();
    for message in [error(store.snapshot()), error(store.add(&[NewFile::new("a", "")], &id, "m"))] {
        assert!(message.contains("is still being written by another process after 100 ms"), "{message}");
    }
    drop(held);
    assert!(store.snapshot().is_ok());
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    use std::os::unix::fs::symlink;
    let world = World::new();
    let store = filled(&world);
    world.write("outside/secret.yaml", "secret");
    symlink(world.path("outside"), world.path("store/environments")).unwrap();
    symlink(world.path("outside/secret.yaml"), world.path("store/services/web.yaml")).unwrap();
    let snapshot = store.snapshot().unwrap();
    assert_eq!(snapshot.list("environments").unwrap(), []);
    assert_eq!(read(snapshot.as_ref(), "environments/secret.yaml"), None);
    assert_eq!(read(snapshot.as_ref(), "services/web.yaml"), None);
    let kinds: Vec<_> = snapshot.list("services").unwrap().into_iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, [EntryKind::File, EntryKind::Other]);
    // A file that is made a link after the view was taken.
    fs::remove_file(world.path("store/publications/orders/8f/1.abc.json")).unwrap();
    symlink(world.path("outside/secret.yaml"), world.path("store/publications/orders/8f/1.abc.json")).unwrap();
    assert!(snapshot.read(&[String::from("environments/secret.yaml")]).unwrap()[0].is_none());
}

#[test]
fn a_bare_repository_is_distinguished_from_a_folder() {
    let remote = crate::support::Remote::new();
    let store = store::open("remote.git", remote.root(), &Environment::default()).unwrap();
    let message = error(store.snapshot());
    assert!(message.contains("is a bare git repository\nuse its address: git+file:///"), "{message}");
}
