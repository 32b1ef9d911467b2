//! Forwards what was planned: sets aside, puts, and notes what was not taken.

use std::ops::Range;

use logweir_accounting::Ledger;
use logweir_aws_support::DeadLetters;
use logweir_intake::{Batch, Settings};
use logweir_lambda_support::{Deadline, Outcome};

use crate::config::{Config, Forward};
use crate::destination::Destination;
use crate::firehose::Firehose;
use crate::forward::{Outgoing, Plan, plan};
use crate::kinesis::{Kinesis, Unput};

/// Forwards; clients are made when they are needed.
#[derive(Debug)]
pub(crate) struct Forwarder {
    destination: Destination,
    dead_letters: DeadLetters,
    kinesis: Kinesis,
}

impl Forwarder {
    pub(crate) fn new(forward: &Forward, function: &'static str) -> Self {
        let dead_letters = DeadLetters::new(forward.dead_letters.clone(), function);
        Self { destination: forward.destination.clone(), dead_letters, kinesis: Kinesis::default() }
    }

    /// Whether records of the stream `arn` would come back to it.
    pub(crate) fn is_fed_by(&self, arn: &str) -> bool {
        matches!(&self.destination, Destination::Stream(stream) if stream.is_of(arn))
    }

    /// Where records go.
    pub(crate) fn destination(&self) -> &Destination {
        &self.destination
    }

    /// Forwards all of `batch`; what became of each record, and the first that is not done with.
    ///
    /// What comes before the first dead letter is put first, and nothing is put behind one that could not be kept: it would come again
    /// with it, each time.
    pub(crate) async fn forward(
        &self,
        config: &Config,
        intake: &Settings,
        batch: &Batch<'_>,
        firehose: &Firehose,
        deadline: Deadline,
    ) -> (Ledger, Outcome) {
        let Plan { outgoing, letters, mut ledger } = plan(config, intake, &self.destination, &batch.records);
        let before = |record: Option<usize>| {
            outgoing.partition_point(|outgoing| record.is_none_or(|record| outgoing.record < record))
        };
        let first = before(letters.first().map(|letter| letter.record));
        let mut done = self.put(&outgoing, 0..first, firehose, deadline).await;
        let (mut unkept_from, mut reached) = (None, first);
        if done.records.is_empty() {
            let unkept = self.dead_letters.put_all(&letters, batch, deadline).await;
            unkept_from = unkept.records.into_iter().min();
            reached = before(unkept_from);
            done = self.put(&outgoing, first..reached, firehose, deadline).await;
            done.problem = unkept.problem.or(done.problem);
        }
        for index in done.records.into_iter().chain(reached..outgoing.len()) {
            let Outgoing { record, amount, .. } = &outgoing[index];
            ledger.entries_mut()[*record].untaken += *amount;
        }
        let failed_from = ledger.first_open().into_iter().chain(unkept_from).min();
        (ledger, Outcome { failed_from, problem: done.problem })
    }

    /// Puts those of `outgoing` in `range`.
    async fn put(&self, outgoing: &[Outgoing], range: Range<usize>, firehose: &Firehose, deadline: Deadline) -> Unput {
        let (start, records) = (range.start, &outgoing[range]);
        let mut unput = match &self.destination {
            _ if records.is_empty() => Unput::default(),
            Destination::Stream(stream) => self.kinesis.put(stream, records, deadline).await,
            Destination::DeliveryStream(stream) => {
                let payloads: Vec<_> = records.iter().map(|record| record.payload.as_slice()).collect();
                let records = firehose.put(stream, &payloads, deadline).await;
                let problem =
                    (!records.is_empty()).then(|| format!("{stream} does not take all records before the deadline"));
                Unput { records, problem }
            }
        };
        unput.records.iter_mut().for_each(|index| *index += start);
        unput
    }
}
