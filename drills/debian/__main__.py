"""``python -m drills.debian``: what the drill of deployments can't do without systemd, on a bare Debian that has it.

Needs root, debootstrap and systemd-nspawn (``apt-get install debootstrap systemd-container``). Prints figures last.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from drills.debian.machine import SOURCE, Machine
from drills.deploy.ground import HOST
from drills.deploy.traffic import trusting
from drills.deploy.watching import Watcher

BASE = "/srv/deltacrown"
MANAGE = f"cd {BASE}/live-release && runuser -u deltacrown -- .venv/bin/python manage.py"


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the drill's output


def main() -> int:
    parser = argparse.ArgumentParser(prog="drills.debian", description=__doc__)
    parser.add_argument("--tree", type=Path, help="make the machine in this folder and leave it, or take the one there")
    parser.add_argument("--bind", type=Path, action="append", default=[], help="a folder of this machine it may read")
    options = parser.parse_args()
    folder = options.tree or Path(tempfile.mkdtemp(prefix="dc-debian-", dir="/var/tmp"))
    machine = Machine(folder, bind=options.bind)
    drill = Drill(machine)
    try:
        machine.make()
        say(f"systemd runs after {machine.start()} s.")
        for act in (
            drill.install,
            drill.release,
            drill.act_by_units,
            drill.switch,
            drill.kill,
            drill.keep_secrets,
            drill.stage,
            drill.start_again,
        ):
            drill.do(act)
    finally:
        machine.stop()
        if not options.tree:
            shutil.rmtree(folder, ignore_errors=True)
            machine.log.unlink(missing_ok=True)
    say(json.dumps({**drill.figures, "load": round(os.getloadavg()[0], 1)}, indent=1))
    return 0 if all(figure["ok"] for figure in drill.figures.values()) else 1


class Drill:
    """Each act returns what it saw, and whether all was well."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.run = machine.run
        self.figures: dict[str, dict[str, object]] = {}

    def do(self, act: Callable[[], tuple[bool, str]]) -> None:
        began = time.monotonic()
        good, told = act()
        name = act.__name__.replace("_", " ")
        self.figures[name] = {"ok": good, "seconds": round(time.monotonic() - began, 1), "told": told}
        say(f"{'ok  ' if good else 'FAIL'} {name}: {told}")

    def install(self) -> tuple[bool, str]:
        """Twice: the second time finds everything there."""
        self.run("git config --global --add safe.directory '*'")
        self.run(f"test -d /opt/deltacrown || git clone -q /{SOURCE} /opt/deltacrown")
        self.run("cd /opt/deltacrown && git config user.name drill && git config user.email drill@example.com")
        told = self.run(f"/opt/deltacrown/deploy/install --host {HOST} --set EMAIL_HOST=localhost")
        before = self.run("sha256sum /etc/deltacrown/environment /etc/deltacrown/backup.key")
        self.run(f"/opt/deltacrown/deploy/install --host {HOST}")
        same = before == self.run("sha256sum /etc/deltacrown/environment /etc/deltacrown/backup.key")
        return same and "✗" not in told, f"{told.count('✓')} self-tests; a second time nothing changed: {same}"

    def release(self) -> tuple[bool, str]:
        self.run("cd /opt/deltacrown && deploy/release main")
        commit = self.run("cd /opt/deltacrown && git rev-parse --short=12 HEAD").strip()
        failed = self.run("systemctl --failed --no-legend", may_fail=True).strip()
        return serves(commit) and not failed, f"{commit} serves, failed units: {failed or 'none'}"

    def act_by_units(self) -> tuple[bool, str]:
        """What the timers start, and logrotate."""
        for unit in ("deltacrown-backup", "deltacrown-backup-drill"):
            self.run(f"systemctl start {unit}")
        sets = json.loads(self.run(f"{MANAGE} backup list --json"))["sets"]
        self.run("logrotate --force /etc/logrotate.d/deltacrown && sleep 2")
        timers = self.run("systemctl list-timers --no-legend 'deltacrown-*'").count("\n")
        good = bool(sets) and all(one["verified_at"] for one in sets) and timers == 4
        return good, f"{len(sets)} sets proved, {timers} timers wait"

    def switch(self) -> tuple[bool, str]:
        """Another release and back, while somebody asks all the time."""
        self.run("cd /opt/deltacrown && git commit -q --allow-empty -m two")
        with Watcher(443) as watcher:
            self.run("cd /opt/deltacrown && deploy/release main")
            told = self.run("cd /opt/deltacrown && deploy/rollback")
        back = next((line.strip() for line in told.splitlines() if "again after" in line), "")
        return not watcher.wrong and bool(watcher.answers), f"{watcher.figures()}; {back}"

    def kill(self) -> tuple[bool, str]:
        """Every process of the pages, the sockets and the jobs dies; systemd brings them back."""
        live = json.loads(self.run("/opt/deltacrown/deploy/status --json").splitlines()[-1])["live"]
        parts = ("gunicorn", "daphne", "celery-worker", "celery-critical", "celery-beat")
        for part in parts:
            self.run(f"systemctl kill --signal KILL --kill-who=all deltacrown-{part}@{live}")
        seconds = until(lambda: serves() and self._are_active(live, parts))
        return seconds is not None, f"five services back after {seconds} s"

    def _are_active(self, live: str, parts: tuple[str, ...]) -> bool:
        units = " ".join(f"deltacrown-{part}@{live}" for part in parts)
        return self.run(f"systemctl is-active {units}", may_fail=True).split() == ["active"] * len(parts)

    def keep_secrets(self) -> tuple[bool, str]:
        """nginx's user reads no secret; the site's user writes no code."""
        tries = {
            "www-data reads the environment": "runuser -u www-data -- cat /etc/deltacrown/environment",
            "www-data reads the key": "runuser -u www-data -- cat /etc/deltacrown/backup.key",
            "the site changes its code": f"runuser -u deltacrown -- touch {BASE}/live-release/manage.py",
            "others enter the sockets": "runuser -u nobody -- ls /run/deltacrown/blue",
        }
        done = [name for name, words in tries.items() if "denied" not in self.run(words, may_fail=True)]
        return not done, f"refused: {len(tries) - len(done)} of {len(tries)} {done or ''}"

    def stage(self) -> tuple[bool, str]:
        """A second installation with names of its own, beside the first."""
        self.run(
            "cd /opt/deltacrown && deploy/install --name staging --host staging.test --environment staging "
            "--set EMAIL_HOST=localhost && deploy/release --name staging main"
        )
        told = self.run("/opt/deltacrown/deploy/status --name staging", may_fail=True)
        return serves() and "serves" in told and bool(commit_that_serves("staging.test")), told.splitlines()[0]

    def start_again(self) -> tuple[bool, str]:
        """The machine goes down and comes up: the site is back by itself."""
        before = commit_that_serves()
        self.machine.stop()
        seconds = self.machine.start()
        back = until(lambda: serves(before))
        failed = self.run("systemctl --failed --no-legend", may_fail=True).strip()
        return back is not None and not failed, f"systemd after {seconds} s, {before} serves {back} s later"


def commit_that_serves(host: str = HOST) -> str:
    try:
        request = urllib.request.Request("https://127.0.0.1/healthz", headers={"Host": host})
        with urllib.request.urlopen(request, timeout=10, context=trusting()) as answer:  # noqa: S310 - this machine
            return str(json.load(answer)["commit"])
    except (OSError, ValueError):
        return ""


def serves(commit: str = "") -> bool:
    found = commit_that_serves()
    return bool(found) and (not commit or found == commit)


def until(good: Callable[[], bool], *, within: float = 120.0) -> float | None:
    """Return the seconds until it is so, None when it does not come to that."""
    began = time.monotonic()
    while time.monotonic() - began < within:
        if good():
            return round(time.monotonic() - began, 1)
        time.sleep(0.5)
    return None


if __name__ == "__main__":
    sys.exit(main())
