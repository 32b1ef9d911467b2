"""One node: a server with configuration, data and log of its own, on a port of 127.0.0.1."""

import base64
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from .flavours import FLAVOURS, Refused, java_home
from .installation import PASSWORD, PLAIN_GROUP, PLAIN_USER, installed, locked, plain_user, progress, say, state_folder

START_SECONDS = 180


class Node:
    """The node of a port. What it is lies in node.json of its folder, for whoever wants to talk to it."""

    def __init__(self, port):
        self.port = port
        self.folder = state_folder() / f"port-{port}"
        self.log = self.folder.with_suffix(".log")
        self.pid_file = self.folder / "pid"

    def description(self):
        """What the node of this port was started as: flavour, version, url, user, password, ca (a path), settings, heap, java. None where there is none."""
        try:
            return json.loads((self.folder / "node.json").read_text())
        except (OSError, ValueError):
            return None

    def pid(self):
        """The process id of the node while it runs."""
        try:
            pid = int(self.pid_file.read_text())
        except (OSError, ValueError):
            return None
        return pid if self.is_alive(pid) else None

    def is_alive(self, pid):
        """Whether a process is this node. Another program that got the number since is told by its command line."""
        mark = b"-Dlogweir.node=" + os.fsencode(self.folder)
        try:
            os.kill(pid, 0)
            return mark in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0") if Path("/proc").is_dir() else True
        except OSError:
            return False

    def lock(self, what):
        return locked(self.folder.with_suffix(".lock"), f"{what} port {self.port}")

    def start(self, flavour_name, settings, heap, keep):
        """Starts the node and waits until it can be written to. One that runs as asked for already is left as it is."""
        flavour = FLAVOURS[flavour_name]
        wanted = {"flavour": flavour.name, "version": flavour.version, "settings": settings, "heap": heap}
        with self.lock("starts"):
            if pid := self.pid():
                running = self.description() or {}
                if all(running.get(name) == value for name, value in wanted.items()):
                    say(f"{flavour.name} {flavour.version} runs already on {running['url']} (pid {pid})")
                    return
                raise Refused(f"port {self.port} has {running.get('flavour')} {running.get('settings')} already: stop it first, or choose another port")
            if answers(self.port):
                raise Refused(f"port {self.port} is taken by another program: stop it, or choose another port")
            java, home = java_home(flavour), installed(flavour)
            if not keep:
                shutil.rmtree(self.folder, ignore_errors=True)
            self._lay_out(flavour, home, settings)
            scheme = "https" if flavour.tls else "http"
            self._describe(wanted | {
                "url": f"{scheme}://127.0.0.1:{self.port}", "user": flavour.user, "password": PASSWORD if flavour.user else None,
                "ca": str(self.folder / "config" / "root-ca.pem") if flavour.tls else None, "java": str(java)})
            self._run(flavour, home, java, heap)

    def _lay_out(self, flavour, home, settings):
        """The node's folders and its configuration: what came with the server, the lines of security, ours, and the caller's last."""
        configuration = self.folder / "config"
        shutil.rmtree(configuration, ignore_errors=True)
        shutil.copytree(home / "config", configuration)
        for name in ("data", "logs", "tmp"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        lines = {"cluster.name": "logweir", "node.name": f"node-{self.port}", "discovery.type": "single-node", "network.host": "127.0.0.1",
                 "http.port": self.port, "transport.port": "0", "path.data": self.folder / "data", "path.logs": self.folder / "logs",
                 # A full disk would make every index read-only, in the middle of a test.
                 "cluster.routing.allocation.disk.threshold_enabled": "false"} | settings
        part = configuration / "security.part"
        security = part.read_text() if part.is_file() else ""
        (configuration / f"{flavour.kind}.yml").write_text("".join(f"{name}: {value}\n" for name, value in lines.items()) + security)
        # The log of the collector and dumps would be written below the installation, which nodes share.
        options = configuration / "jvm.options"
        text = re.sub(r"(file=|ErrorFile=|HeapDumpPath=)(logs|data)\b", lambda found: f"{found[1]}{self.folder / found[2]}", options.read_text())
        options.write_text(text)
        if os.geteuid() == 0:
            for path in (self.folder, *self.folder.rglob("*")):
                shutil.chown(path, PLAIN_USER, PLAIN_GROUP)

    def _describe(self, content):
        (self.folder / "node.json").write_text(json.dumps(content, indent=2) + "\n")

    def _run(self, flavour, home, java, heap):
        # Compiled once and quickly: it halves the start, and costs where a server works for long. LOGWEIR_SEARCH_JAVA_OPTIONS comes last and wins.
        options = f"-Xms{heap} -Xmx{heap} -XX:TieredStopAtLevel=1 -Dlogweir.node={self.folder} {os.environ.get('LOGWEIR_SEARCH_JAVA_OPTIONS', '')}"
        prefix = {"opensearch": "OPENSEARCH", "elasticsearch": "ES"}[flavour.kind]
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("OPENSEARCH_", "ES_"))} | {
            "JAVA_HOME": str(java), f"{prefix}_JAVA_HOME": str(java), f"{prefix}_JAVA_OPTS": options.strip(), f"{prefix}_TMPDIR": str(self.folder / "tmp"),
            f"{prefix}_PATH_CONF": str(self.folder / "config")}
        say(f"starting {flavour.name} {flavour.version} on port {self.port}, on {java.name}")
        self.pid_file.unlink(missing_ok=True)
        began = time.monotonic()
        with self.log.open("wb") as log:
            launcher = subprocess.Popen([*plain_user(), str(home / "bin" / flavour.kind), "-p", str(self.pid_file)], env=environment, cwd=home,
                                        stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        with progress(f"starting {flavour.name}"):
            while not self.healthy():
                if launcher.poll() is not None or time.monotonic() - began > START_SECONDS:
                    self._give_up(launcher, flavour, time.monotonic() - began)
                time.sleep(0.2)
        say(f"{flavour.name} {flavour.version} is up on {self.description()['url']} in {time.monotonic() - began:.0f} s (pid {self.pid()}, log {self.log})")

    def _give_up(self, launcher, flavour, seconds):
        ended = launcher.poll() is not None
        if not ended:
            os.killpg(launcher.pid, signal.SIGKILL)
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])
        shutil.rmtree(self.folder, ignore_errors=True)
        raise Refused(f"{flavour.name} {'ended' if ended else 'did not come up'} after {seconds:.0f} s; the end of {self.log}:\n{tail}")

    def healthy(self):
        """Whether the node takes requests of its user and can hold an index."""
        content = self.description()
        request = urllib.request.Request(f"{content['url']}/_cluster/health?wait_for_status=yellow&timeout=1s")
        if content["user"]:
            request.add_header("Authorization", "Basic " + base64.b64encode(f"{content['user']}:{content['password']}".encode()).decode())
        try:
            context = ssl.create_default_context(cafile=content["ca"]) if content["ca"] else None
            with urllib.request.urlopen(request, timeout=5, context=context) as answer:
                return not json.load(answer)["timed_out"]
        except (OSError, ValueError, KeyError):
            return False

    def stop(self, keep):
        """Ends the node by its process id and removes what it wrote, but for its log."""
        with self.lock("stops"):
            pid = self.pid()
            if pid is not None:
                os.kill(pid, signal.SIGTERM)
                # Data that nobody will read need not be written down in order.
                limit = time.monotonic() + (30 if keep else 10)
                while self.is_alive(pid) and time.monotonic() < limit:
                    time.sleep(0.05)
                if self.is_alive(pid):
                    os.kill(pid, signal.SIGKILL)
            if not keep:
                shutil.rmtree(self.folder, ignore_errors=True)
            say(f"stopped the node on port {self.port} (pid {pid})" if pid else f"none of ours runs on port {self.port}")


def answers(port):
    """Whether anything listens on a port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def every_node():
    """The nodes that have a folder, running or not, by port."""
    return [Node(int(folder.name.removeprefix("port-"))) for folder in sorted(state_folder().glob("port-*")) if folder.is_dir()]
