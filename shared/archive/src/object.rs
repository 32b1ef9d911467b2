//! Objects of the archive: which events share one, its key and its bytes.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use logweir_subscription::DataMessage;
use logweir_subscription::gzip::Compressor;

use crate::event::EventWriter;
use crate::group::Group;
use crate::press::Press;
use crate::template::{KeyTemplate, Names, utc};

/// Hexadecimal digits of a digest in a key: the first half of a SHA-256.
pub(crate) const DIGEST_LENGTH: usize = 32;
/// Longest key that S3 takes: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>.
const MAX_KEY_LENGTH: usize = 1024;
/// Text that is compressed at once; an object's member is put together of such pieces. Small enough to stay in a cache
/// and to be shared out among threads; each knows the end of the one before, so that they cost no size.
const PIECE_BYTES: usize = 512 << 10;
/// Up to so many groups keep the room of their waiting text; beyond, it goes back.
const ROOMY_GROUPS: usize = 16;
/// Text of all objects that may wait at once. Above it, it is packed until its turn comes.
const PENDING_BYTES: usize = 48 << 20;
/// The fastest level: what is packed is unpacked soon.
const PACKED_LEVEL: u32 = 1;
const HOUR: i64 = 3_600_000;
/// A `PutLogEvents` call spans 24 hours at most:
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html>. Far beyond that a payload
/// is an attempt to make an object for every event.
const MAX_HOURS: usize = 1000;
/// Text of the records of one payload.
pub const MAX_TEXT_BYTES: usize = 256 << 20;

/// Which events may share an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// All of a batch that render the same prefix: few and large objects.
    Batch,
    /// Those of one payload: the same objects however the payloads are batched.
    Payload,
}

/// Why a payload is not archived. Its events would stop all others: it is set aside whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A name is so long that the key would exceed S3's 1,024 bytes.
    #[error("the key would be {length} bytes long, S3 takes 1024")]
    KeyTooLong {
        /// Length of the key in bytes.
        length: usize,
    },
    /// The events spread over more hours than any call of CloudWatch Logs takes, an object each.
    #[error("the events spread over more than {MAX_HOURS} hours")]
    TooManyHours,
    /// The names, repeated in every record, make the text too large.
    #[error("the records would be {bytes} bytes, at most {MAX_TEXT_BYTES} are written of one payload")]
    TooMuchText {
        /// About how many bytes.
        bytes: usize,
    },
}

impl Refused {
    /// A stable word for metrics and dead letters.
    pub fn code(&self) -> &'static str {
        match self {
            Self::KeyTooLong { .. } => "KeyTooLong",
            Self::TooManyHours => "TooManyHours",
            Self::TooMuchText { .. } => "TooMuchText",
        }
    }
}

/// An object to be put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Where it goes: the same for the same events for ever.
    pub key: String,
    /// One gzip member of one record a line.
    pub body: Vec<u8>,
    /// How many events it holds.
    pub events: usize,
}

/// Collects the events of a batch into objects. Memory is that of the compressed objects and of at most 48 MiB of text,
/// and of the pieces that wait for other threads.
#[derive(Debug)]
pub struct Batch<'t> {
    template: &'t KeyTemplate,
    grouping: Grouping,
    press: Arc<Press>,
    /// How many pieces may wait in the press before they are compressed here.
    backlog: usize,
    compressor: Option<Compressor>,
    packer: Option<Compressor>,
    groups: Vec<Group>,
    index: HashMap<Vec<Option<String>>, usize>,
    pending: usize,
    piece_bytes: usize,
    pending_bytes: usize,
}

impl<'t> Batch<'t> {
    /// An empty batch. `level` is gzip's, 1 to 9.
    pub fn new(template: &'t KeyTemplate, grouping: Grouping, level: u32) -> Self {
        Self::beside(template, grouping, Arc::new(Press::new(level)), 0)
    }

    /// An empty batch whose text others may compress as it comes, through `press`: up to `backlog` pieces wait for them.
    pub fn beside(template: &'t KeyTemplate, grouping: Grouping, press: Arc<Press>, backlog: usize) -> Self {
        Self {
            template,
            grouping,
            press,
            backlog,
            compressor: None,
            packer: None,
            groups: Vec::new(),
            index: HashMap::new(),
            pending: 0,
            piece_bytes: PIECE_BYTES,
            pending_bytes: PENDING_BYTES,
        }
    }

    /// The same with other bounds: text that is compressed at once, which an object's bytes depend on (not its text or
    /// key), and text that may wait, which nothing depends on.
    #[must_use]
    pub fn with_bounds(mut self, piece_bytes: usize, pending_bytes: usize) -> Self {
        self.piece_bytes = piece_bytes;
        self.pending_bytes = pending_bytes;
        self
    }

