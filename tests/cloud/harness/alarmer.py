"""An alarmer and all that is around it: a table in DynamoDB Local, topics with a queue behind each, rules in S3, a proxy in front of all of it.

Time is not waited for: events may be some minutes old, and the schedule's event is sent by the test."""

import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from . import balance
from .faults import FaultProxy
from .payload import Identifiers, awslogs_event, document, kinesis_event, log_events, pack
from .poller import Shard
from .runtime import Runtime

MINUTE = 60_000
SCHEDULE = {"logweir": "evaluate"}
# The schedule keeps ten seconds back for publishing (evaluate.rs): with less it looks at nothing.
SCHEDULE_TIMEOUT = 15
DONE = (None, {"batchItemFailures": []})


def minutes_ago(count):
    """A whole minute, in milliseconds since 1970."""
    return int(time.time()) // 60 * MINUTE - count * MINUTE


def not_found(user="frank", page="/admin"):
    return f'203.0.113.7 - {user} [21/Nov/2026:11:20:00 +0000] "GET {page} HTTP/1.1" 404 153'


NOT_FOUND = "[ip, id, user, timestamp, request, status = 404, bytes]"


def alarm(name="too-many-404", **more):
    """The bar's alarm, or another: more than three pages not found within five minutes."""
    base = {"name": name, "description": "More than three pages were not found", "severity": "high", "pattern": NOT_FOUND,
            "comparison": "GreaterThanThreshold", "threshold": 3, "period": 300}
    return {key: value for key, value in (base | more).items() if value is not None}


def rules(*alarms, **more):
    """A rules file. JSON is YAML."""
    return json.dumps({"version": 1, "alarms": list(alarms), **more}, indent=1)


@dataclass(frozen=True)
class Told:
    """A message as a subscriber's queue got it."""

    topic: str
    document: dict
    attributes: dict
    subject: str | None

    @property
    def each(self):
        """What it tells: one document, or those of a message that lists many."""
        return self.document.get("notifications", [self.document])

    @property
    def states(self):
        return [(one["alarm"], one["state"]) for one in self.each]


class Function(Runtime):
    """The alarmer's process, whose schedule has more time than its batches have in tests."""

    def invoke(self, event, timeout=None):
        return super().invoke(event, timeout or (max(SCHEDULE_TIMEOUT, self.timeout) if event == SCHEDULE else None))


