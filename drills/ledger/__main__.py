"""``python -m drills.ledger [--operations 1000000]``: random operations under kills; exits 1 when a model disagrees.

Each client is a process with wallets of its own and a model that predicts every answer; all of them also pay into
shared wallets. Meanwhile clients are killed (kill -9), connections ended and, more seldom, PostgreSQL's own processes
killed (kill -9), upon which it recovers from its log; and another process tries what the database must refuse.
"""

import argparse
import json
import logging
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from drills.jobs.platform import ROOT, Platform


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the drill's output


def main() -> int:
    parser = argparse.ArgumentParser(prog="drills.ledger", description=__doc__)
    parser.add_argument("--operations", type=int, default=1_000_000)
    parser.add_argument("--minutes", type=float, default=24 * 60, help="at most; the figures say how far it came")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1, help="of the first client; the others count on")
    parser.add_argument(
        "--kill-every", type=float, default=1.0, help="seconds between kills of clients and connections"
    )
    parser.add_argument(
        "--crash-every", type=float, default=30.0, help="seconds between kills of PostgreSQL's processes"
    )
    parser.add_argument("--races", type=int, default=0, help="instead: so often fifty at once on one wallet")
    parser.add_argument("--json", type=Path, default=ROOT / "var" / "drills" / "ledger.json", help="where figures go")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))

    folder = Path(tempfile.mkdtemp(prefix="deltacrown-drill-"))
    folder.chmod(0o711)
    platform = Platform(folder)
    try:
        figures = _run(platform, options)
    finally:
        platform.close()
        shutil.rmtree(folder, ignore_errors=True)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(figures, indent=2) + "\n")
    for name, value in figures.items():
        say(f"{name.replace('_', ' ')}: {value}")
    say("ok" if figures["ok"] else "FAIL")
    return 0 if figures["ok"] else 1


def _run(platform: Platform, options: argparse.Namespace) -> dict[str, object]:
    # Nobody listens there: notices stay rows, which is where they are counted.
    os.environ.update({**platform.environment, "CELERY_BROKER_URL": "redis://127.0.0.1:1/0"})
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    connections.settings["default"]["OPTIONS"].pop("pool")  # a pool has threads, and these processes are forked
    call_command("migrate", verbosity=0)

    if options.races:
        from drills.ledger import races

        logging.disable(logging.WARNING)  # fifty people who wait for one row are slow queries, and the point
        return races.run(options.races)

    from drills.ledger.playing import play

    return play(
        platform,
        operations=options.operations,
        minutes=options.minutes,
        clients=options.clients,
        seed=options.seed,
        kill_every=options.kill_every,
        crash_every=options.crash_every,
        say=say,
    )


if __name__ == "__main__":
    sys.exit(main())
