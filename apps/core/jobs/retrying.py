"""When a job that failed runs again."""

import random
from datetime import timedelta
from typing import TYPE_CHECKING

from apps.core.errors import DomainError

if TYPE_CHECKING:
    from apps.core.jobs.task import JobTask
    from apps.core.models import Job


class RetryLater(Exception):
    """Raised by a task that knows when it should run again, as when a server answers with Retry-After."""

    def __init__(self, message: str, *, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


def delay_after(error: BaseException, *, job: "Job", task: "JobTask") -> timedelta | None:
    """Return how long to wait before the next run, or None when there shall be none.

    A refusal is final: the same arguments would be refused again. Starts that ended with their worker do not count,
    they have a limit of their own.
    """
    failures = job.attempts - job.lost_leases
    if isinstance(error, DomainError) or (task.max_retries is not None and failures > task.max_retries):
        return None
    if isinstance(error, RetryLater):
        return timedelta(seconds=error.seconds)
    longest = min(task.backoff_max_seconds, task.backoff_seconds * 2 ** (failures - 1))
    # Full jitter: what failed together must not come back together.
    # https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    return timedelta(seconds=random.uniform(0, longest))  # noqa: S311 - spreads load, guards nothing
