//! What came of the records of an invocation. Pure.

use std::collections::BTreeMap;

use logweir_lambda_support::{Amount, Balance};
use logweir_search::{Refused, Source};

/// What became of the documents of one body or of all.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// How many are there now.
    pub(crate) created: usize,
    /// How many were there before.
    pub(crate) existed: usize,
    /// How many have their line set aside as text.
    pub(crate) set_aside: usize,
    /// Those that the server takes in no form.
    pub(crate) refused: Vec<Refused>,
    /// Those that it did not take in time.
    pub(crate) undelivered: Vec<Source>,
    /// Why not; of many reasons one.
    pub(crate) problem: Option<String>,
}

impl Report {
    pub(crate) fn add(&mut self, other: Self) {
        self.created += other.created;
        self.existed += other.existed;
        self.set_aside += other.set_aside;
        self.refused.extend(other.refused);
        self.undelivered.extend(other.undelivered);
        self.problem = self.problem.take().or(other.problem);
    }
}

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Its events become documents.
    Index,
    /// It has none, for this reason.
    Drop(&'static str),
    /// It cannot be decoded.
    DeadLetter,
    /// Nobody looked at it.
    NotReached,
}

/// What happened to events of a record that did not become documents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Apart {
    /// Events that went to the dead letters.
    pub(crate) dead_lettered: Amount,
    /// Events that the server did not take in time.
    pub(crate) undelivered: Amount,
}

/// The balance: from the first record that failed on all come again, and what the server has of them is repeated.
pub(crate) fn balance(
    fates: &[(Amount, Fate)],
    apart: &BTreeMap<usize, Apart>,
    failed_from: Option<usize>,
    lone_surrogates: u64,
) -> Balance {
    let mut balance = Balance { lone_surrogates, ..Balance::default() };
    for (record, (amount, fate)) in fates.iter().enumerate() {
        balance.received += *amount;
        let Apart { dead_lettered, undelivered } = apart.get(&record).copied().unwrap_or_default();
        let taken = less(less(*amount, dead_lettered), undelivered);
        if failed_from.is_some_and(|from| record >= from) {
            balance.returned += *amount;
            if *fate == Fate::Index && taken.events > 0 {
                balance.repeated += Amount { records: 1, ..taken };
            }
            continue;
        }
        match fate {
            Fate::Drop(reason) => balance.drop(reason, *amount),
            Fate::DeadLetter | Fate::NotReached => balance.dead_lettered += *amount,
            // A record counts where most of it lies: among the delivered, unless nothing of it was.
            Fate::Index if taken.events == 0 => balance.dead_lettered += *amount,
            Fate::Index => {
                balance.delivered += Amount { records: 1, ..taken };
                balance.dead_lettered += Amount { records: 0, ..dead_lettered };
            }
        }
    }
    balance
}

fn less(amount: Amount, other: Amount) -> Amount {
    Amount {
        records: amount.records,
        events: amount.events.saturating_sub(other.events),
        bytes: amount.bytes.saturating_sub(other.bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(events: u64) -> Amount {
        Amount { records: 1, events, bytes: 10 * events }
    }

    fn dead(events: u64) -> Apart {
        Apart { dead_lettered: Amount { records: 0, events, bytes: 10 * events }, ..Apart::default() }
    }

    #[test]
    fn refused_events_are_dead_letters_beside_the_delivered_ones() {
        let fates = [
            (amount(3), Fate::Index),
            (amount(2), Fate::Index),
            (amount(0), Fate::Drop("control")),
            (amount(0), Fate::DeadLetter),
        ];
        let balance = balance(&fates, &BTreeMap::from([(0, dead(1)), (1, dead(2))]), None, 0);
        assert!(balance.is_balanced());
        assert_eq!(balance.delivered, amount(2));
        assert_eq!(balance.dead_lettered, Amount { records: 2, events: 3, bytes: 30 });
    }

    #[test]
    fn from_the_first_failure_on_all_is_returned_and_what_is_there_is_repeated() {
        let fates = [
            (amount(1), Fate::Index),
            (amount(3), Fate::Index),
            (amount(2), Fate::Index),
            (amount(0), Fate::NotReached),
        ];
        let undelivered = Apart { undelivered: Amount { records: 0, events: 1, bytes: 10 }, ..Apart::default() };
        let balance = balance(&fates, &BTreeMap::from([(1, undelivered)]), Some(1), 0);
        assert!(balance.is_balanced());
        assert_eq!((balance.delivered, balance.returned.events), (amount(1), 5));
        assert_eq!(balance.repeated, Amount { records: 2, events: 4, bytes: 40 });
    }
}
