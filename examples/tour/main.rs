//! The tour: `cargo run --example tour` tells what Upheld is for, with real services, real contracts and the real
//! program, in a folder that is gone afterwards. It fails where the story does not hold.

mod stage;

use std::error::Error;
use std::process::ExitCode;

use anstream::{eprintln, println};
use anstyle::{AnsiColor, Style};

use crate::stage::Stage;

const HEADLINE: Style = Style::new().bold();
const COMMAND: Style = AnsiColor::Cyan.on_default();
const ASIDE: Style = Style::new().dimmed();

/// One step of the story.
struct Step {
    headline: &'static str,
    /// What has happened and why it matters; one entry for each line.
    story: &'static [&'static str],
    /// Makes happen what the story tells.
    scene: fn(&Stage) -> Result<(), Box<dyn Error>>,
    acts: &'static [Act],
}

/// What a step shows.
enum Act {
    /// The beginning of a contract, up to the end of its first interaction.
    Read(&'static str),
    /// A run of `upheld` with these arguments, which must end with this exit code.
    Run { arguments: &'static [&'static str], exit_code: i32, meaning: &'static str },
}

const fn run_of(arguments: &'static [&'static str], exit_code: i32, meaning: &'static str) -> Act {
    Act::Run { arguments, exit_code, meaning }
}

const STORY: &[Step] = &[
    Step {
        headline: "storefront writes down what it needs of orders",
        story: &[
            "Its pages show an order's status, date and items, so it asks for these and for nothing else.",
            "What it does not name, orders may change at any time.",
        ],
        scene: |_| Ok(()),
        acts: &[Act::Read("contracts/storefront/orders.yaml")],
    },
    Step {
        headline: "orders upholds it",
        story: &["Upheld starts the service, brings it into each state, sends each request and compares the answers."],
        scene: |stage| stage.release_orders(&[]),
        acts: &[run_of(&["verify", "orders", "--contracts", "contracts"], 0, "every interaction is upheld")],
    },
    Step {
        headline: "orders changes, and breaks it",
        story: &[
            "The next version of orders sends quantities as texts: \"2\" in place of 2.",
            "All its own tests pass. But storefront counts with them.",
        ],
        scene: |stage| stage.release_orders(&["--break", "qty-as-text"]),
        acts: &[run_of(
            &["verify", "orders", "--contracts", "contracts"],
            1,
            "a contract is broken, and the build of orders stops here",
        )],
    },
    Step {
        headline: "a new consumer: kiosk, which nobody has to write a contract for",
        story: &[
            "kiosk places orders, too. Its tests run once against the real service, with a recorder in between:",
            "the address in ORDERS_URL is the recorder's.",
        ],
        scene: |_| Ok(()),
        acts: &[
            run_of(
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
                "what was asked and answered is a contract now",
            ),
            Act::Read("contracts/kiosk/orders.yaml"),
        ],
    },
    Step {
        headline: "from now on, kiosk's tests need no orders",
        story: &["A mock answers by the contract, and by nothing else."],
        scene: |_| Ok(()),
        acts: &[run_of(
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
            "each request is one that the contract has",
        )],
    },
    Step {
        headline: "kiosk asks for something that its contract does not have",
        story: &["Nobody at orders would know of it. The mock says what the request comes nearest to."],
        scene: |_| Ok(()),
        acts: &[run_of(
            &["mock", "contracts/kiosk/orders.yaml", "--env-var", "ORDERS_URL", "--", "storefront", "place", "TEA-1=3"],
            1,
            "a request that the contract does not allow, and the build of kiosk stops here",
        )],
    },
    Step {
        headline: "the team puts what it knows into a store",
        story: &[
            "What each version expects of whom, what was verified, and what is live where. Here the store is a folder;",
            "a team's is a git repository that all builds write to. There is no server.",
        ],
        scene: |stage| stage.remove("contracts/kiosk").and_then(|()| stage.release_orders(&[])),
        acts: &[
            run_of(&["store", "init"], 0, "services and the environment production are declared"),
            run_of(&["publish", "storefront@1", "--branch", "main"], 0, "what storefront@1 expects is known"),
            run_of(&["publish", "orders@1", "--branch", "main"], 0, "and orders@1"),
            run_of(
                &["publish", "payments@1", "--branch", "main", "--no-contracts"],
                0,
                "payments@1 expects nothing, and says so",
            ),
            run_of(
                &["verify", "orders", "payments", "--publish", "--version", "1", "--branch", "main", "--quiet"],
                0,
                "what was verified is known, too",
            ),
        ],
    },
    Step {
        headline: "may they go live?",
        story: &["The gate knows which needs which, and in what order they can be deployed."],
        scene: |_| Ok(()),
        acts: &[
            run_of(&["gate", "storefront@1", "orders@1", "payments@1", "--to", "production"], 0, "yes, in this order"),
            run_of(&["deployed", "payments@1", "--to", "production"], 0, "live"),
            run_of(&["deployed", "orders@1", "--to", "production"], 0, "live"),
            run_of(&["deployed", "storefront@1", "--to", "production"], 0, "live"),
        ],
    },
    Step {
        headline: "orders@2, the one with the texts, wants to go live",
        story: &[
            "Its build publishes that it breaks storefront. The gate says who breaks, where, and whose turn it is.",
        ],
        scene: |stage| stage.release_orders(&["--break", "qty-as-text"]),
        acts: &[
            run_of(&["publish", "orders@2", "--branch", "texts"], 0, "what orders@2 itself expects"),
            run_of(
                &["verify", "orders", "--publish", "--version", "2", "--quiet"],
                1,
                "a contract is broken, and everybody can know",
            ),
            run_of(&["gate", "orders@2", "--to", "production"], 1, "no: it would break storefront@1, which is live"),
        ],
    },
    Step {
        headline: "storefront adapts, and goes first",
        story: &[
            "Its next version reads a number as well as a text, so it asks for anything there. The interactions that it",
            "did not change are verified already; orders@1, which is live, is verified against the others.",
        ],
        scene: |stage| {
            stage.edit("contracts/storefront/orders.yaml", "items[].qty: integer", "items[].qty: any")?;
            stage.release_orders(&[])
        },
        acts: &[
            run_of(&["publish", "storefront@2", "--branch", "main"], 0, "what storefront@2 expects"),
            run_of(&["gate", "storefront@2", "--to", "production"], 3, "not yet: results are missing"),
            run_of(&["verify", "orders", "--publish", "--version", "1", "--quiet"], 0, "here they are"),
            run_of(&["gate", "storefront@2", "--to", "production"], 0, "yes"),
            run_of(&["deployed", "storefront@2", "--to", "production"], 0, "live"),
        ],
    },
    Step {
        headline: "the gate opens for orders@2",
        story: &["Nobody who is live needs a number any more."],
        scene: |stage| stage.release_orders(&["--break", "qty-as-text"]),
        acts: &[
            run_of(&["verify", "orders", "--publish", "--version", "2", "--quiet"], 0, "storefront@2 is content"),
            run_of(&["gate", "orders@2", "--to", "production"], 0, "yes"),
            run_of(&["deployed", "orders@2", "--to", "production"], 0, "live"),
            run_of(&["status"], 0, "what is live, and how every pair stands"),
        ],
    },
];

