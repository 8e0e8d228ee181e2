//! Files that a conversion writes. Existing files aren't overwritten unless that is allowed.

use std::path::PathBuf;

use super::{Failure, World};
use crate::files;
use crate::interaction::ServiceName;
use crate::words::count;

/// A file that is about to be written.
pub(super) struct Page {
    path: PathBuf,
    /// The path as it is shown to people.
    pub shown: String,
    pub text: String,
    /// Whether the file exists already, with this very text.
    is_unchanged: bool,
}

impl Page {
    /// A page for a path. Another file may be there only if it may be replaced; `elsewhere` is the option that writes
    /// somewhere else.
    pub(super) fn new(
        path: PathBuf,
        text: String,
        may_replace: bool,
        elsewhere: &str,
        world: &World,
    ) -> Result<Self, Failure> {
        let shown = files::shown(&path, &world.working);
        let is_unchanged = files::read_small(&path).is_some_and(|there| there == text);
        if path.exists() && !is_unchanged && !may_replace {
            return Err(Failure::usage(format!("nothing was written: {shown} exists and has other content"))
                .help(format!("--replace overwrites it; {elsewhere} DIR writes to another folder")));
        }
        Ok(Self { path, shown, text, is_unchanged })
    }

    /// Whether it goes to a path.
    pub(super) fn is_at(&self, path: &std::path::Path) -> bool {
        self.path == path
    }

    /// The line that reports on it.
    pub(super) fn summary(
        &self,
        consumer: &ServiceName,
        provider: &ServiceName,
        interactions: usize,
        remarks: usize,
    ) -> String {
        let interactions = count(interactions, "interaction");
        let remarks = match remarks {
            0 => String::new(),
            number => format!(", {}", count(number, "remark")),
        };
        let fate = if self.is_unchanged { "no change to" } else { "written to" };
        format!("{consumer} → {provider}  {interactions}{remarks}; {fate} {}\n", self.shown)
    }

    /// Writes it, unless that would change nothing.
    pub(super) fn write(&self) -> Result<(), Failure> {
        if self.is_unchanged {
            return Ok(());
        }
        files::replace(&self.path, &self.text)
            .map_err(|error| Failure::could_not_run(format!("{} can't be written: {}", self.shown, files::why(&error))))
    }
}
