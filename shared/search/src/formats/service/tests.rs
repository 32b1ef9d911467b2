//! A line of each service, as AWS's pages and the loggers have them, and the fields that it must fill.

mod loggers;

use logweir_subscription::Message;
use serde_json::{Value, json};

use crate::{DocumentWriter, Settings};

fn document(line: &str) -> Value {
    document_of("/any", line)
}

fn document_of(log_group: &str, line: &str) -> Value {
    let payload = json!({"messageType": "DATA_MESSAGE", "owner": "111122223333", "logGroup": log_group, "logStream": "s",
        "logEvents": [{"id": "1", "timestamp": 1_795_260_000_000_i64, "message": line}]});
    let payload = payload.to_string();
    let Ok(Message::Data(data)) = Message::parse(&payload) else { panic!("no data message") };
    let settings = Settings::default();
    let mut out = Vec::new();
    DocumentWriter::new(&settings, &data).write(&data.log_events[0], &mut out);
    serde_json::from_slice(&out).expect("JSON")
}

/// The value of a field, by its whole name.
fn at<'d>(document: &'d Value, path: &str) -> &'d Value {
    path.split('.').fold(document, |object, name| &object[name])
}

/// `dataset` is what its index is named after; what `event.dataset` says, `category` has tests of.
fn check(line: &str, dataset: &str, fields: &[(&str, Value)]) {
    let document = document(line);
    let hints = logweir_log_formats::Hints::default();
    let parsed = logweir_log_formats::LogLine::parse(line, &hints);
    assert_eq!(parsed.dataset(&hints).as_str(), dataset, "{line}");
    for (path, expected) in fields {
        assert_eq!(at(&document, path), expected, "{path} of {line}");
    }
    if line.starts_with('{') {
        assert!(document["json"].is_object(), "an object keeps its members: {line}");
    }
}

fn s(text: &str) -> Value {
    json!(text)
}

#[test]
fn clusters() {
    let audit = json!({"kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "RequestResponse", "auditID": "6f1b7a0e-2d8e-4a6c",
        "stage": "ResponseComplete", "requestURI": "/api/v1/namespaces/shop/pods/web-1?watch=false", "verb": "get",
        "user": {"username": "system:serviceaccount:shop:web", "uid": "7d1c", "groups": ["system:authenticated"]},
        "sourceIPs": ["10.0.1.5", "10.0.1.6"], "userAgent": "kubectl/v1.33",
        "objectRef": {"resource": "pods", "namespace": "shop", "name": "web-1", "apiVersion": "v1"},
        "responseStatus": {"metadata": {}, "status": "Failure", "message": "pods \"web-1\" not found", "reason": "NotFound", "code": 404},
        "requestObject": {"verb": "none"}, "annotations": {"authorization.k8s.io/decision": "allow"}});
    check(
        &audit.to_string(),
        "eks",
        &[
            ("event.action", s("get")),
            ("event.provider", s("eks")),
            ("event.outcome", s("failure")),
            ("event.reason", s("NotFound")),
            ("user.name", s("system:serviceaccount:shop:web")),
            ("user.id", s("7d1c")),
            ("source.ip", s("10.0.1.5")),
            ("url.path", s("/api/v1/namespaces/shop/pods/web-1")),
            ("url.query", s("watch=false")),
            ("http.response.status_code", json!(404)),
            ("orchestrator.namespace", s("shop")),
            ("orchestrator.resource.type", s("pods")),
            ("orchestrator.resource.name", s("web-1")),
            ("user_agent.original", s("kubectl/v1.33")),
        ],
    );
    let granted = "time=\"2026-11-21T11:20:00Z\" level=info msg=\"access granted\" arn=\"arn:aws:iam::111122223333:role/admin\" client=\"127.0.0.1:39582\" groups=\"[system:masters]\" method=POST path=/authenticate uid=\"aws-iam-authenticator:111122223333:AROA\" username=admin";
    check(
        granted,
        "eks",
        &[
            ("event.action", s("access granted")),
            ("event.outcome", s("success")),
            ("user.name", s("admin")),
            ("log.level", s("info")),
            ("user.id", s("arn:aws:iam::111122223333:role/admin")),
            ("source.ip", s("127.0.0.1")),
            ("url.path", s("/authenticate")),
        ],
    );
    check(&granted.replace("granted", "denied"), "eks", &[("event.outcome", s("failure"))]);
    for timestamp in [json!(1_795_260_000_000_i64), json!("1795260000000")] {
        let pod = json!({"Type": "Pod", "ClusterName": "shop", "Namespace": "web", "PodName": "web-1", "Service": "front",
            "NodeName": "ip-10-0-1-5.ec2.internal", "Timestamp": timestamp, "pod_cpu_utilization": 1.5});
        check(
            &pod.to_string(),
            "app",
            &[
                ("orchestrator.cluster.name", s("shop")),
                ("orchestrator.namespace", s("web")),
                ("service.name", s("front")),
                ("host.name", s("ip-10-0-1-5.ec2.internal")),
                ("event.provider", s("container-insights")),
            ],
        );
    }
}

