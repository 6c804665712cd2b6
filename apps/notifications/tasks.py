"""Work of the notification system that runs outside requests. Arguments are ids."""

from typing import Any

from celery import shared_task

from apps.notifications.services import (
    batches,
    bounce_mailbox,
    deliveries,
    digest_mails,
    digests,
    fanning_out,
    pacing,
    retention,
)


# Not atomic: each step of a delivery is committed before the next, or a killed worker would forget that it sent.
@shared_task(  # type: ignore[call-overload]  # the stubs know no options of our own task class
    bind=True, name="notifications.send_email_notification", atomic=False, outgoing=True
)
def send_email_notification(self: Any, notification_id: int) -> dict[str, str]:
    """Send one notification's mail."""
    return {"state": deliveries.deliver_email(notification_id=notification_id)}


# Not atomic: see above.
@shared_task(  # type: ignore[call-overload]  # the stubs know no options of our own task class
    bind=True, name="notifications.send_discord_notification", atomic=False, outgoing=True
)
def send_discord_notification(self: Any, notification_data: dict[str, int]) -> dict[str, str]:
    """Post one notification to Discord. The data is its id: ``{"notification_id": 5}``."""
    return {"state": deliveries.deliver_discord(notification_id=notification_data["notification_id"])}


@shared_task(bind=True, name="notifications.fan_out_emails")
def fan_out_emails(self: Any, batch: str, first_id: int, last_id: int) -> dict[str, int]:
    """Make one job for each mail and Discord message of a call that told many people."""
    return {"started": fanning_out.start_deliveries(batch=batch, first_id=first_id, last_id=last_id)}


@shared_task(  # type: ignore[call-overload]  # the stubs know no options of our own task class
    bind=True, name="notifications.batch_send_notifications", job_queue="bulk"
)
def batch_send_notifications(  # noqa: PLR0917 - the seed's signature
    self: Any, user_ids: list[int], notification_type: str, title: str, body: str, url: str = "", **metadata: Any
) -> dict[str, int]:
    """Send the same notification to many people. More ids than a job may hold are given to ``services.send_batch``."""
    return batches.send_batch(
        user_ids=user_ids, notification_type=notification_type, title=title, body=body, url=url, **metadata
    )


@shared_task(bind=True, name="notifications.send_batch_chunk")
def send_batch_chunk(self: Any, chunk_id: int) -> dict[str, int]:
    """Tell the people of one portion of a batch."""
    return {"told": batches.send_batch_chunk(chunk_id=chunk_id)}


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


# Not atomic: each step of each mail is committed before the next.
@shared_task(  # type: ignore[call-overload]  # the stubs know no options of our own task class
    bind=True, name="notifications.send_digests", atomic=False, outgoing=True, job_queue="bulk"
)
def send_digests(self: Any, batch: str, first_id: int, last_id: int) -> dict[str, int]:
    """Send one portion of a batch of digests."""
    return digest_mails.send_digests(batch=batch, first_id=first_id, last_id=last_id)


# Not atomic: each report is taken in by a transaction of its own.
@shared_task(  # type: ignore[call-overload]  # the stubs know no options of our own task class
    bind=True, name="notifications.read_bounce_mailbox", atomic=False, job_queue="bulk"
)
def read_bounce_mailbox(self: Any) -> dict[str, int]:
    """Take in the reports of mails that came back, where a mailbox for them is set."""
    taken = bounce_mailbox.read_bounce_mailbox()
    return {"reports": taken.reports, "left": taken.left}


@shared_task(bind=True, name="notifications.settle_interrupted_deliveries")
def settle_interrupted_deliveries(self: Any) -> dict[str, int]:
    """List deliveries whose process died in the hand-over, and forget the clocks of receivers that are quiet."""
    return {"unclear": deliveries.settle_interrupted(), "forgotten": pacing.forget_old()}


# Not atomic: batches stay deleted when it is stopped half-way.
@shared_task(  # type: ignore[call-overload]  # the stubs know no options of our own task class
    bind=True, name="notifications.delete_old_notifications", atomic=False, job_queue="bulk"
)
def delete_old_notifications(self: Any) -> dict[str, int]:
    """Delete what was read or told long ago, with its deliveries."""
    return retention.delete_old_notifications()
