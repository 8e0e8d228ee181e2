//! Regular expressions of a contract in the dialect of the readers of Pact files: Ruby's, which Pact's verifier uses, and as
//! far as possible also those of Java and JavaScript.
//!
//! An expression is read as a contract's and rewritten if necessary: with `(?s)`, a dot becomes `[\s\S]`, because Ruby's
//! dialect has `m` instead; named groups lose their names; classes that only our dialect has become ranges. Greediness makes
//! no difference, because a text is matched as a whole.

use regex_syntax::ast::parse::Parser;
use regex_syntax::ast::{
    AssertionKind, Ast, ClassBracketed, ClassPerl, ClassPerlKind, ClassSet, ClassSetItem, ClassUnicode,
    ClassUnicodeKind, Flag, Flags, FlagsItemKind, GroupKind, Literal, LiteralKind, Repetition, RepetitionKind,
    RepetitionRange,
};
use regex_syntax::hir::translate::TranslatorBuilder;
use regex_syntax::hir::{Class, HirKind};

use crate::interaction::expression;

/// The expression in Ruby's dialect; `None` if that can't express it.
pub(super) fn to_ruby(text: &str) -> Option<String> {
    let text = &*expression::common(text);
    let ast = Parser::new().parse(text).ok()?;
    let mut writer =
        Writer { source: text, flags: OwnFlags::default(), ignores_case: false, is_first: true, is_last: true };
    // An option for the case at the very beginning applies to the whole expression in both dialects.
    let leading = match &ast {
        Ast::Concat(concat) => concat.asts.first(),
        Ast::Alternation(any) => match any.asts.first() {
            Some(Ast::Concat(concat)) => concat.asts.first(),
            first => first,
        },
        other => Some(other),
    };
    writer.ignores_case =
        matches!(leading, Some(Ast::Flags(set)) if set.flags.flag_state(Flag::CaseInsensitive) == Some(true));
    let all = writer.ignores_case;
    let written = writer.node(&ast)?;
    Some(if all { format!("(?i){written}") } else { written })
}

/// The flags that are set at the current place.
#[derive(Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the dialect")]
struct OwnFlags {
    any_case: bool,
    lines: bool,
    dot_is_all: bool,
    is_unicode: bool,
    carriage_returns: bool,
}

impl Default for OwnFlags {
    fn default() -> Self {
        Self { any_case: false, lines: false, dot_is_all: false, is_unicode: true, carriage_returns: false }
    }
}

impl OwnFlags {
    fn set(&mut self, flags: &Flags) {
        let mut on = true;
        for item in &flags.items {
            match item.kind {
                FlagsItemKind::Negation => on = false,
                FlagsItemKind::Flag(Flag::CaseInsensitive) => self.any_case = on,
                FlagsItemKind::Flag(Flag::MultiLine) => self.lines = on,
                FlagsItemKind::Flag(Flag::DotMatchesNewLine) => self.dot_is_all = on,
                FlagsItemKind::Flag(Flag::Unicode) => self.is_unicode = on,
                FlagsItemKind::Flag(Flag::CRLF) => self.carriage_returns = on,
                // The parser has handled white space and comments, and greediness makes no difference.
                FlagsItemKind::Flag(Flag::SwapGreed | Flag::IgnoreWhitespace) => {}
            }
        }
    }
}

struct Writer<'t> {
    source: &'t str,
    flags: OwnFlags,
    /// Whether the written expression ignores the case here.
    ignores_case: bool,
    /// Whether this is the beginning of the expression, and whether it is the end.
    is_first: bool,
    is_last: bool,
}

