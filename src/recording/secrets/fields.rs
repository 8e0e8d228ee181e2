//! Recognizes secrets in a text by the names beside them, whatever its syntax: `name=value`, `name: value`,
//! `"name": "value"` and `{name: {…}}`, as in JSON, NDJSON, YAML, environment files, queries, GraphQL and scripts.
//!
//! A parser for each syntax would find nothing in a text with a mistake, or in one syntax inside of another.

use std::ops::Range;

use percent_encoding::percent_decode_str;

use super::names::{Named, named};
use super::quotes::{Quoted, quoted_at, quoted_name_before};
use super::shapes::Sighting;
use super::values::{has_digits_only, is_about_secret, is_distinctive, is_fake, is_plain_word};

/// The longest name that is looked for, in bytes.
const LONGEST_NAME: usize = 80;
/// Words before a name at the beginning of a line, as in shells, containers, events and scripts.
const LINE_STARTS: &[&str] =
    &["export", "set", "setx", "env", "ENV", "ARG", "declare -x", "data:", "var", "let", "const"];
/// The most bytes of values in brackets that are searched, before everything after that counts as a secret: brackets in
/// brackets would cost the square of their number.
const BUDGET: usize = 2 << 20;
/// The most bytes of a value without quotes that decide whether it is a secret.
const LONGEST_BARE: usize = 4 << 10;
/// How far from a `code` its `state` can be, in bytes.
const LONGEST_STATE: usize = 400;
/// The most bytes of one such value.
const LONGEST_VALUE: usize = 64 << 10;

/// The secrets of a text that have names. `is_sent` says that the text is in a request.
pub(super) fn named_values(text: &str, is_sent: bool) -> Vec<Sighting> {
    let mut fields = Fields { text, is_sent, budget: BUDGET, covered: 0, found: Vec::new() };
    for (at, separator) in text.match_indices([':', '=']) {
        if at >= fields.covered
            && let Some(field) = Field::at(text, at, separator == "=")
        {
            fields.note_value(&field);
        }
    }
    fields.found
}

/// A name in a text whose value may be a secret.
struct Field {
    named: Named,
    /// The separator is `=`.
    is_equation: bool,
    /// Where the value begins.
    value: usize,
    /// The name is the first text of its line, or only something like `export` or a dash comes before it.
    begins_line: bool,
    /// The name follows the beginning of a list, or the name before it: `{`, `,`, `&`.
    is_listed: bool,
    /// The spaces before the line's text.
    indent: usize,
}

impl Field {
    /// The name before the separator in byte `at`, unless it says nothing about its value.
    fn at(text: &str, at: usize, is_equation: bool) -> Option<Self> {
        let byte = |index: usize| text.as_bytes().get(index).copied().unwrap_or(b' ');
        let before = at.checked_sub(1).map_or(b' ', byte);
        // A comparison, an address, or the second character of `:=`, `==` and `=>`.
        let is_other = is_equation && (matches!(before, b'=' | b'!' | b'<' | b'>' | b':') || byte(at + 1) == b'=')
            || !is_equation && (before == b':' || byte(at + 1) == b':' || text[at..].starts_with("://"));
        if is_other {
            return None;
        }
        let end = text[..at].trim_end_matches([' ', '\t']).len();
        let (name, start) = name_before(text, end)?;
        let mut meaning = named(&percent_decode_str(name).decode_utf8_lossy());
        let mut start = start;
        if matches!(meaning, Named::Plain | Named::Opaque | Named::Code) {
            // `API key`, `security code`.
            let (longer, begin) = with_words_before(text, start, end);
            let longer_meaning = named(longer);
            if matches!(longer_meaning, Named::Password | Named::Secret | Named::Secrets) {
                (meaning, start) = (longer_meaning, begin);
            }
        }
        if meaning == Named::Plain {
            return None;
        }
        if meaning == Named::Code && is_equation {
            // A login with OAuth passes its code on beside its state (RFC 6749, section 4.1.2).
            let around = &text[floor(text, start.saturating_sub(LONGEST_STATE))..floor(text, at + LONGEST_STATE)];
            if around.contains("state=") {
                meaning = Named::Secret;
            }
        }
        let value = at + 1 + usize::from(matches!((is_equation, byte(at + 1)), (false, b'=') | (true, b'>')));
        let value = value + (text[value..].len() - text[value..].trim_start_matches([' ', '\t']).len());
        // Only so much of the line is looked at that a long line doesn't cost the square of its length.
        let from = floor(text, start.saturating_sub(LONGEST_NAME));
        let line = text[from..start].rfind('\n').map(|end| from + end + 1).or((from == 0).then_some(0));
        let prefix = &text[line.unwrap_or(from)..start];
        let indent = prefix.len() - prefix.trim_start_matches([' ', '\t']).len();
        let prefix = prefix.trim_matches(|c: char| c.is_whitespace() || "-+*>|#;/\"'\\".contains(c));
        let begins_line = line.is_some() && (prefix.is_empty() || LINE_STARTS.contains(&prefix));
        let is_listed = text[..start]
            .trim_end()
            .trim_end_matches(['"', '\'', '\\'])
            .trim_end()
            .ends_with(['{', ',', '(', '[', '&', '?', ';', '#', '|']);
        Some(Self { named: meaning, is_equation, value, begins_line, is_listed, indent })
    }
}

