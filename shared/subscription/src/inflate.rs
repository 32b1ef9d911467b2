//! Capped decompression: the one place where gzip and zlib are read.
//!
//! Two ways lead to the same answer. A payload of one gzip member, which is what CloudWatch Logs sends, is inflated in
//! one go ([`whole`]). What that does not take is read [member by member](members), which is slower and knows exactly what
//! is wrong: docs/decisions/0009-inflate.md.
//!
//! What comes out may be gzip again: a Firehose stream that compresses what a subscription compressed makes that.

mod members;
#[cfg(test)]
mod tests;
mod whole;

use crate::Error;
use members::Members;
use whole::Whole;

/// Deflate cannot do better than 1,032 to 1, so a trailer that claims more lies.
const BEST_RATIO: usize = 1032;

/// What is compressed within what is compressed has at most this part of the cap: it lies in memory beside its text, which
/// may have all of the cap. It is hardly smaller than its input then, and a Lambda event is of 6 MB.
const NESTED_PART: usize = 8;

/// Decompression state and the buffer of the text, both of which serve payload after payload.
#[derive(Debug, Default)]
pub(crate) struct Inflater {
    whole: Whole,
    members: Members,
    /// Holds the text at its front. What lies behind it is left over from longer ones, so that no byte is zeroed twice.
    buffer: Vec<u8>,
    /// The payload within one that was compressed twice.
    nested: Vec<u8>,
}

/// Whether `bytes` begin as a gzip member does.
pub(crate) fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

/// Whether `bytes` begin with a zlib header (RFC 1950, section 2.2: method 8, and a multiple of 31).
pub(crate) fn is_zlib(bytes: &[u8]) -> bool {
    matches!(bytes, [method, flags, ..]
        if method & 0x0f == 8 && method >> 4 <= 7 && u16::from_be_bytes([*method, *flags]).is_multiple_of(31))
}

impl Inflater {
    /// Inflates all gzip or zlib members of `input`, and those of gzip in it, and says how many bytes of text that is. There are
    /// never more than `limit` bytes and an eighth in memory.
    pub(crate) fn inflate(&mut self, input: &[u8], limit: usize) -> Result<usize, Error> {
        let mut length = self.layer(input, limit)?;
        if is_gzip(&self.buffer[..length]) {
            length = self.nested(length, limit)?;
        }
        Ok(length)
    }

    /// Fills the buffer with the text of all members of `input`, and says how long it is.
    fn layer(&mut self, input: &[u8], limit: usize) -> Result<usize, Error> {
        if let Some(length) = self.whole.inflate(input, limit, &mut self.buffer) {
            return Ok(length);
        }
        self.members.inflate(input, limit, &mut self.buffer)?;
        Ok(self.buffer.len())
    }

    /// The text that was inflated last, as long as [`Self::inflate`] said.
    pub(crate) fn text(&self, length: usize) -> &[u8] {
        self.buffer.get(..length).unwrap_or_default()
    }

    /// Inflates the first `length` bytes of the buffer, which are gzip, and so no text, once more.
    #[cold]
    fn nested(&mut self, length: usize, limit: usize) -> Result<usize, Error> {
        let most = limit / NESTED_PART;
        if length > most {
            return Err(Error::NestedTooLarge { limit: most });
        }
        let mut nested = std::mem::take(&mut self.nested);
        nested.clear();
        nested.reserve_exact(length);
        nested.extend_from_slice(&self.buffer[..length]);
        let text = self.layer(&nested, limit);
        self.nested = nested;
        match text {
            Ok(length) if is_gzip(&self.buffer[..length]) => Err(Error::NestedTooDeep),
            text => text,
        }
    }
}

/// What the last gzip trailer of the input says that it decompresses to, unless that is impossible (RFC 1952, ISIZE).
/// Whoever wrote the payload may lie within that.
fn claimed_size(input: &[u8]) -> Option<usize> {
    let size = u32::from_le_bytes(*input.last_chunk()?) as usize;
    (is_gzip(input) && size <= input.len().saturating_mul(BEST_RATIO)).then_some(size)
}
