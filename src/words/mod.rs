//! Parts of sentences: counted nouns, lists of names, lengths of time, excerpts, and "did you mean".
//!
//! Every sentence with a number or a list in it is built here: no output says `1 interactions` or `thing(s)`.

mod count;
mod duration;
mod excerpt;
mod list;
mod suggest;

pub use count::{Count, count};
pub use duration::{Shown, duration, read_duration};
pub use excerpt::{beginning, ending, shorten};
pub use list::{and_list, or_list, quoted};
pub use suggest::{did_you_mean, nearest};
