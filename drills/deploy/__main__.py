"""``python -m drills.deploy [--only back-and-forth|broken]``: prints figures last, exits 1 when something was lost."""

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from drills.deploy import back_and_forth, broken
from drills.deploy.ground import ROOT, Ground


def main() -> int:
    parser = argparse.ArgumentParser(prog="drills.deploy", description=__doc__)
    parser.add_argument("--only", choices=["back-and-forth", "broken"])
    parser.add_argument("--releases", type=int, default=10)
    parser.add_argument("--per-second", type=float, default=250)
    parser.add_argument("--sockets", type=int, default=100)
    parser.add_argument("--json", type=Path, default=ROOT / "var" / "drills" / "deploy.json", help="where figures go")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="dc-deploy-"))
    folder.chmod(0o755)
    ground = Ground(folder)
    figures: dict[str, Any] = {"load_average": os.getloadavg()}
    good = True
    try:
        if options.only != "broken":
            found = back_and_forth.drill(
                ground, releases=options.releases, per_second=options.per_second, sockets=options.sockets
            )
            figures["back_and_forth"] = found
            good = back_and_forth.is_good(found)
        if options.only != "back-and-forth":
            figures["broken_releases"] = broken.drill(ground)
            good = good and broken.is_good(figures["broken_releases"])
    finally:
        ground.close()
        shutil.rmtree(folder, ignore_errors=True)
    back_and_forth.save(options.json, figures)
    print(json.dumps(figures, indent=1))  # noqa: T201 - the drill's output
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
