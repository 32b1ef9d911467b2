"""The alarmer's table on AWS's own DynamoDB Local: the tests of functions/alarmer that need one (`store::local`, `source::local`), and scripts/dynamodb-local."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from harness.search import free_port

ROOT = Path(__file__).resolve().parents[2]


def control(command, port):
    outcome = subprocess.run([sys.executable, str(ROOT / "scripts" / "dynamodb-local"), command], capture_output=True, text=True,
                             env=os.environ | {"LOGWEIR_DYNAMODB_PORT": str(port)})
    return outcome.returncode, outcome.stdout + outcome.stderr


@pytest.fixture(scope="module")
def dynamodb():
    """The port of a DynamoDB Local for this run."""
    port = free_port()
    status, text = control("start", port)
    assert status == 0, text
    yield port
    assert control("stop", port)[0] == 0


def test_writes_are_conditional_and_merge(dynamodb):
    # All packages, as `make test-rust` builds them: of one alone, its dependencies would have other features, and be built again.
    command = ["cargo", "test", "--locked", "--quiet", "--workspace", "--lib", "local::", "--", "--ignored"]
    outcome = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=os.environ | {"DYNAMODB_ENDPOINT": f"http://127.0.0.1:{dynamodb}"})
    assert outcome.returncode == 0, f"{outcome.stdout[-8_000:]}\n{outcome.stderr[-4_000:]}"
    passed = sum(int(count) for count in re.findall(r"(\d+) passed", outcome.stdout))
    assert passed >= 25, f"only {passed} tests ran:\n{outcome.stdout}"


def test_a_server_that_runs_is_left_as_it_is(dynamodb):
    status, text = control("start", dynamodb)
    assert status == 0 and "runs already" in text
    assert control("status", dynamodb)[0] == 0


def test_a_port_of_another_program_is_refused(cloud_port):
    status, text = control("start", cloud_port)
    assert status == 1 and "taken by another program" in text


def test_what_it_cannot_do_it_says():
    assert control("status", free_port())[0] == 3
    assert control("restart", free_port())[0] == 2
    assert "is not a port" in control("start", 80)[1]
