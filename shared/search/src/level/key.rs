//! Keys under which loggers write the level.

/// Longest key that is looked at, in bytes.
const MAX_KEY: usize = 24;

/// What the key of a member says of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The level, by any name or number.
    Level,
    /// The level by OpenTelemetry's numbers.
    OpenTelemetry,
    /// The level by syslog's numbers.
    Syslog,
    /// The level by the numbers of Python.
    Python,
    /// How something went, and the level where Datadog's library wrote it.
    Status,
    /// A letter of `MongoDB`.
    Letter,
    /// An object with the level in it, or the line of a container.
    Log,
    /// An object with the level in it.
    Record,
}

/// What a key says, whatever its case and whatever stands between its words.
pub(super) fn role_of(key: &str) -> Option<Role> {
    match key {
        "L" | "@l" => return Some(Role::Level),
        "s" => return Some(Role::Letter),
        // journald (https://www.freedesktop.org/software/systemd/man/latest/systemd.journal-fields.html).
        "PRIORITY" => return Some(Role::Syslog),
        _ => {}
    }
    // Most keys begin with another letter.
    let first = key.trim_start_matches(['@', '_']).bytes().next()? | 0x20;
    if key.len() > MAX_KEY || !matches!(first, b'l' | b's' | b'e' | b'p' | b'r') {
        return None;
    }
    let mut words = [0; MAX_KEY];
    let mut length = 0;
    for byte in key.bytes().filter(|byte| !matches!(byte, b'_' | b'-' | b'.' | b'@' | b' ')) {
        words[length] = byte.to_ascii_lowercase();
        length += 1;
    }
    Some(match &words[..length] {
        b"level" | b"loglevel" | b"levelname" | b"lvl" | b"loglvl" | b"severity" | b"severitytext"
        | b"severitylabel" | b"severityname" | b"logseverity" | b"errorseverity" | b"sev" | b"prioritylabel"
        | b"priorityname" | b"levelstr" | b"levelstring" | b"leveltext" | b"levellabel" | b"eventlevel"
        | b"loggerlevel" => Role::Level,
        b"severitynumber" | b"severitynum" => Role::OpenTelemetry,
        b"syslogseverity"
        | b"severitycode"
        | b"syslogseveritycode"
        | b"logsyslogseveritycode"
        | b"logsyslogseverityname"
        | b"sysloglevel" => Role::Syslog,
        b"levelno" => Role::Python,
        // `priority` says how urgent anything is.
        b"status" | b"priority" => Role::Status,
        b"log" => Role::Log,
        b"record" => Role::Record,
        _ => return None,
    })
}

/// Whether a key is one of a level, by a name.
pub(super) fn is_level(key: &str) -> bool {
    role_of(key) == Some(Role::Level)
}