impl Writer<'_> {
    fn node(&mut self, ast: &Ast) -> Option<String> {
        match ast {
            Ast::Empty(_) => Some(String::new()),
            Ast::Flags(set) => {
                self.flags.set(&set.flags);
                Some(String::new())
            }
            Ast::Literal(literal) => self.cased(literal_text(literal, self.source, false)),
            Ast::Dot(_) => Some(
                match (self.flags.dot_is_all, self.flags.carriage_returns) {
                    (true, _) => r"[\s\S]",
                    (false, true) => r"[^\r\n]",
                    (false, false) => ".",
                }
                .to_owned(),
            ),
            Ast::Assertion(assertion) => self.assertion(&assertion.kind),
            Ast::ClassPerl(class) => Some(perl(class, self.flags.is_unicode)),
            Ast::ClassUnicode(class) => {
                let text = unicode(class).map_or_else(|| self.ranges(ast), Some)?;
                self.cased(text)
            }
            Ast::ClassBracketed(class) => {
                let text = self.class(class).map_or_else(|| self.ranges(ast), Some)?;
                self.cased(text)
            }
            Ast::Repetition(repetition) => self.repetition(repetition),
            Ast::Group(group) => {
                let outside = (self.flags, self.ignores_case);
                let (open, ignores_case) = match &group.kind {
                    GroupKind::CaptureIndex(_) | GroupKind::CaptureName { .. } => ("(", outside.1),
                    GroupKind::NonCapturing(flags) => {
                        self.flags.set(flags);
                        match (self.flags.any_case, outside.1) {
                            (true, false) => ("(?i:", true),
                            (false, true) => ("(?-i:", false),
                            (_, same) => ("(?:", same),
                        }
                    }
                };
                self.ignores_case = ignores_case;
                let inside = self.node(&group.ast);
                (self.flags, self.ignores_case) = outside;
                Some(format!("{open}{})", inside?))
            }
            Ast::Alternation(any) => {
                let all: Option<Vec<String>> = any.asts.iter().map(|one| self.node(one)).collect();
                Some(all?.join("|"))
            }
            Ast::Concat(concat) => self.concat(&concat.asts),
        }
    }

    fn concat(&mut self, all: &[Ast]) -> Option<String> {
        let (is_first, is_last) = (self.is_first, self.is_last);
        let is_visible = |ast: &Ast| !matches!(ast, Ast::Flags(_) | Ast::Empty(_));
        let (first, last) = (all.iter().position(is_visible), all.iter().rposition(is_visible));
        let one = |(index, ast)| {
            self.is_first = is_first && first.is_none_or(|first| index <= first);
            self.is_last = is_last && last.is_none_or(|last| index >= last);
            self.node(ast)
        };
        let written = all.iter().enumerate().map(one).collect();
        (self.is_first, self.is_last) = (is_first, is_last);
        written
    }

    /// A letter or a class that ignores the case although its surroundings don't, or the other way round.
    #[expect(clippy::unnecessary_wraps, reason = "it ends branches of a function that may fail")]
    fn cased(&self, text: String) -> Option<String> {
        Some(match (self.flags.any_case, self.ignores_case) {
            (true, false) => format!("(?i:{text})"),
            (false, true) => format!("(?-i:{text})"),
            _ => text,
        })
    }

    fn assertion(&self, kind: &AssertionKind) -> Option<String> {
        let text = match kind {
            // Here they have no effect in any dialect.
            AssertionKind::StartLine if self.is_first => "^",
            AssertionKind::EndLine if self.is_last => "$",
            AssertionKind::StartLine | AssertionKind::EndLine if self.flags.lines && self.flags.carriage_returns => {
                return None;
            }
            AssertionKind::StartLine if self.flags.lines => r"(?<![^\n])",
            AssertionKind::EndLine if self.flags.lines => r"(?![^\n])",
            AssertionKind::StartLine | AssertionKind::StartText => r"\A",
            AssertionKind::EndLine | AssertionKind::EndText => r"\z",
            // In Ruby, word boundaries are those of Unicode.
            _ if !self.flags.is_unicode => return None,
            AssertionKind::WordBoundary => r"\b",
            AssertionKind::NotWordBoundary => r"\B",
            AssertionKind::WordBoundaryStart | AssertionKind::WordBoundaryStartAngle => r"(?<!\w)(?=\w)",
            AssertionKind::WordBoundaryEnd | AssertionKind::WordBoundaryEndAngle => r"(?<=\w)(?!\w)",
            AssertionKind::WordBoundaryStartHalf => r"(?<!\w)",
            AssertionKind::WordBoundaryEndHalf => r"(?!\w)",
        };
        Some(text.to_owned())
    }

    fn repetition(&mut self, repetition: &Repetition) -> Option<String> {
        let op = match &repetition.op.kind {
            RepetitionKind::ZeroOrOne => String::from("?"),
            RepetitionKind::ZeroOrMore => String::from("*"),
            RepetitionKind::OneOrMore => String::from("+"),
            RepetitionKind::Range(RepetitionRange::Exactly(number)) => format!("{{{number}}}"),
            RepetitionKind::Range(RepetitionRange::AtLeast(least)) => format!("{{{least},}}"),
            RepetitionKind::Range(RepetitionRange::Bounded(least, most)) => format!("{{{least},{most}}}"),
        };
        let around = (self.is_first, self.is_last);
        (self.is_first, self.is_last) = (false, false);
        let inside = self.node(&repetition.ast);
        (self.is_first, self.is_last) = around;
        let inside = inside?;
        // Two repetitions in a row mean something else in other dialects, and not all of them can repeat an assertion.
        let is_one = !matches!(*repetition.ast, Ast::Repetition(_) | Ast::Assertion(_) | Ast::Empty(_) | Ast::Flags(_));
        // Behind a number it would mean something else.
        let lazy = if repetition.greedy || op.ends_with('}') { "" } else { "?" };
        Some(if is_one { format!("{inside}{op}{lazy}") } else { format!("(?:{inside}){op}{lazy}") })
    }

    /// A class as it is spelled, if every dialect reads it the same way.
    fn class(&self, class: &ClassBracketed) -> Option<String> {
        let ClassSet::Item(item) = &class.kind else { return None };
        let items = match item {
            ClassSetItem::Union(union) => union.items.as_slice(),
            one => std::slice::from_ref(one),
        };
        let mut text = String::from(if class.negated { "[^" } else { "[" });
        for item in items {
            match item {
                ClassSetItem::Literal(literal) => text.push_str(&literal_text(literal, self.source, true)),
                ClassSetItem::Range(range) => {
                    text.push_str(&literal_text(&range.start, self.source, true));
                    text.push('-');
                    text.push_str(&literal_text(&range.end, self.source, true));
                }
                ClassSetItem::Perl(class) if self.flags.is_unicode => text.push_str(&perl(class, true)),
                ClassSetItem::Unicode(class) => text.push_str(&unicode(class)?),
                _ => return None,
            }
        }
        Some(text + "]")
    }

    /// A class as ranges.
    fn ranges(&self, class: &Ast) -> Option<String> {
        let mut translator = TranslatorBuilder::new();
        translator.unicode(self.flags.is_unicode).case_insensitive(self.flags.any_case);
        let hir = translator.build().translate(self.source, class).ok()?;
        let ranges: Vec<(char, char)> = match hir.kind() {
            HirKind::Class(Class::Unicode(class)) => class.iter().map(|range| (range.start(), range.end())).collect(),
            HirKind::Class(Class::Bytes(class)) => {
                class.iter().map(|range| (char::from(range.start()), char::from(range.end()))).collect()
            }
            HirKind::Literal(literal) => {
                let only = std::str::from_utf8(&literal.0).ok()?.chars().next()?;
                vec![(only, only)]
            }
            _ => return None,
        };
        if ranges.is_empty() {
            return None;
        }
        let range = |(start, end): (char, char)| {
            let (start, end) = (escaped(start, true), (start != end).then(|| escaped(end, true)));
            end.map_or_else(|| start.clone(), |end| format!("{start}-{end}"))
        };
        Some(format!("[{}]", ranges.into_iter().map(range).collect::<String>()))
    }
}

