//! Ids that lead from one log line to others: of traces, spans and requests, wherever in a message they stand.
//!
//! X-Ray: <https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader>, W3C:
//! <https://www.w3.org/TR/trace-context/#traceparent-header>. All others are found by their key, in `key=value` and in JSON at
//! any depth, also where that is a string in JSON.

use std::sync::LazyLock;

use memchr::memchr_iter;
use memchr::memmem::Finder;

/// Longest id that is taken, in bytes.
const MAX_ID: usize = 128;
/// Most white space between a key and its value, in bytes.
const MAX_SPACE: usize = 4;

/// What stands in keys before the name of an id that is not the line's own.
const OTHERS: [&str; 2] = ["parent", "extended"];

/// Beginnings of the keys, without the letter that may be a capital.
struct Stems {
    trace: Finder<'static>,
    span: Finder<'static>,
    segment: Finder<'static>,
    request: Finder<'static>,
}

static STEMS: LazyLock<Stems> = LazyLock::new(|| Stems {
    trace: Finder::new("race"),
    span: Finder::new("pan"),
    segment: Finder::new("egment"),
    request: Finder::new("equest"),
});

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
    /// Looks through a text once for each kind of id.
    pub fn find(text: &'m str) -> Self {
        let mut traces = Self::default();
        for dash in memchr_iter(b'-', text.as_bytes()) {
            if traces.xray_trace_id.is_none()
                && let Some((id, parent)) = xray(text, dash)
            {
                traces.xray_trace_id = Some(id);
                traces.span_id = traces.span_id.or(parent);
            }
            if traces.w3c_trace_id.is_none()
                && let Some((id, parent)) = traceparent(text, dash)
            {
                traces.w3c_trace_id = Some(id);
                traces.span_id = Some(parent);
            }
        }
        let stems = &*STEMS;
        traces.w3c_trace_id = traces.w3c_trace_id.or_else(|| keyed(text, &stems.trace, is_trace_id));
        traces.span_id = traces
            .span_id
            .or_else(|| keyed(text, &stems.span, is_span_id))
            .or_else(|| keyed(text, &stems.segment, is_span_id));
        traces.request_id = keyed(text, &stems.request, is_request_id);
        traces
    }

    /// The id to correlate by: not of X-Ray where there are both, as the other one is what the application wrote.
    pub fn trace_id(&self) -> Option<&'m str> {
        self.w3c_trace_id.or(self.xray_trace_id)
    }

    /// Nothing was found.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
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

/// The first value that stands under a key which goes on with `id` behind the stem: `trace_id`, `traceId`, `TraceID`, `trace.id`,
/// `"trace":{"id"`.
fn keyed<'m>(text: &'m str, stem: &Finder<'_>, is_id: fn(&str) -> bool) -> Option<&'m str> {
    let mut places = stem.find_iter(text.as_bytes());
    places.find_map(|at| {
        if is_of_another(&text.as_bytes()[..at]) {
            return None;
        }
        let rest = &text[at + stem.needle().len()..];
        let rest = rest.strip_prefix(['_', '.', '-']).or_else(|| rest.strip_prefix(r#"":{""#)).unwrap_or(rest);
        let rest = ["id", "Id", "ID"].into_iter().find_map(|word| rest.strip_prefix(word))?;
        let rest = skip(quote(rest), b" \t");
        let rest = skip(rest.strip_prefix([':', '='])?, b" \t\n");
        let rest = quote(rest);
        let end = rest.bytes().take(MAX_ID + 1).position(|byte| !is_id_byte(byte)).unwrap_or(rest.len());
        let id = rest.get(..end)?;
        (id.len() <= MAX_ID && is_id(id)).then_some(id)
    })
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
