//! Capped decompression: the one place where gzip and zlib are read.
//!
//! Raw deflate is flate2's; the gzip frame (RFC 1952) is read here, because only then a cut member, a wrong checksum,
//! a wrong length and trailing garbage can be told apart.

use flate2::{Crc, Decompress, FlushDecompress, Status};

use crate::Error;

const TRAILER: usize = 8;
/// Deflate cannot do better than 1,032 to 1, so a trailer that claims more lies.
const BEST_RATIO: usize = 1032;

/// Decompression state that serves record after record.
#[derive(Debug)]
pub(crate) struct Inflater {
    raw: Decompress,
}

impl Default for Inflater {
    fn default() -> Self {
        Self { raw: Decompress::new(false) }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Frame {
    Gzip,
    Zlib,
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
    /// Decompresses all gzip or zlib members of `input` into `out`, which is cleared first and never holds more than
    /// `limit` bytes.
    pub(crate) fn inflate(&mut self, input: &[u8], limit: usize, out: &mut Vec<u8>) -> Result<(), Error> {
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
            if rest.is_empty() {
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

/// How many bytes the input will probably decompress to: what the last trailer says, unless that is impossible.
fn size_hint(input: &[u8]) -> usize {
    let guess = input.len().saturating_mul(4);
    match input.last_chunk::<4>() {
        Some(trailer) if is_gzip(input) => {
            let claimed = u32::from_le_bytes(*trailer) as usize;
            if claimed <= input.len().saturating_mul(BEST_RATIO) { claimed } else { guess }
        }
        _ => guess,
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gzip::Compressor;

    const LIMIT: usize = 1 << 20;

    fn inflate(input: &[u8], limit: usize) -> Result<Vec<u8>, Error> {
        let mut out = Vec::new();
        Inflater::default().inflate(input, limit, &mut out)?;
        Ok(out)
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        Compressor::new(6).member(text, &mut out);
        out
    }

    fn zlib(text: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len() + 100);
        let mut compress = flate2::Compress::new(flate2::Compression::new(6), true);
        compress.compress_vec(text, &mut out, flate2::FlushCompress::Finish).expect("compresses");
        out
    }

    #[test]
    fn one_or_many_members_are_one_text() {
        let two = [gzip(b"one "), gzip(b"two")].concat();
        assert_eq!(inflate(&gzip(b"one"), LIMIT), Ok(b"one".to_vec()));
        assert_eq!(inflate(&two, LIMIT), Ok(b"one two".to_vec()));
        assert_eq!(inflate(&[zlib(b"one "), zlib(b"two")].concat(), LIMIT), Ok(b"one two".to_vec()));
        assert_eq!(inflate(&gzip(b""), LIMIT), Ok(Vec::new()));
    }

    #[test]
    fn every_cut_is_told_from_garbage_and_from_corruption() {
        for whole in [[gzip(b"a text of some length"), gzip(b"two")].concat(), zlib(b"a text")] {
            for length in 1..whole.len() {
                let boundary = gzip(b"a text of some length").len();
                match inflate(&whole[..length], LIMIT) {
                    Err(Error::Truncated { .. }) => {}
                    Ok(text) if length == boundary => assert_eq!(text, b"a text of some length"),
                    other => panic!("{length} of {} bytes: {other:?}", whole.len()),
                }
            }
            let garbage = [whole.as_slice(), b"garbage"].concat();
            assert!(matches!(inflate(&garbage, LIMIT), Err(Error::TrailingGarbage { bytes: 7, .. })));
        }
    }

    #[test]
    fn checksum_and_length_are_checked_member_by_member() {
        let (one, two) = (gzip(b"one"), gzip(b"two"));
        for (back, what) in [(5, "CRC-32"), (1, "length")] {
            let mut bad = one.clone();
            let at = bad.len() - back;
            bad[at] ^= 1;
            assert_eq!(inflate(&bad, LIMIT), Err(Error::Trailer { member: 1, what }));
            let mut bad = two.clone();
            bad[at] ^= 1;
            let bad = [one.clone(), bad].concat();
            assert_eq!(inflate(&bad, LIMIT), Err(Error::Trailer { member: 2, what }));
        }
        let mut bad = zlib(b"one");
        *bad.last_mut().expect("not empty") ^= 1;
        assert_eq!(inflate(&bad, LIMIT), Err(Error::Trailer { member: 1, what: "Adler-32" }));
    }

    #[test]
    fn the_cap_holds_to_the_byte_and_nothing_is_allocated_past_it() {
        let bomb = gzip(&vec![b'x'; 1 << 20]);
        for limit in [0, 1, 4095, 4096, 4097, (1 << 20) - 1] {
            let mut out = Vec::new();
            let result = Inflater::default().inflate(&bomb, limit, &mut out);
            assert_eq!(result, Err(Error::TooLarge { limit }));
            assert!(out.capacity() <= limit.max(8), "{} of {limit}", out.capacity());
        }
        assert_eq!(inflate(&bomb, 1 << 20).map(|text| text.len()), Ok(1 << 20));
        assert_eq!(
            inflate(&[bomb.clone(), bomb].concat(), (1 << 21) - 1),
            Err(Error::TooLarge { limit: (1 << 21) - 1 })
        );
    }

    #[test]
    fn optional_header_fields_are_skipped() {
        let plain = gzip(b"text");
        let mut full = plain[..10].to_vec();
        full[3] = 2 | 4 | 8 | 16;
        full.extend_from_slice(b"\x03\x00abcname\0comment\0\xff\xff");
        full.extend_from_slice(&plain[10..]);
        assert_eq!(inflate(&full, LIMIT), Ok(b"text".to_vec()));
        full[3] = 0x80;
        assert!(matches!(inflate(&full, LIMIT), Err(Error::Corrupt { .. })));
    }
}
