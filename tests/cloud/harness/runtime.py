"""A Lambda Runtime API that runs a real bootstrap and treats it as Lambda does: one invocation at a time, a deadline that kills, a limit on the
answer, an error where the process dies. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html

Beyond what Lambda offers it measures the process's peak memory and can kill it at any moment (`kill`, from any thread)."""

import fcntl
import json
import os
import select
import struct
import subprocess
import termios
import threading
import time
import uuid
from dataclasses import dataclass, field

from .runtime_server import RuntimeServer

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html gives 6 MB for synchronous calls, each way; Lambda's own error message
# names the exact limit of the answer: "Response payload size exceeded maximum allowed payload size (6291556 bytes)."
RESPONSE_LIMIT = 6_291_556
REQUEST_LIMIT = 6_291_456
INIT_LIMIT_SECONDS = 10.0


class FunctionError(Exception):
    """What a caller of the function gets where the invocation failed."""

    def __init__(self, error_type, message):
        super().__init__(f"{error_type}: {message}")
        self.error_type = error_type
        self.message = message


@dataclass
class Outcome:
    """One invocation: either `response` or the error is set."""

    request_id: str
    response: bytes | None = None
    error_type: str | None = None
    error_message: str | None = None
    seconds: float = 0.0
    size: int = 0
    logs: list = field(default_factory=list)
    metrics: list = field(default_factory=list)

    def json(self):
        """The answer; raises FunctionError where the invocation failed."""
        if self.error_type is not None:
            raise FunctionError(self.error_type, self.error_message)
        return json.loads(self.response) if self.response else None