/// A literal as it is spelled, if every dialect reads it the same way, or else in another spelling.
fn literal_text(literal: &Literal, source: &str, in_class: bool) -> String {
    let written = source.get(literal.span.start.offset..literal.span.end.offset).unwrap_or_default();
    let is_plain = match literal.kind {
        LiteralKind::Verbatim => in_class && !"[]&~^".contains(literal.c) || !in_class && !"]}".contains(literal.c),
        // In verbose mode, escaped white space is a literal.
        LiteralKind::Meta => literal.c.is_ascii_punctuation() && !"&~#%,:;<=>@_`!'\"".contains(literal.c),
        _ => false,
    };
    if is_plain && !literal.c.is_control() { written.to_owned() } else { escaped(literal.c, in_class) }
}

/// A character as a literal.
fn escaped(c: char, in_class: bool) -> String {
    match c {
        '\n' => String::from(r"\n"),
        '\r' => String::from(r"\r"),
        '\t' => String::from(r"\t"),
        c if c.is_ascii_control() => format!(r"\x{:02X}", u32::from(c)),
        c if in_class && "[]\\^-&~".contains(c) => format!(r"\{c}"),
        c if !in_class && r"\.+*?()|[]{}^$".contains(c) => format!(r"\{c}"),
        c if c.is_ascii() || c.is_alphanumeric() => c.to_string(),
        c => format!(r"\x{{{:X}}}", u32::from(c)),
    }
}

fn perl(class: &ClassPerl, is_unicode: bool) -> String {
    let text = match (&class.kind, class.negated, is_unicode) {
        (ClassPerlKind::Digit, false, true) => r"\d",
        (ClassPerlKind::Digit, true, true) => r"\D",
        (ClassPerlKind::Space, false, true) => r"\s",
        (ClassPerlKind::Space, true, true) => r"\S",
        (ClassPerlKind::Word, false, true) => r"\w",
        (ClassPerlKind::Word, true, true) => r"\W",
        (ClassPerlKind::Digit, false, false) => "[0-9]",
        (ClassPerlKind::Digit, true, false) => "[^0-9]",
        (ClassPerlKind::Space, false, false) => r"[\t\n\x0B\x0C\r ]",
        (ClassPerlKind::Space, true, false) => r"[^\t\n\x0B\x0C\r ]",
        (ClassPerlKind::Word, false, false) => "[0-9A-Za-z_]",
        (ClassPerlKind::Word, true, false) => "[^0-9A-Za-z_]",
    };
    text.to_owned()
}

