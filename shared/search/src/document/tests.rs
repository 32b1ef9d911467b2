use logweir_log_formats::LogGroups;
use logweir_subscription::Message;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// The payload of lines of a log group.
fn payload(log_group: &str, lines: &[&str]) -> String {
    let events: Vec<_> = lines
        .iter()
        .enumerate()
        .map(|(index, line)| json!({"id": format!("id-{index}"), "timestamp": 1_795_260_000_123_i64, "message": line}))
        .collect();
    json!({"messageType": "DATA_MESSAGE", "owner": "012345678901", "logGroup": log_group, "logStream": "a \"stream\"",
        "logEvents": events})
    .to_string()
}

fn written(settings: &Settings, payload: &str) -> Vec<(Document, Vec<u8>)> {
    let Ok(Message::Data(data)) = Message::parse(payload) else { panic!("no data message") };
    let mut writer = DocumentWriter::new(settings, &data);
    let write = |event| {
        let mut out = Vec::new();
        (writer.write(event, &mut out), out)
    };
    data.log_events.iter().map(write).collect()
}

fn documents(log_group: &str, lines: &[&str]) -> Vec<Value> {
    let written = written(&Settings::default(), &payload(log_group, lines));
    written.iter().map(|(_, bytes)| serde_json::from_slice(bytes).expect("JSON")).collect()
}

fn document(line: &str) -> Value {
    documents("/app/web", &[line]).remove(0)
}

#[test]
fn a_line_of_text() {
    assert_eq!(
        document("2026-11-21 ERROR \"no\"\n"),
        json!({
            "@timestamp": "2026-11-21T11:20:00.123Z",
            "message": "2026-11-21 ERROR \"no\"\n",
            "log": {"level": "error"},
            "cloud": {"provider": "aws", "account": {"id": "012345678901"}},
            "ecs": {"version": "8.11.0"},
            "event": {"dataset": "app", "kind": "event", "id": "id-0"},
            "aws": {"cloudwatch": {"log_group": "/app/web", "log_stream": "a \"stream\""}},
        })
    );
}

