//! `orders`: a small order service. It is the provider in storefront's contract, and itself a consumer: it asks payments
//! how an order was paid.
//!
//! ```text
//! cargo run --example orders -- --port 8080
//! curl -i localhost:8080/orders -H 'content-type: application/json' -d '{"items": [{"sku": "TEA-1", "qty": 2}]}'
//! ```

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for people to run, with its output for them")]

mod breaking;
mod orders;
mod payments;
mod problem;
mod routes;
mod states;

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::BoxError;
use axum::http::Uri;
use clap::Parser;
use tokio::net::TcpListener;

use crate::breaking::Break;
use crate::orders::Orders;
use crate::payments::Payments;
use crate::routes::App;

/// A small order service. It forgets its orders when it stops.
#[derive(Parser)]
struct Args {
    /// The port to listen on; 0 means any free port.
    #[arg(long, env = "PORT", default_value_t = 0)]
    port: u16,

    /// The address of payments, such as `http://127.0.0.1:8081`. Without it, orders have no payment.
    #[arg(long, env = "PAYMENTS_URL", value_name = "URL")]
    payments: Option<Uri>,

    /// Respond like a later version that breaks its consumers. Can be given several times.
    #[arg(long = "break", value_name = "CHANGE")]
    breaks: Vec<Break>,
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let args = Args::parse();
    let payments = args.payments.as_ref().map(Payments::at).transpose()?;
    let app = App { orders: Orders::default(), payments, breaks: args.breaks };

    let stop = stop_signal()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port)).await?;
    println!("orders listens on http://{}", listener.local_addr()?);
    axum::serve(listener, routes::router(Arc::new(app))).with_graceful_shutdown(stop).await?;
    Ok(())
}

/// A future that ends on Ctrl-C or `SIGTERM`. The service still responds to requests in progress.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// A future that ends on Ctrl-C. The service still responds to requests in progress.
#[cfg(windows)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}
