//! Gzip written: members that any reader can take one after the other as one file (RFC 1952, section 2.2).

use std::io::{BufRead, Read};

use flate2::{Compress, Compression, FlushCompress, Status};

/// Writes gzip members; one instance serves many, without allocating its state anew.
#[derive(Debug)]
pub struct Compressor {
    state: Compress,
}

impl Compressor {
    /// A compressor of `level` 1 (fastest) to 9 (smallest); others are clamped.
    pub fn new(level: u32) -> Self {
        let level = Compression::new(level.clamp(1, 9));
        Self { state: Compress::new_gzip(level, 15) }
    }

    /// Appends `input` to `out` as one complete member. Equal input gives equal bytes: the header holds no time.
    pub fn member(&mut self, input: &[u8], out: &mut Vec<u8>) {
        self.state.reset();
        let start = out.len();
        out.reserve(input.len() / 4 + 256);
        loop {
            let consumed = usize::try_from(self.state.total_in()).unwrap_or(usize::MAX);
            let rest = &input[consumed.min(input.len())..];
            match self.state.compress_vec(rest, out, FlushCompress::Finish) {
                Ok(Status::StreamEnd) => return,
                Ok(_) => out.reserve((out.len() - start) / 2 + 256),
                // `compress_vec` errs only when it is called again after its end, which the line above rules out.
                Err(error) => unreachable!("deflate refused whole input: {error}"),
            }
        }
    }
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
