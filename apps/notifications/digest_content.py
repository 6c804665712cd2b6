"""What a digest says, read when it is sent: what was read meanwhile is not news any more."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber

from apps.notifications.constants import DIGEST_CONTENT_SECONDS, DIGEST_SHOWN
from apps.notifications.models import Notification, NotificationPreference

READ_MEANWHILE = "Everything in it was read before it was sent."
# Nothing else of them is shown.
COLUMNS = ("pk", "recipient_id", "type", "title", "body", "created_at")


@dataclass
class News:
    """The newest of what one person has not read, and how much there is of it."""

    rows: list[Notification] = field(default_factory=list)
    total: int = 0


@dataclass(frozen=True)
class _Loaded:
    """The news of several digests, by the id of their mail, and when they were read."""

    news: dict[int, News]
    at: float

    def of(self, notification: Notification) -> News | None:
        if time.monotonic() - self.at > DIGEST_CONTENT_SECONDS:
            return None
        return self.news.get(notification.pk)


_loaded: ContextVar[_Loaded | None] = ContextVar("digest_news", default=None)


@contextmanager
def loaded(mails: Iterable[int]) -> Iterator[None]:
    """Read the news of many digests by one statement, for the mails that are built within the block.

    What was read so for longer than ``DIGEST_CONTENT_SECONDS`` is not used: a mail server may be slow, and people read
    meanwhile.
    """
    ids = list(mails)
    token = _loaded.set(_Loaded(_news_of_many(ids), time.monotonic()))
    try:
        yield
    finally:
        _loaded.reset(token)


def words(notification: Notification) -> dict[str, Any]:
    """Return what the digest's template shows: the newest first, and how many more there are."""
    news = _news(notification)
    preference = getattr(notification.recipient, "notification_preference", None) or NotificationPreference()
    zone = preference.zone
    return {
        "items": [{"row": row, "at": row.created_at.astimezone(zone).strftime("%d %b, %H:%M")} for row in news.rows],
        "more": news.total - len(news.rows),
    }


def outdated(notification: Notification) -> str:
    """Return why this digest is not needed any more, or an empty string."""
    return "" if _news(notification).rows else READ_MEANWHILE


def _news(notification: Notification) -> News:
    """Read them once for each mail: it is asked whether there are any, and then which."""
    known = notification.__dict__.get("_digest_news")
    if known is None:
        several = _loaded.get()
        known = (several.of(notification) if several else None) or _news_of_one(notification)
        notification.__dict__["_digest_news"] = known
    found: News = known
    return found


def _news_of_one(notification: Notification) -> News:
    since = datetime.fromisoformat(notification.context["since"])
    until = datetime.fromisoformat(notification.context["until"])
    rows = list(
        Notification.objects.filter(recipient_id=notification.recipient_id)
        .unread()
        .filter(created_at__gte=since, created_at__lt=until)
        .annotate(total=Window(Count("pk")))
        .order_by("-pk")
        .only(*COLUMNS)[:DIGEST_SHOWN]
    )
    return News([*rows], rows[0].total if rows else 0)


def _news_of_many(ids: list[int]) -> dict[int, News]:
    digest = "recipient__notification_digests"
    rows = (
        Notification.objects.unread()
        .filter(
            **{f"{digest}__notification__in": ids},
            created_at__gte=F(f"{digest}__since"),
            created_at__lt=F(f"{digest}__until"),
        )
        .annotate(mail=F(f"{digest}__notification_id"))
        .annotate(
            place=Window(RowNumber(), partition_by="mail", order_by="-pk"),
            total=Window(Count("pk"), partition_by="mail"),
        )
        .filter(place__lte=DIGEST_SHOWN)
        .order_by("-pk")
        .only(*COLUMNS)
    )
    news = {pk: News() for pk in ids}
    for row in rows:
        news[row.mail].rows.append(row)
        news[row.mail].total = row.total
    return news
