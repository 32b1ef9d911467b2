//! The handler: plan, put, count. A batch is stored whole, or fails whole and comes again with the same keys.

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::types::ServerSideEncryption;
use futures_util::{StreamExt, stream};
use lambda_runtime::{Context, LambdaEvent};
use logweir_archive::Object;
use logweir_aws_support::{DeadLetters, put_once, s3_client};
use logweir_lambda_support::{Balance, Deadline, Failure, cause_chain};
use logweir_subscription::Event;
use serde_json::value::RawValue;
use tokio::sync::OnceCell;

use crate::config::Config;
use crate::plan::{Incoming, Letter, Plan, plan};

/// Time kept back for the answer itself.
const RESERVE: Duration = Duration::from_secs(2);
const FUNCTION: &str = "archiver";

/// The function.
#[derive(Debug)]
pub struct Archiver {
    config: Config,
    client: OnceCell<Client>,
    dead_letters: DeadLetters,
}

impl Archiver {
    /// An archiver as configured. Clients are made when they are needed.
    pub fn new(config: Config) -> Self {
        let dead_letters = DeadLetters::new(config.dead_letters.clone(), FUNCTION);
        Self { config, client: OnceCell::new(), dead_letters }
    }

    /// Answers one invocation.
    pub async fn handle(&self, event: LambdaEvent<Box<RawValue>>) -> Result<(), Failure> {
        let (payload, context) = event.into_parts();
        let event = Event::parse(payload.get().as_bytes()).map_err(|error| Failure::new("UnknownEvent", &error))?;
        let plan = match &event {
            Event::Logs { data } => plan(&self.config, [Incoming { name: "awslogs", data }]),
            Event::Kinesis(records) => plan(
                &self.config,
                records.iter().map(|record| Incoming { name: &record.sequence_number, data: &record.data }),
            ),
            Event::Firehose(_) => {
                return Err(Failure {
                    error_type: "UnknownEvent",
                    message: "the event is a Firehose transform: that is the transformer's".to_owned(),
                });
            }
        };
        drop(event);
        drop(payload);
        self.execute(plan, &context).await
    }

    async fn execute(&self, plan: Plan, context: &Context) -> Result<(), Failure> {
        let Plan { objects, letters, mut balance } = plan;
        let deadline = Deadline::of(context, RESERVE);
        let objects_planned = objects.len();
        let mut problems = Vec::new();
        let put_letter = |letter: &Letter| {
            let Letter { record, code, message, bytes } = letter.clone();
            async move { self.dead_letters.put(code, &message, &record, &bytes, deadline).await }
        };
        let mut puts = stream::iter(letters.iter().map(put_letter)).buffer_unordered(self.config.put_concurrency);
        while let Some(put) = puts.next().await {
            if let Err(error) = put {
                // The batch fails whole, so what is left of it need not be tried.
                problems.push(cause_chain(&error));
                break;
            }
        }
        drop(puts);
        let mut stored = 0;
        if problems.is_empty() && !objects.is_empty() {
            let client = self.client.get_or_init(s3_client).await;
            let puts = objects.into_iter().map(|object| self.put(client, object, deadline));
            let mut puts = stream::iter(puts).buffer_unordered(self.config.put_concurrency);
            while let Some(put) = puts.next().await {
                match put {
                    Ok(events) => stored += events,
                    Err(problem) => problems.push(problem),
                }
            }
        }
        if problems.is_empty() {
            tracing::info!(objects = objects_planned, events = stored, dead_letters = letters.len(), "batch stored");
            self.report(&balance, context);
            return Ok(());
        }
        balance = Balance { received: balance.received, returned: balance.received, ..Balance::default() };
        balance.repeated.events = stored;
        self.report(&balance, context);
        problems.truncate(3);
        Err(Failure { error_type: "ArchiveIncomplete", message: problems.join("; ") })
    }

    /// Puts an object; its key, events or the reason why not.
    async fn put(&self, client: &Client, object: Object, deadline: Deadline) -> Result<u64, String> {
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
        match put_once(body.into(), deadline, request).await {
            Ok(()) => Ok(events as u64),
            Err(error) => Err(format!("s3://{}/{key} could not be put: {}", self.config.bucket, cause_chain(&error))),
        }
    }

    fn report(&self, balance: &Balance, context: &Context) {
        balance.report(&self.config.metrics_namespace, &context.env_config.function_name, &context.request_id);
    }
}
