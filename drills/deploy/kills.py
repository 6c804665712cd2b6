"""A deployer killed with -9 in each of its steps: the site serves on, the lock is free, the same command goes on."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

from drills.deploy.back_and_forth import prepare, report
from drills.deploy.breakages import migration
from drills.deploy.ground import ROOT, Ground
from drills.deploy.watching import Watcher

MIGRATING = "1 to apply"
# Seconds after a step began, or after the migrations themselves did.
WITHIN = {"release": (0.0, 1.5), "rollback": (0.0, 0.1)}  # a rollback has switched within a fifth of a second
WITHIN_LONG = {MIGRATING: (2.0, 7.0), "environment": (5.0, 25.0)}
TABLE = "migrations.RunSQL(['CREATE TABLE drill_killed (number integer)', 'SELECT pg_sleep(4)'])"
ADDED = {"static/siteui/css/base.css": "\n/* drill */\n", "requirements/base.txt": "\n# drill\n"}
Figures = dict[str, Any]


def drill(ground: Ground) -> Figures:
    """Kill a release in each step, and then the rollback from it."""
    prepare(ground)
    # An environment of its own, from the registry, so that its step has something to do.
    ground.install(lock_attempts=6, statement_seconds=120, start_seconds=90, drain_seconds=3, python="")
    old = str(ground.status()["serves"]["commit"])
    ground.git("checkout", "--quiet", "main")
    changes = {name: change("") for name, change in migration(TABLE).items()}
    for name, addition in ADDED.items():
        changes[name] = ground.git("show", f"main:{name}") + addition
    new = ground.commit(changes, "A table, slowly, and other style and packages", branch="slow")
    with Watcher(ground.https) as watcher:
        figures = {
            "release": _killed_in_each_step(ground, watcher, ["release", new], leaves=old, reaches=new[:12]),
            "rollback": _killed_in_each_step(ground, watcher, ["rollback"], leaves=new[:12], reaches=old),
        }
    made = ground.psql("SELECT count(*) FROM django_migrations WHERE name = '9999_broken'")
    return {**figures, "migration_noted": int(made), "watched": watcher.figures()}


def _killed_in_each_step(
    ground: Ground, watcher: Watcher, words: Sequence[str], *, leaves: str, reaches: str
) -> Figures:
    """Begin, kill in the first step, begin again, kill in the second, and so on until nothing is left to kill."""
    dice = random.Random(7)  # noqa: S311 - a drill that can be repeated
    killed: list[str] = []
    faults: list[str] = []
    while (step := _killed_after(ground, words, killed, dice)) is not None:
        killed.append(step)
        after = ground.status()
        if after["deploys"] is not None:
            faults.append(f"{step}: the lock is held")
        if after["serves"]["status"] != 200 or after["serves"]["commit"] not in {leaves, reaches}:
            faults.append(f"{step}: {after['serves']}")
        if not watcher.is_content():
            faults.append(f"{step}: {watcher.wrong[:3]}")
        report(
            f"{'ok  ' if not faults else 'FAIL'} {words[0]} killed in: {step}, {after['serves'].get('commit')} serves"
        )
    after = ground.status()
    if after["serves"].get("commit") != reaches or not after["healthy"] or after["latest"][-1]["state"] != "succeeded":
        faults.append(f"at the end: {after}")
    return {"killed_in": killed, "faults": faults}


def _killed_after(ground: Ground, words: Sequence[str], killed: list[str], dice: random.Random) -> str | None:
    """Run it, and kill it in the first step that it has not been killed in. Returns the step, None at its end."""
    command = [sys.executable, "-u", f"deploy/{words[0]}", "--root", str(ground.root), *words[1:]]
    deployer = subprocess.Popen(  # noqa: S603 - our own words
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    told = ""
    for line in deployer.stdout or ():
        told += line
        step = line.strip().removeprefix("→ ")
        if (line.startswith("→ ") or step == MIGRATING) and step not in killed:
            time.sleep(dice.uniform(*WITHIN_LONG.get(step, WITHIN[words[0]])))
            if deployer.poll() is None:
                deployer.send_signal(signal.SIGKILL)
                deployer.wait()
                return step
            killed.append(step)  # it was quicker than we
    if deployer.wait():
        raise SystemExit(f"{words[0]} failed after it had been killed in {killed}:\n{told}")
    return None


def is_good(figures: Figures) -> bool:
    faults = [*figures["release"]["faults"], *figures["rollback"]["faults"]]
    return not faults and figures["migration_noted"] == 1 and not figures["watched"]["wrong"]
