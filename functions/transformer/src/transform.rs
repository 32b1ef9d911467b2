//! Firehose transform: every record gets an answer of its own, and nothing that one of them holds can harm another.
//!
//! Pure: what must go back to Firehose comes out as [`Surplus`], and the handler sends it.
//!
//! It ends: give a payload of n events the weight 2n - 1. One that no answer could hold, or that has events of several hours where
//! each is to lie under its own, goes back in pieces, which together weigh less; one that an answer of its own could hold goes back
//! whole, but only beside another that was delivered. So each invocation that puts anything back leaves less weight than it found.
//! docs/decisions/0003 says why payloads that fit are not cut all the same, 0012 why those of several hours are.
//!
//! Records are decoded, written and compressed side by side, but answered in their order: the answer is that of one thread.

use logweir_accounting::{Fate, Ledger};
use logweir_archive::MAX_TEXT_BYTES;
use logweir_intake::{Books, Content, Incoming, Lane, Parts, Problem, Settings, Turn, Verdict, lanes, take_in};

use crate::answer::Answer;
use crate::config::Config;
use crate::cut::{Cut, by_size};
use crate::data::Data;
use crate::firehose::MAX_RECORD_BYTES;
use crate::output::{Format, LineWriter};
use crate::partition::{hour, keys};

/// Transforms records with buffers that are used again.
#[derive(Debug)]
pub struct Transform {
    config: Config,
    intake: Settings,
    /// One a thread, made when there is work for it.
    lanes: Vec<Lane<Worker>>,
}

/// What a thread works with.
#[derive(Debug)]
struct Worker {
    data: Data,
    /// Lengths of the lines of the events, in the order of the payload; none of what does not go on.
    sizes: Vec<usize>,
}

/// What holds for all records of an event.
#[derive(Debug, Clone, Copy)]
struct Rules {
    format: Format,
    partition_by_log_group: bool,
    cut_by_hour: bool,
    limit: usize,
    can_put_back: bool,
}

/// What the answers of all records make.
#[derive(Debug)]
struct Answers {
    answer: Answer,
    surplus: Vec<Surplus>,
}

/// A record that goes back, as payloads.
#[derive(Debug)]
pub struct Surplus {
    /// Its number.
    pub(crate) record: usize,
    /// Its number among those put back, by which [`Answer`] can revoke it.
    pub(crate) put_back: usize,
    /// Whether it may go back only beside another that was delivered.
    needs_company: bool,
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
    /// What became of each record if that succeeds.
    pub ledger: Ledger,
}

impl Transform {
    /// A transform as configured, whose records are read by `intake`.
    pub fn new(config: &Config, intake: &Settings) -> Self {
        Self { config: config.clone(), intake: intake.clone(), lanes: Vec::new() }
    }

    /// Answers `records` within `limit` bytes. Surplus is cut only where it `can_put_back`, and fails otherwise.
    pub fn transform(&mut self, records: &[Incoming<'_>], limit: usize, can_put_back: bool) -> Transformed {
        let Self { config, intake, lanes: all } = self;
        let rules = Rules {
            format: config.output.format,
            partition_by_log_group: config.partition_by_log_group,
            cut_by_hour: config.cut_by_hour && can_put_back,
            limit,
            can_put_back,
        };
        let lanes = lanes(all, records, config.threads, || Lane::new(intake, Worker::new(config)));
        let answers = Answers { answer: Answer::new(records, limit), surplus: Vec::new() };
        let books = take_in(lanes, records, answers, |worker, record, content, turn| {
            worker.record(record, content, rules, turn)
        });
        let (Answers { mut answer, mut surplus }, mut ledger) = (books.shared, books.ledger);
        if answer.delivered() == 0 {
            for alone in surplus.extract_if(.., |surplus| surplus.needs_company) {
                answer.revoke(alone.put_back);
                ledger.entries_mut()[alone.record].fate = Fate::DeadLettered;
            }
        }
        Transformed { answer, surplus, ledger }
    }
}

impl Worker {
    fn new(config: &Config) -> Self {
        Self { data: Data::new(config.output.compressor()), sizes: Vec::new() }
    }

