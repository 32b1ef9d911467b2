//! The records of an invocation, and the answer to it.

use logweir_subscription::{Event, FirehoseEvent, KinesisRecord};
use serde_json::json;

/// A record, by the name that an answer or a dead letter calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Incoming<'e> {
    /// The sequence number of a Kinesis record, the id of a Firehose record, or `awslogs`.
    pub name: &'e str,
    /// Base64 of the payload.
    pub data: &'e str,
}

/// The event is a Firehose transform, which wants an answer of another kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the event is a Firehose transform: that is the transformer's")]
pub struct FirehoseTransform;

/// The records of a subscription or of a Kinesis shard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch<'e> {
    /// In their order.
    pub records: Vec<Incoming<'e>>,
    is_of_stream: bool,
    can_answer_in_part: bool,
}

impl<'e> Batch<'e> {
    /// The records of `event`.
    pub fn of(event: &'e Event<'e>) -> Result<Self, FirehoseTransform> {
        match event {
            Event::Logs { data } => Ok(Self {
                records: vec![Incoming { name: "awslogs", data }],
                is_of_stream: false,
                can_answer_in_part: false,
            }),
            Event::Kinesis(records) => {
                let incoming =
                    |record: &'e KinesisRecord<'e>| Incoming { name: &record.sequence_number, data: &record.data };
                Ok(Self {
                    records: records.iter().map(incoming).collect(),
                    is_of_stream: true,
                    can_answer_in_part: false,
                })
            }
            Event::Firehose(_) => Err(FirehoseTransform),
        }
    }

    /// The same where somebody vouches that Lambda heeds a partial answer.
    ///
    /// Of a stream Lambda repeats from the lowest sequence number that is named, but only if the event source mapping says
    /// `ReportBatchItemFailures`: without it Lambda takes any answer for success, and what it names is lost. So it is given only
    /// where `is_heeded`; otherwise the invocation fails, and all of the batch comes again.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html>
    #[must_use]
    pub fn with_partial_answer(self, is_heeded: bool) -> Self {
        Self { can_answer_in_part: self.is_of_stream && is_heeded, ..self }
    }

    /// The first record that comes again, where `failed_from` is the first that is not done with.
    pub fn comes_again_from(&self, failed_from: Option<usize>) -> Option<usize> {
        failed_from.map(|from| if self.can_answer_in_part { from } else { 0 })
    }

    /// The answer, as JSON, if all records before `failed_from` are done with; `None` if the invocation must fail.
    pub fn answer(&self, failed_from: Option<usize>) -> Option<String> {
        let failures: Vec<_> = match failed_from {
            None => Vec::new(),
            Some(from) if self.can_answer_in_part => vec![json!({"itemIdentifier": self.records.get(from)?.name})],
            Some(_) => return None,
        };
        Some(if self.is_of_stream { json!({"batchItemFailures": failures}).to_string() } else { "null".to_owned() })
    }
}

/// The records of a Firehose transform.
impl<'e> From<&'e FirehoseEvent<'e>> for Batch<'e> {
    fn from(event: &'e FirehoseEvent<'e>) -> Self {
        let records = event.records.iter().map(|record| Incoming { name: &record.record_id, data: &record.data });
        Self { records: records.collect(), is_of_stream: false, can_answer_in_part: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partial_answer_is_given_only_where_lambda_heeds_it() {
        let event = r#"{"Records":[{"kinesis":{"sequenceNumber":"7","data":"aA"}},{"kinesis":{"sequenceNumber":"8","data":""}}]}"#;
        let event = Event::parse(event.as_bytes()).expect("an event");
        let batch = Batch::of(&event).expect("a batch");
        let eight = r#"{"batchItemFailures":[{"itemIdentifier":"8"}]}"#;
        let heeded = batch.clone().with_partial_answer(true);
        assert_eq!((heeded.answer(Some(1)).as_deref(), heeded.comes_again_from(Some(1))), (Some(eight), Some(1)));
        assert_eq!((batch.answer(Some(1)), batch.comes_again_from(Some(1))), (None, Some(0)));
        for batch in [batch, heeded] {
            assert_eq!(batch.answer(None).as_deref(), Some(r#"{"batchItemFailures":[]}"#));
            assert_eq!(batch.comes_again_from(None), None);
        }
    }

    #[test]
    fn a_subscription_is_done_or_fails() {
        let event = Event::parse(br#"{"awslogs":{"data":"aA"}}"#).expect("an event");
        let batch = Batch::of(&event).expect("a batch");
        assert_eq!(batch.records, [Incoming { name: "awslogs", data: "aA" }]);
        let batch = batch.with_partial_answer(true);
        assert_eq!((batch.answer(None).as_deref(), batch.answer(Some(0))), (Some("null"), None));
        let event = Event::parse(br#"{"records":[{"recordId":"1","data":""}]}"#).expect("an event");
        assert_eq!(Batch::of(&event), Err(FirehoseTransform));
    }
}
