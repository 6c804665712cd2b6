"""A backup, or the proof of one, that staff ask for in the admin: a job makes it, the history shows what came of it."""

from typing import Any
from uuid import uuid4

from django.db import transaction

from apps.core import audit
from apps.core.backups import making, records, sets, verifying
from apps.core.backups.errors import BackupRefused, DoneAlready
from apps.core.errors import PermissionRefused
from apps.core.jobs import enqueue
from apps.core.models import BackupRecord, Job

PERMISSION = "core.run_backup"


def can_run(actor: Any) -> bool:
    """Tell whether ``actor`` may make and prove backups. ``None`` is the operator at the shell."""
    return actor is None or bool(actor.has_perm(PERMISSION))


def check_may_run(actor: Any) -> None:
    """Raise ``PermissionRefused`` unless ``actor`` may make and prove backups."""
    if not can_run(actor):
        raise PermissionRefused("Making and proving backups needs the permission “Can make and prove backups”.")


def ask(*, actor: Any, kind: str, set_id: str = "") -> Job:
    """Have a backup made, or the set ``set_id`` proved when ``kind`` is ``verify``.

    Asked for twice before it ran, it runs once.

    Raises:
        PermissionRefused: The actor lacks ``core.run_backup``.
        BackupRefused: There is no such kind, or the id is none.
    """
    check_may_run(actor)
    if kind == BackupRecord.Kind.VERIFY:
        sets.check_id(set_id)
    elif kind not in making.KINDS or set_id:
        raise BackupRefused(f"{kind!r} is no kind of backup. There are {', '.join(making.KINDS)}.")
    with transaction.atomic():
        job = enqueue(
            "core.run_backup",
            kind=kind,
            set_id=set_id,
            occasion=f"asked {uuid4()}",
            asked_by=getattr(actor, "pk", None),
            _dedupe_key=f"backup:{kind}:{set_id}",
        )
        audit.record(actor=actor, action="backup.asked", target=job, new={"kind": kind, "set": set_id})
    return job


def carry_out(*, actor: Any, kind: str, set_id: str, occasion: str) -> sets.Set | None:
    """Do what was asked for under the name ``occasion``. Returns None when that was done before. Raises as they do."""
    if records.is_done(occasion):
        return None
    try:
        if kind == BackupRecord.Kind.VERIFY:
            return verifying.verify(actor=actor, name=set_id, occasion=occasion)
        return making.make(actor=actor, kind=kind, occasion=occasion)
    except DoneAlready:
        return None
