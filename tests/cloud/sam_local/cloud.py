#!/usr/bin/env python3
"""A local AWS that containers of this machine's Docker engine can reach, with what events/template.yaml names: buckets, the stream to forward to, the
alarmer's table and topics.

It listens on the engine's bridge alone, an address that no other machine reaches; scripts/local-cloud's listens on 127.0.0.1, which containers do not
reach. Run as a program it stays until it is stopped (Ctrl-C, TERM) and forgets all it holds."""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import boto3
from botocore.config import Config

ROOT = Path(__file__).resolve().parents[3]
MINISTACK = ROOT / ".venv" / "cloud" / "bin" / "ministack"
PORT = 4577  # events/template.yaml's
REGION = "us-east-1"
ARCHIVE, DEAD_LETTERS = "logweir-archive", "logweir-dead-letters"
FORWARD = "logweir-forward"
STATE = "logweir-state"
SERVICES = ("s3", "kinesis", "dynamodb", "sns", "sqs")
SEVERITIES = ("critical", "high", "medium", "low", "info")


def bridge():
    """The address by which containers reach this machine (host-gateway). An engine that runs no container yet may not name it."""
    asked = subprocess.run(["docker", "network", "inspect", "bridge", "--format", "{{range .IPAM.Config}}{{.Gateway}} {{end}}"],
                           capture_output=True, text=True)
    found = [word for word in asked.stdout.split() if word.count(".") == 3]
    return found[0] if found else "172.17.0.1"


class ContainerCloud:
    """ministack on `address`:`port`; `with` ends it."""

    def __init__(self, address, port, log):
        self.url = f"http://{address}:{port}"
        self._folder = tempfile.TemporaryDirectory(prefix="logweir-cloud-")
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environment = {**kept, "GATEWAY_PORT": str(port), "BIND_HOST": address, "TMPDIR": self._folder.name, "LOG_LEVEL": "WARNING",
                       "STATE_DIR": f"{self._folder.name}/state", "S3_DATA_DIR": f"{self._folder.name}/s3", "LAMBDA_EXECUTOR": "local",
                       "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}
        program = os.environ.get("LOGWEIR_MINISTACK", str(MINISTACK))
        with Path(log).open("wb") as output:
            self._process = subprocess.Popen([program], env=environment, cwd=self._folder.name, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        limit = time.monotonic() + 60
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > limit:
                self.close()
                raise RuntimeError(f"ministack did not come up on {self.url}; its log is {log}:\n" + Path(log).read_text(errors="replace")[-2000:])
            time.sleep(0.1)
        # Here, once, and not where they are used: making a client reads the whole environment, which pytest changes between tests while threads invoke.
        config = Config(retries={"max_attempts": 3}, s3={"addressing_style": "path"})
        self._clients = {service: boto3.client(service, endpoint_url=self.url, region_name=REGION, aws_access_key_id="test",
                                               aws_secret_access_key="test", config=config) for service in SERVICES}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._process.terminate()
        self._process.wait()
        self._folder.cleanup()

    def wait(self):
        return self._process.wait()

    def client(self, service):
        """Of one of SERVICES; any thread may use it."""
        return self._clients[service]

    def prepare(self, suffix=""):
        """Makes the buckets, the stream, the table and the topics, their names ending in `suffix`."""
        s3 = self.client("s3")
        for name in (ARCHIVE, DEAD_LETTERS):
            s3.create_bucket(Bucket=name + suffix)
        self.client("kinesis").create_stream(StreamName=FORWARD + suffix, ShardCount=1)
        keys = {"HASH": "pk", "RANGE": "sk"}
        self.client("dynamodb").create_table(
            TableName=STATE + suffix, BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": name, "KeyType": kind} for kind, name in keys.items()],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys.values()])
        for severity in SEVERITIES:
            self.client("sns").create_topic(Name=f"logweir-{severity}{suffix}")

    def _answers(self):
        try:
            urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=2).close()
        except (urllib.error.URLError, OSError):
            return False
        return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=PORT, help=f"default {PORT}, which events/template.yaml expects")
    port = parser.parse_args().port
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    (ROOT / ".local").mkdir(exist_ok=True)
    with ContainerCloud(bridge(), port, ROOT / ".local" / f"cloud-containers-{port}.log") as cloud:
        cloud.prepare()
        print(f"a local AWS for containers: {cloud.url}, in a container http://host.docker.internal:{port}", flush=True)
        try:
            cloud.wait()
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
