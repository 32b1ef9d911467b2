"""Plain terminal output: steps with their time, tables, colour on a terminal alone."""

import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
COLOUR = sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


class Failed(Exception):
    """A step went wrong; the text says what and what to do."""


def paint(code, text):
    return f"\033[{code}m{text}\033[0m" if COLOUR else text


def bold(text):
    return paint("1", text)


def dim(text):
    return paint("2", text)


def good(text):
    return paint("32", text)


def bad(text):
    return paint("31", text)


def heading(text):
    print(f"\n{bold(text)}")


class Step:
    """`with Step("deploying …"):` prints one line when it ends, with its seconds; on a terminal the line counts while it runs, elsewhere one line
    every 20 s says that it still does. `note` adds to the final line."""

    def __init__(self, title):
        self.title, self.note = title, ""

    def __enter__(self):
        self.began, self._done = time.monotonic(), threading.Event()
        self._ticker = threading.Thread(target=self._tick, daemon=True)
        self._ticker.start()
        return self

    def __exit__(self, kind, *_):
        self._done.set()
        self._ticker.join()
        mark = good("✓") if kind is None else bad("✗")
        if COLOUR:
            print("\r\033[K", end="")
        print(f"  {mark} {self.title} {dim(f'{self.seconds():.1f} s')}{'  ' + dim(self.note) if self.note else ''}", flush=True)

    def seconds(self):
        return time.monotonic() - self.began

    def _tick(self):
        while not self._done.wait(1 if COLOUR else 20):
            if COLOUR:
                print(f"\r\033[K  … {self.title} {dim(f'{self.seconds():.0f} s')}", end="", flush=True)
            else:
                print(f"    … {self.title} {self.seconds():.0f} s", flush=True)


def run_logged(title, command, log_name, environment, advice=""):
    """Runs a command as a step, its output in .local/<log_name>; where it fails, shows the end of it."""
    LOCAL.mkdir(exist_ok=True)
    log = LOCAL / log_name
    with Step(title):
        with log.open("wb") as output:
            code = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output).returncode
        if code != 0:
            end = "\n".join("    " + line for line in log.read_text(errors="replace").splitlines()[-20:])
            raise Failed(f"{title}: `{' '.join(map(str, command[:3]))} …` ended with {code}. The end of {log.relative_to(ROOT)}:\n{end}"
                         + (f"\n{advice}" if advice else ""))


def table(head, rows):
    """Columns as wide as they need; numbers to the right. The last cell of a row may be (text, paint)."""
    plain = [[cell[0] if isinstance(cell, tuple) else str(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in [list(head), *plain]) for column in range(len(head))]
    right = [all(row[column].replace(",", "").isdigit() for row in plain) for column in range(len(head))]

    def line(cells):
        return "  " + "  ".join(cell.rjust(width) if to_right else cell.ljust(width) for cell, width, to_right in zip(cells, widths, right)).rstrip()

    print(dim(line(head)))
    for row, cells in zip(rows, plain):
        text = line(cells)
        if isinstance(row[-1], tuple):
            words, colour = row[-1]
            text = text.removesuffix(words) + colour(words)
        print(text)


def cut(text, width):
    return text if len(text) <= width else text[:width - 1] + "…"


def box(title, lines, width):
    """Lines, none longer than the width, with a frame around them."""
    print(dim("  ╭─ ") + title + dim(f" {'─' * (width - len(title) - 1)}╮"))
    for line in lines:
        visible = len(re.sub(r"\033\[[0-9;]*m", "", line))
        print(f"  {dim('│')} {line}{' ' * (width - visible)} {dim('│')}")
    print(dim(f"  ╰{'─' * (width + 2)}╯"))
