"""One server for all workers of a test run: the first that asks starts it, the last that leaves stops it.

pytest-xdist runs each worker in a process of its own, and a fixture of scope `session` once in each: a search server a worker would take most of the
machine's memory and, to start, more time than the tests save."""

import fcntl
import json
from contextlib import contextmanager


@contextmanager
def shared(folder, name, start, stop):
    """What `start` said of the server (anything that is JSON). `folder` is the same for all workers of a run, and for no other run."""
    state = folder / f"{name}.json"
    with locked(folder / f"{name}.lock"):
        known = json.loads(state.read_text()) if state.exists() else {"users": 0, "server": start()}
        state.write_text(json.dumps({**known, "users": known["users"] + 1}))
    try:
        yield known["server"]
    finally:
        with locked(folder / f"{name}.lock"):
            users = json.loads(state.read_text())["users"] - 1
            if users:
                state.write_text(json.dumps({**known, "users": users}))
            else:
                state.unlink()
                stop(known["server"])


@contextmanager
def locked(path):
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
