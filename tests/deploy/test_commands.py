"""What a killed deployer had started ends with it, but for what must not be cut in two."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARENT = "from deploy.deployer import commands; commands.run(['sleep', '600'], outlives={outlives})"


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def sleeper_of(parent: int) -> int:
    """Return the child of ``parent`` that became ``sleep``, 0 before."""
    for word in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        if Path(f"/proc/{word}/cmdline").read_bytes() == b"sleep\x00600\x00":
            return int(word)
    return 0


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() == b"sleep\x00600\x00"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.slow
def test_a_program_ends_with_the_deployer_that_was_killed_unless_it_outlives_it() -> None:
    parents = {
        outlives: subprocess.Popen([sys.executable, "-c", PARENT.format(outlives=outlives)], cwd=ROOT)
        for outlives in (False, True)
    }
    until(lambda: all(sleeper_of(parent.pid) for parent in parents.values()))
    pids = {outlives: sleeper_of(parent.pid) for outlives, parent in parents.items()}
    try:
        for parent in parents.values():
            parent.kill()
            parent.wait()
        until(lambda: not lives(pids[False]))
        assert lives(pids[True])
    finally:
        os.kill(pids[True], signal.SIGKILL)
