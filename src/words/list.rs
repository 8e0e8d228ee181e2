//! Names in a row: `` `a`, `b` or `c` ``.

use std::fmt::Display;

/// Joins with commas and a last "or"; an empty list is an empty text.
pub fn or_list<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    joined(items, "or")
}

/// Joins with commas and a last "and"; an empty list is an empty text.
pub fn and_list<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    joined(items, "and")
}

/// Puts each item in backticks, as names of keys, files and commands are shown.
pub fn quoted<T: Display>(items: impl IntoIterator<Item = T>) -> Vec<String> {
    items.into_iter().map(|item| format!("`{item}`")).collect()
}

fn joined<T: Display>(items: impl IntoIterator<Item = T>, word: &str) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    match items.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} {word} {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_as_a_person_would_write_them() {
        assert_eq!(or_list(Vec::<String>::new()), "");
        assert_eq!(or_list(["a"]), "a");
        assert_eq!(or_list(quoted(["a", "b"])), "`a` or `b`");
        assert_eq!(and_list(["a", "b", "c"]), "a, b and c");
    }
}
