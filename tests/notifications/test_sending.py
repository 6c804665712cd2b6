"""Who is told, once, in the caller's transaction, at a price that does not grow with the audience."""

from dataclasses import replace
from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.core.models import Job
from apps.notifications import registry
from apps.notifications.constants import Channel, DeliveryState
from apps.notifications.errors import UnknownType
from apps.notifications.models import Delivery, EmailSuppression, Notification, NotificationPreference
from apps.notifications.registry import NotificationType
from apps.notifications.services import notify, notify_email
from tests.notifications.conftest import CONTEXT, INVITE


def deliveries_of(user: User) -> dict[str, tuple[str, str]]:
    rows = Delivery.objects.filter(notification__recipient=user)
    return {row.channel: (row.state, row.error) for row in rows}


def test_stores_the_words_the_link_and_one_delivery_for_each_channel(rafi: User, mim: User) -> None:
    assert notify([mim], "test.invite", actor=rafi, context=CONTEXT) == 1

    row = Notification.objects.get()
    assert (row.recipient, row.actor, row.type) == (mim, rafi, "test.invite")
    assert row.title == "rafi invited you to Dhaka Wolves"
    assert row.body == "The invite runs out on 30 November."
    assert row.url == "/somewhere/Dhaka%20Wolves/"
    assert row.context == CONTEXT
    assert row.is_read is False
    assert deliveries_of(mim) == {Channel.IN_APP: (DeliveryState.SENT, ""), Channel.EMAIL: (DeliveryState.PENDING, "")}
    assert list(Job.objects.values_list("name", "args")) == [
        ("notifications.send_email_notification", {"notification_id": row.pk})
    ]


def test_leaves_out_the_actor_and_the_deactivated_and_takes_each_person_once(
    rafi: User, mim: User, make_user: Any
) -> None:
    gone = make_user("gone", is_active=False)

    assert notify([mim, rafi, gone, mim.pk, mim], "test.news", actor=rafi, context={"text": "Hello"}) == 1

    assert list(Notification.objects.values_list("recipient__username", flat=True)) == ["mim"]


def test_the_same_fingerprint_tells_a_person_once_and_a_new_person_all_the_same(rafi: User, mim: User) -> None:
    assert notify([mim], "test.news", context={"text": "One"}, fingerprint="post:1") == 1
    assert notify([mim, rafi], "test.news", context={"text": "Two"}, fingerprint="post:1") == 1

    assert list(Notification.objects.order_by("pk").values_list("recipient__username", "title")) == [
        ("mim", "One"),
        ("rafi", "Two"),
    ]
    assert Delivery.objects.count() == 2


def test_the_fingerprint_of_one_type_does_not_silence_another(mim: User, rafi: User) -> None:
    notify([mim], "test.news", context={"text": "One"}, fingerprint="5")
    assert notify([mim], "test.invite", actor=rafi, context=CONTEXT, fingerprint="5") == 1


def test_a_long_fingerprint_is_as_good_as_a_short_one(mim: User) -> None:
    told = [
        notify([mim], "test.news", context={"text": "x"}, fingerprint="long" * 100 + end) for end in ("a", "a", "b")
    ]
    assert told == [1, 0, 1]


@pytest.mark.parametrize("what", [lambda mim: mim.profile, lambda mim: None, lambda mim: "1", lambda mim: True])
def test_what_is_no_user_is_refused_before_it_tells_a_stranger(mim: User, what: Any) -> None:
    with pytest.raises(TypeError, match="Recipients are users or their ids"):
        notify([mim, what(mim)], "test.news", context={"text": "x"})
    assert not Notification.objects.exists()


def test_a_character_that_the_database_can_t_store_is_dropped(mim: User) -> None:
    notify([mim], "test.news", context={"text": "a\x00b"})
    assert Notification.objects.get().title == "ab"


def test_without_a_fingerprint_every_call_is_news(mim: User) -> None:
    for _ in range(2):
        assert notify([mim], "test.news", context={"text": "Same"}) == 1
    assert Notification.objects.count() == 2


