//! Milliseconds since 1970, in whichever form of a JSON number somebody wrote them.

use std::ops::RangeInclusive;

/// The latest timestamp that is read: the last millisecond of the year 9999, so that every date has four digits.
pub const MAX_TIMESTAMP: i64 = 253_402_300_799_999;

const READ: RangeInclusive<i64> = 0..=MAX_TIMESTAMP;
/// As many digits as [`MAX_TIMESTAMP`] has: a number of more is later.
const MOST_DIGITS: u64 = 15;

/// The milliseconds that a number is, exactly: `1795260000123`, `1795260000123.0` and `1.795260000123e12` are one.
/// Nothing if it is no whole number of them, or lies before 1970 or behind the year 9999.
pub(crate) fn milliseconds(written: &str) -> Option<i64> {
    written.parse().ok().or_else(|| scaled(written)).filter(|milliseconds| READ.contains(milliseconds))
}

/// What a number with a fraction or an exponent comes to, by its digits: a float of 64 bits would round.
#[cold]
fn scaled(written: &str) -> Option<i64> {
    let (number, exponent) = written.split_once(['e', 'E']).unwrap_or((written, "0"));
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let magnitude = whole.strip_prefix('-').unwrap_or(whole);
    let digits = [magnitude, fraction].concat();
    if magnitude.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = digits.trim_start_matches('0');
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return Some(0);
    }
    if magnitude.len() < whole.len() {
        return None;
    }
    let trimmed = i64::try_from(digits.len() - significant.len()).ok()?;
    let behind_the_point = i64::try_from(fraction.len()).ok()?;
    // How many zeros follow the significant digits; less than none are decimal places.
    let zeros = exponent.parse::<i64>().ok()?.checked_add(trimmed - behind_the_point)?;
    let zeros = u64::try_from(zeros).ok()?;
    if zeros.saturating_add(significant.len() as u64) > MOST_DIGITS {
        return None;
    }
    significant.parse::<i64>().ok()?.checked_mul(10_i64.checked_pow(u32::try_from(zeros).ok()?)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_form_of_a_number_is_exact_or_refused() {
        for (written, expected) in [
            ("1795260000123", Some(1_795_260_000_123)),
            ("1795260000123.0", Some(1_795_260_000_123)),
            ("1795260000123.000e0", Some(1_795_260_000_123)),
            ("1.795260000123e12", Some(1_795_260_000_123)),
            ("1.795260000123E+12", Some(1_795_260_000_123)),
            ("17952600001230e-1", Some(1_795_260_000_123)),
            ("0.00179526e15", Some(1_795_260_000_000)),
            ("2e3", Some(2000)),
            ("0e999999999999999999999", Some(0)),
            ("-0.0", Some(0)),
            ("253402300799999.0", Some(MAX_TIMESTAMP)),
            ("253402300800000.0", None),
            // As floats of 64 bits these would be whole numbers.
            ("253402300799998.99999999999999999999", None),
            ("1795260000123.00000000000000000001", None),
            ("1795260000123.5", None),
            ("1.795260000123e11", None),
            ("1e-1", None),
            ("1e15", None),
            ("1e99999999999999999999999", None),
            ("1e9223372036854775807", None),
            ("1.0e-9223372036854775808", None),
            ("-1", None),
            ("-1.0", None),
            ("-1e3", None),
            ("", None),
            ("e5", None),
            (".5e1", None),
            ("1e", None),
            ("1.e.5", None),
            ("0x10", None),
            (" 5.0", None),
            ("5.0 ", None),
            ("inf", None),
        ] {
            assert_eq!(milliseconds(written), expected, "{written}");
        }
    }

    proptest! {
        /// Wherever the point of a number is put, it is the same number.
        #[test]
        fn a_moved_point_changes_nothing(value in READ, at in 0_usize..16, zeros in 0_usize..4) {
            let digits = format!("{value}{}", "0".repeat(zeros));
            let at = at.min(digits.len() - 1);
            let (whole, fraction) = digits.split_at(digits.len() - at);
            let exponent = i32::try_from(at).expect("small") - i32::try_from(zeros).expect("small");
            let point = if fraction.is_empty() { "" } else { "." };
            prop_assert_eq!(milliseconds(&format!("{whole}{point}{fraction}e{exponent}")), Some(value));
            prop_assert_eq!(milliseconds(&format!("{value}.{}", "0".repeat(zeros + 1))), Some(value));
            prop_assert_eq!(milliseconds(&format!("{value}.{}1", "0".repeat(zeros))), None);
        }
    }
}
