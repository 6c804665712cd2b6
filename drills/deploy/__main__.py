"""``python -m drills.deploy [--only NAME]``: prints figures last, exits 1 when something was lost or broke."""

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from drills.deploy import back_and_forth, broken, kills
from drills.deploy.ground import ROOT, Ground


def main() -> int:
    parser = argparse.ArgumentParser(prog="drills.deploy", description=__doc__)
    parser.add_argument("--only", choices=["install", "back-and-forth", "broken", "kills"])
    parser.add_argument("--kinds", default="", help="broken: only those whose names hold one of these words, as a,b")
    parser.add_argument(
        "--folder", type=Path, help="use this folder, and leave it and its services for another portion"
    )
    parser.add_argument("--releases", type=int, default=10)
    parser.add_argument("--per-second", type=float, default=250)
    parser.add_argument("--sockets", type=int, default=100)
    parser.add_argument("--json", type=Path, default=ROOT / "var" / "drills" / "deploy.json", help="where figures go")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="dc-deploy-"))
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    ground = Ground(folder)
    figures: dict[str, Any] = {"load_average": os.getloadavg()}
    good = True
    try:
        if options.only == "install":
            figures["install"] = back_and_forth.prepare(ground)
        if options.only in {None, "back-and-forth"}:
            found = back_and_forth.drill(
                ground, releases=options.releases, per_second=options.per_second, sockets=options.sockets
            )
            figures["back_and_forth"] = found
            good = back_and_forth.is_good(found)
        if options.only in {None, "broken"}:
            figures["broken_releases"] = broken.drill(ground, kinds=options.kinds.split(","))
            good = good and broken.is_good(figures["broken_releases"])
        if options.only in {None, "kills"}:
            figures["killed_deployer"] = kills.drill(ground)
            good = good and kills.is_good(figures["killed_deployer"])
    finally:
        if not options.folder:
            ground.close()
            shutil.rmtree(folder, ignore_errors=True)
    figures["load_average_at_the_end"] = os.getloadavg()
    back_and_forth.save(options.json, figures)
    print(json.dumps(figures, indent=1))  # noqa: T201 - the drill's output
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
