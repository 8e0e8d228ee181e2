//! `storefront`: the shop that customers see, as small as possible. It is a consumer of orders.
//!
//! ```text
//! export ORDERS_URL=http://127.0.0.1:8080
//! cargo run --example storefront -- place TEA-1=2
//! cargo run --example storefront -- show 1
//! ```

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for people to run, with its output for them")]

mod client;
mod page;

use std::time::Duration;

use clap::{Parser, Subcommand};

use crate::client::{Item, Orders, OrdersError, Status};

/// The shop that customers see.
#[derive(Parser)]
struct Args {
    /// The address of orders.
    #[arg(long, env = "ORDERS_URL", value_name = "URL", default_value = "http://127.0.0.1:8080")]
    orders: String,

    /// How many seconds to wait for orders: no longer than the reader of a page would.
    #[arg(long, env = "ORDERS_TIMEOUT", value_name = "SECONDS", default_value_t = 2)]
    timeout: u64,

    #[command(subcommand)]
    visit: Visit,
}

/// The customer's request.
#[derive(Subcommand)]
enum Visit {
    /// Show one order.
    Show { number: u64 },
    /// List all orders with a status.
    List {
        status: Status,
        /// The maximum number of orders.
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
    /// Place an order.
    Place {
        /// An article and its quantity, such as TEA-1=2.
        #[arg(value_name = "SKU=QTY", value_parser = item)]
        items: Vec<Item>,
    },
    /// Cancel an order.
    Cancel { number: u64 },
}

#[tokio::main]
async fn main() {
    let args = Args::parse();
    let page = match visit(&Orders::at(&args.orders, Duration::from_secs(args.timeout)), args.visit).await {
        Ok(page) => page,
        Err(OrdersError::Refused(reasons)) => format!("Sorry: {}.", reasons.join(", ")),
        // The customer still gets a page, and the cause is for the shop's operators.
        Err(OrdersError::Unavailable(cause)) => {
            eprintln!("orders is not available: {cause}");
            page::FALLBACK.to_owned()
        }
    };
    println!("{page}");
}

async fn visit(orders: &Orders, visit: Visit) -> Result<String, OrdersError> {
    Ok(match visit {
        Visit::Show { number } => match orders.get(number).await? {
            Some(order) => page::order(&order),
            None => format!("There is no order {number}."),
        },
        Visit::List { status, limit } => page::orders(&orders.list(status, limit).await?),
        Visit::Place { items } => format!("Thank you! Your order is at {}", orders.place(&items).await?),
        Visit::Cancel { number } if orders.cancel(number).await? => format!("Order {number} is cancelled."),
        Visit::Cancel { number } => format!("There is no order {number}."),
    })
}

fn item(text: &str) -> Result<Item, String> {
    let (sku, qty) = text.split_once('=').ok_or("write it as SKU=QTY")?;
    let qty = qty.parse().map_err(|error| format!("`{qty}` is not a quantity: {error}"))?;
    Ok(Item { sku: sku.to_owned(), qty })
}
