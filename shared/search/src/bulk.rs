//! Bodies of bulk requests, and what becomes of their documents.

mod held;
mod moved;

use logweir_subscription::LogEvent;

use crate::answer::{Answer, Outcome};
use crate::conflict::{Conflict, Conflicts};
use crate::document::{DocumentWriter, Marks, set_aside};

pub use held::HeldUp;
use moved::Form;

/// How often the server may fail over a document before it is taken for the document's doing.
const MAX_FAILURES: u8 = 3;
/// What an action begins with.
const ACTION: &[u8] = b"{\"create\":{\"_index\":\"";
/// The tag of documents whose line does not fit the index.
const CONFLICT: &str = "mapping_conflict";

/// Which event a document is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source {
    /// The record of the invocation, from 0.
    pub record: usize,
    /// The event in the record, from 0.
    pub event: usize,
}

/// How large a body may become. A document that is larger alone has a body of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes, before they are compressed.
    pub bytes: usize,
    /// Documents.
    pub documents: usize,
}

#[derive(Debug, Clone, Copy)]
struct Item {
    /// Where its action begins.
    start: usize,
    /// Where its document begins.
    document: usize,
    /// Behind its document, before the line feed.
    end: usize,
    marks: Marks,
    source: Source,
    form: Form,
    /// How often the server failed over it.
    failures: u8,
    /// Whether it did while it took others.
    is_suspect: bool,
}

/// The body of a bulk request.
#[derive(Debug, Clone, Default)]
pub struct Body {
    bytes: Vec<u8>,
    items: Vec<Item>,
}

/// A document that the server takes in no form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its event.
    pub source: Source,
    /// HTTP's status of the item.
    pub status: u16,
    /// The server's words, without what they quote of the document.
    pub reason: String,
}

/// What comes next for the documents of a body.
#[derive(Debug, Default)]
pub struct Settled {
    /// How many are there now.
    pub created: usize,
    /// How many were there before.
    pub existed: usize,
    /// How many go with members moved into the flat field.
    pub moved: usize,
    /// How many go with their line set aside as text.
    pub set_aside: usize,
    /// What the server did not take where it stood.
    pub conflicts: Vec<Conflict>,
    /// Those that the server takes in no form.
    pub refused: Vec<Refused>,
    /// Those that the server does not take for what is no fault of theirs.
    pub held_up: HeldUp,
    /// What must be sent again; nothing if all is settled.
    pub next: Option<Body>,
    /// Some of it the server could not take: it wants to be left alone for a while.
    pub is_busy: bool,
}

impl Body {
    /// The body, as it is sent.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many documents it has.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Which events its documents are of.
    pub fn sources(&self) -> impl Iterator<Item = Source> + '_ {
        self.items.iter().map(|item| item.source)
    }

    /// The documents as two bodies, where it has two at least: for a server that finds it too large.
    pub fn halves(&self) -> Option<[Self; 2]> {
        (self.items.len() > 1).then(|| {
            let (first, second) = self.items.split_at(self.items.len() / 2);
            [first, second].map(|items| {
                let mut half = Self::default();
                for item in items {
                    half.copy(self, *item);
                }
                half
            })
        })
    }

    /// Says what comes next for each document: one that is there is done; one that the server was too busy for is sent again;
    /// one that it refuses for what it holds is sent again with the member that the server names, or in the end with all of the
    /// line's, in the flat field; one that it refuses all the same, or fails over time and again, with its line set aside as
    /// text; and if it was, there is nothing left to try. One that is held up by something else is not sent again.
    pub fn settle(&self, answer: Answer) -> Settled {
        let mut settled = Settled::default();
        let mut next = Self::default();
        let mut conflicts = Conflicts::default();
        let failing = self.failing(&answer.outcomes);
        for (item, outcome) in self.items.iter().zip(answer.outcomes) {
            match outcome {
                Outcome::Created => settled.created += 1,
                Outcome::Exists => settled.existed += 1,
                Outcome::Busy => {
                    settled.is_busy = true;
                    next.copy(self, *item);
                }
                Outcome::HeldUp(obstacle) => settled.held_up.add(item.source, self.index(item), obstacle),
                Outcome::Failed { .. } if failing.contains(self.index(item)) => {
                    settled.is_busy = true;
                    next.copy(self, *item);
                }
                Outcome::Failed { .. } if item.failures < MAX_FAILURES => {
                    settled.is_busy = true;
                    next.copy(self, Item { failures: item.failures + 1, is_suspect: true, ..*item });
                }
                Outcome::Failed { reason, .. } if item.form == Form::Text => {
                    settled.refused.push(Refused { source: item.source, status: 500, reason });
                }
                Outcome::Refused { status, reason, .. } if item.form == Form::Text => {
                    settled.refused.push(Refused { source: item.source, status, reason });
                }
                Outcome::Refused { detail, .. } => {
                    let met = next.copy_moved(self, *item, &detail, &conflicts);
                    if let Some(met) = met {
                        settled.moved += 1;
                        settled.conflicts.extend(met.iter().cloned());
                        for conflict in met {
                            conflicts.add(conflict);
                        }
                    } else {
                        settled.set_aside += 1;
                        next.copy_set_aside(self, *item, &detail);
                    }
                }
                Outcome::Failed { detail, .. } => {
                    settled.set_aside += 1;
                    next.copy_set_aside(self, *item, &detail);
                }
            }
        }
        settled.next = (!next.is_empty()).then_some(next);
        settled
    }

    fn copy(&mut self, from: &Self, item: Item) {
        let offset = self.bytes.len();
        self.bytes.extend_from_slice(&from.bytes[item.start..item.end]);
        self.bytes.push(b'\n');
        let Item { start, document, end, .. } = item;
        self.items.push(Item { start: offset, document: offset + document - start, end: offset + end - start, ..item });
    }

    fn copy_set_aside(&mut self, from: &Self, item: Item, reason: &str) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&from.bytes[item.start..item.document]);
        let document = self.bytes.len();
        set_aside(&from.bytes[item.document..item.end], item.marks, CONFLICT, reason, &mut self.bytes);
        let end = self.bytes.len();
        self.bytes.push(b'\n');
        self.items.push(Item { start, document, end, form: Form::Text, failures: 0, ..item });
    }

    /// Takes the last document out into a body of its own.
    fn split_off_last(&mut self) -> Self {
        let mut last = Self::default();
        if let Some(item) = self.items.pop() {
            last.copy(self, item);
            self.bytes.truncate(item.start);
        }
        last
    }
}

