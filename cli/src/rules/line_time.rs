//! When a plain line was logged, as the line itself says.

use jiff::civil::DateTime;
use jiff::tz::Offset;
use logweir_log_formats::vpc_flow::{Field, Flow};
use logweir_subscription::MAX_TIMESTAMP;
use serde::Deserialize;
use serde_json::value::RawValue;

/// How far into a line a time in brackets is looked for.
const MOST_BYTES: usize = 1_024;

/// The time of a line in milliseconds since 1970. One that does not say its zone is in UTC.
///
/// Known are a time at the beginning (`2026-11-21T10:00:00.123Z` and its relatives, or seconds or milliseconds since 1970), also
/// behind a level; that of access logs, `[10/Oct/2000:13:55:36 -0700]`; the usual keys of JSON; the end of a VPC flow.
pub(super) fn of_line(line: &str) -> Option<i64> {
    let line = line.trim_start_matches('\u{feff}').trim_start();
    let time = if line.starts_with('{') { of_json(line) } else { of_text(line) };
    time.filter(|time| (0..=MAX_TIMESTAMP).contains(time))
}

fn of_text(line: &str) -> Option<i64> {
    leading(line).or_else(|| behind_level(line).and_then(leading)).or_else(|| in_brackets(line)).or_else(|| {
        Flow::detect(line)?.get(Field::End)?.parse().ok().and_then(|seconds: i64| seconds.checked_mul(1000))
    })
}

fn leading(text: &str) -> Option<i64> {
    let text = text.trim_start_matches(['[', '(', '"', '<']);
    if let Some(time) = iso(text) {
        return Some(time);
    }
    let end = text.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    let whole = number.split('.').next().unwrap_or_default();
    let is_alone = rest.is_empty() || rest.starts_with([' ', '\t', ']', ')', '"', '>', ',', ';', ':']);
    (is_alone && [10, 13].contains(&whole.len())).then(|| of_number(number)).flatten()
}

/// What stands behind `[ERROR]`, `ERROR`, `WARN:` at the beginning.
fn behind_level(line: &str) -> Option<&str> {
    const LEVELS: [&str; 14] = [
        "TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERR", "ERROR", "SEVERE", "CRIT", "CRITICAL", "ALERT",
        "FATAL", "PANIC",
    ];
    let (word, rest) = line.split_once([' ', '\t'])?;
    let level = word.trim_matches(['[', ']', ':', '<', '>']);
    LEVELS.iter().any(|known| known.eq_ignore_ascii_case(level)).then(|| rest.trim_start())
}

/// `[10/Oct/2000:13:55:36 -0700]`
fn in_brackets(line: &str) -> Option<i64> {
    let line = &line[..line.floor_char_boundary(MOST_BYTES)];
    line.match_indices('[').find_map(|(at, _)| clf(&line[at + 1..]))
}

fn clf(text: &str) -> Option<i64> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (date, rest) = (text.get(..20)?, text.get(20..)?);
    let month = MONTHS.iter().position(|month| date.get(3..6) == Some(month))? + 1;
    let separators = [date.get(2..3)?, date.get(6..7)?, date.get(11..12)?, date.get(14..15)?, date.get(17..18)?];
    if separators != ["/", "/", ":", ":", ":"] {
        return None;
    }
    let time = [number(&date[12..14])?, number(&date[15..17])?, number(&date[18..20])?];
    moment([number(&date[7..11])?, i64::try_from(month).ok()?, number(&date[..2])?], time, 0, zone(rest))
}

