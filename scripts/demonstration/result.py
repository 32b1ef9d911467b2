"""What came out of each path, and whether it balances with what went in."""

import sys
from collections import Counter
from dataclasses import dataclass

from .deployment import outputs
from .indices import Indexed
from .screen import ROOT, Failed

sys.path.insert(0, str(ROOT / "tests" / "cloud"))

from harness.cloud import lines, objects, wait_until  # noqa: E402


@dataclass
class Path:
    """A way through the suite and where it ends."""

    name: str
    bucket: str
    prefix: str
    stored: dict  # Key to bytes.

    def records(self):
        return [line for key in sorted(self.stored) for line in lines(self.stored[key])]

    def refresh(self, clients):
        """Reads what is new. Objects are never rewritten, so what is known is not read again."""
        listed = set()
        for page in clients.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix):
            listed.update(entry["Key"] for entry in page.get("Contents", []))
        for key in sorted(listed - set(self.stored)):
            self.stored.update(objects(clients.s3, self.bucket, key))
        return self

    def size(self):
        return len(self.stored)

    def listing(self):
        """Rows of a table: folder, objects, records, bytes."""
        return [[folder, f"{count:,}", f"{records:,}", f"{size:,}"] for folder, (count, records, size) in by_folder(self).items()]


@dataclass
class Balance:
    path: str
    put: int
    found: int  # Distinct ids.
    repeated: int
    missing: int
    unexpected: int

    @property
    def holds(self):
        return self.missing == 0 and self.unexpected == 0


def paths(clients, server, prefixes):
    """The six paths, empty as yet."""
    direct, stream = outputs(clients, "logweir-direct"), outputs(clients, "logweir-stream")
    try:
        return [
            Path("log group → archiver → S3", direct["ArchiveBucketName"], "logs/", {}),
            Path("delivery stream with transformer → S3", direct["DeliveryBucketName"], "logs/", {}),
            Path("stream → archiver → S3", stream["ArchiveBucketName"], "logs/", {}),
            Path("stream → Firehose with transformer → S3", stream["DeliveryBucketName"], "logs/", {}),
            Indexed("log group → indexer → OpenSearch", server, prefixes["logweir-direct"]),
            Indexed("stream → indexer → OpenSearch", server, prefixes["logweir-stream"]),
        ]
    except KeyError as missing:
        raise Failed(f"a stack has no output {missing}: template.yaml and scripts/demonstration/result.py disagree") from None


def await_all(clients, all_paths, expected, *, seconds=90):
    """Waits until each path holds as many records as were put (or the time is up: the balance says what is missing), and until nothing more comes."""
    def arrived():
        for path in all_paths:
            path.refresh(clients)
        counts = [len(path.records()) for path in all_paths]
        return counts if all(count >= expected for count in counts) else None

    try:
        wait_until(arrived, seconds=seconds, what="all paths to deliver", interval=0.5)
        before = None
        while before != (before := [path.refresh(clients).size() for path in all_paths]):
            wait_until(lambda: True, interval=1)
    except TimeoutError:
        pass
    return all_paths


def content(record):
    """By this, lines in and lines out are compared. Not by id: the local AWS makes up new ids for each subscription filter."""
    return record["log_group"], record["log_stream"], record["timestamp"], record["message"]


def balance(path, expected):
    """`expected` is a Counter of `content`. Repeats are told by id, as a reader would."""
    distinct = {}
    records = path.records()
    for record in records:
        distinct.setdefault((record["owner"], record["log_group"], record["log_stream"], record["id"]), record)
    found = Counter(content(record) for record in distinct.values())
    return Balance(path.name, expected.total(), len(distinct), len(records) - len(distinct), (expected - found).total(), (found - expected).total())


def expected_of(streams):
    return Counter((stream.group, stream.name, timestamp, message) for stream in streams for timestamp, message in stream.events)


def dead_letters(clients):
    """Keys of what the functions could not decode, or Lambda or Firehose gave up on."""
    found = []
    for stack in ("logweir-direct", "logweir-stream"):
        names = outputs(clients, stack)
        found += [f"s3://{names['DeadLetterBucketName']}/{key}" for key in objects(clients.s3, names["DeadLetterBucketName"])]
        found += [f"s3://{names['DeliveryBucketName']}/{key}" for key in objects(clients.s3, names["DeliveryBucketName"], "errors/")]
    return found


def by_folder(path):
    """Folder to (objects, records, bytes), in order."""
    folders = {}
    for key, data in sorted(path.stored.items()):
        folder = key.rpartition("/")[0] + "/"
        count, records, size = folders.get(folder, (0, 0, 0))
        folders[folder] = (count + 1, records + len(lines(data)), size + len(data))
    return folders
