"""A proxy in front of a real search server that breaks chosen requests in the ways networks, load balancers and busy servers do, and keeps what was
sent. It stands in for nothing but the trouble: what passes is answered by the server (one fault apart, `taken`)."""

import gzip
import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from . import faults

# What servers call it. https://docs.opensearch.org/latest/api-reference/document-apis/bulk/
ERRORS = {400: "mapper_parsing_exception", 401: "security_exception", 403: "security_exception", 413: "content_too_long_exception", 429: "es_rejected_execution_exception",
          503: "unavailable_shards_exception"}


@dataclass
class Request:
    """One request and what became of it. `nth` counts bulk requests, or all others, from 1."""

    index: int
    nth: int
    method: str
    path: str
    headers: dict
    body: bytes  # As it was on the wire.
    text: bytes  # Inflated.
    began: float = field(default_factory=time.monotonic)
    at_once: int = 0  # Bulk requests under way when it came, itself included.
    status: int | None = None  # None: the caller got no answer, or not all of one.
    forwarded: bool = False
    # As faults.FaultProxy has it, for the code that is shared with it.
    target: str = ""

    @property
    def is_bulk(self):
        return self.method in ("POST", "PUT") and self.path.split("?")[0].endswith("/_bulk")

    @property
    def is_packed(self):
        return self.headers.get("content-encoding", "").lower() == "gzip"

    @property
    def items(self):
        """The pairs of lines of a bulk body: (action, what it does to, the two lines as bytes)."""
        if not hasattr(self, "_items"):
            lines = self.text.split(b"\n")
            assert lines[-1] == b"", f"a bulk body must end in a newline, this one ends in {lines[-1][-40:]!r}"
            assert len(lines) % 2 == 1, "a bulk body of documents has two lines for each"
            self._items = []
            for action_line, source_line in zip(lines[:-1:2], lines[1:-1:2]):
                ((action, target),) = json.loads(action_line).items()
                self._items.append((action, target, action_line + b"\n" + source_line + b"\n"))
        return self._items

    @property
    def ids(self):
        """The ids of the events that the documents are of."""
        return [source["event"]["id"] for source in self.sources]

    @property
    def sources(self):
        if not hasattr(self, "_sources"):
            self._sources = [json.loads(lines.split(b"\n")[1]) for _action, _target, lines in self.items]
        return self._sources


@dataclass(frozen=True)
class Fault:
    """What shall become of a request. Without any of these it passes."""

    status: int | None = None  # Answer this without forwarding.
    headers: dict = field(default_factory=dict)  # Of that answer, such as Retry-After.
    body: bytes | None = None  # Of that answer; without one, an error in the server's form.
    cut: str | None = None  # "before": the request is lost; "after": it is done, its answer is lost; "middle": it is done, half of its answer comes.
    delay: float = 0.0  # Before anything is done.
    slow: float = 0.0  # The answer takes so long, from its first byte to its last.
    taken: bool = False  # A stand-in for the server: each item is answered as written, none is. Where the function alone is measured.
    rejected: dict = field(default_factory=dict)  # Items that the server never sees: their places, and the status that each is answered with, or (status, error).


def pass_all(_request):
    return None


class SearchProxy:
    """Listens on a port of 127.0.0.1 and forwards to `upstream`. `rule(request)` returns a Fault or None; it may be changed at any time."""

    def __init__(self, upstream, rule=pass_all):
        self.upstream, self.rule = upstream, rule
        self.requests, self.most_at_once = [], 0
        self._lock, self._under_way = threading.Lock(), 0
        self._server = faults.Server(("127.0.0.1", 0), handler_for(self))
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
            self.rule, self.requests, self.most_at_once = rule, [], 0

    @property
    def bulks(self):
        return [request for request in self.requests if request.is_bulk]

    def times_sent(self):
        """How often each id was sent, answered or not."""
        return Counter(identifier for request in self.bulks for identifier in request.ids)

    def record(self, method, path, headers, body):
        text = gzip.decompress(body) if headers.get("content-encoding", "").lower() == "gzip" else body
        with self._lock:
            request = Request(len(self.requests), 0, method, path, headers, body, text)
            request.nth = 1 + sum(other.is_bulk == request.is_bulk for other in self.requests)
            self.requests.append(request)
            self._under_way += request.is_bulk
            request.at_once = self._under_way
            self.most_at_once = max(self.most_at_once, self._under_way)
        return request

    @property
    def under_way(self):
        """Bulk requests that are not done with: a caller may have its answer a moment before."""
        return self._under_way

    def done(self, request):
        with self._lock:
            self._under_way -= request.is_bulk


