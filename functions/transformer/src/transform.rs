//! Firehose transform: every record gets an answer of its own, and nothing that one of them holds can harm another.
//!
//! Pure: what must go back to Firehose comes out as [`Surplus`], and the handler sends it.
//!
//! It ends: give a payload of n events the weight 2n - 1. A payload that no answer could hold goes back in pieces, which
//! together weigh less; one that an answer of its own could hold goes back whole, but only beside another that was
//! delivered. So each invocation that puts anything back leaves less weight than it found. docs/decisions/0003 says
//! why payloads that fit are not cut all the same.

use logweir_archive::MAX_TEXT_BYTES;
use logweir_lambda_support::{Amount, Balance};
use logweir_subscription::gzip::Compressor;
use logweir_subscription::{DataMessage, Decoder, FirehoseRecord, Message, encode};

use crate::answer::{Answer, PartitionKeys};
use crate::config::Config;
use crate::firehose::MAX_RECORD_BYTES;
use crate::output::{Format, LineWriter};
use crate::split::split;

/// Transforms records with buffers that are used again.
#[derive(Debug)]
pub struct Transform {
    format: Format,
    partition_by_log_group: bool,
    decoder: Decoder,
    compressor: Option<Compressor>,
    lines: Vec<u8>,
    line_ends: Vec<usize>,
    compressed: Vec<u8>,
}

/// A record whose output does not fit the answer, as payloads to be put back.
#[derive(Debug)]
pub struct Surplus {
    /// Its number among those put back, by which [`Answer`] can revoke it.
    pub(crate) put_back: usize,
    /// What it holds.
    pub(crate) amount: Amount,
    /// Payloads, gzipped.
    pub payloads: Vec<Vec<u8>>,
}

/// What came of a transform event.
#[derive(Debug)]
pub struct Transformed {
    /// The answer, but for surplus that cannot be put back.
    pub answer: Answer,
    /// What must be put back before the answer is given.
    pub surplus: Vec<Surplus>,
    /// The balance as far as it is known: surplus is not in it, but in `received`.
    pub balance: Balance,
}

impl Transform {
    /// A transform as configured.
    pub fn new(config: &Config) -> Self {
        Self {
            format: config.output.format,
            partition_by_log_group: config.partition_by_log_group,
            decoder: Decoder::new(config.max_decompressed_bytes),
            compressor: config.output.compressor(),
            lines: Vec::new(),
            line_ends: Vec::new(),
            compressed: Vec::new(),
        }
    }

    /// Answers `records` within `limit` bytes. Surplus is cut only where it `can_put_back`, and fails otherwise.
    pub fn transform(&mut self, records: &[FirehoseRecord<'_>], limit: usize, can_put_back: bool) -> Transformed {
        let mut done =
            Transformed { answer: Answer::new(records, limit), surplus: Vec::new(), balance: Balance::default() };
        for record in records {
            self.record(record, limit, can_put_back, &mut done);
        }
        done
    }

    fn record(&mut self, record: &FirehoseRecord<'_>, limit: usize, can_put_back: bool, done: &mut Transformed) {
        let Transformed { answer, surplus, balance } = done;
        let data = match self.decoder.decode_base64(&record.data) {
            Ok(Message::Data(data)) => data,
            Ok(Message::Control) => {
                balance.received += Amount::empty();
                balance.drop("control", Amount::empty());
                return answer.dropped(record);
            }
            Err(error) => {
                tracing::warn!(record_id = %record.record_id, code = error.code(), %error, "a record cannot be decoded");
                let amount = Amount::undecodable(self.decoder.original(&record.data, &error).len());
                balance.received += amount;
                balance.dead_lettered += amount;
                return answer.failed(record);
            }
        };
        let amount = Amount::of(&data);
        balance.received += amount;
        balance.lone_surrogates += data.lone_surrogates as u64;
        let Some(keys) = PartitionKeys::of(&data, self.partition_by_log_group) else {
            balance.drop("no events", amount);
            return answer.dropped(record);
        };

        self.lines.clear();
        self.line_ends.clear();
        let writer = LineWriter::new(self.format, &data);
        let estimate = writer.estimate(&data);
        if estimate > MAX_TEXT_BYTES {
            tracing::error!(record_id = %record.record_id, bytes = estimate, "a record's names make its output too large");
            balance.dead_lettered += amount;
            return answer.failed(record);
        }
        for event in &data.log_events {
            writer.write(event, &mut self.lines);
            self.line_ends.push(self.lines.len());
        }
        let output = match &mut self.compressor {
            Some(compressor) => {
                self.compressed.clear();
                compressor.member(&self.lines, &mut self.compressed);
                &self.compressed
            }
            None => &self.lines,
        };
        if answer.ok(record, output, &keys) {
            balance.delivered += amount;
            return;
        }
        let alone = answer.could_hold(record, output.len());
        let payloads = match data.log_events.len() {
            _ if !can_put_back => None,
            // There was only no room beside the others. To cut it would cost more calls, more records that are billed
            // rounded up, and end no sooner.
            events if alone && answer.delivered() > 0 => pieces(&data, std::slice::from_ref(&(0..events))),
            1 => None,
            // A quarter of an answer each, so that pieces that come back together fit together. Base64 takes 4 for 3.
            _ => pieces(&data, &split(&self.line_ends, limit / 4 * 3 / 4)),
        };
        if let Some(payloads) = payloads {
            surplus.push(Surplus { put_back: answer.put_back(record), amount, payloads });
        } else {
            tracing::error!(record_id = %record.record_id, bytes = output.len(), "a record's output does not fit and cannot be put back: it fails");
            balance.dead_lettered += amount;
            answer.failed(record);
        }
    }
}

/// Payloads of the events in each of `ranges`; nothing if one of them is too large for a Firehose record.
fn pieces(data: &DataMessage<'_>, ranges: &[std::ops::Range<usize>]) -> Option<Vec<Vec<u8>>> {
    let mut json = Vec::new();
    let mut payloads = Vec::with_capacity(ranges.len());
    for range in ranges {
        json.clear();
        data.write_payload(&data.log_events[range.clone()], &mut json);
        let payload = encode::gzip(&json);
        if payload.len() <= MAX_RECORD_BYTES {
            payloads.push(payload);
        } else if range.len() > 1 {
            // Incompressible text: halves of it will do.
            let middle = range.start + range.len() / 2;
            payloads.extend(pieces(data, &[range.start..middle, middle..range.end])?);
        } else {
            return None;
        }
    }
    Some(payloads)
}
