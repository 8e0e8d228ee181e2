//! "Did you mean": the known name that is nearest to a mistyped one.

/// The known name nearest to `typed`, if it is near enough to have been meant.
///
/// Near means a Damerau-Levenshtein distance of at most a third of the longer name's length, and at least one letter in
/// common: `statsu` finds `status`, and `xyz` finds nothing. Nobody mistypes a very long name, and only the first of
/// very many names are considered: a suggestion must not cost more than the command that it is for.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed_length = typed.chars().take(MOST_CHARACTERS + 1).count();
    if typed_length > MOST_CHARACTERS {
        return None;
    }
    let lower = typed.to_lowercase();
    known
        .into_iter()
        .take(MOST_NAMES)
        .filter_map(|name| {
            let length = name.chars().take(MOST_CHARACTERS + 1).count();
            let longer = typed_length.max(length);
            let near = (longer / 3).max(1);
            // The distance is at least the difference of the lengths.
            if length > MOST_CHARACTERS || typed_length.abs_diff(length) > near {
                return None;
            }
            let distance = strsim::damerau_levenshtein(&lower, &name.to_lowercase());
            (distance <= near && distance < longer).then_some((distance, name))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// How long names are compared, in characters.
const MOST_CHARACTERS: usize = 100;

/// How many known names are looked at.
const MOST_NAMES: usize = 200;

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
        assert_eq!(nearest(&"x".repeat(1_000_000), [&*"x".repeat(1_000_001)]), None);
    }
}
