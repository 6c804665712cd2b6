"""The way of Discord messages: to a person's own channel, or to one of a team or the site."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from apps.core import jobs
from apps.notifications import links, registry
from apps.notifications.constants import (
    DISCORD_AT_ONCE,
    DISCORD_EVERYWHERE,
    DISCORD_PER_MINUTE,
    Channel,
)
from apps.notifications.discord import client, messages, sealing
from apps.notifications.errors import NotDelivered
from apps.notifications.models import Delivery, Webhook
from apps.notifications.services import pacing, wanting
from apps.notifications.services.deliveries import steps
from apps.notifications.services.webhooks import switch_off

NO_CHANNEL = "There is no Discord channel that works any more."
UNREADABLE = "The webhook's address can't be read any more: the site's key changed. Enter it again."


def deliver_discord(*, notification_id: int) -> str:
    """Post one notification to Discord, once. Returns the state that the delivery is in afterwards."""
    return steps.run(_WAY, notification_id=notification_id)


def enqueue(delivery: Delivery, **options: Any) -> None:
    jobs.enqueue(
        "notifications.send_discord_notification",
        notification_data={"notification_id": delivery.notification_id},
        **options,
    )


def _webhook(delivery: Delivery) -> Webhook | None:
    """Return where it goes: the team's or site's channel that it is for, or the one that the person has now."""
    notification = delivery.notification
    found = notification.webhook or getattr(notification.recipient, "personal_webhook", None)
    return found if found is not None and found.works else None


def _refuse(delivery: Delivery) -> str:
    notification = delivery.notification
    kind = registry.find(notification.type)
    webhook = _webhook(delivery)
    if webhook is None:
        return NO_CHANNEL
    if notification.recipient is None:
        return wanting.NOT_THIS_KIND if notification.type in webhook.muted_types else ""
    if not notification.recipient.is_active:
        return steps.DEACTIVATED
    return wanting.refuse_discord(kind, notification.recipient)


def _take_turn(delivery: Delivery, now: datetime) -> datetime | None:
    webhook = _webhook(delivery)
    if webhook is None:
        return None
    turn = pacing.take_turn(webhook.pace_key, per_minute=DISCORD_PER_MINUTE, at_once=DISCORD_AT_ONCE, now=now)
    held = pacing.held_until(DISCORD_EVERYWHERE, now=now)
    return max(turn, held) if held else turn


def _held_until(delivery: Delivery, now: datetime) -> datetime | None:
    webhook = _webhook(delivery)
    return pacing.held_until(webhook.pace_key, DISCORD_EVERYWHERE, now=now) if webhook else None


def _send(delivery: Delivery, hand_over: Callable[[], bool]) -> bool:
    webhook = _webhook(delivery)
    if webhook is None:
        raise NotDelivered(NO_CHANNEL, permanent=True)
    try:
        address = webhook.address
    except sealing.Unreadable:
        raise NotDelivered(UNREADABLE, permanent=True, gone=True) from None
    notification = delivery.notification
    body = messages.build(notification, url=links.absolute(notification.url) if notification.url else "")
    receipt = client.post(address, body, hand_over=hand_over)
    if receipt is None:
        return False
    if receipt.pause:
        pacing.hold(webhook.pace_key, until=timezone.now() + timedelta(seconds=receipt.pause))
    return True


def _refused(delivery: Delivery, refusal: NotDelivered) -> None:
    """Keep the silence that Discord asked for; switch off what is gone."""
    webhook = _webhook(delivery)
    if webhook is None:
        return
    if refusal.retry_after is not None:
        key = DISCORD_EVERYWHERE if refusal.everywhere else webhook.pace_key
        pacing.hold(key, until=timezone.now() + timedelta(seconds=refusal.retry_after))
    if refusal.gone:
        switch_off(webhook_id=webhook.pk, discord_id=webhook.discord_id, reason=refusal.reason)


_WAY = steps.Way(
    channel=Channel.DISCORD,
    enqueue=enqueue,
    refuse=_refuse,
    take_turn=_take_turn,
    held_until=_held_until,
    send=_send,
    refused=_refused,
)
