//! The handler: index, set aside, count, answer.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use lambda_runtime::{Context, LambdaEvent};
use logweir_aws_support::{DeadLetters, configuration};
use logweir_lambda_support::{Backoff, Deadline, Failure, cause_chain};
use logweir_search::templates;
use logweir_search_client::{
    Client, ClientConfig, ClientError, Effect, InstallOptions, Outcome, Retention, Template, Thing, install_lifecycle,
    install_templates,
};
use logweir_subscription::Event;
use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};
use tokio::sync::OnceCell;

use crate::account::{Fate, Report, balance};
use crate::config::Config;
use crate::intake::{Incoming, Intake, Letter, take_in};
use crate::letters::{Sorted, sort};
use crate::send::Sender;

/// Time kept back for the answer itself.
const RESERVE: Duration = Duration::from_secs(2);
/// Time kept back for dead letters as well.
const SENDING_RESERVE: Duration = Duration::from_secs(4);
/// Dead letters that are put at once.
const LETTERS_AT_ONCE: usize = 16;
/// How often the templates are tried to be installed.
const INSTALL_ATTEMPTS: u32 = 8;
const INSTALL_BACKOFF: Backoff = Backoff { base: Duration::from_millis(500), cap: Duration::from_secs(4) };
const FUNCTION: &str = "indexer";

/// The function.
#[derive(Debug)]
pub struct Indexer {
    config: Config,
    client: OnceCell<Arc<Client>>,
    is_installed: OnceCell<()>,
    dead_letters: DeadLetters,
}

/// What came of the records.
struct Indexed {
    /// The first record that is not wholly settled, from which all come again.
    failed_from: Option<usize>,
    problem: Option<String>,
}

impl Indexer {
    /// An indexer as configured. Clients are made when they are needed.
    pub fn new(config: Config) -> Self {
        let dead_letters = DeadLetters::new(config.dead_letters.clone(), FUNCTION);
        Self { config, client: OnceCell::new(), is_installed: OnceCell::new(), dead_letters }
    }

    /// Answers one invocation.
    pub async fn handle(&self, event: LambdaEvent<Box<RawValue>>) -> Result<Box<RawValue>, Failure> {
        let (payload, context) = event.into_parts();
        let event = Event::parse(payload.get().as_bytes()).map_err(|error| Failure::new("UnknownEvent", &error))?;
        match &event {
            Event::Logs { data } => {
                let indexed = self.index(&[Incoming { name: "awslogs", data }], &context).await?;
                match indexed.failed_from {
                    None => Ok(RawValue::NULL.to_owned()),
                    Some(_) => Err(Failure {
                        error_type: "IndexingIncomplete",
                        message: indexed.problem.unwrap_or_else(|| "some events were not indexed in time".to_owned()),
                    }),
                }
            }
            // Lambda repeats from the lowest sequence number that is named.
            // https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
            Event::Kinesis(records) => {
                let incoming: Vec<_> = records
                    .iter()
                    .map(|record| Incoming { name: &record.sequence_number, data: &record.data })
                    .collect();
                let failed = self.index(&incoming, &context).await?.failed_from;
                let failures: Vec<_> =
                    failed.iter().map(|record| json!({"itemIdentifier": incoming[*record].name})).collect();
                to_raw_value(&json!({"batchItemFailures": failures})).map_err(|error| Failure::new("Response", &error))
            }
            Event::Firehose(_) => Err(Failure {
                error_type: "UnknownEvent",
                message: "the event is a Firehose transform: that is the transformer's".to_owned(),
            }),
        }
    }

