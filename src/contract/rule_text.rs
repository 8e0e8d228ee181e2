//! From the YAML form of a matcher to a [`Rule`]: words, `/regular expressions/`, lists and mappings.

use std::collections::HashMap;

use serde_json::Value;

use super::attachments::Attachments;
use super::codes::{BAD_MATCHER, BAD_REGEX, BAD_SCHEMA};
use super::matcher::{Format, JsonType, Matcher, Pattern, Rule};
use super::schema_rule::SchemaRule;
use crate::source::Code;
use crate::source::codes::OVER_LIMIT;
use crate::words::did_you_mean;

/// Why a matcher can't be read, and what to do about it.
#[derive(Debug)]
pub(super) struct RuleFault {
    pub code: Code,
    pub message: String,
    pub help: Option<String>,
}

/// Every word for a matcher, for "did you mean" and for editors.
pub(super) const WORDS: &[&str] = &[
    "exact",
    "equal",
    "any",
    "absent",
    "string",
    "number",
    "integer",
    "boolean",
    "uuid",
    "date",
    "date-time",
    "time",
    "email",
    "uri",
    "unordered",
    "contains",
    "closed",
    "optional",
];

/// Words of other languages, and what to write instead.
const SYNONYMS: &[(&str, &str)] = &[
    ("int", "`integer`"),
    ("str", "`string`"),
    ("text", "`string`"),
    ("bool", "`boolean`"),
    ("float", "`number`"),
    ("double", "`number`"),
    ("decimal", "`number`"),
    ("datetime", "`date-time`"),
    ("timestamp", "`date-time`"),
    ("guid", "`uuid`"),
    ("url", "`uri`"),
    ("null", "`or null`, alone or after a word"),
    ("nullable", "`or null`"),
    ("equals", "`equal`"),
    ("equality", "`equal`"),
    ("required", "nothing: everything in the example is required"),
    ("array", "a size, like `1+`"),
    ("list", "a size, like `1+`"),
    ("object", "nothing: the example determines the type"),
    ("*", "`any`"),
];

/// How many different regular expressions and schemas a contract may have: each one keeps memory occupied.
const MOST_COMPILED: usize = 2000;

/// How much memory, in bytes, is enough for almost all expressions that people write.
const COMMON_MEMORY: usize = 256 << 10;

/// How many expressions of a contract may be larger.
const MOST_LARGE: usize = 20;

/// Reads the YAML forms of matchers. Each regular expression and each schema is compiled once, however often it occurs.
pub(super) struct RuleReader<'a> {
    attachments: &'a dyn Attachments,
    patterns: HashMap<String, Result<Pattern, String>>,
    schemas: HashMap<String, Result<SchemaRule, String>>,
    large: usize,
}

impl<'a> RuleReader<'a> {
    /// A reader that hasn't read anything yet. The files that schemas refer to are read through `attachments`.
    pub(super) fn new(attachments: &'a dyn Attachments) -> Self {
        Self { attachments, patterns: HashMap::new(), schemas: HashMap::new(), large: 0 }
    }

