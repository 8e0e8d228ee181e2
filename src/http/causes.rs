//! The causes of an error, however deep they are wrapped.

use std::error::Error;
use std::io;

/// An error and all that led to it, from the outermost to the innermost.
fn chain<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    fn cause<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
        match error.downcast_ref::<io::Error>().map(io::Error::get_ref) {
            // The error inside an I/O error is skipped by its `source`.
            Some(Some(inner)) => Some(inner),
            _ => error.source(),
        }
    }
    std::iter::successors(Some(error), |error| cause(*error))
}

/// The message of the operating system, or of the reader on top of it.
pub(super) fn io_cause<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e io::Error> {
    chain(error).find_map(|cause| cause.downcast_ref())
}

/// The messages of all errors in the chain, without repetitions.
pub(super) fn causes(error: &(dyn Error + 'static)) -> String {
    let mut told: Vec<String> = Vec::new();
    for error in chain(error) {
        let text = error.to_string();
        // An error that wraps another one often repeats its message.
        if !text.is_empty() && !told.iter().any(|earlier| earlier.contains(&text)) {
            told.push(text);
        }
    }
    told.join(": ")
}
