//! The answer to Firehose, written once and measured as it is written.
//!
//! Format: <https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-status-model.html>.

use logweir_subscription::{DataMessage, FirehoseRecord};
use serde::Serialize;
use serde_json::value::RawValue;

/// The answer's largest size in bytes. Lambda's limit is 6 MB for a synchronous answer, and 6,291,556 bytes in fact:
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>. We keep to the smaller reading.
pub const MAX_ANSWER_BYTES: usize = 6_000_000;

const HEAD: &[u8] = br#"{"records":["#;
const TAIL: &[u8] = b"]}";
const DROPPED: &[u8] = br#","result":"Dropped"}"#;
const FAILED: &[u8] = br#","result":"ProcessingFailed"}"#;
/// As long as `FAILED`, so that one can take the other's place.
const PUT_BACK: &[u8] = br#","result":"Dropped"         }"#;

/// The answer so far. Room for the shortest answer of every record still to come is always kept, so that each gets one.
#[derive(Debug)]
pub struct Answer {
    json: Vec<u8>,
    limit: usize,
    /// Bytes that the answers still to come need at the least.
    reserved: usize,
    /// Where the results of records stand that were put back: they fail if that fails.
    put_back: Vec<usize>,
    delivered: usize,
}

/// Firehose's partition keys of a record, from its first event.
#[derive(Debug, Serialize)]
pub(crate) struct PartitionKeys {
    pub(crate) year: String,
    pub(crate) month: String,
    pub(crate) day: String,
    pub(crate) hour: String,
    pub(crate) owner: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) log_group: Option<String>,
}

impl PartitionKeys {
    /// The keys for `data`; nothing if it holds no events.
    pub(crate) fn of(data: &DataMessage<'_>, by_log_group: bool) -> Option<Self> {
        let first = data.log_events.first()?;
        let time =
            jiff::Timestamp::from_millisecond(first.timestamp).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC);
        // Firehose refuses empty partition keys.
        let name = |name: &str| {
            let mut encoded = String::new();
            logweir_archive::encode_segments(name, &mut encoded);
            if encoded.is_empty() { "-".to_owned() } else { encoded }
        };
        let log_group = data.log_group.decode();
        Some(Self {
            year: format!("{:04}", time.year()),
            month: format!("{:02}", time.month()),
            day: format!("{:02}", time.day()),
            hour: format!("{:02}", time.hour()),
            owner: name(&data.owner.decode()),
            log_group: by_log_group.then(|| name(log_group.strip_prefix('/').unwrap_or(&log_group))),
        })
    }
}

impl Answer {
    /// An empty answer to `records` of at most `limit` bytes.
    pub fn new(records: &[FirehoseRecord<'_>], limit: usize) -> Self {
        // Growing by doubling copies the answer and touches every page twice; room that is not touched costs nothing.
        let json = Vec::with_capacity(limit.min(records.iter().map(|record| record.data.len() * 16 + 512).sum()));
        let reserved = records.iter().map(shortest).sum();
        let mut answer = Self { json, limit, reserved, put_back: Vec::new(), delivered: 0 };
        answer.json.extend_from_slice(HEAD);
        answer
    }

    /// Answers `Ok` with `data` if that fits; says whether it did.
    pub(crate) fn ok(&mut self, record: &FirehoseRecord<'_>, data: &[u8], keys: &PartitionKeys) -> bool {
        let start = self.json.len();
        let reserved = self.reserved - shortest(record);
        // Measured before it is written: base64 of n bytes is a known number of characters, the rest is written first.
        self.begin(record);
        self.json.extend_from_slice(br#","result":"Ok","metadata":{"partitionKeys":"#);
        // A struct of strings always serializes.
        let _ = serde_json::to_writer(&mut self.json, keys);
        self.json.extend_from_slice(br#"},"data":""#);
        let encoded = base64_simd::STANDARD.encoded_length(data.len());
        if self.json.len() + encoded + br#""}"#.len() + reserved + TAIL.len() > self.limit {
            self.json.truncate(start);
            return false;
        }
        base64_simd::STANDARD.encode_append(data, &mut self.json);
        self.json.extend_from_slice(br#""}"#);
        self.reserved = reserved;
        self.delivered += 1;
        true
    }

    /// Whether a record's data of `length` bytes would fit an answer that held nothing else.
    pub(crate) fn could_hold(&self, record: &FirehoseRecord<'_>, length: usize) -> bool {
        // 512: names of the fields and partition keys, which are shorter.
        HEAD.len() + shortest(record) + 512 + base64_simd::STANDARD.encoded_length(length) + TAIL.len() <= self.limit
    }

    /// How many records were answered with data.
    pub(crate) fn delivered(&self) -> usize {
        self.delivered
    }

    /// Answers that nobody wants the record.
    pub(crate) fn dropped(&mut self, record: &FirehoseRecord<'_>) {
        self.reserved -= shortest(record);
        self.begin(record);
        self.json.extend_from_slice(DROPPED);
    }

    /// Answers that the record failed: Firehose writes it to its error prefix.
    pub(crate) fn failed(&mut self, record: &FirehoseRecord<'_>) {
        self.reserved -= shortest(record);
        self.begin(record);
        self.json.extend_from_slice(FAILED);
    }

    /// Answers that the record is dropped because it is put back; returns by which number to revoke that.
    pub(crate) fn put_back(&mut self, record: &FirehoseRecord<'_>) -> usize {
        self.reserved -= shortest(record);
        self.begin(record);
        self.put_back.push(self.json.len());
        self.json.extend_from_slice(PUT_BACK);
        self.put_back.len() - 1
    }

    /// The record could not be put back after all: it fails.
    pub(crate) fn revoke(&mut self, put_back: usize) {
        let at = self.put_back[put_back];
        self.json[at..at + PUT_BACK.len()].copy_from_slice(FAILED);
    }

    /// The finished answer.
    pub fn finish(mut self) -> Vec<u8> {
        self.json.extend_from_slice(TAIL);
        self.json
    }

    fn begin(&mut self, record: &FirehoseRecord<'_>) {
        if self.json.len() > HEAD.len() {
            self.json.push(b',');
        }
        self.json.extend_from_slice(br#"{"recordId":"#);
        // A string always serializes.
        let _ = serde_json::to_writer(&mut self.json, record.record_id.as_ref());
    }
}

/// Length of the shortest answer that any record can get, with its comma.
fn shortest(record: &FirehoseRecord<'_>) -> usize {
    let escaped = |byte: u8| match byte {
        b'"' | b'\\' => 2,
        0..0x20 => 6,
        _ => 1,
    };
    let id: usize = record.record_id.bytes().map(escaped).sum();
    br#",{"recordId":"""#.len() + id + FAILED.len()
}

/// An answer as Lambda's runtime takes it: JSON that is already written.
pub fn to_response(json: Vec<u8>) -> Box<RawValue> {
    // The answer is JSON by construction; were it not, an empty list fails the invocation at Firehose, which repeats it.
    let text = String::from_utf8(json).unwrap_or_default();
    RawValue::from_string(text).unwrap_or_else(|_| RawValue::NULL.to_owned())
}
