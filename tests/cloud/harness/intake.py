"""What stands for a service of AWS that records are put to: it keeps what it takes, and what it refuses."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Intake:
    """Keeps what was put: `taken`, in order; `refused`, what broke a limit. A service says in `put` what it answers to a call."""

    def __init__(self):
        self.taken, self.refused = [], []
        intake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_POST(self):
                status, answer = intake.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.1")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def refuse(self, code, problem):
        """The answer to a call that breaks a limit."""
        self.refused.append(problem)
        return 400, {"__type": code, "message": f"refused: {problem}"}

    def take(self):
        """What was put since the last call, taken away."""
        taken, self.taken = self.taken, []
        return taken

    def close(self):
        self._server.shutdown()
        self._server.server_close()
