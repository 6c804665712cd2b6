"""People who act at the same moment, each on a connection of their own that stays open from round to round."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import TracebackType

from django.db import connection, connections

from apps.core.errors import DomainError

PATIENCE = 120  # seconds; a busy machine wakes fifty threads slowly


class Crowd:
    """A thread and a connection for each of ``size`` people.

    Opening fifty connections takes longer than the race, and spreads the people out before it begins.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.threads = ThreadPoolExecutor(size)

    def __enter__(self) -> "Crowd":
        self._everyone(connection.ensure_connection)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._everyone(connections.close_all)
        self.threads.shutdown()

    def at_once(self, acts: list[Callable[[], object]]) -> Counter[str]:
        """Run all acts at the same moment and count how they ended: "done", a refusal by name, or a fault."""
        barrier = Barrier(len(acts))

        def one(act: Callable[[], object]) -> str:
            barrier.wait(timeout=PATIENCE)
            try:
                act()
            except DomainError as refusal:
                return type(refusal).__name__
            except Exception as error:  # what would be a page 500 is counted, not raised
                return f"fault {type(error).__name__}"
            return "done"

        return Counter(self.threads.map(one, acts))

    def _everyone(self, act: Callable[[], object]) -> None:
        """Let each thread do this once: nobody passes the barrier before all have come, so none comes twice."""
        barrier = Barrier(self.size)

        def one(_: int) -> None:
            act()
            barrier.wait(timeout=PATIENCE)

        list(self.threads.map(one, range(self.size)))
