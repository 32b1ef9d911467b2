"""Log lines of several kinds, generated: realistic in form, the same for the same seed, about nobody (addresses from the blocks that RFC 5737 sets
apart for documentation)."""

import json
import random
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timezone

HOURS = 3
# When what the demo's alarms look for (rules.yaml beside this) begins, before the end in ms: so long ago that they can be OK again at once, and not so
# long that it would be too late to count. Nothing else may set them off.
EPISODE = 12 * 60_000
ACCOUNT = "000000000000"  # The account id of the local AWS.


@dataclass
class LogStream:
    """A log stream and what is to be written to it: (timestamp in ms, message), in order of time."""

    group: str
    name: str
    events: list = field(default_factory=list)


def moments(chance, count, end):
    """Times of the last hours in ms, in order; busier towards the end, as logs are."""
    return sorted(end - int(HOURS * 3_600_000 * (1 - chance.random() ** 0.7)) for _ in range(count))


def address(chance):
    return f"{chance.choice(['192.0.2', '198.51.100', '203.0.113'])}.{chance.randint(1, 254)}"


def access_lines(chance, count, end):
    paths = ["/", "/products", "/products/4711", "/cart", "/checkout", "/static/app.css", "/api/v1/orders", "/search?q=caf%C3%A9", "/favicon.ico"]
    agents = ["Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0", "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X)", "curl/8.11.0", "Googlebot/2.1"]
    for moment in moments(chance, count, end):
        status = chance.choices([200, 301, 304, 403, 500, 503], [80, 3, 6, 8, 2, 1])[0]
        yield moment, access_line(chance, moment, f"{chance.choice(['GET', 'GET', 'POST'])} {chance.choice(paths)}", status, chance.choice(agents))


def access_line(chance, moment, request, status, agent):
    when = datetime.fromtimestamp(moment / 1000, timezone.utc).strftime("%d/%b/%Y:%H:%M:%S +0000")
    return (f'{address(chance)} - {chance.choice(["-", "-", "-", "anna", "josé"])} [{when}] "{request} HTTP/1.1" {status} {chance.randint(0, 90_000)} "-" '
            f'"{agent}"')


def lost_file(chance, end):
    """A deployment forgot a file: 24 times it is not found, within a minute."""
    for number in range(24):
        moment = end - EPISODE + 1_900 * number
        yield moment, access_line(chance, moment, "GET /static/app.4f1c.css", 404, "Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0")


def application_lines(chance, count, end):
    steps = [("INFO", "order accepted"), ("INFO", "payment authorised"), ("WARN", "stock is low"), ("ERROR", "payment provider did not answer\n  at pay()")]
    for moment in moments(chance, count, end):
        level, text = chance.choices(steps, [60, 30, 7, 3])[0]
        yield moment, json.dumps({
            "time": datetime.fromtimestamp(moment / 1000, timezone.utc).isoformat(timespec="milliseconds"), "level": level, "message": text,
            "order": chance.randint(10**15, 10**16), "customer": f"{chance.randint(0, 10**12):012d}",
            # Somebody's mistake: a field of numbers that once in a while is none. The indexer sets such a line aside as text.
            "amount": "unknown" if chance.random() < 0.004 else round(chance.uniform(1, 500), 2),
            "currency": chance.choice(["€", "$", "¥"]), "trace_id": f"{chance.getrandbits(128):032x}", "tags": chance.sample(["web", "app", "b2b"], 2)},
            ensure_ascii=False)


def flow_lines(chance, count, end):
    """VPC Flow Logs, version 2, the default format."""
    interface = f"eni-0{chance.getrandbits(64):016x}"
    for moment in moments(chance, count, end):
        start = moment // 1000
        if chance.random() < 0.03:
            yield moment, f"2 {ACCOUNT} {interface} - - - - - - - {start} {start + 60} - NODATA"
            continue
        packets = chance.randint(1, 400)
        yield moment, (f"2 {ACCOUNT} {interface} {address(chance)} 10.0.{chance.randint(0, 3)}.{chance.randint(4, 250)} "
                       f"{chance.choice([22, 80, 443, 3389])} {chance.randint(1024, 65535)} {chance.choice([6, 6, 6, 17])} {packets} "
                       f"{packets * chance.randint(40, 1500)} {start} {start + 60} {chance.choices(['ACCEPT', 'REJECT'], [9, 1])[0]} OK")


