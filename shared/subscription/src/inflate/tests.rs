use super::members::Members;
use super::whole::Whole;
use super::*;
use crate::gzip::Compressor;
use proptest::prelude::*;

const LIMIT: usize = 1 << 20;

fn inflate_with(inflater: &mut Inflater, input: &[u8], limit: usize) -> Result<Vec<u8>, Error> {
    inflater.inflate(input, limit).map(|length| inflater.text(length).to_vec())
}

fn inflate(input: &[u8], limit: usize) -> Result<Vec<u8>, Error> {
    inflate_with(&mut Inflater::default(), input, limit)
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
fn zero_bytes_behind_the_last_member_are_padding() {
    for whole in [gzip(b"text"), [gzip(b"te"), gzip(b"xt")].concat(), zlib(b"text")] {
        for zeros in [1, 2, 3, 4, 5, 8, 511, 4096] {
            let padded = [whole.as_slice(), &vec![0; zeros]].concat();
            assert_eq!(inflate(&padded, LIMIT), Ok(b"text".to_vec()), "{zeros}");
            let garbage = [padded.as_slice(), b"x"].concat();
            assert!(matches!(inflate(&garbage, LIMIT), Err(Error::TrailingGarbage { .. })), "{zeros}");
        }
    }
    assert_eq!(inflate(&[gzip(b""), vec![0; 4]].concat(), LIMIT), Ok(Vec::new()));
    // Between two members they are none.
    let between = [gzip(b"one"), vec![0; 8], gzip(b"two")].concat();
    assert!(matches!(inflate(&between, LIMIT), Err(Error::TrailingGarbage { member: 1, .. })));
}

#[test]
fn two_layers_are_read_and_a_third_is_named() {
    let once = gzip(b"text");
    let padded = [once.as_slice(), &[0; 7]].concat();
    let two = [gzip(b"te"), gzip(b"xt")].concat();
    for inner in [&once, &padded, &two] {
        assert_eq!(inflate(&gzip(inner), LIMIT), Ok(b"text".to_vec()));
        assert_eq!(inflate(&zlib(inner), LIMIT), Ok(b"text".to_vec()));
        assert_eq!(inflate(&gzip(&gzip(inner)), LIMIT), Err(Error::NestedTooDeep));
    }
    let (head, tail) = once.split_at(9);
    assert_eq!(inflate(&[gzip(head), gzip(tail)].concat(), LIMIT), Ok(b"text".to_vec()));
    assert!(matches!(inflate(&gzip(&once[..12]), LIMIT), Err(Error::Truncated { member: 1, available: 12 })));
}

#[test]
fn two_layers_take_no_more_memory_than_the_cap_and_an_eighth() {
    const CAP: usize = 1 << 16;
    let mut inflater = Inflater::default();
    let text = |length: usize| vec![b'x'; length];
    let within = [gzip(&text(CAP)), vec![0; CAP / 8 - gzip(&text(CAP)).len()]].concat();
    assert_eq!(inflater.inflate(&gzip(&text(CAP)), CAP), Ok(CAP));
    assert_eq!(inflater.inflate(&gzip(&within), CAP), Ok(CAP));
    let limit = CAP / 8;
    let larger = [within.as_slice(), &[0]].concat();
    for (payload, expected) in [
        (gzip(&larger), Error::NestedTooLarge { limit }),
        (gzip(&[larger, text(CAP)].concat()), Error::TooLarge { limit: CAP }),
        (gzip(&gzip(&text(CAP + 1))), Error::TooLarge { limit: CAP }),
    ] {
        assert_eq!(inflater.inflate(&payload, CAP), Err(expected));
        assert!(inflater.buffer.capacity() <= CAP, "{}", inflater.buffer.capacity());
        assert!(inflater.nested.capacity() <= CAP / 8, "{}", inflater.nested.capacity());
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
        let mut inflater = Inflater::default();
        assert_eq!(inflater.inflate(&bomb, limit), Err(Error::TooLarge { limit }));
        assert!(inflater.buffer.capacity() <= limit.max(8), "{} of {limit}", inflater.buffer.capacity());
    }
    assert_eq!(inflate(&bomb, 1 << 20).map(|text| text.len()), Ok(1 << 20));
    assert_eq!(inflate(&[bomb.clone(), bomb].concat(), (1 << 21) - 1), Err(Error::TooLarge { limit: (1 << 21) - 1 }));
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

/// Texts as a log has them: repeated lines, some of them longer than a block of deflate, and bytes of all kinds.
fn texts() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        ("[a-z ]{1,20}", 1_usize..400).prop_map(|(line, times)| line.repeat(times).into_bytes()),
        prop::collection::vec(any::<u8>(), 0..300),
    ];
    prop::collection::vec(part, 0..4).prop_map(|parts| parts.concat())
}

/// Both ways over one payload. `None` where libdeflate does not take it.
fn both(input: &[u8], limit: usize) -> (Option<Vec<u8>>, Result<Vec<u8>, Error>) {
    let (mut fast, mut exact) = (Vec::new(), Vec::new());
    let length = Whole::default().inflate(input, limit, &mut fast);
    assert!(fast.capacity() <= limit.max(8), "{} of {limit}", fast.capacity());
    let result = Members::default().inflate(input, limit, &mut exact);
    (length.map(|length| fast[..length].to_vec()), result.map(|()| exact))
}

