"""The checklist before a release. Each point is looked at, whatever fails; "not checked" is said, never guessed."""

import logging
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Literal

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core import checks
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command
from django.db import Error
from django.db.models import Max
from django.utils import timezone

from apps.core import health
from apps.core.health import processes
from apps.core.health.probes import NotReady
from apps.core.models import BackupRecord
from apps.core.releases import migration_rules

logger = logging.getLogger(__name__)

PROOF_AGE = timedelta(days=8)  # the drill is weekly
FREE_BYTES = 2 * 1024**3  # a release, a dump and what the database writes meanwhile
AUDIT_SECONDS = 120
NEEDED_STATIC = ("siteui/css/site.css", "siteui/js/live_socket.js")

State = Literal["ok", "failed", "warning", "not checked"]


@dataclass(frozen=True)
class Point:
    name: str
    state: State
    told: str


@dataclass(frozen=True)
class Surroundings:
    """What the deployment knows and the release can't see."""

    first: bool = False  # nothing serves yet: there is nothing to lose and no worker to run
    backup_hours: float = 0  # 0 does not ask


Look = Callable[[Surroundings], Point]
_looks: dict[str, Look] = {}


def look(name: str) -> Callable[[Look], Look]:
    """Add a point to the checklist; any app may. One of the same name takes its place."""

    def add(function: Look) -> Look:
        _looks[name] = function
        return function

    return add


def run(around: Surroundings) -> list[Point]:
    """Look at everything, in the order in which the points were added."""
    points = []
    for name, function in _looks.items():
        try:
            points.append(function(around))
        except Exception as error:  # one point that can't be looked at must not hide the others
            logger.exception("Predeploy could not look at %s", name)
            points.append(Point(name, "failed", f"could not be looked at: {type(error).__name__}"))
    return points


@look("settings")
def settings_are_safe(_: Surroundings) -> Point:
    found = checks.run_checks(include_deployment_checks=True)
    serious = [message for message in found if message.level >= checks.WARNING and not message.is_silenced()]
    if serious:
        return Point("settings", "failed", "; ".join(f"{message.id}: {message.msg}" for message in serious))
    return Point("settings", "ok", f"check --deploy finds nothing, {settings.ENVIRONMENT}")


@look("migrations written")
def migrations_are_written(_: Surroundings) -> Point:
    """Ask whether every change of a model has its migration, without ever writing one here."""
    own = [config.label for config in apps.get_app_configs() if config.name.startswith("apps.")]
    output = StringIO()
    try:
        call_command("makemigrations", *own, check=True, dry_run=True, verbosity=1, stdout=output, stderr=output)
    except SystemExit:
        return Point("migrations written", "failed", f"models changed without a migration: {output.getvalue().strip()}")
    return Point("migrations written", "ok", "every model has its migrations")


@look("migrations safe")
def migrations_are_safe(_: Surroundings) -> Point:
    planned = migration_rules.plan()
    faults = [f"{line.name} {fault}" for line in planned for fault in line.faults]
    if faults:
        return Point("migrations safe", "failed", "; ".join(faults))
    contracting = [line.name for line in planned if line.contracts]
    if contracting:
        return Point("migrations safe", "warning", f"no rollback after this release: {', '.join(contracting)}")
    return Point("migrations safe", "ok", f"{len(planned)} to apply, and the serving release can live with them")


@look("services")
def services_answer(_: Surroundings) -> Point:
    failing = [name for name in health.report().failing if name != "migrations"]
    if failing:
        return Point("services", "failed", f"not ready: {', '.join(failing)}")
    return Point("services", "ok", "database, cache, broker, channels, storage and disk are ready")


@look("worker and beat")
def worker_and_beat_live(around: Surroundings) -> Point:
    if around.first:
        return Point("worker and beat", "not checked", "nothing runs before the first release")
    try:
        return Point("worker and beat", "ok", f"{processes.worker(anywhere=True)} {processes.beat(anywhere=True)}")
    except (NotReady, Error) as problem:
        # A release may be what mends them.
        return Point("worker and beat", "warning", str(problem))


