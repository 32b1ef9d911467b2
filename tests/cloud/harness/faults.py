"""A proxy in front of the local AWS that breaks chosen requests in the ways networks and AWS do. A test gives a function from a request to what
shall become of it; everything that passed is recorded.

Of own make, because what a test here needs is Python at the moment of a request (kill the function on its third PutObject; fail entries 2 and 5 of a
PutRecordBatch and forward the rest): PyPI's microburst 0.10, which was looked at, decides by rules in YAML and knows no partial failure of a batch."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

FIREHOSE_BATCH = "Firehose_20150804.PutRecordBatch"
KINESIS_BATCH = "Kinesis_20131202.PutRecords"


@dataclass
class Request:
    """One request and what became of it. `nth` counts requests of the same kind (method and target), from 1. `target` names the operation: as the
    protocols of JSON do, or "SNS.Publish" for what is called by a form."""

    index: int
    nth: int
    method: str
    path: str
    target: str
    headers: dict
    body: bytes
    status: int | None = None  # None: the caller got no answer.
    forwarded: bool = False
    answer: bytes = b""  # What the upstream said.

    @property
    def is_table(self):
        return self.target.startswith("DynamoDB_")

    @property
    def is_publish(self):
        return self.target == "SNS.Publish"

    @property
    def operation(self):
        """Such as PutItem, Publish; of S3 the method."""
        return self.target.rpartition(".")[2] or self.method

    def form(self):
        """The parameters of what is called by a form."""
        return {name: values[0] for name, values in parse_qs(self.body.decode(), keep_blank_values=True).items()}

    @property
    def is_put_object(self):
        return self.method == "PUT" and not self.target

    @property
    def is_put_batch(self):
        """PutRecordBatch of Firehose, or PutRecords of Kinesis."""
        return self.target in (FIREHOSE_BATCH, KINESIS_BATCH)

    def json(self):
        return json.loads(self.body)


@dataclass(frozen=True)
class Fault:
    """What shall become of a request. Without any of these it passes."""

    status: int | None = None  # Answer this without forwarding; `code` names the error.
    code: str = "ServiceUnavailable"
    message: str = "injected by the test"
    cut: str | None = None  # "before": the request is lost. "after": it is done, its answer is lost.
    delay: float = 0.0
    failed_entries: tuple = ()  # PutRecordBatch, PutRecords: these fail, the others are forwarded.
    entry_code: str = "ServiceUnavailableException"
    done: Callable | None = None  # Called once the request is done, before its answer goes back.


def slow_down():
    """S3 asks for fewer requests. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"""
    return Fault(status=503, code="SlowDown", message="Please reduce your request rate.")


def firehose_unavailable():
    """Firehose's limits are exceeded. https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html"""
    return Fault(status=503, code="ServiceUnavailableException", message="Slow down.")


def pass_all(_request):
    return None


class FaultProxy:
    """Listens on a port of 127.0.0.1 and forwards to `upstream`; requests to Firehose go to `firehose`, those to Kinesis to `kinesis`, those to DynamoDB
    to `dynamodb`, where one is named. `rule(request)` returns a Fault or None; it may be changed at any time."""

    def __init__(self, upstream, rule=pass_all, firehose=None, kinesis=None, dynamodb=None):
        self.upstream, self.rule = upstream, rule
        self.elsewhere = [(target, url) for target, url in (("Firehose_", firehose), ("Kinesis_", kinesis), ("DynamoDB_", dynamodb)) if url]
        self.requests = []
        self._lock = threading.Lock()
        self._server = Server(("127.0.0.1", 0), handler_for(self))
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def reset(self, rule=pass_all):
        """Forgets what passed."""
        with self._lock:
            self.rule, self.requests = rule, []

    def upstream_of(self, request):
        return next((url for target, url in self.elsewhere if request.target.startswith(target)), self.upstream)

    def put_batches(self):
        return [request for request in self.requests if request.is_put_batch]

    def put_objects(self):
        return [request for request in self.requests if request.is_put_object]

    def record(self, method, path, headers, body):
        target = headers.get("x-amz-target", "")
        if not target and b"Action=" in body and headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            target = "SNS." + parse_qs(body.decode()).get("Action", [""])[0]
        with self._lock:
            nth = 1 + sum(1 for other in self.requests if (other.method, other.target) == (method, target))
            request = Request(len(self.requests), nth, method, path, target, headers, body)
            self.requests.append(request)
        return request


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        """A caller that was killed closes its connection in the middle; that is what the tests are for, not an error to print."""


