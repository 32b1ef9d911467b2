//! The platform's lines of text: a word, then `Name: value` again and again, between tabs or spaces.

use std::borrow::Cow;

use super::{Platform, PlatformEvent};
use crate::shape;

/// Longest name of a value that is not known, in bytes.
const MAX_NAME: usize = 40;

pub(super) fn parse(line: &str) -> Option<Platform<'_>> {
    // No other line is worth a second look: capitals, a UUID's owner, or a year.
    match line.as_bytes().first()? {
        b'A'..=b'Z' => headed(line).or_else(|| fault(line)),
        b'2' => timeout(line),
        _ => None,
    }
}

/// A line that begins with the event's name.
fn headed(line: &str) -> Option<Platform<'_>> {
    let (head, rest) = shape::token(line)?;
    let event = match head {
        "START" => PlatformEvent::Start,
        "END" => PlatformEvent::End,
        "REPORT" => PlatformEvent::Report,
        "INIT_START" => PlatformEvent::InitStart,
        "INIT_REPORT" => PlatformEvent::InitReport,
        "RESTORE_START" => PlatformEvent::RestoreStart,
        "RESTORE_REPORT" => PlatformEvent::RestoreReport,
        "EXTENSION" => PlatformEvent::Extension,
        "TELEMETRY" => PlatformEvent::TelemetrySubscription,
        "LOGS" => PlatformEvent::LogsSubscription,
        _ => return None,
    };
    let mut platform = Platform::new(event);
    let mut rest = rest.trim_ascii_start();
    while !rest.is_empty() {
        rest = value(&mut platform, rest)?.trim_ascii_start();
    }
    let metrics = &platform.metrics;
    let is_complete = match event {
        PlatformEvent::Start | PlatformEvent::End => {
            let is_sure = platform.others.is_empty() || platform.request_id.as_deref().is_some_and(shape::is_uuid);
            platform.request_id.is_some() && is_sure
        }
        PlatformEvent::Report => platform.request_id.is_some() && metrics.duration_ms.is_some(),
        PlatformEvent::InitReport => metrics.init_duration_ms.is_some(),
        PlatformEvent::RestoreReport => metrics.restore_duration_ms.is_some(),
        PlatformEvent::InitStart | PlatformEvent::RestoreStart => platform.runtime_version.is_some(),
        _ => platform.name.is_some() && platform.state.is_some(),
    };
    is_complete.then_some(platform)
}

/// Reads one name and its value; the answer is what follows.
fn value<'m>(platform: &mut Platform<'m>, text: &'m str) -> Option<&'m str> {
    let text = text.strip_prefix("XRAY ").unwrap_or(text);
    let colon = text.bytes().take(MAX_NAME).position(|byte| byte == b':')?;
    let (name, value) = (&text[..colon], text[colon + 1..].strip_prefix(' ')?);
    let metrics = &mut platform.metrics;
    let (metric, unit) = match name {
        "Duration" => (&mut metrics.duration_ms, " ms"),
        "Billed Duration" => (&mut metrics.billed_duration_ms, " ms"),
        "Init Duration" => (&mut metrics.init_duration_ms, " ms"),
        "Restore Duration" => (&mut metrics.restore_duration_ms, " ms"),
        "Billed Restore Duration" => (&mut metrics.billed_restore_duration_ms, " ms"),
        "Memory Size" => (&mut metrics.memory_size_mb, " MB"),
        "Max Memory Used" => (&mut metrics.max_memory_used_mb, " MB"),
        _ => return words(platform, name, value),
    };
    let (number, rest) = shape::token(value)?;
    let rest = rest.strip_prefix(unit)?;
    let is_metric = shape::is_decimal(number) && rest.bytes().next().is_none_or(|byte| byte.is_ascii_whitespace());
    is_metric.then(|| {
        *metric = Some(number);
        rest
    })
}

