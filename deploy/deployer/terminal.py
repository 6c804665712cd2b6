"""What people see."""

import sys
from contextlib import suppress


def say(text: str) -> None:
    with suppress(BrokenPipeError):
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


def complain(text: str) -> None:
    with suppress(BrokenPipeError):
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
