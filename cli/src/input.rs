//! What the tool reads: files or standard input, of any form, handed on item by item as they are read.
//!
//! `sniff` finds out what an input is, `values` reads what must be held in memory, `item` is what comes out.

mod item;
mod payload;
mod sniff;
mod values;

use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use anyhow::{Context, Result};
use clap::ValueEnum;
use logweir_archive::{ArchivedEvent, EventWriter, archived_events};
use logweir_subscription::{DataMessage, Decoder, Message, gzip};

pub(crate) use self::item::Item;
pub(crate) use self::payload::{by_source, event_of, payload_of};
use self::sniff::Kind;
use crate::clean::clean;
use crate::complain;

const BUFFER_BYTES: usize = 1 << 16;

/// What an input may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// Anything that holds records: all but plain lines.
    #[value(skip)]
    Decodable,
    /// Found out by itself; what is nothing else is plain lines, among which a record is still taken as one.
    Auto,
    /// Plain lines, gzipped or not, whatever they look like.
    Lines,
    /// Records, one JSON object a line, gzipped or not: the content of an archive object.
    Records,
    /// Lambda events, payloads, their base64, dead letters, whatever `logweir decode` knows.
    Event,
}

/// What is done with what an input holds.
pub(crate) trait Consumer {
    /// Before the events of a message.
    fn begin(&mut self, _data: &DataMessage<'_>) {}
    /// Takes the next item; `number` counts them from 1, and in plain text all lines.
    fn item(&mut self, number: u64, item: &Item<'_>) -> Result<(), Stop>;
    /// Before the input waits for more: what was made of the items so far ought to be seen.
    fn waiting(&mut self) -> Result<(), Stop>;
}

/// Why reading stops before an input ends.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The consumer has all it wanted.
    Enough,
    /// The input cannot be read, and nothing more comes of it.
    Unreadable(anyhow::Error),
    /// What the consumer made cannot be written.
    Unwritable(io::Error),
}

/// Opens a file; `-` is standard input.
pub(crate) fn open(path: &Path) -> Result<Box<dyn BufRead>> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        anyhow::bail!("{} is a folder, not a file", path.display());
    }
    Ok(Box::new(BufReader::with_capacity(BUFFER_BYTES, file)))
}

/// Reads a file of `form` (`-` is standard input) and hands all that it holds to `consumer`. No payload may decompress
/// to more than `limit` bytes, nor may a line be longer. What cannot be decoded is named on standard error.
///
/// The inner answer is whether there was no such thing, or why the file cannot be read; the outer error is the
/// consumer's, who could not write.
pub(crate) fn read(path: &Path, form: Form, limit: usize, consumer: &mut dyn Consumer) -> io::Result<Result<bool>> {
    let file = match open(path) {
        Ok(file) => file,
        Err(error) => return Ok(Err(error)),
    };
    let consumer = RefCell::new(consumer);
    let items = Items { consumer: &consumer, number: 0 };
    let mut reader = Reader { path, form, limit, decoder: Decoder::new(limit), items, all_decoded: true };
    match reader.input(file) {
        Ok(()) | Err(Stop::Enough) => Ok(Ok(reader.all_decoded)),
        Err(Stop::Unreadable(error)) => Ok(Err(error)),
        Err(Stop::Unwritable(error)) => Err(error),
    }
}

struct Reader<'r, 'c> {
    path: &'r Path,
    form: Form,
    limit: usize,
    decoder: Decoder,
    items: Items<'r, 'c>,
    all_decoded: bool,
}

/// Where items go.
struct Items<'r, 'c> {
    /// Shared with what reads the input, which says when it is going to wait.
    consumer: &'r RefCell<&'c mut dyn Consumer>,
    /// That of the last item.
    number: u64,
}

impl Items<'_, '_> {
    fn item(&mut self, item: &Item<'_>) -> Result<(), Stop> {
        self.number += 1;
        self.consumer.borrow_mut().item(self.number, item)
    }

    fn message(&mut self, message: &Message<'_>) -> Result<(), Stop> {
        let Message::Data(data) = message else { return Ok(()) };
        let writer = EventWriter::new(data);
        self.consumer.borrow_mut().begin(data);
        data.log_events.iter().try_for_each(|event| self.item(&Item::Event(data, &writer, event)))
    }
}

