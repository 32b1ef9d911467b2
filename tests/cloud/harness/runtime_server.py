"""The HTTP side of the Runtime API: hands out one invocation and takes its answer. The rules of Lambda are in runtime.py."""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PREFIX = "/2018-06-01/runtime"


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A process that is killed resets its connection: here that is no error."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class RuntimeServer:
    """State shared by the handler's threads; every change is announced to whoever waits."""

    def __init__(self, function_arn, response_limit):
        self.function_arn, self.response_limit = function_arn, response_limit
        self.init_error = None
        self._changed = threading.Condition()
        self._server = None
        self._waiting = 0
        self._offered = None
        self._answers = {}

    def renew(self):
        """A new address, for a new process: what a dying one still says must not reach the invocation that follows."""
        self.close()
        self.init_error, self._waiting, self._offered = None, 0, None
        self._server = Server(("127.0.0.1", 0), handler_for(self))
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return f"127.0.0.1:{self._server.server_address[1]}"

    def close(self):
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
        self.notify()

    def notify(self):
        with self._changed:
            self._changed.notify_all()

    def wait(self, seconds):
        with self._changed:
            self._changed.wait(seconds)

    def is_waiting(self):
        return self._waiting > 0

    def offer(self, request_id, body, deadline):
        with self._changed:
            self._offered = (request_id, body, deadline)
            self._changed.notify_all()

    def answer(self, request_id):
        with self._changed:
            return self._answers.pop(request_id, None)

    def take(self, server):
        """Blocks until an invocation is offered; None when the server ends. A process that asks has done with the one before."""
        with self._changed:
            self._waiting += 1
            self._changed.notify_all()
            while self._offered is None and self._server is server:
                self._changed.wait(1)
            if self._server is not server:
                return None  # `renew` counts from nothing: this one no longer waits.
            self._waiting -= 1
            offered, self._offered = self._offered, None
            return offered

    def put(self, request_id, answer):
        with self._changed:
            self._answers[request_id] = answer
            self._changed.notify_all()

    def fail_init(self, error):
        with self._changed:
            self.init_error = error
            self._changed.notify_all()


def handler_for(state):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_GET(self):
            if self.path != f"{PREFIX}/invocation/next":
                return self.reply(404)
            offered = state.take(self.server)
            if offered is None:
                self.close_connection = True
                return None
            request_id, body, deadline = offered
            try:
                return self.reply(200, body, {
                    "Lambda-Runtime-Aws-Request-Id": request_id, "Lambda-Runtime-Deadline-Ms": str(deadline),
                    "Lambda-Runtime-Invoked-Function-Arn": state.function_arn, "Lambda-Runtime-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793"})
            except OSError:
                return None  # The process was killed; runtime.py sees that for itself.

        def do_POST(self):
            body = self.body()
            parts = self.path.removeprefix(PREFIX).strip("/").split("/")
            if parts == ["init", "error"]:
                state.fail_init(error_of(body))
                return self.reply(202, b'{"status":"OK"}')
            if len(parts) != 3 or parts[0] != "invocation" or parts[2] not in ("response", "error"):
                return self.reply(404)
            if parts[2] == "error":
                kind, message = error_of(body)
                state.put(parts[1], ("error", {"errorType": kind, "errorMessage": message}))
                return self.reply(202, b'{"status":"OK"}')
            if len(body) > state.response_limit:
                state.put(parts[1], ("too large", len(body)))
                return self.reply(413, b'{"errorType":"RequestEntityTooLarge","errorMessage":"Exceeded maximum allowed payload size."}')
            state.put(parts[1], ("response", body))
            return self.reply(202, b'{"status":"OK"}')

        def body(self):
            if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))
            pieces = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                pieces.append(self.rfile.read(size))
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass  # Trailers.
            return b"".join(pieces)

        def reply(self, status, body=b"", headers=None):
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    return Handler


def error_of(body):
    """(errorType, errorMessage) of what a runtime reports; what is not of that form is shown as it is."""
    try:
        content = json.loads(body)
        return content.get("errorType", "Unhandled"), content.get("errorMessage", "")
    except (ValueError, AttributeError):
        return "Unhandled", body.decode(errors="replace")
