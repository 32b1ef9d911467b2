//! Which kinds of secrets a text may hold: one look at its bytes, sixteen at a time. Most lines hold none, and need no more.
//!
//! What is asked is necessary for a secret and hardly ever so in other text: a digit behind a point behind a digit, three times,
//! for an address. It holds for the literal of a text as well as for the text, as long as the literal is canonical: no character
//! of a secret is escaped there, but for what `\u` spells in JSON within the text ([`Found::may_be_escaped`]).
#![expect(clippy::inline_always, reason = "masks stay in registers only if all of a block is one function")]

use std::sync::OnceLock;

use memchr::memmem::Finder;
use wide::u8x16;

use super::kind::{Kind, Kinds};

const BLOCK: usize = 64;

/// What a text may hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) kinds: Kinds,
    /// There is a bracket or a brace, so perhaps JSON.
    pub(super) may_hold_json: bool,
    /// From before the first to behind the last pair of points that may be of an address of IPv4.
    pub(super) ipv4: (usize, usize),
    /// There is a `u` behind two backslashes, and so perhaps a character that JSON within the text spells by its number.
    pub(super) may_be_escaped: bool,
    /// There is a backslash with another byte behind it than a quotation mark or a backslash.
    pub(super) has_other_escapes: bool,
}

/// Looks at a text.
pub(super) fn look(text: &str) -> Found {
    let mut masks = Masks::default();
    let text = text.as_bytes();
    let (blocks, rest) = text.as_chunks::<BLOCK>();
    for (number, block) in blocks.iter().enumerate() {
        masks.block(block, text, number * BLOCK);
    }
    if !rest.is_empty() {
        let mut block = [0; BLOCK];
        block[..rest.len()].copy_from_slice(rest);
        masks.block(&block, text, blocks.len() * BLOCK);
    }
    masks.found(text)
}

/// A bit for each byte of a block, and those of the block before.
#[derive(Default, Clone, Copy)]
struct Mask {
    now: u64,
    before: u64,
}

impl Mask {
    /// The bits so many places further on.
    #[inline(always)]
    fn at(self, distance: u32) -> u64 {
        self.now << distance | self.before >> (64 - distance)
    }

    #[inline(always)]
    fn next(&mut self, now: u64) {
        (self.before, self.now) = (self.now, now);
    }
}

/// Where runs of a class end that are one byte longer than all distances together, found by doubling.
#[inline(always)]
fn runs<const STEPS: usize>(class: Mask, distances: [u32; STEPS]) -> u64 {
    let both = u128::from(class.now) << 64 | u128::from(class.before);
    let run = distances.iter().fold(both, |run, distance| run & run << distance);
    (run >> 64) as u64
}

/// Where eight bits are set from a multiple of eight on.
#[inline(always)]
fn whole_bytes(mask: u64) -> u64 {
    let two = mask & mask >> 1;
    let four = two & two >> 2;
    four & four >> 4 & 0x0101_0101_0101_0101
}

type Parts = [u8x16; 4];

/// Whether a byte of the parts is of a class.
#[inline(always)]
fn mask(parts: &Parts, is_one: impl Fn(u8x16) -> u8x16) -> u64 {
    let bits = |index: usize| u64::from(is_one(parts[index]).to_bitmask()) << (16 * index);
    bits(0) | bits(1) | bits(2) | bits(3)
}

#[inline(always)]
fn equal(part: u8x16, byte: u8) -> u8x16 {
    part.simd_eq(u8x16::splat(byte))
}

#[inline(always)]
fn within(part: u8x16, first: u8, count: u8) -> u8x16 {
    let offset = part - u8x16::splat(first);
    offset.min(u8x16::splat(count - 1)).simd_eq(offset)
}

#[derive(Default)]
struct Masks {
    digit: Mask,
    three_digits: Mask,
    hexadecimal: Mask,
    point: Mask,
    in_number: Mask,
    colon: Mask,
    separator: Mask,
    in_card: Mask,
    word: Mask,
    eight: Mask,
    long: Mask,
    letter_r: Mask,
    large_a: Mask,
    plus: Mask,
    backslash: Mask,
    at: u8x16,
    bracket: u8x16,
    large_j: u8x16,
    ipv6: u32,
    ipv4: (usize, usize),
    two_colons: u64,
    card: u64,
    phone: u64,
    secret: u64,
    access_key: u64,
    escaped_u: u64,
    other_escapes: u64,
    has_bearer: bool,
}

