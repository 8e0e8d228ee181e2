//! Adds files to a store, and tries again on the new view whenever another writer was first.

use std::thread;
use std::time::{Duration, Instant};

use crate::ledger::{Landing, NewFile, Snapshot, Store, StoreError};
use crate::words::duration;

/// The longest pause after the first try. It is no longer than the try itself took, and doubles with each further one.
const BASE: Duration = Duration::from_millis(50);
/// How often it is doubled, up to 1.6 seconds.
const DOUBLED: u32 = 5;

/// How long to wait for the turn. A process that keeps it for longer hangs, and turns only save work anyway.
const TURN: Duration = Duration::from_secs(20);

/// The additions to one view of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan<T> {
    /// The files to add, referenced ones before those that refer to them. Empty if they all exist, or nothing has to be
    /// done.
    pub files: Vec<NewFile>,
    /// The result once the files are added.
    pub value: T,
}

/// Adds the files that `plan` returns for the present view of the store, in one step, and returns the plan's value. If the
/// store has changed in the meantime, plans again on the new view, until `patience` is over.
///
/// # Errors
///
/// The error of `plan`, why the store can't be read or written, or that others kept writing to it all the time.
pub fn append<T, E: From<StoreError>>(
    store: &dyn Store,
    patience: Duration,
    message: &str,
    mut plan: impl FnMut(&dyn Snapshot) -> Result<Plan<T>, E>,
) -> Result<T, E> {
    let deadline = Instant::now() + patience;
    let mut tries: u32 = 0;
    // The view since which every try has met a lock.
    let mut locked: Option<String> = None;
    loop {
        let turn = store.turn(TURN.min(deadline.saturating_duration_since(Instant::now())));
        let start = Instant::now();
        let snapshot = store.snapshot()?;
        let Plan { files, value } = plan(snapshot.as_ref())?;
        if files.is_empty() {
            return Ok(value);
        }
        let why = match store.add(&files, snapshot.id(), message)? {
            Landing::Landed => return Ok(value),
            Landing::Moved(why) => {
                locked = None;
                why
            }
            Landing::Locked(why) => {
                locked = Some(snapshot.id().to_owned()).filter(|now| tries == 0 || locked.as_ref() == Some(now));
                why
            }
        };
        drop(turn);
        // Full jitter, over a time in which some others get through, so writers that collided are unlikely to do so again.
        let most = start.elapsed().min(BASE) * (1 << tries.min(DOUBLED));
        let pause = most.mul_f64(fastrand::f64());
        if Instant::now() + pause >= deadline {
            if locked.is_some() {
                let message = format!(
                    "nothing was added to the store {}: its branch stayed locked for {}, and nobody wrote to it",
                    store.name(),
                    duration(patience)
                );
                return Err(E::from(StoreError::new(message).detail(why).help(
                    "a push that crashed on the server has left its lock; delete the file there that the message names",
                )));
            }
            let message = format!(
                "nothing was added to the store {}: others kept writing to it for {}",
                store.name(),
                duration(patience)
            );
            return Err(E::from(
                StoreError::new(message).detail(why).help("try again, or allow more time with --store-timeout"),
            ));
        }
        thread::sleep(pause);
        tries += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::ledger::FolderEntry;

    /// A store that changes before every try but one.
    struct Busy {
        tries: Cell<u32>,
        lands_at: u32,
    }

    struct View(String);

    impl Snapshot for View {
        fn id(&self) -> &str {
            &self.0
        }
        fn list(&self, _: &str) -> Result<Vec<FolderEntry>, StoreError> {
            Ok(Vec::new())
        }
        fn read(&self, _: &[String]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
            Ok(Vec::new())
        }
    }

    impl Store for Busy {
        fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
            Ok(Box::new(View(self.tries.get().to_string())))
        }
        fn snapshot_at(&self, _: &str) -> Result<Box<dyn Snapshot>, StoreError> {
            self.snapshot()
        }
        fn name(&self) -> &'static str {
            "busy"
        }
        fn add(&self, _: &[NewFile], since: &str, _: &str) -> Result<Landing, StoreError> {
            assert_eq!(since, self.tries.get().to_string(), "each try has its own view");
            self.tries.set(self.tries.get() + 1);
            let landed = self.tries.get() == self.lands_at;
            Ok(if landed { Landing::Landed } else { Landing::Moved(String::from("somebody was first")) })
        }
    }

    fn plan(snapshot: &dyn Snapshot) -> Result<Plan<String>, StoreError> {
        snapshot.list("")?;
        Ok(Plan { files: vec![NewFile::new("a", "")], value: snapshot.id().to_owned() })
    }

    #[test]
    fn files_are_planned_on_the_view_that_they_are_added_to() {
        let store = Busy { tries: Cell::new(0), lands_at: 3 };
        assert_eq!(append(&store, Duration::from_mins(1), "m", plan), Ok(String::from("2")));
    }

    #[test]
    fn a_store_that_keeps_changing_is_given_up_at_the_deadline() {
        let store = Busy { tries: Cell::new(0), lands_at: u32::MAX };
        let error = append(&store, Duration::from_millis(200), "m", plan).unwrap_err();
        assert_eq!(error.message, "nothing was added to the store busy: others kept writing to it for 200 ms");
        assert_eq!(error.detail.as_deref(), Some("somebody was first"));
        assert!(store.tries.get() > 1);
    }

    #[test]
    fn a_plan_without_files_adds_nothing() {
        let store = Busy { tries: Cell::new(0), lands_at: u32::MAX };
        let nothing = |_: &dyn Snapshot| Ok::<_, StoreError>(Plan { files: Vec::new(), value: 7 });
        assert_eq!(append(&store, Duration::from_secs(1), "m", nothing), Ok(7));
        assert_eq!(store.tries.get(), 0);
    }
}