fn words<'m>(platform: &mut Platform<'m>, name: &'m str, value: &'m str) -> Option<&'m str> {
    let field = match name {
        "RequestId" => &mut platform.request_id,
        "Version" => &mut platform.function_version,
        "Runtime Version" => &mut platform.runtime_version,
        "Runtime Version ARN" => &mut platform.runtime_version_arn,
        "Phase" => &mut platform.phase,
        "Status" => &mut platform.status,
        "Error Type" => &mut platform.error_type,
        "TraceId" => &mut platform.trace,
        "SegmentId" => &mut platform.segment_id,
        "Sampled" => &mut platform.sampled,
        "State" => &mut platform.state,
        "DurableExecutionArn" | "Durable Execution ARN" => &mut platform.execution_arn,
        "Tenant Id" | "TenantId" | "Tenant ID" | "Tenant" => {
            let (found, rest) = field(value);
            platform.tenant_id = Some(Cow::Borrowed(found.trim_ascii_end()));
            return Some(rest);
        }
        "Name" => {
            let (found, rest) = field(value);
            platform.name = Some(Cow::Borrowed(found));
            return (!found.is_empty()).then_some(rest);
        }
        "Events" | "Types" => {
            let (found, rest) = value.split_at(value.find(']')? + 1);
            platform.subscribed = Some(found);
            return found.starts_with('[').then_some(rest);
        }
        _ => {
            let is_name = name.starts_with(|first: char| first.is_ascii_uppercase())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' ');
            let (found, rest) = field(value);
            platform.others.push((name, found));
            return is_name.then_some(rest);
        }
    };
    let (found, rest) = shape::token(value)?;
    *field = Some(Cow::Borrowed(found));
    Some(rest)
}

/// The text up to a tab or the end of the line, and what follows.
fn field(text: &str) -> (&str, &str) {
    text.split_at(memchr::memchr2(b'\t', b'\n', text.as_bytes()).unwrap_or(text.len()))
}

/// `2026-11-21T11:20:03.301Z <request id> Task timed out after 3.00 seconds`.
fn timeout(line: &str) -> Option<Platform<'_>> {
    let (time, rest) = shape::token(line)?;
    let (request_id, rest) = shape::token(rest.strip_prefix(' ')?)?;
    let (seconds, rest) = shape::token(rest.strip_prefix(" Task timed out after ")?)?;
    let is_timeout = shape::is_utc_time(time)
        && shape::is_uuid(request_id)
        && shape::is_decimal(seconds)
        && rest.strip_prefix(" seconds")?.trim_ascii().is_empty();
    let mut platform = Platform::new(PlatformEvent::Timeout);
    platform.time = Some(Cow::Borrowed(time));
    platform.request_id = Some(Cow::Borrowed(request_id));
    platform.metrics.timeout_s = Some(seconds);
    is_timeout.then_some(platform)
}

/// `RequestId: <request id> Error: <message>` and the error's type below it; what the runtime left behind when it ended.
pub(super) fn fault(line: &str) -> Option<Platform<'_>> {
    let (request_id, rest) = shape::token(line.strip_prefix("RequestId: ")?)?;
    let (message, below) = rest.split_once('\n').unwrap_or((rest, ""));
    let message = match message.strip_prefix(" Error: ") {
        Some(message) => message,
        None => message.strip_prefix(' ').filter(|message| message.starts_with("Process exited before"))?,
    };
    let message = message.trim_ascii_end();
    // The type stands below, or last in the line.
    let (message, below) = match (below.trim_ascii(), message.rsplit_once(' ')) {
        ("", Some((before, last))) if is_error_type(last) => (before, last),
        (below, _) => (message, below),
    };
    if !shape::is_uuid(request_id)
        || message.is_empty()
        || below.contains(|character: char| character.is_ascii_whitespace())
    {
        return None;
    }
    let mut platform = Platform::new(PlatformEvent::Fault);
    platform.request_id = Some(Cow::Borrowed(request_id));
    platform.error_message = Some(Cow::Borrowed(message));
    platform.error_type = (!below.is_empty()).then_some(Cow::Borrowed(below));
    Some(platform)
}

/// `Runtime.ExitError`, `Extension.Crash`.
fn is_error_type(word: &str) -> bool {
    ["Runtime.", "Extension.", "Function.", "Sandbox."]
        .iter()
        .any(|place| word.strip_prefix(place).is_some_and(is_name))
}

fn is_name(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests;