impl Masks {
    /// Looks at the block of a text that begins at an offset.
    #[inline(always)]
    fn block(&mut self, block: &[u8; BLOCK], text: &[u8], offset: usize) {
        let (parts, _) = block.as_chunks::<16>();
        let parts = [0, 1, 2, 3].map(|index| u8x16::new(parts[index]));
        let lower = parts.map(|part| part | u8x16::splat(0x20));
        for (part, lower) in parts.iter().zip(lower) {
            self.at |= equal(*part, b'@');
            self.large_j |= equal(*part, b'J');
            // A bracket is a brace but for this bit.
            self.bracket |= equal(lower, b'{');
        }
        self.digit.next(mask(&parts, |part| within(part, b'0', 10)));
        let digit = self.digit;
        // Two points of an address have one to three digits between them.
        self.point.next(mask(&parts, |part| equal(part, b'.')));
        self.in_number.next(digit.now & self.point.at(1) & digit.at(2));
        let point = self.in_number;
        let pairs = point.now & (point.at(2) | point.at(3) | point.at(4));
        if pairs != 0 {
            // Three digits and a point each way, and what is beside.
            const AROUND: usize = 12;
            let (first, last) =
                (offset + pairs.trailing_zeros() as usize, offset + 63 - pairs.leading_zeros() as usize);
            let start = if self.ipv4.1 == 0 { first.saturating_sub(AROUND) } else { self.ipv4.0 };
            self.ipv4 = (start, last + AROUND);
        }

        self.seldom(digit, &parts);
        self.colon.next(mask(&parts, |part| equal(part, b':')));
        self.colons(digit, &lower);

        let dash = mask(&parts, |part| equal(part, b'-'));
        let in_group = dash | mask(&parts, |part| equal(part, b' '));
        self.in_card.next(digit.now | in_group & digit.at(1));
        self.card |= digit.now & runs(self.in_card, [1, 2, 4, 6]);
        self.three_digits.next(digit.now & digit.at(1) & digit.at(2));
        self.separator.next(dash | self.point.now);
        let three = self.three_digits;
        self.phone |= three.now & digit.at(3) & self.separator.at(4) & three.at(5);

        // No blank and no quotation mark; a slash of a key may stand behind a backslash.
        self.word.next(mask(&parts, |part| part.max(u8x16::splat(b'+')).simd_eq(part)));
        // A run of forty has four whole bytes of the mask, here or in the block before; hardly any other run has.
        self.eight.next(whole_bytes(self.word.now));
        let eight = self.eight;
        self.long.next(eight.now & eight.at(8) & eight.at(16) & eight.at(24));
        if self.long.now | self.long.before != 0 {
            self.secret |= runs(self.word, [1, 2, 4, 8, 16, 8]);
        }
        self.letter_r.next(mask(&lower, |part| equal(part, b'r')));
        let mut ends = in_group & self.letter_r.at(1);
        while ends != 0 {
            let end = offset + ends.trailing_zeros() as usize;
            ends &= ends - 1;
            self.has_bearer |= text[..end].last_chunk::<6>().is_some_and(|word| word.eq_ignore_ascii_case(b"bearer"));
        }
    }

    /// Looks for what begins with a byte that most blocks lack.
    #[inline(always)]
    fn seldom(&mut self, digit: Mask, parts: &Parts) {
        let is_seldom = |part: u8x16| equal(part, b'A') | equal(part, b'+') | equal(part, b'\\');
        let any = is_seldom(parts[0]) | is_seldom(parts[1]) | is_seldom(parts[2]) | is_seldom(parts[3]);
        let are_here = any.to_bitmask() != 0;
        let now = |byte: u8| if are_here { mask(parts, |part| equal(part, byte)) } else { 0 };
        self.large_a.next(now(b'A'));
        self.plus.next(now(b'+'));
        self.backslash.next(now(b'\\'));
        // All ids of access keys have another A there.
        self.access_key |= self.large_a.now & self.large_a.at(3);
        let after_plus = digit.now & self.plus.at(1);
        if after_plus != 0 {
            self.phone |= after_plus & !mask(parts, |part| equal(part, b'0'));
        }
        let after_backslash = self.backslash.at(1);
        if after_backslash != 0 {
            let usual = self.backslash.now | mask(parts, |part| equal(part, b'"'));
            self.other_escapes |= after_backslash & !usual;
            self.escaped_u |= after_backslash & self.backslash.at(2) & mask(parts, |part| equal(part, b'u'));
        }
    }

