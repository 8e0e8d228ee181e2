//! The parts of a message that are texts (path, query, headers), and the status.

use indexmap::IndexMap;

use super::scalars;
use crate::contract::{CONNECTION_HEADERS, Matcher, PathRule, Rule};
use crate::conversion::difference::FromPact;
use crate::conversion::header_values::{has_charset, has_commas, has_others, with_any_parameters};
use crate::conversion::pattern::{bare, of_regex, segments};
use crate::conversion::place::{NamedTexts, Part, Side};
use crate::conversion::remark::Remarks;
use crate::interaction::template::escape;
use crate::interaction::{Headers, Status};
use crate::pact::{Chosen, MediaType, PactMatcher, PactRules, PlacedRules, RuleList, StatusRange};
use crate::source::Step;

/// The rule of the path.
pub(super) fn path_rule(path: &str, rules: &PactRules, remarks: &mut Remarks<'_>) -> Option<PathRule> {
    let list = rules.path.as_ref()?;
    if let [PactMatcher::Regex(regex)] = list.matchers.as_slice()
        && let Some(found) = segments(regex.as_str(), path)
    {
        return Some(PathRule::Segments(found.into_iter().map(|(index, one)| (index, Rule::of(one))).collect()));
    }
    text_rule(list, path, &Part::Path, remarks).map(PathRule::Whole)
}

/// The rules of parameters or headers by their names.
pub(super) fn named_rules(
    texts: &IndexMap<String, Vec<String>>,
    rules: &PlacedRules,
    kind: NamedTexts,
    remarks: &mut Remarks<'_>,
) -> IndexMap<String, Rule> {
    let root = Chosen::new(rules);
    let mut named = IndexMap::new();
    for (name, values) in texts {
        let here = root.below(&Step::Key(name.clone()));
        let each: Vec<Chosen<'_>> = (0..values.len()).map(|index| here.below(&Step::Index(index))).collect();
        let of_all = here.speaking().map(|speaking| speaking.list);
        // Some files have a rule for the first value and mean the only one.
        let of_one = each.iter().find_map(|one| one.here().or(one.speaking().map(|speaking| speaking.list)));
        let Some(list) = of_all.or(of_one) else { continue };
        if kind == NamedTexts::Headers && is_exported_default(name, values, list) {
            continue;
        }
        let part = kind.part(name);
        if each.iter().any(|one| one.here() != each.first().and_then(Chosen::here)) {
            remarks.add_at(part.clone(), Some(list), FromPact::RulesForValues);
        }
        let example = values.first().map_or("", String::as_str);
        let rule = text_rule(list, example, &part, remarks).or_else(|| of_media_type(name, list));
        let is_list = kind != NamedTexts::Headers && of_all.is_some() && list.matchers != [PactMatcher::Equality];
        let size = size(list).filter(|size| !is_number(*size, values.len()));
        // Without a rule, the values are the example's.
        let may_repeat = is_list && self::size(list).is_none();
        if may_repeat && (rule.is_none() || values.len() < 2) {
            remarks.add_at(part, Some(list), FromPact::Repeated);
        }
        let Some(mut rule) = rule else { continue };
        let size = size.or((may_repeat && values.len() > 1).then_some((1, None)));
        rule.matchers.extend(size.map(|(min, max)| Matcher::Size { min, max }));
        named.insert(name.clone(), rule);
    }
    named
}

/// How many values there must be, if a rule says so.
fn size(list: &RuleList) -> Option<(u64, Option<u64>)> {
    list.matchers.iter().find_map(|matcher| match matcher {
        PactMatcher::Type { min, max } if min.is_some() || max.is_some() => Some((min.unwrap_or(0), *max)),
        _ => None,
    })
}

/// Whether a size is exactly this number of values.
fn is_number((min, max): (u64, Option<u64>), number: usize) -> bool {
    let number = u64::try_from(number).unwrap_or(u64::MAX);
    min == number && max == Some(number)
}

/// An expression that is just a media type needs a rule: an example alone would accept more parameters.
fn of_media_type(name: &str, list: &RuleList) -> Option<Rule> {
    match list.matchers.as_slice() {
        [PactMatcher::Regex(regex)] if name == "content-type" => of_regex(regex.as_str()).ok().map(Rule::of),
        _ => None,
    }
}

/// Whether a rule is the one that an export writes for a header without a rule: it accepts any parameters of a content type
/// for which the contract requires none, or any elements of a list.
fn is_exported_default(name: &str, values: &[String], list: &RuleList) -> bool {
    match list.matchers.as_slice() {
        [PactMatcher::Regex(regex)] => {
            let plain = with_any_parameters(name, values);
            plain.is_some_and(|plain| bare(regex.as_str()).replace("(;", r"(\s*;") == plain)
        }
        [PactMatcher::Include(part)] => part.is_empty() && (name == "content-type" || has_others(name, values)),
        _ => false,
    }
}

