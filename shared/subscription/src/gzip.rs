//! Gzip written: one member (RFC 1952), whole or put together of pieces that were compressed side by side.

use std::io::{BufRead, Read};

use flate2::{Compress, Compression, Crc, FlushCompress, Status};

/// How far back deflate refers: so much of the text before a piece makes up for starting anew.
pub const WINDOW_BYTES: usize = 32 << 10;
/// The same for every text, level and machine: no name, no time, "unknown" as system.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
/// An empty last block of fixed codes: what ends a stream of blocks of which none is the last.
const END: [u8; 2] = [3, 0];
const TRAILER_BYTES: usize = 8;

/// What a member has beside its pieces.
pub const FRAME_BYTES: usize = HEADER.len() + END.len() + TRAILER_BYTES;

/// Compresses; one instance serves many texts, without allocating its state anew.
#[derive(Debug)]
pub struct Compressor {
    state: Compress,
    /// A piece as it grows, before its size is known.
    room: Vec<u8>,
}

/// A part of a member: blocks of deflate that end at a byte's border.
#[derive(Debug)]
pub struct Piece {
    deflate: Vec<u8>,
    check: Crc,
}

impl Piece {
    /// How much it adds to a member.
    #[expect(clippy::len_without_is_empty, reason = "it is never empty")]
    pub fn len(&self) -> usize {
        self.deflate.len()
    }
}

impl Compressor {
    /// A compressor of `level` 1 (fastest) to 9; others are clamped.
    pub fn new(level: u32) -> Self {
        let level = Compression::new(level.clamp(1, 9));
        Self { state: Compress::new(level, false), room: Vec::new() }
    }

    /// Appends `text` to `out` as one complete member. Equal text gives equal bytes: the header holds no time.
    pub fn member(&mut self, text: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(&HEADER);
        self.state.reset();
        self.deflate(text, FlushCompress::Finish, out);
        end(&check(text), out);
    }

    /// Compresses `text`, before which a member holds `before`. Equal arguments give equal bytes: it does not matter
    /// what was compressed earlier.
    pub fn piece(&mut self, before: &[u8], text: &[u8]) -> Piece {
        self.state.reset();
        let window = &before[before.len().saturating_sub(WINDOW_BYTES)..];
        if !window.is_empty() {
            // It errs only in the middle of a stream, and only raw deflate takes it without naming it in a header.
            let _ = self.state.set_dictionary(window);
        }
        let mut room = std::mem::take(&mut self.room);
        room.clear();
        self.deflate(text, FlushCompress::Sync, &mut room);
        let piece = Piece { deflate: room.clone(), check: check(text) };
        self.room = room;
        piece
    }

    fn deflate(&mut self, text: &[u8], flush: FlushCompress, out: &mut Vec<u8>) {
        let (start, before) = (out.len(), self.state.total_in());
        out.reserve(text.len() / 4 + 256);
        loop {
            let consumed = usize::try_from(self.state.total_in() - before).unwrap_or(usize::MAX);
            let rest = &text[consumed.min(text.len())..];
            match self.state.compress_vec(rest, out, flush) {
                Ok(Status::StreamEnd) => return,
                // Room that is left over says that there was nothing more to write.
                Ok(_) if flush != FlushCompress::Finish && out.len() < out.capacity() => return,
                Ok(_) => out.reserve((out.len() - start) / 2 + 256),
                // `compress_vec` errs only when it is called again after its end, which the lines above rule out.
                Err(error) => unreachable!("deflate refused whole input: {error}"),
            }
        }
    }
}

/// One member that is put together of pieces, in the order of their texts.
///
/// ```
/// use logweir_subscription::gzip::{Compressor, Member};
///
/// let (mut compressor, mut out) = (Compressor::new(6), Vec::new());
/// let mut member = Member::begin(&mut out);
/// member.add(&compressor.piece(b"", b"to be, or "), &mut out);
/// member.add(&compressor.piece(b"to be, or ", b"not to be"), &mut out);
/// member.finish(&mut out);
/// let mut text = String::new();
/// std::io::Read::read_to_string(&mut logweir_subscription::gzip::reader(out.as_slice()), &mut text)?;
/// assert_eq!(text, "to be, or not to be");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Member {
    check: Crc,
}

impl Member {
    /// Begins a member at the end of `out`.
    pub fn begin(out: &mut Vec<u8>) -> Self {
        out.extend_from_slice(&HEADER);
        Self { check: Crc::new() }
    }

    /// Appends the next piece.
    pub fn add(&mut self, piece: &Piece, out: &mut Vec<u8>) {
        out.extend_from_slice(&piece.deflate);
        self.check.combine(&piece.check);
    }

    /// Ends the member.
    pub fn finish(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&END);
        end(&self.check, out);
    }
}

fn check(text: &[u8]) -> Crc {
    let mut check = Crc::new();
    check.update(text);
    check
}

/// Appends the trailer.
fn end(check: &Crc, out: &mut Vec<u8>) {
    out.extend_from_slice(&check.sum().to_le_bytes());
    out.extend_from_slice(&check.amount().to_le_bytes());
}

/// Streams the text of a gzip file of any number of members, with no cap on the whole: the caller caps what it keeps.
/// Checksums are checked at the end of each member.
#[expect(clippy::disallowed_types, reason = "this is the home of streamed gzip reading")]
pub fn reader(file: impl BufRead) -> impl Read {
    flate2::bufread::MultiGzDecoder::new(file)
}

/// Whether `bytes` begin as a gzip file does.
pub fn is_gzip(bytes: &[u8]) -> bool {
    crate::inflate::is_gzip(bytes)
}
