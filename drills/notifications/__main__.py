"""``python -m drills.notifications [--kills 200]``: prints figures last, exits 1 when something was lost or doubled."""

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from drills.discord import Discord
from drills.jobs.platform import ROOT
from drills.notifications.site import Site
from drills.sink import Sink


def drill(site: Site, sink: Sink, discord: Discord, options: argparse.Namespace) -> dict[str, Any]:
    os.environ.update(site.environment)
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    connections.settings["default"]["OPTIONS"].pop("pool")  # it would keep connections to a server that is killed
    call_command("migrate", verbosity=0)
    from drills.notifications import scenario

    return scenario.kill_at_random(site, sink, discord, options)


def main() -> int:
    parser = argparse.ArgumentParser(prog="drills.notifications", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument(
        "--minutes", type=float, default=60, help="kill no longer than this, for a machine with other work"
    )
    parser.add_argument("--people", type=int, default=1000, help="each asks the site for one notification")
    parser.add_argument("--seed", type=int, default=1, help="of the dice that choose what is killed, and when")
    parser.add_argument("--json", type=Path, default=ROOT / "var" / "drills" / "notifications.json")
    parser.add_argument("--keep-logs", action="store_true", help="leave the logs of all processes in their folder")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="deltacrown-notifications-drill-"))
    folder.chmod(0o711)
    sink = Sink()
    discord = Discord(options.seed)
    site = Site(folder, sink.variables | discord.variables)
    try:
        figures = drill(site, sink, discord, options)
    finally:
        site.close()
        sink.close()
        discord.close()
        if not options.keep_logs:
            shutil.rmtree(folder, ignore_errors=True)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(figures, indent=2) + "\n")
    for name, value in figures.items():
        print(f"{name.replace('_', ' '):<28} {value}")  # noqa: T201 - the drill's output
    return 0 if figures["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
