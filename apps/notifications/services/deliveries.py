"""Takes one delivery from waiting to sent. Each step is committed before the next one begins.

A mail is claimed, then the connection is opened, then the hand-over is written down, and only then the mail server
gets it. Killed before the hand-over, the mail surely did not leave and the next run sends it. Killed after it, nobody
can know: it is listed as unclear and never sent again by itself (``docs/notifications.md``).
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.core import audit, jobs
from apps.core.errors import Conflict, NotFound
from apps.notifications import mail, permissions, registry
from apps.notifications.constants import CLAIM_SECONDS, MAX_ATTEMPTS, Channel, DeliveryState
from apps.notifications.errors import MaybeDelivered, NotDelivered
from apps.notifications.models import Delivery, EmailSuppression, Notification
from apps.notifications.services.sending import SUPPRESSED
from apps.notifications.services.wanting import quiet_until, refuse_email

# Minutes before the second, third … try. A mail server may be away for half a working day.
RETRY_MINUTES = (1, 5, 30, 120, 360)
INTERRUPTED = "The process ended while the mail server had the message. It may have arrived."
DEACTIVATED = "The account was deactivated before the mail went out."


def deliver_email(*, notification_id: int) -> str:
    """Send the mail of one notification, once. Returns the state that the delivery is in afterwards.

    Safe to call again and at the same time: whoever writes the hand-over down sends, the others leave.
    Must not run within a transaction, because a claim that is not committed protects nothing.
    """
    delivery = _claim(notification_id)
    if delivery is None:
        return "nothing to send"
    if delivery.state != DeliveryState.CLAIMED:
        return delivery.state
    try:
        sent = mail.send(mail.build(delivery.notification), hand_over=lambda: _hand_over(delivery))
    except NotDelivered as refusal:
        return _not_delivered(delivery, refusal)
    except MaybeDelivered as doubt:
        return _settle(delivery, DeliveryState.UNKNOWN, doubt.reason)
    return _settle(delivery, DeliveryState.SENT) if sent else "taken over by another run"


def settle_interrupted(*, now: datetime | None = None) -> int:
    """List as unclear what was handed over and never reported back. Returns how many."""
    before = (now or timezone.now()) - timedelta(seconds=CLAIM_SECONDS)
    return Delivery.objects.filter(state=DeliveryState.SENDING, claimed_at__lt=before).update(
        state=DeliveryState.UNKNOWN, error=INTERRUPTED
    )


def requeue(*, actor: Any, delivery_id: int) -> Delivery:
    """Try a delivery again that failed or is unclear, because a member of staff says so.

    Raises:
        PermissionRefused: The actor may not.
        NotFound: There is no such delivery.
        Conflict: It is in no such state, or has no channel that can be tried again.
    """
    permissions.check_requeue(actor)
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update().filter(pk=delivery_id).first()
        if delivery is None:
            raise NotFound("This delivery does not exist any more.")
        old = delivery.state
        if old not in (DeliveryState.FAILED, DeliveryState.UNKNOWN) or delivery.channel != Channel.EMAIL:
            raise Conflict(f"Only failed and unclear e-mails can be sent again; this one is {old}.")
        delivery.state = DeliveryState.PENDING
        delivery.attempts = 0
        delivery.save(update_fields=["state", "attempts"])
        audit.record(
            actor=actor,
            action="notifications.delivery_requeued",
            target=delivery,
            old={"state": old, "error": delivery.error},
            new={"state": DeliveryState.PENDING},
        )
        jobs.enqueue("notifications.send_email_notification", notification_id=delivery.notification_id)
    return delivery


def _claim(notification_id: int) -> Delivery | None:
    """Take the delivery, also from a run that claimed it and sent nothing yet; that one will find it gone."""
    with transaction.atomic(durable=True):
        delivery = (
            Delivery.objects.select_for_update(of=("self",))
            .select_related("notification__recipient__notification_preference", "notification__recipient__profile")
            .filter(notification_id=notification_id, channel=Channel.EMAIL)
            .first()
        )
        if delivery is None or delivery.state not in (DeliveryState.PENDING, DeliveryState.CLAIMED):
            return delivery
        if refusal := _refusal(delivery.notification):
            delivery.state = DeliveryState.SKIPPED
            delivery.error = refusal
        elif delivery.state == DeliveryState.PENDING and _waits_for_morning(delivery.notification):
            return delivery
        else:
            delivery.state = DeliveryState.CLAIMED
            delivery.claimed_at = timezone.now()
        delivery.save(update_fields=["state", "error", "claimed_at"])
    return delivery


def _refusal(notification: Notification) -> str:
    """Ask again: between the news and its mail the person may have changed their mind or left."""
    kind = registry.find(notification.type)
    if notification.recipient is not None:
        if not notification.recipient.is_active:
            return DEACTIVATED
        refusal = refuse_email(kind, notification.recipient)
        return refusal or (kind.outdated(notification) if kind and kind.outdated else "")
    if kind and kind.required:
        return ""
    return SUPPRESSED if EmailSuppression.objects.filter(address__iexact=notification.address).exists() else ""


def _waits_for_morning(notification: Notification) -> bool:
    """Within the person's quiet hours, ask for another run at their end. Asked twice, it is one run."""
    until = quiet_until(registry.find(notification.type), notification.recipient, now=timezone.now())
    if until is None:
        return False
    jobs.enqueue(
        "notifications.send_email_notification",
        notification_id=notification.pk,
        _run_at=until,
        _dedupe_key=f"quiet:{notification.pk}:{until:%Y-%m-%dT%H:%M}",
    )
    return True


def _hand_over(delivery: Delivery) -> bool:
    """Write down that the mail server gets it now. Only one of several runs with a claim succeeds."""
    with transaction.atomic(durable=True):
        return bool(
            Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.CLAIMED, claimed_at=delivery.claimed_at).update(
                state=DeliveryState.SENDING, attempts=delivery.attempts + 1
            )
        )


def _not_delivered(delivery: Delivery, refusal: NotDelivered) -> str:
    """Wait and try again, or give up. The next try is written in the same transaction as the wait."""
    with transaction.atomic(durable=True):
        row = Delivery.objects.select_for_update().get(pk=delivery.pk)
        if row.claimed_at != delivery.claimed_at or row.state not in (DeliveryState.CLAIMED, DeliveryState.SENDING):
            return row.state
        # A server that does not answer counts as well: the hand-over would have counted it otherwise.
        row.attempts = delivery.attempts + 1
        row.error = refusal.reason
        final = refusal.permanent or row.attempts >= MAX_ATTEMPTS
        row.state = DeliveryState.FAILED if final else DeliveryState.PENDING
        row.save(update_fields=["attempts", "error", "state"])
        if not final:
            jobs.enqueue(
                "notifications.send_email_notification",
                notification_id=row.notification_id,
                _run_at=timezone.now() + timedelta(minutes=RETRY_MINUTES[row.attempts - 1]),
            )
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
