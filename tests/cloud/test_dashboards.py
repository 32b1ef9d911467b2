"""The dashboards, over the demo's log lines in a real server: every panel's query, taken out of the saved objects that ship, finds something, and
the page that `logweir search draw` makes of them is drawn by a real browser without a complaint.

Where there is no chromium, what needs it is skipped by name; LOGWEIR_REQUIRE_BROWSER=1 (CI) makes that a failure. `scripts/setup browser` installs it."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from html.parser import HTMLParser

import pytest

from conftest import ROOT
from harness.corpus import event_of
from harness.runtime import Runtime

sys.path.insert(0, str(ROOT / "scripts"))

from demonstration import building, sources, traffic  # noqa: E402

PREFIX = "dashboards"
# Columns of saved searches that lines of the demo need not fill.
MAY_BE_EMPTY = {"log.level", "error.type", "trace.id", "service.name", "user.name", "faas.execution", "faas.name", "aws.lambda.event", "http.request.id",
                "event.duration", "cloud.instance.id", "dns.resolved_ip"}


@pytest.fixture(scope="module")
def logweir():
    return building.tool()


@pytest.fixture(scope="module")
def filled(search, indexer, cloud_port):
    """The server with the demo's lines, put there by the real indexer: (server, when the lines end in ms)."""
    end = int(time.time() * 1000)
    payloads = list(traffic.payloads(sources.generate(end), sources.ACCOUNT))
    environment = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{cloud_port}", "SEARCH_ENDPOINT": search.url, "INDEX_PREFIX": PREFIX,
                   "INSTALL_TEMPLATES": "true", "DEAD_LETTER_BUCKET": "none"}
    search.forget(PREFIX)
    with Runtime(indexer, environment, timeout=120, name="indexer") as runtime:
        assert runtime.call(event_of(payloads)) == {"batchItemFailures": []}
    expected = sum(len(payload["logEvents"]) for payload in payloads)
    assert search.count(f"{PREFIX}-*") == expected
    yield search, end
    search.forget(PREFIX)


@pytest.fixture(scope="module")
def page(filled, logweir, tmp_path_factory):
    """The page, as a file."""
    search, _ = filled
    path = tmp_path_factory.mktemp("page") / "dashboards.html"
    command = [logweir, "search", "draw", "--endpoint", search.url, "--prefix", PREFIX, "--last", "4h", "--output", path]
    outcome = subprocess.run(command, capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stderr
    return path


class Panels(HTMLParser):
    """The attributes of everything that stands for a panel."""

    def __init__(self, text):
        super().__init__()
        self.found = {}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if "data-panel" in attributes:
            self.found[attributes["data-panel"]] = (tag, attributes)


def shipped_panels():
    lines = (ROOT / "dashboards" / "opensearch-dashboards.ndjson").read_text().splitlines()
    objects = [json.loads(line) for line in lines if line]
    return {entry["id"] for entry in objects if entry.get("type") == "visualization"}


def test_every_panel_that_ships_shows_something(page):
    panels = Panels(page.read_text()).found
    assert set(panels) == shipped_panels()
    empty = [name for name, (_, attributes) in panels.items() if attributes.get("data-empty") == "true" or attributes.get("data-marks") == "0"]
    failed = [name for name, (_, attributes) in panels.items() if attributes.get("data-error") == "true"]
    assert not failed and not empty, f"failed: {failed}, empty: {empty}"


def test_panels_of_another_time_say_that_they_are_empty(filled, logweir, tmp_path):
    """So the test above can fail."""
    search, _ = filled
    path = tmp_path / "empty.html"
    command = [logweir, "search", "draw", "--endpoint", search.url, "--prefix", PREFIX, "--from", "2001-01-01T00:00:00Z", "--to", "2001-01-02T00:00:00Z",
               "--output", path]
    subprocess.run(command, check=True, capture_output=True)
    panels = Panels(path.read_text()).found
    assert panels and all(attributes["data-empty"] == "true" for _, attributes in panels.values())


def test_a_browser_draws_every_chart_and_complains_of_nothing(page, tmp_path):
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        if os.environ.get("LOGWEIR_REQUIRE_BROWSER"):
            pytest.fail("there is no chromium: scripts/setup browser (LOGWEIR_REQUIRE_BROWSER is set)")
        pytest.skip("there is no chromium: scripts/setup browser")
    picture = tmp_path / "page.png"
    command = [browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={tmp_path / 'profile'}",
               "--enable-logging=stderr", "--v=0", "--window-size=1400,2400", "--virtual-time-budget=2000"]
    dom = subprocess.run([*command, "--dump-dom", page.as_uri()], capture_output=True, text=True, timeout=120)
    complaints = [line for line in dom.stderr.splitlines() if "CONSOLE" in line]
    assert dom.returncode == 0 and not complaints, complaints or dom.stderr[-2000:]
    assert set(Panels(dom.stdout).found) == shipped_panels()
    charts = page.read_text().count("<svg ")
    assert dom.stdout.count("<svg ") == charts > 30
    subprocess.run([*command, f"--screenshot={picture}", page.as_uri()], capture_output=True, timeout=120, check=True)
    assert picture.stat().st_size > 50_000, "the picture is nearly empty"


def test_nothing_of_the_page_comes_from_elsewhere(page):
    text = page.read_text()
    assert "default-src 'none'" in text
    assert not re.search(r"(?:src|href)=[\"'](?!#)", text), "something is loaded"
    assert "<script" not in text


@pytest.mark.parametrize("file", ["opensearch-dashboards.ndjson", "kibana.ndjson"])
def test_every_saved_search_that_ships_is_answered(filled, file):
    """As Discover asks: newest first, the columns out of the documents. What the demo logs is found, with every column somewhere."""
    search, _ = filled
    objects = [json.loads(line) for line in (ROOT / "dashboards" / file).read_text().splitlines() if line]
    patterns = {entry["id"]: entry["attributes"]["title"] for entry in objects if entry["type"] == "index-pattern"}
    searches = [entry for entry in objects if entry["type"] == "search"]
    written = {name.split("-")[1] for name in search.indices(f"{PREFIX}-*")}
    assert len(searches) > 8
    for entry in searches:
        attributes = entry["attributes"]
        index = patterns[entry["references"][0]["id"]].replace("cwl-", f"{PREFIX}-")
        source = json.loads(attributes["kibanaSavedObjectMeta"]["searchSourceJSON"])
        assert source["query"]["language"] == "lucene"
        query = {"query_string": {"query": source["query"]["query"], "analyze_wildcard": True}} if source["query"]["query"] else {"match_all": {}}
        sort = [{field: {"order": order, "unmapped_type": "boolean"}} for field, order in attributes["sort"]]
        body = {"query": query, "size": 50, "sort": sort, "docvalue_fields": [column for column in attributes["columns"] if column != "message"]}
        answer = search.call("POST", f"{index}/_search?ignore_unavailable=true&allow_no_indices=true", body)
        dataset = index.split("-")[1]
        assert answer["_shards"]["failed"] == 0, entry["id"]
        if dataset == "*" or dataset in written:
            hits = answer["hits"]["hits"]
            assert hits, f"{entry['id']} finds nothing"
            missing = set(body["docvalue_fields"]) - {field for hit in hits for field in hit.get("fields", {})} - MAY_BE_EMPTY
            assert not missing, f"{entry['id']} has columns without a value"
