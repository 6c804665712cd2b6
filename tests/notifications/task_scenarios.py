"""The tasks of notifications, for tests/core/test_tasks_once.py."""

import asyncio
import mailbox
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from channels.layers import get_channel_layer
from django.conf import settings
from django.core import mail
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core.models import Job
from apps.notifications import mail as mails
from apps.notifications import push
from apps.notifications.constants import DIGEST, Channel, DeliveryState
from apps.notifications.models import (
    BatchChunk,
    BouncedAddress,
    Delivery,
    Notification,
    NotificationDigest,
    NotificationPreference,
    Webhook,
)
from apps.notifications.services import notify, send_batch, send_due_digests, set_personal_webhook
from tests.notifications.returned import POSTFIX, report
from tests.once import Case, a_number, once

NEWS = "notifications.test"


def person() -> User:
    name = f"once{a_number()}"
    return User.objects.create_user(name, f"{name}@example.com", "long-enough-password")


def told(people: list[User]) -> list[Notification]:
    """Tell people something, and let nothing of it leave yet."""
    with transaction.atomic():
        notify(people, NEWS)
        Job.objects.filter(state=Job.State.QUEUED).delete()
    return list(Notification.objects.filter(recipient__in=people).order_by("pk"))


def mails_to(people: list[User]) -> list[int]:
    return [sum(sent.to == [user.email] for sent in mail.outbox) for user in people]


def states(rows: list[Notification]) -> list[str]:
    return sorted(Delivery.objects.filter(notification__in=rows, channel=Channel.EMAIL).values_list("state", flat=True))


def outcome(people: list[User], rows: list[Notification]) -> dict[str, Any]:
    return {"mails": mails_to(people), "states": states(rows)}


@once(
    "notifications.send_email_notification",
    expects={"mails": [1], "states": ["sent"]},
    # Killed in the hand-over: listed as unclear, and never sent again by itself.
    or_after_kill=({"mails": [1], "states": ["sending"]}, {"mails": [0], "states": ["sending"]}),
)
def one_mail() -> Case:
    user = person()
    rows = told([user])
    return Case({"notification_id": rows[0].pk}, effect=lambda: outcome([user], rows))


@once(
    "notifications.send_discord_notification",
    expects="failed",
)
def one_message_to_a_channel_that_nobody_can_read() -> Case:
    """Its key is lost, so it ends before the internet, which the tests have not."""
    user = person()
    set_personal_webhook(actor=user, url=f"https://discord.com/api/webhooks/{10**17 + a_number()}/{'aB3' * 22}")
    Webhook.objects.filter(user=user).update(sealed_token="of another key")
    rows = told([user])

    def state() -> str:
        return Delivery.objects.get(notification=rows[0], channel=Channel.DISCORD).state

    return Case({"notification_data": {"notification_id": rows[0].pk}}, effect=state)


@once("notifications.fan_out_emails", expects={"mails": [1, 1, 1], "states": ["sent"] * 3}, or_after_kill=(
    {"mails": [0, 1, 1], "states": ["sending", "sent", "sent"]},
    {"mails": [1, 1, 1], "states": ["sending", "sent", "sent"]},
    {"mails": [1, 0, 1], "states": ["sending", "sent", "sent"]},
    {"mails": [1, 1, 0], "states": ["sending", "sent", "sent"]},
))  # fmt: skip
def three_mails() -> Case:
    people = [person() for _ in range(3)]
    rows = told(people)
    arguments = {"batch": str(rows[0].batch), "first_id": rows[0].pk, "last_id": rows[-1].pk}
    return Case(arguments, effect=lambda: outcome(people, rows))


@once("notifications.push_notifications", expects=1)
def a_push_to_an_open_page() -> Case:
    """A push carries an id. Pushed twice, the page shows it once: what it knows already it drops."""
    user = person()
    rows = told([user])
    layer = get_channel_layer()
    loop = asyncio.new_event_loop()
    channel = loop.run_until_complete(layer.new_channel())
    loop.run_until_complete(layer.group_add(push.EVERYWHERE, channel))
    seen: set[int] = set()

    def shown() -> int:
        while (message := loop.run_until_complete(_next(layer, channel))) is not None:
            seen.update(pk for pk, _ in message["created"])
        return len(seen)

    arguments = {"batch": str(rows[0].batch), "first_id": rows[0].pk, "last_id": rows[0].pk}
    return Case(arguments, effect=shown)


async def _next(layer: Any, channel: str) -> dict[str, Any] | None:
    try:
        async with asyncio.timeout(0.1):
            message: dict[str, Any] = await layer.receive(channel)
            return message
    except TimeoutError:
        return None


def one_due_digest(user: User) -> None:
    now = timezone.now()
    [news] = told([user])
    Delivery.objects.filter(notification=news).delete()
    Notification.objects.filter(pk=news.pk).update(created_at=now - timedelta(hours=1))
    NotificationPreference.objects.create(
        user=user, digest_due_at=now - timedelta(minutes=1), digest_since=now - timedelta(days=1)
    )


