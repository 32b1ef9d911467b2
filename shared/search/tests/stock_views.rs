//! The fields that the stock views of Kibana and OpenSearch Dashboards read, in documents of each format: docs/search.md has the
//! table. A view that finds none of them shows an empty page.

use std::collections::BTreeMap;

use logweir_log_formats::Dataset;
use logweir_search::{DocumentWriter, Field, Settings, Type, event_dataset};
use logweir_subscription::Message;
use serde_json::{Value, json};

/// What each document has.
const ALL: &str = "@timestamp message ecs.version event.dataset event.kind event.id cloud.provider cloud.account.id";
const FLOW: &str =
    "2 123456789012 eni-0a1b2c3d4e5f60718 10.0.1.17 198.51.100.9 443 51532 6 25 18420 1795260000 1795260059 REJECT OK";
const TRAIL: &str = r#"{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","principalId":"AIDA","userName":"mary"},"eventTime":"2026-11-21T11:19:09Z","eventSource":"iam.amazonaws.com","eventName":"CreateUser","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.23","userAgent":"cli","requestParameters":{"userName":"bob"},"readOnly":false}"#;
const WAF: &str = r#"{"timestamp":1795260000000,"formatVersion":1,"webaclId":"arn","terminatingRuleId":"Sql","action":"BLOCK","httpRequest":{"clientIp":"203.0.113.9","country":"DE","headers":[{"name":"Host","value":"shop.example"}],"uri":"/login","args":"id=1","httpVersion":"HTTP/1.1","httpMethod":"POST","requestId":"req-1"}}"#;
const QUERY: &str = r#"{"version":"1.1","account_id":"012345678901","region":"us-east-1","vpc_id":"vpc-1","query_timestamp":"2026-11-21T11:19:09Z","query_name":"db.internal.","query_type":"A","query_class":"IN","rcode":"NOERROR","answers":[{"Rdata":"10.0.3.8","Type":"A","Class":"IN"},{"Rdata":"db-1.internal.","Type":"CNAME","Class":"IN"}],"srcaddr":"10.0.1.17","srcport":"60306","transport":"UDP","srcids":{"instance":"i-0d15cd0d3adae50ad"}}"#;
const ACCESS: &str = r#"203.0.113.7 - alice [21/Nov/2026:11:20:00 +0000] "GET /basket HTTP/1.1" 503 5316 "https://shop.example/" "curl/8""#;
const GATEWAY: &str = r#"{"requestId":"c6af9ac6-7b61-11e6-9a41-93e8deadbeef","ip":"203.0.113.7","caller":"-","user":"alice","requestTime":"21/Nov/2026:11:20:00 +0000","httpMethod":"GET","resourcePath":"/orders","status":"200","protocol":"HTTP/1.1","responseLength":"88"}"#;
const REPORT: &str = "REPORT RequestId: 6f1b7a0e-2d8e-4a6c-9a53-1f4de0c2b7aa\tDuration: 3.5 ms\tBilled Duration: 4 ms\tMemory Size: 256 MB\tMax Memory Used: 91 MB\t\n";
const LINE: &str = r#"{"level":"WARN","message":"stock is low","service":"shop"}"#;

/// The document of a line.
fn document(log_group: &str, line: &str) -> Value {
    let payload =
        json!({"messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": log_group, "logStream": "s",
        "logEvents": [{"id": "1", "timestamp": 1_795_260_000_123_i64, "message": line}]})
        .to_string();
    let Ok(Message::Data(data)) = Message::parse(&payload) else { panic!("no data message") };
    let settings = Settings::default();
    let mut out = Vec::new();
    DocumentWriter::new(&settings, &data).write(&data.log_events[0], &mut out);
    serde_json::from_slice(&out).expect("JSON")
}

fn value<'d>(document: &'d Value, path: &str) -> Option<&'d Value> {
    document.pointer(&format!("/{}", path.replace('.', "/")))
}

