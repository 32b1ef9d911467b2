"""The harness itself: the Runtime API and the proxy do what they say, shown with a bootstrap of a few lines of Python."""

import json
import sys
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from harness.faults import Fault, FaultProxy, firehose_unavailable, slow_down
from harness.payload import Identifiers, document, expected_lines, firehose_event, inflate, log_events, pack
from harness.runtime import RESPONSE_LIMIT, Runtime

FAKE = r"""
import json, os, time, urllib.request
api = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime"
def post(path, body):
    try: urllib.request.urlopen(urllib.request.Request(api + path, data=body, method="POST")).read()
    except urllib.error.HTTPError: pass
if os.environ.get("BAD"):
    post("/init/error", json.dumps({"errorType": "Config", "errorMessage": "BAD is set"}).encode()); raise SystemExit(1)
count = 0
while True:
    with urllib.request.urlopen(api + "/invocation/next") as answer:
        event, name = json.loads(answer.read()), answer.headers["Lambda-Runtime-Aws-Request-Id"]
        left = int(answer.headers["Lambda-Runtime-Deadline-Ms"]) / 1000 - time.time()
    count += 1
    do = event.get("do")
    print(json.dumps({"level": "INFO", "count": count}), flush=True)
    print(json.dumps({"_aws": {}, "ReceivedRecords": count}), flush=True)
    print("plain text", flush=True)
    if do == "sleep": time.sleep(60)
    elif do == "die": os._exit(3)
    elif do == "fail": post(f"/invocation/{name}/error", b'{"errorType":"Broken","errorMessage":"as told"}')
    elif do == "size": post(f"/invocation/{name}/response", b'"' + b"x" * (event["size"] - 2) + b'"')
    elif do == "memory": held = bytearray(80 << 20); held[::4096] = b"x" * len(held[::4096]); del held; post(f"/invocation/{name}/response", b"null")
    else: post(f"/invocation/{name}/response", json.dumps({"count": count, "left": left}).encode())
"""


@pytest.fixture
def fake(tmp_path):
    script = tmp_path / "bootstrap.py"
    script.write_text(FAKE)
    with Runtime([sys.executable, str(script)], {}, timeout=10) as runtime:
        yield runtime


def test_warm_invocations_share_a_process(fake):
    first, second = fake.invoke({}), fake.invoke({})
    assert (first.json()["count"], second.json()["count"], fake.starts) == (1, 2, 1)
    assert 9 < second.json()["left"] <= 10
    assert second.logs == [{"level": "INFO", "count": 2}, "plain text"] and second.metrics == [{"_aws": {}, "ReceivedRecords": 2}]


def test_errors_deaths_and_deadlines(fake):
    assert fake.invoke({"do": "fail"}).error_type == "Broken"
    died = fake.invoke({"do": "die"})
    assert died.error_type == "Runtime.ExitError" and "exit status 3" in died.error_message
    slow = fake.invoke({"do": "sleep"}, timeout=0.3)
    assert slow.error_type == "Sandbox.Timedout" and "Task timed out after 0.30 seconds" in slow.error_message
    assert fake.invoke({}).json()["count"] == 1 and fake.starts == 3


def test_killed_from_another_thread(fake):
    fake.start()
    threading.Timer(0.2, fake.kill).start()
    began = time.monotonic()
    outcome = fake.invoke({"do": "sleep"})
    assert outcome.error_type == "Runtime.ExitError" and "signal: 9" in outcome.error_message and time.monotonic() - began < 2


def test_limit_of_the_answer(fake):
    fits = fake.invoke({"do": "size", "size": RESPONSE_LIMIT})
    assert fits.error_type is None and fits.size == RESPONSE_LIMIT
    assert fake.invoke({"do": "size", "size": RESPONSE_LIMIT + 1}).error_type == "Function.ResponseSizeTooLarge"
    assert fake.invoke({}).json()["count"] == 3, "an answer that is too large does not end the process"


