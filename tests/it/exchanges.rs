//! Shortcuts from traffic to a recorded contract.

use std::sync::Arc;

use upheld::contract::Interaction;
use upheld::contract::attachments::NoAttachments;
use upheld::formats::{self, Contract, read};
use upheld::interaction::{ActualRequest, ActualResponse, ContractFile, ServiceName};
use upheld::recording::{
    Conclusion, Exchange, Options, Outcome, RecordedContract, RecordedInteraction, Recording, Remark, record,
};
use upheld::source::{Limits, SourceFile};

use super::reading;

/// A request without a body, such as `GET /orders?limit=2`, and its response with JSON.
pub fn get(line: &str, status: u16, body: &str) -> Exchange {
    exchange_of(line, "", status, body)
}

/// A request with JSON and its response with JSON; an empty text means no body.
pub fn exchange_of(line: &str, sent: &str, status: u16, received: &str) -> Exchange {
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
        response: ActualResponse { status, headers: json(received), body: received.as_bytes().to_vec() },
        ..Exchange::default()
    }
}

/// The exchange with another header in the request.
pub fn with_request_header(mut exchange: Exchange, name: &str, value: &str) -> Exchange {
    exchange.request.headers.push((name.to_owned(), value.to_owned()));
    exchange
}

/// The exchange with a header in the response, in place of one with the same name.
pub fn with_response_header(mut exchange: Exchange, name: &str, value: &str) -> Exchange {
    exchange.response.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    exchange.response.headers.push((name.to_owned(), value.to_owned()));
    exchange
}

fn name(text: &str) -> ServiceName {
    ServiceName::new(text).unwrap()
}

/// Records a new contract.
pub fn record_new(exchanges: &[Exchange]) -> RecordedContract {
    record_with(exchanges, &Options::default())
}

/// Records a new contract with options.
pub fn record_with(exchanges: &[Exchange], options: &Options) -> RecordedContract {
    let (consumer, provider) = (name("storefront"), name("orders"));
    let recording = Recording {
        consumer: &consumer,
        provider: &provider,
        exchanges,
        originals: exchanges,
        existing: None,
        options,
    };
    record(&recording, &NoAttachments).unwrap()
}

/// Records into an existing contract.
pub fn record_into(text: &str, exchanges: &[Exchange], options: &Options) -> RecordedContract {
    record_of(text, exchanges, exchanges, options)
}

/// Records into an existing contract exchanges that had secrets.
pub fn record_of(text: &str, exchanges: &[Exchange], originals: &[Exchange], options: &Options) -> RecordedContract {
    let source = Arc::new(SourceFile::new("contracts/storefront/orders.yaml", text.to_owned(), Limits::default()));
    let read = read(&source, &NoAttachments).unwrap_or_else(|findings| panic!("{}\n{text}", reading::lines(&findings)));
    let file = formats::file(source, read);
    let contract = reading::own(&file.contract);
    let file = ContractFile { source: file.source, contract, lines: file.lines, ids: file.ids };
    let (consumer, provider) = (file.contract.consumer.clone(), file.contract.provider.clone());
    let recording =
        Recording { consumer: &consumer, provider: &provider, exchanges, originals, existing: Some(&file), options };
    record(&recording, &NoAttachments).unwrap()
}

/// The text of a new contract.
pub fn text(exchanges: &[Exchange]) -> String {
    record_new(exchanges).text.unwrap()
}

/// The text of a new contract from the first interaction on.
pub fn interactions(exchanges: &[Exchange]) -> String {
    let text = text(exchanges);
    text.split_once("interactions:\n").unwrap().1.to_owned()
}

/// Reads a contract and expects no findings at all.
pub fn clean(text: &str) -> Contract {
    let findings = reading::all_findings(text, &reading::Files::new());
    assert!(findings.is_empty(), "{}\n{text}", reading::lines(&findings));
    reading::contract(text)
}

/// The only interaction of a recording.
pub fn only(exchanges: &[Exchange]) -> Interaction {
    let mut contract = reading::own(&clean(&text(exchanges)));
    assert_eq!(contract.interactions.len(), 1, "{contract:#?}");
    contract.interactions.remove(0)
}

/// The names of a recording's interactions.
pub fn names(exchanges: &[Exchange]) -> Vec<String> {
    record_new(exchanges).interactions.into_iter().map(|recorded| recorded.name).collect()
}

/// `place: suggestion` or `place! warning` for each suggestion and warning.
pub fn suggestions(recorded: &RecordedInteraction) -> Vec<String> {
    let line = |remark: &Remark| match &remark.conclusion {
        Conclusion::Written(_) => None,
        Conclusion::SuggestedRule(_, rule) => Some(format!("{}: {rule}", remark.place)),
        Conclusion::Suggested(suggestion) => Some(format!("{}: {suggestion}", remark.place)),
        Conclusion::Warning => Some(format!("{}! {:?}", remark.place, remark.reasons)),
    };
    recorded.remarks.iter().filter_map(line).collect()
}

/// The outcome for an interaction in one word.
pub fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::New => "new",
        Outcome::Same => "same",
        Outcome::Differs(change) if change.made => "updated",
        Outcome::Differs(_) => "differs",
        Outcome::Unseen { removed: true } => "removed",
        Outcome::Unseen { removed: false } => "unseen",
    }
}

/// `word name` of each interaction.
pub fn outcomes(recorded: &RecordedContract) -> Vec<String> {
    recorded.interactions.iter().map(|one| format!("{} {}", word(&one.outcome), one.name)).collect()
}