class Scene:
    """`topics` are the names that rules and severities know; with `chat` there is one for AWS's chat service too."""

    def __init__(self, binary, cloud, dynamodb, name, rules, *, topics=("medium", "high"), chat=False, timeout=20, **environment):
        self.name, self.binary, self.timeout = name, binary, timeout
        self.cloud, self.table = cloud, dynamodb.dynamodb
        self.proxy = FaultProxy(cloud.url, dynamodb=dynamodb.url)
        self.received, self.running, self.queues = [], [], {}
        self.identifiers = Identifiers(random.Random(name).randrange(1 << 60))
        self.key = "rules.yaml"
        self.cloud.s3.create_bucket(Bucket=name)
        self.cloud.s3.create_bucket(Bucket=f"{name}-dead")
        if rules is not None:
            self.put_rules(rules)
        self.make_table()
        self.arns = {topic: self.subscribe(topic) for topic in (*topics, *(["chat"] if chat else []))}
        self.environment = {
            "AWS_ENDPOINT_URL": self.proxy.url, "STATE_TABLE": name, "DEAD_LETTER_BUCKET": f"{name}-dead", "RULES_SOURCE": f"s3://{name}/{self.key}",
            "TOPIC_ARNS": ",".join(f"{topic}={self.arns[topic]}" for topic in topics), **({"CHAT_TOPIC_ARN": self.arns["chat"]} if chat else {}), **environment}

    def close(self):
        for runtime in self.running:
            runtime.close()
        self.proxy.close()
        self.table.delete_table(TableName=self.name)

    def put_rules(self, text):
        self.cloud.s3.put_object(Bucket=self.name, Key=self.key, Body=text.encode())

    def make_table(self):
        """The table as the template makes it."""
        self.table.create_table(
            TableName=self.name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "S"}])

    def subscribe(self, topic):
        """A topic with a queue that gets all of it."""
        arn = self.cloud.sns.create_topic(Name=f"{self.name}-{topic}")["TopicArn"]
        url = self.cloud.sqs.create_queue(QueueName=f"{self.name}-{topic}")["QueueUrl"]
        queue = self.cloud.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        self.cloud.sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue)
        self.queues[topic] = url
        return arn

    def start(self, **environment):
        """A process more of the same function."""
        runtime = Function(self.binary, {**self.environment, **environment}, timeout=self.timeout, name="alarmer")
        self.running.append(runtime)
        return runtime

    # --- What comes in ---

    def payload(self, messages, at, step=10_000, group="/app/web", **more):
        return document(log_events(messages, self.identifiers, start=at, step=step), group=group, **more)

    def missing(self, count, at, user="frank", step=10_000):
        """A payload of so many pages that were not found."""
        return self.payload([not_found(user, f"/{number}") for number in range(count)], at, step)

    # --- What goes out ---

    def told(self, topic=None):
        """All messages so far, in the order in which they came; those of chat only by name."""
        for name, url in self.queues.items():
            while found := self.cloud.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
                for message in found:
                    self.received.append(told_of(name, json.loads(message["Body"])))
                    self.cloud.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [one for one in self.received if one.topic == topic or topic is None and one.topic != "chat"]

    def chat(self):
        return self.told("chat")

    def states(self):
        return [one["state"] for told in self.told() for one in told.each]

    def ids(self, state=None):
        """Of all that was told, with repeats."""
        return [one["notification_id"] for told in self.told() for one in told.each if state in (None, one["state"])]

    def published(self):
        """The parameters of what SNS took."""
        return [request.form() for request in self.proxy.requests if request.is_publish and request.forwarded]

    def table_requests(self):
        return [request for request in self.proxy.requests if request.is_table]

    def items(self, beginning=""):
        pages = self.table.get_paginator("scan").paginate(TableName=self.name, ConsistentRead=True)
        return [item for page in pages for item in page["Items"] if item["pk"]["S"].startswith(beginning)]

    def outbox(self):
        """What waits to be published: the leases, in milliseconds since 1970."""
        return [int(entry["M"]["lease"]["N"]) for item in self.items("status/") for entry in item["outbox"]["M"].values()]

    def wait_for_leases(self):
        """Until nobody holds anything that waits."""
        last = max(self.outbox(), default=0) / 1000
        time.sleep(max(0.0, last - time.time() + 0.1) if last else 0)

    # --- What would need waiting ---

    def change_statuses(self, change):
        """Changes items of statuses where they lie, as if time had passed."""
        for item in self.items("status/"):
            change(item)
            self.table.put_item(TableName=self.name, Item=item)

    def end_quiet_hours(self):
        def end(item):
            for entry in item["outbox"]["M"].values():
                entry["M"]["not_before"] = {"N": "1"}

        self.change_statuses(end)

    def told_earlier(self, hours):
        """What was told last, was told so many hours earlier."""

        def move(item):
            status = json.loads(item["status"]["S"])
            status["announced"]["at"] -= hours * 60 * MINUTE
            item["status"]["S"] = json.dumps(status)

        self.change_statuses(move)


    def begun_earlier(self, minutes):
        """Statuses were first looked at so many minutes earlier, and never since."""

        def move(item):
            status = json.loads(item["status"]["S"])
            for name in {"since", "begun", "judged_from", "clock", "active_until"} & {*status}:
                status[name] -= minutes * MINUTE
            item["status"]["S"] = json.dumps(status)

        self.change_statuses(move)

    def explain(self):
        """What is in the table and what was logged, for who looks into a failure."""
        logged = [line for runtime in self.running for line in runtime.logs if isinstance(line, dict) and line.get("level") != "INFO"]
        return "\n".join(map(json.dumps, self.items("status/") + logged))


def told_of(topic, envelope):
    text = json.loads(envelope["Message"])
    attributes = {name: value["Value"] for name, value in envelope.get("MessageAttributes", {}).items()}
    return Told(topic, text, attributes, envelope.get("Subject"))


def logs(payload):
    return awslogs_event(pack(payload))


def stream(payloads):
    shard = Shard()
    return kinesis_event([shard.put(pack(payload)) for payload in payloads])


def shuffled(payloads, seed):
    """The same events in other payloads and another order."""
    chance = random.Random(seed)
    (head,) = {(one["logGroup"], one["logStream"], one["owner"]) for one in payloads}
    events = [event for one in payloads for event in one["logEvents"]]
    chance.shuffle(events)
    found = []
    while events:
        size = chance.randint(1, 5)
        part, events = events[:size], events[size:]
        found.append(document(part, group=head[0], stream=head[1], owner=head[2]))
    return found


def accounts(outcome):
    """The balance's line, checked."""
    lines = [line for line in outcome.metrics if "ReceivedRecords" in line]
    return balance.check(replace(outcome, metrics=lines))


def counts(outcome):
    """The line of the alarmer's own counts."""
    (line,) = [line for line in outcome.metrics if "StateWriteUnits" in line]
    return line


def measures(outcome):
    """What alarms found: (alarm, matches, values) of each line."""
    return [(line["Alarm"], line["Matches"], line.get("Value")) for line in outcome.metrics if "Alarm" in line]


def at_once(*calls):
    """Calls at the same time; their answers."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]
