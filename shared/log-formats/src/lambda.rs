//! AWS Lambda: what the platform writes of an invocation, as text and as JSON, and the lines in which a runtime puts the request
//! id before what the function wrote.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-advanced.html>,
//! <https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html>,
//! <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html>

mod function;
mod json;
mod origin;
mod text;
mod uncaught;

use std::borrow::Cow;

pub use function::{Function, FunctionBody};
pub use origin::Origin;
pub use uncaught::Uncaught;

/// What happened, by the name of Lambda's telemetry without its `platform.`; the line of text behind it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum PlatformEvent {
    /// `INIT_START`.
    InitStart,
    /// JSON only: the runtime finished its part of the initialisation.
    InitRuntimeDone,
    /// `INIT_REPORT`.
    InitReport,
    /// `START`.
    Start,
    /// JSON only: the runtime finished its part of the invocation.
    RuntimeDone,
    /// `END`.
    End,
    /// `REPORT`.
    Report,
    /// `RESTORE_START`.
    RestoreStart,
    /// JSON only: the runtime finished its part of the restore.
    RestoreRuntimeDone,
    /// `RESTORE_REPORT`.
    RestoreReport,
    /// `EXTENSION`.
    Extension,
    /// `TELEMETRY`.
    TelemetrySubscription,
    /// `LOGS`.
    LogsSubscription,
    /// JSON only: log lines were lost.
    LogsDropped,
    /// `… Task timed out after …`.
    Timeout,
    /// `RequestId: … Error: …`, `RequestId: … Process exited before completing request`, and what is `platform.fault` in telemetry.
    Fault,
    /// JSON only: any other, such as those of web functions; [`Platform::event_name`] is its name as written
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/web-functions-logging-system-log-schema.html>).
    #[default]
    Other,
}

impl PlatformEvent {
    /// The name, in camel case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InitStart => "initStart",
            Self::InitRuntimeDone => "initRuntimeDone",
            Self::InitReport => "initReport",
            Self::Start => "start",
            Self::RuntimeDone => "runtimeDone",
            Self::End => "end",
            Self::Report => "report",
            Self::RestoreStart => "restoreStart",
            Self::RestoreRuntimeDone => "restoreRuntimeDone",
            Self::RestoreReport => "restoreReport",
            Self::Extension => "extension",
            Self::TelemetrySubscription => "telemetrySubscription",
            Self::LogsSubscription => "logsSubscription",
            Self::LogsDropped => "logsDropped",
            Self::Timeout => "timeout",
            Self::Fault => "fault",
            Self::Other => "other",
        }
    }
}

