"""Starts the daily digests that are due. Each batch is one transaction, so a run that is killed goes on where it was.

Each person's next time is stored, in their zone. A run takes who is due, writes their digests and moves their next
time on, all in one commit: before it nothing has happened, after it nothing is left to do. A digest begins where the
last one ended, so a day without a run makes the next one longer and loses nothing.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from apps.notifications import registry, zones
from apps.notifications.constants import (
    DIGEST,
    DIGEST_BATCH,
    DIGEST_FIRST_DAYS,
    DIGEST_LAG_SECONDS,
    DIGEST_RUN_MINUTES,
    Channel,
    DeliveryState,
)
from apps.notifications.models import Delivery, Notification, NotificationDigest, NotificationPreference
from apps.notifications.rendering import reference, render
from apps.notifications.services.digest_mails import start_digests

# Written like the condition of idx_preference_digest_due, so that the index serves it.
WANTED = Q(enable_daily_digest=True, opt_out_email=False)


def send_due_digests(*, now: datetime | None = None) -> int:
    """Have a digest sent to everybody whose hour has come and who has something to read. Returns to how many.

    Safe to run again and at the same time: whoever is locked by another run is that one's.
    """
    now = now or timezone.now()
    _schedule_newcomers(now)
    started = 0
    while True:
        taken, mails = _start_batch(now)
        started += mails
        if taken < DIGEST_BATCH:
            return started


def reschedule(preference: NotificationPreference, *, was_wanted: bool, now: datetime) -> None:
    """Set a changed preference's next digest. Who switches digests on hears of what comes from now on."""
    if preference.wants_digest and not was_wanted:
        preference.digest_since = now
    if preference.digest_due_at is not None or not was_wanted:
        preference.digest_due_at = _next(preference, now)


def _next(preference: NotificationPreference, after: datetime) -> datetime:
    return zones.next_time(preference.digest_hour, zone=preference.zone, after=after)


def _begin(preference: NotificationPreference, joined: datetime, now: datetime) -> None:
    """Set the first digest. The hour may have struck since the last run; the window is the time on the site."""
    preference.digest_due_at = _next(preference, max(joined, now - timedelta(minutes=DIGEST_RUN_MINUTES)))
    preference.digest_since = max(joined, now - timedelta(days=DIGEST_FIRST_DAYS))


def _schedule_newcomers(now: datetime) -> None:
    """Give a next time to those who have none: people without a row, and rows from before there were digests."""
    people = get_user_model().objects.filter(is_active=True, notification_preference__isnull=True).order_by("pk")
    while batch := list(people.only("pk", "date_joined")[:DIGEST_BATCH]):
        rows = [NotificationPreference(user_id=user.pk) for user in batch]
        for row, user in zip(rows, batch, strict=True):
            _begin(row, user.date_joined, now)
        NotificationPreference.objects.bulk_create(rows, ignore_conflicts=True)
    waiting = NotificationPreference.objects.filter(WANTED, digest_due_at__isnull=True).order_by("pk")
    taken = DIGEST_BATCH
    while taken == DIGEST_BATCH:
        with transaction.atomic(durable=True):
            found = list(
                waiting.select_for_update(skip_locked=True, of=("self",)).select_related("user")[:DIGEST_BATCH]
            )
            for row in found:
                _begin(row, row.user.date_joined, now)
            _save(found)
        taken = len(found)


def _start_batch(now: datetime) -> tuple[int, int]:
    """Take up to ``DIGEST_BATCH`` people who are due. Returns how many, and to how many of them a mail goes."""
    with transaction.atomic(durable=True):
        due = list(
            NotificationPreference.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("user")
            .filter(WANTED, digest_due_at__lte=now)
            .order_by("digest_due_at", "pk")[:DIGEST_BATCH]
        )
        if not due:
            return 0, 0
        until = now - timedelta(seconds=DIGEST_LAG_SECONDS)
        digests = _with_news(due, until=until)
        if digests:
            _start(digests)
        told = {digest.user_id for digest in digests}
        for preference in due:
            preference.digest_due_at = _next(preference, now)
            if preference.user_id in told:
                preference.digest_since = until
        _save(due)
    return len(due), len(digests)


def _with_news(due: list[NotificationPreference], *, until: datetime) -> list[NotificationDigest]:
    """Return a digest for each of them who can be mailed, has something unread, and had none on this day of theirs.

    The day is the one on which it was due: a run that comes after midnight must not take the place of the next one.
    """
    able = {row.user_id: row for row in due if row.user.is_active and row.user.email}
    begins = {pk: row.digest_since for pk, row in able.items() if row.digest_since}
    days = {pk: zones.day_of(row.digest_due_at or until, zone=row.zone) for pk, row in able.items()}
    had = set(
        NotificationDigest.objects.filter(user_id__in=able, day__in=set(days.values())).values_list("user_id", "day")
    )
    since = F("recipient__notification_preference__digest_since")
    news = (
        Notification.objects.filter(recipient_id__in=able, created_at__gte=since, created_at__lt=until)
        .unread()
        .order_by()
        .values_list("recipient_id")
        .annotate(count=Count("pk"))
    )
    return [
        NotificationDigest(user_id=pk, day=days[pk], since=begins[pk], until=until, count=count)
        for pk, count in sorted(news)
        if (pk, days[pk]) not in had
    ]


def _start(digests: list[NotificationDigest]) -> None:
    """Write the digests, each with its mail, and the jobs that send them in portions."""
    batch = uuid4()
    mails = Notification.objects.bulk_create([_mail(digest, batch) for digest in digests])
    for digest, mail in zip(digests, mails, strict=True):
        digest.notification = mail
    NotificationDigest.objects.bulk_create(digests)
    Delivery.objects.bulk_create(
        Delivery(notification=mail, channel=Channel.EMAIL, state=DeliveryState.PENDING) for mail in mails
    )
    start_digests(batch=batch, ids=sorted(mail.pk for mail in mails))


def _mail(digest: NotificationDigest, batch: UUID) -> Notification:
    rendered = render(registry.get(DIGEST), actor=None, subject=None, context=words_of(digest))
    return Notification(
        recipient_id=digest.user_id,
        type=DIGEST,
        subject=reference(None),
        title=rendered.title,
        body=rendered.body,
        url=rendered.url,
        context=rendered.context,
        fingerprint=f"{DIGEST}:{digest.day.isoformat()}",
        batch=batch,
        in_app=False,
    )


def preview(preference: NotificationPreference, *, now: datetime | None = None) -> Notification | None:
    """Return, unsaved, the mail that this person would get now; nothing when there is nothing to say."""
    until = now or timezone.now()
    since = preference.digest_since or until - timedelta(days=DIGEST_FIRST_DAYS)
    news = Notification.objects.filter(recipient_id=preference.user_id, created_at__gte=since, created_at__lt=until)
    count = news.unread().order_by().count()
    if not count:
        return None
    day = zones.day_of(until, zone=preference.zone)
    digest = NotificationDigest(user_id=preference.user_id, day=day, since=since, until=until, count=count)
    return _mail(digest, uuid4())


def words_of(digest: NotificationDigest) -> dict[str, Any]:
    """Return what the mail needs to find its news again when it is sent."""
    return {
        "news": "1 unread notification" if digest.count == 1 else f"{digest.count} unread notifications",
        "since": digest.since.isoformat(),
        "until": digest.until.isoformat(),
    }


def _save(rows: list[NotificationPreference]) -> None:
    """One statement for all: each row gets its own times."""
    if rows:
        NotificationPreference.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["id"], update_fields=["digest_due_at", "digest_since"]
        )
