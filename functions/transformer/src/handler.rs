//! The handler: finds out who calls, and answers as that caller expects.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lambda_runtime::{Context, LambdaEvent};
use logweir_aws_support::DeadLetters;
use logweir_lambda_support::{Balance, Deadline, Failure};
use logweir_subscription::{Event, FirehoseEvent, KinesisRecord};
use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};

use crate::answer::{MAX_ANSWER_BYTES, to_response};
use crate::config::{Config, Delivery};
use crate::deliver::{Delivered, Incoming, Sinks, deliver};
use crate::firehose::Firehose;
use crate::transform::{Surplus, Transform, Transformed};

/// Time kept back for the answer itself.
const RESERVE: Duration = Duration::from_secs(2);
const FUNCTION: &str = "transformer";

/// The function.
#[derive(Debug)]
pub struct Transformer {
    config: Config,
    /// Kept from one invocation to the next with its buffers; Lambda makes one at a time.
    transform: Mutex<Transform>,
    firehose: Firehose,
    dead_letters: Option<DeadLetters>,
}

impl Transformer {
    /// A transformer as configured. Clients are made when they are needed.
    pub fn new(config: Config) -> Self {
        let dead_letters =
            config.delivery.as_ref().map(|delivery| DeadLetters::new(delivery.dead_letters.clone(), FUNCTION));
        let transform = Mutex::new(Transform::new(&config));
        Self { config, transform, firehose: Firehose::default(), dead_letters }
    }

    /// Answers one invocation.
    pub async fn handle(&self, event: LambdaEvent<Box<RawValue>>) -> Result<Box<RawValue>, Failure> {
        let (payload, context) = event.into_parts();
        let event = Event::parse(payload.get().as_bytes()).map_err(|error| Failure::new("UnknownEvent", &error))?;
        match event {
            Event::Firehose(event) => Ok(self.transform(&event, &context).await),
            Event::Kinesis(records) => self.stream(&records, &context).await,
            Event::Logs { data } => {
                let delivered = self.deliver(&[Incoming { name: "awslogs", data: &data }], &context).await?;
                match delivered.failed_from {
                    None => Ok(RawValue::NULL.to_owned()),
                    Some(_) => Err(Failure {
                        error_type: "DeliveryFailed",
                        message: "the delivery stream did not take the records before the deadline".to_owned(),
                    }),
                }
            }
        }
    }

    async fn transform(&self, event: &FirehoseEvent<'_>, context: &Context) -> Box<RawValue> {
        let back_to = match &self.config.surplus_delivery_stream {
            Some(stream) => Some(stream.as_str()),
            // Others read a Kinesis source too, and Firehose refuses records for a stream that has one.
            None if event.from_kinesis => None,
            None => event.delivery_stream_arn.rsplit_once('/').map(|(_, name)| name),
        };
        let mut done = {
            // A transform that panicked left nothing behind that the next does not clear.
            let mut transform = self.transform.lock().unwrap_or_else(PoisonError::into_inner);
            transform.transform(&event.records, MAX_ANSWER_BYTES, back_to.is_some())
        };
        // The last step before the answer: were the invocation to fail behind it, all would come twice.
        if let Some(stream) = back_to.filter(|_| !done.surplus.is_empty()) {
            self.put_back(&mut done, stream, Deadline::of(context, RESERVE)).await;
        }
        self.report(&done.balance, context);
        to_response(done.answer.finish())
    }

    async fn put_back(&self, done: &mut Transformed, stream: &str, deadline: Deadline) {
        let payloads: Vec<_> =
            done.surplus.iter().flat_map(|surplus| surplus.payloads.iter().map(Vec::as_slice)).collect();
        tracing::info!(
            stream,
            records = done.surplus.len(),
            payloads = payloads.len(),
            "what does not fit the answer is put back"
        );
        let failed = self.firehose.put(stream, &payloads, deadline).await;
        // Both in order, so what failed of a record is found by halving.
        let failed_before = |end: usize| failed.partition_point(|index| *index < end);
        let mut start = 0;
        let mut lost_records = 0;
        for Surplus { put_back, amount, payloads } in &done.surplus {
            let end = start + payloads.len();
            let lost = failed_before(end) - failed_before(start);
            start = end;
            if lost == 0 {
                done.balance.returned += *amount;
                continue;
            }
            lost_records += 1;
            done.answer.revoke(*put_back);
            done.balance.dead_lettered += *amount;
            if lost < payloads.len() {
                done.balance.repeated += *amount;
            }
        }
        if lost_records > 0 {
            tracing::error!(stream, records = lost_records, "surplus could not be put back: its records fail");
        }
    }

    /// Answers a Kinesis event: Lambda repeats from the lowest sequence number that is named.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html>
    async fn stream(&self, records: &[KinesisRecord<'_>], context: &Context) -> Result<Box<RawValue>, Failure> {
        let payloads: Vec<_> =
            records.iter().map(|record| Incoming { name: &record.sequence_number, data: &record.data }).collect();
        let delivered = self.deliver(&payloads, context).await?;
        let failures: Vec<_> = delivered
            .failed_from
            .iter()
            .map(|from| json!({"itemIdentifier": records[*from].sequence_number}))
            .collect();
        to_raw_value(&json!({"batchItemFailures": failures})).map_err(|error| Failure::new("Response", &error))
    }

    async fn deliver(&self, payloads: &[Incoming<'_>], context: &Context) -> Result<Delivered, Failure> {
        let (Some(Delivery { stream, .. }), Some(dead_letters)) = (&self.config.delivery, &self.dead_letters) else {
            return Err(Failure {
                error_type: "NotConfigured",
                message: "the event is not from Firehose, and DELIVERY_STREAM names no stream to deliver to".to_owned(),
            });
        };
        let deadline = Deadline::of(context, RESERVE);
        let sinks = Sinks { firehose: &self.firehose, stream, dead_letters, deadline };
        let delivered = deliver(&self.config, payloads, &sinks).await;
        self.report(&delivered.balance, context);
        Ok(delivered)
    }

    fn report(&self, balance: &Balance, context: &Context) {
        tracing::info!(
            received = balance.received.events,
            delivered = balance.delivered.events,
            dead_lettered_records = balance.dead_lettered.records,
            returned = balance.returned.events,
            "invocation done"
        );
        balance.report(&self.config.metrics_namespace, &context.env_config.function_name, &context.request_id);
    }
}
