//! The matching rules of one message of a Pact file, by the part that they are for.

use serde_json::{Map, Value};

use super::PactVersion;
use super::generator::Generators;
use super::matcher::{PactMatcher, Refused};
use super::path::{PactPath, PactStep};
use super::pattern::Expressions;

/// What a Pact file asks of one message beyond its example. Where a message has these, they alone count, and they are
/// followed as the Pact specification of their version says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PactRules {
    pub version: PactVersion,
    /// What the file says of the body's kind where the message has no header for it.
    pub media_type: Option<String>,
    pub path: Option<RuleList>,
    pub status: Option<RuleList>,
    /// By the parameter's name.
    pub query: PlacedRules,
    /// By the header's name in small letters.
    pub headers: PlacedRules,
    pub body: PlacedRules,
    pub generators: Generators,
    /// Whether a request's body is null in the file, with a header that says JSON: the text `null` is sent for it, as
    /// Pact's verifier does, and a request that comes has to have no body, as Pact's mock asks for.
    pub sends_null: bool,
    /// The query as the text that it is in the file, where that is what is compared.
    pub query_text: Option<String>,
    /// The rules and generators as the file has them: what tells this message's identity from another's.
    pub written: AsWritten,
}

/// The rules and generators of a message as their file has them, kept as a text: as values they would take many times
/// its memory, and they are looked at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AsWritten(Box<str>);

impl AsWritten {
    pub(crate) fn new(value: &Value) -> Self {
        Self(value.to_string().into_boxed_str())
    }

    /// What is written: an object with `matchingRules` and `generators`, or null where there is no file.
    #[must_use]
    pub fn value(&self) -> Value {
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

/// The conditions on one place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RuleList {
    /// Whether one of the matchers is enough (`"combine": "OR"`); else all must hold.
    pub any: bool,
    pub matchers: Vec<PactMatcher>,
    /// Where the list stands, below the message's `matchingRules`.
    pub keys: Vec<String>,
}

/// Rules with the places that they are for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlacedRules(pub Vec<PlacedRule>);

/// One of them.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedRule {
    pub path: PactPath,
    pub list: RuleList,
}

/// A fault in a rule: where it stands below `matchingRules`, and what is wrong.
#[derive(Debug)]
pub(super) struct Fault {
    pub keys: Vec<String>,
    pub refused: Refused,
}

impl PactRules {
    /// Reads `matchingRules`, in the spelling of the version: a list of whole paths up to version 2, and by parts since
    /// version 3.
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
            return Err((vec![key.to_owned()], Refused::Broken(String::from("it names no part of the message"))));
        };
        let placed = |path: PactPath, list| PlacedRule { path, list };
        let below = PactPath(rest.to_vec());
        match part {
            // A parameter or a header is meant as a whole, whichever of its values is named.
            PactStep::Key(part) => match part.to_ascii_lowercase().as_str() {
                "body" => self.body.0.push(placed(below, list)),
                "path" => self.path = Some(list),
                "status" => self.status = Some(list),
                "query" => self.query.0.push(placed(first_of(below), list)),
                "header" | "headers" => self.headers.0.push(placed(first_of(lower(below)), list)),
                "method" => {}
                // What names no part is for the body.
                _ => self.body.0.push(placed(path, list)),
            },
            _ => return Err((vec![key.to_owned()], Refused::Broken(String::from("it names no part of the message")))),
        }
        Ok(())
    }

    /// The rules for one part of the message.
    fn part(&mut self, part: &str, value: &Value, known: &mut Expressions) -> Result<(), (Vec<String>, Refused)> {
        let here = vec![part.to_owned()];
        let Value::Object(rules) = value else {
            return Err((here, Refused::Broken(String::from("the rules of a part must be an object"))));
        };
        match part {
            "path" | "method" | "status" => {
                // The same list, with an empty path in front of it in some files.
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
            // Messages have others.
            _ => {}
        }
        Ok(())
    }
}

impl PlacedRules {
    /// Reads rules by their paths.
    pub(super) fn read(
        rules: &Map<String, Value>,
        above: &[String],
        depth: usize,
        known: &mut Expressions,
    ) -> Result<Self, (Vec<String>, Refused)> {
        let mut placed = Vec::with_capacity(rules.len());
        for (key, value) in rules {
            let mut keys = above.to_vec();
            keys.push(key.clone());
            let path = path(key).map_err(|refused| (keys.clone(), refused))?;
            placed.push(PlacedRule { path, list: RuleList::read(value, keys, depth, known)? });
        }
        Ok(Self(placed))
    }

    /// What can't be used of them, each with the place of its list.
    pub(super) fn unusable(&self) -> impl Iterator<Item = (&RuleList, &str)> {
        self.0.iter().flat_map(|rule| rule.list.unusable().map(|why| (&rule.list, why)))
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl PactRules {
    /// What can't be used of the rules: where it stands, below the message's `matchingRules`, and why.
    pub(super) fn unusable(&self) -> Vec<(Vec<String>, String)> {
        let lists = self.path.iter().chain(&self.status).flat_map(|list| list.unusable().map(move |why| (list, why)));
        let placed = [&self.query, &self.headers, &self.body].into_iter().flat_map(PlacedRules::unusable);
        lists.chain(placed).map(|(list, why)| (list.keys.clone(), why.to_owned())).collect()
    }
}

impl RuleList {
    fn unusable(&self) -> impl Iterator<Item = &str> {
        self.matchers.iter().filter_map(|matcher| match matcher {
            PactMatcher::Unusable(why) => Some(&**why),
            _ => None,
        })
    }

    fn read(
        value: &Value,
        keys: Vec<String>,
        depth: usize,
        known: &mut Expressions,
    ) -> Result<Self, (Vec<String>, Refused)> {
        let any =
            value.get("combine").and_then(Value::as_str).is_some_and(|combine| combine.eq_ignore_ascii_case("or"));
        let matchers = match value.get("matchers") {
            Some(Value::Array(matchers)) => matchers.as_slice(),
            Some(_) => return Err((keys, Refused::Broken(String::from("`matchers` must be a list")))),
            None if value.get("match").is_some() => std::slice::from_ref(value),
            None => &[],
        };
        let read: Result<Vec<PactMatcher>, Refused> =
            matchers.iter().map(|matcher| PactMatcher::read(matcher, depth, known)).collect();
        match read {
            Ok(matchers) => Ok(Self { any, matchers, keys }),
            Err(refused) => Err((keys, refused)),
        }
    }
}

fn path(text: &str) -> Result<PactPath, Refused> {
    PactPath::parse(text).map_err(|why| Refused::Broken(format!("the path `{text}`: {why}")))
}

/// Rules by a name, which may hold anything.
fn named(
    rules: &Map<String, Value>,
    above: &[String],
    known: &mut Expressions,
) -> Result<PlacedRules, (Vec<String>, Refused)> {
    let mut placed = Vec::with_capacity(rules.len());
    for (key, value) in rules {
        let keys = vec![above[0].clone(), key.clone()];
        // A name may look like a path that is none: `ids[]`.
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

/// A header's name has no case.
fn lower(mut path: PactPath) -> PactPath {
    if let Some(PactStep::Key(name)) = path.0.first_mut() {
        *name = name.to_ascii_lowercase();
    }
    path
}
