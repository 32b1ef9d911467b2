//! Ids that lead from one log line to others: of traces, spans and requests, wherever in a message they stand.
//!
//! X-Ray: <https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader>, W3C:
//! <https://www.w3.org/TR/trace-context/#traceparent-header>. All others are found by their key, in `key=value` and in JSON at
//! any depth, also where that is a string in JSON.

mod look;

use std::borrow::Cow;

use look::Look;
use memchr::{memchr_iter, memchr2_iter};

/// Longest id that is taken, in bytes.
const MAX_ID: usize = 128;
/// How many digits an id has in the form that all have.
const DIGITS: usize = 32;
/// Most white space between a key and its value, in bytes.
const MAX_SPACE: usize = 4;

/// What stands in keys before the name of an id that is not the line's own.
const OTHERS: [&str; 2] = ["parent", "extended"];

/// What was found, each as it is written, the first of its kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traces<'m> {
    /// A trace's id that is not of X-Ray: 32 hexadecimal digits of a W3C `traceparent`, or what stands under a key like
    /// `trace_id`.
    pub w3c_trace_id: Option<&'m str>,
    /// An X-Ray trace's id, `1-` with 8 and 24 hexadecimal digits.
    pub xray_trace_id: Option<&'m str>,
    /// The id of a span or segment, of the same trace where one was found.
    pub span_id: Option<&'m str>,
    /// The id of a request.
    pub request_id: Option<&'m str>,
}

impl<'m> Traces<'m> {
    /// Looks through a text once, and again only where that says that there may be ids.
    pub fn find(text: &'m str) -> Self {
        let mut traces = Self::default();
        let look = Look::at(text.as_bytes());
        if look.dashes {
            traces.find_dashes(text);
        }
        if look.keys {
            let keyed = Keyed::find(text);
            traces.w3c_trace_id = traces.w3c_trace_id.or(keyed.trace);
            traces.span_id = traces.span_id.or(keyed.span).or(keyed.segment);
            traces.request_id = keyed.request;
        }
        traces
    }

    fn find_dashes(&mut self, text: &'m str) {
        for dash in memchr_iter(b'-', text.as_bytes()) {
            if self.xray_trace_id.is_none()
                && let Some((id, parent)) = xray(text, dash)
            {
                self.xray_trace_id = Some(id);
                self.span_id = self.span_id.or(parent);
            }
            if self.w3c_trace_id.is_none()
                && let Some((id, parent)) = traceparent(text, dash)
            {
                self.w3c_trace_id = Some(id);
                self.span_id = Some(parent);
            }
        }
    }

    /// The id to correlate by, in the one form that all traces have: 32 hexadecimal digits in lower case. That of X-Ray is its
    /// id without the `1-` and the dash, as OpenTelemetry writes it
    /// (<https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-traceids>); a shorter one has zeros
    /// before it, one of Datadog is decimal. Not that of X-Ray where there are both, as the other one is what the application
    /// wrote.
    pub fn trace_id(&self) -> Option<Cow<'m, str>> {
        self.w3c_trace_id.and_then(normal).or_else(|| self.xray_trace_id.and_then(|id| normal(id.strip_prefix("1-")?)))
    }

    /// Nothing was found.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// An id as 32 hexadecimal digits in lower case; nothing if it has other digits, or more.
fn normal(id: &str) -> Option<Cow<'_, str>> {
    let is_lower = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if id.len() == DIGITS && id.bytes().all(is_lower) {
        return Some(Cow::Borrowed(id));
    }
    // Half an id is as good as a whole one; longer ones of decimal digits alone are those of Datadog.
    let is_decimal = id.len() != DIGITS / 2 && id.len() < DIGITS && id.bytes().all(|byte| byte.is_ascii_digit());
    if is_decimal && let Ok(number) = id.parse::<u64>() {
        return Some(Cow::Owned(format!("{number:032x}")));
    }
    let digits: String = id.chars().filter(|digit| *digit != '-').map(|digit| digit.to_ascii_lowercase()).collect();
    (digits.len() <= DIGITS && is_hex(&digits)).then(|| Cow::Owned(format!("{digits:0>32}")))
}

