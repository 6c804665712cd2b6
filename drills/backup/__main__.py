"""``python -m drills.backup [--only writes|damages|kills|full|pitr] [--rounds 20]``: exits 1 when anything is not held.

Starts a PostgreSQL and a Redis of its own. ``full`` needs root, ``pitr`` PostgreSQL and pgBackRest of Debian and
root; without them they say so and count as not run. Prints one line for each finding and the figures last.
"""

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from deploy.deployer.installing.postgresql import EXTENSIONS
from drills.jobs.platform import ROOT, Platform

PARTS = ("writes", "damages", "kills", "full", "pitr")


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the drill's output


def main() -> int:
    parser = argparse.ArgumentParser(prog="drills.backup", description=__doc__)
    parser.add_argument("--only", choices=PARTS, action="append")
    parser.add_argument("--rounds", type=int, default=20, help="backups under writes")
    parser.add_argument("--factor", type=float, default=0.0, help="fill the database by seed_scale first")
    parser.add_argument("--step", default="", help="kills: only steps that have this in their name")
    parser.add_argument("--damages", type=int, default=100)
    parser.add_argument("--json", type=Path, default=ROOT / "var" / "drills" / "backup.json", help="where figures go")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    parts = options.only or list(PARTS)
    folder = Path(tempfile.mkdtemp(prefix="deltacrown-drill-"))
    folder.chmod(0o711)
    figures: dict[str, Any] = {}
    began = time.monotonic()
    try:
        if set(parts) - {"pitr"}:
            figures |= _on_a_platform(folder, parts, options)
        if "pitr" in parts:
            from drills.backup import pitr

            figures["pitr"] = pitr.run(folder, say)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    figures["minutes"] = round((time.monotonic() - began) / 60, 1)
    figures["load"] = round(os.getloadavg()[0], 1)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(figures, indent=2) + "\n")
    good = all(part.get("ok", True) for part in figures.values() if isinstance(part, dict))
    say(json.dumps(figures))
    say("ok" if good else "FAIL")
    return 0 if good else 1


def _on_a_platform(folder: Path, parts: list[str], options: argparse.Namespace) -> dict[str, Any]:
    platform = Platform(folder)
    figures: dict[str, Any] = {}
    try:
        os.environ.update(
            platform.environment
            | _an_ordinary_role(platform)
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

        from apps.core.backups import keys

        connections.settings["default"]["OPTIONS"].pop("pool")
        settings.BACKUP_RECIPIENTS = [keys.make(folder / "backup.key")]
        os.environ["BACKUP_RECIPIENTS"] = settings.BACKUP_RECIPIENTS[0]
        settings.MAINTENANCE_FILE = folder / "maintenance"
        call_command("migrate", verbosity=0)
        call_command("seed_demo", verbosity=0)
        if options.factor:
            call_command("seed_scale", factor=options.factor, verbosity=0)
        from drills.backup import damages, full, kills, writes

        if "writes" in parts:
            figures["writes"] = writes.run(folder, options.rounds, say)
        if "damages" in parts:
            figures["damages"] = damages.run(options.damages, say)
        if "kills" in parts:
            figures["kills"] = kills.run(folder, say, options.step)
        if "full" in parts:
            figures["full"] = full.run(folder, say)
    finally:
        platform.close()
    return figures


def _an_ordinary_role(platform: Platform) -> dict[str, str]:
    """Make role and database as ``deploy/install`` does: no superuser, and extensions that are not its own."""
    with platform.admin() as admin:
        admin.execute("CREATE ROLE site LOGIN CREATEDB PASSWORD 'site'")
        admin.execute("CREATE DATABASE site OWNER site TEMPLATE template0 ENCODING 'UTF8'")
        admin.execute("GRANT pg_read_all_stats TO site")
    told = {"DB_USER": "site", "DB_PASSWORD": "site", "DB_NAME": "site"}
    with psycopg.connect(
        platform.admin().info.dsn, password=platform.password, dbname="site", autocommit=True
    ) as admin:
        for extension in EXTENSIONS:
            admin.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    return told


if __name__ == "__main__":
    sys.exit(main())
