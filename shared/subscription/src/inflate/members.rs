//! Member by member: any number of them, gzip or zlib, and exactly what is wrong with one that cannot be read.
//!
//! Raw deflate is flate2's; the gzip frame (RFC 1952) is read here, because only then a cut member, a wrong checksum,
//! a wrong length and trailing garbage can be told apart.

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::{claimed_size, is_gzip, is_zlib};
use crate::Error;

const TRAILER: usize = 8;

/// Decompression state that serves payload after payload.
#[derive(Debug)]
pub(super) struct Members {
    raw: Decompress,
}

impl Default for Members {
    fn default() -> Self {
        Self { raw: Decompress::new(false) }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Frame {
    Gzip,
    Zlib,
}

impl Members {
    /// Decompresses all gzip or zlib members of `input` into `out`, which is cleared first and never holds more than
    /// `limit` bytes.
    pub(super) fn inflate(&mut self, input: &[u8], limit: usize, out: &mut Vec<u8>) -> Result<(), Error> {
        out.clear();
        reserve(out, size_hint(input), limit);
        let frame = if is_gzip(input) { Frame::Gzip } else { Frame::Zlib };
        let mut rest = input;
        let mut member = 1;
        loop {
            let cut = Error::Truncated { member, available: input.len() };
            rest = match frame {
                Frame::Gzip => self.gzip_member(rest, member, limit, out, &cut)?,
                Frame::Zlib => self.deflate(rest, Frame::Zlib, member, limit, out, &cut)?,
            };
            let another = match frame {
                Frame::Gzip => is_gzip(rest) || rest == [0x1f],
                Frame::Zlib => is_zlib(rest),
            };
            // Zero bytes are padding, as of a block or a tape; gzip passes over them too.
            if rest.iter().all(|byte| *byte == 0) {
                return Ok(());
            }
            if !another {
                return Err(Error::TrailingGarbage { member, bytes: rest.len() });
            }
            member += 1;
        }
    }

    /// Decompresses one gzip member and returns what follows it.
    fn gzip_member<'i>(
        &mut self,
        input: &'i [u8],
        member: usize,
        limit: usize,
        out: &mut Vec<u8>,
        cut: &Error,
    ) -> Result<&'i [u8], Error> {
        let body = skip_header(input, member, cut)?;
        let start = out.len();
        let rest = self.deflate(body, Frame::Gzip, member, limit, out, cut)?;
        let Some((trailer, rest)) = rest.split_first_chunk::<TRAILER>() else {
            return Err(cut.clone());
        };
        let [c0, c1, c2, c3, l0, l1, l2, l3] = *trailer;
        let mut crc = Crc::new();
        crc.update(&out[start..]);
        if crc.sum() != u32::from_le_bytes([c0, c1, c2, c3]) {
            return Err(Error::Trailer { member, what: "CRC-32" });
        }
        // RFC 1952: ISIZE is the length modulo 2^32; `Crc` counts the same way.
        if crc.amount() != u32::from_le_bytes([l0, l1, l2, l3]) {
            return Err(Error::Trailer { member, what: "length" });
        }
        Ok(rest)
    }

    /// Decompresses one deflate or zlib stream and returns what follows it.
    fn deflate<'i>(
        &mut self,
        mut input: &'i [u8],
        frame: Frame,
        member: usize,
        limit: usize,
        out: &mut Vec<u8>,
        cut: &Error,
    ) -> Result<&'i [u8], Error> {
        self.raw.reset(frame == Frame::Zlib);
        loop {
            let (before_in, before_out) = (self.raw.total_in(), out.len());
            let status = if out.len() < out.capacity().min(limit) {
                self.raw.decompress_vec(input, out, FlushDecompress::None)
            } else {
                // No room: does the stream end here, or is there one byte more?
                let mut one_more = [0];
                let produced = self.raw.total_out();
                let status = self.raw.decompress(input, &mut one_more, FlushDecompress::None);
                if self.raw.total_out() > produced {
                    if out.len() == limit {
                        return Err(Error::TooLarge { limit });
                    }
                    reserve(out, out.len().max(4096), limit);
                    out.push(one_more[0]);
                }
                status
            };
            let status = status.map_err(|error| match error.message() {
                Some("incorrect data check") => Error::Trailer { member, what: "Adler-32" },
                _ => Error::Corrupt { member, reason: "the deflate stream is not valid" },
            })?;
            // Capacity may be larger than what was asked for; the cap holds all the same.
            if out.len() > limit {
                return Err(Error::TooLarge { limit });
            }
            let consumed = usize::try_from(self.raw.total_in() - before_in).unwrap_or(usize::MAX);
            input = &input[consumed.min(input.len())..];
            if status == Status::StreamEnd {
                return Ok(input);
            }
            let stuck = consumed == 0 && out.len() == before_out;
            if input.is_empty() && out.len() < out.capacity().min(limit) || stuck {
                return Err(cut.clone());
            }
        }
    }
}

/// Makes room for `additional` bytes, but for no more than `limit` in all.
fn reserve(out: &mut Vec<u8>, additional: usize, limit: usize) {
    out.reserve_exact(additional.min(limit.saturating_sub(out.len())));
}

/// How many bytes the input will probably decompress to.
fn size_hint(input: &[u8]) -> usize {
    claimed_size(input).unwrap_or(input.len().saturating_mul(4))
}

/// Skips a gzip header (RFC 1952, section 2.3) with all its optional fields.
fn skip_header<'i>(input: &'i [u8], member: usize, cut: &Error) -> Result<&'i [u8], Error> {
    const HEADER_CRC: u8 = 2;
    const EXTRA: u8 = 4;
    const NAME: u8 = 8;
    const COMMENT: u8 = 16;
    let corrupt = |reason| Error::Corrupt { member, reason };
    let Some((header, mut rest)) = input.split_first_chunk::<10>() else {
        return Err(cut.clone());
    };
    let [_, _, method, flags, ..] = *header;
    if method != 8 {
        return Err(corrupt("its compression method is not deflate"));
    }
    if flags & 0b1110_0000 != 0 {
        return Err(corrupt("reserved header flags are set"));
    }
    if flags & EXTRA != 0 {
        let (length, after) = rest.split_first_chunk::<2>().ok_or_else(|| cut.clone())?;
        rest = after.get(usize::from(u16::from_le_bytes(*length))..).ok_or_else(|| cut.clone())?;
    }
    for flag in [NAME, COMMENT] {
        if flags & flag != 0 {
            let end = memchr::memchr(0, rest).ok_or_else(|| cut.clone())?;
            rest = &rest[end + 1..];
        }
    }
    if flags & HEADER_CRC != 0 {
        rest = rest.get(2..).ok_or_else(|| cut.clone())?;
    }
    Ok(rest)
}
