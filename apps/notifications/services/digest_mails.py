"""Sends the mails of digests in portions: they are read and claimed together, and each is handed over by itself."""

import time
from uuid import UUID

from apps.core import jobs
from apps.notifications import digest_content
from apps.notifications.constants import (
    DIGEST_CONTENT_SECONDS,
    DIGEST_PORTION,
    DIGEST_PORTION_SECONDS,
    Channel,
    DeliveryState,
)
from apps.notifications.models import Delivery
from apps.notifications.services.deliveries import email


def start_digests(*, batch: UUID, ids: list[int]) -> None:
    """Make a job for each portion of a batch's mails, in the transaction that writes them."""
    for start in range(0, len(ids), DIGEST_PORTION):
        portion = ids[start : start + DIGEST_PORTION]
        _enqueue(str(batch), portion[0], portion[-1])


def send_digests(*, batch: str, first_id: int, last_id: int) -> dict[str, int]:
    """Send what waits of a portion, each mail as if it were alone. Returns how many ended in which state.

    Safe to run again and at the same time. One mail that fails is tried again by a job of its own and stops no other.
    With a slow mail server the rest is left to a job of its own, long before the time limit.
    """
    waiting = list(
        Delivery.objects.filter(
            notification__batch=batch,
            notification_id__gte=first_id,
            notification_id__lte=last_id,
            channel=Channel.EMAIL,
            state__in=(DeliveryState.PENDING, DeliveryState.CLAIMED),
        )
        .order_by("notification_id")
        .values_list("notification_id", flat=True)
    )
    ended: dict[str, int] = {}
    if not waiting:
        return ended
    until = time.monotonic() + DIGEST_PORTION_SECONDS
    with digest_content.loaded(waiting):
        claimed = {delivery.notification_id: delivery for delivery in email.claim_many(waiting)}
        fresh_until = time.monotonic() + DIGEST_CONTENT_SECONDS
        for number, notification_id in enumerate(waiting):
            if number and time.monotonic() > until:
                _enqueue(batch, notification_id, last_id)
                break
            if notification_id in claimed and time.monotonic() < fresh_until:
                state = email.send_claimed(claimed[notification_id])
            else:  # it waits for its turn; or the claim is old, and what the person wants is asked again
                state = email.deliver_email(notification_id=notification_id)
            ended[state] = ended.get(state, 0) + 1
    return ended


def _enqueue(batch: str, first_id: int, last_id: int) -> None:
    jobs.enqueue("notifications.send_digests", batch=batch, first_id=first_id, last_id=last_id, _queue="bulk")
