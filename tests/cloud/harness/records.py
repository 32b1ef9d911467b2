"""Comparing what was put with what was found, record by record."""

import json
from collections import Counter

from .payload import expected_lines, identity


def as_counter(found):
    return Counter(json.dumps(line) for line in found)


def expected(payloads):
    """What payloads must become, each once."""
    return as_counter(line for payload in payloads for line in expected_lines(payload))


def once(found):
    """What a reader sees that deduplicates by owner, group, stream and id."""
    return as_counter({identity(line): line for line in found}.values())
