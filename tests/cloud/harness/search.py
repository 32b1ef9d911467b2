"""A search server as tests look at it: counts, documents, versions, types. Standard library only, for any of the four servers of scripts/search-server."""

import base64
import http.client
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CONTROL = [sys.executable, str(ROOT / "scripts" / "search-server")]


class SearchError(Exception):
    """The server said no: `status` and the parsed `answer`."""

    def __init__(self, status, answer):
        super().__init__(f"{status}: {json.dumps(answer)[:600]}")
        self.status, self.answer = status, answer


class Search:
    """A client of one server."""

    def __init__(self, url, user=None, password=None, ca=None, flavour=None, version=None, **_):
        self.url, self.user, self.password, self.ca, self.flavour, self.version = url, user, password, ca, flavour, version
        self._context = ssl.create_default_context(cafile=ca) if ca else None
        self._kept = threading.local()

    def call(self, method, path, body=None, *, user=None, headers=None):
        """The parsed answer; SearchError where it is none of success. `body`: bytes, or anything that becomes JSON; `user`: (name, password)."""
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        name, password = user or (self.user, self.password)
        sent = {"Content-Type": "application/json", **(headers or {})}
        if name:
            sent["Authorization"] = "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()
        status, content = self._send(method, f"/{path.lstrip('/')}", data, sent)
        if status >= 300:
            raise SearchError(status, parsed(content))
        return parsed(content)

    def _send(self, method, path, data, headers):
        """(status, body), over the thread's own connection, which is kept: a handshake for each question would take most of the time of a test."""
        for is_new in (False, True):
            connection = getattr(self._kept, "connection", None)
            if connection is None or is_new:
                host = self.url.partition("://")[2]
                secure = self.url.startswith("https:")
                connection = http.client.HTTPSConnection(host, timeout=60, context=self._context) if secure else http.client.HTTPConnection(host, timeout=60)
                self._kept.connection = connection
            try:
                connection.request(method, path, body=data, headers=headers)
                answer = connection.getresponse()
                return answer.status, answer.read()
            except (http.client.HTTPException, ConnectionError):
                # The server closed a connection that was idle. What it was asked has not been done, or can be done twice.
                connection.close()
                if is_new:
                    raise
        raise AssertionError("unreachable")

    def exists(self, path):
        try:
            self.call("GET", path)
        except SearchError as error:
            if error.status != 404:
                raise
            return False
        return True

    def refresh(self, index="*"):
        self.call("POST", f"{index}/_refresh")

    def indices(self, pattern="*"):
        """The names of indices, those of the server itself left out."""
        answer = self.call("GET", f"_cat/indices/{pattern}?format=json&h=index&expand_wildcards=open,closed")
        return sorted(line["index"] for line in answer if not line["index"].startswith("."))

    def count(self, index, query=None):
        """How many documents of an index or pattern match, as a reader sees them now: refreshes first."""
        self.refresh(index)
        return self.call("GET", f"{index}/_count", {"query": query} if query else None)["count"]

    def search(self, index, query=None, size=10, **more):
        """One page of hits as the server answers it; `more` goes into the body."""
        self.refresh(index)
        return self.call("GET", f"{index}/_search", {"query": query or {"match_all": {}}, "size": size, "track_total_hits": True, **more})

    def hits(self, index, query=None, **more):
        """Every hit, page after page."""
        found, after = [], None
        self.refresh(index)
        while True:
            body = {"query": query or {"match_all": {}}, "size": 5_000, "sort": [{"event.id": "asc"}, {"_index": "asc"}], "version": True,
                    "seq_no_primary_term": True, **more} | ({"search_after": after} if after else {})
            page = self.call("GET", f"{index}/_search", body)["hits"]["hits"]
            if not page:
                return found
            found += page
            after = page[-1]["sort"]

    def one(self, index, event_id):
        """The one hit of an event; AssertionError where it is found more or less often. It carries its `_source`."""
        hits = self.search(index, term("event.id", event_id), size=3)["hits"]["hits"]
        assert len(hits) == 1, f"event {event_id} is found {len(hits)} times in {index}"
        return hits[0]

    def identifiers(self, index, query=None):
        """The event ids of all matches, in order, with repeats."""
        return [value(hit["_source"], "event.id") for hit in self.hits(index, query, _source=["event.id"])]

    def versions(self, index):
        """What changes with every write, by document."""
        return {(hit["_index"], hit["_id"]): (hit["_version"], hit["_seq_no"], hit["_primary_term"]) for hit in self.hits(index, _source=False)}

    def typed(self, index, event_id, fields):
        """The values of an event's fields out of the columns that aggregations read, not out of its source. A field that cannot be aggregated is an
        error of the server."""
        hit = self.search(index, term("event.id", event_id), size=1, docvalue_fields=list(fields), _source=False)["hits"]["hits"][0]
        return {name: values[0] if len(values) == 1 else values for name, values in hit.get("fields", {}).items()}

    def types(self, index, fields="*"):
        """Type by name of field, as a query sees them; where indices differ, all of them joined by "/"."""
        answer = self.call("GET", f"{index}/_field_caps?fields={fields}")["fields"]
        return {name: "/".join(sorted(kinds)) for name, kinds in answer.items() if "object" not in kinds and not name.startswith("_")}

    def aggregate(self, index, aggregation, query=None):
        """The one answer of one aggregation."""
        return self.search(index, query, size=0, aggs={"it": aggregation})["aggregations"]["it"]

    def settings(self, index, **values):
        """Changes settings of an index (dots as double underscores), or shows them."""
        if values:
            return self.call("PUT", f"{index}/_settings", {name.replace("__", "."): content for name, content in values.items()})
        return self.call("GET", f"{index}/_settings?flat_settings=true")

    def cluster_setting(self, name, content):
        """Sets a setting of the cluster, None: as it was."""
        self.call("PUT", "_cluster/settings", {"persistent": {name: content}})

    def mapping(self, index):
        """The mappings of an index or pattern, by index."""
        return {name: content["mappings"] for name, content in self.call("GET", f"{index}/_mapping").items()}

    def templates(self, prefix):
        """Index templates by name."""
        answer = self.call("GET", "_index_template")["index_templates"]
        return {entry["name"]: entry["index_template"] for entry in answer if entry["name"].startswith(prefix)}

    def delete(self, prefix):
        """Deletes the indices whose names begin so."""
        # All at once: each change of what indices there are takes the server as long as many.
        if names := self.indices(f"{prefix}*"):
            self.call("DELETE", ",".join(names))

    def forget(self, prefix):
        """Deletes indices and templates whose names begin so."""
        self.delete(prefix)
        for name in self.templates(prefix):
            self.call("DELETE", f"_index_template/{name}")
        for entry in self.call("GET", "_component_template").get("component_templates", []):
            if entry["name"].startswith(prefix):
                self.call("DELETE", f"_component_template/{entry['name']}")