#[test]
fn json_keeps_its_types_and_what_no_field_holds_is_a_keyword() {
    let line = r#"{"account":"012345678901","hex":"0x10","text":"1e5","n":1e5,"exact":9007199254740993,"big":123456789012345678901,
        "nested":[[1,[2]],{"id":-99999999999999999999}],"@timestamp":"mine","_id":"mine","":1,"level":"WARN"}"#;
    let document = document(line);
    let source = document.to_string();
    assert!(source.contains(r#""n":100000.0"#), "{source}");
    assert_eq!(document["json"]["account"], "012345678901");
    assert_eq!((&document["json"]["hex"], &document["json"]["text"]), (&json!("0x10"), &json!("1e5")));
    assert_eq!((&document["json"]["@timestamp"], &document["json"]["_id"]), (&json!("mine"), &json!("mine")));
    assert_eq!(document["json"]["nested"], json!([[1, [2]], {}]));
    assert_eq!(document["json"]["_"], 1);
    assert!(document["json"].get("big").is_none() && document["json"].get("exact").is_none());
    assert_eq!(
        document["json_big"],
        json!({"big": "123456789012345678901", "exact": "9007199254740993", "nested": [{"id": "-99999999999999999999"}]})
    );
    assert_eq!((&document["log"]["level"], &document["message"]), (&json!("warn"), &json!(line)));
    assert_eq!(
        (&document["@timestamp"], &document["event"]["id"]),
        (&json!("2026-11-21T11:20:00.123Z"), &json!("id-0"))
    );
}

#[test]
fn arrays_and_embedded_json() {
    assert_eq!(document("[1, \"a\"]")["json"], json!({"items": [1, "a"]}));
    assert_eq!(document("[99999999999999999999]")["json_big"], json!({"items": ["99999999999999999999"]}));
    let found = document("INFO got {\"a\": {\"b\": true}} at once");
    assert_eq!((&found["json"], &found["log"]["level"]), (&json!({"a": {"b": true}}), &json!("info")));
}

#[test]
fn numbers_that_only_python_writes_cost_no_field() {
    let line = r#"{"metric": NaN, "tags": {"service":"pay","level":"ERROR"}, "level":"info", "low": -Infinity}"#;
    let found = document(line);
    let expected = json!({"metric": null, "level": "info", "low": null});
    assert_eq!((&found["json"], &found["message"]), (&expected, &json!(line)));
    assert_eq!(found["json_flat"], json!({"tags.service": "pay", "tags.level": "ERROR"}));
    assert_eq!((&found["log"]["level"], found.get("service")), (&json!("info"), None));
}

#[test]
fn members_of_objects_within_what_is_no_json_are_not_those_of_the_line() {
    for line in [
        r#"{"a":undefined,"peer":{"requestId":"r","level":"fatal","service":"x"}}"#,
        r#"undefined,"peer":{"requestId":"r","level":"fatal"}}"#,
        r#"user={"id":7} request={"path":"/x"}"#,
    ] {
        let found = document(line);
        assert_eq!((found.get("json"), found.get("log"), found.get("service")), (None, None, None), "{line}");
    }
}

#[test]
fn ids_lead_to_other_lines() {
    let found = document(
        r#"{"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","requestId":"req-12345678","x":"Root=1-5759e988-bd862e3fe1be46a994272793"}"#,
    );
    assert_eq!(found["trace"]["id"], "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(found["span"]["id"], "b7ad6b7169203331");
    assert_eq!(found["http"]["request"]["id"], "req-12345678");
    assert_eq!(found["aws"]["xray"]["trace_id"], "1-5759e988-bd862e3fe1be46a994272793");
}

#[test]
fn flows_by_default_format_by_header_and_without_data() {
    let default = "2 123456789012 eni-0a1b2c3d4e5f60718 10.0.1.17 198.51.100.9 443 51532 6 25 18420 1795260000 1795260059 REJECT OK";
    let found = documents(
        "/vpc/flow",
        &[
            default,
            "2 123456789012 eni-0a1b2c3d4e5f60718 - - - - - - - 1795260000 1795260059 - NODATA",
            "srcaddr dstaddr pkt-srcaddr my",
            "10.0.1.17 198.51.100.9 ::1 x",
            "srcaddr dstaddr pkt-srcaddr",
            "10.0.1.17 198.51.100.9 ::1",
        ],
    );
    assert_eq!(
        found[0]["aws"]["vpcflow"],
        json!({"version": 2, "account_id": "123456789012", "interface_id": "eni-0a1b2c3d4e5f60718", "protocol": 6,
            "action": "REJECT", "log_status": "OK"})
    );
    assert_eq!(found[0]["source"], json!({"ip": "10.0.1.17", "port": 443}));
    assert_eq!(
        found[0]["network"],
        json!({"transport": "tcp", "type": "ipv4", "iana_number": "6", "bytes": 18420, "packets": 25})
    );
    assert_eq!(found[0]["event"]["start"], "2026-11-21T11:20:00.000Z");
    assert_eq!((&found[0]["event"]["action"], &found[0]["event"]["outcome"]), (&json!("reject"), &json!("failure")));
    assert_eq!(found[1]["aws"]["vpcflow"]["log_status"], "NODATA");
    assert!(found[1].get("source").is_none());
    assert_eq!(found[3]["event"]["dataset"], "app");
    assert_eq!(
        (&found[5]["event"]["dataset"], &found[5]["aws"]["vpcflow"]["pkt_srcaddr"]),
        (&json!("aws.vpcflow"), &json!("::1"))
    );
}

#[test]
fn lines_of_lambda_that_fail_with_something_new() {
    let line = "REPORT RequestId: 6f1b7a0e-2d8e-4a6c-9a53-1f4de0c2b7aa\tDuration: 127.10 ms\tBilled Duration: 154 ms\tNew Thing: 5 of 6\t\nXRAY TraceId: 1-66d978e5-56c7378e556e94b5461da07c\tSegmentId: 29c3839e6ecb5895\tSampled: true\t\nStatus: error\tError Type: Runtime.ExitError\n";
    let found = document(line);
    assert_eq!(
        (&found["aws"]["lambda"]["others"], &found["aws"]["lambda"]["status"]),
        (&json!({"new_thing": "5 of 6"}), &json!("error"))
    );
    assert_eq!(
        (&found["error"]["type"], &found["aws"]["cloudwatch"]["log_group"]),
        (&json!("Runtime.ExitError"), &json!("/app/web"))
    );
}

#[test]
fn lines_of_lambda() {
    let id = "6f1b7a0e-2d8e-4a6c-9a53-1f4de0c2b7aa";
    let found = documents(
        "/aws/lambda/orders",
        &[
            &format!(
                "REPORT RequestId: {id}\tDuration: 143.21 ms\tBilled Duration: 144 ms\tMemory Size: 256 MB\tMax Memory Used: 91 MB\tNew Thing: 7 x\t\n"
            ),
            &format!("2026-11-21T11:20:03.301Z {id} Task timed out after 3.00 seconds\n"),
            &format!("2026-11-21T11:20:00.301Z\t{id}\tERROR\t{{\"order\":\"007\"}}\n"),
            r#"{"time":"2022-10-21T14:05:05.766Z","type":"platform.report","record":{"requestId":"459921b5-681c-4a96-beb0-81e0aa586026","metrics":{"durationMs":2599.4,"billedDurationMs":2600,"memorySizeMB":128,"maxMemoryUsedMB":94,"initDurationMs":549.04},"status":"success"}}"#,
        ],
    );
    assert_eq!(
        found[0]["aws"]["lambda"],
        json!({"event": "report", "duration_ms": 143.21, "billed_duration_ms": 144, "memory_size_mb": 256,
            "max_memory_used_mb": 91, "others": {"new_thing": "7 x"}})
    );
    assert_eq!(found[0]["faas"], json!({"name": "orders", "execution": id, "coldstart": false}));
    // A report in text says nothing of an error that the function raised.
    assert_eq!((&found[0]["event"]["duration"], found[0]["event"].get("outcome")), (&json!(143_210_000), None));
    assert_eq!(
        (&found[1]["aws"]["lambda"]["timed_out"], &found[1]["event"]["outcome"]),
        (&json!(true), &json!("failure"))
    );
    assert_eq!((&found[2]["json"]["order"], &found[2]["faas"]["execution"]), (&json!("007"), &json!(id)));
    assert_eq!((&found[3]["faas"]["coldstart"], &found[3]["event"]["outcome"]), (&json!(true), &json!("success")));
    // All of it has a field of its own.
    assert_eq!((&found[3]["aws"]["lambda"]["duration_ms"], found[3].get("json")), (&json!(2599.4), None));
}

#[test]
fn text_and_objects_that_a_function_logs_are_fields_of_their_own() {
    let head =
        r#""timestamp":"2026-11-21T11:20:00.301Z","level":"INFO","requestId":"6f1b7a0e-2d8e-4a6c-9a53-1f4de0c2b7aa""#;
    let lines = [format!(r#"{{{head},"message":"started"}}"#), format!(r#"{{{head},"message":{{"order":1}}}}"#)];
    let found = documents("/aws/lambda/orders", &[&lines[0], &lines[1]]);
    assert_eq!((&found[0]["json"]["message"], found[0]["json"].get("message_object")), (&json!("started"), None));
    assert_eq!((found[1]["json"].get("message"), &found[1]["json"]["message_object"]["order"]), (None, &json!(1)));
    assert_eq!(found[1]["log"]["level"], "info");
}

#[test]
fn events_of_cloudtrail_in_snake_case_but_for_the_parameters_of_services() {
    let found = document(
        r#"{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","principalId":"AIDA","accountId":"012345678901","userName":"mary"},"eventTime":"2026-11-21T11:19:09Z","eventSource":"ec2.amazonaws.com","eventName":"StopInstances","awsRegion":"us-east-1","sourceIPAddress":"ec2.amazonaws.com","requestParameters":{"instancesSet":{"items":[{"instanceId":"i-1"}]},"n":99999999999999999999},"readOnly":false,"errorCode":"Denied"}"#,
    );
    let trail = &found["aws"]["cloudtrail"];
    assert_eq!(trail["user_identity"]["account_id"], "012345678901");
    assert_eq!(trail["request_parameters"], json!({"instancesSet": {"items": [{"instanceId": "i-1"}]}}));
    assert_eq!(found["json_big"]["request_parameters"]["n"], "99999999999999999999");
    assert_eq!((&found["event"]["action"], &found["event"]["outcome"]), (&json!("StopInstances"), &json!("failure")));
    assert_eq!((&found["source"], &found["user"]["name"]), (&json!({"address": "ec2.amazonaws.com"}), &json!("mary")));
    assert_eq!((&found["cloud"]["region"], &found["error"]["type"]), (&json!("us-east-1"), &json!("Denied")));
}

#[test]
fn requests_of_web_servers() {
    let found =
        document(r#"203.0.113.7 - bob [21/Nov/2026:11:20:00 +0000] "GET /a/b?c=1 HTTP/1.1" 404 88 "-" "curl \"8\"""#);
    assert_eq!(found["url"], json!({"original": "/a/b?c=1", "path": "/a/b", "query": "c=1"}));
    assert_eq!(
        found["http"],
        json!({"version": "1.1", "request": {"method": "GET"}, "response": {"status_code": 404, "body": {"bytes": 88}}})
    );
    assert_eq!(
        (&found["user_agent"]["original"], &found["event"]["outcome"]),
        (&json!("curl \"8\""), &json!("failure"))
    );
}

#[test]
fn what_would_harm_the_index_has_its_fields_in_the_flat_one() {
    let many: Vec<_> = (0..=crate::MAX_FIELDS).map(|n| format!("\"k{n}\":{n}")).collect();
    let (long, deep) = ("n".repeat(300), crate::MAX_OBJECT_DEPTH + 1);
    for (line, tag, path, value) in [
        (format!("{{{}}}", many.join(",")), "too_many_fields", "k500".to_owned(), 500),
        (format!("{{\"{long}\":1}}"), "name_too_long", long.clone(), 1),
        (format!("{}7{}", "{\"a\":".repeat(deep), "}".repeat(deep)), "too_deep", vec!["a"; deep].join("."), 7),
    ] {
        let found = document(&line);
        assert!(found.get("json").is_none(), "{tag}");
        assert_eq!((&found["tags"], &found["json_flat"][&path]), (&json!([tag]), &json!(value)));
    }
}

#[test]
fn keys_that_applications_share_have_one_type_whatever_they_hold() {
    let found = document(
        r#"{"level":30,"error":{"type":"T","code":7},"pid":"12","user":{"id":1},"labels":"x","basket":{"n":1},"a":{"error":{"n":1}}}"#,
    );
    assert_eq!(found["json"], json!({"level": 30, "basket": {"n": 1}, "a": {"error": {"n": 1}}}));
    assert_eq!(
        found["json_flat"],
        json!({"error.type": "T", "error.code": 7, "pid": "12", "user.id": 1, "labels": "x"})
    );
}

#[test]
fn reports_and_flows_cannot_flood_an_index_or_name_a_field_twice() {
    let report = |others: String| {
        format!("REPORT RequestId: 6f1b7a0e-2d8e-4a6c-9a53-1f4de0c2b7aa\tDuration: 1.5 ms\t{others}\n")
    };
    let many: Vec<_> = (0..=MAX_OTHERS).map(|n| format!("K{n}: v")).collect();
    let found = document(&report(many.join("\t")));
    assert_eq!(
        (&found["tags"], &found["json_flat"]["aws.lambda.others.k0"]),
        (&json!(["too_many_fields"]), &json!("v"))
    );
    let twice = document(&report("New Thing: 5\tNew Thing: 6".to_owned()));
    assert_eq!(twice["aws"]["lambda"]["others"], json!({"new_thing": "5"}));
    let flows = documents("/f", &["version pkt-srcaddr pkt-srcaddr dstaddr", "3 10.0.0.1 10.0.0.2 10.0.0.3"]);
    assert_eq!(flows[1]["aws"]["vpcflow"], json!({"version": 3, "pkt_srcaddr": "10.0.0.1"}));
}

#[test]
fn a_log_group_may_have_indices_of_its_own() {
    let log_groups = LogGroups { datasets: "/shop/*=app/pay".parse().expect("datasets"), ..LogGroups::default() };
    let settings = Settings { log_groups, ..Settings::default() };
    for (log_group, of_rule, expected) in [
        ("/shop/pay", None, "cwl-app-pay-2026.11.21"),
        ("/shop/pay", Some("late"), "cwl-app-late-2026.11.21"),
        ("/other", None, "cwl-app-2026.11.21"),
    ] {
        let payload = payload(log_group, &["plain"]);
        let Ok(Message::Data(data)) = Message::parse(&payload) else { panic!("data") };
        let mut writer = DocumentWriter::new(&settings, &data).labelled(None, of_rule);
        let written = writer.write(&data.log_events[0], &mut Vec::new());
        let mut index = Vec::new();
        writer.write_index(written.dataset, data.log_events[0].timestamp, &mut index);
        assert_eq!(String::from_utf8_lossy(&index), expected, "{log_group}");
    }
}

#[test]
fn extracted_fields_and_enrichment() {
    let payload = json!({"messageType": "DATA_MESSAGE", "owner": "1", "logGroup": "g", "logStream": "s", "logEvents": [
        {"id": "", "timestamp": 0, "message": "m", "extractedFields": {"@aws.account": "2", "@aws.region": "eu-west-1", "@source.log": "/aws/lambda/f", "$.a": "x"}},
        {"id": "i".repeat(513), "timestamp": 0, "message": "m"}]});
    let settings = Settings::default();
    let payload = payload.to_string();
    let found: Value = serde_json::from_slice(&written(&settings, &payload)[0].1).expect("JSON");
    assert_eq!(found["cloud"], json!({"provider": "aws", "region": "eu-west-1", "account": {"id": "2"}}));
    assert_eq!(found["aws"]["cloudwatch"]["extracted_fields"]["$_a"], "x");
    let (document, bytes) = written(&settings, &payload).remove(0);
    let mut aside = Vec::new();
    set_aside(&bytes, document.marks, "tag", "reason", &mut aside);
    assert_eq!(one_line(&aside)["aws"]["cloudwatch"]["extracted_fields"]["@aws_region"], "eu-west-1");
    let Ok(Message::Data(mut data)) = Message::parse(&payload) else { panic!("data") };
    let central = data.by_source().expect("two sources").remove(0).0;
    let mut bytes = Vec::new();
    DocumentWriter::new(&settings, &central).write(&central.log_events[0], &mut bytes);
    let found: Value = serde_json::from_slice(&bytes).expect("JSON");
    assert_eq!(
        (&found["aws"]["cloudwatch"]["log_group"], &found["aws"]["cloudwatch"]["central_log_group"]),
        (&json!("/aws/lambda/f"), &json!("g"))
    );
    assert_eq!(
        (&found["cloud"]["account"]["id"], &found["aws"]["cloudwatch"]["central_account"]),
        (&json!("2"), &json!("1"))
    );
    assert_eq!(found["event"]["dataset"], "aws.lambda_logs");
    let mut index = Vec::new();
    let mut labelled = DocumentWriter::new(&settings, &central).labelled(Some(Dataset::Access), Some("payments"));
    let written = labelled.write(&central.log_events[0], &mut Vec::new());
    labelled.write_index(written.dataset, 0, &mut index);
    assert_eq!((written.dataset, index.as_slice()), (Dataset::Access, &b"cwl-access-payments-1970.01.01"[..]));
    let writer = DocumentWriter::new(&settings, &data);
    let ids: Vec<_> = data
        .log_events
        .iter()
        .map(|event| {
            let mut id = Vec::new();
            assert!(writer.write_id(event, &mut id));
            id
        })
        .collect();
    assert!(ids.iter().all(|id| id.len() == 24) && ids[0] != ids[1]);
}

/// Lines that somebody's program could write, and parts of known formats.
fn line() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        "[ -~]{0,20}",
        r#"[{}\[\]",:0-9a.\\-]{0,30}"#,
        Just("REPORT RequestId: ".to_owned()),
        Just("2 123456789012 eni-0a1b2c3d4e5f60718 10.0.1.17 198.51.100.9 443 51532 6 25 18420 1795260000 1795260059 ACCEPT OK".to_owned()),
        Just(r#"{"eventVersion":"1","eventTime":"x","eventSource":"y","awsRegion":"z"}"#.to_owned()),
        Just(r#"{"a":{"b":99999999999999999999,"c..d":[{}]}}"#.to_owned()),
        Just("},\"aws\":{\"cloudwatch\":{\"log_group\":\"".to_owned()),
    ];
    proptest::collection::vec(piece, 1..4).prop_map(|pieces| pieces.concat())
}

/// A document: JSON in one line, the outer objects of which have no name twice.
fn one_line(bytes: &[u8]) -> Value {
    let aws = bytes.windows(7).filter(|window| window == b",\"aws\":").count();
    // A line may hold such text in JSON of its own.
    assert!(aws == 1 || bytes.windows(8).any(|window| window == b"\\\"aws\\\""), "{}", String::from_utf8_lossy(bytes));
    let value: Value = serde_json::from_slice(bytes).expect("JSON");
    assert!(!bytes.contains(&b'\n'));
    value
}

proptest! {
    #[test]
    fn any_line_is_a_document_and_can_be_set_aside(group in line(), lines in proptest::collection::vec(line(), 1..4)) {
        let lines: Vec<_> = lines.iter().map(String::as_str).collect();
        let written = written(&Settings::default(), &payload(&group, &lines));
        for ((document, bytes), line) in written.iter().zip(&lines) {
            let value = one_line(bytes);
            prop_assert_eq!(&value["message"], line);
            prop_assert_eq!(&value["aws"]["cloudwatch"]["log_group"], &group);
            let mut aside = Vec::new();
            set_aside(bytes, document.marks, "tag", "because \"x\"", &mut aside);
            let aside = one_line(&aside);
            prop_assert_eq!(&aside["event"]["original"], line);
            prop_assert_eq!(&aside["event"]["id"], &value["event"]["id"]);
            prop_assert_eq!(&aside["aws"]["cloudwatch"]["log_group"], &group);
            prop_assert_eq!(&aside["error"]["message"], "because \"x\"");
            prop_assert_eq!(&aside["tags"], &json!(["tag"]));
            prop_assert!(aside.get("json").is_none());
        }
    }
}
