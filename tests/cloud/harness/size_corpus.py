"""Lines as many of one kind are stored, for what they take on a disk: values spread as in real accounts, few interfaces and many ports, few messages and
many ids."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from .payload import OWNER, START
from .search_corpus import iso_of

# Apart, in milliseconds.
STEP = 40
# As many events as CloudWatch Logs takes and numbers at once.
BATCH = 50


@dataclass(frozen=True)
class Corpus:
    dataset: str
    group: str
    stream: str
    lines: Callable


def moment(number):
    return START + number * STEP


def identifiers(chance):
    """Ids as CloudWatch Logs makes them: the time of a batch, what nobody can tell, and the place in the batch."""
    number = 0
    while True:
        if number % BATCH == 0:
            first = moment(number) << 144 | chance.getrandbits(112) << 32
        yield f"{first + number % BATCH:056d}"
        number += 1


def flows(chance, count):
    interfaces = [(f"eni-{chance.getrandbits(68):017x}", f"10.0.{chance.randint(0, 15)}.{chance.randint(4, 250)}") for _ in range(60)]
    outside = [f"{chance.randint(11, 220)}.{chance.randint(0, 255)}.{chance.randint(0, 255)}.{chance.randint(1, 254)}" for _ in range(1_500)]
    for number in range(count):
        interface, own = chance.choice(interfaces)
        other = chance.choice(interfaces)[1] if chance.random() < 0.6 else chance.choice(outside)
        port, high = chance.choice([443, 443, 443, 80, 5432, 6379, 22, 53, 3306, 8080]), chance.randint(1024, 65535)
        source, target = ((own, other), (high, port)) if chance.random() < 0.5 else ((other, own), (port, high))
        packets = int(chance.lognormvariate(2, 1.5)) + 1
        size = packets * chance.randint(40, 1_400)
        start = moment(number) // 1_000 - chance.randint(20, 70)
        protocol = 17 if port == 53 else 6
        action = "REJECT" if chance.random() < 0.08 else "ACCEPT"
        yield (f"2 {OWNER} {interface} {source[0]} {source[1]} {target[0]} {target[1]} {protocol} {packets} {size} {start} "
               f"{start + chance.randint(15, 60)} {action} OK")


def applications(chance, count):
    actions = ["order accepted", "stock is low", "payment authorised", "basket updated", "user signed in", "mail queued", "cache refreshed", "invoice created"]
    users = [f"{chance.getrandbits(48):012x}" for _ in range(2_000)]
    for number in range(count):
        level = chance.choices(["INFO", "DEBUG", "WARN", "ERROR"], [70, 15, 10, 5])[0]
        line = {"timestamp": iso_of(moment(number)), "level": level, "logger": f"shop.{chance.choice(['orders', 'stock', 'payment', 'mail'])}",
                "message": f"{chance.choice(actions)} for order {chance.randint(10**6, 10**7)}", "service": "shop", "thread": f"worker-{chance.randint(1, 16)}",
                "trace_id": f"{chance.getrandbits(128):032x}", "user": chance.choice(users), "duration_ms": round(chance.lognormvariate(3, 1), 1),
                "order": {"id": f"{chance.randint(0, 10**12):012d}", "items": chance.randint(1, 12), "total": round(chance.uniform(1, 500), 2)}}
        if level == "ERROR":
            line["error"] = f"timeout after {chance.randint(100, 5_000)} ms"
        yield json.dumps(line)


def requests(chance, count):
    clients = [f"{chance.randint(11, 220)}.{chance.randint(0, 255)}.{chance.randint(0, 255)}.{chance.randint(1, 254)}" for _ in range(3_000)]
    agents = [f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 Safari/537.36"
              for system in ("X11; Linux x86_64", "Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7") for version in range(118, 143)]
    for number in range(count):
        path = chance.choice(["/", "/basket", f"/products/{chance.randint(1, 5_000)}", f"/search?q={chance.choice(['red', 'blue', 'shoe', 'hat'])}"])
        status = chance.choices([200, 304, 404, 500], [85, 8, 5, 2])[0]
        at = iso_of(moment(number))
        yield (f'{chance.choice(clients)} - - [21/Nov/2026:{at[11:19]} +0000] "{chance.choice(["GET", "GET", "GET", "POST"])} {path} HTTP/1.1" {status} '
               f'{chance.randint(120, 60_000)} "https://shop.example/" "{chance.choice(agents)}"')


CORPORA = {
    "VPC flows": Corpus("vpcflow", "/vpc/flow", "eni-all", flows),
    "JSON": Corpus("app", "/app/shop", "app-1", applications),
    "access": Corpus("access", "/web/access", "web-1", requests),
}
