//! A payload of one gzip member, in one go: libdeflate inflates it by a third faster, but wants to know how much it comes
//! to, tells errors of two kinds only, and does not say where a member ends.

use std::fmt;

use libdeflater::Decompressor;
use memchr::memmem;

use super::claimed_size;

/// The shortest gzip header (RFC 1952, section 2.3).
const HEADER: usize = 10;

/// Decompression state that serves payload after payload.
#[derive(Default)]
pub(super) struct Whole {
    state: Decompressor,
}

impl fmt::Debug for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Whole").finish_non_exhaustive()
    }
}

impl Whole {
    /// Inflates `input` to the front of `buffer` and says how many bytes that is. Nothing if `input` is not exactly one
    /// gzip member of at most `limit` bytes, or if that is not sure; `buffer` then holds no text, and never more than
    /// `limit` bytes.
    pub(super) fn inflate(&mut self, input: &[u8], limit: usize, buffer: &mut Vec<u8>) -> Option<usize> {
        let size = claimed_size(input).filter(|size| *size <= limit)?;
        make_room(buffer, size);
        // It compares the checksum and the length that stand where the member ends.
        let written = self.state.gzip_decompress(input, &mut buffer[..size]).ok()?;
        (written == size && ends_with_its_trailer(input)).then_some(size)
    }
}

/// Whether the member whose length stands in the last four bytes of `input` can end nowhere else.
///
/// libdeflate stops behind the first member, be there another or garbage. That member's length, which it compared, stands
/// at its end and is the same number; so if the input has these four bytes nowhere before, they are that length.
fn ends_with_its_trailer(input: &[u8]) -> bool {
    let (Some(length), Some(rest)) = (input.last_chunk::<4>(), input.get(HEADER..)) else { return false };
    memmem::find(rest, length) == Some(rest.len() - length.len())
}

/// Makes `buffer` at least `size` bytes long.
fn make_room(buffer: &mut Vec<u8>, size: usize) {
    if buffer.capacity() < size {
        // Given back first, so that there are never two; and new memory that is zero already need not be zeroed.
        *buffer = Vec::new();
        *buffer = vec![0; size];
    } else if buffer.len() < size {
        buffer.resize(size, 0);
    }
}
