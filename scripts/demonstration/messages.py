"""The alarmers' messages on the screen, and in a file."""

import json
import textwrap

from .deployment import EMAIL, PHONE
from .screen import LOCAL, bad, bold, box, cut, good, table

FILE = LOCAL / "notifications.txt"
WIDTH = 118
PHONE_WIDTH = 46


def show(listener):
    """What a stack told: all of it in a table, an alarm as e-mail and as document, all as text messages."""
    documents = sorted(listener.documents, key=lambda told: told["timestamp"])
    table(["alarm", "since", "value", "condition", "lines", "state"],
          [[told["alarm"], told["time"], "-" if told["value"] is None else f"{told['value']:g}", told["condition"], str(len(told["lines"])),
            (told["state"], bad if told["state"] == "ALARM" else good)] for told in documents])
    emails, texts = dict(listener.emails()), listener.texts()
    if mail := emails.get(("access-404", "ALARM")):
        box(f"e-mail to {EMAIL}", [bold(cut(mail["subject"], WIDTH)), "", *folded(mail["text"])], WIDTH)
    if texts:
        box(f"text messages to {PHONE}", balloons(texts), PHONE_WIDTH)
    if document := next((told for told in documents if (told["alarm"], told["state"]) == ("cloudtrail-expensive-instances", "ALARM")), None):
        fields = [cut(f"  {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)},", WIDTH) for name, value in document.items()]
        box("JSON document to queues, functions and webhooks", ["{", *fields[:-1], fields[-1].rstrip(","), "}"], WIDTH)


def folded(text):
    """Sentences go on in the next line; log lines, which are indented, and addresses are cut."""
    for line in text.rstrip().splitlines():
        if line.startswith(("    ", "http")) or not line:
            yield cut(line, WIDTH)
        else:
            yield from textwrap.wrap(line, WIDTH, subsequent_indent=" " * 11 if line[:11].rstrip().endswith(":") else "")


def balloons(texts):
    """The text messages, one below the other."""
    for number, ((_, state), text) in enumerate(texts):
        if number:
            yield ""
        for line in textwrap.wrap(text["text"], PHONE_WIDTH, break_on_hyphens=False):
            yield (bad if state == "ALARM" else good)(line)


def save(listeners):
    """Everything that was told, whole, in its three forms."""
    parts = []
    for listener in listeners:
        parts.append(f"{'=' * WIDTH}\n{listener.name} ({listener.stack})\n{'=' * WIDTH}")
        emails, texts = dict(listener.emails()), dict(listener.texts())
        for told in listener.documents:
            key = told["alarm"], told["state"]
            if mail := emails.get(key):
                parts.append(f"--- e-mail to {mail['to']}: {mail['subject']}\n\n{mail['text']}")
            if text := texts.get(key):
                parts.append(f"--- text message to {text['to']}\n\n{text['text']}")
            parts.append(f"--- JSON document\n\n{json.dumps(told, indent=2, ensure_ascii=False)}")
    FILE.write_text("\n\n".join(parts) + "\n")
    return FILE
