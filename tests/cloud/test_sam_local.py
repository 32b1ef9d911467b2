"""`sam local invoke` of the real binaries on every file of events/, each function that events/README.md names for it, and what came of it in S3.

Where no Docker engine answers, each of these tests is skipped by name; LOGWEIR_REQUIRE_DOCKER=1 (CI) makes that a failure. `scripts/setup docker`
sets up what they need. An invocation takes two to five seconds, nearly all of it the SAM CLI's own start: so two run at a time, begun when the first
test asks, and each test waits for its own. That is fast enough not to need `sam local start-lambda`, which would test another way in."""

import base64
import gzip
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest

from conftest import ROOT
from harness.cloud import lines, objects
from harness.payload import Identifiers, awslogs_event, document, expected_lines, log_events, pack
from sam_local.cloud import ARCHIVE, DEAD_LETTERS, FORWARD, SEVERITIES, STATE, ContainerCloud, bridge

EVENTS = ROOT / "events"
EXPECTED = ROOT / "tests" / "it" / "expected"
IMAGE = "public.ecr.aws/lambda/provided:al2023-rapid-x86_64"
ARCHIVER, TRANSFORMER, INDEXER, ALARMER = "ArchiverFunction", "TransformerFunction", "IndexerFunction", "AlarmerFunction"
ROLE = {ARCHIVER: "archiver", TRANSFORMER: "transformer", INDEXER: "indexer", ALARMER: "alarmer"}


def generator():
    """events/generate, which is a program without the ending .py."""
    loader = SourceFileLoader("events_generate", str(EVENTS / "generate"))
    module = module_from_spec(spec_from_loader(loader.name, loader))
    sys.modules[loader.name] = module
    loader.exec_module(module)
    return module


CASES = list(generator().cases())
# The alarmer decodes with the same code: a file of each way in, and of each way that it can end.
WATCHED = ["awslogs-data", "awslogs-control", "awslogs-corrupt", "awslogs-empty-events", "kinesis-mixed", "firehose-kinesis", "s3-put", "schedule-evaluate"]
PAIRS = [pytest.param(name, function, id=f"{name}-{ROLE[function]}") for name, function in [
    *((case.name, function) for case in CASES for function in case.outcomes), *((name, ALARMER) for name in WATCHED)]]


def load(folder, name):
    return json.loads((folder / f"{name}.json").read_text())


def payloads(event):
    """The base64 texts of an event, by the names of their records."""
    if "awslogs" in event:
        return {"awslogs": event["awslogs"]["data"]}
    if "records" in event:
        return {record["recordId"]: record["data"] for record in event["records"]}
    return {record["kinesis"]["sequenceNumber"]: record["kinesis"]["data"] for record in event["Records"] if "kinesis" in record}


# --- Without a container ---

def test_the_events_are_what_their_generator_writes():
    subprocess.run([sys.executable, str(EVENTS / "generate"), "--check"], check=True)


@pytest.mark.parametrize("name", [case.name for case in CASES])
def test_the_expectation_agrees_with_python(name):
    """tests/it/expected/ was written by the Rust code and read by a person; here Python reads the same payloads by code of its own."""
    event, expected = load(EVENTS, name), load(EXPECTED, name)
    if "refused" in expected:
        return
    if "archiver" in expected:
        found = [line for stored in expected["archiver"]["objects"] for line in stored["lines"]]
        failed = {letter["record"] for letter in expected["archiver"]["letters"]}
    else:
        answers = expected["transformer"]["records"]
        found = [line for answer in answers for line in answer.get("lines", [])]
        failed = {answer["recordId"] for answer in answers if answer["result"] == "ProcessingFailed"}
    wanted = [line for record, data in payloads(event).items() if record not in failed for line in readable(data)]
    # As pairs: the order of keys is part of the contract.
    order = [sorted(list(json.loads(line, object_pairs_hook=list)) for line in found), sorted([list(pairs(line)) for line in wanted])]
    assert order[0] == order[1]


