//! The matching rules of one message of a Pact file, by the parts of the message.

use serde_json::{Map, Value};

use super::generator::Generators;
use super::matcher::{PactMatcher, PlacedRule, PlacedRules, RuleList};
use super::path::{PactPath, PactStep};
use super::pattern::Expressions;
use super::read_matcher::{Refused, path};
use super::version::PactVersion;
use crate::source::json_value;

/// The requirements of a Pact file for one message beyond its example, with the meaning that the Pact specification of
/// its version defines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PactRules {
    pub version: PactVersion,
    /// The body's media type, if the file names one outside the headers.
    pub media_type: Option<String>,
    pub path: Option<RuleList>,
    pub status: Option<RuleList>,
    /// By the parameter's name.
    pub query: PlacedRules,
    /// By the header's name in lower case.
    pub headers: PlacedRules,
    pub body: PlacedRules,
    pub generators: Generators,
    /// Whether a request's body is null in the file, with a header that says JSON. It is sent as the text `null`, as by
    /// Pact's verifier, but an actual request must have no body, as for Pact's mock.
    pub sends_null: bool,
    /// The query as a text, if the version compares it like that.
    pub query_text: Option<String>,
    /// The rules and generators as the file has them, which are part of the message's identity.
    pub written: AsWritten,
}

/// The rules and generators of a message as their file has them. They are rarely needed, so they are kept as a text, which
/// takes much less memory than values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AsWritten(Box<str>);

impl AsWritten {
    pub(crate) fn new(value: &Value) -> Self {
        Self(value.to_string().into_boxed_str())
    }

    /// An object with `matchingRules` and `generators`, or null if nothing was read.
    #[must_use]
    pub fn value(&self) -> Value {
        json_value::read(self.0.as_bytes()).unwrap_or_default()
    }
}

/// A rule that was refused: the keys that lead to it in `matchingRules`, and why.
#[derive(Debug)]
pub(super) struct Fault {
    pub keys: Vec<String>,
    pub refused: Refused,
}

impl PactRules {
    /// Reads `matchingRules`: by whole paths up to version 2, and by the parts of the message since version 3.
    pub(super) fn read(&mut self, rules: &Map<String, Value>, known: &mut Expressions, faults: &mut Vec<Fault>) {
        for (key, value) in rules {
            let read = if key.starts_with('$') { self.flat(key, value, known) } else { self.part(key, value, known) };
            if let Err((keys, refused)) = read {
                faults.push(Fault { keys, refused });
            }
        }
    }

    /// One rule with its whole path: `$.body.items[*].id`.
    fn flat(&mut self, key: &str, value: &Value, known: &mut Expressions) -> Result<(), (Vec<String>, Refused)> {
        let keys = vec![key.to_owned()];
        let failed = |refused| (vec![key.to_owned()], refused);
        let path = path(key).map_err(failed)?;
        let matchers = vec![PactMatcher::read(value, 0, known).map_err(failed)?];
        let list = RuleList { any: false, matchers, keys };
        let Some((part, rest)) = path.0.split_first() else {
            return Err((
                vec![key.to_owned()],
                Refused::Invalid(String::from("it doesn't name a part of the message")),
            ));
        };
        let placed = |path: PactPath, list| PlacedRule { path, list };
        let below = PactPath(rest.to_vec());
        match part {
            // A rule for one value of a parameter or a header is for all of them.
            PactStep::Key(part) => match part.to_ascii_lowercase().as_str() {
                "body" => self.body.0.push(placed(below, list)),
                "path" => self.path = Some(list),
                "status" => self.status = Some(list),
                "query" => self.query.0.push(placed(first_of(below), list)),
                "header" | "headers" => self.headers.0.push(placed(first_of(lower(below)), list)),
                "method" => {}
                // A path that doesn't begin with a part is for the body.
                _ => self.body.0.push(placed(path, list)),
            },
            _ => {
                return Err((
                    vec![key.to_owned()],
                    Refused::Invalid(String::from("it doesn't name a part of the message")),
                ));
            }
        }
        Ok(())
    }

    /// The rules for one part of the message.
    fn part(&mut self, part: &str, value: &Value, known: &mut Expressions) -> Result<(), (Vec<String>, Refused)> {
        let here = vec![part.to_owned()];
        let Value::Object(rules) = value else {
            return Err((here, Refused::Invalid(String::from("the rules of a part must be an object"))));
        };
        match part {
            "path" | "method" | "status" => {
                // Some files have the list below an empty path.
                let list = match rules.iter().next() {
                    Some((key, inner)) if key.is_empty() || key == "$" => {
                        RuleList::read(inner, vec![part.to_owned(), key.clone()], 0, known)?
                    }
                    _ => RuleList::read(value, here, 0, known)?,
                };
                if part == "path" && !list.matchers.is_empty() {
                    self.path = Some(list);
                } else if part == "status" && !list.matchers.is_empty() {
                    self.status = Some(list);
                }
            }
            "body" => self.body = PlacedRules::read(rules, &here, 0, known)?,
            "query" => self.query = named(rules, &here, known)?,
            "header" | "headers" => {
                let mut headers = named(rules, &here, known)?;
                for rule in &mut headers.0 {
                    rule.path = lower(std::mem::take(&mut rule.path));
                }
                self.headers = headers;
            }
            // Messages have other parts.
            _ => {}
        }
        Ok(())
    }
}

impl PactRules {
    /// Why some of the rules can't be used, each with the keys that lead to it in the message's `matchingRules`.
    pub(super) fn unusable(&self) -> Vec<(Vec<String>, String)> {
        let lists = self.path.iter().chain(&self.status).flat_map(|list| list.unusable().map(move |why| (list, why)));
        let placed = [&self.query, &self.headers, &self.body].into_iter().flat_map(PlacedRules::unusable);
        lists.chain(placed).map(|(list, why)| (list.keys.clone(), why.to_owned())).collect()
    }
}

/// Rules by names, which may contain anything.
fn named(
    rules: &Map<String, Value>,
    above: &[String],
    known: &mut Expressions,
) -> Result<PlacedRules, (Vec<String>, Refused)> {
    let mut placed = Vec::with_capacity(rules.len());
    for (key, value) in rules {
        let keys = vec![above[0].clone(), key.clone()];
        // A name may look like a path without being one: `ids[]`.
        let is_path = key.starts_with("$.") || key.starts_with("$[") || key.ends_with(']');
        let path = is_path.then(|| PactPath::parse(key).ok()).flatten();
        let path = path.unwrap_or_else(|| PactPath(vec![PactStep::Key(key.clone())]));
        placed.push(PlacedRule { path, list: RuleList::read(value, keys, 0, known)? });
    }
    Ok(PlacedRules(placed))
}

/// The first step of a path.
fn first_of(mut path: PactPath) -> PactPath {
    path.0.truncate(1);
    path
}

/// A header's name in lower case.
fn lower(mut path: PactPath) -> PactPath {
    if let Some(PactStep::Key(name)) = path.0.first_mut() {
        *name = name.to_ascii_lowercase();
    }
    path
}
