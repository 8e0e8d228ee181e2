//! Many concurrent writers: no record is lost or written twice, and killed writers do no harm.

use std::collections::BTreeSet;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use upheld::git::Environment;
use upheld::ledger::{Landing, NewFile, Snapshot, Store, StoreError};
use upheld::store::{self, Plan};

use crate::support::{Remote, World, until};

/// The number of concurrent writers.
const WRITERS: usize = 100;
/// One of this many writers is killed.
const KILLED: usize = 10;
/// Longer than all of them need on the slowest machine.
const PATIENCE: Duration = Duration::from_mins(5);

/// The record of a writer, and the file that it refers to.
fn files(number: usize) -> [NewFile; 2] {
    [
        NewFile::new(format!("contracts/orders/web-{number}/{number:064}.yaml"), format!("contract: {number}\n")),
        NewFile::new(
            format!("publications/web-{number}/{:02x}/{number}.json", number % 256),
            format!("{{\"n\":{number}}}"),
        ),
    ]
}

fn write(store: &dyn Store, number: usize) -> Result<(), StoreError> {
    let plan = |_: &dyn Snapshot| Ok::<_, StoreError>(Plan { files: files(number).into(), value: () });
    store::append(store, PATIENCE, &format!("writer {number}"), plan)
}

/// Checks that these writers' files are there and complete, and no others except complete ones of some more writers.
fn assert_written(store: &dyn Store, must: impl IntoIterator<Item = usize>, may: impl IntoIterator<Item = usize>) {
    let snapshot = store.snapshot().unwrap();
    let mut found = BTreeSet::new();
    for web in snapshot.list("publications").unwrap() {
        for shard in snapshot.list(&format!("publications/{}", web.name)).unwrap() {
            for file in snapshot.list(&format!("publications/{}/{}", web.name, shard.name)).unwrap() {
                found.insert(file.name.strip_suffix(".json").unwrap().parse::<usize>().unwrap());
            }
        }
    }
    let all: Vec<NewFile> = found.iter().flat_map(|number| files(*number)).collect();
    let paths: Vec<String> = all.iter().map(|file| file.path.clone()).collect();
    let bytes: Vec<Option<Vec<u8>>> = all.into_iter().map(|file| Some(file.bytes)).collect();
    assert_eq!(snapshot.read(&paths).unwrap(), bytes);
    let must: BTreeSet<usize> = must.into_iter().collect();
    let may: BTreeSet<usize> = may.into_iter().collect();
    assert_eq!(must.difference(&found).collect::<Vec<_>>(), Vec::<&usize>::new(), "lost");
    assert_eq!(found.difference(&must).filter(|number| !may.contains(number)).count(), 0, "nobody's");
}

/// Every commit adds one writer's files, and no writer has two.
fn assert_once(remote: &Remote) {
    let writers = remote.git(&["log", "--format=%s", "main"]);
    let distinct: BTreeSet<&str> = writers.lines().collect();
    assert_eq!(distinct.len(), writers.lines().count());
    assert_eq!(2 * distinct.len(), remote.files().len());
    remote.git(&["fsck", "--strict"]);
}

#[test]
fn a_hundred_writers_of_one_repository_lose_nothing() {
    let remote = Remote::new();
    thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|number| {
                let remote = &remote;
                // Seven of ten share a copy; the others are on three machines.
                let cache = format!("cache-{}", (number % 10).saturating_sub(6));
                scope.spawn(move || write(&remote.store(&cache), number))
            })
            .collect();
        for writer in writers {
            assert_eq!(writer.join().unwrap(), Ok(()));
        }
    });
    assert_written(&remote.store("cache-0"), 0..WRITERS, []);
    assert_once(&remote);
}

#[test]
fn a_hundred_writers_of_one_folder_lose_nothing() {
    let world = World::new();
    let store = || store::create("store", world.root(), &Environment::default()).unwrap();
    thread::scope(|scope| {
        let store = &store;
        let writers: Vec<_> = (0..WRITERS).map(|number| scope.spawn(move || write(store().as_ref(), number))).collect();
        for writer in writers {
            assert_eq!(writer.join().unwrap(), Ok(()));
        }
    });
    assert_written(store().as_ref(), 0..WRITERS, []);
}

