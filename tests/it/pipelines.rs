//! A dress rehearsal: the repositories of consumers and providers, the shared one, and their pipelines, which run the
//! commands of `examples/pipelines.md` as written there, each in a fresh clone on a machine that knows nothing yet.

use std::sync::LazyLock;
use std::thread;

use insta::assert_snapshot;
use regex::Regex;

use crate::support::town::{Host, Pair, Town};
use crate::support::until;

/// The consumer's needs at first.
const SHOWS: &str = "
  - name: get an order
    given:
      - an order exists: { id: 42 }
    request: GET /orders/42
    response:
      status: 200
      body:
        id: 6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11
        status: paid
        placed_at: \"2026-05-01T09:30:00Z\"
        items: [{ sku: TEA-1, qty: 2 }]
      match: { id: uuid, placed_at: date-time, items: 1+, \"items[].qty\": integer }
";

/// Its later needs, which the provider's first version doesn't meet.
const TELLS_PAID_FROM_OPEN: &str = "
  - name: tell paid orders from open ones
    given:
      - an order exists: { id: 42 }
    request: GET /orders/42
    response:
      status: 200
      body: { status: paid }
      match: { status: [paid, open] }
";

/// The texts that people read on the way.
struct Pages {
    /// On the pull request of the breaking change.
    comment: String,
    /// For a deployment that was requested all the same.
    refused: String,
    /// For a consumer that went ahead of its provider.
    ahead: String,
}

/// The story of a consumer and its provider.
fn told(pair: &Pair<'_>) -> Pages {
    let (town, consumer, provider) = (pair.town, pair.consumer, pair.provider);
    pair.found();

    // The provider's first version goes live.
    let first = pair.push_provider("main", &["status-in-capitals"]);
    pair.ok("provider-verify", provider);
    pair.ok("deploy", provider);
    assert_eq!(pair.deployed(provider), [first.as_str()]);

    // Then the consumer's. Its deployment waits until the provider has verified the version that is live.
    let shown = pair.push_consumer("feature", SHOWS);
    let check = pair.job("consumer-check", consumer, "feature", &[]);
    assert_eq!(check.output.code, Some(0), "{}", check.output);
    pair.push(consumer, "main");
    let before = town.team.commit();
    pair.ok("consumer-publish", consumer);
    assert!(pair.store_pipeline(&before).contains(&provider.to_owned()));
    let (deployment, _) = pair.start("deploy", consumer, "main", &[]);
    until("the gate to wait", || deployment.said("waiting for missing results").then_some(()));
    assert_eq!(pair.deployed(consumer).len(), 0);
    // The shared repository starts it, and the schedule does at the same moment.
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| pair.ok("provider-contracts", provider));
        }
    });
    let output = deployment.finish();
    assert_eq!(output.code, Some(0), "{output}");
    assert_eq!(pair.deployed(consumer).len(), 1);
    assert_ne!(pair.deployed(consumer), [shown], "what is on main is deployed, and not the branch");

    // A breaking change is seen on its pull request, and stopped if somebody merges it all the same.
    let tried = pair.push_provider("feature", &["status-in-capitals", "qty-as-text"]);
    let check = pair.job("provider-check", provider, "feature", &[]);
    assert_eq!(check.output.code, Some(1), "{}", check.output);
    let comment = page(pair, &format!("{}/verify.md", check.folder));
    assert_eq!(records_of(pair, &tried), 0, "a pull request's build writes nothing");
    let merged = pair.push(provider, "main");
    let verified = pair.job("provider-verify", provider, "main", &[]);
    assert_eq!(verified.output.code, Some(1), "{}", verified.output);
    assert_eq!(records_of(pair, &merged), 2, "its publication and its verification");
    let refused = refusal(pair, provider);

    // The next version has everything that the consumer is going to need. Until it is live, the consumer is stopped.
    pair.push_provider("main", &[]);
    pair.ok("provider-verify", provider);
    let needing = pair.push_consumer("main", &format!("{SHOWS}{}", TELLS_PAID_FROM_OPEN.trim_start_matches('\n')));
    let before = town.team.commit();
    pair.ok("consumer-publish", consumer);
    assert!(pair.store_pipeline(&before).contains(&provider.to_owned()));
    pair.ok("provider-contracts", provider);
    let ahead = refusal(pair, consumer);

    // Its roll-out fails at first, and is over then.
    pair.deployments_fail(provider, true);
    let failed = pair.job("deploy", provider, "main", &[]);
    assert_ne!(failed.output.code, Some(0), "{}", failed.output);
    assert!(failed.output.stdout.contains("\nover  "), "{}", failed.output);
    assert_eq!(live(pair, provider), [first.as_str()]);
    pair.deployments_fail(provider, false);
    pair.ok("deploy", provider);

    // Now the consumer may go, and the provider may go back: but not both, though they ask at once.
    thread::scope(|scope| {
        let forth = scope.spawn(|| pair.job("deploy", consumer, "main", &[]).output);
        let back = scope.spawn(|| pair.job("rollback", provider, "main", &[("VERSION", &first)]).output);
        let [forth, back] = [forth, back].map(|job| job.join().unwrap());
        let codes = [forth.code, back.code];
        assert!([[Some(0), Some(1)], [Some(1), Some(0)]].contains(&codes), "{forth}\n{back}");
        assert_eq!(live(pair, consumer) == [needing.as_str()], forth.code == Some(0));
        assert_eq!(live(pair, provider) == [first.as_str()], back.code == Some(0));
    });
    for service in [consumer, provider] {
        assert_eq!(pair.deployed(service).last().cloned().as_slice(), live(pair, service));
    }
    Pages { comment, refused, ahead }
}

