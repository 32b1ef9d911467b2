//! What is written in a format is parsed back the same.

use std::fmt::Write;

use logweir_log_formats::access::{Access, unescape};
use logweir_log_formats::lambda::{FunctionBody, Platform};
use logweir_log_formats::vpc_flow::{Column, Field, Format, Type};
use logweir_log_formats::{Hints, LogLine, Traces};
use proptest::prelude::*;
use serde_json::{Value, json};

fn cases() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) }
}

/// A value that a field may have.
fn field_value(field: Field) -> BoxedStrategy<String> {
    let fixed = match field.name() {
        "action" => "ACCEPT|REJECT",
        "log-status" => "OK|NODATA|SKIPDATA",
        "type" => "IPv4|IPv6|EFA",
        "flow-direction" => "ingress|egress",
        "resource-type" => "TransitGateway",
        "next-hop-az-id" | "az-id" => "use1-az[1-6]",
        name if name.contains("account-id") => "[0-9]{12}|unknown",
        name if name.ends_with("interface-id") || name.ends_with("-eni") => "eni-[0-9a-f]{17}",
        name if name.ends_with("attachment-id") => "tgw-attach-[0-9a-f]{17}",
        name if name.ends_with("vpc-id") => "vpc-[0-9a-f]{17}",
        name if name.ends_with("subnet-id") => "subnet-[0-9a-f]{17}",
        name if name.ends_with("-arn") => "arn:aws:ecs:[a-z]{2}-[a-z]{4}-1:123456789012:[a-z]{1,9}/[a-z]{1,9}",
        "tgw-id" => "tgw-[0-9a-f]{17}",
        "instance-id" => "i-[0-9a-f]{17}",
        _ => "[!-~]{1,20}",
    };
    let value = match field.value_type() {
        Type::Integer => any::<u8>().prop_map(|number| number.to_string()).boxed(),
        Type::Address => any::<std::net::IpAddr>().prop_map(|address| address.to_string()).boxed(),
        Type::Text => fixed.boxed(),
    };
    prop_oneof![4 => value, 1 => Just("-".to_owned())].boxed()
}

fn flow() -> impl Strategy<Value = Vec<(Field, String)>> {
    let columns = prop::sample::subsequence(Field::ALL, 1..Field::ALL.len()).prop_shuffle();
    columns
        .prop_flat_map(|fields| fields.into_iter().map(|field| (Just(field), field_value(field))).collect::<Vec<_>>())
}

/// A JSON object of strings under the keys of a format, among others.
fn strings(keys: &'static [&'static str]) -> impl Strategy<Value = serde_json::Map<String, Value>> {
    let others = prop::collection::hash_map("x[a-z]{0,5}", any::<String>(), 0..4);
    (prop::collection::vec(any::<String>(), keys.len()), others).prop_map(|(values, others)| {
        let known = keys.iter().map(|key| (*key).to_owned()).zip(values);
        known.chain(others).map(|(key, value)| (key, Value::String(value))).collect()
    })
}

