//! A folder in memory: made once by many processes, and then written in many places without any.

use std::fs;
use std::path::{Path, PathBuf};

/// The folders and files below a folder, by their paths in it, each folder before its content.
#[derive(Clone)]
pub struct Tree(Vec<(PathBuf, Option<Vec<u8>>)>);

impl Tree {
    /// Reads all that is in a folder.
    pub fn read(root: &Path) -> Self {
        let mut found = Vec::new();
        let mut open = vec![root.to_path_buf()];
        while let Some(folder) = open.pop() {
            found.push((folder.strip_prefix(root).unwrap().to_path_buf(), None));
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    let bytes = fs::read(&path).unwrap();
                    found.push((path.strip_prefix(root).unwrap().to_path_buf(), Some(bytes)));
                }
            }
        }
        Self(found)
    }

    /// Writes it to a folder that may be there already.
    pub fn write(&self, root: &Path) {
        for (path, bytes) in &self.0 {
            match bytes {
                Some(bytes) => fs::write(root.join(path), bytes).unwrap(),
                None => fs::create_dir_all(root.join(path)).unwrap(),
            }
        }
    }
}
