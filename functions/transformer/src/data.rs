//! The data of an answer as its lines are written: all of it if it can fit, and never much more than that in memory.

use logweir_subscription::gzip::{Compressor, Member, WINDOW_BYTES};

/// Text that is compressed at once. What is shorter, as nearly everything is, becomes a member in one go.
const PIECE_BYTES: usize = 8 << 20;

/// Collects lines, through buffers that are used again.
#[derive(Debug)]
pub(crate) struct Data {
    compressor: Option<Compressor>,
    /// Lines, behind the end of those that were compressed before.
    lines: Vec<u8>,
    /// Where the lines begin that wait.
    start: usize,
    /// How long all lines are, kept or not.
    written: usize,
    compressed: Vec<u8>,
    /// Begun if there is more than a piece.
    member: Option<Member>,
    /// More than this cannot fit, and is not kept.
    most: usize,
    is_too_much: bool,
}

impl Data {
    /// For lines that are compressed by `compressor`, or left as they are.
    pub(crate) fn new(compressor: Option<Compressor>) -> Self {
        let (lines, compressed) = (Vec::new(), Vec::new());
        Self { compressor, lines, start: 0, written: 0, compressed, member: None, most: 0, is_too_much: false }
    }

    /// Begins anew: about `estimate` bytes of lines come, and data of more than `most` bytes is of no use.
    pub(crate) fn begin(&mut self, estimate: usize, most: usize) {
        self.lines.clear();
        self.compressed.clear();
        (self.start, self.written, self.member, self.most, self.is_too_much) = (0, 0, None, most, false);
        let room = estimate.min(PIECE_BYTES.max(most));
        if self.lines.capacity() < room {
            // To grow would keep the old beside the new.
            self.lines = Vec::new();
        }
        self.lines.reserve(room);
    }

    /// Adds a line that `write` appends, and says how long it is.
    pub(crate) fn line(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> usize {
        let before = self.lines.len();
        write(&mut self.lines);
        let length = self.lines.len() - before;
        self.written += length;
        if self.is_too_much {
            self.lines.clear();
        } else if self.compressor.is_none() {
            self.is_too_much = self.lines.len() > self.most;
        } else if self.lines.len() - self.start >= PIECE_BYTES {
            self.cut();
        }
        length
    }

    /// The data, and its length; without it if it is too much to be of use, and then that of the lines.
    pub(crate) fn finish(&mut self) -> (Option<&[u8]>, usize) {
        if self.member.is_some() && !self.is_too_much {
            self.cut();
        }
        let Self { compressor, lines, compressed, member, .. } = self;
        match (compressor, member.take()) {
            _ if self.is_too_much => return (None, self.written),
            (None, _) => return (Some(lines), lines.len()),
            (Some(compressor), None) => compressor.member(lines, compressed),
            (Some(_), Some(member)) => member.finish(compressed),
        }
        (Some(compressed), compressed.len())
    }

    /// Compresses the lines that wait.
    fn cut(&mut self) {
        let Self { compressor: Some(compressor), lines, start, compressed, member, .. } = self else { return };
        let member = member.get_or_insert_with(|| Member::begin(compressed));
        let (before, text) = lines.split_at(*start);
        member.add(&compressor.piece(before, text), compressed);
        let window = lines.len().saturating_sub(WINDOW_BYTES);
        lines.drain(..window);
        *start = lines.len();
        self.is_too_much = compressed.len() > self.most;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use logweir_subscription::gzip;
    use std::io::Read;

    /// A line that hardly compresses.
    fn noise(seed: &mut u64, length: usize) -> Vec<u8> {
        (0..length / 8)
            .flat_map(|_| {
                *seed ^= *seed << 13;
                *seed ^= *seed >> 7;
                *seed ^= *seed << 17;
                seed.to_le_bytes()
            })
            .collect()
    }

    #[test]
    fn all_lines_are_there_in_one_member_however_many_they_are() {
        let mut data = Data::new(Some(Compressor::new(1)));
        for lines in [0, 1, 10_000, 200_000, 3] {
            data.begin(0, usize::MAX);
            let text: Vec<u8> = (0..lines)
                .flat_map(|line| {
                    format!("line {line} of a log, as long as such lines are: {}\n", line % 97).into_bytes()
                })
                .collect();
            for line in text.split_inclusive(|byte| *byte == b'\n') {
                assert_eq!(data.line(|out| out.extend_from_slice(line)), line.len());
            }
            let (Some(bytes), length) = data.finish() else { panic!("too much") };
            assert_eq!(bytes.len(), length);
            let mut read = Vec::new();
            gzip::reader(bytes).read_to_end(&mut read).expect("gzip");
            assert!(read == text);
            // The trailer of one member counts all of it.
            assert!(bytes.ends_with(&u32::try_from(text.len()).expect("short").to_le_bytes()));
        }
    }

    #[test]
    fn what_cannot_fit_is_counted_and_not_kept() {
        for compressor in [None, Some(Compressor::new(1))] {
            let mut data = Data::new(compressor);
            data.begin(200 << 20, 1 << 20);
            let mut seed = 7;
            for _ in 0..40 {
                let line = noise(&mut seed, 1 << 20);
                data.line(|out| out.extend_from_slice(&line));
                assert!(data.lines.len() <= PIECE_BYTES + WINDOW_BYTES && data.compressed.len() <= 2 * PIECE_BYTES);
            }
            assert_eq!(data.finish(), (None, 40 << 20));
            data.begin(4, 100);
            data.line(|out| out.extend_from_slice(b"one\n"));
            assert!(data.finish().0.is_some(), "the next is not harmed");
        }
    }
}
