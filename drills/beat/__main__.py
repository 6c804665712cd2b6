"""``python -m drills.beat [--hours 48]``: prints figures last, exits 1 when a due time is lost or doubled."""

import argparse
import json
import multiprocessing
import os
import secrets
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from deltacrown.local import postgresql
from drills.beat.process import live, set_up

ROOT = Path(__file__).resolve().parent.parent.parent


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the drill's output


def drill(environment: dict[str, str], *, year: int, hours: int, only: str) -> dict[str, Any]:
    set_up(environment)
    from django.core.management import call_command

    from drills.beat import simulation

    call_command("migrate", verbosity=0)
    spawn = multiprocessing.get_context("spawn")
    clock, gate = spawn.Value("d", 0.0), spawn.Barrier(3)
    beats = [spawn.Process(target=live, args=(environment, number, clock, gate), daemon=True) for number in range(2)]
    for process in beats:
        process.start()
    results: dict[str, Any] = {}
    for name, change in simulation.changes_of(year):
        if only not in name:
            continue
        began = time.monotonic()
        chosen = simulation.window(name, change, hours=hours)
        simulation.prepare(chosen)
        for moment in chosen.moments():
            clock.value = moment.timestamp()
            gate.wait()
            gate.wait()
            simulation.finish_jobs()
        results[name] = {**simulation.verdict(chosen), "seconds": round(time.monotonic() - began, 1)}
        say(f"{'ok  ' if results[name]['ok'] else 'FAIL'} {name}: {json.dumps(results[name])}")
    clock.value = -1
    gate.wait()
    for process in beats:
        process.join(20)
    return results


def main() -> int:
    parser = argparse.ArgumentParser(prog="drills.beat", description=__doc__)
    parser.add_argument("--year", type=int, default=2026)
    parser.add_argument("--hours", type=int, default=48, help="simulated around each change of clocks")
    parser.add_argument("--only", default="", help="only changes whose name holds this, as in Berlin")
    parser.add_argument("--json", type=Path, default=ROOT / "var" / "drills" / "beat.json", help="where figures go")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="deltacrown-beat-drill-"))
    folder.chmod(0o711)
    password = secrets.token_hex(16)
    server = postgresql.start(folder / "postgresql", password=password, log=folder / "postgresql.log")
    try:
        with psycopg.connect(
            host="127.0.0.1",
            port=server.port,
            user=postgresql.USER,
            password=password,
            dbname="postgres",
            autocommit=True,
        ) as line:
            line.execute("CREATE DATABASE drill")
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        environment = {
            **kept,
            **server.variables,
            "ENVIRONMENT": "development",
            "DB_NAME": "drill",
            "REDIS_URL": "",
            "DJANGO_SETTINGS_MODULE": "deltacrown.settings",
            "LOG_LEVEL": "WARNING",
        }
        results = drill(environment, year=options.year, hours=options.hours, only=options.only)
    finally:
        server.stop(keep=False)
        shutil.rmtree(folder, ignore_errors=True)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(results, indent=2) + "\n")
    total = {key: sum(one[key] for one in results.values()) for key in ("due_times", "jobs", "digests_due", "digests")}
    say(f"{len(results)} changes of clocks, two beats: {json.dumps(total)}")
    return 0 if results and all(one["ok"] for one in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
