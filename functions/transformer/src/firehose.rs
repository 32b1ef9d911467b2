//! Records put to a delivery stream: the one file that talks to Firehose.

use std::ops::Range;

use aws_sdk_firehose::primitives::Blob;
use aws_sdk_firehose::types::Record;
use logweir_aws_support::{configuration, is_retryable};
use logweir_lambda_support::{Backoff, Deadline, cause_chain};
use tokio::sync::OnceCell;

/// Largest record before base64, 1,000 KiB; `PutRecordBatch` takes 500 records and 4 MiB a call:
/// <https://docs.aws.amazon.com/firehose/latest/dev/limits.html>.
pub(crate) const MAX_RECORD_BYTES: usize = 1000 << 10;
pub(crate) const MAX_BATCH_RECORDS: usize = 500;
pub(crate) const MAX_BATCH_BYTES: usize = 4 << 20;

/// Puts records; the client is made when the first is put.
#[derive(Debug, Default)]
pub(crate) struct Firehose {
    client: OnceCell<aws_sdk_firehose::Client>,
}

impl Firehose {
    /// Puts `records` in as many calls as they need, and tries what failed again until `deadline`. Returns the indices
    /// of those that were not taken; behind a call that failed for good none is sent.
    pub(crate) async fn put(&self, stream: &str, records: &[&[u8]], deadline: Deadline) -> Vec<usize> {
        let client = self.client.get_or_init(|| async { aws_sdk_firehose::Client::new(configuration().await) }).await;
        let mut failed = Vec::new();
        for batch in batches(records.iter().map(|record| record.len())) {
            if failed.is_empty() {
                failed = put_batch(client, stream, records, batch, deadline).await;
            } else {
                failed.extend(batch);
            }
        }
        failed
    }
}

async fn put_batch(
    client: &aws_sdk_firehose::Client,
    stream: &str,
    records: &[&[u8]],
    batch: Range<usize>,
    deadline: Deadline,
) -> Vec<usize> {
    let mut left: Vec<usize> = batch.collect();
    for attempt in 0.. {
        let record = |index: &usize| Record::builder().data(Blob::new(records[*index])).build();
        // One that was left out would shift the answers.
        let Ok(entries) = left.iter().map(record).collect::<Result<_, _>>() else { break };
        let put = client.put_record_batch().delivery_stream_name(stream).set_records(Some(entries)).send();
        let Ok(put) = tokio::time::timeout(deadline.remaining(), put).await else { break };
        match put {
            Ok(done) => {
                // Entries are answered in their order; one that has no answer was not taken.
                let answers = done.request_responses();
                let taken = |position: usize| answers.get(position).is_some_and(|answer| answer.error_code().is_none());
                let error = answers.iter().find_map(|answer| answer.error_code()).unwrap_or_default();
                left = left
                    .iter()
                    .enumerate()
                    .filter(|(position, _)| !taken(*position))
                    .map(|(_, index)| *index)
                    .collect();
                if left.is_empty() {
                    return left;
                }
                tracing::warn!(stream, attempt, failed = left.len(), error, "entries of a batch were not taken");
            }
            Err(error) => {
                tracing::warn!(stream, attempt, error = cause_chain(&error), "a batch was not taken");
                if !is_retryable(&error) {
                    return left;
                }
            }
        }
        let wait = Backoff::default().random_delay(attempt);
        if !deadline.allows(wait) {
            break;
        }
        tokio::time::sleep(wait).await;
    }
    left
}

/// Cuts records of these lengths into batches within both caps.
pub(crate) fn batches(lengths: impl Iterator<Item = usize>) -> Vec<Range<usize>> {
    let mut batches = Vec::new();
    let (mut start, mut end, mut bytes) = (0, 0, 0);
    for length in lengths {
        if end > start && (end - start == MAX_BATCH_RECORDS || bytes + length > MAX_BATCH_BYTES) {
            batches.push(start..end);
            start = end;
            bytes = 0;
        }
        end += 1;
        bytes += length;
    }
    if end > start {
        batches.push(start..end);
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn batches_keep_both_caps_and_every_record(lengths in proptest::collection::vec(0..=MAX_RECORD_BYTES, 0..1200)) {
            let batches = batches(lengths.iter().copied());
            prop_assert_eq!(batches.iter().cloned().flatten().collect::<Vec<_>>(), (0..lengths.len()).collect::<Vec<_>>());
            for batch in batches {
                prop_assert!(!batch.is_empty() && batch.len() <= MAX_BATCH_RECORDS);
                prop_assert!(lengths[batch].iter().sum::<usize>() <= MAX_BATCH_BYTES);
            }
        }
    }
}
