"""The way of mails."""

from datetime import datetime
from typing import Any

from django.conf import settings

from apps.core import jobs
from apps.notifications import mail, registry
from apps.notifications.constants import DIGEST, Channel
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


def _refuse(delivery: Delivery) -> str:
    """Ask again: between the news and its mail the person may have changed their mind or left."""
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
    return BOUNCED if BouncedAddress.objects.filter(address__iexact=_address(delivery)).exists() else ""


def _address(delivery: Delivery) -> str:
    notification = delivery.notification
    return str(notification.recipient.email if notification.recipient else notification.address)


def _take_turn(delivery: Delivery, now: datetime) -> datetime | None:
    """Mail domains take only so many a minute. What goes to many has three quarters of that, so that a mail meant for
    one person does not wait behind a hundred thousand. What concerns safety waits for nobody.
    """
    kind = registry.find(delivery.notification.type)
    if kind and kind.required:
        return None
    bulk = delivery.bulk or delivery.notification.type == DIGEST
    domain = _address(delivery).rpartition("@")[2].lower()
    pace = settings.EMAIL_PER_MINUTE.get(domain) or settings.EMAIL_PER_MINUTE["*"]
    share = max(1, pace * 3 // 4 if bulk else pace // 4)
    lane = "bulk" if bulk else "one"
    # A minute's mails may go at once to single people; many are spread over the minute.
    at_once = max(1, share // 6) if bulk else share
    return pacing.take_turn(f"mail:{lane}:{domain}", per_minute=share, at_once=at_once, now=now)


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
