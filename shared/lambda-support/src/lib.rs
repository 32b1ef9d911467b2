//! What every Logweir function needs of Lambda: configuration read once, deadlines, back-off, metrics
//! printed, and errors with a stable type.
//!
//! The process environment and the clock are read here and nowhere else.

mod backoff;
mod common;
mod deadline;
mod environment;
mod failure;
mod invocation;
mod report;
mod threads;

pub use backoff::Backoff;
pub use common::{GZIP_LEVEL, MAX_DECOMPRESSED_BYTES, METRICS_NAMESPACE, REPORT_BATCH_ITEM_FAILURES};
pub use deadline::{Deadline, now};
pub use environment::{ConfigurationError, Environment, Variable};
pub use failure::{Failure, cause_chain};
pub use invocation::{Outcome, conclude, parse};
pub use report::{report, report_count};

/// Starts logging: JSON or text, and the level, as the function's Lambda settings say (`AWS_LAMBDA_LOG_FORMAT`,
/// `AWS_LAMBDA_LOG_LEVEL`). A panic is logged by its place: what it says may quote a log line.
pub fn start_logging() {
    lambda_runtime::tracing::init_default_subscriber();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a panic: a defect of Logweir");
    }));
}
