//! From the bytes of one record to its message, through buffers that are used again.

use crate::inflate::{Inflater, is_gzip, is_zlib};
use crate::{Error, Message, base64};

/// How much a payload may decompress to, unless configured: 128 MiB.
pub const DEFAULT_MAX_DECOMPRESSED_BYTES: usize = 128 << 20;

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
    /// The decompressed payload.
    text: Vec<u8>,
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new(DEFAULT_MAX_DECOMPRESSED_BYTES)
    }
}

impl Decoder {
    /// A decoder that refuses payloads which decompress to more than `max_decompressed_bytes`.
    pub fn new(max_decompressed_bytes: usize) -> Self {
        Self { limit: max_decompressed_bytes, inflater: Inflater::default(), payload: Vec::new(), text: Vec::new() }
    }

    /// Decodes a record as its envelope holds it: base64, padded or not, of a payload.
    pub fn decode_base64(&mut self, base64: &str) -> Result<Message<'_>, Error> {
        base64::decode(base64.as_bytes(), &mut self.payload)?;
        let text = inflated(&self.payload, self.limit, &mut self.inflater, &mut self.text)?;
        Message::parse(text)
    }

    /// Decodes a payload: gzip or zlib of one or many members, or JSON that is already decompressed.
    pub fn decode(&mut self, payload: &[u8]) -> Result<Message<'_>, Error> {
        // What is not compressed is not copied by `inflated`, but a message borrows from the decoder only.
        self.payload.clear();
        self.payload.extend_from_slice(payload);
        let text = inflated(&self.payload, self.limit, &mut self.inflater, &mut self.text)?;
        Message::parse(text)
    }

    /// The decompressed text of a payload, unparsed.
    pub fn text(&mut self, payload: &[u8]) -> Result<&str, Error> {
        self.payload.clear();
        self.payload.extend_from_slice(payload);
        inflated(&self.payload, self.limit, &mut self.inflater, &mut self.text)
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

fn inflated<'b>(
    payload: &'b [u8],
    limit: usize,
    inflater: &mut Inflater,
    buffer: &'b mut Vec<u8>,
) -> Result<&'b str, Error> {
    let text = if is_gzip(payload) || is_zlib(payload) {
        inflater.inflate(payload, limit, buffer)?;
        buffer.as_slice()
    } else {
        match payload.trim_ascii_start().first() {
            Some(b'{') if payload.len() > limit => return Err(Error::TooLarge { limit }),
            Some(b'{') => payload,
            Some(_) => {
                return Err(Error::UnknownFormat { first: payload.iter().take(4).copied().collect() });
            }
            None => return Err(Error::Empty),
        }
    };
    simdutf8::compat::from_utf8(text).map_err(|error| Error::Utf8 { offset: error.valid_up_to() })
}
