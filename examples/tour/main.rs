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
    act: Act,
}

/// What a step shows.
enum Act {
    /// The beginning of a contract, up to the end of its first interaction.
    Read(&'static str),
    /// A run of `upheld` with these arguments, which must end with this exit code.
    Run { arguments: &'static [&'static str], exit_code: i32, meaning: &'static str },
}

const STORY: &[Step] = &[
    Step {
        headline: "storefront writes down what it needs of orders",
        story: &[
            "Its pages show an order's status, date and items, so it asks for these and for nothing else.",
            "What it does not name, orders may change at any time.",
        ],
        scene: |_| Ok(()),
        act: Act::Read("contracts/storefront/orders.yaml"),
    },
    Step {
        headline: "orders upholds it",
        story: &["Upheld starts the service, brings it into each state, sends each request and compares the answers."],
        scene: |stage| stage.release_orders(&[]),
        act: Act::Run {
            arguments: &["verify", "orders", "--contracts", "contracts"],
            exit_code: 0,
            meaning: "every interaction is upheld",
        },
    },
    Step {
        headline: "orders changes, and breaks it",
        story: &[
            "The next version of orders sends quantities as texts: \"2\" in place of 2.",
            "All its own tests pass. But storefront counts with them.",
        ],
        scene: |stage| stage.release_orders(&["--break", "qty-as-text"]),
        act: Act::Run {
            arguments: &["verify", "orders", "--contracts", "contracts"],
            exit_code: 1,
            meaning: "a contract is broken, and the build of orders stops here",
        },
    },
    Step {
        headline: "a new consumer: kiosk, which nobody has to write a contract for",
        story: &[
            "kiosk places orders, too. Its tests run once against the real service, with a recorder in between:",
            "the address in ORDERS_URL is the recorder's.",
        ],
        scene: |_| Ok(()),
        act: Act::Run {
            arguments: &[
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
            exit_code: 0,
            meaning: "what was asked and answered is a contract now",
        },
    },
    Step {
        headline: "the contract that was recorded",
        story: &["It asks for no more than was seen, and what is only likely stands there as a suggestion."],
        scene: |_| Ok(()),
        act: Act::Read("contracts/kiosk/orders.yaml"),
    },
    Step {
        headline: "from now on, kiosk's tests need no orders",
        story: &["A mock answers by the contract, and by nothing else."],
        scene: |_| Ok(()),
        act: Act::Run {
            arguments: &[
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
            exit_code: 0,
            meaning: "each request is one that the contract has",
        },
    },
    Step {
        headline: "kiosk asks for something that its contract does not have",
        story: &["Nobody at orders would know of it. The mock says what the request comes nearest to."],
        scene: |_| Ok(()),
        act: Act::Run {
            arguments: &[
                "mock",
                "contracts/kiosk/orders.yaml",
                "--env-var",
                "ORDERS_URL",
                "--",
                "storefront",
                "place",
                "TEA-1=3",
            ],
            exit_code: 1,
            meaning: "a request that the contract does not allow, and the build of kiosk stops here",
        },
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
        match step.act {
            Act::Read(contract) => read(&stage, contract)?,
            Act::Run { arguments, exit_code, meaning } => run(&stage, arguments, exit_code, meaning)?,
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
