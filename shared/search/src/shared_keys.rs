//! Keys that the loggers of many applications share. Each has one type in every index, whoever writes first: pino's level is a number,
//! everybody else's a word.

use crate::kinds::Kinds;

/// What a shared key's field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Words: strings, and numbers and truth values as they are written.
    Word,
    /// Numbers.
    Number,
    /// Objects, whose members nobody types.
    Flat,
}

impl Shape {
    /// The shape of a key of the outermost object of a line's JSON, if it is shared.
    pub(crate) fn of(name: &str) -> Option<Self> {
        [(WORDS, Self::Word), (NUMBERS, Self::Number), (FLAT, Self::Flat)]
            .into_iter()
            .find_map(|(names, shape)| names.binary_search(&name).is_ok().then_some(shape))
    }

    /// Whether a field of this shape takes such a value.
    pub(crate) fn takes(self, kinds: Kinds) -> bool {
        kinds.is_within(match self {
            Self::Word => Kinds::TEXT.and(Kinds::NUMBER).and(Kinds::BOOL),
            Self::Number => Kinds::NUMBER,
            Self::Flat => Kinds::OBJECT,
        })
    }

    /// All keys of this shape.
    pub(crate) fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Word => WORDS,
            Self::Number => NUMBERS,
            Self::Flat => FLAT,
        }
    }
}

/// Whether the field of a key of the outermost object of a line's JSON takes a value of such kinds.
pub(crate) fn takes(name: &str, kinds: impl FnOnce() -> Kinds) -> bool {
    Shape::of(name).is_none_or(|shape| shape.takes(kinds()))
}

/// Whether a key may be one whose field takes not every string, number and truth value: nearly none is, and each key of each line
/// is asked.
#[inline]
pub(crate) fn may_refuse_scalars(name: &str) -> bool {
    let first = name.as_bytes().first().copied().unwrap_or_default();
    name.len() < 32 && GATE[usize::from(first & 127)] >> name.len() & 1 == 1
}

/// Whether a path is that of a member of the outermost object of a line's JSON for which no index has a field before it comes.
pub(crate) fn is_new(path: &str) -> bool {
    let outermost = path.strip_prefix("json.").and_then(|path| path.split('.').next());
    outermost.is_some_and(|key| Shape::of(key).is_none())
}

/// By the first byte of a key the lengths that such keys have, a bit each.
const GATE: [u32; 128] = {
    let mut gate = [0; 128];
    let all = [NUMBERS, FLAT];
    let mut list = 0;
    while list < all.len() {
        let mut at = 0;
        while at < all[list].len() {
            let name = all[list][at];
            assert!(name.len() < 32 && name.as_bytes()[0] < 128);
            gate[name.as_bytes()[0] as usize] |= 1 << name.len();
            at += 1;
        }
        list += 1;
    }
    gate
};

/// In the order of their bytes.
const WORDS: &[&str] = &[
    "@l",
    "@m",
    "@mt",
    "@t",
    "@timestamp",
    "@version",
    "L",
    "Level",
    "Message",
    "Timestamp",
    "_time",
    "action",
    "app",
    "application",
    "asctime",
    "caller",
    "category",
    "class",
    "code",
    "component",
    "correlationId",
    "correlation_id",
    "date",
    "datetime",
    "env",
    "environment",
    "err",
    "error",
    "errorMessage",
    "errorType",
    "error_message",
    "error_type",
    "event",
    "eventTime",
    "event_type",
    "exc_info",
    "exception",
    "file",
    "filename",
    "funcName",
    "function",
    "host",
    "hostname",
    "id",
    "key",
    "kind",
    "level",
    "level_name",
    "levelname",
    "lineNumber",
    "log_level",
    "logger",
    "loggerName",
    "logger_name",
    "lvl",
    "message",
    "method",
    "module",
    "msg",
    "name",
    "operation",
    "path",
    "priority",
    "reason",
    "region",
    "requestId",
    "request_id",
    "result",
    "role",
    "scope",
    "service",
    "sessionId",
    "session_id",
    "severity",
    "severityNumber",
    "severityText",
    "severity_text",
    "source",
    "spanId",
    "span_id",
    "stack",
    "stackTrace",
    "stack_trace",
    "stage",
    "state",
    "status",
    "tag",
    "tags",
    "target",
    "tenant",
    "thread",
    "threadName",
    "thread_name",
    "time",
    "time_local",
    "timestamp",
    "title",
    "topic",
    "traceId",
    "trace_id",
    "ts",
    "type",
    "uri",
    "url",
    "user",
    "userId",
    "user_id",
    "username",
    "v",
    "version",
    "xray_trace_id",
];
const NUMBERS: &[&str] = &[
    "bytes",
    "count",
    "duration",
    "durationMs",
    "duration_ms",
    "elapsed",
    "elapsedMs",
    "elapsed_ms",
    "latency",
    "latencyMs",
    "latency_ms",
    "line",
    "lineno",
    "pid",
    "port",
    "process_id",
    "responseTime",
    "response_time",
    "retries",
    "size",
    "statusCode",
    "status_code",
    "thread_id",
    "total",
    "value",
];
const FLAT: &[&str] = &[
    "_aws",
    "annotations",
    "attributes",
    "headers",
    "httpHeaders",
    "labels",
    "multiValueHeaders",
    "parameters",
    "params",
    "pathParameters",
    "queryStringParameters",
    "requestHeaders",
    "requestObject",
    "requestParameters",
    "request_headers",
    "resource_attributes",
    "responseElements",
    "responseHeaders",
    "responseObject",
    "response_headers",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_in_order_and_of_one_shape() {
        let mut all: Vec<&str> = Vec::new();
        for shape in [Shape::Word, Shape::Number, Shape::Flat] {
            assert!(shape.keys().is_sorted(), "{shape:?}");
            assert!(shape.keys().iter().all(|key| Shape::of(key) == Some(shape)));
            all.extend(shape.keys());
        }
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count, "a key has two shapes");
        assert_eq!(Shape::of("basket"), None);
        assert!(NUMBERS.iter().chain(FLAT).all(|key| may_refuse_scalars(key)));
        assert!(!may_refuse_scalars("level") && !may_refuse_scalars("") && !may_refuse_scalars(&"p".repeat(64)));
    }

    #[test]
    fn what_a_field_takes() {
        for (key, value, takes) in [
            ("level", "30", true),
            ("level", "[true,\"a\"]", true),
            ("level", "{}", false),
            ("message", "[[{\"a\":1}]]", false),
            ("pid", "7.5", true),
            ("pid", "\"7\"", false),
            ("pid", "null", true),
            ("labels", "[{},{}]", true),
            ("labels", "\"a\"", false),
        ] {
            assert_eq!(super::takes(key, || Kinds::of(value)), takes, "{key} {value}");
        }
    }
}
