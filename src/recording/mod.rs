//! From what a consumer and a provider said to each other to a contract. Pure: exchanges in, text out.

mod draft;
mod edit;
mod example;
mod exchange;
mod group;
mod guard;
mod har;
mod har_address;
mod har_message;
mod infer;
mod kept;
mod looks;
mod names;
mod record;
mod redact;
mod remark;
mod sample;
mod secret_names;
mod secret_shapes;
mod seen;
mod target;
mod text;
mod update;

pub use exchange::{Capture, Exchange};
pub use guard::{FoundSecret, Guard, REDACTED};
pub use har::{CODES as HAR_CODES, HarEntry, read_har};
pub use record::{Change, Entry, LeftOut, Options, RecordError, Recorded, Standing, Take, record};
pub use redact::{Redaction, redact, redacted_path};
pub use remark::{Remark, What};
pub use secret_names::is_secret_name;
