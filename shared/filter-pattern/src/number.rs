//! Numbers in every notation, compared exactly: an id of nineteen digits is not another one.

use std::cmp::Ordering;
use std::fmt::{self, Write};
use std::ops::Range;

/// A number of a pattern, as it is written: sign, digits, point, exponent.
#[derive(Debug, Clone)]
pub struct Number {
    text: String,
    decimal: Decimal,
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Number {}

impl Number {
    pub(crate) fn new(text: &str) -> Option<Self> {
        Decimal::parse(text).map(|decimal| Self { text: text.to_owned(), decimal })
    }

    /// The number as it is written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How `text` compares with this number; nothing if it is none.
    pub(crate) fn compare(&self, text: &str) -> Option<Ordering> {
        Some(Decimal::parse(text)?.compare(text, &self.decimal, &self.text))
    }

    /// Texts of which each notation of the number holds one: its digits as they stand without an exponent, and the last
    /// characters before one with it.
    pub(crate) fn parts(&self) -> (String, Vec<String>) {
        let Decimal { whole, fraction, magnitude, .. } = &self.decimal;
        let digits = format!("{}{}", &self.text[whole.clone()], &self.text[fraction.clone()]);
        let Some(last) = digits.chars().last() else { return ("0".to_owned(), Vec::new()) };
        let zeros = |count: u64| "0".repeat(usize::try_from(count).map_or(MAX_ZEROS, |count| count.min(MAX_ZEROS)));
        let count = digits.len();
        let plain = match usize::try_from(*magnitude) {
            Ok(before) if 0 < before && before < count => format!("{}.{}", &digits[..before], &digits[before..]),
            Ok(1..) => digits + &zeros(magnitude.unsigned_abs() - count as u64),
            // The point may be further off.
            _ => zeros(magnitude.unsigned_abs()) + &digits,
        };
        // Digits before an exponent end in the number's last, in zeros behind it or in a point.
        let before_exponent = [last, '0', '.'].into_iter().flat_map(|last| [format!("{last}e"), format!("{last}E")]);
        (plain, before_exponent.collect())
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Appends the one spelling that all notations of a number share; nothing, and false, if `text` is none.
pub(crate) fn write_canonical(text: &str, out: &mut String) -> bool {
    let Some(decimal) = Decimal::parse(text) else { return false };
    if !decimal.is_zero() {
        let sign = if decimal.negative { "-" } else { "" };
        let (whole, fraction) = (&text[decimal.whole.clone()], &text[decimal.fraction.clone()]);
        let _ = write!(out, "{sign}{whole}{fraction}e{}", decimal.magnitude);
    }
    true
}

/// The value that a text spells: where in it the digits are, without zeros at either end, and how large they are. Nothing
/// is rounded, whatever the number of digits; exponents beyond 10^18 are taken for that.
#[derive(Debug, Clone)]
struct Decimal {
    negative: bool,
    /// Digits before and behind the point; a zero has none.
    whole: Range<usize>,
    fraction: Range<usize>,
    /// Power of ten of the first digit.
    magnitude: i64,
}

/// Zeros that [`Number::parts`] writes out; a notation has more if the number has.
const MAX_ZEROS: usize = 16;

const MAX_EXPONENT: i64 = 1_000_000_000_000_000_000;

impl Decimal {
    /// `[+-] (digits [. digits*] | . digits) [e [+-] digits]`, and nothing else.
    fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let negative = *bytes.first()? == b'-';
        let mut whole = digits(bytes, usize::from(matches!(bytes[0], b'-' | b'+')));
        let mut fraction = match bytes.get(whole.end) {
            Some(b'.') => digits(bytes, whole.end + 1),
            _ => whole.end..whole.end,
        };
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let exponent = match bytes.get(fraction.end) {
            None => 0,
            Some(b'e' | b'E') => exponent_of(&bytes[fraction.end + 1..])?,
            Some(_) => return None,
        };
        let is_zero = |index: usize| bytes[index] == b'0';
        whole.start += whole.clone().take_while(|index| is_zero(*index)).count();
        fraction.end -= fraction.clone().rev().take_while(|index| is_zero(*index)).count();
        let mut magnitude = i64::try_from(whole.len()).ok()?;
        if whole.is_empty() {
            let zeros = fraction.clone().take_while(|index| is_zero(*index)).count();
            fraction.start += zeros;
            magnitude = -i64::try_from(zeros).ok()?;
        } else if fraction.is_empty() {
            whole.end -= whole.clone().rev().take_while(|index| is_zero(*index)).count();
        }
        Some(Self { negative, whole, fraction, magnitude: magnitude.saturating_add(exponent) })
    }

    fn is_zero(&self) -> bool {
        self.whole.is_empty() && self.fraction.is_empty()
    }

    /// Compares with another number; each goes with the text that it is in.
    fn compare(&self, text: &str, other: &Self, other_text: &str) -> Ordering {
        let sign = |number: &Self| if number.is_zero() { 0 } else { 1 - 2 * i8::from(number.negative) };
        match (sign(self), sign(other)) {
            (0, 0) => Ordering::Equal,
            (1, 1) => self.compare_size(text, other, other_text),
            (-1, -1) => other.compare_size(other_text, self, text),
            (ours, theirs) => ours.cmp(&theirs),
        }
    }

    fn compare_size(&self, text: &str, other: &Self, other_text: &str) -> Ordering {
        self.magnitude.cmp(&other.magnitude).then_with(|| {
            let (text, other_text) = (text.as_bytes(), other_text.as_bytes());
            if self.fraction.is_empty() && other.fraction.is_empty() {
                return text[self.whole.clone()].cmp(&other_text[other.whole.clone()]);
            }
            let ours = text[self.whole.clone()].iter().chain(&text[self.fraction.clone()]);
            ours.cmp(other_text[other.whole.clone()].iter().chain(&other_text[other.fraction.clone()]))
        })
    }
}

/// The digits from `start` on.
fn digits(bytes: &[u8], start: usize) -> Range<usize> {
    start..start + bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count()
}

fn exponent_of(bytes: &[u8]) -> Option<i64> {
    let (negative, bytes) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, bytes),
    };
    let digits = &bytes[digits(bytes, 0)];
    if digits.is_empty() || digits.len() != bytes.len() {
        return None;
    }
    let size = digits
        .iter()
        .fold(0_i64, |size, digit| size.saturating_mul(10).saturating_add(i64::from(digit - b'0')))
        .min(MAX_EXPONENT);
    Some(if negative { -size } else { size })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn compare(left: &str, right: &str) -> Option<Ordering> {
        Number::new(right)?.compare(left)
    }

