//! Times as documents and indices have them, in UTC.

use jiff::SignedDuration;
use jiff::civil::datetime;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// A day, kept with its digits: events that are neighbours are seldom of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Day {
    /// Days since 1970.
    number: i64,
    /// Year, month and day: `20261121`.
    digits: [u8; 8],
}

impl Default for Day {
    fn default() -> Self {
        Self { number: 0, digits: *b"19700101" }
    }
}

impl Day {
    /// The day of a time in milliseconds since 1970, which is this one or is found.
    pub(crate) fn of(self, milliseconds: i64) -> Self {
        let number = milliseconds.div_euclid(DAY);
        if number == self.number {
            return self;
        }
        // Events lie between 1970 and 9999, all of which there are.
        let date = datetime(1970, 1, 1, 0, 0, 0, 0).saturating_add(SignedDuration::from_hours(24 * number)).date();
        let mut digits = [0; 8];
        put(i64::from(date.year()), &mut digits[..4]);
        put(date.month().into(), &mut digits[4..6]);
        put(date.day().into(), &mut digits[6..]);
        Self { number, digits }
    }

    /// Becomes the day of a time.
    pub(crate) fn turn_to(&mut self, milliseconds: i64) {
        *self = self.of(milliseconds);
    }

    /// Appends `2026.11.21`.
    pub(crate) fn write(self, out: &mut Vec<u8>) {
        let mut text = *b"0000.00.00";
        text[..4].copy_from_slice(&self.digits[..4]);
        text[5..7].copy_from_slice(&self.digits[4..6]);
        text[8..].copy_from_slice(&self.digits[6..]);
        out.extend_from_slice(&text);
    }

    /// Appends `2026-11-21T11:20:00.301Z` for a time of this day.
    pub(crate) fn write_iso(self, milliseconds: i64, out: &mut Vec<u8>) {
        let mut text = *b"0000-00-00T00:00:00.000Z";
        text[..4].copy_from_slice(&self.digits[..4]);
        text[5..7].copy_from_slice(&self.digits[4..6]);
        text[8..10].copy_from_slice(&self.digits[6..]);
        let time = milliseconds.rem_euclid(DAY);
        put(time / 3_600_000, &mut text[11..13]);
        put(time / 60_000 % 60, &mut text[14..16]);
        put(time / 1000 % 60, &mut text[17..19]);
        put(time % 1000, &mut text[20..23]);
        out.extend_from_slice(&text);
    }
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
    // No duration is negative, whatever a line says.
    if !milliseconds.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    let fraction: String = fraction.chars().chain("000000".chars()).take(6).collect();
    whole.parse::<i64>().ok()?.checked_mul(1_000_000)?.checked_add(fraction.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_days() {
        let mut last = Day::default();
        for (milliseconds, iso, day) in [
            (0, "1970-01-01T00:00:00.000Z", "1970.01.01"),
            (1_795_260_000_301, "2026-11-21T11:20:00.301Z", "2026.11.21"),
            (1_795_305_599_999, "2026-11-21T23:59:59.999Z", "2026.11.21"),
            (1_795_305_600_000, "2026-11-22T00:00:00.000Z", "2026.11.22"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z", "2000.02.28"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z", "9999.12.31"),
        ] {
            let (mut time, mut date) = (Vec::new(), Vec::new());
            last.turn_to(milliseconds);
            assert_eq!(last, Day::default().of(milliseconds));
            last.write_iso(milliseconds, &mut time);
            last.write(&mut date);
            assert_eq!((time.as_slice(), date.as_slice()), (iso.as_bytes(), day.as_bytes()));
        }
    }

    #[test]
    fn durations() {
        for (milliseconds, expected) in [
            ("143.21", Some(143_210_000)),
            ("7", Some(7_000_000)),
            ("0.0000019", Some(1)),
            ("x", None),
            ("1e5", None),
            ("-5.5", None),
        ] {
            assert_eq!(nanoseconds(milliseconds), expected, "{milliseconds}");
        }
    }
}
