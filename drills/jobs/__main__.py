"""``python -m drills.jobs [--only NAME,…] [--json FILE]``: runs the drill, prints figures last, exits 1 on a loss."""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from drills.jobs.platform import ROOT, Platform

ALL = (
    "kill-worker,kill-child,freeze-worker,deliver-eight-times,flush-redis,stop-redis,stop-postgresql,two-beats,measure"
)


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the drill's output


def main() -> int:
    parser = argparse.ArgumentParser(prog="drills.jobs", description=__doc__)
    parser.add_argument("--only", default=ALL, help=f"some of {ALL}")
    parser.add_argument("--json", type=Path, default=ROOT / "var" / "drills" / "jobs.json", help="where figures go")
    parser.add_argument("--keep-logs", action="store_true", help="leave the logs of all processes in their folder")
    options = parser.parse_args()
    names = options.only.split(",")
    if unknown := set(names) - {*ALL.split(","), "kill-once"}:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {ALL}")

    folder = Path(tempfile.mkdtemp(prefix="deltacrown-drill-"))
    folder.chmod(0o711)
    say(f"Starting PostgreSQL and Redis in {folder} …")
    platform = Platform(folder)
    try:
        results = _run(platform, names)
    finally:
        platform.close()
        if options.keep_logs:
            say(f"Logs are in {folder}.")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(results, indent=2) + "\n")
    _print(results)
    return 0 if all(figures["ok"] for figures in results.values()) else 1


def _run(platform: Platform, names: list[str]) -> dict[str, dict[str, Any]]:
    os.environ.update(platform.environment)
    import django
    from django.core.management import call_command
    from django.db import connection, connections

    django.setup()
    connections.settings["default"]["OPTIONS"].pop("pool")  # it would keep connections to a server that we stop
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE drill_effect (id bigserial PRIMARY KEY, job_id bigint, mark text)")

    import drills.jobs.tasks  # noqa: F401 - registers the tasks here too
    from drills.jobs.scenarios import SCENARIOS

    results = {}
    for name in names:
        scenario = SCENARIOS[name]
        say(f"{name}: {(scenario.__doc__ or '').splitlines()[0]}")
        begin = time.monotonic()
        try:
            figures = scenario(platform)
        except TimeoutError as error:
            figures = {"ok": False, "error": str(error)}
        finally:
            platform.stop_workers()
        results[name] = {**figures, "drill_seconds": round(time.monotonic() - begin, 1)}
    return results


def _print(results: dict[str, dict[str, Any]]) -> None:
    for name, figures in results.items():
        told = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in figures.items() if key != "ok")
        say(f"{'ok  ' if figures['ok'] else 'FAIL'} {name:<20} {told}")


if __name__ == "__main__":
    sys.exit(main())
