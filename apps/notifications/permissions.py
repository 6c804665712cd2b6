"""Who may do what to notifications that are not their own."""

from typing import Any

from apps.core.errors import PermissionRefused

REQUEUE = "notifications.requeue_delivery"


def can_requeue(actor: Any) -> bool:
    """Return whether this member of staff may have a delivery tried again."""
    return bool(actor.is_active and actor.is_staff and actor.has_perm(REQUEUE))


def check_requeue(actor: Any) -> None:
    """Raise ``PermissionRefused`` unless the actor may have a delivery tried again."""
    if not can_requeue(actor):
        raise PermissionRefused("Only staff who may requeue deliveries can send one again.")