class Runtime:
    """One function: its binary, its configuration and, while it lives, its process."""

    def __init__(self, command, environment, *, timeout=60.0, name="logweir-test", memory_megabytes=512):
        self.command = [str(command)] if not isinstance(command, list) else command
        self.name, self.timeout, self.memory_megabytes = name, timeout, memory_megabytes
        # As the template has it, beside the mapping's ReportBatchItemFailures (which is the poller's default too).
        self.environment = {"REPORT_BATCH_ITEM_FAILURES": "true", **environment}
        self.lines = []  # Every line printed, parsed where it is JSON.
        self.starts = 0
        self.process = None
        self._lock = threading.Lock()
        self._server = RuntimeServer(f"arn:aws:lambda:us-east-1:123456789012:function:{name}", RESPONSE_LIMIT)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def logs(self):
        return [line for line in self.lines if not (isinstance(line, dict) and "_aws" in line)]

    @property
    def metrics(self):
        """The Embedded Metric Format lines printed so far."""
        return [line for line in self.lines if isinstance(line, dict) and "_aws" in line]

    def invoke(self, event, timeout=None):
        """One invocation; starts the process where none runs, as Lambda does after one died."""
        body = event if isinstance(event, bytes) else json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        if len(body) > REQUEST_LIMIT:
            raise ValueError(f"the event has {len(body)} bytes; Lambda takes no more than {REQUEST_LIMIT}")
        limit = timeout or self.timeout
        outcome = Outcome(str(uuid.uuid4()))
        mark = len(self.lines)
        began = time.monotonic()
        error = self.start()
        if error is None:
            error = self._run(outcome, body, limit)
        if error is not None:
            outcome.error_type, outcome.error_message = error
        outcome.seconds = time.monotonic() - began
        self._settle()
        printed = self.lines[mark:]
        outcome.metrics = [line for line in printed if isinstance(line, dict) and "_aws" in line]
        outcome.logs = [line for line in printed if not (isinstance(line, dict) and "_aws" in line)]
        return outcome

    def call(self, event, timeout=None):
        """The answer of one invocation, parsed; raises FunctionError. What an event source mapping sees."""
        return self.invoke(event, timeout).json()

    def start(self):
        """Starts the process where none runs and waits until it asks for work. None, or what went wrong: (error type, message)."""
        if self.process is not None and self.process.poll() is None:
            return None
        self._spawn()
        limit = time.monotonic() + INIT_LIMIT_SECONDS
        while time.monotonic() < limit:
            if self._server.is_waiting():
                return None
            if self._server.init_error is not None:
                self._stop_process()
                return self._server.init_error
            if self.process.poll() is not None:
                time.sleep(0.05)  # It may have reported why just before.
                return self._server.init_error or ("Runtime.ExitError", self._exit_text())
            self._server.wait(0.005)
        self._stop_process()
        return "Sandbox.Timedout", f"the init phase took longer than {INIT_LIMIT_SECONDS:.0f} s"

    def _run(self, outcome, body, limit):
        """Hands out the event and waits for the first of: answer, death, deadline. What went wrong, or None."""
        deadline = time.monotonic() + limit
        self._server.offer(outcome.request_id, body, int((time.time() + limit) * 1000))
        process = self.process
        while True:
            answer = self._server.answer(outcome.request_id)
            if answer is not None:
                break
            if process.poll() is not None:
                answer = self._server.answer(outcome.request_id)
                if answer is not None:
                    break
                return "Runtime.ExitError", f"RequestId: {outcome.request_id} Error: {self._exit_text()}"
            if time.monotonic() >= deadline:
                self._stop_process()
                return "Sandbox.Timedout", f"RequestId: {outcome.request_id} Error: Task timed out after {limit:.2f} seconds"
            self._server.wait(0.05)
        kind, content = answer
        if kind == "error":
            return content.get("errorType", "Unhandled"), content.get("errorMessage", "")
        if kind == "too large":
            outcome.size = content
            return ("Function.ResponseSizeTooLarge",
                    f"Response payload size exceeded maximum allowed payload size ({RESPONSE_LIMIT} bytes).")
        outcome.response, outcome.size = content, len(content)
        return None

    def kill(self):
        """SIGKILL, at once. The invocation under way, if any, ends in Runtime.ExitError."""
        process = self.process
        if process is not None and process.poll() is None:
            process.kill()
            process.wait()
            self._server.notify()

    def resident(self, name="VmRSS"):
        """Resident memory of the process in bytes: now (VmRSS) or at its peak since the last `forget_peak` (VmHWM)."""
        with open(f"/proc/{self.process.pid}/status") as status:
            for line in status:
                if line.startswith(name + ":"):
                    return int(line.split()[1]) * 1024
        raise RuntimeError(f"the kernel shows no {name} for process {self.process.pid}: it has ended")

    def forget_peak(self):
        """Sets VmHWM back to the memory of now (Linux: writing 5 to clear_refs)."""
        with open(f"/proc/{self.process.pid}/clear_refs", "w") as control:
            control.write("5")

    def close(self):
        self._stop_process()
        self._server.close()

    def _spawn(self):
        address = self._server.renew()
        read_end, write_end = os.pipe()
        environment = {
            "PATH": "/usr/bin:/bin", "LANG": "en_US.UTF-8", "TZ": ":UTC", "AWS_LAMBDA_RUNTIME_API": address, "_HANDLER": "bootstrap",
            "LAMBDA_TASK_ROOT": "/var/task", "AWS_LAMBDA_FUNCTION_NAME": self.name, "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.memory_megabytes), "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{self.name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": "2026/11/21/[$LATEST]0123456789abcdef", "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test", **self.environment}
        self.process = subprocess.Popen(self.command, env={key: value for key, value in environment.items() if value is not None},
                                        stdin=subprocess.DEVNULL, stdout=write_end, stderr=write_end)
        os.close(write_end)
        self.starts += 1
        self._pipe = read_end
        reader = threading.Thread(target=self._read, args=(read_end,), daemon=True)
        reader.start()

    def _read(self, pipe):
        rest = b""
        while True:
            select.select([pipe], [], [])
            with self._lock:
                piece = os.read(pipe, 1 << 16)
                *complete, rest = (rest + piece).split(b"\n")
                for line in complete + ([rest] if rest and not piece else []):
                    self.lines.append(parsed(line))
                if not piece:
                    os.close(pipe)
                    self._pipe = None
                    return

    def _settle(self):
        """Waits until what the process has printed is read: what it printed before it answered belongs to the invocation."""
        limit = time.monotonic() + 2
        while time.monotonic() < limit:
            with self._lock:
                if self._pipe is None or struct.unpack("i", fcntl.ioctl(self._pipe, termios.FIONREAD, b"\0\0\0\0"))[0] == 0:
                    if self._pipe is None or self.process.poll() is None:
                        return
            time.sleep(0.002)

    def _stop_process(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
        if self.process is not None:
            self.process.wait()

    def _exit_text(self):
        code = self.process.returncode
        return f"Runtime exited with error: signal: {-code}" if code < 0 else f"Runtime exited with error: exit status {code}"


def parsed(line):
    try:
        return json.loads(line)
    except ValueError:
        return line.decode(errors="replace")