    #[test]
    fn one_value_has_many_notations() {
        for (left, right) in [
            ("1000", "1e3"),
            ("1000", "+1000.000"),
            ("0.5", ".5"),
            ("5.", "5"),
            ("-0", "0"),
            ("0e9", "0.0"),
            ("007", "7"),
            ("0.00120", "12E-4"),
            ("123e-5", "0.00123"),
            ("10", "1e1"),
        ] {
            assert_eq!(compare(left, right), Some(Ordering::Equal), "{left} and {right}");
        }
    }

    #[test]
    fn nothing_is_rounded() {
        for (less, more) in [
            ("9007199254740992", "9007199254740993"),
            ("0.1", "0.10000000000000000000000000001"),
            ("-2", "-1"),
            ("-1", "0"),
            ("-1", "0.5"),
            ("9", "10"),
            ("99e-1", "10"),
            ("1e-400", "2e-400"),
            ("1e400", "1e401"),
        ] {
            assert_eq!(compare(less, more), Some(Ordering::Less), "{less} and {more}");
            assert_eq!(compare(more, less), Some(Ordering::Greater), "{more} and {less}");
        }
    }

    #[test]
    fn what_only_looks_like_a_number_is_none() {
        for text in [
            "", "-", "+", ".", "e3", "1e", "1e+", "1.2.3", "1,2", "0x1f", "NaN", "inf", "1_000", " 1", "1 ", "--1", "٣",
        ] {
            assert_eq!(compare(text, "1"), None, "{text}");
        }
    }

    fn canonical(text: &str) -> String {
        let mut out = String::new();
        assert!(write_canonical(text, &mut out), "{text} is a number");
        out
    }

    /// Whether a notation without an exponent holds all digits, and one with it a part that ends in its `e`.
    fn holds(text: &str, number: &str) -> bool {
        let (plain, before_exponents) = Number::new(number).expect("a number").parts();
        match text.find(['e', 'E']) {
            Some(at) => before_exponents.is_empty() || before_exponents.iter().any(|part| text[..=at].ends_with(part)),
            None => text.contains(&plain),
        }
    }

    #[test]
    fn each_notation_holds_a_part() {
        let notations = [
            &["404", "0404.00", "+404.", "4.04e2", ".404E3", "404e0", "404.e0", "40400e-2", "4.040e+2"][..],
            &["0", "-0", ".0", "0.", "00e7", "0e99999999999"],
            &["0.05", ".05", "00.0500", "5e-2", "5.E-2", ".5e-1"],
            &["-12.5", "-012.50", "-125e-1", "-1.25e1"],
            &["1200", "12e2", "01200.0", "120000E-2"],
            &["1e30", "1000000000000000000000000000000", "0.1e31", "10e29"],
            &["1e-30", "0.000000000000000000000000000001", ".1e-29"],
        ];
        for equal in notations {
            for (text, number) in equal.iter().flat_map(|text| equal.iter().map(move |number| (text, number))) {
                assert_eq!(compare(text, number), Some(Ordering::Equal));
                assert!(holds(text, number), "{text} and {number}");
            }
        }
        assert!(!holds("10.0.0.1 200 [10/Oct/2000] 4O4 trace=7f3e1b", "404"));
        assert!(Number::new("1e999999999999999999").is_some_and(|number| number.parts().1.len() == 6));
    }

    proptest! {
        #[test]
        fn equal_numbers_have_one_spelling(left in "[+-]?[0-9]{1,4}(\\.[0-9]{0,4})?(e[+-]?[0-9])?", right in "[+-]?[01]{1,3}(\\.[01]{0,3})?(e[+-]?[01])?") {
            prop_assert_eq!(compare(&left, &right) == Some(Ordering::Equal), canonical(&left) == canonical(&right));
            prop_assert_eq!(compare(&right, &right), Some(Ordering::Equal));
            prop_assert!(compare(&left, &right) != Some(Ordering::Equal) || holds(&left, &right));
        }

        #[test]
        fn small_numbers_compare_as_integers(left in -2000_i64..2000, right in -2000_i64..2000, scale in 0_usize..4) {
            let point = |value: i64| {
                let digits = format!("{:06}", value.abs());
                let (whole, fraction) = digits.split_at(digits.len() - scale);
                format!("{}{whole}.{fraction}", if value < 0 { "-" } else { "" })
            };
            prop_assert_eq!(compare(&point(left), &format!("{right}e-{scale}")), Some(left.cmp(&right)));
        }
    }
}