/// `2026-11-21T10:00:00.123+01:00`, with a space or a comma where others have `T` or a point, with `/` for `-`.
fn iso(text: &str) -> Option<i64> {
    let beginning = text.get(..19)?;
    let is_apart = |at: usize, by: &[u8]| by.contains(&beginning.as_bytes()[at]);
    if !is_apart(4, b"-/")
        || !is_apart(7, b"-/")
        || !is_apart(10, b"Tt _")
        || !is_apart(13, b":")
        || !is_apart(16, b":")
    {
        return None;
    }
    let part = |from: usize, to: usize| number(beginning.get(from..to)?);
    let (date, time) = ([part(0, 4)?, part(5, 7)?, part(8, 10)?], [part(11, 13)?, part(14, 16)?, part(17, 19)?]);
    let rest = &text[19..];
    let (mut milliseconds, mut rest_of_it) = (0, rest);
    if let Some(fraction) = rest.strip_prefix(['.', ',']) {
        let end = fraction.find(|character: char| !character.is_ascii_digit()).unwrap_or(fraction.len());
        if end > 0 {
            let digits: String = fraction[..end].chars().chain("00".chars()).take(3).collect();
            milliseconds = number(&digits)?;
            rest_of_it = &fraction[end..];
        }
    }
    moment(date, time, milliseconds, zone(rest_of_it))
}

/// Seconds that the zone which a text begins with is ahead of UTC.
fn zone(text: &str) -> i64 {
    let text = text.strip_prefix(' ').unwrap_or(text);
    let (sign, rest) = match text.as_bytes() {
        [b'+', ..] => (1, &text[1..]),
        [b'-', ..] => (-1, &text[1..]),
        _ => return 0,
    };
    let pair = |from: usize| rest.get(from..from + 2).and_then(number);
    let Some(hours) = pair(0).filter(|hours| *hours <= 18) else { return 0 };
    let minutes = pair(2).or_else(|| rest.get(2..3).filter(|colon| *colon == ":").and_then(|_| pair(3)));
    sign * (hours * 3_600 + minutes.filter(|minutes| *minutes < 60).unwrap_or(0) * 60)
}

fn moment(date: [i64; 3], time: [i64; 3], milliseconds: i64, offset: i64) -> Option<i64> {
    let small = |number: i64| i8::try_from(number).ok();
    let [year, month, day] = date;
    let [hour, minute, second] = time;
    // A leap second is the one before it.
    let second = second.min(if second == 60 { 59 } else { second });
    let (year, second) = (i16::try_from(year).ok()?, small(second)?);
    let date = DateTime::new(year, small(month)?, small(day)?, small(hour)?, small(minute)?, second, 0).ok()?;
    let utc = Offset::UTC.to_timestamp(date).ok()?.as_millisecond();
    Some(utc + milliseconds - offset * 1000)
}

fn number(digits: &str) -> Option<i64> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

/// The keys under which applications and AWS write the time of a line, those that mean it most first.
#[derive(Deserialize)]
struct Times<'a> {
    #[serde(borrow, rename = "@timestamp")]
    at_timestamp: Option<&'a RawValue>,
    timestamp: Option<&'a RawValue>,
    time: Option<&'a RawValue>,
    ts: Option<&'a RawValue>,
    #[serde(rename = "eventTime")]
    event_time: Option<&'a RawValue>,
    query_timestamp: Option<&'a RawValue>,
    #[serde(rename = "requestTimeEpoch")]
    request_time_epoch: Option<&'a RawValue>,
    #[serde(rename = "requestTime")]
    request_time: Option<&'a RawValue>,
    datetime: Option<&'a RawValue>,
}

fn of_json(line: &str) -> Option<i64> {
    // The first value of the line: some write more behind it.
    let times: Times<'_> = serde_json::Deserializer::from_str(line).into_iter().next()?.ok()?;
    let Times { at_timestamp, timestamp, time, ts, event_time, query_timestamp, .. } = times;
    let own = [at_timestamp, timestamp, time, ts, event_time, query_timestamp];
    let others = [times.request_time_epoch, times.request_time, times.datetime];
    own.into_iter().chain(others).flatten().find_map(|value| {
        let text = serde_json::from_str::<String>(value.get());
        match &text {
            Ok(text) => iso(text).or_else(|| clf(text)).or_else(|| of_number(text)),
            Err(_) => of_number(value.get()),
        }
    })
}

