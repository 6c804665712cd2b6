"""Work of the notification system that runs outside requests. Arguments are ids."""

from typing import Any

from celery import shared_task

from apps.notifications.services import deliveries, digests, fanning_out, retention


# Not atomic: each step of a delivery is committed before the next, or a killed worker would forget that it sent.
@shared_task(  # type: ignore[call-overload]  # the stubs know no options of our own task class
    bind=True, name="notifications.send_email_notification", atomic=False
)
def send_email_notification(self: Any, notification_id: int) -> dict[str, str]:
    """Send one notification's mail."""
    return {"state": deliveries.deliver_email(notification_id=notification_id)}


@shared_task(bind=True, name="notifications.fan_out_emails")
def fan_out_emails(self: Any, batch: str, first_id: int, last_id: int) -> dict[str, int]:
    """Make one job for each mail of a call that told many people."""
    return {"started": fanning_out.start_mails(batch=batch, first_id=first_id, last_id=last_id)}


@shared_task(bind=True, name="notifications.push_notifications")
def push_notifications(self: Any, batch: str, first_id: int, last_id: int) -> dict[str, int]:
    """Push one call's news to the open browsers of many people."""
    return {"pushed": fanning_out.push_live(batch=batch, first_id=first_id, last_id=last_id)}


# Not atomic: each batch is a transaction of its own, and what is committed is done.
@shared_task(  # type: ignore[call-overload]  # the stubs know no options of our own task class
    bind=True, name="notifications.send_daily_digest", atomic=False, job_queue="bulk"
)
def send_daily_digest(self: Any) -> dict[str, str | int]:
    """Start the digest of everybody whose hour has come."""
    return {"status": "success", "sent_count": digests.send_due_digests()}


@shared_task(bind=True, name="notifications.settle_interrupted_deliveries")
def settle_interrupted_deliveries(self: Any) -> dict[str, int]:
    """List deliveries whose process died in the hand-over."""
    return {"unclear": deliveries.settle_interrupted()}


# Not atomic: batches stay deleted when it is stopped half-way.
@shared_task(  # type: ignore[call-overload]  # the stubs know no options of our own task class
    bind=True, name="notifications.delete_old_notifications", atomic=False, job_queue="bulk"
)
def delete_old_notifications(self: Any) -> dict[str, int]:
    """Delete what was read or told long ago, with its deliveries."""
    return retention.delete_old_notifications()