    /// Adds the events of one payload, or none of them; in the folder `prefix` within the template's, if
    /// there is one.
    pub fn add(&mut self, data: &DataMessage<'_>, prefix: Option<&str>) -> Result<(), Refused> {
        if self.grouping == Grouping::Payload {
            self.index.clear();
        }
        let names = Names {
            owner: data.account().decode(),
            log_group: data.source_log_group().decode(),
            log_stream: data.log_stream.decode(),
            prefix,
        };
        self.check_key_length(&names)?;
        let writer = EventWriter::new(data);
        let bytes = writer.estimate(data);
        if bytes > MAX_TEXT_BYTES {
            return Err(Refused::TooMuchText { bytes });
        }
        // The hours in the order in which they come, and the group of each, known before anything is added.
        let (mut hours, mut groups) = (Vec::new(), HashMap::new());
        for hour in data.log_events.iter().map(|event| event.timestamp.div_euclid(HOUR)) {
            if hours.last() != Some(&hour) && groups.insert(hour, 0).is_none() {
                hours.push(hour);
                if hours.len() > MAX_HOURS {
                    return Err(Refused::TooManyHours);
                }
            }
        }
        for hour in hours {
            groups.insert(hour, self.group(hour, &names));
        }
        if let [group] = groups.values().copied().collect::<Vec<_>>()[..] {
            let group = &mut self.groups[group];
            group.pending.reserve(bytes.min(self.piece_bytes.saturating_sub(group.piece_bytes()) + (64 << 10)));
        }
        // Events come in order of time nearly always, so the group seldom changes.
        let (mut hour, mut group) = (None, 0);
        for event in &data.log_events {
            let event_hour = event.timestamp.div_euclid(HOUR);
            if hour != Some(event_hour) {
                group = groups.get(&event_hour).copied().unwrap_or(group);
                hour = Some(event_hour);
            }
            let to = &mut self.groups[group];
            let before = to.pending.len();
            writer.write(event, &mut to.pending);
            self.pending += to.pending.len() - before;
            to.first_timestamp = to.first_timestamp.min(event.timestamp);
            to.events += 1;
            if to.piece_bytes() >= self.piece_bytes {
                self.cut(group);
            } else if self.pending >= self.pending_bytes {
                let packer = self.packer.get_or_insert_with(|| Compressor::new(PACKED_LEVEL));
                self.groups.iter_mut().for_each(|group| group.pack(packer));
                self.pending = 0;
            }
        }
        for group in groups.into_values() {
            if self.grouping == Grouping::Payload {
                // Nothing will be added.
                self.seal_group(group);
            } else {
                // Now, while the text is still in the cache.
                self.groups[group].hash();
            }
        }
        Ok(())
    }

    /// Gives what is left over to the press: nothing will be added.
    pub fn seal(&mut self) {
        for group in 0..self.groups.len() {
            self.seal_group(group);
        }
    }

    /// The finished objects, in the order in which their first events came. No other thread may be at work any more.
    pub fn finish(mut self) -> Vec<Object> {
        self.seal();
        while self.press.work(&mut self.compressor) {}
        let object = |group: Group| {
            let (first_timestamp, events) = (group.first_timestamp, group.events);
            let (rendered, body, digest) = group.finish();
            let key = self.template.complete(&rendered, first_timestamp, &hex(&digest, DIGEST_LENGTH));
            Object { key, body, events }
        };
        self.groups.into_iter().map(object).collect()
    }

    fn seal_group(&mut self, group: usize) {
        let group = &mut self.groups[group];
        self.pending -= group.pending.len();
        let waiting = group.seal(&self.press);
        self.help(waiting);
    }

    fn cut(&mut self, group: usize) {
        let buffer = if self.groups.len() > ROOMY_GROUPS { Vec::new() } else { self.press.buffer() };
        let group = &mut self.groups[group];
        self.pending -= group.pending.len();
        let waiting = group.cut(&self.press, buffer);
        self.pending += group.pending.len();
        self.help(waiting);
    }

    /// Compresses what is too much for the others.
    fn help(&mut self, mut waiting: usize) {
        while waiting > self.backlog && self.press.work(&mut self.compressor) {
            waiting -= 1;
        }
    }

    fn group(&mut self, hour: i64, names: &Names<'_>) -> usize {
        let rendered = self.template.render_group(utc(hour * HOUR), names);
        if let Some(group) = self.index.get(&rendered) {
            return *group;
        }
        let index = self.groups.len();
        self.index.insert(rendered.clone(), index);
        self.groups.push(Group::new(rendered));
        index
    }

    fn check_key_length(&self, names: &Names<'_>) -> Result<(), Refused> {
        let rendered = self.template.render_group(utc(0), names);
        let digest = "0".repeat(DIGEST_LENGTH);
        let length = self.template.complete(&rendered, logweir_subscription::MAX_TIMESTAMP, &digest).len();
        if length > MAX_KEY_LENGTH { Err(Refused::KeyTooLong { length }) } else { Ok(()) }
    }
}

/// The first `length` hexadecimal digits of `bytes`.
pub(crate) fn hex(bytes: &[u8], length: usize) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text.truncate(length);
    text
}
