"""What a person sees of their own notifications. Every function takes the viewer and returns nobody else's rows."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from apps.notifications import registry
from apps.notifications.constants import CATCH_UP_OVERLAP_SECONDS, CATCH_UP_SIZE, MENU_SIZE, PAGE_SIZE, UNREAD_CAP
from apps.notifications.models import Notification
from apps.notifications.models.notification import NotificationQuerySet

# PostgreSQL's bigint. What a browser sends as an id may be anything.
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Page:
    """One page of the list, newest first. ``older`` is the id to go on before, if there is more."""

    items: list[Notification]
    older: int | None


def unread_count(viewer: Any) -> int:
    """Count unread notifications, up to ``UNREAD_CAP``: one scan of at most that many entries of a partial index."""
    return Notification.objects.inbox_of(viewer).unread().order_by()[:UNREAD_CAP].count()


def last_id(viewer: Any) -> int:
    """Return the id of the viewer's newest notification, 0 without any."""
    return Notification.objects.inbox_of(viewer).order_by("-pk").values_list("pk", flat=True).first() or 0


def bell_state(viewer: Any) -> dict[str, int]:
    """Return what a browser has to know to begin."""
    return {"unread": unread_count(viewer), "last_id": last_id(viewer)}


def menu(viewer: Any) -> list[Notification]:
    """Return the newest, for the menu under the bell."""
    return list(_shown(Notification.objects.inbox_of(viewer))[:MENU_SIZE])


def page(viewer: Any, *, unread_only: bool = False, group: str = "", before: int | None = None) -> Page:
    """Return one page of the list. Reads along an index however far back it goes."""
    rows = _shown(Notification.objects.inbox_of(viewer))
    if unread_only:
        rows = rows.unread()
    if group:
        rows = rows.filter(type__in=[known.code for known in registry.all_types() if known.group == group])
    if before is not None:
        rows = rows.filter(pk__lt=_id(before))
    found = list(rows[: PAGE_SIZE + 1])
    items = found[:PAGE_SIZE]
    return Page(items=items, older=items[-1].pk if len(found) > PAGE_SIZE else None)


def find(viewer: Any, notification_id: int) -> Notification | None:
    """Return one of the viewer's notifications; somebody else's is as good as absent.

    One that a newer row speaks for leads to that row: a page that was open meanwhile still shows the old one.
    """
    shown = Notification.objects.inbox_of(viewer)
    row = shown.filter(pk=notification_id).first()
    if row is None:
        hidden = Notification.objects.filter(recipient_id=viewer.pk, pk=notification_id).exclude(bundle_key="").first()
        row = shown.filter(bundle_key=hidden.bundle_key).order_by("-pk").first() if hidden else None
    return row


def missed(viewer: Any, *, after: int, continued: bool = False) -> dict[str, Any]:
    """Return what came after the last notification that a browser knows, oldest first, in portions.

    Ids are given out before transactions commit, so a row with a lower id may appear after one with a higher. The first
    portion therefore also holds what was written up to ``CATCH_UP_OVERLAP_SECONDS`` before ``after``; the browser drops
    what it has. ``next`` is set when there is more, to be asked for with ``continued``.
    """
    after = _id(after)
    mine = Notification.objects.inbox_of(viewer).order_by("pk")
    overlap: list[Notification] = []
    if not continued and (known := mine.filter(pk=after).first()):
        since = known.created_at - timedelta(seconds=CATCH_UP_OVERLAP_SECONDS)
        newest_first = mine.filter(pk__lt=after, created_at__gte=since).order_by("-pk")
        overlap = list(newest_first[:CATCH_UP_SIZE])[::-1]
    newer = list(mine.filter(pk__gt=after)[: CATCH_UP_SIZE + 1])
    more = len(newer) > CATCH_UP_SIZE
    newer = newer[:CATCH_UP_SIZE]
    return {
        "items": [as_item(row) for row in [*overlap, *newer]],
        "next": newer[-1].pk if more else None,
        "unread": unread_count(viewer),
        "last_id": newer[-1].pk if newer else after,
    }


def as_item(row: Notification) -> dict[str, Any]:
    """Return a notification as a browser gets it."""
    return {
        "id": row.pk,
        "title": row.title,
        "body": row.body,
        "url": row.get_absolute_url(),
        "about": row.url,
        "read": row.read_at is not None,
        "bundle": row.bundle_key,
        "created_at": row.created_at.isoformat(),
    }


def _shown(rows: NotificationQuerySet) -> NotificationQuerySet:
    return rows.select_related("actor__profile").order_by("-pk")


def _id(value: int) -> int:
    return max(0, min(value, LARGEST_ID))
