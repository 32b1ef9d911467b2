//! Lines of databases of RDS and Aurora.

use super::Service;
use super::columns::Columns;
use crate::shape;

const MYSQL: [&str; 10] = [
    "timestamp",
    "serverhost",
    "username",
    "host",
    "connectionid",
    "queryid",
    "operation",
    "database",
    "object",
    "retcode",
];
/// What an audit log says that happened.
const OPERATIONS: [&str; 12] = [
    "CONNECT",
    "DISCONNECT",
    "FAILED_CONNECT",
    "QUERY",
    "READ",
    "WRITE",
    "CREATE",
    "ALTER",
    "RENAME",
    "DROP",
    "CHANGEUSER",
    "TABLE",
];
const POSTGRESQL: [&str; 8] = ["address", "port", "user", "database", "pid", "severity", "sqlstate", "text"];
/// The severities of `PostgreSQL`, and the parts of a message that have lines of their own
/// (<https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-SEVERITY-LEVELS>).
const SEVERITIES: [&str; 18] = [
    "LOG",
    "ERROR",
    "FATAL",
    "PANIC",
    "WARNING",
    "NOTICE",
    "INFO",
    "DEBUG",
    "DEBUG1",
    "DEBUG2",
    "DEBUG3",
    "DEBUG4",
    "DEBUG5",
    "STATEMENT",
    "DETAIL",
    "HINT",
    "CONTEXT",
    "QUERY",
];
/// Longest part of a prefix between the process and the text.
const MAX_BEFORE: usize = 256;
/// Which of them tell of an error.
const ERRORS: [&str; 3] = ["ERROR", "FATAL", "PANIC"];

/// `20261121 11:20:00,host,user,address,…` of `MariaDB`'s plugin, with microseconds of Aurora.
pub(super) fn mysql_audit(line: &str) -> Option<(Service, Columns<'_>)> {
    // Almost every line ends here.
    let ([_, _, _, _, _, _, _, _, b' ', _, _, b':', ..] | [_, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, b',', ..]) =
        line.as_bytes()
    else {
        return None;
    };
    let mut parts = line.splitn(9, ',');
    let mut values: Vec<_> = parts.by_ref().take(8).collect();
    let rest = parts.next()?;
    let is_time = shape::fits(values[0], b"00000000 00:00:00") || values[0].len() == 16 && shape::is_digits(values[0]);
    if !is_time || !OPERATIONS.contains(&values[6]) || !shape::is_digits(values[4]) {
        return None;
    }
    // A statement stands in quotes, and may hold commas and quotes.
    let (object, behind) = rest.rsplit_once("',").or_else(|| rest.split_once(','))?;
    let code = behind.split(',').next()?;
    if !shape::is_digits(code) {
        return None;
    }
    values.extend([object.trim_start_matches('\''), code]);
    Some((Service::MySqlAudit, Columns::new(&MYSQL, values)))
}

/// `2026-11-21 11:20:00 UTC:10.0.1.5(41234):app@shop:[12345]:ERROR:  text`, or CSV.
pub(super) fn postgresql(line: &str) -> Option<(Service, Columns<'_>)> {
    let (time, rest) = line.split_at_checked(19)?;
    if !shape::fits(time, b"0000-00-00 00:00:00") {
        return None;
    }
    let fraction = rest.bytes().position(|byte| !byte.is_ascii_digit() && byte != b'.')?;
    let rest = rest[fraction..].strip_prefix(' ')?;
    let zone = rest.bytes().position(|byte| !byte.is_ascii_alphanumeric() && !b"+-/_".contains(&byte))?;
    let values = match rest.as_bytes()[zone] {
        b':' => prefixed(&rest[zone + 1..])?,
        b',' => csv(&rest[zone + 1..])?,
        _ => return None,
    };
    Some((Service::PostgreSql, Columns::new(&POSTGRESQL, values)))
}

fn prefixed(rest: &str) -> Option<[&str; 8]> {
    let (origin, rest) = rest.split_once(":[")?;
    let (pid, rest) = rest.split_once("]:")?;
    // An address of IPv6 has colons of its own.
    let (remote, user) = origin.rsplit_once(':')?;
    let (user, database) = user.split_once('@')?;
    if !shape::is_digits(pid) {
        return None;
    }
    let (state, severity, text) = severity_and_text(rest)?;
    let (address, port) = remote.strip_suffix(')').and_then(|remote| remote.split_once('(')).unwrap_or((remote, ""));
    let text = if ERRORS.contains(&severity) { text.trim_start() } else { "" };
    Some([without_local(address), port, user, database, pid, severity, state, text])
}

/// `ERROR:  text`, or what the longer prefix that AWS proposes has before it: the number of the line, the state and more.
fn severity_and_text(rest: &str) -> Option<(&str, &'static str, &str)> {
    let mut end = rest.len().min(MAX_BEFORE);
    while !rest.is_char_boundary(end) {
        end -= 1;
    }
    SEVERITIES.iter().find_map(|severity| {
        let at = rest[..end].find(&format!("{severity}:  "))?;
        let before = &rest[..at];
        // Two blanks stand before the text only.
        let is_it = before.is_empty() || before.ends_with(':') && !before.contains("  ");
        let state = before.split(':').nth(1).filter(|state| state.len() == 5 && ERRORS.contains(severity));
        is_it.then(|| (state.unwrap_or_default(), *severity, &rest[at + severity.len() + 1..]))
    })
}

/// A connection by a socket of the machine has no address.
fn without_local(address: &str) -> &str {
    if address == "[local]" { "" } else { address }
}

fn csv(rest: &str) -> Option<[&str; 8]> {
    let mut values = Vec::new();
    let mut rest = rest;
    // As far as the message.
    while values.len() < 13 {
        let (value, behind) = match rest.strip_prefix('"') {
            Some(body) => {
                let end = closing_quote(body)?;
                (&body[..end], &body[end + 1..])
            }
            None => rest.split_at(rest.find(',').unwrap_or(rest.len())),
        };
        values.push(value);
        rest = behind.strip_prefix(',').unwrap_or_default();
    }
    let (user, database, pid, remote, severity, state) =
        (values[0], values[1], values[2], values[3], values[10], values[11]);
    if !shape::is_digits(pid) || !SEVERITIES.contains(&severity) || state.len() != 5 {
        return None;
    }
    let (address, port) = remote.rsplit_once(':').unwrap_or((remote, ""));
    let is_error = ERRORS.contains(&severity);
    let (state, text) = if is_error { (state, values[12]) } else { ("", "") };
    Some([without_local(address), port, user, database, pid, severity, state, text])
}

/// Where a field in quotes ends; a quote within it is written twice.
fn closing_quote(body: &str) -> Option<usize> {
    let bytes = body.as_bytes();
    let mut at = 0;
    loop {
        at += memchr::memchr(b'"', &bytes[at..])?;
        if bytes.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}
