//! Subscription and stream to Firehose: plan, put, count.

use futures_util::{StreamExt, TryStreamExt, stream};
use logweir_aws_support::DeadLetters;
use logweir_lambda_support::{Amount, Balance, Deadline};

use crate::config::Config;
use crate::firehose::Firehose;
use crate::plan::{Fate, Planner, Step};

/// Dead letters that are put at once.
const LETTERS_AT_ONCE: usize = 16;

/// A payload and the name that an answer calls it by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Incoming<'a> {
    pub(crate) name: &'a str,
    pub(crate) data: &'a str,
}

/// Where things go, and until when.
pub(crate) struct Sinks<'s> {
    pub(crate) firehose: &'s Firehose,
    pub(crate) stream: &'s str,
    pub(crate) dead_letters: &'s DeadLetters,
    pub(crate) deadline: Deadline,
}

/// What came of the payloads.
#[derive(Debug)]
pub(crate) struct Delivered {
    /// The first payload that was not wholly delivered, from which all must come again.
    pub(crate) failed_from: Option<usize>,
    pub(crate) balance: Balance,
}

/// Delivers `payloads` in their order and stops at the first failure: a delivery stream does not know repeats, so
/// nothing is sent behind a failure that would come again anyway.
pub(crate) async fn deliver(config: &Config, payloads: &[Incoming<'_>], sinks: &Sinks<'_>) -> Delivered {
    let data: Vec<_> = payloads.iter().map(|payload| payload.data).collect();
    let mut planner = Planner::new(config);
    let mut fates = Vec::with_capacity(payloads.len());
    let (mut failed_from, mut taken, mut lone_surrogates) = (None, Vec::new(), 0);
    while failed_from.is_none() && fates.len() < data.len() {
        let first = fates.len();
        // What is done is done: the rest comes again from here, and not from the start.
        if first > 0 && sinks.deadline.remaining().is_zero() {
            failed_from = Some(first);
            break;
        }
        let step = planner.step(&data[first..], first);
        failed_from = execute(&step, payloads, sinks, &mut taken).await;
        lone_surrogates += step.lone_surrogates;
        fates.extend(step.fates);
    }
    let not_reached = data[fates.len()..].iter().map(|data| (Amount::undecodable(data.len() / 4 * 3), Fate::Deliver));
    let not_reached: Vec<_> = not_reached.collect();
    fates.extend(not_reached);
    Delivered { failed_from, balance: Balance { lone_surrogates, ..balance(&fates, failed_from, &taken) } }
}

/// Puts what a step plans. Adds the payloads of records that were taken to `taken`, and returns the first payload that
/// something failed of.
async fn execute(
    step: &Step,
    payloads: &[Incoming<'_>],
    sinks: &Sinks<'_>,
    taken: &mut Vec<(usize, usize)>,
) -> Option<usize> {
    let letters = step.letters.iter().map(|letter| async move {
        let name = payloads[letter.payload].name;
        let put = sinks.dead_letters.put(letter.code, &letter.message, name, &letter.bytes, sinks.deadline).await;
        put.map_err(|error| (letter.payload, error))
    });
    let mut failed_from = None;
    if let Err((payload, error)) = stream::iter(letters).buffered(LETTERS_AT_ONCE).try_collect::<Vec<()>>().await {
        tracing::error!(%error, "a dead letter could not be kept: its record comes again");
        failed_from = Some(payload);
    }
    // Records that begin behind the failure would come again.
    let owed: Vec<_> =
        step.records.iter().filter(|record| failed_from.is_none_or(|from| record.payloads.0 < from)).collect();
    let bytes: Vec<_> = owed.iter().map(|record| record.bytes.as_slice()).collect();
    let failed = sinks.firehose.put(sinks.stream, &bytes, sinks.deadline).await;
    taken.extend(
        owed.iter().enumerate().filter(|(index, _)| !failed.contains(index)).map(|(_, record)| record.payloads),
    );
    let first_failed = failed.iter().map(|index| owed[*index].payloads.0).min();
    [failed_from, first_failed].into_iter().flatten().min()
}

/// Counts what became of the payloads: from the first failure on all are returned, and those of them that were taken
/// all the same will be there twice.
fn balance(fates: &[(Amount, Fate)], failed_from: Option<usize>, taken: &[(usize, usize)]) -> Balance {
    let mut balance = Balance::default();
    for (payload, (amount, fate)) in fates.iter().enumerate() {
        balance.received += *amount;
        if failed_from.is_some_and(|from| payload >= from) {
            balance.returned += *amount;
            if taken.iter().any(|(first, last)| (*first..=*last).contains(&payload)) && *fate == Fate::Deliver {
                balance.repeated += *amount;
            }
            continue;
        }
        match fate {
            Fate::Deliver => balance.delivered += *amount,
            Fate::Drop(reason) => balance.drop(reason, *amount),
            Fate::DeadLetter => balance.dead_lettered += *amount,
        }
    }
    balance
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_the_first_failure_on_all_is_returned() {
        let one = Amount { records: 1, events: 1, bytes: 1 };
        let fates = [
            (one, Fate::Deliver),
            (one, Fate::DeadLetter),
            (one, Fate::Deliver),
            (one, Fate::Deliver),
            (one, Fate::Drop("control")),
        ];
        let balance = balance(&fates, Some(2), &[(0, 0), (2, 2)]);
        assert!(balance.is_balanced());
        assert_eq!((balance.delivered.records, balance.dead_lettered.records), (1, 1));
        assert_eq!((balance.returned.records, balance.repeated.records), (3, 1));
    }
}
