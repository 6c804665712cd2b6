"""Takes one delivery from waiting to sent. Each step is committed before the next one begins.

A message is claimed, then the connection is opened, then the hand-over is written down, and only then the other side
gets it. Killed before the hand-over, the message surely did not leave and the next run sends it. Killed after it,
nobody can know: it is listed as unclear and never sent again by itself (``docs/notifications.md``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.core.metrics import counted
from apps.notifications import registry
from apps.notifications.constants import CLAIM_SECONDS, LONGEST_WAIT_HOURS, MAX_ATTEMPTS, DeliveryState
from apps.notifications.errors import MaybeDelivered, NotDelivered
from apps.notifications.models import Delivery
from apps.notifications.services.wanting import quiet_until

# Minutes before the second, third … try. A mail server may be away for half a working day.
RETRY_MINUTES = (1, 5, 30, 120, 360)
INTERRUPTED = "The process ended while the other side had the message. It may have arrived."
READ = "It was read on the site before the message went out."
DEACTIVATED = "The account was deactivated before the message went out."


@dataclass(frozen=True, kw_only=True)
class Way:
    """What differs between the channels. All of it but ``send`` runs within the transaction of its step."""

    channel: str
    # Make the job that sends this notification's delivery.
    enqueue: Callable[..., Any]
    # Say why the message is not wanted any more, or nothing.
    refuse: Callable[[Delivery], str]
    # Take a turn with the receiver: when the message may go. None: at once.
    take_turn: Callable[[Delivery, datetime], datetime | None]
    # Say until when the receiver wants nothing, although the turn has come.
    held_until: Callable[[Delivery, datetime], datetime | None]
    # Hand the message over; False when another run did. Raises NotDelivered, MaybeDelivered.
    send: Callable[[Delivery, Callable[[], bool]], bool]
    # Learn from a refusal.
    refused: Callable[[Delivery, NotDelivered], None]


def run(way: Way, *, notification_id: int) -> str:
    """Send one delivery, once. Returns the state that it is in afterwards.

    Safe to call again and at the same time: whoever writes the hand-over down sends, the others leave.
    Must not run within a transaction, because a claim that is not committed protects nothing.
    """
    delivery = _claim(way, notification_id)
    if delivery is None:
        return "nothing to send"
    if delivery.state != DeliveryState.CLAIMED:
        return delivery.state
    return send_claimed(way, delivery)


def send_claimed(way: Way, delivery: Delivery) -> str:
    """Send a delivery that this run has claimed, unless another has taken it over. Returns the state afterwards."""
    try:
        sent = way.send(delivery, lambda: _hand_over(delivery))
    except NotDelivered as refusal:
        state = _not_delivered(way, delivery, refusal)
    except MaybeDelivered as doubt:
        state = _settle(delivery, DeliveryState.UNKNOWN, doubt.reason)
    else:
        if not sent:
            return "taken over by another run"
        state = _settle(delivery, DeliveryState.SENT)
    counted.DELIVERIES.add(way.channel, "retried" if state == DeliveryState.PENDING else state)
    return state


def settle_interrupted(*, now: datetime | None = None) -> int:
    """List as unclear what was handed over and never reported back. Returns how many."""
    before = (now or timezone.now()) - timedelta(seconds=CLAIM_SECONDS)
    return Delivery.objects.filter(state=DeliveryState.SENDING, claimed_at__lt=before).update(
        state=DeliveryState.UNKNOWN, error=INTERRUPTED
    )


def _claim(way: Way, notification_id: int) -> Delivery | None:
    """Take the delivery, also from a run that claimed it and sent nothing yet; that one will find it gone."""
    with transaction.atomic(durable=True):
        delivery = locked_with_people().filter(notification_id=notification_id, channel=way.channel).first()
        if delivery is None or delivery.state not in (DeliveryState.PENDING, DeliveryState.CLAIMED):
            return delivery
        if refusal := way.refuse(delivery) or read_meanwhile(delivery):
            delivery.state = DeliveryState.SKIPPED
            delivery.error = refusal
        elif delivery.state == DeliveryState.PENDING and _waits(way, delivery):
            return delivery
        else:
            delivery.state = DeliveryState.CLAIMED
            delivery.claimed_at = timezone.now()
        delivery.save(update_fields=["state", "error", "claimed_at", "not_before"])
    return delivery


def locked_with_people() -> QuerySet[Delivery]:
    """Return deliveries, locked and with all that a claim asks about their people."""
    return Delivery.objects.select_for_update(of=("self",)).select_related(
        "notification__webhook",
        "notification__recipient__notification_preference",
        "notification__recipient__profile",
        "notification__recipient__personal_webhook",
    )


def read_meanwhile(delivery: Delivery) -> str:
    """A chatty kind waits for more of the same; who has read it on the site by then needs no message."""
    notification = delivery.notification
    return READ if notification.bundle_key and notification.read_at else ""


def _waits(way: Way, delivery: Delivery) -> bool:
    """Ask for another run when the message may not go yet. Asked twice, it is one run."""
    now = timezone.now()
    if until := rests_until(delivery, now):
        _come_back(way, delivery, until)
        return True
    turn = delivery.not_before or way.take_turn(delivery, now)
    if turn is None:
        return False
    if turn <= now:
        held = way.held_until(delivery, now)
        if held is None:
            return False
        turn = way.take_turn(delivery, now) or held
    if turn != delivery.not_before:
        delivery.not_before = turn
        delivery.save(update_fields=["not_before"])
    _come_back(way, delivery, turn)
    return True


def rests_until(delivery: Delivery, now: datetime) -> datetime | None:
    """Return the end of the person's quiet hours, when they hold this message."""
    recipient = delivery.notification.recipient
    if recipient is None:
        return None
    return quiet_until(registry.find(delivery.notification.type), recipient, now=now)


