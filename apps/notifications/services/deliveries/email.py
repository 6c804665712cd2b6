"""The way of mails."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone

from apps.core import jobs
from apps.notifications import mail, registry
from apps.notifications.constants import DIGEST, Channel, DeliveryState
from apps.notifications.errors import NotDelivered
from apps.notifications.models import BouncedAddress, Delivery, EmailSuppression
from apps.notifications.services import pacing
from apps.notifications.services.bounces import mark_address
from apps.notifications.services.deliveries import steps
from apps.notifications.services.sending import SUPPRESSED
from apps.notifications.services.wanting import refuse_email

BOUNCED = "Mails to this address came back."


def deliver_email(*, notification_id: int) -> str:
    """Send the mail of one notification, once. Returns the state that the delivery is in afterwards."""
    return steps.run(_WAY, notification_id=notification_id)


def enqueue(delivery: Delivery, **options: Any) -> None:
    jobs.enqueue("notifications.send_email_notification", notification_id=delivery.notification_id, **options)


def claim_many(notification_ids: list[int]) -> list[Delivery]:
    """Claim the waiting mails of many people, by a number of statements that does not depend on theirs.

    Those that are not wanted any more are listed so. Left as they are, for ``deliver_email``: those that wait for an
    hour, or for whom no turn is free now.
    """
    now = timezone.now()
    with transaction.atomic(durable=True):
        waiting = list(
            steps.locked_with_people()
            .filter(
                notification_id__in=notification_ids,
                channel=Channel.EMAIL,
                state__in=(DeliveryState.PENDING, DeliveryState.CLAIMED),
                not_before__isnull=True,
            )
            .order_by("pk")
        )
        addresses = {_address(delivery).lower() for delivery in waiting}
        bounced = set(
            BouncedAddress.objects.annotate(low=Lower("address"))
            .filter(low__in=addresses)
            .values_list("low", flat=True)
        )
        wanted: list[Delivery] = []
        for delivery in waiting:
            delivery.error = _refuse(delivery, bounced) or steps.read_meanwhile(delivery)
            if delivery.error:
                delivery.state = DeliveryState.SKIPPED
            elif steps.rests_until(delivery, now) is None:
                wanted.append(delivery)
        claimed = _with_a_turn(wanted, now)
        for delivery in claimed:
            delivery.state, delivery.claimed_at = DeliveryState.CLAIMED, now
        skipped = [delivery for delivery in waiting if delivery.state == DeliveryState.SKIPPED]
        Delivery.objects.bulk_update([*skipped, *claimed], ["state", "error", "claimed_at"])
    return claimed


def send_claimed(delivery: Delivery) -> str:
    """Send one mail that ``claim_many`` has claimed. Returns the state afterwards."""
    return steps.send_claimed(_WAY, delivery)


def _with_a_turn(wanted: list[Delivery], now: datetime) -> list[Delivery]:
    """Return those that may go now: they had their turn before, or get one."""
    claimed = [delivery for delivery in wanted if delivery.state == DeliveryState.CLAIMED]
    fresh = [delivery for delivery in wanted if delivery.state == DeliveryState.PENDING]
    rates = {delivery.pk: _rate(delivery) for delivery in fresh}
    by_key = {rate.key: rate for rate in rates.values()}
    free = pacing.take_turns_now(
        Counter(rate.key for rate in rates.values()),
        per_minute={key: rate.per_minute for key, rate in by_key.items()},
        at_once={key: rate.at_once for key, rate in by_key.items()},
        now=now,
    )
    for delivery in fresh:
        key = rates[delivery.pk].key
        if free.get(key, 0) > 0:
            free[key] -= 1
            claimed.append(delivery)
    return claimed


def _refuse(delivery: Delivery, bounced: Collection[str] | None = None) -> str:
    """Ask again: between the news and its mail the person may have changed their mind or left.

    ``bounced`` are the addresses that take no mails, in small letters, where they are known for many mails already.
    """
    notification = delivery.notification
    kind = registry.find(notification.type)
    if notification.recipient is not None:
        if not notification.recipient.is_active:
            return steps.DEACTIVATED
        refusal = refuse_email(kind, notification.recipient)
        if not refusal and kind and kind.outdated:
            refusal = kind.outdated(notification)
        if refusal:
            return refusal
    if kind and kind.required:
        return ""
    if not notification.recipient and EmailSuppression.objects.filter(address__iexact=notification.address).exists():
        return SUPPRESSED
    address = _address(delivery)
    if bounced is None:
        comes_back = BouncedAddress.objects.filter(address__iexact=address).exists()
    else:
        comes_back = address.lower() in bounced
    return BOUNCED if comes_back else ""


def _address(delivery: Delivery) -> str:
    notification = delivery.notification
    return str(notification.recipient.email if notification.recipient else notification.address)


def _take_turn(delivery: Delivery, now: datetime) -> datetime | None:
    """What concerns safety waits for nobody."""
    kind = registry.find(delivery.notification.type)
    if kind and kind.required:
        return None
    rate = _rate(delivery)
    return pacing.take_turn(rate.key, per_minute=rate.per_minute, at_once=rate.at_once, now=now)


class _Rate(NamedTuple):
    key: str
    per_minute: int
    at_once: int


def _rate(delivery: Delivery) -> _Rate:
    """Mail domains take only so many a minute. What goes to many has three quarters of that, so that a mail meant for
    one person does not wait behind a hundred thousand.
    """
    bulk = delivery.bulk or delivery.notification.type == DIGEST
    domain = _address(delivery).rpartition("@")[2].lower()
    pace = settings.EMAIL_PER_MINUTE.get(domain) or settings.EMAIL_PER_MINUTE["*"]
    share = max(1, pace * 3 // 4 if bulk else pace // 4)
    lane = "bulk" if bulk else "one"
    # A minute's mails may go at once to single people; many are spread over the minute.
    at_once = max(1, share // 6) if bulk else share
    return _Rate(f"mail:{lane}:{domain}", share, at_once)


def _not_held(delivery: Delivery, now: datetime) -> datetime | None:
    """Mail servers do not say until when; they are asked again."""
    return None


def _refused(delivery: Delivery, refusal: NotDelivered) -> None:
    """An address that does not exist is not tried again with other news."""
    if refusal.bad_address:
        mark_address(
            address=_address(delivery),
            reason=refusal.reason,
            source=BouncedAddress.Source.REFUSED,
            notification=delivery.notification,
        )


_WAY = steps.Way(
    channel=Channel.EMAIL,
    enqueue=enqueue,
    refuse=_refuse,
    take_turn=_take_turn,
    held_until=_not_held,
    send=lambda delivery, hand_over: mail.send(mail.build(delivery.notification), hand_over=hand_over),
    refused=_refused,
)
