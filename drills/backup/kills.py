"""A restore killed with -9 at every step: the site is open, with the old data or the new, and a rerun ends it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connections

from apps.core.backups import beside, making, restoring, servers
from drills.jobs.platform import ROOT

STEPS = [
    ("opening.open_set", "during"),
    ("beside.drop", "before"),
    ("beside._create", "after"),
    ("loading.load", "during"),
    ("loading.load", "after"),
    ("loading.compare", "during"),
    ("media.put_back", "after"),
    ("beside.migrate", "before"),
    ("beside.analyse", "during"),
    ("reconciling.prepare", "before"),
    ("reconciling.prepare", "after"),
    ("restoring._note", "after"),
    ("reconciling.flush", "before"),
    ("reconciling.flush", "after"),
    ("beside.swap", "before"),
    ("beside.swap", "during"),
    ("beside._cutting_off", "before"),
    ("beside.swap", "after"),
    ("sets.note_verified", "before"),
]
PATIENCE = 5.0  # seconds until the flag is gone


def run(folder: Path, say: Callable[[str], None], only: str = "") -> dict[str, Any]:
    good = 0
    steps = [(step, moment) for step, moment in STEPS if only in step]
    default_storage.save("drill/kept.txt", ContentFile(b"an upload"))
    for step, moment in steps:
        Group.objects.all().delete()
        Group.objects.create(name="old")
        made = making.make(actor=None, kind="all")
        Group.objects.create(name="new")
        told = _killed(folder, step, moment, made.id)
        names = _names()
        ran = told == -9
        opened = _is_open()
        done = restoring.restore(actor=None, name=made.id)
        if done.continued:
            restoring.restore(actor=None, name=made.id)
        after = _names()
        right = ran and opened and names in ({"old", "new"}, {"old"}) and after == {"old"}
        good += right
        say(f"{'ok  ' if right else 'FAIL'} {moment:<6} {step:<22} exit {told}, open {opened}, data {sorted(names)}")
        for name in beside.old_ones(servers.live()):
            beside.drop(servers.live(), name)
    return {"ok": good == len(steps), "good": good, "steps": len(steps)}


def _killed(folder: Path, step: str, moment: str, set_id: str) -> int:
    command = [sys.executable, "-W", "ignore", "-m", "drills.backup.killed", step, moment, set_id]
    environment = os.environ | {"DRILL_MAINTENANCE_FILE": str(settings.MAINTENANCE_FILE)}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True)  # noqa: S603 - our own words
    if done.returncode != -9:
        sys.stderr.write(done.stderr.decode(errors="replace")[-2000:])
    return done.returncode


def _names() -> set[str]:
    """Ask the live name as a visitor's page would, with a new connection."""
    connections.close_all()
    return set(Group.objects.values_list("name", flat=True))


def _is_open() -> bool:
    until = time.monotonic() + PATIENCE
    while Path(settings.MAINTENANCE_FILE).exists():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