def pairs(value):
    """A value as object_pairs_hook=list shows it."""
    return [(key, pairs(inner)) for key, inner in value.items()] if isinstance(value, dict) else value


def readable(code):
    """The records that a payload must become, by Python's own decompressor and JSON parser."""
    data = base64.b64decode(code + "=" * (-len(code) % 4), validate=True)
    for _layer in range(2):
        plain = b""
        while data[:1] not in (b"", b"{"):
            machine = zlib.decompressobj(wbits=47)
            plain, data = plain + machine.decompress(data), machine.unused_data.lstrip(b"\0")
        data = plain or data
    document = json.loads(data)
    return expected_lines(document) if document["messageType"] == "DATA_MESSAGE" else []


# --- In containers ---

@dataclass
class Invocation:
    """One `sam local invoke`: the function's answer, its line of metrics, and where it wrote."""

    answer: object
    metrics: dict | None
    log: str
    suffix: str


class Sam:
    """Runs functions in containers, two at a time."""

    def __init__(self, sam, folder, cloud, port):
        self.sam, self.folder, self.cloud, self.port = sam, folder, cloud, port
        self.pool = ThreadPoolExecutor(2)
        self.begun = {}
        # Read once, in the thread that makes this.
        kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        self.environment = {**kept, "SAM_CLI_TELEMETRY": "0", "SAM_CLI_ENABLE_LANGUAGE_EXTENSIONS": "1", "PYTHONWARNINGS": "ignore",
                            "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_DEFAULT_REGION": "us-east-1",
                            "AWS_EC2_METADATA_DISABLED": "true"}

    def begin(self, name, function):
        if (name, function) not in self.begun:
            self.begun[name, function] = self.pool.submit(self._invoke, name, function, f"-{len(self.begun) + 1}")
        return self.begun[name, function]

    def _invoke(self, name, function, suffix):
        """Each invocation has buckets, a stream, a table and topics of its own, so that all that is in them is its doing."""
        self.cloud.prepare(suffix)
        return self.run_beside_cloud(function, EVENTS / f"{name}.json", suffix)

    def run_beside_cloud(self, function, event, suffix):
        variables = self.folder / f"environment{suffix}.json"
        variables.write_text(json.dumps({
            ARCHIVER: {"ARCHIVE_BUCKET": ARCHIVE + suffix, "DEAD_LETTER_BUCKET": DEAD_LETTERS + suffix},
            TRANSFORMER: {"FORWARD_STREAM": FORWARD + suffix, "DEAD_LETTER_BUCKET": DEAD_LETTERS + suffix},
            ALARMER: {"STATE_TABLE": STATE + suffix, "DEAD_LETTER_BUCKET": DEAD_LETTERS + suffix, "TOPIC_ARNS": topics(suffix)}}))
        return self.run(function, event, "template.yaml", [f"Endpoint=http://host.docker.internal:{self.port}"], variables, suffix)

    def run(self, function, event, template, overrides, variables=None, suffix=""):
        command = [self.sam, "local", "invoke", function, "--template", template, "--event", str(event),
                   "--parameter-overrides", *overrides, *(["--env-vars", str(variables)] if variables else [])]
        done = subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"{' '.join(command)}\nended with {done.returncode}\n{done.stdout}\n{done.stderr}"
        metrics = metrics_in(done.stderr)
        assert len(metrics) <= 1, done.stderr
        assert done.stdout.strip(), f"{' '.join(command)} printed no answer:\n{done.stderr}"
        return Invocation(json.loads(done.stdout), metrics[0] if metrics else None, done.stderr, suffix)

    def items(self, suffix):
        """What the alarmer of an invocation knows."""
        return self.cloud.client("dynamodb").scan(TableName=STATE + suffix)["Items"]

    def close(self):
        self.pool.shutdown(cancel_futures=True)


def topic(severity, suffix):
    return f"arn:aws:sns:us-east-1:000000000000:logweir-{severity}{suffix}"


def topics(suffix):
    return ",".join(f"{severity}={topic(severity, suffix)}" for severity in SEVERITIES)