    /// Looks for `::` beside a hexadecimal digit, and counts the colons between two.
    #[inline(always)]
    fn colons(&mut self, digit: Mask, lower: &Parts) {
        let colon = self.colon;
        if colon.now | colon.before >> 62 == 0 {
            // What is not looked at may be anything.
            return self.hexadecimal.next(!0);
        }
        self.hexadecimal.next(digit.now | mask(lower, |part| within(part, b'a', 6)));
        let hexadecimal = self.hexadecimal;
        let mut between = hexadecimal.now & colon.at(1) & hexadecimal.at(2);
        while between != 0 {
            self.ipv6 += 1;
            between &= between - 1;
        }
        self.two_colons |= colon.at(1) & (colon.at(2) & hexadecimal.now | colon.now & hexadecimal.at(2));
    }

    fn found(&self, text: &[u8]) -> Found {
        static TOKEN: OnceLock<Finder<'static>> = OnceLock::new();
        let is_there = |bytes: u8x16| bytes.to_bitmask() != 0;
        let mut kinds = Kinds::default();
        for (kind, is_found) in [
            (Kind::Email, is_there(self.at)),
            (Kind::Ipv4, self.ipv4.1 != 0),
            // An address without `::` has seven colons, or six and one of IPv4.
            (Kind::Ipv6, self.ipv6 >= 6 || self.two_colons != 0),
            (Kind::Card, self.card != 0),
            (Kind::Phone, self.phone != 0),
            (Kind::AwsAccessKey, self.access_key != 0),
            (Kind::AwsSecretKey, self.secret != 0),
            (Kind::Jwt, is_there(self.large_j) && TOKEN.get_or_init(|| Finder::new("eyJ")).find(text).is_some()),
            (Kind::Bearer, self.has_bearer),
        ] {
            if is_found {
                kinds.insert(kind);
            }
        }
        Found {
            kinds,
            may_hold_json: is_there(self.bracket),
            ipv4: self.ipv4,
            may_be_escaped: self.escaped_u != 0,
            has_other_escapes: self.other_escapes != 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::find::find;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// What a detector finds, the gate lets through, wherever it stands in its blocks.
        #[test]
        fn it_is_open_where_a_secret_is(
            before in "[ -~é\n]{0,140}",
            secret in prop::sample::select(&[
                "a@b.cd", "203.0.113.7", "::1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:1.2.3.4", "fe80::", "4111111111111111", "5500-0000 0000-0004",
                "+4930123456", "(202) 555-0143", "202.555.0143", "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                "eyJa.b.c", "Bearer x", "BEARER x", "bEARer x",
            ][..]),
            after in "[ -~é\n]{0,80}",
        ) {
            for text in [format!("{before} {secret} {after}"), format!("{before}{secret}{after}")] {
                let mut literal = Vec::new();
                logweir_json::write_string(&text, &mut literal);
                let literal = String::from_utf8(literal).expect("UTF-8");
                for kind in Kind::ALL {
                    let mut is_found = false;
                    let everywhere = Found { ipv4: (0, usize::MAX), ..Found::default() };
                    find(kind, &text, &everywhere, &mut |_| is_found = true);
                    let mut is_found_here = false;
                    find(kind, &text, &look(&text), &mut |_| is_found_here = true);
                    prop_assert_eq!(is_found, is_found_here);
                    if is_found {
                        prop_assert!(look(&text).kinds.contains(kind) && look(&literal).kinds.contains(kind), "{kind:?} {text}");
                    }
                }
            }
        }
    }

    #[test]
    fn escapes_are_seen_wherever_they_stand() {
        for length in 0..140 {
            let before = "x".repeat(length);
            for (escape, is_number, is_other) in
                [(r"\\u0040", true, true), (r"\n", false, true), (r"\u0001", false, true), (r#"\\\""#, false, false)]
            {
                let found = look(&format!("{before}{escape}"));
                assert_eq!((found.may_be_escaped, found.has_other_escapes), (is_number, is_other), "{length} {escape}");
            }
        }
    }

    #[test]
    fn it_is_closed_for_usual_lines() {
        for line in [
            "2026-11-21T11:20:00.123Z INFO orders::service request 0123456789abcdef handled in 333 ms, 12 items, cache hit",
            r#"{"level":"info","time":1795260123456,"msg":"payment authorised","trace":"0123456789abcdef0123456789abcdef","amount":123.45}"#,
            r#"x - - [21/Nov/2026:11:20:00 +0000] "GET /api/v1/orders/123456789012 HTTP/1.1" 200 12345 "-" "Mozilla/5.0 (X11; Linux x86_64)""#,
        ] {
            assert!(look(line).kinds.is_empty(), "{line}: {:?}", look(line));
        }
    }
}
