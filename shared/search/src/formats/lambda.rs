//! Lines of AWS Lambda and of the functions that it runs.

use std::borrow::Cow;

use logweir_json::{Kind, Scanner};
use logweir_log_formats::lambda::{Function, FunctionBody, Origin, Platform, PlatformEvent, Uncaught};

use super::Dynamic;
use crate::field::Field;
use crate::level;
use crate::time::nanoseconds;
use crate::values::{Value, Values};

/// The type that Lambda gives an error of a function that took too long, and one that ended by itself
/// (<https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html>).
const TIMED_OUT: &str = "Sandbox.Timedout";
const EXITED: &str = "Runtime.ExitError";

/// How runtimes begin what they write of an error.
const ANNOUNCED: [&str; 4] =
    ["Error raised from handler method", "Error raised from init method", "LAMBDA_WARNING: ", "LAMBDA_RUNTIME Failed"];

/// Fills which function a line is of.
pub(super) fn place<'m>(function: &'m Origin, values: &mut Values<'m>) {
    values.text(Field::FaasName, function.name.as_deref());
    values.text(Field::FaasVersion, function.version.as_deref());
}

/// Fills the fields of a line of the platform.
pub(super) fn platform<'m>(platform: &Platform<'m>, values: &mut Values<'m>) {
    values.text(Field::FaasName, platform.function_name.clone());
    values.text(Field::FaasVersion, platform.function_version.clone());
    values.text(Field::FaasExecution, platform.request_id.clone());
    values.text(Field::LambdaEvent, Some(platform.event_name().to_owned()));
    values.text(Field::LogLevel, platform.level.as_deref().and_then(level::of_name));
    failure(platform, values);
    for (field, text) in [
        (Field::LambdaFunctionArn, &platform.function_arn),
        (Field::LambdaRuntimeVersion, &platform.runtime_version),
        (Field::LambdaRuntimeVersionArn, &platform.runtime_version_arn),
        (Field::LambdaInitializationType, &platform.initialization_type),
        (Field::LambdaPhase, &platform.phase),
        (Field::LambdaStatus, &platform.status),
        (Field::LambdaTenantId, &platform.tenant_id),
        (Field::LambdaExecutionArn, &platform.execution_arn),
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

/// What lines say that nothing but a failure writes.
fn failure<'m>(platform: &Platform<'m>, values: &mut Values<'m>) {
    let says = |text: &Option<Cow<'_, str>>, what: &str| text.as_ref().is_some_and(|text| text.starts_with(what));
    match platform.event {
        PlatformEvent::Timeout => {
            values.text(Field::ErrorType, Some(TIMED_OUT));
            let seconds = platform.metrics.timeout_s.unwrap_or_default();
            values.text(Field::ErrorMessage, Some(format!("Task timed out after {seconds} seconds")));
        }
        PlatformEvent::Fault if says(&platform.error_message, "Runtime exited") => {
            values.text(Field::ErrorType, Some(EXITED));
        }
        PlatformEvent::Fault => {}
        _ => return,
    }
    if !values.has(Field::LogLevel) {
        values.text(Field::LogLevel, Some("error"));
    }
}

/// How the invocation or a part of it ended, where the line says so: a report in text tells of failures of the environment only,
/// not of errors that the function raised.
fn outcome(platform: &Platform<'_>) -> Option<&'static str> {
    match platform.event {
        PlatformEvent::Timeout | PlatformEvent::Fault => Some("failure"),
        _ if platform.error_type.is_some() => Some("failure"),
        PlatformEvent::Report
        | PlatformEvent::InitReport
        | PlatformEvent::RestoreReport
        | PlatformEvent::InitRuntimeDone
        | PlatformEvent::RestoreRuntimeDone
        | PlatformEvent::RuntimeDone => match platform.status.as_deref()? {
            "success" => Some("success"),
            "error" | "failure" | "timeout" => Some("failure"),
            _ => None,
        },
        _ => None,
    }
}

/// Fills the fields of a function's own line.
pub(super) fn function<'m>(function: &Function<'m>, values: &mut Values<'m>) -> Dynamic<'m> {
    values.text(Field::FaasExecution, function.request_id.clone());
    values.text(Field::LambdaTenantId, function.tenant_id.clone());
    values.text(Field::LambdaExecutionArn, function.execution_arn.clone());
    let level = level::of_name(&function.level);
    values.text(Field::LogLevel, level);
    match function.body {
        FunctionBody::Text(text) => {
            uncaught(text, matches!(level, Some("error" | "critical" | "fatal")), values);
            Dynamic::None
        }
        FunctionBody::Json(found) if is_structured(found.json) => Dynamic::Structured(found.json),
        FunctionBody::Json(found) => Dynamic::of_json(found.json),
    }
}

/// Fills the error that a text tells of, if it is one that the function did not catch.
pub(super) fn uncaught<'m>(text: &'m str, is_error: bool, values: &mut Values<'m>) {
    let Some(found) = Uncaught::parse(text, is_error) else {
        return announced(text, values);
    };
    values.text(Field::ErrorType, found.error_type);
    values.text(Field::ErrorMessage, found.message);
    values.text(Field::ErrorStackTrace, found.stack_trace);
    if !values.has(Field::LogLevel) {
        values.text(Field::LogLevel, Some("error"));
    }
}

/// The level of what runtimes write of an error before they write the error.
pub(super) fn announced(text: &str, values: &mut Values<'_>) {
    if !values.has(Field::LogLevel) && ANNOUNCED.iter().any(|head| text.starts_with(head)) {
        let level = if text.starts_with("LAMBDA_WARNING") { "warn" } else { "error" };
        values.text(Field::LogLevel, Some(level));
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

#[cfg(test)]
mod tests;
