"""Writes what the Discord channels of a team or the site get, in the transaction of the news."""

from apps.notifications.constants import SITE_OWNER, Channel, DeliveryState
from apps.notifications.models import Delivery, Notification, Webhook
from apps.notifications.services.calls import Call
from apps.notifications.services.site_channel import ensure_site_webhook


def post_to_channels(call: Call) -> list[Delivery]:
    """Write the news for each working channel of the call's owner that wants this kind. Returns what has to go out.

    The same news goes to a channel once, however often it is told: the fingerprint holds here too.
    """
    if not call.owner:
        return []
    if call.owner == SITE_OWNER:
        ensure_site_webhook()
    webhooks = [
        webhook
        for webhook in Webhook.objects.of(call.owner).working().order_by("pk")
        if call.kind.code not in webhook.muted_types
    ]
    if not webhooks:
        return []
    Notification.objects.bulk_create(
        [call.row(webhook=webhook, in_app=False) for webhook in webhooks], ignore_conflicts=True
    )
    written = Notification.objects.filter(webhook__in=webhooks, fingerprint=call.fingerprint, batch=call.batch)
    return Delivery.objects.bulk_create(
        Delivery(notification_id=pk, channel=Channel.DISCORD, state=DeliveryState.PENDING)
        for pk in written.order_by("pk").values_list("pk", flat=True)
    )
