//! The one place where AWS SDK clients are configured, and what all functions do with them.

mod client;
mod dead_letters;
mod retry;

pub use client::{configuration, s3_client};
pub use dead_letters::{DeadLetterConfig, DeadLetterError, DeadLetters, Unkept};
pub use retry::{CallError, is_retryable, put_once, retry};
