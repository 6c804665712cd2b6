"""The second half of a call that told many people, in portions of which each starts the next."""

from apps.core import jobs
from apps.notifications import push
from apps.notifications.constants import Channel, DeliveryState
from apps.notifications.models import Delivery, Notification
from apps.notifications.services.deliveries import discord, email

PORTION = 500
START = {Channel.EMAIL.value: email.enqueue, Channel.DISCORD.value: discord.enqueue}


def start_deliveries(*, batch: str, first_id: int, last_id: int) -> int:
    """Make a job for each waiting message of the batch, lowest id first. Its job is atomic, so it makes each once."""
    waiting = list(
        Delivery.objects.filter(
            notification__batch=batch,
            notification_id__gte=first_id,
            notification_id__lte=last_id,
            channel__in=START,
            state=DeliveryState.PENDING,
        )
        .order_by("notification_id", "channel")
        .only("pk", "notification_id", "channel", "not_before")[: PORTION + 1]
    )
    more = len(waiting) > PORTION
    if more:
        # The last one may have another message that did not fit, so the next portion begins with it.
        border = waiting[-1].notification_id
        waiting = [delivery for delivery in waiting if delivery.notification_id != border]
        jobs.enqueue("notifications.fan_out_emails", batch=batch, first_id=border, last_id=last_id, _queue="bulk")
    for delivery in waiting:
        START[delivery.channel](delivery, _queue="bulk", _run_at=delivery.not_before)
    return len(waiting)


def push_live(*, batch: str, first_id: int, last_id: int) -> int:
    """Push the batch's news, lowest id first. A push that fails is not repeated: browsers catch up."""
    rows = list(
        Notification.objects.filter(batch=batch, pk__range=(first_id, last_id), recipient__isnull=False, in_app=True)
        .order_by("pk")
        .values_list("pk", "recipient_id")[:PORTION]
    )
    push.created(dict(rows))
    if len(rows) == PORTION:
        jobs.enqueue("notifications.push_notifications", batch=batch, first_id=rows[-1][0] + 1, last_id=last_id)
    return len(rows)
