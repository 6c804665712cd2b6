"""What telling very many people costs: statements, seconds and memory, from the call to the last row.

    .venv/bin/python -m benchmarks.batch_notifications [PEOPLE]

Needs a database of its own that may be filled (``DB_NAME``), with migrations applied; everything is rolled back. Prints
JSON. Memory is what Python holds at the most above what it held before, by ``tracemalloc``.
"""

import json
import os
import sys
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deltacrown.settings_test_pg")

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 - models need the setup
from django.test.utils import override_settings  # noqa: E402 - models need the setup

from apps.accounts.models import User  # noqa: E402 - models need the setup
from apps.notifications.models import BatchChunk, Delivery, Notification  # noqa: E402 - models need the setup
from apps.notifications.services import batches, send_batch  # noqa: E402 - models need the setup

WORDS = {"notification_type": "notifications.announcement", "title": "Season two", "body": "It begins.", "url": "/"}


def measure(work: Callable[[], object], *, traced: bool = True) -> dict[str, object]:
    counted = [0]

    def count(execute: Callable[..., Any], *args: Any) -> Any:
        counted[0] += 1
        return execute(*args)

    if traced:
        tracemalloc.start()
    with connection.execute_wrapper(count):
        start, busy = time.perf_counter(), time.process_time()
        result = work()
        seconds, processor = time.perf_counter() - start, time.process_time() - busy
    _, peak = tracemalloc.get_traced_memory()  # 0 when it is not traced, because tracing takes time of its own
    tracemalloc.stop()
    return {
        "result": result,
        "queries": counted[0],
        "seconds": round(seconds, 2),
        "processor_seconds": round(processor, 2),
        "megabytes": round(peak / 1e6, 1),
    }


def run(number: int) -> dict[str, object]:
    """Return the figures for ``number`` people."""
    for start in range(0, number, 10_000):
        User.objects.bulk_create(
            [
                User(username=f"batch{each}", email=f"batch{each}@example.com")
                for each in range(start, min(start + 10_000, number))
            ]
        )
    ids = User.objects.filter(username__startswith="batch").order_by("pk").values_list("pk", flat=True)
    called = measure(lambda: send_batch(user_ids=ids.iterator(chunk_size=1_000), **WORDS))
    chunks = list(BatchChunk.objects.order_by("pk").values_list("pk", flat=True))
    parts = [
        measure(lambda pk=pk: batches.send_batch_chunk(chunk_id=pk), traced=pk in (chunks[0], chunks[-1]))
        for pk in chunks
    ]
    return {
        "people": number,
        "call": called,
        "portions": len(parts),
        "queries_of_a_portion": sorted({part["queries"] for part in parts}),
        "megabytes_of_first_and_last_portion": [parts[0]["megabytes"], parts[-1]["megabytes"]],
        "processor_seconds": round(sum(part["processor_seconds"] for part in parts), 1),
        "seconds": round(sum(part["seconds"] for part in parts), 1),
        "notifications": Notification.objects.count(),
        "deliveries": Delivery.objects.count(),
    }


def main() -> None:
    """Measure within a transaction that is rolled back."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with override_settings(JOBS_INLINE=False), transaction.atomic():
        print(json.dumps(run(number), indent=2))  # noqa: T201 - its purpose
        transaction.set_rollback(True)


if __name__ == "__main__":
    main()
