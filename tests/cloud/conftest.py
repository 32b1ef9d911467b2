"""Fixtures: the local AWS of the test run, the function binaries, a proxy that breaks things.

Run as `.venv/cloud/bin/python -m pytest tests/cloud`, after a build of the functions as they ship (`make build`). LOGWEIR_BIN_DIR names another
folder: `cargo build` leaves them, sooner built, in target/<target>/debug."""

import hashlib
import itertools
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT / "scripts")]
# What these assert is shown as what a test asserts.
pytest.register_assert_rewrite("harness.search_cases", "harness.search_formats")

from harness.alarmer import Scene  # noqa: E402
from harness.cloud import Clients  # noqa: E402
from harness.corpus import event_of  # noqa: E402
from harness.faults import FaultProxy  # noqa: E402
from harness.runtime import Runtime  # noqa: E402
from harness.search import Search, chosen, describe, start_server, stop_server  # noqa: E402
from harness.search_corpus import everything  # noqa: E402
from harness.search_faults import SearchProxy  # noqa: E402
from harness.shared import shared  # noqa: E402
from demonstration import building  # noqa: E402


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: starts servers of its own; `-m 'not slow'` leaves it out")


@pytest.fixture(scope="session", autouse=True)
def environment_is_read_whole_by_one_thread():
    """pytest changes os.environ between tests. A thread that goes over it then fails by chance (seen in CI); here it fails always."""
    kind, go_over = type(os.environ), type(os.environ).__iter__

    def refuse_other_threads(environment):
        assert threading.current_thread() is threading.main_thread(), "a thread reads the whole environment, which pytest changes meanwhile"
        return go_over(environment)

    kind.__iter__ = refuse_other_threads
    yield
    kind.__iter__ = go_over


def binary(name):
    """The function's bootstrap, as `sam build` made it to be shipped, or one of LOGWEIR_BIN_DIR."""
    folder = os.environ.get("LOGWEIR_BIN_DIR")
    places = [Path(folder) / name / "bootstrap", Path(folder) / name] if folder else [building.SHIPPED / building.FUNCTIONS[name] / "bootstrap"]
    found = [place for place in places if place.is_file()]
    if not found:
        pytest.fail(f"{name} is not built: none of {', '.join(map(str, places))} exists; run `make build`, or name a folder in LOGWEIR_BIN_DIR")
    return found[0]


@pytest.fixture(scope="session")
def transformer():
    return binary("logweir-transformer")


@pytest.fixture(scope="session")
def archiver():
    return binary("logweir-archiver")


@pytest.fixture(scope="session")
def indexer():
    return binary("logweir-indexer")


@pytest.fixture(scope="session")
def alarmer():
    return binary("logweir-alarmer")


@pytest.fixture(scope="session")
def cloud_port():
    """A local AWS for this run alone, on a free port: the demo's may run beside it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "LOGWEIR_CLOUD_PORT": str(port)}
    control = [sys.executable, str(ROOT / "scripts" / "local-cloud")]
    subprocess.run([*control, "start"], env=environment, check=True)
    yield port
    subprocess.run([*control, "stop"], env=environment, check=True)
    log = ROOT / ".local" / f"cloud-{port}.log"
    log.replace(log.with_name("cloud-tests.log"))


@pytest.fixture(scope="session")
def cloud(cloud_port):
    return Clients(f"http://127.0.0.1:{cloud_port}")


@pytest.fixture(scope="session")
def dynamodb():
    """AWS's own DynamoDB Local for this run alone."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "LOGWEIR_DYNAMODB_PORT": str(port)}
    control = [sys.executable, str(ROOT / "scripts" / "dynamodb-local")]
    subprocess.run([*control, "start"], env=environment, check=True)
    yield Clients(f"http://127.0.0.1:{port}")
    subprocess.run([*control, "stop"], env=environment, check=True)


@pytest.fixture
def scenes(alarmer, cloud, dynamodb, request):
    """Makes alarmers with all that is around them, each apart from the others; ended with the test."""
    made, numbers = [], itertools.count()
    # Here, as a scene may be made by another thread: making a client reads the whole environment.
    for clients, services in ((cloud, ("s3", "sns", "sqs", "ssm")), (dynamodb, ("dynamodb",))):
        for service in services:
            getattr(clients, service)

    def make(rules, **more):
        stem = hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:10]
        scene = Scene(alarmer, cloud, dynamodb, f"alarms-{stem}-{next(numbers)}", rules, **more)
        made.append(scene)
        return scene

    yield make
    for scene in made:
        scene.close()


