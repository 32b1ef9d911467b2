//! What can be wrong with one record, each failure a case of its own.

use logweir_json::{JsonError, Kind};

/// Why a record is not a subscription message. It quotes no log line, which may be secret: at
/// most the first four bytes of what is no payload, or the name of an unknown type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The record has no bytes.
    #[error("the record is empty")]
    Empty,
    /// Not base64, neither padded nor unpadded (RFC 4648, section 4).
    #[error("broken base64 at character {position} of {length}")]
    Base64 {
        /// Offset of the first character that cannot be there.
        position: usize,
        /// Length of the base64 text.
        length: usize,
    },
    /// Neither gzip, zlib nor a JSON object.
    #[error("neither gzip, zlib nor a JSON object: it begins with {first:02x?}")]
    UnknownFormat {
        /// The first bytes, four at most.
        first: Vec<u8>,
    },
    /// Records of somebody else's, packed together by the Kinesis Producer Library; CloudWatch Logs does not aggregate.
    /// <https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md>
    #[error(
        "an aggregated record of the Kinesis Producer Library, which is no CloudWatch Logs subscription: give its producer \
         a stream of its own, or turn aggregation off there (AggregationEnabled=false)"
    )]
    KplAggregated,
    /// The compressed data ends inside a member.
    #[error("compressed member {member} is cut off after {available} bytes of input")]
    Truncated {
        /// Number of the member, from 1.
        member: usize,
        /// Bytes of the whole input.
        available: usize,
    },
    /// The compressed data of a member is not deflate, or its header is not gzip's.
    #[error("compressed member {member} is corrupt: {reason}")]
    Corrupt {
        /// Number of the member, from 1.
        member: usize,
        /// What did not hold.
        reason: &'static str,
    },
    /// The checksum or the length in a member's trailer is not that of its data.
    #[error("compressed member {member} has a wrong {what} in its trailer")]
    Trailer {
        /// Number of the member, from 1.
        member: usize,
        /// `CRC-32`, `length` or `Adler-32`.
        what: &'static str,
    },
    /// Whole members, and after them bytes that begin no member and are not all zero.
    #[error("{bytes} bytes of garbage after compressed member {member}")]
    TrailingGarbage {
        /// Number of the last whole member, from 1.
        member: usize,
        /// How many bytes follow it.
        bytes: usize,
    },
    /// The payload is larger than the configured cap once decompressed.
    #[error("the payload decompresses to more than the limit of {limit} bytes")]
    TooLarge {
        /// The cap in bytes.
        limit: usize,
    },
    /// The payload was compressed twice, and once decompressed it is larger than what is kept for that.
    #[error("the payload is compressed twice, and what is compressed in it has more than {limit} bytes")]
    NestedTooLarge {
        /// An eighth of the cap, in bytes.
        limit: usize,
    },
    /// The payload was compressed three times or more.
    #[error("the payload is compressed more than twice: compress it once less on its way")]
    NestedTooDeep,
    /// The payload is not UTF-8.
    #[error("the payload is not UTF-8 at byte {offset}")]
    Utf8 {
        /// Offset of the first bad byte.
        offset: usize,
    },
    /// The payload is not JSON (RFC 8259).
    #[error("the payload is not JSON: {0}")]
    Json(#[from] JsonError),
    /// There is a second value behind the message.
    #[error("{bytes} bytes follow the message's closing brace")]
    TrailingData {
        /// How many bytes, white space left out at the front.
        bytes: usize,
    },
    /// JSON, but not an object.
    #[error("the payload is a JSON {found}, not an object")]
    NotAnObject {
        /// What it is.
        found: Kind,
    },
    /// `messageType` is neither `DATA_MESSAGE` nor `CONTROL_MESSAGE`.
    #[error("unknown messageType {0:?}")]
    UnknownMessageType(String),
    /// A key that may stand once stands twice: to take either would lose the other's events.
    #[error("the message has {0} twice")]
    Duplicate(&'static str),
    /// A key that every message has is missing.
    #[error("{} has no {field}", place(*.event))]
    Missing {
        /// Index of the event, from 0; `None` for the message itself.
        event: Option<usize>,
        /// The key.
        field: &'static str,
    },
    /// A key holds a value of the wrong kind.
    #[error("{field} of {} is a JSON {found}, not {expected}", place(*.event))]
    WrongKind {
        /// Index of the event, from 0; `None` for the message itself.
        event: Option<usize>,
        /// The key.
        field: &'static str,
        /// What it must be.
        expected: &'static str,
        /// What it is.
        found: Kind,
    },
    /// The message has more events than any that CloudWatch Logs sends.
    #[error("the message has more than {limit} events")]
    TooManyEvents {
        /// How many are read.
        limit: usize,
    },
    /// The message names more subscription filters than any that CloudWatch Logs sends.
    #[error("the message has more than {limit} subscriptionFilters")]
    TooManyFilters {
        /// How many are read.
        limit: usize,
    },
    /// A timestamp is no whole number of milliseconds between the years 1970 and 9999.
    #[error("the timestamp of event {event} is not in milliseconds from 1970 to 9999")]
    Timestamp {
        /// Index of the event, from 0.
        event: usize,
    },
}

fn place(event: Option<usize>) -> String {
    event.map_or_else(|| "the message".to_owned(), |index| format!("event {index}"))
}

impl Error {
    /// A stable word for metrics, dead letters and Lambda's `errorType`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "Empty",
            Self::Base64 { .. } => "InvalidBase64",
            Self::UnknownFormat { .. } => "UnknownFormat",
            Self::KplAggregated => "KplAggregated",
            Self::Truncated { .. } => "TruncatedGzip",
            Self::Corrupt { .. } => "CorruptGzip",
            Self::Trailer { .. } => "ChecksumMismatch",
            Self::TrailingGarbage { .. } => "TrailingGarbage",
            Self::TooLarge { .. } => "TooLarge",
            Self::NestedTooLarge { .. } => "NestedTooLarge",
            Self::NestedTooDeep => "NestedTooDeep",
            Self::Utf8 { .. } => "InvalidUtf8",
            Self::Json(_) => "InvalidJson",
            Self::TrailingData { .. } => "TrailingData",
            Self::NotAnObject { .. } => "NotAnObject",
            Self::UnknownMessageType(_) => "UnknownMessageType",
            Self::Duplicate(_) => "DuplicateField",
            Self::Missing { .. } => "MissingField",
            Self::WrongKind { .. } => "WrongKind",
            Self::TooManyEvents { .. } => "TooManyEvents",
            Self::TooManyFilters { .. } => "TooManyFilters",
            Self::Timestamp { .. } => "InvalidTimestamp",
        }
    }
}