fn main() -> ExitCode {
    match tell(STORY) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nThe tour ends here: {error}");
            ExitCode::FAILURE
        }
    }
}

fn tell(story: &[Step]) -> Result<(), Box<dyn Error>> {
    println!("{ASIDE}Building upheld and the example services, which takes a while the first time …{ASIDE:#}");
    let stage = Stage::set()?;

    for (number, step) in (1..).zip(story) {
        println!("\n{HEADLINE}{number}. {}{HEADLINE:#}\n", step.headline);
        for line in step.story {
            println!("   {line}");
        }
        println!();
        (step.scene)(&stage)?;
        for (number, act) in step.acts.iter().enumerate() {
            if number > 0 {
                println!();
            }
            match act {
                Act::Read(contract) => read(&stage, contract)?,
                Act::Run { arguments, exit_code, meaning } => run(&stage, arguments, *exit_code, meaning)?,
            }
        }
    }

    println!("\n{HEADLINE}And now yours{HEADLINE:#}\n");
    println!("   {COMMAND}upheld record{COMMAND:#}   around your consumer's tests writes its contracts");
    println!(
        "   {COMMAND}upheld init{COMMAND:#}     writes a first contract and registry into your repository, ready to edit"
    );
    println!(
        "   {COMMAND}upheld verify{COMMAND:#}   in your provider's build fails it with exit code 1 where a contract is broken"
    );
    println!("   {COMMAND}upheld gate{COMMAND:#}     before each deployment keeps what would break somebody out");
    println!("   What you saw is in `contracts/` and `examples/`: change something, and take the tour again.");
    Ok(())
}

/// Shows a contract up to the end of its first interaction.
fn read(stage: &Stage, contract: &str) -> Result<(), Box<dyn Error>> {
    let text = stage.read(contract)?;
    let lines: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).collect();
    println!("{COMMAND}$ head -n {} {contract}{COMMAND:#}", lines.len());
    println!("{}", lines.join("\n"));
    Ok(())
}

/// Runs `upheld`; an error where it does not end as the story wants it.
fn run(stage: &Stage, arguments: &[&str], expected: i32, meaning: &str) -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = arguments.iter().map(|argument| stage.filled(argument)).collect();
    let command = shell_words::join(std::iter::once("upheld").chain(arguments.iter().map(String::as_str)));
    println!("{COMMAND}$ {command}{COMMAND:#}");
    let status = stage.upheld(&arguments)?;
    if status.code() != Some(expected) {
        return Err(format!("`{command}` was to end with exit code {expected}, but it ended with {status}").into());
    }
    println!("{ASIDE}exit code {expected}: {meaning}{ASIDE:#}");
    Ok(())
}
