//! Numbers as people read them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::panel::{Measure, TIME_FIELD};

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Things.
    Count,
    /// Bytes.
    Bytes,
    /// Milliseconds.
    Milliseconds,
    /// Megabytes, as Lambda has them.
    Megabytes,
    /// Milliseconds since 1970: a point in time.
    Time,
}

impl Unit {
    pub(crate) fn of(measure: &Measure) -> Self {
        match measure {
            Measure::Count | Measure::Cardinality(_) => Self::Count,
            Measure::Sum(field) | Measure::Average(field) | Measure::Max(field) | Measure::Percentiles(field, _) => {
                Self::of_field(field)
            }
        }
    }

    /// By the field's name: that is where the unit stands, in the documents as here.
    pub(crate) fn of_field(field: &str) -> Self {
        let last = field.rsplit('.').next().unwrap_or(field);
        if field == TIME_FIELD {
            Self::Time
        } else if last == "bytes" || last.ends_with("_bytes") {
            Self::Bytes
        } else if last.ends_with("_ms") || last.ends_with("latency") {
            Self::Milliseconds
        } else if last.ends_with("_mb") {
            Self::Megabytes
        } else {
            Self::Count
        }
    }

    /// With its unit, in some four characters and the unit's.
    pub(crate) fn format(self, value: f64) -> String {
        const THOUSANDS: [(f64, &str); 4] = [(1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k")];
        const BYTES: [(f64, &str); 6] =
            [(1e15, " PB"), (1e12, " TB"), (1e9, " GB"), (1e6, " MB"), (1e3, " kB"), (1.0, " B")];
        const TIMES: [(f64, &str); 5] = [(864e5, " d"), (36e5, " h"), (6e4, " min"), (1e3, " s"), (1.0, " ms")];
        match self {
            // Five digits are read as fast as three and a letter, and say more.
            Self::Count if value.abs() < 1e5 => short(value),
            Self::Count => scaled(value, &THOUSANDS),
            Self::Bytes => scaled(value, &BYTES),
            Self::Milliseconds => scaled(value, &TIMES),
            Self::Megabytes if value.abs() >= 1e4 => format!("{} GB", short(value / 1024.0)),
            Self::Megabytes => format!("{} MB", short(value)),
            Self::Time => time(value, "%Y-%m-%d %H:%M:%S"),
        }
    }

    /// In full, for whoever wants to know exactly.
    pub(crate) fn format_exactly(self, value: f64) -> String {
        match self {
            Self::Count => grouped(value),
            Self::Bytes => format!("{} bytes", grouped(value)),
            Self::Milliseconds => format!("{} ms", grouped(value)),
            Self::Megabytes => format!("{} MB", grouped(value)),
            Self::Time => time(value, "%Y-%m-%d %H:%M:%S%.3f UTC"),
        }
    }
}

/// A point in time in UTC.
pub(crate) fn time(milliseconds: f64, format: &str) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "a cast saturates, and what is no time is refused next")]
    let timestamp = Timestamp::from_millisecond(milliseconds.round() as i64);
    timestamp
        .map_or_else(|_| "?".to_owned(), |timestamp| timestamp.to_zoned(TimeZone::UTC).strftime(format).to_string())
}

/// In the largest unit of which there is one; below all, in the least.
fn scaled(value: f64, units: &[(f64, &str)]) -> String {
    let unit = units.iter().find(|(size, _)| value.abs() >= *size).or(units.last());
    unit.map_or_else(|| short(value), |(size, unit)| format!("{}{unit}", short(value / size)))
}

/// Three digits that count, no more; whole numbers whole.
fn short(value: f64) -> String {
    let digits = match value.abs() {
        size if size >= 100.0 || value.fract() == 0.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 0.1 => 2,
        _ => 4,
    };
    let text = if digits == 0 { grouped(value.round()) } else { format!("{value:.digits$}") };
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// `1234567.5` as `1,234,567.5`.
fn grouped(value: f64) -> String {
    let text = format!("{:.3}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut grouped = String::new();
    if value < 0.0 {
        grouped.push('-');
    }
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { grouped } else { format!("{grouped}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::Unit;

    #[test]
    fn numbers_are_short() {
        for (unit, value, text) in [
            (Unit::Count, 0.0, "0"),
            (Unit::Count, 1234.0, "1,234"),
            (Unit::Count, 12_345.0, "12,345"),
            (Unit::Count, 123_456.0, "123 k"),
            (Unit::Count, 1_234_567.0, "1.23 M"),
            (Unit::Count, 0.25, "0.25"),
            (Unit::Bytes, 0.0, "0 B"),
            (Unit::Bytes, 999.0, "999 B"),
            (Unit::Bytes, 1500.0, "1.5 kB"),
            (Unit::Bytes, 2e18, "2,000 PB"),
            (Unit::Milliseconds, 0.84, "0.84 ms"),
            (Unit::Milliseconds, 250.0, "250 ms"),
            (Unit::Milliseconds, 1500.0, "1.5 s"),
            (Unit::Milliseconds, 90_000.0, "1.5 min"),
            (Unit::Megabytes, 512.0, "512 MB"),
            (Unit::Megabytes, 10_240.0, "10 GB"),
            (Unit::Time, 1_795_260_000_123.0, "2026-11-21 11:20:00"),
            (Unit::Time, 1e300, "?"),
        ] {
            assert_eq!(unit.format(value), text, "{unit:?} {value}");
        }
        assert_eq!(Unit::Bytes.format_exactly(1_234_567.0), "1,234,567 bytes");
        assert_eq!(Unit::Milliseconds.format_exactly(-0.5), "-0.5 ms");
    }

    #[test]
    fn units_stand_in_names() {
        assert_eq!(Unit::of_field("network.bytes"), Unit::Bytes);
        assert_eq!(Unit::of_field("aws.lambda.produced_bytes"), Unit::Bytes);
        assert_eq!(Unit::of_field("aws.lambda.duration_ms"), Unit::Milliseconds);
        assert_eq!(Unit::of_field("aws.apigateway.integration_latency"), Unit::Milliseconds);
        assert_eq!(Unit::of_field("aws.lambda.memory_size_mb"), Unit::Megabytes);
        assert_eq!(Unit::of_field("network.packets"), Unit::Count);
    }
}
