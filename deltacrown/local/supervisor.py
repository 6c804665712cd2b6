"""Keeps a handful of processes running, shows what they write, and ends every one of them.

One thread, one loop. The processes die with the thread that started them (``PR_SET_PDEATHSIG``), so a second thread
must never start one.
"""

import contextlib
import os
import selectors
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from deltacrown.local import console
from deltacrown.local.program import Program

SHORT_LIFE = 10.0  # seconds: one that lives shorter failed at its start
ATTEMPTS = 4
GRACE = 12.0  # seconds to end by itself
SAME_SIGNAL = 1.0  # seconds: make, timeout and a closing terminal often say the same thing twice
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0


class GaveUpError(RuntimeError):
    """A process ended again and again at its start. The message holds the end of its log."""


class Runs(Protocol):
    """What the supervisor keeps running."""

    name: str

    def start(self) -> None: ...
    def ended(self) -> int | None:
        """Return how it ended, or None while it runs."""

    def ask_to_end(self) -> None: ...
    def kill(self) -> None: ...
    def last_lines(self) -> str: ...


@dataclass
class Watched:
    """One thing that runs, and how its starts went."""

    runs: Runs
    started: float = 0.0
    failures: int = 0
    start_again: float | None = None


class Supervisor:
    """Runs things until a signal comes or one of them cannot be kept running."""

    def __init__(self) -> None:
        self._watched: list[Watched] = []
        self._selector = selectors.DefaultSelector()
        self._signals: list[float] = []  # when they came

    @contextlib.contextmanager
    def signals(self) -> Iterator[None]:
        """Collect signals that ask us to end. They also wake the loop from its sleep."""
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        os.set_blocking(reading, False)
        wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before: dict[signal.Signals, Any] = {number: signal.signal(number, self._take) for number in wanted}
        wake_before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        self._selector.register(reading, selectors.EVENT_READ, lambda: bool(os.read(reading, 64)))
        try:
            yield
        finally:
            signal.set_wakeup_fd(wake_before)
            for number, handler in before.items():
                signal.signal(number, handler)
            self._selector.unregister(reading)
            os.close(reading)
            os.close(writing)

    @property
    def asked_to_end(self) -> bool:
        """Whether a signal came."""
        return bool(self._signals)

    def add(self, runs: Runs, *, started: bool = False) -> None:
        """Keep ``runs`` running from now on. ``started`` tells that it runs already."""
        watched = Watched(runs, started=time.monotonic())
        self._watched.append(watched)
        if not started:
            self._start(watched)

    def loop(self, every: Callable[[], None] = lambda: None) -> None:
        """Watch until a signal comes. ``every`` is called about twice a second.

        Raises:
            GaveUpError: Something failed too often at its start.
        """
        while not self._signals:
            self._read(0.5)
            for watched in self._watched:
                self._look_after(watched)
            every()

    def finish(self, program: Program) -> int | None:
        """Run ``program`` to its end and return its exit code, or None when a signal came first."""
        program.start()
        output = program.output()
        self._selector.register(output, selectors.EVENT_READ, program.read)
        while (code := program.ended()) is None and not self._signals:
            self._read(0.1)
        with contextlib.suppress(KeyError):
            self._selector.unregister(output)
        program.kill()
        return code

    def end(self) -> None:
        """End everything, servers last: by asking, and after the grace or at a second signal by force."""
        programs = [watched.runs for watched in self._watched if isinstance(watched.runs, Program)]
        servers = [watched.runs for watched in self._watched if not isinstance(watched.runs, Program)]
        for program in programs:
            program.ask_to_end()
        deadline = time.monotonic() + GRACE
        while any(program.ended() is None for program in programs) and time.monotonic() < deadline:
            if self._signals and self._signals[-1] - self._signals[0] > SAME_SIGNAL:
                break
            self._read(0.1)
        for program in programs:
            if program.ended() is None:
                console.log("run", f"{program.name} does not end by itself; killing it.")
            program.kill()
        for server in reversed(servers):
            server.ask_to_end()
            server.kill()
        self._watched.clear()

    def _take(self, _number: int, _frame: object) -> None:
        self._signals.append(time.monotonic())

    def _read(self, timeout: float) -> None:
        for key, _ in self._selector.select(timeout):
            if not key.data():
                with contextlib.suppress(KeyError):
                    self._selector.unregister(key.fd)

    def _start(self, watched: Watched) -> None:
        watched.start_again = None
        watched.started = time.monotonic()
        watched.runs.start()
        if isinstance(watched.runs, Program):
            self._selector.register(watched.runs.output(), selectors.EVENT_READ, watched.runs.read)

    def _look_after(self, watched: Watched) -> None:
        now = time.monotonic()
        if watched.start_again is not None:
            if now >= watched.start_again:
                self._start(watched)
            return
        code = watched.runs.ended()
        if code is None:
            return
        if isinstance(watched.runs, Program):
            with contextlib.suppress(KeyError):
                self._selector.unregister(watched.runs.output())
        watched.runs.kill()  # what it left behind must not meet its successor
        watched.failures = watched.failures + 1 if now - watched.started < SHORT_LIFE else 1
        if watched.failures >= ATTEMPTS:
            message = f"{watched.runs.name} ended {ATTEMPTS} times right after its start. Its last lines:\n\n"
            raise GaveUpError(message + watched.runs.last_lines())
        pause = min(FIRST_PAUSE * 2 ** (watched.failures - 1), LONGEST_PAUSE)
        console.log("run", f"{watched.runs.name} ended ({_how(code)}); starting it again in {pause:.0f} s.")
        watched.start_again = now + pause


def _how(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
