"""Old notifications go with their deliveries, in batches; what somebody may still want to read stays."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from apps.accounts.models import User
from apps.core.jobs import cleanup
from apps.notifications.models import Delivery, Notification, NotificationDigest
from apps.notifications.services.retention import delete_old_notifications

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 10, 8, tzinfo=UTC)


def days_ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


def told(user: User, days: int, *, read: int | None = None, **fields: Any) -> Notification:
    read_at = None if read is None else days_ago(read)
    number = str(uuid4())
    fields = {"title": number, "type": "test.news", "fingerprint": number, "batch": uuid4(), **fields}
    return Notification.objects.create(recipient=user, created_at=days_ago(days), read_at=read_at, **fields)


def test_what_was_read_three_months_ago_and_what_nobody_read_for_a_year_goes(mim: User) -> None:
    stays = {
        told(mim, 400, read=89).pk,
        told(mim, 364).pk,
        told(mim, 89, in_app=False).pk,
    }
    for gone in (told(mim, 400, read=91), told(mim, 366), told(mim, 91, in_app=False)):
        Delivery.objects.create(notification=gone, channel="email", state="sent", sent_at=NOW)
    assert delete_old_notifications(now=NOW) == {"seen": 2, "unread": 1}
    assert set(Notification.objects.values_list("pk", flat=True)) == stays
    assert not Delivery.objects.exists()
    assert delete_old_notifications(now=NOW) == {"seen": 0, "unread": 0}


def test_a_digest_outlives_its_mail_so_that_its_day_gets_no_second_one(mim: User) -> None:
    mail = told(mim, 100, in_app=False)
    NotificationDigest.objects.create(
        user=mim, day=days_ago(100).date(), since=days_ago(101), until=days_ago(100), count=1, notification=mail
    )
    delete_old_notifications(now=NOW)
    assert NotificationDigest.objects.get().notification is None


def test_batches_are_small_transactions_and_a_limit_leaves_the_rest(mim: User, django_assert_num_queries: Any) -> None:
    for _ in range(5):
        told(mim, 400, read=399)
    rows = Notification.objects.order_by("created_at")
    assert cleanup.delete_in_batches(rows, batch=2, at_most=4) == 4
    assert Notification.objects.count() == 1
    assert cleanup.delete_in_batches(rows, batch=2) == 1