@look("backup")
def backup_is_fresh(around: Surroundings) -> Point:
    """Ask for a young backup, and that backups of late were proved by restoring one."""
    if around.first or not around.backup_hours:
        return Point("backup", "not checked", "nothing to lose yet" if around.first else "not asked for")
    good = BackupRecord.objects.filter(state=BackupRecord.State.SUCCEEDED)
    newest = good.filter(kind__in=[BackupRecord.Kind.ALL, BackupRecord.Kind.DATABASE]).aggregate(at=Max("finished_at"))
    proof = good.exclude(verified_at=None).aggregate(at=Max("verified_at"))
    told = [
        f"the newest of the database is {_hours(newest['at'])}",
        f"the last proof by restoring {_hours(proof['at'])}",
    ]
    fresh = newest["at"] is not None and timezone.now() - newest["at"] <= timedelta(hours=around.backup_hours)
    proved = proof["at"] is not None and timezone.now() - proof["at"] <= PROOF_AGE
    if fresh and proved:
        return Point("backup", "ok", ", ".join(told))
    do = "manage.py backup" if not fresh else "manage.py backup verify"
    return Point("backup", "failed", f"{', '.join(told)}: {do} first")


def _hours(at: datetime | None) -> str:
    return "missing" if at is None else f"{(timezone.now() - at).total_seconds() / 3600:.0f} hours old"


@look("disk")
def disk_has_room(_: Surroundings) -> Point:
    free = min(shutil.disk_usage(folder).free for folder in _disks())
    told = f"{free / 1024**3:.1f} GB free"
    return Point("disk", "ok", told) if free >= FREE_BYTES else Point("disk", "failed", f"{told}, and 2 are needed")


def _disks() -> list[Path]:
    """Return where code, uploads and logs are; of what is not made yet the folder that it will be made in."""
    folders = [Path(settings.BASE_DIR), Path(settings.MEDIA_ROOT), Path(settings.LOG_DIR or settings.BASE_DIR)]
    return [next(place for place in (folder, *folder.parents) if place.is_dir()) for folder in folders]


@look("static files")
def static_files_are_collected(_: Surroundings) -> Point:
    missing = []
    for name in NEEDED_STATIC:
        try:
            stored = getattr(staticfiles_storage, "stored_name", lambda given: given)(name)
            if not staticfiles_storage.exists(stored):
                missing.append(name)
        except ValueError:  # not in the manifest
            missing.append(name)
    if missing:
        return Point("static files", "failed", f"not collected: {', '.join(missing)}")
    where = settings.STATIC_ROOT if isinstance(staticfiles_storage, FileSystemStorage) else "the bucket"
    return Point("static files", "ok", f"collected in {where}")


@look("dependencies")
def dependencies_are_audited(_: Surroundings) -> Point:
    """Ask pip-audit about what is installed here. Where it or its service is missing nothing was checked."""
    command = [sys.executable, "-m", "pip_audit", "--progress-spinner=off", "--disable-pip", "--require-hashes"]
    requirements = settings.BASE_DIR / "requirements" / "base.txt"
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            [*command, "-r", str(requirements)], capture_output=True, text=True, timeout=AUDIT_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Point("dependencies", "not checked", f"pip-audit did not answer: {type(error).__name__}")
    if done.returncode == 0:
        return Point("dependencies", "ok", "pip-audit knows of no vulnerability")
    found = [line for line in done.stdout.splitlines() if line and not line.startswith(("Name", "-"))]
    if found:
        return Point("dependencies", "failed", f"pip-audit names {len(found)}: {'; '.join(found)[:600]}")
    return Point("dependencies", "not checked", "pip-audit is not installed here, or its service can't be reached")
