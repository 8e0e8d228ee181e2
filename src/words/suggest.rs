//! "Did you mean": the known name that is nearest to a mistyped one.

/// The known name nearest to `typed`, if it is near enough to be what was meant.
///
/// Near means a Damerau-Levenshtein distance of at most a third of the longer name's length, and at least one
/// letter in common, so that `statsu` finds `status` and `xyz` finds nothing.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = typed.to_lowercase();
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&lower, &name.to_lowercase()), name))
        .filter(|(distance, name)| {
            let longer = typed.chars().count().max(name.chars().count());
            *distance <= longer.div_ceil(3) && *distance < longer
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// The sentence for a help line: ``did you mean `status`?``
pub fn did_you_mean<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(typed, known).map(|name| format!("did you mean `{name}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_the_name() {
        let known = ["status", "headers", "body"];
        assert_eq!(nearest("statsu", known), Some("status"));
        assert_eq!(nearest("header", known), Some("headers"));
        assert_eq!(nearest("Body", known), Some("body"));
    }

    #[test]
    fn an_unrelated_word_finds_nothing() {
        assert_eq!(nearest("xyz", ["status", "body"]), None);
        assert_eq!(nearest("q", ["w"]), None);
    }
}