/// The name that ends in byte `end`, possibly in quotes, and where it begins.
fn name_before(text: &str, end: usize) -> Option<(&str, usize)> {
    let end = quoted_name_before(text, end);
    let least = floor(text, end.saturating_sub(LONGEST_NAME));
    let is_part = |c: char| c.is_alphanumeric() || "_-.$[]%".contains(c);
    let name = text[least..end].rsplit(|c| !is_part(c)).next()?;
    (!name.is_empty()).then(|| (name, end - name.len()))
}

/// The name with up to two words before it.
fn with_words_before(text: &str, start: usize, end: usize) -> (&str, usize) {
    let mut begin = start;
    for _ in 0..2 {
        let before = &text[..begin];
        let Some(rest) = before.strip_suffix(' ') else { break };
        let Some((_, at)) = name_before(rest, rest.len()).filter(|(_, at)| *at < rest.len()) else { break };
        begin = at;
    }
    (text.get(begin..quoted_name_before(text, end)).unwrap_or_default(), begin)
}

/// The values that were found.
struct Fields<'t> {
    text: &'t str,
    is_sent: bool,
    /// The bytes in brackets that may still be searched.
    budget: usize,
    /// The end of the last value without quotes: names in it don't matter.
    covered: usize,
    found: Vec<Sighting>,
}

