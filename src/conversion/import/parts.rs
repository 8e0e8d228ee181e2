//! The parts of a message that are texts: path, query, headers; and the status.

use indexmap::IndexMap;

use super::words;
use crate::contract::{CONNECTION_HEADERS, Matcher, PathRule, Rule};
use crate::conversion::differences::{
    CHARSET, COMMAS, LIST, REPEATED, has_charset, has_commas, has_others, with_any_parameters,
};
use crate::conversion::pattern::{bare, of_regex, segments};
use crate::conversion::remark::Remarks;
use crate::interaction::template::escape;
use crate::interaction::{Headers, Status};
use crate::pact::{Chosen, MediaType, PactMatcher, PactRules, PlacedRules, RuleList, StatusRange};
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
        let each: Vec<Chosen<'_>> = (0..values.len()).map(|index| here.below(&Step::Index(index))).collect();
        let of_all = here.speaking().map(|speaking| speaking.list);
        // Some files have rules for the first value, and mean the only one.
        let of_one = each.iter().find_map(|one| one.here().or(one.speaking().map(|speaking| speaking.list)));
        let Some(list) = of_all.or(of_one) else { continue };
        if what == "header" && goes_without_saying(name, values, list) {
            continue;
        }
        let place = format!("{what} {name}");
        if each.iter().any(|one| one.here() != each.first().and_then(Chosen::here)) {
            let why = "Pact has rules for single values; the contract has one for all of them";
            remarks.say(&place, Some(list), why);
        }
        let example = values.first().map_or("", String::as_str);
        let rule = of_text(list, example, &place, remarks).or_else(|| of_media_type(name, list));
        let is_list = what != "header" && of_all.is_some() && list.matchers != [PactMatcher::Equality];
        let size = size(list).filter(|size| !is_number(*size, values.len()));
        // Without a rule the values are the example's.
        let may_repeat = is_list && self::size(list).is_none();
        if may_repeat && (rule.is_none() || values.len() < 2) {
            remarks.say(&place, Some(list), REPEATED);
        }
        let Some(mut rule) = rule else { continue };
        let size = size.or((may_repeat && values.len() > 1).then_some((1, None)));
        rule.matchers.extend(size.map(|(min, max)| Matcher::Size { min, max }));
        named.insert(name.clone(), rule);
    }
    named
}

/// How many values there must be, where a rule says it.
fn size(list: &RuleList) -> Option<(u64, Option<u64>)> {
    list.matchers.iter().find_map(|matcher| match matcher {
        PactMatcher::Type { min, max } if min.is_some() || max.is_some() => Some((min.unwrap_or(0), *max)),
        _ => None,
    })
}

/// Whether a size is a number of values.
fn is_number((min, max): (u64, Option<u64>), number: usize) -> bool {
    let number = u64::try_from(number).unwrap_or(u64::MAX);
    min == number && max == Some(number)
}

/// An expression that is nothing but a media type: said by the example alone, parameters would be ignored.
fn of_media_type(name: &str, list: &RuleList) -> Option<Rule> {
    match list.matchers.as_slice() {
        [PactMatcher::Regex(regex)] if name == "content-type" => of_regex(regex.as_str()).ok().map(Rule::of),
        _ => None,
    }
}

/// Whether a rule is what stands in an exported file for a header without a rule: one that takes a content type with any
/// parameters, where the contract asks for none anyway, or a list with any elements.
fn goes_without_saying(name: &str, values: &[String], list: &RuleList) -> bool {
    match list.matchers.as_slice() {
        [PactMatcher::Regex(regex)] => {
            let plain = with_any_parameters(name, values);
            plain.is_some_and(|plain| bare(regex.as_str()).replace("(;", r"(\s*;") == plain)
        }
        [PactMatcher::Include(part)] => part.is_empty() && (name == "content-type" || has_others(name, values)),
        _ => false,
    }
}

/// Whether the header of the content type has the rule that stands in an exported file where there is no such header.
pub(super) fn takes_any_type(rules: &PactRules) -> bool {
    let chosen = Chosen::new(&rules.headers).below(&Step::Key(String::from("content-type")));
    let list = chosen.here().map(|list| list.matchers.as_slice());
    matches!(list, Some([PactMatcher::Include(part)]) if part.is_empty())
}

/// Remarks on headers that are compared otherwise by Pact, whatever they hold.
pub(super) fn told_of_headers(
    headers: &Headers,
    rules: &IndexMap<String, Rule>,
    pact: &PlacedRules,
    is_request: bool,
    remarks: &mut Remarks<'_>,
) {
    let asks_type = Chosen::new(pact).below(&Step::Key(String::from("content-type"))).speaking().is_none();
    for (name, values) in headers {
        let by_value = rules.get(name).is_none_or(|rule| !rule.determines_value());
        let why = match name.as_str() {
            name if asks_type && has_charset(name, values) => CHARSET,
            // The more a client takes, the better; and only a mock would ask.
            accept if is_request && accept.starts_with("accept") => continue,
            name if has_others(name, values) => LIST,
            name if by_value && has_commas(name, values) => COMMAS,
            _ => continue,
        };
        remarks.say(&format!("header {name}"), None, why);
    }
}

/// Whether a message says by a header what its body is, or takes any type of it.
pub(super) fn names_type(headers: &Headers, rules: &PactRules) -> bool {
    let header = headers.get("content-type").and_then(|values| values.first()).and_then(|it| MediaType::parse(it));
    let named = rules.media_type.as_deref().and_then(MediaType::parse);
    let root = Chosen::new(&rules.headers);
    let ruled = root.below(&Step::Key(String::from("content-type"))).here().is_some();
    ruled || header.is_some() && (named.is_none() || named == header)
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
            remarks.say(&format!("header {name}"), None, "left out: what sends the request sets it by itself");
        } else if values.is_empty() {
            remarks.say(&format!("header {name}"), None, WITHOUT_VALUE);
        } else {
            kept.insert(name.clone(), values.iter().map(|value| escape(value)).collect());
        }
    }
    kept
}

/// The parameters of a query as they are in a contract.
pub(super) fn parameters(
    query: &IndexMap<String, Vec<String>>,
    remarks: &mut Remarks<'_>,
) -> IndexMap<String, Vec<String>> {
    for (name, _) in query.iter().filter(|(_, values)| values.is_empty()) {
        remarks.say(&format!("query {name}"), None, WITHOUT_VALUE);
    }
    escaped(query)
}

const WITHOUT_VALUE: &str = "the Pact file names it without a value, which can't be sent; the contract leaves it out";

/// Texts that stand for themselves.
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
            let why = format!(
                "Pact has a rule for the status; the contract can ask for one status or for one class of them, and asks for {class}"
            );
            remarks.say("status", Some(list), why);
            class
        }
    }
}
