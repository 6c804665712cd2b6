"""A process whose lines go into the common log, with everything that it starts itself."""

import collections
import contextlib
import os
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field

from deltacrown.local import console, privileges


@dataclass
class Program:
    """A process whose lines go into the common log."""

    name: str
    command: list[str]
    environment: dict[str, str]
    show: Callable[[str], None] | None = None  # instead of a line of the common log
    process: subprocess.Popen[bytes] | None = None
    _unfinished: bytes = b""
    _code: int = 0
    _lines: collections.deque[str] = field(default_factory=lambda: collections.deque(maxlen=25))

    def start(self) -> None:
        """Start it in a process group of its own, so that all it starts can be ended with it."""
        prefix = privileges.prefix(needs=(), drop=False, at_death=signal.SIGTERM)
        self.process = subprocess.Popen(  # noqa: S603 - our own words
            [*prefix, *self.command],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        os.set_blocking(self.output(), False)

    def output(self) -> int:
        """Return the descriptor its lines come from."""
        return self.process.stdout.fileno()  # type: ignore[union-attr] # it was started with a pipe

    def read(self) -> bool:
        """Show the lines that wait. Return whether more can come."""
        with contextlib.suppress(BlockingIOError):
            while received := os.read(self.output(), 65536):
                *lines, self._unfinished = (self._unfinished + received).split(b"\n")
                for line in lines:
                    self._show(line)
            return False
        return True

    def ended(self) -> int | None:
        return self.process.poll() if self.process else self._code

    def ask_to_end(self) -> None:
        """Ask the leader only: a Celery worker lets its children finish, and they would die of the signal."""
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def kill(self) -> None:
        """End the whole group, also what its leader left behind."""
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self._code = self.process.wait()
            self.read()
            if self._unfinished:
                self._show(self._unfinished)
                self._unfinished = b""
            self.process.stdout.close()  # type: ignore[union-attr] # it was started with a pipe
            self.process = None  # its number may soon be another's

    def last_lines(self) -> str:
        return "\n".join(self._lines)

    def _show(self, line: bytes) -> None:
        text = line.decode(errors="replace").rstrip()
        if text:
            self._lines.append(text)
            if self.show:
                self.show(text)
            else:
                console.log(self.name, text)
