//! From the JSON of a Pact file to matchers and rules.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::java_time::{JavaPattern, TimeKind};
use super::matcher::{PactMatcher, PlacedRule, PlacedRules, RuleList, StatusRange, Variant};
use super::path::{PactPath, PactStep};
use super::pattern::Expressions;
use crate::interaction::StatusClass;
use crate::words::did_you_mean;

/// How deep matchers may be nested.
const MOST_NESTED: usize = 20;

/// Why a matcher can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// It isn't valid: the reason, as a sentence without a full stop.
    Invalid(String),
    /// It comes from a plugin of this name.
    Plugin(String),
}

impl From<String> for Refused {
    fn from(why: String) -> Self {
        Self::Invalid(why)
    }
}

/// The matchers of the specification, as it spells them.
const KNOWN: [&str; 21] = [
    "equality",
    "regex",
    "type",
    "include",
    "integer",
    "decimal",
    "number",
    "boolean",
    "null",
    "date",
    "time",
    "datetime",
    "timestamp",
    "values",
    "eachKey",
    "eachValue",
    "arrayContains",
    "notEmpty",
    "semver",
    "contentType",
    "statusCode",
];

/// Why a matcher can't be used whose name the specification doesn't have, if no plugin can provide it.
fn unknown(name: &str) -> String {
    let meant = did_you_mean(name, KNOWN).map(|meant| format!("; {meant}"));
    format!("Pact has no matcher `{name}`{}", meant.unwrap_or_default())
}

impl PactMatcher {
    /// Reads one matcher. Without a `match`, its other keys determine its kind.
    pub(super) fn read(value: &Value, depth: usize, known: &mut Expressions) -> Result<Self, Refused> {
        let Value::Object(keys) = value else {
            return Err(Refused::Invalid(String::from("a matcher must be an object")));
        };
        if depth > MOST_NESTED {
            return Err(Refused::Invalid(String::from("matchers are nested too deeply here")));
        }
        let named = keys.contains_key("match");
        let kind = match keys.get("match").or_else(|| keys.get("pact:matcher:type")) {
            Some(Value::String(kind)) => kind.as_str(),
            Some(_) => return Err(Refused::Invalid(String::from("`match` must be a string"))),
            None => ["regex", "min", "max", "timestamp", "date", "time"]
                .into_iter()
                .find(|kind| keys.contains_key(*kind))
                .ok_or_else(|| Refused::Invalid(String::from("a matcher has no `match`")))?,
        };
        Ok(match kind {
            "equality" => Self::Equality,
            "regex" => match known.compiled(&needed(keys, "regex", kind)?) {
                Ok(regex) => Self::Regex(regex),
                Err(why) => Self::Unusable(Arc::from(why)),
            },
            // Without a `match`, the first of the two sizes counts.
            "min" if !named => Self::Type { min: size(keys, "min")?, max: None },
            "type" | "min" | "max" | "min-type" | "max-type" | "min-max-type" => {
                Self::Type { min: size(keys, "min")?, max: size(keys, "max")? }
            }
            "include" => Self::Include(needed(keys, "value", kind)?),
            "number" => Self::Number,
            "integer" => Self::Integer,
            "decimal" | "real" => Self::Decimal,
            "boolean" => Self::Boolean,
            "null" => Self::Null,
            "date" => Self::time(TimeKind::Date, keys, kind),
            "time" => Self::time(TimeKind::Time, keys, kind),
            "datetime" | "timestamp" => Self::time(TimeKind::DateTime, keys, kind),
            "values" => Self::Values,
            "eachKey" | "each-key" => Self::EachKey(each(keys, depth, known)?),
            "eachValue" | "each-value" => {
                let list = RuleList { any: false, matchers: each(keys, depth, known)?, keys: Vec::new() };
                Self::EachValue(PlacedRules(vec![PlacedRule { path: PactPath(vec![PactStep::Any]), list }]))
            }
            "arrayContains" | "array-contains" => Self::ArrayContains(variants(keys, depth, known)?),
            "notEmpty" | "not-empty" => Self::NotEmpty,
            "semver" => Self::Semver,
            "contentType" | "content-type" => Self::ContentType(needed(keys, "value", kind)?),
            "statusCode" | "status-code" => Self::Status(StatusRange::read(keys.get("status"))?),
            other if known.has_plugins => return Err(Refused::Plugin(other.to_owned())),
            other => Self::Unusable(Arc::from(unknown(other))),
        })
    }

