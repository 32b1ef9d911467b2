"""`logweir search install` on real servers: what a person adds to a component template of their own counts, and Logweir's templates are upgraded around it; indices
that are there get the setting without which one long line fails the searches of a day. Each starts a server: `-m "not slow"` leaves them out."""

import json
import subprocess

import pytest

from demonstration import building
from harness.payload import Identifiers, document, kinesis_event, log_events, pack
from harness.poller import Shard
from harness.runtime import Runtime
from harness.search import SearchError, Server

pytestmark = pytest.mark.slow
PREFIX = "inst"
COMPONENT, TEMPLATE = f"_component_template/{PREFIX}-app@custom", f"_index_template/{PREFIX}-app"
DATASETS = 8
# As Discover asks: every field, whole.
HIGHLIGHT = {"fields": {"*": {}}, "fragment_size": 2_147_483_647, "pre_tags": ["<a>"], "post_tags": ["</a>"]}


@pytest.fixture(scope="module", params=["opensearch", "opensearch-secure", "elasticsearch8", "elasticsearch7"])
def server(request):
    with Server(request.param) as running:
        yield running


@pytest.fixture
def install(server, tmp_path):
    """Runs the command: (exit code, lines)."""
    tool = building.tool()
    server.forget(PREFIX)

    def run(*flags):
        connection = ["--endpoint", server.url, "--prefix", PREFIX]
        if server.user:
            (tmp_path / "password").write_text(server.password)
            connection += ["--username", server.user, "--password-file", str(tmp_path / "password"), *(["--ca", server.ca] if server.ca else [])]
        done = subprocess.run([tool, "search", "install", *connection, *flags], capture_output=True, text=True)
        assert done.returncode in (0, 1), done.stderr
        return done.returncode, done.stdout.splitlines()

    yield run
    server.forget(PREFIX)


def test_a_field_of_ones_own_counts_and_upgrades_go_on_around_it(server, install):
    code, lines = install()
    assert code == 0
    assert sum(line.startswith("created: index template") for line in lines) >= DATASETS
    assert f"created: component template {PREFIX}-app@custom" in lines
    mine = {"template": {"settings": {"index": {"number_of_replicas": 0, "number_of_shards": 2}},
                         "mappings": {"properties": {"json": {"properties": {"branch": {"type": "date"}}}}}}}
    server.call("PUT", COMPONENT, mine)

    # As an older version of Logweir installed it: with its stamp, of another body.
    template = server.call("GET", TEMPLATE)["index_templates"][0]["index_template"]
    older = template | {"version": 0, "_meta": template["_meta"] | {"version": 0, "source": "0" * 16}}
    # Its digest is of what the server gives back, so it is told by an installation that knows none yet.
    del older["_meta"]["digest"]
    server.call("PUT", TEMPLATE, older)
    code, lines = install()
    assert code == 0 and f"upgraded: index template {PREFIX}-app" in lines and f"unchanged: component template {PREFIX}-app@custom" in lines, lines
    assert install()[1].count(f"unchanged: index template {PREFIX}-app") == 1

    server.call("PUT", f"{PREFIX}-app-2026.11.21/_create/1?refresh=true", {"json": {"branch": "2026-11-21", "other": 5}, "log": {"level": "error"}})
    types = server.types(f"{PREFIX}-app-*", "json.branch,log.level")
    assert types == {"json.branch": "date", "log.level": "keyword"}, "the extension does not count beside Logweir's own fields"
    settings = server.settings(f"{PREFIX}-app-2026.11.21")[f"{PREFIX}-app-2026.11.21"]["settings"]
    assert settings["index.number_of_shards"] == "2" and settings["index.codec"] == "best_compression"
    kept = server.call("GET", COMPONENT)["component_templates"][0]["component_template"]
    assert "branch" in json.dumps(kept)
    # Not by force either.
    assert f"unchanged: component template {PREFIX}-app@custom" in install("--force")[1]