def digest_outcome(user: User) -> dict[str, Any]:
    rows = list(Notification.objects.filter(recipient=user, type=DIGEST))
    return {"digests": NotificationDigest.objects.filter(user=user).count(), **outcome([user], rows)}


DIGEST_SENT = {"digests": 1, "mails": [1], "states": ["sent"]}
# Killed in the hand-over: listed as unclear, and never sent again by itself.
DIGEST_UNCLEAR = tuple({"digests": 1, "mails": [number], "states": ["sending"]} for number in (0, 1))


@once("notifications.send_daily_digest", expects=DIGEST_SENT, or_after_kill=DIGEST_UNCLEAR)
def a_digest_that_is_due() -> Case:
    user = person()
    one_due_digest(user)
    return Case({}, effect=lambda: digest_outcome(user))


@once("notifications.send_digests", expects=DIGEST_SENT, or_after_kill=DIGEST_UNCLEAR)
def a_digest_that_waits() -> Case:
    user = person()
    one_due_digest(user)
    with patch("apps.core.jobs.dispatch.start"):
        send_due_digests()
    Job.objects.all().delete()
    mail_of_it = Notification.objects.get(recipient=user, type=DIGEST)
    arguments = {"batch": str(mail_of_it.batch), "first_id": mail_of_it.pk, "last_id": mail_of_it.pk}
    return Case(arguments, effect=lambda: digest_outcome(user))


@once("notifications.settle_interrupted_deliveries", expects=["unknown"])
def a_mail_whose_process_died() -> Case:
    rows = told([person()])
    Delivery.objects.filter(notification=rows[0], channel=Channel.EMAIL).update(
        state=DeliveryState.SENDING, claimed_at=timezone.now() - timedelta(hours=1)
    )
    return Case({}, effect=lambda: states(rows))


@once("notifications.read_bounce_mailbox", expects={"state": "failed", "stopped": 1, "lying": 0})
def a_report_in_the_mailbox() -> Case:
    user = person()
    [row] = told([user])
    delivery = Delivery.objects.get(notification=row, channel=Channel.EMAIL)
    delivery.state, delivery.sent_at = DeliveryState.SENT, timezone.now()
    delivery.save(update_fields=["state", "sent_at"])
    path = Path(mkdtemp()) / "bounces"
    box = mailbox.Maildir(path)
    said = POSTFIX[0].replace("mim@example.com", user.email)
    box.add(report(said, POSTFIX[1], mails.build(row).extra_headers["Message-ID"]))
    # Nothing else reads it without setting one of its own, so there is nothing to put back.
    settings.BOUNCE_MAILBOX = f"maildir://{path}"

    def effect() -> dict[str, Any]:
        delivery.refresh_from_db()
        stopped = BouncedAddress.objects.filter(address=user.email).count()
        return {"state": delivery.state, "stopped": stopped, "lying": len(box.keys())}

    return Case({}, effect=effect)


@once("notifications.delete_old_notifications", expects=["read lately", "unread"])
def old_news() -> Case:
    user = person()
    now = timezone.now()
    for title, told_days, read_days in (("read", 100, 95), ("read lately", 100, 80), ("unread", 300, None)):
        row = Notification.objects.create(recipient=user, type=NEWS, title=title, fingerprint=title, batch=uuid4())
        read_at = None if read_days is None else now - timedelta(days=read_days)
        Notification.objects.filter(pk=row.pk).update(created_at=now - timedelta(days=told_days), read_at=read_at)
    left = Notification.objects.filter(recipient=user).order_by("title")
    return Case({}, effect=lambda: list(left.values_list("title", flat=True)))


@once("notifications.batch_send_notifications", expects=[1, 1, 1])
def the_same_for_three_people() -> Case:
    people = [person() for _ in range(3)]
    words = f"Words {a_number()}"

    def told_how_often() -> list[int]:
        return [Notification.objects.filter(recipient=user, title=words).count() for user in people]

    ids = [user.pk for user in people]
    arguments = {"user_ids": ids, "notification_type": NEWS, "title": words, "body": "Hello"}
    return Case(arguments, effect=told_how_often)


@once("notifications.send_batch_chunk", expects=[1, 1])
def a_portion_of_a_batch() -> Case:
    people = [person() for _ in range(2)]
    words = f"Words {a_number()}"
    with transaction.atomic():
        made = send_batch(user_ids=people, notification_type=NEWS, title=words, body="")
        Job.objects.filter(state=Job.State.QUEUED).delete()
    chunk = BatchChunk.objects.get(batch_id=made["batch"])

    def told_how_often() -> list[int]:
        return [Notification.objects.filter(recipient=user, title=words).count() for user in people]

    return Case({"chunk_id": chunk.pk}, effect=told_how_often)