/// Puts documents into bodies of a bounded size.
#[derive(Debug)]
pub struct BodyBuilder {
    limits: Limits,
    body: Body,
    /// How large the body before became.
    last_bytes: usize,
    conflicts: Conflicts,
}

impl BodyBuilder {
    /// A builder without documents.
    pub fn new(limits: Limits) -> Self {
        Self { limits, body: Body::default(), last_bytes: 0, conflicts: Conflicts::default() }
    }

    /// Learns what the server does not take, so that it is not sent again.
    pub fn avoid(&mut self, conflicts: impl IntoIterator<Item = Conflict>) {
        conflicts.into_iter().for_each(|conflict| self.conflicts.add(conflict));
    }

    /// Adds the document of an event. The answer is a body that is full, which this document may be the first behind.
    pub fn push(&mut self, writer: &mut DocumentWriter<'_>, event: &LogEvent<'_>, source: Source) -> Option<Body> {
        let body = &mut self.body;
        // A document that was left half written, as its line hit a defect, is none.
        body.bytes.truncate(body.items.last().map_or(0, |item| item.end + 1));
        if body.bytes.capacity() == 0 {
            // Bodies of a batch are alike; the first is as large as the first message makes it, at least. A body that grows
            // step by step is copied at each, and its memory is new again.
            let usual = writer.bytes().min(self.limits.bytes);
            body.bytes.reserve(self.last_bytes.max(usual));
        }
        let start = body.bytes.len();
        let mut document = start;
        let written = writer.write_behind(event, &mut body.bytes, |writer, dataset, out| {
            out.extend_from_slice(ACTION);
            writer.write_index(dataset, event.timestamp, out);
            out.extend_from_slice(b"\",\"_id\":");
            if !writer.write_id(event, out) {
                out.truncate(out.len() - b",\"_id\":".len());
            }
            out.extend_from_slice(b"}}\n");
            document = out.len();
        });
        let end = body.bytes.len();
        body.bytes.push(b'\n');
        let form = Form::Fields { moves: 0 };
        body.items.push(Item {
            start,
            document,
            end,
            marks: written.marks,
            source,
            form,
            failures: 0,
            is_suspect: false,
        });
        body.avoid(&self.conflicts);
        self.last_bytes = self.last_bytes.max(body.bytes.len()).min(self.limits.bytes);
        if body.bytes.len() > self.limits.bytes && body.items.len() > 1 {
            let last = body.split_off_last();
            return Some(std::mem::replace(body, last));
        }
        (body.bytes.len() >= self.limits.bytes || body.items.len() >= self.limits.documents)
            .then(|| std::mem::take(body))
    }

    /// What is left.
    pub fn finish(mut self) -> Option<Body> {
        let end = self.body.items.last()?.end + 1;
        self.body.bytes.truncate(end);
        Some(self.body)
    }
}

#[cfg(test)]
mod tests;
