"""One line of each kind that AWS writes, and the fields that it must become, with their types."""

from .payload import OWNER, START
from .search import value
from .search_corpus import REQUEST, XRAY, access, day_of, flow, gateway, gateway_clf, iso_of, no_flow, query, report, report_json, trail, waf

SECOND = START // 1000
TRACE = XRAY.removeprefix("1-").replace("-", "")
UUID = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
FLOW_FIELDS = {
    "source.ip": ("ip", "198.51.100.9"), "source.port": ("long", 51532), "destination.ip": ("ip", "10.0.1.17"), "destination.port": ("long", 443), "network.transport": ("keyword", "tcp"), "network.type": ("keyword", "ipv4"),
    "network.iana_number": ("keyword", "6"), "network.bytes": ("long", 18420), "network.packets": ("long", 25), "source.bytes": ("long", 18420),
    "source.packets": ("long", 25), "event.start": ("date", iso_of(SECOND * 1000)), "event.end": ("date", iso_of(SECOND * 1000 + 59_000)),
    "aws.vpcflow.version": ("long", 2), "aws.vpcflow.account_id": ("keyword", OWNER), "aws.vpcflow.interface_id": ("keyword", "eni-0a1b2c3d4e5f60718"),
    "aws.vpcflow.srcaddr": ("ip", "198.51.100.9"), "aws.vpcflow.dstport": ("long", 443), "aws.vpcflow.protocol": ("long", 6), "aws.vpcflow.bytes": ("long", 18420),
    "event.category": ("keyword", "network"), "event.type": ("keyword", ["allowed", "connection"]), "event.kind": ("keyword", "event"),
    "related.ip": ("ip", ["10.0.1.17", "198.51.100.9"]), "aws.vpcflow.action": ("keyword", "ACCEPT"), "aws.vpcflow.log_status": ("keyword", "OK"),
    "event.action": ("keyword", "accept"), "event.outcome": ("keyword", "success")}
REQUEST_FIELDS = {
    "http.request.method": ("keyword", "GET"), "http.version": ("keyword", "1.1"), "http.response.status_code": ("long", 200), "user.name": ("keyword", "alice"),
    "source.ip": ("ip", "203.0.113.7"), "source.address": ("keyword", "203.0.113.7"), "event.outcome": ("keyword", "success")}
GATEWAY_FIELDS = REQUEST_FIELDS | {"http.request.id": ("keyword", UUID), "http.response.body.bytes": ("long", 88), "url.path": ("keyword", "/orders/{id}")}
REPORT_FIELDS = {
    "aws.lambda.event": ("keyword", "report"), "aws.lambda.request_id": ("keyword", REQUEST), "faas.execution": ("keyword", REQUEST), "faas.name": ("keyword", "orders"),
    "aws.lambda.duration_ms": ("double", 143.21), "aws.lambda.billed_duration_ms": ("double", 144.0), "aws.lambda.init_duration_ms": ("double", 212.78),
    "aws.lambda.memory_size_mb": ("long", 256), "aws.lambda.max_memory_used_mb": ("long", 91), "faas.coldstart": ("boolean", True),
    "event.duration": ("long", 143_210_000)}
LAMBDA, ACCESS, WAF = "/aws/lambda/orders", "/web/access", "aws-waf-logs-shop"

# What Elastic's AWS integration calls a dataset, where it has it; indices have our names.
EVENT_DATASETS = {"vpcflow": "aws.vpcflow", "cloudtrail": "aws.cloudtrail", "lambda": "aws.lambda_logs", "apigateway": "aws.apigateway_logs",
                  "route53resolver": "aws.route53_resolver_logs", "waf": "aws.waf"}

# The same of services whose lines go to the index of another dataset.
SERVICES = {"EKS: an audit event": "kubernetes.audit_logs", "a request to a load balancer": "aws.elb_logs"}