/// Whether the text can go on behind an id, or before it.
fn is_boundary(byte: Option<&u8>) -> bool {
    byte.is_none_or(|byte| !byte.is_ascii_alphanumeric())
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The text from `start` to `end` if nothing that belongs to it stands around it.
fn alone(text: &str, start: usize, end: usize) -> Option<&str> {
    let bytes = text.as_bytes();
    (is_boundary(start.checked_sub(1).map(|at| &bytes[at])) && is_boundary(bytes.get(end)))
        .then(|| text.get(start..end))?
}

/// `1-5759e988-bd862e3fe1be46a994272793` around its first dash, and the parent of a tracing header that it begins.
fn xray(text: &str, dash: usize) -> Option<(&str, Option<&str>)> {
    if text.as_bytes().get(dash + 9) != Some(&b'-') {
        return None;
    }
    let id = alone(text, dash.checked_sub(1)?, dash + 34)?;
    let (time, unique) = id.strip_prefix("1-")?.split_once('-')?;
    // A load balancer writes its own part of the trace before the trace.
    if text[..dash - 1].ends_with("Self=") {
        return None;
    }
    let parent = text[dash + 34..].strip_prefix(";Parent=").and_then(|rest| rest.get(..16)).filter(|id| is_hex(id));
    (time.len() == 8 && is_hex(time) && is_hex(unique)).then_some((id, parent))
}

/// The trace and the span of `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01` around its first dash.
fn traceparent(text: &str, dash: usize) -> Option<(&str, &str)> {
    if text.as_bytes().get(dash + 33) != Some(&b'-') {
        return None;
    }
    let header = alone(text, dash.checked_sub(2)?, dash + 53)?;
    let mut parts = header.split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_header = parts.next().is_none()
        && (trace.len(), span.len(), flags.len()) == (32, 16, 2)
        && [version, trace, span, flags].into_iter().all(is_hex)
        && version != "ff"
        && trace.bytes().any(|byte| byte != b'0');
    is_header.then_some((trace, span))
}

/// The first ids that stand under keys of each kind: `trace_id`, `traceId`, `TraceID`, `trace.id`, `"trace":{"id"`.
#[derive(Default)]
struct Keyed<'m> {
    trace: Option<&'m str>,
    span: Option<&'m str>,
    segment: Option<&'m str>,
    request: Option<&'m str>,
}

impl<'m> Keyed<'m> {
    fn find(text: &'m str) -> Self {
        let mut found = Self::default();
        for last in memchr2_iter(b'd', b'D', text.as_bytes()) {
            let Some(key) = text.as_bytes()[..=last].strip_suffix(b"id").or_else(|| capital(&text.as_bytes()[..=last]))
            else {
                continue;
            };
            let key = key
                .strip_suffix(b"_")
                .or_else(|| key.strip_suffix(b"."))
                .or_else(|| key.strip_suffix(b"-"))
                .or_else(|| key.strip_suffix(b"\":{\""))
                .unwrap_or(key);
            // The stems are without the letter that may be a capital.
            let (kind, before, is_id): (_, _, fn(&str) -> bool) = match key {
                [before @ .., b'r', b'a', b'c', b'e'] => (&mut found.trace, before, is_trace_id),
                [before @ .., b'p', b'a', b'n'] => (&mut found.span, before, is_span_id),
                [before @ .., b'e', b'g', b'm', b'e', b'n', b't'] => (&mut found.segment, before, is_span_id),
                [before @ .., b'e', b'q', b'u', b'e', b's', b't'] => (&mut found.request, before, is_request_id),
                _ => continue,
            };
            if kind.is_none() && !is_of_another(before) {
                *kind = value(&text[last + 1..]).filter(|id| is_id(id));
            }
        }
        found
    }
}

/// What stands before `Id` or `ID` at the end of a text.
fn capital(text: &[u8]) -> Option<&[u8]> {
    text.strip_suffix(b"Id").or_else(|| text.strip_suffix(b"ID"))
}

/// What stands behind a key as its value, as far as it can be an id.
fn value(rest: &str) -> Option<&str> {
    let rest = skip(quote(rest), b" \t");
    let rest = skip(rest.strip_prefix([':', '='])?, b" \t\n");
    let rest = quote(rest);
    let end = rest.bytes().take(MAX_ID + 1).position(|byte| !is_id_byte(byte)).unwrap_or(rest.len());
    rest.get(..end).filter(|id| id.len() <= MAX_ID)
}

/// Whether a key that ends a text, but for its stem, names the id of something else: `parent_span_id`, `extendedRequestId`.
fn is_of_another(text: &[u8]) -> bool {
    let Some((_, before)) = text.split_last() else { return false };
    let before = before.strip_suffix(b"_").or_else(|| before.strip_suffix(b".")).unwrap_or(before);
    OTHERS.into_iter().any(|other| {
        let end = before.len().checked_sub(other.len()).map(|start| &before[start..]);
        end.is_some_and(|end| end.eq_ignore_ascii_case(other.as_bytes()))
    })
}

/// Steps over a quote, which JSON in a JSON string has escaped.
fn quote(text: &str) -> &str {
    let bare = skip(text, b"\\");
    bare.strip_prefix(['"', '\'']).unwrap_or(text)
}

fn skip<'m>(text: &'m str, bytes: &[u8]) -> &'m str {
    &text[text.bytes().take(MAX_SPACE).take_while(|byte| bytes.contains(byte)).count()..]
}

fn is_id_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'=' | b'+' | b'/' | b'.')
}

/// 16 hexadecimal digits at least (W3C, Zipkin, a UUID), or the decimal ones of Datadog; one of X-Ray stands elsewhere.
fn is_trace_id(id: &str) -> bool {
    (15..=40).contains(&id.len())
        && !id.starts_with("1-")
        && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

fn is_span_id(id: &str) -> bool {
    (8..=20).contains(&id.len()) && is_hex(id)
}

/// Anything that is no word.
fn is_request_id(id: &str) -> bool {
    id.len() >= 8 && id.bytes().any(|byte| byte.is_ascii_digit() || byte == b'=')
}

#[cfg(test)]
mod tests;
