//! A world of services for the gate's tests, written as in the scenarios: the expectations of each version, the results
//! of others against it, the live versions. Everything goes through real contracts and real records, into a store in
//! memory. Results are words like `a !b ?c`: `/a` was upheld, `/b` broken, and `/c` could not be run.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::{self, Write as _};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use upheld::contract::attachments::NoAttachments;
use upheld::formats::{interaction_id, read};
use upheld::gate::{Cause, Decision, Plan, Question, Row, Side, State, Status, decide, status};
use upheld::interaction::{InteractionId, ServiceName};
use upheld::ledger::{
    Arrival, Book, Departure, Landing, NewFile, Reason, RecordId, Refusal, ServiceVersion, Stamp, Store as _,
    StoredContract, Target, TestResult, Verification, arrive, depart, environment_text, layout, publish, service_text,
    store_text, verification,
};
use upheld::report::{fact_text, next_text, notice_next_text, notice_text};
use upheld::source::{Limits, SourceFile};

use crate::ledger_memory::{Files, MemoryStore};

/// The environment that is asked about, unless another one is named.
pub const PRODUCTION: &str = "production";

/// A store, and the time that passes from record to record.
pub struct World {
    pub store: MemoryStore,
    minute: i64,
    /// The day of the next question.
    pub day: Date,
    environment: ServiceName,
}

/// The gate's decision, to be compared as a text.
pub struct Answer(pub Decision);

impl World {
    /// A store that declares these services and two environments.
    pub fn new(services: &str) -> Self {
        let mut files = Files::from([(layout::STORE.to_owned(), store_text().into_bytes())]);
        for environment in [PRODUCTION, "staging"] {
            files.insert(layout::environment(&name(environment)), environment_text().into_bytes());
        }
        for service in services.split_whitespace() {
            let owners = [format!("team-{service}")];
            files.insert(layout::service(&name(service)), service_text(&owners).into_bytes());
        }
        Self {
            store: MemoryStore::new(files),
            minute: 0,
            day: "2026-11-24".parse().unwrap(),
            environment: name(PRODUCTION),
        }
    }

    /// The next records and questions are about this environment.
    pub fn go_to(&mut self, environment: &str) {
        self.environment = name(environment);
    }

    /// Writes a service's declaration anew.
    pub fn declare(&mut self, service: &str, text: &str) {
        let path = layout::service(&name(service));
        self.store.meddle(|files| drop(files.insert(path, text.as_bytes().to_vec())));
    }

    /// Publishes the expectations of a version: of each provider these paths, and nothing of others.
    pub fn publish(&mut self, version: &str, expects: &[(&str, &str)]) {
        self.try_publish(version, expects).unwrap();
    }

    /// The same, if it may be refused.
    pub fn try_publish(&mut self, version: &str, expects: &[(&str, &str)]) -> Result<(), Refusal> {
        let of = of(version);
        let contracts: Vec<StoredContract> =
            expects.iter().map(|(provider, paths)| contract_of(of.service.as_str(), provider, paths)).collect();
        self.publish_contracts(&of, None, &contracts)
    }

    /// The same with the texts of contracts, and a branch.
    pub fn publish_texts(&mut self, version: &str, branch: Option<&str>, texts: &[&str]) -> Result<(), Refusal> {
        let contracts: Vec<StoredContract> = texts.iter().map(|text| stored(text)).collect();
        self.publish_contracts(&of(version), branch, &contracts)
    }

    fn publish_contracts(
        &mut self,
        of: &ServiceVersion,
        branch: Option<&str>,
        contracts: &[StoredContract],
    ) -> Result<(), Refusal> {
        let stamp = self.stamp();
        let files = self.asked(|book| publish(book, of, branch, contracts, stamp))?;
        self.land(&files);
        Ok(())
    }

    /// Records the results of a version: `a !b ?c`. Returns the id of the record, to break it.
    pub fn verify(&mut self, version: &str, results: &str) -> RecordId {
        self.verify_with(version, results, false)
    }

    /// The same, superseding the earlier results of these interactions.
    pub fn verify_instead(&mut self, version: &str, results: &str) -> RecordId {
        self.verify_with(version, results, true)
    }

