//! Limits on the files that are read, and the findings about a file that exceeds them.

use std::sync::Arc;

use super::codes::OVER_LIMIT;
use super::{Finding, Span};

/// Limits on a file that is read.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The size of the text, in bytes.
    pub bytes: usize,
    /// How deep values may be nested, including those that aliases refer to. A greater value than
    /// [`Limits::MOST_DEPTH`] is lowered to it.
    pub depth: usize,
    /// How many values the text may contain.
    pub values: usize,
    /// How many values the anchors of the text may name, and how many its aliases may copy, all uses counted.
    pub aliased: usize,
}

impl Limits {
    /// The depth that no limit goes beyond. A JSON body is read to 128 levels, so nothing deeper could be compared; and
    /// walking along values takes stack space for each level.
    pub const MOST_DEPTH: usize = 140;
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 32 << 20, depth: 100, values: 1_000_000, aliased: 50_000 }
    }
}

/// The finding for a file that is larger than is read.
pub(crate) fn too_large(file: &Arc<str>, bytes: usize, limit: usize) -> Finding {
    Finding::error(OVER_LIMIT, file, None, format!("the file has {bytes} bytes; at most {limit} are read"))
        .help("split the file, or raise the limit with --max-file-size")
}

/// The finding for values that are nested deeper than is read.
pub(super) fn too_deep(file: &Arc<str>, span: Span) -> Finding {
    Finding::error(OVER_LIMIT, file, Some(span), "values are nested too deeply here")
        .help("a contract states the least a consumer needs: leave out what it doesn't read, or raise --max-depth")
}