@pytest.fixture
def proxy(cloud_port):
    with FaultProxy(f"http://127.0.0.1:{cloud_port}") as running:
        yield running


@pytest.fixture
def buckets(cloud, request):
    """Two fresh buckets: for the archive and for dead letters."""
    readable = "".join(letter if letter.isalnum() else "-" for letter in request.node.name.lower())[:40].strip("-")
    stem = f"{readable}-{hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:8]}"
    names = f"archive-{stem}", f"dead-{stem}"
    for name in names:
        cloud.s3.create_bucket(Bucket=name)
    return names


@pytest.fixture
def run_archiver(archiver, proxy, buckets):
    """Starts the archiver with more environment; ended with the test."""
    running = []

    def start(timeout=60, **environment):
        runtime = Runtime(archiver, {"AWS_ENDPOINT_URL": proxy.url, "ARCHIVE_BUCKET": buckets[0], "DEAD_LETTER_BUCKET": buckets[1], **environment},
                          timeout=timeout, name="archiver")
        running.append(runtime)
        return runtime

    yield start
    for runtime in running:
        runtime.close()


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory, worker_id):
    """A folder that all workers of this run share."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session")
def search(run_folder):
    """A real OpenSearch 3.8 for this run, or the one whose port LOGWEIR_TEST_SEARCH_PORT names, which saves its start."""
    if running := chosen():
        yield running
        return
    with shared(run_folder, "search", start_server, stop_server) as port:
        yield Search(**describe(port))


@pytest.fixture
def search_proxy(search):
    with SearchProxy(search.url) as running:
        yield running


@pytest.fixture(scope="session")
def shared_prefix(indexer, search, cloud_port):
    """What the names of indices begin with, the same for all tests, so that the indexer installs its templates once."""
    name = f"tests{os.getpid()}"
    environment = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{cloud_port}", "SEARCH_ENDPOINT": search.url, "INDEX_PREFIX": name, "INSTALL_TEMPLATES": "true",
                   "DEAD_LETTER_BUCKET": "dead-letters"}
    with Runtime(indexer, environment, name="indexer") as runtime:
        assert runtime.call(event_of(everything(8))) in (None, {"batchItemFailures": []})
    yield name
    search.forget(name)


@pytest.fixture
def prefix(search, shared_prefix):
    """The same, without indices."""
    search.delete(shared_prefix)
    yield shared_prefix
    search.delete(shared_prefix)


@pytest.fixture
def fresh_prefix(search, request):
    """A prefix of the test's own, without templates either."""
    name = f"fresh{hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:10]}"
    search.forget(name)
    yield name
    search.forget(name)


@pytest.fixture
def run_indexer(indexer, proxy, search_proxy, prefix, buckets):
    """Starts the indexer with more environment; ended with the test. It installs its templates itself."""
    running = []

    def start(timeout=60, **environment):
        runtime = Runtime(indexer, {"AWS_ENDPOINT_URL": proxy.url, "SEARCH_ENDPOINT": search_proxy.url, "INDEX_PREFIX": prefix, "INSTALL_TEMPLATES": "true",
                                    "DEAD_LETTER_BUCKET": buckets[1], **environment}, timeout=timeout, name="indexer")
        running.append(runtime)
        return runtime

    yield start
    for runtime in running:
        runtime.close()


@pytest.fixture(scope="session")
def filled_server(indexer, search, cloud_port):
    """The server with events of every dataset in indices of the default prefix, put there by the real indexer: (server, the payloads)."""
    payloads = everything()
    environment = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{cloud_port}", "SEARCH_ENDPOINT": search.url, "INSTALL_TEMPLATES": "true",
                   "DEAD_LETTER_BUCKET": "dead-letters"}
    search.forget("cwl")
    with Runtime(indexer, environment, timeout=60, name="indexer") as runtime:
        assert runtime.call(event_of(payloads)) in (None, {"batchItemFailures": []})
    search.refresh("cwl-*")
    yield search, payloads
    search.forget("cwl")
