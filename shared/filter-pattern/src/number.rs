//! Numbers in every notation, compared exactly: an id of nineteen digits is not another one.

use std::cmp::Ordering;
use std::fmt;

/// A number of a pattern, as it is written: sign, digits, point, exponent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    text: String,
}

impl Number {
    pub(crate) fn new(text: &str) -> Option<Self> {
        Decimal::parse(text).map(|_| Self { text: text.to_owned() })
    }

    /// The number as it is written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How `text` compares with this number; nothing if it is none.
    pub(crate) fn compare(&self, text: &str) -> Option<Ordering> {
        Some(Decimal::parse(text)?.cmp(&Decimal::parse(&self.text)?))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The value that a text spells: digits without zeros at either end, and where the point is. Nothing is rounded, whatever
/// the number of digits; exponents beyond 10^18 are taken for that.
#[derive(Debug, Clone, Copy)]
struct Decimal<'a> {
    negative: bool,
    /// Digits before and behind the point; a zero has none.
    whole: &'a [u8],
    fraction: &'a [u8],
    /// Power of ten of the first digit.
    magnitude: i64,
}

const MAX_EXPONENT: i64 = 1_000_000_000_000_000_000;

impl<'a> Decimal<'a> {
    /// `[+-] (digits [. digits*] | . digits) [e [+-] digits]`, and nothing else.
    fn parse(text: &'a str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (negative, rest) = match bytes.first()? {
            b'-' => (true, &bytes[1..]),
            b'+' => (false, &bytes[1..]),
            _ => (false, bytes),
        };
        let (whole, rest) = digits(rest);
        let (fraction, rest) = match rest {
            [b'.', rest @ ..] => digits(rest),
            _ => (&rest[..0], rest),
        };
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let exponent = match rest {
            [] => 0,
            [b'e' | b'E', exponent @ ..] => exponent_of(exponent)?,
            _ => return None,
        };
        let whole = &whole[whole.iter().take_while(|digit| **digit == b'0').count()..];
        let fraction = &fraction[..fraction.len() - fraction.iter().rev().take_while(|digit| **digit == b'0').count()];
        let (magnitude, whole, fraction) = if whole.is_empty() {
            let zeros = fraction.iter().take_while(|digit| **digit == b'0').count();
            (-i64::try_from(zeros).ok()?, whole, &fraction[zeros..])
        } else {
            let cut =
                if fraction.is_empty() { whole.iter().rev().take_while(|digit| **digit == b'0').count() } else { 0 };
            (i64::try_from(whole.len()).ok()?, &whole[..whole.len() - cut], fraction)
        };
        Some(Self { negative, whole, fraction, magnitude: magnitude.saturating_add(exponent) })
    }

    fn is_zero(&self) -> bool {
        self.whole.is_empty() && self.fraction.is_empty()
    }

    fn digits(&self) -> impl Iterator<Item = &'a u8> {
        self.whole.iter().chain(self.fraction)
    }

    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |number: &Self| if number.is_zero() { 0 } else { 1 - 2 * i8::from(number.negative) };
        match (sign(self), sign(other)) {
            (0, 0) => Ordering::Equal,
            (1, 1) => self.cmp_size(other),
            (-1, -1) => other.cmp_size(self),
            (ours, theirs) => ours.cmp(&theirs),
        }
    }

    fn cmp_size(&self, other: &Self) -> Ordering {
        self.magnitude.cmp(&other.magnitude).then_with(|| self.digits().cmp(other.digits()))
    }
}

fn digits(bytes: &[u8]) -> (&[u8], &[u8]) {
    bytes.split_at(bytes.iter().take_while(|byte| byte.is_ascii_digit()).count())
}

fn exponent_of(bytes: &[u8]) -> Option<i64> {
    let (negative, bytes) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, bytes),
    };
    let (digits, rest) = digits(bytes);
    if digits.is_empty() || !rest.is_empty() {
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

    proptest! {
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