#[test]
fn all_of_a_control_plane_is_one_dataset() {
    for line in [
        "I1121 11:20:00.123456       1 controller.go:123] \"Updating\" node=\"ip-10-0-1-5\"",
        "{\"ts\":1,\"msg\":\"scaled\"}",
        "plain",
    ] {
        assert_eq!(document_of("/aws/eks/shop/cluster", line)["event"]["dataset"], "eks", "{line}");
        assert_eq!(document(line)["event"]["dataset"], "app", "{line}");
    }
}

#[test]
fn services_that_log_objects() {
    let bedrock = json!({"schemaType": "ModelInvocationLog", "schemaVersion": "1.0", "timestamp": "2026-11-21T11:20:00Z", "accountId": "111122223333",
        "identity": {"arn": "arn:aws:sts::111122223333:assumed-role/app/s"}, "region": "us-east-1", "requestId": "142471d6-56dd-46a8-b502-08711ec9a410",
        "operation": "InvokeModel", "modelId": "anthropic.claude", "input": {"inputTokenCount": 12}});
    check(
        &bedrock.to_string(),
        "app",
        &[
            ("event.action", s("InvokeModel")),
            ("event.provider", s("bedrock")),
            ("event.outcome", s("success")),
            ("cloud.region", s("us-east-1")),
            ("user.id", s("arn:aws:sts::111122223333:assumed-role/app/s")),
            ("http.request.id", s("142471d6-56dd-46a8-b502-08711ec9a410")),
        ],
    );
    let mut failed = bedrock;
    failed["errorCode"] = s("ThrottlingException");
    check(&failed.to_string(), "app", &[("event.outcome", s("failure")), ("error.type", s("ThrottlingException"))]);
    let sync = json!({"logType": "RequestSummary", "requestId": "5f0c8a42-77aa-4c1e-9d0f-0b8f3a61c2de", "graphQLAPIId": "abc", "statusCode": 200,
        "latency": 242_000_000});
    check(
        &sync.to_string(),
        "app",
        &[
            ("event.action", s("RequestSummary")),
            ("http.response.status_code", json!(200)),
            ("event.outcome", s("success")),
            ("event.duration", json!(242_000_000)),
            ("event.provider", s("appsync")),
        ],
    );
    let execution = json!({"id": "7", "type": "ExecutionFailed", "details": {"cause": "no stock", "error": "States.TaskFailed"}, "previous_event_id": "6",
        "event_timestamp": "1795260000000", "execution_arn": "arn:aws:states:eu-west-1:111122223333:express:orders:e1:4f"});
    check(
        &execution.to_string(),
        "app",
        &[
            ("event.action", s("ExecutionFailed")),
            ("event.outcome", s("failure")),
            ("error.type", s("States.TaskFailed")),
            ("error.message", s("no stock")),
            ("service.name", s("orders")),
            ("cloud.region", s("eu-west-1")),
        ],
    );
    let step = execution.to_string().replace("ExecutionFailed", "TaskStateEntered");
    check(&step, "app", &[("event.action", s("TaskStateEntered")), ("event.outcome", Value::Null)]);
    let firewall = json!({"firewall_name": "fw", "availability_zone": "eu-west-1a", "event_timestamp": "1795260000", "event": {
        "timestamp": "2026-11-21T11:20:00.000000+0000", "flow_id": 15, "event_type": "alert", "src_ip": "203.0.113.7", "src_port": 55555,
        "dest_ip": "192.0.2.1", "dest_port": 443, "proto": "TCP", "tls": {"sni": "bad.example"},
        "alert": {"action": "blocked", "signature_id": 5, "signature": "no bad ones", "severity": 3}}});
    check(
        &firewall.to_string(),
        "app",
        &[
            ("event.action", s("blocked")),
            ("event.outcome", s("failure")),
            ("rule.id", s("5")),
            ("rule.name", s("no bad ones")),
            ("source.ip", s("203.0.113.7")),
            ("source.port", json!(55555)),
            ("destination.ip", s("192.0.2.1")),
            ("destination.port", json!(443)),
            ("network.transport", s("tcp")),
            ("url.domain", s("bad.example")),
        ],
    );
    let netflow =
        json!({"firewall_name": "fw", "event": {"event_type": "netflow", "netflow": {"pkts": 5, "bytes": 324}}});
    check(
        &netflow.to_string(),
        "app",
        &[("event.action", s("netflow")), ("network.bytes", json!(324)), ("network.packets", json!(5))],
    );
}