impl Fields<'_> {
    fn note(&mut self, named: Named, at: Range<usize>) {
        let text = &self.text[at.clone()];
        let start = at.start + (text.len() - text.trim_start().len());
        let at = start..start + text.trim().len();
        if !at.is_empty() {
            self.found.push(Sighting { kind: named.kind(), at });
        }
    }

    fn note_value(&mut self, field: &Field) {
        let Some(rest) = self.text.get(field.value..) else { return };
        if let Some(Quoted { value, .. }) = quoted_at(self.text, field.value) {
            self.note_quoted(field.named, value);
        } else if rest.starts_with(['{', '[']) {
            self.note_inside(field.named, field.value);
        } else if field.begins_line && !field.is_equation && is_block(rest) {
            self.note_block(field);
        } else {
            self.note_bare(field, rest);
        }
    }

    fn note_quoted(&mut self, named: Named, value: Range<usize>) {
        let text = &self.text[value.clone()];
        if named.is_secret(text, self.is_sent) && !(!self.is_sent && text.contains(' ') && is_about_secret(text)) {
            self.note(named, value);
        }
    }

    /// A value without quotes: up to the end of the line, or of the word.
    fn note_bare(&mut self, field: &Field, rest: &str) {
        let ends = if field.begins_line { &['\n', '\r'][..] } else { ENDS_WORD };
        // The first bytes decide, or a long value with many names would cost the square of its length.
        let start = &rest[..floor(rest, LONGEST_BARE)];
        let mut value = start.split(ends).next().unwrap_or_default();
        if field.begins_line {
            let more = value.find('=').is_some();
            let end = if field.is_equation && more { value.find(['&', ';']) } else { value.find(" #") };
            value = &value[..end.unwrap_or(value.len())];
            value = value.trim_end().trim_end_matches([',', ';', '"', '\'', '\\']);
        }
        let digits = has_digits_only(value);
        let is_call = value.ends_with(['(', ')']) && value.split_once('(').is_some_and(|(name, _)| is_identifier(name));
        let is_expression = is_call || value.strip_prefix('$').is_some_and(is_identifier);
        let is_value = value.len() > 2
            && !is_expression
            && !is_about_secret(value)
            && !is_plain_word(value)
            && !is_fake(value)
            && (field.begins_line
                || field.is_listed
                || field.is_equation && !self.text[..field.value].ends_with(' ')
                || is_distinctive(value)
                || digits);
        let is_secret = if digits && !field.is_equation {
            field.named.is_secret_number(value, self.is_sent)
        } else {
            field.named.is_secret(value, self.is_sent)
        };
        if is_value && is_secret {
            let end = match value.len() {
                length if length + 3 < LONGEST_BARE => length,
                _ => rest.find(ends).unwrap_or(rest.len()),
            };
            self.covered = field.value + end;
            self.note(field.named, field.value..field.value + end);
        }
    }

    /// The lines that are indented deeper than a name without a value, as in YAML.
    fn note_block(&mut self, field: &Field) {
        let mut at = field.value + self.text[field.value..].find('\n').map_or(0, |end| end + 1);
        let end = self.text.len().min(at + LONGEST_VALUE);
        while at < end {
            let line = self.text[at..].split_inclusive('\n').next().unwrap_or_default();
            let content = line.trim();
            let indent = line.len() - line.trim_start().len();
            if !content.is_empty() && indent <= field.indent && !content.starts_with("- ") {
                break;
            }
            let start = at + indent + content.len() - content.trim_start_matches("- ").len();
            let content = content.trim_start_matches("- ");
            let (named, value) = match content.split_once(": ") {
                Some((key, value)) if is_identifier(key) => (field.named.inside(key), value),
                _ if content.ends_with(':') => (Named::Plain, ""),
                _ => (field.named, content),
            };
            let value_at = start + content.len() - value.len();
            let bare = value.trim_matches(['"', '\'']);
            if named.is_secret(bare, self.is_sent) && !is_about_secret(bare) {
                let value_at = value_at + (value.len() - value.trim_start_matches(['"', '\'']).len());
                self.note(named, value_at..value_at + bare.len());
            }
            at += line.len();
        }
    }

    /// The values in the brackets that open in byte `at`, with the names that they have there.
    fn note_inside(&mut self, named: Named, at: usize) {
        if self.budget == 0 {
            return self.note(named, at..self.text.len());
        }
        let (mut open, mut key) = (Vec::new(), None);
        let end = self.text.len().min(at + LONGEST_VALUE);
        let mut next = at;
        let mut searched = 0;
        while let Some(c) = self.text.get(next..).and_then(|rest| rest.chars().next()).filter(|_| next < end) {
            let current = open.last().copied().unwrap_or(named);
            self.budget = self.budget.saturating_sub(next - searched.max(at));
            searched = next;
            let (value, after) = if let Some(Quoted { value, end }) = quoted_at(self.text, next) {
                (value, end)
            } else if is_bare(c) {
                let length = self.text[next..].find(|c| !is_bare(c)).unwrap_or(self.text.len() - next);
                (next..next + length, next + length)
            } else {
                match c {
                    '{' | '[' => open.push(key.take().unwrap_or(current)),
                    '}' | ']' => {
                        open.pop();
                        if open.is_empty() {
                            return;
                        }
                    }
                    ',' => key = None,
                    _ => {}
                }
                next += c.len_utf8();
                continue;
            };
            let quoted = after > value.end;
            let text = self.text[value.clone()].to_owned();
            if self.text[after..].trim_start().starts_with([':', '=']) && key.is_none() {
                key = Some(current.inside(&text));
            } else {
                let meaning = key.take().unwrap_or(current);
                let is_number = !quoted && has_digits_only(&text);
                if is_number && meaning.is_secret_number(&text, self.is_sent) {
                    self.note(meaning, value);
                } else if quoted || !is_number && !text.starts_with('$') {
                    self.note_quoted(meaning, value);
                }
            }
            next = after.max(next + 1);
        }
    }
}

