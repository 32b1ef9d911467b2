//! Lines of AWS Lambda and of the functions that it runs.

use std::borrow::Cow;

use logweir_json::{Kind, Scanner};
use logweir_log_formats::lambda::{Function, FunctionBody, Platform, PlatformEvent};

use super::Dynamic;
use crate::field::Field;
use crate::level;
use crate::time::nanoseconds;
use crate::values::{Value, Values};

/// How the log group of a function begins, unless it is configured to write elsewhere.
const LOG_GROUP: &str = "/aws/lambda/";

/// Fills the fields of a line of the platform.
pub(super) fn platform<'m>(platform: &Platform<'m>, log_group: &'m str, values: &mut Values<'m>) {
    name(log_group, values);
    values.text(Field::FaasName, platform.function_name.clone());
    values.text(Field::FaasVersion, platform.function_version.clone());
    values.text(Field::FaasExecution, platform.request_id.clone());
    values.text(Field::LambdaEvent, Some(platform.event.as_str()));
    for (field, text) in [
        (Field::LambdaRequestId, &platform.request_id),
        (Field::LambdaFunctionVersion, &platform.function_version),
        (Field::LambdaFunctionArn, &platform.function_arn),
        (Field::LambdaFunctionName, &platform.function_name),
        (Field::LambdaRuntimeVersion, &platform.runtime_version),
        (Field::LambdaRuntimeVersionArn, &platform.runtime_version_arn),
        (Field::LambdaInitializationType, &platform.initialization_type),
        (Field::LambdaPhase, &platform.phase),
        (Field::LambdaStatus, &platform.status),
        (Field::LambdaErrorType, &platform.error_type),
        (Field::LambdaErrorMessage, &platform.error_message),
        (Field::LambdaName, &platform.name),
        (Field::LambdaState, &platform.state),
        (Field::LambdaSegmentId, &platform.segment_id),
        (Field::LambdaSampled, &platform.sampled),
        (Field::ErrorType, &platform.error_type),
        (Field::ErrorMessage, &platform.error_message),
    ] {
        values.text(field, text.clone());
    }
    let metrics = &platform.metrics;
    values.decimal(Field::LambdaDuration, metrics.duration_ms);
    values.decimal(Field::LambdaBilledDuration, metrics.billed_duration_ms);
    values.decimal(Field::LambdaInitDuration, metrics.init_duration_ms);
    values.decimal(Field::LambdaRestoreDuration, metrics.restore_duration_ms);
    values.decimal(Field::LambdaBilledRestoreDuration, metrics.billed_restore_duration_ms);
    values.decimal(Field::LambdaTimeout, metrics.timeout_s);
    values.integer(Field::LambdaMemorySize, metrics.memory_size_mb);
    values.integer(Field::LambdaMaxMemoryUsed, metrics.max_memory_used_mb);
    values.integer(Field::LambdaProducedBytes, metrics.produced_bytes);
    if let Some(duration) = metrics.duration_ms.and_then(nanoseconds) {
        values.set(Field::EventDuration, Value::Integer(duration));
    }
    if platform.event == PlatformEvent::Report {
        values.flag(Field::FaasColdstart, metrics.init_duration_ms.is_some());
    }
    if platform.timed_out() {
        values.flag(Field::LambdaTimedOut, true);
    }
    if platform.ran_out_of_memory() {
        values.flag(Field::LambdaOutOfMemory, true);
    }
    if let Some(outcome) = outcome(platform) {
        values.text(Field::EventOutcome, Some(outcome));
    }
}

/// How the invocation or a part of it ended, where the line says so.
fn outcome(platform: &Platform<'_>) -> Option<&'static str> {
    let failed =
        platform.error_type.is_some() || matches!(platform.status.as_deref(), Some("error" | "failure" | "timeout"));
    match platform.event {
        PlatformEvent::Timeout | PlatformEvent::Fault => Some("failure"),
        // Text says it of failures only.
        PlatformEvent::Report
        | PlatformEvent::InitReport
        | PlatformEvent::RestoreReport
        | PlatformEvent::RuntimeDone => Some(if failed { "failure" } else { "success" }),
        _ => None,
    }
}

/// Fills the fields of a function's own line.
pub(super) fn function<'m>(function: &Function<'m>, log_group: &'m str, values: &mut Values<'m>) -> Dynamic<'m> {
    name(log_group, values);
    values.text(Field::FaasExecution, function.request_id.clone());
    values.text(Field::LambdaRequestId, function.request_id.clone());
    values.text(Field::LogLevel, level::of_name(&function.level));
    match function.body {
        FunctionBody::Text(_) => Dynamic::None,
        FunctionBody::Json(found) if is_structured(found.json) => Dynamic::Structured(found.json),
        FunctionBody::Json(found) => Dynamic::of_json(found.json),
    }
}

/// Whether the `message` of an object is an object or an array.
fn is_structured(json: &str) -> bool {
    let mut scanner = Scanner::new(json);
    let mut find = || {
        scanner.open(b'{').ok()?;
        let mut first = true;
        while scanner.next(first, b'}').ok()? {
            first = false;
            let is_message = scanner.key().ok()?.is("message");
            let kind = scanner.kind().ok()?;
            if is_message {
                return Some(matches!(kind, Kind::Object | Kind::Array));
            }
            scanner.value().ok()?;
        }
        None
    };
    find().unwrap_or(false)
}

fn name<'m>(log_group: &'m str, values: &mut Values<'m>) {
    values.text(Field::FaasName, log_group.strip_prefix(LOG_GROUP).map(Cow::Borrowed));
}
