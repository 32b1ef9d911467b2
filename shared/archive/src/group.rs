//! The text of one object as it comes: cut into pieces, digested, and put together again as one gzip member.

use std::io::Read;

use logweir_subscription::gzip::{self, Compressor, FRAME_BYTES, Member, WINDOW_BYTES};
use sha2::{Digest, Sha256};

use crate::press::{Press, Slot};

/// An object in the making.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) rendered: Vec<Option<String>>,
    pub(crate) first_timestamp: i64,
    pub(crate) events: usize,
    /// The end of the piece before, and the lines of the next piece as far as they are not packed.
    pub(crate) pending: Vec<u8>,
    /// Where the piece begins in `packed` and `pending` together.
    start: usize,
    /// How much of `pending` is in the digest.
    hashed: usize,
    digest: Sha256,
    /// What stands before `pending` where there was no room for it: gzip members, and how much they hold.
    packed: Vec<u8>,
    packed_bytes: usize,
    pieces: Vec<Slot>,
}

impl Group {
    pub(crate) fn new(rendered: Vec<Option<String>>) -> Self {
        Self {
            rendered,
            first_timestamp: i64::MAX,
            events: 0,
            pending: Vec::new(),
            start: 0,
            hashed: 0,
            digest: Sha256::new(),
            packed: Vec::new(),
            packed_bytes: 0,
            pieces: Vec::new(),
        }
    }

    /// How long the next piece is so far.
    pub(crate) fn piece_bytes(&self) -> usize {
        self.packed_bytes + self.pending.len() - self.start
    }

    /// Takes what was added into the digest: at once, while it is in the cache.
    pub(crate) fn hash(&mut self) {
        self.digest.update(&self.pending[self.hashed..]);
        self.hashed = self.pending.len();
    }

    /// Ends the piece and gives it to `press`; the next one grows in `buffer`. Returns how many wait there.
    pub(crate) fn cut(&mut self, press: &Press, mut buffer: Vec<u8>) -> usize {
        self.unpack();
        buffer.extend_from_slice(&self.pending[self.pending.len().saturating_sub(WINDOW_BYTES)..]);
        self.give(press, buffer)
    }

    /// Gives what is left over to `press`: nothing will be added. Returns how many pieces wait there.
    pub(crate) fn seal(&mut self, press: &Press) -> usize {
        if self.piece_bytes() > 0 {
            return self.give(press, Vec::new());
        }
        // At most the end of the last piece.
        (self.pending, self.packed) = (Vec::new(), Vec::new());
        (self.start, self.hashed, self.packed_bytes) = (0, 0, 0);
        0
    }

    fn give(&mut self, press: &Press, next: Vec<u8>) -> usize {
        self.unpack();
        self.hash();
        self.hashed = next.len();
        let start = std::mem::replace(&mut self.start, next.len());
        let (slot, waiting) = press.add(std::mem::replace(&mut self.pending, next), start);
        self.pieces.push(slot);
        waiting
    }

    /// Packs what is pending into little room until the piece ends: it, and so the object, stay what they are.
    pub(crate) fn pack(&mut self, compressor: &mut Compressor) {
        if self.pending.is_empty() {
            return;
        }
        self.hash();
        self.hashed = 0;
        compressor.member(&self.pending, &mut self.packed);
        self.packed_bytes += self.pending.len();
        self.pending = Vec::new();
    }

    fn unpack(&mut self) {
        if self.packed.is_empty() {
            return;
        }
        self.hash();
        let mut text = Vec::with_capacity(self.packed_bytes + self.pending.len());
        if let Err(error) = gzip::reader(self.packed.as_slice()).read_to_end(&mut text) {
            unreachable!("what was packed here cannot be unpacked: {error}");
        }
        text.append(&mut self.pending);
        self.hashed = text.len();
        self.pending = text;
        self.packed = Vec::new();
        self.packed_bytes = 0;
    }

    /// The fields of the key, the body, of which all pieces must be compressed, and the digest.
    pub(crate) fn finish(self) -> (Vec<Option<String>>, Vec<u8>, Vec<u8>) {
        let pieces = || self.pieces.iter().map(compressed);
        let length: usize = pieces().map(gzip::Piece::len).sum();
        let mut body = Vec::with_capacity(length + FRAME_BYTES);
        let mut member = Member::begin(&mut body);
        for piece in pieces() {
            member.add(piece, &mut body);
        }
        member.finish(&mut body);
        (self.rendered, body, self.digest.finalize().to_vec())
    }
}

fn compressed(slot: &Slot) -> &gzip::Piece {
    match slot.get() {
        Some(piece) => piece,
        None => unreachable!("a piece was not compressed"),
    }
}
