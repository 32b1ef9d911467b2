//! Dead letters: what can never succeed, kept with its reason where it can be found and replayed.

use logweir_subscription::encode::base64;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::object::hex;

/// What of a record is to be set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The record's number in its batch.
    pub record: usize,
    /// Why, in one word.
    pub code: &'static str,
    /// Why, in words.
    pub message: String,
    /// A payload that can be replayed, or what came in place of one.
    pub bytes: Vec<u8>,
}

/// An object for the dead-letter bucket. Its fields are named as in the error records that Firehose writes, so that one
/// reader reads both: <https://docs.aws.amazon.com/firehose/latest/dev/retry.html>.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// `{prefix}/{function}/{code}/{SHA-256 of the bytes}.json`: a repeat has the same key.
    pub key: String,
    /// One JSON object: `errorCode`, `errorMessage`, `record` (where it came from), `rawData` (base64 of the bytes).
    pub body: Vec<u8>,
}

impl DeadLetter {
    /// Keeps `bytes`, the payload as it came; `record` names where it came from (a sequence number, a record id).
    pub fn new(prefix: &str, function: &str, code: &str, message: &str, record: &str, bytes: &[u8]) -> Self {
        let digest = hex(&Sha256::digest(bytes), 64);
        let prefix = prefix.trim_matches('/');
        let key = [prefix, function, code, &format!("{digest}.json")];
        let key: Vec<_> = key.into_iter().filter(|part| !part.is_empty()).collect();
        let body = json!({"errorCode": code, "errorMessage": message, "record": record, "rawData": base64(bytes)});
        Self { key: key.join("/"), body: format!("{body}\n").into_bytes() }
    }
}