#[test]
fn requests() {
    let lattice = json!({"serviceArn": "arn:aws:vpc-lattice:eu-west-1:111122223333:service/svc-1", "sourceVpcArn": "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1",
        "targetGroupArn": "-", "requestMethod": "GET", "requestPath": "/basket?item=7", "protocol": "HTTP/1.1", "responseCode": 503, "bytesSent": 88, "duration": 12,
        "userAgent": "curl/8", "hostHeader": "basket.example", "sourceIpPort": "10.0.1.5:41234", "targetIpPort": "10.0.2.6:8080", "failureReason": "TargetConnectionError"});
    check(
        &lattice.to_string(),
        "access",
        &[
            ("http.request.method", s("GET")),
            ("url.path", s("/basket")),
            ("url.query", s("item=7")),
            ("url.domain", s("basket.example")),
            ("http.version", s("1.1")),
            ("http.response.status_code", json!(503)),
            ("event.outcome", s("failure")),
            ("event.duration", json!(12_000_000)),
            ("source.ip", s("10.0.1.5")),
            ("source.port", json!(41234)),
            ("destination.ip", s("10.0.2.6")),
            ("event.reason", s("TargetConnectionError")),
        ],
    );
    let fields = [
        ("source.ip", s("203.0.113.7")),
        ("http.request.method", s("GET")),
        ("url.path", s("/basket")),
        ("url.query", s("item=7")),
        ("url.domain", s("shop.example")),
        ("http.response.status_code", json!(404)),
        ("event.outcome", s("failure")),
        ("http.response.body.bytes", json!(563)),
        ("user_agent.original", s("Mozilla/5.0 (X11; Linux)")),
        ("http.request.referrer", Value::Null),
        ("event.provider", s("cloudfront")),
    ];
    let front = json!({"date": "2026-11-21", "time": "11:20:00", "x-edge-location": "DFW3", "sc-bytes": "563", "c-ip": "203.0.113.7", "cs-method": "GET",
        "cs(Host)": "d1.cloudfront.net", "x-host-header": "shop.example", "cs-uri-stem": "/basket", "sc-status": "404", "cs(Referer)": "-",
        "cs(User-Agent)": "Mozilla/5.0%20(X11;%20Linux)", "cs-uri-query": "item=7"});
    check(&front.to_string(), "access", &fields);
    let columns = "2026-11-21\t11:20:00\tDFW3\t563\t203.0.113.7\tGET\td1.cloudfront.net\t/basket\t404\t-\tMozilla/5.0%20(X11;%20Linux)\titem=7\t-\tError\tSOX4xwn4XV6Q4rgb7XiVGOHms_BGlTAC4KyHmureZmBNrjGdRLiNIQ==\tshop.example\thttps\t23\t0.125\t-\tTLSv1.3\tTLS_AES_128_GCM_SHA256\tError\tHTTP/2.0\t-\t-\t11040\t0.001\tError\ttext/html\t78\t-\t-";
    check(columns, "access", &fields);
    check(
        columns,
        "access",
        &[
            ("event.duration", json!(125_000_000)),
            ("http.version", s("2.0")),
            ("url.scheme", s("https")),
            ("source.port", json!(11040)),
        ],
    );
    let balancer = "https 2026-11-21T11:20:00.186641Z app/shop/50dc6c495c0c9188 203.0.113.7:2817 10.0.0.1:80 0.086 0.048 0.037 502 200 0 57 \"GET https://shop.example:443/basket?item=7 HTTP/1.1\" \"curl/7.46.0\" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/shop/73e2d6bc24d8a067 \"Root=1-58337281-1d84f3d73c47ec4e58577259\" \"shop.example\" \"-\" 1 2026-11-21T11:20:00.000000Z \"forward\" \"-\" \"-\" \"10.0.0.1:80\" \"200\" \"-\" \"-\"";
    check(
        balancer,
        "access",
        &[
            ("source.ip", s("203.0.113.7")),
            ("source.port", json!(2817)),
            ("destination.ip", s("10.0.0.1")),
            ("http.request.method", s("GET")),
            ("url.path", s("/basket")),
            ("url.query", s("item=7")),
            ("url.scheme", s("https")),
            ("url.domain", s("shop.example")),
            ("http.version", s("1.1")),
            ("http.response.status_code", json!(502)),
            ("event.outcome", s("failure")),
            ("event.duration", json!(48_000_000)),
            ("http.response.body.bytes", json!(57)),
            ("user_agent.original", s("curl/7.46.0")),
        ],
    );
    let unanswered = "http 2026-11-21T11:20:00.186641Z app/shop/50dc6c495c0c9188 [2001:db8::7]:2817 - -1 -1 -1 460 - 0 0 \"- http://shop.example:80- -\" \"-\" - - - \"-\" \"-\" \"-\" -";
    check(
        unanswered,
        "access",
        &[("source.ip", s("2001:db8::7")), ("http.response.status_code", json!(460)), ("event.duration", Value::Null)],
    );
    let network = "tls 2.0 2026-11-21T11:20:00 net/shop/c6e77e28c25b2234 g3d4b5e8bb8464cd 203.0.113.7:51341 10.0.0.2:443 5 2 98 246 - arn:aws:acm:us-east-2:111122223333:certificate/2a108f19 - ECDHE-RSA-AES128-SHA tlsv12 - shop.example h2 h2 \"h2\",\"http/1.1\" 2026-11-21T11:19:50";
    check(
        network,
        "access",
        &[
            ("source.ip", s("203.0.113.7")),
            ("destination.ip", s("10.0.0.2")),
            ("destination.port", json!(443)),
            ("event.duration", json!(5_000_000)),
            ("source.bytes", json!(98)),
            ("url.domain", s("shop.example")),
        ],
    );
}

