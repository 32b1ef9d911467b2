//! What holds for every message, whatever it is: shared by the property tests and the fuzz target.

use std::borrow::Cow;

use logweir_log_formats::access::Access;
use logweir_log_formats::lambda::{Function, FunctionBody, Platform};
use logweir_log_formats::vpc_flow::{Column, Flow, Format};
use logweir_log_formats::{ApiGateway, Dataset, Embedded, Hints, LogLine, ServiceLine, Traces};

/// The hints to try a message with: none, each dataset, and a format of flow logs that almost anything fits.
pub(crate) fn hints() -> Vec<Hints> {
    let mut hints = vec![Hints::default()];
    hints.extend(Dataset::ALL.map(|dataset| Hints { dataset: Some(dataset), vpc_flow: Vec::new() }));
    hints.push(Hints { dataset: None, vpc_flow: "${a} ${b}".parse().into_iter().collect() });
    hints
}

/// Panics unless everything that holds for any message holds for this one.
pub(crate) fn check(message: &str, hints: &Hints) {
    let record = LogLine::parse(message, hints);
    assert!(hints.dataset.is_none_or(|dataset| record.dataset(hints) == dataset));
    match &record {
        LogLine::VpcFlow(flow) => check_flow(flow, message),
        LogLine::VpcFlowHeader(format) => check_header(format, message),
        LogLine::CloudTrail(found) => _ = place(found.json, message),
        LogLine::Waf(found) => {
            assert_eq!(found.json, message.trim_ascii());
            let _ = found.header("host");
        }
        LogLine::Route53Resolver(found) => assert_eq!(found.json, message.trim_ascii()),
        LogLine::LambdaPlatform(platform) => check_platform(platform, message),
        LogLine::LambdaFunction(function) => check_function(function, message),
        LogLine::ApiGateway(gateway) => check_gateway(gateway, message),
        LogLine::Access(access) => check_access(access, message),
        LogLine::Service(ServiceLine::Json(_, found)) => check_embedded(found, message),
        LogLine::Service(ServiceLine::Text(_, _, columns)) => {
            for (_, value) in columns.iter() {
                place(value, message);
            }
        }
        LogLine::Json(found) => {
            check_embedded(found, message);
            assert_eq!(found.prefix.len() + found.json.len() + found.suffix.len(), message.len());
        }
        LogLine::Text(text) => assert_eq!(*text, message),
    }
    check_traces(record.traces(message), message);
    check_traces(Traces::find(message), message);
}

/// Where in the message a piece lies.
fn place(piece: &str, message: &str) -> (usize, usize) {
    let start = (piece.as_ptr() as usize).checked_sub(message.as_ptr() as usize).expect("a piece of the message");
    let end = start + piece.len();
    assert!(end <= message.len(), "{piece:?} is no piece of {message:?}");
    (start, end)
}

/// What is borrowed lies in the message; what is not had an escape.
fn check_pieces<'a>(pieces: impl IntoIterator<Item = Option<&'a Cow<'a, str>>>, message: &str) {
    for piece in pieces.into_iter().flatten() {
        match piece {
            Cow::Borrowed(piece) => _ = place(piece, message),
            Cow::Owned(_) => assert!(message.contains('\\')),
        }
    }
}

fn check_flow(flow: &Flow<'_>, message: &str) {
    let values: Vec<_> = flow.values().map(|(_, value)| value.unwrap_or("-")).collect();
    assert_eq!(values.join(" "), message.trim_end_matches(['\n', '\r']));
    assert_eq!(values.len(), flow.columns().len());
}

fn check_header(format: &Format, message: &str) {
    let names: Vec<_> = format.columns().iter().map(Column::name).collect();
    assert_eq!(names.join(" "), message.trim_end_matches(['\n', '\r']));
    assert_eq!(format.to_string().parse().as_ref(), Ok(format));
}

fn check_platform(platform: &Platform<'_>, message: &str) {
    check_pieces(
        [
            &platform.request_id,
            &platform.trace,
            &platform.status,
            &platform.error_type,
            &platform.error_message,
            &platform.name,
        ]
        .map(Option::as_ref),
        message,
    );
    let metrics = &platform.metrics;
    for number in [metrics.duration_ms, metrics.billed_duration_ms, metrics.max_memory_used_mb].into_iter().flatten() {
        place(number, message);
        assert!(number.parse::<f64>().is_ok(), "{number}");
    }
    if let Some(json) = platform.json {
        assert_eq!(json, message.trim_ascii());
    }
    let _ = (platform.timed_out(), platform.ran_out_of_memory());
}

fn check_function(function: &Function<'_>, message: &str) {
    check_pieces([function.time.as_ref(), function.request_id.as_ref(), Some(&function.level)], message);
    match function.body {
        FunctionBody::Text(text) => assert_eq!(place(text, message).1, message.len()),
        FunctionBody::Json(found) => {
            check_embedded(&found, message);
            assert_eq!(place(found.suffix, message).1, message.len());
        }
    }
}

fn check_gateway(gateway: &ApiGateway<'_>, message: &str) {
    check_pieces([Some(&gateway.request_id), Some(&gateway.status), gateway.source_ip.as_ref()], message);
    assert!(gateway.json.is_none_or(|json| json == message.trim_ascii()));
}

fn check_access(access: &Access<'_>, message: &str) {
    // In order, and to the end.
    let mut end = 0;
    for piece in [
        access.virtual_host,
        Some(access.remote_host),
        access.remote_logname,
        access.remote_user,
        Some(access.time),
        access.request,
        Some(access.status),
        access.response_bytes,
        access.referer,
        access.user_agent,
        Some(access.rest).filter(|rest| !rest.is_empty()),
    ] {
        let Some(piece) = piece else { continue };
        let (start, next) = place(piece, message);
        assert!(start >= end, "{access:?}");
        end = next;
    }
    assert!(access.rest.is_empty() || end == message.trim_ascii_end().len());
    let request = access.request.unwrap_or_default();
    let longest = request.len();
    assert!(logweir_log_formats::access::unescape(request).chars().count() <= longest);
}

fn check_embedded(found: &Embedded<'_>, message: &str) {
    let (start, end) = place(found.json, message);
    assert_eq!((place(found.prefix, message).1, place(found.suffix, message).0), (start, end));
    let mut scanner = logweir_json::Scanner::new(found.json);
    assert_eq!(scanner.kind(), Ok(found.kind));
    assert_eq!(scanner.value(), Ok(found.json), "JSON of {message:?}");
}

fn check_traces(traces: Traces<'_>, message: &str) {
    for id in [traces.w3c_trace_id, traces.xray_trace_id, traces.span_id, traces.request_id].into_iter().flatten() {
        place(id, message);
        assert!(!id.is_empty());
    }
    let trace_id = traces.trace_id();
    let is_normal = |id: &str| id.len() == 32 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    assert!(trace_id.as_deref().is_none_or(is_normal), "{trace_id:?}");
    // The digits of a whole id are those of the line, in their order.
    let digits = |id: &str| id.replace('-', "").to_ascii_lowercase();
    match (traces.w3c_trace_id, traces.xray_trace_id) {
        (Some(id), _) if digits(id).len() == 32 => assert_eq!(trace_id.as_deref(), Some(&*digits(id))),
        (None, Some(id)) => assert_eq!(trace_id.as_deref(), digits(id).strip_prefix('1')),
        (None, None) => assert_eq!(trace_id, None),
        _ => {}
    }
}
