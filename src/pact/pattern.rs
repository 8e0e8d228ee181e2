//! Regular expressions of Pact files, which were written for the engines of other languages.
//!
//! Pact's verifier uses Oniguruma with Ruby's syntax, and so do we: `^` and `$` are always the ends of lines, and with the
//! option `m`, `.` also matches the end of a line. Other languages call that option `s`, which Ruby doesn't have; it is
//! accepted, too, because the verifier for the JVM accepts it.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use fancy_regex::{Regex, RegexBuilder};

use crate::interaction::expression::{self, Classes};
use crate::interaction::work;

/// A regular expression of a Pact file. It may have look-arounds and back references, which can't be matched in linear time,
/// so the number of steps is limited.
#[derive(Clone, Debug)]
pub struct PactRegex {
    text: Arc<str>,
    compiled: Arc<Compiled>,
}

/// An expression for the engine.
#[derive(Debug)]
struct Compiled {
    spelled: String,
    memory: usize,
    /// With a limit that almost every text stays within.
    quick: Regex,
    /// With the real limit; compiled when a text needs it.
    patient: OnceLock<Option<Regex>>,
    /// Whether it has parts that can't be matched in linear time.
    is_hard: bool,
}

/// How often an expression may backtrack on one text, and how long it may be, in bytes.
const MOST_STEPS: usize = 100_000;
const FEW_STEPS: usize = 1_000;
/// What one text costs a comparison with an expression that isn't matched in linear time: as it is, and where it takes more
/// than a few steps.
const COST: usize = 100;
const HIGH_COST: usize = 20_000;
const MOST_BYTES: usize = 20_000;

impl PactRegex {
    /// Compiles an expression that must match a whole text, as in Pact's verifier.
    ///
    /// # Errors
    ///
    /// If the expression is invalid, with the reason.
    pub fn new(text: &str) -> Result<Self, String> {
        Self::within(LARGE_MEMORY, text)
    }

    /// Compiles an expression with a limit on its memory, in bytes.
    fn within(memory: usize, text: &str) -> Result<Self, String> {
        if text.len() > MOST_BYTES {
            return Err(format!("a regular expression may have at most {MOST_BYTES} bytes"));
        }
        super::subroutines::check(text)?;
        let mut spelled = spelled(text);
        // At the beginning of a text it has no effect, but it would keep the expression from being matched in linear time.
        if spelled.strip_prefix('^').is_some_and(|rest| !rest.starts_with(['*', '+', '?', '{'])) {
            spelled.remove(0);
        }
        // Alone first, because the group would make `a)|(b` valid.
        compile(&spelled, memory, FEW_STEPS)?;
        let quick = whole(&spelled, memory, FEW_STEPS)?;
        let is_hard = regex_syntax::parse(&spelled).is_err();
        let compiled = Compiled { spelled, memory, quick, patient: OnceLock::new(), is_hard };
        Ok(Self { text: Arc::from(text), compiled: Arc::new(compiled) })
    }

    /// Whether the whole text matches. One that takes too many steps doesn't.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let compiled = &*self.compiled;
        if !work::spend(1 + text.len() / 64 + if compiled.is_hard { COST } else { 0 }) {
            return false;
        }
        if let Ok(matches) = compiled.quick.is_match(text) {
            return matches;
        }
        let again = || whole(&compiled.spelled, compiled.memory, MOST_STEPS).ok();
        work::spend(HIGH_COST)
            && compiled.patient.get_or_init(again).as_ref().is_some_and(|regex| regex.is_match(text).unwrap_or(false))
    }

    /// The expression as it is spelled in the file.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Compiles an expression with limits on its memory, in bytes, and on the steps that it takes on one text.
fn compile(spelled: &str, memory: usize, steps: usize) -> Result<Regex, String> {
    let mut builder = RegexBuilder::new(spelled);
    builder.backtrack_limit(steps).delegate_size_limit(memory).delegate_dfa_size_limit(1 << 20);
    builder.multi_line(true).oniguruma_mode(true).build().map_err(|error| error.to_string())
}

/// Compiles an expression that has to match the whole text.
fn whole(spelled: &str, memory: usize, steps: usize) -> Result<Regex, String> {
    compile(&format!(r"\A(?:{spelled})\z"), memory, steps)
        .or_else(|_| compile(&format!("\\A(?:{spelled}\n)\\z"), memory, steps))
}

