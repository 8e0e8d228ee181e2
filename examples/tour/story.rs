//! The story that the tour tells: its steps, in order.

use crate::act::{Act, Step, run};

/// The changes when orders@2 replaces orders@1.
const TEXTS: &[&str] = &["--break", "qty-as-text"];

pub const STORY: &[Step] = &[
    Step {
        headline: "storefront writes down what it needs from orders",
        text: &[
            "Its pages show an order's status, date and items, so its contract names these and nothing else.",
            "orders may change everything that the contract doesn't name.",
        ],
        acts: &[Act::Read("contracts/storefront/orders.yaml")],
    },
    Step {
        headline: "orders upholds the contract",
        text: &[
            "Upheld starts the service as the registry says, brings it into each state, sends each request and",
            "compares the responses.",
        ],
        acts: &[
            Act::Release(&[]),
            run(&["verify", "orders", "--contracts", "contracts"], 0, "every interaction is upheld"),
        ],
    },
    Step {
        headline: "orders changes, and breaks the contract",
        text: &[
            "The next version of orders sends quantities as strings: \"2\" instead of 2. Its own tests pass.",
            "But storefront calculates with quantities. The same command now gives the opposite result.",
        ],
        acts: &[
            Act::Release(TEXTS),
            run(
                &["verify", "orders", "--contracts", "contracts"],
                1,
                "a contract is broken, so the build of orders stops here",
            ),
        ],
    },
    Step {
        headline: "kiosk, a new consumer, records its contract",
        text: &[
            "kiosk places orders too. Nobody has to write its contract: its tests run once against the real service,",
            "with a recorder in between. ORDERS_URL has the recorder's address. (The program storefront plays kiosk.)",
        ],
        acts: &[
            run(
                &[
                    "record",
                    "--consumer",
                    "kiosk",
                    "--provider",
                    "orders",
                    "--upstream",
                    "{orders}",
                    "--env-var",
                    "ORDERS_URL",
                    "--",
                    "storefront",
                    "place",
                    "TEA-1=2",
                ],
                0,
                "the requests and responses are a contract now",
            ),
            Act::Read("contracts/kiosk/orders.yaml"),
        ],
    },
    Step {
        headline: "from now on, kiosk's tests don't need orders",
        text: &["A mock responds as the contract says, and in no other way."],
        acts: &[run(
            &[
                "mock",
                "contracts/kiosk/orders.yaml",
                "--env-var",
                "ORDERS_URL",
                "--all-used",
                "--",
                "storefront",
                "place",
                "TEA-1=2",
            ],
            0,
            "the contract allows every request",
        )],
    },
    Step {
        headline: "kiosk sends a request that isn't in its contract",
        text: &[
            "orders would never learn that kiosk relies on this. The mock refuses the request, and compares it with the",
            "nearest interaction.",
        ],
        acts: &[run(
            &["mock", "contracts/kiosk/orders.yaml", "--env-var", "ORDERS_URL", "--", "storefront", "place", "TEA-1=3"],
            1,
            "the contract doesn't allow a request, so the build of kiosk stops here",
        )],
    },
    Step {
        headline: "the team puts what it knows into a store",
        text: &[
            "The store has the contracts of each version, the results of verifications, and what is live where. Here it",
            "is a folder; a team uses a git repository that all builds write to. There is no server.",
            "The rest of the story is about storefront and the first version of orders, so kiosk leaves.",
        ],
        acts: &[
            Act::Remove("contracts/kiosk"),
            Act::Release(&[]),
            run(&["store", "init"], 0, "the services and the environment production are declared"),
            run(&["publish", "storefront@1", "--branch", "main"], 0, "the store has the contract of storefront@1"),
            run(&["publish", "orders@1", "--branch", "main"], 0, "and that of orders@1, a consumer of payments"),
            run(
                &["publish", "payments@1", "--branch", "main", "--no-contracts"],
                0,
                "payments@1 expects nothing from other services",
            ),
            run(
                &["verify", "orders", "payments", "--publish", "--version", "1", "--branch", "main", "--quiet"],
                0,
                "the store has the results of both providers",
            ),
        ],
    },
    Step {
        headline: "may they go live?",
        text: &["The gate knows which service needs which, and in what order they can be deployed."],
        acts: &[
            run(&["gate", "storefront@1", "orders@1", "payments@1", "--to", "production"], 0, "yes, in this order"),
            run(&["deployed", "payments@1", "--to", "production"], 0, "live"),
            run(&["deployed", "orders@1", "--to", "production"], 0, "live"),
            run(&["deployed", "storefront@1", "--to", "production"], 0, "live"),
        ],
    },
    Step {
        headline: "may orders@2, the version with the strings, go live?",
        text: &[
            "Its build publishes the result that it breaks storefront's contract. The gate says which consumer breaks,",
            "where, and who has to act.",
        ],
        acts: &[
            Act::Release(TEXTS),
            run(&["publish", "orders@2", "--branch", "strings"], 0, "the store has the contract of orders@2"),
            run(
                &["verify", "orders", "--publish", "--version", "2", "--quiet"],
                1,
                "a contract is broken, and now the store knows",
            ),
            run(&["gate", "orders@2", "--to", "production"], 1, "no: it would break storefront@1, which is live"),
        ],
    },
    Step {
        headline: "storefront adapts, and goes first",
        text: &[
            "Its next version reads both numbers and strings, so its contract allows any quantity. The interactions that",
            "didn't change are verified already. orders@1, which is live, is verified against the one that did.",
        ],
        acts: &[
            Act::Edit {
                file: "contracts/storefront/orders.yaml",
                from: "items: 1+\n        items[].qty: integer",
                to: "items: 1+\n        items[].qty: any",
            },
            Act::Release(&[]),
            run(&["publish", "storefront@2", "--branch", "main"], 0, "the store has the contract of storefront@2"),
            run(&["gate", "storefront@2", "--to", "production"], 3, "not yet: results are missing"),
            run(&["verify", "orders", "--publish", "--version", "1", "--quiet"], 0, "here they are"),
            run(&["gate", "storefront@2", "--to", "production"], 0, "yes"),
            run(&["deployed", "storefront@2", "--to", "production"], 0, "live"),
        ],
    },
    Step {
        headline: "the gate opens for orders@2",
        text: &["No live consumer needs a number any more."],
        acts: &[
            Act::Release(TEXTS),
            run(&["verify", "orders", "--publish", "--version", "2", "--quiet"], 0, "storefront@2 accepts strings"),
            run(&["gate", "orders@2", "--to", "production"], 0, "yes"),
            run(&["deployed", "orders@2", "--to", "production"], 0, "live"),
            run(&["status"], 0, "what is live, and the state of every pair"),
        ],
    },
];
