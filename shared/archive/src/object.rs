//! Objects of the archive: which events share one, its key and its bytes.

use std::collections::HashMap;
use std::fmt::Write as _;

use logweir_subscription::DataMessage;
use logweir_subscription::gzip::Compressor;
use sha2::{Digest, Sha256};

use crate::record::RecordWriter;
use crate::template::{KeyTemplate, utc};

/// Hexadecimal digits of a digest in a key: the first half of a SHA-256.
pub(crate) const DIGEST_LENGTH: usize = 32;
/// Longest key that S3 takes: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>.
const MAX_KEY_LENGTH: usize = 1024;
/// Text of an object that waits for compression; each such piece becomes one gzip member. Small enough to stay in a
/// cache, large enough that starting anew costs half a per cent of size.
const MEMBER_BYTES: usize = 1 << 20;
/// Up to so many groups keep the room of their waiting text; beyond, it goes back.
const ROOMY_GROUPS: usize = 16;
/// Text of all objects that may wait at once. Above it members are cut early, which changes an object's bytes but
/// neither its text nor its key.
const PENDING_BYTES: usize = 48 << 20;
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
    /// Gzip of one record a line.
    pub body: Vec<u8>,
    /// How many events it holds.
    pub events: usize,
}

/// Collects the events of a batch into objects. Memory is that of the compressed objects and of at most 48 MiB of text.
#[derive(Debug)]
pub struct Batch<'t> {
    template: &'t KeyTemplate,
    grouping: Grouping,
    compressor: Compressor,
    groups: Vec<Group>,
    index: HashMap<Vec<Option<String>>, usize>,
    pending: usize,
}

#[derive(Debug)]
struct Group {
    rendered: Vec<Option<String>>,
    pending: Vec<u8>,
    /// How much of `pending` is in the digest.
    hashed: usize,
    body: Vec<u8>,
    digest: Sha256,
    first_timestamp: i64,
    events: usize,
}

impl<'t> Batch<'t> {
    /// An empty batch. `level` is gzip's, 1 to 9.
    pub fn new(template: &'t KeyTemplate, grouping: Grouping, level: u32) -> Self {
        let compressor = Compressor::new(level);
        Self { template, grouping, compressor, groups: Vec::new(), index: HashMap::new(), pending: 0 }
    }

    /// Adds the events of one payload, or none of them.
    pub fn add(&mut self, data: &DataMessage<'_>) -> Result<(), Refused> {
        if self.grouping == Grouping::Payload {
            self.index.clear();
        }
        let names = [data.owner.decode(), data.log_group.decode(), data.log_stream.decode()];
        self.check_key_length(&names)?;
        let writer = RecordWriter::new(data);
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
            self.groups[group].pending.reserve(bytes.min(MEMBER_BYTES + (64 << 10)));
        }
        // Events come in order of time nearly always, so the group seldom changes.
        let (mut hour, mut group) = (None, 0);
        let many = self.groups.len() > ROOMY_GROUPS;
        for event in &data.log_events {
            let event_hour = event.timestamp.div_euclid(HOUR);
            if hour != Some(event_hour) {
                group = groups.get(&event_hour).copied().unwrap_or(group);
                hour = Some(event_hour);
            }
            let group = &mut self.groups[group];
            let before = group.pending.len();
            writer.write(event, &mut group.pending);
            self.pending += group.pending.len() - before;
            group.first_timestamp = group.first_timestamp.min(event.timestamp);
            group.events += 1;
            if group.pending.len() >= MEMBER_BYTES {
                self.pending -= group.flush(&mut self.compressor);
                if many {
                    group.pending = Vec::new();
                }
            } else if self.pending >= PENDING_BYTES {
                for group in &mut self.groups {
                    group.flush(&mut self.compressor);
                    group.pending = Vec::new();
                }
                self.pending = 0;
            }
        }
        // Now, while the text is still in the cache.
        for group in groups.into_values() {
            self.groups[group].hash();
        }
        Ok(())
    }

    /// The finished objects, in the order in which their first events came.
    pub fn finish(mut self) -> Vec<Object> {
        let mut objects = Vec::with_capacity(self.groups.len());
        for mut group in self.groups {
            group.flush(&mut self.compressor);
            drop(std::mem::take(&mut group.pending));
            let digest = hex(&group.digest.finalize(), DIGEST_LENGTH);
            let key = self.template.complete(&group.rendered, group.first_timestamp, &digest);
            objects.push(Object { key, body: group.body, events: group.events });
        }
        objects
    }

    fn group(&mut self, hour: i64, [owner, log_group, log_stream]: &[std::borrow::Cow<'_, str>; 3]) -> usize {
        let rendered = self.template.render_group(utc(hour * HOUR), owner, log_group, log_stream);
        if let Some(group) = self.index.get(&rendered) {
            return *group;
        }
        let index = self.groups.len();
        self.index.insert(rendered.clone(), index);
        self.groups.push(Group {
            rendered,
            pending: Vec::new(),
            hashed: 0,
            body: Vec::new(),
            digest: Sha256::new(),
            first_timestamp: i64::MAX,
            events: 0,
        });
        index
    }

    fn check_key_length(&self, [owner, log_group, log_stream]: &[std::borrow::Cow<'_, str>; 3]) -> Result<(), Refused> {
        let rendered = self.template.render_group(utc(0), owner, log_group, log_stream);
        let digest = "0".repeat(DIGEST_LENGTH);
        let length = self.template.complete(&rendered, logweir_subscription::MAX_TIMESTAMP, &digest).len();
        if length > MAX_KEY_LENGTH { Err(Refused::KeyTooLong { length }) } else { Ok(()) }
    }
}

impl Group {
    fn hash(&mut self) {
        self.digest.update(&self.pending[self.hashed..]);
        self.hashed = self.pending.len();
    }

    /// Compresses what waits and returns how many bytes that were.
    fn flush(&mut self, compressor: &mut Compressor) -> usize {
        let length = self.pending.len();
        if length > 0 {
            self.hash();
            self.hashed = 0;
            compressor.member(&self.pending, &mut self.body);
            self.pending.clear();
        }
        length
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
