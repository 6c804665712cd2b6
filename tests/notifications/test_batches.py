"""The same for very many people: ids in portions, nobody twice, the same cost for each portion."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.core.models import Job
from apps.notifications.constants import BATCH_CHUNK, Channel
from apps.notifications.errors import UnknownType
from apps.notifications.models import BatchChunk, Delivery, Notification, NotificationBatch
from apps.notifications.services import batches, send_batch
from apps.notifications.tasks import batch_send_notifications

WORDS = {"notification_type": "notifications.announcement", "title": "Season two", "body": "It begins.", "url": "/"}


def people(number: int) -> list[int]:
    users = User.objects.bulk_create(
        [User(username=f"many{each}", email=f"many{each}@example.com") for each in range(number)], batch_size=5000
    )
    return [user.pk for user in users]


def test_ten_thousand_people_are_told_in_portions_of_equal_cost(db: None) -> None:
    """Ids are taken from a generator, a thousand at a time; what a portion costs does not grow with the whole."""
    ids = people(10_000)
    made = send_batch(user_ids=(pk for pk in ids), **WORDS)
    assert (made["chunks"], made["users"]) == (10, 10_000)
    assert Job.objects.filter(name="notifications.send_batch_chunk", queue="bulk").count() == 10
    assert max(len(str(job.args)) for job in Job.objects.all()) < 50

    costs = []
    for chunk in BatchChunk.objects.filter(batch_id=made["batch"]).order_by("pk"):
        with CaptureQueriesContext(connection) as counted:
            assert batches.send_batch_chunk(chunk_id=chunk.pk) == BATCH_CHUNK
        costs.append(len(counted))
    # Savepoint and its end, the portion, its people, their rows, read back, the deliveries (twice as many rows, in two
    # statements at most), a job for the mails, one for the pushes, and the portion's end.
    assert len(set(costs)) == 1
    assert costs[0] <= 11
    assert Notification.objects.count() == 10_000
    assert Delivery.objects.filter(channel=Channel.EMAIL, bulk=True).count() == 10_000
    assert set(BatchChunk.objects.values_list("told", "size")) == {(1000, 1000)}
    assert all(chunk.user_ids == [] for chunk in BatchChunk.objects.all())


def test_the_seed_s_call_tells_everybody_once_however_often_it_is_made(mim: User, rafi: User) -> None:
    for _ in range(3):
        batch_send_notifications(user_ids=[mim.pk, rafi.pk, mim.pk], **WORDS, season=2)
    for chunk in BatchChunk.objects.all():
        batches.send_batch_chunk(chunk_id=chunk.pk)
        assert batches.send_batch_chunk(chunk_id=chunk.pk) == 0

    rows = Notification.objects.order_by("recipient")
    assert [row.recipient_id for row in rows] == sorted([mim.pk, rafi.pk])
    assert (rows[0].title, rows[0].body, rows[0].url, rows[0].context) == (
        "Season two",
        "It begins.",
        "/",
        {"season": 2},
    )
    assert NotificationBatch.objects.count() == 1


def test_other_words_and_a_fingerprint_of_its_own_are_news(mim: User) -> None:
    for call in (WORDS, {**WORDS, "title": "Season three"}, {**WORDS, "fingerprint": "again"}):
        send_batch(user_ids=[mim], **call)
    for chunk in BatchChunk.objects.all():
        assert batches.send_batch_chunk(chunk_id=chunk.pk) == 1
    assert Notification.objects.count() == 3


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"notification_type": "nobody.knows"}, UnknownType),
        ({"url": "https://evil.example/"}, ValueError),
        ({"url": "//evil.example/"}, ValueError),
        ({"title": " "}, ValueError),
        ({"user_ids": ["5"]}, TypeError),
        ({"user_ids": [True]}, TypeError),
    ],
)
def test_what_makes_no_sense_is_refused_and_writes_nothing(
    mim: User, change: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        send_batch(**{"user_ids": [mim.pk], **WORDS, **change})
    assert not NotificationBatch.objects.exists()
    assert not Job.objects.exists()


def test_who_is_gone_and_who_never_was_holds_nobody_up(mim: User, rafi: User) -> None:
    User.objects.filter(pk=rafi.pk).update(is_active=False)
    send_batch(user_ids=[rafi.pk, 2**40, mim.pk], **{**WORDS, "body": "nul\x00"})
    assert batches.send_batch_chunk(chunk_id=BatchChunk.objects.get().pk) == 1
    assert Notification.objects.get().recipient_id == mim.pk
