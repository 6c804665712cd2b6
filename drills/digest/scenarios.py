"""What is done to the digest. Each returns its figures; ``ok`` says whether everybody had exactly one mail."""

import threading
import time
from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import jobs
from apps.core.models import Job
from apps.notifications.constants import DIGEST, DeliveryState
from apps.notifications.models import Delivery, Notification, NotificationDigest, NotificationPreference
from apps.notifications.services import settle_interrupted
from drills.jobs.platform import Platform, wait_until
from drills.sink import Sink

Figures = dict[str, Any]
DOMAINS = 50
PATIENCE = 900.0  # seconds
WAITING = (DeliveryState.PENDING, DeliveryState.CLAIMED)


def kill_in_the_middle(platform: Platform, sink: Sink, people: int) -> Figures:
    """The worker dies by kill -9 at the moment in which half of the mails have arrived; another one goes on."""
    _people(people)
    now = timezone.now()
    _tell("News", now - timedelta(hours=2))
    _due(now - timedelta(minutes=1), since=now - timedelta(days=1))
    half = threading.Event()
    sink.on_mail = lambda number: half.set() if number == people // 2 else None
    worker = platform.worker()
    begin = time.monotonic()
    _start()
    if not half.wait(PATIENCE):
        raise TimeoutError("Half of the mails never arrived.")
    platform.kill(worker)
    at_the_kill = len(sink.mails)
    platform.worker()
    _wait_for_the_end()
    return _figures(sink, people, begin, mails_at_the_kill=at_the_kill)


def miss_a_day(platform: Platform, sink: Sink, people: int) -> Figures:
    """Nothing ran yesterday. Today's digest holds yesterday's news and today's, once."""
    sink.forget()
    now = timezone.now()
    Notification.objects.filter(in_app=True).update(read_at=now)
    NotificationDigest.objects.all().delete()
    _tell("Missed", now - timedelta(hours=40))
    _tell("Today", now - timedelta(hours=3))
    _due(now - timedelta(hours=26), since=now - timedelta(hours=50))
    begin = time.monotonic()
    _start()
    _wait_for_the_end()
    figures = _figures(sink, people, begin)
    texts = [str(mail.get_body(("plain",)).get_content()) for mail in sink.mails]  # type: ignore[union-attr]
    whole = sum(text.count("* Missed") == 1 and text.count("* Today") == 1 for text in texts)
    return {**figures, "mails_with_all_news": whole, "ok": figures["ok"] and whole == people}


def _people(number: int) -> None:
    now = timezone.now()
    User.objects.bulk_create(
        User(
            username=f"digest{each}",
            email=f"digest{each}@d{each % DOMAINS}.example.com",
            date_joined=now - timedelta(days=30),
        )
        for each in range(number)
    )
    NotificationPreference.objects.bulk_create(
        NotificationPreference(user_id=pk) for pk in User.objects.values_list("pk", flat=True)
    )


def _tell(title: str, at: datetime) -> None:
    Notification.objects.bulk_create(
        Notification(
            recipient_id=pk, type="notifications.test", title=title, fingerprint=title, batch=uuid4(), created_at=at
        )
        for pk in User.objects.values_list("pk", flat=True)
    )


def _due(at: datetime, *, since: datetime) -> None:
    NotificationPreference.objects.update(digest_due_at=at, digest_since=since)


def _start() -> None:
    with transaction.atomic():
        jobs.enqueue("notifications.send_daily_digest")


def _wait_for_the_end() -> None:
    wait_until("all mails are on their way", NotificationDigest.objects.exists, patience=PATIENCE)
    wait_until("all jobs are done", lambda: not _unfinished(), patience=PATIENCE)


def _unfinished() -> bool:
    return (
        Job.objects.filter(state__in=Job.UNFINISHED).exists()
        or Delivery.objects.filter(notification__type=DIGEST, state__in=WAITING).exists()
    )


def _figures(sink: Sink, people: int, begin: float, **others: object) -> Figures:
    seconds = round(time.monotonic() - begin, 1)
    settle_interrupted(now=timezone.now() + timedelta(hours=1))
    digests = NotificationDigest.objects.values_list("notification_id", flat=True)
    states = Counter(Delivery.objects.filter(notification__in=list(digests)).values_list("state", flat=True))
    recipients = sink.recipients()
    doubled = sum(number - 1 for number in recipients.values())
    # One in the hand-over for each process that was killed: it may have arrived or not, and is listed.
    unclear = states[DeliveryState.UNKNOWN]
    lost = people - len(recipients)
    return {
        "people": people,
        "mails": sum(recipients.values()),
        "doubled": doubled,
        "lost_and_not_listed": max(0, lost - unclear),
        "listed_as_unclear": unclear,
        "states": dict(states),
        "seconds": seconds,
        **others,
        "ok": not doubled and lost <= unclear <= 2 and sum(states.values()) == people,
    }
