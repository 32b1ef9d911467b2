//! Entry point: reads the configuration, then answers invocations.

use lambda_runtime::{Error, service_fn};
use logweir_alarmer::{Alarmer, Config};
use logweir_lambda_support::{Environment, start_logging};

/// glibc gives large blocks back to the system and takes them again page by page, which costs a third of the time of a
/// large event (`make bench`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_logging();
    let config = Config::read(Environment::of_process()).inspect_err(|error| tracing::error!(%error, "not started"))?;
    let alarmer = Alarmer::new(config);
    lambda_runtime::run(service_fn(|event| alarmer.handle(event))).await
}
