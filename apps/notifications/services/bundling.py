"""One row for news of one kind about one thing, as long as it is unread: "A and 12 others answered you".

Each piece of news stays a row of its own, with its fingerprint and deliveries. The newest is shown and speaks for those
before it, which are hidden. So ids only grow, a browser that catches up gets the bundle by the newest id, and nothing
that was told is forgotten.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone

from apps.notifications.constants import BUNDLE_ACTORS, BUNDLE_MAIL_MINUTES, Channel, DeliveryState
from apps.notifications.models import Delivery, Notification
from apps.notifications.rendering import bundle_title
from apps.notifications.services.calls import Call

BUNDLED = "It is in a later message with what came after it."


def unread_before(call: Call, user_ids: Iterable[int]) -> dict[int, Notification]:
    """Return, by person, the unread row that this news goes on from.

    The people stay locked until the end of the transaction: of two pieces of news at once, the second goes on from the
    first.
    """
    if not call.bundle_key:
        return {}
    people = list(user_ids)
    users = get_user_model().objects.select_for_update(no_key=True, of=("self",))
    list(users.filter(pk__in=people).order_by("pk").only("pk"))
    unread = Notification.objects.filter(recipient_id__in=people, bundle_key=call.bundle_key, read_at__isnull=True)
    # Who wants it by mail only has no row on the site, but one whose mail still waits.
    rows = unread.filter(Q(in_app=True) | Q(deliveries__state=DeliveryState.PENDING)).order_by("pk").distinct()
    return {row.recipient_id: row for row in rows if row.recipient_id is not None}


def row_for(call: Call, user_id: int, *, in_app: bool, before: Notification | None) -> Notification:
    """Return the unsaved row for one person: this news alone, or with what is unread of before."""
    row = call.row(recipient_id=user_id, in_app=in_app)
    if not call.bundle_key:
        return row
    row.bundle_key = call.bundle_key
    row.bundle_actors = [call.actor_id] if call.actor_id else []
    if before is not None:
        row.bundle_count = before.bundle_count + 1
        known = [pk for pk in before.bundle_actors if pk != call.actor_id]
        row.bundle_actors = [*row.bundle_actors, *known][:BUNDLE_ACTORS]
        # The same person five times is still one person; without people, pieces are counted.
        others = max(len(row.bundle_actors), 0 if row.bundle_actors else row.bundle_count) - 1
        if others > 0:
            row.title = bundle_title(call.kind, call.rendered, others=others)
    return row


def hide(before: dict[int, Notification], written: dict[int, int]) -> None:
    """Hide what the new rows, given as ``{id: person}``, speak for now."""
    gone = {pk: before[person].pk for pk, person in written.items() if person in before}
    if gone:
        Notification.objects.filter(pk__in=gone.values()).update(in_app=False)


def space(deliveries: list[Delivery], before: dict[int, Notification], written: dict[int, int]) -> None:
    """Let messages out of the site wait for what comes after them, and take the place of those that still wait.

    The wait begins with the first of them, so a talk without end is mailed all the same.
    """
    now = timezone.now()
    waiting = _waiting(before)
    replaced: list[Any] = []
    for row in deliveries:
        if row.state != DeliveryState.PENDING:
            continue
        earlier = before.get(written[row.notification_id])
        old = waiting.get((earlier.pk, row.channel)) if earlier else None
        row.not_before = _begun(old, now) or now + timedelta(minutes=BUNDLE_MAIL_MINUTES)
        if old is not None:
            replaced.append(old.pk)
    if replaced:
        Delivery.objects.filter(pk__in=replaced, state=DeliveryState.PENDING).update(
            state=DeliveryState.SKIPPED, error=BUNDLED
        )


def _waiting(before: dict[int, Notification]) -> dict[tuple[int, str], Delivery]:
    if not before:
        return {}
    rows = Delivery.objects.select_for_update().filter(
        notification__in=before.values(), state=DeliveryState.PENDING, channel__in=(Channel.EMAIL, Channel.DISCORD)
    )
    return {(row.notification_id, row.channel): row for row in rows.order_by("pk")}


def _begun(old: Delivery | None, now: datetime) -> datetime | None:
    return max(old.not_before, now) if old is not None and old.not_before else None
