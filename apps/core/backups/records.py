"""The history of backups in the database: for the admin, the metrics and the alerts."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models.functions import Now

from apps.core.backups.errors import DoneAlready
from apps.core.errors import DomainError
from apps.core.models import BackupRecord

logger = logging.getLogger(__name__)

INTERRUPTED = "It was interrupted: its process ended without a word."


class Record:
    """The row of the act that runs."""

    def __init__(self, row: BackupRecord) -> None:
        self.row = row
        self.failure = ""

    def belongs_to(self, set_id: str, *, size: int = 0) -> None:
        self.row.set_id = set_id
        self.row.size = size

    def is_in(self, places: list[str]) -> None:
        self.row.places = places

    def is_verified(self) -> None:
        self.row.verified_at = Now()

    def fails(self, message: str) -> None:
        """Let the row end as failed, though nothing is raised in its block."""
        self.failure = message

    def says(self, message: str) -> None:
        self.row.message = message[:2000]


@contextmanager
def kept(actor: Any, kind: str, *, occasion: str | None = None) -> Iterator[Record]:
    """Keep a row of what happens in the block: running, then how it ended. Called with the lock held.

    Rows of earlier acts that still say "running" are of killed processes. Raises ``DoneAlready`` when the
    occasion's act has succeeded.
    """
    row = BackupRecord(kind=kind, actor_id=getattr(actor, "pk", None), occasion=occasion, started_at=Now())
    _begin(row)
    record = Record(row)
    try:
        yield record
    except BaseException as error:
        told = error.message if isinstance(error, DomainError) else f"{type(error).__name__}: {error}"
        _end(record, BackupRecord.State.FAILED, told)
        raise
    if record.failure:
        _end(record, BackupRecord.State.FAILED, record.failure)
    else:
        _end(record, BackupRecord.State.SUCCEEDED, row.message)


def _begin(row: BackupRecord) -> None:
    try:
        with transaction.atomic():
            BackupRecord.objects.filter(state=BackupRecord.State.RUNNING).update(
                state=BackupRecord.State.FAILED, finished_at=Now(), message=INTERRUPTED
            )
            if row.occasion and is_done(row.occasion):
                raise DoneAlready(f"It is done already: {row.occasion}.")
            if row.occasion and (before := BackupRecord.objects.filter(occasion=row.occasion).first()):
                row.pk = before.pk  # tried again: the same row, from the beginning
            row.save()
    except DatabaseError:
        # The recovery of a site begins with an empty database, or with none.
        logger.warning("The history of backups cannot be written: the database is not there or has no tables.")


def _end(record: Record, state: str, message: str) -> None:
    row = record.row
    if row.pk is None:
        return
    row.state, row.finished_at, row.message = state, Now(), message[:2000]
    try:
        row.save(
            update_fields=["state", "finished_at", "message", "set_id", "size", "places", "verified_at"],
            force_update=True,
        )
    except DatabaseError:
        # The act is over, and the sets say so too; the history is not worth calling it failed.
        logger.exception("The history of backups could not be written: %s %s", row.kind, state)


def is_done(occasion: str) -> bool:
    """Tell whether what is scheduled under this name has succeeded."""
    return BackupRecord.objects.filter(occasion=occasion, state=BackupRecord.State.SUCCEEDED).exists()