/// Whether the content type has the rule that an export writes for a message without that header.
pub(super) fn accepts_any_type(rules: &PactRules) -> bool {
    let chosen = Chosen::new(&rules.headers).below(&Step::Key(String::from("content-type")));
    let list = chosen.here().map(|list| list.matchers.as_slice());
    matches!(list, Some([PactMatcher::Include(part)]) if part.is_empty())
}

/// Remarks on headers that Pact compares differently, whatever rules they have.
pub(super) fn remark_on_headers(
    headers: &Headers,
    rules: &IndexMap<String, Rule>,
    pact: &PlacedRules,
    remarks: &mut Remarks<'_>,
) {
    let compares_type = Chosen::new(pact).below(&Step::Key(String::from("content-type"))).speaking().is_none();
    let is_request = remarks.side == Side::Request;
    for (name, values) in headers {
        let by_value = rules.get(name).is_none_or(|rule| !rule.determines_value());
        let difference = match name.as_str() {
            name if compares_type && has_charset(name, values) => FromPact::Charset,
            // The more a client accepts, the better; and only a mock would check it.
            accept if is_request && accept.starts_with("accept") => continue,
            name if has_others(name, values) => FromPact::ListOrder,
            name if by_value && has_commas(name, values) => FromPact::Commas,
            _ => continue,
        };
        remarks.add(Part::Header(name.clone()), difference);
    }
}

/// Whether a header gives the body's type, or accepts any type.
pub(super) fn names_type(headers: &Headers, rules: &PactRules) -> bool {
    let header = headers.get("content-type").and_then(|values| values.first()).and_then(|it| MediaType::parse(it));
    let named = rules.media_type.as_deref().and_then(MediaType::parse);
    let root = Chosen::new(&rules.headers);
    let ruled = root.below(&Step::Key(String::from("content-type"))).here().is_some();
    ruled || header.is_some() && (named.is_none() || named == header)
}

/// The rule of one text; `None` if it must be the example's.
pub(super) fn text_rule(list: &RuleList, example: &str, part: &Part, remarks: &mut Remarks<'_>) -> Option<Rule> {
    scalars::text(list, example, &mut |difference| remarks.add_at(part.clone(), Some(list), difference))
}

/// The headers of the contract, without those of the connection: they are set when a request is sent.
pub(super) fn headers(headers: &Headers, remarks: &mut Remarks<'_>) -> Headers {
    let mut kept = Headers::new();
    for (name, values) in headers {
        if remarks.side == Side::Request && CONNECTION_HEADERS.contains(&name.as_str()) {
            remarks.add(Part::Header(name.clone()), FromPact::ConnectionHeader);
        } else if values.is_empty() {
            remarks.add(Part::Header(name.clone()), FromPact::NoValue);
        } else {
            kept.insert(name.clone(), values.iter().map(|value| escape(value)).collect());
        }
    }
    kept
}

/// The parameters of the contract's query.
pub(super) fn parameters(
    query: &IndexMap<String, Vec<String>>,
    remarks: &mut Remarks<'_>,
) -> IndexMap<String, Vec<String>> {
    for (name, _) in query.iter().filter(|(_, values)| values.is_empty()) {
        remarks.add(Part::Parameter(name.clone()), FromPact::NoValue);
    }
    escaped(query)
}

/// Escapes texts that aren't templates.
pub(super) fn escaped(texts: &IndexMap<String, Vec<String>>) -> IndexMap<String, Vec<String>> {
    let texts = texts.iter().filter(|(_, values)| !values.is_empty());
    texts.map(|(name, values)| (name.clone(), values.iter().map(|value| escape(value)).collect())).collect()
}

/// A path that can be sent: it begins with a slash, and a `%` that encodes nothing is encoded itself.
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

/// The status, or the class that a rule requires.
pub(super) fn status(status: Status, rules: &PactRules, remarks: &mut Remarks<'_>) -> Status {
    let (Some(list), Status::Code(code)) = (&rules.status, status) else { return status };
    match list.matchers.as_slice() {
        [PactMatcher::Equality] => status,
        [PactMatcher::Status(StatusRange::These(codes))] if codes.as_slice() == [code] => status,
        [PactMatcher::Status(StatusRange::Class(class))] if let Some(digit) = class.digit() => Status::Class(digit),
        _ => {
            let class = u8::try_from(code / 100).map_or(status, Status::Class);
            remarks.add_at(Part::Status, Some(list), FromPact::StatusRule(class));
            class
        }
    }
}