#[test]
fn a_whole_member_is_taken_and_nothing_else_is() {
    let taken = |input: &[u8], limit| both(input, limit).0;
    let (one, text) = (gzip(b"one and one and one"), b"one and one and one".to_vec());
    assert_eq!(taken(&one, LIMIT), Some(text.clone()));
    assert_eq!(taken(&one, text.len()), Some(text.clone()));
    assert_eq!(taken(&one, text.len() - 1), None);
    assert_eq!(taken(&zlib(b"one"), LIMIT), None);
    assert_eq!(taken(b"", LIMIT), None);
    // libdeflate reads the first of two and says that all is well; the last length is the first's.
    assert_eq!(taken(&[one.clone(), one.clone()].concat(), LIMIT), None);
    assert_eq!(inflate(&[one.clone(), one.clone()].concat(), LIMIT), Ok([text.clone(), text].concat()));
    // So it does if the trailer is written once more behind garbage.
    let again = [&one, b"garbage".as_slice(), &one[one.len() - 8..]].concat();
    assert_eq!(both(&again, LIMIT), (None, Err(Error::TrailingGarbage { member: 1, bytes: 15 })));
}

/// The one thing that libdeflate refuses less of, on purpose: <https://github.com/ebiggers/libdeflate/issues/288>. Two codes that
/// deflate leaves unused stand for the longest match there. The text is right all the same, or its checksum would not be.
#[test]
fn damage_that_decides_nothing_is_not_told() {
    let text = [b'x'; 5000];
    let mut input = Vec::new();
    Compressor::new(1).member(&text, &mut input);
    input[12] ^= 2;
    let corrupt = Error::Corrupt { member: 1, reason: "the deflate stream is not valid" };
    assert_eq!(both(&input, LIMIT), (Some(text.to_vec()), Err(corrupt)));
    assert_eq!(inflate(&input, LIMIT), Ok(text.to_vec()));
}

#[test]
fn a_trailer_that_lies_costs_no_memory_and_is_told() {
    let honest = gzip(&[b'x'; 5000]);
    for claimed in [0, 1, 4999, 5001, 1 << 14, 1 << 24, u32::MAX] {
        let at = honest.len() - 4;
        let lying = [&honest[..at], &claimed.to_le_bytes()].concat();
        let mut inflater = Inflater::default();
        assert_eq!(inflater.inflate(&lying, LIMIT), Err(Error::Trailer { member: 1, what: "length" }));
        assert!(inflater.buffer.capacity() <= LIMIT);
    }
}

#[test]
fn a_short_text_after_a_long_one_has_nothing_of_it() {
    let mut inflater = Inflater::default();
    for text in ["a long text, as long as none of the others", "short", "", "a longer text"] {
        assert_eq!(inflate_with(&mut inflater, &gzip(text.as_bytes()), LIMIT), Ok(text.as_bytes().to_vec()));
        assert_eq!(inflate_with(&mut inflater, &zlib(text.as_bytes()), LIMIT), Ok(text.as_bytes().to_vec()));
    }
}

proptest! {
    #[test]
    fn both_ways_agree_on_what_is_whole_or_cut_or_followed_by_anything(
        members in prop::collection::vec((texts(), 1_u32..=9), 1..3),
        behind in prop_oneof![Just(Vec::new()), prop::collection::vec(any::<u8>(), 0..40)],
        cut in 0_usize..64,
        limit in prop_oneof![Just(LIMIT), 0_usize..2000],
    ) {
        let mut input = Vec::new();
        for (text, level) in &members {
            Compressor::new(*level).member(text, &mut input);
        }
        input.extend(behind);
        input.truncate(input.len() - cut.saturating_sub(32).min(input.len()));
        let (fast, exact) = both(&input, limit);
        if let Some(text) = &fast {
            prop_assert_eq!(Ok(text), exact.as_ref());
        }
        prop_assert_eq!(inflate(&input, limit), exact.clone());
        prop_assert_eq!(inflate(&input, limit), exact);
    }

    /// What is damaged is refused alike; or the damage decides nothing, and the text is what its checksum says.
    #[test]
    fn both_ways_agree_on_what_is_damaged(
        text in texts(), level in 1_u32..=9, at in any::<prop::sample::Index>(), bit in 0_u32..8, last in any::<Option<[u8; 8]>>(),
    ) {
        let mut input = Vec::new();
        Compressor::new(level).member(&text, &mut input);
        let damaged = at.index(input.len());
        input[damaged] ^= 1 << bit;
        if let (Some(last), Some(trailer)) = (last, input.last_chunk_mut::<8>()) {
            *trailer = last;
        }
        match both(&input, LIMIT) {
            (None, exact) => prop_assert_eq!(inflate(&input, LIMIT), exact),
            (Some(fast), Ok(exact)) => prop_assert_eq!(fast, exact),
            (Some(fast), Err(Error::Corrupt { .. })) => prop_assert_eq!(&fast, &text),
            (Some(_), Err(error)) => prop_assert!(false, "{error} was not told"),
        }
    }
}
