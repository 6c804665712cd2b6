"""``make check``: everything that can be said about the code without running it. All steps run, whatever fails."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from deltacrown.local import console
from deltacrown.local.state import ROOT

PYTHON = sys.executable
PROGRAMS = Path(sys.executable).parent
DJANGO = [PYTHON, "-W", "ignore", "manage.py"]
TEST_SETTINGS = "--settings=deltacrown.settings_test_pg"
# Third-party apps are not ours to migrate.
OWN_APPS = sorted(path.parent.name for path in (ROOT / "apps").glob("*/apps.py"))


@dataclass(frozen=True)
class Step:
    """One check: a program that ends with 0 when all is well."""

    name: str
    command: list[str]


STEPS = [
    Step("types", [str(PROGRAMS / "mypy")]),
    Step("format", [str(PROGRAMS / "ruff"), "format", "--check", "."]),
    Step("lint", [str(PROGRAMS / "ruff"), "check", "."]),
    Step("layers", [str(PROGRAMS / "lint-imports")]),
    Step("house", [PYTHON, "-W", "ignore", "-m", "deltacrown.house"]),
    Step("reasons", [PYTHON, "-m", "deltacrown.local.reasons"]),
    Step("variables", [PYTHON, "-m", "deltacrown.environment", "docs", "--check"]),
    Step("templates", [str(PROGRAMS / "djlint"), "templates", "--lint", "--quiet"]),
    Step("Django", [*DJANGO, "check", TEST_SETTINGS]),
    Step("migrations", [*DJANGO, "makemigrations", "--check", "--dry-run", TEST_SETTINGS, *OWN_APPS]),
]


def check(steps: list[Step]) -> int:
    """Run ``steps``, two at a time, and return how many failed. What a failed one wrote is shown at the end."""
    failed: dict[str, str] = {}

    def run(step: Step) -> None:
        started = time.monotonic()
        done = subprocess.run(  # noqa: S603 - our own words
            step.command,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            env=dict(os.environ, ENVIRONMENT="testing"),
        )
        result = console.paint("ok", 32)
        if done.returncode:
            failed[step.name] = (done.stdout + done.stderr).strip()
            result = console.paint("FAILED", 31)
        console.say(f"  {step.name:<12} {result} ({time.monotonic() - started:.1f} s)")

    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(run, steps))
    for name, output in failed.items():
        console.say(f"\n{console.paint(name, 31)}:\n{output}")
    if failed:
        console.say(f"\n{len(failed)} of {len(steps)} checks FAILED: {', '.join(failed)}.")
    else:
        console.say(f"All {len(steps)} checks are ok.")
    return len(failed)