fn parsed(message: &str, check: impl FnOnce(LogLine<'_>)) {
    check(LogLine::parse(message, &Hints::default()));
}

const ID: &str = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn flows(values in flow(), feed in "\n?") {
        let names: Vec<_> = values.iter().map(|(field, _)| format!("${{{}}}", field.name())).collect();
        let format: Format = names.join(" ").parse().expect("a format");
        let line = values.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(" ") + &feed;
        let hints = Hints { dataset: None, vpc_flow: vec![format] };
        // A line of tags and the like may be anything, even JSON or a line of another kind.
        prop_assume!(!line.starts_with('{'));
        let LogLine::VpcFlow(found) = LogLine::parse(&line, &hints) else { panic!("{line}") };
        for (field, value) in &values {
            prop_assert_eq!(found.get(*field).unwrap_or("-"), value);
        }
    }

    #[test]
    fn flows_of_each_version(version in prop::sample::select(vec![2_u8, 3, 4, 5, 6, 7, 8, 9, 10, 11]), seed in flow()) {
        let format = Format::of_version(version).expect("a version");
        let value = |field: Field| match field {
            Field::Version => version.to_string(),
            _ => seed.iter().find(|(known, _)| *known == field).map_or("-".to_owned(), |(_, value)| value.clone()),
        };
        let line: Vec<_> = format.columns().iter().filter_map(Column::field).map(value).collect();
        let line = line.join(" ");
        let hints = Hints::default();
        let LogLine::VpcFlow(found) = LogLine::parse(&line, &hints) else { panic!("{line}") };
        prop_assert_eq!(found.columns(), format.columns());
    }

    #[test]
    fn reports(
        id in ID, numbers in prop::collection::vec("[0-9]{1,9}(\\.[0-9]{1,3})?", 7), status in prop::option::of("error|timeout"),
        trace in prop::option::of("1-[0-9a-f]{8}-[0-9a-f]{24}"), space in "[\t ]",
    ) {
        let names = ["Duration", "Billed Duration", "Memory Size", "Max Memory Used", "Init Duration", "Restore Duration", "Billed Restore Duration"];
        let mut line = format!("REPORT RequestId: {id}{space}");
        for (name, number) in names.iter().zip(&numbers) {
            let unit = if name.contains("Memory") { "MB" } else { "ms" };
            write!(line, "{name}: {number} {unit}{space}").expect("into memory");
        }
        if let Some(trace) = &trace {
            let segment = "29c3839e6ecb5895";
            write!(line, "\nXRAY TraceId: {trace}{space}SegmentId: {segment}{space}Sampled: true{space}").expect("into memory");
        }
        if let Some(status) = &status {
            write!(line, "\nStatus: {status}").expect("into memory");
        }
        let report = Platform::parse(&line).expect("a report");
        let metrics = report.metrics;
        let found = [metrics.duration_ms, metrics.billed_duration_ms, metrics.memory_size_mb, metrics.max_memory_used_mb,
            metrics.init_duration_ms, metrics.restore_duration_ms, metrics.billed_restore_duration_ms];
        prop_assert_eq!(found.map(Option::unwrap_or_default).to_vec(), numbers);
        prop_assert_eq!((report.request_id.as_deref(), report.trace.as_deref(), report.status.as_deref()), (Some(&*id), trace.as_deref(), status.as_deref()));
        prop_assert!(report.others.is_empty());
        let traces = LogLine::LambdaPlatform(Box::new(report)).traces(&line);
        prop_assert_eq!((traces.request_id, traces.xray_trace_id), (Some(&*id), trace.as_deref()));
    }

    #[test]
    fn function_lines(id in ID, level in "TRACE|DEBUG|INFO|WARN|ERROR|FATAL", text in "[^\\{\\[]{0,40}", python in any::<bool>()) {
        let time = "2026-11-21T11:20:00.301Z";
        let line = if python { format!("[{level}]\t{time}\t{id}\t{text}") } else { format!("{time}\t{id}\t{level}\t{text}") };
        parsed(&line, |record| {
            let LogLine::LambdaFunction(found) = record else { panic!("{line:?}") };
            assert_eq!((found.request_id.as_deref(), &*found.level, found.body), (Some(&*id), &*level, FunctionBody::Text(&text)));
        });
    }

    #[test]
    fn access_lines(
        host in "[!-Z\\\\-~]{1,15}", user in "[!-Z\\\\-~]{1,8}", status in "[1-5][0-9]{2}", bytes in "[0-9]{1,12}|-",
        texts in prop::array::uniform3("\\PC{0,20}"), combined in any::<bool>(), rest in "( [a-z0-9.]{1,5}){0,3}",
    ) {
        let escaped = texts.clone().map(|text| text.replace('\\', "\\\\").replace('"', "\\\""));
        let mut line = format!("{host} - {user} [21/Nov/2026:11:20:00 +0000] \"{}\" {status} {bytes}", escaped[0]);
        if combined {
            write!(line, " \"{}\" \"{}\"", escaped[1], escaped[2]).expect("into memory");
        }
        line += &rest;
        let found = Access::parse(&line).expect("an access line");
        let text = |field: Option<&str>| field.map_or_else(|| "-".to_owned(), |field| unescape(field).into_owned());
        let expected = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
        prop_assert_eq!((found.remote_host, found.remote_user.unwrap_or("-"), found.status), (&*host, &*user, &*status));
        prop_assert_eq!((found.response_bytes.unwrap_or("-"), found.rest), (&*bytes, rest.trim()));
        prop_assert_eq!(text(found.request), expected(&texts[0]));
        if combined {
            prop_assert_eq!((text(found.referer), text(found.user_agent)), (expected(&texts[1]), expected(&texts[2])));
        }
    }

    #[test]
    fn cloudtrail_events(mut event in strings(&["eventVersion", "eventTime", "eventSource", "eventName", "awsRegion", "errorCode"]), user in any::<String>()) {
        event.insert("userIdentity".to_owned(), json!({"type": "IAMUser", "userName": user, "sessionContext": {"attributes": {}}}));
        event.insert("readOnly".to_owned(), json!(true));
        let message = Value::Object(event.clone()).to_string();
        parsed(&message, |record| {
            let LogLine::CloudTrail(found) = record else { panic!("{message}") };
            assert_eq!(found.json, message);
            for (text, key) in [(found.event.event_name, "eventName"), (found.event.error_code, "errorCode"), (found.event.event_source, "eventSource")] {
                assert_eq!(text.map(|text| Value::from(&*text.decode())).as_ref(), event.get(key));
            }
            assert!(found.event.user_identity.user_name.is_some_and(|name| name.is(&user)));
            assert_eq!(found.event.read_only, Some("true"));
        });
    }

    #[test]
    fn waf_and_resolver(
        request in strings(&["webaclId", "terminatingRuleId", "action"]), uri in any::<String>(),
        query in strings(&["query_timestamp", "query_name", "query_type", "query_class", "srcaddr", "rcode"]),
    ) {
        let mut waf = request.clone();
        waf.insert("timestamp".to_owned(), json!(1_576_280_412_771_u64));
        waf.insert("httpRequest".to_owned(), json!({"uri": uri, "headers": [{"name": "User-Agent", "value": uri}]}));
        let message = Value::Object(waf).to_string();
        parsed(&message, |record| {
            let LogLine::Waf(found) = record else { panic!("{message}") };
            assert!(found.request.http_request.uri.is_some_and(|found| found.is(&uri)));
            assert!(found.header("user-agent").is_some_and(|found| found.is(&uri)));
            assert_eq!(found.request.action.map(|text| Value::from(&*text.decode())).as_ref(), request.get("action"));
        });
        let message = Value::Object(query.clone()).to_string();
        parsed(&message, |record| {
            let LogLine::Route53Resolver(found) = record else { panic!("{message}") };
            assert_eq!(found.query.query_name.map(|text| Value::from(&*text.decode())).as_ref(), query.get("query_name"));
        });
    }

    #[test]
    fn api_gateway(id in ID, status in "[1-5][0-9]{2}", path in "/[a-z{}/]{0,20}", bytes in "[0-9]{1,9}") {
        let time = "21/Nov/2026:11:20:00 +0000";
        let json = json!({"requestId": id, "ip": "::1", "requestTime": time, "httpMethod": "GET", "resourcePath": path, "status": status, "responseLength": bytes});
        let common = format!("::1 - - [{time}] \"GET {path} HTTP/1.1\" {status} {bytes} {id}");
        for message in [json.to_string(), common] {
            parsed(&message, |record| {
                let LogLine::ApiGateway(found) = record else { panic!("{message}") };
                assert_eq!((&*found.request_id, &*found.status, found.resource_path.as_deref()), (&*id, &*status, Some(&*path)));
                assert_eq!((found.source_ip.as_deref(), found.response_length.as_deref()), (Some("::1"), Some(&*bytes)));
            });
        }
    }

    #[test]
    fn embedded_json(prefix in "[^\\{\\[\"]{0,30}", object in strings(&["a"]), suffix in "[^\\{\\}\\]]{0,10}") {
        let json = Value::Object(object).to_string();
        let message = format!("{prefix}{json}{suffix}");
        parsed(&message, |record| {
            let LogLine::Json(found) = record else { panic!("{message:?}") };
            assert_eq!((found.prefix, found.json, found.suffix), (&*prefix, &*json, &*suffix));
        });
    }

    #[test]
    fn traces(xray in "1-[0-9a-f]{8}-[0-9a-f]{24}", trace in "[0-9a-f]{31}[1-9a-f]", span in "[0-9a-f]{16}", id in ID, noise in "[ ,;|\n]{1,9}") {
        let text = format!("{noise}00-{trace}-{span}-01{noise}Root={xray}{noise}\"requestId\" : \"{id}\"{noise}");
        let found = Traces::find(&text);
        prop_assert_eq!((found.w3c_trace_id, found.xray_trace_id), (Some(&*trace), Some(&*xray)));
        prop_assert_eq!((found.span_id, found.request_id), (Some(&*span), Some(&*id)));
    }
}
