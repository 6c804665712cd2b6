"""A file comes in; a person lets it be recorded, or throws it away."""

import hashlib
from pathlib import PurePath
from typing import BinaryIO

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit, jobs
from apps.core.errors import Conflict, DomainError, NotFound
from apps.teams import permissions
from apps.teams.models import ResultImport, ResultImportLine
from apps.teams.services.result_imports.columns import BYTE_LIMIT

State = ResultImport.State
NAME_LENGTH = 200


@transaction.atomic
def start_import(*, actor: User | None, file_name: str, stream: BinaryIO) -> ResultImport:
    """Keep the file and have it checked. Nothing is recorded before somebody confirms it.

    Args:
        actor: Who sends it; None from the command line, where whoever has the shell has the database.

    Raises:
        PermissionRefused: The actor may not record results.
        DomainError: The file is too large to be kept.
    """
    check_actor(actor)
    content = stream.read(BYTE_LIMIT + 1)
    if len(content) > BYTE_LIMIT:
        raise DomainError(
            f"The file is larger than {BYTE_LIMIT // 1_048_576} MB. Split it into more files.", field="file"
        )
    imported = ResultImport.objects.create(
        file_name=_shown(file_name),
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
        content=content,
        lines=max(content.count(b"\n"), content.count(b"\r")),
        uploaded_by=actor,
    )
    audit.record(
        actor=actor,
        action="team.results_uploaded",
        target=imported,
        new={"digest": imported.digest, "size": imported.size},
    )
    jobs.enqueue("teams.check_results_file", import_id=imported.pk)
    return imported


@transaction.atomic
def confirm_import(*, actor: User | None, import_id: int) -> ResultImport:
    """Have a checked file recorded.

    Raises:
        PermissionRefused: The actor may not record results.
        NotFound: There is no such import.
        Conflict: It is not checked, has problems, or was recorded before.
    """
    check_actor(actor)
    imported = lock_import(import_id)
    if imported.state != State.CHECKED:
        raise Conflict(f"This file can't be recorded: {imported.get_state_display().lower()}.")
    imported.confirmed_by, imported.state, imported.done = actor, State.RECORDING, 0
    if not changing(imported).exists():
        imported.state, imported.content, imported.finished_at = State.DONE, None, timezone.now()
    imported.save()
    audit.record(actor=actor, action="team.results_confirmed", target=imported, new={"digest": imported.digest})
    if imported.state == State.RECORDING:
        jobs.enqueue("teams.record_results_file", import_id=imported.pk)
    return imported


@transaction.atomic
def discard_import(*, actor: User | None, import_id: int) -> ResultImport:
    """Throw a file away that was not recorded.

    Raises:
        PermissionRefused, NotFound, Conflict: As in :func:`confirm_import`.
    """
    check_actor(actor)
    imported = lock_import(import_id)
    if imported.state not in {State.CHECKING, State.CHECKED, State.REFUSED}:
        raise Conflict(f"This file can't be discarded: {imported.get_state_display().lower()}.")
    imported.rows.all().delete()
    imported.state, imported.content, imported.finished_at = State.DISCARDED, None, timezone.now()
    imported.save()
    audit.record(actor=actor, action="team.results_discarded", target=imported)
    return imported


def check_actor(actor: User | None) -> None:
    if actor is not None:
        permissions.check_record_results(actor)


def lock_import(import_id: int) -> ResultImport:
    """Return the import without its file, locked until the transaction ends. Before teams, results and wallets."""
    found = (
        ResultImport.objects.select_for_update(no_key=True, of=("self",))
        .select_related("confirmed_by")
        .defer("content")
        .filter(pk=import_id)
        .first()
    )
    if found is None:
        raise NotFound("There is no such import.")
    return found


def changing(imported: ResultImport) -> QuerySet[ResultImportLine]:
    """Return the lines that do something."""
    return imported.rows.filter(effect__in=[ResultImportLine.Effect.NEW, ResultImportLine.Effect.CORRECTION])


def _shown(file_name: str) -> str:
    """Return the name as a page and a row can hold it."""
    name = PurePath(file_name.replace("\\", "/")).name
    return "".join(sign for sign in name if sign.isprintable())[:NAME_LENGTH] or "results.csv"
