//! `${NAME}` in the registry: a variable of the environment.

/// A variable that is not set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the variable `{0}` is not set")]
pub struct MissingVariable(pub String);

/// Fills in the variables of a text; `$${` is a literal `${`.
///
/// # Errors
///
/// The first variable that has no value.
pub fn expand(text: &str, value_of: impl Fn(&str) -> Option<String>) -> Result<String, MissingVariable> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, from) = rest.split_at(at);
        if let Some(escaped) = before.strip_suffix('$') {
            filled.push_str(escaped);
            filled.push_str("${");
            rest = &from[2..];
            continue;
        }
        filled.push_str(before);
        let Some((name, after)) = from[2..].split_once('}') else {
            rest = from;
            break;
        };
        filled.push_str(&value_of(name).ok_or_else(|| MissingVariable(name.to_owned()))?);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_in_and_a_missing_one_is_named() {
        let value_of = |name: &str| (name == "HOST").then(|| String::from("example.org"));
        assert_eq!(expand("https://${HOST}/${HOST}", value_of).unwrap(), "https://example.org/example.org");
        assert_eq!(expand("plain $HOME $${HOST} ${", value_of).unwrap(), "plain $HOME ${HOST} ${");
        assert_eq!(expand("${TOKEN}", value_of), Err(MissingVariable(String::from("TOKEN"))));
    }
}
