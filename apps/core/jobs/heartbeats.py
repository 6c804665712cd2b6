"""What workers and beats say of themselves while they live, so that their silence is noticed.

In the database and not in the broker: a worker without a broker still lives and sweeps, and says so.
"""

import os
import socket
from datetime import datetime, timedelta

from django.db.models import Max
from django.db.models.functions import Now

from apps.core.models import Heartbeat

WORKER = "worker"
BEAT = "beat"
FORGOTTEN_AFTER = timedelta(days=1)


def report(kind: str) -> None:
    """Say that this process lives."""
    host, pid = socket.gethostname(), os.getpid()
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name_of(kind, host=host, pid=pid), kind=kind, host=host, seen_at=Now())],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["seen_at"],
    )


def name_of(kind: str, *, host: str, pid: int | str) -> str:
    return f"{kind}@{host}:{pid}"


def names(*, host: str) -> set[str]:
    """Return the processes of a machine that have reported in the last day, as ``name_of`` names them."""
    return set(Heartbeat.objects.filter(host=host).values_list("name", flat=True))


def last_seen(kind: str, *, host: str | None = None) -> datetime | None:
    """Return when a process of this kind last reported, on any machine or on one."""
    rows = Heartbeat.objects.filter(kind=kind)
    if host is not None:
        rows = rows.filter(host=host)
    seen: datetime | None = rows.aggregate(last=Max("seen_at"))["last"]
    return seen


def forget_old() -> int:
    """Delete the rows of processes that are long gone. Returns how many."""
    return Heartbeat.objects.filter(seen_at__lt=Now() - FORGOTTEN_AFTER).delete()[0]
