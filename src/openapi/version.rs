//! The versions of interface descriptions.

/// The versions that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    Swagger2,
    V30,
    /// 3.1 and 3.2, whose schemas are JSON Schema 2020-12.
    V31,
}