/// A line of the platform. Text and JSON fill the same fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Platform<'m> {
    /// What happened.
    pub event: PlatformEvent,
    /// The event's name where it is [`PlatformEvent::Other`].
    pub written: Option<Cow<'m, str>>,
    /// When, in UTC; JSON and timeouts only.
    pub time: Option<Cow<'m, str>>,
    /// Which invocation.
    pub request_id: Option<Cow<'m, str>>,
    /// The function's version, such as `$LATEST`.
    pub function_version: Option<Cow<'m, str>>,
    /// The function's ARN.
    pub function_arn: Option<Cow<'m, str>>,
    /// The function's name.
    pub function_name: Option<Cow<'m, str>>,
    /// The runtime, such as `nodejs:22.v20`.
    pub runtime_version: Option<Cow<'m, str>>,
    /// The runtime's ARN.
    pub runtime_version_arn: Option<Cow<'m, str>>,
    /// `on-demand`, `provisioned-concurrency` or `snap-start`.
    pub initialization_type: Option<Cow<'m, str>>,
    /// `init`, `invoke` or `snap-start`.
    pub phase: Option<Cow<'m, str>>,
    /// `success`, `failure`, `error` or `timeout`. Text says it of failures only.
    pub status: Option<Cow<'m, str>>,
    /// Such as `Runtime.ExitError`.
    pub error_type: Option<Cow<'m, str>>,
    /// Such as `Runtime exited with error: signal: killed`.
    pub error_message: Option<Cow<'m, str>>,
    /// The level, which web functions have.
    pub level: Option<Cow<'m, str>>,
    /// Which tenant the environment serves
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/tenant-isolation-monitor.html>).
    pub tenant_id: Option<Cow<'m, str>>,
    /// The ARN of a durable execution (<https://docs.aws.amazon.com/lambda/latest/api/API_Execution.html>).
    pub execution_arn: Option<Cow<'m, str>>,
    /// The name of an extension.
    pub name: Option<Cow<'m, str>>,
    /// The state of an extension or a subscription, such as `Ready`.
    pub state: Option<Cow<'m, str>>,
    /// What an extension registered or subscribed for, as written: `[INVOKE, SHUTDOWN]`, or a JSON array.
    pub subscribed: Option<&'m str>,
    /// How long and how much.
    pub metrics: Metrics<'m>,
    /// X-Ray's id of the trace; in JSON the whole tracing header.
    pub trace: Option<Cow<'m, str>>,
    /// X-Ray's id of the segment.
    pub segment_id: Option<Cow<'m, str>>,
    /// Whether X-Ray keeps the trace, `true` or `false`.
    pub sampled: Option<Cow<'m, str>>,
    /// What Lambda writes since this was written: names and values of a report in text.
    pub others: Vec<(&'m str, &'m str)>,
    /// The JSON that it was read from.
    pub json: Option<&'m str>,
    /// Whether the JSON holds more than the fields above.
    pub holds_more: bool,
}

/// Numbers of a report, as written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Metrics<'m> {
    /// The invocation, in milliseconds.
    pub duration_ms: Option<&'m str>,
    /// What of it is billed, in milliseconds.
    pub billed_duration_ms: Option<&'m str>,
    /// The memory that the function may use, in megabytes.
    pub memory_size_mb: Option<&'m str>,
    /// The most that it used, in megabytes.
    pub max_memory_used_mb: Option<&'m str>,
    /// The initialisation, in milliseconds.
    pub init_duration_ms: Option<&'m str>,
    /// The restore of a snapshot, in milliseconds.
    pub restore_duration_ms: Option<&'m str>,
    /// What of it is billed, in milliseconds.
    pub billed_restore_duration_ms: Option<&'m str>,
    /// After what time an invocation was ended, in seconds.
    pub timeout_s: Option<&'m str>,
    /// What the function answered, in bytes; JSON only.
    pub produced_bytes: Option<&'m str>,
}

impl<'m> Platform<'m> {
    fn new(event: PlatformEvent) -> Self {
        Self { event, ..Self::default() }
    }

    /// The event's name, as it was written where it is none of those that are known.
    pub fn event_name(&self) -> &str {
        self.written.as_deref().filter(|_| self.event == PlatformEvent::Other).unwrap_or(self.event.as_str())
    }

    /// Reads a line of text.
    pub fn parse(line: &'m str) -> Option<Self> {
        text::parse(line)
    }

    /// Whether the invocation was ended for its time: a line that says so, or a report of it.
    pub fn timed_out(&self) -> bool {
        self.event == PlatformEvent::Timeout || self.status.as_deref() == Some("timeout")
    }

    /// Whether the function was ended for its memory: a line that says that it was killed, or a report of a failure in which
    /// all memory was used
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html>).
    pub fn ran_out_of_memory(&self) -> bool {
        let says = |text: &Option<Cow<'_, str>>, what: &str| text.as_ref().is_some_and(|text| text.contains(what));
        let failed = matches!(self.status.as_deref(), Some("error" | "failure"));
        let used_all =
            self.metrics.memory_size_mb.is_some() && self.metrics.memory_size_mb == self.metrics.max_memory_used_mb;
        says(&self.error_type, "OutOfMemory") || says(&self.error_message, "signal: killed") || failed && used_all
    }
}
