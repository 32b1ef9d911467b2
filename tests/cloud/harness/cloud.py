"""Short ways to look into the local AWS."""

import json
import os
import time

import boto3
from botocore.config import Config

from .payload import inflate

SETTINGS = {"region_name": "us-east-1", "aws_access_key_id": "test", "aws_secret_access_key": "test"}


def port():
    return int(os.environ.get("LOGWEIR_CLOUD_PORT", "4566"))


def endpoint():
    return f"http://127.0.0.1:{port()}"


class Clients:
    """A client of each service, made when first asked for: clients().s3, clients().firehose …"""

    def __init__(self, url):
        self.url = url

    def __getattr__(self, service):
        config = Config(retries={"max_attempts": 3}, s3={"addressing_style": "path"}, read_timeout=120)
        client = boto3.client(service, endpoint_url=self.url, config=config, **SETTINGS)
        setattr(self, service, client)
        return client


def clients(url=None):
    return Clients(url or endpoint())


def objects(s3, bucket, prefix=""):
    """Every object under a prefix: key to bytes."""
    found = {}
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for entry in page.get("Contents", []):
            # Not as the client would hand it on: an object with Content-Encoding must come as it is stored.
            found[entry["Key"]] = s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read()
    return found


def lines(data):
    """The records of an object, gzipped or not, one or many members. Each line must end in a newline."""
    text = inflate(data) if data[:2] == b"\x1f\x8b" else data
    if text and not text.endswith(b"\n"):
        raise ValueError(f"the object ends in the middle of a line: …{text[-80:]!r}")
    return [json.loads(line) for line in text.split(b"\n")[:-1]]


def records(stored):
    """The records of all objects of a dictionary as `objects` gives it, in order of keys."""
    return [line for key in sorted(stored) for line in lines(stored[key])]


def wait_until(condition, *, seconds=30.0, what="the condition", interval=0.1):
    """What the condition returns once it is true; TimeoutError, which names what was waited for and what was seen last."""
    limit = time.monotonic() + seconds
    while not (seen := condition()):
        if time.monotonic() > limit:
            raise TimeoutError(f"waited {seconds:.0f} s in vain for {what}; last seen: {seen!r}")
        time.sleep(interval)
    return seen
