"""What counting costs: ``python -m benchmarks.metrics``. Prints the figure last; writes var/benchmarks/metrics.json.

A request is answered by a view that does nothing, behind all middleware, by turns with counting and without, so that a
loaded machine slows both. No server of any kind is needed.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROUNDS, REQUESTS = 40, 100
READS = 20


def say(text: str) -> None:
    print(text)  # noqa: T201 - the benchmark's output


def _set_up() -> None:
    os.environ |= {"ENVIRONMENT": "testing", "DB_ENGINE": "django.db.backends.sqlite3", "REDIS_URL": ""}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deltacrown.settings")
    import logging

    import django

    django.setup()
    logging.disable(logging.CRITICAL)


def _seconds(client: Any, number: int) -> float:
    began = time.process_time()
    for _ in range(number):
        client.get("/no/such/page")
    return (time.process_time() - began) / number


def measure() -> dict[str, float]:
    """Return processor time in microseconds: of a request, of counting it, of one statement, and of reading it all."""
    from django.conf import settings
    from django.test import Client

    from apps.core.metrics import counting, exposition, recording, shelf

    with tempfile.TemporaryDirectory() as folder:
        settings.METRICS_DIR = Path(folder)
        client = Client(headers={"Accept": "application/json"})
        _seconds(client, 20)
        without, counted = [], []
        for _ in range(ROUNDS):
            counting.stop()
            without.append(_seconds(client, REQUESTS))
            counting.start("web")
            counted.append(_seconds(client, REQUESTS))
        began = time.process_time()
        for _ in range(20_000):
            recording.query(0.001, slow=False)
        query = (time.process_time() - began) / 20_000
        began = time.process_time()
        for _ in range(READS):
            shelf.read(Path(folder))
        read = (time.process_time() - began) / READS
        began = time.perf_counter()
        exposition.as_text("")
        page = time.perf_counter() - began
        counting.stop()
    plain, more = statistics.median(without), statistics.median(b - a for a, b in zip(without, counted, strict=True))
    return {
        "request_us": round(plain * 1e6, 1),
        "counting_a_request_us": round(more * 1e6, 1),
        "share_of_a_request": round(more / plain, 4),
        "counting_a_statement_us": round(query * 1e6, 2),
        "reading_all_files_us": round(read * 1e6, 1),
        "first_page_of_metrics_ms": round(page * 1e3, 1),
    }


def main() -> int:
    _set_up()
    figures = measure()
    target = Path("var/benchmarks/metrics.json")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(figures, indent=2) + "\n")
    for name, value in figures.items():
        say(f"{name:<26} {value}")
    say(f"counting costs {figures['counting_a_request_us']} µs, {figures['share_of_a_request']:.1%} of a request")
    return 0


if __name__ == "__main__":
    sys.exit(main())