/// Of a hundred writing processes, ten are killed at some moment of their work.
fn killed_midway(spec: &str, environment: &[(&str, &str)], world: &std::path::Path) {
    let started = world.join("started");
    std::fs::create_dir(&started).unwrap();
    let mut children: Vec<Child> = (0..WRITERS)
        .map(|number| {
            Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "store_writers::one_writer_among_others", "--ignored", "--nocapture"])
                .envs(environment.iter().copied())
                .env("UPHELD_TEST_WRITER", format!("{number} {}", started.join(number.to_string()).display()))
                .env("UPHELD_TEST_STORE", spec)
                .env("UPHELD_TEST_FOLDER", world)
                .stdout(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for number in (0..WRITERS).step_by(KILLED) {
        until("a writer's start", || started.join(number.to_string()).exists().then_some(()));
        // One immediately, the next a bit later in its work, and so on.
        thread::sleep(Duration::from_millis(u64::try_from(number).unwrap()));
        children[number].kill().unwrap();
    }
    for (number, child) in children.iter_mut().enumerate() {
        let status = child.wait().unwrap();
        assert!(status.success() || number % KILLED == 0, "writer {number}: {status}");
    }
}

#[test]
#[ignore = "a part of other tests, which run it as a process"]
fn one_writer_among_others() {
    let variable = |name: &str| std::env::var(name).unwrap();
    let writer = variable("UPHELD_TEST_WRITER");
    let (number, started) = writer.split_once(' ').unwrap();
    let folder = variable("UPHELD_TEST_FOLDER");
    let store =
        store::create(&variable("UPHELD_TEST_STORE"), std::path::Path::new(&folder), &Environment::of_process())
            .unwrap();
    std::fs::write(started, "").unwrap();
    write(store.as_ref(), number.parse().unwrap()).unwrap();
}

fn survivors() -> impl Iterator<Item = usize> {
    (0..WRITERS).filter(|number| number % KILLED != 0)
}

#[test]
fn killed_writers_of_a_repository_do_no_harm() {
    let remote = Remote::new();
    let environment = remote.environment_of("cache");
    let variables =
        ["HOME", "GIT_CONFIG_NOSYSTEM", "UPHELD_CACHE"].map(|name| (name, environment.variable(name).unwrap()));
    let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    killed_midway(&remote.address(), &variables, remote.root());
    assert_written(&remote.store("cache"), survivors(), 0..WRITERS);
    assert_once(&remote);
    // And their shared copy is still usable.
    write(&remote.store("cache"), WRITERS).unwrap();
}

#[test]
fn killed_writers_of_a_folder_do_no_harm() {
    let world = World::new();
    killed_midway("store", &[], world.root());
    let store = store::open("store", world.root(), &Environment::default()).unwrap();
    assert_written(store.as_ref(), survivors(), 0..WRITERS);
    write(store.as_ref(), WRITERS).unwrap();
    let mut open = vec![world.path("store")];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            assert!(!entry.file_name().to_string_lossy().starts_with(".upheld-"), "{}", entry.path().display());
            open.extend(entry.path().is_dir().then(|| entry.path()));
        }
    }
}

/// If several add to one view at the same moment, exactly one lands.
fn one_of(stores: &[Box<dyn Store + Sync>], number: usize) {
    let since = stores[0].snapshot().unwrap().id().to_owned();
    let barrier = std::sync::Barrier::new(stores.len());
    let landed = thread::scope(|scope| {
        let adding: Vec<_> = stores
            .iter()
            .enumerate()
            .map(|(at, store)| {
                let (since, barrier) = (&since, &barrier);
                scope.spawn(move || {
                    let file = NewFile::new(format!("race/{number}-{at}.json"), "");
                    barrier.wait();
                    store.add(&[file], since, "race").unwrap()
                })
            })
            .collect();
        adding.into_iter().map(|adding| adding.join().unwrap()).filter(|it| *it == Landing::Landed).count()
    });
    assert_eq!(landed, 1);
    assert_eq!(stores[0].snapshot().unwrap().list("race").unwrap().len(), number + 1);
}

#[test]
fn of_several_additions_to_one_view_exactly_one_lands() {
    let remote = Remote::new();
    let world = World::new();
    let git: Vec<Box<dyn Store + Sync>> =
        ["one", "one", "two", "three"].map(|cache| Box::new(remote.store(cache)) as Box<dyn Store + Sync>).into();
    let folder: Vec<Box<dyn Store + Sync>> = [(); 4]
        .map(|()| Box::new(store::FolderStore::create(world.path("store"), "store")) as Box<dyn Store + Sync>)
        .into();
    for number in 0..10 {
        one_of(&git, number);
        one_of(&folder, number);
    }
}