    /// Answers one record. What takes time is done before its turn.
    fn record(
        &mut self,
        record: &Incoming<'_>,
        content: &Content<'_>,
        rules: Rules,
        turn: &Turn<'_, Books<Answers>>,
    ) -> Verdict {
        let parts = match content {
            Content::Parts(parts) if parts.events() > 0 => parts,
            Content::Parts(_) | Content::Dropped(..) => {
                in_turn(turn, |number, answers| answers.answer.dropped(number, record));
                return Verdict::Delivered;
            }
            Content::Failed { problem, .. } => {
                tracing::warn!(record_id = record.name, code = problem.code, error = %problem, "a record cannot be decoded");
                in_turn(turn, |number, answers| answers.answer.failed(number, record));
                return Verdict::Delivered;
            }
        };
        if rules.cut_by_hour
            && let Some(payloads) = by_hour(parts)
        {
            in_turn(turn, |number, answers| answers.put_back(number, record, payloads, false));
            return Verdict::Returned;
        }
        if let Err(bytes) = self.write(parts, rules) {
            let message = format!("its output would be {bytes} bytes or more, at most {MAX_TEXT_BYTES} are written");
            return fail(turn, record, "TooMuchText", message);
        }
        let Self { data, sizes } = self;
        let (output, length) = data.finish();
        let keys = parts.iter().next().map(|first| keys(first.data, rules.partition_by_log_group)).unwrap_or_default();
        let verdict = in_turn(turn, |number, answers| {
            let answer = &mut answers.answer;
            if output.is_some_and(|output| answer.ok(number, record, output, &keys)) {
                return Some(Verdict::Delivered);
            }
            let (alone, has_company) = (answer.could_hold(record, length, &keys), answer.delivered() > 0);
            let is_single = parts.original.log_events.len() == 1;
            let payloads = if !rules.can_put_back || is_single && !alone {
                None
            } else if alone && (has_company || is_single) {
                // There was only no room beside the others. To cut it would cost more calls, more records that are billed
                // rounded up, and end no sooner.
                whole(parts)
            } else {
                // A quarter of an answer each, so that pieces that come back together fit together. Base64 takes 4 for 3.
                pieces(parts, &by_size(sizes, rules.limit / 4 * 3 / 4))
            };
            answers.put_back(number, record, payloads?, alone && is_single && !has_company);
            Some(Verdict::Returned)
        });
        verdict.unwrap_or_else(|| {
            let message = format!("its output of {length} bytes does not fit the answer, and it cannot be put back");
            fail(turn, record, "AnswerTooLarge", message)
        })
    }

    /// Writes the lines of all parts; how long they would be at the least if that is too much.
    fn write(&mut self, parts: &Parts<'_>, rules: Rules) -> Result<(), usize> {
        let Self { data, sizes } = self;
        let writers: Vec<_> = parts.iter().map(|part| (part, LineWriter::new(rules.format, part.data))).collect();
        let estimate = writers.iter().map(|(part, writer)| writer.estimate(part.data)).sum();
        if estimate > MAX_TEXT_BYTES {
            return Err(estimate);
        }
        sizes.clear();
        sizes.resize(parts.original.log_events.len(), 0);
        data.begin(estimate, rules.limit);
        for (part, writer) in writers {
            for (index, event) in part.data.log_events.iter().enumerate() {
                sizes[part.place(index)] = data.line(|out| writer.write(event, out));
            }
        }
        Ok(())
    }
}

impl Answers {
    fn put_back(&mut self, record: usize, incoming: &Incoming<'_>, payloads: Vec<Vec<u8>>, needs_company: bool) {
        let put_back = self.answer.put_back(record, incoming);
        self.surplus.push(Surplus { record, put_back, needs_company, payloads });
    }
}

/// Does `work` with the answers in the record's turn, and with its number.
fn in_turn<T>(turn: &Turn<'_, Books<Answers>>, work: impl FnOnce(usize, &mut Answers) -> T) -> T {
    let mut books = turn.take(|| false);
    let number = books.ledger.entries().len();
    work(number, &mut books.shared)
}

/// Answers that the record failed, though it could be decoded.
fn fail(turn: &Turn<'_, Books<Answers>>, record: &Incoming<'_>, code: &'static str, message: String) -> Verdict {
    tracing::error!(record_id = record.name, code, error = message, "a record fails");
    in_turn(turn, |number, answers| answers.answer.failed(number, record));
    Verdict::Refused(Problem { code, message })
}

/// The record's payload as it came, or cut where Firehose takes less than Kinesis does.
fn whole(parts: &Parts<'_>) -> Option<Vec<Vec<u8>>> {
    if parts.payload.len() <= MAX_RECORD_BYTES {
        return Some(vec![parts.payload.to_vec()]);
    }
    pieces(parts, &[parts.original.log_events.len()])
}

/// Payloads of groups of so many events each; nothing if an event alone is too large for a Firehose record. They are made of what
/// came: what the rules make of it, they make when it comes again.
fn pieces(parts: &Parts<'_>, groups: &[usize]) -> Option<Vec<Vec<u8>>> {
    let mut cut = Cut::new();
    let mut left = parts.original.log_events.as_slice();
    for events in groups {
        let (group, rest) = left.split_at(*events);
        cut.add(&parts.original, group, MAX_RECORD_BYTES);
        left = rest;
    }
    payloads(cut)
}

/// Payloads of one hour each if events that go on are of several.
fn by_hour(parts: &Parts<'_>) -> Option<Vec<Vec<u8>>> {
    let mut hours = parts.iter().flat_map(|part| &part.data.log_events).map(|event| hour(event.timestamp));
    let first = hours.next()?;
    if hours.all(|hour| hour == first) {
        return None;
    }
    let mut events = parts.original.log_events.clone();
    events.sort_by_key(|event| hour(event.timestamp));
    let mut cut = Cut::new();
    for group in events.chunk_by(|event, next| hour(event.timestamp) == hour(next.timestamp)) {
        cut.add(&parts.original, group, MAX_RECORD_BYTES);
    }
    payloads(cut)
}

fn payloads(cut: Cut) -> Option<Vec<Vec<u8>>> {
    cut.too_large.is_empty().then(|| cut.payloads.into_iter().map(|(_, payload)| payload).collect())
}
