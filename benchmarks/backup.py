"""Making and restoring a set beside bare ``pg_dump -Fd -j2`` and ``pg_restore -j2``: seconds of each, and the ratio.

    .venv/bin/python -m benchmarks.backup [--factor 0.1] [--rounds 3]

Starts a PostgreSQL and a Redis of its own and fills it by ``seed_scale``. Ours has more to do: checksums of every table
from the same snapshot, hashes, encryption, signature, a copy of the roles; and in a restore the check of every part,
decryption, checksums of what came out, ANALYZE and the swap. The two sides take turns. Prints a
line for each and JSON last; exits 1 when a ratio is above 1.15.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from drills.jobs.platform import Platform

LIMIT = 1.15


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the benchmark's output


def timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.backup", description=__doc__)
    parser.add_argument("--factor", type=float, default=0.1)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="deltacrown-drill-"))
    folder.chmod(0o711)
    platform = Platform(folder)
    try:
        figures = measure(platform, folder, options.factor, options.rounds)
    finally:
        platform.close()
        shutil.rmtree(folder, ignore_errors=True)
    say(json.dumps(figures))
    return 0 if max(figures["backup_ratio"], figures["restore_ratio"]) <= LIMIT else 1


def measure(platform: Platform, folder: Path, factor: float, rounds: int) -> dict[str, float]:
    os.environ.update(
        platform.environment
        | {
            "BACKUP_DIR": str(folder / "backups"),
            "MEDIA_ROOT": str(folder / "media"),
            "BACKUP_IDENTITY_FILE": str(folder / "backup.key"),
            "LOG_LEVEL": "ERROR",
        }
    )
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from apps.core.backups import beside, keys, making, programs, restoring, servers

    connections.settings["default"]["OPTIONS"].pop("pool")
    settings.BACKUP_RECIPIENTS = [keys.make(folder / "backup.key")]
    settings.MAINTENANCE_FILE = folder / "maintenance"
    call_command("migrate", verbosity=0)
    call_command("seed_scale", factor=factor, verbosity=0)
    site = servers.live()
    found = programs.matching(servers.major(site.server, site.name))
    with site.server.connect(site.name) as db:
        db.execute("ANALYZE")
        size = (db.execute("SELECT pg_database_size(current_database())").fetchone() or (0,))[0]
    say(f"{size >> 20} MB")

    def raw(program: str, *words: str, database: str) -> None:
        # As politely as ours: beside other programs the ratio would else be that of two priorities.
        command = programs.politely([found.path(program), "--format=directory", "--jobs=2", *words])
        subprocess.run(command, env=site.server.environment(database), check=True)  # noqa: S603 - our own words

    def raw_dump() -> None:
        shutil.rmtree(folder / "raw", ignore_errors=True)
        raw("pg_dump", f"--file={folder / 'raw'}", database=site.name)

    def raw_restore() -> None:
        with site.server.connect(servers.MAINTENANCE) as db:
            db.execute("CREATE DATABASE raw TEMPLATE template0")
        raw("pg_restore", "--no-owner", "--dbname=raw", str(folder / "raw"), database="raw")

    seconds: dict[str, list[float]] = {"raw_dump": [], "backup": [], "raw_restore": [], "restore": []}
    for _ in range(rounds):
        seconds["raw_dump"].append(timed(raw_dump))
        seconds["backup"].append(timed(lambda: making.make(actor=None, kind="database")))
        seconds["raw_restore"].append(timed(raw_restore))
        seconds["restore"].append(timed(lambda: restoring.restore(actor=None, name="latest")))
        for name in ["raw", *beside.old_ones(site)]:
            beside.drop(site, name)
    told = {name: round(statistics.median(values), 2) for name, values in seconds.items()}
    for name, value in told.items():
        say(f"{name:<12} {value:6.2f} s  {[round(each, 2) for each in seconds[name]]}")
    return told | {
        "megabytes": float(size >> 20),
        "backup_ratio": round(told["backup"] / told["raw_dump"], 2),
        "restore_ratio": round(told["restore"] / told["raw_restore"], 2),
        "load": round(os.getloadavg()[0], 1),
    }


if __name__ == "__main__":
    sys.exit(main())