/// Requests a deployment that must be refused, and returns the summary that it leaves.
fn refusal(pair: &Pair<'_>, service: &str) -> String {
    let before = pair.deployed(service);
    let done = pair.job("deploy", service, "main", &[]);
    assert_eq!(done.output.code, Some(1), "{}", done.output);
    assert_eq!(pair.deployed(service), before, "nothing is deployed without a yes\n{}", done.output);
    page(pair, &format!("{}/gate.md", done.folder))
}

/// A page that a job has left, without what differs from run to run.
fn page(pair: &Pair<'_>, path: &str) -> String {
    static COMMIT: LazyLock<Regex> = LazyLock::new(|| Regex::new("@[0-9a-f]{12}\\b").unwrap());
    let text = pair.town.team.world.redaction().of_text(&pair.town.read(path));
    COMMIT.replace_all(&text, "@<commit>").into_owned()
}

/// How many records of a commit are in the store.
fn records_of(pair: &Pair<'_>, commit: &str) -> usize {
    pair.town.team.files().iter().filter(|path| path.contains(commit)).count()
}

/// The versions of a service that are live, or on their way.
fn live(pair: &Pair<'_>, service: &str) -> Vec<String> {
    let status = pair.town.status();
    let all = status["live"].as_array().unwrap().iter().filter(|one| one["service"] == service);
    all.map(|one| one["version"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn three_repositories_pipelines_stop_what_would_break_twice_at_once() {
    let town = Town::new("storefront orders kiosk stock");
    let pairs = [(Host::GitHub, "storefront", "orders"), (Host::GitLab, "kiosk", "stock")];
    let pairs = pairs.map(|(host, consumer, provider)| Pair { town: &town, host, consumer, provider });
    let [pages, others] = thread::scope(|scope| {
        let stories = pairs.each_ref().map(|pair| scope.spawn(move || told(pair)));
        stories.map(|story| story.join().unwrap())
    });
    // In the end all that is live fits together, and the store is sound.
    let status = town.status();
    for (state, number) in status["summary"].as_object().unwrap() {
        assert_eq!(number.as_u64(), Some(if state == "compatible" { 2 } else { 0 }), "{status:#}");
    }
    assert!(status["live"].as_array().unwrap().iter().all(|one| one["event"] == "done"), "{status:#}");
    town.team.ok("store lint");

    let as_one = |text: &str| text.replace("kiosk", "storefront").replace("stock", "orders");
    assert_eq!(as_one(&others.refused), pages.refused);
    for part in [
        "## Contracts: broken\n",
        "| storefront → orders | 0 | **1** | 0 | 0 | 0 |",
        "<b>broken</b> storefront → orders <code>get an order</code>",
        "contracts/orders/storefront/<hash>.yaml:5",
        "body  items[0].qty   expected an integer, like 2",
        "help: orders sends text here. If that is intended, storefront must agree",
    ] {
        assert!(pages.comment.contains(part), "{part}\n{}", pages.comment);
    }
    assert_snapshot!(pages.refused, @r#"
    ## Gate: deny

    `orders@<commit>` → `production`: 1 incompatible

    `store <view>, <age> old`

    ### What needs attention

    <details>
    <summary><b>incompatible</b> G101 <code>storefront@<commit> needs orders@<commit></code></summary>

    ```text
    G101 incompatible  storefront@<commit> (live) needs orders@<commit> (candidate)
         get an order   body items[0].qty   expected an integer, like 2   got "2", a string
         owners: team-orders, team-storefront
         next: fix orders to return what storefront expects; or agree on the change with storefront, which then changes its contract
    ```

    </details>
    "#);
    assert_snapshot!(pages.ahead, @r#"
    ## Gate: deny

    `storefront@<commit>` → `production`: 1 incompatible

    `store <view>, <age> old`

    ### What needs attention

    <details>
    <summary><b>incompatible</b> G101 <code>storefront@<commit> needs orders@<commit></code></summary>

    ```text
    G101 incompatible  storefront@<commit> (candidate) needs orders@<commit> (live)
         tell paid orders from open ones   body status   expected one of "paid" or "open"   got "OPEN", a string
         owners: team-orders, team-storefront
         next: fix orders to return what storefront expects; or agree on the change with storefront, which then changes its contract
    ```

    </details>
    "#);
}
