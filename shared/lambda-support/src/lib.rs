//! What every Logweir function needs of Lambda: configuration read once, deadlines, back-off, the balance of an
//! invocation as metrics, and errors with a stable type.
//!
//! The process environment and the clock are read here and nowhere else.

mod backoff;
mod balance;
mod common;
mod deadline;
mod environment;
mod failure;

pub use backoff::Backoff;
pub use balance::{Amount, Balance};
pub use common::{GZIP_LEVEL, MAX_DECOMPRESSED_BYTES, METRICS_NAMESPACE};
pub use deadline::{Deadline, now};
pub use environment::{ConfigurationError, Environment, Variable};
pub use failure::{Failure, cause_chain};

/// Starts logging: JSON or text, and the level, as the function's Lambda settings say (`AWS_LAMBDA_LOG_FORMAT`,
/// `AWS_LAMBDA_LOG_LEVEL`).
pub fn start_logging() {
    lambda_runtime::tracing::init_default_subscriber();
}