def handler_for(proxy):
    shared = faults.handler_for(proxy)

    class Handler(shared):
        def handle_one(self):
            headers = {name.lower(): content for name, content in self.headers.items()}
            headers.pop("expect", None)  # BaseHTTPRequestHandler has answered it already.
            request = proxy.record(self.command, self.path, headers, self.read_body(headers))
            try:
                self.obey(request, proxy.rule(request) or Fault())
            finally:
                proxy.done(request)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_one

        def obey(self, request, fault):
            time.sleep(fault.delay)
            if fault.cut == "before":
                return self.cut()
            if fault.status is not None:
                return self.answer(request, fault.status, *own_answer(fault))
            rejected = fault.rejected
            if fault.taken:
                return self.answer(request, 200, {"content-type": "application/json"}, json.dumps(taken(request, rejected)).encode())
            if rejected and len(rejected) == len(request.items):
                return self.answer(request, 200, {"content-type": "application/json"}, json.dumps(merged(None, request, rejected)).encode())
            status, headers, body = faults.forward(proxy.upstream, request, without(request, rejected))
            request.forwarded = True
            if fault.cut == "after":
                return self.cut()
            if rejected and status == 200:
                headers, body = plain(headers, body)
                body = json.dumps(merged(json.loads(body), request, rejected)).encode()
            if fault.cut == "middle" or fault.slow:
                return self.answer_in_pieces(request, status, headers, body, fault)
            return self.answer(request, status, headers, body)

        def answer_in_pieces(self, request, status, headers, body, fault):
            self.send_response_only(status)
            for name, content in headers.items():
                if name not in ("connection", "transfer-encoding", "content-length", "keep-alive"):
                    self.send_header(name, content)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            half = len(body) // 2
            self.wfile.write(body[:half])
            self.wfile.flush()
            if fault.cut == "middle":
                return self.cut()
            time.sleep(fault.slow)
            self.wfile.write(body[half:])
            request.status = status
            return None

    return Handler


def own_answer(fault):
    """(headers, body) of an answer that the proxy gives itself."""
    if fault.body is not None:
        return {"content-type": "text/html", **fault.headers}, fault.body
    reason = ERRORS.get(fault.status, "exception")
    cause = {"type": reason, "reason": "injected by the test"}
    return {"content-type": "application/json; charset=UTF-8", **fault.headers}, json.dumps({"error": {"root_cause": [cause], **cause}, "status": fault.status}).encode()


def without(request, rejected):
    """The body without some of its items, packed as it came."""
    if not rejected:
        return request.body
    text = b"".join(lines for place, (_action, _target, lines) in enumerate(request.items) if place not in rejected)
    return gzip.compress(text) if request.is_packed else text


def plain(headers, body):
    """An answer without its compression."""
    if headers.get("content-encoding", "").lower() != "gzip":
        return headers, body
    return {name: content for name, content in headers.items() if name != "content-encoding"}, gzip.decompress(body)


def taken(request, rejected):
    """The answer of a server that wrote all items but those that are rejected."""
    written = [{action: {"_index": target.get("_index"), "_id": target.get("_id"), "_version": 1, "result": "created", "status": 201}}
               for place, (action, target, _lines) in enumerate(request.items) if place not in rejected]
    return merged({"took": 1, "errors": False, "items": written}, request, rejected) if rejected else {"took": 1, "errors": False, "items": written}


def merged(answer, request, rejected):
    """The answer for the whole request: each item's result at its own place."""
    if answer is not None and "items" not in answer:
        raise AssertionError(f"the caller asked for an answer without items, into which none can be put: {request.path}")
    if answer is not None and len(answer["items"]) != len(request.items) - len(rejected):
        raise AssertionError("the caller asked for an answer that leaves items out: their places cannot be told")
    done = iter(answer["items"] if answer else [])
    items = []
    for place, (action, target, _lines) in enumerate(request.items):
        if place not in rejected:
            items.append(next(done))
            continue
        said = rejected[place]
        status, error = said if isinstance(said, tuple) else (said, {"type": ERRORS[said], "reason": "injected by the test"})
        items.append({action: {"_index": target.get("_index"), "_id": target.get("_id"), "status": status, "error": error}})
    return {"took": 1, **(answer or {}), "errors": True, "items": items}


# --- Rules that tests put together ---

def first_of(*rules):
    """The first rule that has something to say."""
    return lambda request: next((fault for rule in rules if (fault := rule(request))), None)


def bulk_only(rule):
    """A rule, or a Fault, for bulk requests alone."""
    return lambda request: (rule if isinstance(rule, Fault) else rule(request)) if request.is_bulk else None


def nth_bulk(faults_by_number):
    """A Fault for the bulk requests of these numbers."""
    return lambda request: faults_by_number.get(request.nth) if request.is_bulk else None


def reject_items(ids, times=1, status=429):
    """Items of these ids are turned away, each so many times, or for ever (None)."""
    left, lock = Counter(dict.fromkeys(ids, 1 << 30 if times is None else times)), threading.Lock()

    def rule(request):
        if not request.is_bulk:
            return None
        with lock:
            places = {place: status for place, identifier in enumerate(request.ids) if left[identifier] > 0}
            left.subtract(request.ids[place] for place in places)
        return Fault(rejected=places) if places else None

    return rule


def reject_all(status, error, where=lambda index: True):
    """Every item is turned away whose index is one of these, with an error in the server's words."""

    def rule(request):
        if not request.is_bulk:
            return None
        places = {place: (status, error) for place, (_action, target, _lines) in enumerate(request.items) if where(target["_index"])}
        return Fault(rejected=places) if places else None

    return rule


def together(*rules):
    """What all of the rules reject."""

    def rule(request):
        places = {}
        for each in rules:
            places |= (each(request) or Fault()).rejected
        return Fault(rejected=places) if places else None

    return rule


def no_larger_than(limit, on_the_wire=False):
    """413 for what is larger, as the servers say it of what a body inflates to, and load balancers of what comes over the wire."""
    return lambda request: Fault(status=413) if request.is_bulk and len(request.body if on_the_wire else request.text) > limit else None


def busy(seconds=None, status=429):
    """The whole request is turned away, with word of when to come again or without."""
    return Fault(status=status, headers={} if seconds is None else {"Retry-After": str(seconds)})
