"""What workers do for accounts."""

from typing import Any

from celery import shared_task

from apps.accounts.services import deletion, mails, unverified
from apps.core.jobs.task import JobTask


# Tried again for as long as the mail is of use: it forgets itself after three days.
@shared_task(base=JobTask, bind=True, name="accounts.send_mail", job_queue="critical", max_retries=None, outgoing=True)
def send_mail(self: JobTask, mail_id: str) -> bool:
    """Send one stored mail."""
    return mails.send_mail(mail_id=mail_id)


@shared_task(bind=True, name="accounts.purge_deleted_accounts")
def purge_deleted_accounts(self: Any) -> dict[str, int]:
    """Every day: carry out the deletions whose grace period is over."""
    return deletion.purge_due_accounts()


@shared_task(bind=True, name="accounts.clean_up")
def clean_up(self: Any) -> dict[str, int]:
    """Every day: forget what nobody confirmed, and mails that are too old to send."""
    return {
        "accounts": unverified.delete_unverified_accounts(),
        "mails": mails.forget_expired_mails(),
    }
