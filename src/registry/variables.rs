//! `${NAME}` in the registry: a variable of the environment.

/// A variable that is not set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the variable `{0}` is not set")]
pub struct MissingVariable(pub String);

/// Fills in the variables of a text: `${NAME}`, and `${NAME:-text}` with the text for one that is not set. `$${` is a
/// literal `${`, and any other text in such braces is left to the shell.
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
        let Some((inside, after)) = from[2..].split_once('}') else {
            rest = from;
            break;
        };
        let (name, default) = inside.split_once(":-").map_or((inside, None), |(name, text)| (name, Some(text)));
        if is_name(name) {
            // As a shell has it, an empty variable takes the text, too.
            let value = value_of(name).filter(|value| default.is_none() || !value.is_empty());
            let value = value.or_else(|| default.map(str::to_owned));
            filled.push_str(&value.ok_or_else(|| MissingVariable(name.to_owned()))?);
        } else {
            filled.push_str(&from[..from.len() - after.len()]);
        }
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

/// Whether a text is the name of a variable (POSIX, section 3.231).
fn is_name(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit())
        && !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
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
        assert_eq!(expand("${TOKEN:-none} ${HOST:-none}", value_of).unwrap(), "none example.org");
        assert_eq!(expand("${#HOST} ${} ${1}", value_of).unwrap(), "${#HOST} ${} ${1}");
    }
}
