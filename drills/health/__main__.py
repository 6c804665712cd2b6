"""``python -m drills.health``: prints what ``/readyz`` said and how long it took; exits 1 when it was late or wrong."""

import shutil
import sys
import tempfile
import time
from pathlib import Path

from drills.health.site import Site

LIMIT = 2.0
NAMES = {
    "postgresql": {"database", "migrations"},
    "cache": {"cache"},
    "broker": {"broker", "channel layer"},
}


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the drill's output


def ask(site: Site, what: str, expected: set[str]) -> bool:
    """Ask both servers and tell whether they named exactly ``expected``, in time."""
    good = True
    for program in ("gunicorn", "daphne"):
        time.sleep(1.1)  # the answer before is kept for a second
        seconds, told = site.ready(program)
        right = set(told["failing"]) == expected and seconds < LIMIT
        good &= right
        named = ", ".join(told["failing"]) or "all well"
        say(f"{'ok  ' if right else 'FAIL'} {what:<22} {program:<9} {seconds * 1000:7.0f} ms  {named}")
    return good


def drill(site: Site) -> bool:
    good = ask(site, "everything runs", set())
    before = {program: site.sockets(program) for program in ("gunicorn", "daphne")}
    for server, names in NAMES.items():
        site.freeze(server)
        good &= ask(site, f"{server} frozen", names)
        good &= ask(site, f"{server} still frozen", names)
        site.thaw(server)
        time.sleep(1.5)  # what waited for the frozen server has given up by now
        good &= ask(site, f"{server} thawed", set())
    after = {program: site.sockets(program) for program in ("gunicorn", "daphne")}
    # Each worker may keep what it was serving the last request with.
    left = all(after[program] <= before[program] + 2 for program in before)
    say(f"{'ok  ' if left else 'FAIL'} sockets before {before}, after {after}")
    killed: set[str] = set()
    for server, names in NAMES.items():
        site.kill(server)
        killed |= names
        good &= ask(site, f"{server} killed", killed)
    return good and left


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="deltacrown-health-drill-"))
    folder.chmod(0o711)
    say(f"Starting PostgreSQL, two Redis, Gunicorn and Daphne in {folder} …")
    site = Site(folder)
    try:
        good = drill(site)
    finally:
        site.close()
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
