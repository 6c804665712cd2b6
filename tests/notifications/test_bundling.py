"""News of one kind about one thing is one row while it is unread, and one mail."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.core.models import Job
from apps.notifications import registry, selectors
from apps.notifications.constants import Channel, DeliveryState
from apps.notifications.models import Delivery, Notification
from apps.notifications.registry import NotificationType
from apps.notifications.services import deliver_email, mark_read, mark_unread, notify, set_preferences
from tests.notifications.conftest import Sink

LIKED = NotificationType(
    code="test.liked",
    group="test_site",
    label="Likes",
    title="{actor} likes {thing}",
    bundle="{actor} and {others} like {thing}",
    url="/posts/",
    channels=frozenset({Channel.IN_APP, Channel.EMAIL}),
)


@pytest.fixture(autouse=True)
def _liked() -> Iterator[None]:
    registry.register(LIKED)
    yield
    registry.unregister(LIKED.code)


@pytest.fixture
def fans(make_user: Any) -> list[User]:
    return [make_user(f"fan{number}") for number in range(4)]


def like(people: list[User], actor: User, subject: User, *, fingerprint: str = "") -> None:
    notify(
        people,
        "test.liked",
        actor=actor,
        subject=subject,
        context={"thing": "your post"},
        fingerprint=fingerprint or None,
    )


def shown(user: User) -> list[str]:
    return [row.title for row in selectors.page(user).items]


def test_news_of_several_is_one_unread_row(mim: User, rafi: User, fans: list[User]) -> None:
    for number, fan in enumerate(fans):
        like([mim], fan, rafi)
        assert selectors.unread_count(mim) == 1
        expected = {0: "fan0 likes your post", 1: "fan1 and 1 other like your post"}
        assert shown(mim) == [expected.get(number, f"fan{number} and {number} others like your post")]
    row = selectors.page(mim).items[0]
    assert (row.bundle_count, row.bundle_actors) == (4, [fan.pk for fan in reversed(fans)])
    assert Notification.objects.filter(recipient=mim).count() == 4


def test_the_same_person_again_is_no_other(mim: User, rafi: User, fans: list[User]) -> None:
    for actor in (fans[0], fans[0], fans[1], fans[0]):
        like([mim], actor, rafi)
    assert shown(mim) == ["fan0 and 1 other like your post"]
    assert selectors.page(mim).items[0].bundle_count == 4


def test_another_thing_another_kind_and_what_was_read_stay_rows_of_their_own(
    mim: User, rafi: User, fans: list[User]
) -> None:
    like([mim], fans[0], rafi)
    like([mim], fans[1], fans[3])
    notify([mim], "test.news", context={"text": "News"})
    assert len(shown(mim)) == 3
    mark_read(actor=mim, notification_id=Notification.objects.filter(title="fan0 likes your post").get().pk)
    like([mim], fans[2], rafi)
    assert shown(mim)[0] == "fan2 likes your post"
    assert len(shown(mim)) == 4


def test_told_twice_it_counts_once_and_hides_nothing(mim: User, rafi: User, fans: list[User]) -> None:
    like([mim], fans[0], rafi, fingerprint="a")
    like([mim], fans[1], rafi, fingerprint="b")
    like([mim], fans[0], rafi, fingerprint="a")
    assert shown(mim) == ["fan1 and 1 other like your post"]


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_are_one_row_that_speaks_for_eight(mim: User, rafi: User, make_user: Any, settings: Any) -> None:
    settings.JOBS_INLINE = False
    fans = [make_user(f"many{number}") for number in range(8)]
    together = Barrier(8)

    def run(fan: User) -> None:
        try:
            together.wait(30)
            like([mim, rafi], fan, mim)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(fan,)) for fan in fans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for person in (mim, rafi):
        [row] = Notification.objects.inbox_of(person)
        assert (row.bundle_count, len(row.bundle_actors)) == (8, 8)
        assert row.title.endswith("and 7 others like your post")


def test_a_page_that_was_open_meanwhile_leads_to_the_row_that_is_shown_now(
    mim: User, rafi: User, fans: list[User]
) -> None:
    like([mim], fans[0], rafi)
    old = Notification.objects.get()
    like([mim], fans[1], rafi)
    client = Client()
    client.force_login(mim)
    assert client.post(f"/notifications/{old.pk}/").url == "/posts/"
    assert selectors.unread_count(mim) == 0
    mark_unread(actor=mim, notification_id=old.pk)
    assert selectors.unread_count(mim) == 1
    client.force_login(rafi)
    assert client.get(f"/notifications/{old.pk}/").status_code == 404
    caught_up = selectors.missed(mim, after=old.pk)
    assert [(item["title"], item["bundle"]) for item in caught_up["items"]] == [
        ("fan1 and 1 other like your post", f"test.liked:accounts.user:{rafi.pk}")
    ]


def test_mails_wait_for_one_another_and_go_out_as_one(
    sink: Sink, mim: User, rafi: User, fans: list[User], monkeypatch: Any
) -> None:
    began = timezone.now()
    for fan in fans[:3]:
        like([mim], fan, rafi)
    first, second, last = Delivery.objects.filter(channel=Channel.EMAIL).order_by("pk")
    assert [row.state for row in (first, second)] == [DeliveryState.SKIPPED] * 2
    assert first.error == "It is in a later message with what came after it."
    # The wait began with the first: a talk without end is mailed all the same.
    assert last.not_before == second.not_before == first.not_before
    assert timedelta(minutes=9) < last.not_before - began < timedelta(minutes=11)
    assert deliver_email(notification_id=last.notification_id) == DeliveryState.PENDING
    assert {job.run_at for job in Job.objects.filter(name="notifications.send_email_notification")} == {last.not_before}

    monkeypatch.setattr(timezone, "now", lambda: began + timedelta(minutes=11))
    states = [deliver_email(notification_id=row.notification_id) for row in (first, second, last)]
    assert states == ["skipped", "skipped", "sent"]
    assert [mail["Subject"] for mail in sink.mails] == ["fan2 and 2 others like your post"]
    # What comes after the mail begins a wait of its own.
    like([mim], fans[3], rafi)
    newest = Delivery.objects.filter(channel=Channel.EMAIL).latest("pk")
    assert newest.not_before == began + timedelta(minutes=21)


def test_who_wants_it_by_mail_only_gets_one_mail_too(mim: User, rafi: User, fans: list[User]) -> None:
    set_preferences(actor=mim, choices={"test.liked": {"in_app": False}})
    for fan in fans:
        like([mim], fan, rafi)
    assert list(Delivery.objects.filter(channel=Channel.EMAIL).order_by("pk").values_list("state", flat=True)) == [
        *["skipped"] * 3,
        "pending",
    ]
    assert Notification.objects.latest("pk").title == "fan3 and 3 others like your post"
    assert selectors.unread_count(mim) == 0


def test_what_was_read_meanwhile_is_not_mailed(sink: Sink, mim: User, rafi: User, fans: list[User]) -> None:
    like([mim], fans[0], rafi)
    delivery = Delivery.objects.get(channel=Channel.EMAIL)
    mark_read(actor=mim, notification_id=delivery.notification_id)
    Delivery.objects.update(not_before=timezone.now())
    assert deliver_email(notification_id=delivery.notification_id) == DeliveryState.SKIPPED
    assert sink.mails == []


def test_a_bundle_costs_the_same_for_thirty_people_and_for_two_hundred(mim: User, rafi: User, fans: list[User]) -> None:
    crowd = User.objects.bulk_create([User(username=f"crowd{n}", email=f"crowd{n}@example.com") for n in range(230)])
    costs = []
    for people in (crowd[:30], crowd[30:]):
        like(people, fans[0], rafi)
        with CaptureQueriesContext(connection) as counted:
            like(people, fans[1], rafi)
        costs.append(len(counted))
    assert costs[0] == costs[1]
    assert set(Notification.objects.filter(in_app=True).values_list("bundle_count", flat=True)) == {2}


def test_a_bundle_without_others_is_refused() -> None:
    with pytest.raises(ValueError, match=r"says \{others\}"):
        NotificationType(code="a.b", group="x", label="x", title="x", bundle="{actor} and more")
