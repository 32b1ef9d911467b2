//! Syslog as programs send it, and as it stands in files.

use super::Service;
use super::columns::Columns;
use crate::shape;

const NAMES: [&str; 3] = ["host", "process", "pid"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// Programs that write no id of a process.
const WITHOUT_ID: [&str; 4] = ["kernel", "systemd", "sudo", "su"];
/// Longest name of a program.
const MAX_PROCESS: usize = 64;

/// `<34>1 2026-11-21T11:20:00.003Z host program 123 id [data] text` of RFC 5424, `<34>Nov 21 11:20:00 host program[123]: text` of RFC 3164.
pub(super) fn with_priority(line: &str) -> Option<(Service, Columns<'_>)> {
    let (priority, rest) = line[1..].split_once('>')?;
    if !shape::is_digits(priority) || priority.parse::<u16>().is_ok_and(|priority| priority > 191) || priority.len() > 3
    {
        return None;
    }
    let Some(rest) = rest.strip_prefix("1 ") else { return of_file(rest) };
    let mut parts = rest.splitn(6, ' ');
    let mut part = || parts.next();
    let (time, host, process, pid, id) = (part()?, part()?, part()?, part()?, part()?);
    let is_line =
        (time == "-" || is_time(time)) && is_name(host) && is_name(process) && is_name(id) && parts.next().is_some();
    let pid = if shape::is_digits(pid) { pid } else { "" };
    is_line.then(|| (Service::Syslog, Columns::new(&NAMES, [host, process, pid])))
}

/// `Nov 21 11:20:00 host program[123]: text`, or the time as `2026-11-21T11:20:00.003+00:00`.
pub(super) fn of_file(line: &str) -> Option<(Service, Columns<'_>)> {
    let old = line.get(..16).filter(|time| is_old_time(time)).map(|_| &line[16..]);
    let is_old = old.is_some();
    let rest = match old {
        Some(rest) => rest,
        None => line.split_once(' ').and_then(|(time, rest)| rest_of(time, rest))?,
    };
    let (host, rest) = rest.split_once(' ')?;
    let (tag, _) = rest.split_once(": ").or_else(|| Some((rest.strip_suffix(':')?, "")))?;
    let (process, pid) = match tag.split_once('[') {
        Some((process, pid)) => (process, pid.strip_suffix(']').filter(|pid| shape::is_digits(pid))?),
        None => (tag, ""),
    };
    // Programs write lines of their own of about this form, with a level where the host stands.
    let is_level = host.bytes().all(|byte| byte.is_ascii_uppercase());
    let says_process = is_old || !pid.is_empty() || WITHOUT_ID.contains(&process);
    let is_line = says_process && !is_level && is_name(host) && is_name(process) && process.len() <= MAX_PROCESS;
    is_line.then(|| (Service::Syslog, Columns::new(&NAMES, [host, process, pid])))
}

/// What follows a time with its offset; a bare `Z` is how programs write their own lines.
fn rest_of<'m>(time: &str, rest: &'m str) -> Option<&'m str> {
    (is_time(time) && !time.ends_with('Z')).then_some(rest)
}

/// `Nov 21 11:20:00 ` with its blank.
fn is_old_time(text: &str) -> bool {
    let (month, rest) = text.split_at_checked(3).unwrap_or_default();
    MONTHS.contains(&month) && (shape::fits(rest, b" 00 00:00:00 ") || shape::fits(rest, b"  0 00:00:00 "))
}

/// RFC 3339, with an offset or `Z`.
fn is_time(text: &str) -> bool {
    if shape::is_utc_time(text) {
        return true;
    }
    let Some((time, offset)) = text.len().checked_sub(6).and_then(|at| text.split_at_checked(at)) else { return false };
    shape::fits(offset, b"+00:00") && shape::is_utc_time(&format!("{time}Z"))
}

/// A name of a host or a program.
fn is_name(text: &str) -> bool {
    let is_one = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./@:()".contains(&byte);
    !text.is_empty() && text.len() <= 255 && text.bytes().all(is_one)
}
