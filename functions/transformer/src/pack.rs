//! Lines packed into Firehose records: small records are billed rounded up to 5 KB, so each is filled.

use logweir_subscription::gzip::Compressor;

use crate::firehose::MAX_RECORD_BYTES;

/// Text that becomes one gzip member: small enough that it fits a record even where every byte takes nine bits, which is
/// what the fastest level makes of incompressible text.
const MEMBER_BYTES: usize = MAX_RECORD_BYTES / 9 * 8 - (1 << 10);

/// A Firehose record with the numbers of the payloads whose lines it holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Packed {
    pub(crate) bytes: Vec<u8>,
    /// The first and the last payload that have lines in it.
    pub(crate) payloads: (usize, usize),
}

/// Packs lines in the order they come.
#[derive(Debug)]
pub(crate) struct Packer {
    compressor: Option<Compressor>,
    /// Lines that are not compressed yet.
    lines: Vec<u8>,
    record: Vec<u8>,
    /// First and last payload with lines in `lines` and in `record`.
    lines_of: Option<(usize, usize)>,
    record_of: Option<(usize, usize)>,
    member: Vec<u8>,
}

impl Packer {
    pub(crate) fn new(compressor: Option<Compressor>) -> Self {
        Self { compressor, lines: Vec::new(), record: Vec::new(), lines_of: None, record_of: None, member: Vec::new() }
    }

    /// Whether a record can hold `line`.
    pub(crate) fn fits(&mut self, line: &[u8]) -> bool {
        if line.len() <= MEMBER_BYTES {
            return true;
        }
        let Some(compressor) = &mut self.compressor else { return line.len() <= MAX_RECORD_BYTES };
        self.member.clear();
        compressor.member(line, &mut self.member);
        self.member.len() <= MAX_RECORD_BYTES
    }

    /// Adds a line that [`Self::fits`], of payload number `payload`; finished records go to `out`.
    pub(crate) fn add(&mut self, line: &[u8], payload: usize, out: &mut Vec<Packed>) {
        if self.lines.len() + line.len() > MEMBER_BYTES {
            self.seal(out);
        }
        self.lines.extend_from_slice(line);
        self.lines_of = Some(match self.lines_of {
            Some((first, _)) => (first, payload),
            None => (payload, payload),
        });
    }

    /// Finishes what is left over.
    pub(crate) fn finish(mut self, out: &mut Vec<Packed>) {
        self.seal(out);
        self.emit(out);
    }

    /// Moves the waiting lines into the record, compressed where so configured.
    fn seal(&mut self, out: &mut Vec<Packed>) {
        let Some((first, last)) = self.lines_of.take() else { return };
        self.member.clear();
        if let Some(compressor) = &mut self.compressor {
            compressor.member(&self.lines, &mut self.member);
            self.lines.clear();
        } else {
            std::mem::swap(&mut self.lines, &mut self.member);
        }
        if self.record.len() + self.member.len() > MAX_RECORD_BYTES {
            self.emit(out);
        }
        self.record.extend_from_slice(&self.member);
        let first = self.record_of.map_or(first, |(first, _)| first);
        self.record_of = Some((first, last));
    }

    fn emit(&mut self, out: &mut Vec<Packed>) {
        if let Some(payloads) = self.record_of.take() {
            out.push(Packed { bytes: std::mem::take(&mut self.record), payloads });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use logweir_subscription::gzip;
    use proptest::prelude::*;
    use std::io::Read;

    fn check(lines: &[Vec<u8>], gzipped: bool) {
        let mut packer = Packer::new(gzipped.then(|| Compressor::new(1)));
        let (mut records, mut kept) = (Vec::new(), Vec::new());
        for (payload, line) in lines.iter().enumerate() {
            if packer.fits(line) {
                packer.add(line, payload, &mut records);
                kept.extend_from_slice(line);
            } else {
                assert!(line.len() > MEMBER_BYTES);
            }
        }
        packer.finish(&mut records);
        let mut text = Vec::new();
        for record in &records {
            assert!(record.bytes.len() <= MAX_RECORD_BYTES && !record.bytes.is_empty());
            if gzipped {
                gzip::reader(record.bytes.as_slice()).read_to_end(&mut text).expect("gzip");
            } else {
                text.extend_from_slice(&record.bytes);
            }
        }
        assert!(text == kept, "lines were lost or moved");
        assert!(records.is_sorted_by_key(|record| record.payloads));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn every_line_is_in_one_record_in_order(
            lengths in proptest::collection::vec(prop_oneof![1_usize..2000, 300_000_usize..1_100_000], 0..20), seed: u64, gzipped: bool,
        ) {
            let mut state = seed | 1;
            let mut random = || { state ^= state << 13; state ^= state >> 7; state ^= state << 17; state.to_le_bytes()[0] };
            let lines: Vec<Vec<u8>> = lengths.iter().map(|length| (0..*length).map(|_| random()).collect()).collect();
            check(&lines, gzipped);
        }
    }

    #[test]
    fn a_compressible_line_of_megabytes_fits_where_it_is_gzipped() {
        check(&[vec![b'x'; 3 << 20], b"short\n".to_vec()], true);
        assert!(Packer::new(Some(Compressor::new(6))).fits(&vec![b'x'; 3 << 20]));
        assert!(!Packer::new(None).fits(&vec![b'x'; MAX_RECORD_BYTES + 1]));
    }
}
