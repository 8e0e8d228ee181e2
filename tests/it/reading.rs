//! Short ways from a text to a contract and to its findings.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::mem;
use std::sync::Arc;

use upheld::contract;
use upheld::contract::attachments::NoAttachments;
use upheld::formats::{Contract, Interaction, ReadContract, Terms, check, file, read};
use upheld::interaction::{self, Http, Kind};
use upheld::source::{Finding, Limits, SourceFile};

/// The files in a contract's folder, by their paths.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The lines before the interactions.
pub const HEAD: &str = "contract: 1\nconsumer: storefront\nprovider: orders\ninteractions:\n";

/// A text as a contract file.
pub fn source(text: &str) -> SourceFile {
    SourceFile::new("contracts/storefront/orders.yaml", text.to_owned(), Limits::default())
}

/// The files in a contract's folder.
pub fn files<const N: usize>(files: [(&str, &str); N]) -> Files {
    files.into_iter().map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).collect()
}

/// Reads a contract, which must have no errors.
pub fn read_ok(text: &str) -> ReadContract {
    read_with(text, &Files::new()).unwrap_or_else(|findings| panic!("{}\n{text}", lines(&findings)))
}

/// Reads a contract with the files in its folder.
pub fn read_with(text: &str, files: &Files) -> Result<ReadContract, Vec<Finding>> {
    if files.is_empty() { read(&source(text), &NoAttachments) } else { read(&source(text), files) }
}

/// The contract in a text, which must have no errors.
pub fn contract(text: &str) -> Contract {
    read_ok(text).contract
}

/// The text of a contract with one interaction. Request and response are the lines under their keys.
pub fn text_of(request: &str, response: &str) -> String {
    let indented = |lines: &str| {
        let lines = lines.trim_matches('\n').lines();
        lines.flat_map(|line| ["      ", line, "\n"]).collect::<String>()
    };
    format!("{HEAD}  - name: it\n    request:\n{}    response:\n{}", indented(request), indented(response))
}

/// The one interaction that has this request and response.
pub fn interaction(request: &str, response: &str) -> Interaction {
    contract(&text_of(request, response)).interactions.remove(0)
}

/// A contract of our own, in the terms of its format.
pub fn own(contract: &Contract) -> contract::Contract {
    contract.to_own().expect("a contract of our own")
}

/// A contract of our own, in the terms of either format.
pub fn either(own: &contract::Contract) -> Contract {
    own.clone().map(Terms::from)
}

/// The request and response of an interaction, with their terms.
pub fn http<T: Debug>(interaction: &interaction::Interaction<T>) -> &Http<T> {
    interaction.http().unwrap_or_else(|| panic!("not HTTP: {interaction:?}"))
}

/// The same, to be changed.
pub fn http_mut<T: Debug>(interaction: &mut interaction::Interaction<T>) -> &mut Http<T> {
    match &mut interaction.kind {
        Kind::Http(http) => http,
        other => panic!("not HTTP: {other:?}"),
    }
}

/// The request and response of an interaction, filled with the parameters of its states.
pub fn filled(interaction: &Interaction) -> Http<Terms> {
    http(interaction).filled(&interaction.params())
}

/// All findings about a text: of reading it, of its examples, and warnings.
pub fn all_findings(text: &str, files: &Files) -> Vec<Finding> {
    match read_with(text, files) {
        Err(findings) => findings,
        Ok(read) => checked(source(text), read),
    }
}

/// All findings about a contract that can be read.
pub fn checked(source: SourceFile, mut read: ReadContract) -> Vec<Finding> {
    let of_reading = mem::take(&mut read.findings);
    let mut findings = check(&file(Arc::new(source), read));
    findings.extend(of_reading);
    findings
}

/// Findings as lines: `3:5 C102 unknown key `x` | did you mean `y`?`
pub fn lines(findings: &[Finding]) -> String {
    let line = |finding: &Finding| {
        let place = finding.span.map_or_else(|| String::from("-"), |span| span.start.to_string());
        let help: String = finding.help.iter().flat_map(|help| [" | ", help]).collect();
        format!("{place} {} {}{help}", finding.code, finding.message)
    };
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}
