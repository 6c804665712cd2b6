"""The second half of a call that told many people, in portions of which each starts the next."""

from apps.core import jobs
from apps.notifications import push
from apps.notifications.constants import Channel, DeliveryState
from apps.notifications.models import Delivery, Notification

PORTION = 500


def start_mails(*, batch: str, first_id: int, last_id: int) -> int:
    """Make a job for each waiting mail of the batch, lowest id first. Its job is atomic, so it makes each once."""
    waiting = list(
        Delivery.objects.filter(
            notification__batch=batch,
            notification_id__gte=first_id,
            notification_id__lte=last_id,
            channel=Channel.EMAIL,
            state=DeliveryState.PENDING,
        )
        .order_by("notification_id")
        .values_list("notification_id", flat=True)[:PORTION]
    )
    for notification_id in waiting:
        jobs.enqueue(
            "notifications.send_email_notification",
            notification_id=notification_id,
            _queue="bulk",
        )
    if len(waiting) == PORTION:
        jobs.enqueue(
            "notifications.fan_out_emails", batch=batch, first_id=waiting[-1] + 1, last_id=last_id, _queue="bulk"
        )
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