impl Reader<'_, '_> {
    fn input(&mut self, mut input: impl BufRead) -> Result<(), Stop> {
        let path = self.path;
        let unreadable =
            |error| Stop::Unreadable(anyhow::Error::new(error).context(format!("{} cannot be read", path.display())));
        let (head, kind) = sniff::find_out(&mut input, self.form).map_err(unreadable)?;
        let is_gzip = gzip::is_gzip(&head);
        if kind == Kind::Whole {
            let mut bytes = head;
            input.read_to_end(&mut bytes).map_err(unreadable)?;
            return self.bytes(&bytes);
        }
        // What may be larger than memory is streamed.
        let whole = Cursor::new(head).chain(input);
        match (kind, is_gzip) {
            (Kind::Lines, false) => self.lines(whole),
            (Kind::Lines, true) => self.lines(BufReader::with_capacity(BUFFER_BYTES, gzip::reader(whole))),
            (_, is_gzip) => self.records(whole, is_gzip),
        }
    }

    /// Records, one a line.
    fn records(&mut self, file: impl Read, is_gzip: bool) -> Result<(), Stop> {
        let stopped = Cell::new(None);
        let file = Announced { file, consumer: self.items.consumer, stopped: &stopped };
        let text: Box<dyn Read + '_> =
            if is_gzip { Box::new(gzip::reader(BufReader::with_capacity(BUFFER_BYTES, file))) } else { Box::new(file) };
        for record in archived_events(text, self.limit as u64) {
            if let Some(stop) = stopped.take() {
                return Err(stop);
            }
            match record {
                Ok(record) => self.items.item(&Item::Record(&record))?,
                Err(error) => self.complain("", &error),
            }
        }
        stopped.take().map_or(Ok(()), Err)
    }

    /// Plain lines. They are handed on as soon as they have come, so that a growing log can be followed.
    fn lines(&mut self, mut text: impl BufRead) -> Result<(), Stop> {
        // A line that is longer than the limit is not held: one byte more than the limit shows that it is.
        let most = self.limit.saturating_add(1);
        let keep = |line: &mut Vec<u8>, piece: &[u8]| {
            line.extend_from_slice(&piece[..piece.len().min(most.saturating_sub(line.len()))]);
        };
        let mut begun = Vec::new();
        loop {
            self.items.consumer.borrow_mut().waiting()?;
            let available = match text.fill_buf() {
                Ok([]) => break,
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    self.complain("", &error);
                    break;
                }
            };
            let mut rest = available;
            while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                if begun.is_empty() {
                    self.line(&rest[..end])?;
                } else {
                    keep(&mut begun, &rest[..end]);
                    self.line(&begun)?;
                    begun.clear();
                }
                rest = &rest[end + 1..];
            }
            keep(&mut begun, rest);
            let length = available.len();
            text.consume(length);
        }
        if begun.is_empty() { Ok(()) } else { self.line(&begun) }
    }

    fn line(&mut self, line: &[u8]) -> Result<(), Stop> {
        if line.len() > self.limit {
            self.items.number += 1;
            let reason =
                format!("line {} is longer than {} bytes: raise --max-decompressed", self.items.number, self.limit);
            self.complain("", &io::Error::new(io::ErrorKind::InvalidData, reason));
            return Ok(());
        }
        // A record among other lines stays one, and what a pattern sees of it is its message.
        if self.form == Form::Auto
            && line.starts_with(sniff::RECORD_BEGINNING)
            && let Ok(record) = serde_json::from_slice::<ArchivedEvent>(line)
        {
            return self.items.item(&Item::Record(&record));
        }
        self.items.item(&Item::Line(line))
    }

    fn complain(&mut self, name: &str, error: &dyn std::error::Error) {
        self.all_decoded = false;
        let place = if name.is_empty() { String::new() } else { format!("{name}: ") };
        complain(&format_args!("{}: {}{error}", self.path.display(), clean(&place)));
    }
}

/// A file that tells the consumer before each read, which may wait.
struct Announced<'r, 'c, F> {
    file: F,
    consumer: &'r RefCell<&'c mut dyn Consumer>,
    /// Why the consumer wants no more: for the caller, to whom it is the end of the file.
    stopped: &'r Cell<Option<Stop>>,
}

impl<F: Read> Read for Announced<'_, '_, F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Err(stop) = self.consumer.borrow_mut().waiting() {
            self.stopped.set(Some(stop));
            return Ok(0);
        }
        self.file.read(buffer)
    }
}
