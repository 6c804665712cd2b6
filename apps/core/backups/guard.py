"""The site is closed for as long as this process lives and wants it, and not a moment longer.

The flag is a file, so it would outlive a killed process and keep the site closed. A second process waits at a pipe for
the first to end, in whatever way, and opens the site then.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

# Reads until the pipe is closed: by the block's end, or by the system when the process died.
_WATCHER = "import os, sys; sys.stdin.buffer.read(); os.path.exists(sys.argv[1]) and os.unlink(sys.argv[1])"


REASON = "restore of "  # how the flag of a restore begins; one that a person wrote says something else


def open_after_power_cut() -> None:
    """Open a site that a restore closed when the whole machine went down with it. Called with the lock of backups."""
    flag = Path(settings.MAINTENANCE_FILE)
    with suppress(FileNotFoundError):
        if flag.read_text().startswith(REASON):
            flag.unlink()


@contextmanager
def closed(reason: str) -> Iterator[None]:
    """Close the site while the block runs. One that was closed before stays closed after it."""
    flag = Path(settings.MAINTENANCE_FILE)
    if flag.exists():
        yield
        return
    flag.parent.mkdir(parents=True, exist_ok=True)
    watcher = subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-c", _WATCHER, str(flag)], stdin=subprocess.PIPE, start_new_session=True
    )
    try:
        flag.write_text(f"{reason}\n")
        yield
    finally:
        if watcher.stdin:
            watcher.stdin.close()
        watcher.wait()
