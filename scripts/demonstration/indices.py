"""The search server of the demo, and what the indexers put into it."""

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from .screen import LOCAL, ROOT, Failed

sys.path.insert(0, str(ROOT / "tests" / "cloud"))

from harness.search import Search, SearchError, value  # noqa: E402

CONTROL = [sys.executable, str(ROOT / "scripts" / "search-server")]
PORT = 9200
URL = f"http://127.0.0.1:{PORT}"
# What the demo's stacks name their indices: the dashboards are those of the first.
PREFIXES = {"logweir-stream": "cwl", "logweir-direct": "direct"}
PAGE = LOCAL / "dashboards.html"


def start():
    """Starts an empty OpenSearch and returns a client of it."""
    control("stop")
    control("start")
    return running()


def stop():
    control("stop")


def control(command):
    result = subprocess.run([*CONTROL, command, "--port", str(PORT)], capture_output=True, text=True)
    if result.returncode != 0:
        raise Failed((result.stderr or result.stdout).strip())
    return result.stdout


def running():
    return Search(**json.loads(control("show")))


class Indexed:
    """A path that ends in indices, read as the paths that end in S3 are."""

    def __init__(self, name, server, prefix):
        self.name, self.server, self.prefix = name, server, prefix
        self._count, self._records = 0, []

    def refresh(self, _clients):
        try:
            count = self.server.count(f"{self.prefix}-*")
        except SearchError:
            count = 0  # No index yet.
        if count != self._count:
            self._records = [record(hit) for hit in self.server.hits(f"{self.prefix}-*")]
            self._count = count
        return self

    def records(self):
        return self._records

    def size(self):
        return self._count

    def listing(self):
        """Rows of a table: index, documents, bytes."""
        answer = self.server.call("GET", f"_cat/indices/{self.prefix}-*?format=json&bytes=b&h=index,docs.count,store.size&s=index")
        return [[line["index"], "", line["docs.count"], f"{int(line['store.size'] or 0):,}"] for line in answer]

    def set_aside(self):
        """How many documents have their line kept as text."""
        return self.server.count(f"{self.prefix}-*", {"exists": {"field": "tags"}})


def record(hit):
    """A document as the archive's record of the same event."""
    source = hit["_source"]
    moment = datetime.fromisoformat(source["@timestamp"])
    return {"timestamp": round(moment.timestamp() * 1000), "id": value(source, "event.id"), "owner": value(source, "cloud.account.id"),
            "log_group": value(source, "aws.cloudwatch.log_group"), "log_stream": value(source, "aws.cloudwatch.log_stream"), "message": source["message"]}


def draw(server, logweir):
    """Draws the dashboards; the page's path."""
    command = [str(logweir), "search", "draw", "--endpoint", server.url, "--prefix", PREFIXES["logweir-stream"], "--last", "4h", "--output", str(PAGE)]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        raise Failed(f"logweir search draw: {result.stderr.strip()}")
    return Path(PAGE)