    async fn index(&self, records: &[Incoming<'_>], context: &Context) -> Result<Indexed, Failure> {
        let client = self.client.get_or_try_init(|| self.connect()).await?;
        let deadline = Deadline::of(context, SENDING_RESERVE);
        if self.config.install_templates {
            self.is_installed.get_or_try_init(|| Box::pin(self.install(client, deadline))).await?;
        }
        let mut sender = Sender::new(Arc::clone(client), self.config.concurrency, deadline);
        let Intake { fates, mut letters, lone_surrogates } = take_in(&self.config, records, &mut sender).await;
        let Report { created, existed, set_aside, refused, undelivered, mut problem } = sender.finish().await;
        let Sorted { letters: refused_letters, apart } =
            sort(records, &refused, &undelivered, self.config.max_decompressed_bytes);
        letters.extend(refused_letters);
        let unkept = self.put(records, &letters, Deadline::of(context, RESERVE)).await;

        let not_reached = fates.iter().position(|(_, fate)| *fate == Fate::NotReached);
        let failed =
            undelivered.iter().map(|source| source.record).chain(unkept.records.iter().copied()).chain(not_reached);
        let failed_from = failed.min();
        problem = unkept.problem.or(problem).filter(|_| failed_from.is_some());
        let balance = balance(&fates, &apart, failed_from, lone_surrogates);
        balance.report(&self.config.metrics_namespace, &context.env_config.function_name, &context.request_id);
        if let Some(problem) = &problem {
            tracing::error!(problem, undelivered = undelivered.len(), "not all was indexed: it comes again");
        }
        tracing::info!(created, existed, set_aside, refused = refused.len(), "indexed");
        Ok(Indexed { failed_from, problem })
    }

    async fn connect(&self) -> Result<Arc<Client>, Failure> {
        let mut config = ClientConfig::new(self.config.endpoint.clone());
        config.authentication = self.config.authentication.clone();
        config.certificates = self.config.certificates.clone();
        config.aws = Some(configuration().await.clone());
        Client::new(config).map(Arc::new).map_err(|error| Failure::new("Configuration", &error))
    }

    /// Installs the index templates: before the first document, as a field's type cannot be changed behind it. What a person
    /// changed is left alone. Many functions start at once when the first logs come, and get into each other's way: whoever
    /// fails looks again, and finds what another installed.
    async fn install(&self, client: &Client, deadline: Deadline) -> Result<(), Failure> {
        let mut attempt = 0;
        loop {
            let Err(failure) = self.install_once(client, deadline).await else { return Ok(()) };
            let wait = INSTALL_BACKOFF.random_delay(attempt);
            attempt += 1;
            if attempt == INSTALL_ATTEMPTS || !deadline.allows(wait) {
                return Err(failure);
            }
            tokio::time::sleep(wait).await;
        }
    }

    async fn install_once(&self, client: &Client, deadline: Deadline) -> Result<(), Failure> {
        let prefix = &self.config.settings.prefix;
        let templates: Vec<_> = templates(prefix)
            .into_iter()
            .map(|template| Template { name: template.name, body: template.body })
            .collect();
        let days = self.config.retention_days;
        let retention = Retention::new(prefix.as_str(), (days > 0).then_some(days), &templates);
        let options = InstallOptions { timeout: deadline.remaining(), ..InstallOptions::default() };
        let installed = async {
            let (lifecycle, outcome) = install_lifecycle(client, &retention, &options).await?;
            let mut outcomes = install_templates(client, &templates, &lifecycle, &options).await?;
            outcomes.push(outcome);
            Ok::<_, ClientError>(outcomes)
        };
        let outcomes = installed.await.map_err(|error| Failure::new("InstallFailed", &error))?;
        for outcome in outcomes.iter().filter(|outcome| outcome.effect != Effect::Unchanged) {
            tracing::info!(%outcome, "index templates");
        }
        let is_failed = |outcome: &&Outcome| {
            outcome.thing == Thing::IndexTemplate && matches!(outcome.effect, Effect::Failed { .. })
        };
        match outcomes.iter().find(is_failed) {
            Some(outcome) => Err(Failure { error_type: "InstallFailed", message: outcome.to_string() }),
            None => Ok(()),
        }
    }

    /// Puts dead letters.
    async fn put(&self, records: &[Incoming<'_>], letters: &[Letter], deadline: Deadline) -> Unkept {
        let puts = letters.iter().map(|letter| async move {
            let Letter { record, code, message, bytes } = letter;
            let put = self.dead_letters.put(code, message, records[*record].name, bytes, deadline).await;
            put.map_err(|error| (*record, cause_chain(&error)))
        });
        let failed: Vec<_> = stream::iter(puts)
            .buffer_unordered(LETTERS_AT_ONCE)
            .filter_map(|put| async move { put.err() })
            .collect()
            .await;
        let problem = failed.first().map(|(_, problem)| problem.clone());
        Unkept { records: failed.into_iter().map(|(record, _)| record).collect(), problem }
    }
}

/// Records whose dead letters could not be put.
struct Unkept {
    records: Vec<usize>,
    problem: Option<String>,
}