def metrics_in(log):
    """The balances among the lines of Embedded Metric Format that came through whole. One invocation in ten or so they do not: the SAM CLI fetches a container's log beside
    the invocation and now and then comes too late (github.com/aws/aws-sam-cli/issues/4222)."""
    found = []
    for line in log.splitlines():
        if line.startswith("{") and '"_aws"' in line and '"ReceivedRecords"' in line:
            try:
                found.append(json.loads(line))
            except ValueError:
                pass
    return found


def missing():
    """Why `sam local invoke` cannot run here, or nothing."""
    if platform.machine() != "x86_64":
        return "scripts/docker-engine makes its image for x86_64 alone"
    if shutil.which("docker") is None or subprocess.run(["docker", "info"], capture_output=True).returncode != 0:
        return "no Docker engine answers: scripts/setup docker installs and starts one"
    try:
        free_port(bridge())
    except OSError:
        return f"the engine's bridge {bridge()} is no address of this machine (Docker Desktop?): a local AWS cannot listen there"
    return None


def free_port(address):
    with socket.socket() as probe:
        probe.bind((address, 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def engine():
    reason = missing()
    if reason and os.environ.get("LOGWEIR_REQUIRE_DOCKER"):
        pytest.fail(f"{reason} (LOGWEIR_REQUIRE_DOCKER is set)")
    if reason:
        pytest.skip(reason)
    if subprocess.run(["docker", "image", "inspect", IMAGE], capture_output=True).returncode != 0:
        subprocess.run([str(ROOT / "scripts" / "docker-engine"), "up"], check=True)


@pytest.fixture(scope="session")
def sam(request, engine, transformer, archiver, indexer, alarmer):
    program = Path(os.environ.get("LOGWEIR_SAM_BIN", ROOT / ".venv" / "sam" / "bin")) / "sam"
    (ROOT / ".local").mkdir(exist_ok=True)
    folder = ROOT / ".local" / f"sam-local-{os.getpid()}"
    for function, binary in ((TRANSFORMER, transformer), (ARCHIVER, archiver), (INDEXER, indexer), (ALARMER, alarmer)):
        (folder / function).mkdir(parents=True)
        shutil.copy(binary, folder / function / "bootstrap")
    # events/ as it is, but for the binaries: those that all tests here run, built or not by `sam build`.
    (folder / "template.yaml").write_text((EVENTS / "template.yaml").read_text().replace("../.aws-sam/build/", ""))
    shutil.copy(EVENTS / "samconfig.toml", folder)
    address = bridge()
    port = free_port(address)
    try:
        with ContainerCloud(address, port, ROOT / ".local" / "cloud-containers-tests.log") as cloud:
            running = Sam(str(program), folder, cloud, port)
            for item in request.session.items:
                if item.function is test_sam_local_invoke:
                    running.begin(**item.callspec.params)
            yield running
            running.close()
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize(("name", "function"), PAIRS)
def test_sam_local_invoke(sam, name, function):
    done = sam.begin(name, function).result()
    event, expected = load(EVENTS, name), load(EXPECTED, name)
    s3 = sam.cloud.client("s3")
    if function == ALARMER:
        assert_watched(sam, done, name, event, expected)
        return
    if "refused" in expected or expected["envelope"] == {ARCHIVER: "firehose", TRANSFORMER: "awslogs"}[function]:
        assert done.answer["errorType"] == "UnknownEvent"
        assert "refused" not in expected or done.answer["errorMessage"] == expected["refused"]["errorMessage"]
        assert not stored(s3, ARCHIVE, done) and not stored(s3, DEAD_LETTERS, done) and not forwarded(sam, done)
        return
    if "transformer" in expected:
        assert_answer(done.answer, expected["transformer"]["records"])
        assert not stored(s3, DEAD_LETTERS, done) and not forwarded(sam, done)
        assert_metrics(done.metrics, function, expected["transformer"]["balance"])
        return
    planned = expected["archiver"]
    assert_dead_letters(stored(s3, DEAD_LETTERS, done), function, planned["letters"], payloads(event))
    assert_metrics(done.metrics, function, planned["balance"])
    if function == ARCHIVER:
        assert done.answer is None
        found = stored(s3, ARCHIVE, done)
        assert {key: gzip.decompress(body).decode() for key, body in found.items()} == {
            part["key"]: "".join(line + "\n" for line in part["lines"]) for part in planned["objects"]}
        assert not forwarded(sam, done)
    else:
        assert done.answer == {"batchItemFailures": []}
        # As they came, byte by byte: no rule touches them.
        came = [base64.b64decode(code) for record, code in payloads(event).items()]
        left = forwarded(sam, done)
        assert len(left) == planned["balance"]["delivered"][0] and left == [data for data in came if data in left]
        assert not stored(s3, ARCHIVE, done)


def assert_watched(sam, done, name, event, expected):
    """What of each payload counts as delivered by the archiver, the alarmer has looked at. No alarm rings: these are a line or two of each kind,
    and on most days they are long past."""
    letters = stored(sam.cloud.client("s3"), DEAD_LETTERS, done)
    statuses = [json.loads(item["status"]["S"]) for item in sam.items(done.suffix) if item["pk"]["S"].startswith("status/")]
    assert not [status for status in statuses if status["state"] == "ALARM"]
    if name == "schedule-evaluate":
        assert done.answer == {"evaluated": 0, "transitions": 0, "published": 0, "pending": 0, "failed": 0}
        assert not letters
    elif "archiver" not in expected:
        assert done.answer["errorType"] == "UnknownEvent"
        assert not letters
    else:
        assert done.answer == ({"batchItemFailures": []} if expected["envelope"] == "kinesis" else None)
        assert_dead_letters(letters, ALARMER, expected["archiver"]["letters"], payloads(event))
        assert_metrics(done.metrics, ALARMER, expected["archiver"]["balance"])


def test_an_alarm_rings_and_all_is_well_again(sam):
    """By the rules that the function is built with, in a container each time: what it knows between is in the table."""
    suffix = "-alarm"
    sam.cloud.prepare(suffix)
    sqs = sam.cloud.client("sqs")
    queue = sqs.create_queue(QueueName="told")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sam.cloud.client("sns").subscribe(TopicArn=topic("low", suffix), Protocol="sqs", Endpoint=arn)
    line = '203.0.113.7 - - [21/Nov/2026:11:20:00 +0000] "GET /missing HTTP/1.1" 404 153 "-" "curl/8.5.0"'
    events = log_events([line] * 4, Identifiers(1), start=int(time.time() * 1000) - 600_000, step=10_000)
    event = sam.folder / "not-found.json"
    event.write_text(json.dumps(awslogs_event(pack(document(events, group="/app/web")))))

    def told():
        return [json.loads(json.loads(message["Body"])["Message"]) for message in sqs.receive_message(QueueUrl=queue).get("Messages", [])]

    assert sam.run_beside_cloud(ALARMER, event, suffix).answer is None
    (alarm,) = told()
    assert (alarm["alarm"], alarm["state"], alarm["value"]) == ("access-404", "ALARM", 4)
    assert [line["id"] for line in alarm["lines"]] == [one["id"] for one in events]
    answer = sam.run_beside_cloud(ALARMER, EVENTS / "schedule-evaluate.json", suffix).answer
    assert answer == {"evaluated": 1, "transitions": 1, "published": 1, "pending": 0, "failed": 0}
    (well,) = told()
    assert (well["alarm"], well["state"]) == ("access-404", "OK")


def test_metrics_came_through(sam):
    """Lest all invocations be taken for those whose log was lost."""
    done = [invocation.result() for invocation in sam.begun.values()]
    answered = [invocation for invocation in done if not (isinstance(invocation.answer, dict) and "errorType" in invocation.answer)]
    assert sum(invocation.metrics is not None for invocation in answered) >= len(answered) / 2


# The template that is deployed: what it sets must be what the function takes. A control message needs nothing of AWS.
@pytest.mark.parametrize(("function", "source"), [(ARCHIVER, "stream"), (TRANSFORMER, "stream"), (INDEXER, "stream"), (ALARMER, "stream"),
                                                  (ARCHIVER, "direct"), (TRANSFORMER, "direct"), (INDEXER, "direct"), (ALARMER, "direct")])
def test_the_deployed_template_starts(sam, function, source):
    template = (ROOT / "template.yaml").read_text().replace("Metadata: {BuildMethod: rust-cargolambda}", "Metadata: {SkipBuild: true}")
    for name in ROLE:
        template = template.replace(f"CodeUri: functions/{ROLE[name]}\n", f"CodeUri: {name}\n")
    (sam.folder / f"deployed-{function}-{source}.yaml").write_text(template)
    event = "firehose-decompressed" if function == TRANSFORMER else "awslogs-control"
    variables = sam.folder / "deployed.json"
    # What stands for a topic's ARN is its logical name here, as the SAM CLI knows no better.
    variables.write_text(json.dumps({ALARMER: {"TOPIC_ARNS": topics("")}}))
    done = sam.run(function, EVENTS / f"{event}.json", f"deployed-{function}-{source}.yaml", [
        f"Source={source}", "Architecture=x86_64", "IndexerEnabled=true", "SearchEndpoint=https://search.example", "AlarmerEnabled=true",
        "FiltersPerLogGroup=4"], variables)
    if event == "awslogs-control":
        assert done.answer is None
        assert_metrics(done.metrics, function, load(EXPECTED, event)["archiver"]["balance"])
    else:
        assert_answer(done.answer, load(EXPECTED, event)["transformer"]["records"])


def stored(s3, bucket, done):
    return objects(s3, bucket + done.suffix)


def forwarded(sam, done):
    """What lies in the stream that the transformer forwards to."""
    kinesis, name = sam.cloud.client("kinesis"), FORWARD + done.suffix
    (shard,) = kinesis.list_shards(StreamName=name)["Shards"]
    place = kinesis.get_shard_iterator(StreamName=name, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    return [record["Data"] for record in kinesis.get_records(ShardIterator=place)["Records"]]


def assert_answer(answer, expected):
    """Each record of a transform's answer: its id, result, partition keys and lines, and no other key."""
    found = []
    for record in answer["records"]:
        data = record.pop("data", None)
        found.append(record if data is None else {**record, "lines": [
            line.decode() for line in gzip.decompress(base64.b64decode(data, validate=True)).split(b"\n")[:-1]]})
    assert found == expected


def assert_dead_letters(found, function, letters, data):
    """Dead letters hold the original bytes and say why."""
    seen = []
    for key, body in sorted(found.items()):
        [letter] = lines(body)
        raw = base64.b64decode(letter["rawData"], validate=True)
        seen.append((letter["record"], letter["errorCode"], letter["errorMessage"], len(raw)))
        prefix, role, code, _ = key.split("/")
        assert (prefix, role, code) == ("dead-letter", ROLE[function], letter["errorCode"])
        code = data[letter["record"]]
        assert raw == (code.encode() if letter["errorCode"] == "InvalidBase64" else base64.b64decode(code + "=" * (-len(code) % 4)))
    assert sorted(seen) == sorted((letter["record"], letter["code"], letter["message"], letter["bytes"]) for letter in letters)


def assert_metrics(metrics, function, balance):
    """The invocation's line of Embedded Metric Format, where it came through, against the balance that is expected."""
    if metrics is None:
        return
    assert metrics["Function"] == function
    dropped = balance.get("dropped", {})
    expected = {"Received": balance["received"], "Delivered": balance.get("delivered"), "DeadLettered": balance.get("dead_lettered"),
                "Dropped": [sum(parts) for parts in zip(*dropped.values())] or None, "Returned": None, "Repeated": None}
    for name, amount in expected.items():
        assert [metrics[name + what] for what in ("Records", "Events", "Bytes")] == (amount or [0, 0, 0]), name
    assert metrics["DroppedByReason"] == {reason: parts[0] for reason, parts in dropped.items()}
    assert metrics["LoneSurrogates"] == balance.get("lone_surrogates", 0)
