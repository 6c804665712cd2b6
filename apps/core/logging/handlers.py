"""Where lines go: standard output, and a file that many processes share and logrotate may move away at any moment."""

import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import WatchedFileHandler
from typing import Any, TextIO

RETRY_SECONDS = 60


class RaisedFilter(logging.Filter):
    """Lets through what has a trace. A 503 that was meant, as of a health check, is no failure to report."""

    def filter(self, record: logging.LogRecord) -> bool:
        return bool(record.exc_info)


@contextmanager
def beside_the_output() -> Iterator[None]:
    """Write lines to standard error meanwhile: a command's standard output is its answer, and may be JSON."""
    OutputHandler.beside = True
    try:
        yield
    finally:
        OutputHandler.beside = False


class OutputHandler(logging.StreamHandler[TextIO]):
    """Standard output as it is at the moment. A closed one loses lines and stops nobody."""

    beside = False

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:
        return sys.stderr if OutputHandler.beside else sys.stdout

    @stream.setter
    def stream(self, value: TextIO) -> None:
        raise NotImplementedError("The output is always sys.stdout.")

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Say nothing: logging's own report would print the arguments unscrubbed."""


class SharedFileHandler(WatchedFileHandler):
    """Writes each line with one append, which the kernel keeps whole, and looks before each whether the file moved.

    A folder that is missing, full or not ours never stops the process: the lines stay on standard output, one
    sentence on standard error says why, and the file is tried again every minute.
    """

    def __init__(self, filename: str) -> None:
        super().__init__(filename, mode="ab", delay=True)
        self._closed_until = 0.0

    def _open(self) -> Any:
        # Unbuffered: one write is one system call.
        file = open(self.baseFilename, self.mode, buffering=0)  # noqa: PTH123, SIM115 - held until rotation
        if os.geteuid() == 0:  # a command of root's must not leave a log that the site can't write to
            owner = os.stat(os.path.dirname(self.baseFilename))  # noqa: PTH116, PTH120 - logging keeps a text
            os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
        return file

    def emit(self, record: logging.LogRecord) -> None:
        if time.monotonic() < self._closed_until:
            return
        try:
            line = self.format(record)
            self.reopenIfNeeded()
            if self.stream is None:
                self.stream = self._open()
                self._statstream()
            raw: Any = self.stream  # typed as text upstream; this one takes bytes
            raw.write(f"{line}\n".encode(errors="backslashreplace"))
        except OSError as error:
            self._give_up_for_now(error)

    def _give_up_for_now(self, error: OSError) -> None:
        self._closed_until = time.monotonic() + RETRY_SECONDS
        stream, self.stream = self.stream, None
        if stream is not None:
            stream.close()
        reason = error.strerror or type(error).__name__
        sys.stderr.write(f"Log file {self.baseFilename}: {reason}. Lines go to standard output only.\n")
