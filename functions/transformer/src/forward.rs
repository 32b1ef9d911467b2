//! What becomes of records that are forwarded: payloads for another stream, dead letters, and what became of each record. Pure.
//!
//! What leaves is a subscription payload again, which any consumer of CloudWatch Logs reads. One that no rule touched leaves with the
//! bytes it came with; others are written anew. What a record of the other stream cannot hold is cut; an event that none can hold
//! becomes a dead letter, without its neighbours.

use std::ops::Range;

use logweir_accounting::{Amount, Ledger};
use logweir_archive::Letter;
use logweir_intake::{Content, Incoming, Lane, Parts, Settings, Verdict, lanes, take_in};
use logweir_subscription::DataMessage;
use sha2::{Digest, Sha256};

use crate::config::Config;
use crate::cut::Cut;
use crate::destination::Destination;
use crate::firehose;

/// Largest record of a Kinesis stream, "the total size of the partition key and data blob", unless the stream is set to take more:
/// <https://docs.aws.amazon.com/streams/latest/dev/large-records.html>.
const MAX_KINESIS_RECORD_BYTES: usize = 1 << 20;
/// Half of a SHA-256 in hexadecimal digits.
const KEY_LENGTH: usize = 32;

/// A record for the other stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Number of the record that it came in.
    pub record: usize,
    /// Partition key: one for each log stream, so that its events keep their order.
    pub key: String,
    /// The payload.
    pub payload: Vec<u8>,
    /// What of the record is in it.
    pub(crate) amount: Amount,
}

impl Outgoing {
    /// How much it counts against Kinesis' limits.
    pub(crate) fn length(&self) -> usize {
        self.key.len() + self.payload.len()
    }
}

/// What is to be done for a batch.
#[derive(Debug)]
pub struct Plan {
    /// What is to be put, in the order of the records.
    pub outgoing: Vec<Outgoing>,
    /// What is to be set aside.
    pub letters: Vec<Letter>,
    /// What becomes of each record if all of that succeeds.
    pub ledger: Ledger,
}

/// Plans a batch, whose records are read by `intake`.
pub fn plan(config: &Config, intake: &Settings, destination: &Destination, records: &[Incoming<'_>]) -> Plan {
    let limit = match destination {
        Destination::Stream(_) => MAX_KINESIS_RECORD_BYTES - KEY_LENGTH,
        Destination::DeliveryStream(_) => firehose::MAX_RECORD_BYTES,
    };
    let mut all = Vec::new();
    let lanes = lanes(&mut all, records, config.threads, || Lane::new(intake, ()));
    let books = take_in(lanes, records, Shared::default(), |(), _, content, turn| {
        let Content::Parts(parts) = content else { return Verdict::Delivered };
        let Packed { payloads, too_large } = pack(parts, limit);
        let mut books = turn.take(|| false);
        let record = books.ledger.entries().len();
        let outgoing = payloads.into_iter().map(|(key, payload, amount)| Outgoing { record, key, payload, amount });
        books.shared.outgoing.extend(outgoing);
        for (amount, bytes) in too_large {
            let message = format!(
                "an event alone is a payload of {} bytes, of which the other stream takes {limit} at most",
                bytes.len()
            );
            books.letters.push(Letter { record, code: "EventTooLarge", message, bytes });
            books.shared.refused.push((record, amount));
        }
        Verdict::Delivered
    });
    let (Shared { outgoing, refused }, letters, mut ledger) = (books.shared, books.letters, books.ledger);
    for (record, amount) in refused {
        ledger.entries_mut()[record].refused += amount;
    }
    Plan { outgoing, letters, ledger }
}

#[derive(Debug, Default)]
struct Shared {
    outgoing: Vec<Outgoing>,
    /// By record.
    refused: Vec<(usize, Amount)>,
}

/// What of a record goes on, and what no record can hold.
#[derive(Debug, Default)]
struct Packed {
    payloads: Vec<(String, Vec<u8>, Amount)>,
    too_large: Vec<(Amount, Vec<u8>)>,
}

fn pack(parts: &Parts<'_>, limit: usize) -> Packed {
    let mut packed = Packed::default();
    let original = &parts.original;
    let key = key(original);
    // Somebody may have put text in place of gzip, which not every consumer reads.
    let is_gzip = parts.payload.starts_with(&[0x1f, 0x8b]);
    if parts.are_the_payload() && is_gzip && parts.payload.len() <= limit {
        packed.payloads.push((key, parts.payload.to_vec(), Amount::of(original).without_records()));
        return packed;
    }
    // In their order, whatever rules call them; where they came from, they say themselves.
    let mut events = Vec::new();
    for part in parts.iter() {
        events.extend(part.data.log_events.iter().enumerate().map(|(index, event)| (part.place(index), event.clone())));
    }
    events.sort_by_key(|(place, _)| *place);
    let (places, events): (Vec<_>, Vec<_>) = events.into_iter().unzip();
    let mut cut = Cut::new();
    cut.add(original, &events, limit);
    // What counts is what came, also of what the rules changed.
    let amount = |events: Range<usize>| Amount::of_events(original, &places[events]);
    let payloads = cut.payloads.into_iter().map(|(events, payload)| (key.clone(), payload, amount(events)));
    packed.payloads.extend(payloads);
    packed.too_large.extend(cut.too_large.into_iter().map(|(event, payload)| (amount(event..event + 1), payload)));
    packed
}

/// The partition key of a log stream.
fn key(data: &DataMessage<'_>) -> String {
    let mut hash = Sha256::new();
    for name in [&data.owner.0, &data.log_group.0, &data.log_stream.0] {
        hash.update(name.decode().as_bytes());
        hash.update([0]);
    }
    let mut key = format!("{:x}", hash.finalize());
    key.truncate(KEY_LENGTH);
    key
}

#[cfg(test)]
mod tests;
