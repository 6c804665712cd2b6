"""``python -m drills.metrics [--requests N] [--jobs N]``: what was driven, what was counted; 1 when they differ."""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from drills.metrics.site import Site


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the drill's output


def main() -> int:
    parser = argparse.ArgumentParser(prog="drills.metrics", description=__doc__)
    parser.add_argument("--requests", type=int, default=3000)
    parser.add_argument("--jobs", type=int, default=400)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="deltacrown-metrics-drill-"))
    folder.chmod(0o711)
    say(f"Starting PostgreSQL, Redis, Gunicorn, Daphne, Celery and Prometheus in {folder} …")
    site = Site(folder)
    try:
        os.environ.update(site.environment)
        import django
        from django.core.management import call_command
        from django.db import connection

        django.setup()
        call_command("migrate", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE drill_effect (id bigserial PRIMARY KEY, job_id bigint, mark text)")
        site.serve()

        import drills.jobs.tasks  # noqa: F401 - registers the tasks here too
        from drills.metrics.driving import drive

        say(f"{options.requests} requests and {options.jobs} jobs while workers are killed and recycled …")
        figures = drive(site, requests=options.requests, jobs=options.jobs)
    finally:
        site.close()
        shutil.rmtree(folder, ignore_errors=True)
    for name, value in figures.items():
        say(f"{name.replace('_', ' '):<26} {value}")
    say("ok: what was driven was counted" if figures["ok"] else "FAIL: what was driven was not counted")
    return 0 if figures["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
