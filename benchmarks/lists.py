"""What lists cost as a site grows: queries and milliseconds of each at several sizes, and how much slower it gets.

    .venv/bin/python -m benchmarks.lists [--factors 0.01 0.1 1] [--rounds 200]

Brings up a PostgreSQL and a Redis of its own, and loads ``manage.py seed_scale`` for each size beside what is there.
Figures are of the request inside the process, with a warm cache, as a member who is logged in. Prints a line for each
list and JSON last; exits 1 when a list asks more queries at one size than at another, or its p95 grows by half.
"""

import argparse
import json
import logging
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from drills.jobs.platform import Platform

LISTS = {
    "teams": "/teams/",
    "teams by points": "/teams/?sort=points",
    "hub": "/teams/hub/",
    "leaderboard": "/teams/leaderboard/",
    "store": "/crownstore/",
    "store by price": "/crownstore/?sort=cheapest",
    "store, a search": "/crownstore/?q=jersey",
    "notifications": "/notifications/",
    "ledger": "/wallet/",
    "home": "/",
}
MOST_GROWTH = 1.5


def load(factor: float, mark: str) -> float:
    """Load one size; return its seconds."""
    from django.core.management import call_command

    begin = time.perf_counter()
    call_command("seed_scale", factor=factor, mark=mark, verbosity=0)
    return round(time.perf_counter() - begin, 1)


def measure(client: Any, address: str, rounds: int) -> dict[str, Any]:
    """Return queries and milliseconds of one list."""
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:  # one connection, however many it takes
        answer = client.get(address)
    asked = len(queries)  # now: the next request empties the list
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status_code}")
    spent = []
    for _ in range(rounds):
        begin = time.perf_counter()
        client.get(address)
        spent.append(1000 * (time.perf_counter() - begin))
    return {
        "queries": asked,
        "median_ms": round(statistics.median(spent), 1),
        "p95_ms": round(statistics.quantiles(spent, n=20)[-1], 1),
    }


def run(factors: list[float], rounds: int) -> dict[str, Any]:
    """Grow one database from size to size and measure every list at each."""
    from django.core.cache import cache
    from django.core.management import call_command
    from django.test import Client
    from django.test.utils import setup_test_environment

    from apps.accounts.models import User

    call_command("migrate", verbosity=0)
    setup_test_environment(debug=False)
    there = 0.0
    sizes: list[dict[str, Any]] = []
    for number, factor in enumerate(sorted(factors)):
        mark = f"s{number}x"
        seconds = load(factor - there, mark)
        there = factor
        cache.clear()
        client = Client()
        client.force_login(User.objects.get(username=f"{mark}0"))
        lists = {name: measure(client, address, rounds) for name, address in LISTS.items()}
        sizes.append({"factor": factor, "loaded_in_seconds": seconds, "lists": lists})
        sys.stderr.write(f"factor {factor}: loaded in {seconds} s\n")
    return judge(sizes)


def judge(sizes: list[dict[str, Any]]) -> dict[str, Any]:
    """Say whether queries stay the same and how much the p95 grows from the smallest to the largest."""
    first, last = sizes[0]["lists"], sizes[-1]["lists"]
    growth = {name: round(last[name]["p95_ms"] / first[name]["p95_ms"], 2) for name in LISTS}
    same = {name: len({size["lists"][name]["queries"] for size in sizes}) == 1 for name in LISTS}
    ok = all(same.values()) and max(growth.values()) < MOST_GROWTH
    return {"ok": ok, "same_queries": same, "growth_of_p95": growth, "sizes": sizes}


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.lists", description=__doc__)
    parser.add_argument("--factors", type=float, nargs="+", default=[0.01, 0.1, 1.0])
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="deltacrown-lists-"))
    folder.chmod(0o711)
    platform = Platform(folder)
    try:
        os.environ.update({**platform.environment, "DEBUG": "False"})  # else every statement of the load is kept
        import django

        django.setup()
        logging.disable(logging.WARNING)
        figures = run(options.factors, options.rounds)
    finally:
        platform.close()
        shutil.rmtree(folder, ignore_errors=True)
    for name in LISTS:
        told = " | ".join(
            f"{size['lists'][name]['queries']} queries, p95 {size['lists'][name]['p95_ms']} ms"
            for size in figures["sizes"]
        )
        sys.stdout.write(f"{name:18} {told} | × {figures['growth_of_p95'][name]}\n")
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0 if figures["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
