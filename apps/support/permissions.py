"""Who may answer tickets."""

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser

from apps.accounts.groups import SUPPORT_AGENT
from apps.core.errors import PermissionRefused

if TYPE_CHECKING:
    from apps.accounts.models import User

ANSWER = "support.change_ticket"


def can_answer(actor: "User | AnonymousUser") -> bool:
    """Staff with the permission to change tickets."""
    return actor.is_active and actor.is_staff and actor.has_perm(ANSWER)


def check_answer(actor: "User | AnonymousUser") -> None:
    """Raise ``PermissionRefused`` unless ``actor`` may answer tickets."""
    if not can_answer(actor):
        raise PermissionRefused("Only support staff can answer tickets.")


def staff_groups() -> dict[str, tuple[str, ...]]:
    """Return what the groups of staff may do here."""
    return {SUPPORT_AGENT: (ANSWER, "support.view_ticket")}