#[test]
fn lines_of_text() {
    check(
        "1.0 2026-11-21T11:20:00.130Z Z123412341234 example.com AAAA NXDOMAIN UDP FRA6 192.0.2.1 -",
        "app",
        &[
            ("dns.question.name", s("example.com")),
            ("dns.question.type", s("AAAA")),
            ("dns.response_code", s("NXDOMAIN")),
            ("event.outcome", s("failure")),
            ("network.transport", s("udp")),
            ("source.ip", s("192.0.2.1")),
        ],
    );
    check(
        "20261121 11:20:00,ip-10-1-2-3,admin,10.0.1.5,12,345,QUERY,shop,'SELECT 1, 2',0",
        "app",
        &[
            ("user.name", s("admin")),
            ("source.ip", s("10.0.1.5")),
            ("event.action", s("query")),
            ("event.outcome", s("success")),
            ("host.name", s("ip-10-1-2-3")),
        ],
    );
    check(
        "1795260000123456,shop-1,admin,10.0.1.5,12,0,FAILED_CONNECT,,,1045",
        "app",
        &[("event.action", s("failed_connect")), ("event.outcome", s("failure"))],
    );
    check(
        "2026-11-21 11:20:00 UTC:10.0.1.5(41234):app@shop:[12345]:ERROR:  relation \"x\" does not exist at character 15",
        "app",
        &[
            ("user.name", s("app")),
            ("source.ip", s("10.0.1.5")),
            ("source.port", json!(41234)),
            ("process.pid", json!(12345)),
            ("error.message", s("relation \"x\" does not exist at character 15")),
            ("log.level", s("error")),
        ],
    );
    check(
        "2026-11-21 11:20:00.123 UTC,\"app\",\"shop\",12345,\"10.0.1.5:41234\",655f.1,1,\"SELECT\",2026-11-21 11:00:00 UTC,4/123,0,ERROR,42P01,\"no such relation\",,,",
        "app",
        &[
            ("user.name", s("app")),
            ("source.port", json!(41234)),
            ("error.type", s("42P01")),
            ("error.message", s("no such relation")),
        ],
    );
    for (line, process, pid) in [
        ("<34>1 2026-11-21T11:20:00.003Z web-1 sshd 1234 ID47 - Failed password for root", "sshd", json!(1234)),
        ("<34>1 2026-11-21T11:20:00.003Z web-1 app - - [x@1 a=\"b\"] started", "app", Value::Null),
        ("<38>Nov 21 11:20:00 web-1 sshd[1234]: Failed password for root", "sshd", json!(1234)),
        ("Nov  1 11:20:00 web-1 kernel: [0.1] booted", "kernel", Value::Null),
        ("2026-11-21T11:20:00.003123+00:00 web-1 CRON[77]: (root) CMD (x)", "CRON", json!(77)),
    ] {
        check(
            line,
            "app",
            &[
                ("host.name", s("web-1")),
                ("process.name", s(process)),
                ("process.pid", pid),
                ("event.provider", s("syslog")),
            ],
        );
    }
}