def test_a_rollback_tells_nobody(
    mim: User, rafi: User, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    def fail_after_telling() -> None:
        with transaction.atomic():
            notify([mim], "test.invite", actor=rafi, context=CONTEXT)
            raise ZeroDivisionError

    with django_capture_on_commit_callbacks(execute=True) as callbacks, pytest.raises(ZeroDivisionError):
        fail_after_telling()

    assert callbacks == []
    assert not Notification.objects.exists()
    assert not Delivery.objects.exists()
    assert not Job.objects.exists()
    assert mailoutbox == []


def test_an_unknown_type_is_refused_and_tells_nobody(mim: User) -> None:
    with pytest.raises(UnknownType, match="is no registered notification type"):
        notify([mim], "test.unheard_of")
    assert not Notification.objects.exists()


def test_a_missing_word_is_refused_and_tells_nobody(mim: User, rafi: User) -> None:
    with pytest.raises(KeyError, match="until"):
        notify([mim], "test.invite", actor=rafi, context={"team": "Dhaka Wolves"})
    assert not Notification.objects.exists()


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_a_link_that_leaves_the_site_is_refused(mim: User, url: str) -> None:
    kind = registry.register(NotificationType(code="test.away", group="g", label="Away", title="Away", url=url))
    try:
        with pytest.raises(ValueError, match="is no path of this site"):
            notify([mim], "test.away")
    finally:
        registry.unregister(kind.code)
    assert not Notification.objects.exists()


def test_the_subject_gives_its_name_its_page_and_its_reference(mim: User, rafi: User) -> None:
    other = Notification(pk=12, title="Dhaka Wolves")
    kind = registry.register(NotificationType(code="test.about", group="g", label="About", title="News of {subject}"))
    try:
        notify([mim], "test.about", subject=other)
    finally:
        registry.unregister(kind.code)

    row = Notification.objects.get()
    assert (row.title, row.url, row.subject) == (
        "News of Dhaka Wolves",
        "/notifications/12/",
        "notifications.notification:12",
    )


def test_braces_in_a_name_stay_braces(mim: User) -> None:
    notify([mim], "test.news", context={"text": "{0.__class__} {actor}"})
    assert Notification.objects.get().title == "{0.__class__} {actor}"


def test_a_title_is_one_line_of_at_most_two_hundred_characters(mim: User) -> None:
    notify([mim], "test.news", context={"text": "a\r\nBcc: x@example.com " + "b" * 300})
    title = Notification.objects.get().title
    assert title.startswith("a Bcc: x@example.com bbb")
    assert len(title) == 200


def test_dates_in_the_context_are_stored_as_text(mim: User) -> None:
    notify([mim], "test.news", context={"text": "Hi", "day": date(2026, 11, 30)})
    assert Notification.objects.get().context == {"text": "Hi", "day": "2026-11-30"}


@pytest.mark.parametrize(
    ("opted_out", "email", "state", "error"),
    [
        (True, "mim@example.com", DeliveryState.SKIPPED, "The person wants no notification e-mails."),
        (False, "", DeliveryState.SKIPPED, "The account has no e-mail address."),
        (False, "mim@example.com", DeliveryState.PENDING, ""),
    ],
)
def test_an_email_that_is_not_wanted_is_skipped_with_its_reason(
    rafi: User, mim: User, opted_out: bool, email: str, state: str, error: str
) -> None:
    NotificationPreference.objects.create(user=mim, opt_out_email=opted_out)
    User.objects.filter(pk=mim.pk).update(email=email)

    notify([mim], "test.invite", actor=rafi, context=CONTEXT)

    assert deliveries_of(mim)[Channel.EMAIL] == (state, error)
    assert deliveries_of(mim)[Channel.IN_APP] == (DeliveryState.SENT, "")
    assert Job.objects.count() == (state == DeliveryState.PENDING)


def test_news_about_safety_is_mailed_to_those_who_opted_out_too(mim: User) -> None:
    NotificationPreference.objects.create(user=mim, opt_out_email=True)
    notify([mim], "test.safety")
    assert deliveries_of(mim)[Channel.EMAIL] == (DeliveryState.PENDING, "")


def test_the_number_of_queries_is_the_same_for_two_people_and_a_thousand(rafi: User) -> None:
    people = User.objects.bulk_create(
        User(username=f"person{number}", email=f"person{number}@example.com") for number in range(1002)
    )
    counts = {}
    for audience in (people[:2], people[2:]):
        with CaptureQueriesContext(connection) as queries:
            assert notify(audience, "test.invite", actor=rafi, context=CONTEXT) == len(audience)
        counts[len(audience)] = len(queries)

    # A savepoint and its release; the people with their preferences; the notifications, in one statement; which of them
    # are new; the deliveries, in one statement; one job for all mails and, from 501 people on, one for all pushes.
    assert counts[1000] - 1 == counts[2], queries.captured_queries
    assert counts[1000] == 8
    assert list(Job.objects.order_by("pk").values_list("name", flat=True)) == [
        "notifications.fan_out_emails",
        "notifications.fan_out_emails",
        "notifications.push_notifications",
    ]


@pytest.mark.django_db(transaction=True)
def test_of_eight_calls_at_once_with_one_fingerprint_one_tells(rafi: User, mim: User, mailoutbox: list[Any]) -> None:
    told: list[int] = []
    barrier = Barrier(8)

    def call(audience: list[User]) -> None:
        try:
            barrier.wait(10)
            told.append(notify(audience, "test.invite", context={**CONTEXT, "actor": "Nadia"}, fingerprint="invite:1"))
        finally:
            connections.close_all()

    # Half of them name the people the other way round: locks taken in that order would deadlock.
    threads = [Thread(target=call, args=([rafi, mim] if number % 2 else [mim, rafi],)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(told) == [0] * 7 + [2]
    assert Notification.objects.count() == 2
    assert Delivery.objects.count() == 4
    assert sorted(mail.to for mail in mailoutbox) == [["mim@example.com"], ["rafi@example.com"]]


def test_somebody_without_an_account_is_told_by_mail_only(rafi: User) -> None:
    assert notify_email(" New.Player@example.com ", "test.invite", actor=rafi, context=CONTEXT, fingerprint="i:1") == 1
    assert notify_email("new.player@EXAMPLE.com", "test.invite", actor=rafi, context=CONTEXT, fingerprint="i:1") == 0

    row = Notification.objects.get()
    assert (row.recipient, row.address, row.in_app) == (None, "New.Player@example.com", False)
    assert list(row.deliveries.values_list("channel", "state")) == [(Channel.EMAIL, DeliveryState.PENDING)]
    assert Job.objects.get().args == {"notification_id": row.pk}


def test_an_address_that_asked_for_silence_gets_a_row_that_says_so_and_no_mail(rafi: User) -> None:
    EmailSuppression.objects.create(address="quiet@example.com")

    notify_email("Quiet@example.com", "test.invite", actor=rafi, context=CONTEXT)

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.error) == (DeliveryState.SKIPPED, "The address asked for no more e-mails.")
    assert not Job.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["", "no address", "a@b\nBcc: c@example.com"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        notify_email(address, "test.news", context={"text": "Hi"})
    assert not Notification.objects.exists()


def test_a_type_registered_twice_with_other_words_is_refused() -> None:
    assert registry.register(INVITE) is INVITE
    other = NotificationType(code="test.invite", group="x", label="x", title="x")
    with pytest.raises(ValueError, match="registered twice"):
        registry.register(other)
    assert registry.get("test.invite") is INVITE


@pytest.mark.parametrize(
    ("code", "channels", "message"),
    [
        ("invite", {Channel.IN_APP}, "named <app>.<what_happened>"),
        ("test.none", set(), "channels must be some of"),
        ("test.pigeon", {"pigeon"}, "channels must be some of"),
    ],
)
def test_a_type_that_makes_no_sense_is_refused(code: str, channels: set[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        NotificationType(code=code, group="x", label="x", title="x", channels=frozenset(channels))


def test_the_indexes_of_the_seed_exist_and_serve_the_bell(mim: User, rafi: User) -> None:
    for number in range(400):
        notify([mim, rafi], "test.news", context={"text": str(number)})
    Notification.objects.filter(pk__lt=Notification.objects.last().pk + 780).update(read_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'notifications_notification'")
        indexes = dict(cursor.fetchall())
        assert "(created_at)" in indexes["idx_notification_created"]
        assert "(recipient_id, created_at DESC) WHERE" in indexes["idx_notification_recipient"]
        assert "read_at IS NULL" in indexes["idx_notification_recipient"]
        cursor.execute("ANALYZE notifications_notification")
        # Whether a scan of so small a table is cheaper is a matter of what other tests left behind in the file.
        cursor.execute("SET LOCAL enable_seqscan = off")
        unread = Notification.objects.inbox_of(mim).unread().order_by()[:100]
        cursor.execute("EXPLAIN " + str(unread.query))
        assert "idx_notification_recipient" in str(cursor.fetchall())


@pytest.mark.django_db(transaction=True)
def test_the_subject_of_the_mail_knows_who_acted(mim: User, rafi: User, mailoutbox: list[Any]) -> None:
    kind = replace(registry.get("test.invite"), code="test.subject", mail_subject="{actor} asks {team}: {title}")
    registry.register(kind)
    try:
        notify([mim], "test.subject", actor=rafi, context=CONTEXT)
        with pytest.raises(KeyError, match="team"):
            notify([mim], "test.subject", actor=rafi, context={"until": "tomorrow"})
    finally:
        registry.unregister("test.subject")

    assert [mail.subject for mail in mailoutbox] == ["rafi asks Dhaka Wolves: rafi invited you to Dhaka Wolves"]
