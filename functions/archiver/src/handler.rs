//! The handler: plan, put, count. A batch is stored whole, or fails whole and comes again with the same keys.

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::types::ServerSideEncryption;
use futures_util::{StreamExt, stream};
use lambda_runtime::{Context, LambdaEvent};
use logweir_accounting::{Amount, Balance};
use logweir_archive::Object;
use logweir_aws_support::{CallError, DeadLetters, put_once, s3_client};
use logweir_intake::Batch;
use logweir_lambda_support::{Deadline, Failure, cause_chain, parse, report};
use logweir_rules_source::RulesSource;
use serde_json::value::RawValue;
use tokio::sync::OnceCell;

use crate::config::Config;
use crate::plan::{Plan, plan};

/// Time kept back for the answer itself.
const RESERVE: Duration = Duration::from_secs(2);
const FUNCTION: &str = "archiver";

/// An object could not be put: the batch must come again.
#[derive(Debug, thiserror::Error)]
#[error("s3://{bucket}/{key} could not be put: {source}")]
struct PutError {
    bucket: String,
    key: String,
    source: CallError,
}

/// The function.
#[derive(Debug)]
pub struct Archiver {
    config: Config,
    rules: RulesSource,
    client: OnceCell<Client>,
    dead_letters: DeadLetters,
}

impl Archiver {
    /// An archiver as configured. Clients are made when they are needed.
    pub fn new(config: Config) -> Self {
        let dead_letters = DeadLetters::new(config.dead_letters.clone(), FUNCTION);
        Self {
            rules: RulesSource::new(&config.rules, &config.intake, None),
            config,
            client: OnceCell::new(),
            dead_letters,
        }
    }

    /// Answers one invocation.
    pub async fn handle(&self, event: LambdaEvent<Box<RawValue>>) -> Result<(), Failure> {
        let (payload, context) = event.into_parts();
        let event = parse(&payload)?;
        let batch = Batch::of(&event)?;
        let deadline = Deadline::of(&context, RESERVE);
        let plan = if self.config.is_raw {
            plan(&self.config, &self.config.intake, &batch.records)
        } else {
            plan(
                &self.config,
                &self.rules.in_force(deadline, &self.config.metrics_namespace, &context).await?.intake,
                &batch.records,
            )
        };
        self.execute(plan, &batch, deadline, &context).await
    }

    async fn execute(
        &self,
        plan: Plan,
        batch: &Batch<'_>,
        deadline: Deadline,
        context: &Context,
    ) -> Result<(), Failure> {
        let Plan { objects, letters, ledger } = plan;
        let unkept = self.dead_letters.put_all(&letters, batch, deadline).await;
        let mut problems: Vec<String> = unkept.problem.into_iter().collect();
        let (planned, mut stored) = (objects.len(), 0);
        if problems.is_empty() && !objects.is_empty() {
            let client = self.client.get_or_init(s3_client).await;
            let puts = objects.into_iter().map(|object| self.put(client, object, deadline));
            let mut puts = stream::iter(puts).buffer_unordered(self.config.put_concurrency);
            while let Some(put) = puts.next().await {
                match put {
                    Ok(events) => stored += events,
                    Err(error) => problems.push(cause_chain(&error)),
                }
            }
        }
        let namespace = &self.config.metrics_namespace;
        if problems.is_empty() {
            tracing::info!(objects = planned, events = stored, dead_letters = letters.len(), "batch stored");
            report(&ledger.balance(None), namespace, context);
            return Ok(());
        }
        let repeated = Amount { events: stored, ..Amount::default() };
        report(&Balance { repeated, ..ledger.balance(Some(0)) }, namespace, context);
        problems.truncate(3);
        Err(Failure { error_type: "ArchiveIncomplete", message: problems.join("; ") })
    }

    /// Puts an object, and says how many events it holds.
    async fn put(&self, client: &Client, object: Object, deadline: Deadline) -> Result<u64, PutError> {
        let Object { key, body, events } = object;
        let request = || {
            let request = client
                .put_object()
                .bucket(&self.config.bucket)
                .key(&key)
                .storage_class(self.config.storage_class.clone())
                // What it is, without Content-Encoding: readers that go by the name and those that go by the header
                // would each decompress it once. docs/archive-layout.md has the whole reasoning.
                .content_type("application/gzip");
            match &self.config.kms_key {
                Some(key) => request.server_side_encryption(ServerSideEncryption::AwsKms).ssekms_key_id(key),
                None => request,
            }
        };
        let put = put_once(body.into(), deadline, request).await;
        put.map_err(|source| PutError { bucket: self.config.bucket.clone(), key: key.clone(), source })?;
        Ok(events as u64)
    }
}
