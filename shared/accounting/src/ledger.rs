//! What became of each record, of which the balance is the sum.

use std::borrow::Cow;

use crate::{Amount, Balance};

/// What became of a record, or of what the rules of streams left of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The sink took it.
    Delivered,
    /// Nobody wants it, for this reason.
    Dropped(&'static str),
    /// It can never succeed and was kept where it can be found.
    DeadLettered,
    /// It was put back, and comes again.
    Returned,
    /// Nobody looked at it: it comes again.
    NotReached,
}

/// A record and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// All of it.
    pub received: Amount,
    /// Of its events those that the rules of streams dropped, by reason; in no record.
    pub dropped: Vec<(Cow<'static, str>, Amount)>,
    /// What became of the others, but for the next two.
    pub fate: Fate,
    /// Of a record that was delivered the events that the sink takes in no form: they are dead letters; in no record.
    pub refused: Amount,
    /// Of a record that was delivered the events that the sink did not take in time; in no record.
    pub untaken: Amount,
    /// The sink has it, or a part of it, all the same.
    pub is_repeated: bool,
}

impl Entry {
    /// A record all of which met one fate.
    pub fn new(received: Amount, fate: Fate) -> Self {
        let none = Amount::default();
        Self { received, dropped: Vec::new(), fate, refused: none, untaken: none, is_repeated: false }
    }

    /// What the rules of streams left.
    fn kept(&self) -> Amount {
        self.received.less(self.dropped.iter().map(|(_, amount)| *amount).sum())
    }

    /// What the sink has.
    fn taken(&self) -> Amount {
        self.kept().less(self.refused).less(self.untaken)
    }

    fn settle(&self, balance: &mut Balance) {
        for (reason, amount) in &self.dropped {
            balance.drop(reason.clone(), amount.without_records());
        }
        let (kept, taken) = (self.kept(), self.taken());
        match self.fate {
            Fate::Dropped(reason) => balance.drop(reason, kept),
            Fate::DeadLettered => balance.dead_lettered += kept,
            // Those are settled as returned.
            Fate::Returned | Fate::NotReached => {}
            // A record counts where most of it lies: among the delivered, unless nothing of it was.
            Fate::Delivered => {
                balance.returned += self.untaken;
                balance.dead_lettered += self.refused;
                match self.dropped.first() {
                    _ if taken.events > 0 => balance.delivered += taken,
                    _ if self.refused.events > 0 => balance.dead_lettered += taken,
                    Some((reason, _)) => balance.drop(reason.clone(), taken),
                    None => balance.delivered += taken,
                }
            }
        }
        if self.is_repeated {
            balance.repeated += kept;
        }
    }

    fn give_back(&self, balance: &mut Balance) {
        balance.returned += self.received;
        let taken = self.taken();
        if self.is_repeated || self.fate == Fate::Delivered && taken.events > 0 {
            balance.repeated += taken;
        }
    }
}

/// What became of the records of an invocation, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    entries: Vec<Entry>,
    /// Lone surrogates in messages.
    pub lone_surrogates: u64,
    /// Events whose line the sink has as text, without its fields.
    pub set_aside: u64,
}

impl Ledger {
    /// Enters what became of the next record.
    pub fn enter(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// What became of the records, in their order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The same, to be put right by what became known later.
    pub fn entries_mut(&mut self) -> &mut [Entry] {
        &mut self.entries
    }

    /// The first record that nobody looked at, or of which the sink did not take all.
    pub fn first_open(&self) -> Option<usize> {
        self.entries.iter().position(|entry| entry.fate == Fate::NotReached || entry.untaken.events > 0)
    }

    /// The balance. From the record `failed_from` on all come again, and what the sink has of them it will have twice.
    pub fn balance(&self, failed_from: Option<usize>) -> Balance {
        let Self { lone_surrogates, set_aside, .. } = *self;
        let mut balance = Balance { lone_surrogates, set_aside, ..Balance::default() };
        for (number, entry) in self.entries.iter().enumerate() {
            balance.received += entry.received;
            let comes_again = failed_from.is_some_and(|from| number >= from);
            if comes_again || matches!(entry.fate, Fate::Returned | Fate::NotReached) {
                entry.give_back(&mut balance);
            } else {
                entry.settle(&mut balance);
            }
        }
        balance
    }
}

#[cfg(test)]
mod tests;
