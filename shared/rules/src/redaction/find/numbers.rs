//! Numbers of cards and of telephones.

use std::ops::Range;

use memchr::{memchr_iter, memchr2_iter};

use super::{is_digit, is_word, may_begin, may_end, run};

/// How many digits a number of a card has; the oldest, of thirteen, are times in milliseconds today.
const CARD_DIGITS: std::ops::RangeInclusive<usize> = 14..=19;
/// How many digits a telephone's number has behind its plus at most: <https://www.itu.int/rec/T-REC-E.164>. Fewer than eight are taken for
/// something else.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

/// Numbers in groups or not, that begin as those of cards do and pass their check.
pub(super) fn cards(text: &[u8], found: &mut impl FnMut(Range<usize>)) {
    let mut at = 0;
    while at < text.len() {
        let Some(next) = text[at..].iter().position(|byte| is_digit(*byte)) else { return };
        at += next;
        let end = card_at(text, at).filter(|_| may_begin(text, at));
        if let Some(end) = end {
            found(at..end);
        }
        at = end.unwrap_or_else(|| at + run(text, at, is_digit));
    }
}

/// Where the longest number of a card ends that begins at a place.
fn card_at(text: &[u8], start: usize) -> Option<usize> {
    let mut digits = Vec::new();
    let (mut at, mut found) = (start, None);
    while digits.len() <= *CARD_DIGITS.end() && text.get(at).copied().is_some_and(is_digit) {
        digits.push(text[at] - b'0');
        at += 1;
        if CARD_DIGITS.contains(&digits.len()) && may_end(text, at) && is_issued(&digits) && passes_luhn(&digits) {
            found = Some(at);
        }
        at += usize::from(matches!(text.get(at), Some(b' ' | b'-')));
    }
    found
}

/// Whether somebody issues cards that begin so, of that length.
/// <https://en.wikipedia.org/wiki/Payment_card_number#Issuer_identification_number_(IIN)>
fn is_issued(digits: &[u8]) -> bool {
    let first = digits[..4].iter().fold(0_u16, |number, digit| number * 10 + u16::from(*digit));
    match (first, digits.len()) {
        (3400..3500 | 3700..3800, length) => length == 15,
        (3000..3100 | 3600..3700 | 3800..4000, _) => true,
        (2200..2205 | 2221..2721 | 3500..3600 | 4000..5000 | 6000..7000, length) => length >= 16,
        (5000..6000, length) => length >= 16 || !(5100..5600).contains(&first),
        _ => false,
    }
}

/// <https://www.iso.org/standard/70484.html>, annex B.
fn passes_luhn(digits: &[u8]) -> bool {
    let of_digit = |(place, digit): (usize, &u8)| match (place % 2, u32::from(*digit)) {
        (1, digit) if digit > 4 => 2 * digit - 9,
        (1, digit) => 2 * digit,
        (_, digit) => digit,
    };
    digits.iter().rev().enumerate().map(of_digit).sum::<u32>().is_multiple_of(10)
}

/// Numbers with the code of a country behind a plus, and those of North America as they are written there.
pub(super) fn phones(text: &[u8], found: &mut impl FnMut(Range<usize>)) {
    let mut all: Vec<Range<usize>> = Vec::new();
    for plus in memchr_iter(b'+', text) {
        let is_after = all.last().is_none_or(|last| last.end <= plus);
        if is_after
            && may_begin(text, plus)
            && let Some(end) = international(text, plus + 1)
        {
            all.push(plus..end);
        }
    }
    let known = all.len();
    // What is between the last two groups finds the rest.
    for separator in memchr2_iter(b'-', b'.', text) {
        let Some(local) = north_american(text, separator) else { continue };
        let after = all[..known].partition_point(|known| known.end <= local.start);
        if all[..known].get(after).is_none_or(|known| known.start >= local.end) {
            all.push(local);
        }
    }
    all.sort_unstable_by_key(|range| range.start);
    all.into_iter().for_each(found);
}

/// Where a number ends whose code of a country begins at a place.
fn international(text: &[u8], start: usize) -> Option<usize> {
    if !matches!(text.get(start), Some(b'1'..=b'9')) {
        return None;
    }
    let (mut at, mut digits, mut found) = (start, 0, None);
    loop {
        let group = run(text, at, is_digit);
        digits += group;
        at += group;
        if group == 0 || digits > *PHONE_DIGITS.end() {
            return found;
        }
        if digits >= *PHONE_DIGITS.start() && may_end(text, at) {
            found = Some(at);
        }
        // One of them, or a blank and a parenthesis.
        let separators = run(text, at, |byte| b" -./()".contains(&byte));
        if !(1..=2).contains(&separators) {
            return found;
        }
        at += separators;
    }
}

/// `(202) 555-0143`, `202-555-0143` or `202.555.0143`, by the place of its last separator.
fn north_american(text: &[u8], separator: usize) -> Option<Range<usize>> {
    let has_digits = |from: usize, count: usize| run(&text[..text.len().min(from + count)], from, is_digit) == count;
    let is_area = |from: usize| has_digits(from, 3) && matches!(text[from], b'2'..=b'9');
    let exchange = separator.checked_sub(3)?;
    let end = separator + 5;
    let goes_on = matches!(text.get(end), Some(b'-' | b'.')) && is_word(text, Some(end + 1));
    if !is_area(exchange) || !has_digits(separator + 1, 4) || !may_end(text, end) || goes_on {
        return None;
    }
    let before = &text[..exchange];
    let begins = |start: usize| {
        may_begin(text, start) && !(start > 1 && text[start - 1] == text[separator] && is_word(text, Some(start - 2)))
    };
    if before.ends_with(&[text[separator]]) {
        let start = exchange.checked_sub(4)?;
        return (is_area(start) && begins(start)).then_some(start..end);
    }
    let before = before.strip_suffix(b" ").unwrap_or(before);
    let start = before.strip_suffix(b")")?.len().checked_sub(4)?;
    (text[start] == b'(' && is_area(start + 1)).then_some(start..end)
}