def test_indices_that_are_there_can_be_searched_by_discover(server, install):
    index = f"{PREFIX}-app-2026.11.21"
    server.call("PUT", index, {"settings": {"number_of_replicas": 0}, "mappings": {"properties": {"message": {"type": "text"}}}})
    server.call("PUT", f"{PREFIX}-app-2026.11.20", {"settings": {"number_of_replicas": 0, "index.highlight.max_analyzed_offset": 5_000_000}})
    server.call("PUT", f"{index}/_create/1?refresh=true", {"message": "refused " + "word " * 208_000})

    def search():
        query = {"query_string": {"query": "refused"}}
        return server.call("POST", f"{index}/_search", {"query": query, "highlight": HIGHLIGHT})["hits"]["hits"]

    with pytest.raises(SearchError, match="max_analyzed_offset|maximum allowed"):
        search()
    name = "setting index.highlight.max_analyzed_offset"
    assert f"would be upgraded: {name} of 1 index" in install("--dry-run")[1]
    with pytest.raises(SearchError):
        search()
    code, lines = install()
    assert code == 0 and f"upgraded: {name} of 1 index" in lines
    assert len(search()) == 1
    kept = server.settings(f"{PREFIX}-app-2026.11.20")[f"{PREFIX}-app-2026.11.20"]["settings"]
    assert kept["index.highlight.max_analyzed_offset"] == "5000000", "what somebody raised further is lowered"
    assert f"unchanged: {name}" in install()[1]


def test_an_index_that_refuses_the_setting_is_named(server, install):
    for day in (20, 21):
        server.call("PUT", f"{PREFIX}-app-2026.11.{day}", {"settings": {"number_of_replicas": 0}})
    server.settings(f"{PREFIX}-app-2026.11.21", index__blocks__read_only=True)
    try:
        code, lines = install()
    finally:
        server.settings(f"{PREFIX}-app-2026.11.21", index__blocks__read_only=None)
    (line,) = [line for line in lines if "max_analyzed_offset" in line]
    assert code == 1 and line.startswith("failed: ") and f"{PREFIX}-app-2026.11.21" in line and "read-only" in line
    there = server.settings(f"{PREFIX}-app-2026.11.20")[f"{PREFIX}-app-2026.11.20"]["settings"]
    assert there["index.highlight.max_analyzed_offset"] == "2000000", "one that refuses keeps the others from it"


def test_the_function_does_the_same_as_the_command(server, install, indexer, cloud, cloud_port):
    """What the command installed, the function finds unchanged, and the other way."""
    environment = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{cloud_port}", "SEARCH_ENDPOINT": server.url, "INDEX_PREFIX": PREFIX, "INSTALL_TEMPLATES": "true",
                   "DEAD_LETTER_BUCKET": "dead-letters"}
    if server.user:
        text = json.dumps({"username": server.user, "password": server.password})
        arn = cloud.secretsmanager.create_secret(Name=f"install-{server.flavour}", SecretString=text)["ARN"]
        environment |= {"SEARCH_AUTHENTICATION": "basic", "SEARCH_SECRET_ARN": arn} | ({"SEARCH_CA_CERTIFICATE": server.ca} if server.ca else {})
    server.call("PUT", f"{PREFIX}-app-2026.11.21", {"settings": {"number_of_replicas": 0}})
    shard = Shard()
    shard.put(pack(document(log_events(["a"], Identifiers()))))
    with Runtime(indexer, environment, name="indexer") as runtime:
        assert runtime.call(kinesis_event(shard.records)) == {"batchItemFailures": []}
        assert "created: index template" in str(runtime.logs) and "upgraded: setting index.highlight.max_analyzed_offset of 1 index" in str(runtime.logs)
    code, lines = install()
    assert code == 0 and not [line for line in lines if not line.startswith(("unchanged", "not installed"))], lines