    /// The same, for any interactions.
    pub fn verify_these(&mut self, version: &str, results: &[(InteractionId, TestResult)]) {
        let mut record = verified(version, "", self.stamp());
        record.results = results.iter().copied().collect();
        let files = self.asked(|book| verification(book, record, false)).unwrap();
        self.land(&files);
    }

    fn verify_with(&mut self, version: &str, results: &str, supersede: bool) -> RecordId {
        let record = verified(version, results, self.stamp());
        let files = self.asked(|book| verification(book, record, supersede)).unwrap();
        self.land(&files)
    }

    /// A version replaces the one before.
    pub fn deploy(&mut self, version: &str) -> RecordId {
        self.arrive(version, None, Arrival::Done)
    }

    /// The same on one of several instances.
    pub fn deploy_on(&mut self, instance: &str, version: &str) -> RecordId {
        self.arrive(version, Some(instance), Arrival::Done)
    }

    /// A version is out with its users.
    pub fn release(&mut self, version: &str) -> RecordId {
        self.arrive(version, None, Arrival::Released)
    }

    /// The roll-out of a version begins.
    pub fn start(&mut self, version: &str) -> RecordId {
        self.arrive(version, None, Arrival::Started { until: String::from("2026-11-24T12:00:00Z") })
    }

    fn arrive(&mut self, version: &str, instance: Option<&str>, arrival: Arrival) -> RecordId {
        self.try_arrive(version, instance, arrival, false, None).unwrap()
    }

    /// A version goes live, as a fact or not, with the gate's decision about it.
    pub fn try_arrive(
        &mut self,
        version: &str,
        instance: Option<&str>,
        arrival: Arrival,
        fact: bool,
        gate: Option<&str>,
    ) -> Result<RecordId, Refusal> {
        let (target, stamp) = (self.target(instance), self.stamp());
        let gate = gate.map(str::to_owned);
        let files = self.asked(|book| arrive(book, &of(version), &target, arrival, fact, gate, stamp))?;
        Ok(self.land(&files))
    }

    /// A version is gone from all instances.
    pub fn undeploy(&mut self, version: &str) {
        self.try_depart(version, None, Departure::Undeployed).unwrap();
    }

    /// A released version need not be served any more.
    pub fn end_support(&mut self, version: &str) {
        self.try_depart(version, None, Departure::SupportEnded).unwrap();
    }

    /// A version ceases to be live.
    pub fn try_depart(&mut self, version: &str, instance: Option<&str>, departure: Departure) -> Result<(), Refusal> {
        let (target, stamp) = (self.target(instance), self.stamp());
        let files = self.asked(|book| depart(book, &of(version), &target, departure, true, None, stamp))?;
        self.land(&files);
        Ok(())
    }

    /// May these versions go live?
    pub fn gate(&self, candidates: &str) -> Answer {
        self.ask(candidates, |_| ())
    }

    /// The same question, put otherwise.
    pub fn ask(&self, candidates: &str, otherwise: impl FnOnce(&mut Question)) -> Answer {
        let mut question = self.question(candidates);
        otherwise(&mut question);
        self.answer(&question)
    }

    /// The question about these versions, in any order.
    pub fn question(&self, candidates: &str) -> Question {
        Question {
            environment: self.environment.clone(),
            candidates: candidates.split_whitespace().map(of).collect(),
            plan: Plan::Any,
            instance: None,
            require_pairs: false,
            rollback: false,
            day: self.day,
        }
    }

    /// The decision on a question.
    pub fn answer(&self, question: &Question) -> Answer {
        let view = self.store.view();
        Answer(decide(question, &Book::new(&view)).unwrap())
    }

    /// How the environment is.
    pub fn status(&self) -> Status {
        let view = self.store.view();
        status(&self.environment, self.day, &Book::new(&view)).unwrap()
    }