def test_init_errors_are_handed_on(fake):
    fake.environment = {"BAD": "1"}
    outcome = fake.invoke({})
    assert (outcome.error_type, outcome.error_message) == ("Config", "BAD is set")


def test_peak_memory(fake):
    fake.invoke({})
    idle = fake.resident()
    fake.invoke({"do": "memory"})
    assert fake.resident("VmHWM") - idle > 75 << 20
    fake.forget_peak()
    fake.invoke({})
    assert fake.resident("VmHWM") - idle < 20 << 20


class Upstream(ThreadingHTTPServer):
    """Answers each PutRecordBatch as Firehose does and keeps what it got."""

    def __init__(self):
        got = self.got = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                got.append(json.loads(body))
                entries = [{"RecordId": record["Data"]} for record in got[-1]["Records"]]
                answer = json.dumps({"FailedPutCount": 0, "RequestResponses": entries}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


@pytest.fixture
def broken():
    upstream = Upstream()
    with FaultProxy(f"http://127.0.0.1:{upstream.server_address[1]}") as proxy:
        proxy.got = upstream.got
        yield proxy
    upstream.shutdown()
    upstream.server_close()


def put(proxy, names, method="POST", target="Firehose_20150804.PutRecordBatch"):
    body = json.dumps({"DeliveryStreamName": "s", "Records": [{"Data": name} for name in names]}).encode()
    headers = {"X-Amz-Target": target} if target else {}
    return urllib.request.urlopen(urllib.request.Request(proxy.url + "/", data=body, headers=headers, method=method), timeout=10).read()


def test_partial_failure_of_a_batch(broken):
    broken.rule = lambda request: Fault(failed_entries=(1, 3)) if request.nth == 1 else None
    answer = json.loads(put(broken, "abcd"))
    assert answer["FailedPutCount"] == 2
    assert [entry.get("RecordId") for entry in answer["RequestResponses"]] == ["a", None, "c", None]
    assert [record["Data"] for record in broken.got[0]["Records"]] == ["a", "c"]
    assert json.loads(put(broken, "bd"))["FailedPutCount"] == 0
    broken.rule = lambda request: Fault(failed_entries=(0,))
    assert json.loads(put(broken, "x"))["FailedPutCount"] == 1 and len(broken.got) == 2


def test_errors_in_the_form_of_each_service(broken):
    broken.rule = lambda request: firehose_unavailable() if request.is_put_batch else slow_down()
    with pytest.raises(urllib.error.HTTPError) as caught:
        put(broken, "a")
    assert caught.value.code == 503 and json.loads(caught.value.read())["__type"] == "ServiceUnavailableException"
    with pytest.raises(urllib.error.HTTPError) as caught:
        put(broken, "a", method="PUT", target=None)
    assert b"<Code>SlowDown</Code>" in caught.value.read() and broken.got == []


def test_an_answer_lost_and_a_request_lost(broken):
    broken.rule = lambda request: Fault(cut="after" if request.nth == 1 else "before")
    for _ in range(2):
        with pytest.raises(OSError):
            put(broken, "a")
    assert len(broken.got) == 1
    assert [(request.status, request.forwarded) for request in broken.requests] == [(None, True), (None, False)]


def test_payloads_are_what_aws_documents():
    payload = document(log_events(["a", "\u0000\U0001f600", "x" * 10], Identifiers()))
    assert json.loads(inflate(pack(payload))) == payload
    assert [line["message"] for line in expected_lines(payload)] == ["a", "\u0000\U0001f600", "x" * 10]
    assert all(len(event["id"]) == 56 for event in payload["logEvents"])
    assert "sourceKinesisStreamArn" in firehose_event([b"a"], source="kinesis") and "sourceKinesisStreamArn" not in firehose_event([b"a"])
    assert inflate(pack(payload) + pack(payload)) == inflate(pack(payload)) * 2
