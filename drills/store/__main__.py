"""``python -m drills.store [--rounds 100] [--only NAME,…]``: prints counts, exits 1 when a rule broke.

Races: 200 buyers of the last unit, 500 of fifty, a coupon with one use, one wallet and one idempotency key from 50
sides. Kills: kill -9 before every statement and around every commit of checkout, payment, cancel, expiry and refund.
"""

import argparse
import json
import logging
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from drills.jobs.platform import ROOT, Platform

RACES = "last-unit,fifty-units,one-coupon,one-wallet,one-key"
KILLS = "kill-checkout,kill-payment,kill-cancel,kill-expiry,kill-refund"
ALL = f"{RACES},{KILLS}"


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the drill's output


def main() -> int:
    parser = argparse.ArgumentParser(prog="drills.store", description=__doc__)
    parser.add_argument("--only", default=ALL, help=f"some of {ALL}")
    parser.add_argument("--rounds", type=int, default=100, help="how often each race is run")
    parser.add_argument("--json", type=Path, default=ROOT / "var" / "drills" / "store.json", help="where figures go")
    options = parser.parse_args()
    names = options.only.split(",")
    if unknown := set(names) - set(ALL.split(",")):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {ALL}")

    folder = Path(tempfile.mkdtemp(prefix="deltacrown-drill-"))
    folder.chmod(0o711)
    platform = Platform(folder)
    try:
        results = _run(platform, names, options.rounds)
    finally:
        platform.close()
        shutil.rmtree(folder, ignore_errors=True)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(results, indent=2) + "\n")
    return 0 if all(figures["ok"] for figures in results.values()) else 1


def _run(platform: Platform, names: list[str], rounds: int) -> dict[str, dict[str, object]]:
    # Nobody listens there: notices stay rows.
    os.environ.update({**platform.environment, "CELERY_BROKER_URL": "redis://127.0.0.1:1/0"})
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    logging.disable(logging.WARNING)  # fifty people who wait for one row are slow queries, and the point
    connections.settings["default"]["OPTIONS"].pop("pool")  # everyone has a connection of their own
    call_command("migrate", verbosity=0)

    from drills.store import kills, races

    results: dict[str, dict[str, object]] = {}
    for name in names:
        begin = time.monotonic()
        act = name.removeprefix("kill-")
        figures = kills.run(act) if name.startswith("kill-") else races.run(name, rounds)
        results[name] = {**figures, "drill_seconds": round(time.monotonic() - begin, 1)}
        told = ", ".join(f"{key} {value}" for key, value in results[name].items() if key != "ok")
        say(f"{'ok  ' if figures['ok'] else 'FAIL'} {name:<14} {told}")
    return results


if __name__ == "__main__":
    sys.exit(main())