/// General categories by their short names, which every dialect knows.
const CATEGORIES: &[&str] = &[
    "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe", "Pi",
    "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp",
];

/// A class of Unicode, if every dialect knows it.
fn unicode(class: &ClassUnicode) -> Option<String> {
    let name = match &class.kind {
        ClassUnicodeKind::OneLetter(letter) => letter.to_string(),
        ClassUnicodeKind::Named(name) => name.clone(),
        ClassUnicodeKind::NamedValue { .. } => return None,
    };
    let p = if class.negated { 'P' } else { 'p' };
    CATEGORIES.contains(&name.as_str()).then(|| format!(r"\{p}{{{name}}}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Pattern;
    use crate::pact::PactRegex;

    #[test]
    fn an_expression_that_every_dialect_reads_stays_as_it_is() {
        for text in [
            r"\d{4}-\d{2}",
            "paid|open",
            "[^/]+",
            r"(a|b)+\.c?",
            r"[\s\S]*",
            r"https?://[\w.-]+(:\d+)?",
            r"[A-Za-z0-9+/]{2,}=*",
            r"\p{Lu}\p{L}*",
            r"(?:a)|(?:b)",
            "(?i)paid|open",
            "^(a|b)$",
            r"\{\}\[\]\(\)",
            "é ß",
            "",
        ] {
            assert_eq!(to_ruby(text).as_deref(), Some(text), "{text}");
        }
    }

    #[test]
    fn an_expression_of_this_dialect_is_rewritten() {
        for (text, written) in [
            ("(?s)a.b", r"a[\s\S]b"),
            ("(?s:.)-.", r"(?:[\s\S])-."),
            ("(?P<year>a)(?<month>b)", "(a)(b)"),
            ("a^b$|^c", r"a\Ab$|^c"),
            ("(?m)a\\n^b|a$\\nb", r"a\n(?<![^\n])b|a(?![^\n])\nb"),
            ("(^a)+", r"(\Aa)+"),
            ("(?x) a # an a\n b", "ab"),
            (r"(?x) a\ b", "a b"),
            (r"\pL+", r"\p{L}+"),
            (r"\p{ASCII_Hex_Digit}", "[0-9A-Fa-f]"),
            ("a+?b*?c{2}?", "a+?b*?c{2}"),
            ("a++", "(?:a+)+"),
            ("(?U)a+", "a+"),
            (r"\bA\b{start}", r"\bA(?<!\w)(?=\w)"),
            (r"\b{start}a\b{end}", r"(?<!\w)(?=\w)a(?<=\w)(?!\w)"),
            (r"\<a\>", "<a>"),
            ("[a-z&&[^aeiou]]", "[b-df-hj-np-tv-z]"),
            ("[a-f--b]", r"[a-f\--b]"),
            (r"[\w-\.]", r"[\w\-\.]"),
            ("[[:alpha:]_]", "[A-Z_a-z]"),
            ("[a[bc]]", "[a-c]"),
            (r"(?-u)\d\w\s", r"[0-9][0-9A-Za-z_][\t\n\x0B\x0C\r ]"),
            (r"\x41\u{e9}\u{1F600}\a", r"Aé\x{1F600}\x07"),
            ("a(?i)b|c", "a(?i:b)|(?i:c)"),
            ("(?i:a)b", "(?i:a)b"),
            ("(?i)a(?-i)b", "(?i)a(?-i:b)"),
            (r"\-\#\&", r"\-#&"),
            ("[]a]", r"[\]a]"),
        ] {
            let found = to_ruby(text).unwrap();
            assert_eq!(found, written, "{text}");
            let (own, pact) = (Pattern::new(text).unwrap(), PactRegex::new(&found).unwrap());
            for actual in
                ["", "a", "A", "b", "c", "ab", "aB", "AB", "a b", "a\nb", "aa", "abcc", "x-y", "é", "A-#&", "12 "]
            {
                assert_eq!(own.matches(actual), pact.matches(actual), "{text} {found} {actual:?}");
            }
        }
        assert_eq!(to_ruby(r"(?-u:\b)a"), None);
    }
}
