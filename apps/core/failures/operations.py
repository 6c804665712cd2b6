"""What staff may do to an error of the list."""

from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from apps.core import audit
from apps.core.errors import Conflict, NotFound, PermissionRefused
from apps.core.models import ErrorGroup

PERMISSION = "core.resolve_error"


def check_may_resolve(actor: Any) -> None:
    """Raise ``PermissionRefused`` unless ``actor`` may resolve. ``None`` is the operator at the shell."""
    if not can_resolve(actor):
        raise PermissionRefused("Resolving errors needs the permission “Can mark errors as resolved”.")


def can_resolve(actor: Any) -> bool:
    """Tell whether ``actor`` may resolve."""
    return actor is None or bool(actor.has_perm(PERMISSION))


def resolve(*, actor: Any, error_id: int) -> ErrorGroup:
    """Say that an error is mended. When it comes back it is open again.

    Raises:
        PermissionRefused: The actor may not.
        NotFound: There is no such error.
        Conflict: It is resolved already.
    """
    check_may_resolve(actor)
    with transaction.atomic():
        try:
            group = ErrorGroup.objects.select_for_update().get(pk=error_id)
        except ErrorGroup.DoesNotExist:
            raise NotFound(f"There is no error {error_id}.") from None
        if group.resolved_at is not None:
            raise Conflict("Somebody has resolved this error already.")
        group.resolved_at = Now()
        group.save(update_fields=["resolved_at"])
        audit.record(
            actor=actor, action="error.resolved", target=group, old={"resolved": False}, new={"resolved": True}
        )
    group.refresh_from_db()
    return group
