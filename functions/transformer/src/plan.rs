//! What becomes of payloads that came by subscription or stream: Firehose records, dead letters, or nothing. Pure.

use logweir_archive::MAX_TEXT_BYTES;
use logweir_lambda_support::Amount;
use logweir_subscription::{Decoder, Message};

use crate::config::Config;
use crate::output::LineWriter;
use crate::pack::{Packed, Packer};

/// When the records that wait to be sent, or the payloads to be set aside, are this large, or so much text was read, the
/// next payload waits: that bounds memory, and the time between two looks at the clock.
const STEP_BYTES: usize = 4 << 20;
const STEP_TEXT_BYTES: u64 = 128 << 20;

/// What is done with one payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Deliver,
    Drop(&'static str),
    DeadLetter,
}

/// A payload to be set aside.
#[derive(Debug)]
pub(crate) struct Letter {
    pub(crate) payload: usize,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) bytes: Vec<u8>,
}

/// What is to be done for a run of payloads, before the next are looked at.
#[derive(Debug, Default)]
pub(crate) struct Step {
    pub(crate) records: Vec<Packed>,
    pub(crate) letters: Vec<Letter>,
    /// What becomes of each payload of the run.
    pub(crate) fates: Vec<(Amount, Fate)>,
    pub(crate) lone_surrogates: u64,
}

/// Plans step by step.
#[derive(Debug)]
pub(crate) struct Planner<'c> {
    config: &'c Config,
    decoder: Decoder,
    lines: Vec<u8>,
    line_ends: Vec<usize>,
}

impl<'c> Planner<'c> {
    pub(crate) fn new(config: &'c Config) -> Self {
        let decoder = Decoder::new(config.max_decompressed_bytes);
        Self { config, decoder, lines: Vec::new(), line_ends: Vec::new() }
    }

    /// Plans for as many of `payloads` (base64), of which the first is number `first`, as make a step.
    pub(crate) fn step(&mut self, payloads: &[&str], first: usize) -> Step {
        let mut step = Step::default();
        let mut packer = Packer::new(self.config.output.compressor());
        for (number, payload) in (first..).zip(payloads) {
            let planned = self.payload(payload, number, &mut packer, &mut step);
            step.fates.push(planned);
            let waiting: usize = step.records.iter().map(|record| record.bytes.len()).sum();
            let set_aside: usize = step.letters.iter().map(|letter| letter.bytes.len()).sum();
            let text: u64 = step.fates.iter().map(|(amount, _)| amount.bytes).sum();
            if waiting + set_aside >= STEP_BYTES || text >= STEP_TEXT_BYTES {
                break;
            }
        }
        packer.finish(&mut step.records);
        step
    }

    fn payload(&mut self, base64: &str, number: usize, packer: &mut Packer, step: &mut Step) -> (Amount, Fate) {
        let data = match self.decoder.decode_base64(base64) {
            Ok(Message::Data(data)) => data,
            Ok(Message::Control) => return (Amount::empty(), Fate::Drop("control")),
            Err(error) => {
                let bytes = self.decoder.original(base64, &error).to_vec();
                let amount = Amount::undecodable(bytes.len());
                step.letters.push(Letter { payload: number, code: error.code(), message: error.to_string(), bytes });
                return (amount, Fate::DeadLetter);
            }
        };
        let amount = Amount::of(&data);
        step.lone_surrogates += data.lone_surrogates as u64;
        if data.log_events.is_empty() {
            return (amount, Fate::Drop("no events"));
        }
        self.lines.clear();
        self.line_ends.clear();
        let writer = LineWriter::new(self.config.output.format, &data);
        let estimate = writer.estimate(&data);
        if estimate > MAX_TEXT_BYTES {
            let message = format!("its records would be {estimate} bytes, at most {MAX_TEXT_BYTES} are written");
            let bytes = self.decoder.payload().to_vec();
            step.letters.push(Letter { payload: number, code: "TooMuchText", message, bytes });
            return (amount, Fate::DeadLetter);
        }
        for event in &data.log_events {
            writer.write(event, &mut self.lines);
            self.line_ends.push(self.lines.len());
        }
        let starts = std::iter::once(0).chain(self.line_ends.iter().copied());
        let lines = || starts.clone().zip(&self.line_ends).map(|(start, end)| &self.lines[start..*end]);
        if let Some(line) = lines().find(|line| !packer.fits(line)) {
            let message = format!("a line of {} bytes is too long for a Firehose record of 1,000 KiB", line.len());
            let bytes = self.decoder.payload().to_vec();
            step.letters.push(Letter { payload: number, code: "EventTooLarge", message, bytes });
            return (amount, Fate::DeadLetter);
        }
        for line in lines() {
            packer.add(line, number, &mut step.records);
        }
        (amount, Fate::Deliver)
    }
}
