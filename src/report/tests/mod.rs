//! The reports as a whole: their layout, and that they agree.

mod agreement;
mod codes;
mod decision;
mod decision_hostile;
mod decision_samples;
mod findings;
mod forms;
mod hostile;
mod samples;
mod status;