    /// Reads the YAML form of a matcher.
    pub(super) fn rule(&mut self, value: &Value) -> Result<Rule, RuleFault> {
        match value {
            Value::String(text) => self.words(text),
            Value::Array(values) => Ok(Rule::of(Matcher::OneOf(values.clone()))),
            Value::Object(map) => {
                let mut rule = Rule::default();
                if let Some(Value::Array(values)) = map.get("one-of") {
                    rule.matchers.push(Matcher::OneOf(values.clone()));
                }
                if let Some(schema) = map.get("schema") {
                    rule.matchers.push(Matcher::Schema(self.schema(schema)?));
                }
                rule.optional = map.get("optional") == Some(&Value::Bool(true));
                rule.or_null = map.get("or-null") == Some(&Value::Bool(true));
                refuse_empty(rule)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => Err(fault(
                format!("`{value}` isn't a matcher"),
                Some(String::from("write words, /a regular expression/, a list of values or a mapping")),
            )),
        }
    }

    fn schema(&mut self, schema: &Value) -> Result<SchemaRule, RuleFault> {
        let text = schema.to_string();
        if self.schemas.len() >= MOST_COMPILED && !self.schemas.contains_key(&text) {
            return Err(too_many("JSON Schemas"));
        }
        let attachments = self.attachments;
        let compiled = self.schemas.entry(text).or_insert_with(|| SchemaRule::new(schema, attachments));
        compiled.clone().map_err(|why| RuleFault {
            code: BAD_SCHEMA,
            message: format!("this JSON Schema can't be used: {why}"),
            help: None,
        })
    }

    fn pattern(&mut self, text: &str) -> Result<Pattern, RuleFault> {
        if !self.patterns.contains_key(text) {
            if self.patterns.len() >= MOST_COMPILED {
                return Err(too_many("regular expressions"));
            }
            let compiled = match Pattern::within(COMMON_MEMORY, text) {
                Err(regex::Error::CompiledTooBig(_)) if self.large < MOST_LARGE => {
                    self.large += 1;
                    Pattern::new(text)
                }
                compiled => compiled.map_err(|error| Pattern::why(&error)),
            };
            self.patterns.insert(text.to_owned(), compiled);
        }
        let compiled = self.patterns.get(text).cloned().unwrap_or_else(|| Err(String::new()));
        compiled.map_err(|why| RuleFault {
            code: BAD_REGEX,
            message: format!("this regular expression can't be used: {}", one_line(&why)),
            help: Some(String::from("it must match the whole value; look-around and back-references aren't supported")),
        })
    }

    fn words(&mut self, text: &str) -> Result<Rule, RuleFault> {
        let text = text.trim();
        let mut rule = Rule::default();
        let mut words = text;
        if let Some(inside) = text.strip_prefix('/') {
            let Some(end) = inside.rfind('/') else {
                return Err(fault(format!("the regular expression `{text}` has no closing `/`"), None));
            };
            rule.matchers.push(Matcher::Regex(self.pattern(&inside[..end])?));
            words = &inside[end + 1..];
            refuse_flags(words)?;
        }
        let mut words = words.split_whitespace();
        while let Some(word) = words.next() {
            if word == "or" {
                if words.next() != Some("null") {
                    return Err(fault(
                        String::from("`or` must be followed by `null`"),
                        Some(String::from("to allow several values, write a list: `[a, b]`")),
                    ));
                }
                rule.or_null = true;
            } else if word == "optional" {
                rule.optional = true;
            } else {
                rule.matchers.push(read_word(word)?);
            }
        }
        check_combination(&rule)?;
        refuse_empty(rule)
    }
}

fn too_many(what: &str) -> RuleFault {
    RuleFault {
        code: OVER_LIMIT,
        message: format!("this contract has more than {MOST_COMPILED} different {what}"),
        help: Some(String::from("use fewer, or use the same ones in several places")),
    }
}

/// Refuses flags after an expression: other languages write `/…/i`.
fn refuse_flags(behind: &str) -> Result<(), RuleFault> {
    let flags = behind.split_whitespace().next().unwrap_or_default();
    if flags.is_empty() || !behind.starts_with(flags) || !flags.bytes().all(|b| b"gimsuxy".contains(&b)) {
        return Ok(());
    }
    let help = format!("write them inside, if they are supported: `/(?{flags})…/`");
    Err(fault(format!("flags like `{flags}` can't follow a regular expression"), Some(help)))
}

/// Refuses a rule that has neither a matcher nor a modifier.
fn refuse_empty(rule: Rule) -> Result<Rule, RuleFault> {
    if rule == Rule::default() {
        return Err(fault(String::from("this matcher is empty"), Some(String::from("remove it"))));
    }
    Ok(rule)
}

fn read_word(word: &str) -> Result<Matcher, RuleFault> {
    Ok(match word {
        "exact" => Matcher::Exact,
        "equal" => Matcher::Equal,
        "any" => Matcher::Any,
        "absent" => Matcher::Absent,
        "string" => Matcher::Type(JsonType::String),
        "number" => Matcher::Type(JsonType::Number),
        "integer" => Matcher::Type(JsonType::Integer),
        "boolean" => Matcher::Type(JsonType::Boolean),
        "uuid" => Matcher::Format(Format::Uuid),
        "date" => Matcher::Format(Format::Date),
        "date-time" => Matcher::Format(Format::DateTime),
        "time" => Matcher::Format(Format::Time),
        "email" => Matcher::Format(Format::Email),
        "uri" => Matcher::Format(Format::Uri),
        "unordered" => Matcher::Unordered,
        "contains" => Matcher::Contains,
        "closed" => Matcher::Closed,
        _ => return size(word).ok_or_else(|| unknown_word(word))?,
    })
}

/// Reads a size, `1+` or `2..5`; `None` if the word isn't one.
fn size(word: &str) -> Option<Result<Matcher, RuleFault>> {
    let numbers = word.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'.'));
    if !numbers {
        return None;
    }
    if let Some(min) = word.strip_suffix('+') {
        return min.parse().ok().map(|min| Ok(Matcher::Size { min, max: None }));
    }
    let (min, max) = word.split_once("..")?;
    let (min, max): (u64, u64) = (min.parse().ok()?, max.parse().ok()?);
    if min > max {
        let message = format!("the size `{word}` has its limits the wrong way round");
        return Some(Err(fault(message, Some(format!("write `{max}..{min}`")))));
    }
    Some(Ok(Matcher::Size { min, max: Some(max) }))
}

