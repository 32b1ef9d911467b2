//! Records put to a Kinesis stream: the one file that talks to Kinesis.

use aws_sdk_kinesis::error::{BuildError, SdkError};
use aws_sdk_kinesis::operation::put_records::{PutRecordsError, PutRecordsOutput};
use aws_sdk_kinesis::primitives::Blob;
use aws_sdk_kinesis::types::PutRecordsRequestEntry;
use logweir_aws_support::{configuration, is_retryable};
use logweir_lambda_support::{Backoff, Deadline, cause_chain};
use tokio::sync::OnceCell;

use crate::destination::StreamName;
use crate::forward::Outgoing;
use crate::order::Order;

/// Puts records; the client is made when the first is put.
#[derive(Debug, Default)]
pub(crate) struct Kinesis {
    client: OnceCell<aws_sdk_kinesis::Client>,
}

/// What was not put.
#[derive(Debug, Default)]
pub(crate) struct Unput {
    /// Indices, in order.
    pub(crate) records: Vec<usize>,
    /// Why, where the service said it.
    pub(crate) problem: Option<String>,
}

impl Kinesis {
    /// Puts `records`, those of one key in their order, and tries what failed again until `deadline`.
    pub(crate) async fn put(&self, stream: &StreamName, records: &[Outgoing], deadline: Deadline) -> Unput {
        let client = self.client.get_or_init(|| async { aws_sdk_kinesis::Client::new(configuration().await) }).await;
        let mut order = Order::of(records.iter().map(|record| record.key.as_str()));
        let (mut attempt, mut problem) = (0, None);
        loop {
            let call = order.call(|index| records[index].length());
            if call.is_empty() {
                return Unput::default();
            }
            let Ok(entries) = call.iter().map(|index| entry(&records[*index])).collect::<Result<_, _>>() else { break };
            let put = put_records(client, stream, entries);
            let Ok(put) = tokio::time::timeout(deadline.remaining(), put).await else { break };
            match put {
                Ok(done) => {
                    // "The response Records array always includes the same number of records as the request array", in its order.
                    let answers = done.records();
                    for (index, _) in call.iter().zip(answers).filter(|(_, answer)| answer.error_code().is_none()) {
                        order.taken(*index);
                    }
                    let Some(answer) = answers.iter().find(|answer| answer.error_code().is_some()) else {
                        attempt = 0;
                        continue;
                    };
                    let error = answer.error_code().unwrap_or_default();
                    tracing::warn!(%stream, attempt, error, "records of a call were not taken");
                    problem = Some(format!("{stream} does not take all records: {error}"));
                }
                Err(error) => {
                    let message = cause_chain(&error);
                    tracing::warn!(%stream, attempt, error = message, "a call was not taken");
                    problem = Some(format!("{stream} takes no records: {message}"));
                    if !is_retryable(&error) {
                        break;
                    }
                }
            }
            let wait = Backoff::default().random_delay(attempt);
            if !deadline.allows(wait) {
                break;
            }
            attempt += 1;
            tokio::time::sleep(wait).await;
        }
        Unput { records: order.left(), problem }
    }
}

fn entry(record: &Outgoing) -> Result<PutRecordsRequestEntry, BuildError> {
    let data = Blob::new(record.payload.as_slice());
    PutRecordsRequestEntry::builder().data(data).partition_key(&record.key).build()
}

async fn put_records(
    client: &aws_sdk_kinesis::Client,
    stream: &StreamName,
    entries: Vec<PutRecordsRequestEntry>,
) -> Result<PutRecordsOutput, SdkError<PutRecordsError>> {
    let request = client.put_records().set_records(Some(entries));
    let request =
        if stream.is_arn() { request.stream_arn(stream.as_str()) } else { request.stream_name(stream.as_str()) };
    request.send().await
}
