//! The platform's lines in JSON: `{"time":…,"type":"platform.report","record":{…}}`.

use std::borrow::Cow;

use logweir_json::{Kind, Text};

use super::text::fault;
use super::{Metrics, Platform, PlatformEvent};
use crate::object::{Value, members_of};
use crate::shape;

impl<'m> Platform<'m> {
    /// A JSON object with a time, a type of the platform's, and a record.
    pub(crate) fn of_members(json: &'m str, members: &[(Text<'m>, Value<'m>)]) -> Option<Self> {
        let get = |name: &str| members.iter().find(|(key, _)| key.is(name)).map(|(_, value)| *value);
        let time = get("time")?.text()?.decode();
        let record = get("record")?;
        let kind = get("type")?.text()?.decode();
        let event = event(kind.strip_prefix("platform.")?);
        let mut platform = match (record.kind, record.plain()) {
            (Kind::Object, _) => Self::new(event),
            // A fault is told in the words that it has in text.
            (Kind::String, Some(Cow::Borrowed(words))) if event == PlatformEvent::Fault => {
                fault(words).unwrap_or(Self { error_message: Some(Cow::Borrowed(words)), ..Self::new(event) })
            }
            (Kind::String, words) if event == PlatformEvent::Fault => Self { error_message: words, ..Self::new(event) },
            _ => return None,
        };
        object(record, |key, value| platform.take(key, value));
        platform.level = get("level").and_then(Value::text).map(|level| level.decode());
        platform.holds_more |=
            members.iter().any(|(key, _)| !["time", "type", "record", "level"].iter().any(|name| key.is(name)));
        platform.time = shape::is_utc_time(&time).then_some(time);
        platform.json = Some(json);
        if event == PlatformEvent::Other {
            // What its numbers measure is not known: a minute of requests lasts as long as it lasts.
            platform.metrics = Metrics::default();
            platform.holds_more = true;
            platform.written = Some(match kind {
                Cow::Borrowed(kind) => Cow::Borrowed(&kind["platform.".len()..]),
                Cow::Owned(kind) => Cow::Owned(kind["platform.".len()..].to_owned()),
            });
        }
        // In these the duration is that of the phase, which text calls by its name.
        let metrics = &mut platform.metrics;
        match event {
            PlatformEvent::InitReport => metrics.init_duration_ms = metrics.duration_ms.take(),
            PlatformEvent::RestoreReport => metrics.restore_duration_ms = metrics.duration_ms.take(),
            _ => {}
        }
        platform.time.is_some().then_some(platform)
    }

    fn take(&mut self, key: &str, value: Value<'m>) {
        let field = match key {
            "requestId" => &mut self.request_id,
            "version" | "functionVersion" => &mut self.function_version,
            "functionArn" => &mut self.function_arn,
            "functionName" => &mut self.function_name,
            "runtimeVersion" => &mut self.runtime_version,
            "runtimeVersionArn" => &mut self.runtime_version_arn,
            "initializationType" => &mut self.initialization_type,
            "phase" => &mut self.phase,
            "status" => &mut self.status,
            "errorType" => &mut self.error_type,
            "reason" => &mut self.error_message,
            "name" => &mut self.name,
            "state" => &mut self.state,
            "tenantId" => &mut self.tenant_id,
            "executionArn" | "durableExecutionArn" => &mut self.execution_arn,
            "events" | "types" => {
                self.holds_more = true;
                return self.subscribed = value.raw();
            }
            "metrics" => return object(value, |key, value| self.take_metric(key, value)),
            "tracing" => {
                return object(value, |key, value| match key {
                    "value" => self.trace = value.plain(),
                    "spanId" => self.segment_id = value.plain(),
                    "type" => {}
                    _ => self.holds_more = true,
                });
            }
            _ => return self.holds_more = true,
        };
        *field = value.plain();
        self.holds_more |= field.is_none() && value.kind != Kind::Null;
    }

    fn take_metric(&mut self, key: &str, value: Value<'m>) {
        let metrics = &mut self.metrics;
        let metric = match key {
            "durationMs" => &mut metrics.duration_ms,
            "billedDurationMs" => &mut metrics.billed_duration_ms,
            "memorySizeMB" => &mut metrics.memory_size_mb,
            "maxMemoryUsedMB" => &mut metrics.max_memory_used_mb,
            "initDurationMs" => &mut metrics.init_duration_ms,
            "restoreDurationMs" => &mut metrics.restore_duration_ms,
            "billedRestoreDurationMs" => &mut metrics.billed_restore_duration_ms,
            "producedBytes" => &mut metrics.produced_bytes,
            _ => return self.holds_more = true,
        };
        *metric = value.number();
        self.holds_more |= metric.is_none();
    }
}

