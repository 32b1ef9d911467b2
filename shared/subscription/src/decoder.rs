//! From the bytes of one record to its message, through buffers that are used again.

use crate::inflate::{Inflater, is_gzip, is_zlib};
use crate::{Error, Message, base64};

/// How much a payload may decompress to, unless configured: 128 MiB.
pub const DEFAULT_MAX_DECOMPRESSED_BYTES: usize = 128 << 20;

/// How a record begins in which the Kinesis Producer Library packed several.
/// <https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md>
const KPL_AGGREGATED: [u8; 4] = [0xf3, 0x89, 0x9a, 0xc2];

/// Decodes record after record. A message borrows from the decoder, so only one is alive at a time, and memory is that
/// of the largest payload.
///
/// ```
/// use logweir_subscription::{Decoder, Message};
///
/// let mut decoder = Decoder::default();
/// let json = br#"{"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"/app","logStream":"web-1",
///     "subscriptionFilters":["all"],"logEvents":[{"id":"36","timestamp":1795260000123,"message":"hello"}]}"#;
/// let Message::Data(data) = decoder.decode(json)? else { panic!("no data message") };
/// assert_eq!(data.log_events[0].message.decode(), "hello");
/// # Ok::<(), logweir_subscription::Error>(())
/// ```
#[derive(Debug)]
pub struct Decoder {
    limit: usize,
    inflater: Inflater,
    /// The record's bytes, out of base64.
    payload: Vec<u8>,
    /// How many bytes of text the inflater holds; nothing if the payload is the text.
    inflated: Option<usize>,
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new(DEFAULT_MAX_DECOMPRESSED_BYTES)
    }
}

impl Decoder {
    /// A decoder that refuses payloads which decompress to more than `max_decompressed_bytes`.
    pub fn new(max_decompressed_bytes: usize) -> Self {
        Self { limit: max_decompressed_bytes, inflater: Inflater::default(), payload: Vec::new(), inflated: None }
    }

    /// Decodes a record as its envelope holds it: base64, padded or not, of a payload.
    pub fn decode_base64(&mut self, base64: &str) -> Result<Message<'_>, Error> {
        self.unpack_base64(base64)?;
        self.message()
    }

    /// Decodes a payload: gzip or zlib of one or many members, gzip of such gzip, or JSON that is already decompressed.
    pub fn decode(&mut self, payload: &[u8]) -> Result<Message<'_>, Error> {
        self.load(payload);
        self.unpack()?;
        self.message()
    }

    /// The decompressed text of a payload, unparsed.
    pub fn text(&mut self, payload: &[u8]) -> Result<&str, Error> {
        self.load(payload);
        self.unpack()?;
        self.unpacked()
    }

    /// The first half of [`Self::decode_base64`]: afterwards the decoder holds the record's text, which [`Self::message`] parses.
    /// Whoever needs the record's bytes beside its message decodes by halves.
    pub fn unpack_base64(&mut self, base64: &str) -> Result<(), Error> {
        self.inflated = None;
        base64::decode(base64.as_bytes(), &mut self.payload)?;
        self.unpack()
    }

    /// The message of the record that was unpacked last.
    pub fn message(&self) -> Result<Message<'_>, Error> {
        Message::parse(self.unpacked()?)
    }

    /// A message borrows from the decoder only, so what is not compressed is copied.
    fn load(&mut self, payload: &[u8]) {
        self.payload.clear();
        self.payload.extend_from_slice(payload);
    }

    fn unpack(&mut self) -> Result<(), Error> {
        let Self { limit, inflater, payload, inflated } = self;
        *inflated = None;
        if is_gzip(payload) || is_zlib(payload) {
            *inflated = Some(inflater.inflate(payload, *limit)?);
            return Ok(());
        }
        match payload.trim_ascii_start().first() {
            Some(b'{') if payload.len() > *limit => Err(Error::TooLarge { limit: *limit }),
            Some(b'{') => Ok(()),
            Some(_) if payload.starts_with(&KPL_AGGREGATED) => Err(Error::KplAggregated),
            Some(_) => Err(Error::UnknownFormat { first: payload.iter().take(4).copied().collect() }),
            None => Err(Error::Empty),
        }
    }

    fn unpacked(&self) -> Result<&str, Error> {
        let text = self.inflated.map_or(self.payload.as_slice(), |length| self.inflater.text(length));
        simdutf8::compat::from_utf8(text).map_err(|error| Error::Utf8 { offset: error.valid_up_to() })
    }

    /// The bytes of the record decoded last by [`Self::decode_base64`], out of base64.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// What a dead letter keeps of a record that [`Self::decode_base64`] refused with `error`: its bytes, or the text
    /// that is no base64.
    pub fn original<'d>(&'d self, base64: &'d str, error: &Error) -> &'d [u8] {
        if matches!(error, Error::Base64 { .. }) { base64.as_bytes() } else { &self.payload }
    }
}
