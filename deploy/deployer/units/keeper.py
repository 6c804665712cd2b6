"""Keeps one service running, as systemd would: starts it, starts it again when it fails, ends it when asked.

``python -m deploy.deployer.units.keeper UNITS STATE LOG NAME`` runs until SIGTERM. It holds a lock as long as it
lives, which tells others so; what it does stands in a file beside the lock.
"""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import IO

from deploy.deployer import commands
from deploy.deployer.units import unitfile

SETPRIV = shutil.which("setpriv") or "/usr/bin/setpriv"
SHORT_LIFE = 10.0  # seconds: one that lives shorter failed at its start
STARTS = 5  # in a row that are short, then it is left alone, as systemd does


class Keeper:
    def __init__(self, units: Path, state: Path, log: Path, name: str) -> None:
        self.unit = unitfile.read(units, name)
        self.status = state / f"{name}.json"
        self.log = log / f"{name}.log"
        self.child: subprocess.Popen[bytes] | None = None
        self.stopping = False
        self.failures = 0

    def run(self) -> int:
        """Keep it running until asked to stop. Return 0 then, 1 when it can't be kept running."""
        signal.signal(signal.SIGTERM, self._asked_to_stop)
        while not self.stopping:
            began = time.monotonic()
            code = self._live()
            if self.stopping:
                break
            self.failures = self.failures + 1 if time.monotonic() - began < SHORT_LIFE else 1
            self._tell("failing", code=code)
            if not self.unit.restarts or code in self.unit.final or self.failures >= STARTS:
                self._tell("failed", code=code)
                return 1
            self._pause(self.unit.restart_seconds)
        self._tell("stopped")
        return 0

    def _live(self) -> int:
        with self.log.open("ab") as output:
            for words in self.unit.before:
                if done := self._start(words, output).wait():
                    return done
            self.child = self._start(self.unit.command, output)
        self._tell("active")
        code = self._wait(self.child)
        self._end_the_rest()
        return code

    def _wait(self, child: subprocess.Popen[bytes]) -> int:
        """Wait for its end; once asked to stop no longer than the unit says."""
        until = float("inf")
        while (code := child.poll()) is None:
            if self.stopping and until == float("inf"):
                self._tell("stopping")
                child.send_signal(signal.Signals[self.unit.kill_signal])
                until = time.monotonic() + self.unit.stop_seconds
            if time.monotonic() > until:
                self._end_the_rest()
            time.sleep(0.05)
        return code

    def _start(self, words: tuple[str, ...], output: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - the unit's own words
            # After the change of user, which would forget it.
            [*commands.as_user(self.unit.user), SETPRIV, "--pdeathsig=TERM", "--", *words],
            cwd=self.unit.folder,
            env=commands.clean_environment(self.unit.environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def _asked_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _end_the_rest(self) -> None:
        """Kill what the main process left behind, so that its successor does not meet it."""
        if self.child is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.child.pid, signal.SIGKILL)

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.stopping:
            time.sleep(0.05)

    def _tell(self, state: str, code: int | None = None) -> None:
        told = {
            "state": state,
            "keeper": os.getpid(),
            "main": self.child.pid if self.child is not None else None,
            "failures": self.failures,
            "code": code,
        }
        draft = self.status.with_suffix(".part")
        with suppress(OSError):
            draft.write_text(json.dumps(told))
            draft.replace(self.status)


def main() -> int:
    units, state, log, name = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
    with (state / f"{name}.next").open("w") as queue, (state / f"{name}.lock").open("w") as lock:
        if not _take(queue):
            return 0  # another one waits already
        while not _take(lock):
            if json.loads((state / f"{name}.json").read_text() or "{}").get("state") != "stopping":
                return 0  # another keeper has it
            time.sleep(0.1)
        fcntl.flock(queue, fcntl.LOCK_UN)
        return Keeper(units, state, log, name).run()


def _take(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
