"""The parts that the indexer's tests stand on: the proxy in front of a search server and the server's own script do what they say. The server here is
a few lines of Python; the real ones come in where the indexer does."""

import gzip
import http.client
import json
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from harness.search import Search, value, wait_for
from harness.search_faults import Fault, SearchProxy, bulk_only, busy, first_of, no_larger_than, nth_bulk, reject_items, together


class Upstream(ThreadingHTTPServer):
    """Answers each bulk request as a server does that takes everything, and keeps the ids it saw."""

    daemon_threads = True

    def __init__(self, pause=0.0, compress=False):
        seen = self.seen = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                actions = [json.loads(line) for line in body.split(b"\n")[:-1:2]]
                time.sleep(pause)
                seen.append([action["create"]["_id"] for action in actions])
                items = [{"create": {"_index": "i", "_id": action["create"]["_id"], "status": 201}} for action in actions]
                answer = json.dumps({"took": 3, "errors": False, "items": items}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                if compress:
                    answer = gzip.compress(answer)
                    self.send_header("Content-Encoding", "gzip")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()


@pytest.fixture(params=[False, True], ids=["plain answers", "packed answers"])
def proxy(request):
    upstream = Upstream(compress=request.param)
    with SearchProxy(f"http://127.0.0.1:{upstream.server_address[1]}") as running:
        running.seen = upstream.seen
        yield running
    upstream.shutdown()
    upstream.server_close()


def send(proxy, ids, packed=True, timeout=10):
    """(status, headers, parsed answer) of a bulk request."""
    body = b"".join(json.dumps({"create": {"_index": "i", "_id": name}}).encode() + b"\n" + json.dumps({"event": {"id": name}}).encode() + b"\n" for name in ids)
    headers = {"Content-Type": "application/x-ndjson"} | ({"Content-Encoding": "gzip"} if packed else {})
    request = urllib.request.Request(f"{proxy.url}/_bulk", data=gzip.compress(body) if packed else body, headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            status, headers, content = answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        status, headers, content = error.code, error.headers, error.read()
    content = gzip.decompress(content) if headers.get("Content-Encoding") == "gzip" else content
    return status, headers, json.loads(content) if "json" in headers["Content-Type"] else content


def statuses(answer):
    return [(item["create"]["_id"], item["create"]["status"]) for item in answer["items"]]


@pytest.mark.parametrize("packed", [True, False])
def test_what_passes_is_recorded_and_not_changed(proxy, packed):
    status, _headers, answer = send(proxy, "abc", packed)
    assert status == 200 and statuses(answer) == [("a", 201), ("b", 201), ("c", 201)] and answer["errors"] is False
    (request,) = proxy.bulks
    assert (request.ids, request.is_packed, request.status, request.forwarded) == (["a", "b", "c"], packed, 200, True)
    assert request.sources[1] == {"event": {"id": "b"}} and (len(request.body) == len(request.text)) is not packed


@pytest.mark.parametrize("packed", [True, False])
def test_items_are_rejected_in_their_places_and_never_seen(proxy, packed):
    proxy.rule = reject_items("bd", times=2)
    for _ in range(2):
        _status, _headers, answer = send(proxy, "abcd", packed)
        assert statuses(answer) == [("a", 201), ("b", 429), ("c", 201), ("d", 429)] and answer["errors"] is True
        assert answer["items"][1]["create"]["error"]["type"] == "es_rejected_execution_exception"
    assert statuses(send(proxy, "bd", packed)[2]) == [("b", 201), ("d", 201)]
    assert proxy.seen == [["a", "c"], ["a", "c"], ["b", "d"]]
    assert proxy.times_sent() == {"a": 2, "c": 2, "b": 3, "d": 3}


def test_a_request_of_nothing_but_rejected_items_is_not_forwarded(proxy):
    proxy.rule = reject_items("ab", times=None, status=403)
    for _ in range(3):
        assert statuses(send(proxy, "ab")[2]) == [("a", 403), ("b", 403)]
    assert proxy.seen == [] and not any(request.forwarded for request in proxy.bulks)


def test_items_are_rejected_for_different_reasons_at_once(proxy):
    proxy.rule = together(reject_items("a"), reject_items("bc", status=503))
    assert statuses(send(proxy, "abcd")[2]) == [("a", 429), ("b", 503), ("c", 503), ("d", 201)]
    assert statuses(send(proxy, "abc")[2]) == [("a", 201), ("b", 201), ("c", 201)]


def test_a_stand_in_for_the_server_takes_everything_else(proxy):
    proxy.rule = lambda request: Fault(taken=True, rejected={1: 400} if request.nth == 1 else {})
    assert statuses(send(proxy, "abc")[2]) == [("a", 201), ("b", 400), ("c", 201)]
    assert statuses(send(proxy, "b")[2]) == [("b", 201)] and proxy.seen == []


def test_whole_requests_are_turned_away(proxy):
    proxy.rule = first_of(nth_bulk({1: busy(3), 2: busy(status=503)}), no_larger_than(100))
    status, headers, answer = send(proxy, "a")
    assert (status, headers["Retry-After"], answer["status"]) == (429, "3", 429)
    assert send(proxy, "a")[0] == 503
    assert send(proxy, "abcdef")[0] == 413
    assert send(proxy, "a")[0] == 200 and proxy.seen == [["a"]]
    assert [request.status for request in proxy.bulks] == [429, 503, 413, 200]


def test_size_is_measured_inflated_or_on_the_wire(proxy):
    names = ["same"] * 100
    proxy.rule = no_larger_than(1_000)
    assert send(proxy, names)[0] == 413
    proxy.rule = no_larger_than(1_000, on_the_wire=True)
    assert send(proxy, names)[0] == 200 and send(proxy, names, packed=False)[0] == 413


def test_connections_are_cut_before_in_the_middle_and_after(proxy):
    for place, (cut, is_done) in enumerate([("before", False), ("after", True), ("middle", True)]):
        proxy.reset(lambda request, cut=cut: Fault(cut=cut))
        before = len(proxy.seen)
        with pytest.raises((OSError, http.client.HTTPException)):
            send(proxy, f"{place}")
        assert len(proxy.seen) - before == is_done
        assert [(request.status, request.forwarded) for request in proxy.bulks] == [(None, is_done)]


def test_slow_answers_redirects_and_what_is_no_json(proxy):
    proxy.rule = lambda request: Fault(slow=0.3)
    began = time.monotonic()
    assert statuses(send(proxy, "a")[2]) == [("a", 201)] and time.monotonic() - began > 0.3
    with pytest.raises(OSError):
        send(proxy, "b", timeout=0.1)
    proxy.rule = lambda request: Fault(status=200, body=b"<html>sign in</html>")
    assert send(proxy, "c")[::2] == (200, b"<html>sign in</html>")
    proxy.rule = lambda request: Fault(status=307, headers={"Location": "http://127.0.0.1:9/"})
    assert send(proxy, "d")[1]["Location"] == "http://127.0.0.1:9/"


def test_rules_for_bulk_requests_leave_others_alone(proxy):
    proxy.rule = bulk_only(Fault(status=503))
    request = urllib.request.Request(f"{proxy.url}/_index_template/a", data=b"", method="POST")
    with urllib.request.urlopen(request, timeout=5) as answer:
        assert answer.status == 200
    assert send(proxy, "a")[0] == 503 and [request.nth for request in proxy.requests] == [1, 1]


def test_requests_at_once_are_counted():
    upstream = Upstream(pause=0.3)
    with SearchProxy(f"http://127.0.0.1:{upstream.server_address[1]}") as proxy:
        threads = [threading.Thread(target=send, args=(proxy, name)) for name in "abc"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert proxy.most_at_once == 3
        wait_for(lambda: proxy.under_way == 0)
        send(proxy, "d")
        assert proxy.bulks[-1].at_once == 1
    upstream.shutdown()
    upstream.server_close()


def test_a_body_that_is_no_bulk_body_is_seen(proxy):
    for body, what in [(b'{"create":{"_id":"a"}}\n{}', "end in a newline"), (b'{"create":{"_id":"a"}}\n', "two lines")]:
        request = proxy.record("POST", "/_bulk", {}, body)
        proxy.done(request)
        with pytest.raises(AssertionError, match=what):
            assert request.items


def test_values_are_found_at_dotted_paths():
    source = {"event": {"id": "1", "a.b": {"c": 2}}, "cloud.account": {"id": "3"}, "none": None}
    assert [value(source, path) for path in ("event.id", "event.a.b.c", "cloud.account.id", "none", "event.x", "event.id.x")] == ["1", 2, "3", None, None, None]


def test_the_client_says_what_the_server_said(proxy):
    proxy.rule = lambda request: Fault(status=403)
    with pytest.raises(Exception, match="403.*security_exception"):
        Search(proxy.url).count("a")