/// A number of seconds, milliseconds, micro- or nanoseconds since 1970: which, its size tells.
fn of_number(text: &str) -> Option<i64> {
    if !text.bytes().all(|byte| byte.is_ascii_digit() || b".eE+".contains(&byte)) {
        return None;
    }
    let number: f64 = text.parse().ok()?;
    let milliseconds = match number {
        1e17.. => number / 1e6,
        1e14.. => number / 1e3,
        1e11.. => number,
        1e8.. => number * 1e3,
        _ => return None,
    };
    // What lies beyond all bounds is refused afterwards.
    #[expect(clippy::cast_possible_truncation, reason = "and saturates")]
    Some((milliseconds + if number < 1e11 { 0.5 } else { 0.0 }).floor() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_lines_say() {
        for line in [
            "2026-11-21T11:20:00.123Z request failed",
            "2026-11-21T11:20:00.123456Z",
            "2026-11-21 11:20:00,123 INFO",
            "2026/11/21 11:20:00.123 [error]",
            "[2026-11-21T12:20:00.123+01:00] x",
            "2026-11-21 06:50:00.123 -0430 x",
            "2026-11-21T12:20:00.123+01",
            "[ERROR]\t2026-11-21T11:20:00.123Z\tid\tTraceback",
            "WARN: 2026-11-21T11:20:00.123Z x",
            "1795260000123 x",
            "1795260000.123 x",
            "[1795260000123] x",
            r#"{"timestamp":1795260000123}"#,
            r#"{"timestamp":"1795260000123"} behind"#,
            r#"{"a":{"time":1},"time":"2026-11-21T11:20:00.123Z"}"#,
            r#"{"@timestamp":"2026-11-21T11:20:00.123+00:00","time":1}"#,
            r#"{"ts":1795260000.123}"#,
            r#"{"ts":1.795260000123e9}"#,
            r#"{"ts":1795260000123456789}"#,
            r#"{"level":"info","time":"0.12","timestamp":null,"datetime":"2026-11-21 11:20:00.123"}"#,
        ] {
            assert_eq!(of_line(line), Some(1_795_260_000_123), "{line}");
        }
        for line in [
            r#"203.0.113.7 - - [21/Nov/2026:11:20:00 +0000] "GET / HTTP/1.1" 200 88"#,
            r#"::1 [x] "é" [21/Nov/2026:04:20:00 -0700]"#,
            r#"{"requestTime":"21/Nov/2026:11:20:00 +0000"}"#,
            r#"{"eventVersion":"1.08","eventTime":"2026-11-21T11:20:00Z"}"#,
            "2 123456789012 eni-0a1b2c3d4e5f60718 10.0.1.17 198.51.100.9 443 51532 6 25 18420 1795259940 1795260000 ACCEPT OK",
            "2026-11-21T11:20:00 - no zone",
            "2026-11-21 11:20:00 -- no zone",
        ] {
            assert_eq!(of_line(line), Some(1_795_260_000_000), "{line}");
        }
    }

    #[test]
    fn lines_that_say_none() {
        for line in [
            "",
            "    at com.example.Main(Main.java:17)",
            "expires 2026-11-21T11:20:00Z",
            "Certificate expires on 2026-11-21 11:20:00",
            "2026-13-21T11:20:00Z",
            "2026-11-21",
            "1795260000x",
            "17952600001",
            "[21/Nov/2026]",
            r#"{"message":"2026-11-21T11:20:00Z"}"#,
            r#"{"time":12}"#,
            r#"{"time":-1795260000123}"#,
            r#"{"time":"#,
            "{",
            "é",
            "[é21/Nov/2026:11:20:00 +0000]",
        ] {
            assert_eq!(of_line(line), None, "{line}");
        }
    }
}
