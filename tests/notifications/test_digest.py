"""One digest for each person and day of theirs, at their hour, of all since the last: nothing lost, nothing twice."""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from celery.schedules import crontab
from django.contrib.admin import site
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.core.models import Job
from apps.notifications.admin import NotificationDigestAdmin, NotificationPreferenceAdmin
from apps.notifications.constants import DIGEST, Channel, DeliveryState
from apps.notifications.models import Delivery, Notification, NotificationDigest, NotificationPreference
from apps.notifications.services import (
    deliver_email,
    digests,
    notify,
    send_due_digests,
    set_preferences,
)
from apps.notifications.tasks import send_daily_digest
from apps.notifications.unsubscribing import path_for
from deltacrown.celery import app
from tests.notifications.conftest import Sink

DHAKA = ZoneInfo("Asia/Dhaka")
EIGHT = datetime(2030, 1, 10, 8, tzinfo=DHAKA)
DAY = timedelta(days=1)
SKIPPED = {("America/New_York", date(2030, 3, 10)), ("Europe/Berlin", date(2030, 3, 31))}


def at(moment: datetime) -> None:
    """Make everybody a member since long before, and due at eight o'clock in Dhaka on the day of ``moment``."""
    User.objects.update(date_joined=moment - 30 * DAY)
    send_due_digests(now=moment - timedelta(hours=1))


def tell(user: User, text: str, moment: datetime) -> None:
    notify([user], "test.news", context={"text": text})
    Notification.objects.filter(recipient=user, title=text).update(created_at=moment)


def mails_of(sink: Sink) -> list[str]:
    """Send what waits. Returns the texts, each with its recipient."""
    waiting = Delivery.objects.filter(channel=Channel.EMAIL, state=DeliveryState.PENDING).order_by("notification_id")
    for pk in waiting.values_list("notification_id", flat=True):
        deliver_email(notification_id=pk)
    return [f"{mail['To']}\n" + mail.get_body(("plain",)).get_content() for mail in sink.mails]