def handler_for(proxy):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # Head and body are written apart: the second would wait for the first to be acknowledged.

        def log_message(self, *_):
            pass

        def handle_one(self):
            headers = {name.lower(): value for name, value in self.headers.items()}
            if headers.pop("expect", "").lower() == "100-continue":
                pass  # BaseHTTPRequestHandler has answered it already.
            request = proxy.record(self.command, self.path, headers, self.read_body(headers))
            fault = proxy.rule(request) or Fault()
            if fault.delay:
                time.sleep(fault.delay)
            if fault.cut == "before":
                return self.cut()
            if fault.status is not None:
                return self.answer(request, fault.status, *error_body(request, fault))
            body, failed = without(request, fault.failed_entries)
            if failed and body is None:
                return self.answer(request, 200, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(merged(request, None, failed, fault)).encode())
            status, answer_headers, answer = forward(proxy.upstream_of(request), request, body)
            request.forwarded, request.answer = True, answer
            if fault.done:
                fault.done()
            if fault.cut == "after":
                return self.cut()
            if failed and status == 200:
                answer = json.dumps(merged(request, json.loads(answer), failed, fault)).encode()
            return self.answer(request, status, answer_headers, answer)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_one

        def read_body(self, headers):
            if "chunked" not in headers.get("transfer-encoding", "").lower():
                return self.rfile.read(int(headers.get("content-length") or 0))
            del headers["transfer-encoding"]
            pieces = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                pieces.append(self.rfile.read(size))
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
            return b"".join(pieces)

        def answer(self, request, status, headers, body):
            request.status = status
            self.send_response_only(status)
            for name, value in headers.items():
                if name.lower() not in ("connection", "transfer-encoding", "content-length", "keep-alive"):
                    self.send_header(name, value)
            length = headers.get("content-length") if self.command == "HEAD" else None
            self.send_header("Content-Length", length or str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def cut(self):
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

    return Handler


def forward(upstream, request, body):
    host = upstream.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=60)
    try:
        headers = {name: value for name, value in request.headers.items() if name not in ("connection", "content-length", "host")}
        connection.request(request.method, request.path, body=body, headers={**headers, "host": request.headers.get("host", host)})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def error_body(request, fault):
    """An error in the form that the service of the request would use: JSON where there is a target, else XML, SNS's or S3's."""
    if request.target.startswith("SNS."):
        text = (f'<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>{"Sender" if fault.status < 500 else "Receiver"}</Type>'
                f"<Code>{fault.code}</Code><Message>{fault.message}</Message></Error><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ErrorResponse>")
        return {"Content-Type": "text/xml"}, text.encode()
    if request.target:
        headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-RequestId": "00000000-0000-0000-0000-000000000000"}
        return headers, json.dumps({"__type": fault.code, "message": fault.message}).encode()
    text = (f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{fault.code}</Code><Message>{fault.message}</Message>'
            "<RequestId>0000000000000000</RequestId><HostId>test</HostId></Error>")
    return {"Content-Type": "application/xml"}, b"" if request.method == "HEAD" else text.encode()


def without(request, failed_entries):
    """The body of a PutRecordBatch or PutRecords without the entries that shall fail (None where none is left), and those entries."""
    if not (failed_entries and request.is_put_batch):
        return request.body, ()
    content = request.json()
    failed = tuple(index for index in failed_entries if index < len(content["Records"]))
    content["Records"] = [record for index, record in enumerate(content["Records"]) if index not in failed]
    return (json.dumps(content).encode() if content["Records"] else None), failed


def merged(request, answer, failed, fault):
    """The answer for the whole batch: each entry's result at its own place, as Firehose promises ("correlates with each record in the same order"), and
    Kinesis ("using natural ordering")."""
    count, results = ("FailedPutCount", "RequestResponses") if request.target == FIREHOSE_BATCH else ("FailedRecordCount", "Records")
    done = iter(answer[results] if answer else [])
    total = len(failed) + (len(answer[results]) if answer else 0)
    entries = [{"ErrorCode": fault.entry_code, "ErrorMessage": fault.message} if index in failed else next(done) for index in range(total)]
    return {count: sum("ErrorCode" in entry for entry in entries), results: entries}