    fn time(kind: TimeKind, keys: &Map<String, Value>, name: &str) -> Self {
        let format = keys.get("format").or_else(|| keys.get(name)).and_then(Value::as_str).unwrap_or_default();
        let format = if format.is_empty() { kind.default_format() } else { format };
        match JavaPattern::new(format) {
            Ok(pattern) => Self::Time(kind, pattern),
            Err(why) => Self::Unusable(Arc::from(format!("the format `{format}` can't be used: {why}"))),
        }
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
}

impl RuleList {
    pub(super) fn read(
        value: &Value,
        keys: Vec<String>,
        depth: usize,
        known: &mut Expressions,
    ) -> Result<Self, (Vec<String>, Refused)> {
        let any =
            value.get("combine").and_then(Value::as_str).is_some_and(|combine| combine.eq_ignore_ascii_case("or"));
        let matchers = match value.get("matchers") {
            Some(Value::Array(matchers)) => matchers.as_slice(),
            Some(_) => return Err((keys, Refused::Invalid(String::from("`matchers` must be a list")))),
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

pub(super) fn path(text: &str) -> Result<PactPath, Refused> {
    PactPath::parse(text).map_err(|why| Refused::Invalid(format!("the path `{text}`: {why}")))
}

impl StatusRange {
    fn read(value: Option<&Value>) -> Result<Self, String> {
        match value {
            None => Ok(Self::Class(StatusClass::Success)),
            Some(Value::String(word)) => Ok(match word.as_str() {
                "info" => Self::Class(StatusClass::Information),
                "success" => Self::Class(StatusClass::Success),
                "redirect" => Self::Class(StatusClass::Redirect),
                "clientError" => Self::Class(StatusClass::ClientError),
                "serverError" => Self::Class(StatusClass::ServerError),
                "nonError" => Self::Class(StatusClass::NonError),
                "error" => Self::Class(StatusClass::Error),
                other => return Err(format!("`{other}` isn't a class of status codes")),
            }),
            Some(Value::Array(codes)) => {
                let code = |value: &Value| match value {
                    Value::String(text) => text.parse().ok(),
                    other => other.as_u64().and_then(|code| u16::try_from(code).ok()),
                };
                let codes: Option<Vec<u16>> = codes.iter().map(code).collect();
                codes.map(Self::These).ok_or_else(|| String::from("a status code must be a number from 100 to 599"))
            }
            Some(_) => Err(String::from("`status` must be a word or a list of numbers")),
        }
    }
}

/// A required text; a number is taken as its text.
fn needed(keys: &Map<String, Value>, key: &str, kind: &str) -> Result<String, String> {
    match keys.get(key) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(value @ (Value::Number(_) | Value::Bool(_))) => Ok(value.to_string()),
        _ => Err(format!("the matcher `{kind}` has no `{key}`")),
    }
}

fn size(keys: &Map<String, Value>, key: &str) -> Result<Option<u64>, String> {
    match keys.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => text.parse().map(Some).map_err(|_| format!("`{key}` isn't a number")),
        Some(Value::Number(number)) => {
            // Some languages write every number with a fraction: `1.0`.
            let text = number.as_str();
            let of_none = text.split_once('.').filter(|(_, fraction)| fraction.bytes().all(|digit| digit == b'0'));
            let whole = of_none.map_or(text, |(whole, _)| whole);
            whole.parse().map(Some).map_err(|_| format!("`{key}` must be a whole number, 0 or more"))
        }
        Some(_) => Err(format!("`{key}` must be a whole number, 0 or more")),
    }
}

fn each(keys: &Map<String, Value>, depth: usize, known: &mut Expressions) -> Result<Vec<PactMatcher>, Refused> {
    let rules = match keys.get("rules") {
        Some(Value::Array(rules)) => rules.as_slice(),
        None => &[],
        Some(_) => return Err(Refused::Invalid(String::from("`rules` must be a list"))),
    };
    rules.iter().map(|rule| PactMatcher::read(rule, depth + 1, known)).collect()
}

fn variants(keys: &Map<String, Value>, depth: usize, known: &mut Expressions) -> Result<Vec<Variant>, Refused> {
    let Some(Value::Array(variants)) = keys.get("variants") else {
        return Err(Refused::Invalid(String::from("the matcher `arrayContains` has no list `variants`")));
    };
    let mut variant = |variant: &Value| {
        let index = variant.get("index").and_then(Value::as_u64).unwrap_or_default();
        let rules = match variant.get("rules") {
            Some(Value::Object(rules)) => {
                PlacedRules::read(rules, &[], depth + 1, known).map_err(|(_, refused)| refused)?
            }
            _ => PlacedRules(vec![PlacedRule {
                path: PactPath::default(),
                list: RuleList { any: false, matchers: vec![PactMatcher::Equality], keys: Vec::new() },
            }]),
        };
        Ok(Variant { index: usize::try_from(index).unwrap_or(usize::MAX), rules })
    };
    variants.iter().map(&mut variant).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_size_is_a_whole_number_in_the_spelling_of_any_language() {
        for (size, expected) in [("2", 2), ("2.0", 2), ("\"2\"", 2), ("0.000", 0)] {
            let value = serde_json::from_str(&format!(r#"{{"match": "type", "min": {size}}}"#)).unwrap();
            let read = PactMatcher::read(&value, 0, &mut Expressions::default()).unwrap();
            assert_eq!(read, PactMatcher::Type { min: Some(expected), max: None }, "{size}");
        }
    }

    #[test]
    fn invalid_matchers_are_distinguished_from_those_of_plugins() {
        for (value, reason) in [
            (json!({"match": "regex"}), "no `regex`"),
            (json!({"match": "type", "min": -1}), "0 or more"),
            (json!({"match": "type", "min": 1.5}), "0 or more"),
            (json!({"match": "statusCode", "status": "odd"}), "isn't a class"),
            (json!({"match": "arrayContains"}), "variants"),
            (json!({}), "no `match`"),
            (json!("type"), "an object"),
        ] {
            match PactMatcher::read(&value, 0, &mut Expressions::default()).unwrap_err() {
                Refused::Invalid(why) => assert!(why.contains(reason), "{value}: {why}"),
                other @ Refused::Plugin(_) => panic!("{value}: {other:?}"),
            }
        }
        let value = json!({"match": "protobuf"});
        let mut of_plugins = Expressions::default();
        of_plugins.has_plugins = true;
        assert_eq!(PactMatcher::read(&value, 0, &mut of_plugins), Err(Refused::Plugin(String::from("protobuf"))));
        for (value, part) in [
            (json!({"match": "regex", "regex": "("}), "can't be used"),
            (json!({"match": "date", "format": "'open"}), "can't be used"),
            (json!({"match": "typ"}), "did you mean `type`?"),
            (value, "no matcher `protobuf`"),
        ] {
            let read = PactMatcher::read(&value, 0, &mut Expressions::default()).unwrap();
            assert!(matches!(&read, PactMatcher::Unusable(why) if why.contains(part)), "{read:?}");
        }
    }
}