# Name: (log group, line, dataset, fields with their types and values, fields that must not be there).
LINES = {
    "a flow": ("/vpc/flow", flow(START), "vpcflow", FLOW_FIELDS, ()),
    "a flow that was rejected": ("/vpc/flow", flow(START, "REJECT"), "vpcflow", {
        "event.action": ("keyword", "reject"), "event.outcome": ("keyword", "failure"), "aws.vpcflow.action": ("keyword", "REJECT")}, ()),
    "a flow of IPv6": ("/vpc/flow", flow(START, source="2001:db8:1234:a100:8d6e:3477:df66:f105"), "vpcflow", {
        "source.ip": ("ip", "2001:db8:1234:a100:8d6e:3477:df66:f105"), "network.type": ("keyword", "ipv6")}, ()),
    "no flow": ("/vpc/flow", no_flow(START), "vpcflow", {
        "aws.vpcflow.log_status": ("keyword", "NODATA"), "event.start": ("date", iso_of(SECOND * 1000)), "aws.vpcflow.interface_id": ("keyword", "eni-0a1b2c3d4e5f60718")},
        ("source.ip", "network.bytes", "aws.vpcflow.srcaddr", "aws.vpcflow.bytes", "event.outcome")),
    "a flow of version 5": ("/vpc/flow", f"5 {OWNER} eni-1235b8ca123456789 10.0.0.5 52.1.1.1 443 80 17 1 40 {SECOND} {SECOND + 60} ACCEPT OK vpc-abcdefab012345678 "
                            "subnet-aaaaaaaa012345678 i-01234567890123456 2 IPv4 10.0.0.5 52.1.1.1 us-east-1 use1-az4 - - - S3 egress 8", "vpcflow", {
        "aws.vpcflow.vpc_id": ("keyword", "vpc-abcdefab012345678"), "aws.vpcflow.tcp_flags": ("long", 2), "aws.vpcflow.pkt_srcaddr": ("ip", "10.0.0.5"),
        "aws.vpcflow.pkt_dst_aws_service": ("keyword", "S3"), "network.transport": ("keyword", "udp"), "network.direction": ("keyword", "egress"),
        "cloud.region": ("keyword", "us-east-1")}, ()),
    "an event of CloudTrail": ("/audit/trail", trail(START), "cloudtrail", {
        "event.action": ("keyword", "PutObject"), "event.provider": ("keyword", "s3.amazonaws.com"), "event.outcome": ("keyword", "success"),
        "user.name": ("keyword", "ci"), "source.ip": ("ip", "198.51.100.23"), "cloud.region": ("keyword", "eu-west-1"),
        "aws.cloudtrail.event_name": ("keyword", "PutObject"), "aws.cloudtrail.user_identity.account_id": ("keyword", "012345678901"),
        "aws.cloudtrail.user_identity.arn": ("keyword", f"arn:aws:iam::{OWNER}:user/ci"), "aws.cloudtrail.user_identity.type": ("keyword", "IAMUser"),
        "aws.cloudtrail.recipient_account_id": ("keyword", "012345678901"), "aws.cloudtrail.read_only": ("boolean", False),
        "user_agent.original": ("keyword", "aws-cli/2.31")}, ("error.type",)),
    "an event of CloudTrail that failed": ("/audit/trail", trail(START, "AssumeRole", "AccessDenied"), "cloudtrail", {
        "event.outcome": ("keyword", "failure"), "aws.cloudtrail.error_code": ("keyword", "AccessDenied"), "error.type": ("keyword", "AccessDenied")}, ()),
    "Lambda: START": (LAMBDA, f"START RequestId: {REQUEST} Version: $LATEST\n", "lambda", {
        "aws.lambda.event": ("keyword", "start"), "faas.version": ("keyword", "$LATEST"), "faas.execution": ("keyword", REQUEST)}, ("faas.coldstart",)),
    "Lambda: END": (LAMBDA, f"END RequestId: {REQUEST}\n", "lambda", {"aws.lambda.event": ("keyword", "end")}, ()),
    "Lambda: REPORT of a cold start": (LAMBDA, report(), "lambda", REPORT_FIELDS, ("aws.lambda.timed_out", "aws.lambda.out_of_memory", "event.outcome")),
    "Lambda: REPORT": (LAMBDA, report(init=""), "lambda", {"faas.coldstart": ("boolean", False), "aws.lambda.duration_ms": ("double", 143.21)},
                       ("aws.lambda.init_duration_ms",)),
    "Lambda: REPORT with a trace": (LAMBDA, report(more=f"\nXRAY TraceId: {XRAY}\tSegmentId: 0af7651916cd43dd\tSampled: true\t"), "lambda", {
        "trace.id": ("keyword", TRACE), "aws.xray.trace_id": ("keyword", XRAY), "span.id": ("keyword", "0af7651916cd43dd")}, ()),
    "Lambda: REPORT of a timeout": (LAMBDA, report(3000.0, more="Status: timeout\t"), "lambda", {
        "aws.lambda.status": ("keyword", "timeout"), "aws.lambda.timed_out": ("boolean", True), "event.outcome": ("keyword", "failure")}, ()),
    "Lambda: timeout": (LAMBDA, f"2026-11-21T11:20:03.301Z {REQUEST} Task timed out after 3.00 seconds\n\n", "lambda", {
        "aws.lambda.event": ("keyword", "timeout"), "aws.lambda.timeout_s": ("double", 3.0), "aws.lambda.timed_out": ("boolean", True),
        "event.outcome": ("keyword", "failure")}, ()),
    "Lambda: out of memory": (LAMBDA, f"RequestId: {REQUEST} Error: Runtime exited with error: signal: killed\nRuntime.ExitError\n", "lambda", {
        "aws.lambda.event": ("keyword", "fault"), "error.type": ("keyword", "Runtime.ExitError"), "event.outcome": ("keyword", "failure")}, ()),
    "Lambda: REPORT in JSON": (LAMBDA, report_json(START), "lambda", {
        "aws.lambda.event": ("keyword", "report"), "aws.lambda.duration_ms": ("double", 2599.4), "aws.lambda.memory_size_mb": ("long", 128),
        "faas.coldstart": ("boolean", True), "trace.id": ("keyword", TRACE), "span.id": ("keyword", "24cd7d670fa455f0"), "aws.lambda.status": ("keyword", "success")},
        ()),
    "Lambda: the function's own line": (LAMBDA, f"2026-11-21T11:20:00.301Z\t{REQUEST}\tERROR\tTask failed: connect ETIMEDOUT\n", "lambda", {
        "log.level": ("keyword", "error"), "faas.execution": ("keyword", REQUEST)}, ("aws.lambda.event", "http.request.id")),
    "API Gateway in JSON": ("/api/access", gateway(START), "apigateway", GATEWAY_FIELDS | {
        "aws.apigateway.integration_latency": ("double", 9.0), "aws.apigateway.response_latency": ("double", 12.0), "event.duration": ("long", 12_000_000)}, ()),
    "API Gateway in the common format": ("/api/access", gateway_clf(START), "apigateway", GATEWAY_FIELDS, ()),
    "an access log": (ACCESS, access(START), "access", REQUEST_FIELDS | {
        "http.response.body.bytes": ("long", 5316), "url.path": ("keyword", "/basket"), "url.query": ("keyword", "item=7"), "url.original": ("keyword", "/basket?item=7"),
        "http.request.referrer": ("keyword", "https://shop.example/"), "user_agent.original": ("keyword", "Mozilla/5.0 (X11; Linux x86_64)")}, ()),
    "an access log of an error": (ACCESS, access(START, 503), "access", {"http.response.status_code": ("long", 503), "event.outcome": ("keyword", "failure")}, ()),
    "an access log in the common format": (ACCESS, '203.0.113.7 - - [21/Nov/2026:11:20:00 +0000] "HEAD / HTTP/1.0" 304 -', "access", {
        "http.request.method": ("keyword", "HEAD"), "http.response.status_code": ("long", 304)}, ("user.name", "http.response.body.bytes", "user_agent.original")),
    "WAF": (WAF, waf(START), "waf", {
        "event.action": ("keyword", "block"), "rule.id": ("keyword", "SqlInjection"), "source.ip": ("ip", "203.0.113.9"),
        "source.geo.country_iso_code": ("keyword", "DE"), "http.request.method": ("keyword", "POST"), "url.path": ("keyword", "/login"), "url.query": ("keyword", "id=1"),
        "url.domain": ("keyword", "shop.example"), "user_agent.original": ("keyword", "curl/8"), "http.request.id": ("keyword", "req-1"),
        "aws.waf.action": ("keyword", "BLOCK"), "aws.waf.terminating_rule_id": ("keyword", "SqlInjection"), "aws.waf.http_source_name": ("keyword", "ALB")}, ()),
    "Route 53": ("/dns/queries", query(START), "route53resolver", {
        "dns.question.name": ("keyword", "db.internal"), "dns.question.type": ("keyword", "A"), "dns.question.class": ("keyword", "IN"),
        "dns.response_code": ("keyword", "NOERROR"), "source.ip": ("ip", "10.0.1.17"), "source.port": ("long", 60306), "network.transport": ("keyword", "udp"),
        "event.outcome": ("keyword", "success"), "aws.route53resolver.vpc_id": ("keyword", "vpc-0123456789abcdef0"),
        "aws.route53resolver.account_id": ("keyword", "012345678901"), "aws.route53resolver.query_name": ("keyword", "db.internal.")}, ()),
    "EKS: an audit event": ("/aws/eks/shop/cluster", '{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"a-1","verb":"get","requestURI":"/api/v1/pods",'
                            '"user":{"username":"anna"},"sourceIPs":["203.0.113.7"],"objectRef":{"resource":"pods","namespace":"shop"},"responseStatus":{"code":404}}', "eks", {
        "event.action": ("keyword", "get"), "event.outcome": ("keyword", "failure"), "orchestrator.namespace": ("keyword", "shop"), "source.ip": ("ip", "203.0.113.7"),
        "http.response.status_code": ("long", 404), "json.verb": ("keyword", "get")}, ()),
    "a request to a load balancer": ("/lb/access", 'http 2026-11-21T11:20:00.186641Z app/shop/50dc6c495c0c9188 203.0.113.7:2817 10.0.0.1:80 0.001 0.048 0.000 503 503 34 366 '
                                     '"GET http://shop.example:80/basket HTTP/1.1" "curl/8" - - arn "Root=1-58337262-36d228ad5d99923122bbe354" "-" "-" 0', "access", {
        "source.ip": ("ip", "203.0.113.7"), "source.port": ("long", 2817), "http.response.status_code": ("long", 503), "url.path": ("keyword", "/basket"),
        "event.duration": ("long", 48_000_000), "event.provider": ("keyword", "elasticloadbalancing")}, ()),
    "an application's line of ECS": ("/app/shop", '{"@timestamp":"2026-11-21T11:20:00Z","log.level":"error","message":"x","ecs.version":"1.2.0","service.name":"pay","error.type":"KeyError"}',
                                     "app", {
        "service.name": ("keyword", "pay"), "error.type": ("keyword", "KeyError"), "log.level": ("keyword", "error")}, ()),
    "syslog": ("/var/log/syslog", "<38>Nov 21 11:20:00 web-1 sshd[1234]: Failed password", "app", {
        "host.name": ("keyword", "web-1"), "process.name": ("keyword", "sshd"), "process.pid": ("long", 1234)}, ()),
    "CloudTrail: Insights": ("/audit/trail", '{"eventVersion":"1.09","eventTime":"2026-11-21T11:20:00Z","awsRegion":"eu-west-1","eventType":"AwsCloudTrailInsight",'
                             '"insightDetails":{"state":"Start","eventSource":"ssm.amazonaws.com","eventName":"GetParameters","insightType":"ApiCallRateInsight"}}', "cloudtrail", {
        "event.action": ("keyword", "GetParameters"), "event.provider": ("keyword", "ssm.amazonaws.com")}, ("event.outcome",)),
    "a flow of a custom order that needs no setting": ("/vpc/flow", f"3 {OWNER} eni-1235b8ca123456789 10.0.0.5 52.1.1.1 443 80 6 1 40 {SECOND} {SECOND + 60} REJECT OK vpc-abcdefab012345678",
                                                       "vpcflow", {"aws.vpcflow.vpc_id": ("keyword", "vpc-abcdefab012345678"), "event.action": ("keyword", "reject")}, ()),
    "an application's JSON": ("/app/shop", '{"level": "WARN", "message": "stock is low", "order": {"total": 12.5}}', "app", {
        "log.level": ("keyword", "warn"), "json.order.total": ("double", 12.5), "json.message": ("keyword", "stock is low")}, ()),
}


def check(search, prefix, name, event):
    """That a line, indexed as `event`, has its fields, by what the server itself says of them; AssertionError."""
    _group, line, dataset, fields, absent = LINES[name]
    index = f"{prefix}-{dataset}-{day_of(START)}"
    source = search.one(f"{prefix}-*", event["id"])["_source"]
    assert value(source, "tags") is None, value(source, "error.message")
    assert value(source, "message") == line and value(source, "event.dataset") == SERVICES.get(name, EVENT_DATASETS.get(dataset, dataset))
    types = search.types(index)
    wrong = {field: types.get(field) for field, (kind, _value) in fields.items() if types.get(field) != kind}
    assert not wrong, "fields of other types"
    found = search.typed(index, event["id"], fields)
    assert found == {field: content for field, (_kind, content) in fields.items()}
    assert not [field for field in absent if value(source, field) is not None]
