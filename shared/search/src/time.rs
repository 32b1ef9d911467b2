//! Times as documents and indices have them, in UTC.

use jiff::SignedDuration;
use jiff::civil::{DateTime, datetime};

fn civil(milliseconds: i64) -> DateTime {
    // Events lie between 1970 and 9999, all of which there are.
    datetime(1970, 1, 1, 0, 0, 0, 0).saturating_add(SignedDuration::from_millis(milliseconds))
}

/// Appends `2026-11-21T11:20:00.301Z`.
pub(crate) fn write_iso(milliseconds: i64, out: &mut Vec<u8>) {
    let time = civil(milliseconds);
    let mut text = *b"0000-00-00T00:00:00.000Z";
    put(i64::from(time.year()), &mut text[..4]);
    put(time.month().into(), &mut text[5..7]);
    put(time.day().into(), &mut text[8..10]);
    put(time.hour().into(), &mut text[11..13]);
    put(time.minute().into(), &mut text[14..16]);
    put(time.second().into(), &mut text[17..19]);
    put(time.millisecond().into(), &mut text[20..23]);
    out.extend_from_slice(&text);
}

/// Appends `2026.11.21`.
pub(crate) fn write_day(milliseconds: i64, out: &mut Vec<u8>) {
    let time = civil(milliseconds);
    let mut text = *b"0000.00.00";
    put(i64::from(time.year()), &mut text[..4]);
    put(time.month().into(), &mut text[5..7]);
    put(time.day().into(), &mut text[8..]);
    out.extend_from_slice(&text);
}

fn put(number: i64, digits: &mut [u8]) {
    let mut rest = number.unsigned_abs();
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
}

/// Nanoseconds of a duration in milliseconds with a fraction, such as `143.21`.
pub(crate) fn nanoseconds(milliseconds: &str) -> Option<i64> {
    let (whole, fraction) = milliseconds.split_once('.').unwrap_or((milliseconds, ""));
    let fraction: String = fraction.chars().chain("000000".chars()).take(6).collect();
    whole.parse::<i64>().ok()?.checked_mul(1_000_000)?.checked_add(fraction.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_days() {
        for (milliseconds, iso, day) in [
            (0, "1970-01-01T00:00:00.000Z", "1970.01.01"),
            (1_795_260_000_301, "2026-11-21T11:20:00.301Z", "2026.11.21"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z", "2000.02.28"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z", "9999.12.31"),
        ] {
            let (mut time, mut date) = (Vec::new(), Vec::new());
            write_iso(milliseconds, &mut time);
            write_day(milliseconds, &mut date);
            assert_eq!((time.as_slice(), date.as_slice()), (iso.as_bytes(), day.as_bytes()));
        }
    }

    #[test]
    fn durations() {
        for (milliseconds, expected) in
            [("143.21", Some(143_210_000)), ("7", Some(7_000_000)), ("0.0000019", Some(1)), ("x", None), ("1e5", None)]
        {
            assert_eq!(nanoseconds(milliseconds), expected, "{milliseconds}");
        }
    }
}