def _come_back(way: Way, delivery: Delivery, at: datetime) -> None:
    way.enqueue(delivery, _run_at=at, _dedupe_key=f"{way.channel}:{delivery.pk}:{at:%Y-%m-%dT%H:%M:%S.%f}")


def _hand_over(delivery: Delivery) -> bool:
    """Write down that the other side gets it now. Only one of several runs with a claim succeeds.

    From here on counts how long it takes: a claim may be minutes old, when many were claimed together.
    """
    now = timezone.now()
    with transaction.atomic(durable=True):
        mine = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.CLAIMED, claimed_at=delivery.claimed_at)
        handed = bool(mine.update(state=DeliveryState.SENDING, attempts=delivery.attempts + 1, claimed_at=now))
    if handed:
        delivery.claimed_at = now
    return handed


def _not_delivered(way: Way, delivery: Delivery, refusal: NotDelivered) -> str:
    """Wait and try again, or give up. The next try is written in the same transaction as the wait."""
    with transaction.atomic(durable=True):
        row = Delivery.objects.select_for_update().get(pk=delivery.pk)
        if row.claimed_at != delivery.claimed_at or row.state not in (DeliveryState.CLAIMED, DeliveryState.SENDING):
            return row.state
        way.refused(delivery, refusal)
        now = timezone.now()
        asked_to_wait = refusal.retry_after is not None and not refusal.permanent
        # A server that does not answer counts as well: the hand-over would have counted it otherwise. One that asks
        # for patience did not fail.
        row.attempts = delivery.attempts if asked_to_wait else delivery.attempts + 1
        row.error = refusal.reason
        if asked_to_wait:
            final = now - row.created_at > timedelta(hours=LONGEST_WAIT_HOURS)
        else:
            final = refusal.permanent or row.attempts >= MAX_ATTEMPTS
        row.state = DeliveryState.FAILED if final else DeliveryState.PENDING
        row.not_before = None
        if not final and asked_to_wait:
            row.not_before = way.take_turn(delivery, now) or now + timedelta(seconds=refusal.retry_after or 0)
        row.save(update_fields=["attempts", "error", "state", "not_before"])
        if not final:
            at = row.not_before or now + timedelta(minutes=RETRY_MINUTES[row.attempts - 1])
            way.enqueue(row, _run_at=at)
    return row.state


def _settle(delivery: Delivery, state: str, error: str = "") -> str:
    """Write the end down. It is the truth also when the delivery was meanwhile listed as unclear."""
    with transaction.atomic(durable=True):
        Delivery.objects.filter(
            pk=delivery.pk,
            state__in=(DeliveryState.SENDING, DeliveryState.UNKNOWN),
            claimed_at=delivery.claimed_at,
        ).update(state=state, error=error, sent_at=timezone.now() if state == DeliveryState.SENT else None)
    return state
