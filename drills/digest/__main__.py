"""``python -m drills.digest [--people 1000]``: prints figures last, exits 1 when a mail was lost or doubled."""

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from drills.jobs.platform import ROOT, Platform
from drills.sink import Sink


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the drill's output


def drill(platform: Platform, sink: Sink, people: int) -> dict[str, dict[str, Any]]:
    os.environ.update(platform.environment)
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    connections.settings["default"]["OPTIONS"].pop("pool")
    call_command("migrate", verbosity=0)
    from drills.digest import scenarios

    results = {}
    for scenario in (scenarios.kill_in_the_middle, scenarios.miss_a_day):
        say(f"{scenario.__name__}: {(scenario.__doc__ or '').splitlines()[0]}")
        results[scenario.__name__] = scenario(platform, sink, people)
        say(json.dumps(results[scenario.__name__]))
    return results


def main() -> int:
    parser = argparse.ArgumentParser(prog="drills.digest", description=__doc__)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--json", type=Path, default=ROOT / "var" / "drills" / "digest.json", help="where figures go")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="deltacrown-digest-drill-"))
    folder.chmod(0o711)
    sink = Sink()
    platform = Platform(folder)
    platform.environment |= sink.variables
    try:
        results = drill(platform, sink, options.people)
    finally:
        platform.close()
        sink.close()
        shutil.rmtree(folder, ignore_errors=True)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(results, indent=2) + "\n")
    good = all(figures["ok"] for figures in results.values())
    say("ok" if good else "FAIL")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
