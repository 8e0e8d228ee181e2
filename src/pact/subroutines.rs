//! How large a regular expression is once its calls of groups (`\g<name>`) are replaced by the groups: the engine compiles it
//! so. A few lines in which each group calls the next one twice would fill any memory.

use std::collections::HashMap;

/// How large an expression may be with all calls replaced, in bytes.
const LARGEST: usize = 200_000;
/// How deep the engine follows a group that calls itself.
const DEEPEST: usize = 19;

/// How many calls may be inside each other: the engine takes a piece of the stack for each.
const MOST_NESTED: usize = 200;

/// A group that can be called; the first is the whole expression.
#[derive(Default)]
struct Group {
    bytes: usize,
    calls: Vec<Target>,
}

/// What a call names.
enum Target {
    Name(String),
    Number(usize),
}

/// Checks that an expression isn't too large with all its calls replaced.
pub(super) fn check(expression: &str) -> Result<(), String> {
    // Almost none has a call.
    if !expression.contains("\\g") && !expression.contains("(?") {
        return Ok(());
    }
    let (groups, names) = read(expression);
    let mut expansion =
        Expansion { groups: &groups, names: &names, depths: vec![0; groups.len()], nested: 0, left: LARGEST };
    expansion.take(0).ok_or_else(|| format!("its calls of groups make it larger than {LARGEST} bytes"))
}

/// The replacing of calls, without its result.
struct Expansion<'e> {
    groups: &'e [Group],
    names: &'e HashMap<String, usize>,
    /// How often each group is being replaced inside itself.
    depths: Vec<usize>,
    nested: usize,
    left: usize,
}

impl Expansion<'_> {
    /// Takes the size of a group with all its calls from what is left.
    fn take(&mut self, number: usize) -> Option<()> {
        let (Some(group), Some(depth)) = (self.groups.get(number), self.depths.get(number).copied()) else {
            return Some(());
        };
        if depth >= DEEPEST {
            return Some(());
        }
        self.left = self.left.checked_sub(group.bytes.max(1))?;
        self.nested += 1;
        if self.nested > MOST_NESTED {
            return None;
        }
        self.depths[number] = depth + 1;
        for call in &group.calls {
            let called = match call {
                Target::Name(name) => self.names.get(name).copied(),
                Target::Number(number) => Some(*number),
            };
            if let Some(called) = called {
                self.take(called)?;
            }
        }
        self.depths[number] = depth;
        self.nested -= 1;
        Some(())
    }
}

/// The groups of an expression by their numbers, and those numbers by their names.
fn read(expression: &str) -> (Vec<Group>, HashMap<String, usize>) {
    let mut groups = vec![Group { bytes: expression.len(), ..Group::default() }];
    let mut names = HashMap::new();
    // The groups that are open: where each began, and its number if it can be called.
    let mut open: Vec<(usize, Option<usize>)> = Vec::new();
    let mut classes = 0usize;
    let mut at = 0;
    while let Some(rest) = expression.get(at..).filter(|rest| !rest.is_empty()) {
        let mut taken = rest.chars().next().map_or(1, char::len_utf8);
        let mut call = None;
        if let Some(escaped) = rest.strip_prefix('\\') {
            taken += escaped.chars().next().map_or(0, char::len_utf8);
            if classes == 0
                && let Some(name) = escaped.strip_prefix("g<").and_then(|name| name.split_once('>'))
            {
                call = Some(name.0);
            } else if classes == 0
                && let Some(name) = escaped.strip_prefix("g'").and_then(|name| name.split_once('\''))
            {
                call = Some(name.0);
            }
        } else if rest.starts_with('[') {
            classes += 1;
        } else if rest.starts_with(']') {
            classes = classes.saturating_sub(1);
        } else if classes == 0 && rest.starts_with(')') {
            if let Some((start, Some(number))) = open.pop()
                && let Some(group) = groups.get_mut(number)
            {
                group.bytes = at - start;
            }
        } else if classes == 0
            && let Some(inside) = rest.strip_prefix('(')
        {
            let called = ["?P>", "?&"].iter().find_map(|sign| inside.strip_prefix(sign)?.split_once(')'));
            let numbered = || inside.strip_prefix('?')?.split_once(')').filter(|(number, _)| is_number(number));
            let mut number = None;
            if let Some((name, _)) = called.or_else(numbered) {
                call = Some(name);
            } else if let Some(name) = name_of(inside) {
                names.insert(name.to_owned(), groups.len());
                number = Some(groups.len());
            } else if !inside.starts_with(['?', '*']) {
                number = Some(groups.len());
            }
            if number.is_some() {
                groups.push(Group::default());
            }
            open.push((at, number));
        }
        if let Some(name) = call {
            let inside = std::iter::once(0).chain(open.iter().filter_map(|(_, number)| *number));
            for number in inside {
                let target = target(name, groups.len());
                if let Some(group) = groups.get_mut(number) {
                    group.calls.push(target);
                }
            }
        }
        at += taken;
    }
    (groups, names)
}

/// The name of a group, after its parenthesis.
fn name_of(inside: &str) -> Option<&str> {
    let named = ["?<", "?P<"].iter().find_map(|sign| inside.strip_prefix(sign)?.split_once('>'));
    let (name, _) = named.or_else(|| inside.strip_prefix("?'")?.split_once('\''))?;
    (!name.starts_with(['=', '!'])).then_some(name)
}

fn is_number(text: &str) -> bool {
    text == "R" || text.trim_start_matches(['+', '-']).parse::<usize>().is_ok()
}

/// What a call means behind so many groups, the whole expression included.
fn target(name: &str, groups: usize) -> Target {
    let number = |text: &str| text.parse::<usize>().ok();
    let relative = || {
        name.strip_prefix('-')
            .and_then(number)
            .map(|back| groups.saturating_sub(back))
            .or_else(|| name.strip_prefix('+').and_then(number).map(|ahead| groups.saturating_add(ahead) - 1))
    };
    match number(name).or_else(relative).or((name == "R").then_some(0)) {
        Some(number) => Target::Number(number),
        None => Target::Name(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Groups that each call the next one twice.
    fn doubling(levels: usize, call: impl Fn(usize) -> String) -> String {
        let groups = (0..levels).map(|level| format!("(?<a{level}>x{0}{0})?", call(level + 1)));
        groups.collect::<String>() + &format!("(?<a{levels}>x)?")
    }

    #[test]
    fn calls_that_double_and_double_again_are_refused_before_they_are_compiled() {
        let calls: [fn(usize) -> String; 3] =
            [|level| format!("\\g<a{level}>"), |level| format!("\\g'a{level}'"), |level| format!("\\g<{}>", level + 1)];
        for call in calls {
            assert!(check(&doubling(30, call)).is_err());
            assert_eq!(check(&doubling(3, call)), Ok(()));
        }
        assert!(check(&format!("(?<a>x{})", "\\g<a>".repeat(3))).is_err(), "it calls itself three times");
    }

    #[test]
    fn other_expressions_are_as_large_as_they_are_written() {
        for expression in [
            r"(?<a>\((?:[^()]|\g<a>)*\))",
            r"(?<d>[0-9]{4})-\g<d>-\g<d>",
            r"[(\g<a>](?<=x)(?<!y)(?:z)(?=[)])(?i)a(?>b)",
            r"(\d+)\g<1>\g<-1>(?<é>ü)",
            r"\(\[\\g<a>(((",
            "",
        ] {
            assert_eq!(check(expression), Ok(()), "{expression}");
        }
    }
}
