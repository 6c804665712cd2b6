"""Marks notifications read and unread. Somebody else's are as good as absent."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.core.errors import NotFound
from apps.notifications import push, selectors
from apps.notifications.models import Notification

GONE = "This notification does not exist any more."


def mark_read(*, actor: Any, notification_id: int) -> Notification:
    """Mark one of the actor's notifications read. Read twice, it keeps the first time.

    Raises:
        NotFound: It isn't the actor's.
    """
    with transaction.atomic():
        row = _lock(actor, notification_id)
        if row.read_at is None:
            row.read_at = timezone.now()
            row.save(update_fields=["read_at"])
            _tell_other_tabs(actor)
    return row


def mark_unread(*, actor: Any, notification_id: int) -> Notification:
    """Mark one of the actor's notifications unread again.

    Raises:
        NotFound: It isn't the actor's.
    """
    with transaction.atomic():
        row = _lock(actor, notification_id)
        if row.read_at is not None:
            row.read_at = None
            row.save(update_fields=["read_at"])
            _tell_other_tabs(actor)
    return row


def mark_all_read(*, actor: Any, up_to: int | None = None) -> int:
    """Mark everything read up to the newest one that the actor has seen; what came since stays unread."""
    with transaction.atomic():
        unread = Notification.objects.inbox_of(actor).unread()
        if up_to is not None:
            unread = unread.filter(pk__lte=up_to)
        changed = unread.update(read_at=timezone.now())
        if changed:
            _tell_other_tabs(actor)
    return changed


def _lock(actor: Any, notification_id: int) -> Notification:
    found = selectors.find(actor, notification_id)
    row = Notification.objects.inbox_of(actor).select_for_update().filter(pk=found.pk).first() if found else None
    if row is None:
        raise NotFound(GONE)
    return row


def _tell_other_tabs(actor: Any) -> None:
    transaction.on_commit(lambda: push.read_state_changed(actor.pk), robust=True)
