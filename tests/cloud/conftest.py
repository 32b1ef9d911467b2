"""Fixtures: the local AWS of the test run, the function binaries, a proxy that breaks things.

Run as `.venv/cloud/bin/python -m pytest tests/cloud`, after a build of the functions (`make build`, or anything else that leaves
target/lambda/<name>/bootstrap; LOGWEIR_BIN_DIR names another folder)."""

import hashlib
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from harness.cloud import Clients  # noqa: E402
from harness.faults import FaultProxy  # noqa: E402
from harness.runtime import Runtime  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]


def binary(name):
    """The function's bootstrap, the newest where there are several."""
    folder = os.environ.get("LOGWEIR_BIN_DIR")
    places = ([Path(folder) / name / "bootstrap", Path(folder) / name] if folder
              else [ROOT / "target" / "lambda" / name / "bootstrap", ROOT / "target" / "release" / name])
    found = [place for place in places if place.is_file()]
    if not found:
        pytest.fail(f"{name} is not built: none of {', '.join(map(str, places))} exists; run `make build`, or name a folder in LOGWEIR_BIN_DIR")
    return max(found, key=lambda place: place.stat().st_mtime)


@pytest.fixture(scope="session")
def transformer():
    return binary("logweir-transformer")


@pytest.fixture(scope="session")
def archiver():
    return binary("logweir-archiver")


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
