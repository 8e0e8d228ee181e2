//! Keeps secrets out of contracts and out of all output about a recording.
//!
//! [`redact()`] goes over all exchanges twice, with the same code: first to know all secrets, then to replace each of them
//! in its own place and in every other text, since services echo their requests. The resulting [`Guard`] checks every text
//! once more before it is written or shown.
//!
//! All forms of messages share one definition of a secret: `names` and `values` judge a value by its name, `issuers` and
//! `shapes` recognize secrets by their look, and `text` finds both in any text. `tree` does the same for JSON, where names
//! have a place, `path` for paths, and `body` finds out the form of a body.

mod body;
mod editor;
mod fields;
mod guard;
mod issuers;
mod markup;
mod names;
mod path;
mod quotes;
mod redact;
mod shapes;
mod table;
mod text;
mod tree;
mod values;
mod vocabulary;

pub use guard::{FoundSecret, Guard};
pub use names::is_secret_name;
pub(super) use names::is_secret_place;
pub use path::redacted_path;
pub use redact::{Redaction, redact};
pub(super) use text::redacted_text;
pub use values::REDACTED;
