"""The mails of digests go out in portions: claimed at once, handed over one by one, stopped by no single one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.core.models import Job
from apps.notifications import digest_content
from apps.notifications.constants import DIGEST, DeliveryState
from apps.notifications.models import BouncedAddress, Delivery, Notification
from apps.notifications.services import digest_mails, send_due_digests
from tests.notifications.conftest import Sink
from tests.once import Killed

NOW = datetime(2030, 1, 10, 2, tzinfo=UTC)  # eight o'clock in Dhaka


def due(number: int, *, news: int = 2, read: int = 0) -> list[Notification]:
    """Make people with news and start their digests. Returns the mails, in their order."""
    mark = uuid4().hex[:6]
    people = User.objects.bulk_create(
        User(username=f"d{mark}{each}", email=f"{mark}{each}@example.com", date_joined=NOW - timedelta(days=30))
        for each in range(number)
    )
    send_due_digests(now=NOW - timedelta(hours=1))
    Notification.objects.bulk_create(
        Notification(
            recipient=user,
            type="test.news",
            title=f"{user.username} hears {each}",
            fingerprint=str(each),
            batch=uuid4(),
            created_at=NOW - timedelta(hours=3),
            read_at=NOW if each < read else None,
        )
        for user in people
        for each in range(news + read)
    )
    send_due_digests(now=NOW)
    mine = Notification.objects.filter(type=DIGEST, recipient__in=people)
    return list(mine.select_related("recipient__notification_preference").order_by("pk"))


def send(mails: list[Notification]) -> dict[str, int]:
    return digest_mails.send_digests(batch=str(mails[0].batch), first_id=mails[0].pk, last_id=mails[-1].pk)


def states() -> list[str]:
    return sorted(Delivery.objects.filter(notification__type=DIGEST).values_list("state", flat=True))


def arrived(sink: Sink) -> list[str]:
    return sorted(str(mail["To"]) for mail in sink.mails)


@contextmanager
def killed_after(sink: Sink, mails: int) -> Iterator[None]:
    """Kill the sender at its first statement after the server took that many mails."""

    def watch(execute: Callable[..., Any], *args: Any) -> Any:
        if len(sink.mails) >= mails:
            raise Killed
        return execute(*args)

    with connection.execute_wrapper(watch), pytest.raises(Killed):
        yield
    connection.close()


@pytest.mark.django_db
def test_a_portion_goes_out_once_however_often_it_is_sent(sink: Sink) -> None:
    mails = due(5)
    assert send(mails) == {"sent": 5}
    assert send(mails) == {}
    assert arrived(sink) == sorted(mail.recipient.email for mail in mails)
    text = sink.mails[0].get_body(("plain",)).get_content()
    assert text.count(f"* {mails[0].recipient.username} hears") == 2


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_and_sent_again_everybody_has_one_mail_and_one_is_listed(sink: Sink) -> None:
    """The short form of ``python -m drills.digest``."""
    with patch("apps.core.jobs.dispatch.start"):
        mails = due(20)
    with killed_after(sink, 10):
        send(mails)
    assert (len(sink.mails), states().count("sent")) == (10, 9)
    assert send(mails) == {"sent": 10}
    assert arrived(sink) == sorted(mail.recipient.email for mail in mails)
    # Nobody can know whether the tenth arrived: it did, and is listed.
    assert states() == ["sending"] + ["sent"] * 19


@pytest.mark.django_db
def test_one_mail_that_is_refused_stops_no_other_and_is_tried_again_by_itself(sink: Sink) -> None:
    mails = due(3)
    answers = iter(["250 Taken", "451 Later", "250 Taken"])
    sink.on_data = lambda: next(answers)
    assert send(mails) == {"sent": 2, "pending": 1}
    again = Job.objects.get(name="notifications.send_email_notification", state=Job.State.QUEUED)
    assert again.args == {"notification_id": mails[1].pk}
    assert again.dispatched_at is None


@pytest.mark.django_db
def test_a_slow_mail_server_leaves_the_rest_to_another_job(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    mails = due(4)
    monkeypatch.setattr(digest_mails, "DIGEST_PORTION_SECONDS", -1)
    Job.objects.all().delete()
    assert send(mails) == {"sent": 1}
    rest = Job.objects.get()
    assert (rest.name, rest.queue) == ("notifications.send_digests", Job.Queue.BULK)
    assert (rest.args["first_id"], rest.args["last_id"]) == (mails[1].pk, mails[-1].pk)
    monkeypatch.undo()
    assert digest_mails.send_digests(**rest.args) == {"sent": 3}
    assert len(sink.mails) == 4


@pytest.mark.django_db
def test_what_a_portion_says_is_read_by_one_statement_however_many_mails() -> None:
    costs = {}
    for people in (2, 40):
        mails = due(people)
        with CaptureQueriesContext(connection) as queries, digest_content.loaded(mail.pk for mail in mails):
            assert [len(digest_content.words(mail)["items"]) for mail in mails] == [2] * people
        costs[people] = sum("row_number" in query["sql"].lower() for query in queries)
        assert not [query for query in queries if "notifications_notification" in query["sql"]][1:]
    assert costs == {2: 1, 40: 1}


@pytest.mark.django_db
@pytest.mark.parametrize(("news", "read"), [(1, 0), (3, 2), (53, 1)])
def test_read_alone_or_with_others_a_digest_says_the_same(news: int, read: int) -> None:
    mails = due(2, news=news, read=read)
    alone = digest_content.words(Notification.objects.get(pk=mails[0].pk))
    with digest_content.loaded(mail.pk for mail in mails):
        with_others = digest_content.words(Notification.objects.get(pk=mails[0].pk))
    for said in (alone, with_others):
        assert [item["row"].title for item in said["items"]] == [
            f"{mails[0].recipient.username} hears {each}" for each in reversed(range(read, news + read))
        ][:50]
        assert said["more"] == max(0, news - 50)
    assert alone == with_others


@pytest.mark.django_db
def test_what_was_read_for_a_portion_long_ago_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    [mail] = due(1)
    with digest_content.loaded([mail.pk]):
        Notification.objects.filter(recipient=mail.recipient).update(read_at=NOW)
        assert digest_content.outdated(Notification.objects.get(pk=mail.pk)) == ""
        monkeypatch.setattr(digest_content, "DIGEST_CONTENT_SECONDS", -1)
        assert digest_content.outdated(Notification.objects.get(pk=mail.pk)) == digest_content.READ_MEANWHILE


@pytest.mark.django_db
def test_a_person_who_read_everything_meanwhile_gets_none_and_the_others_theirs(sink: Sink) -> None:
    mails = due(2)
    Notification.objects.filter(recipient=mails[0].recipient).update(read_at=NOW)
    assert send(mails) == {DeliveryState.SKIPPED: 1, "sent": 1}
    assert arrived(sink) == [mails[1].recipient.email]


@pytest.mark.django_db
def test_a_mail_of_a_portion_costs_two_statements_however_many_there_are(sink: Sink, settings: Any) -> None:
    settings.EMAIL_PER_MINUTE = {"*": 6000}
    costs = {}
    for people in (5, 45):
        mails = due(people)
        with CaptureQueriesContext(connection) as queries:
            assert send(mails) == {"sent": people}
        costs[people] = sum("SAVEPOINT" not in query["sql"] for query in queries)

    # That it is handed over, and that it was sent. For all of them: which wait; what they say; the claim with its
    # people; which addresses bounced; the clock of their domain, which the first time is made and read again; its new
    # time; the claim written down.
    assert costs == {5: 5 * 2 + 9, 45: 45 * 2 + 7}


@pytest.mark.django_db
def test_who_does_not_want_it_any_more_or_has_no_turn_is_left_out_of_a_common_claim(sink: Sink, settings: Any) -> None:
    settings.EMAIL_PER_MINUTE = {"*": 16}  # twelve a minute for digests, two of them at once
    mails = due(6)
    BouncedAddress.objects.create(address=mails[0].recipient.email.upper(), reason="No such mailbox")
    mails[1].recipient.is_active = False
    mails[1].recipient.save()

    assert send(mails) == {"skipped": 2, "sent": 2, "pending": 2}

    assert arrived(sink) == sorted(mail.recipient.email for mail in mails[2:4])
    waiting = Delivery.objects.filter(notification__in=mails[4:])
    assert all(delivery.not_before is not None for delivery in waiting)
    reasons = Delivery.objects.filter(notification__in=mails[:2]).order_by("pk").values_list("error", flat=True)
    assert list(reasons) == [
        "Mails to this address came back.",
        "The account was deactivated before the message went out.",
    ]
