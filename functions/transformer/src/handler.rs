//! The handler: finds out who calls, and answers as that caller expects.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lambda_runtime::{Context, LambdaEvent};
use logweir_accounting::Fate;
use logweir_intake::Batch;
use logweir_lambda_support::{Deadline, Failure, conclude, parse, report};
use logweir_rules_source::{InForce, RulesSource};
use logweir_subscription::{Event, FirehoseEvent};
use serde_json::value::RawValue;

use crate::answer::{MAX_ANSWER_BYTES, to_response};
use crate::config::Config;
use crate::firehose::Firehose;
use crate::forwarder::Forwarder;
use crate::transform::{Surplus, Transform, Transformed};

/// Time kept back for the answer itself.
const RESERVE: Duration = Duration::from_secs(2);
const FUNCTION: &str = "transformer";

/// The function.
#[derive(Debug)]
pub struct Transformer {
    config: Config,
    rules: RulesSource,
    /// Kept from one invocation to the next with its buffers, as long as the rules are the same; Lambda makes one at a time.
    transform: Mutex<Option<(Arc<InForce>, Transform)>>,
    firehose: Firehose,
    forwarder: Option<Forwarder>,
}

impl Transformer {
    /// A transformer as configured. Clients are made when they are needed.
    pub fn new(config: Config) -> Self {
        let forwarder = config.forward.as_ref().map(|forward| Forwarder::new(forward, FUNCTION));
        let rules = RulesSource::new(&config.rules, &config.intake, None);
        Self { config, rules, transform: Mutex::default(), firehose: Firehose::default(), forwarder }
    }

    /// Answers one invocation.
    pub async fn handle(&self, event: LambdaEvent<Box<RawValue>>) -> Result<Box<RawValue>, Failure> {
        let (payload, context) = event.into_parts();
        let event = parse(&payload)?;
        let deadline = Deadline::of(&context, RESERVE);
        match &event {
            Event::Firehose(event) => self.transform(event, deadline, &context).await,
            Event::Kinesis(records) => {
                let stream = records.first().map_or("", |record| &record.stream_arn);
                let batch = Batch::of(&event)?.with_partial_answer(self.config.reports_batch_item_failures);
                self.forward(&batch, stream, deadline, &context).await
            }
            Event::Logs { .. } => Err(Failure {
                error_type: "UnknownEvent",
                message: "a subscription does not invoke the transformer: subscribe the delivery stream that it transforms for, or \
                          the Kinesis stream that it reads"
                    .to_owned(),
            }),
        }
    }

    async fn forward(
        &self,
        batch: &Batch<'_>,
        stream: &str,
        deadline: Deadline,
        context: &Context,
    ) -> Result<Box<RawValue>, Failure> {
        let Some(forwarder) = &self.forwarder else {
            return Err(Failure {
                error_type: "NotConfigured",
                message: "the event is of a Kinesis stream, and neither FORWARD_STREAM nor FORWARD_DELIVERY_STREAM says where to \
                          forward it to"
                    .to_owned(),
            });
        };
        if forwarder.is_fed_by(stream) {
            let destination = forwarder.destination();
            return Err(Failure {
                error_type: "ForwardingLoop",
                message: format!(
                    "FORWARD_STREAM is {destination}, and the event came from {stream}: a stream is not forwarded to itself"
                ),
            });
        }
        let rules = self.rules.in_force(deadline, &self.config.metrics_namespace, context).await?;
        let (ledger, outcome) = forwarder.forward(&self.config, &rules.intake, batch, &self.firehose, deadline).await;
        conclude(batch, &ledger, outcome, &self.config.metrics_namespace, context, "ForwardIncomplete")
    }

    async fn transform(
        &self,
        event: &FirehoseEvent<'_>,
        deadline: Deadline,
        context: &Context,
    ) -> Result<Box<RawValue>, Failure> {
        let rules = self.rules.in_force(deadline, &self.config.metrics_namespace, context).await?;
        let back_to = match &self.config.surplus_delivery_stream {
            Some(stream) => Some(stream.as_str()),
            // Others read a Kinesis source too, and Firehose refuses records for a stream that has one.
            None if event.from_kinesis => None,
            None => event.delivery_stream_arn.rsplit_once('/').map(|(_, name)| name),
        };
        let mut done = {
            // A transform that panicked left nothing behind that the next does not clear.
            let mut known = self.transform.lock().unwrap_or_else(PoisonError::into_inner);
            let (_, transform) = match &mut *known {
                Some(known) if Arc::ptr_eq(&known.0, &rules) => known,
                known => {
                    let transform = Transform::new(&self.config, &rules.intake);
                    known.insert((rules, transform))
                }
            };
            transform.transform(&Batch::from(event).records, MAX_ANSWER_BYTES, back_to.is_some())
        };
        // The last step before the answer: were the invocation to fail behind it, all would come twice.
        if let Some(stream) = back_to.filter(|_| !done.surplus.is_empty()) {
            self.put_back(&mut done, stream, deadline).await;
        }
        report(&done.ledger.balance(None), &self.config.metrics_namespace, context);
        Ok(to_response(done.answer.finish()))
    }

    async fn put_back(&self, done: &mut Transformed, stream: &str, deadline: Deadline) {
        let payloads: Vec<_> =
            done.surplus.iter().flat_map(|surplus| surplus.payloads.iter().map(Vec::as_slice)).collect();
        tracing::info!(stream, records = done.surplus.len(), payloads = payloads.len(), "records are put back");
        let failed = self.firehose.put(stream, &payloads, deadline).await;
        // Both in order, so what failed of a record is found by halving.
        let failed_before = |end: usize| failed.partition_point(|index| *index < end);
        let mut start = 0;
        let mut lost_records = 0;
        for Surplus { record, put_back, payloads, .. } in &done.surplus {
            let end = start + payloads.len();
            let lost = failed_before(end) - failed_before(start);
            start = end;
            if lost > 0 {
                lost_records += 1;
                done.answer.revoke(*put_back);
                let entry = &mut done.ledger.entries_mut()[*record];
                entry.fate = Fate::DeadLettered;
                entry.is_repeated = lost < payloads.len();
            }
        }
        if lost_records > 0 {
            tracing::error!(stream, records = lost_records, "what could not be put back fails");
        }
    }
}
