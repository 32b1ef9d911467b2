"""scripts/search-server: what it does when it is called again, twice at once, or for what cannot be. (That it starts each server, all that uses one shows.)"""

import subprocess
import threading

import pytest

from harness.search import CONTROL, free_port


def call(*arguments, **environment):
    outcome = subprocess.run([*CONTROL, *map(str, arguments)], capture_output=True, text=True, env=environment or None)
    return outcome.returncode, outcome.stdout + outcome.stderr


@pytest.fixture
def port(search):
    return int(search.url.rpartition(":")[2])


def test_what_runs_already_is_left_as_it_is(search, port):
    status, text = call("start", "--port", port)
    assert status == 0 and "runs already" in text and search.indices() is not None


def test_calls_at_once_wait_for_each_other(port):
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(call("start", "--port", port))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [status for status, _text in answers] == [0, 0, 0] and all("runs already" in text for _status, text in answers)


@pytest.mark.parametrize("arguments", [["elasticsearch7"], ["--setting", "action.auto_create_index=false"], ["--heap", "1g"]])
def test_something_else_on_its_port_is_refused(port, arguments):
    status, text = call("start", *arguments, "--port", port)
    assert status == 1 and "stop it first, or choose another port" in text


def test_a_port_of_another_program_is_refused(cloud_port):
    status, text = call("start", "--port", cloud_port)
    assert status == 1 and "taken by another program" in text


@pytest.mark.parametrize("arguments", [["start", "postgres"], ["start", "--port", "80"], ["start", "--setting", "nonsense"], ["restart"], []])
def test_what_it_does_not_know_it_says(arguments):
    status, text = call(*arguments)
    assert status == 2 and "usage" in text


def test_a_java_that_is_none_is_refused(tmp_path):
    status, text = call("start", "--port", free_port(), PATH="/usr/bin:/bin", HOME=str(tmp_path), LOGWEIR_SEARCH_JAVA_HOME=str(tmp_path))
    assert status == 1 and "holds no Java" in text


def test_what_does_not_run_is_not_shown_and_not_stopped():
    port = free_port()
    assert call("show", "--port", port) == (3, "")
    status, text = call("stop", "--port", port)
    assert status == 0 and "none of ours runs" in text
