"""Log lines for the indexer's tests: what a JSON line can hold, what each known format looks like, and the ten thousand events of the bar."""

import json
import random
from dataclasses import dataclass, field
from datetime import datetime, timezone

from .payload import OWNER, START, Identifiers, document, log_events, pack

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
XRAY = "1-5759e988-bd862e3fe1be46a994272793"
REQUEST = "6f1b7a0e-2d8e-4a6c-9a53-1f4de0c2b7aa"


def day_of(timestamp):
    """The end of an index's name."""
    return datetime.fromtimestamp(timestamp / 1000, timezone.utc).strftime("%Y.%m.%d")


def iso_of(timestamp):
    moment = datetime.fromtimestamp(timestamp // 1000, timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{timestamp % 1000:03d}Z"


def ids_of(payloads):
    return [event["id"] for payload in payloads for event in payload["logEvents"]]


def in_records(messages, identifiers, each=100, **more):
    """Payloads of `each` messages, in order of time."""
    return [document(log_events(messages[at:at + each], identifiers, start=START + at, step=1), **more) for at in range(0, len(messages), each)]


# --- The bar: ten thousand events with one in a hundred of everything ---

@dataclass
class Bar:
    """`payloads` in the order of a stream; the first makes the mapping that the conflicting events run into."""

    payloads: list
    conflicts: dict = field(default_factory=dict)  # Event id to a word that only its line holds.
    repeated: list = field(default_factory=list)  # Ids of events that are in two payloads.

    @property
    def identifiers(self):
        return sorted(set(ids_of(self.payloads)))

    @property
    def received(self):
        return sum(len(payload["logEvents"]) for payload in self.payloads)


def bar(count=10_000, seed=5, each=100):
    """`count` different events in JSON. One in a hundred has text where the others have a number, one in a hundred comes twice: in a payload of its
    own, as after a retry of CloudWatch Logs. A few are bulky, so that some bulk requests are much larger than others."""
    chance, identifiers = random.Random(seed), Identifiers()
    first = document(log_events([json.dumps({"codes": 7, "shape": {"inner": 1}})], identifiers), group="/app/shop")
    made, conflicts = [first], {}
    numbers = list(range(count - 1))
    odd = set(chance.sample(numbers[200:], count // 100))
    messages = []
    for number in numbers:
        line = {"codes": number, "word": f"word{number}", "user": f"{number:012d}", "paid": round(chance.uniform(0, 99), 2), "shape": {"inner": number}}
        if number in odd:
            line |= {"codes": f"conflict{number}"} if number % 2 else {"shape": f"conflict{number}"}
        if number % 97 == 0:
            line["bulk"] = " ".join(f"{chance.getrandbits(64):x}" for _ in range(300))
        messages.append(json.dumps(line))
    for payload in in_records(messages, identifiers, each, group="/app/shop"):
        made.append(payload)
        for event in payload["logEvents"]:
            line = json.loads(event["message"])
            word = next((text for text in (line["codes"], line["shape"]) if isinstance(text, str)), None)
            if word:
                conflicts[event["id"]] = word
    events = [event for payload in made for event in payload["logEvents"]]
    again = chance.sample(events, count // 100)
    for at, place in enumerate(sorted(chance.sample(range(1, len(made)), 10), reverse=True)):
        made.insert(place, document(again[at * len(again) // 10:(at + 1) * len(again) // 10], group="/app/shop"))
    return Bar(made, conflicts, [event["id"] for event in again])


# --- Formats ---

def access(moment, status=200, size=5316, path="/basket?item=7"):
    when = datetime.fromtimestamp(moment / 1000, timezone.utc).strftime("%d/%b/%Y:%H:%M:%S +0000")
    return (f'203.0.113.7 - alice [{when}] "GET {path} HTTP/1.1" {status} {size} "https://shop.example/" '
            '"Mozilla/5.0 (X11; Linux x86_64)"')


def flow(moment, action="ACCEPT", source="198.51.100.9", size=18420):
    start = moment // 1000
    return f"2 {OWNER} eni-0a1b2c3d4e5f60718 {source} 10.0.1.17 51532 443 6 25 {size} {start} {start + 59} {action} OK"


def no_flow(moment):
    return f"2 {OWNER} eni-0a1b2c3d4e5f60718 - - - - - - - {moment // 1000} {moment // 1000 + 59} - NODATA"


def trail(moment, name="PutObject", error=None, user="ci"):
    record = {
        "eventVersion": "1.11", "userIdentity": {"type": "IAMUser", "principalId": "AIDACKCEVSQ6C2EXAMPLE", "arn": f"arn:aws:iam::{OWNER}:user/{user}",
                                                 "accountId": "012345678901", "userName": user},
        "eventTime": iso_of(moment)[:-5] + "Z", "eventSource": "s3.amazonaws.com", "eventName": name, "awsRegion": "eu-west-1",
        "sourceIPAddress": "198.51.100.23", "userAgent": "aws-cli/2.31", "requestParameters": {"bucketName": "reports", "maxKeys": 9007199254740993},
        "responseElements": None, "requestID": "79104EXAMPLEB723", "eventID": "3038ebd2-c98a-4c65-9b6e-e22506292313", "readOnly": False,
        "eventType": "AwsApiCall", "managementEvent": True, "recipientAccountId": "012345678901", "eventCategory": "Management"}
    return json.dumps(record | ({"errorCode": error, "errorMessage": "not allowed"} if error else {}), separators=(",", ":"))


def report(duration=143.21, init="Init Duration: 212.78 ms\t", more=""):
    return (f"REPORT RequestId: {REQUEST}\tDuration: {duration} ms\tBilled Duration: 144 ms\tMemory Size: 256 MB\tMax Memory Used: 91 MB\t{init}{more}\n")


def report_json(moment):
    return json.dumps({"time": iso_of(moment), "type": "platform.report", "record": {
        "requestId": REQUEST, "status": "success", "metrics": {"durationMs": 2599.4, "billedDurationMs": 2600, "memorySizeMB": 128, "maxMemoryUsedMB": 94,
                                                                "initDurationMs": 549.04},
        "tracing": {"spanId": "24cd7d670fa455f0", "type": "X-Amzn-Trace-Id", "value": f"Root={XRAY};Parent=35465b3a9e2f7c6a;Sampled=1"}}})


def waf(moment, action="BLOCK"):
    return json.dumps({
        "timestamp": moment, "formatVersion": 1, "webaclId": f"arn:aws:wafv2:eu-west-1:{OWNER}:regional/webacl/shop/1", "terminatingRuleId": "SqlInjection",
        "terminatingRuleType": "REGULAR", "action": action, "httpSourceName": "ALB", "httpSourceId": "app/shop/1", "ruleGroupList": [], "labels": [{"name": "x:y"}],
        "httpRequest": {"clientIp": "203.0.113.9", "country": "DE", "headers": [{"name": "Host", "value": "shop.example"}, {"name": "User-Agent", "value": "curl/8"}],
                        "uri": "/login", "args": "id=1", "httpVersion": "HTTP/1.1", "httpMethod": "POST", "requestId": "req-1"}})


def query(moment, code="NOERROR"):
    return json.dumps({"version": "1.100000", "account_id": "012345678901", "region": "us-east-1", "vpc_id": "vpc-0123456789abcdef0",
                       "query_timestamp": iso_of(moment)[:-5] + "Z", "query_name": "db.internal.", "query_type": "A", "query_class": "IN", "rcode": code,
                       "answers": [{"Rdata": "10.0.3.8", "Type": "A", "Class": "IN"}], "srcaddr": "10.0.1.17", "srcport": "60306", "transport": "UDP",
                       "srcids": {"instance": "i-0d15cd0d3adae50ad"}})


def gateway(moment, status=200):
    when = datetime.fromtimestamp(moment / 1000, timezone.utc).strftime("%d/%b/%Y:%H:%M:%S +0000")
    return json.dumps({"requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef", "ip": "203.0.113.7", "caller": "-", "user": "alice", "requestTime": when,
                       "httpMethod": "GET", "resourcePath": "/orders/{id}", "status": str(status), "protocol": "HTTP/1.1", "responseLength": "88",
                       "responseLatency": 12, "integrationLatency": "9"})


def gateway_clf(moment):
    when = datetime.fromtimestamp(moment / 1000, timezone.utc).strftime("%d/%b/%Y:%H:%M:%S +0000")
    return f'203.0.113.7 - alice [{when}] "GET /orders/{{id}} HTTP/1.1" 200 88 c6af9ac6-7b61-11e6-9a41-93e8deadbeef'


def application(moment, chance):
    """A line of an application, in JSON."""
    level, text = chance.choices([("INFO", "order accepted"), ("WARN", "stock is low"), ("ERROR", "payment provider did not answer")], [80, 15, 5])[0]
    return json.dumps({"time": iso_of(moment), "level": level, "message": text, "trace_id": f"{chance.getrandbits(128):032x}",
                       "duration": round(chance.uniform(1, 900), 1), "order": {"id": f"{chance.randint(0, 10**12):012d}", "total": round(chance.uniform(1, 500), 2)}})


def everything(count=1_200, seed=17, hours=6, end=START):
    """Payloads of every dataset over some hours up to `end`, for whoever needs a server with something in it."""
    chance, identifiers = random.Random(seed), Identifiers(9_000_000)
    moments = sorted(end - chance.randrange(hours * 3_600_000) for _ in range(count))
    kinds = {
        ("/vpc/flow", "eni-all"): lambda at: flow(at, chance.choice(["ACCEPT", "ACCEPT", "REJECT"]), f"198.51.100.{chance.randint(1, 40)}", chance.randint(40, 90_000)),
        ("/audit/trail", "trail"): lambda at: trail(at, chance.choice(["PutObject", "GetObject", "AssumeRole"]), chance.choice([None, None, "AccessDenied"]),
                                                    chance.choice(["ci", "anna"])),
        ("/aws/lambda/orders", "2026/11/21/[$LATEST]0f8d3c52"): lambda at: chance.choice([
            report(round(chance.lognormvariate(4, 1), 2), chance.choice(["", "Init Duration: 212.78 ms\t"])), f"START RequestId: {REQUEST} Version: $LATEST\n",
            f"{iso_of(at)} {REQUEST} Task timed out after 3.00 seconds\n"]),
        ("/web/access", "web-1"): lambda at: access(at, chance.choice([200, 200, 200, 304, 404, 503]), chance.randint(0, 90_000),
                                                    chance.choice(["/", "/cart", "/search?q=a"])),
        ("/api/access", "stage"): lambda at: gateway(at, chance.choice([200, 200, 404, 500])),
        ("aws-waf-logs-shop", "eu-west-1_shop_0"): lambda at: waf(at, chance.choice(["ALLOW", "ALLOW", "BLOCK"])),
        ("/dns/queries", "vpc"): lambda at: query(at, chance.choice(["NOERROR", "NOERROR", "NXDOMAIN"])),
        ("/app/shop", "app-1"): lambda at: application(at, chance),
    }
    made = []
    for place, ((group, stream), line) in enumerate(kinds.items()):
        own = moments[place::len(kinds)]
        events = [{"id": identifiers.take(), "timestamp": at, "message": line(at)} for at in own]
        made += [document(events[at:at + 60], group=group, stream=stream) for at in range(0, len(events), 60)]
    return made


def packed(payloads):
    return [pack(payload) for payload in payloads]
