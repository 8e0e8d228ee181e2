//! A text that matches a regular expression, for the generator `Regex` and for examples that don't match their own.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::pattern::{PactRegex, spelled};

/// How long a text may become, in characters.
const LONGEST: usize = 1000;
/// How often a text is made before the expression is given up: its look-arounds may refuse what its other parts make.
const TRIES: usize = 20;

/// A text that matches the whole expression; `None` if none is found.
pub(super) fn sample(expression: &str, chance: &mut fastrand::Rng) -> Option<String> {
    let regex = PactRegex::new(expression).ok()?;
    let parse = |text: &str| regex_syntax::parse(text).ok();
    let spelled = spelled(expression).replace(r"\h", "[0-9A-Fa-f]");
    let hir = parse(&spelled).or_else(|| parse(&without_look_arounds(&spelled)))?;
    (0..TRIES).find_map(|_| {
        let mut text = String::new();
        write(&hir, &mut text, chance)?;
        regex.matches(&text).then_some(text)
    })
}

/// An expression without its look-arounds that have no groups in them. The others stay, and can't be read.
fn without_look_arounds(expression: &str) -> String {
    let mut out = String::with_capacity(expression.len());
    let mut rest = expression;
    while let Some(start) = ["(?=", "(?!", "(?<=", "(?<!"].iter().filter_map(|look| rest.find(look)).min() {
        let Some(end) = rest[start + 1..].find(['(', ')']).map(|end| start + 1 + end) else { break };
        if rest[end..].starts_with('(') {
            break;
        }
        out.push_str(&rest[..start]);
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    out
}

fn write(hir: &Hir, text: &mut String, chance: &mut fastrand::Rng) -> Option<()> {
    if text.len() > LONGEST {
        return None;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(class) => text.push(character(class, chance)?),
        HirKind::Repetition(repetition) => {
            let least = repetition.min;
            // A few more than needed, so that `\d+` isn't always one digit.
            let most = repetition.max.unwrap_or(u32::MAX).min(least.saturating_add(5));
            for _ in 0..chance.u32(least..=most.max(least)) {
                write(&repetition.sub, text, chance)?;
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, text, chance)?,
        HirKind::Concat(all) => all.iter().try_for_each(|one| write(one, text, chance))?,
        HirKind::Alternation(any) => write(any.get(chance.usize(..any.len().max(1)))?, text, chance)?,
    }
    Some(())
}

/// A character of a class: a printable one of ASCII, if it has one.
fn character(class: &Class, chance: &mut fastrand::Rng) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.iter().map(|range| (range.start(), range.end())).collect(),
        Class::Bytes(class) => class.iter().map(|range| (char::from(range.start()), char::from(range.end()))).collect(),
    };
    let printable: Vec<char> =
        (' '..='~').filter(|c| ranges.iter().any(|(start, end)| (start..=end).contains(&c))).collect();
    let plain: Vec<char> = printable.iter().copied().filter(char::is_ascii_alphanumeric).collect();
    let among = if plain.is_empty() { &printable } else { &plain };
    chance.choice(among.iter()).copied().or_else(|| ranges.first().map(|(start, _)| *start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_made_that_matches() {
        let mut chance = fastrand::Rng::with_seed(7);
        for expression in [
            r"\d{4}-\d{2}",
            "paid|open",
            "[^/]+",
            r"^[A-Z]{3}\d+$",
            "",
            r"(a|b)+\.c?",
            r"\p{Lu}é",
            r"(?!x)\w+",
            "[^ --]+",
            r"\h{8}",
            "é{2,3}",
        ] {
            let made = sample(expression, &mut chance);
            let made = made.unwrap_or_else(|| panic!("{expression}"));
            assert!(PactRegex::new(expression).unwrap().matches(&made), "{expression}: {made}");
        }
        for expression in ["(", r"(a)\1", "a{5000}"] {
            assert_eq!(sample(expression, &mut chance), None, "{expression}");
        }
    }
}
