//! Which failures of AWS pass.

use std::error::Error;
use std::future::Future;

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use logweir_lambda_support::{Backoff, Deadline, cause_chain};

/// Words in the codes of answers that will be others later. A transaction is in the way of single writes for a moment:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling>.
const PASSING: [&str; 9] = [
    "Throttl",
    "SlowDown",
    "LimitExceeded",
    "ThroughputExceeded",
    "RequestTimeout",
    "ServiceUnavailable",
    "TransactionConflict",
    "TransactionInProgress",
    "ReplicatedWriteConflict",
];

/// A call to AWS that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CallError {
    code: String,
    message: String,
    retryable: bool,
}

impl CallError {
    /// What an SDK's client says.
    pub fn of<E: ProvideErrorMetadata + Error + 'static>(error: &SdkError<E>) -> Self {
        let said = error.as_service_error().map(ProvideErrorMetadata::meta);
        let code = said.and_then(|said| said.code()).unwrap_or_default().to_owned();
        let message = match said.and_then(|said| said.message()) {
            Some(message) if !code.is_empty() => format!("{code}: {message}"),
            _ => cause_chain(error),
        };
        Self { code, message, retryable: is_retryable(error) }
    }

    /// A failure that the caller found, which passes or does not.
    pub fn new(code: &str, message: String, retryable: bool) -> Self {
        Self { code: code.to_owned(), message, retryable }
    }

    /// The service's word for it; empty where no service answered.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        self.retryable
    }
}

/// Whether a call that failed so may succeed when it is made again.
pub fn is_retryable<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    match error {
        SdkError::ConstructionFailure(_) => false,
        SdkError::ServiceError(failed) => {
            let status = failed.raw().status().as_u16();
            let code = failed.err().code().unwrap_or_default();
            // 409 is S3's answer while another request for the same key is under way.
            status >= 500 || matches!(status, 408 | 409 | 429) || PASSING.iter().any(|word| code.contains(word))
        }
        // No answer, or none that was understood.
        _ => true,
    }
}

/// Puts an object that is never rewritten: its key is made of its content, so one that is there already is the same.
/// Retried with back-off until `deadline`.
///
/// `If-None-Match: *`: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>.
pub async fn put_once(
    body: Bytes,
    deadline: Deadline,
    request: impl Fn() -> PutObjectFluentBuilder,
) -> Result<(), CallError> {
    retry(deadline, || async {
        let put = request().if_none_match("*").body(ByteStream::from(body.clone())).send();
        match put.await {
            Ok(_) => Ok(()),
            Err(SdkError::ServiceError(failed)) if failed.raw().status().as_u16() == 412 => Ok(()),
            Err(error) => Err(CallError::of(&error)),
        }
    })
    .await
}

/// Calls `attempt` with back-off until it succeeds, fails for good, or `deadline` comes, be it in the middle of a call.
pub async fn retry<F, T>(deadline: Deadline, attempt: impl Fn() -> F) -> Result<T, CallError>
where
    F: Future<Output = Result<T, CallError>>,
{
    let backoff = Backoff::default();
    let mut number = 0;
    loop {
        let Ok(done) = tokio::time::timeout(deadline.remaining(), attempt()).await else {
            return Err(CallError::new("", "no answer before the invocation's deadline".to_owned(), true));
        };
        match done {
            Ok(value) => return Ok(value),
            Err(error) => {
                let wait = backoff.random_delay(number);
                if !error.is_retryable() || !deadline.allows(wait) {
                    return Err(error);
                }
                tracing::warn!(attempt = number, %error, "a call to AWS failed and is made again");
                tokio::time::sleep(wait).await;
                number += 1;
            }
        }
    }
}
