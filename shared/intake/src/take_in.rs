//! All records of an invocation: read side by side, and settled in their order.

use crate::batch::Incoming;
use crate::books::{Books, Verdict};
use crate::problem::caught;
use crate::reader::{Content, Reader, Settings};
use crate::side_by_side::{Turn, side_by_side, threads_for};

/// What a thread reads with, and what it does the function's work with.
#[derive(Debug)]
pub struct Lane<W> {
    /// The thread's own.
    pub worker: W,
    reader: Reader,
}

impl<W> Lane<W> {
    /// A lane.
    pub fn new(settings: &Settings, worker: W) -> Self {
        Self { worker, reader: Reader::new(settings) }
    }
}

/// Sees to it that there are as many lanes as threads are worth it for the records, and lends them.
pub fn lanes<'l, W>(
    lanes: &'l mut Vec<Lane<W>>,
    records: &[Incoming<'_>],
    threads: usize,
    lane: impl FnMut() -> Lane<W>,
) -> &'l mut [Lane<W>] {
    let bytes = records.iter().map(|record| record.data.len()).sum();
    let threads = threads_for(bytes, threads).min(records.len().max(1));
    lanes.resize_with(lanes.len().max(threads), lane);
    &mut lanes[..threads]
}

/// Reads all of `records`, on a thread for each of `lanes`, and lets `work` do with each what the function is for: what takes time
/// at once, and what must happen in the order of the records in its [`Turn`]. `work` is called for each record, also where its
/// verdict does not count; where it panics, it is called once more with the panic as what is wrong with the record, which must not
/// panic.
pub fn take_in<W: Send, S: Send>(
    lanes: &mut [Lane<W>],
    records: &[Incoming<'_>],
    shared: S,
    work: impl Fn(&mut W, &Incoming<'_>, &Content<'_>, &Turn<'_, Books<S>>) -> Verdict + Sync,
) -> Books<S> {
    take_in_beside(lanes, records, shared, |_| false, work, |_, _| {})
}

/// The same beside other work: a thread that would begin a record, or wait for its turn, does `help` first, in small portions;
/// it says whether there was any. When all records are settled, one thread does `last` in its turn.
pub fn take_in_beside<W: Send, S: Send>(
    lanes: &mut [Lane<W>],
    records: &[Incoming<'_>],
    shared: S,
    help: impl Fn(&mut W) -> bool + Sync,
    work: impl Fn(&mut W, &Incoming<'_>, &Content<'_>, &Turn<'_, Books<S>>) -> Verdict + Sync,
    last: impl Fn(&mut W, &Turn<'_, Books<S>>) + Sync,
) -> Books<S> {
    let Some((first, others)) = lanes.split_first_mut() else { return Books::new(shared) };
    let items: Vec<_> = records.iter().map(Some).chain([None]).collect();
    side_by_side(
        first,
        others,
        &items,
        Books::new(shared),
        |lane| help(&mut lane.worker),
        |Lane { worker, reader }, item, turn| {
            let Some(incoming) = item else { return last(worker, &turn) };
            let mut content = reader.read(incoming.data);
            let verdict = caught(|| work(worker, incoming, &content, &turn)).unwrap_or_else(|problem| {
                if let Content::Parts(parts) = &content {
                    let (bytes, amount) = (parts.payload, parts.received);
                    content = Content::Failed { problem, bytes, amount };
                }
                work(worker, incoming, &content, &turn)
            });
            turn.take(|| help(worker)).enter(content, verdict);
        },
    )
}
