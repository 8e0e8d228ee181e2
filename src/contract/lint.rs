//! Finds parts of a contract that are valid but unwise.

use super::codes::{BODY_FORBIDDEN, BODY_ON_SAFE, MISFILED, VOLATILE_EXACT};
use super::path_tree::PathTree;
use super::terms::{Rules, Terms, WrittenRule};
use crate::interaction::{Content, Path, Request, Response, ServiceName, Status};
use crate::source::{Finding, Pointer, SourceFile};

/// The warnings about one HTTP interaction, whose place in the contract is `at`.
#[must_use]
pub fn lint(source: &SourceFile, request: &Request, response: &Response, terms: &Terms, at: &Pointer) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(body_on_safe(source, request, at));
    findings.extend(volatile_exact(source, response, &terms.response, at));
    findings.extend(forbidden_body(source, response, &at.key("response")));
    findings
}

fn warning(code: crate::source::Code, source: &SourceFile, at: &Pointer, message: String) -> Finding {
    Finding::warning(code, &source.name, source.place(at), message)
}

/// A warning if the contract's path doesn't match its consumer and provider.
#[must_use]
pub fn misfiled(source: &SourceFile, consumer: &ServiceName, provider: &ServiceName) -> Option<Finding> {
    let parts: Vec<&str> = source.name.split(['/', '\\']).collect();
    // Outside a folder `contracts`, paths have no meaning.
    let [.., "contracts", folder, file] = parts.as_slice() else { return None };
    let stem = file.rsplit_once('.').map_or(*file, |(stem, _)| stem);
    let is_filed = *folder == consumer.as_str() && stem == provider.as_str();
    (!is_filed).then(|| {
        let message = format!("this is the contract of {consumer} with {provider}, but its path says otherwise");
        warning(MISFILED, source, &Pointer::root().key("consumer"), message)
            .help(format!("move it to contracts/{consumer}/{provider}.yaml"))
    })
}

fn body_on_safe(source: &SourceFile, request: &Request, at: &Pointer) -> Option<Finding> {
    (request.is_safe() && request.body.is_some()).then(|| {
        warning(
            BODY_ON_SAFE,
            source,
            &at.key("request"),
            format!("a {} request should have no body (RFC 9110, section 9.3)", request.method),
        )
        .help("remove the body, or use POST or QUERY")
    })
}

/// A warning if a response, whose place is `at`, has a body that its status never comes with.
#[must_use]
pub fn forbidden_body(source: &SourceFile, response: &Response, at: &Pointer) -> Option<Finding> {
    let status = match response.status {
        Status::Code(code @ (100..=199 | 204 | 304)) => code.to_string(),
        Status::Class(1) => response.status.to_string(),
        Status::Code(_) | Status::Class(_) => return None,
    };
    response.body.as_ref().filter(|body| !body.is_empty()).map(|_| {
        let message =
            format!("a {status} response never has a body (RFC 9110, section 6.4.1), so nothing can uphold this");
        warning(BODY_FORBIDDEN, source, &at.key("status"), message).help("remove the body, or correct the status")
    })
}

/// Warnings about exact UUIDs and timestamps, which differ in the next run unless a provider state fixes them.
fn volatile_exact(source: &SourceFile, response: &Response, rules: &Rules, at: &Pointer) -> Vec<Finding> {
    let example = match response.body.as_ref().map(|body| &body.content) {
        Some(Content::Json(example)) => example,
        Some(Content::Text(_) | Content::Bytes(_) | Content::Form(_)) | None => return Vec::new(),
    };
    let volatile = |text: &str| {
        uuid::Uuid::try_parse(text).is_ok() || (text.len() > 15 && text.parse::<jiff::Timestamp>().is_ok())
    };
    let exact: Vec<_> = rules.body.iter().filter(|(_, written)| written.rule.wants_example()).collect();
    let mut found: Vec<Option<&str>> = vec![None; exact.len()];
    let tree = PathTree::of(exact.iter().enumerate().map(|(number, (path, _))| (*path, number)));
    tree.visit(example, &mut |number, place| {
        found[*number] = found[*number].or_else(|| place.as_str().filter(|text| volatile(text)));
    });
    let found = exact.into_iter().zip(found).filter_map(|(rule, text)| text.map(|text| (rule, text)));
    let finding = |((path, written), text): ((&Path, &WrittenRule), &str)| {
        let message = format!("`{path}` must be exactly `{text}`, but this looks like a value that changes every time");
        warning(VOLATILE_EXACT, source, &at.key("response").key("match").key(&*written.key), message)
            .help("require only its format (`uuid`, `date-time`), or set the value in a provider state's parameters")
    };
    found.map(finding).collect()
}
