//! The handler: index, set aside, count, answer.

use std::time::Duration;

use lambda_runtime::{Context, LambdaEvent};
use logweir_aws_support::DeadLetters;
use logweir_lambda_support::{Deadline, Failure};
use logweir_subscription::Event;
use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};

use crate::account::{Fate, Report, balance};
use crate::config::Config;
use crate::intake::{Incoming, Intake, take_in};
use crate::letters::{Sorted, sort};
use crate::send::Sender;
use crate::server::Server;

/// Time kept back for the answer itself.
const RESERVE: Duration = Duration::from_secs(2);
/// Time kept back for dead letters as well.
const SENDING_RESERVE: Duration = Duration::from_secs(4);
const FUNCTION: &str = "indexer";

/// The function.
#[derive(Debug)]
pub struct Indexer {
    config: Config,
    server: Server,
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
        Self { server: Server::new(&config), config, dead_letters }
    }

    /// Answers one invocation.
    pub async fn handle(&self, event: LambdaEvent<Box<RawValue>>) -> Result<Box<RawValue>, Failure> {
        let (payload, context) = event.into_parts();
        let event = Event::parse(payload.get().as_bytes()).map_err(|error| Failure::new("UnknownEvent", &error))?;
        match &event {
            Event::Logs { data } => {
                let indexed = self.index(&[Incoming { name: "awslogs", data }], &context).await;
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
                let failed = self.index(&incoming, &context).await.failed_from;
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

    async fn index(&self, records: &[Incoming<'_>], context: &Context) -> Indexed {
        let deadline = Deadline::of(context, SENDING_RESERVE);
        let mut sender = Sender::new(&self.server, self.config.concurrency, deadline);
        let Intake { fates, mut letters, lone_surrogates } = take_in(&self.config, records, &mut sender).await;
        let Report { created, existed, set_aside, refused, undelivered, mut problem } = sender.finish().await;
        let Sorted { letters: refused_letters, apart } =
            sort(records, &refused, &undelivered, self.config.max_decompressed_bytes);
        letters.extend(refused_letters);
        let unkept = {
            let name = |record: usize| records[record].name;
            self.dead_letters.put_all(&letters, name, Deadline::of(context, RESERVE)).await
        };

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
        Indexed { failed_from, problem }
    }
}
