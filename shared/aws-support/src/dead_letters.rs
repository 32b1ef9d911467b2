//! Dead letters put where they can be found.

use futures_util::{StreamExt, stream};
use logweir_archive::{DeadLetter, Letter};
use logweir_intake::Batch;
use logweir_lambda_support::{Deadline, Environment, Variable, cause_chain};
use tokio::sync::OnceCell;

use crate::client::s3_client;
use crate::retry::put_once;

/// Dead letters that are put at once.
const LETTERS_AT_ONCE: usize = 16;

/// Where dead letters go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetterConfig {
    /// The bucket.
    pub bucket: String,
    /// First part of their keys.
    pub prefix: String,
}

impl DeadLetterConfig {
    /// The bucket's variable.
    pub const BUCKET: Variable =
        Variable { name: "DEAD_LETTER_BUCKET", purpose: "bucket for payloads that cannot be decoded, with the reason" };
    /// The prefix's variable.
    pub const PREFIX: Variable = Variable { name: "DEAD_LETTER_PREFIX", purpose: "first part of a dead letter's key" };

    /// Reads it; nothing if no bucket is named.
    pub fn read(environment: &Environment) -> Option<Self> {
        let prefix = environment.optional(Self::PREFIX).unwrap_or_else(|| "dead-letter".to_owned());
        environment.optional(Self::BUCKET).map(|bucket| Self { bucket, prefix })
    }
}

/// A dead letter could not be kept: the record must come again.
#[derive(Debug, thiserror::Error)]
#[error("the dead letter s3://{bucket}/{key} could not be put: {source}")]
pub struct DeadLetterError {
    bucket: String,
    key: String,
    source: crate::retry::CallError,
}

/// Records whose dead letters could not be put: they must come again.
#[derive(Debug, Default)]
pub struct Unkept {
    /// Their numbers, in no order.
    pub records: Vec<usize>,
    /// Why; of many reasons one.
    pub problem: Option<String>,
}

/// Puts dead letters; the client is made when the first is needed.
#[derive(Debug)]
pub struct DeadLetters {
    config: DeadLetterConfig,
    function: &'static str,
    client: OnceCell<aws_sdk_s3::Client>,
}

impl DeadLetters {
    /// Dead letters of `function`.
    pub fn new(config: DeadLetterConfig, function: &'static str) -> Self {
        Self { config, function, client: OnceCell::new() }
    }

    /// Keeps `bytes` with the reason why they are of no use. `record` names where they came from.
    pub async fn put(
        &self,
        code: &str,
        message: &str,
        record: &str,
        bytes: &[u8],
        deadline: Deadline,
    ) -> Result<(), DeadLetterError> {
        let letter = DeadLetter::new(&self.config.prefix, self.function, code, message, record, bytes);
        let bucket = &self.config.bucket;
        let client = self.client.get_or_init(s3_client).await;
        let request = || client.put_object().bucket(bucket).key(&letter.key).content_type("application/json");
        let put = put_once(letter.body.into(), deadline, request).await;
        put.map_err(|source| DeadLetterError { bucket: bucket.clone(), key: letter.key.clone(), source })?;
        tracing::warn!(bucket, key = letter.key, code, message, record, "a record went to the dead letters");
        Ok(())
    }

    /// Keeps those of a batch, several at a time.
    pub async fn put_all(&self, letters: &[Letter], batch: &Batch<'_>, deadline: Deadline) -> Unkept {
        let puts = letters.iter().map(|Letter { record, code, message, bytes }| async move {
            let put = self.put(code, message, batch.records[*record].name, bytes, deadline).await;
            put.map_err(|error| (*record, cause_chain(&error)))
        });
        let mut unkept = Unkept::default();
        let mut puts = std::pin::pin!(stream::iter(puts).buffer_unordered(LETTERS_AT_ONCE));
        while let Some(put) = puts.next().await {
            if let Err((record, problem)) = put {
                unkept.records.push(record);
                unkept.problem.get_or_insert(problem);
            }
        }
        unkept
    }
}
