"""Releases that are broken, each in its way: the old release serves on, the lock is free, and the next try works."""

import re
import time
from collections.abc import Sequence
from typing import Any

from drills.deploy.back_and_forth import prepare, report
from drills.deploy.breakages import BREAKAGES, Breakage
from drills.deploy.ground import Ground
from drills.deploy.watching import Watcher

Figures = dict[str, Any]


def drill(ground: Ground, *, kinds: Sequence[str] = ("",)) -> Figures:
    """Break everything of these kinds once. The ground has an installation, or gets one."""
    prepare(ground)
    ground.install(lock_attempts=2, statement_seconds=5, start_seconds=60, drain_seconds=3)
    with Watcher(ground.https) as watcher:
        broken = {one.name: _one(ground, one, watcher) for one in BREAKAGES if any(word in one.name for word in kinds)}
        next_try = _next_try(ground)
    return {"broken": broken, "next_try": next_try, "watched": watcher.figures()}


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


def _next_try(ground: Ground) -> bool:
    """Release something good after all that."""
    ground.git("checkout", "--quiet", "main")
    commit = ground.commit({"docs/drill.txt": f"{time.time()}\n"}, "A good one", branch="good")
    status, told = ground.try_deploy("release", commit)
    after = ground.status()
    good = status == 0 and after["serves"].get("commit") == commit[:12] and bool(after["healthy"])
    report(f"{'ok  ' if good else 'FAIL'} the next try: {'' if good else told}")
    return good


def is_good(figures: Figures) -> bool:
    good = all(found["ok"] for found in figures["broken"].values())
    return good and figures["next_try"] and not figures["watched"]["wrong"]