impl PartialEq for PactRegex {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// A group of an expression.
#[derive(Clone, Copy, Default)]
struct Group {
    /// How many unwritten groups were opened in it, which end with it.
    opened: usize,
    /// Whether white space and comments in it are ignored.
    extended: bool,
}

impl Group {
    /// Closes the groups that were opened in it. A comment before that must end first.
    fn closing(self) -> String {
        let line = if self.extended && self.opened > 0 { "\n" } else { "" };
        format!("{line}{}", ")".repeat(self.opened))
    }
}

/// An expression in Ruby's dialect in the syntax of our engine. In Ruby, an option applies until the end of its group,
/// alternatives included: `a(?i)b|c` is `a(?i:b|c)`.
pub(crate) fn spelled(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut groups = vec![Group::default()];
    let mut classes = Classes::default();
    let mut begins = true;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let at_start = std::mem::take(&mut begins);
        let here = groups.last().copied().unwrap_or_default();
        let mut taken = first.len_utf8();
        match first {
            '\\' => {
                taken += rest[taken..].chars().next().map_or(0, char::len_utf8);
                let at_end = rest.starts_with(r"\Z").then(|| (String::from(r"\z"), 2));
                if let Some((written, length)) = at_end.or_else(|| expression::escape(rest)) {
                    out.push_str(&written);
                    rest = &rest[length..];
                    continue;
                }
            }
            '[' => {
                if let Some((written, length)) = classes.class(rest) {
                    out.push_str(&written);
                    rest = &rest[length..];
                    continue;
                }
            }
            '#' if here.extended => taken = rest.find('\n').unwrap_or(rest.len()),
            '(' => {
                if let Some((options, length)) = Options::read(rest) {
                    let extended = options.extended.unwrap_or(here.extended);
                    let is_alone = rest[..length].ends_with(')');
                    begins = at_start || !is_alone;
                    match groups.last_mut() {
                        Some(group) if is_alone => {
                            group.opened += usize::from(!at_start);
                            group.extended = extended;
                        }
                        _ => groups.push(Group { opened: 0, extended }),
                    }
                    out.push_str(&options.letters);
                    out.push(if is_alone && at_start { ')' } else { ':' });
                    rest = &rest[length..];
                    continue;
                }
                let is_plain = rest.starts_with("(?:");
                taken = if is_plain { 3 } else { 1 };
                begins = is_plain || !rest[1..].starts_with('?');
                groups.push(Group { opened: 0, ..here });
            }
            ')' => {
                out.push_str(&here.closing());
                groups.pop();
                if groups.is_empty() {
                    groups.push(Group::default());
                }
            }
            _ => {}
        }
        out.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    out.push_str(&groups[0].closing());
    out
}

/// Options of an expression: `(?i)`, `(?mx-i:`.
struct Options {
    /// Their beginning, in our syntax: `(?sx-i`.
    letters: String,
    /// Whether they turn on or off that white space is ignored.
    extended: Option<bool>,
}

impl Options {
    /// The options that a text begins with, and their length; `None` if there are none, or unknown ones.
    fn read(text: &str) -> Option<(Self, usize)> {
        let options = text.strip_prefix("(?")?;
        let length = options.find([')', ':'])?;
        let options = options.get(..length).filter(|options| !options.is_empty())?;
        let (on, off) = options.split_once('-').unwrap_or((options, ""));
        let mut letters = String::from("(?");
        for (sign, options) in [("", on), ("-", off)] {
            let mut said = String::new();
            for option in options.chars() {
                let option = match option {
                    'm' => 's',
                    'i' | 's' | 'x' => option,
                    _ => return None,
                };
                if !said.contains(option) {
                    said.push(option);
                }
            }
            if !said.is_empty() {
                letters = letters + sign + &said;
            }
        }
        let extended = if off.contains('x') { Some(false) } else { on.contains('x').then_some(true) };
        Some((Self { letters, extended }, "(?".len() + length + 1))
    }
}

/// The memory that suffices for almost all expressions, in bytes; and the most that one may take.
const COMMON_MEMORY: usize = 256 << 10;
const LARGE_MEMORY: usize = 10 << 20;
/// How many expressions of a file may take more memory than most do, and how many there may be in all.
const MOST_LARGE: usize = 20;
const MOST_EXPRESSIONS: usize = 5000;

/// The regular expressions of a file. Each is compiled once, and their memory is limited.
#[derive(Debug, Default)]
pub(super) struct Expressions {
    /// Whether the file names plugins, which bring matchers of their own.
    pub has_plugins: bool,
    known: HashMap<String, Result<PactRegex, String>>,
    large: usize,
}

impl Expressions {
    pub(super) fn compiled(&mut self, text: &str) -> Result<PactRegex, String> {
        if let Some(known) = self.known.get(text) {
            return known.clone();
        }
        if self.known.len() >= MOST_EXPRESSIONS {
            return Err(format!("a file has at most {MOST_EXPRESSIONS} different regular expressions"));
        }
        let mut compiled = PactRegex::within(COMMON_MEMORY, text);
        if compiled.is_err() && self.large < MOST_LARGE {
            // Too large, or invalid: the second attempt decides.
            self.large += 1;
            compiled = PactRegex::new(text);
        }
        let compiled = compiled.map_err(|why| format!("this regular expression can't be used: {why}"));
        self.known.insert(text.to_owned(), compiled.clone());
        compiled
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn options_are_those_of_ruby_and_the_one_for_lines_of_other_languages() {
        let line = "a\nb";
        for (regex, text, fits) in [
            ("a.b", line, false),
            ("(?m)a.b", line, true),
            ("(?s)a.b", line, true),
            ("(?ms)a.b", line, true),
            ("(?m:a.b)", line, true),
            ("(?im)A.B", line, true),
            ("(?m-i)a.b", line, true),
            ("(?m-i)A.b", line, false),
            ("(?-m)a.b", line, false),
            ("(?m)(?-m)a.b", line, false),
            ("(?m)a(?-m:.)b", line, false),
            ("a(?m).b", line, true),
            ("(a(?m).)b", line, true),
            ("(?:(?m)a).b", line, false),
            ("(?:(?m)a|x).b", line, false),
            ("(?mix:A . B)", line, true),
            ("(?x) a (?m) . # any )\n b # a b", line, true),
            ("a(?x) b # c)|(", "ab", true),
            // Not an option.
            ("[(?m)]a.b", "(a.b", true),
            ("[(?m)]a.b", "(a\nb", false),
            ("[](?m)]a.b", "]a\nb", false),
            ("[^](?m)]a.b", "xa\nb", false),
            (r"\(?ma.b", "(ma.b", true),
            (r"\[(?m)a.b", "[a\nb", true),
            (r"\\(?m)a.b", "\\a\nb", true),
            ("(?<m>a).b", line, false),
            ("(?#m)a.b", "axb", true),
            // To the end of the group.
            ("x(?i)a|b", "b", false),
            ("x(?i)a|b", "xB", true),
            ("(x(?i)a|b)c", "xBc", true),
            ("(x(?i)a|b)c", "xBC", false),
            ("(?i)a|b", "B", true),
            ("x|(?i)a|b", "B", true),
            ("x|(?i)a|b", "X", false),
            // Lines.
            ("^a$\n^b$", line, true),
            ("(?m)a$.^b", line, true),
            ("^a$", "a\n", false),
            ("a\n^", "a\n", false),
            ("^a|^b$", "b", true),
            ("^{.*}$", "{a}", true),
            // Signs with a meaning in other engines.
            (r"\<a\>", "<a>", true),
            (r"\<a\>", "a", false),
            ("x{2}+", "xxxx", true),
            ("^a.*$", line, false),
            // Characters in a class that are operators in our engine.
            ("[^ --]+", "+", false),
            ("[^ --]+", "a.", true),
            ("[a~~b&&c]+", "a~&c", true),
            ("[a-z&&[^b]]", "b", false),
            (r"[\w-\.]+", "a-.", true),
            (r"[\s-,]+", " -,", true),
            (r"[^[\]]+", "a", true),
            (r"\Qa.b\E[\Q[]\E]", "a.b]", true),
            (r"\cA", "\u{1}", true),
        ] {
            let compiled = PactRegex::new(regex).unwrap_or_else(|why| panic!("{regex}: {why}"));
            assert_eq!(compiled.matches(text), fits, "{regex} {text:?} as {}", spelled(regex));
            assert_eq!(compiled.as_str(), regex);
        }
        for broken in ["(?i)a)|(b", "a(?i)b)|(c", "(?q)a", "(?i", "(?i:a", "^*a"] {
            assert!(PactRegex::new(broken).is_err(), "{broken} as {}", spelled(broken));
        }
    }

    #[test]
    fn an_expression_without_options_keeps_its_spelling() {
        for regex in
            ["", "a(b|(?:c)|(?=d)|(?<n>e))+[(?m)\\]]{2,3}", r"\(?m|[[:alpha:]&&[^x]]", "é(é)", "(", ")", "[", "\\"]
        {
            assert_eq!(spelled(regex), regex);
        }
    }

    #[test]
    fn regular_expressions_match_whole_texts_and_may_look_around() {
        for (regex, text, fits) in [
            ("paid|open", "open", true),
            ("paid|open", "unpaid", false),
            (r"\d+", "12a", false),
            ("^a.*z$", "abz", true),
            (r"^(?!x)\w+$", "abc", true),
            (r"^(?!x)\w+$", "xbc", false),
            (r"(a)\1", "aa", true),
            (r"\d\Z", "1", true),
            (r"\\Z", "\\Z", true),
            ("(?x) a # an a", "a", true),
        ] {
            assert_eq!(PactRegex::new(regex).unwrap().matches(text), fits, "{regex} {text}");
        }
        assert!(PactRegex::new("a)|(b").is_err());
        let bomb = PactRegex::new(r"^(a+)+\1$").unwrap();
        assert!(!bomb.matches(&format!("{}b", "a".repeat(200))));
    }

    proptest! {
        #[test]
        fn any_text_can_be_spelled(text in r"([(\[\])|\\]|\(\?|[imsx-]|:|#|\n|\\Z|é|a){0,12}|.{0,20}") {
            let spelled = spelled(&text);
            if !text.contains("(?") && !text.contains(r"\Z") && !text.contains('[') {
                prop_assert_eq!(spelled, text);
            }
        }
    }
}
