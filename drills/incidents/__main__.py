"""``python -m drills.incidents [--only NAME,…]``: prints which alert fired, what its runbook named and did, and when
the alert cleared; exits 1 when one incident failed."""

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from drills.incidents.site import Site
from drills.jobs.platform import ROOT


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the drill's output


def main() -> int:
    parser = argparse.ArgumentParser(prog="drills.incidents", description=__doc__)
    parser.add_argument("--only", default="", help="some of the incidents, comma separated")
    parser.add_argument("--json", type=Path, default=ROOT / "var" / "drills" / "incidents.json")
    parser.add_argument("--keep-logs", action="store_true", help="leave the folder with all logs and evidence")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="deltacrown-drill-"))
    folder.chmod(0o711)
    say(f"Starting PostgreSQL and Redis in {folder} …")
    site = Site(folder)
    try:
        results = _run(site, options.only.split(",") if options.only else [])
    finally:
        site.close()
        if options.keep_logs:
            say(f"Logs are in {folder}.")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(results, indent=2) + "\n")
    for name, figures in results.items():
        say(f"\n{'ok  ' if figures['ok'] else 'FAIL'} {name}")
        for key, value in figures.items():
            if key != "ok":
                say(f"     {key.replace('_', ' ')}: {value}")
    good = sum(figures["ok"] for figures in results.values())
    say(f"\n{good} of {len(results)} incidents: the alert fired, its runbook named and mended it, the alert cleared.")
    return 0 if good == len(results) else 1


def _run(site: Site, only: list[str]) -> dict[str, dict[str, Any]]:
    os.environ.update(site.platform.environment)
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    connections.settings["default"]["OPTIONS"].pop("pool")
    call_command("migrate", verbosity=0)

    say("Collecting static files, starting Gunicorn and Prometheus …")
    site.serve()

    import drills.incidents.tasks  # noqa: F401 - registers the tasks here too
    from drills.incidents.scenarios import SCENARIOS

    results: dict[str, dict[str, Any]] = {}
    for name in only or SCENARIOS:
        say(f"{name}: {(SCENARIOS[name].__doc__ or '').splitlines()[0]}")
        try:
            results[name] = SCENARIOS[name](site)
        except TimeoutError as error:
            results[name] = {"ok": False, "error": str(error)}
        finally:
            site.platform.stop_workers()
    return results


if __name__ == "__main__":
    sys.exit(main())
