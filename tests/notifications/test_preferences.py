"""What people choose is what happens: by type and channel, in quiet hours, in their zone, with and without a login."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.core.errors import DomainError
from apps.core.models import AuditEvent, Job
from apps.notifications import zones
from apps.notifications.constants import Channel, DeliveryState
from apps.notifications.models import Delivery, Notification, NotificationPreference
from apps.notifications.services import deliver_email, emit, notify, set_preferences
from apps.notifications.unsubscribing import preferences_path_for
from tests.notifications.conftest import CONTEXT, Sink

PAGE = "/notifications/preferences/"
NOT_THIS_KIND = "The person does not want this kind of news this way."
DHAKA = ZoneInfo("Asia/Dhaka")


def deliveries_of(user: User) -> dict[str, tuple[str, str]]:
    rows = Delivery.objects.filter(notification__recipient=user)
    return {row.channel: (row.state, row.error) for row in rows}


def everything_on() -> dict[str, str]:
    """Return the form as a browser sends it that left all boxes as they are."""
    client_form = {"email": "on", "time_zone": "", "quiet_from": "", "quiet_until": ""}
    return {**client_form, "in_app:test.invite": "on", "email:test.invite": "on", "in_app:test.news": "on"}


@pytest.fixture
def as_mim(mim: User) -> Client:
    client = Client()
    client.force_login(mim)
    return client


def test_a_type_that_is_off_by_mail_comes_to_the_bell_only(rafi: User, mim: User) -> None:
    set_preferences(actor=mim, choices={"test.invite": {"email": False}})

    notify([mim, rafi], "test.invite", context={**CONTEXT, "actor": "Nadia"})

    assert deliveries_of(mim) == {
        Channel.IN_APP: (DeliveryState.SENT, ""),
        Channel.EMAIL: (DeliveryState.SKIPPED, NOT_THIS_KIND),
    }
    assert deliveries_of(rafi)[Channel.EMAIL] == (DeliveryState.PENDING, "")
    assert Job.objects.get().args == {"notification_id": Notification.objects.get(recipient=rafi).pk}


def test_a_type_that_is_off_on_the_site_is_mailed_and_not_in_the_list(mim: User, as_mim: Client) -> None:
    set_preferences(actor=mim, choices={"test.invite": {"in_app": False}})

    notify([mim], "test.invite", context={**CONTEXT, "actor": "Nadia"})

    assert deliveries_of(mim) == {
        Channel.IN_APP: (DeliveryState.SKIPPED, NOT_THIS_KIND),
        Channel.EMAIL: (DeliveryState.PENDING, ""),
    }
    assert as_mim.get("/notifications/live/").json() == {"unread": 0, "last_id": 0}


def test_a_type_that_is_not_mailed_by_itself_is_mailed_to_who_wants_it(mim: User, rafi: User) -> None:
    set_preferences(actor=mim, choices={"test.news": {"email": True}})

    notify([mim, rafi], "test.news", context={"text": "Hello"})

    assert deliveries_of(mim)[Channel.EMAIL] == (DeliveryState.PENDING, "")
    assert deliveries_of(rafi) == {Channel.IN_APP: (DeliveryState.SENT, "")}


def test_the_opt_out_counts_more_than_a_type_that_is_on(mim: User) -> None:
    set_preferences(actor=mim, opt_out_email=True, choices={"test.news": {"email": True}})
    notify([mim], "test.news", context={"text": "Hello"})
    assert deliveries_of(mim)[Channel.EMAIL] == (DeliveryState.SKIPPED, "The person wants no notification e-mails.")


def test_news_about_safety_comes_whatever_one_chose(mim: User) -> None:
    set_preferences(actor=mim, choices={"test.safety": {"email": False, "in_app": False}})
    NotificationPreference.objects.update(choices={"test.safety": {"email": False, "in_app": False}})

    notify([mim], "test.safety")

    assert deliveries_of(mim) == {
        Channel.IN_APP: (DeliveryState.SENT, ""),
        Channel.EMAIL: (DeliveryState.PENDING, ""),
    }


def test_who_changes_their_mind_before_the_mail_goes_out_gets_none(sink: Sink, mim: User) -> None:
    notify([mim], "test.invite", context={**CONTEXT, "actor": "Nadia"})
    set_preferences(actor=mim, choices={"test.invite": {"email": False}})

    assert deliver_email(notification_id=Notification.objects.get().pk) == DeliveryState.SKIPPED
    assert sink.mails == []


def test_choices_cost_no_query(mim: User, rafi: User) -> None:
    with CaptureQueriesContext(connection) as before:
        notify([mim, rafi], "test.invite", context={**CONTEXT, "actor": "Nadia"})
    for user in (mim, rafi):
        set_preferences(actor=user, choices={"test.invite": {"in_app": False}}, quiet_from=1, quiet_until=2)
    with CaptureQueriesContext(connection) as after:
        notify([mim, rafi], "test.invite", context={**CONTEXT, "actor": "Nadia"})
    assert len(after) == len(before)


def test_in_quiet_hours_a_mail_waits_for_their_end_and_is_sent_once(sink: Sink, mim: User, monkeypatch: Any) -> None:
    set_preferences(actor=mim, time_zone="Asia/Dhaka", quiet_from=22, quiet_until=7)
    notify([mim], "test.invite", context={**CONTEXT, "actor": "Nadia"})
    waiting = Notification.objects.get()
    Job.objects.all().delete()
    monkeypatch.setattr(timezone, "now", lambda: datetime(2030, 1, 1, 23, 30, tzinfo=DHAKA))

    assert [deliver_email(notification_id=waiting.pk) for _ in range(3)] == ["pending"] * 3
    assert sink.mails == []
    job = Job.objects.get()
    assert (job.name, job.args) == ("notifications.send_email_notification", {"notification_id": waiting.pk})
    assert job.run_at == datetime(2030, 1, 2, 7, tzinfo=DHAKA)

    monkeypatch.setattr(timezone, "now", lambda: datetime(2030, 1, 2, 7, tzinfo=DHAKA))
    assert [deliver_email(notification_id=waiting.pk) for _ in range(2)] == ["sent"] * 2
    assert len(sink.mails) == 1


def test_news_about_safety_does_not_wait_for_the_morning(sink: Sink, mim: User, monkeypatch: Any) -> None:
    set_preferences(actor=mim, time_zone="Asia/Dhaka", quiet_from=22, quiet_until=7)
    notify([mim], "test.safety")
    monkeypatch.setattr(timezone, "now", lambda: datetime(2030, 1, 1, 23, 30, tzinfo=DHAKA))
    assert deliver_email(notification_id=Notification.objects.get().pk) == DeliveryState.SENT


@pytest.mark.parametrize(
    ("start", "end", "quiet"),
    [(22, 7, {22, 23, *range(7)}), (1, 3, {1, 2}), (5, 5, set()), (None, None, set()), (0, 23, set(range(23)))],
)
def test_quiet_hours_also_go_over_midnight(start: int | None, end: int | None, quiet: set[int]) -> None:
    day = datetime(2030, 1, 1, tzinfo=DHAKA)
    found = {
        hour
        for hour in range(24)
        if zones.is_quiet(day.replace(hour=hour, minute=59).astimezone(UTC), zone=DHAKA, start=start, end=end)
    }
    assert found == quiet


@pytest.mark.parametrize("name", ["Asia/Dhaka", "Asia/Kathmandu", "Europe/Berlin", "America/New_York"])
@pytest.mark.parametrize("hour", [0, 2, 3, 8, 23])
def test_each_day_of_a_year_has_its_hour_once_in_every_zone(name: str, hour: int) -> None:
    zone = ZoneInfo(name)
    moment, days = datetime(2029, 12, 31, 23, 59, tzinfo=zone).astimezone(UTC), []
    for _ in range(365):
        moment = zones.next_time(hour, zone=zone, after=moment)
        days.append(zones.day_of(moment, zone=zone))
    first = days[0]
    assert days == [first + timedelta(days=number) for number in range(365)]


@pytest.mark.parametrize(
    ("after", "hour", "due"),
    [
        # Berlin, 31 March 2030: two o'clock does not exist. 27 October: it comes twice.
        (datetime(2030, 3, 30, 12, tzinfo=UTC), 2, datetime(2030, 3, 31, 1, tzinfo=UTC)),
        (datetime(2030, 10, 26, 12, tzinfo=UTC), 2, datetime(2030, 10, 27, 0, tzinfo=UTC)),
        (datetime(2030, 10, 27, 0, 30, tzinfo=UTC), 2, datetime(2030, 10, 28, 1, tzinfo=UTC)),
    ],
)
def test_an_hour_that_is_skipped_or_doubled_comes_once(after: datetime, hour: int, due: datetime) -> None:
    assert zones.next_time(hour, zone=ZoneInfo("Europe/Berlin"), after=after) == due


def test_a_zone_that_is_no_more_is_the_site_s() -> None:
    assert zones.zone_of("Atlantis/Capital").key == zones.zone_of("").key == "Asia/Dhaka"


def test_emit_tells_once(mim: User) -> None:
    told = [emit("test.news", [mim], context={"text": "Hello"}, fingerprint="post:1") for _ in range(2)]
    assert told == [1, 0]


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        ({"time_zone": "Atlantis/Capital"}, "Choose a time zone from the list."),
        ({"quiet_from": 22, "quiet_until": None}, "Quiet hours need a beginning and an end."),
        ({"quiet_from": 22}, "Quiet hours need a beginning and an end."),
        ({"quiet_from": 22, "quiet_until": 24}, "An hour is a number from 0 to 23."),
        ({"choices": {"test.unheard_of": {"email": False}}}, "One of these kinds of news does not exist any more."),
        ({"choices": {"test.news": {"pigeon": True}}}, "There is no such way to reach you."),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(mim: User, wishes: dict[str, Any], message: str) -> None:
    with pytest.raises(DomainError, match=message):
        set_preferences(actor=mim, opt_out_email=True, **wishes)
    assert not NotificationPreference.objects.exists()


def test_the_database_holds_that_quiet_hours_are_two(mim: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        NotificationPreference.objects.create(user=mim, quiet_from=22)


def test_only_what_differs_from_the_default_is_kept(mim: User) -> None:
    set_preferences(actor=mim, choices={"test.news": {"email": True, "in_app": True}, "test.invite": {"email": True}})
    assert NotificationPreference.objects.get().choices == {"test.news": {"email": True}}

    set_preferences(actor=mim, choices={"test.news": {"email": False}})
    assert NotificationPreference.objects.get().choices == {}


def test_a_change_is_in_the_audit_trail_and_no_change_is_not(mim: User) -> None:
    for _ in range(2):
        set_preferences(actor=mim, quiet_from=22, quiet_until=7)
    event = AuditEvent.objects.get(action="notifications.preferences_changed")
    assert event.actor_id == mim.pk
    assert event.old == {"quiet_from": None, "quiet_until": None}
    assert event.new == {"quiet_from": 22, "quiet_until": 7}


def test_the_page_shows_each_type_and_keeps_what_is_ticked(as_mim: Client, mim: User) -> None:
    page = as_mim.get(PAGE).content.decode()
    assert 'aria-label="Team invites: E-mail"' in page
    assert "Always comes" in page
    assert not NotificationPreference.objects.exists()

    sent = everything_on() | {"quiet_from": "22", "quiet_until": "7", "time_zone": "Asia/Kathmandu"}
    del sent["email:test.invite"]
    sent["email:test.news"] = "on"
    assert as_mim.post(PAGE, sent).status_code == 302

    kept = NotificationPreference.objects.get(user=mim)
    assert kept.choices["test.invite"] == {"email": False}
    assert kept.choices["test.news"] == {"email": True}
    assert "test.safety" not in kept.choices
    assert (kept.opt_out_email, kept.time_zone, kept.quiet_from, kept.quiet_until) == (False, "Asia/Kathmandu", 22, 7)
    form = as_mim.get(PAGE).context["form"]
    assert (form["email:test.invite"].value(), form["email:test.news"].value()) == (False, True)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("quiet_from", "22", "Choose when the quiet hours begin and when they end."),
        ("time_zone", "Atlantis/Capital", "Select a valid choice."),
        ("quiet_from", "24", "Select a valid choice."),
    ],
)
def test_a_form_that_makes_no_sense_says_so_and_changes_nothing(
    as_mim: Client, field: str, value: str, message: str
) -> None:
    answer = as_mim.post(PAGE, everything_on() | {field: value})
    assert answer.status_code == 200
    assert message in answer.content.decode()
    assert not NotificationPreference.objects.exists()


def test_the_link_in_a_mail_opens_the_choices_without_a_login(sink: Sink, mim: User, rafi: User) -> None:
    notify([mim], "test.invite", context={**CONTEXT, "actor": "Nadia"})
    deliver_email(notification_id=Notification.objects.get().pk)
    text = sink.mails[0].get_body(("plain",)).get_content().replace("=\n", "")
    path = preferences_path_for(mim.pk)
    assert path.rsplit(":", 2)[0] in text  # the rest is the time and the signature
    client = Client(enforce_csrf_checks=True)

    answer = client.get(path)

    assert answer.status_code == 200
    assert "These are the choices of mim." in answer.content.decode()
    assert (answer["Referrer-Policy"], "no-store" in answer["Cache-Control"]) == ("no-referrer", True)
    token = client.cookies["csrftoken"].value
    assert client.post(path, everything_on()).status_code == 403
    sent = everything_on() | {"csrfmiddlewaretoken": token, "time_zone": "Europe/Berlin"}
    assert client.post(path, sent)["Location"] == path
    assert list(NotificationPreference.objects.values_list("user__username", "time_zone")) == [("mim", "Europe/Berlin")]
    assert client.get(PAGE).status_code == 302


@pytest.mark.parametrize("what", ["forged", "old", "deactivated", "gone"])
def test_a_link_that_does_not_hold_leads_to_the_login(client: Client, mim: User, monkeypatch: Any, what: str) -> None:
    path = preferences_path_for(mim.pk)
    if what == "forged":
        path = reverse("notifications:mail_preferences", args=["x" + path.rstrip("/").rsplit("/", 1)[1]])
    elif what == "old":
        monkeypatch.setattr("apps.notifications.unsubscribing.PREFERENCES_SECONDS", -1)
    elif what == "deactivated":
        User.objects.update(is_active=False)
    else:
        mim.delete()

    answer = client.post(path, everything_on() | {"time_zone": "Europe/Berlin"})

    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert not NotificationPreference.objects.exists()
