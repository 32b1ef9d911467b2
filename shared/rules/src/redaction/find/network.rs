//! Addresses: of mail, of machines.

use std::net::Ipv6Addr;
use std::ops::Range;

use memchr::memchr_iter;

use super::{is_digit, is_word, may_begin, may_end, run, run_before};

/// The longest address of IPv6: seven groups, and the last two as one of IPv4.
const LONGEST_IPV6: usize = 45;

pub(super) fn emails(text: &[u8], found: &mut impl FnMut(Range<usize>)) {
    let is_label = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || !byte.is_ascii();
    let is_local = |byte: u8| is_label(byte) || b"._%+'".contains(&byte);
    let mut from = 0;
    for at in memchr_iter(b'@', text) {
        if at < from {
            continue;
        }
        let mut start = at - run_before(text, from, at, is_local);
        start += run(&text[..at], start, |byte| b".'-%".contains(&byte));
        // Two labels at least; the last is no number, as versions are: package@1.2.3.
        let (mut end, mut next) = (None, at + 1);
        loop {
            let length = run(text, next, is_label);
            let label = &text[next.min(text.len())..next + length];
            if next > at + 1 && label.iter().any(|byte| !is_digit(*byte) && *byte != b'-') {
                end = Some(next + length);
            }
            next += length + 1;
            if length == 0 || text.get(next - 1) != Some(&b'.') {
                break;
            }
        }
        if let Some(end) = end.filter(|_| start < at) {
            found(start..end);
            from = end;
        }
    }
}

/// Looks for addresses a point of which lies between two places.
pub(super) fn ipv4(text: &[u8], (first, last): (usize, usize), found: &mut impl FnMut(Range<usize>)) {
    let mut from = 0;
    // There are few bytes, most of which are of an address: a search for points would cost more than it spares.
    for dot in first..last.min(text.len()) {
        let is_between = |before: usize| is_digit(text[before]) && text.get(dot + 1).copied().is_some_and(is_digit);
        if text[dot] != b'.' || dot < from || !dot.checked_sub(1).is_some_and(is_between) {
            continue;
        }
        let start = dot - run_before(text, from, dot, is_digit);
        let goes_on = start >= 2 && text[start - 1] == b'.' && is_digit(text[start - 2]);
        if goes_on || !may_begin(text, start) {
            continue;
        }
        if let Some(length) = ipv4_at(&text[start..]) {
            found(start..start + length);
            from = start + length;
        }
    }
}

/// The length of the address that a text begins with. One that ends in .0.0.0 is of no machine: browsers have such versions.
fn ipv4_at(text: &[u8]) -> Option<usize> {
    let (mut at, mut rest) = (0, 0);
    for number in 0..4 {
        if number > 0 {
            at += usize::from(text.get(at) == Some(&b'.'));
        }
        let length = run(text, at, is_digit);
        let value = |digits: &[u8]| digits.iter().fold(0_u16, |value, digit| value * 10 + u16::from(digit - b'0'));
        let octet = if (1..=3).contains(&length) { value(&text[at..at + length]) } else { 256 };
        if octet > 255 || number > 0 && text[at - 1] != b'.' {
            return None;
        }
        rest |= if number > 0 { octet } else { 0 };
        at += length;
    }
    (rest > 0 && may_end(text, at)).then_some(at)
}

pub(super) fn ipv6(text: &[u8], found: &mut impl FnMut(Range<usize>)) {
    let is_hexadecimal = |byte: u8| byte.is_ascii_hexdigit();
    let is_part = |byte: u8| byte.is_ascii_hexdigit() || byte == b':' || byte == b'.';
    let mut from = 0;
    for colon in memchr_iter(b':', text) {
        if colon < from {
            continue;
        }
        let start = colon - run_before(text, from, colon, is_hexadecimal);
        from = colon + run(text, colon, is_part);
        in_run(text, start..from, found);
    }
}

/// Looks for addresses in a run of hexadecimal digits, colons and points.
fn in_run(text: &[u8], places: Range<usize>, found: &mut impl FnMut(Range<usize>)) {
    let mut start = places.start;
    // No time of day and no MAC address has so many colons, or two together.
    let may_be = |rest: &[u8]| memchr::memmem::find(rest, b"::").is_some() || memchr_iter(b':', rest).count() >= 6;
    while start < places.end && may_be(&text[start..places.end.min(start + LONGEST_IPV6 + 1)]) {
        let is_behind_colon = start > 0 && text[start - 1] == b':';
        let begins = may_begin(text, start) && (!is_behind_colon || start == 1 || text[start - 2] != b':');
        let end = if begins { address_end(text, start, places.end) } else { None };
        if let Some(end) = end {
            found(start..end);
        }
        // At the next group, or at the colons before it.
        start = end.unwrap_or_else(|| {
            let group = start + run(&text[..places.end], start, |byte| byte != b':' && byte != b'.');
            group.max(start + 1)
        });
    }
}

/// Where the longest address ends that begins at a place.
fn address_end(text: &[u8], start: usize, last: usize) -> Option<usize> {
    let longest = last.min(start + LONGEST_IPV6);
    let is_address = |end: &usize| {
        let text = std::str::from_utf8(&text[start..*end]).unwrap_or_default();
        text.len() > 2 && text.parse::<Ipv6Addr>().is_ok()
    };
    (start + 3..=longest).rev().filter(|end| !is_word(text, Some(*end))).find(is_address)
}