def parsed(content):
    try:
        return json.loads(content) if content else None
    except ValueError:
        return content.decode(errors="replace")


def term(field, content):
    return {"term": {field: {"value": content}}}


def between(field, low, high):
    return {"range": {field: {"gte": low, "lte": high}}}


def phrase(field, text):
    return {"match_phrase": {field: text}}


def every(*queries):
    """All of the queries at once."""
    return {"bool": {"filter": list(queries)}}


def value(source, path):
    """What lies at a dotted path of a document, whether its keys are nested or hold the dots; None where nothing does."""
    if path in source:
        return source[path]
    for end in (index for index, letter in enumerate(path) if letter == "."):
        inner = source.get(path[:end])
        if isinstance(inner, dict) and (found := value(inner, path[end + 1:])) is not None:
            return found
    return None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A node of scripts/search-server, on a port of its own, as long as a `with` lasts."""

    def __init__(self, flavour="opensearch", **settings):
        self.flavour, self.settings = flavour, {name.replace("__", "."): content for name, content in settings.items()}

    def __enter__(self):
        self.port = start_server(self.flavour, self.settings)
        return Search(**describe(self.port))

    def __exit__(self, *_):
        stop_server(self.port)


def start_server(flavour="opensearch", settings=None):
    """Starts a node; its port."""
    port = free_port()
    lines = [f"--setting={name}={content}" for name, content in (settings or {}).items()]
    outcome = subprocess.run([*CONTROL, "start", flavour, "--port", str(port), *lines], capture_output=True, text=True)
    assert outcome.returncode == 0, f"scripts/search-server: {outcome.stderr.strip()}\n{outcome.stdout.strip()}"
    return port


def stop_server(port):
    outcome = subprocess.run([*CONTROL, "stop", "--port", str(port)], capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stderr


def describe(port):
    """What scripts/search-server says of the node on a port."""
    return json.loads(subprocess.run([*CONTROL, "show", "--port", str(port)], capture_output=True, text=True, check=True).stdout)


def chosen():
    """The server that LOGWEIR_TEST_SEARCH_PORT names, which a person started and keeps; None where it names none."""
    port = os.environ.get("LOGWEIR_TEST_SEARCH_PORT")
    return Search(**describe(int(port))) if port else None


def wait_for(condition, seconds=20.0):
    """Waits for a condition that another thread brings about."""
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.02)