fn unknown_word(word: &str) -> RuleFault {
    let synonym = SYNONYMS.iter().find(|(other, _)| word.eq_ignore_ascii_case(other));
    let help = synonym.map(|(_, here)| format!("write {here}")).or_else(|| did_you_mean(word, WORDS.iter().copied()));
    let help = help.or_else(|| {
        word.bytes().all(|b| b.is_ascii_digit()).then(|| format!("for a size, write `{word}+` or `{word}..{word}`"))
    });
    let help =
        help.unwrap_or_else(|| format!("for a fixed value, write `[{word}]`; the words are {}", WORDS.join(", ")));
    fault(format!("`{word}` isn't a matcher"), Some(help))
}

/// Refuses words that can't be combined.
fn check_combination(rule: &Rule) -> Result<(), RuleFault> {
    let values: Vec<&Matcher> = rule.matchers.iter().filter(|matcher| matcher.determines_value()).collect();
    if let [first, second, ..] = values.as_slice() {
        return Err(fault(
            format!("`{first}` and `{second}` can't both determine the value"),
            Some(String::from("keep one of the two")),
        ));
    }
    if rule.has(&Matcher::Absent) && (rule.matchers.len() > 1 || rule.optional || rule.or_null) {
        return Err(fault(String::from("`absent` can't be combined with other words"), None));
    }
    if rule.has(&Matcher::Unordered) && rule.has(&Matcher::Contains) {
        return Err(fault(
            String::from("`unordered` and `contains` can't be combined"),
            Some(String::from(
                "`unordered`: the same elements in any order; `contains`: each of these, and maybe others",
            )),
        ));
    }
    let kind = std::mem::discriminant::<Matcher>;
    for (index, matcher) in rule.matchers.iter().enumerate() {
        if rule.matchers[..index].iter().any(|before| kind(before) == kind(matcher)) {
            return Err(fault(
                format!("`{matcher}` is the second matcher of its kind"),
                Some(String::from("keep one of the two")),
            ));
        }
    }
    Ok(())
}

fn fault(message: String, help: Option<String>) -> RuleFault {
    RuleFault { code: BAD_MATCHER, message, help }
}

/// The last line of a regular expression's error, which is the cause. The lines before it show the place.
fn one_line(error: &str) -> &str {
    error.lines().last().unwrap_or(error).trim().trim_start_matches("error: ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::contract::attachments::NoAttachments;

    #[test]
    fn every_spelling_of_a_matcher_is_written_in_the_same_way() {
        for (written, shown) in [
            (json!("exact"), "exact"),
            (json!("string optional or null"), "string optional or null"),
            (json!("  or   null "), "or null"),
            (json!("optional"), "optional"),
            (json!("/a/b/ optional"), "/a/b/ optional"),
            (json!("1+ unordered"), "1+ unordered"),
            (json!("2..5"), "2..5"),
            (json!(["paid", "open", null]), r#"["paid","open",null]"#),
            (json!({"one-of": [1, 2], "optional": true}), "[1,2] optional"),
            (json!({"schema": {"type": "string"}}), r#"{"type":"string"}"#),
        ] {
            let rule = RuleReader::new(&NoAttachments).rule(&written);
            let rule = rule.unwrap_or_else(|fault| panic!("{written}: {}", fault.message));
            assert_eq!(rule.to_string(), shown);
        }
    }

    #[test]
    fn a_wrong_matcher_is_refused_with_the_right_spelling() {
        for (written, message, help) in [
            (json!("integr"), "`integr` isn't a matcher", "did you mean `integer`?"),
            (json!("int"), "`int` isn't a matcher", "write `integer`"),
            (json!("paid"), "`paid` isn't a matcher", "write `[paid]`"),
            (json!("3"), "`3` isn't a matcher", "`3+` or `3..3`"),
            (json!("5..2"), "wrong way round", "write `2..5`"),
            (json!("string uuid"), "`string` and `uuid` can't both", "keep one"),
            (json!("string or empty"), "`or` must be followed by `null`", "a list"),
            (json!("/[/"), "this regular expression can't be used", "whole value"),
            (json!("/a{999}{999}{999}/"), "too much memory", ""),
            (json!("/a)|(b/"), "this regular expression can't be used", ""),
            (json!("/abc"), "no closing `/`", ""),
            (json!("absent optional"), "`absent` can't be combined", ""),
            (json!("unordered contains"), "can't be combined", ""),
            (json!("1+ 2..3"), "the second matcher of its kind", ""),
            (json!({"schema": {"type": "strin"}}), "can't be used", ""),
            (json!({"schema": {"$ref": "http://example.com/a.json"}}), "never to the network", ""),
            (json!({"schema": {"$ref": "a.json"}}), "no folder of its own", ""),
        ] {
            let fault = RuleReader::new(&NoAttachments).rule(&written);
            let fault = fault.err().unwrap_or_else(|| panic!("{written} was read"));
            assert!(fault.message.contains(message), "{written}: {}", fault.message);
            assert!(fault.help.unwrap_or_default().contains(help), "{written}");
        }
    }
}
