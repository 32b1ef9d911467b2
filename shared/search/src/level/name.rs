//! Names, letters and numbers that loggers have for levels.

use super::{Level, colour};

/// Longest name of a level, in bytes.
const MAX_NAME: usize = 13;

/// The level that a word names, whatever its case.
pub(super) fn of_word(word: &[u8]) -> Option<Level> {
    let mut lower = [0; MAX_NAME];
    let lower = lower.get_mut(..word.len())?;
    lower.copy_from_slice(word);
    lower.make_ascii_lowercase();
    Some(match &*lower {
        b"trace" | b"trce" | b"trc" | b"trac" | b"verbose" | b"vrb" | b"finest" | b"finer" | b"silly" => "trace",
        // PostgreSQL has five of them (https://www.postgresql.org/docs/current/runtime-config-logging.html).
        b"debug" | b"debug1" | b"debug2" | b"debug3" | b"debug4" | b"debug5" | b"dbug" | b"dbg" | b"debu" | b"fine"
        | b"config" => "debug",
        b"info" | b"information" | b"informational" | b"inf" => "info",
        b"notice" | b"ntc" => "notice",
        b"warn" | b"warning" | b"wrn" => "warn",
        b"error" | b"err" | b"eror" | b"erro" | b"fail" | b"severe" => "error",
        b"critical" | b"crit" => "critical",
        // What ends the program.
        b"fatal" | b"ftl" | b"fata" | b"panic" | b"dpanic" | b"pani" | b"pnc" => "fatal",
        b"alert" => "alert",
        b"emerg" | b"emergency" => "emergency",
        _ => return None,
    })
}

/// The level that a letter stands for where a logger has letters for all of them.
pub(super) fn of_letter(letter: u8) -> Option<Level> {
    Some(match letter {
        b'V' | b'T' => "trace",
        b'D' => "debug",
        b'I' => "info",
        b'N' => "notice",
        b'W' => "warn",
        b'E' => "error",
        b'C' => "critical",
        b'F' => "fatal",
        _ => return None,
    })
}

/// The level that a value names which a logger wrote as one: a word, a letter, `INFO+2`, `[ERROR]`, in any colour.
pub(crate) fn of_name(name: &str) -> Option<Level> {
    let name = colour::strip(name);
    let name = name.trim().trim_matches(['[', ']', '<', '>', '"', '\'', ':']).trim();
    // slog of Go counts from the level below (https://pkg.go.dev/log/slog#Level.String).
    let name = match name.split_once(['+', '-']) {
        Some((word, offset)) if !offset.is_empty() && offset.bytes().all(|byte| byte.is_ascii_digit()) => word,
        _ => name,
    };
    // Names of OpenTelemetry's numbers, of which each level has four.
    let name = name.strip_prefix("SEVERITY_NUMBER_").unwrap_or(name);
    let name = if name.starts_with("DEBUG") || name.len() < 5 { name } else { name.trim_end_matches(['2', '3', '4']) };
    match name.as_bytes() {
        [letter] => of_letter(letter.to_ascii_uppercase()),
        // MongoDB has letters, and numbers for what is debugged.
        [b'D', b'1'..=b'5'] => Some("debug"),
        // Names of some loggers only, which are words of texts too.
        word if word.eq_ignore_ascii_case(b"success") || word.eq_ignore_ascii_case(b"note") => Some("info"),
        word if word.eq_ignore_ascii_case(b"http") => Some("info"),
        word => of_word(word),
    }
}

/// The numbers of syslog (RFC 5424, 6.2.1), GELF and journald.
pub(super) fn of_syslog(number: u32) -> Option<Level> {
    const NAMES: [Level; 8] = ["emergency", "alert", "critical", "error", "warn", "notice", "info", "debug"];
    NAMES.get(usize::try_from(number).ok()?).copied()
}

/// The numbers of OpenTelemetry (<https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber>).
pub(super) fn of_open_telemetry(number: u32) -> Option<Level> {
    Some(match number {
        1..=4 => "trace",
        5..=8 => "debug",
        9..=12 => "info",
        13..=16 => "warn",
        17..=20 => "error",
        21..=24 => "fatal",
        _ => return None,
    })
}

/// The numbers of bunyan and pino, and the larger ones of Monolog, which no other logger has.
const LOGGERS: [(u32, Level); 14] = [
    (10, "trace"),
    (20, "debug"),
    (30, "info"),
    (40, "warn"),
    (50, "error"),
    (60, "fatal"),
    (100, "debug"),
    (200, "info"),
    (250, "notice"),
    (300, "warn"),
    (400, "error"),
    (500, "critical"),
    (550, "alert"),
    (600, "emergency"),
];

/// The level of a number that loggers write.
pub(super) fn of_logger(number: u32) -> Option<Level> {
    LOGGERS.iter().find(|(known, _)| *known == number).map(|(_, level)| *level)
}

/// The numbers of Python's `logging`.
pub(super) fn of_python(number: u32) -> Option<Level> {
    const NAMES: [Level; 5] = ["debug", "info", "warn", "error", "critical"];
    let place = usize::try_from(number / 10).ok()?.checked_sub(1)?;
    NAMES.get(place).filter(|_| number.is_multiple_of(10)).copied()
}

/// A single letter stands for a level behind a time only, and before a name in capitals (`MongoDB` before 4.4).
pub(super) fn of_lone_letter(letter: u8, rest: &str) -> Option<Level> {
    let is_component = rest.trim_start().bytes().next().is_some_and(|byte| byte.is_ascii_uppercase() || byte == b'-');
    of_letter(letter).filter(|_| is_component)
}

/// The level of a word in capitals.
pub(super) fn of_capitals(word: &[u8]) -> Option<Level> {
    word.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()).then(|| of_word(word))?
}
