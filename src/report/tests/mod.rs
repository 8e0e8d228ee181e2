//! The reports as a whole: what they look like, and that they agree.

mod agreement;
mod codes;
mod findings;
mod forms;
mod hostile;
mod samples;