#[test]
fn documents_have_what_stock_views_read() {
    let network = "event.category event.type event.module event.outcome source.ip related.ip network.type";
    let web = "event.category event.type event.outcome http.request.method http.response.status_code url.path source.ip related.ip";
    for (dataset, log_group, line, fields) in [
        (
            Dataset::VpcFlow,
            "/vpc/flow",
            FLOW,
            [
                network,
                "destination.ip destination.port network.bytes network.transport event.action event.start event.end",
            ],
        ),
        (
            Dataset::CloudTrail,
            "/trail",
            TRAIL,
            [
                "event.category event.type event.module event.action event.outcome event.provider cloud.region",
                "user.name related.user source.ip related.ip",
            ],
        ),
        (
            Dataset::Waf,
            "aws-waf-logs-shop",
            WAF,
            [
                "event.category event.type event.module event.action source.ip related.ip",
                "url.domain url.path related.hosts rule.id network.protocol",
            ],
        ),
        (
            Dataset::Route53Resolver,
            "/dns",
            QUERY,
            [network, "dns.question.name dns.resolved_ip related.hosts network.protocol cloud.instance.id"],
        ),
        (Dataset::Access, "/web", ACCESS, [web, "user.name related.user user_agent.original"]),
        (Dataset::ApiGateway, "/api", GATEWAY, [web, "event.module user.name related.user http.request.id"]),
        (
            Dataset::Lambda,
            "/aws/lambda/orders",
            REPORT,
            ["event.module event.type event.duration", "faas.name faas.execution"],
        ),
        (Dataset::App, "/app/shop", LINE, ["log.level", "service.name"]),
    ] {
        let found = document(log_group, line);
        assert_eq!(found["event"]["dataset"], event_dataset(dataset), "{line}");
        for path in [ALL, fields[0], fields[1]].into_iter().flat_map(|paths| paths.split(' ')) {
            assert!(value(&found, path).is_some(), "{dataset} has no {path}: {found:#}");
            assert!(Field::ALL.iter().any(|field| field.path() == path), "{path} is not in the table of fields");
        }
    }
}

#[test]
fn what_is_related_is_there_once() {
    let trail = document("/trail", TRAIL);
    assert_eq!(trail["related"], json!({"ip": ["198.51.100.23"], "user": ["mary", "bob"]}));
    let itself = TRAIL.replace("\"bob\"", "\"mary\"");
    assert_eq!(document("/trail", &itself)["related"]["user"], json!(["mary"]));
    let loopback = FLOW.replace("198.51.100.9", "10.0.1.17");
    assert_eq!(document("/vpc/flow", FLOW)["related"], json!({"ip": ["10.0.1.17", "198.51.100.9"]}));
    assert_eq!(document("/vpc/flow", &loopback)["related"], json!({"ip": ["10.0.1.17"]}));
    let query = document("/dns", QUERY);
    assert_eq!(query["dns"]["question"]["name"], "db.internal");
    assert_eq!(query["dns"]["resolved_ip"], json!(["10.0.3.8"]));
    assert_eq!(query["related"], json!({"hosts": ["db.internal"], "ip": ["10.0.1.17", "10.0.3.8"]}));
    assert!(document("/app/shop", "a plain line").get("related").is_none());
}

#[test]
fn fields_of_security_have_the_types_of_ecs() {
    let types: BTreeMap<_, _> = Field::ALL.iter().map(|field| (field.path(), field.field_type())).collect();
    for (path, expected) in [
        ("@timestamp", Type::Date),
        ("related.ip", Type::Ip),
        ("related.user", Type::Keyword),
        ("related.hosts", Type::Keyword),
        ("dns.resolved_ip", Type::Ip),
        ("event.category", Type::Keyword),
        ("event.type", Type::Keyword),
        ("event.kind", Type::Keyword),
        ("ecs.version", Type::Keyword),
        ("source.ip", Type::Ip),
        ("user.name", Type::Keyword),
    ] {
        assert_eq!(types.get(path), Some(&expected), "{path}");
    }
}
