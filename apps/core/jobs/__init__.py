"""Work that runs after the request: a row in the change's transaction, delivered at least once, effective once.

``enqueue`` is how work starts. docs/jobs.md explains the whole, docs/adr/0002-jobs-are-rows.md why it is built so.
"""

from apps.core.jobs.enqueueing import enqueue
from apps.core.jobs.retrying import RetryLater

__all__ = ["RetryLater", "enqueue"]
