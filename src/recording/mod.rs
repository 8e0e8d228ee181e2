//! From recorded traffic to a contract. Pure: exchanges in, text out.

mod assign;
mod context;
mod draft;
mod draft_parts;
mod draft_request;
mod draft_response;
mod edit;
mod example;
mod exchange;
mod group;
mod har;
mod har_address;
mod har_message;
mod infer;
mod looks;
mod merge;
mod names;
mod origin;
mod place;
mod record;
mod remark;
mod sample;
mod secrets;
mod seen;
mod target;
mod telling;
mod text;
mod unwritten;
mod update;
mod written;

pub use exchange::{Capture, Exchange};
pub use har::{CODES as HAR_CODES, HarEntry, UnusableEntry, read_har};
pub use origin::{LEADING_HEADERS, Origin, STAND_IN, stand_in_of};
pub use place::{Place, Side};
pub use record::{
    Change, LeftOut, Options, Outcome, RecordError, RecordedContract, RecordedInteraction, Recording, record,
};
pub use remark::{Conclusion, Reason, Remark, Suggestion};
pub use sample::BodyProblem;
pub use secrets::{FoundSecret, Guard, REDACTED, Redaction, is_secret_name, redact, redacted_path};
pub use seen::JsonKind;
pub use unwritten::Unwritten;
