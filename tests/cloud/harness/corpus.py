"""Payloads to drive functions with: sizes and mixes, each the same for the same seed."""

import gzip
import json
import random

from .payload import Identifiers, document, kinesis_event, log_events, pack
from .poller import Shard

HOUR = 3_600_000


def text(chance, size, share=0.15):
    """A message of `size` characters that compresses at about 1.75 / share to 1: random hex digits, then what every log line repeats."""
    random_part = int(size * share)
    filler = " INFO request handled by worker in 12 ms, status 200, cache miss, upstream app.internal"
    return (f"{chance.getrandbits(4 * random_part):0{random_part}x}" if random_part else "") + (filler * (size // len(filler) + 1))[:size - random_part]


def payload(chance, identifiers, count, size, *, share=0.15, group="/app/web", stream=None, **more):
    messages = [text(chance, size, share) for _ in range(count)]
    return document(log_events(messages, identifiers, step=977), group=group, stream=stream or f"web-{chance.randint(1, 9)}", **more)


# Text that has broken decoders and encoders: control characters, surrogate pairs, what JSON must escape, what looks like JSON, ends of lines.
NASTY = ["", " ", "\x00", "a\x00b", "".join(map(chr, range(32))), "\x7f\u0080\u009f", "\u2028\u2029", "\ufeff", "\ufffd", "\U0001f600 \U0010ffff",
         '"', "\\", "\\u0041", '{"a":"\\"b\\""}', "</script>", "tab\tend", "line\nline\r\nline\n", "𝄞 clef", "e\u0301", "ﷺ", "日本語のログ", "\\ud83d",
         "null", "[1,2", "%00%2e%2e/", "x" * 70_000,
         "\ud83d lone", "lone \ude00", "\ud83d"]


def nasty(identifiers, **more):
    return document(log_events(NASTY, identifiers), group="/app/nasty", stream="a/b [$LATEST] ü", **more)


def sizes(name):
    """The payloads of one named case, decoded. What a case is for stands beside it."""
    chance, identifiers = random.Random(f"payloads {name}"), Identifiers()

    def make(count, size, **more):
        return payload(chance, identifiers, count, size, **more)

    match name:
        case "one byte messages":  # The record is two hundred times its message.
            return [make(10_000, 1) for _ in range(4)]
        case "empty messages":
            return [make(3, 0) for _ in range(3)]
        case "mixed":
            return [make(chance.randint(1, 400), chance.choice([1, 20, 300, 4_000]), group=f"/app/{chance.randint(1, 5)}") for _ in range(60)]
        case "nasty":
            return [nasty(identifiers) for _ in range(3)]
        case "1 MB messages":  # Hardly compressible: the answer is larger than what came in.
            return [make(1, 1_000_000, share=0.9) for _ in range(6)]
        case "15 MB in one":  # One record, whose output does not fit an answer when it is plain.
            return [make(1_500, 10_000, share=0.02)]
        case "60 MB in one":
            return [make(12_000, 5_000, share=0.004)]
        case "8 of 3 MB":  # Each fits, together they do not.
            return [make(1_500, 2_000, share=0.05) for _ in range(8)]
    raise KeyError(name)


CASES = ["one byte messages", "empty messages", "mixed", "nasty", "1 MB messages", "15 MB in one", "60 MB in one", "8 of 3 MB"]


def maximal(limit, share=0.1455):
    """Payloads whose event comes close to `limit` bytes of base64 and that decompress at about 10 to 1."""
    chance, identifiers = random.Random("maximal"), Identifiers()
    return [payload(chance, identifiers, 400, 2_000, share=share) for _ in range(limit * 3 // 4 // 83_000)]


def spread(seed, count=24, hours=3):
    """Payloads of several groups over some hours."""
    chance, identifiers = random.Random(seed), Identifiers(seed * 1_000_000)
    made = []
    for _ in range(count):
        messages = [text(chance, chance.choice([0, 1, 80, 700])) for _ in range(chance.randint(1, 60))]
        events = log_events(messages, identifiers, start=1_795_260_000_000 + chance.randint(0, hours * HOUR), step=chance.choice([1, 1_000, 200_000]))
        made.append(document(events, group=f"/app/{chance.randint(1, 4)}", stream=f"s-{chance.randint(1, 3)}"))
    return made


def event_of(payloads):
    """A Kinesis event of payloads."""
    shard = Shard()
    return kinesis_event([shard.put(pack(payload)) for payload in payloads])


def undecodable(good):
    """Bytes that no decoder can read, each in its own way, by name; `good` is a good payload's bytes."""

    def packed(value):
        return gzip.compress(json.dumps(value).encode())

    wrong_check = bytearray(good)
    wrong_check[-5] ^= 0xff
    return {
        "random bytes": bytes(range(255, 0, -1)) * 3,
        "cut in the middle": good[:len(good) // 2],
        "wrong checksum": bytes(wrong_check),
        "garbage after the member": good + b"garbage",
        "not JSON": gzip.compress(b"certainly not JSON"),
        "JSON of another kind": packed([1, 2, 3]),
        "no log events": packed({"messageType": "DATA_MESSAGE", "owner": "1", "logGroup": "g", "logStream": "s", "subscriptionFilters": []}),
        "a message that is a list": packed({"messageType": "DATA_MESSAGE", "owner": "1", "logGroup": "g", "logStream": "s", "subscriptionFilters": [],
                                            "logEvents": [{"id": "1", "timestamp": 1, "message": ["a"]}]}),
        "an unknown message type": packed({"messageType": "OTHER", "owner": "1", "logGroup": "g", "logStream": "s", "subscriptionFilters": [],
                                           "logEvents": []}),
    }