def test_a_digest_says_what_was_not_read_and_comes_once(sink: Sink, mim: User, rafi: User) -> None:
    at(EIGHT)
    tell(mim, "First", EIGHT - timedelta(hours=5))
    tell(mim, "Second", EIGHT - timedelta(hours=4))
    tell(mim, "Read already", EIGHT - timedelta(hours=3))
    Notification.objects.filter(title="Read already").update(read_at=EIGHT)

    assert [send_due_digests(now=EIGHT) for _ in range(3)] == [1, 0, 0]

    digest = NotificationDigest.objects.get()
    assert (digest.user, digest.day, digest.count) == (mim, date(2030, 1, 10), 2)
    assert Notification.objects.get(type=DIGEST).in_app is False
    (text,) = mails_of(sink)
    assert sink.mails[0]["Subject"] == "Your daily digest: 2 unread notifications"
    assert text.startswith("mim@example.com\nHello mim,")
    assert text.index("* Second") < text.index("* First")
    assert "Read already" not in text
    assert "10 Jan, 04:00" in text
    assert sink.mails[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    html = sink.mails[0].get_body(("html",)).get_content()
    assert "Second</a>" in html
    assert html.count("<h1") == 1


def test_who_has_nothing_to_read_gets_nothing(mim: User) -> None:
    at(EIGHT)
    assert send_due_digests(now=EIGHT) == 0
    assert not NotificationDigest.objects.exists()
    assert not Job.objects.exists()


def test_what_comes_after_the_hour_waits_for_the_next_day(mim: User) -> None:
    at(EIGHT)
    send_due_digests(now=EIGHT)
    tell(mim, "Late", EIGHT + timedelta(hours=1))
    assert send_due_digests(now=EIGHT + timedelta(hours=2)) == 0
    assert send_due_digests(now=EIGHT + DAY) == 1


def test_after_missed_days_one_digest_has_everything_and_nothing_twice(sink: Sink, mim: User) -> None:
    at(EIGHT)
    tell(mim, "Day one", EIGHT - timedelta(hours=1))
    send_due_digests(now=EIGHT)
    for number in (2, 3, 4):
        tell(mim, f"Day {number}", EIGHT + (number - 1) * DAY - timedelta(hours=1))

    # Nothing ran for three days; then it ran late, and again at the usual hour.
    late = EIGHT + 3 * DAY + timedelta(hours=2)
    assert send_due_digests(now=late) == 1
    assert send_due_digests(now=EIGHT + 4 * DAY) == 0

    first, second = mails_of(sink)
    assert [title in second for title in ("Day one", "Day 2", "Day 3", "Day 4")] == [False, True, True, True]
    assert "Day one" in first


def test_a_run_that_comes_after_midnight_does_not_take_the_place_of_the_next_day_s(sink: Sink, mim: User) -> None:
    at(EIGHT)
    preference = NotificationPreference.objects.get(user=mim)
    late_hour = EIGHT.replace(hour=22)
    NotificationPreference.objects.filter(pk=preference.pk).update(digest_hour=22, digest_due_at=late_hour)
    tell(mim, "First", late_hour - timedelta(hours=1))
    assert send_due_digests(now=late_hour + timedelta(hours=3)) == 1
    tell(mim, "Second", late_hour + timedelta(hours=4))
    assert send_due_digests(now=late_hour + DAY) == 1
    days = NotificationDigest.objects.order_by("pk").values_list("day", flat=True)
    assert list(days) == [date(2030, 1, 10), date(2030, 1, 11)]


def test_a_row_that_was_committed_late_is_in_the_next_digest(sink: Sink, mim: User) -> None:
    at(EIGHT)
    tell(mim, "Known", EIGHT - timedelta(hours=1))
    send_due_digests(now=EIGHT)
    tell(mim, "Written before, committed after", EIGHT - timedelta(seconds=200))
    send_due_digests(now=EIGHT + DAY)
    first, second = mails_of(sink)
    assert "committed after" not in first
    assert "committed after" in second


def test_fifty_are_shown_and_the_rest_is_said(sink: Sink, mim: User) -> None:
    at(EIGHT)
    for number in range(53):
        tell(mim, f"News {number}.", EIGHT - timedelta(hours=1))
    send_due_digests(now=EIGHT)
    (text,) = mails_of(sink)
    assert sum(f"News {number}." in text for number in range(53)) == 50
    assert "And 3 more." in text


@pytest.mark.parametrize(
    "refusal",
    [
        {"enable_daily_digest": False},
        {"opt_out_email": True},
    ],
)
def test_who_wants_none_gets_none_also_when_they_say_so_at_the_last_moment(
    sink: Sink, mim: User, rafi: User, refusal: dict[str, bool]
) -> None:
    at(EIGHT)
    for user in (mim, rafi):
        tell(user, "News", EIGHT - timedelta(hours=1))
    set_preferences(actor=mim, **refusal)
    assert send_due_digests(now=EIGHT) == 1
    set_preferences(actor=rafi, **refusal)
    assert mails_of(sink) == []
    assert NotificationDigest.objects.get().user == rafi


@pytest.mark.parametrize("fields", [{"is_active": False}, {"email": ""}])
def test_who_can_not_be_mailed_holds_nobody_up(mim: User, rafi: User, fields: dict[str, Any]) -> None:
    at(EIGHT)
    for user in (mim, rafi):
        tell(user, "News", EIGHT - timedelta(hours=1))
    User.objects.filter(pk=mim.pk).update(**fields)
    assert send_due_digests(now=EIGHT) == 1
    assert NotificationDigest.objects.get().user == rafi
    assert not NotificationPreference.objects.filter(digest_due_at__lte=EIGHT).exists()


def test_what_was_read_before_the_mail_left_is_not_mailed(sink: Sink, mim: User) -> None:
    at(EIGHT)
    tell(mim, "News", EIGHT - timedelta(hours=1))
    send_due_digests(now=EIGHT)
    Notification.objects.filter(title="News").update(read_at=EIGHT)
    assert mails_of(sink) == []
    delivery = Delivery.objects.get(notification__type=DIGEST)
    assert (delivery.state, delivery.error) == (
        DeliveryState.SKIPPED,
        "Everything in it was read before it was sent.",
    )


def test_who_switches_digests_on_again_hears_of_what_comes_from_then_on(mim: User) -> None:
    at(EIGHT)
    set_preferences(actor=mim, enable_daily_digest=False)
    tell(mim, "While off", EIGHT - timedelta(hours=1))
    assert send_due_digests(now=EIGHT) == 0

    set_preferences(actor=mim, enable_daily_digest=True)
    preference = NotificationPreference.objects.get(user=mim)
    assert preference.digest_due_at > preference.digest_since > Notification.objects.get().created_at - 10_000 * DAY


def test_another_hour_and_zone_move_the_next_digest(mim: User) -> None:
    at(EIGHT)
    set_preferences(actor=mim, digest_hour=20, time_zone="America/New_York")
    due = NotificationPreference.objects.get(user=mim).digest_due_at.astimezone(ZoneInfo("America/New_York"))
    assert (due.hour, due.minute) == (20, 0)


@pytest.mark.parametrize("change", [(3, 10), (3, 31), (10, 27), (11, 3)])
def test_in_four_zones_and_over_clock_changes_each_day_has_one_digest_at_its_hour(
    make_user: Any, change: tuple[int, int]
) -> None:
    """New York changes its clocks on 10 March and 3 November 2030, Berlin on 31 March and 27 October."""
    hours = {"Asia/Dhaka": 8, "Asia/Kathmandu": 8, "Europe/Berlin": 2, "America/New_York": 2}
    noon_before = datetime(2030, *change, 12, tzinfo=UTC) - DAY
    people = {}
    for number, (name, hour) in enumerate(hours.items()):
        user = make_user(f"user{number}", date_joined=noon_before - 30 * DAY)
        NotificationPreference.objects.create(user=user, time_zone=name, digest_hour=hour)
        people[user.pk] = ZoneInfo(name)
    send_due_digests(now=noon_before)
    Notification.objects.bulk_create(
        Notification(
            recipient_id=pk,
            type="test.news",
            title="x",
            fingerprint=str(hour),
            batch="0" * 32,
            created_at=noon_before + timedelta(hours=hour),
        )
        for pk in people
        for hour in range(0, 48, 2)
    )
    moment = noon_before
    while (moment := moment + timedelta(minutes=15)) <= noon_before + 2 * DAY:
        # The runs of hours in which nobody's clock shows one of the hours would find nobody.
        if any(moment.astimezone(zone).hour in (1, 2, 3, 8, 9) for zone in people.values()):
            send_due_digests(now=moment)

    for pk, zone in people.items():
        made = [
            (until + timedelta(minutes=5)).astimezone(zone)
            for until in NotificationDigest.objects.filter(user_id=pk).order_by("pk").values_list("until", flat=True)
        ]
        days = [found.date() for found in made]
        assert days == [days[0], days[0] + DAY], zone.key
        wanted = hours[zone.key]
        # On the day whose two o'clock is skipped, it is three.
        expected = [3 if (zone.key, day) in SKIPPED else wanted for day in days]
        assert [(found.hour, found.minute) for found in made] == [(hour, 0) for hour in expected], zone.key


def test_a_batch_costs_the_same_for_two_people_and_a_thousand(make_user: Any, monkeypatch: Any) -> None:
    costs = {}
    for people in (2, 1000):
        users = User.objects.bulk_create(
            User(username=f"u{people}x{number}", email=f"u{people}x{number}@example.com") for number in range(people)
        )
        at(EIGHT + people * DAY)
        notify(users, "test.news", context={"text": "News"})
        Notification.objects.filter(type="test.news").update(created_at=EIGHT + people * DAY - timedelta(hours=1))
        with CaptureQueriesContext(connection) as queries:
            started = digests._start_batch(EIGHT + people * DAY)
        assert started[1] >= people
        costs[people] = len(queries)

    # The transaction (2); who is due, locked; who had one today; what each has to read; the mails; the digests; the
    # deliveries; a job for each hundred mails; everybody's next time.
    assert costs == {2: 10, 1000: 19}


def test_killed_in_the_middle_and_run_again_nobody_is_left_out_or_told_twice(
    sink: Sink, make_user: Any, monkeypatch: Any
) -> None:
    users = [make_user(f"user{number}") for number in range(25)]
    at(EIGHT)
    for user in users:
        tell(user, f"For {user.username}", EIGHT - timedelta(hours=1))
    monkeypatch.setattr(digests, "DIGEST_BATCH", 10)
    real, calls = digests._save, []

    def killed(rows: Any) -> None:
        calls.extend(rows[:1])
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(rows)

    monkeypatch.setattr(digests, "_save", killed)
    with pytest.raises(KeyboardInterrupt):
        send_due_digests(now=EIGHT)
    assert NotificationDigest.objects.count() == 10

    monkeypatch.setattr(digests, "_save", real)
    assert [send_due_digests(now=EIGHT) for _ in range(2)] == [15, 0]
    assert sorted(text.split("\n")[0] for text in mails_of(sink)) == sorted(user.email for user in users)
    assert NotificationDigest.objects.count() == 25


@pytest.mark.django_db(transaction=True)
def test_of_eight_runs_at_once_each_person_gets_one(rafi: User, mim: User, settings: Any) -> None:
    settings.JOBS_INLINE = False
    at(EIGHT)
    for user in (rafi, mim):
        tell(user, "News", EIGHT - timedelta(hours=1))
    barrier = Barrier(8)
    sent: list[int] = []

    def run() -> None:
        try:
            barrier.wait(10)
            sent.append(send_due_digests(now=EIGHT))
        finally:
            connections.close_all()

    threads = [Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert (len(sent), sum(sent)) == (8, 2)
    assert NotificationDigest.objects.count() == 2
    assert Notification.objects.filter(type=DIGEST).count() == 2


def test_the_task_answers_as_the_seed_says(mim: User) -> None:
    NotificationPreference.objects.create(
        user=mim, digest_due_at=datetime(2020, 1, 1, tzinfo=UTC), digest_since=datetime(2020, 1, 1, tzinfo=UTC)
    )
    tell(mim, "News", datetime(2020, 1, 2, tzinfo=UTC))
    assert [send_daily_digest() for _ in range(2)] == [
        {"status": "success", "sent_count": 1},
        {"status": "success", "sent_count": 0},
    ]


def test_the_schedule_of_the_seed_is_there_with_a_run_every_quarter_of_an_hour() -> None:
    entry = app.conf.beat_schedule["send-digest-emails-daily"]
    assert (entry["task"], entry["schedule"]) == ("notifications.send_daily_digest", crontab(hour=8, minute=0))
    finer = app.conf.beat_schedule["send-digest-emails-by-zone"]
    assert (finer["task"], finer["schedule"]) == ("notifications.send_daily_digest", crontab(minute="*/15"))


def test_one_click_stops_the_digest_and_no_other_mail(client: Client, mim: User) -> None:
    at(EIGHT)
    tell(mim, "News", EIGHT - timedelta(hours=1))
    send_due_digests(now=EIGHT)
    path = path_for(Notification.objects.get(type=DIGEST))

    assert "Stop the daily digest?" in client.get(path).content.decode()
    assert (
        "No more daily digests"
        in client.post(path, "List-Unsubscribe=One-Click", content_type="text/plain").content.decode()
    )

    preference = NotificationPreference.objects.get(user=mim)
    assert (preference.enable_daily_digest, preference.opt_out_email) == (False, False)
    client.post(path, {"do": "subscribe"})
    assert NotificationPreference.objects.get(user=mim).enable_daily_digest is True


def test_the_page_sets_hour_and_switch(mim: User) -> None:
    client = Client()
    client.force_login(mim)
    assert "Daily digest: E-mail" not in client.get("/notifications/preferences/").content.decode()
    client.post("/notifications/preferences/", {"email": "on", "digest": "on", "digest_hour": "19"})
    preference = NotificationPreference.objects.get()
    assert (preference.enable_daily_digest, preference.digest_hour) == (True, 19)
    client.post("/notifications/preferences/", {"email": "on", "digest_hour": "19"})
    assert NotificationPreference.objects.get().enable_daily_digest is False


def test_the_database_holds_one_a_day_and_an_hour_of_the_clock(mim: User) -> None:
    row = {"user": mim, "day": EIGHT.date(), "since": EIGHT - DAY, "until": EIGHT, "count": 1}
    NotificationDigest.objects.create(**row)
    for wrong in ({}, {"day": EIGHT.date() + DAY, "count": 0}, {"day": EIGHT.date() + DAY, "until": EIGHT - DAY}):
        with pytest.raises(IntegrityError), transaction.atomic():
            NotificationDigest.objects.create(**row | wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        NotificationPreference.objects.create(user=mim, digest_hour=24)


def test_staff_read_a_digest_before_and_after_without_the_person_s_links(mim: User) -> None:
    at(EIGHT)
    tell(mim, "News <b>", EIGHT - timedelta(hours=1))
    staff = RequestFactory().get("/")
    preference = NotificationPreference.objects.get(user=mim)
    before = digests.preview(preference, now=EIGHT)
    assert before is not None
    assert (before.pk, before.title) == (None, "Your daily digest: 1 unread notification")
    assert digests.preview(preference, now=EIGHT - DAY) is None

    send_due_digests(now=EIGHT)
    shown = NotificationDigestAdmin(NotificationDigest, site).get_queryset(staff).get()
    text = NotificationDigestAdmin(NotificationDigest, site).preview(shown)
    assert "* News &lt;b&gt;" in text
    assert "/unsubscribe/" not in text
    assert "No more daily digests: (a link of their own)" in text
    assert NotificationDigestAdmin(NotificationDigest, site).state(shown) == "Waiting"
    assert (
        NotificationPreferenceAdmin(NotificationPreference, site).next_digest(preference)
        == "<pre>Nothing to say.</pre>"
    )