    /// The live versions of a service, like `orders@1 done`.
    pub fn live(&self, service: &str) -> String {
        let view = self.store.view();
        let live = Book::new(&view).live(&self.environment, &name(service)).unwrap().value;
        let one = |live: &upheld::ledger::Live| {
            let instance = live.instance.as_ref().map(|name| format!(" on {name}")).unwrap_or_default();
            format!("{service}@{} {}{instance}", live.version, live.event.word())
        };
        live.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    /// Asks the book of the store as it is.
    pub fn asked<T>(&self, ask: impl FnOnce(&Book<'_>) -> T) -> T {
        let view = self.store.view();
        ask(&Book::new(&view))
    }

    /// Puts files into the store; the id of the record that is the last of them.
    pub fn land(&mut self, files: &[NewFile]) -> RecordId {
        let since = self.store.view();
        let landing = self.store.add(files, upheld::ledger::Snapshot::id(&since), "a test").unwrap();
        assert_eq!(landing, Landing::Landed);
        let id = files.last().and_then(|file| layout::record_name(file.path.rsplit('/').next().unwrap()));
        // Publishing the same again adds nothing.
        id.map_or_else(|| "0".repeat(64).parse().unwrap(), |(_, id)| id)
    }

    /// The path of the record with that id.
    pub fn path_of(&self, id: RecordId) -> String {
        let end = format!("{id}.json");
        self.store.files().into_keys().find(|path| path.ends_with(&end)).unwrap()
    }

    /// Changes a byte in the middle of a file.
    pub fn change_a_byte(&mut self, path: &str) {
        self.store.meddle(|files| {
            let bytes = files.get_mut(path).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
        });
    }

    /// Takes a file away.
    pub fn remove(&mut self, path: &str) {
        self.store.meddle(|files| drop(files.remove(path).unwrap()));
    }

    /// Puts a file there that is intact by its name, beside the file at a path.
    pub fn put_beside(&mut self, path: &str, version: &str, content: &str) {
        use sha2::{Digest as _, Sha256};
        let id: String = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
        let folder = path.rsplit_once('/').unwrap().0;
        let path = format!("{folder}/{version}{id}.json");
        self.store.meddle(|files| drop(files.insert(path, content.as_bytes().to_vec())));
    }

    /// The target of records, on an instance or not.
    pub fn target(&self, instance: Option<&str>) -> Target {
        Target { environment: self.environment.clone(), instance: instance.map(name) }
    }

    /// The next minute.
    pub fn stamp(&mut self) -> Stamp {
        self.minute += 1;
        stamp_of(self.minute)
    }
}

/// The stamp of a minute since the world began.
pub fn stamp_of(minute: i64) -> Stamp {
    let begin: Timestamp = "2026-11-24T08:00:00Z".parse().unwrap();
    let at = Timestamp::from_second(begin.as_second() + 60 * minute).unwrap();
    Stamp { at: at.to_string(), ..Stamp::default() }
}

/// A name of a service.
pub fn name(text: &str) -> ServiceName {
    text.parse().unwrap()
}

/// A version of a service: `orders@1`.
pub fn of(text: &str) -> ServiceVersion {
    let (service, version) = text.split_once('@').unwrap();
    ServiceVersion::new(name(service), version.parse().unwrap())
}

/// The verification of a version with these results.
pub fn verified(version: &str, results: &str, stamp: Stamp) -> Verification {
    let ServiceVersion { service, version } = of(version);
    let results: BTreeMap<InteractionId, TestResult> = results.split_whitespace().map(result).collect();
    let reason = |result: TestResult| match result {
        TestResult::Upheld => None,
        TestResult::Broken => Some(Reason {
            code: String::from("status"),
            place: String::from("status"),
            expected: String::from("200"),
            actual: String::from("404"),
            message: String::new(),
        }),
        TestResult::Error => {
            Some(Reason { message: String::from("no state handler"), code: String::from("state"), ..Reason::default() })
        }
    };
    let reasons = results.iter().filter_map(|(id, result)| Some((*id, vec![reason(*result)?]))).collect();
    Verification { provider: service, version, branch: None, results, reasons, supersedes: BTreeSet::new(), stamp }
}

fn result(word: &str) -> (InteractionId, TestResult) {
    let (result, path) = match word.split_at(1) {
        ("!", path) => (TestResult::Broken, path),
        ("?", path) => (TestResult::Error, path),
        _ => (TestResult::Upheld, word),
    };
    (interaction(path), result)
}

/// The id of the interaction `GET /path`.
pub fn interaction(path: &str) -> InteractionId {
    thread_local! {
        static KNOWN: RefCell<HashMap<String, InteractionId>> = RefCell::default();
    }
    let read = |path: &String| interaction_id(&stored(&contract_text("any", "other", path)).contract.interactions[0]);
    KNOWN.with_borrow_mut(|known| *known.entry(path.to_owned()).or_insert_with_key(read))
}

/// The text of a contract of these paths.
pub fn contract_text(consumer: &str, provider: &str, paths: &str) -> String {
    let mut text = format!("contract: 1\nconsumer: {consumer}\nprovider: {provider}\ninteractions:\n");
    for path in paths.split_whitespace() {
        let _ = write!(text, "  - name: get {path}\n    request: GET /{path}\n    response:\n      status: 200\n");
    }
    text
}

/// A contract as it is put into a store.
pub fn stored(text: &str) -> StoredContract {
    let source = Arc::new(SourceFile::new("contract.yaml", text.to_owned(), Limits::default()));
    let read = read(&source, &NoAttachments).unwrap();
    StoredContract { contract: read.contract, text: text.to_owned(), files: BTreeMap::new() }
}

/// A contract of these paths, each of them read once.
pub fn contract_of(consumer: &str, provider: &str, paths: &str) -> StoredContract {
    thread_local! {
        static KNOWN: RefCell<HashMap<String, StoredContract>> = RefCell::default();
    }
    let text = contract_text(consumer, provider, paths);
    KNOWN.with_borrow_mut(|known| known.entry(text).or_insert_with_key(|text| stored(text)).clone())
}

impl Answer {
    /// The exit code of the decision.
    pub fn exit(&self) -> u8 {
        match self.0.state {
            State::Compatible => 0,
            State::Incompatible => 1,
            State::Unverified => 3,
            State::Unknown | State::MissingProvider => 4,
        }
    }

    /// The first line: `deny 3 unverified`.
    pub fn verdict(&self) -> String {
        assert_eq!(self.0.allow, self.exit() == 0, "the answer and its state say the same");
        format!("{} {} {}", if self.0.allow { "allow" } else { "deny" }, self.exit(), self.0.state.word())
    }

    /// The rows that keep the gate shut.
    pub fn blocking(&self) -> String {
        self.0.blocking().map(head).collect::<Vec<_>>().join("\n")
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.verdict())?;
        if !self.0.order.is_empty() {
            let order: Vec<String> = self.0.order.iter().map(ServiceVersion::short).collect();
            writeln!(f, "order {}", order.join(", "))?;
        }
        for row in &self.0.rows {
            writeln!(f, "{}", head(row))?;
            for cause in &row.causes {
                writeln!(f, "     {}", cause_text(cause))?;
            }
            for next in &row.next {
                writeln!(f, "     next: {}", next_text(next))?;
            }
        }
        for notice in &self.0.notices {
            writeln!(f, "{} {}", notice.code(), notice_text(notice))?;
            if let Some(next) = notice_next_text(notice) {
                writeln!(f, "     next: {next}")?;
            }
        }
        Ok(())
    }
}

/// The first line of a row: `G101 incompatible: storefront@1 (live) needs orders@2 (candidate)`.
pub fn head(row: &Row) -> String {
    let told = |side: &Side| {
        let roles: Vec<&str> = side.roles.iter().map(upheld::gate::Role::word).collect();
        if roles.is_empty() { side.short() } else { format!("{} ({})", side.short(), roles.join(", ")) }
    };
    let sides: Vec<String> = [&row.consumer, &row.provider].into_iter().flatten().map(told).collect();
    format!("{} {}: {}", row.code, row.state().word(), sides.join(" needs "))
}

fn cause_text(cause: &Cause) -> String {
    match cause {
        Cause::Interaction { name, reasons, .. } => {
            let reasons = reasons.iter().map(|reason| match reason.message.as_str() {
                "" => format!("{} expected {} got {}", reason.place, reason.expected, reason.actual),
                message => message.to_owned(),
            });
            format!("{name}: {}", reasons.collect::<Vec<_>>().join(", "))
        }
        Cause::NoResult { names, of } => format!("{} of {of} without a result: {}", names.len(), names.join(", ")),
        Cause::Fact(fact) => fact_text(fact),
    }
}
