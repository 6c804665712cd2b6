"""Forgets old notifications. Their deliveries go with them; digests stay, so that no day gets a second one."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from apps.core.jobs.cleanup import delete_in_batches
from apps.notifications.constants import KEPT_DAYS_READ, KEPT_DAYS_UNREAD
from apps.notifications.models import Notification


def delete_old_notifications(*, now: datetime | None = None) -> dict[str, int]:
    """Delete what was read, or only mailed, three months ago, and what nobody read for a year.

    News that was told with the same fingerprint could be told again afterwards. What tells something again after three
    months needs a record of its own.
    """
    now = now or timezone.now()
    read_before, told_before = now - timedelta(days=KEPT_DAYS_READ), now - timedelta(days=KEPT_DAYS_UNREAD)
    seen = Notification.objects.filter(created_at__lt=read_before).filter(Q(read_at__lt=read_before) | Q(in_app=False))
    unread = Notification.objects.filter(created_at__lt=told_before, read_at=None)
    return {
        "seen": delete_in_batches(seen.order_by("created_at")),
        "unread": delete_in_batches(unread.order_by("created_at")),
    }
