//! The shortest ways from what was said on the wire to a recorded contract.

use std::sync::Arc;

use upheld::contract::Interaction;
use upheld::contract::attachments::NoAttachments;
use upheld::formats::{self, Contract, read};
use upheld::interaction::{ActualRequest, ActualResponse, ContractFile, ServiceName};
use upheld::recording::{Entry, Exchange, Options, Recorded, Remark, Standing, Take, What, record};
use upheld::source::{Limits, SourceFile};

use super::reading;

/// A request without a body that was answered with JSON: `GET /orders?limit=2`.
pub fn got(line: &str, status: u16, body: &str) -> Exchange {
    said(line, "", status, body)
}

/// A request with a JSON body that was answered with JSON; an empty text is no body.
pub fn said(line: &str, sent: &str, status: u16, came: &str) -> Exchange {
    let (method, target) = line.split_once(' ').unwrap();
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let json = |body: &str| {
        let header = (String::from("Content-Type"), String::from("application/json; charset=utf-8"));
        if body.is_empty() { Vec::new() } else { vec![header] }
    };
    Exchange {
        request: ActualRequest {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.map(str::to_owned),
            headers: json(sent),
            body: sent.as_bytes().to_vec(),
        },
        response: ActualResponse { status, headers: json(came), body: came.as_bytes().to_vec() },
        ..Exchange::default()
    }
}

/// The same exchange with a header of the request.
pub fn asking(mut exchange: Exchange, name: &str, value: &str) -> Exchange {
    exchange.request.headers.push((name.to_owned(), value.to_owned()));
    exchange
}

/// The same exchange with a header of the response.
pub fn answered(mut exchange: Exchange, name: &str, value: &str) -> Exchange {
    exchange.response.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    exchange.response.headers.push((name.to_owned(), value.to_owned()));
    exchange
}

fn name(text: &str) -> ServiceName {
    ServiceName::new(text).unwrap()
}

/// What comes of exchanges where there is no contract.
pub fn recorded(exchanges: &[Exchange]) -> Recorded {
    recorded_by(exchanges, &Options::default())
}

/// The same, with options.
pub fn recorded_by(exchanges: &[Exchange], options: &Options) -> Recorded {
    let (consumer, provider) = (name("storefront"), name("orders"));
    let take = Take { consumer: &consumer, provider: &provider, exchanges, existing: None, options };
    record(&take, &NoAttachments).unwrap()
}

/// What comes of exchanges where there is a contract.
pub fn recorded_into(text: &str, exchanges: &[Exchange], options: &Options) -> Recorded {
    let source = Arc::new(SourceFile::new("contracts/storefront/orders.yaml", text.to_owned(), Limits::default()));
    let read = read(&source, &NoAttachments).unwrap_or_else(|findings| panic!("{}\n{text}", reading::lines(&findings)));
    let file = formats::file(source, read);
    let contract = reading::own(&file.contract);
    let file = ContractFile { source: file.source, contract, lines: file.lines, ids: file.ids };
    let (consumer, provider) = (file.contract.consumer.clone(), file.contract.provider.clone());
    let take = Take { consumer: &consumer, provider: &provider, exchanges, existing: Some(&file), options };
    record(&take, &NoAttachments).unwrap()
}

/// The text of the new contract.
pub fn text(exchanges: &[Exchange]) -> String {
    recorded(exchanges).text.unwrap()
}

/// The text from the first interaction on.
pub fn interactions(exchanges: &[Exchange]) -> String {
    let text = text(exchanges);
    text.split_once("interactions:\n").unwrap().1.to_owned()
}

/// The contract of a text, which nothing at all is to be said about.
pub fn clean(text: &str) -> Contract {
    let findings = reading::all_findings(text, &reading::Files::new());
    assert!(findings.is_empty(), "{}\n{text}", reading::lines(&findings));
    reading::contract(text)
}

/// The one interaction of a recording.
pub fn only(exchanges: &[Exchange]) -> Interaction {
    let mut contract = reading::own(&clean(&text(exchanges)));
    assert_eq!(contract.interactions.len(), 1, "{contract:#?}");
    contract.interactions.remove(0)
}

/// The names of a recording's interactions.
pub fn names(exchanges: &[Exchange]) -> Vec<String> {
    recorded(exchanges).interactions.into_iter().map(|entry| entry.name).collect()
}

/// `place rule` of what is suggested, or warned of.
pub fn suggestions(entry: &Entry) -> Vec<String> {
    let told = |remark: &Remark| match &remark.what {
        What::Written(_) => None,
        What::SuggestedRule(_, rule) => Some(format!("{}: {rule}", remark.place)),
        What::Suggested(text) => Some(format!("{}: {text}", remark.place)),
        What::Warned => Some(format!("{}! {}", remark.place, remark.why)),
    };
    entry.remarks.iter().filter_map(told).collect()
}

/// How an interaction stands, in a word.
pub fn word(standing: &Standing) -> &'static str {
    match standing {
        Standing::New => "new",
        Standing::Same => "same",
        Standing::Differs(change) if change.made => "updated",
        Standing::Differs(_) => "differs",
        Standing::Unseen { removed: true } => "removed",
        Standing::Unseen { removed: false } => "unseen",
    }
}

/// `word name` of each interaction.
pub fn standings(recorded: &Recorded) -> Vec<String> {
    recorded.interactions.iter().map(|entry| format!("{} {}", word(&entry.standing), entry.name)).collect()
}
