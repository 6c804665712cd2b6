"""What many people with open pages are told at once, by two statements for all of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import IntegerField, OuterRef, Subquery

from apps.notifications.constants import UNREAD_CAP
from apps.notifications.models import Notification
from apps.notifications.selectors.inbox import as_item


@dataclass(frozen=True)
class Told:
    """What one person is told: how many are unread, and the news as their browser gets it, oldest first."""

    unread: int
    items: list[dict[str, Any]] = field(default_factory=list)


class _Length(Subquery):
    """How many rows a limited query gives, for each row of the query around it."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def live_news(viewers: Mapping[int, Collection[int]]) -> dict[int, Told]:
    """Return what each viewer sees of the notifications that they were pushed, given as ``{user id: ids}``.

    A row that is not the viewer's is as good as absent, and so is one that a newer row speaks for: that row is pushed
    itself.
    """
    unread = Notification.objects.filter(recipient_id=OuterRef("pk")).unread().order_by().values("pk")[:UNREAD_CAP]
    people = get_user_model().objects.filter(pk__in=viewers).annotate(unread=_Length(unread))
    told = {pk: Told(unread=count) for pk, count in people.values_list("pk", "unread")}
    ids = [pk for pushed in viewers.values() for pk in pushed]
    if ids:
        rows = Notification.objects.filter(pk__in=ids, recipient_id__in=viewers, in_app=True)
        for row in rows.order_by("pk"):
            if row.recipient_id in told and row.pk in viewers[row.recipient_id]:
                told[row.recipient_id].items.append(as_item(row))
    return told