def lambda_lines(chance, count, end):
    """START, what the function says, END, REPORT; as Lambda ends them, with a newline. Some starts are cold, some invocations fail."""
    for moment in moments(chance, count // 4, end):
        request = uuid.UUID(int=chance.getrandbits(128), version=4)
        duration = chance.lognormvariate(3.5, 0.8)
        when = datetime.fromtimestamp(moment / 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        fate = chance.choices(["well", "error", "timeout", "killed"], [94, 4, 1, 1])[0]
        memory, status = chance.randint(70, 120), ""
        yield moment, f"START RequestId: {request} Version: $LATEST\n"
        if fate == "error":
            yield moment, f"{when}\t{request}\tERROR\torder {chance.randint(1, 99_999)} failed: no such customer\n"
        else:
            yield moment, f"{when}\t{request}\tINFO\torder {chance.randint(1, 99_999)} stored\n"
        if fate == "timeout":
            duration, status = 3000, "\tStatus: timeout"
            yield moment + 3000, f"{when} {request} Task timed out after 3.00 seconds\n"
        if fate == "killed":
            memory, status = 256, "\tStatus: error\tError Type: Runtime.ExitError"
            yield moment + int(duration), f"RequestId: {request} Error: Runtime exited with error: signal: killed\nRuntime.ExitError\n"
        cold = f"\tInit Duration: {chance.uniform(120, 480):.2f} ms" if chance.random() < 0.1 else ""
        yield moment + int(duration), f"END RequestId: {request}\n"
        yield moment + int(duration), (f"REPORT RequestId: {request}\tDuration: {duration:.2f} ms\tBilled Duration: {int(duration) + 1} ms\t"
                                       f"Memory Size: 256 MB\tMax Memory Used: {memory} MB{cold}{status}\t\n")


def trail_lines(chance, count, end):
    """Events of CloudTrail."""
    calls = [("ec2", "DescribeInstances", True), ("s3", "GetBucketAcl", True), ("sts", "AssumeRole", True), ("ec2", "RunInstances", False),
             ("iam", "CreateAccessKey", False), ("kms", "Decrypt", True), ("signin", "ConsoleLogin", False), ("s3", "PutBucketPolicy", False)]
    for moment in moments(chance, count, end):
        call = chance.choices(calls, [30, 20, 25, 3, 2, 15, 3, 2])[0]
        root, user = chance.random() < 0.02, chance.choice(["mary", "paul", "deploy", "audit"])
        event = trail_event(chance, moment, *call, "root" if root else user, {"instanceType": "t4g.small"} if call[1] == "RunInstances" else None)
        if call[1] == "ConsoleLogin":
            failed = chance.random() < 0.3
            event |= {"responseElements": {"ConsoleLogin": "Failure" if failed else "Success"}, "eventType": "AwsConsoleSignIn",
                      "additionalEventData": {"MFAUsed": chance.choice(["Yes", "Yes", "No"])}, **({"errorMessage": "Failed authentication"} if failed else {})}
        elif chance.random() < 0.06:
            event |= {"errorCode": chance.choice(["AccessDenied", "Client.UnauthorizedOperation"]), "errorMessage": "not authorized"}
        yield moment, json.dumps(event)


def trail_event(chance, moment, service, name, read_only, user, request):
    root = user == "root"
    identity = {"type": "Root" if root else "IAMUser", "principalId": ACCOUNT if root else f"AIDA{user.upper()}EXAMPLE", "accountId": ACCOUNT,
                "arn": f"arn:aws:iam::{ACCOUNT}:" + ("root" if root else f"user/{user}"), **({} if root else {"userName": user})}
    return {"eventVersion": "1.11", "userIdentity": identity,
            "eventTime": datetime.fromtimestamp(moment // 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"), "eventSource": f"{service}.amazonaws.com",
            "eventName": name, "awsRegion": chance.choice(["eu-west-1", "us-east-1"]), "sourceIPAddress": address(chance),
            "userAgent": chance.choice(["aws-cli/2.31.0", "Boto3/1.41.0", "console.amazonaws.com"]), "requestParameters": request, "responseElements": None,
            "requestID": str(uuid.UUID(int=chance.getrandbits(128), version=4)), "eventID": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
            "readOnly": read_only, "eventType": "AwsApiCall", "managementEvent": True, "recipientAccountId": ACCOUNT, "eventCategory": "Management"}


def expensive_launch(chance, end):
    """Somebody launches an instance that costs some hundred dollars an hour."""
    moment = end - EPISODE + 90_000
    yield moment, json.dumps(trail_event(chance, moment, "ec2", "RunInstances", False, "paul", {"instanceType": "p5.48xlarge", "minCount": 1, "maxCount": 1}))


def gateway_lines(chance, count, end):
    """Access logs of API Gateway, in the JSON format that its console proposes, with latencies."""
    for moment in moments(chance, count, end):
        latency = chance.lognormvariate(3.8, 0.7)
        yield moment, json.dumps({
            "requestId": str(uuid.UUID(int=chance.getrandbits(128), version=4)), "ip": address(chance), "caller": "-", "user": "-",
            "requestTime": datetime.fromtimestamp(moment / 1000, timezone.utc).strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "httpMethod": chance.choice(["GET", "GET", "POST", "DELETE"]), "resourcePath": chance.choice(["/orders", "/orders/{id}", "/customers/{id}"]),
            "status": str(chance.choices([200, 201, 400, 404, 429, 502], [80, 8, 4, 5, 2, 1])[0]), "protocol": "HTTP/1.1",
            "responseLength": str(chance.randint(20, 20_000)), "responseLatency": f"{latency:.0f}", "integrationLatency": f"{latency * 0.8:.0f}"})


KINDS = {
    "/demo/access-log": (access_lines, ["web-1", "web-2"], 1_000),
    "/demo/application": (application_lines, ["app-1", "app-2"], 750),
    "/demo/vpc-flow-logs": (flow_lines, ["eni-0a1b2c3d4e5f60718-all"], 1_500),
    "/aws/lambda/demo-orders": (lambda_lines, ["2026/11/21/[$LATEST]5b1c2d3e4f5061728394a5b6c7d8e9f0"], 1_200),
    "/demo/cloudtrail": (trail_lines, [f"{ACCOUNT}_CloudTrail_us-east-1"], 600),
    "/demo/api-gateway": (gateway_lines, ["0a1b2c3d"], 600),
}
# In which log streams what the alarms are to find is.
EPISODES = {("/demo/access-log", "web-1"): lost_file, ("/demo/cloudtrail", f"{ACCOUNT}_CloudTrail_us-east-1"): expensive_launch}


def generate(end, *, seed=20261121, share=1.0):
    """All log streams, filled; `share` scales the number of lines."""
    streams = []
    for group, (lines, names, count) in KINDS.items():
        for name in names:
            chance = random.Random(f"{seed} {group} {name}")
            episode = list(EPISODES[group, name](chance, end)) if (group, name) in EPISODES else []
            usual = lines(chance, max(4, int(count * share) - len(episode)), end)
            streams.append(LogStream(group, name, sorted([*usual, *episode], key=lambda event: event[0])))
    return streams
