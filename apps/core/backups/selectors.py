"""What people and machines are told of backups: the newest good one, the history, what is held."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import F, Max, Min, Q, QuerySet
from django.utils import timezone

from apps.core.backups import configuration as configurations
from apps.core.backups.sets import AHEAD
from apps.core.models import BackupRecord, OutgoingHold

SHOWN = 12
Kind = BackupRecord.Kind
# What an alert asks for, and which acts count for it.
KINDS: dict[str, tuple[str, ...]] = {
    "database": (Kind.ALL, Kind.DATABASE),
    "media": (Kind.ALL, Kind.MEDIA),
    "drill": (Kind.DRILL, Kind.VERIFY),
}
OLD_HOURS = 26
DRILL_OLD_DAYS = 8


def metrics() -> dict[str, dict[str, float]]:
    """Return the figures of docs/backup.md by their names, each by kind. A drill that never ran is left out.

    Where no backups are expected nothing has an age, so that no alert speaks of it.
    """
    # A site that never made a backup has one that is as old as can be, so that the alert is not silent.
    seconds: dict[str, float] = {"database": 0.0, "media": 0.0}
    failed: dict[str, float] = {}
    sizes: dict[str, float] = {}
    for kind, counted in KINDS.items():
        ended = _ended().filter(kind__in=counted)
        last = ended.order_by(F("finished_at").desc(), "-pk").first()
        good = ended.filter(state=BackupRecord.State.SUCCEEDED).order_by(F("finished_at").desc(), "-pk").first()
        if last:
            failed[kind] = float(last.state == BackupRecord.State.FAILED)
        if good and good.finished_at:
            seconds[kind] = good.finished_at.timestamp()
            sizes[kind] = float(good.size)
    if "drill" not in seconds and (first := _first_backup()):
        seconds["drill"] = first.timestamp()  # as long as nothing was proved, it is late from then on
    for place in configurations.current().remotes:
        there = _ended().filter(kind__in=BackupRecord.BACKUPS, state="succeeded", places__contains=place.name)
        newest = there.aggregate(at=Max("finished_at"))["at"]
        seconds[place.name] = newest.timestamp() if newest else 0.0
    return {
        "deltacrown_backup_last_success_timestamp_seconds": seconds if settings.BACKUPS_EXPECTED else {},
        "deltacrown_backup_last_run_failed": failed,
        "deltacrown_backup_size_bytes": sizes,
    }


def _ended() -> QuerySet[BackupRecord]:
    """Return the acts that are over. One that ended in the future was timed by a wrong clock and would look fresh."""
    soon = timezone.now() + AHEAD
    return BackupRecord.objects.exclude(state=BackupRecord.State.RUNNING).filter(finished_at__lte=soon)


def _first_backup() -> datetime | None:
    good = _ended().filter(kind__in=KINDS["database"], state=BackupRecord.State.SUCCEEDED)
    at: datetime | None = good.aggregate(at=Min("finished_at"))["at"]
    return at


def section() -> dict[str, Any]:
    """Return what the operations page shows."""
    newest: dict[str, datetime | None] = (
        _ended()
        .filter(state="succeeded")
        .aggregate(
            database=Max("finished_at", filter=Q(kind__in=KINDS["database"])),
            media=Max("finished_at", filter=Q(kind__in=KINDS["media"])),
            drill=Max("finished_at", filter=Q(kind__in=KINDS["drill"])),
        )
    )
    now = timezone.now()
    limits = {"database": OLD_HOURS, "media": OLD_HOURS, "drill": DRILL_OLD_DAYS * 24}
    lines = [
        {
            "name": name,
            "at": at,
            "old": settings.BACKUPS_EXPECTED and (at is None or (now - at).total_seconds() > limits[name] * 3600),
        }
        for name, at in newest.items()
    ]
    return {
        "expected": settings.BACKUPS_EXPECTED,
        "lines": lines,
        "records": list(BackupRecord.objects.all()[:SHOWN]),
        "hold": OutgoingHold.objects.first(),
        "encrypted": bool(settings.BACKUP_RECIPIENTS),
        "remotes": [str(place) for place in configurations.current().remotes],
    }
