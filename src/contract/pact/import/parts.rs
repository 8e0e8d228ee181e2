//! The parts of a message that are texts: path, query, headers; and the status.

use indexmap::IndexMap;

use super::pattern::segments;
use super::remark::Remarks;
use super::words;
use crate::contract::document::{Headers, PathRule, Status};
use crate::contract::matcher::{Matcher, Rule};
use crate::contract::pact::{Chosen, PactMatcher, PactRules, PlacedRules, RuleList, StatusRange};
use crate::contract::read_message::CONNECTION_HEADERS;
use crate::contract::template::escape;
use crate::source::Step;

/// The rule of a path.
pub(super) fn path_rule(path: &str, rules: &PactRules, remarks: &mut Remarks<'_>) -> Option<PathRule> {
    let list = rules.path.as_ref()?;
    if let [PactMatcher::Regex(regex)] = list.matchers.as_slice()
        && let Some(found) = segments(regex.as_str(), path)
    {
        return Some(PathRule::Segments(found.into_iter().map(|(index, one)| (index, Rule::of(one))).collect()));
    }
    of_text(list, path, "path", remarks).map(PathRule::Whole)
}

/// The rules of parameters or headers by their names.
pub(super) fn named_rules(
    texts: &IndexMap<String, Vec<String>>,
    rules: &PlacedRules,
    what: &str,
    remarks: &mut Remarks<'_>,
) -> IndexMap<String, Rule> {
    let root = Chosen::new(rules);
    let mut named = IndexMap::new();
    for (name, values) in texts {
        let here = root.below(&Step::Key(name.clone()));
        // Some files have rules for the first value, and mean the only one.
        let first = here.below(&Step::Index(0));
        let Some(list) = here.speaking().or_else(|| first.speaking()).map(|speaking| speaking.list) else { continue };
        let place = format!("{what} {name}");
        let example = values.first().map_or("", String::as_str);
        let Some(mut rule) = of_text(list, example, &place, remarks) else { continue };
        let sizes = list.matchers.iter().find_map(|matcher| match matcher {
            PactMatcher::Type { min, max } if min.is_some() || max.is_some() => Some((min.unwrap_or(0), *max)),
            _ => None,
        });
        if let Some((min, max)) = sizes {
            rule.matchers.push(Matcher::Size { min, max });
        }
        named.insert(name.clone(), rule);
    }
    named
}

/// The rule of one text.
pub(super) fn of_text(list: &RuleList, example: &str, place: &str, remarks: &mut Remarks<'_>) -> Option<Rule> {
    words::text(list, example, &mut |why| remarks.say(place, Some(list), why))
}

/// Headers as they are in a contract; those of the connection are set when a request is sent.
pub(super) fn headers(headers: &Headers, is_request: bool, remarks: &mut Remarks<'_>) -> Headers {
    let mut kept = Headers::new();
    for (name, values) in headers {
        if is_request && CONNECTION_HEADERS.contains(&name.as_str()) {
            remarks.say(&format!("header {name}"), None, "it belongs to the connection, and is left out");
        } else if !values.is_empty() {
            kept.insert(name.clone(), values.iter().map(|value| escape(value)).collect());
        }
    }
    kept
}

/// The parameters of a query as they are in a contract.
pub(super) fn escaped(texts: &IndexMap<String, Vec<String>>) -> IndexMap<String, Vec<String>> {
    let texts = texts.iter().filter(|(_, values)| !values.is_empty());
    texts.map(|(name, values)| (name.clone(), values.iter().map(|value| escape(value)).collect())).collect()
}

/// A path that can be sent: it begins with a slash, and what is not encoded in it is.
pub(super) fn path(path: &str) -> String {
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    let mut out = String::with_capacity(path.len());
    for (at, c) in path.char_indices() {
        let encodes = |rest: &str| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
        if c == '%' && !encodes(&path[at + 1..]) {
            out.push_str("%25");
        } else {
            out.push(c);
        }
    }
    out
}

/// The status, or the class that a rule asks for.
pub(super) fn status(status: Status, rules: &PactRules, remarks: &mut Remarks<'_>) -> Status {
    let (Some(list), Status::Code(code)) = (&rules.status, status) else { return status };
    match list.matchers.as_slice() {
        [PactMatcher::Equality] => status,
        [PactMatcher::Status(StatusRange::These(codes))] if codes.as_slice() == [code] => status,
        [PactMatcher::Status(StatusRange::Between(first, last, _))] if last - first == 99 => {
            u8::try_from(first / 100).map_or(status, Status::Class)
        }
        _ => {
            let class = u8::try_from(code / 100).map_or(status, Status::Class);
            let why = format!("only one status or one class of them can be asked for: {class} is");
            remarks.say("status", Some(list), why);
            class
        }
    }
}
