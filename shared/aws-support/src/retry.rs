//! Which failures of AWS pass.

use std::future::Future;

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use logweir_lambda_support::{Backoff, Deadline, cause_chain};

/// Whether a call that failed so may succeed when it is made again.
pub fn is_retryable<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    match error {
        SdkError::ConstructionFailure(_) => false,
        SdkError::ServiceError(failed) => {
            let status = failed.raw().status().as_u16();
            let code = failed.err().code().unwrap_or_default();
            // 409 is S3's answer while another request for the same key is under way.
            status >= 500
                || matches!(status, 408 | 409 | 429)
                || ["Throttl", "SlowDown", "LimitExceeded", "RequestTimeout", "ServiceUnavailable"]
                    .iter()
                    .any(|word| code.contains(word))
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
) -> Result<(), PutError> {
    retry(deadline, || async {
        let put = request().if_none_match("*").body(ByteStream::from(body.clone())).send();
        match put.await {
            Ok(_) => Ok(()),
            Err(SdkError::ServiceError(failed)) if failed.raw().status().as_u16() == 412 => Ok(()),
            Err(error) => Err((is_retryable(&error), PutError { message: cause_chain(&error) })),
        }
    })
    .await
}

/// An object could not be put.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PutError {
    message: String,
}

/// Calls `attempt` with back-off until it succeeds, fails for good (`false`), or `deadline` comes, be it in the middle of a
/// call.
async fn retry<F, T>(deadline: Deadline, attempt: impl Fn() -> F) -> Result<T, PutError>
where
    F: Future<Output = Result<T, (bool, PutError)>>,
{
    let backoff = Backoff::default();
    let mut number = 0;
    loop {
        let Ok(done) = tokio::time::timeout(deadline.remaining(), attempt()).await else {
            return Err(PutError { message: "no answer before the invocation's deadline".to_owned() });
        };
        match done {
            Ok(value) => return Ok(value),
            Err((retryable, error)) => {
                let wait = backoff.random_delay(number);
                if !retryable || !deadline.allows(wait) {
                    return Err(error);
                }
                tracing::warn!(attempt = number, %error, "a call to AWS failed and is made again");
                tokio::time::sleep(wait).await;
                number += 1;
            }
        }
    }
}