/// The last place before byte `at` where a character begins.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The characters that end a value without quotes, unless it is alone on its line.
const ENDS_WORD: &[char] = &['\n', '\r', ' ', '\t', '"', '\'', '`', '&', ',', ';', '<', '>', '#', ')', '}', ']', '\\'];

fn is_bare(c: char) -> bool {
    c.is_alphanumeric() || "_.+-$@!/".contains(c)
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "_-.\"'".contains(c))
}

/// Whether a value is in the lines below: nothing is beside the name, or only the sign of a block in YAML.
fn is_block(rest: &str) -> bool {
    let line = rest.lines().next().unwrap_or_default().trim();
    line.is_empty() || line.starts_with(['|', '>']) && line.len() <= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values that are found, in their order.
    fn found(text: &str) -> Vec<&str> {
        let mut found: Vec<Range<usize>> = named_values(text, true).into_iter().map(|sighting| sighting.at).collect();
        found.sort_by_key(|at| (at.start, at.end));
        found.dedup();
        found.into_iter().map(|at| &text[at]).collect()
    }

    #[test]
    fn values_are_found_by_their_names_in_every_syntax() {
        for (text, expected) in [
            ("DB_PASSWORD=sunflower\nDB_USER=ada\n", &["sunflower"][..]),
            ("DB_PASSWORD=sun(flower\n", &["sun(flower"]),
            ("export TOKEN='ab cd'\n", &["ab cd"]),
            ("user: ada\npassword: sunflower # ours\n", &["sunflower"]),
            ("db:\n  password: correct horse\n  port: 1\n", &["correct horse"]),
            ("password: |\n  line one\n  line two\nuser: ada\n", &["line one", "line two"]),
            ("credentials:\n  user: ada\n  value: \"sunflower\"\nother: x\n", &["sunflower"]),
            ("{\"accessToken\":\"Zk72\"}\n{\"accessToken\":\"Zk73\"}\n", &["Zk72", "Zk73"]),
            ("data: {\"session_token\": \"abc\", \"id\": 1}\n\n", &["abc"]),
            (r#"{"body":"{\"password\":\"sun\"}"}"#, &["sun"]),
            (r#"{"password":"a\"b"}"#, &[r#"a\"b"#]),
            ("mutation { login(user: \"ada\", password: \"sunflower\", pin: 4711) { id } }", &["sunflower", "4711"]),
            ("mutation { login(input: {password: \"\"\"sunflower\"\"\"}) }", &["sunflower"]),
            ("{password: sunflower, user: ada}", &["sunflower"]),
            (
                "{\"credentials\":{\"user\":\"ada\",\"x\":\"sunflower\"},\"tokens\":[\"a1\",\"b2\"]}",
                &["sunflower", "a1", "b2"],
            ),
            ("<login userPassword=\"sunflower\" user='ada'/>", &["sunflower"]),
            ("https://app.example/cb#access_token=Zk72&state=1", &["Zk72"]),
            ("/orders;jsessionid=AB12?page=1", &["AB12?page=1"]),
            ("user%5Bpassword%5D=sunflower&user%5Bname%5D=ada", &["sunflower"]),
            ("Server=db;User Id=ada;Password=sunflower;Pooling=true", &["sunflower"]),
            ("https://app.example/cb?code=ab12&state=xyz", &["ab12"]),
            ("API key: a1b2c3d4e5", &["a1b2c3d4e5"]),
            ("log in with password=hunter2hunter now", &["hunter2hunter"]),
            ("password&quot;:&quot;sunflower&quot;", &["sunflower"]),
            ("Authorization: Bearer abc\r\nAccept: x", &["Bearer abc"]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn texts_about_secrets_are_left_alone() {
        for text in [
            "password: required",
            "password: must have at least 8 characters",
            "tokens: 12",
            "{\"tokens\":12,\"max_tokens\":4096,\"pass\":true,\"pin\":null}",
            "type Query { token: String! }",
            "mutation($password: String!) { login(password: $password) { id } }",
            "token=${TOKEN}",
            "const token = getToken();",
            "your password: it was wrong",
            "if (token == other) {}",
            "https://shop.example:8080/tokens",
            "next_page_token=abc&code=EUR",
            "the bearer of this: letter",
        ] {
            assert_eq!(found(text), Vec::<&str>::new(), "{text}");
        }
    }
}
