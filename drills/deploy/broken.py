"""Releases that are broken, each in its way, and a deployer that is killed at each of its steps: the old release serves
on, the lock is free, and the next try works.
"""

import random
import re
import signal
import subprocess
import sys
import time
from typing import Any

from drills.deploy.back_and_forth import report
from drills.deploy.breakages import BREAKAGES, Breakage
from drills.deploy.ground import ROOT, Ground
from drills.deploy.watching import Watcher

KILLS_WITHIN = 1.5  # seconds after a step began
Figures = dict[str, Any]


def drill(ground: Ground) -> Figures:
    """Break everything once. The ground has an installation, or gets one."""
    if not (ground.root / "etc/deltacrown/deploy.toml").exists():
        ground.install(lock_attempts=2, statement_seconds=5, start_seconds=60, drain_seconds=3)
        ground.deploy("release", "main")
    else:
        ground.install(lock_attempts=2, statement_seconds=5, start_seconds=60, drain_seconds=3)
    with Watcher(ground.https) as watcher:
        broken = {breakage.name: _one(ground, breakage, watcher) for breakage in BREAKAGES}
        killed = kill_at_each_step(ground, watcher)
    return {"broken": broken, "killed": killed, "watched": watcher.figures()}


def _one(ground: Ground, breakage: Breakage, watcher: Watcher) -> Figures:
    before = ground.status()["serves"]["commit"]
    ground.git("checkout", "--quiet", "main")
    files = {name: change(_text(ground, name)) for name, change in breakage.changes.items()}
    commit = ground.commit(files, f"Broken: {breakage.name}", branch="broken")
    began = time.monotonic()
    with breakage.around(ground):
        status, told = ground.try_deploy("release", commit)
    after = ground.status()
    good = (
        status == 1
        and re.search(breakage.says, told) is not None
        and after["serves"]["commit"] == before
        and after["healthy"]
        and after["deploys"] is None
        and after["latest"][-1]["state"] == "failed"
        and watcher.is_content()
    )
    report(f"{'ok  ' if good else 'FAIL'} {breakage.name}: {told.strip().splitlines()[-3:] if not good else ''}")
    return {"ok": good, "seconds": round(time.monotonic() - began, 1), "refused_at": _last_step(told)}


def _text(ground: Ground, name: str) -> str:
    path = ground.repository / name
    return path.read_text() if path.exists() else ""


def _last_step(told: str) -> str:
    steps = [line.removeprefix("→ ") for line in told.splitlines() if line.startswith("→ ")]
    return steps[-1] if steps else ""


def kill_at_each_step(ground: Ground, watcher: Watcher) -> Figures:
    """Begin a release, kill it with -9 in its first step, begin it again, kill it in the second, and so on."""
    ground.git("checkout", "--quiet", "main")
    commit = ground.commit({"docs/drill.txt": f"{time.time()}\n"}, "A good one", branch="good")
    dice = random.Random(7)  # noqa: S311 - a drill that can be repeated
    killed: list[str] = []
    while True:
        step = _release_killed_after(ground, commit, killed, dice)
        if step is None:
            break
        killed.append(step)
        report(f"killed in: {step}")
    after = ground.status()
    good = after["serves"].get("commit") == commit[:12] and after["healthy"] and watcher.is_content()
    return {"steps": killed, "ok": good, "lock_free": after["deploys"] is None}


def _release_killed_after(ground: Ground, commit: str, killed: list[str], dice: random.Random) -> str | None:
    """Release, and kill it in the first step that it has not been killed in. Returns the step, None at its end."""
    words = [sys.executable, "-u", "deploy/release", "--root", str(ground.root), commit]
    deployer = subprocess.Popen(  # noqa: S603 - our own words
        words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    told = ""
    for line in deployer.stdout or ():
        told += line
        step = line.strip().removeprefix("→ ")
        if line.startswith("→ ") and step not in killed:
            time.sleep(dice.uniform(0, KILLS_WITHIN))
            if deployer.poll() is None:
                deployer.send_signal(signal.SIGKILL)
                deployer.wait()
                return step
            killed.append(step)  # it was quicker than we
    if deployer.wait():
        raise SystemExit(f"A good release failed after it had been killed in {killed}:\n{told}")
    return None


def is_good(figures: Figures) -> bool:
    return figures["killed"]["ok"] and all(found["ok"] for found in figures["broken"].values())
