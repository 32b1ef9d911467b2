//! The answer to Firehose, written once and measured as it is written.
//!
//! Format: <https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-status-model.html>.

use logweir_intake::Incoming;
use serde_json::value::RawValue;

/// The answer's largest size in bytes. Lambda's limit is 6 MB for a synchronous answer, and 6,291,556 bytes in fact:
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>. We keep to the smaller reading.
pub const MAX_ANSWER_BYTES: usize = 6_000_000;

const HEAD: &[u8] = br#"{"records":["#;
const TAIL: &[u8] = b"]}";
const KEYS: &[u8] = br#","result":"Ok","metadata":{"partitionKeys":"#;
const DATA: &[u8] = br#"},"data":""#;
const END: &[u8] = br#""}"#;
const DROPPED: &[u8] = br#","result":"Dropped"}"#;
const FAILED: &[u8] = br#","result":"ProcessingFailed"}"#;
/// As long as `FAILED`, so that one can take the other's place.
const PUT_BACK: &[u8] = br#","result":"Dropped"         }"#;

/// The answer so far. Room for the shortest answer of every record still to come is always kept, so that each gets one.
#[derive(Debug)]
pub struct Answer {
    json: Vec<u8>,
    limit: usize,
    /// Where the results of records stand that were put back: they fail if that fails.
    put_back: Vec<usize>,
    counts: Counts,
    /// How many records were begun.
    begun: usize,
    /// Lengths of `json` and `put_back`, and the counts, before the record that was begun last.
    before: (usize, usize, Counts),
}

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    /// Bytes that the answers still to come need at the least.
    reserved: usize,
    delivered: usize,
}

impl Answer {
    /// An empty answer to `records` of at most `limit` bytes.
    pub fn new(records: &[Incoming<'_>], limit: usize) -> Self {
        // Growing by doubling copies the answer and touches every page twice; room that is not touched costs nothing.
        let mut json = Vec::with_capacity(limit.min(records.iter().map(|record| record.data.len() * 16 + 512).sum()));
        json.extend_from_slice(HEAD);
        let counts = Counts { reserved: records.iter().map(shortest).sum(), delivered: 0 };
        Self { json, limit, put_back: Vec::new(), counts, begun: 0, before: (HEAD.len(), 0, counts) }
    }

    /// Answers `Ok` to record `number` with `data` and its partition keys, as JSON, if that fits; says whether it did.
    pub(crate) fn ok(&mut self, number: usize, record: &Incoming<'_>, data: &[u8], keys: &[u8]) -> bool {
        // Measured before it is written: base64 of n bytes is a known number of characters.
        let encoded = base64_simd::STANDARD.encoded_length(data.len());
        self.begin(number, record);
        let more = KEYS.len() + keys.len() + DATA.len() + encoded + END.len() + TAIL.len();
        if self.json.len() + more + self.counts.reserved > self.limit {
            self.undo();
            return false;
        }
        self.json.extend_from_slice(KEYS);
        self.json.extend_from_slice(keys);
        self.json.extend_from_slice(DATA);
        base64_simd::STANDARD.encode_append(data, &mut self.json);
        self.json.extend_from_slice(END);
        self.counts.delivered += 1;
        true
    }

    /// Whether data of `length` bytes with these keys would fit an answer that held nothing else.
    pub(crate) fn could_hold(&self, record: &Incoming<'_>, length: usize, keys: &[u8]) -> bool {
        let encoded = base64_simd::STANDARD.encoded_length(length);
        let result = KEYS.len() + keys.len() + DATA.len() + encoded + END.len();
        HEAD.len() + shortest(record) + result + TAIL.len() <= self.limit
    }

    /// How many records were answered with data.
    pub(crate) fn delivered(&self) -> usize {
        self.counts.delivered
    }

    /// Answers that nobody wants the record.
    pub(crate) fn dropped(&mut self, number: usize, record: &Incoming<'_>) {
        self.begin(number, record);
        self.json.extend_from_slice(DROPPED);
    }

    /// Answers that the record failed: Firehose writes it to its error prefix.
    pub(crate) fn failed(&mut self, number: usize, record: &Incoming<'_>) {
        self.begin(number, record);
        self.json.extend_from_slice(FAILED);
    }

    /// Answers that the record is dropped because it is put back; returns by which number to revoke that.
    pub(crate) fn put_back(&mut self, number: usize, record: &Incoming<'_>) -> usize {
        self.begin(number, record);
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

    /// Begins the answer to record `number`, anew if it was begun before: a panic may have left half of one.
    fn begin(&mut self, number: usize, record: &Incoming<'_>) {
        if number < self.begun {
            self.undo();
        }
        self.begun = number + 1;
        self.before = (self.json.len(), self.put_back.len(), self.counts);
        self.counts.reserved -= shortest(record);
        if self.json.len() > HEAD.len() {
            self.json.push(b',');
        }
        self.json.extend_from_slice(br#"{"recordId":"#);
        // A string always serializes.
        let _ = serde_json::to_writer(&mut self.json, record.name);
    }

    /// Takes back what was begun last.
    fn undo(&mut self) {
        let (bytes, put_back, counts) = self.before;
        self.json.truncate(bytes);
        self.put_back.truncate(put_back);
        self.counts = counts;
    }
}

/// Length of the shortest answer that any record can get, with its comma.
fn shortest(record: &Incoming<'_>) -> usize {
    let escaped = |byte: u8| match byte {
        b'"' | b'\\' => 2,
        0..0x20 => 6,
        _ => 1,
    };
    let id: usize = record.name.bytes().map(escaped).sum();
    br#",{"recordId":"""#.len() + id + FAILED.len()
}

/// An answer as Lambda's runtime takes it: JSON that is already written. (It is looked through once more, some milliseconds of 6 MB:
/// without that `serde_json` takes it by `unsafe` only.)
pub fn to_response(json: Vec<u8>) -> Box<RawValue> {
    // The answer is JSON by construction; were it not, an empty list fails the invocation at Firehose, which repeats it.
    let text = String::from_utf8(json).unwrap_or_default();
    RawValue::from_string(text).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_panic_left_is_written_anew() {
        let records = ["a", "b", "c"].map(|name| Incoming { name, data: "" });
        let mut answer = Answer::new(&records, 1000);
        assert!(answer.ok(0, &records[0], b"data", b"{}"));
        // Half of an answer, and a whole one that does not count.
        answer.begin(1, &records[1]);
        answer.failed(1, &records[1]);
        assert_eq!(answer.put_back(2, &records[2]), 0);
        assert!(answer.ok(2, &records[2], b"", b"{}") && answer.put_back.is_empty());
        answer.dropped(2, &records[2]);
        assert_eq!((answer.delivered(), answer.counts.reserved), (1, 0));
        let json: serde_json::Value = serde_json::from_slice(&answer.finish()).expect("JSON");
        let results =
            json["records"].as_array().expect("records").iter().map(|record| {
                (record["recordId"].as_str().expect("an id"), record["result"].as_str().expect("a result"))
            });
        assert_eq!(results.collect::<Vec<_>>(), [("a", "Ok"), ("b", "ProcessingFailed"), ("c", "Dropped")]);
    }
}
