//! The level that a line was logged with.

use std::borrow::Cow;

use logweir_json::{Kind, Scanner, Text};

/// How many bytes of a line are searched for a level.
const SEARCHED: usize = 96;
/// Longest name of a level.
const MAX_LEVEL: usize = 20;

/// Keys under which loggers put the level.
const KEYS: [&str; 7] = ["level", "severity", "log.level", "log_level", "loglevel", "levelname", "lvl"];

/// The names that levels have in lines, and the one that is written.
const NAMES: [(&str, &str); 19] = [
    ("trace", "trace"),
    ("debug", "debug"),
    ("info", "info"),
    ("information", "info"),
    ("informational", "info"),
    ("notice", "notice"),
    ("warn", "warn"),
    ("warning", "warn"),
    ("error", "error"),
    ("err", "error"),
    ("eror", "error"),
    ("fail", "error"),
    ("severe", "error"),
    ("fatal", "fatal"),
    ("critical", "critical"),
    ("crit", "critical"),
    ("alert", "alert"),
    ("emerg", "emergency"),
    ("emergency", "emergency"),
];

/// A level, in lower case.
pub(crate) type Level<'m> = Cow<'m, str>;

/// The level of a name: one of the usual where it is one, else the name in lower case, if it is a short word.
pub(crate) fn of_name(name: &str) -> Option<Level<'static>> {
    let name = name.trim();
    if let Some((_, level)) = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        return Some(Cow::Borrowed(*level));
    }
    let is_word = !name.is_empty() && name.len() <= MAX_LEVEL && name.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_word.then(|| Cow::Owned(name.to_ascii_lowercase()))
}

/// The level that a line of text has near its beginning: a usual name in capitals or in brackets, or behind `level=`.
pub(crate) fn of_text(line: &str) -> Option<Level<'static>> {
    let mut end = line.len().min(SEARCHED);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    let bytes = &line.as_bytes()[..end];
    let mut start = 0;
    while start < bytes.len() {
        let length = bytes[start..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        if length >= 3 && length <= "informational".len() {
            let word = &bytes[start..start + length];
            let before = start.checked_sub(1).map(|at| bytes[at]);
            let after = bytes.get(start + length).copied();
            let named = || {
                before.is_some_and(|byte| matches!(byte, b'=' | b'"'))
                    && line[..start].trim_end_matches(['=', '"']).to_ascii_lowercase().ends_with("level")
            };
            let is_told = matches!((before, after), (Some(b'['), Some(b']')) | (Some(b'<'), Some(b'>')))
                || word.iter().all(u8::is_ascii_uppercase)
                || named();
            // `ERROR_COUNT` and `x-ERROR` are names of something else.
            let alone = !before.is_some_and(|byte| byte == b'_' || byte == b'-' || byte.is_ascii_digit())
                && !after.is_some_and(|byte| byte == b'_' || byte.is_ascii_digit());
            if is_told
                && alone
                && let Some((_, level)) = NAMES.iter().find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(word))
            {
                return Some(Cow::Borrowed(*level));
            }
        }
        start += length.max(1);
    }
    None
}

/// The level in a member of a JSON line, whose value the scanner stands before: a name, or one of the numbers of bunyan and pino.
pub(crate) fn of_member(key: &Text<'_>, scanner: &mut Scanner<'_>) -> Option<Level<'static>> {
    let key = key.decode();
    if !KEYS.iter().any(|known| known.eq_ignore_ascii_case(&key)) {
        return None;
    }
    match scanner.kind().ok()? {
        Kind::String => of_name(&scanner.string().ok()?.decode()),
        Kind::Number => match scanner.number().ok()? {
            "10" => Some(Cow::Borrowed("trace")),
            "20" => Some(Cow::Borrowed("debug")),
            "30" => Some(Cow::Borrowed("info")),
            "40" => Some(Cow::Borrowed("warn")),
            "50" => Some(Cow::Borrowed("error")),
            "60" => Some(Cow::Borrowed("fatal")),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_of_text() {
        for (line, level) in [
            ("2026-11-21 11:20:00 ERROR cannot connect", Some("error")),
            ("[INFO] began", Some("info")),
            ("[warning] low", Some("warn")),
            ("WARN: low", Some("warn")),
            ("time=x level=debug msg=\"ERROR\"", Some("debug")),
            ("E1121 11:20 ERROR", Some("error")),
            ("an error and some info", None),
            ("ERROR_COUNT is 3", None),
            ("FOO BAR", None),
            ("", None),
            ("é", None),
        ] {
            assert_eq!(of_text(line).as_deref(), level, "{line}");
        }
        let far = format!("{}é ERROR", "x ".repeat(SEARCHED / 2));
        assert_eq!(of_text(&far), None);
    }

    #[test]
    fn levels_of_json() {
        for (json, level) in [
            (r#"{"level":"WARNING"}"#, Some("warn")),
            (r#"{"severity":"Error"}"#, Some("error")),
            (r#"{"level":50}"#, Some("error")),
            (r#"{"level":"audit"}"#, Some("audit")),
            (r#"{"level":"a b"}"#, None),
            (r#"{"level":{"a":1}}"#, None),
            (r#"{"levels":"INFO"}"#, None),
        ] {
            let mut scanner = Scanner::new(json);
            scanner.open(b'{').expect("an object");
            scanner.next(true, b'}').expect("a member");
            let key = scanner.key().expect("a key");
            assert_eq!(of_member(&key, &mut scanner).as_deref(), level, "{json}");
        }
    }
}
