"""What the supervisor writes: plain steps, then one log with a name in front of every line."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

COLOURS = {"web": 36, "worker": 33, "beat": 35, "run": 32}
WIDTH = max(map(len, COLOURS))


def coloured() -> bool:
    """Tell whether colours help: on a terminal, unless NO_COLOR is set."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def paint(text: str, colour: int) -> str:
    """Return ``text`` in an ANSI colour, or as it is."""
    return f"\033[{colour}m{text}\033[0m" if coloured() else text


def say(text: str = "") -> None:
    """Write a line now, also into a pipe."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def log(name: str, line: str) -> None:
    """Write a line of the process ``name``."""
    say(f"{paint(f'{name:<{WIDTH}} |', COLOURS.get(name, 37))} {line}")


@contextmanager
def step(what: str) -> Iterator[list[str]]:
    """Say what is being done and how long it took. Words added to the list that it gives end the line."""
    started = time.monotonic()
    words: list[str] = []
    if coloured():
        sys.stdout.write(f"  … {what}")
        sys.stdout.flush()
    try:
        yield words
    except BaseException:
        say(f"{_line_start()}  {paint('✗', 31)} {what}")
        raise
    details = " ".join([*words, f"({time.monotonic() - started:.1f} s)"])
    say(f"{_line_start()}  {paint('✓', 32)} {what} {details}")


def _line_start() -> str:
    return "\r\033[K" if coloured() else ""
