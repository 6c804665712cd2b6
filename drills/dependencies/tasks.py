"""Jobs with an effect outside, which can be counted there."""

from celery import shared_task
from django.core.mail import send_mail

from apps.core.jobs.task import JobTask
from apps.notifications.discord import addresses, client
from apps.notifications.errors import MaybeDelivered

TOKEN = "AbCdEfGh" * 8 + "1234"
URL = f"https://discord.com/api/webhooks/123456789012345678/{TOKEN}"


@shared_task(base=JobTask, bind=True, name="drill.mail", atomic=False, max_retries=20, backoff_seconds=1)
def mail(self: JobTask, mark: str) -> None:
    """Send one mail."""
    send_mail(mark, "Text", None, [f"{mark}@example.com"])


@shared_task(base=JobTask, bind=True, name="drill.tell_discord", atomic=False, max_retries=20, backoff_seconds=1)
def tell_discord(self: JobTask, mark: str) -> str:
    """Post one message. What may have arrived is not sent again: a person decides."""
    try:
        client.post(addresses.parse(URL), {"content": mark}, hand_over=lambda: True)
    except MaybeDelivered:
        return "unclear"
    return "told"


@shared_task(base=JobTask, bind=True, name="drill.nothing")
def nothing(self: JobTask) -> None:
    """End at once."""
