//! What is unwise in a contract that can be read.

use super::codes::{BODY_ON_SAFE, MISFILED, VOLATILE_EXACT};
use super::matcher::{Matcher, Rule};
use super::path_tree::PathTree;
use super::terms::{Rules, Terms, Written};
use crate::interaction::{Content, Path, Request, Response, ServiceName};
use crate::source::{Finding, Pointer, SourceFile};

/// What is unwise in one interaction over HTTP, whose place in the contract is `at`.
#[must_use]
pub fn lint(source: &SourceFile, request: &Request, response: &Response, terms: &Terms, at: &Pointer) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(body_on_safe(source, request, at));
    findings.extend(volatile_exact(source, response, &terms.response, at));
    findings
}

fn warning(code: crate::source::Code, source: &SourceFile, at: &Pointer, message: String) -> Finding {
    Finding::warning(code, &source.name, source.place(at), message)
}

/// A contract's folder is its consumer, and its file its provider, so that a reader finds it by its name.
#[must_use]
pub fn misfiled(source: &SourceFile, consumer: &ServiceName, provider: &ServiceName) -> Option<Finding> {
    let parts: Vec<&str> = source.name.split(['/', '\\']).collect();
    // Only where the file lies in a folder `contracts`: elsewhere its place says nothing.
    let [.., "contracts", folder, file] = parts.as_slice() else { return None };
    let stem = file.rsplit_once('.').map_or(*file, |(stem, _)| stem);
    let filed = *folder == consumer.as_str() && stem == provider.as_str();
    (!filed).then(|| {
        let message = format!("this is the contract of {consumer} with {provider}, and its file says otherwise");
        warning(MISFILED, source, &Pointer::root().key("consumer"), message)
            .help(format!("name it contracts/{consumer}/{provider}.yaml"))
    })
}

fn body_on_safe(source: &SourceFile, request: &Request, at: &Pointer) -> Option<Finding> {
    (request.is_safe() && request.body.is_some()).then(|| {
        warning(
            BODY_ON_SAFE,
            source,
            &at.key("request"),
            format!("a {} has no use for a body (RFC 9110, section 9.3)", request.method),
        )
        .help("leave the body out, or use POST or QUERY")
    })
}

/// An exact uuid or time stamp is another one in the next run, unless the provider state fixes it.
fn volatile_exact(source: &SourceFile, response: &Response, rules: &Rules, at: &Pointer) -> Vec<Finding> {
    let Some(Content::Json(example)) = response.body.as_ref().map(|body| &body.content) else { return Vec::new() };
    let volatile = |text: &str| {
        uuid::Uuid::try_parse(text).is_ok() || (text.len() > 15 && text.parse::<jiff::Timestamp>().is_ok())
    };
    let exact = rules.body.iter().filter(|(_, written)| written.thing.matchers.iter().any(Matcher::is_of_example));
    let exact: Vec<_> = exact.collect();
    let mut found: Vec<Option<&str>> = vec![None; exact.len()];
    let tree = PathTree::of(exact.iter().enumerate().map(|(number, (path, _))| (*path, number)));
    tree.visit(example, &mut |number, place| {
        found[*number] = found[*number].or_else(|| place.as_str().filter(|text| volatile(text)));
    });
    let found = exact.into_iter().zip(found).filter_map(|(rule, text)| text.map(|text| (rule, text)));
    let finding = |((path, written), text): ((&Path, &Written<Rule>), &str)| {
        let message = format!("`{path}` must be exactly `{text}`, which looks as if it were made anew each time");
        warning(VOLATILE_EXACT, source, &at.key("response").key("match").key(&*written.key), message)
            .help("ask for its format (`uuid`, `date-time`), or fix the value in a provider state's parameters")
    };
    found.map(finding).collect()
}
