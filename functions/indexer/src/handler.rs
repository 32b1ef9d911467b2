//! The handler: index, set aside, count, answer.

use std::time::Duration;

use lambda_runtime::{Context, LambdaEvent};
use logweir_accounting::Ledger;
use logweir_aws_support::DeadLetters;
use logweir_intake::{Batch, Books, Settings};
use logweir_lambda_support::{Deadline, Failure, Outcome, conclude, parse};
use logweir_rules_source::RulesSource;
use serde_json::value::RawValue;

use crate::config::Config;
use crate::intake::take_in;
use crate::letters::sort;
use crate::outcome::Report;
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
    rules: RulesSource,
    server: Server,
    dead_letters: DeadLetters,
}

impl Indexer {
    /// An indexer as configured. Clients are made when they are needed.
    pub fn new(config: Config) -> Self {
        let dead_letters = DeadLetters::new(config.dead_letters.clone(), FUNCTION);
        let rules = RulesSource::new(&config.rules, &config.intake, None);
        Self { server: Server::new(&config), rules, config, dead_letters }
    }

    /// Answers one invocation.
    pub async fn handle(&self, event: LambdaEvent<Box<RawValue>>) -> Result<Box<RawValue>, Failure> {
        let (payload, context) = event.into_parts();
        let event = parse(&payload)?;
        let batch = Batch::of(&event)?.with_partial_answer(self.config.reports_batch_item_failures);
        let (deadline, namespace) = (Deadline::of(&context, SENDING_RESERVE), &self.config.metrics_namespace);
        let in_force = Box::pin(self.rules.in_force(deadline, namespace, &context)).await?;
        let (ledger, outcome) = Box::pin(self.index(&batch, &in_force.intake, &context)).await;
        conclude(&batch, &ledger, outcome, namespace, &context, "IndexingIncomplete")
    }

    async fn index(&self, batch: &Batch<'_>, intake: &Settings, context: &Context) -> (Ledger, Outcome) {
        let deadline = Deadline::of(context, SENDING_RESERVE);
        let mut sender = Sender::new(&self.server, self.config.concurrency, deadline);
        let Books { mut ledger, mut letters, .. } = take_in(&self.config, intake, &batch.records, &mut sender).await;
        let Report { created, existed, moved, set_aside, refused, undelivered, problem, .. } = sender.finish().await;
        let max_bytes = intake.max_decompressed_bytes;
        ledger.set_aside = set_aside as u64;
        letters.extend(sort(&batch.records, &refused, &undelivered, max_bytes, &mut ledger));
        let unkept = self.dead_letters.put_all(&letters, batch, Deadline::of(context, RESERVE)).await;

        let failed_from = ledger.first_open().into_iter().chain(unkept.records).min();
        let problem = unkept.problem.or(problem).filter(|_| failed_from.is_some());
        if let Some(problem) = &problem {
            tracing::error!(problem, undelivered = undelivered.len(), "not all was indexed: it comes again");
        }
        tracing::info!(created, existed, moved, set_aside, refused = refused.len(), "indexed");
        (ledger, Outcome { failed_from, problem })
    }
}
