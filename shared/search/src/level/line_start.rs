//! Lines that say their level in a form of their own.

use super::Level;
use super::name::{of_capitals, of_letter, of_syslog};

/// Highest priority of syslog: 24 facilities of 8 severities each.
const MAX_PRIORITY: u32 = 191;

/// Parts of a message of `PostgreSQL` that are no severities, and the one that says none of ours
/// (<https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-SEVERITY-LEVELS>).
const PARTS: [&str; 8] = ["LOG", "DETAIL", "HINT", "CONTEXT", "STATEMENT", "QUERY", "LOCATION", "BACKTRACE"];
/// Its severities.
const SEVERITIES: [&str; 12] =
    ["PANIC", "FATAL", "ERROR", "WARNING", "NOTICE", "INFO", "DEBUG", "DEBUG1", "DEBUG2", "DEBUG3", "DEBUG4", "DEBUG5"];

/// What a form says of a line's level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// Which it is.
    Level(Level),
    /// The line has none, whatever words it has.
    None,
    /// The line is not of that form.
    Nothing,
}

/// The level of a line of syslog, klog, Ruby or Redis, or of a program that ends.
pub(super) fn of(line: &str) -> Option<Level> {
    let bytes = line.as_bytes();
    match bytes.first()? {
        b'<' => priority(line),
        b'0'..=b'9' => redis(line),
        b't' if line.starts_with("thread '") => line.contains("' panicked at").then_some("fatal"),
        b'E' | b'U' if line.starts_with("Exception in thread ") || line.starts_with("Unhandled exception") => {
            Some("error")
        }
        letter @ b'A'..=b'Z' => match bytes.get(1)? {
            // `E, [2026-11-21T11:20:00.301 #8] ERROR -- : no`
            b',' => line[2..].starts_with(" [").then(|| of_letter(*letter))?,
            b'0'..=b'9' => klog(&line[1..]).then(|| of_letter(*letter))?,
            _ => None,
        },
        _ => None,
    }
}

/// `1121 11:20:00.123456 …` behind the letter: <https://github.com/kubernetes/klog>; glog writes the year too.
fn klog(text: &str) -> bool {
    let Some((day, rest)) = text.split_once(' ') else { return false };
    let time = rest.as_bytes();
    matches!(day.len(), 4 | 8)
        && day.bytes().all(|byte| byte.is_ascii_digit())
        && matches!(time, [b'0'..=b'9', b'0'..=b'9', b':', b'0'..=b'9', b'0'..=b'9', b':', ..])
}

/// `<34>` of syslog, in either of its forms (RFC 5424, 6.2.1; RFC 3164, 4.1.1).
fn priority(line: &str) -> Option<Level> {
    let (digits, _) = line[1..].split_once('>')?;
    let is_number = (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let priority: u32 = digits.parse().ok().filter(|priority| is_number && *priority <= MAX_PRIORITY)?;
    of_syslog(priority % 8)
}

/// `1:M 21 Nov 2026 11:20:00.123 # no`: <https://redis.io/docs/latest/operate/oss_and_stack/management/config/>.
fn redis(line: &str) -> Option<Level> {
    let mut words = line.split(' ');
    let (process, role) = words.next()?.split_once(':')?;
    let is_redis = matches!(role, "M" | "S" | "C" | "X") && process.bytes().all(|byte| byte.is_ascii_digit());
    match words.nth(4).filter(|_| is_redis)? {
        "." => Some("debug"),
        "-" => Some("info"),
        "*" => Some("notice"),
        "#" => Some("warn"),
        _ => None,
    }
}

/// What a line of `PostgreSQL` says: its severity, or that it has none. Its prefix is the user's, but behind it stand the word, a
/// colon and two blanks; with one blank the word follows the brackets of the process.
pub(super) fn of_postgresql(line: &str) -> Told {
    let bytes = line.as_bytes();
    for colon in memchr::memchr_iter(b':', bytes) {
        if bytes.get(colon + 1) != Some(&b' ') {
            continue;
        }
        let length =
            bytes[..colon].iter().rev().take_while(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()).count();
        let (before, word) = line[..colon].split_at(colon - length);
        let is_sure = bytes.get(colon + 2) == Some(&b' ') || before.ends_with("]:") || before.ends_with("] ");
        if !is_sure || before.bytes().next_back().is_some_and(|byte| !matches!(byte, b' ' | b':' | b'|' | b',')) {
            continue;
        }
        if PARTS.contains(&word) {
            return Told::None;
        }
        if SEVERITIES.contains(&word) {
            return of_capitals(word.as_bytes()).map_or(Told::None, Told::Level);
        }
    }
    Told::Nothing
}
