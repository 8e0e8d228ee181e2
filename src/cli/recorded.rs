//! What `record` and `import` end with: from exchanges to contract files, and what is told of it.

use clap::Args;

use super::{Exit, Failure, Global, World};
use crate::contract::ServiceName;
use crate::recording::Exchange;

/// What was seen of one provider.
#[derive(Debug)]
pub(super) struct Taken {
    pub provider: ServiceName,
    /// In the order in which the requests came.
    pub exchanges: Vec<Exchange>,
    /// What is no exchange, one sentence each: a request that got no answer, an answer that broke off.
    pub lost: Vec<String>,
}

/// How what was seen becomes a contract.
#[derive(Debug, Args)]
pub(super) struct KeepArgs {
    /// The service that calls
    #[arg(long, value_name = "NAME", env = "UPHELD_CONSUMER", hide_env_values = true, value_parser = ServiceName::new)]
    pub consumer: ServiceName,
    /// Take over what differs from the contract that is there
    #[arg(long, help_heading = "Contract")]
    pub update: bool,
    /// Remove the interactions that were not seen
    #[arg(long, help_heading = "Contract")]
    pub prune: bool,
    /// A header to record beside those that always are, in requests and responses
    #[arg(long, value_name = "NAME", help_heading = "Contract")]
    pub keep_header: Vec<String>,
}

/// Writes or extends the contract of each provider, and tells what became of the exchanges.
pub(super) fn keep(taken: &[Taken], args: &KeepArgs, _global: &Global, world: &mut World) -> Result<Exit, Failure> {
    for taken in taken {
        for exchange in &taken.exchanges {
            let (request, status) = (exchange.request.line(), exchange.response.status);
            world.print(&format!("{} → {}  {request} → {status}\n", args.consumer, taken.provider))?;
        }
    }
    Ok(Exit::Yes)
}
