"""What the alarmers tell: to programs, by a queue that all topics of a stack have for a subscriber, and to people, by the local AWS's post."""

import json
import sys
from collections import Counter
from dataclasses import dataclass

from .deployment import EMAIL, PHONE, outputs
from .screen import LOCAL, ROOT

sys.path.insert(0, str(ROOT / "tests" / "cloud"))

from harness.cloud import wait_until  # noqa: E402

TOPICS = ("CriticalTopicArn", "HighTopicArn", "MediumTopicArn", "LowTopicArn", "InfoTopicArn")
# What has to be told, once: the episodes of sources.py, by the alarms of rules.yaml.
NAMES = ("access-404", "cloudtrail-expensive-instances")
DUE = Counter({(name, state): 1 for name in NAMES for state in ("ALARM", "OK")})


@dataclass
class Listener:
    """A stack's topics and what came of them."""

    name: str
    stack: str
    topics: list
    queue: str
    port: int
    documents: list  # As they came.

    def refresh(self, clients):
        while messages := clients.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                told = json.loads(json.loads(message["Body"])["Message"])
                self.documents += told.get("notifications", [told])
                clients.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return self

    def states(self):
        """(alarm, state) of each document."""
        return Counter((told["alarm"], told["state"]) for told in self.documents)

    def document(self, alarm, state):
        return next(told for told in self.documents if (told["alarm"], told["state"]) == (alarm, state))

    def post(self, protocol):
        """E-mails or text messages, as they came."""
        file = LOCAL / f"cloud-{self.port}" / "post.ndjson"
        sent = map(json.loads, file.read_text().splitlines()) if file.exists() else []
        return [one for one in sent if one["topic"] in self.topics and one["protocol"] == protocol]

    def emails(self):
        """(alarm, state) to the e-mail: its subject begins `ALARM: access-404 (high)`."""
        return [((mail["subject"].split()[1], mail["subject"].partition(":")[0]), mail) for mail in self.post("email") if mail["to"] == EMAIL]

    def texts(self):
        """(alarm, state) to the text message, which begins `ALARM access-404 `."""
        return [((text["text"].split()[1], text["text"].split()[0]), text) for text in self.post("sms") if text["to"] == PHONE]


@dataclass
class Verdict:
    path: str
    documents: int
    emails: int
    texts: int
    repeated: int  # Documents with the id of an earlier one.
    holds: bool


def listen(clients, port):
    """Listeners of both stacks: what is told from now on."""
    found = []
    for path, stack in (("log group → alarmer → SNS", "logweir-direct"), ("stream → alarmer → SNS", "logweir-stream")):
        names = outputs(clients, stack)
        queue = clients.sqs.create_queue(QueueName=f"{stack}-told")["QueueUrl"]
        arn = clients.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        topics = [names[topic] for topic in TOPICS]
        # At AWS the queue's policy must let SNS send to it.
        for topic in topics:
            clients.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
        found.append(Listener(path, stack, topics, queue, port, []))
    return found


def schedule(clients, stack):
    """The stack's schedule, as it was deployed."""
    function = outputs(clients, stack)["AlarmerFunctionName"]
    (found,) = [entry for entry in clients.scheduler.list_schedules()["Schedules"] if entry["Target"]["Arn"].endswith(f":{function}")]
    return clients.scheduler.get_schedule(GroupName=found["GroupName"], Name=found["Name"])


def evaluate(clients, stack):
    """Does what the schedule does each minute, now: invokes its function with its input. The function's answer."""
    target = schedule(clients, stack)["Target"]
    answer = getattr(clients, "lambda").invoke(FunctionName=target["Arn"], Payload=target["Input"])
    return json.loads(answer["Payload"].read())


def await_all(clients, listeners, *, seconds=60):
    """Waits until all that is due is told (or the time is up: the verdict says what is missing), and sends the schedule's event where the schedule itself
    has not been there yet. The answer: in how many stacks it was sent so."""
    def told(state):
        due = {key for key in DUE if key[1] == state}
        return all(due <= set(listener.refresh(clients).states()) for listener in listeners)

    sent = 0
    try:
        wait_until(lambda: told("ALARM"), seconds=seconds, what="all alarms")
        for listener in listeners:
            if not {key for key in DUE if key[1] == "OK"} <= set(listener.refresh(clients).states()):
                evaluate(clients, listener.stack)
                sent += 1
        wait_until(lambda: told("OK"), seconds=seconds, what="all to be well again")
        before = None
        while before != (before := [len(listener.refresh(clients).documents) for listener in listeners]):
            wait_until(lambda: True, interval=1)
    except TimeoutError:
        pass
    return sent


def verdict(listener):
    """Each alarm has told each state once, in each of the three forms."""
    emails, texts = (Counter(key for key, _ in found) for found in (listener.emails(), listener.texts()))
    ids = {told["notification_id"] for told in listener.documents}
    holds = listener.states() == emails == texts == DUE
    return Verdict(listener.name, len(listener.documents), emails.total(), texts.total(), len(listener.documents) - len(ids), holds)