fn object<'m>(value: Value<'m>, mut each: impl FnMut(&str, Value<'m>)) {
    if value.kind == Kind::Object {
        members_of(value.raw, |key, value| each(&key.decode(), value));
    }
}

fn event(name: &str) -> PlatformEvent {
    match name {
        "initStart" => PlatformEvent::InitStart,
        "initRuntimeDone" => PlatformEvent::InitRuntimeDone,
        "initReport" => PlatformEvent::InitReport,
        "start" => PlatformEvent::Start,
        "runtimeDone" => PlatformEvent::RuntimeDone,
        "end" => PlatformEvent::End,
        "report" => PlatformEvent::Report,
        "restoreStart" => PlatformEvent::RestoreStart,
        "restoreRuntimeDone" => PlatformEvent::RestoreRuntimeDone,
        "restoreReport" => PlatformEvent::RestoreReport,
        "extension" => PlatformEvent::Extension,
        "telemetrySubscription" => PlatformEvent::TelemetrySubscription,
        "logsSubscription" => PlatformEvent::LogsSubscription,
        "logsDropped" => PlatformEvent::LogsDropped,
        "fault" => PlatformEvent::Fault,
        _ => PlatformEvent::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Hints, LogLine};

    /// Of Lambda's documentation and of functions.
    #[test]
    fn lines_of_every_kind() {
        let hints = Hints::default();
        for (record, event, duration, status) in [
            (
                r#""platform.fault","record":"RequestId: d783b35e-a91d-4251-af17-035953428a2c Process exited before completing request""#,
                PlatformEvent::Fault,
                None,
                None,
            ),
            (r#""platform.restoreStart","record":{}"#, PlatformEvent::RestoreStart, None, None),
            (
                r#""platform.report","record":{"requestId":"459921b5-681c-4a96-beb0-81e0aa586026","metrics":{"durationMs":2599.4,"billedDurationMs":2600,"memorySizeMB":128,"maxMemoryUsedMB":94,"initDurationMs":549.04},"tracing":{"spanId":"24cd7d670fa455f0","type":"X-Amzn-Trace-Id","value":"Root=1-6352a70e-1e2c502e358361800241fd45;Parent=35465b3a9e2f7c6a;Sampled=1"},"status":"success"}"#,
                PlatformEvent::Report,
                Some("2599.4"),
                Some("success"),
            ),
            (r#""platform.start","record":{"requestId":"8f1c","version":"$LATEST"}"#, PlatformEvent::Start, None, None),
            (
                r#""platform.initReport","record":{"initializationType":"on-demand","phase":"init","status":"success","metrics":{"durationMs":125.33}}"#,
                PlatformEvent::InitReport,
                None,
                Some("success"),
            ),
            (
                r#""platform.extension","record":{"name":"a","state":"Ready","events":["INVOKE"]}"#,
                PlatformEvent::Extension,
                None,
                None,
            ),
            (r#""platform.somethingNew","record":{"a":{}}"#, PlatformEvent::Other, None, None),
        ] {
            let message = format!("{{\"time\":\"2022-10-21T14:05:05.766Z\",\"type\":{record}}}\n");
            let LogLine::LambdaPlatform(found) = LogLine::parse(&message, &hints) else { panic!("{message}") };
            assert_eq!(
                (found.event, found.metrics.duration_ms, found.status.as_deref()),
                (event, duration, status),
                "{message}"
            );
            assert_eq!(found.json, Some(message.trim_end()));
            match event {
                PlatformEvent::Report => {
                    let traces = LogLine::LambdaPlatform(found).traces(&message);
                    assert_eq!(traces.request_id, Some("459921b5-681c-4a96-beb0-81e0aa586026"));
                    assert_eq!(traces.trace_id().as_deref(), Some("6352a70e1e2c502e358361800241fd45"));
                }
                PlatformEvent::Fault => {
                    assert_eq!(found.request_id.as_deref(), Some("d783b35e-a91d-4251-af17-035953428a2c"));
                    assert_eq!(found.error_message.as_deref(), Some("Process exited before completing request"));
                }
                PlatformEvent::InitReport => assert_eq!(found.metrics.init_duration_ms, Some("125.33")),
                PlatformEvent::Extension => assert_eq!(found.subscribed, Some(r#"["INVOKE"]"#)),
                _ => {}
            }
        }
    }

    #[test]
    fn other_objects_are_not() {
        let hints = Hints::default();
        for message in [
            r#"{"time":"yesterday","type":"platform.report","record":{}}"#,
            r#"{"time":"2022-10-21T14:05:05.766Z","type":"report","record":{}}"#,
            r#"{"time":"2022-10-21T14:05:05.766Z","type":"platform.report","record":[]}"#,
        ] {
            assert!(matches!(LogLine::parse(message, &hints), LogLine::Json(_)), "{message}");
        }
    }
}
